// Whole folders of this machine: every file in them with its digests, so that what is put elsewhere is what was agreed to.

import { createHash } from 'node:crypto';
import { constants } from 'node:fs';
import { open, readdir, realpath } from 'node:fs/promises';
import { join, sep } from 'node:path';
import { BlindError, type BlindCode } from '../errors.ts';
import { isWithin } from '../steps/file-names.ts';
import type { Folders, TreeFile } from '../machine.ts';
import { errorCode } from './durable-file.ts';

/** What is sent in one request, in bytes. */
const longest = 67_108_864;
const mostFiles = 20_000;

/** The folders under `root`. Links in them are told as such; whatever is neither file, folder nor link is refused. */
export function openFolders(root: string): Folders {
  return {
    async tree(folder, signal) {
      const real = await within(root, folder);
      if (real === undefined) return undefined;
      const found: TreeFile[] = [];
      const walk = async (below: string): Promise<void> => {
        for (const entry of await entriesOf(join(real, below), `${folder}/${below}`)) {
          signal.throwIfAborted();
          const path = below === '' ? entry.name : `${below}/${entry.name}`;
          if (entry.isDirectory()) await walk(path);
          else if (entry.isSymbolicLink()) found.push({ path, bytes: 0, md5: '', sha256: '', link: true });
          else found.push({ path, ...(await digested(join(real, path), `${folder}/${path}`)) });
          if (found.length > mostFiles) throw new BlindError('invalid', `${folder} has more than ${mostFiles} files`);
        }
      };
      await walk('');
      return found.toSorted((a, b) => (a.path < b.path ? -1 : 1));
    },
    async bytes(path) {
      const real = await within(root, path);
      if (real === undefined) throw new BlindError('invalid', `there is no file ${path}`);
      const { bytes } = await contentOf(real, path);
      if (bytes === undefined) throw new BlindError('invalid', `${path} is longer than 64 MiB`);
      return bytes;
    },
  };
}

/** Where a path really leads; undefined when nothing is there. Throws BlindError when that is not below `root`. */
async function within(root: string, path: string): Promise<string | undefined> {
  const outside = new BlindError('refused', `${path} does not lie below the folder golive was started in`);
  if (!isWithin(path)) throw outside;
  try {
    const [real, base] = [await realpath(join(root, path)), await realpath(root)];
    if (real.startsWith(base.endsWith(sep) ? base : `${base}${sep}`)) return real;
  } catch (cause) {
    const code = errorCode(cause);
    if (code === 'ENOENT' || code === 'ENOTDIR') return undefined;
    throw unreadable(path, cause);
  }
  throw outside;
}

async function entriesOf(real: string, path: string) {
  try {
    return await readdir(real, { withFileTypes: true });
  } catch (cause) {
    throw unreadable(path, cause);
  }
}

async function digested(real: string, path: string): Promise<Omit<TreeFile, 'path'>> {
  const { size, bytes } = await contentOf(real, path);
  if (bytes === undefined) return { bytes: size, md5: '', sha256: '' };
  const md5 = createHash('md5').update(bytes).digest('hex');
  return { bytes: size, md5, sha256: createHash('sha256').update(bytes).digest('base64') };
}

/** Never waits for whoever may write to it one day, and follows no link that was put there meanwhile. */
async function contentOf(
  real: string,
  path: string,
): Promise<{ readonly size: number; readonly bytes: Uint8Array | undefined }> {
  try {
    const handle = await open(real, constants.O_RDONLY | constants.O_NONBLOCK | constants.O_NOFOLLOW);
    try {
      const seen = await handle.stat();
      if (!seen.isFile()) throw new BlindError('invalid', `${path} is no file`);
      if (seen.size > longest) return { size: seen.size, bytes: undefined };
      const bytes = await handle.readFile();
      return { size: bytes.length, bytes: bytes.length > longest ? undefined : bytes };
    } finally {
      await handle.close();
    }
  } catch (cause) {
    throw unreadable(path, cause);
  }
}

const codes: Readonly<Record<string, BlindCode>> = { EACCES: 'access-denied', EPERM: 'access-denied' };

function unreadable(path: string, cause: unknown): BlindError {
  if (cause instanceof BlindError) return cause;
  const code = errorCode(cause) ?? 'unknown';
  return new BlindError(codes[code] ?? 'invalid', `${path} cannot be read (${code})`, { cause });
}
