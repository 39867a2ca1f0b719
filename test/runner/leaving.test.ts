// Goal: what is still looked at when a session ends neither gets lost nor writes behind the session's back.

import { describe, expect, it } from 'vitest';
import type { Plan } from '../../src/engine/plan.ts';
import type { People } from '../../src/runner/people.ts';
import { phase, planOf } from '../support/plan.ts';
import { nobody } from '../support/outside.ts';
import { application, looks, memoryStore, play } from '../support/run.ts';

const minute = 60_000;
const wait = { forMs: 5 * minute, everyMs: { min: 1000, max: 30_000 }, consecutive: 1, stopIf: [] };
/** One look is red at once, the other waits for five minutes. */
const plan = (): Plan => planOf(phase('p', [looks('red'), looks('slow', { wait })]));
const leaving = (leave: 'pause' | 'stop'): People => ({
  ...nobody,
  red: async () => ({ leave, reason: 'enough' }),
});

describe('with nobody to decide about a red', () => {
  it('what still waits gets its verdict before the run ends', async () => {
    const { state, ending, tookMs } = await play(
      plan(),
      application(() => 503),
    );
    expect(ending).toEqual({ end: 'stuck' });
    expect([state.steps['red']?.verdict?.verdict, state.steps['slow']?.verdict?.verdict]).toEqual(['fail', 'fail']);
    expect(tookMs).toBe(5 * minute);
  });

  it('what still waits may pass', async () => {
    const { state } = await play(
      plan(),
      application((path, times) => (path === 'slow' && times > 3 ? 200 : 503)),
    );
    expect(state.steps['slow']?.verdict?.verdict).toBe('pass');
  });

  it('an interruption does not wait for it', async () => {
    const interrupt = new AbortController();
    const http = application((path, times) => {
      if (path === 'slow' && times === 3) interrupt.abort();
      return 503;
    });
    const { ending, state } = await play(plan(), http, { signal: interrupt.signal });
    expect(ending).toEqual({ end: 'interrupted' });
    expect(state.steps['slow']?.verdict).toBeUndefined();
  });
});

describe.each(['pause', 'stop'] as const)('somebody who leaves with %s', (leave) => {
  it('ends the looks that wait: none is made, and nothing is written, afterwards', async () => {
    const store = memoryStore();
    const http = application(() => 503);
    const { ending, state } = await play(plan(), http, { people: leaving(leave), store, seal: true });
    const [asked, written] = [http.asked.length, store.lines.length];
    // Everything that could still wake up does so within these turns: this clock does not sleep.
    for (let turn = 0; turn < 200; turn += 1) await new Promise((next) => setImmediate(next));
    expect(ending).toMatchObject({ end: 'left', leave });
    expect(state.steps['slow']?.verdict).toBeUndefined();
    expect([http.asked.length, store.lines.length]).toEqual([asked, written]);
  });
});
