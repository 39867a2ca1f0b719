// What an S3 sync is to bring about: the files of a folder, the objects of a prefix, or what a backup says was there.

import { isSame, listObjects, wholeObject } from './s3-objects.ts';
import type { Asking, Item, NotThere, Prefix } from './s3-objects.ts';
import { parts, placeAt, takesPart, type S3SyncArgs } from './s3-sync-args.ts';

/** What has to be otherwise before anything may be done. */
export interface Obstacle {
  readonly expected: string;
  readonly observed: string;
  readonly requests: readonly string[];
}

/** What should be there, and how each of it is looked at more closely. */
export interface Wish {
  readonly items: ReadonlyMap<string, Item>;
  /** Names that must not be there. */
  readonly gone: (key: string) => boolean;
  readonly whole?: (item: Item) => Promise<Item>;
}

const longest = 67_108_864;

/** What is put: files of this machine, objects, or what a backup says. */
export async function wishOf(args: S3SyncArgs, asking: Asking): Promise<Wish | Omit<Obstacle, 'requests'>> {
  const { world, attempt } = asking;
  const fits = takesPart(args);
  const gone = (): boolean => args.delete === true;
  if (!args.from.startsWith('s3:')) {
    const files = (await world.folders.tree(args.from, attempt.signal))?.filter(({ path }) => fits(path)) ?? [];
    const odd = files.find(({ link, bytes }) => link === true || bytes > longest);
    if (odd !== undefined)
      return oddFile(`${args.from}/${odd.path}`, odd.link === true ? 'a link' : sizeWords(odd.bytes));
    const items = files.map(({ path: key, bytes, md5: etag, sha256 }) => ({ key, bytes, etag, sha256 }));
    return items.length === 0 ? empty(args.from) : { items: byKey(items), gone };
  }
  const from = placeAt(args.from);
  const source = args.restore === true ? await readBackup(from, asking) : await listObjects(from, asking);
  if ('absent' in source) return missing(source);
  const [all, created] = 'created' in source ? [source.objects, source.created] : [source, undefined];
  const items = [...all.values()].filter(({ key }) => fits(key));
  if (items.length + (created?.size ?? 0) === 0) return empty(args.from);
  const odd = items.find(({ bytes }) => bytes > longest);
  if (odd !== undefined) return oddFile(`${args.from}${odd.key}`, sizeWords(odd.bytes));
  const base = sourceOf(args);
  return {
    items: byKey(items),
    gone: created === undefined ? gone : (key) => created.has(key),
    whole: (item) => wholeObject(base, item, asking),
  };
}

/** Where the objects that are copied lie. */
export function sourceOf({ from, restore }: S3SyncArgs): Prefix {
  const { bucket, prefix } = placeAt(from);
  return { bucket, prefix: restore ? prefix + parts.kept : prefix };
}

export interface Backup {
  readonly objects: ReadonlyMap<string, Item>;
  readonly created: ReadonlySet<string>;
  /** The sync it was made for came to its end. */
  readonly complete: boolean;
}

/** What a backup holds, by name below its destination. */
export async function readBackup(place: Prefix, asking: Asking): Promise<Backup | NotThere> {
  const found = await listObjects(place, asking);
  if ('absent' in found) return found;
  const below = (part: string): readonly Item[] =>
    [...found.values()]
      .filter(({ key }) => key.startsWith(part))
      .map((item) => ({ ...item, key: item.key.slice(part.length) }));
  return {
    objects: byKey(below(parts.kept)),
    created: new Set(below(parts.created).map(({ key }) => key)),
    complete: found.has(parts.complete),
  };
}

/** Whether what is there is what should be. */
export function sameAsNow(
  item: Item,
  now: Item | undefined,
  to: Prefix,
  { whole }: Wish,
  asking: Asking,
): Promise<boolean> {
  if (now === undefined) return Promise.resolve(false);
  const b = (): Promise<Item> => wholeObject(to, now, asking);
  return isSame(item, now, whole === undefined ? { b } : { a: () => whole(item), b });
}

function byKey(items: readonly Item[]): ReadonlyMap<string, Item> {
  return new Map(items.map((item) => [item.key, item]));
}

/** `12 KB`, `3.4 MB`. */
export function sizeWords(bytes: number): string {
  if (bytes < 1000) return `${bytes} bytes`;
  return bytes < 1_000_000 ? `${Math.round(bytes / 1000)} KB` : `${(bytes / 1_000_000).toFixed(1)} MB`;
}

/** Obstacles, each with what is wrong in words. */
export function missing({ absent }: NotThere): Omit<Obstacle, 'requests'> {
  return { expected: 'the buckets are there', observed: absent };
}

function empty(from: string): Omit<Obstacle, 'requests'> {
  return { expected: `there is something to put in ${from}`, observed: 'there is nothing' };
}

function oddFile(path: string, what: string): Omit<Obstacle, 'requests'> {
  return { expected: 'files of at most 64 MiB each, and no links', observed: `${path}: ${what}` };
}
