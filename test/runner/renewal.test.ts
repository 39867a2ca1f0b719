// Goal: a run whose credentials ended waits at one red, is never carried on with those of another account, and goes on by
// itself when they are back. Method: runs in memory, an AWS that refuses until it is told to, and a pause that ends at once.

import { describe, expect, it } from 'vitest';
import type { Plan, Step } from '../../src/engine/plan.ts';
import { BlindError, GoliveError, withHint } from '../../src/errors.ts';
import { lapseLines } from '../../src/render/lapse.ts';
import { theme } from '../../src/render/theme.ts';
import type { People, Remedy, Reply } from '../../src/runner/people.ts';
import type { Lapse, Renewal } from '../../src/wire.ts';
import type { Aws } from '../../src/world.ts';
import { noon, phase, planOf } from '../support/plan.ts';
import { nobody } from '../support/outside.ts';
import { application, looks, play } from '../support/run.ts';

const hint = 'Type this in another terminal: aws sso login --profile prod';
const over = (code: 'credentials' | 'refused', words = 'The credentials from profile prod have expired.') =>
  new BlindError(code, words, { hint });

/** A look at AWS. */
function asks(id: string, more: Partial<Step> = {}): Step {
  const call = { kind: 'aws.call', args: { operation: 'ecs:ListClusters' }, words: 'asks' };
  return looks(id, { work: { type: 'probe', call }, expect: [{ path: 'found', eq: true }], ...more });
}

/** An AWS that takes no credentials until `logIn`; which account they then belong to, and how often they were renewed. */
function givenAws({ everyMs }: { readonly everyMs: number | undefined } = { everyMs: 5_000 }) {
  const side = { good: false, account: '111111111111', renewed: [] as (string | undefined)[], read: 0, pauses: 0 };
  const reasons = new Set<string>();
  const refuse = (error: BlindError): never => {
    reasons.add(withHint(error));
    throw error;
  };
  const lapse = (): Lapse => ({
    name: undefined,
    account: '111111111111',
    source: 'profile prod (--profile)',
    since: noon,
    reasons: [...reasons],
    command: 'aws sso login --profile prod',
    everyMs,
  });
  // As the real one: what is read with credentials from before a renewal is refused even when there are new ones.
  let fresh = false;
  const read: Aws['read'] = async () => {
    side.read += 1;
    if (!side.good || !fresh) return refuse(over('credentials'));
    return { output: {}, requests: ['r'], observedAt: noon };
  };
  const caller = async () => {
    if (!side.good || !fresh) return refuse(over('credentials'));
    if (side.account !== '111111111111') throw over('refused', `They now belong to account ${side.account}.`);
    reasons.clear();
    return { account: side.account, arn: 'arn:aws:sts::111111111111:assumed-role/Ops/ada' };
  };
  const renewal: Renewal = {
    lapses: () => (reasons.size === 0 ? [] : [lapse()]),
    renew: (name) => {
      side.renewed.push(name);
      fresh = side.good;
    },
    pause: async () => {
      side.pauses += 1;
      await new Promise((next) => setImmediate(next));
    },
  };
  return { side, aws: read, caller, renewal, lapse };
}

/** Somebody who looks at the red and says nothing until it is taken away; `meanwhile` happens once it is shown. */
function waiting(meanwhile: (red: { id: string; same: readonly string[] }) => Reply<Remedy> | void): People & {
  readonly shown: { id: string; same: readonly string[] }[];
  aside: number;
} {
  const shown: { id: string; same: readonly string[] }[] = [];
  let take: (() => void) | undefined;
  const people = {
    ...nobody,
    shown,
    aside: 0,
    red: (step: Step, same: readonly Step[]) => {
      const red = { id: step.id, same: same.map(({ id }) => id) };
      shown.push(red);
      const said = meanwhile(red);
      if (said !== undefined) return Promise.resolve(said);
      return new Promise<Reply<Remedy>>((_, reject) => {
        take = () => reject(new GoliveError('put-aside', 'taken away'));
      });
    },
    putAside: () => {
      people.aside += 1;
      take?.();
      take = undefined;
    },
  };
  return people;
}

const plan = (...more: readonly Step[]): Plan => planOf(phase('p', [asks('a'), asks('b'), asks('c'), ...more]));
const advisory = asks('advisory', { severity: 'advisory' });
const web = () => application(() => 200);
const verdicts = (state: Awaited<ReturnType<typeof play>>['state']) =>
  Object.fromEntries(Object.entries(state.steps).map(([id, known]) => [id, known.verdict?.verdict]));

describe('credentials that ended', () => {
  it('are one red, and when they are back the question is put aside and all of it is looked at again', async () => {
    const given = givenAws();
    const people = waiting(() => void (given.side.good = true));
    const { ending, state, printed } = await play(plan(looks('web'), advisory), web(), {
      ...given,
      people,
      seal: true,
    });
    expect(people.shown).toEqual([{ id: 'a', same: ['b', 'c', 'advisory'] }]);
    expect(people.aside).toBeGreaterThan(0);
    expect(printed).toEqual([
      '  The credentials are back; what waited for them goes on.',
      '  arn:aws:sts::111111111111:assumed-role/Ops/ada',
    ]);
    expect(verdicts(state)).toEqual({ a: 'pass', b: 'pass', c: 'pass', web: 'pass', advisory: 'pass' });
    expect([ending, state.sealed?.result]).toEqual([{ end: 'done' }, 'go']);
  });

  it('stay over while AWS does not take them: nothing is judged and nobody is put aside', async () => {
    const given = givenAws();
    const people: People = {
      ...nobody,
      red: async () => {
        while (given.side.pauses < 5) await new Promise((next) => setImmediate(next));
        return { leave: 'pause', reason: 'lunch' };
      },
      putAside: () => {
        throw new Error('nothing happened');
      },
    };
    const { ending, state } = await play(plan(), web(), { ...given, people });
    expect(ending).toEqual({ end: 'left', leave: 'pause', reason: 'lunch' });
    expect(verdicts(state)).toEqual({ a: 'error', b: 'error', c: 'error' });
    const asked = given.side.pauses;
    for (let turn = 0; turn < 50; turn += 1) await new Promise((next) => setImmediate(next));
    expect(given.side.pauses).toBe(asked);
  });

  it('of another account are told once and never used', async () => {
    const given = givenAws();
    given.side.account = '999999999999';
    const people: People = {
      ...nobody,
      red: async () => {
        given.side.good = true;
        while (given.side.pauses < 6) await new Promise((next) => setImmediate(next));
        return { leave: 'stop', reason: 'wrong login' };
      },
    };
    const { printed, state } = await play(plan(), web(), { ...given, people });
    expect(printed.filter((line) => line.includes('999999999999'))).toHaveLength(1);
    expect([given.side.read, verdicts(state)]).toEqual([3, { a: 'error', b: 'error', c: 'error' }]);
  });

  it('are read anew on a person’s word too, where AWS is not asked by itself', async () => {
    const given = givenAws({ everyMs: undefined });
    const people = waiting(() => {
      given.side.good = true;
      return { do: 'retry' };
    });
    const { state } = await play(plan(), web(), { ...given, people });
    expect([given.side.pauses, given.side.renewed, people.aside]).toEqual([0, [undefined], 0]);
    expect(verdicts(state)).toEqual({ a: 'pass', b: 'pass', c: 'pass' });
  });

  it('take along what waits for them in other words', async () => {
    const given = givenAws();
    const work = { type: 'probe', named: 'shared' } as const;
    const call = { kind: 'aws.call', args: { operation: 'ecs:ListClusters' }, words: 'asks' };
    const shared = { name: 'shared', call, nature: 'looks', probes: [], readers: [] } as const;
    const people = waiting(() => void (given.side.good = true));
    const two = { ...plan(asks('d', { work, probes: ['shared'] })), probes: { shared } };
    const { state } = await play(two, web(), { ...given, people });
    expect(people.shown).toEqual([{ id: 'a', same: ['b', 'c', 'd'] }]);
    expect(verdicts(state)['d']).toBe('pass');
  });

  it('send no poke again by themselves', async () => {
    const given = givenAws();
    const poke = asks('poke', { nature: 'pokes' });
    const people = waiting(({ same }) => {
      if (given.side.good) return { leave: 'pause', reason: `asked about ${same.length} more` };
      given.side.good = true;
      return undefined;
    });
    const { ending, events } = await play(planOf(phase('p', [poke])), web(), { ...given, people });
    expect(ending).toMatchObject({ leave: 'pause' });
    expect(people.shown.map(({ id }) => id)).toEqual(['poke', 'poke']);
    expect(events.filter(({ kind }) => kind === 'step.start')).toHaveLength(1);
  });

  it('leave a question that broke for another reason as it is', async () => {
    const given = givenAws();
    const people = waiting(() => ({ leave: 'stop', reason: 'down' }));
    await play(
      planOf(phase('p', [looks('web')])),
      application(() => 503),
      { ...given, people },
    );
    expect([people.shown, given.side.pauses, given.side.renewed]).toEqual([[{ id: 'web', same: [] }], 0, []]);
  });
});

describe('the lines below the red', () => {
  const page = { width: 80, theme: theme({ colour: false, unicode: true }) };
  const { lapse } = givenAws();

  it('say whose they are, since when, what to type, and that nothing is lost', () => {
    expect(lapseLines(page, [lapse()])).toEqual([
      '      over      since 2026-03-01 12:00Z: profile prod (--profile), account',
      '                111111111111',
      '      type      aws sso login --profile prod',
      '      meanwhile The run is paused here and loses nothing. Type it in another',
      '                terminal. It asks AWS every 5 s and goes on by itself; r asks at',
      '                once.',
    ]);
  });

  it('promise nothing where this process cannot see new ones', () => {
    const lines = lapseLines(page, [{ ...lapse(), command: undefined, everyMs: undefined }]).join('\n');
    expect(lines).toContain('paused here and loses nothing.');
    expect(lines).not.toMatch(/by itself|type/);
  });
});
