// Goal: what was made, failed, got lost or was taken back before keeps its place in every later attempt: nothing stands
// unseen, nothing passes on an older attempt, and a way back that was begun comes to its end.

import { describe, expect, it, vi } from 'vitest';
import { actStands, actsThatStand } from '../../src/engine/acts.ts';
import type { Json } from '../../src/engine/json.ts';
import type { Plan } from '../../src/engine/plan.ts';
import type { Page } from '../../src/render/layout.ts';
import { theme } from '../../src/render/theme.ts';
import { confirmBack } from '../../src/runner/consent.ts';
import type { Desk } from '../../src/runner/who-signs.ts';
import type { People } from '../../src/runner/people.ts';
import { agreeing, deploys, newSide, seenAt, swap, swaps } from '../support/act.ts';
import { gate, phase, planOf, step } from '../support/plan.ts';
import { application, looks, memoryStore, play, type Played } from '../support/run.ts';

const broken = application((path) => (path === 'errors' ? 503 : 200));
const part = (what: string) => ({ kind: 'test.deploy', args: { what }, words: `deploys ${what}` });
const sentIn = (side: ReturnType<typeof newSide>): readonly string[] =>
  side.sent.map((sent) => sent.split(' golive ')[0] ?? '');
const pause = { leave: 'pause', reason: '' } as const;

/** Does these things one after the other at a red, and then pauses. */
function inOrder(...doings: readonly ('retry' | 'back' | (() => 'retry' | 'back'))[]): People['red'] {
  const left = [...doings];
  return async ({ id }) => {
    const next = left.shift();
    const doing = typeof next === 'function' ? next() : next;
    if (doing === undefined) return pause;
    return doing === 'retry' ? { do: 'retry' } : { leave: 'rollback', step: id };
  };
}

/** The kind of swaps as one whose state is looked at, and not compared by the other side. */
async function observing<T>(work: () => Promise<T>): Promise<T> {
  const kind = swap as { class: typeof swap.class };
  kind.class = 'observable';
  return work().finally(() => {
    kind.class = 'compare';
  });
}

describe('a change that is tried once more', () => {
  const ship = deploys('ship', { back: [part('old')] });
  const plan = planOf(phase('p', [ship, looks('errors')]));

  it.each([['failed', 'refused'] as const, ['failed', 'lost before'] as const])(
    'after it %s, and is %s the second time, still stands, and its way back takes it back',
    async (first, second) => {
      const side = newSide();
      side.fates.push(first, second);
      const store = memoryStore();
      const reconcile: People['reconcile'] = async () => ({
        result: 'not-applied',
        by: 'ada@example.com',
        reason: 'x',
      });
      const tried = await play(plan, broken, { people: agreeing({ red: inOrder('retry'), reconcile }), store });
      expect(actStands(tried.state, ship)).toBe(true);
      const back = await play(plan, broken, { people: agreeing({ red: inOrder() }), store, wayBack: true });
      expect([sentIn(side).at(-1), back.state.rollback?.result]).toEqual(['old', 'done']);
    },
  );

  it('goes back to the state from before the first of them', async () => {
    await observing(async () => {
      const side = newSide();
      side.slow = 1000;
      const cut = swaps('cut');
      const red = inOrder(() => {
        // Somebody half undoes it: the second one starts from there.
        side.values['site'] = 'blue';
        side.slow = 0;
        return 'retry';
      }, 'back');
      const http = application((path) => (path === 'errors' ? 503 : 200));
      const played = await play(planOf(phase('p', [cut, looks('errors')])), http, { people: agreeing({ red }) });
      expect([side.values, played.state.rollback?.result]).toEqual([{ site: 'blue' }, 'done']);
    });
  });

  it('and is refused because the first request arrived after all, is there, and can be taken back', async () => {
    const side = newSide();
    side.fates.push('lost before');
    let asked = 0;
    const confirm: People['confirm'] = async () => {
      asked += 1;
      return { agreed: [] };
    };
    side.before = (read) => {
      // Between the word for the second one and its sending.
      if (asked === 2 && read > 0 && side.sent.length === 1) side.fates.unshift('refused');
    };
    const red: People['red'] = async () => {
      if (side.sent.length === 2) side.values['site'] = 'green';
      return side.sent.length > 2 ? pause : { do: 'retry' };
    };
    const store = memoryStore();
    const cut = swaps('cut');
    const played = await play(planOf(phase('p', [cut])), broken, { people: agreeing({ red, confirm }), store });
    expect(played.state.steps['cut']?.verdict?.verdict).toBe('pass');
    expect(actsThatStand(planOf(phase('p', [cut])), played.state)).toHaveLength(1);
    expect(played.state.steps['cut']?.act?.before).toMatch(/^[0-9a-f]{64}$/);
  });
});

describe('after a way back that came through in part', () => {
  const two = () => [
    swaps('first', {}, { name: 'a', from: 'a1', to: 'a2' }),
    swaps('second', {}, { name: 'b', from: 'b1', to: 'b2' }),
  ];

  it('what was taken back is asked for and sent again, and taken back again', async () => {
    await observing(async () => {
      const side = newSide({ a: 'a1', b: 'b1' });
      const red = inOrder(
        () => {
          side.values['a'] = 'theirs';
          return 'back';
        },
        () => {
          side.values['a'] = 'a2';
          return 'retry';
        },
        'retry',
        'back',
      );
      const played = await play(planOf(phase('p', [...two(), looks('errors')])), broken, { people: agreeing({ red }) });
      expect(sentIn(side)).toEqual(['a1→a2', 'b1→b2', 'b2→b1', 'b1→b2', 'b2→b1', 'a2→a1']);
      expect([side.values, played.state.rollback?.result]).toEqual([{ a: 'a1', b: 'b1' }, 'done']);
    });
  });

  it('nothing passes because it was made before: not after a crash, not by a look that always holds', async () => {
    for (const verify of [undefined, seenAt('health')]) {
      const ship = deploys('ship', { back: [part('old')], ...(verify && { verify }) });
      const plan = planOf(phase('p', [swaps('cut', {}, { name: 'b', from: 'b1', to: 'b2' }), ship, looks('errors')]));
      const side = newSide({ b: 'b1' });
      const red = inOrder(
        () => {
          side.values['b'] = 'theirs';
          return 'back';
        },
        () => {
          side.values['b'] = 'b2';
          return 'retry';
        },
        'retry',
      );
      let died = false;
      const people = agreeing({ red });
      const store = memoryStore();
      const { append } = store;
      const dying = vi.spyOn(store, 'append').mockImplementation(async (run, seq, line) => {
        const text = new TextDecoder().decode(line);
        const second = side.sent.some((sent) => sent.startsWith('old')) && /"step":"ship".*"act\.intent"/.test(text);
        if (second && !died) {
          died = true;
          throw new Error('the disk is full');
        }
        return append(run, seq, line);
      });
      await expect(play(plan, broken, { people, store })).rejects.toThrow('the disk is full');
      dying.mockRestore();
      const before = sentIn(side).length;
      const silent = agreeing({ red: inOrder(), confirm: async () => pause });
      const resumed = await play(plan, broken, { people: silent, store });
      expect([sentIn(side).length, resumed.state.steps['ship']?.verdict?.verdict]).not.toEqual([before, 'pass']);
      expect(actStands(resumed.state, ship)).toBe(false);
    }
  });

  it('the log calls taken back only what is, and leaves alone what is older', async () => {
    const plan = planOf(
      phase('early', [swaps('older', {}, { name: 'o', from: 'o1', to: 'o2' })]),
      phase('p', [step('go', 'decides', { work: gate() }), ...two(), looks('errors')]),
    );
    const side = newSide({ a: 'a1', b: 'b1', o: 'o1' });
    const vote: People['vote'] = async () => ({ decision: 'go', by: 'ada@example.com', comment: '' });
    const red = inOrder(() => {
      side.values['a'] = 'theirs';
      return 'back';
    });
    const { state } = await play(plan, broken, { people: agreeing({ red, vote }) });
    expect(state.steps['older']?.verdict).toMatchObject({ verdict: 'pass' });
    expect(state.steps['second']?.verdict).toMatchObject({ verdict: 'fail', reason: 'this was taken back' });
    expect(state.steps['first']?.verdict).toMatchObject({ verdict: 'inconclusive' });
  });

  it('what somebody accepted before it is not accepted any more', async () => {
    const side = newSide({ b: 'b1', site: 'blue' });
    side.slow = 30;
    const cut = swaps('cut');
    const other = swaps('other', {}, { name: 'b', from: 'b1', to: 'b2' });
    const waive = { do: 'waive', by: 'ada@example.com', role: 'lead', reason: 'slow' } as const;
    let reds = 0;
    const red: People['red'] = async ({ id }) => {
      reds += 1;
      if (reds === 1) return waive;
      if (reds > 2) return pause;
      side.values['site'] = 'theirs';
      side.slow = 0;
      return { leave: 'rollback', step: id };
    };
    const { state } = await play(planOf(phase('p', [other, cut, looks('errors')])), broken, {
      people: agreeing({ red }),
    });
    expect(state.steps['cut']?.overlay).toBeUndefined();
  });
});

describe('a way back that was begun', () => {
  const crash = async (plan: Plan, rollback: People['rollback']): Promise<Played> => {
    newSide();
    const red = inOrder('back');
    const whole = await play(plan, broken, { people: agreeing({ red: inOrder('back') }), store: memoryStore() });
    const close = whole.events.find(({ kind }) => kind === 'rollback.close')?.seq;
    newSide();
    let dead = false;
    const store = memoryStore((seq) => (!dead && seq === close ? 'before' : undefined));
    await expect(play(plan, broken, { people: agreeing({ red }), store })).rejects.toThrow('the disk is full');
    dead = true;
    return play(plan, broken, { people: agreeing({ red: inOrder(), rollback }), store, seal: true });
  };

  it('and of which nothing is left is closed by the next session, whoever is there', async () => {
    for (const offered of [[], [{ ...deploys('revision'), phase: 'rollback' }]]) {
      const plan = { ...planOf(phase('p', [swaps('cut'), looks('errors')])), rollback: offered };
      const played = await crash(plan, async () => 'silent');
      expect([played.state.rollback?.result, played.state.sealed?.result]).toEqual(['done', 'no-go']);
    }
  });

  it('is confirmed at a terminal with the name of the run, also where only offered steps are left', async () => {
    const page: Page = { width: 80, theme: theme({ colour: false, unicode: true }) };
    const operator = {
      line: async (_: string, check: (text: string) => string | undefined) =>
        check('aep-prod') === undefined ? { answer: 'aep-prod' } : { aside: 'pause' },
    };
    const desk = {
      plan: planOf(),
      page,
      principal: 'ada@example.com',
      print: () => undefined,
      note: async () => undefined,
      operator,
      aside: async () => pause,
    } as unknown as Desk;
    const offered = [{ step: deploys('revision'), chosen: false }];
    const shown = { why: 'x', begun: true, to: '', backs: [], older: [], offered };
    expect(await confirmBack(desk, shown)).toBe('confirmed');
    expect(await confirmBack(desk, { ...shown, offered: [] })).toBe('confirmed');
  });
});

describe('a step of the checklist that was chosen on an earlier way back', () => {
  const choosing = (...ids: readonly string[]): (() => Promise<'confirmed' | { readonly with: string }>) => {
    const wanted = [...ids];
    return async () => {
      const id = wanted.shift();
      return id === undefined ? 'confirmed' : { with: id };
    };
  };

  it('is done again when it is chosen again', async () => {
    const side = newSide();
    const rollback = [deploys('data'), looks('alive')].map((one) => ({ ...one, phase: 'rollback' }));
    const plan = { ...planOf(phase('p', [swaps('cut'), looks('errors')])), rollback };
    let alive = 503;
    const http = application((path) => (path === 'errors' ? 503 : path === 'alive' ? alive : 200));
    let round = choosing('data', 'alive');
    const red = inOrder('back', 'retry', () => {
      alive = 200;
      round = choosing('data', 'alive');
      return 'back';
    });
    const people = agreeing({ red, rollback: () => round() });
    const { state } = await play(plan, http, { people });
    expect(sentIn(side).filter((sent) => sent === 'data')).toHaveLength(2);
    expect(state.rollback?.result).toBe('done');
  });

  it('keeps a way back from being done while nobody knows what became of it', async () => {
    const side = newSide();
    const plan = {
      ...planOf(phase('p', [swaps('cut'), looks('errors')])),
      rollback: [{ ...deploys('data'), phase: 'rollback' }],
    };
    let round = choosing('data');
    const red = inOrder(
      () => {
        side.fates.push('lost after', 'lost after');
        return 'back';
      },
      () => {
        round = choosing();
        return 'back';
      },
    );
    const { state } = await play(plan, broken, { people: agreeing({ red, rollback: () => round() }) });
    expect(state.rollback?.result).toBe('partial');
    expect(state.stopped).toBeUndefined();
  });

  it('and pokes is not sent a second time after a crash', async () => {
    const call = {
      kind: 'http',
      args: { url: 'http://app.test/purge', method: 'POST' } as Record<string, Json>,
      words: 'posts',
    };
    const purge = step('purge', 'pokes', { work: { type: 'probe', call }, expect: [{ path: 'status', eq: 200 }] });
    const plan = {
      ...planOf(phase('p', [swaps('cut'), looks('errors')])),
      rollback: [{ ...purge, phase: 'rollback' }],
    };
    let pokes = 0;
    const http = application((path) => {
      if (path === 'purge') pokes += 1;
      return path === 'errors' ? 503 : 200;
    });
    newSide();
    const people = () => agreeing({ red: inOrder('back'), rollback: choosing('purge') });
    const whole = await play(plan, http, { people: people() });
    const verdict = whole.events.find(
      ({ kind, body }) => kind === 'step.verdict' && 'step' in body && body.step === 'purge',
    );
    newSide();
    pokes = 0;
    let dead = false;
    const store = memoryStore((seq) => (!dead && seq === verdict?.seq ? 'before' : undefined));
    await expect(play(plan, http, { people: people(), store })).rejects.toThrow('the disk is full');
    dead = true;
    const resumed = await play(plan, http, { people: agreeing({ red: inOrder() }), store });
    expect([pokes, resumed.state.rollback?.result]).toEqual([1, 'partial']);
  });
});
