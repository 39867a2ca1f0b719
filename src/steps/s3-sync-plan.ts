// What an S3 sync would do: which objects differ, which go, what has to be kept of them first, and what stands in the way.

import type { World } from '../world.ts';
import type { Attempt } from './kind.ts';
import { isSame, listObjects, ownerOf, wholeObject } from './s3-objects.ts';
import type { Asking, Item, Prefix } from './s3-objects.ts';
import { parts, placeAt, takesPart, type S3SyncArgs } from './s3-sync-args.ts';
import { missing, readBackup, sameAsNow, wishOf } from './s3-sync-wish.ts';
import type { Backup, Obstacle, Wish } from './s3-sync-wish.ts';

export interface SyncPlan {
  readonly owner: string;
  /** What is put, by name. */
  readonly put: readonly Item[];
  readonly remove: readonly Item[];
  /** What there is now under the name of anything that is put or goes. */
  readonly now: ReadonlyMap<string, Item>;
  /** How many are as they should be already. */
  readonly same: number;
  /** Objects to copy to the backup, and names to note there as new, that are not there yet. */
  readonly keep: { readonly objects: readonly Item[]; readonly created: readonly string[] };
  readonly requests: readonly string[];
}

/** More would make a list that nobody reads before agreeing to it. */
const mostChanges = 5000;
const inFlight = 8;

/** Reads both sides and the backup. Changes nothing. Throws BlindError when it could not look. */
export async function planSync(args: S3SyncArgs, world: World, attempt: Attempt): Promise<SyncPlan | Obstacle> {
  const requests: string[] = [];
  const asking: Asking = { place: args, owner: await ownerOf(args, world, attempt), world, attempt, requests };
  const to = placeAt(args.to);
  const found = await listObjects(to, asking);
  if ('absent' in found) return { ...missing(found), requests };
  const wish = await wishOf(args, asking);
  if ('expected' in wish) return { ...wish, requests };
  const fits = takesPart(args);
  const there = new Map([...found].filter(([key]) => fits(key)));
  const isDone = (item: Item): Promise<boolean> => sameAsNow(item, there.get(item.key), to, wish, asking);
  const items = [...wish.items.values()];
  const done = await inTurns(items, isDone);
  const put = items.filter((_, index) => done[index] !== true);
  const remove = [...there.values()].filter(({ key }) => !wish.items.has(key) && wish.gone(key));
  if (put.length + remove.length > mostChanges) return { ...tooMany(put.length + remove.length), requests };
  const changed = [...put, ...remove].flatMap(({ key }) => there.get(key) ?? []);
  const created = put.filter(({ key }) => !there.has(key)).map(({ key }) => key);
  const now = new Map(changed.map((item) => [item.key, item]));
  const plan = { owner: asking.owner, put, remove, now, same: items.length - put.length, requests };
  if (args.backup === undefined) return { ...plan, keep: { objects: [], created: [] } };
  const backup = placeAt(args.backup);
  const kept = await readBackup(backup, asking);
  if ('absent' in kept) return { ...missing(kept), requests };
  if (put.length + remove.length > 0) {
    const other = await foreignIn(kept, { backup, to, there, wish, asking });
    if (other !== undefined) return { ...taken(args.backup, other), requests };
  }
  return {
    ...plan,
    keep: {
      objects: changed.filter(({ key }) => !kept.objects.has(key)),
      created: created.filter((key) => !kept.created.has(key)),
    },
  };
}

interface Sides {
  readonly backup: Prefix;
  readonly to: Prefix;
  readonly there: ReadonlyMap<string, Item>;
  readonly wish: Wish;
  readonly asking: Asking;
}

/**
 * The first name of a backup that was not made for this sync. One that was broken off left each object as it was or as
 * it should be; after one that came to its end, only when all was taken back since may the same backup serve again.
 */
async function foreignIn(kept: Backup, { backup, to, there, wish, asking }: Sides): Promise<string | undefined> {
  const from = { bucket: backup.bucket, prefix: backup.prefix + parts.kept };
  const wished = async (key: string): Promise<boolean> => {
    const item = wish.items.get(key);
    if (item === undefined) return !there.has(key) && wish.gone(key);
    return sameAsNow(item, there.get(key), to, wish, asking);
  };
  for (const item of kept.objects.values()) {
    const now = there.get(item.key);
    const a = (): Promise<Item> => wholeObject(from, item, asking);
    const b = (): Promise<Item> => wholeObject(to, now ?? item, asking);
    const asBefore = now !== undefined && (await isSame(item, now, { a, b }));
    if (!asBefore && (kept.complete || !(await wished(item.key)))) return item.key;
  }
  for (const key of kept.created) if (there.has(key) && (kept.complete || !(await wished(key)))) return key;
  return undefined;
}

/** Some at a time, in their order. */
async function inTurns<T, R>(items: readonly T[], work: (item: T) => Promise<R>): Promise<readonly R[]> {
  const done: R[] = [];
  for (let at = 0; at < items.length; at += inFlight)
    done.push(...(await Promise.all(items.slice(at, at + inFlight).map(work))));
  return done;
}

function tooMany(changes: number): Omit<Obstacle, 'requests'> {
  return { expected: `at most ${mostChanges} objects change`, observed: `${changes} would` };
}

function taken(backup: string, key: string): Omit<Obstacle, 'requests'> {
  return { expected: `${backup} is empty`, observed: `it holds the backup of another sync (${key})` };
}
