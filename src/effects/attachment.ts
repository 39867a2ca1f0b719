// A file that somebody puts beside a run as evidence: read once and whole, and not when it is too large to be kept.

import { closeSync, constants, fstatSync, openSync, readSync } from 'node:fs';
import { basename } from 'node:path';
import { GoliveError } from '../errors.ts';
import { errorCode } from './durable-file.ts';

/** What one attachment may have, in bytes: 16 MiB. */
export const largestAttachment = 16 * 1024 * 1024;

export interface AttachedFile {
  /** The last part of its path. */
  readonly name: string;
  readonly bytes: Uint8Array;
}

/** The file at `path`. Throws GoliveError `file` for what is not there, is no file, is empty, or is larger than 16 MiB. */
export function readAttachment(path: string): AttachedFile {
  let handle: number | undefined;
  try {
    // Without waiting: a pipe that nobody writes to would hold golive up for ever.
    handle = openSync(path, constants.O_RDONLY | constants.O_NONBLOCK);
    const there = fstatSync(handle);
    if (there.isDirectory())
      throw refused(`${path} is a folder, not a file`, 'Attach its files, or an archive of them.');
    if (!there.isFile()) throw refused(`${path} is no file that can be kept`, 'Write it to a file, and attach that.');
    if (there.size > largestAttachment) throw tooLarge(path, there.size);
    const bytes = readWhole(handle);
    // Somebody may still write to it.
    if (bytes.length > largestAttachment) throw tooLarge(path, bytes.length);
    if (bytes.length === 0) throw refused(`${path} is empty: it shows nothing`, 'Was it written completely?');
    return { name: basename(path), bytes };
  } catch (cause) {
    if (cause instanceof GoliveError) throw cause;
    throw unreadable(path, cause);
  } finally {
    if (handle !== undefined) closeSync(handle);
  }
}

function readWhole(handle: number): Uint8Array {
  const chunks: Uint8Array[] = [];
  for (let length = 0; length <= largestAttachment;) {
    const chunk = Buffer.alloc(1024 * 1024);
    const read = readSync(handle, chunk);
    if (read === 0) break;
    chunks.push(chunk.subarray(0, read));
    length += read;
  }
  return Buffer.concat(chunks);
}

function tooLarge(path: string, size: number): GoliveError {
  return refused(
    `${path} has ${size} bytes, and a run keeps files of up to 16 MiB (${largestAttachment} bytes)`,
    'Keep it elsewhere, and leave a note that says where and its SHA-256 (`sha256sum FILE`).',
  );
}

function unreadable(path: string, cause: unknown): GoliveError {
  const code = errorCode(cause);
  if (code === 'ENOENT' || code === 'ENOTDIR')
    return refused(`there is no file ${path}`, 'Give its path as it is from where golive was started.', cause);
  if (code === 'EACCES') return refused(`${path} may not be read by you`, 'Make it readable: chmod u+r FILE', cause);
  return refused(`${path} could not be read: ${code ?? 'it is no path'}`, 'Copy it to a disk of this machine.', cause);
}

function refused(message: string, hint: string, cause?: unknown): GoliveError {
  return new GoliveError('file', message, { hint, cause });
}
