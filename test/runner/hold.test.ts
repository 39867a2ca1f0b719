// Goal: a step that has to stay true for a time, from its first look to its verdict. Method: a run in memory on a clock
// that jumps; the http kind plays a source that remembers, where one is needed.

import { afterEach, describe, expect, it } from 'vitest';
import type { JsonObject } from '../../src/engine/json.ts';
import type { Hold, Step } from '../../src/engine/plan.ts';
import { BlindError } from '../../src/errors.ts';
import type { People } from '../../src/runner/people.ts';
import { scripted } from '../../src/runner/people.ts';
import { findKind } from '../../src/steps/index.ts';
import type { History, Kind, Window } from '../../src/steps/kind.ts';
import type { Clock } from '../../src/world.ts';
import { rehearsalClock } from '../../src/rehearsal/clock.ts';
import { holdOf, gate, noon, phase, planOf, step } from '../support/plan.ts';
import { application, looks, memoryStore, play, type MemoryStore } from '../support/run.ts';

const minute = 60_000;

const hold = (more: Partial<Hold> = {}): { hold: Hold } => ({ hold: holdOf(more) });

const http = findKind('http') as { history?: NonNullable<Kind<JsonObject>['history']> };
afterEach(() => delete http.history);

interface Asked extends Window {
  /** Ms after noon. */
  readonly at: number;
}

/** Makes http a source with periods of a minute, which are published a minute late. `errors` gets minutes after noon. */
function remembers(
  errors: (minutes: number) => JsonObject | Error | undefined,
  asked: Asked[] = [],
  blind: (times: number) => Error | undefined = () => undefined,
): readonly Asked[] {
  http.history = async (_args, world, attempt, window): Promise<History> => {
    expect(attempt.fresh).toBe(true);
    const now = world.clock.now();
    asked.push({ from: (window.from - noon) / minute, to: (window.to - noon) / minute, at: (now - noon) / minute });
    const thrown = blind(asked.length);
    if (thrown) throw thrown;
    const samples = [];
    for (let at = Math.ceil(window.from / minute) * minute; at + minute <= window.to; at += minute) {
      const facts = at + 2 * minute <= now ? errors((at - noon) / minute) : undefined;
      if (facts instanceof Error) throw facts;
      if (facts !== undefined) samples.push({ at, facts });
    }
    const whole = { errors: samples.reduce((sum, { facts }) => sum + Number(facts['errors'] ?? 0), 0) };
    return { periodMs: minute, samples, whole: samples.length === 0 ? {} : whole, requests: [`r-${asked.length}`] };
  };
  return asked;
}

/** A watch of errors; as in a checklist, it waits for the step it counts from. */
const watch = (id: string, more: Partial<Step> = {}, held: Partial<Hold> = {}): Step => {
  const needs = held.since === undefined ? [] : [{ step: held.since, lagMs: 0 }];
  return looks(id, { expect: [{ path: 'errors', lt: 1 }], needs, ...hold(held), ...more });
};
const nobody = application(() => new Error('nobody asks it directly'));
const quiet = (): JsonObject => ({ errors: 0 });

type Run = Awaited<ReturnType<typeof play>>;
const seen = (played: Run, id = 'a') => played.state.steps[id]?.verdict;

function evidence(store: MemoryStore, played: Run, id = 'a') {
  return JSON.parse(new TextDecoder().decode(store.blobs.get(seen(played, id)?.facts ?? ''))) as {
    readonly samples: readonly JsonObject[];
    readonly failing: readonly JsonObject[];
  } & JsonObject;
}

describe('a hold by looks of our own', () => {
  const plan = planOf(phase('p', [looks('a', hold())]));

  it('looks as often as it says, up to the end, and passes then', async () => {
    const store = memoryStore();
    const app = application(() => 200);
    const played = await play(plan, app, { store });
    expect(seen(played)).toMatchObject({
      verdict: 'pass',
      looks: 11,
      findings: [{ expected: 'status = 200', observed: 'all 11 samples; last 200 at 12:10Z' }],
    });
    expect(played.tookMs).toBe(10 * minute);
    expect(evidence(store, played)).toMatchObject({
      from: '2026-03-01T12:00:00.000Z',
      to: '2026-03-01T12:10:00.000Z',
      every_s: 60,
      expected: 11,
      obtained: 11,
      failing: [],
      last: { status: 200 },
    });
    expect(evidence(store, played).samples[3]).toEqual({
      at: '2026-03-01T12:03:00.000Z',
      verdict: 'pass',
      observed: ['200'],
    });
    expect(played.live.at(-1)).toBe('');
    expect(played.live.at(-2)).toBe('watching a: 10 of 11 samples, none failing, 1m left');
  });

  it('breaks with the first look that fails, and keeps all that was seen then', async () => {
    const store = memoryStore();
    const played = await play(
      plan,
      application((_, times) => (times === 5 ? 503 : 200)),
      { store },
    );
    expect(seen(played)).toMatchObject({ verdict: 'fail', looks: 5, reason: 'broke after 4m of 10m' });
    expect(seen(played)?.findings).toMatchObject([{ observed: '1 of 5 samples: 503 at 12:04Z' }]);
    expect(played.tookMs).toBe(4 * minute);
    expect(evidence(store, played).failing).toMatchObject([{ at: '2026-03-01T12:04:00.000Z', facts: { status: 503 } }]);
  });

  it('goes on past as many as it tolerates', async () => {
    const app = application((_, times) => (times === 3 || times === 7 ? 503 : 200));
    const tolerant = planOf(phase('p', [looks('a', hold({ tolerate: 2 }))]));
    expect(seen(await play(tolerant, app))).toMatchObject({ verdict: 'pass', looks: 11 });
  });

  it('takes a look that could not look for none, and says why there were too few', async () => {
    const lost = new BlindError('network', 'connection refused', { transient: true });
    const once = await play(
      plan,
      application((_, times) => (times === 4 ? lost : 200)),
    );
    expect(seen(once)).toMatchObject({ verdict: 'pass', looks: 11 });
    const often = await play(
      plan,
      application((_, times) => (times > 3 ? lost : 200)),
    );
    expect(seen(often)).toMatchObject({
      verdict: 'inconclusive',
      looks: 6,
      reason: expect.stringMatching(/^2 of the first 5 samples never came: .*; last: connection refused$/),
    });
  });

  it('ends at once where somebody has to act before it can look again', async () => {
    const denied = new BlindError('access-denied', 'not allowed');
    const played = await play(
      plan,
      application((_, times) => (times > 2 ? denied : 200)),
    );
    expect(seen(played)).toMatchObject({ verdict: 'error', looks: 3, reason: 'not allowed' });
  });

  it('never reads what was read before', async () => {
    const call = { kind: 'http', args: { url: 'http://app.test/shared' }, words: 'asks' };
    const named = { name: 'shared', call, nature: 'looks', probes: [], readers: [] } as const;
    const uses = (id: string, more = {}) => looks(id, { work: { type: 'probe', named: 'shared', call }, ...more });
    const both = { ...planOf(phase('p', [uses('b'), uses('a', hold())])), probes: { shared: named } };
    const app = application(() => 200);
    await play(both, app);
    expect(app.asked).toHaveLength(12);
  });

  it('misses the looks for which the one before took too long', async () => {
    const store = memoryStore();
    let now = noon;
    const ticking: Clock = {
      now: () => now,
      sleep: async (ms) => void (now += ms),
      task: (work) => work(),
      rest: (promise) => promise,
    };
    const app = application((_, times) => {
      if (times === 3) now += 2.5 * minute;
      return 200;
    });
    const lax = planOf(phase('p', [looks('a', hold({ coverage: 0.8 }))]));
    const played = await play(lax, app, { store, clock: ticking });
    expect(seen(played)).toMatchObject({ verdict: 'pass', looks: 10 });
    const moments = evidence(store, played).samples.map(({ at }) => (at as string).slice(14, 19));
    expect(moments.slice(1, 5)).toEqual(['01:00', '02:00', '04:30', '05:00']);
  });
});

describe('a wait and a hold on one step', () => {
  it('wait until it is true, and hold from there', async () => {
    const both = looks('a', {
      ...hold(),
      wait: { forMs: 30 * minute, everyMs: { min: minute, max: minute }, consecutive: 1, stopIf: [] },
    });
    const plan = planOf(phase('p', [both]));
    const rising = await play(
      plan,
      application((_, times) => (times < 6 ? 503 : 200)),
    );
    expect(seen(rising)).toMatchObject({ verdict: 'pass', looks: 6 + 11 });
    expect(rising.tookMs).toBe(15 * minute);
    const falling = await play(
      plan,
      application((_, times) => (times < 6 || times > 9 ? 503 : 200)),
    );
    expect(seen(falling)).toMatchObject({ verdict: 'fail', reason: 'broke after 3m of 10m' });
    const never = await play(
      plan,
      application(() => 503),
    );
    expect(seen(never)).toMatchObject({ verdict: 'fail', reason: '' });
    expect(never.tookMs).toBe(30 * minute);
  });
});

describe('a hold on a source with a clock of its own', () => {
  it('reads the whole window at every look, and decides when late points had their time', async () => {
    const asked = remembers(quiet);
    const store = memoryStore();
    const played = await play(planOf(phase('p', [watch('a')])), nobody, { store });
    expect(seen(played)).toMatchObject({ verdict: 'pass' });
    expect(played.tookMs).toBe(13 * minute);
    // The first reading only learns how long a period is.
    expect(asked[0]).toEqual({ from: -10, to: 0, at: 0 });
    expect(asked.slice(1).every(({ from, to, at }) => from === 0 && to === Math.min(10, at))).toBe(true);
    expect(asked.at(-1)).toEqual({ from: 0, to: 10, at: 13 });
    expect(evidence(store, played)).toMatchObject({
      from: '2026-03-01T12:00:00.000Z',
      to: '2026-03-01T12:10:00.000Z',
      period_s: 60,
      expected: 10,
      obtained: 10,
      whole: { errors: 0 },
    });
    expect(evidence(store, played).samples[9]).toEqual({ at: '2026-03-01T12:09:00.000Z', errors: 0 });
    expect(played.live).toContain('watching a: 4 of 10 minutes, none failing, 8m left');
  });

  it('breaks while it runs, a period after the one that failed', async () => {
    remembers((at) => ({ errors: at === 3 ? 12.4 : 0 }));
    const store = memoryStore();
    const played = await play(planOf(phase('p', [watch('a')])), nobody, { store });
    expect(seen(played)).toMatchObject({
      verdict: 'fail',
      findings: [{ expected: 'errors < 1', observed: '1 of 4 minutes: 12.4 at 12:03Z' }],
    });
    expect(played.tookMs).toBe(5 * minute);
    expect(evidence(store, played).failing).toEqual([{ at: '2026-03-01T12:03:00.000Z', errors: 12.4 }]);
  });

  it('believes what the source says now, not what it said before', async () => {
    let times = 0;
    // The newest minute looks bad as long as it is being written.
    remembers(quiet);
    const steady = http.history;
    http.history = async (...given) => {
      times += 1;
      const history = await steady?.(...given);
      if (history === undefined) throw new Error('no history');
      const late = { at: given[3].to - minute, facts: { errors: 5 } };
      return { ...history, samples: times > 11 ? history.samples : [...history.samples, late] };
    };
    const played = await play(planOf(phase('p', [watch('a', {}, { maxGapMs: 20 * minute })])), nobody);
    expect(seen(played)).toMatchObject({ verdict: 'pass' });
  });

  it('takes a period without a point of a series it reads for no sample, never for a fail', async () => {
    remembers((at) => (at === 4 ? { requests: 1 } : { errors: 0, requests: 1 }));
    const both = [watch('a'), watch('b', { expect: [{ path: 'requests', eq: 1 }] }), watch('c', {}, { coverage: 1 })];
    const played = await play(planOf(phase('p', both)), nobody);
    expect(seen(played, 'a')).toMatchObject({ verdict: 'pass', findings: [{ observed: /^9 of 10 minutes/ }] });
    expect(seen(played, 'b')).toMatchObject({ verdict: 'pass', findings: [{ observed: /^all 10 minutes/ }] });
    expect(seen(played, 'c')).toMatchObject({ verdict: 'inconclusive' });
  });

  it('says early that too little can still come', async () => {
    remembers(() => undefined);
    const played = await play(planOf(phase('p', [watch('a')])), nobody);
    expect(seen(played)).toMatchObject({
      verdict: 'inconclusive',
      reason: '2 of the first 2 minutes never came: 90% of 10 cannot be reached any more',
    });
    expect(played.tookMs).toBe(5 * minute);
  });

  it('tries again what may pass by itself, and is an error when the last reading could not be made', async () => {
    const partial = new BlindError('server', 'errors: PartialData', { transient: true });
    remembers(quiet, [], (times) => (times % 3 === 0 ? partial : undefined));
    expect(seen(await play(planOf(phase('p', [watch('a')])), nobody))).toMatchObject({ verdict: 'pass' });
    remembers(quiet, [], () => partial);
    const never = await play(planOf(phase('p', [watch('a')])), nobody);
    expect(seen(never)).toMatchObject({ verdict: 'error', reason: 'errors: PartialData' });
    expect(never.tookMs).toBe(13 * minute);
  });

  it('is an error at once where it may not read', async () => {
    remembers(quiet, [], () => new BlindError('access-denied', 'not allowed'));
    const played = await play(planOf(phase('p', [watch('a')])), nobody);
    expect(seen(played)).toMatchObject({ verdict: 'error', reason: 'not allowed', looks: 1 });
    expect(played.tookMs).toBe(0);
  });

  it('counts from the step it says, also when it starts long after', async () => {
    const slow = looks('first', {
      wait: { forMs: 60 * minute, everyMs: { min: 20 * minute, max: 20 * minute }, consecutive: 1, stopIf: [] },
    });
    const asked = remembers(quiet);
    const held = watch('a', { needs: ['mark', 'slow'].map((id) => ({ step: id, lagMs: 0 })) }, { since: 'mark' });
    const plan = planOf(phase('p', [looks('mark'), { ...slow, id: 'slow' }, held]));
    const app = application((path, times) => (path === 'first' && times < 2 ? 503 : 200));
    const played = await play(plan, app);
    expect(seen(played)).toMatchObject({ verdict: 'pass' });
    // At twenty past the whole window and its late points are there: two readings decide.
    expect(asked).toEqual([
      { from: 10, to: 20, at: 20 },
      { from: 0, to: 10, at: 20 },
    ]);
  });

  it('is an error when the step it counts from has no verdict', async () => {
    remembers(quiet);
    const plan = planOf(phase('p', [watch('a', { needs: [] }, { since: 'never' })]));
    expect(seen(await play(plan, nobody))).toMatchObject({
      verdict: 'error',
      reason: 'never has no verdict: nothing says when this begins',
    });
  });

  it('is not counted from the look at a step that did not pass and was accepted', async () => {
    const asked = remembers(quiet);
    let later = 0;
    const jumping = rehearsalClock(noon, 'max');
    const clock: Clock = { ...jumping, now: () => jumping.now() + later };
    const people: People = {
      ...scripted({ answers: {}, votes: {}, principal: () => 'ada@example.com', source: 'script' }),
      red: async () => {
        later = 5 * minute;
        return { do: 'waive', by: 'ada@example.com', role: '', reason: 'known' };
      },
    };
    const plan = planOf(phase('p', [looks('mark'), watch('a', {}, { since: 'mark' })]));
    const down = application(() => 503);
    const played = await play(plan, down, { people, clock });
    expect(seen(played)?.verdict).toBe('pass');
    expect(Math.min(...asked.filter(({ to }) => to > 5).map(({ from }) => from))).toBe(5);
  });

  it('is judged by the whole window where it says so', async () => {
    remembers((at) => ({ errors: at === 3 ? 2 : 0 }));
    const whole = (limit: number): Step => watch('a', { expect: [{ path: 'errors', lt: limit }] }, { sample: 'whole' });
    expect(seen(await play(planOf(phase('p', [whole(3)])), nobody))).toMatchObject({
      verdict: 'pass',
      findings: [{ observed: '2' }],
    });
    expect(seen(await play(planOf(phase('p', [whole(2)])), nobody))).toMatchObject({ verdict: 'fail' });
    remembers(() => undefined);
    expect(seen(await play(planOf(phase('p', [whole(2)])), nobody))).toMatchObject({ verdict: 'inconclusive' });
  });
});

describe('several holds on one named probe', () => {
  const call = { kind: 'http', args: { url: 'http://app.test/metrics' }, words: 'asks' };
  const named = { name: 'metrics', call, nature: 'looks', probes: [], readers: [] } as const;
  const uses = (id: string, held: Partial<Hold> = {}): Step =>
    watch(id, { work: { type: 'probe', named: 'metrics', call } }, held);
  const planWith = (...steps: readonly Step[]) => ({ ...planOf(phase('p', steps)), probes: { metrics: named } });

  it('cost one request a look', async () => {
    const alone = remembers(quiet);
    await play(planWith(uses('a')), nobody);
    const together = remembers(quiet);
    const played = await play(planWith(uses('a'), uses('b'), uses('c', { tolerate: 3 })), nobody);
    expect(together).toEqual(alone);
    expect(['a', 'b', 'c'].map((id) => seen(played, id)?.verdict)).toEqual(['pass', 'pass', 'pass']);
  });

  it('each read what they need when their windows differ', async () => {
    const asked = remembers(quiet);
    await play(planWith(uses('a'), uses('b', { forMs: 5 * minute })), nobody);
    expect(asked.filter(({ at }) => at === 8)).toEqual([
      { from: 0, to: 8, at: 8 },
      { from: 0, to: 5, at: 8 },
    ]);
    expect(asked.filter(({ at }) => at === 4)).toHaveLength(1);
  });
});

describe('a hold that is tried again', () => {
  /** Tries red steps again as often as it is told to, and then leaves them. */
  const retrying = (times: number): People => {
    let left = times;
    const script = scripted({ answers: {}, votes: {}, principal: () => 'ada@example.com', source: 'script' });
    return { ...script, red: async () => (left-- > 0 ? { do: 'retry' } : 'silent') };
  };

  it('watches anew from then when it had failed, or had too little to go by', async () => {
    const asked = remembers((at) => ({ errors: at === 2 ? 9 : 0 }));
    const plan = planOf(phase('p', [looks('mark'), watch('a', {}, { since: 'mark' })]));
    const app = application(() => 200);
    const failed = await play(plan, app, { people: retrying(1) });
    expect(failed.events.filter(({ kind }) => kind === 'step.verdict')).toHaveLength(3);
    expect(seen(failed)).toMatchObject({ verdict: 'pass' });
    expect(asked.at(-1)).toEqual({ from: 4, to: 14, at: 17 });
    remembers((at) => (at < 3 ? undefined : { errors: 0 }));
    const empty = await play(planOf(phase('p', [watch('a', {}, { coverage: 1 })])), nobody, { people: retrying(1) });
    expect(seen(empty)).toMatchObject({ verdict: 'pass' });
  });

  it('reads the same window once more when it could not be read', async () => {
    const asked: Asked[] = [];
    let denied = true;
    remembers(quiet, asked, () => (denied ? new BlindError('access-denied', 'not allowed') : undefined));
    const people: People = {
      ...retrying(1),
      red: async () => {
        denied = false;
        return { do: 'retry' };
      },
    };
    const later = {
      ...watch('a', {}, { since: 'mark' }),
      needs: [{ step: 'mark', lagMs: 5 * minute }],
    };
    const played = await play(
      planOf(phase('p', [looks('mark'), later])),
      application(() => 200),
      { people },
    );
    expect(seen(played)).toMatchObject({ verdict: 'pass' });
    expect(asked.at(-1)).toEqual({ from: 0, to: 10, at: 13 });
  });
});

describe('a look that is made again', () => {
  const version = (app: Record<number, string>) =>
    application((path, times) => ({ status: 200, body: path === 'a' ? `{"version":"${app[times]}"}` : '{}' }));
  const captured = looks('a', { capture: { version: 'json.version' } });
  const reads = { kind: 'http', args: { url: 'http://app.test/${version}' }, words: 'asks' };
  const reader = looks('b', { work: { type: 'probe', call: reads }, readers: ['a'] });
  const people = scripted({
    answers: {},
    votes: { gate: { lead: 'go' } },
    principal: () => 'ada@example.com',
    source: 'script',
  });

  it('must find what was captured as it was: at a gate', async () => {
    const decides = step('gate', 'decides', { work: gate({ recheck: ['a'] }) });
    const plan = planOf(phase('p', [captured, decides, reader]));
    const same = version({ 1: 'v41', 2: 'v41' });
    const fine = await play(plan, same, { people });
    expect(same.asked).toEqual(['a', 'a', 'v41']);
    expect(fine.events.filter(({ kind }) => kind === 'value.set')).toHaveLength(1);
    const moved = await play(plan, version({ 1: 'v41', 2: 'v42' }), { people });
    expect(seen(moved)).toMatchObject({ verdict: 'fail' });
    expect(seen(moved)?.findings.at(-1)).toEqual({
      verdict: 'fail',
      expected: 'version is what it was when it was captured',
      observed: 'version was "v41" when it was captured, and is "v42" now',
    });
    expect(moved.state.values['version']).toEqual({ json: '"v41"', step: 'a' });
    expect(moved.state.steps['b']?.verdict).toBeUndefined();
  });

  it('must find what was captured as it was: by another step', async () => {
    const again = looks('again', { work: { type: 'probe', recheck: ['a'] }, needs: [{ step: 'a', lagMs: 0 }] });
    const plan = planOf(phase('p', [captured, again]));
    expect(seen(await play(plan, version({ 1: 'v41', 2: 'v41' })), 'again')).toMatchObject({ verdict: 'pass' });
    const moved = await play(plan, version({ 1: 'v41', 2: 'v42' }));
    expect(seen(moved, 'again')).toMatchObject({ verdict: 'fail' });
    expect(seen(moved, 'a')).toMatchObject({ verdict: 'pass' });
    expect(moved.state.values['version']).toEqual({ json: '"v41"', step: 'a' });
  });

  it('is no look at what has to hold for a time', async () => {
    const again = looks('again', { work: { type: 'probe', recheck: ['a'] }, needs: [{ step: 'a', lagMs: 0 }] });
    const plan = planOf(phase('p', [looks('a', hold()), again]));
    const played = await play(
      plan,
      application(() => 200),
    );
    expect(seen(played, 'again')).toMatchObject({ verdict: 'error', reason: expect.stringContaining('one look') });
  });
});

describe('a hold that is interrupted', () => {
  it('has no verdict, and goes on with the same window where the source remembers it', async () => {
    const store = memoryStore();
    const abort = new AbortController();
    const asked: Asked[] = [];
    remembers(quiet, asked, (times) => void (times === 5 && abort.abort()));
    const plan = planOf(phase('p', [watch('a')]));
    const first = await play(plan, nobody, { store, signal: abort.signal });
    expect(first.ending).toEqual({ end: 'interrupted' });
    expect(seen(first)).toBeUndefined();
    remembers(quiet, asked);
    // The second session is another process, whose clock begins at noon too.
    const second = await play(plan, nobody, { store });
    expect(seen(second)).toMatchObject({ verdict: 'pass' });
    expect(second.state.steps['a']).toMatchObject({ attempt: 2, begun: first.state.steps['a']?.begun });
    expect(asked.at(-1)).toEqual({ from: 0, to: 10, at: 13 });
  });

  it('starts anew where only this process could look', async () => {
    const store = memoryStore();
    const abort = new AbortController();
    const plan = planOf(phase('p', [looks('a', hold())]));
    const app = application((_, times) => {
      if (times === 5) abort.abort();
      return 200;
    });
    const first = await play(plan, app, { store, signal: abort.signal });
    expect(seen(first)).toBeUndefined();
    const second = await play(
      plan,
      application(() => 200),
      { store },
    );
    expect(seen(second)).toMatchObject({ verdict: 'pass', looks: 11 });
  });
});
