// Runs in a folder: one file per event and per blob, each created whole or not at all, never changed afterwards.

import { closeSync, fsyncSync, mkdirSync, openSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { exitCodes, GoliveError } from '../errors.ts';
import { runIdPattern } from '../log/bodies.ts';
import { digest } from '../log/canonical.ts';
import { maxLine } from '../log/line.ts';
import type { RunStore } from '../world.ts';
import { create, createBeside, errorCode, type Folder } from './durable-file.ts';

const eventName = /^\d{12}\.json$/;
const blobName = /^[0-9a-f]{64}$/;
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
    const folders = openFolders(locate(run));
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
      throw new GoliveError('store', `blob ${name} of run ${run} is damaged on the disk`, {
        hint: stopHint,
        exit: exitCodes.undecided,
      });
    },
    async getBlob(run, name) {
      if (!blobName.test(name)) return undefined;
      const bytes = readIfThere(join(locate(run), 'blobs', name));
      return bytes !== undefined && digest(bytes) === name ? bytes : undefined;
    },
    async read(run, from) {
      const { lines, damage } = readWhole(locate(run));
      if (damage === undefined && lines.length > 0) return lines.slice(from);
      if (damage === undefined)
        throw new GoliveError('run', `there is no run ${run} here`, { hint: '`golive status` lists the runs.' });
      throw new GoliveError('store', `event ${lines.length} of run ${run} ${damage}`, {
        hint: `\`golive verify ${run}\` says how far the log is whole.`,
        exit: exitCodes.undecided,
      });
    },
    async list() {
      const runs = listIfThere(root).filter((name) => runIdPattern.test(name));
      const dated = runs.flatMap((run) => {
        // One whose first event is gone is a run all the same: whoever reads it says what is missing.
        const [first] = eventNames(join(root, run, 'events'));
        const since = first === undefined ? undefined : timeOf(join(root, run, 'events', first));
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

function openFolders(path: string): Folders {
  const made = [join(path, 'events'), join(path, 'blobs')].map((folder) =>
    mkdirSync(folder, { recursive: true, mode: 0o700 }),
  );
  const folders = { events: openFolder(join(path, 'events')), blobs: openFolder(join(path, 'blobs')) };
  const first = made.find((folder) => folder !== undefined);
  if (first === undefined) return folders;
  // A folder survives a power cut when the one around it was synced: up to the one that was there before.
  const top = Math.min(dirname(first).length, dirname(path).length);
  for (let parent = path; parent.length >= top; parent = dirname(parent)) {
    syncFolder(parent);
    if (parent === dirname(parent)) break;
  }
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
  return new GoliveError('store', `${message}: ${messageOf(cause)}`, {
    hint: stopHint,
    exit: exitCodes.undecided,
    cause,
  });
}

/**
 * The lines (without LF) of the run in `folder` as far as its files are whole, and what is wrong with the next one, as
 * words that go on from "event N". No lines and no damage: there is no run.
 */
export function readWhole(folder: string): { readonly lines: readonly Uint8Array[]; readonly damage?: string } {
  const events = join(folder, 'events');
  const lines: Uint8Array[] = [];
  for (const name of eventNames(events)) {
    if (name !== fileName(lines.length)) return { lines, damage: 'is missing although later ones are there' };
    const line = readEvent(join(events, name), lines.length);
    if (line === undefined) return { lines, damage: 'is not a file with one line in it' };
    lines.push(line);
  }
  return { lines };
}

/** Digests of all blobs that are kept of the run in `folder`, whatever is in them; leftovers of killed writers are none. */
export function blobNames(folder: string): readonly string[] {
  return listIfThere(join(folder, 'blobs')).filter((name) => blobName.test(name));
}

function eventNames(folder: string): readonly string[] {
  return listIfThere(folder)
    .filter((name) => eventName.test(name))
    .toSorted();
}

function readEvent(path: string, seq: number): Uint8Array | undefined {
  return orStop(`event ${seq} could not be read`, () => {
    const there = statSync(path);
    const bytes = there.isFile() && there.size <= maxLine + 1 ? readFileSync(path) : Buffer.alloc(0);
    return bytes.length > 0 && bytes.indexOf(lineFeed) === bytes.length - 1 ? bytes.subarray(0, -1) : undefined;
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
