// What is drawn of a hold: each window that was watched, as series over time with the limit they were held against.

import type { Expectation } from '../engine/expectation.ts';
import { explain } from '../engine/explain.ts';
import { isObject, type Json, type JsonObject } from '../engine/json.ts';
import { seriesRead } from '../engine/names-read.ts';
import { findStep, type Step } from '../engine/plan.ts';
import { select } from '../engine/selector.ts';
import type { Attempt, StepHistory } from './report-history.ts';
import type { Reported, ReportStep } from './report-model.ts';

/** What is kept under a digest, or why it cannot be shown. */
export type Kept = { readonly facts: Json } | { readonly lacking: string };
/** The evidence that was at hand, by digest. */
export type KeptEvidence = ReadonlyMap<string, Kept>;

/** A value at a time in ms; absent where that sample had none. */
export interface Point {
  readonly at: number;
  readonly value?: number;
  /** False where this sample did not hold. */
  readonly held: boolean;
}

export interface Limit {
  readonly value: number;
  readonly words: string;
  /** Judges only this part of the window, in ms since 1970. */
  readonly from: number;
  readonly to: number;
}

/** One expectation over one window. */
export interface Plot {
  /** As it was judged: `error_percent < 1`. */
  readonly expected: string;
  readonly observed: string;
  readonly verdict: string;
  /** What the values are; empty where samples have none, and only held or did not. */
  readonly series: string;
  readonly points: readonly Point[];
  readonly limit?: Limit;
}

export interface WatchWindow {
  readonly attempt: Attempt;
  /** Why there is nothing to draw; then the rest is empty. */
  readonly lacking: string;
  readonly from: number;
  readonly to: number;
  readonly expected: number;
  readonly obtained: number;
  /** False where only all samples together were. */
  readonly judged: boolean;
  /** Between two samples, in ms. */
  readonly everyMs: number;
  readonly plots: readonly Plot[];
}

/** More attempts than this are in the log only. */
const windowsMax = 4;

/** The attempts of a hold that have a verdict, oldest first; undefined for a step that is no hold. */
export function windowsOf(
  { id }: ReportStep,
  history: StepHistory | undefined,
  { plan }: Reported,
  evidence: KeptEvidence,
): readonly WatchWindow[] | undefined {
  const step = holdIn(plan, id);
  if (step === undefined) return undefined;
  const judged = (history?.attempts ?? []).filter(({ verdict }) => verdict !== '' && verdict !== 'skip');
  return judged.slice(-windowsMax).map((attempt) => windowOf(step, attempt, evidence));
}

/** The digests of what is drawn: those have to be read beforehand. */
export function drawnDigests({ plan, events }: Reported): readonly string[] {
  const judged = new Map<string, string[]>();
  for (const { kind, body } of events)
    if (kind === 'step.verdict' && body.verdict !== 'skip' && holdIn(plan, body.step) !== undefined)
      judged.set(body.step, [...(judged.get(body.step) ?? []), body.facts].slice(-windowsMax));
  return [...new Set([...judged.values()].flat())].filter((digest) => digest !== '');
}

function holdIn(plan: Reported['plan'], id: string): Step | undefined {
  const step = plan && findStep(plan, id);
  return step?.hold === undefined ? undefined : step;
}

const nothing = { from: 0, to: 0, expected: 0, obtained: 0, judged: false, everyMs: 0, plots: [] } as const;

function windowOf(step: Step, attempt: Attempt, evidence: KeptEvidence): WatchWindow {
  const lack = (lacking: string): WatchWindow => ({ attempt, lacking, ...nothing });
  if (attempt.facts === '') return lack('nothing was kept of it');
  const kept = evidence.get(attempt.facts) ?? { lacking: 'it was not at hand when this report was made' };
  if ('lacking' in kept) return lack(kept.lacking);
  const { facts } = kept;
  const [from, to] = isObject(facts) ? [moment(facts['from']), moment(facts['to'])] : [];
  const samples = isObject(facts) && Array.isArray(facts['samples']) ? facts['samples'].filter(isObject) : undefined;
  if (!isObject(facts) || from === undefined || to === undefined || to <= from || samples === undefined)
    return lack('what was kept has no window and no samples');
  const { period_s: period, every_s: every, expected, obtained } = facts;
  const window = { facts, samples: samples.filter(({ at }) => moment(at) !== undefined), from, to };
  return {
    attempt,
    lacking: '',
    from,
    to,
    expected: numeric(expected) ?? 0,
    obtained: numeric(obtained) ?? 0,
    judged: step.hold?.sample !== 'whole',
    everyMs: (numeric(period) ?? numeric(every) ?? 0) * 1000,
    plots: step.expect.map((expectation, index) => plotOf(expectation, { step, attempt, index, window })),
  };
}

interface Given {
  readonly step: Step;
  readonly attempt: Attempt;
  readonly index: number;
  readonly window: {
    readonly facts: JsonObject;
    readonly samples: readonly JsonObject[];
    readonly from: number;
    readonly to: number;
  };
}

function plotOf(expectation: Expectation, given: Given): Plot {
  const { step, attempt, index, window } = given;
  const { expected = explain(expectation), observed = '', verdict = '' } = attempt.findings[index] ?? {};
  const said = { expected, observed, verdict };
  const { facts, samples } = window;
  const { path = '' } = expectation;
  if (numeric(facts['period_s']) === undefined) {
    // Looks of our own: of each what was seen is kept in words, in the order of the expectations.
    const seen = samples.map((sample): Point => {
      const { at, verdict: held, observed: words } = sample;
      const text = Array.isArray(words) ? words[index] : undefined;
      const value =
        typeof text === 'string' && /^-?\d+(?:\.\d+)?(?:e[+-]?\d+)?$/i.test(text) ? Number(text) : undefined;
      return { at: moment(at) ?? 0, held: held === 'pass', ...(value !== undefined && { value }) };
    });
    return drawn(said, path, seen, limitOf(expectation, given));
  }
  const failing = new Set(
    (Array.isArray(facts['failing']) ? facts['failing'] : []).map((one) =>
      isObject(one) ? moment(one['at']) : undefined,
    ),
  );
  const whole = step.hold?.sample === 'whole';
  const series = whole ? (seriesRead([expectation], isObject(facts['whole']) ? facts['whole'] : {})[0] ?? '') : path;
  const limit = limitOf(expectation, given);
  const points = samples.map((sample): Point => {
    const at = moment(sample['at']) ?? 0;
    const value = whole
      ? numeric(sample[series])
      : numeric(series === '' ? undefined : select(series, sample).selected);
    // Which of several expectations a sample did not meet shows where there is a number; else it failed as a whole.
    const held =
      whole || !failing.has(at) || (value !== undefined && limit !== undefined && keeps(value, expectation, limit));
    return { at, held, ...(value !== undefined && { value }) };
  });
  return drawn(said, series, points, limit);
}

function drawn(
  said: Pick<Plot, 'expected' | 'observed' | 'verdict'>,
  path: string,
  points: readonly Point[],
  limit: Limit | undefined,
): Plot {
  const valued = points.some(({ value }) => value !== undefined);
  return { ...said, series: valued ? path : '', points, ...(valued && limit !== undefined && { limit }) };
}

const signs = { lt: '<', lte: '≤', gt: '>', gte: '≥', eq: '=' } as const;
const names = ['lt', 'lte', 'gt', 'gte', 'eq'] as const satisfies readonly (keyof typeof signs)[];

/** The number the series itself is held against. What was worked out of it, as its increase, is not on its scale. */
function limitOf(expectation: Expectation, { step, attempt, index, window }: Given): Limit | undefined {
  const { path = '' } = expectation;
  const [, part = '', inner] = /^(first_third|last_third|increase)\.(.+)$/s.exec(path) ?? [];
  const whole = step.hold?.sample === 'whole' && inner !== undefined;
  if (whole && part === 'increase') return undefined;
  const name = names.find((one) => expectation[one] !== undefined);
  if (name === undefined) return undefined;
  // A limit that only a probe could tell is a template in the checklist: then the finding says which it was.
  const value = numeric(expectation[name]) ?? lastNumber(attempt.findings[index]?.expected ?? '');
  if (value === undefined) return undefined;
  const third = (window.to - window.from) / 3;
  const from = whole && part === 'last_third' ? window.to - third : window.from;
  const to = whole && part === 'first_third' ? window.from + third : window.to;
  return { value, words: `${signs[name]} ${value}`, from, to };
}

function keeps(value: number, expectation: Expectation, { value: limit }: Limit): boolean {
  const name = names.find((one) => expectation[one] !== undefined);
  if (name === 'lt') return value < limit;
  if (name === 'lte') return value <= limit;
  if (name === 'gt') return value > limit;
  return name === 'gte' ? value >= limit : value === limit;
}

function lastNumber(text: string): number | undefined {
  const [, number] = /(?:<|<=|>|>=|=) (-?\d+(?:\.\d+)?)$/.exec(text) ?? [];
  return number === undefined ? undefined : Number(number);
}

function numeric(json: Json | undefined): number | undefined {
  return typeof json === 'number' && Number.isFinite(json) ? json : undefined;
}

function moment(json: Json | undefined): number | undefined {
  const ms = typeof json === 'string' && /^\d{4}-\d\d-\d\dT/.test(json) ? Date.parse(json) : Number.NaN;
  return Number.isFinite(ms) ? ms : undefined;
}
