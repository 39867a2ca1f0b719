// Makes CloudFront forget what it keeps of some paths, and waits until every edge has.

import { z } from 'zod';
import { durationUpTo, formatDuration, parseDuration } from '../engine/duration.ts';
import type { JsonObject } from '../engine/json.ts';
import { isObject } from '../engine/json.ts';
import { BlindError } from '../errors.ts';
import type { AwsAnswer, AwsMissing, World } from '../world.ts';
import type { ActKind, ActWorld, Made, Pending, Performed, Prospect, Sees } from './act.ts';
import { missingFacts, objects, refusalOf, text } from './aws-facts.ts';
import { iamActions } from './aws-iam.ts';
import type { Attempt, Seen } from './kind.ts';

export interface CloudfrontInvalidateArgs {
  /** The id of a distribution. */
  readonly distribution: string;
  /** Begin with a slash; a star at the end stands for any text. */
  readonly paths: readonly string[];
  /** Until every edge has forgotten. Default 15m. */
  readonly timeout?: string | undefined;
  readonly account?: string | undefined;
}

type Args = CloudfrontInvalidateArgs;

const operations = [
  'cloudfront:GetDistribution',
  'cloudfront:CreateInvalidation',
  'cloudfront:GetInvalidation',
  'cloudfront:ListInvalidations',
];
const defaultTimeoutMs = 900_000;
const longestTimeoutMs = 3_600_000;
const isTimeout = durationUpTo(longestTimeoutMs);
/** How many of the newest invalidations are looked through for a mark. */
const newest = 20;

const schema: z.ZodType<Args> = z.strictObject({
  distribution: z.string().regex(/^E[A-Z0-9]{5,30}$/, 'Give the id of a distribution, such as E2QWRUHAPOMQZL'),
  paths: z
    .array(z.string().regex(/^\/[^\s*]*\*?$/, 'Give a path that begins with a slash; a star only at its end'))
    .min(1)
    .max(100)
    .describe('such as /index.html or /*'),
  timeout: z
    .string()
    .refine(isTimeout, 'Give a duration of at most 1h, such as 15m')
    .optional()
    .describe('until every edge has forgotten; 15m unless it is given'),
  account: z.string().min(1).optional().describe('a name under `accounts` of the target; its own account otherwise'),
});

/**
 * The mark is the CallerReference: sent twice it is one invalidation, and after a lost answer it is found by it among the
 * newest. A cache is no state, so there is nothing to go back to; a way back that puts other content ends with another
 * invalidation. Facts: the invalidation as CloudFront gives it, and `found`.
 */
export const cloudfrontInvalidate: ActKind<Args> = {
  name: 'cloudfront.invalidate',
  summary: 'Makes CloudFront forget what it keeps of some paths, and waits until every edge has.',
  example: `act:
  cloudfront.invalidate:
    distribution: E2QWRUHAPOMQZL
    paths: ["/index.html", "/assets/*"]
undo: { none: what a cache forgot it fetches again }
confirm: target`,
  schema,
  class: 'token',
  describe: (args) => `Make the CloudFront distribution ${args.distribution} forget ${pathWords(args)}`,
  permissions: () => iamActions(operations),
  operations: () => operations,
  facts: () => ({
    type: 'structure',
    members: () => ({
      found: { type: 'boolean' },
      Id: { type: 'string' },
      Status: { type: 'string' },
      CreateTime: { type: 'time' },
      InvalidationBatch: { type: 'any' },
      error: { type: 'any' },
    }),
  }),
  prepare,
  perform,
  sees: { look, effect: effectOf },
};

async function prepare(args: Args, world: World, attempt: Attempt, pending?: Pending): Promise<Prospect> {
  const fresh = { ...attempt, fresh: true };
  const answer = await read('GetDistribution', { Id: args.distribution }, args, world, fresh);
  const there = { before: {}, request: { DistributionId: args.distribution, paths: [...args.paths] } };
  if ('missing' in answer) {
    const expected = `there is a distribution ${args.distribution}`;
    const observed = `there is none: ${answer.missing.code}`;
    return { ...there, stands: 'foreign', lines: [], expected, observed, requests: answer.requests };
  }
  const ours = pending === undefined ? undefined : await findMarked(args, pending.mark, world, fresh);
  const made = ours?.id !== undefined;
  return {
    ...there,
    stands: made ? 'already' : 'ready',
    lines: args.paths.map((path) => `- what the edges of ${args.distribution} keep of ${path}`),
    expected: 'no such invalidation yet',
    observed: made ? `the invalidation ${ours.id} has our mark` : 'there is none with our mark',
    requests: [...answer.requests, ...(ours?.requests ?? [])],
  };
}

async function perform(args: Args, _: Prospect, mark: string, world: ActWorld, attempt: Attempt): Promise<Performed> {
  const input = {
    DistributionId: args.distribution,
    InvalidationBatch: {
      CallerReference: mark,
      Paths: { Quantity: args.paths.length, Items: [...args.paths] },
    },
  };
  const call = { service: 'cloudfront', operation: 'CreateInvalidation', input, ...accountOf(args) };
  const answer = await world.changes.change(call, attempt.signal);
  if ('refused' in answer) return refusalOf(answer);
  const { Invalidation: made = null } = answer.output;
  return { change: text(isObject(made) ? made['Id'] : undefined) ?? '', requests: answer.requests };
}

/** Without an id: there is none. */
interface Found {
  readonly id?: string;
  readonly requests: readonly string[];
}

/** The invalidation with this mark, among the newest: their list does not show what they were marked with. */
async function findMarked(args: Args, mark: string, world: World, attempt: Attempt): Promise<Found> {
  const input = { DistributionId: args.distribution, MaxItems: newest };
  const answer = await read('ListInvalidations', input, args, world, { ...attempt, fresh: true });
  const { InvalidationList: list = null } = 'output' in answer ? answer.output : {};
  const requests = [...answer.requests];
  for (const item of objects(isObject(list) ? list['Items'] : undefined)) {
    const id = text(item['Id']) ?? '';
    const one = await read('GetInvalidation', { DistributionId: args.distribution, Id: id }, args, world, attempt);
    requests.push(...one.requests);
    const { Invalidation: seen = null } = 'output' in one ? one.output : {};
    const batch = isObject(seen) ? seen['InvalidationBatch'] : undefined;
    if (batch !== undefined && isObject(batch) && batch['CallerReference'] === mark) return { id, requests };
  }
  return { requests };
}

async function look(args: Args, { change, mark }: Made, world: World, attempt: Attempt): Promise<Seen> {
  const fresh = { ...attempt, fresh: true };
  const found: Found = change === '' ? await findMarked(args, mark, world, fresh) : { id: change, requests: [] };
  if (found.id === undefined) return { facts: { found: false }, requests: found.requests };
  const input = { DistributionId: args.distribution, Id: found.id };
  const answer = await read('GetInvalidation', input, args, world, fresh);
  const requests = [...found.requests, ...answer.requests];
  if ('missing' in answer) return missingFacts(answer, requests);
  const { Invalidation: seen = null } = answer.output;
  if (isObject(seen)) return { facts: { ...seen, found: true }, requests };
  throw new BlindError('server', 'cloudfront:GetInvalidation does not say what became of it.', { requests });
}

function read(
  operation: string,
  input: JsonObject,
  args: Args,
  world: World,
  attempt: Attempt,
): Promise<AwsAnswer | AwsMissing> {
  const call = {
    service: 'cloudfront',
    operation,
    input,
    ...accountOf(args),
    ...(attempt.fresh && { fresh: true }),
    // One page is enough for what was sent a moment ago: the newest come first.
    ...(operation === 'ListInvalidations' && { enough: 'InvalidationList' }),
  };
  return world.aws.read(call, attempt.signal);
}

/** CloudFront is in no region. */
function accountOf({ account }: Args): { account?: string } {
  return account === undefined ? {} : { account };
}

function effectOf(args: Args): ReturnType<Sees<Args>['effect']> {
  const forMs = parseDuration(args.timeout ?? '') ?? defaultTimeoutMs;
  return {
    expect: [{ path: 'Status', eq: 'Completed' }],
    wait: { forMs, everyMs: { min: 5000, max: 20_000 }, consecutive: 1, stopIf: [{ path: 'found', eq: false }] },
    words: `every edge has forgotten ${pathWords(args)}, within ${formatDuration(forMs)}`,
  };
}

function pathWords({ paths }: Args): string {
  const written: unknown = paths;
  return Array.isArray(written) ? paths.join(', ') : String(written);
}
