// What the samples of a watched window come to by a given moment. Too few samples, or a hole among them, never pass.

import { formatDuration } from './duration.ts';
import type { Expectation, Finding, Judgement } from './expectation.ts';
import { cap, explain } from './explain.ts';
import type { Hold } from './plan.ts';

const longestText = 500;
/** How many moments a finding names. */
const momentsMax = 5;

/** A window under watch. All times in ms since 1970. */
export interface Watch {
  readonly hold: Hold;
  readonly from: number;
  readonly to: number;
  /** What one sample covers on the clock of its source; 0 for looks of our own, which see a moment. */
  readonly periodMs: number;
  /** How many samples there are when none is missing. */
  readonly expected: number;
}

/** One sample, by the beginning of its period or the moment of the look. A look that decided nothing is none. */
export interface Sample {
  readonly at: number;
  readonly verdict: 'pass' | 'fail';
  readonly findings: readonly Finding[];
}

/** How the watch stands. Without `decided` it goes on. */
export interface Holding {
  readonly obtained: number;
  readonly failing: readonly Sample[];
  readonly decided?: Judgement & { readonly reason: string };
}

/**
 * The window of a hold that begins at `from` (ms). With a source of its own clock it is made of whole periods: it begins
 * with the first period after `from` and is never shorter than asked for.
 */
export function watchFrom(hold: Hold, from: number, periodMs = 0): Watch {
  if (periodMs === 0)
    return { hold, from, to: from + hold.forMs, periodMs, expected: Math.ceil(hold.forMs / hold.everyMs) + 1 };
  const first = Math.ceil(from / periodMs) * periodMs;
  const expected = Math.ceil(hold.forMs / periodMs);
  return { hold, from: first, to: first + expected * periodMs, periodMs, expected };
}

/** When the last look is due, in ms: late points of a source with a clock of its own are waited for. */
export function endOf({ to, periodMs, hold }: Watch): number {
  return periodMs === 0 ? to : to + hold.settleMs;
}

/**
 * How the watch stands at `now` (ms). More failing samples than are tolerated break it at once; a period of a source
 * counts for that when it ended a period ago, because the newest one may still be written. It is inconclusive as soon
 * as the samples that can still come cannot fill the window any more. `whole` is what the facts over the whole window
 * come to, for holds that are judged by them; nothing else can make such a hold pass or fail.
 */
export function judgeHold(
  watch: Watch,
  seen: readonly Sample[],
  now: number,
  judged: { readonly expect: readonly Expectation[]; readonly whole?: Judgement },
): Holding {
  const { hold } = watch;
  const samples = inWindow(watch, seen, now);
  const failing = samples.filter(({ verdict }) => verdict === 'fail');
  const stands = { obtained: samples.length, failing };
  const ended = now >= endOf(watch);
  const decide = (verdict: Judgement['verdict'], reason: string): Holding => ({
    ...stands,
    decided: { verdict, findings: findingsOf(watch, samples, verdict, judged.expect), reason },
  });

  const written = failing.filter(({ at }) => ended || at + 2 * watch.periodMs <= now);
  if (hold.sample === 'each' && written.length > hold.tolerate) return decide('fail', brokeAfter(watch, now));
  const missing = tooFew(watch, samples, now, ended) ?? hole(watch, samples, now);
  if (missing !== undefined) return decide('inconclusive', missing);
  if (!ended) return stands;
  if (hold.sample === 'each') return decide('pass', '');
  if (judged.whole === undefined) return decide('inconclusive', 'there is nothing to judge the whole window by');
  return { ...stands, decided: { ...judged.whole, reason: '' } };
}

/** How many samples this is, in words: `1 minute`, `12 samples`. */
export function counted({ periodMs }: Watch, n: number): string {
  return `${n} ${periodMs === 60_000 ? 'minute' : 'sample'}${n === 1 ? '' : 's'}`;
}

/** What counts, oldest first: a period once, within the window and over; of our own looks one after the end. */
function inWindow(watch: Watch, seen: readonly Sample[], now: number): readonly Sample[] {
  const { from, to, periodMs, expected } = watch;
  const once = new Map(seen.map((sample) => [sample.at, sample]));
  const samples = [...once.values()].filter(({ at }) => at >= from).toSorted((a, b) => a.at - b.at);
  if (periodMs > 0) return samples.filter(({ at }) => at < to && at + periodMs <= now && (at - from) % periodMs === 0);
  const last = samples.findIndex(({ at }) => at >= to);
  return samples
    .slice(0, last < 0 ? undefined : last + 1)
    .filter(({ at }) => at <= now)
    .slice(0, expected);
}

/** Why there are too few samples, or can never be enough. */
function tooFew(watch: Watch, samples: readonly Sample[], now: number, ended: boolean): string | undefined {
  const { hold, from, periodMs, expected } = watch;
  const share = `${Math.round(hold.coverage * 1000) / 10}%`;
  if (ended) {
    if (samples.length === 0) return `nothing came of ${counted(watch, expected)}`;
    if (samples.length / expected >= hold.coverage) return undefined;
    return `${samples.length} of ${counted(watch, expected)} came; ${share} are asked for`;
  }
  const settled = settledUntil(watch, now);
  const over = Math.min(
    periodMs === 0 ? expected - 1 : expected,
    Math.floor((settled - from) / (periodMs || hold.everyMs)),
  );
  const lost = over - samples.filter(({ at }) => at < settled).length;
  if (lost <= 0 || (expected - lost) / expected >= hold.coverage) return undefined;
  return `${lost} of the first ${counted(watch, over)} never came: ${share} of ${expected} cannot be reached any more`;
}

/** The first hole that is longer than allowed and cannot be filled any more. */
function hole(watch: Watch, samples: readonly Sample[], now: number): string | undefined {
  const { from, to, periodMs, hold } = watch;
  const settled = settledUntil(watch, now);
  let since = from;
  for (const until of [...samples.map(({ at }) => at), Math.min(to, now)]) {
    const length = Math.min(until, settled) - since;
    if (length > hold.maxGapMs)
      return `nothing came for ${formatDuration(length)} from ${clockText(watch, since)} on; ${formatDuration(hold.maxGapMs)} are allowed`;
    since = Math.max(since, until + periodMs);
  }
  return undefined;
}

/** Up to here nothing can come any more that is not there yet. */
function settledUntil({ from, to, periodMs, hold }: Watch, now: number): number {
  if (periodMs === 0) return now;
  const periods = Math.floor((now - hold.settleMs - from) / periodMs);
  return Math.min(to, from + Math.max(0, periods) * periodMs);
}

function brokeAfter({ from, to, hold }: Watch, now: number): string {
  return now < to ? `broke after ${formatDuration(Math.max(0, now - from))} of ${formatDuration(hold.forMs)}` : '';
}

/** Each expectation with the moments at which it did not hold. */
function findingsOf(
  watch: Watch,
  samples: readonly Sample[],
  verdict: Judgement['verdict'],
  expect: readonly Expectation[],
): readonly Finding[] {
  const newest = samples.at(-1);
  return expect.map((expectation, index) => {
    const expected = newest?.findings[index]?.expected ?? explain(expectation);
    if (watch.hold.sample === 'whole') return { verdict, expected, observed: many(watch, samples.length) };
    const bad = samples.flatMap(({ at, findings }) => {
      const finding = findings[index];
      return finding?.verdict === 'fail' ? [`${shortNumbers(finding.observed)} at ${clockText(watch, at)}`] : [];
    });
    if (bad.length === 0) {
      const last = newest?.findings[index]?.observed;
      const all = `${many(watch, samples.length)}${last === undefined || newest === undefined ? '' : `; last ${shortNumbers(last)} at ${clockText(watch, newest.at)}`}`;
      return { verdict: verdict === 'fail' ? 'pass' : verdict, expected, observed: cap(all, longestText) };
    }
    const more = bad.length > momentsMax ? ` and ${bad.length - momentsMax} more` : '';
    const allowed = watch.hold.tolerate > 0 ? ` (${watch.hold.tolerate} may)` : '';
    const moments = bad.slice(0, momentsMax).map((moment) => cap(moment, 80));
    const observed = `${bad.length} of ${counted(watch, samples.length)}${allowed}: ${moments.join(', ')}${more}`;
    return { verdict, expected, observed: cap(observed, longestText) };
  });
}

/** Nobody reads the twelfth digit of a ratio; the evidence has it. */
function shortNumbers(observed: string): string {
  return observed.replaceAll(/-?\d+\.\d{4,}/g, (digits) => String(Number(Number(digits).toPrecision(4))));
}

function many(watch: Watch, obtained: number): string {
  return obtained === watch.expected
    ? `all ${counted(watch, obtained)}`
    : `${obtained} of ${counted(watch, watch.expected)}`;
}

/** `11:07Z`, with seconds where samples come more often than once a minute. */
function clockText({ periodMs, hold }: Watch, ms: number): string {
  const two = (n: number): string => String(Math.floor(n)).padStart(2, '0');
  const day = ((ms % 86_400_000) + 86_400_000) % 86_400_000;
  const minutes = `${two(day / 3_600_000)}:${two((day / 60_000) % 60)}`;
  return (periodMs || hold.everyMs) < 60_000 ? `${minutes}:${two((day / 1000) % 60)}Z` : `${minutes}Z`;
}
