// A database instance restored from a snapshot, under a name of its own: what is there already stays as it is.

import { z } from 'zod';
import { durationUpTo, formatDuration, parseDuration } from '../engine/duration.ts';
import type { JsonObject } from '../engine/json.ts';
import { BlindError } from '../errors.ts';
import type { AwsMissing, World } from '../world.ts';
import type { ActKind, Made, Pending, Prospect, Sees } from './act.ts';
import { foundShape, missingFacts, objects, placeFields, placeOf, placeWords, text, refusalOf } from './aws-facts.ts';
import { membersOf, shapeAt, type AwsPlace } from './aws-facts.ts';
import { iamActions } from './aws-iam.ts';
import type { Attempt, Seen } from './kind.ts';

export interface RdsRestoreSnapshotArgs extends AwsPlace {
  /** Its name, or its ARN where it is another account's. */
  readonly snapshot: string;
  /** The name of the instance that comes to be. */
  readonly instance: string;
  readonly class?: string | undefined;
  readonly subnet_group?: string | undefined;
  readonly security_groups?: readonly string[] | undefined;
  readonly multi_az?: boolean | undefined;
  /** Until it is available. Default 60m. */
  readonly timeout?: string | undefined;
}

type Args = RdsRestoreSnapshotArgs;

const operations = ['rds:DescribeDBInstances', 'rds:DescribeDBSnapshots', 'rds:RestoreDBInstanceFromDBSnapshot'];
const defaultTimeoutMs = 3_600_000;
const longestTimeoutMs = 21_600_000;
const isTimeout = durationUpTo(longestTimeoutMs);
/** The tag that says which change an instance came from. */
const tagName = 'golive';
/** What an instance does not become available from by itself. */
const broken = [
  'failed',
  'incompatible-create',
  'incompatible-network',
  'incompatible-option-group',
  'incompatible-parameters',
  'incompatible-restore',
  'inaccessible-encryption-credentials',
  'insufficient-capacity',
  'restore-error',
  'storage-full',
];

const schema: z.ZodType<Args> = z.strictObject({
  snapshot: z.string().min(1).describe('the name of a snapshot, or the ARN of one that is shared'),
  instance: z
    .string()
    .regex(/^[a-z](?:-?[a-z0-9]){0,62}$/, 'Give up to 63 small letters, digits and single hyphens, a letter first')
    .describe('the name of the new instance: none of that name may be there'),
  class: z.string().min(1).optional().describe("the snapshot's own unless it is given"),
  subnet_group: z.string().min(1).optional().describe('the name of a DB subnet group'),
  security_groups: z.array(z.string().min(1)).min(1).optional().describe('ids of security groups'),
  multi_az: z.boolean().optional(),
  timeout: z
    .string()
    .refine(isTimeout, 'Give a duration of at most 6h, such as 60m')
    .optional()
    .describe('until it is available; 60m unless it is given'),
  ...placeFields,
});

/**
 * The new instance carries the mark in its tag `golive`: by it a restore whose answer was lost is told apart from an
 * instance that somebody else made. Facts: the instance as AWS gives it, `found`, and `marked`, whether its tag is the
 * one of this change. It deletes nothing, so there is no way back of its own: the checklist says what becomes of it.
 */
export const rdsRestoreSnapshot: ActKind<Args> = {
  name: 'rds.restore_snapshot',
  summary: 'Restores a snapshot of RDS into a new instance, and waits until that is available.',
  example: `act:
  rds.restore_snapshot:
    snapshot: "\${snapshot.DBSnapshotIdentifier}"
    instance: shop-prod-db-restored
    class: db.t4g.medium
    subnet_group: shop-prod
    security_groups: ["\${db_sg.GroupId}"]
    timeout: 2h
confirm: { phrase: restore the database }
undo: { none: the restored instance stays beside the old one until somebody deletes it }`,
  schema,
  class: 'observable',
  describe: (args) =>
    `Restore the snapshot ${args.snapshot} into a new database instance ${args.instance}${placeWords(args)}`,
  permissions: () => iamActions(operations),
  operations: () => operations,
  facts: (_, catalogue) => ({
    type: 'structure',
    members: () => ({
      ...membersOf(shapeAt(catalogue.shapes('rds', 'DescribeDBInstances')?.output, ['DBInstances', '[]'])),
      marked: { type: 'boolean' },
      ...foundShape,
    }),
  }),
  prepare: async (args, world, attempt, pending) => {
    const fresh = { ...attempt, fresh: true };
    const [instance, snapshot] = await Promise.all([
      readOne(args, 'DBInstance', args.instance, world, fresh),
      readOne(args, 'DBSnapshot', args.snapshot, world, fresh),
    ]);
    return prospectOf(args, instance, snapshot, pending);
  },
  perform: async (args, { request }, mark, world, attempt) => {
    const input = { ...request, Tags: [{ Key: tagName, Value: mark }] };
    const call = { service: 'rds', operation: 'RestoreDBInstanceFromDBSnapshot', input, ...placeOf(args, attempt) };
    const answer = await world.changes.change(call, attempt.signal);
    const { requests } = answer;
    if ('refused' in answer) return refusalOf(answer);
    const { DBInstance: made = null } = answer.output;
    const [instance = {}] = objects([made]);
    return { change: text(instance['DBInstanceArn']) ?? '', facts: instance, requests };
  },
  sees: { look, effect: effectOf },
};

/** One thing of RDS by its name, or that AWS says it is not there. */
type One = { readonly seen: JsonObject; readonly requests: readonly string[] } | AwsMissing;

async function readOne(
  args: Args,
  sort: 'DBInstance' | 'DBSnapshot',
  name: string,
  world: World,
  attempt: Attempt,
): Promise<One> {
  const input = { [`${sort}Identifier`]: name };
  const call = { service: 'rds', operation: `Describe${sort}s`, input, ...placeOf(args, attempt) };
  const answer = await world.aws.read(call, attempt.signal);
  const { requests } = answer;
  if ('missing' in answer) return answer;
  const [seen, ...more] = objects(answer.output[`${sort}s`]);
  if (seen !== undefined && more.length === 0) return { seen, requests };
  // Not there is an error of AWS's own; anything else says nothing.
  throw new BlindError('server', `rds:Describe${sort}s does not say what ${name} is.`, { requests });
}

function prospectOf(args: Args, instance: One, snapshot: One, pending: Pending | undefined): Prospect {
  const requests = [...instance.requests, ...snapshot.requests];
  const before = { instance: args.instance, snapshot: args.snapshot };
  const all = { before, request: requestOf(args), requests };
  if ('seen' in instance) {
    const [tag, created] = [tagOf(instance.seen), text(instance.seen['InstanceCreateTime'])];
    const ours = pending !== undefined && tag === pending.mark;
    const whose = tag === undefined ? '' : `, made by ${tag}`;
    return {
      ...all,
      stands: ours ? 'already' : 'foreign',
      lines: [],
      expected: `there is no instance ${args.instance} yet`,
      observed: `one is there already${created === undefined ? '' : `, since ${created}`}${whose}`.slice(0, 300),
    };
  }
  const status = 'seen' in snapshot ? (text(snapshot.seen['Status']) ?? 'of no known status') : 'not there';
  const ready = status === 'available';
  return {
    ...all,
    stands: ready ? 'ready' : 'foreign',
    lines: ready ? [`+ a database instance ${args.instance}, from the snapshot ${args.snapshot}`] : [],
    expected: `the snapshot ${args.snapshot} is available`,
    observed: `it is ${status}`,
  };
}

function requestOf(args: Args): JsonObject {
  return {
    DBInstanceIdentifier: args.instance,
    DBSnapshotIdentifier: args.snapshot,
    ...(args.class === undefined ? {} : { DBInstanceClass: args.class }),
    ...(args.subnet_group === undefined ? {} : { DBSubnetGroupName: args.subnet_group }),
    ...(args.security_groups === undefined ? {} : { VpcSecurityGroupIds: [...args.security_groups] }),
    ...(args.multi_az === undefined ? {} : { MultiAZ: args.multi_az }),
  };
}

function tagOf(instance: JsonObject): string | undefined {
  return text(objects(instance['TagList']).find(({ Key: key }) => key === tagName)?.['Value']);
}

async function look(args: Args, { mark }: Made, world: World, attempt: Attempt): Promise<Seen> {
  const now = await readOne(args, 'DBInstance', args.instance, world, { ...attempt, fresh: true });
  if ('missing' in now) return missingFacts(now, now.requests);
  const { seen, requests } = now;
  return { facts: { ...seen, found: true, marked: mark !== '' && tagOf(seen) === mark }, requests };
}

function effectOf(args: Args): ReturnType<Sees<Args>['effect']> {
  const forMs = parseDuration(args.timeout ?? '') ?? defaultTimeoutMs;
  return {
    expect: [
      { path: 'DBInstanceStatus', eq: 'available' },
      { path: 'marked', eq: true },
    ],
    wait: {
      forMs,
      everyMs: { min: 15_000, max: 60_000 },
      consecutive: 1,
      stopIf: [{ path: 'DBInstanceStatus', in: broken }],
    },
    words: `the instance ${args.instance} is available, within ${formatDuration(forMs)}`,
  };
}
