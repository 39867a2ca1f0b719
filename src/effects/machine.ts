// What this machine offers a run: room and durable names in a folder, and the programs on its path.

import {
  accessSync,
  closeSync,
  constants,
  existsSync,
  mkdtempSync,
  openSync,
  rmSync,
  statSync,
  statfsSync,
} from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { create, errorCode } from './durable-file.ts';

/** How a folder is to keep a run in. */
export interface FolderState {
  /** Bytes that are free to this user. */
  readonly free: number;
  /** Why nothing can be kept there durably, as the system says it; undefined when it can. */
  readonly problem?: string;
}

/**
 * Tries a folder the way a run uses it: writes, fsyncs, links and removes. Where it is not there yet, the nearest one
 * above it that is. Leaves nothing behind.
 */
export function tryFolder(path: string): FolderState {
  const there = nearest(resolve(path));
  let scratch: string | undefined;
  let handle: number | undefined;
  try {
    const { bavail, bsize } = statfsSync(there);
    const free = bavail * bsize;
    try {
      scratch = mkdtempSync(join(there, '.golive-doctor-'));
      handle = openSync(scratch, 'r');
      create({ path: scratch, handle }, 'trial', Buffer.from('golive'));
      return { free };
    } catch (error) {
      return { free, problem: `${there}: ${errorCode(error) ?? 'it cannot be written to'}` };
    }
  } catch (error) {
    return { free: 0, problem: `${there}: ${errorCode(error) ?? 'it cannot be looked at'}` };
  } finally {
    if (handle !== undefined) closeSync(handle);
    if (scratch !== undefined) rmSync(scratch, { recursive: true, force: true });
  }
}

function nearest(path: string): string {
  for (let at = path; ; at = dirname(at)) if (existsSync(at) || at === dirname(at)) return at;
}

/** Where a program is, found as it would be when it is started: by its path, or in PATH. Undefined when it is nowhere. */
export function findProgram(
  program: string,
  { env, cwd }: { readonly env: Readonly<Record<string, string | undefined>>; readonly cwd: string },
): string | undefined {
  if (program.includes('/')) return isProgram(resolve(cwd, program)) ? resolve(cwd, program) : undefined;
  const folders = (env['PATH'] ?? '').split(':').filter((folder) => folder !== '');
  return folders.map((folder) => join(resolve(cwd, folder), program)).find((path) => isProgram(path));
}

function isProgram(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return statSync(path).isFile();
  } catch {
    return false;
  }
}
