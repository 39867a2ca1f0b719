// Exported logs on disk: read whole within a limit, written new and never over something that is there.

import { readFileSync, statSync, writeFileSync } from 'node:fs';
import { GoliveError } from '../errors.ts';

/** More than any run writes; a larger file is not read, so that it cannot fill the memory. In bytes. */
export const largestFile = 256 * 1024 * 1024;

/** The bytes of an exported log. Throws GoliveError `file` when there is no such file or it is larger than 256 MiB. */
export function readLogFile(path: string): Uint8Array {
  try {
    if (statSync(path).size > largestFile) throw new Error('it is larger than 256 MiB');
    return readFileSync(path);
  } catch (cause) {
    throw new GoliveError('file', unreadable(path, cause), {
      hint: 'Give the whole id of a run, as `golive status` lists it, or the path of an exported run.jsonl.',
      cause,
    });
  }
}

function unreadable(path: string, cause: unknown): string {
  const code = cause instanceof Error && 'code' in cause ? cause.code : undefined;
  if (code === 'ENOENT' || code === 'ENOTDIR') return `there is no file ${path}, nor is that the id of a run`;
  if (code === 'EISDIR') return `${path} is a folder, not an exported log`;
  return `${path} could not be read: ${cause instanceof Error ? cause.message : String(cause)}`;
}

/** Writes a new file. Throws GoliveError `file` when the path is taken or cannot be written. */
export function writeNewFile(path: string, bytes: Uint8Array): void {
  try {
    writeFileSync(path, bytes, { flag: 'wx' });
  } catch (cause) {
    const taken = cause instanceof Error && 'code' in cause && cause.code === 'EEXIST';
    if (taken) throw new GoliveError('file', `${path} is there already, and is not overwritten`, { cause });
    const why = cause instanceof Error ? cause.message : String(cause);
    throw new GoliveError('file', `${path} could not be written: ${why}`, { cause });
  }
}

/** Writes a file that can be made again at any time, over whatever was there. Throws GoliveError `file`. */
export function replaceFile(path: string, bytes: Uint8Array): void {
  try {
    writeFileSync(path, bytes);
  } catch (cause) {
    const why = cause instanceof Error ? cause.message : String(cause);
    throw new GoliveError('file', `${path} could not be written: ${why}`, { cause });
  }
}

/** Whether there is such a folder. */
export function isFolder(path: string): boolean {
  return statSync(path, { throwIfNoEntry: false })?.isDirectory() ?? false;
}
