// What an S3 sync takes: from where, to where, what is left out, and where what was there is kept.

import { z } from 'zod';
import { placeFields, type AwsPlace } from './aws-facts.ts';
import { globPattern, isWithin } from './file-names.ts';
import { overlap, prefixOf, type Prefix } from './s3-objects.ts';

export interface S3SyncArgs extends AwsPlace {
  /** A folder of this machine, or `s3://bucket/prefix/`. */
  readonly from: string;
  readonly to: string;
  /** Objects that are not in `from` are deleted. */
  readonly delete?: boolean | undefined;
  /** Where everything that is replaced or deleted is copied to first. */
  readonly backup?: string | undefined;
  /** `from` is such a backup, and all of what it was made for is taken back. */
  readonly restore?: true | undefined;
  /** Globs of names that take no part on either side. */
  readonly exclude?: readonly string[] | undefined;
  /** For all files, or by glob; the first that fits. */
  readonly cache_control?: string | Readonly<Record<string, string>> | undefined;
}

const prefix = z
  .string()
  .refine(
    (url) => prefixOf(url) !== undefined,
    'Write it as s3://bucket/ or s3://bucket/prefix/, with a slash at its end',
  );
const glob = z.string().min(1).max(200).refine(isWithin, 'Give a glob such as "*.map" or "assets/**"');
const header = z.string().regex(/^[\w=, -]{1,200}$/, 'Give a value such as "public, max-age=31536000, immutable"');

/** What a part of a backup is called below its prefix. */
export const parts = { kept: 'objects/', created: 'created/', complete: 'complete' } as const;

export const s3SyncSchema: z.ZodType<S3SyncArgs> = z
  .strictObject({
    from: z
      .string()
      .refine(
        (from) => (from.startsWith('s3:') ? prefixOf(from) !== undefined : isWithin(from)),
        'Give a folder below the one golive is started in, such as dist, or s3://bucket/prefix/ with a slash at its end',
      ),
    to: prefix,
    delete: z.boolean().optional().describe('delete what `from` does not have'),
    backup: prefix.optional().describe('an empty prefix for what is replaced or deleted: the way back comes from it'),
    restore: z.literal(true).optional().describe('`from` is a backup of a sync, and that sync is taken back'),
    exclude: z.array(glob).min(1).optional().describe('globs of names below the prefix that take no part'),
    cache_control: z
      .union([header, z.record(glob, header)])
      .optional()
      .describe('for all files, or by glob, the first that fits'),
    ...placeFields,
  })
  .superRefine((args, context) => {
    const say = (path: string, message: string): void => context.addIssue({ code: 'custom', path: [path], message });
    const [from, to, backup] = [args.from, args.to, args.backup ?? ''].map(prefixOf);
    if (to === undefined) return;
    if (from && overlap(from, to)) say('from', '`from` and `to` must not lie in each other');
    if (backup && overlap(backup, to)) say('backup', 'A backup must not lie in `to`, nor `to` in the backup');
    if (backup && from && overlap(backup, from))
      say('backup', 'A backup must not lie in `from`, nor `from` in the backup');
    if (from && args.cache_control !== undefined) say('cache_control', 'Copies of objects keep the headers they have');
    if (args.restore !== true) return;
    if (!from) say('from', 'What is restored lies under a prefix: s3://bucket/prefix/');
    for (const name of ['delete', 'backup', 'exclude'] as const)
      if (args[name] !== undefined) say(name, `\`${name}\` takes no part in a restore: the backup says what is done`);
  });

/** The prefix of an argument that its schema has passed. */
export function placeAt(url: string): Prefix {
  return prefixOf(url) ?? { bucket: '', prefix: '' };
}

/** Whether a name takes part. A glob without a slash is about names in any folder. */
export function takesPart({ exclude = [] }: S3SyncArgs): (key: string) => boolean {
  const patterns = exclude.map(anywhere);
  return (key) => !patterns.some((pattern) => pattern.test(key));
}

/** The Cache-Control of a file, or undefined. */
export function cacheControl({ cache_control: wish }: S3SyncArgs, key: string): string | undefined {
  if (wish === undefined || typeof wish === 'string') return wish;
  return Object.entries(wish).find(([pattern]) => anywhere(pattern).test(key))?.[1];
}

function anywhere(written: string): RegExp {
  return globPattern(written.includes('/') ? written : `**/${written}`);
}
