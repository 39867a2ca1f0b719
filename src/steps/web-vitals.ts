// The vitals of a page in a headless browser: when its largest part was there, how it jumped, how it took a click.

import { z } from 'zod';
import { parseDuration } from '../engine/duration.ts';
import type { JsonObject } from '../engine/json.ts';
import type { Shape } from '../engine/shape.ts';
import type { VitalsAnswer } from '../wire.ts';
import { devices } from './devices.ts';
import { isTimeout } from './http.ts';
import type { Kind } from './kind.ts';
import { isWebAddress } from './load-list.ts';

export interface WebVitalsArgs {
  readonly url: string;
  /** 1 to 9. Default 3. */
  readonly runs?: number | undefined;
  /** Default desktop. */
  readonly device?: 'mobile' | 'desktop' | undefined;
  /** A CSS selector of what is clicked. With it, it pokes. */
  readonly interact?: string | undefined;
  /** For each run. Default 60s. */
  readonly timeout?: string | undefined;
}

const usualRuns = 3;
const defaultTimeoutMs = 60_000;

const schema: z.ZodType<WebVitalsArgs> = z.strictObject({
  url: z.string().refine(isWebAddress, 'Give a whole address: https://host/path, without a user or password in it'),
  runs: z
    .int()
    .min(1)
    .max(9)
    .optional()
    .describe('each with a fresh profile, one after the other; 3 unless it is given'),
  device: z
    .enum(['mobile', 'desktop'])
    .optional()
    .describe('mobile is a slow phone on a slow 4G; desktop unless it is given'),
  interact: z
    .string()
    .min(1)
    .max(500)
    .optional()
    .describe('a CSS selector of what is clicked once the page is at rest; with it the step pokes'),
  timeout: z
    .string()
    .refine(isTimeout, 'Give a duration of at most 5m, such as 60s')
    .optional()
    .describe('for each run; 60s unless it is given'),
});

/** The names of the facts, each with what the browser calls it. */
const vitals = [
  ['lcp_ms', 'lcpMs'],
  ['cls', 'cls'],
  ['inp_ms', 'inpMs'],
  ['fcp_ms', 'fcpMs'],
  ['ttfb_ms', 'ttfbMs'],
] as const;
const figures: Readonly<Record<string, Shape>> = Object.fromEntries(vitals.map(([name]) => [name, { type: 'number' }]));

const facts: Shape = {
  type: 'structure',
  members: () => ({
    ...figures,
    runs: { type: 'list', of: () => ({ type: 'structure', members: () => ({ ...figures, url: { type: 'string' } }) }) },
    browser: { type: 'string' },
    device: { type: 'string' },
    cpu_slowdown: { type: 'number' },
    latency_ms: { type: 'number' },
    down_kbps: { type: 'number' },
    up_kbps: { type: 'number' },
    url: { type: 'string' },
    status: { type: 'number' },
  }),
  required: ['runs', 'browser', 'device', 'cpu_slowdown', 'url', 'status'],
};

/**
 * Facts: `lcp_ms` (largest contentful paint), `cls` (layout shift), `inp_ms` (from a click to the next paint; only with
 * `interact`), `fcp_ms` and `ttfb_ms`, each the median over `runs`, and absent unless it came in every run; `runs`, each with
 * its own and the `url` it ended at; `url` and `status` of the last; `browser`; `device` with its `cpu_slowdown` (1: none), and
 * where its network is slowed down `latency_ms`, `down_kbps` and `up_kbps`. A page is watched until nothing is under way and
 * nothing has changed for 2 s, at most 15 s. An answer of 400 and more is no fact: it could not look.
 */
export const webVitals: Kind<WebVitalsArgs> = {
  name: 'web_vitals',
  summary: 'The vitals of a page in headless Chromium, as medians over some visits. Looks, and pokes where it clicks.',
  example: `probe:
  web_vitals: { url: "https://\${domain}/", device: mobile }
expect:
  - { path: lcp_ms, lte: 2500 }
  - { path: cls, lte: 0.1 }`,
  schema,
  nature: ({ interact }) => (interact === undefined ? 'looks' : 'pokes'),
  describe: ({ url, runs = usualRuns, device = 'desktop', interact }) =>
    `Visit ${url} in Chromium ${runs === 1 ? 'once' : `${runs} times`}, as ${device}${
      interact === undefined ? '' : `; clicks ${interact}`
    }`,
  permissions: () => [],
  operations: () => [],
  facts: () => facts,
  run: async ({ url, runs = usualRuns, device = 'desktop', interact, timeout = '' }, world, { signal }) => {
    const timeoutMs = parseDuration(timeout) ?? defaultTimeoutMs;
    const request = { url, device, ...(interact !== undefined && { interact }), timeoutMs };
    const answers: VitalsAnswer[] = [];
    while (answers.length < runs) answers.push(await world.browser.vitals(request, signal));
    return { facts: factsOf(answers, device), requests: [] };
  },
};

function factsOf(answers: readonly VitalsAnswer[], device: 'mobile' | 'desktop'): JsonObject {
  const last = answers.at(-1);
  const { throttle } = devices[device];
  return {
    ...medians(answers),
    runs: answers.map((answer) => ({ ...medians([answer]), url: answer.url })),
    browser: last?.browser ?? '',
    device,
    cpu_slowdown: throttle?.cpu ?? 1,
    ...(throttle !== undefined && {
      latency_ms: throttle.latencyMs,
      down_kbps: throttle.downKbps,
      up_kbps: throttle.upKbps,
    }),
    url: last?.url ?? '',
    status: last?.status ?? 0,
  };
}

function medians(answers: readonly VitalsAnswer[]): JsonObject {
  const found = vitals.flatMap(([name, key]): readonly (readonly [string, number])[] => {
    const values = answers.flatMap((answer) => answer[key] ?? []);
    // One that came in some runs only is none that can be told: the others may have been the slow ones.
    if (values.length < answers.length) return [];
    return [[name, rounded(name, medianOf(values))]];
  });
  return Object.fromEntries(found);
}

function medianOf(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  const [low = 0, high = 0] = [sorted[Math.ceil(sorted.length / 2) - 1], sorted[Math.floor(sorted.length / 2)]];
  return (low + high) / 2;
}

/** Milliseconds to tenths, shifts to what tells 0.1 from a little more. */
function rounded(name: string, value: number): number {
  const digits = name === 'cls' ? 10_000 : 10;
  return Math.round(value * digits) / digits;
}
