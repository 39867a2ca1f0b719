// A backup of a DynamoDB table, under a name that no other backup has.

import { z } from 'zod';
import { durationUpTo, formatDuration, parseDuration } from '../engine/duration.ts';
import type { JsonObject } from '../engine/json.ts';
import { isObject } from '../engine/json.ts';
import { BlindError } from '../errors.ts';
import type { AwsAnswer, AwsMissing, World } from '../world.ts';
import type { ActKind, ActWorld, Made, Pending, Performed, Prospect, Sees } from './act.ts';
import { foundShape, missingFacts, objects, placeFields, placeOf, placeWords, refusalOf, text } from './aws-facts.ts';
import type { AwsPlace } from './aws-facts.ts';
import { iamActions } from './aws-iam.ts';
import type { Attempt, Seen } from './kind.ts';

export interface DynamodbCreateBackupArgs extends AwsPlace {
  readonly table: string;
  /** What the name of the backup begins with; what it was marked with follows. */
  readonly name: string;
  /** Until it is whole. Default 30m. */
  readonly timeout?: string | undefined;
}

type Args = DynamodbCreateBackupArgs;

const operations = [
  'dynamodb:DescribeTable',
  'dynamodb:CreateBackup',
  'dynamodb:ListBackups',
  'dynamodb:DescribeBackup',
];
const defaultTimeoutMs = 1_800_000;
const longestTimeoutMs = 21_600_000;
const isTimeout = durationUpTo(longestTimeoutMs);

const schema: z.ZodType<Args> = z.strictObject({
  table: z.string().regex(/^[\w.-]{3,255}$/, 'Give the name of a table'),
  name: z
    .string()
    .regex(/^[\w.-]{1,150}$/, 'Give letters, digits, dots, hyphens and underscores, at most 150')
    .describe('what the name of the backup begins with; the run and its place in the log follow'),
  timeout: z
    .string()
    .refine(isTimeout, 'Give a duration of at most 6h, such as 30m')
    .optional()
    .describe('until it is whole; 30m unless it is given'),
  ...placeFields,
});

/**
 * DynamoDB takes the same name twice, so the name carries the mark: a backup whose answer was lost is found by it. It
 * takes nothing away and replaces nothing, so nothing is taken back. Facts: its details as AWS gives them, `found`, and
 * `marked`, whether its name is that of this change.
 */
export const dynamodbCreateBackup: ActKind<Args> = {
  name: 'dynamodb.create_backup',
  summary: 'Makes a backup of a DynamoDB table, and waits until it is whole.',
  example: `act:
  dynamodb.create_backup: { table: shop-prod-orders, name: before-release }
undo: { none: "a backup stays until somebody deletes it, and is in nobody's way" }
confirm: target`,
  schema,
  class: 'observable',
  describe: (args) => `Make a backup of the DynamoDB table ${args.table}${placeWords(args)}, named ${args.name}-…`,
  permissions: () => iamActions(operations),
  operations: () => operations,
  facts: () => ({
    type: 'structure',
    members: () => ({
      marked: { type: 'boolean' },
      BackupArn: { type: 'string' },
      BackupName: { type: 'string' },
      BackupStatus: { type: 'string' },
      BackupType: { type: 'string' },
      BackupSizeBytes: { type: 'number' },
      BackupCreationDateTime: { type: 'time' },
      ...foundShape,
    }),
  }),
  prepare,
  perform,
  sees: { look, effect: effectOf },
};

async function prepare(args: Args, world: World, attempt: Attempt, pending?: Pending): Promise<Prospect> {
  const fresh = { ...attempt, fresh: true };
  const answer = await read('DescribeTable', { TableName: args.table }, args, world, fresh);
  const { Table: table = null } = 'output' in answer ? answer.output : {};
  const missing = 'missing' in answer;
  const status = missing ? 'not there' : text(isObject(table) ? table['TableStatus'] : undefined);
  if (status === undefined)
    throw new BlindError('server', `dynamodb:DescribeTable does not say what ${args.table} is.`, answer);
  const ours = pending === undefined ? undefined : await findMarked(args, pending.mark, world, fresh);
  const made = ours?.arn !== undefined;
  // A table that is being changed can be backed up all the same.
  const ready = status === 'ACTIVE' || status === 'UPDATING';
  return {
    stands: made ? 'already' : ready ? 'ready' : 'foreign',
    before: { table: args.table },
    request: { TableName: args.table, name: args.name },
    lines: ready ? [`+ a backup of the table ${args.table}, named ${args.name}-…`] : [],
    expected: `the table ${args.table} is ACTIVE`,
    observed: made ? `the backup with our mark is there: ${ours.arn}` : `it is ${status}`,
    requests: [...answer.requests, ...(ours?.requests ?? [])],
  };
}

async function perform(args: Args, _: Prospect, mark: string, world: ActWorld, attempt: Attempt): Promise<Performed> {
  const input = { TableName: args.table, BackupName: nameOf(args, mark) };
  const call = { service: 'dynamodb', operation: 'CreateBackup', input, ...placeOf(args, attempt) };
  const answer = await world.changes.change(call, attempt.signal);
  if ('refused' in answer) return refusalOf(answer);
  const { BackupDetails: made = null } = answer.output;
  return { change: text(isObject(made) ? made['BackupArn'] : undefined) ?? '', requests: answer.requests };
}

/** `before-release-golive-RUN-7`. */
function nameOf({ name }: Args, mark: string): string {
  return `${name}-${mark.replaceAll(/[^\w.-]+/g, '-')}`.slice(0, 255);
}

async function findMarked(
  args: Args,
  mark: string,
  world: World,
  attempt: Attempt,
): Promise<{ readonly arn: string | undefined; readonly requests: readonly string[] }> {
  const answer = await read('ListBackups', { TableName: args.table }, args, world, attempt);
  const all = objects('output' in answer ? answer.output['BackupSummaries'] : undefined);
  const ours = all.find(({ BackupName: name }) => name === nameOf(args, mark));
  return { arn: text(ours?.['BackupArn']), requests: answer.requests };
}

async function look(args: Args, { change, mark }: Made, world: World, attempt: Attempt): Promise<Seen> {
  const fresh = { ...attempt, fresh: true };
  const found = change === '' ? await findMarked(args, mark, world, fresh) : { arn: change, requests: [] };
  if (found.arn === undefined) return { facts: { found: false }, requests: found.requests };
  const answer = await read('DescribeBackup', { BackupArn: found.arn }, args, world, fresh);
  const requests = [...found.requests, ...answer.requests];
  if ('missing' in answer) return missingFacts(answer, requests);
  const { BackupDescription: description = null } = answer.output;
  const details = isObject(description) ? description['BackupDetails'] : undefined;
  if (details === undefined || !isObject(details))
    throw new BlindError('server', 'dynamodb:DescribeBackup does not say what became of it.', { requests });
  return { facts: { ...details, found: true, marked: details['BackupName'] === nameOf(args, mark) }, requests };
}

function read(
  operation: string,
  input: JsonObject,
  args: Args,
  world: World,
  attempt: Attempt,
): Promise<AwsAnswer | AwsMissing> {
  return world.aws.read({ service: 'dynamodb', operation, input, ...placeOf(args, attempt) }, attempt.signal);
}

function effectOf(args: Args): ReturnType<Sees<Args>['effect']> {
  const forMs = parseDuration(args.timeout ?? '') ?? defaultTimeoutMs;
  return {
    expect: [
      { path: 'BackupStatus', eq: 'AVAILABLE' },
      { path: 'marked', eq: true },
    ],
    wait: {
      forMs,
      everyMs: { min: 5000, max: 30_000 },
      consecutive: 1,
      stopIf: [
        { path: 'found', eq: false },
        { path: 'BackupStatus', eq: 'DELETED' },
      ],
    },
    words: `the backup of ${args.table} is available, within ${formatDuration(forMs)}`,
  };
}
