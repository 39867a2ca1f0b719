// Files that are created whole and durable, or not at all: at once, or beside whatever else the process does.

import { randomBytes } from 'node:crypto';
import { closeSync, fsync, fsyncSync, linkSync, openSync, readFileSync, rmSync, unlinkSync, writeSync } from 'node:fs';
import { link, open, readFile, unlink } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';

/** A folder held open, so that making an entry durable costs one fsync and nothing else. */
export interface Folder {
  readonly path: string;
  readonly handle: number;
}

/**
 * Creates a file, or gives the bytes of the one that has its name already. Throws what the file system says. The order
 * is the point: data before the name, the name before anybody is told, the folder's fsync also when somebody else was
 * first.
 */
export function create(folder: Folder, name: string, bytes: Uint8Array): Buffer | undefined {
  const path = join(folder.path, name);
  const temporary = join(folder.path, temporaryName());
  try {
    writeDurably(temporary, bytes);
  } catch (cause) {
    // Half a file helps nobody, and the disk may be full.
    rmSync(temporary, { force: true });
    throw cause;
  }
  let there: Buffer | undefined;
  try {
    linkSync(temporary, path);
  } catch (cause) {
    if (errorCode(cause) !== 'EEXIST') throw cause;
    there = readFileSync(path);
  }
  fsyncSync(folder.handle);
  unlinkSync(temporary);
  return there;
}

/** As `create`, step for step, without holding up the process: slower for one file, quicker for many at a time. */
export async function createBeside(folder: Folder, name: string, bytes: Uint8Array): Promise<Buffer | undefined> {
  const path = join(folder.path, name);
  const temporary = join(folder.path, temporaryName());
  const handle = await open(temporary, 'wx', 0o600);
  try {
    await handle.writeFile(bytes);
    await handle.sync();
  } catch (cause) {
    rmSync(temporary, { force: true });
    throw cause;
  } finally {
    await handle.close();
  }
  let there: Buffer | undefined;
  try {
    await link(temporary, path);
  } catch (cause) {
    if (errorCode(cause) !== 'EEXIST') throw cause;
    there = await readFile(path);
  }
  await syncHandle(folder.handle);
  await unlink(temporary);
  return there;
}

/** `EEXIST` and the like; undefined for what is no error of the system. */
export function errorCode(cause: unknown): string | undefined {
  return cause instanceof Error && 'code' in cause ? String(cause.code) : undefined;
}

const syncHandle = promisify(fsync);

// No two processes share the token, so a counter is all that is left to do for each file.
const token = randomBytes(8).toString('hex');
let temporaries = 0;

function temporaryName(): string {
  temporaries += 1;
  return `.tmp-${token}-${temporaries}`;
}

function writeDurably(path: string, bytes: Uint8Array): void {
  const handle = openSync(path, 'wx', 0o600);
  try {
    for (let written = 0; written < bytes.length;) written += writeSync(handle, bytes, written);
    fsyncSync(handle);
  } finally {
    closeSync(handle);
  }
}
