// Matches in a log group over a window that ends now, with proof that the group received anything at all.

import { z } from 'zod';
import type { JsonObject } from '../engine/json.ts';
import type { World } from '../world.ts';
import { iamActions } from './aws-iam.ts';
import { foundShape, missingFacts, objects, placeFields, placeOf, placeWords, text } from './aws-facts.ts';
import type { AwsPlace } from './aws-facts.ts';
import { maskSecrets } from './aws-logs-mask.ts';
import type { Attempt, Kind } from './kind.ts';

export interface AwsLogsArgs extends AwsPlace {
  /** The exact name of the group. */
  readonly group: string;
  /** How far back, such as `10m`. At most 14 days. */
  readonly window: string;
  /** Plain texts, case-sensitive; an event matches when it has one of them. */
  readonly match: readonly string[];
  /** Plain texts; a match that has one of them does not count. */
  readonly ignore?: readonly string[] | undefined;
}

const operations = ['logs:FilterLogEvents'];
const shown = 20;
const messageLength = 500;
const proofPage = 100;
/** CloudWatch Logs takes no longer pattern. */
const patternLength = 1024;
const unitMs: Readonly<Record<string, number>> = { s: 1_000, m: 60_000, h: 3_600_000, d: 86_400_000 };
const maxWindowMs = 14 * 86_400_000;

const schema: z.ZodType<AwsLogsArgs> = z.strictObject({
  group: z.string().min(1),
  window: z
    .string()
    .refine(
      (window) => windowMs(window) > 0 && windowMs(window) <= maxWindowMs,
      'Write a duration such as 10m, at most 14d',
    )
    .describe('how far back, such as 10m'),
  match: z
    .array(z.string().min(1))
    .min(1)
    .refine((terms) => patternOf(terms).length <= patternLength, 'The terms are longer than CloudWatch Logs takes')
    .describe('plain texts, case-sensitive; an event matches when it has one of them'),
  ignore: z.array(z.string().min(1)).optional().describe('plain texts; a match that has one of them does not count'),
  ...placeFields,
});

/**
 * Facts: `match_count`, `matches` (the first 20: `at`, `stream`, `message` of at most 500 characters, what looks like
 * a secret masked), `from` and `to`. `events_received` is how many events were seen in the window, at least, reading
 * on only until there is one; it is absent when there were none, so `proof: events_received` keeps silence from
 * counting as clean. The window ends now: events still being taken in by CloudWatch Logs (a minute or two) are not
 * seen, so give `window` that much more where it matters.
 */
export const awsLogs: Kind<AwsLogsArgs> = {
  name: 'aws.logs',
  summary: 'Log events that match in a window, with proof that the group received events.',
  example: `probe:
  aws.logs: { group: "\${backend.logs}", window: 10m, match: [ERROR, "transport closed"] }
expect:
  - { path: "matches[]", count: 0, proof: events_received }`,
  schema,
  nature: () => 'looks',
  describe: (args) =>
    `Look for ${args.match.map((term) => `"${term}"`).join(' or ')} in the last ${args.window} of the log group ${args.group}${placeWords(args)}`,
  permissions: () => iamActions(operations),
  operations: () => operations,
  facts: () => ({
    type: 'structure',
    members: () => ({
      events_received: { type: 'number' },
      match_count: { type: 'number' },
      matches: {
        type: 'list',
        of: () => ({
          type: 'structure',
          members: () => ({ at: { type: 'time' }, stream: { type: 'string' }, message: { type: 'string' } }),
        }),
      },
      from: { type: 'time' },
      to: { type: 'time' },
      ...foundShape,
    }),
  }),
  run: async (args, world, attempt) => {
    const to = world.clock.now();
    const from = to - windowMs(args.window);
    const input = { logGroupName: args.group, startTime: from, endTime: to };
    const matching = await read(args, world, attempt, { ...input, filterPattern: patternOf(args.match) });
    if ('missing' in matching) return missingFacts(matching, matching.requests);
    const matched = objects(matching.output['events']);
    const proof =
      matched.length > 0 ? undefined : await read(args, world, attempt, { ...input, limit: proofPage }, 'events');
    if (proof !== undefined && 'missing' in proof)
      return missingFacts(proof, [...matching.requests, ...proof.requests]);
    const received = proof === undefined ? matched.length : objects(proof.output['events']).length;
    const counted = matched.filter(
      (event) => !(args.ignore ?? []).some((term) => (text(event['message']) ?? '').includes(term)),
    );
    return {
      facts: {
        found: true,
        ...(received > 0 ? { events_received: received } : {}),
        match_count: counted.length,
        matches: counted.slice(0, shown).map((event) => matchOf(event)),
        from: new Date(from).toISOString(),
        to: new Date(to).toISOString(),
      },
      requests: [...matching.requests, ...(proof?.requests ?? [])],
    };
  },
};

function read(args: AwsLogsArgs, world: World, attempt: Attempt, input: JsonObject, enough?: string) {
  const call = { service: 'logs', operation: 'FilterLogEvents', input, ...placeOf(args, attempt) };
  return world.aws.read(enough === undefined ? call : { ...call, enough }, attempt.signal);
}

function matchOf(event: JsonObject): JsonObject {
  const at = event['timestamp'];
  return {
    ...(typeof at === 'number' ? { at: new Date(at).toISOString() } : {}),
    stream: text(event['logStreamName']) ?? '',
    message: maskSecrets(text(event['message']) ?? '').slice(0, messageLength),
  };
}

/** `?"a" ?"b"`: CloudWatch Logs' way to say one of these texts. */
function patternOf(terms: readonly string[]): string {
  return terms.map((term) => `?"${term.replaceAll('\\', '\\\\').replaceAll('"', '\\"')}"`).join(' ');
}

/** 0 for what is no duration. */
function windowMs(window: string): number {
  const [, count = '0', unit = 's'] = /^([1-9]\d{0,5})(s|m|h|d)$/.exec(window) ?? [];
  return Number(count) * (unitMs[unit] ?? 0);
}
