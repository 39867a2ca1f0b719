// Runs in a folder: one file per event and per blob, each created whole or not at all, never changed afterwards.

import { closeSync, fsyncSync, mkdirSync, openSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { GoliveError } from '../errors.ts';
import { runIdPattern } from '../log/bodies.ts';
import { digest } from '../log/canonical.ts';
import { maxLine } from '../log/line.ts';
import type { RunStore } from '../world.ts';
import { create, createBeside, errorCode, type Folder } from './durable-file.ts';

const eventName = /^\d{12}\.json$/;
const lineFeed = 10;

/** The folders of one run, held open so that making an entry durable costs one fsync and nothing else. */
interface Folders {
  readonly events: Folder;
  readonly blobs: Folder;
}

/**
 * The store in `<root>/<run>/`: `events/<12 digits>.json` (a line and its LF), `blobs/<sha256>`, and `local/`, which is
 * never evidence. Needs a local file system. There is no lock: link(2) creates a name once, so of two writers of the
 * same event one gets `conflict`. Appending blocks, because lines come one after the other anyway and that is cheaper
 * than seven trips through the thread pool; blobs have no order and are written beside what else goes on.
 */
export function fileStore(root: string): RunStore {
  const opened = new Map<string, Folders>();

  function foldersOf(run: string): Folders {
    const known = opened.get(run);
    if (known !== undefined) return known;
    const folders = openFolders(root, locate(run));
    opened.set(run, folders);
    return folders;
  }

  function locate(run: string): string {
    if (!runIdPattern.test(run))
      throw new GoliveError('run', 'a run id has 26 characters from a-z and 2-7, after `rehearsal-` in a rehearsal');
    return join(root, run);
  }

  return {
    locate,
    async append(run, seq, line) {
      locate(run);
      const whole = Buffer.concat([line, Buffer.of(lineFeed)]);
      const there = orStop(`event ${seq} of run ${run} could not be made durable`, () =>
        create(foldersOf(run).events, fileName(seq), whole),
      );
      if (there === undefined) return 'ok';
      return whole.equals(there) ? 'same' : { conflict: there.subarray(0, -1) };
    },
    async putBlob(run, bytes) {
      locate(run);
      const name = digest(bytes);
      const message = `a piece of evidence of run ${run} could not be made durable`;
      const { blobs } = orStop(message, () => foldersOf(run));
      const there = await createBeside(blobs, name, bytes).catch((cause: unknown) => {
        throw stopped(message, cause);
      });
      if (there === undefined || digest(there) === name) return name;
      throw new GoliveError('store', `blob ${name} of run ${run} is damaged on the disk`, { hint: stopHint });
    },
    async getBlob(run, name) {
      if (!/^[0-9a-f]{64}$/.test(name)) return undefined;
      const bytes = readIfThere(join(locate(run), 'blobs', name));
      return bytes !== undefined && digest(bytes) === name ? bytes : undefined;
    },
    async read(run, from) {
      const folder = join(locate(run), 'events');
      return namesIn(folder, run)
        .slice(from)
        .map((name, index) => readEvent(join(folder, name), from + index));
    },
    async list() {
      const runs = listIfThere(root).filter((name) => runIdPattern.test(name));
      const dated = runs.flatMap((run) => {
        const since = timeOf(join(root, run, 'events', fileName(0)));
        return since === undefined ? [] : [{ run, since }];
      });
      return dated
        .toSorted((one, other) => other.since - one.since || (one.run < other.run ? -1 : 1))
        .map(({ run }) => run);
    },
  };
}

const stopHint =
  'The run stops here; nothing that was shown is lost. Free space or mend the disk, then `golive resume`.';

function openFolders(root: string, path: string): Folders {
  const made = mkdirSync(join(path, 'events'), { recursive: true, mode: 0o700 });
  mkdirSync(join(path, 'blobs'), { recursive: true, mode: 0o700 });
  const folders = { events: openFolder(join(path, 'events')), blobs: openFolder(join(path, 'blobs')) };
  if (made !== undefined) for (const parent of [path, root]) syncFolder(parent);
  return folders;
}

function openFolder(path: string): Folder {
  return { path, handle: openSync(path, 'r') };
}

function syncFolder(path: string): void {
  const handle = openSync(path, 'r');
  fsyncSync(handle);
  closeSync(handle);
}

/** After a failed write or fsync nobody knows what is on the disk: whoever comes next has to read it afresh. */
function orStop<T>(message: string, work: () => T): T {
  try {
    return work();
  } catch (cause) {
    throw stopped(message, cause);
  }
}

function stopped(message: string, cause: unknown): GoliveError {
  return new GoliveError('store', `${message}: ${messageOf(cause)}`, { hint: stopHint, cause });
}

/** The event files of a run in order. Throws GoliveError `run` when there is no such run, `store` at a gap. */
function namesIn(folder: string, run: string): readonly string[] {
  const names = listIfThere(folder)
    .filter((name) => eventName.test(name))
    .toSorted();
  if (names.length === 0)
    throw new GoliveError('run', `there is no run ${run} here`, { hint: '`golive status` lists the runs.' });
  const gap = names.findIndex((name, seq) => name !== fileName(seq));
  if (gap === -1) return names;
  throw new GoliveError('store', `event ${gap} of run ${run} is missing although later ones are there`);
}

function readEvent(path: string, seq: number): Uint8Array {
  return orStop(`event ${seq} could not be read`, () => {
    const size = statSync(path).size;
    const bytes = size > maxLine + 1 ? Buffer.alloc(0) : readFileSync(path);
    if (bytes.at(-1) === lineFeed) return bytes.subarray(0, -1);
    throw new Error('the file does not hold one line');
  });
}

function fileName(seq: number): string {
  return `${String(seq).padStart(12, '0')}.json`;
}

function listIfThere(folder: string): readonly string[] {
  return orStop(`${folder} could not be read`, () => unlessMissing(() => readdirSync(folder)) ?? []);
}

function readIfThere(path: string): Buffer | undefined {
  return orStop(`${path} could not be read`, () => unlessMissing(() => readFileSync(path)));
}

function timeOf(path: string): number | undefined {
  return orStop(`${path} could not be read`, () => unlessMissing(() => statSync(path).mtimeMs));
}

function unlessMissing<T>(work: () => T): T | undefined {
  try {
    return work();
  } catch (cause) {
    if (errorCode(cause) === 'ENOENT' || errorCode(cause) === 'ENOTDIR') return undefined;
    throw cause;
  }
}

function messageOf(cause: unknown): string {
  return cause instanceof Error ? cause.message : String(cause);
}
