// Goal: a change of many requests that was broken off is neither taken for made nor for not made: its way back stands, and
// what is left of it waits for a person's word. Method: runs in memory over a kind that dies half-way.

import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { actStands } from '../../src/engine/acts.ts';
import { BlindError } from '../../src/errors.ts';
import type { People } from '../../src/runner/people.ts';
import { agreeing, newSide, swap, swaps, type Side } from '../support/act.ts';
import { phase, planOf } from '../support/plan.ts';
import { application, memoryStore, play } from '../support/run.ts';

const cut = swaps('cut');
const plan = planOf(phase('p', [cut]));
const http = application(() => 200);
const words = '1 of 2 objects were changed: it was broken off';
let side: Side;
let sent = 0;

beforeEach(() => {
  side = newSide();
  sent = 0;
  vi.spyOn(swap, 'prepare').mockImplementation(async (_args, _world, _attempt, pending) => {
    const now = side.values['site'] ?? '';
    const begun = pending !== undefined && now === 'half' ? { begun: words } : {};
    return {
      stands: now === 'green' ? 'already' : 'ready',
      before: { value: 'blue' },
      request: { from: now },
      lines: [`- ${now}`, '+ green'],
      expected: 'green',
      observed: now,
      requests: [],
      ...begun,
    };
  });
  vi.spyOn(swap, 'perform').mockImplementation(async () => {
    sent += 1;
    side.values['site'] = sent === 1 ? 'half' : 'green';
    if (sent === 1) throw new BlindError('network', 'the connection was lost');
    return { change: '', requests: [] };
  });
});
afterEach(() => {
  vi.restoreAllMocks();
});

describe('a change that was broken off', () => {
  it('fails, says how far it came, and can be taken back', async () => {
    const people = agreeing({ red: async () => 'silent' });
    const { state, events } = await play(plan, http, { people });
    expect(events.find(({ kind }) => kind === 'act.reconciled')).toMatchObject({
      body: { result: 'applied', by: 'golive', reason: words },
    });
    expect(state.steps['cut']).toMatchObject({ verdict: { verdict: 'fail' }, act: { outcome: 'done' } });
    expect(actStands(state, cut)).toBe(true);
    expect([sent, people.asked.length]).toEqual([1, 1]);
  });

  it('goes on after another word, from where it is', async () => {
    const red: People['red'] = async () => ({ do: 'retry' });
    const people = agreeing({ red });
    const { state } = await play(plan, http, { people });
    expect(people.asked).toEqual(['cut - blue + green', 'cut - half + green']);
    expect(state.steps['cut']).toMatchObject({ verdict: { verdict: 'pass' }, act: { outcome: 'done' } });
    expect(sent).toBe(2);
  });

  it('is found out in the next session, where the process died with it', async () => {
    const store = memoryStore();
    const leaving = new AbortController();
    vi.spyOn(swap, 'perform').mockImplementationOnce(async () => {
      sent += 1;
      side.values['site'] = 'half';
      leaving.abort();
      throw new BlindError('network', 'it was interrupted');
    });
    await play(plan, http, { store, people: agreeing(), signal: leaving.signal });
    const red: People['red'] = async () => ({ do: 'retry' });
    const people = agreeing({ red });
    const { state, events } = await play(plan, http, { store, people });
    expect(events.find(({ kind }) => kind === 'act.reconciled')).toMatchObject({ body: { reason: words } });
    expect(people.asked).toEqual(['cut - half + green']);
    expect(state.steps['cut']?.verdict?.verdict).toBe('pass');
  });
});
