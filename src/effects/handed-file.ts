// Files that people hand each other: read up to a size, and written whole, for their owner alone, over nothing that is there.

import { closeSync, constants, fstatSync, openSync, readFileSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { GoliveError } from '../errors.ts';
import { create, errorCode } from './durable-file.ts';

/** More than the log of any run with its checklist takes; what is larger is not read, so that it fills no memory. In bytes. */
const largest = 64 * 1024 * 1024;

/** The bytes of a file that somebody sent. Throws GoliveError `file` when it is not there, no file, or larger than 64 MiB. */
export function readHanded(path: string): Uint8Array {
  let handle: number | undefined;
  try {
    // Without waiting for whoever may write to it one day.
    handle = openSync(path, constants.O_RDONLY | constants.O_NONBLOCK);
    const found = fstatSync(handle);
    if (!found.isFile()) throw new GoliveError('file', `${path} is not a file`);
    if (found.size > largest) throw new GoliveError('file', `${path} is larger than 64 MiB, and was not read`);
    return readFileSync(handle);
  } catch (cause) {
    if (cause instanceof GoliveError) throw cause;
    const code = errorCode(cause);
    const why =
      code === 'ENOENT' || code === 'ENOTDIR' ? `there is no file ${path}` : `${path} cannot be read: ${code}`;
    throw new GoliveError('file', why, { cause });
  } finally {
    if (handle !== undefined) closeSync(handle);
  }
}

/**
 * Writes a new file with mode 0600: complete, or not at all. Gives its path. Where that name is taken, and it ends with
 * `ending`, it is the first free one of `NAME-2ENDING`, `NAME-3ENDING` and so on. Throws GoliveError `file`.
 */
export function writeHanded(path: string, bytes: Uint8Array, ending?: string): string {
  if (bytes.length > largest) throw new GoliveError('file', `${path} would be larger than 64 MiB, which nobody reads`);
  const folder = dirname(path);
  const name = basename(path);
  const names = ending === undefined ? [name] : numbered(name.slice(0, -ending.length), ending);
  for (const free of names) if (createdIn(folder, free, bytes)) return join(folder, free);
  throw new GoliveError('file', `${path} is there already, and is not overwritten`, {
    hint: 'Say where to: --out FILE',
  });
}

function numbered(stem: string, ending: string): readonly string[] {
  return Array.from({ length: 1000 }, (_, index) => `${stem}${index === 0 ? '' : `-${index + 1}`}${ending}`);
}

function createdIn(path: string, name: string, bytes: Uint8Array): boolean {
  let handle: number | undefined;
  try {
    handle = openSync(path, 'r');
    return create({ path, handle }, name, bytes) === undefined;
  } catch (cause) {
    throw new GoliveError('file', `${path}/${name} could not be written: ${errorCode(cause) ?? 'unknown error'}`, {
      cause,
    });
  } finally {
    if (handle !== undefined) closeSync(handle);
  }
}
