// A hold with everything it does not say filled in.

import { parseDuration } from '../engine/duration.ts';
import type { Hold, Step } from '../engine/plan.ts';
import { asList } from './calls.ts';
import { holdDefaults } from './hold-defaults.ts';
import { parsePercent } from './offset.ts';
import type { HoldBody, StepBody } from './schema.ts';

/** `remembers`: the kind has a history, so data points may come late; anything else is seen when it is looked at. */
export function bindHold(hold: HoldBody, remembers: boolean): Hold {
  const ms = (duration: string): number => parseDuration(duration) ?? 0;
  return {
    forMs: ms(hold.for),
    everyMs: ms(hold.every ?? holdDefaults.every),
    ...(hold.since === undefined ? {} : { since: hold.since }),
    coverage: parsePercent(hold.coverage ?? holdDefaults.coverage) ?? 1,
    maxGapMs: ms(hold.max_gap ?? holdDefaults.maxGap),
    settleMs: remembers ? ms(hold.settle ?? holdDefaults.settle) : 0,
    tolerate: hold.tolerate ?? 0,
    sample: hold.sample ?? 'each',
  };
}

/** What must be settled before a step starts: what it says, and the step its hold counts from. */
export function bindNeeds({ needs, hold }: StepBody): Step['needs'] {
  const said = asList(needs).map((need) =>
    typeof need === 'string'
      ? { step: need, lagMs: 0 }
      : { step: need.step, lagMs: need.lag === undefined ? 0 : (parseDuration(need.lag) ?? 0) },
  );
  const since = hold?.since;
  if (since === undefined || said.some(({ step }) => step === since)) return said;
  return [...said, { step: since, lagMs: 0 }];
}
