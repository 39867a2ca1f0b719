// Goal: whoever ends a run from another terminal ends it whatever it does at that moment, as somebody at its own prompt
// would; what is being sent is answered first. Method: runs in memory that are told to end at a chosen moment.

import { describe, expect, it } from 'vitest';
import { openPresence } from '../../src/effects/presence.ts';
import { GoliveError } from '../../src/errors.ts';
import { rehearsalClock } from '../../src/rehearsal/clock.ts';
import { interruptible, type Presence } from '../../src/runner/presence.ts';
import { scripted, type Confirmed, type People } from '../../src/runner/people.ts';
import type { Clock, Operator } from '../../src/world.ts';
import { agreeing, newSide, swaps } from '../support/act.ts';
import { nobody } from '../support/outside.ts';
import { gate, noon, phase, planOf, step } from '../support/plan.ts';
import { application, looks, play, type Played } from '../support/run.ts';

const told = { by: 'bea@example.com', reason: 'the window is over' };
const ended = { end: 'left', leave: 'stop', ...told };
const fine = application(() => 200);
const opened = (): Presence => openPresence(new AbortController().signal);

/** A clock that calls `before` ahead of every sleep. */
function clockWith(before: () => void): Clock {
  const clock = rehearsalClock(noon, 'max');
  return { ...clock, sleep: (ms, signal) => (before(), clock.sleep(ms, signal)) };
}

/** People who think about every question until it is taken away; `asked` is called with each. */
function thinking(asked: (step: string) => void): People {
  let away: (error: Error) => void = () => undefined;
  const think = (id: string): Promise<never> =>
    new Promise((_, reject) => {
      away = reject;
      asked(id);
    });
  return {
    ...nobody,
    ask: ({ id }) => think(id),
    vote: ({ id }) => think(id),
    red: ({ id }) => think(id),
    confirm: ({ id }) => think(id),
    rollback: () => think('rollback'),
    putAside: () => away(new GoliveError('put-aside', 'put aside')),
  };
}

const kindsOf = ({ events }: Played): readonly string[] =>
  events.map(({ kind }) => kind).filter((kind) => !/^(run|phase|session)/.test(kind));

describe('a run that is ended from elsewhere', () => {
  it.each([
    ['a question', step('q', 'asks'), 'asking q'],
    ['a poll', step('g', 'decides', { work: gate({ poll: ['lead'] }) }), 'asking g'],
    ['a red', looks('red'), 'asking what to do about red'],
    ['the word before a change', swaps('cut'), 'asking before cut'],
  ])('at %s: it is put aside, and nothing else is asked', async (_, first, words) => {
    newSide();
    const presence = opened();
    const asked: string[] = [];
    const people = thinking((id) => {
      asked.push(`${id}: ${presence.what()}`);
      presence.ask(told);
    });
    const plan = planOf(phase('p', [first, step('later', 'asks')]));
    const http = application((path) => (path === 'red' ? 503 : 200));
    const played = await play(plan, http, { people, presence });
    expect(played.ending).toEqual(ended);
    expect(asked).toEqual([`${first.id}: ${words}`]);
    expect(played.state.steps['later']).toBeUndefined();
  });

  it('between two looks of a wait: no other is made, and there is no verdict', async () => {
    const presence = opened();
    const http = application((_, times) => (times === 3 && presence.ask(told), 503));
    const wait = { forMs: 300_000, everyMs: { min: 1000, max: 30_000 }, consecutive: 1, stopIf: [] };
    const { ending, state } = await play(planOf(phase('p', [looks('slow', { wait })])), http, { presence });
    expect(ending).toEqual(ended);
    expect(http.asked.length).toBe(3);
    expect(state.steps['slow']?.verdict).toBeUndefined();
  });

  it('while nothing is due: nothing becomes due any more', async () => {
    const presence = opened();
    const words: string[] = [];
    const clock = clockWith(() => {
      words.push(presence.what());
      presence.ask(told);
    });
    const plan = planOf(phase('p', [looks('first'), looks('late', { needs: [{ step: 'first', lagMs: 300_000 }] })]));
    const { ending, state } = await play(plan, fine, { presence, clock });
    expect(ending).toEqual(ended);
    expect(words).toEqual(['waiting until 12:05:00Z']);
    expect(state.steps['late']).toBeUndefined();
  });

  it('before it has begun to look does nothing at all', async () => {
    const presence = opened();
    presence.ask(told);
    const played = await play(planOf(phase('p', [looks('first')])), fine, { presence });
    expect([played.ending, kindsOf(played)]).toEqual([ended, []]);
  });

  it('while a poke is under way: it is judged first', async () => {
    const presence = opened();
    const http = application((path) => (path === 'poke' && presence.ask(told), 200));
    const work = {
      type: 'probe',
      call: { kind: 'http', args: { url: 'http://app.test/poke', method: 'POST' }, words: '' },
    } as const;
    const poke = looks('poke', { nature: 'pokes', work });
    const { ending, state } = await play(
      planOf(phase('p', [poke, looks('after', { needs: [{ step: 'poke', lagMs: 0 }] })])),
      http,
      { presence },
    );
    expect(ending).toEqual(ended);
    expect(state.steps['poke']?.verdict?.verdict).toBe('pass');
    expect(state.steps['after']).toBeUndefined();
  });
});

describe('a change', () => {
  const plan = planOf(phase('p', [swaps('cut'), looks('after')]));

  it('that is being sent is answered, and its answer written down; whether it took effect nobody waits for', async () => {
    const side = newSide();
    side.slow = 1000;
    const presence = opened();
    const push = side.sent.push.bind(side.sent);
    side.sent.push = (...sent) => (presence.ask(told), push(...sent));
    const played = await play(plan, fine, { people: agreeing(), presence });
    expect(played.ending).toEqual(ended);
    expect(kindsOf(played)).toEqual(['step.start', 'act.intent', 'act.result']);
    expect(played.state.steps['cut']).toMatchObject({ act: { outcome: 'done' } });
    expect(side.sent).toHaveLength(1);
  });

  it('of which the effect is waited for is not waited for any more', async () => {
    const side = newSide();
    side.slow = 1000;
    const presence = opened();
    const clock = clockWith(() => void presence.ask(told));
    const played = await play(plan, fine, { people: agreeing(), presence, clock });
    expect(played.ending).toEqual(ended);
    expect(played.state.steps['cut']?.verdict).toBeUndefined();
    expect(played.state.steps['cut']).toMatchObject({ act: { outcome: 'done' } });
  });

  it('that was agreed to and not yet begun is not sent', async () => {
    const side = newSide();
    const presence = opened();
    const confirm = async (): Promise<Confirmed> => (presence.ask(told), { agreed: [] });
    const played = await play(plan, fine, { people: agreeing({ confirm }), presence });
    expect(played.ending).toEqual(ended);
    expect([side.sent, kindsOf(played)]).toEqual([[], []]);
  });

  it('is not agreed to by a calm operator afterwards', async () => {
    const side = newSide();
    const presence = opened();
    side.before = () => void presence.ask(told);
    const people = scripted({ answers: {}, votes: {}, principal: () => 'ada@example.com', source: 'script' });
    const played = await play(plan, fine, { people, presence });
    expect([played.ending, side.sent]).toEqual([ended, []]);
  });
});

describe('a session', () => {
  it('that ends by itself, or is being ended, hears nobody', () => {
    const presence: Presence = opened();
    expect(presence.ask(told)).toBeUndefined();
    expect(presence.ask({ by: 'cem@example.com', reason: 'me too' })).toContain('bea@example.com');
    expect(presence.asked()).toEqual(told);
    const closed = opened();
    closed.close();
    expect(closed.ask(told)).toContain('ending by itself');
    expect(closed.asked()).toBeUndefined();
  });

  it('without anybody who ends it goes on as ever, and ends with its process', async () => {
    const interrupt = new AbortController();
    const presence = openPresence(interrupt.signal);
    const going = await play(planOf(phase('p', [looks('first')])), fine, { presence });
    expect(going.ending).toEqual({ end: 'done' });
    interrupt.abort('SIGINT');
    expect(presence.signal.aborted).toBe(true);
  });
});

it('an operator whose run was ended is asked nothing more, also not the second half of a question', async () => {
  const presence = opened();
  const asked: string[] = [];
  const operator: Operator = {
    present: true,
    menu: () => Promise.reject(new Error('no menu here')),
    line: async (question) => (asked.push(question), { answer: 'yes' }),
    secret: async (question) => (asked.push(question), { answer: 'hidden' }),
    putAside: () => undefined,
  };
  const heard = interruptible(operator, presence);
  expect(await heard.line('Is it?', () => undefined)).toEqual({ answer: 'yes' });
  presence.ask(told);
  await expect(heard.line('What did you see?', () => undefined)).rejects.toMatchObject({ code: 'put-aside' });
  await expect(heard.secret('Token?')).rejects.toMatchObject({ code: 'put-aside' });
  expect(asked).toEqual(['Is it?']);
});
