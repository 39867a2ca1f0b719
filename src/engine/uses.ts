// Where a plan uses kinds: what its steps look at and change, how that is seen to have come true, and how it is taken back.

import { stepsOf, type Call, type Nature, type Plan, type Step, type Verify, type Wait } from './plan.ts';

/** One use of a kind by a step. */
export interface PlanUse {
  readonly call: Call;
  /** Whose list its kind is found in: some names stand in both. */
  readonly as: 'probe' | 'act';
  readonly nature: Nature;
  /** Set when it is a named probe. */
  readonly named?: string;
  readonly wait?: Wait;
  /** Only made when what the step did is taken back. */
  readonly back: boolean;
}

/** The phase of the steps that a plan offers on the way back. */
export const goingBack = 'rollback';

/** Why an act that is offered on the way back, and says nothing of it, is not taken back itself. */
export const ofTheWayBack = 'it is part of the way back';

/** The steps of a plan in file order, and below them those that it offers on the way back. */
export function everyStep(plan: Plan): readonly Step[] {
  return [...stepsOf(plan), ...plan.rollback];
}

/** Every use of a kind a step makes by itself; what it reads through `${…}` is not among them. */
export function usesOf({ work, nature, wait }: Step): readonly PlanUse[] {
  if (work.type === 'probe') {
    const { call, named } = work;
    const more = { ...(named === undefined ? {} : { named }), ...(wait === undefined ? {} : { wait }) };
    return call === undefined ? [] : [{ call, as: 'probe', nature, back: false, ...more }];
  }
  if (work.type !== 'act') return [];
  const { call, verify, back = [] } = work;
  return [
    { call, as: 'act', nature, back: false },
    ...verifies(verify, false),
    ...back.flatMap((part): readonly PlanUse[] => [
      { call: part, as: 'act', nature, back: true },
      ...verifies(part.verify, true),
    ]),
  ];
}

function verifies(verify: Verify | undefined, back: boolean): readonly PlanUse[] {
  if (verify === undefined) return [];
  const { call, nature, named, wait } = verify;
  const more = { ...(named === undefined ? {} : { named }), ...(wait === undefined ? {} : { wait }) };
  return [{ call, as: 'probe', nature, back, ...more }];
}
