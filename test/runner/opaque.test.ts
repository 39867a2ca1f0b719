// Goal: what nothing can be seen of is never assumed, never sent twice without a person's word, and its output is shown.

import { describe, expect, it } from 'vitest';
import type { People } from '../../src/runner/people.ts';
import { agreeing, deploys, newSide, seenAt } from '../support/act.ts';
import { phase, planOf } from '../support/plan.ts';
import { application, memoryStore, play, type Played } from '../support/run.ts';

const http = application(() => 200);
const plan = planOf(phase('p', [deploys('ship')]));
const shipOf = ({ state }: Played) => state.steps['ship'];
const by = 'ada@example.com';
const verdicts = ({ events }: Played): readonly unknown[] =>
  events.flatMap((event) => (event.kind === 'step.verdict' ? [event.body.verdict] : []));

/** Says what became of it, once for each answer; after the last one turns away. */
function telling(...results: readonly ('applied' | 'not-applied' | 'unknown')[]): People['reconcile'] {
  const left = [...results];
  return async () => {
    const result = left.shift();
    return result === undefined ? { leave: 'pause', reason: '' } : { result, by, reason: 'looked' };
  };
}

describe('a change that nothing can be seen of', () => {
  it('passes because it ended well, with its output shown and its answer kept', async () => {
    newSide();
    const store = memoryStore();
    const played = await play(plan, http, { people: agreeing(), store });
    expect(shipOf(played)).toMatchObject({
      verdict: { verdict: 'pass', findings: [{ expected: 'it exits with 0' }] },
      act: { outcome: 'done', class: 'opaque' },
    });
    expect(played.printed).toEqual(['  | step 1', '  | step 2']);
    const kept = store.blobs.get(shipOf(played)?.act?.after ?? '');
    expect(JSON.parse(new TextDecoder().decode(kept))).toEqual({ exit: 0 });
  });

  it('that ends badly is red, stands, and is only run again on a word of its own', async () => {
    const side = newSide();
    side.fates.push('failed');
    let shown: unknown;
    const people = agreeing({ red: async () => ({ do: 'retry' }) });
    const confirm: People['confirm'] = async (step, what) => {
      shown = what.before;
      return people.confirm(step, what);
    };
    const played = await play(plan, http, { people: { ...people, confirm } });
    expect([verdicts(played), side.sent.length, people.asked.length]).toEqual([['fail', 'pass'], 2, 2]);
    expect(shown).toMatchObject({ failed: true });
    const failed = played.events.find(({ kind }) => kind === 'act.result');
    expect(failed).toMatchObject({ body: { result: 'failed', reason: 'it exits with 3' } });
  });

  it('that could not be begun changed nothing', async () => {
    const side = newSide();
    side.fates.push('refused');
    const played = await play(plan, http, { people: agreeing({ red: async () => 'silent' }) });
    expect(shipOf(played)).toMatchObject({ verdict: { verdict: 'fail' }, act: { outcome: 'refused' } });
  });

  it.each([
    ['applied', ['pass'], 1],
    ['not-applied', ['error', 'pass'], 2],
    ['unknown', ['inconclusive'], 1],
  ] as const)('whose answer is lost is asked of a person: %s', async (result, expected, sent) => {
    const side = newSide();
    side.fates.push('lost after');
    let reds = 0;
    const red: People['red'] = async () => (result === 'not-applied' && reds++ === 0 ? { do: 'retry' } : 'silent');
    const played = await play(plan, http, { people: agreeing({ red, reconcile: telling(result) }) });
    expect([verdicts(played), side.sent.length]).toEqual([expected, sent]);
    expect(played.events.find(({ kind }) => kind === 'act.reconciled')).toMatchObject({
      body: { result, by, reason: 'looked' },
    });
  });

  it('is inconclusive while nobody is there to say what became of it, and asked for again', async () => {
    const side = newSide();
    side.fates.push('lost after');
    const played = await play(plan, http, { people: agreeing({ red: async () => 'silent' }) });
    expect([verdicts(played), side.sent.length, shipOf(played)?.act?.outcome]).toEqual([
      ['inconclusive'],
      1,
      'unknown',
    ]);
  });

  it('and whose process died in between is asked about by the next session, before anything is sent', async () => {
    for (const [result, sent] of [
      ['applied', 1],
      ['not-applied', 2],
    ] as const) {
      const side = newSide();
      let dead = false;
      const store = memoryStore((seq) => (!dead && seq === 4 ? 'before' : undefined));
      await expect(play(plan, http, { store, people: agreeing() })).rejects.toThrow('the disk is full');
      dead = true;
      const played = await play(plan, http, { store, people: agreeing({ reconcile: telling(result) }), seal: true });
      expect([side.sent.length, played.state.sealed?.result]).toEqual([sent, 'go']);
    }
  });

  it('and that was made before its process died is not made again', async () => {
    const side = newSide();
    let dead = false;
    const store = memoryStore((seq) => (!dead && seq === 5 ? 'before' : undefined));
    await expect(play(plan, http, { store, people: agreeing() })).rejects.toThrow('the disk is full');
    dead = true;
    const people = agreeing();
    const played = await play(plan, http, { store, people, seal: true });
    expect([side.sent.length, people.asked, played.state.sealed?.result]).toEqual([1, [], 'go']);
  });
});

describe('what a checklist says it is seen by', () => {
  const verified = (more: Parameters<typeof seenAt>[1] = {}) =>
    planOf(phase('p', [deploys('ship', { verify: seenAt('new', more) })]));
  /** Answers 200 from the moment something was sent. */
  const following = (side: ReturnType<typeof newSide>) => application(() => (side.sent.length > 0 ? 200 : 404));

  it('decides: not there in time is red, though it ended well', async () => {
    const side = newSide();
    const wait = { forMs: 60_000, everyMs: { min: 5_000, max: 5_000 }, consecutive: 1, stopIf: [] };
    const gone = application(() => 404);
    const played = await play(verified({ wait }), gone, { people: agreeing({ red: async () => 'silent' }) });
    expect(shipOf(played)).toMatchObject({
      verdict: { verdict: 'fail', looks: 13, findings: [{ observed: '404' }] },
      act: { outcome: 'done' },
    });
    expect(side.sent).toHaveLength(1);
  });

  it('is said before the word to hold or not to hold yet', async () => {
    for (const status of [200, 404]) {
      newSide();
      const held: unknown[] = [];
      const confirm: People['confirm'] = async (_, { verify }) => {
        held.push(verify);
        return { leave: 'pause', reason: '' };
      };
      await play(
        verified(),
        application(() => status),
        { people: agreeing({ confirm }) },
      );
      expect(held).toEqual([{ words: 'asks new', held: status === 200 }]);
    }
  });

  it('proves after a lost answer that it was made, because it did not hold before', async () => {
    const side = newSide();
    side.fates.push('lost after');
    const played = await play(verified(), following(side), { people: agreeing() });
    expect([verdicts(played), side.sent.length]).toEqual([['pass'], 1]);
    expect(played.events.find(({ kind }) => kind === 'act.reconciled')).toMatchObject({
      body: { result: 'applied', by: 'golive' },
    });
  });

  it('proves nothing after a lost answer where it held before: a person is asked', async () => {
    const side = newSide();
    side.fates.push('lost before');
    const reconcile = telling('unknown');
    const played = await play(verified(), http, { people: agreeing({ red: async () => 'silent', reconcile }) });
    expect([verdicts(played), side.sent.length]).toEqual([['inconclusive'], 1]);
  });

  it('that cannot be read is never a pass', async () => {
    const side = newSide();
    const blind = application(() => (side.sent.length > 0 ? new Error('no route') : 404));
    const played = await play(verified(), blind, { people: agreeing({ red: async () => 'silent' }) });
    expect([shipOf(played)?.verdict?.verdict, side.sent.length]).toEqual(['error', 1]);
  });

  it('is looked at again on a retry, and what was made is not sent again once it is seen', async () => {
    const side = newSide();
    let seen = false;
    const slow = application(() => (seen && side.sent.length > 0 ? 200 : 404));
    const red: People['red'] = async () => {
      seen = true;
      return { do: 'retry' };
    };
    const people = agreeing({ red });
    const played = await play(verified(), slow, { people });
    expect([verdicts(played), side.sent.length, people.asked.length]).toEqual([['fail', 'pass'], 1, 1]);
  });
});
