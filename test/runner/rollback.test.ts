// Goal: what was changed is taken back as one plan, newest first, only on a person's word, and never half of it unsaid.
// Method: runs in memory over an act kind whose other side loses answers, or is changed by somebody else.

import { describe, expect, it, vi } from 'vitest';
import type { RunEvent } from '../../src/engine/events.ts';
import { GoliveError } from '../../src/errors.ts';
import { readEvents } from '../../src/log/replay.ts';
import type { People } from '../../src/runner/people.ts';
import type { Clock } from '../../src/world.ts';
import { agreeing, newSide, swaps } from '../support/act.ts';
import { gate, noon, phase, planOf, step } from '../support/plan.ts';
import { application, looks, memoryStore, play, type Played } from '../support/run.ts';

const broken = application((path) => (path === 'errors' ? 503 : 200));
const two = () => [
  swaps('first', {}, { name: 'a', from: 'a1', to: 'a2' }),
  swaps('second', {}, { name: 'b', from: 'b1', to: 'b2' }),
];
const plan = planOf(
  phase('before', [step('gate', 'decides', { work: gate() })]),
  phase('cut', [...two(), looks('errors')]),
);
const vote: People['vote'] = async () => ({ decision: 'go', by: 'ada@example.com', comment: '' });
const back: People['red'] = async ({ id }) => ({ leave: 'rollback', step: id });
const side = () => newSide({ a: 'a1', b: 'b1' });
const around = ({ events }: { events: readonly RunEvent[] }): readonly string[] =>
  events
    .filter(({ kind }) => /^(act\.intent|rollback|run\.stop)/.test(kind))
    .map(({ kind, body }) => ('step' in body && body.step !== '' ? `${kind} ${body.step}` : kind));
const bodyOf = (played: Played, kind: RunEvent['kind']) => played.events.find((event) => event.kind === kind)?.body;

describe('a way back', () => {
  it('takes back what was changed, newest first, sees each of it, and ends the run as a no-go', async () => {
    const other = side();
    const people = agreeing({ vote, red: back });
    const played = await play(plan, broken, { people, seal: true });
    expect(other.values).toEqual({ a: 'a1', b: 'b1' });
    expect(around(played)).toEqual([
      'act.intent first',
      'act.intent second',
      'rollback.open',
      'act.intent second.undo',
      'act.intent first.undo',
      'rollback.close',
      'run.stop',
    ]);
    expect(played.state.steps['first.undo']?.verdict).toMatchObject({ verdict: 'pass', looks: 1 });
    expect(played.state.sealed).toMatchObject({ result: 'no-go', exit: 1 });
  });

  it('says in the log who, from which gate, why, and what was agreed to', async () => {
    side();
    const store = memoryStore();
    const people = agreeing({ vote, red: back });
    const played = await play(plan, broken, { people, store });
    const why = 'errors: expected status = 200, observed 503';
    expect(people.asked.at(-1)).toBe(`back second first: ${why}`);
    const opened = bodyOf(played, 'rollback.open');
    expect(opened).toMatchObject({ by: 'ada@example.com', to: 'gate' });
    expect(bodyOf(played, 'run.stop')).toMatchObject({ by: 'ada@example.com', reason: `rolled back: ${why}` });
    const kept = store.blobs.get(opened && 'plan' in opened ? opened.plan : '');
    expect(JSON.parse(new TextDecoder().decode(kept))).toMatchObject({
      why,
      undo: [{ step: 'second.undo', request: { name: 'b', from: 'b2', to: 'b1' } }, { step: 'first.undo' }],
    });
  });

  it('asked for at a question says so', async () => {
    side();
    const asks = planOf(phase('p', [...two(), step('well', 'asks')]));
    const ask: People['ask'] = async ({ id }) => ({ leave: 'rollback', step: id });
    const played = await play(asks, broken, { people: agreeing({ ask }) });
    expect(bodyOf(played, 'run.stop')).toMatchObject({ reason: 'rolled back: asked for at well' });
  });

  it('that nobody confirms changes nothing and begins nothing', async () => {
    for (const answer of ['turned away', 'silent', { leave: 'pause', reason: '' }] as const) {
      const other = side();
      let reds = 0;
      const red: People['red'] = async (...given) => (reds++ === 0 ? back(...given) : { leave: 'pause', reason: '' });
      const played = await play(plan, broken, { people: agreeing({ vote, red, rollback: async () => answer }) });
      expect([other.values, other.sent.length]).toEqual([{ a: 'a2', b: 'b2' }, 2]);
      expect(played.state.rollback).toBeUndefined();
    }
  });

  it('where nothing stands neither asks nor ends the run', async () => {
    const other = side();
    other.fates.push('refused');
    const people = agreeing({
      red: async (one) => ((reds += 1) === 1 ? back(one, []) : { leave: 'pause', reason: '' }),
    });
    let reds = 0;
    const played = await play(planOf(phase('p', two())), broken, { people });
    expect(people.asked.filter((asked) => asked.startsWith('back'))).toEqual([]);
    expect([played.state.stopped, played.state.rollback]).toEqual([undefined, undefined]);
  });

  it('does not touch what somebody else changed since, nor what is older, and leaves all of it in front of a person', async () => {
    const other = side();
    let reds = 0;
    const red: People['red'] = async (...given) => {
      if (reds++ > 0) return { leave: 'pause', reason: '' };
      other.values['b'] = 'theirs';
      return back(...given);
    };
    const played = await play(plan, broken, { people: agreeing({ vote, red }) });
    expect(other.values).toEqual({ a: 'a2', b: 'theirs' });
    expect(bodyOf(played, 'rollback.close')).toEqual({ result: 'partial' });
    expect(played.state.stopped).toBeUndefined();
    const { steps } = played.state;
    expect(steps['second.undo']?.verdict).toMatchObject({ verdict: 'fail', findings: [{ observed: 'b is theirs' }] });
    expect([steps['first']?.verdict?.verdict, steps['second']?.verdict?.verdict]).toEqual([
      'inconclusive',
      'inconclusive',
    ]);
    expect(reds).toBe(2);
  });

  it('that came through in part can be taken again, for what is left', async () => {
    const other = side();
    let reds = 0;
    const red: People['red'] = async (...given) => {
      if (reds++ === 0) other.values['a'] = 'theirs';
      else other.values['a'] = 'a2';
      return back(...given);
    };
    const people = agreeing({ vote, red });
    const played = await play(plan, broken, { people, seal: true });
    expect(people.asked.filter((asked) => asked.startsWith('back')).map((asked) => asked.split(':')[0])).toEqual([
      'back second first',
      'back first',
    ]);
    expect(other.values).toEqual({ a: 'a1', b: 'b1' });
    expect(played.state.sealed).toMatchObject({ result: 'no-go' });
  });

  it('that was not seen to take effect is not done, and can be taken again until it is', async () => {
    const other = side();
    let reds = 0;
    const red: People['red'] = async (...given) => {
      other.slow = reds++ === 0 ? 20 : 0;
      return back(...given);
    };
    const people = agreeing({ vote, red });
    const played = await play(planOf(phase('cut', [...two().slice(1), looks('errors')])), broken, { people });
    const closes = played.events.filter(({ kind }) => kind === 'rollback.close').map(({ body }) => body);
    expect(closes).toEqual([{ result: 'partial' }, { result: 'done' }]);
    expect([other.values['b'], other.sent.length]).toEqual(['b1', 2]);
    expect(played.state.steps['second.undo']?.verdict?.verdict).toBe('pass');
    expect(people.asked.filter((asked) => asked.startsWith('back'))).toHaveLength(2);
  });

  it('of a change that was thought lost, and arrived late, is there', async () => {
    const other = newSide({ b: 'b1' });
    other.fates.push('lost before');
    let reds = 0;
    const red: People['red'] = async (...given) => {
      if (reds++ > 0) return back(...given);
      other.values['b'] = 'b2';
      return { do: 'retry' };
    };
    const played = await play(planOf(phase('cut', [...two().slice(1), looks('errors')])), broken, {
      people: agreeing({ red }),
    });
    expect(other.values).toEqual({ b: 'b1' });
    expect(played.state.rollback?.result).toBe('done');
  });

  it('that somebody turns away from at a poll leaves the poll to be taken again', async () => {
    side();
    const polled = planOf(phase('cut', [...two(), step('last', 'decides', { work: gate() })]));
    let votes = 0;
    const asked: string[] = [];
    const people = agreeing({
      vote: async (...given) => (votes++ === 0 ? { leave: 'rollback', step: 'last' } : vote(...given)),
      rollback: async () => 'turned away',
      red: async ({ id }) => (asked.push(id), { do: 'retry' }),
    });
    const played = await play(polled, broken, { people, seal: true });
    expect(asked).toEqual(['last']);
    expect(played.state.sealed).toMatchObject({ result: 'go' });
  });

  it('is there while nobody is asked anything: a new session begins with it', async () => {
    const later = planOf(phase('cut', two()), phase('later', [looks('errors')], 7 * 86_400_000));
    for (const answer of ['confirmed', 'turned away'] as const) {
      const other = side();
      const store = memoryStore();
      const people = agreeing({ rollback: async () => answer });
      const first = await play(later, broken, { store, people });
      expect(first.ending).toMatchObject({ end: 'later' });
      const second = await play(later, broken, { store, people, wayBack: true });
      expect(other.values).toEqual(answer === 'confirmed' ? { a: 'a1', b: 'b1' } : { a: 'a2', b: 'b2' });
      expect(second.ending).toMatchObject({ end: answer === 'confirmed' ? 'done' : 'left' });
      expect(second.state.stopped === undefined).toBe(answer === 'turned away');
    }
  });

  it('asked for where nothing stands neither ends the run, nor asks, nor goes on with anything else', async () => {
    const later = planOf(phase('p', [looks('errors')]), phase('later', [looks('more')], 7 * 86_400_000));
    const people = agreeing();
    const played = await play(
      later,
      application(() => 200),
      { people, wayBack: true },
    );
    expect([played.ending, people.asked, played.state.stopped]).toMatchObject([
      { end: 'left', leave: 'pause' },
      [],
      undefined,
    ]);
    expect(played.printed.join()).toContain('nothing to take back');
  });

  it('that came through in part is never a go, though every step passes in the end', async () => {
    const other = side();
    let reds = 0;
    const red: People['red'] = async (...given) => {
      if (reds++ > 0) return { do: 'retry' };
      other.values['a'] = 'theirs';
      return back(...given);
    };
    const healing = application((path, times) => (path === 'errors' && times === 1 ? 503 : 200));
    // By and by somebody puts right what was changed by hand.
    other.before = (read) => {
      if (read > 12) other.values['a'] = 'a2';
    };
    const played = await play(plan, healing, { people: agreeing({ vote, red }), seal: true });
    const verdicts = ['first', 'second', 'errors'].map((id) => played.state.steps[id]?.verdict?.verdict);
    expect(verdicts).toEqual(['pass', 'pass', 'pass']);
    expect(played.state.sealed).toMatchObject({ result: 'no-go', exit: 1 });
  });

  it('goes around an act that has none, as was said before it was confirmed', async () => {
    const other = side();
    const [first, second] = two();
    if (first === undefined || second?.work.type !== 'act') throw new Error('two acts');
    const none = { ...second, work: { ...second.work, noUndo: 'gone is gone' } };
    let reds = 0;
    const red: People['red'] = async (...given) => (reds++ === 0 ? back(...given) : { leave: 'pause', reason: '' });
    const played = await play(planOf(phase('p', [first, none, looks('errors')])), broken, {
      people: agreeing({ red }),
    });
    expect(other.values).toEqual({ a: 'a1', b: 'b2' });
    expect(bodyOf(played, 'rollback.close')).toEqual({ result: 'done' });
    expect(played.state.stopped).toBeDefined();
  });

  it('whose answer got lost is found out by looking, and not sent again', async () => {
    const other = side();
    const red: People['red'] = async (...given) => {
      other.fates.push('lost after');
      return back(...given);
    };
    const played = await play(plan, broken, { people: agreeing({ vote, red }), seal: true });
    expect(other.sent).toHaveLength(4);
    expect(other.values).toEqual({ a: 'a1', b: 'b1' });
    expect(bodyOf(played, 'act.reconciled')).toMatchObject({ step: 'second.undo', result: 'applied' });
  });
});

describe('a process that dies on the way back', () => {
  const whole = async (): Promise<readonly RunEvent[]> => {
    side();
    return (await play(plan, broken, { people: agreeing({ vote, red: back }) })).events;
  };

  it('takes it up again first, asks once more, and sends nothing twice', async () => {
    const events = await whole();
    const from = events.findIndex(({ kind }) => kind === 'rollback.open');
    expect(from).toBeGreaterThan(0);
    for (let seq = from; seq < events.length; seq += 1) {
      for (const when of ['before', 'after'] as const) {
        const other = side();
        let dead = false;
        const store = memoryStore((at) => (!dead && at === seq ? when : undefined));
        const people = agreeing({ vote, red: back });
        await expect(play(plan, broken, { store, people })).rejects.toThrow('the disk is full');
        dead = true;
        const opened = readEvents(store.lines).some(({ kind }) => kind === 'rollback.open');
        const asked = people.asked.length;
        const played = await play(plan, broken, { store, people, seal: true });
        const where = `line ${seq}, ${when}`;
        expect([other.values, other.sent.length], where).toEqual([{ a: 'a1', b: 'b1' }, 4]);
        // Where something is left to do somebody is asked, and about nothing but the way back.
        if (opened)
          expect(
            people.asked.slice(asked).filter((one) => !one.startsWith('back')),
            where,
          ).toEqual([]);
        expect(
          readEvents(store.lines).filter(({ kind }) => kind === 'rollback.open'),
          where,
        ).toHaveLength(1);
        for (const id of ['first.undo', 'second.undo'])
          expect(played.state.steps[id]?.verdict?.verdict, `${id}, ${where}`).toBe('pass');
        expect(played.state.stopped?.reason, where).toContain('rolled back: errors: expected status');
        expect(played.state.sealed, where).toMatchObject({ result: 'no-go' });
      }
    }
  });

  it('waits for somebody to say that it goes on', async () => {
    const events = await whole();
    const from = events.findIndex(({ kind }) => kind === 'rollback.open');
    const other = side();
    let dead = false;
    const store = memoryStore((at) => (!dead && at === from ? 'after' : undefined));
    await expect(play(plan, broken, { store, people: agreeing({ vote, red: back }) })).rejects.toThrow('full');
    dead = true;
    const played = await play(plan, broken, { store, people: agreeing({ vote, rollback: async () => 'silent' }) });
    expect(played.ending).toEqual({ end: 'stuck' });
    expect([other.sent.length, played.state.rollback?.result]).toEqual([2, undefined]);
  });
});

describe('a hold that breaks', () => {
  /** Time goes on by itself, also while somebody is asked. */
  function runningClock(): Clock {
    let now = noon;
    return {
      now: () => now,
      sleep: async (ms, signal) => {
        await new Promise((resolve) => setImmediate(resolve));
        if (signal?.aborted !== true) now += ms;
      },
      task: (work) => work(),
      rest: (promise) => promise,
    };
  }
  const hold = {
    forMs: 600_000,
    everyMs: 60_000,
    coverage: 0.9,
    maxGapMs: 180_000,
    settleMs: 0,
    tolerate: 0,
    sample: 'each' as const,
  };

  it('puts the open question aside and comes first, and the question is asked again', async () => {
    const asked: string[] = [];
    let putAside = (): void => undefined;
    const people = agreeing({
      ask: ({ id }) => {
        asked.push(id);
        if (asked.length > 2) return Promise.resolve({ leave: 'pause', reason: '' });
        return new Promise((_, reject) => {
          putAside = () => reject(new GoliveError('put-aside', 'something more urgent'));
        });
      },
      red: async ({ id }) => (asked.push(`red ${id}`), { leave: 'pause', reason: '' }),
      putAside: () => putAside(),
    });
    const http = application((path, times) => (path === 'watch' && times > 2 ? 503 : 200));
    const watched = planOf(phase('p', [step('well', 'asks'), looks('watch', { hold })]));
    const played = await play(watched, http, { people, clock: runningClock() });
    expect(asked).toEqual(['well', 'red watch']);
    expect(played.printed.join()).toContain('put aside');
    expect(played.state.steps['well']).toBeUndefined();
  });

  /** Resolves when it is put aside, as the operator does. */
  const open = () => {
    let end = (): void => undefined;
    const prompt = new Promise<never>((_, reject) => {
      end = () => reject(new GoliveError('put-aside', 'something more urgent'));
    });
    return { prompt, end: () => end() };
  };

  it('comes before the menu of another red', async () => {
    const asked: string[] = [];
    const menu = open();
    const people = agreeing({
      red: ({ id }) => {
        asked.push(id);
        return id === 'small' ? menu.prompt : Promise.resolve({ leave: 'pause', reason: '' });
      },
      putAside: menu.end,
    });
    const http = application((path, times) => (path === 'small' || (path === 'watch' && times > 2) ? 503 : 200));
    const watched = planOf(phase('p', [looks('small'), looks('watch', { hold })]));
    await play(watched, http, { people, clock: runningClock() });
    expect(asked).toEqual(['small', 'watch']);
  });

  it('does not take the way back out of the hands of whoever is at it', async () => {
    const other = side();
    let disturbed = 0;
    const over: (() => void)[] = [];
    const people = agreeing({
      ask: async ({ id }) => ({ leave: 'rollback', step: id }),
      rollback: () => new Promise((resolve) => over.push(() => resolve('confirmed'))),
      putAside: () => void (disturbed += 1),
    });
    const http = application((path, times) => (path === 'watch' && times > 2 ? 503 : 200));
    const watched = planOf(phase('p', [...two(), step('well', 'asks'), looks('watch', { hold })]));
    const playing = play(watched, http, { people, clock: runningClock() });
    await vi.waitFor(() => expect(http.asked.filter((path) => path === 'watch')).toHaveLength(3));
    for (let turn = 0; turn < 20; turn += 1) await new Promise((resolve) => setImmediate(resolve));
    over.forEach((confirm) => confirm());
    const played = await playing;
    expect([disturbed, played.state.rollback?.result]).toEqual([0, 'done']);
    expect(other.values).toEqual({ a: 'a1', b: 'b1' });
  });

  it('that is advisory disturbs nobody', async () => {
    let disturbed = 0;
    const over: (() => void)[] = [];
    const people = agreeing({
      ask: () => new Promise((resolve) => over.push(() => resolve({ leave: 'pause', reason: '' }))),
      putAside: () => void (disturbed += 1),
    });
    const http = application((path, times) => (path === 'watch' && times > 2 ? 503 : 200));
    const watch = looks('watch', { hold, severity: 'advisory' });
    const playing = play(planOf(phase('p', [step('well', 'asks'), watch])), http, { people, clock: runningClock() });
    await vi.waitFor(() => expect(http.asked.filter((path) => path === 'watch')).toHaveLength(3));
    for (let turn = 0; turn < 20; turn += 1) await new Promise((resolve) => setImmediate(resolve));
    over.forEach((leave) => leave());
    await playing;
    expect(disturbed).toBe(0);
  });
});
