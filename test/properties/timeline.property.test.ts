// What holds of the clock of every run: nothing is foretold for the past, one phase comes after the other, and going back
// that begins in time is over before the next phase is due.

import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import type { RunEvent } from '../../src/engine/events.ts';
import { evolve } from '../../src/engine/evolve.ts';
import { forecast } from '../../src/engine/forecast.ts';
import { stepsOf, type Step } from '../../src/engine/plan.ts';
import type { State } from '../../src/engine/state.ts';
import { wayBackBehind, wayBackNow } from '../../src/engine/timeline.ts';
import { gate, given, holdOf, looked, noon, phase, planOf, step } from '../support/plan.ts';

const minute = 60_000;
const seed = Number(process.env['SEED'] ?? Math.floor(Math.random() * 2 ** 31));

const aStep = fc.record({
  sort: fc.constantFrom('look', 'hold', 'ask', 'poke', 'act', 'gate' as const),
  minutes: fc.nat(90),
  odd: fc.boolean(),
});
const aPhase = fc.record({ steps: fc.array(aStep, { minLength: 1, maxLength: 5 }), after: fc.nat(200) });
const aRun = fc.record({
  phases: fc.array(aPhase, { minLength: 1, maxLength: 4 }),
  t0: fc.option(fc.integer({ min: -200, max: 200 })),
  done: fc.nat(20),
  now: fc.nat(300),
  remembers: fc.boolean(),
});
type Run = ReturnType<typeof aRun.generate>['value'];

function stepOf({ sort, minutes, odd }: Run['phases'][number]['steps'][number], id: string): Step {
  const forMs = minutes * minute;
  if (sort === 'hold') return step(id, 'looks', { hold: holdOf({ forMs }) });
  if (sort === 'gate') return step(id, 'decides', { work: gate({ pointOfNoReturn: odd }) });
  if (sort === 'ask') return step(id, 'asks');
  if (sort === 'poke') return step(id, 'pokes');
  if (sort === 'look') return step(id);
  const call = { kind: 'test.swap', args: {}, words: 'swaps' };
  return step(id, 'changes', { work: { type: 'act', call, confirm: 'key', ...(!odd && { budgetMs: forMs }) } });
}

/** The first `done` steps passed, in file order, with their phases opened; acts among them stand. */
function runOf({ phases, t0, done }: Run) {
  let offset = -100;
  const plan = planOf(
    ...phases.map(({ steps, after }, n) => {
      offset += after;
      return phase(
        `p${n}`,
        steps.map((one, m) => stepOf(one, `s${n}-${m}`)),
        offset * minute,
      );
    }),
  );
  const at = (minutes: number): string => new Date(noon + minutes * minute).toISOString();
  let state: State = t0 === null ? given('run') : given('run', ['clock.set', { t0: at(t0), source: 'command line' }]);
  const add = (kind: string, body: unknown): void => {
    state = evolve(state, { seq: state.seq, at: state.at, sid: 'S', kind, body } as RunEvent);
  };
  for (const one of stepsOf(plan).slice(0, done)) {
    if (state.phases[one.phase] === undefined) add('phase.open', { phase: one.phase });
    for (const [kind, body] of looked(one.id, 'pass')) add(kind, body);
    if (one.nature !== 'changes') continue;
    add('act.intent', { step: one.id, attempt: 1, class: 'compare', request: 'r', before: 'b', token: '', go: [] });
    add('act.result', { step: one.id, attempt: 1, result: 'done', after: '', requests: [], change: '', reason: '' });
  }
  return { plan, state };
}

test(`the clock of any run (seed ${seed})`, () => {
  fc.assert(
    fc.property(aRun, (drawn) => {
      const { plan, state } = runOf(drawn);
      const now = Date.parse(state.at) + drawn.now * minute;
      let before = now;
      for (const { begins, ends } of forecast(plan, state, now, () => drawn.remembers)) {
        if (begins === undefined || ends === undefined) break;
        expect(begins).toBeGreaterThanOrEqual(before);
        expect(ends).toBeGreaterThanOrEqual(begins);
        before = ends;
      }
      const gates = stepsOf(plan).filter(({ nature }) => nature === 'decides');
      for (const back of [wayBackNow(plan, state), ...gates.map((one) => wayBackBehind(plan, state, one))]) {
        if (back.latest === undefined) continue;
        expect(back.unknown).toEqual([]);
        expect(back.latest + back.budgetMs).toBeLessThanOrEqual(back.next?.due ?? Number.NaN);
      }
    }),
    { seed, numRuns: 400 },
  );
});
