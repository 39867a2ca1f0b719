// Files of this machine for kinds: under the folder golive was started in, and whatever leads out of it is refused.

import { constants } from 'node:fs';
import { lstat, open, readdir, realpath } from 'node:fs/promises';
import { join, sep } from 'node:path';
import { BlindError, type BlindCode } from '../errors.ts';
import { globParts, globPattern, isWithin } from '../steps/file-names.ts';
import type { Files, FoundFile } from '../machine.ts';
import { errorCode } from './durable-file.ts';

const longestRead = 1_048_576;
/** What a glob may go through, and what it may match. */
const mostEntries = 100_000;
const mostFiles = 10_000;

/** The files under `folder`. No name is taken that is absolute or goes up, and no link that leads out. */
export function openWorkFiles(folder: string): Files {
  const place: Place = { root: () => realpath(folder), folder };
  return {
    async find(where, signal) {
      const found = 'path' in where ? await one(place, where.path) : await matching(place, where.glob, signal);
      return found.toSorted((a, b) => (a.path < b.path ? -1 : 1));
    },
    async read(path) {
      const real = await resolved(place, path);
      if (real === undefined) throw new BlindError('invalid', `there is no file ${path}`);
      return bytesOf(real, path);
    },
  };
}

interface Place {
  readonly folder: string;
  /** Where the folder really is. */
  readonly root: () => Promise<string>;
}

async function one(place: Place, path: string): Promise<readonly FoundFile[]> {
  const real = await resolved(place, path);
  if (real === undefined) return [];
  const found = await fileAt(real, path);
  if (found === undefined) throw new BlindError('invalid', `${path} is no file: a folder, or something else`);
  return [found];
}

/** Where a name really leads; undefined when nothing is there. Throws BlindError when it leads out of the folder. */
async function resolved({ folder, root }: Place, path: string): Promise<string | undefined> {
  if (!isWithin(path)) throw new BlindError('refused', `${path} is no path below the folder golive was started in`);
  try {
    const [real, within] = [await realpath(join(folder, path)), await root()];
    if (real === within || real.startsWith(within.endsWith(sep) ? within : `${within}${sep}`)) return real;
  } catch (cause) {
    const code = errorCode(cause);
    if (code === 'ENOENT' || code === 'ENOTDIR') return undefined;
    throw unreadable(path, cause);
  }
  throw new BlindError('refused', `${path} leads out of the folder golive was started in`);
}

/** What the name says after all links; undefined when it is no file. */
async function fileAt(real: string, path: string): Promise<FoundFile | undefined> {
  try {
    const seen = await lstat(real);
    return seen.isFile() ? { path, bytes: seen.size, modified: Math.floor(seen.mtimeMs) } : undefined;
  } catch (cause) {
    throw unreadable(path, cause);
  }
}

/** Files only; links to folders are not followed, so that there is an end. */
async function matching(place: Place, glob: string, signal: AbortSignal): Promise<readonly FoundFile[]> {
  const { from, deep } = globParts(glob);
  const pattern = globPattern(glob);
  const found: FoundFile[] = [];
  let seen = 0;
  const walk = async (folder: string, levels: number): Promise<void> => {
    const real = folder === '' ? await place.root() : await resolved(place, folder);
    if (real === undefined) return;
    for (const entry of await entriesOf(real, folder)) {
      signal.throwIfAborted();
      seen += 1;
      if (seen > mostEntries) throw tooMany(glob, `goes through more than ${mostEntries} names`);
      const path = folder === '' ? entry.name : `${folder}/${entry.name}`;
      if (entry.isDirectory()) {
        if (levels > 1) await walk(path, levels - 1);
      } else if (pattern.test(path)) {
        const target = entry.isSymbolicLink() ? await resolved(place, path) : join(real, entry.name);
        const file = target === undefined ? undefined : await fileAt(target, path);
        if (file !== undefined) found.push(file);
        if (found.length > mostFiles) throw tooMany(glob, `matches more than ${mostFiles} files`);
      }
    }
  };
  await walk(from, deep);
  return found;
}

async function entriesOf(real: string, folder: string) {
  try {
    return await readdir(real, { withFileTypes: true });
  } catch (cause) {
    // What a glob begins with may be a file: nothing is below it.
    if (errorCode(cause) === 'ENOTDIR') return [];
    throw unreadable(folder, cause);
  }
}

async function bytesOf(real: string, path: string): Promise<Uint8Array> {
  try {
    // Without waiting for whoever may write to it one day, and without following a link that was put there meanwhile.
    const handle = await open(real, constants.O_RDONLY | constants.O_NONBLOCK | constants.O_NOFOLLOW);
    try {
      const seen = await handle.stat();
      if (!seen.isFile()) throw new BlindError('invalid', `${path} is no file: a folder, or something else`);
      // One byte more than may be there: a file may grow while it is read.
      const bytes = Buffer.alloc(longestRead + 1);
      let size = 0;
      for (let got = 1; got > 0 && size < bytes.length; size += got)
        got = (await handle.read(bytes, size, bytes.length - size)).bytesRead;
      if (size <= longestRead) return bytes.subarray(0, size);
      throw new BlindError('invalid', `${path} is longer than 1 MiB, and was not read`);
    } finally {
      await handle.close();
    }
  } catch (cause) {
    throw unreadable(path, cause);
  }
}

function tooMany(glob: string, words: string): BlindError {
  return new BlindError('invalid', `${glob} ${words}`, { hint: 'Say more of the path.' });
}

const codes: Readonly<Record<string, BlindCode>> = { EACCES: 'access-denied', EPERM: 'access-denied' };

function unreadable(path: string, cause: unknown): BlindError {
  if (cause instanceof BlindError) return cause;
  const code = errorCode(cause) ?? 'unknown';
  return new BlindError(codes[code] ?? 'invalid', `${path || 'the folder'} cannot be read (${code})`, { cause });
}
