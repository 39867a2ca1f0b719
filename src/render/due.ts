// Moments and distances in words: one form everywhere, in UTC, by the minute. Nobody decides by seconds here.

import { formatDuration } from '../engine/duration.ts';
import { dueAt } from '../engine/next.ts';
import type { Phase } from '../engine/plan.ts';
import type { State } from '../engine/state.ts';

const minuteMs = 60_000;

/** `2026-03-10 11:00Z` of a time in ms. */
export function minuteText(ms: number): string {
  return `${new Date(ms).toISOString().slice(0, 16).replace('T', ' ')}Z`;
}

/** `11:00Z` of a time in ms on the same UTC day as `now`, else with its date. */
export function clockText(ms: number, now: number): string {
  const text = minuteText(ms);
  return text.slice(0, 10) === minuteText(now).slice(0, 10) ? text.slice(11) : text;
}

/** `1h30m`: whole minutes of a distance in ms, rounded down; `0m` for less than one. */
export function minutes(ms: number): string {
  return ms < minuteMs ? '0m' : formatDuration(Math.floor(ms / minuteMs) * minuteMs);
}

/** How long something took: `42m`, and below a minute `12s`. */
export function lengthText(ms: number): string {
  return ms < minuteMs ? `${Math.max(0, Math.round(ms / 1000))}s` : minutes(ms);
}

/** `4m late`, `4m early`, or `on time` within a minute; `ms` is how much later than planned. */
export function lateText(ms: number): string {
  if (Math.abs(ms) < minuteMs) return 'on time';
  return ms > 0 ? `${minutes(ms)} late` : `${minutes(-ms)} early`;
}

/** `now`, `when T is set`, or the moment and how long until then. */
export function dueText(phase: Phase, state: State, now: number): string {
  const due = dueAt(phase, state);
  if (due === Number.POSITIVE_INFINITY) return 'when T is set';
  return due <= now ? 'now' : `${minuteText(due)}, in ${formatDuration(due - now)}`;
}
