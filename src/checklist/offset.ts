// The distances in time a checklist is written with: offsets from T, and polling intervals.

import { parseDuration } from '../engine/duration.ts';

/** `T`, `T-0`, `T-7d`, `T+15m` in ms from T; undefined when it is none of these. */
export function parseOffset(text: string): number | undefined {
  if (text === 'T') return 0;
  const match = /^T([+-])(\w+)$/.exec(text);
  if (match === null) return undefined;
  const distance = match[2] === '0' ? 0 : parseDuration(match[2] ?? '');
  if (distance === undefined) return undefined;
  return match[1] === '-' ? 0 - distance : distance;
}

/** `5s` or `5s..30s` in ms; undefined when it is neither, zero, or backwards. */
export function parseInterval(text: string): { readonly min: number; readonly max: number } | undefined {
  const [first, second, ...more] = text.split('..');
  const min = parseDuration(first ?? '');
  const max = second === undefined ? min : parseDuration(second);
  if (min === undefined || max === undefined || more.length > 0 || min <= 0 || max < min) return undefined;
  return { min, max };
}

/** `90%` as 0.9; undefined when it is not between 0 and 100 percent. */
export function parsePercent(text: string): number | undefined {
  const match = /^(\d{1,3})%$/.exec(text);
  const share = match === null ? Number.NaN : Number(match[1]) / 100;
  return share >= 0 && share <= 1 ? share : undefined;
}
