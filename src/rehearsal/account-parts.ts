// The parts that the state of every service of the stand-in account is made of.

import { z } from 'zod';

/** A map keyed by name, so that a merge patch can change or remove any one thing. */
export const named = <T extends z.ZodType>(value: T) => z.record(z.string().min(1), value).default({});
export const whole = z.int().min(0);
export const moment = z.iso.datetime({ offset: true });
/** A span such as `90s`, `4m`, `12h`, `3d`. */
export const span = z.string().regex(/^\d+(ms|s|m|h|d)$/, 'expected a span such as 90s, 4m, 12h or 3d');

/** Milliseconds of a span such as `90s`. The schema has already refused anything else. */
export function spanMs(text: string): number {
  const units: Readonly<Record<string, number>> = { ms: 1, s: 1000, m: 60_000, h: 3_600_000, d: 86_400_000 };
  const unit = text.replace(/^\d+/, '');
  return Number.parseInt(text, 10) * (units[unit] ?? 0);
}
