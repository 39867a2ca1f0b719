// Questions that stand in a row: they are shown as a whole, answered one after the other, and closed with one call.

import type { RunEvent } from './events.ts';
import type { Plan, Section, Step } from './plan.ts';
import { standing } from './standing.ts';
import { stepState, type State } from './state.ts';

/** Two or more questions of one section with nothing but looks between them. */
export interface Flow {
  readonly section: Section;
  readonly lines: readonly Step[];
}

/** What a note begins with that closes a flow; its step is the last line of it. */
export const closingWords = 'section closed: ';

const ofPlans = new WeakMap<Plan, readonly Flow[]>();

/** All of them, in file order. */
export function flowsOf(plan: Plan): readonly Flow[] {
  const known = ofPlans.get(plan) ?? plan.phases.flatMap(({ sections }) => sections.flatMap(flowsIn));
  ofPlans.set(plan, known);
  return known;
}

/** The one that this step is a line of; undefined where it is asked alone. */
export function flowOf(plan: Plan, id: string): Flow | undefined {
  return flowsOf(plan).find(({ lines }) => lines.some((line) => line.id === id));
}

function flowsIn(section: Section): readonly Flow[] {
  const runs: Step[][] = [[]];
  for (const step of section.steps) {
    if (step.skip !== undefined || step.nature === 'looks') continue;
    if (step.nature === 'asks') runs.at(-1)?.push(step);
    else runs.push([]);
  }
  return runs.filter((lines) => lines.length > 1).map((lines) => ({ section, lines }));
}

/** Has an answer that was judged, whatever it came to. */
export function isAnswered(state: State, { id }: Step): boolean {
  const { answer, verdict } = stepState(state, id);
  return answer !== undefined && verdict !== undefined;
}

/**
 * Whether the call is due once something in it was answered: each line is settled, or among `aside`, which are left open
 * for now. `now` in ms.
 */
export function isThrough({ lines }: Flow, state: State, aside: ReadonlySet<string>, now: number): boolean {
  return lines.every((line) => {
    const stands = standing(line, stepState(state, line.id), now);
    return stands === 'settled' || stands === 'deferred' || (stands === 'open' && aside.has(line.id));
  });
}

/** The flow that waits for its call since this event, or does not any more. What a file answered needs none. */
export function callAfter(plan: Plan, event: RunEvent): { readonly flow: Flow; readonly waits: boolean } | undefined {
  if (event.kind === 'ask.answer') {
    const flow = flowOf(plan, event.body.step);
    return flow && event.body.source === 'asked' ? { flow, waits: true } : undefined;
  }
  if (event.kind !== 'note' || !event.body.text.startsWith(closingWords)) return undefined;
  const flow = flowOf(plan, event.body.step);
  return flow?.lines.at(-1)?.id === event.body.step ? { flow, waits: false } : undefined;
}
