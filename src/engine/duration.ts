// Durations as people write them (`30s`, `5m`, `24h`, `7d`) and moments in time, as milliseconds.

const units = { d: 86_400_000, h: 3_600_000, m: 60_000, s: 1000 } as const;
const form = /^(?:(\d{1,5})d)?(?:(\d{1,5})h)?(?:(\d{1,5})m)?(?:(\d{1,5})s)?$/;

/** Milliseconds of `30s`, `5m`, `24h`, `90d` or `1h30m`; undefined for anything else. Never negative. */
export function parseDuration(text: string): number | undefined {
  const match = form.exec(text);
  if (text === '' || match === null) return undefined;
  const [d, h, m, s] = match.slice(1).map((digits) => Number(digits ?? 0));
  return (d ?? 0) * units.d + (h ?? 0) * units.h + (m ?? 0) * units.m + (s ?? 0) * units.s;
}

/** `1h30m`, `45s`, `250ms`; a leading `-` for negative ones. Below a second it is shown in ms, above it in whole seconds. */
export function formatDuration(ms: number): string {
  if (ms < 0) return `-${formatDuration(-ms)}`;
  if (ms < units.s) return ms === 0 ? '0s' : `${Math.round(ms)}ms`;
  let rest = Math.floor(ms / units.s) * units.s;
  let text = '';
  for (const [unit, size] of Object.entries(units)) {
    const n = Math.floor(rest / size);
    if (n > 0) text += `${n}${unit}`;
    rest -= n * size;
  }
  return text;
}

const moment = /^\d{4}-\d\d-\d\d(?:T\d\d:\d\d(?::\d\d(?:\.\d{1,9})?)?(?:Z|[+-]\d\d:?\d\d))?$/;

/**
 * Milliseconds since 1970 of ISO 8601 text: a date (midnight UTC) or a date and time with a zone. A time without a
 * zone means something else on every machine, so it is not accepted: undefined.
 */
export function parseTime(text: string): number | undefined {
  if (!moment.test(text)) return undefined;
  const ms = Date.parse(text);
  return Number.isNaN(ms) ? undefined : ms;
}

/** Tells durations of more than nothing and at most `longestMs` from any other text. */
export function durationUpTo(longestMs: number): (text: string) => boolean {
  return (text) => {
    const ms = parseDuration(text);
    return ms !== undefined && ms > 0 && ms <= longestMs;
  };
}
