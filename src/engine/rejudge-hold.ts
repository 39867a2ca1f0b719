// What was watched over a time, judged by other expectations, as far as what is kept of it says enough.

import { seriesRead } from './names-read.ts';
import type { Expectation, Finding } from './expectation.ts';
import { explain } from './explain.ts';
import { judgeHold, watchFrom, type Sample } from './hold.ts';
import { judge } from './judge.ts';
import { isObject, type Json, type JsonObject } from './json.ts';
import type { Hold } from './plan.ts';
import { readsRedacted } from './reads-redacted.ts';

export interface WatchedAgain {
  readonly hold: Hold;
  /** With everything filled in. */
  readonly expect: readonly Expectation[];
  /** The expectations are those of then: what each look came to is what it would come to. */
  readonly sameExpect: boolean;
  /** When it was decided, in ms. */
  readonly now: number;
}

type Watched = { readonly verdict: 'pass' | 'fail' | 'inconclusive'; readonly findings: readonly Finding[] };

/**
 * The verdict on the samples that are kept (`evidence`, as `hold-evidence.ts` writes it), or why there can be none: of looks of
 * our own only what they came to is kept, and nobody watched longer than was asked for then.
 */
export function rejudgeHold(evidence: JsonObject, asked: WatchedAgain): Watched | { readonly why: string } {
  const { from, period_s: period, samples } = evidence;
  const begun = typeof from === 'string' ? Date.parse(from) : Number.NaN;
  const periodMs = typeof period === 'number' ? period * 1000 : 0;
  if (Number.isNaN(begun) || !Array.isArray(samples) || !(periodMs >= 0 && periodMs < 86_400_000))
    return { why: 'what is kept of it is not of something that was watched over a time' };
  const kept: readonly Json[] = samples;
  const told = periodMs === 0 ? lookSamples(kept, asked) : sourceSamples(kept, periodMs, evidence, asked);
  if ('why' in told) return told;
  const watch = watchFrom(asked.hold, begun, periodMs);
  const whole = asked.hold.sample === 'whole' ? wholeOf(evidence, asked, watch.to) : {};
  if ('why' in whole) return whole;
  const { decided } = judgeHold(watch, told.samples, asked.now, { expect: asked.expect, ...whole });
  if (decided === undefined) return { why: 'it was decided before its time was over, and nobody watched on' };
  if (decided.verdict === 'pass' || decided.reason === '') return decided;
  const why = { verdict: 'inconclusive', expected: 'enough of it was seen', observed: decided.reason } as const;
  return { verdict: decided.verdict, findings: decided.verdict === 'inconclusive' ? [why] : decided.findings };
}

type Told = { readonly samples: readonly Sample[] } | { readonly why: string };

function lookSamples(samples: readonly Json[], { expect, sameExpect }: WatchedAgain): Told {
  if (!sameExpect) return { why: 'of each look only what it came to is kept, and not what it saw' };
  return {
    samples: samples.flatMap((sample): readonly Sample[] => {
      if (!isObject(sample)) return [];
      const { at, verdict, observed } = sample;
      if (typeof at !== 'string' || (verdict !== 'pass' && verdict !== 'fail')) return [];
      const texts: readonly Json[] = Array.isArray(observed) ? observed : [];
      const findings = expect.map((one, index): Finding => ({
        verdict,
        expected: explain(one),
        observed: typeof texts[index] === 'string' ? texts[index] : '',
      }));
      return [{ at: Date.parse(at), verdict, findings }];
    }),
  };
}

/** As a run judges what a source remembers: a period in which a series has no point says nothing. */
function sourceSamples(
  samples: readonly Json[],
  periodMs: number,
  { whole }: JsonObject,
  { hold, expect }: WatchedAgain,
): Told {
  const read = seriesRead(expect, hold.sample === 'whole' && isObject(whole) ? whole : undefined);
  const told: Sample[] = [];
  for (const sample of samples) {
    if (!isObject(sample) || typeof sample['at'] !== 'string') continue;
    const { at, ...facts } = sample;
    const began = Date.parse(at);
    if (Object.keys(facts).length === 0 || !read.every((name) => Object.hasOwn(facts, name))) continue;
    if (hold.sample === 'whole') {
      told.push({ at: began, verdict: 'pass', findings: [] });
      continue;
    }
    if (expect.some((one) => readsRedacted(one, facts))) return { why: 'it reads what was taken out of the facts' };
    const { verdict, findings } = judge(expect, facts, began + periodMs);
    if (verdict !== 'inconclusive') told.push({ at: began, verdict, findings });
  }
  return { samples: told };
}

function wholeOf(
  { whole }: JsonObject,
  { expect }: WatchedAgain,
  to: number,
): { readonly whole?: ReturnType<typeof judge> } | { readonly why: string } {
  if (!isObject(whole)) return { why: 'what its series come to as a whole is not kept' };
  if (expect.some((one) => readsRedacted(one, whole))) return { why: 'it reads what was taken out of the facts' };
  const lacking = seriesRead(expect).filter((name) => !Object.hasOwn(whole, name));
  return lacking.length > 0 ? {} : { whole: judge(expect, whole, to) };
}
