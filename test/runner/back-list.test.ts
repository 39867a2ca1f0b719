// Goal: a way back that the checklist writes out is taken in its order, from the log alone, and reaches no further than asked.

import { describe, expect, it } from 'vitest';
import type { People } from '../../src/runner/people.ts';
import type { BackShown } from '../../src/render/way-back.ts';
import { agreeing, deploys, newSide, seenAt, swaps } from '../support/act.ts';
import { gate, phase, planOf, step } from '../support/plan.ts';
import { application, looks, memoryStore, play, type Played } from '../support/run.ts';

const broken = application((path) => (path === 'errors' ? 503 : 200));
const part = (what: string) => ({ kind: 'test.deploy', args: { what }, words: `deploys ${what}` });
const back = [{ ...part('old files'), verify: seenAt('files') }, part('empty cache')];
const red: People['red'] = async ({ id }) => ({ leave: 'rollback', step: id });
const sentIn = (side: ReturnType<typeof newSide>): readonly string[] =>
  side.sent.map((sent) => sent.split(' golive ')[0] ?? '');
const done = ({ state }: Played) => state.rollback?.result;

describe('a way back of several parts', () => {
  const plan = planOf(phase('p', [deploys('ship', { back }), looks('errors')]));

  it('is taken in the order in which it is written, each part under a name of its own', async () => {
    const side = newSide();
    const played = await play(plan, broken, { people: agreeing({ red }), seal: true });
    expect(sentIn(side)).toEqual(['ship', 'old files', 'empty cache']);
    expect([done(played), played.state.sealed?.result]).toEqual(['done', 'no-go']);
    expect(played.state.steps['ship.undo.1']?.verdict?.verdict).toBe('pass');
    expect(played.state.steps['ship.undo.2']?.verdict?.verdict).toBe('pass');
  });

  it('stops at a part that was not seen to be done, and goes on there the next time', async () => {
    const side = newSide();
    let files = 404;
    const http = application((path) => (path === 'errors' ? 503 : path === 'files' ? files : 200));
    let reds = 0;
    const twice: People['red'] = async (one) => {
      if (reds++ === 1) files = 200;
      return reds <= 2 ? { leave: 'rollback', step: one.id } : 'silent';
    };
    const people = agreeing({ red: twice });
    const played = await play(plan, http, { people });
    expect(sentIn(side)).toEqual(['ship', 'old files', 'empty cache']);
    expect(people.asked.filter((asked) => asked.startsWith('back'))).toHaveLength(2);
    expect(done(played)).toBe('done');
  });

  it('whose process dies after any line sends each part once', async () => {
    const whole = newSide();
    const complete = memoryStore();
    await play(plan, broken, { people: agreeing({ red }), store: complete, seal: true });
    expect(sentIn(whole)).toHaveLength(3);
    for (let seq = 8; seq < complete.lines.length - 1; seq += 1) {
      const side = newSide();
      let dead = false;
      const store = memoryStore((at) => (!dead && at === seq ? 'after' : undefined));
      const reconcile: People['reconcile'] = async ({ id }) => {
        // Whoever looks at the other side sees whether this part is there.
        const sent = sentIn(side);
        const parts = { ship: 'ship' }[id] ?? '';
        return { result: sent.includes(parts) ? 'applied' : 'unknown', by: 'ada@example.com', reason: 'looked' };
      };
      const people = agreeing({ red, reconcile });
      await expect(play(plan, broken, { people, store })).rejects.toThrow('the disk is full');
      dead = true;
      await play(plan, broken, { people, store, seal: true });
      expect(new Set(sentIn(side)).size, `line ${seq}: ${sentIn(side).join(', ')}`).toBe(sentIn(side).length);
    }
  });
});

describe('a way back that was begun', () => {
  it('and that somebody turns from is left as it is, in front of a person', async () => {
    const plan = planOf(phase('p', [deploys('ship', { back }), looks('errors')]));
    const side = newSide();
    const leaving: People['rollback'] = async () => 'confirmed';
    const files = application((path) => (path === 'errors' ? 503 : path === 'files' ? new Error('no route') : 200));
    let dead = false;
    const dying = memoryStore((seq) => (!dead && seq === 12 ? 'before' : undefined));
    await expect(play(plan, files, { people: agreeing({ red, rollback: leaving }), store: dying })).rejects.toThrow(
      'the disk is full',
    );
    dead = true;
    const people = agreeing({ red: async () => 'silent', rollback: async () => 'turned away' });
    const played = await play(plan, files, { people, store: dying });
    expect([done(played), played.state.stopped, sentIn(side)[0]]).toEqual(['partial', undefined, 'ship']);
  });

  it('for a change that nobody knows was made says so', async () => {
    const side = newSide();
    side.fates.push('lost after');
    const shown: BackShown[] = [];
    const rollback: People['rollback'] = async (what) => {
      shown.push(what);
      return 'turned away';
    };
    let reds = 0;
    const once: People['red'] = async ({ id }) => (reds++ === 0 ? { leave: 'rollback', step: id } : 'silent');
    const ship = deploys('ship', { back: [part('old files')] });
    await play(planOf(phase('p', [ship])), broken, { people: agreeing({ red: once, rollback }) });
    expect(shown[0]?.backs).toMatchObject([{ unsure: true, prospect: { stands: 'ready' } }]);
  });
});

describe('two changes of one thing', () => {
  const plan = planOf(phase('p', [swaps('first'), swaps('second', {}, { from: 'green', to: 'red' }), looks('errors')]));

  it('are taken back in one go: what the older one does is shown once more when the newer one is back', async () => {
    const side = newSide();
    const people = agreeing({ red });
    const shown: (readonly string[])[] = [];
    const rollback: People['rollback'] = async (what) => {
      shown.push(what.backs.map(({ step: { id }, prospect }) => `${id} ${prospect?.stands}`));
      return people.rollback(what);
    };
    const played = await play(plan, broken, { people: { ...people, rollback } });
    expect([side.values, done(played)]).toEqual([{ site: 'blue' }, 'done']);
    expect(shown).toEqual([['second ready', 'first foreign'], ['first ready']]);
  });

  it('are not taken back further than somebody confirms', async () => {
    const side = newSide();
    let times = 0;
    const rollback: People['rollback'] = async () => (times++ === 0 ? 'confirmed' : 'turned away');
    let reds = 0;
    const once: People['red'] = async (one) => (reds++ === 0 ? { leave: 'rollback', step: one.id } : 'silent');
    const played = await play(plan, broken, { people: agreeing({ red: once, rollback }) });
    expect([side.values, done(played)]).toEqual([{ site: 'green' }, 'partial']);
  });
});

describe('how far it reaches', () => {
  const vote: People['vote'] = async () => ({ decision: 'go', by: 'ada@example.com', comment: '' });
  const plan = planOf(
    phase('early', [swaps('older', {}, { name: 'a', from: 'a1', to: 'a2' })]),
    phase('cut', [
      step('go', 'decides', { work: gate() }),
      swaps('newer', {}, { name: 'b', from: 'b1', to: 'b2' }),
      looks('errors'),
    ]),
  );
  const start = () => newSide({ a: 'a1', b: 'b1' });

  it('is the last gate, what is older stays and is named, and the run still ends', async () => {
    const side = start();
    const shown: BackShown[] = [];
    const rollback: People['rollback'] = async (what) => {
      shown.push(what);
      return 'confirmed';
    };
    const played = await play(plan, broken, { people: agreeing({ vote, red, rollback }), seal: true });
    expect(side.values).toEqual({ a: 'a2', b: 'b1' });
    expect(shown.map(({ to, older, backs }) => [to, older.map(({ id }) => id), backs.length])).toEqual([
      ['go', ['older'], 1],
    ]);
    expect([done(played), played.state.sealed?.result]).toEqual(['done', 'no-go']);
    expect(played.state.rollback?.to).toBe('go');
  });

  it('is the beginning when somebody asks for it', async () => {
    const side = start();
    let times = 0;
    const rollback: People['rollback'] = async () => (times++ === 0 ? { deeper: true } : 'confirmed');
    const played = await play(plan, broken, { people: agreeing({ vote, red, rollback }) });
    expect([side.values, played.state.rollback?.to]).toEqual([{ a: 'a1', b: 'b1' }, '']);
  });

  it('is the gate before, where nothing was changed behind the last one', async () => {
    const side = start();
    const late = planOf(...plan.phases, phase('end', [step('end', 'decides', { work: gate() }), looks('late')]));
    const http = application((path) => (path === 'late' ? 503 : 200));
    await play(late, http, { people: agreeing({ vote, red }) });
    expect(side.values).toEqual({ a: 'a2', b: 'b1' });
  });
});

describe('what the checklist offers beside it', () => {
  const offered = [
    { ...looks('alive'), phase: 'rollback' },
    { ...deploys('revision'), phase: 'rollback' },
    { ...deploys('data', { confirm: { phrase: 'lose it', people: 2 }, noUndo: 'gone is gone' }), phase: 'rollback' },
  ];
  const plan = { ...planOf(phase('p', [swaps('cut'), looks('errors')])), rollback: offered };

  it('is never done by itself', async () => {
    const side = newSide();
    const played = await play(plan, broken, { people: agreeing({ red }) });
    expect([sentIn(side).length, done(played)]).toEqual([2, 'done']);
    expect(played.state.steps['revision']).toBeUndefined();
  });

  it('is done after what was taken back, in the order of the file, and a phrase is asked for at its time', async () => {
    const side = newSide();
    const wanted = ['data', 'revision', 'alive'];
    const rollback: People['rollback'] = async () => {
      const id = wanted.shift();
      return id === undefined ? 'confirmed' : { with: id };
    };
    const people = agreeing({ red, rollback });
    const played = await play(plan, broken, { people, seal: true });
    expect(sentIn(side)).toEqual(['blue→green', 'green→blue', 'revision', 'data']);
    // The act of the run, and the one with a phrase.
    expect(people.asked.map((asked) => asked.split(' ')[0])).toEqual(['cut', 'data']);
    expect([done(played), played.state.steps['alive']?.verdict?.verdict]).toEqual(['done', 'pass']);
  });

  it('and needs what this run did not do cannot be chosen, and says so', async () => {
    newSide();
    const needy = { ...deploys('downgrade'), phase: 'rollback', needs: [{ step: 'errors', lagMs: 0 }] };
    const shown: BackShown[] = [];
    const rollback: People['rollback'] = async (what) => {
      shown.push(what);
      return 'confirmed';
    };
    await play({ ...plan, rollback: [needy] }, broken, { people: agreeing({ red, rollback }) });
    expect(shown[0]?.offered).toMatchObject([{ waits: 'not here: errors did not come through in this run' }]);
  });

  it('that does not come through leaves the way back partial', async () => {
    const side = newSide();
    const wanted = ['revision'];
    const rollback: People['rollback'] = async () => {
      const id = wanted.shift();
      if (id === undefined) side.fates.push('lost after', 'failed');
      return id === undefined ? 'confirmed' : { with: id };
    };
    let reds = 0;
    const once: People['red'] = async (one) => (reds++ === 0 ? { leave: 'rollback', step: one.id } : 'silent');
    const played = await play(plan, broken, { people: agreeing({ red: once, rollback }) });
    expect([done(played), played.state.steps['revision']?.verdict?.verdict]).toEqual(['partial', 'fail']);
    expect(played.state.stopped).toBeUndefined();
  });

  it('can be chosen where nothing that was changed stands', async () => {
    const side = newSide();
    const wanted = ['revision'];
    const rollback: People['rollback'] = async ({ backs }) => {
      expect(backs).toEqual([]);
      const id = wanted.shift();
      return id === undefined ? 'confirmed' : { with: id };
    };
    const played = await play(plan, broken, { people: agreeing({ rollback }), wayBack: true });
    expect([sentIn(side), done(played)]).toEqual([['revision'], 'done']);
  });
});
