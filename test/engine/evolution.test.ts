// Goal: whoever goes through many events and keeps only the last state comes to the same one as `evolve`, and changes no state
// that somebody else made. Method: the same events both ways, with names that every object has something under.

import { describe, expect, it } from 'vitest';
import type { RunEvent } from '../../src/engine/events.ts';
import { evolve, evolveAll, openEvolution } from '../../src/engine/evolve.ts';
import { initialState } from '../../src/engine/state.ts';

const names = ['plain', '__proto__', 'constructor', '', '7', 'toString'];

let seq = 0;
const event = (kind: string, body: object): RunEvent => {
  seq += 1;
  const at = `2026-03-01T12:00:${String(seq % 60).padStart(2, '0')}.000Z`;
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- the bodies below are those of their kinds
  return { seq, at, sid: 'S1', kind, body } as unknown as RunEvent;
};

const events = names.flatMap((name) => [
  event('phase.open', { phase: name }),
  event('value.set', { name, json: '1', source: 'capture', step: name }),
  event('step.start', { step: name, attempt: 1, why: 'due', resets: names }),
  event('step.verdict', { step: name, attempt: 1, verdict: 'fail', findings: [], reason: '', facts: '', looks: 1 }),
  event('step.waive', { step: name, attempt: 1, by: 'ada', role: 'lead', reason: 'so', until: '', signoff: -1 }),
  event('step.start', { step: name, attempt: 2, why: 'retry', resets: ['plain'] }),
  event('ask.answer', { step: name, attempt: 2, answer: '1', evidence: '', by: 'ada', source: 'asked' }),
  event('gate.vote', { step: name, attempt: 2, role: name, decision: 'go', by: 'ada', comment: '', signoff: -1 }),
  event('step.defer', { step: name, reason: 'so', on: '' }),
  event('checklist.amend', { digest: 'd', previous: 'c', by: 'ada', second: '', reason: 'so', touched: names }),
  event('phase.close', { phase: name }),
]);

/** With the order of the keys and what they are own of. */
const told = (state: unknown): string => JSON.stringify(state, null, 1);

describe('going through many events', () => {
  it('comes to the same state after each of them', () => {
    const next = openEvolution();
    let [one, other] = [initialState(), initialState()];
    for (const each of events) {
      one = evolve(one, each);
      other = next(other, each);
      expect(told(other)).toBe(told(one));
    }
    expect(told(evolveAll(events))).toBe(told(one));
    expect(Object.keys(one.steps)).toContain('__proto__');
  });

  it('changes no state that it did not make', () => {
    const [half, rest] = [events.slice(0, 30), events.slice(30)];
    const before = half.reduce((state, each) => evolve(state, each), initialState());
    const was = told(before);
    const next = openEvolution();
    rest.reduce((state, each) => next(state, each), before);
    expect(told(before)).toBe(was);
  });
});
