// Goal: nobody says go at a point of no return without knowing how old it all is and whether it can be taken back, and not
// with credentials that would end on the way. Method: runs in memory, whose credentials end when the test says.

import { beforeEach, describe, expect, it } from 'vitest';
import { openPresence } from '../../src/effects/presence.ts';
import type { Plan, Step } from '../../src/engine/plan.ts';
import { BlindError } from '../../src/errors.ts';
import type { NoReturnShown } from '../../src/render/no-return.ts';
import type { People } from '../../src/runner/people.ts';
import type { AwsSession } from '../../src/world.ts';
import { newSide, swaps } from '../support/act.ts';
import { nobody } from '../support/outside.ts';
import { gate, noon, phase, planOf, step } from '../support/plan.ts';
import { application, looks, play } from '../support/run.ts';

const minute = 60_000;
beforeEach(() => void newSide());
const well = application(() => 200);
const point = step('go', 'decides', { work: gate({ poll: ['lead', 'ops'], pointOfNoReturn: true }) });
const reads = { kind: 'aws.call', args: { operation: 'ecs:ListClusters', input: {} }, words: 'lists' };
const aws = (id: string, more: Partial<Step> = {}): Step =>
  looks(id, { work: { type: 'probe', call: reads }, severity: 'advisory', ...more });

/** What was shown at each question. */
function listening(): People & { readonly shown: (NoReturnShown | undefined)[] } {
  const shown: (NoReturnShown | undefined)[] = [];
  return {
    ...nobody,
    shown,
    confirm: async () => ({ agreed: [] }),
    vote: async (_, __, what) => {
      shown.push(what);
      return { decision: 'go', by: 'ada@example.com', comment: '' };
    },
  };
}

describe('before the first word', () => {
  it('says what was looked at again, and how old the rest of what is critical is', async () => {
    const critical = { severity: 'critical' } as const;
    const plan = planOf(
      phase('p', [
        looks('old', critical),
        looks('poked', { ...critical, nature: 'pokes' }),
        step('asked', 'asks', critical),
        step('unimportant', 'asks'),
        looks('later', { needs: [{ step: 'asked', lagMs: 9 * minute }] }),
        looks('last', { needs: [{ step: 'later', lagMs: 9 * minute }], ...critical }),
        point,
      ]),
    );
    const people = listening();
    const ask: People['ask'] = async () => ({ answer: true, evidence: '', by: 'ada@example.com', source: 'asked' });
    await play(plan, well, { people: { ...people, ask } });
    expect(people.shown).toHaveLength(2);
    expect(people.shown[0]?.again.map(({ id }) => id)).toEqual(['old']);
    expect(people.shown[0]?.older.map(({ step: { id }, ageMs }) => [id, ageMs / minute])).toEqual([
      ['poked', 18],
      ['asked', 18],
      ['last', 0],
    ]);
  });

  it('looks again at what reads a named probe that was read too long ago, though it was judged just now', async () => {
    const named = { kind: 'http', args: { url: 'http://app.test/shared' }, words: 'asks' };
    const work = { type: 'probe', call: named, named: 'shared' } as const;
    const shares = (id: string, more: Partial<Step> = {}): Step => looks(id, { work, probes: ['shared'], ...more });
    const plan: Plan = {
      ...planOf(
        phase('p', [
          shares('first', { severity: 'critical' }),
          looks('slow', { needs: [{ step: 'first', lagMs: 9 * minute }] }),
          looks('slower', { needs: [{ step: 'slow', lagMs: 9 * minute }] }),
          point,
        ]),
      ),
      probes: { shared: { name: 'shared', call: named, nature: 'looks', probes: [], readers: [] } },
    };
    const http = application(() => 200);
    const people = listening();
    await play(plan, http, { people });
    expect(http.asked.filter((path) => path === 'shared')).toHaveLength(2);
    expect(people.shown[0]?.again.map(({ id }) => id)).toEqual(['first']);
  });

  it('stops in front of a person when what was looked at again does not hold any more', async () => {
    const plan = planOf(
      phase('p', [
        looks('old', { severity: 'critical' }),
        looks('slow', { needs: [{ step: 'old', lagMs: 9 * minute }] }),
        looks('slower', { needs: [{ step: 'slow', lagMs: 9 * minute }] }),
        point,
      ]),
    );
    const people = listening();
    const { state, ending } = await play(
      plan,
      application((path, times) => (path === 'old' && times > 1 ? 503 : 200)),
      {
        people,
      },
    );
    expect([ending.end, people.shown, state.steps['go']]).toEqual(['stuck', [], undefined]);
  });

  it('foretells the end from past runs, where any is known', async () => {
    const plan = planOf(phase('p', [looks('a'), point, looks('after')]));
    const people = listening();
    await play(plan, well, { people, usual: { runs: 3, ms: new Map([['after', 40 * minute]]) } });
    const [shown] = people.shown;
    // The poll itself is counted with three minutes.
    expect(shown?.forecast.at(-1)?.ends).toBe(noon + 43 * minute);
    expect(shown?.pastRuns).toBe(3);
  });

  it('says what comes behind it, until when that can be taken back, and when it will be over', async () => {
    const acts = [
      swaps('cut'),
      swaps('gone', { work: { ...swaps('x').work, noUndo: 'it is deleted' } as Step['work'] }),
    ];
    const plan = planOf(phase('p', [point, ...acts], 0), phase('later', [looks('z')], 60 * minute));
    const people = listening();
    await play(plan, well, { people });
    const shown = people.shown[0];
    expect(shown?.acts.map(({ id }) => id)).toEqual(['cut', 'gone']);
    expect([shown?.back.acts.map(({ id }) => id), shown?.back.none.map(({ id }) => id)]).toEqual([['cut'], ['gone']]);
    expect(shown?.back.budgetMs).toBe(5 * minute);
    // A gate and two acts; the go is T, and an hour later the last phase begins.
    expect(shown?.forecast.map(({ ends }) => ((ends ?? 0) - noon) / minute)).toEqual([7, 63]);
    expect(shown?.keys).toEqual([]);
  });

  it('is shown too where other processes can see what the session is doing', async () => {
    const people = listening();
    const presence = openPresence(new AbortController().signal);
    await play(planOf(phase('p', [point])), well, { people, presence });
    expect(people.shown.map((shown) => shown?.acts)).toEqual([[], []]);
  });
});

describe('the credentials', () => {
  /** A gate, two minutes of an act with five of its way back, and something to be read from AWS. */
  const plan = (more: readonly Step[] = [aws('after')]): Plan => planOf(phase('p', [point, swaps('cut'), ...more]));
  const needed = noon + (3 + 2 + 5) * minute;

  it.each([
    ['end a minute before it can be over and taken back', needed - minute, true],
    ['end just then', needed, false],
    ['do not say when they end', undefined, false],
  ] as const)('that %s', async (_, at, closed) => {
    const people = listening();
    const asked: (readonly [string | undefined, number])[] = [];
    const expires: AwsSession['expires'] = async (name, until) => {
      asked.push([name, until]);
      return at === undefined ? undefined : { at, renew: 'Renew them: aws sso login --profile prod.' };
    };
    const { state, ending } = await play(plan(), well, { people, expires });
    expect(asked[0]).toEqual([undefined, needed]);
    expect(people.shown.length > 0).toBe(!closed);
    if (!closed) return;
    expect(ending.end).toBe('stuck');
    const { verdict, reason } = state.steps['go']?.verdict ?? {};
    expect(verdict).toBe('error');
    expect(reason).toContain('account 111111111111 last until 2026-03-01 12:09Z');
    expect(reason).toContain('until 2026-03-01 12:10Z');
    expect(reason).toContain('aws sso login --profile prod');
    expect([state.steps['go']?.votes, state.t0]).toEqual([{}, undefined]);
  });

  it('that cannot be had keep it closed too, with what to do', async () => {
    const people = listening();
    const expires: AwsSession['expires'] = () =>
      Promise.reject(new BlindError('credentials', 'They have expired.', { hint: 'Renew them.' }));
    const { state } = await play(plan(), well, { people, expires });
    expect(people.shown).toEqual([]);
    expect(state.steps['go']?.verdict).toMatchObject({ verdict: 'error', reason: 'They have expired. Renew them.' });
  });

  it('let it open once they are renewed and somebody chooses to retry', async () => {
    const people = listening();
    let ends = noon;
    const red: People['red'] = async () => {
      if (ends > noon) return 'silent';
      ends = noon + 60 * minute;
      return { do: 'retry' };
    };
    const expires: AwsSession['expires'] = async () => ({ at: ends, renew: '' });
    const { state } = await play(plan(), well, { people: { ...people, red }, expires });
    expect(people.shown[0]?.keys).toEqual([{ account: '111111111111', at: noon + 60 * minute }]);
    expect(state.steps['go']?.verdict?.verdict).toBe('pass');
  });

  it('of an account that nothing behind it needs before the session ends are not asked for', async () => {
    const names: (string | undefined)[] = [];
    const expires: AwsSession['expires'] = async (name) => {
      names.push(name);
      return { at: noon, renew: '' };
    };
    const call = { ...reads, args: { ...reads.args, account: 'dns' } };
    const far = planOf(
      phase('p', [aws('before'), point]),
      phase('later', [aws('z', { work: { type: 'probe', call } })], 24 * 60 * minute),
    );
    const people = listening();
    await play(far, well, { people, expires });
    expect([names, people.shown.length]).toEqual([[], 2]);
    const near = {
      ...planOf(phase('p', [point, aws('z', { work: { type: 'probe', call } })])),
      accounts: far.accounts,
    };
    await play(near, well, { people, expires });
    expect(names).toEqual(['dns']);
  });

  it('are not asked about at a gate that can be gone back from', async () => {
    const people = listening();
    const plain = planOf(phase('p', [step('go', 'decides'), swaps('cut'), aws('after')]));
    const expires: AwsSession['expires'] = () => Promise.reject(new Error('nobody asks'));
    await play(plain, well, { people, expires });
    expect(people.shown).toEqual([undefined]);
  });
});
