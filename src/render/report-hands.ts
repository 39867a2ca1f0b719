// Whose time it was: for each phase, how long it waited for people, and how long something was looked at or changed.

import type { RunEvent } from '../engine/events.ts';
import { findStep } from '../engine/plan.ts';
import type { Reported } from './report-model.ts';

/** A stretch of time in ms since 1970. */
export type Span = readonly [from: number, to: number];

/** How the time of a phase divides, in ms. The four together are all of it. */
export interface Hands {
  readonly people: number;
  /** Something stood open for people while something else was looked at or changed. */
  readonly both: number;
  readonly machine: number;
  /** Nothing was under way: it was not due yet, or nobody had a session open. */
  readonly idle: number;
}

/** Whose time a stretch of the run was. */
export type HandsIn = (span: Span) => Hands;

interface Stretches {
  readonly people: Span[];
  readonly machine: Span[];
  readonly away: Span[];
}

/** Reads the events once; then tells of any stretch of time whose it was. */
export function handsOf({ events, plan, state }: Pick<Reported, 'events' | 'plan' | 'state'>): HandsIn {
  const { people, machine, away } = stretchesOf(events, { asks, puts });
  const [ours, theirs] = [apart(people), apart(machine)];
  const gone = apart(away);
  return (span) => {
    const length = Math.max(0, span[1] - span[0]);
    const asked = without(clipped(ours, span), gone);
    const worked = without(clipped(theirs, span), gone);
    const both = lengthOf(common(asked, worked));
    const waited = lengthOf(asked) - both;
    const busy = lengthOf(worked) - both;
    return { people: waited, both, machine: busy, idle: Math.max(0, length - waited - both - busy) };
  };

  function asks(step: string): boolean {
    const nature = plan && findStep(plan, step)?.nature;
    return nature === 'asks' || nature === 'decides';
  }

  /** What is only advice is put to nobody, and nothing is in a run that is no run. */
  function puts(step: string): boolean {
    return state.opened?.mode === 'run' && (plan && findStep(plan, step)?.severity) !== 'advisory';
  }
}

/**
 * A question, a gate and a change that waits for the word stand open from their beginning to the answer; a red from its verdict
 * until somebody says what becomes of it. Whatever else is begun is the machine's, until it has a verdict.
 */
function stretchesOf(
  events: readonly RunEvent[],
  { asks, puts }: { readonly asks: (step: string) => boolean; readonly puts: (step: string) => boolean },
): Stretches {
  const found: Stretches = { people: [], machine: [], away: [] };
  const begun = new Map<string, { readonly at: number; people: boolean }>();
  const reds = new Map<string, number>();
  let gone: number | undefined;
  let paused: number | undefined;
  let now = 0;
  for (const event of events) {
    now = Date.parse(event.at);
    const { kind, body } = event;
    if (kind === 'session.close') {
      gone ??= now;
      // What was open then is begun anew, or is asked about: nobody was at it in between.
      leave();
    }
    if ((kind === 'session.open' || kind === 'seal') && gone !== undefined) {
      found.away.push([gone, now]);
      gone = undefined;
    }
    if (kind === 'run.pause') paused ??= now;
    if (kind === 'run.resume' && paused !== undefined) {
      found.people.push([paused, now]);
      paused = undefined;
    }
    if (kind === 'run.stop' || kind === 'rollback.open') for (const step of reds.keys()) settle(step);
    if (kind === 'step.start') {
      settle(body.step);
      begun.set(body.step, { at: now, people: asks(body.step) });
    }
    if (kind === 'step.waive' || kind === 'step.attest' || kind === 'step.defer') settle(body.step);
    // Answered: what comes then is judged at once. Until the word was given nothing was changed.
    if (kind === 'ask.answer' || kind === 'act.intent') end(body.step, true);
    if (kind === 'act.intent') begun.set(body.step, { at: now, people: false });
    if (kind === 'step.verdict' || kind === 'step.defer') end(body.step);
    if (kind === 'step.verdict' && body.verdict !== 'pass' && body.verdict !== 'skip' && puts(body.step))
      reds.set(body.step, now);
  }
  leave();
  return found;

  function end(step: string, people?: boolean): void {
    const was = begun.get(step);
    if (was === undefined) return;
    begun.delete(step);
    if (now > was.at) ((people ?? was.people) ? found.people : found.machine).push([was.at, now]);
  }

  function settle(step: string): void {
    const since = reds.get(step);
    if (since !== undefined && now > since) found.people.push([since, now]);
    reds.delete(step);
  }

  function leave(): void {
    for (const step of begun.keys()) end(step);
    for (const step of reds.keys()) settle(step);
  }
}

/** In order, and none that touches another. */
function apart(spans: readonly Span[]): readonly Span[] {
  const sorted = spans.toSorted((a, b) => a[0] - b[0]);
  const merged: [number, number][] = [];
  for (const [from, to] of sorted) {
    const last = merged.at(-1);
    if (last !== undefined && from <= last[1]) last[1] = Math.max(last[1], to);
    else merged.push([from, to]);
  }
  return merged;
}

function clipped(spans: readonly Span[], [from, to]: Span): readonly Span[] {
  return spans.map(([a, b]): Span => [Math.max(a, from), Math.min(b, to)]).filter(([a, b]) => b > a);
}

/** What two lists have in common, each being apart. */
function common(ours: readonly Span[], theirs: readonly Span[]): readonly Span[] {
  const found: Span[] = [];
  for (let i = 0, j = 0; i < ours.length && j < theirs.length;) {
    const [a = [0, 0], b = [0, 0]] = [ours[i], theirs[j]];
    const [from, to] = [Math.max(a[0], b[0]), Math.min(a[1], b[1])];
    if (to > from) found.push([from, to]);
    if (a[1] < b[1]) i += 1;
    else j += 1;
  }
  return found;
}

function without(spans: readonly Span[], gone: readonly Span[]): readonly Span[] {
  const edges = [Number.NEGATIVE_INFINITY, ...gone.flat(), Number.POSITIVE_INFINITY];
  const there: Span[] = [];
  for (let at = 0; at < edges.length; at += 2) there.push([edges[at] ?? 0, edges[at + 1] ?? 0]);
  return common(spans, there);
}

function lengthOf(spans: readonly Span[]): number {
  return spans.reduce((sum, [from, to]) => sum + to - from, 0);
}
