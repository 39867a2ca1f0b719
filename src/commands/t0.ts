// The moment of cutover, as typed.

import { GoliveError } from '../errors.ts';

const form = /^(\d{4}-\d{2}-\d{2})[T ](\d{2}:\d{2}(?::\d{2})?) ?(Z|UTC|[+-]\d{2}:?\d{2})$/i;

/** A time with a zone in ms. Throws GoliveError: a time without a zone means something else in every room. */
export function parseT0(text: string): number {
  const [, day, time, zone = ''] = form.exec(text.trim()) ?? [];
  const offset = /^(Z|UTC)$/i.test(zone) ? 'Z' : zone.replace(/^([+-]\d{2})(\d{2})$/, '$1:$2');
  const ms = day === undefined ? Number.NaN : Date.parse(`${day}T${time}${offset}`);
  if (!Number.isNaN(ms)) return ms;
  throw new GoliveError('usage', `--t0 ${text} is not a time with a zone`, {
    hint: "For example --t0 '2026-03-01 10:00+01:00' or --t0 2026-03-01T09:00Z",
  });
}
