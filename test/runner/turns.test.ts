// Goal: what is done alone (questions, pokes, gates, a person's word on a red) loses nothing, repeats nothing and ends.
// Method: runs in memory with people who answer as told.

import { describe, expect, it } from 'vitest';
import type { Json } from '../../src/engine/json.ts';
import type { Plan, Step } from '../../src/engine/plan.ts';
import { BlindError } from '../../src/errors.ts';
import type { People, Remedy } from '../../src/runner/people.ts';
import type { Clock } from '../../src/world.ts';
import { gate, noon, phase, planOf, step } from '../support/plan.ts';
import { nobody } from '../support/outside.ts';
import { application, looks, memoryStore, play, stopRun } from '../support/run.ts';

const stopping: People = { ...nobody, red: async () => ({ leave: 'stop', reason: 'enough' }) };
const by = 'ada@example.com';
const go = { decision: 'go', by, comment: '' } as const;
const said = (answer: Json, evidence = '') => ({ answer, evidence, by, source: 'file' as const });

/** Remedies in order; then the run is left. */
function remedies(...list: readonly Remedy[]): { red: People['red']; asked: string[] } {
  const left = [...list];
  const asked: string[] = [];
  return {
    asked,
    red: async ({ id }) => {
      asked.push(id);
      return left.shift() ?? { leave: 'pause', reason: 'at the menu' };
    },
  };
}

const verdicts = (state: Awaited<ReturnType<typeof play>>['state']) =>
  Object.fromEntries(Object.entries(state.steps).map(([id, known]) => [id, known.verdict?.verdict]));

describe('a gate', () => {
  const gated = (more = {}): Plan =>
    planOf(
      phase('early', [looks('crit', { severity: 'critical' })]),
      phase('late', [
        step('gate', 'decides', { work: gate({ recheck: 'critical', ...more }) }),
        looks('under', { severity: 'critical' }),
      ]),
    );
  const breaking = () => application((path, times) => (path === 'crit' && times > 1 ? 503 : 200));

  it('whose recheck turns a step of a closed phase red stops in front of a person, and asks nobody for a go', async () => {
    const votes: string[] = [];
    const vote: People['vote'] = async (_, role) => (votes.push(role), go);
    const { ending, state } = await play(gated(), breaking(), { people: { ...stopping, vote } });
    expect(ending).toMatchObject({ end: 'left', leave: 'stop' });
    expect([votes, state.steps['gate']?.verdict]).toEqual([[], undefined]);
  });

  it('whose recheck turns a step of a closed phase red ends where nobody can decide', async () => {
    const { ending, state } = await play(gated(), breaking(), { people: nobody, seal: true });
    expect(ending).toEqual({ end: 'stuck' });
    expect(state.sealed).toMatchObject({ result: 'no-go', exit: 1 });
  });

  it('goes on once that step is green again', async () => {
    const http = application((path, times) => (path === 'crit' && times === 2 ? 503 : 200));
    const { red } = remedies({ do: 'retry' });
    const { state } = await play(gated(), http, { people: { ...nobody, red, vote: async () => go }, seal: true });
    expect(state.sealed).toMatchObject({ result: 'go', exit: 0 });
  });

  it('whose rechecked step sees another value than it captured is not asked, and what reads the value is not looked at', async () => {
    const reads = { kind: 'http', args: { url: 'http://app.test/${version}' }, words: 'asks' };
    const plan = planOf(
      phase('p', [
        looks('a', { severity: 'critical', capture: { version: 'json.version' } }),
        looks('b', { severity: 'critical', work: { type: 'probe', call: reads }, readers: ['a'] }),
        step('gate', 'decides', { work: gate({ recheck: 'critical' }) }),
      ]),
    );
    const http = application((path, times) => ({ status: 200, body: path === 'a' ? `{"version":"v${times}"}` : '{}' }));
    const { state } = await play(plan, http, { people: { ...nobody, vote: async () => go } });
    expect(http.asked).toEqual(['a', 'v1', 'a']);
    expect([state.steps['a']?.verdict?.verdict, state.steps['gate']]).toEqual(['fail', undefined]);
  });

  it('without a return looks again at critical greens older than ten minutes, though it rechecks nothing', async () => {
    const plan = (pointOfNoReturn: boolean): Plan =>
      planOf(
        phase('p', [
          looks('old', { severity: 'critical' }),
          looks('later', { needs: [{ step: 'old', lagMs: 599_000 }] }),
          looks('last', { needs: [{ step: 'later', lagMs: 599_000 }] }),
          step('gate', 'decides', { work: gate({ recheck: [], pointOfNoReturn }) }),
        ]),
      );
    for (const [final, times] of [
      [true, 2],
      [false, 1],
    ] as const) {
      const http = application(() => 200);
      await play(plan(final), http, { people: { ...nobody, vote: async () => go } });
      expect(http.asked.filter((path) => path === 'old')).toHaveLength(times);
    }
  });

  it('sets T with the go at the point of no return, where nobody gave it', async () => {
    const plan = planOf(
      phase('p', [step('gate', 'decides', { work: gate({ pointOfNoReturn: true }) })]),
      phase('after', [looks('a')], 60_000),
    );
    const { state, ending } = await play(
      plan,
      application(() => 200),
      {
        people: { ...nobody, vote: async () => go },
        seal: true,
      },
    );
    expect([ending, state.t0]).toEqual([{ end: 'done' }, '2026-03-01T12:00:00.000Z']);
    expect(state.sealed?.result).toBe('go');
  });

  it('asked again from the menu can be stopped at its question', async () => {
    const votes = ['no-go', 'stop'];
    const vote: People['vote'] = async () =>
      votes.shift() === 'no-go' ? { ...go, decision: 'no-go' } : { leave: 'stop', reason: 'we stop' };
    const plan = planOf(phase('p', [step('gate', 'decides')]));
    const { ending } = await play(
      plan,
      application(() => 200),
      {
        people: { ...nobody, vote, red: remedies({ do: 'retry' }).red },
      },
    );
    expect(ending).toEqual({ end: 'left', leave: 'stop', reason: 'we stop' });
  });
});

describe('an ask', () => {
  const question = { question: 'Well?', type: 'integer', check: { gte: 1 }, secret: false } as const;
  const asks = (more: Partial<Step> = {}, evidence = false): Step =>
    step('ask', 'asks', { work: { type: 'ask', ask: question, evidence }, ...more });
  const answering = (answer: Json, evidence?: string): People => ({
    ...nobody,
    ask: async () => said(answer, evidence),
  });

  it.each<[string, Json, string | undefined, boolean]>([
    ['outside its limits', -5, 'seen', false],
    ['of another type', 'five', 'seen', false],
    ['without the evidence it needs', 5, undefined, true],
    ['with evidence of blanks', 5, '  ', true],
  ])('answered from a file %s does not pass', async (_, answer, evidence, needed) => {
    const { state } = await play(
      planOf(phase('p', [asks({}, needed)])),
      application(() => 200),
      {
        people: answering(answer, evidence),
        seal: true,
      },
    );
    expect(state.steps['ask']?.verdict?.verdict).toBe('inconclusive');
    expect(state.sealed?.exit).toBe(2);
  });

  it('compared with what cannot be read is an error on that step, and does not end the run', async () => {
    const call = { kind: 'http', args: { url: 'http://app.test/seen' }, words: 'asks' };
    const named = { name: 'seen', call, nature: 'looks', probes: [], readers: [] } as const;
    const ask = asks({ expect: [{ path: 'answer', eq: '${seen.json.n}' }], probes: ['seen'] });
    const plan = { ...planOf(phase('p', [ask])), probes: { seen: named } };
    const http = application(() => new BlindError('access-denied', 'not allowed'));
    const { state, ending } = await play(plan, http, { people: answering(5) });
    expect(ending).toEqual({ end: 'stuck' });
    expect(state.steps['ask']?.verdict).toMatchObject({ verdict: 'error', reason: 'waits for seen: not allowed' });
  });

  it('that captures nothing fails', async () => {
    const ask = asks({ capture: { n: 'evidence.n' } });
    const { state } = await play(
      planOf(phase('p', [ask])),
      application(() => 200),
      { people: answering(5) },
    );
    expect([state.steps['ask']?.verdict?.verdict, state.values]).toEqual(['fail', {}]);
  });

  it('asked again from the menu can be paused', async () => {
    const replies = [said(5), { leave: 'pause', reason: 'at the question' } as const];
    const ask: People['ask'] = async () => replies.shift() ?? 'silent';
    const plan = planOf(phase('p', [asks({ expect: [{ path: 'answer', eq: 6 }] })]));
    const { ending } = await play(
      plan,
      application(() => 200),
      {
        people: { ...nobody, ask, red: remedies({ do: 'retry' }, { do: 'retry' }).red },
      },
    );
    expect(ending).toMatchObject({ end: 'left', leave: 'pause', reason: 'at the question' });
  });

  it('goes with pokes in file order, also while something above is still looked at', async () => {
    const wait = { forMs: 60_000, everyMs: { min: 1000, max: 1000 }, consecutive: 1, stopIf: [] };
    const poke: Step = { ...looks('poke'), nature: 'pokes' };
    const orderOf = async (...steps: readonly Step[]): Promise<readonly string[]> => {
      const order: string[] = [];
      const http = application((path, times) => {
        if (path === 'poke') order.push('poke');
        return path === 'slow' && times < 3 ? 503 : 200;
      });
      const ask: People['ask'] = async () => (order.push('ask'), said(5));
      await play(planOf(phase('p', steps)), http, { people: { ...nobody, ask } });
      return order;
    };
    const slow = looks('slow', { wait });
    expect(await orderOf(slow, poke, asks())).toEqual(['poke', 'ask']);
    const lagging = asks({ needs: [{ step: 'slow', lagMs: 60_000 }] });
    expect(await orderOf(slow, lagging, poke)).toEqual(['ask', 'poke']);
  });
});

describe('an earlier step run again', () => {
  const wait = { forMs: 60_000, everyMs: { min: 1000, max: 1000 }, consecutive: 1, stopIf: [] };
  const reads = { kind: 'http', args: { url: 'http://app.test/${version}' }, words: 'asks' };

  it('in a phase that is closed comes back to a person when it is red now', async () => {
    const plan = planOf(phase('one', [looks('a')]), phase('two', [looks('b')]));
    const http = application((path, times) => (path === 'b' || times === 2 ? 503 : 200));
    const { red, asked } = remedies({ do: 'again', step: 'a' }, { do: 'retry' });
    await play(plan, http, { people: { ...nobody, red } });
    expect(asked).toEqual(['b', 'a', 'b']);
  });

  it('leaves no green on what it had captured before, not even of a look under way', async () => {
    const a = looks('a', { capture: { version: 'json.version' } });
    const b = looks('b', { work: { type: 'probe', call: reads }, readers: ['a'], wait });
    const plan = planOf(phase('p', [a, b, looks('c')]));
    const turns = async (times: number): Promise<void> => {
      for (let turn = 0; turn < times; turn += 1) await new Promise((on) => setImmediate(on));
    };
    let over: () => void = () => undefined;
    const again = new Promise<void>((resolve) => (over = resolve));
    const http = application((path, times) => {
      if (path === 'a' && times === 2) void turns(20).then(over);
      if (path === 'a') return { status: 200, body: `{"version":"v${times}"}` };
      return path === 'c' || (path === 'v1' && times < 2) ? 503 : 200;
    });
    const held: typeof http = {
      ...http,
      send: async (request, signal) => {
        const answer = await http.send(request, signal);
        // b is looked at while somebody at the menu has a run again.
        if (request.url.endsWith('v1') && answer.status === 200) await again;
        return answer;
      },
    };
    let now = noon;
    const clock: Clock = {
      now: () => now,
      sleep: async (ms) => (await turns(1), void (now += ms)),
      task: (work) => work(),
      rest: (promise) => promise,
    };
    const replies: Remedy[] = [{ do: 'again', step: 'a' }];
    const red: People['red'] = async () => {
      await turns(20);
      return replies.shift() ?? { leave: 'pause', reason: '' };
    };
    const { state } = await play(plan, held, { clock, people: { ...nobody, red } });
    expect([state.steps['a']?.attempt, state.values['version']?.json]).toEqual([2, '"v2"']);
    expect(state.steps['b']?.verdict).toMatchObject({
      verdict: 'inconclusive',
      reason: expect.stringContaining('again'),
    });
  });

  it('that then fails takes back what it had captured', async () => {
    const a = looks('a', { capture: { version: 'json.version' } });
    const http = application((path, times) =>
      path === 'a' && times === 1 ? { status: 200, body: '{"version":"v1"}' } : 503,
    );
    const { red } = remedies({ do: 'again', step: 'a' }, { do: 'waive', by, role: '', reason: 'known' });
    const b = looks('b', { work: { type: 'probe', call: reads }, readers: ['a'] });
    const { state } = await play(planOf(phase('p', [a, b])), http, { people: { ...nobody, red } });
    expect(verdicts(state)).toEqual({ a: 'fail', b: 'error' });
    expect(http.asked.filter((path) => path === 'v1')).toHaveLength(1);
  });
});

describe('a run that was stopped and killed before its seal', () => {
  it('asks and sends nothing more when it is resumed, and ends as a no-go', async () => {
    const store = memoryStore();
    const plan = planOf(phase('p', [looks('a'), { ...looks('poke'), nature: 'pokes' }]));
    await play(
      plan,
      application(() => 503),
      { people: stopping, store },
    );
    await stopRun(plan, store);
    const http = application(() => 200);
    const { red, asked } = remedies({ do: 'waive', by, role: '', reason: 'known' });
    const { state } = await play(plan, http, { store, people: { ...nobody, red }, seal: true });
    expect([asked, http.asked, state.sealed?.exit]).toEqual([[], [], 1]);
  });
});
