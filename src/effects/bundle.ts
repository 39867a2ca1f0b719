// An exported run as a folder: written whole or not at all, and read without trusting what is in it.

import { randomBytes } from 'node:crypto';
import { existsSync, lstatSync, mkdirSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { GoliveError } from '../errors.ts';
import { digest } from '../log/canonical.ts';
import { errorCode } from './durable-file.ts';
import { largestFile } from './log-file.ts';

/** The documents that every bundle carries. */
export const bundleDocs = ['verify.sh', 'log-format.md', 'verifying-a-run.md'] as const;

/** A document as it came with this golive. */
export function packageDoc(name: (typeof bundleDocs)[number]): Uint8Array {
  return readFileSync(new URL(`../../docs/${name}`, import.meta.url));
}

/**
 * Makes the folder `path` with what `fill` puts into it. It has its name only once it is whole: what a killed process
 * leaves is called `.tmp-…`, beside it. Throws GoliveError `file` when the name is taken or cannot be written.
 */
export async function writeBundle(
  path: string,
  fill: (put: (name: string, bytes: Uint8Array) => void) => Promise<void>,
): Promise<void> {
  if (isThere(path)) throw taken(path);
  const half = join(dirname(path), `.tmp-${basename(path)}-${randomBytes(4).toString('hex')}`);
  try {
    mkdirSync(half);
    mkdirSync(join(half, 'blobs'));
    await fill((name, bytes) => writeFileSync(join(half, name), bytes, { flag: 'wx' }));
    renameSync(half, path);
  } catch (cause) {
    rmSync(half, { recursive: true, force: true });
    if (cause instanceof GoliveError) throw cause;
    if (['ENOTEMPTY', 'EEXIST', 'ENOTDIR'].includes(errorCode(cause) ?? '') && isThere(path)) throw taken(path);
    const why = cause instanceof Error ? cause.message : String(cause);
    throw new GoliveError('file', `${path} could not be written: ${why}`, {
      hint: 'The folder around it has to be there, and room for all the evidence of the run.',
      cause,
    });
  }
}

function isThere(path: string): boolean {
  // A link that leads nowhere is a name that is taken, too.
  return lstatSync(path, { throwIfNoEntry: false }) !== undefined;
}

function taken(path: string): GoliveError {
  return new GoliveError('file', `${path} is there already, and nothing is put into it`, {
    hint: 'Name a folder that is not there yet.',
  });
}

export interface Bundle {
  readonly log: Uint8Array;
  /** The blob with this digest; undefined when it is not there, or damaged. */
  readonly blob: (digest: string) => Uint8Array | undefined;
  /** The bytes of another file of it; undefined when it is not there. */
  readonly file: (name: 'checklist.yaml' | 'requests.tsv') => Uint8Array | undefined;
}

/** Whether there is an exported run at `path`, as a file or as a folder. What is in it is another question. */
export function isExported(path: string): boolean {
  const there = statSync(path, { throwIfNoEntry: false });
  return there?.isFile() === true || (there?.isDirectory() === true && existsSync(join(path, 'run.jsonl')));
}

/** The exported run in the folder `path`; undefined where that is no folder. Throws GoliveError `file` when it has no log. */
export function openBundle(path: string): Bundle | undefined {
  if (statSync(path, { throwIfNoEntry: false })?.isDirectory() !== true) return undefined;
  const log = regular(join(path, 'run.jsonl'));
  if (log === undefined) {
    const own = existsSync(join(path, 'events'));
    throw new GoliveError('file', `${path} is a folder, not an exported log, and there is no run.jsonl in it`, {
      hint: own
        ? `It is where a run is kept: golive --runs-dir ${dirname(path)} verify ${basename(path)}`
        : 'Give the folder that `golive export RUN --bundle DIR` made, a run.jsonl, or the id of a run.',
    });
  }
  return {
    log,
    blob: (name) => {
      const bytes = /^[0-9a-f]{64}$/.test(name) ? regular(join(path, 'blobs', name)) : undefined;
      return bytes !== undefined && digest(bytes) === name ? bytes : undefined;
    },
    file: (name) => regular(join(path, name)),
  };
}

/** The bytes of what is a file itself, of a size that can be read: a link or a pipe from somebody else is not opened. */
function regular(path: string): Uint8Array | undefined {
  const there = lstatSync(path, { throwIfNoEntry: false });
  return there?.isFile() === true && there.size <= largestFile ? readFileSync(path) : undefined;
}
