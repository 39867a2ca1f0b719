// What holds of every run, whatever the checklist is and however its steps turn out: barriers are never passed, every
// prefix of a log can be gone on with, and what ends in go has a pass, a skip or a named person behind every step.

import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { decide, type Order } from '../../src/engine/decide.ts';
import type { Mode, RunEvent, Verdict } from '../../src/engine/events.ts';
import { evolve, openEvolution } from '../../src/engine/evolve.ts';
import { next } from '../../src/engine/next.ts';
import { findStep, phaseSteps, stepsOf, type Plan, type Step } from '../../src/engine/plan.ts';
import { rollUp } from '../../src/engine/rollup.ts';
import { standing } from '../../src/engine/standing.ts';
import { stepState, type State } from '../../src/engine/state.ts';
import { given, noon, phase, planOf, step } from '../support/plan.ts';
import { firstBreach } from '../support/procedure.ts';

const seed = Number(process.env['SEED'] ?? Math.floor(Math.random() * 2 ** 31));
const sampled = { seed, numRuns: 400 };
const seeded = `(seed ${seed})`;

const aStep = fc.record({
  nature: fc.constantFrom('looks', 'looks', 'looks', 'asks', 'pokes', 'changes', 'decides' as const),
  severity: fc.constantFrom('critical', 'required', 'required', 'advisory' as const),
  skip: fc.boolean(),
});
const aPlan = fc.array(fc.array(aStep, { minLength: 1, maxLength: 5 }), { minLength: 1, maxLength: 3 }).map((phases) =>
  planOf(
    ...phases.map((steps, at) =>
      phase(
        `p${at}`,
        steps.map(({ nature, severity, skip }, index) =>
          step(`s${at}-${index}`, nature, { severity, ...(skip && index % 3 === 2 && { skip: 'not here' }) }),
        ),
      ),
    ),
  ),
);
const verdict = fc.constantFrom<Verdict>('pass', 'pass', 'pass', 'fail', 'error', 'inconclusive');
const choices = fc.array(fc.record({ verdict, pick: fc.nat(99), remedy: fc.nat(2) }), { minLength: 80, maxLength: 80 });

interface Walk {
  readonly events: RunEvent[];
  readonly state: State;
  readonly done: boolean;
}

/** Walks a run at random; `watch` sees every state with what may happen next. */
function walk(
  plan: Plan,
  mode: Mode,
  turns: readonly { verdict: Verdict; pick: number; remedy: number }[],
  watch: (state: State, offered: readonly Step[]) => void,
): Walk {
  let state = given(mode);
  const events: RunEvent[] = [];
  const silent = new Set<string>();
  const carryOut = (order: Order): boolean => {
    const decision = decide(order, plan, state);
    if ('refused' in decision) return false;
    for (const told of decision.events) {
      const event: RunEvent = {
        seq: state.seq,
        at: new Date(noon + state.seq * 1000).toISOString(),
        sid: 'S',
        ...told,
      };
      events.push(event);
      state = evolve(state, event);
    }
    return true;
  };
  const judge = (id: string, seen: Verdict): void => {
    carryOut({ order: 'start', step: id, why: 'due' });
    const digests = { class: 'compare', request: 'r', before: 'b' } as const;
    if (carryOut({ order: 'intend', step: id, run: 'run', ...digests, go: [] }) && seen !== 'error') {
      const result = seen === 'fail' ? 'refused' : 'done';
      carryOut({ order: 'act-result', step: id, result, change: '', requests: [], reason: '' });
    }
    if (stepState(state, id).act?.outcome === 'unknown')
      carryOut({ order: 'reconcile', step: id, result: 'not-applied', by: 'golive', reason: 'looked' });
    const polled = findStep(plan, id)?.work;
    if (polled?.type === 'ask') {
      const said = { answer: 'true', evidence: '', by: 'ada', source: 'asked' } as const;
      carryOut({ order: 'answer', step: id, ...said });
    }
    const decision = seen === 'pass' ? 'go' : 'no-go';
    if (polled?.type === 'gate')
      for (const role of polled.poll)
        carryOut({ order: 'vote', step: id, role, decision, by: 'ada', comment: '', signoff: -1 });
    const findings = seen === 'pass' ? [{ verdict: seen, expected: 'it holds', observed: 'so it is' }] : [];
    const body = { verdict: seen, facts: '', observed_at: state.at, requests: [], findings, reason: '', looks: 1 };
    carryOut({ order: 'judge', step: id, seen: body, captures: {} });
  };
  for (const turn of turns) {
    const due = next(plan, state, { now: noon + 10_000_000, silent });
    const { turn: asked } = due;
    watch(state, [...due.looks, ...(asked && asked.what !== 'red' && 'step' in asked ? [asked.step] : [])]);
    if (due.done) return { events, state, done: true };
    if (due.orders.length > 0) for (const order of due.orders) carryOut(order);
    else if (due.looks.length > 0 && (asked === undefined || turn.pick % 2 === 0))
      judge((due.looks[turn.pick % due.looks.length] ?? due.looks[0])?.id ?? '', turn.verdict);
    else if (asked?.what === 'red') {
      const by = { by: 'ada', role: 'lead' };
      const helped =
        (turn.remedy === 0 &&
          carryOut({ order: 'waive', step: asked.step.id, ...by, reason: 'known', until: '', signoff: -1 })) ||
        (turn.remedy === 1 &&
          carryOut({ order: 'attest', step: asked.step.id, by: 'ada', evidence: 'seen', second: 'bob', signoff: -1 }));
      if (!helped) judge(asked.step.id, turn.verdict);
    } else if (asked && 'step' in asked) judge(asked.step.id, turn.verdict);
    else return { events, state, done: false };
  }
  return { events, state, done: false };
}

const modes = fc.constantFrom<Mode>('run', 'dry-run', 'survey');

test(`nothing below an unsettled act or gate is ever offered, nor one before all above it is settled ${seeded}`, () => {
  fc.assert(
    fc.property(aPlan, choices, (plan, turns) => {
      walk(plan, 'run', turns, (state, offered) => {
        for (const one of offered) {
          const steps = plan.phases.flatMap((each) => (each.id === one.phase ? phaseSteps(each) : []));
          const above = steps.slice(
            0,
            steps.findIndex(({ id }) => id === one.id),
          );
          const unsettled = above.filter(
            (each) => standing(each, stepState(state, each.id), noon + 10_000_000) !== 'settled',
          );
          const barrier = (each: Step): boolean => each.nature === 'changes' || each.nature === 'decides';
          expect(unsettled.filter(barrier)).toEqual([]);
          if (barrier(one)) expect(unsettled).toEqual([]);
        }
      });
    }),
    sampled,
  );
});

test(`a dry run never offers a poke, an act or a gate ${seeded}`, () => {
  fc.assert(
    fc.property(aPlan, choices, (plan, turns) => {
      walk(plan, 'dry-run', turns, (_, offered) => {
        expect(
          offered.filter(({ nature }) => nature === 'pokes' || nature === 'changes' || nature === 'decides'),
        ).toEqual([]);
      });
    }),
    sampled,
  );
});

test(`what ends in go has a pass, a skip or a named person behind every step that counts ${seeded}`, () => {
  fc.assert(
    fc.property(aPlan, modes, choices, (plan, mode, turns) => {
      const { state, done } = walk(plan, mode, turns, () => undefined);
      const outcome = rollUp(plan, state, noon + 10_000_000);
      if (outcome.result !== 'go') return;
      expect(mode).toBe('run');
      expect(done).toBe(true);
      for (const one of stepsOf(plan).filter(({ severity }) => severity !== 'advisory')) {
        const known = stepState(state, one.id);
        const fine = known.verdict?.verdict === 'pass' || known.verdict?.verdict === 'skip';
        expect(fine || known.overlay !== undefined).toBe(true);
        if (one.severity === 'critical') expect(known.overlay?.type).not.toBe('waived');
        if (one.nature === 'changes' && known.verdict?.verdict === 'pass') expect(known.act?.outcome).toBe('done');
      }
    }),
    sampled,
  );
});

test(`whoever keeps no state but the last gets the same one ${seeded}`, () => {
  fc.assert(
    fc.property(aPlan, modes, choices, (plan, mode, turns) => {
      const { events, state } = walk(plan, mode, turns, () => undefined);
      const begun = given(mode);
      const before = JSON.stringify(begun);
      const evolveNext = openEvolution();
      expect(events.reduce((one, event) => evolveNext(one, event), begun)).toEqual(state);
      // What it was begun from is somebody else's.
      expect(JSON.stringify(begun)).toBe(before);
    }),
    sampled,
  );
});

test(`a replay gives the state the run had, and the engine goes on from any prefix ${seeded}`, () => {
  fc.assert(
    fc.property(aPlan, modes, choices, fc.nat(200), (plan, mode, turns, cut) => {
      const { events, state } = walk(plan, mode, turns, () => undefined);
      // Equal only when no state was changed after it was made.
      expect(events.reduce(evolve, given(mode))).toEqual(state);
      const prefix = events.slice(0, cut % (events.length + 1)).reduce(evolve, given(mode));
      const due = next(plan, prefix, { now: noon + 10_000_000, silent: new Set() });
      const idle = due.orders.length === 0 && due.looks.length === 0 && due.turn === undefined;
      const running = stepsOf(plan).some(({ id }) => stepState(prefix, id).running);
      expect(idle && !due.done && !running, 'a run that is not done has something to do').toBe(false);
    }),
    sampled,
  );
});

test(`whatever the engine lets happen kept to the procedure, with the checklist at hand and without it ${seeded}`, () => {
  fc.assert(
    fc.property(aPlan, modes, choices, (plan, mode, turns) => {
      const { events } = walk(plan, mode, turns, () => undefined);
      for (const known of [plan, undefined]) expect(firstBreach(events, known, { from: given(mode) })).toBeUndefined();
    }),
    sampled,
  );
});

/** Events that something later rests on: what begins a step that is judged, announces a change, or says go where it passes. */
function carrying(events: readonly RunEvent[]): readonly RunEvent[] {
  const later = (than: RunEvent, kind: RunEvent['kind'], id: string, fits: (body: object) => boolean): boolean =>
    events.some(
      (one) => one.seq > than.seq && one.kind === kind && 'step' in one.body && one.body.step === id && fits(one.body),
    );
  return events.filter((event) => {
    if (event.kind === 'phase.open') return events.some(({ kind, seq }) => kind === 'step.start' && seq > event.seq);
    if (event.kind !== 'step.start' && event.kind !== 'act.intent' && event.kind !== 'gate.vote') return false;
    const { step: id, attempt } = event.body;
    const same = (body: object): boolean => 'attempt' in body && body.attempt === attempt;
    if (event.kind === 'step.start') return later(event, 'step.verdict', id, same);
    if (event.kind === 'act.intent')
      return later(event, 'act.result', id, (body) => same(body) && 'result' in body && body.result === 'done');
    return later(event, 'step.verdict', id, (body) => same(body) && 'verdict' in body && body.verdict === 'pass');
  });
}

test(`a run in which something is missing that something else rests on did not keep to it ${seeded}`, () => {
  fc.assert(
    fc.property(aPlan, choices, fc.nat(200), (plan, turns, pick) => {
      const { events } = walk(plan, 'run', turns, () => undefined);
      const may = carrying(events);
      const gone = may[pick % Math.max(1, may.length)];
      if (gone === undefined) return;
      const left = events.filter((event) => event !== gone);
      expect(firstBreach(left, plan, { from: given('run') })?.seq ?? -1).toBeGreaterThan(gone.seq);
    }),
    sampled,
  );
});
