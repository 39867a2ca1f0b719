// The clock of a run as JSON: every moment in the `at` format, in UTC; null where it is not known.

import { behindMs, budgetOf, noReturns, phaseAtHand, phaseTimes, stepTimes, wayBackNow } from '../engine/timeline.ts';
import { endOfRun, forecast, holdsUnderWay } from '../engine/forecast.ts';
import { standing } from '../engine/standing.ts';
import { stepState } from '../engine/state.ts';
import { formatAt } from '../log/line.ts';
import type { Asked } from '../render/timeline.ts';

type Shown = Readonly<Record<string, unknown>>;

/** What is due when: phases, holds, points of no return, the way back and the forecast. Durations are in ms. */
export function clockJson({ plan, state, now, remembers, usual }: Asked): Shown {
  const foretold = forecast(plan, state, now, remembers, usual);
  const back = wayBackNow(plan, state);
  return {
    now: at(now),
    t0: state.t0 ?? null,
    at_hand: phaseAtHand(plan, state)?.id ?? null,
    behind_ms: behindMs(plan, state, now) ?? null,
    phases: phaseTimes(plan, state).map(({ phase, planned, opened, closed, lateMs }) => ({
      id: phase.id,
      at: phase.at,
      planned: at(planned),
      opened: at(opened),
      closed: at(closed),
      late_ms: lateMs ?? null,
      forecast_end: at(foretold.find((one) => one.phase === phase)?.ends),
    })),
    holds: holdsUnderWay(plan, state, now, remembers).map(({ step, over, judged, remembered }) => ({
      step: step.id,
      over: at(over),
      judged: at(judged),
      needs_a_process: !remembered,
    })),
    points_of_no_return: noReturns(plan, state).map(({ gate, planned, passed }) => ({
      step: gate.id,
      planned: at(planned),
      passed: at(passed),
    })),
    way_back: {
      acts: back.acts.map((step) => ({ step: step.id, budget_ms: budgetOf(step) ?? null })),
      none: back.none.map(({ id }) => id),
      budget_ms: back.budgetMs,
      before: back.next === undefined ? null : back.next.phase.id,
      latest_decision: at(back.latest),
    },
    forecast_end: at(endOfRun(foretold)),
    forecast_from_runs: foretold.length === 0 ? 0 : (usual?.runs ?? 0),
  };
}

/** Each step of the checklist with where it stands and how long it took. */
export function stepsJson({ plan, state, now }: Asked): readonly Shown[] {
  const planned = new Map(phaseTimes(plan, state).map((times) => [times.phase.id, times.planned]));
  return stepTimes(plan, state).map(({ step, begun, ended, tookMs }) => {
    const known = stepState(state, step.id);
    return {
      id: step.id,
      phase: step.phase,
      severity: step.severity,
      standing: standing(step, known, now),
      attempt: known.attempt,
      verdict: known.verdict?.verdict ?? null,
      overlay: known.overlay?.type ?? null,
      planned: at(planned.get(step.phase)),
      begun: at(begun),
      ended: at(ended),
      took_ms: tookMs ?? null,
    };
  });
}

function at(ms: number | undefined): string | null {
  return ms === undefined ? null : formatAt(ms);
}
