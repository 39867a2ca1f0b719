// Brings the objects under a prefix of a bucket to what a folder or another prefix holds, and can be broken off anywhere.

import { isObject, type JsonObject } from '../engine/json.ts';
import type { World } from '../world.ts';
import type { ActKind, Made, Pending, Prospect, Sees } from './act.ts';
import { placeWords } from './aws-facts.ts';
import { iamActions } from './aws-iam.ts';
import type { Attempt, Seen } from './kind.ts';
import type { Item } from './s3-objects.ts';
import { s3SyncSchema, type S3SyncArgs } from './s3-sync-args.ts';
import { planSync, type SyncPlan } from './s3-sync-plan.ts';
import { sendSync } from './s3-sync-send.ts';
import { sizeWords } from './s3-sync-wish.ts';

const reads = ['s3:ListObjectsV2', 's3:HeadObject'];
/** How many objects are listed one by one for a person, and in the facts. */
const mostShown = 10;

/**
 * Objects that hold the right bytes are left alone, so that the same sync goes on where one was broken off; what was put
 * or deleted half-way is seen by looking. Each put, copy and delete is conditional on what was seen right before. Bytes
 * are compared by ETags, else by checksums, never by size or date. With `backup` the way back copies all of it back from
 * there, and deletes what the sync made new; the backup says by its names which is which, so that it can be restored by
 * itself. Headers of an object that holds the right bytes are not looked at.
 */
export const s3Sync: ActKind<S3SyncArgs> = {
  name: 's3.sync',
  summary:
    'Puts the files of a folder, or the objects of a prefix, under a prefix of a bucket; can be broken off anywhere.',
  example: `act:
  s3.sync:
    from: dist
    to: s3://shop-prod-web/
    delete: true
    backup: s3://shop-prod-backups/web/2026-03-03/
    exclude: ["*.map"]
    cache_control: { "assets/**": "public, max-age=31536000, immutable", "*.html": no-cache }
confirm: target
budget: 5m`,
  schema: s3SyncSchema,
  class: 'observable',
  describe: (args) => describe(args),
  permissions: (args) => iamActions(operationsOf(args)),
  operations: operationsOf,
  facts: () => ({
    type: 'structure',
    members: () => ({
      in_place: { type: 'boolean' },
      trouble: { type: 'string' },
      same: { type: 'number' },
      missing: { type: 'list', of: () => ({ type: 'string' }) },
      different: { type: 'list', of: () => ({ type: 'string' }) },
      extra: { type: 'list', of: () => ({ type: 'string' }) },
    }),
  }),
  prepare,
  perform: sendSync,
  sees: { look, effect: effectOf },
  back: {
    none: ({ backup }) => (backup === undefined ? 'without `backup` nothing is kept of what was there' : undefined),
    args: ({ to, backup = '', account, region }) => ({
      from: backup,
      to,
      restore: true,
      ...(account !== undefined && { account }),
      ...(region !== undefined && { region }),
    }),
    words: ({ to, backup }) => `brings ${to} back to what it was, from ${backup}, and deletes what is new`,
  },
};

function describe(args: S3SyncArgs): string {
  if (args.restore === true) return `Bring ${args.to} back to what the backup ${args.from} says${placeWords(args)}`;
  const goes = args.delete === true ? ', deleting what that does not have' : '';
  const kept = args.backup === undefined ? '' : `, keeping what was there in ${args.backup}`;
  return `Bring ${args.to}${placeWords(args)} to what ${args.from} holds${goes}${kept}`;
}

function operationsOf({ from = '', delete: deletes, backup, restore }: Partial<S3SyncArgs>): readonly string[] {
  const copies = from.startsWith('s3:') || backup !== undefined;
  return [
    ...reads,
    ...(from.startsWith('s3:') && backup === undefined ? [] : ['s3:PutObject']),
    ...(copies ? ['s3:CopyObject'] : []),
    ...(deletes === true || restore === true ? ['s3:DeleteObject'] : []),
  ];
}

async function prepare(args: S3SyncArgs, world: World, attempt: Attempt, pending?: Pending): Promise<Prospect> {
  const plan = await planSync(args, world, { ...attempt, fresh: true });
  if ('expected' in plan) return { ...plan, stands: 'foreign', before: {}, request: { to: args.to }, lines: [] };
  const changes = plan.put.length + plan.remove.length;
  const had = Object.fromEntries(
    [...plan.put, ...plan.remove].map(({ key }) => [key, plan.now.get(key)?.etag ?? ''] as const),
  );
  const begun = pending === undefined ? undefined : begunWords(pending, had);
  return {
    stands: changes === 0 ? 'already' : 'ready',
    before: { had },
    request: requestOf(args, plan),
    lines: linesOf(plan),
    expected: `${args.to} is as ${args.from} says`,
    observed: `${changes} of ${changes + plan.same} objects are not`,
    requests: plan.requests,
    ...(begun !== undefined && changes > 0 && { begun }),
  };
}

/** What became of a sync nobody heard of, when some of it was made: each object it was to change shows that by itself. */
function begunWords({ before }: Pending, now: JsonObject): string | undefined {
  const { had: then = null } = before;
  const had = Object.entries(isObject(then) ? then : {});
  // What is in place is not among what would be changed any more.
  const made = had.filter(([key, etag]) => now[key] !== etag).length;
  return made === 0 ? undefined : `${made} of ${had.length} objects were changed: it was broken off`;
}

function requestOf({ from, to, backup }: S3SyncArgs, { owner, put, remove, now, keep }: SyncPlan): JsonObject {
  const bytes = put.reduce((sum, item) => sum + item.bytes, 0);
  return {
    from,
    to,
    owner,
    bytes,
    put: put.map((item) => ({
      key: item.key,
      bytes: item.bytes,
      ...(item.sha256 === undefined ? { etag: item.etag } : { sha256: item.sha256 }),
      ...(now.has(item.key) && { replaces: now.get(item.key)?.etag ?? '' }),
    })),
    delete: remove.map(({ key, etag }) => ({ key, etag })),
    ...(backup !== undefined && {
      backup,
      keep: [...keep.objects.map(({ key, etag }) => ({ key, etag })), ...keep.created.map((key) => ({ key }))],
    }),
  };
}

function linesOf({ put, remove, now }: SyncPlan): readonly string[] {
  const replaced = put.filter(({ key }) => now.has(key));
  const created = put.filter(({ key }) => !now.has(key));
  return [
    ...listed('-', remove, 'goes'),
    ...listed('+', replaced, 'in place of what is there'),
    ...listed('+', created, 'new'),
  ];
}

function listed(sign: string, items: readonly Item[], what: string): readonly string[] {
  const lines = items.slice(0, mostShown).map(({ key, bytes }) => `${sign} ${key}, ${sizeWords(bytes)}, ${what}`);
  const rest = items.slice(mostShown);
  if (rest.length === 0) return lines;
  const size = sizeWords(rest.reduce((sum, { bytes }) => sum + bytes, 0));
  return [...lines, `${sign} and ${rest.length} more, ${size}, ${what}`];
}

async function look(args: S3SyncArgs, _made: Made, world: World, attempt: Attempt): Promise<Seen> {
  // What was put is looked at, and not what was kept of what was there before.
  const { backup: _, ...rest } = args;
  const plan = await planSync(rest, world, { ...attempt, fresh: true });
  if ('expected' in plan) return { facts: { in_place: false, trouble: plan.observed }, requests: plan.requests };
  const names = (items: readonly Item[]): readonly string[] => items.slice(0, mostShown).map(({ key }) => key);
  const missing = plan.put.filter(({ key }) => !plan.now.has(key));
  const different = plan.put.filter(({ key }) => plan.now.has(key));
  const trouble = [
    ...troubleOf(missing, 'not there'),
    ...troubleOf(different, 'not the right ones'),
    ...troubleOf(plan.remove, 'still there'),
  ];
  return {
    facts: {
      in_place: trouble.length === 0,
      trouble: trouble.join('; '),
      same: plan.same,
      missing: names(missing),
      different: names(different),
      extra: names(plan.remove),
    },
    requests: plan.requests,
  };
}

/** `2 are not there: a.js, …`; nothing where there are none. */
function troubleOf(items: readonly Item[], what: string): readonly string[] {
  const [first, ...rest] = items;
  if (first === undefined) return [];
  return [`${items.length} ${rest.length === 0 ? 'is' : 'are'} ${what}: ${first.key}${rest.length === 0 ? '' : ', …'}`];
}

/** S3 shows at once what was put, so what is not there now does not come by itself. */
function effectOf(args: S3SyncArgs): ReturnType<Sees<S3SyncArgs>['effect']> {
  return {
    expect: [
      { path: 'trouble', eq: '' },
      { path: 'in_place', eq: true },
    ],
    wait: {
      forMs: 10_000,
      everyMs: { min: 2000, max: 5000 },
      consecutive: 1,
      stopIf: [{ path: 'in_place', eq: false }],
    },
    words: `every object under ${args.to} is as ${args.from} says`,
  };
}
