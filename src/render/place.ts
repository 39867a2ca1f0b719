// Where a run stands, in one line: above every prompt, so that nobody has to scroll to know.

import { actsInReach, hasWayBack } from '../engine/acts.ts';
import { behindMs, wayBackNow } from '../engine/timeline.ts';
import { stepsOf, type Plan, type Step } from '../engine/plan.ts';
import { standing } from '../engine/standing.ts';
import { stepState, type State } from '../engine/state.ts';
import { clockText, lateText, minutes } from './due.ts';
import { fit, type Page } from './layout.ts';
import { visible } from './text.ts';

/**
 * An empty line and the phase, how late it is, what is settled, red and to come, the time used and the time to T; and as
 * soon as something was changed, until when and how it is taken back. `now` in ms.
 */
export function placeLines(page: Page, plan: Plan, state: State, step: Step, now: number): string[] {
  const { theme } = page;
  const phase = plan.phases.find(({ id }) => id === step.phase);
  const name = phase === undefined ? step.phase : `${phase.at} ${phase.title}`;
  const parts = [
    visible(name),
    ...lateParts(plan, state, now),
    progressText(plan, state, now),
    ...clockParts(state, now),
  ];
  const stands = actsInReach(plan, state)
    .filter(hasWayBack)
    .map(({ id }) => id);
  const back = `   ${untilText(plan, state, now)}:rollback takes back ${stands.join(', ')}`;
  return [
    '',
    theme.dim(fit(page, `${theme.glyphs.rule.repeat(2)} ${parts.join(` ${theme.glyphs.dot} `)}`)),
    ...(stands.length === 0 ? [] : [theme.dim(fit(page, back))]),
  ];
}

/** `12 of 23 settled, 1 red, 10 to come` */
function progressText(plan: Plan, state: State, now: number): string {
  const steps = stepsOf(plan);
  const stands = steps.map((step) => standing(step, stepState(state, step.id), now));
  const settled = stands.filter((stand) => stand === 'settled' || stand === 'deferred').length;
  const red = stands.filter((stand) => stand === 'red').length;
  const open = steps.length - settled - red;
  return [
    `${settled} of ${steps.length} settled`,
    ...(red > 0 ? [`${red} red`] : []),
    ...(open > 0 ? [`${open} to come`] : []),
  ].join(', ');
}

/** Time used and time left, in whole minutes: nobody decides by seconds here. */
function clockParts(state: State, now: number): readonly string[] {
  const used = state.begun === undefined ? 0 : now - Date.parse(state.begun);
  const toT = state.t0 === undefined ? undefined : Date.parse(state.t0) - now;
  return [
    ...(used >= 60_000 ? [`${minutes(used)} used`] : []),
    ...(toT === undefined ? [] : [toT > 0 ? `T-${minutes(toT)}` : `T+${minutes(-toT)}`]),
  ];
}

/** `4m late`; nothing within a minute of the plan. */
function lateParts(plan: Plan, state: State, now: number): readonly string[] {
  const late = behindMs(plan, state, now) ?? 0;
  return Math.abs(late) < 60_000 ? [] : [lateText(late)];
}

/** `going back until 10:55Z, `, where that is known. */
function untilText(plan: Plan, state: State, now: number): string {
  const { latest } = wayBackNow(plan, state);
  if (latest === undefined) return '';
  return `${latest < now ? 'going back was due by' : 'can go back until'} ${clockText(latest, now)}, `;
}
