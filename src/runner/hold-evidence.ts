// What is kept of a hold: the data of its plots, small enough to keep for a day of samples.

import type { Holding, Sample, Watch } from '../engine/hold.ts';
import { isObject, type Json, type JsonObject } from '../engine/json.ts';
import { formatAt } from '../log/line.ts';
import { redact } from '../log/redact.ts';
import type { History } from '../steps/kind.ts';

/** How many looks that failed are kept with all they saw. */
const wholeMax = 10;

/** A sample with what was seen, as it may be kept. */
export interface Sight extends Sample {
  readonly facts: JsonObject;
}

/** Evidence of looks of our own: of each what it compared, of the first that failed and of the last one everything. */
export function liveEvidence(watch: Watch, holding: Holding, sights: readonly Sight[]): JsonObject {
  const told = ({ at, verdict, findings }: Sight): JsonObject => ({
    at: formatAt(at),
    verdict,
    observed: findings.map(({ observed }) => observed),
  });
  const failing = sights.filter(({ verdict }) => verdict === 'fail');
  return {
    ...windowOf(watch, holding),
    every_s: watch.hold.everyMs / 1000,
    failing: failing.map((sight, index) => (index < wholeMax ? { ...told(sight), facts: sight.facts } : told(sight))),
    samples: sights.map(told),
    last: sights.at(-1)?.facts ?? null,
  };
}

/** Evidence of a source with a clock of its own: its series, period by period, and what they come to as a whole. */
export function sourceEvidence(watch: Watch, holding: Holding, { samples, whole }: History): JsonObject {
  const failing = new Set(holding.failing.map(({ at }) => at));
  const told = samples.map(({ at, facts }) => ({ began: at, facts: { ...kept(facts), at: formatAt(at) } }));
  return {
    ...windowOf(watch, holding),
    period_s: watch.periodMs / 1000,
    failing: told.filter(({ began }) => failing.has(began)).map(({ facts }) => facts),
    samples: told.map(({ facts }) => facts),
    whole: kept(whole),
  };
}

function windowOf({ from, to, expected }: Watch, { obtained }: Holding): JsonObject {
  return { from: formatAt(from), to: formatAt(to), expected, obtained };
}

function kept(facts: JsonObject): JsonObject {
  const clean: Json = redact(facts);
  return isObject(clean) ? clean : {};
}
