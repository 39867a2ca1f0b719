// Where a rehearsal keeps its world: a change is on the disk before anybody is told of it, and a crash leaves the old or the new one.

import {
  appendFileSync,
  closeSync,
  existsSync,
  fsyncSync,
  mkdirSync,
  openSync,
  readFileSync,
  renameSync,
  statSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { dirname, join } from 'node:path';
import { loadKeptWorld } from './world.ts';
import type { RehearsalWorld } from './world.ts';

export interface WorldFile {
  /** The world as it stands, read again when another process has changed it. */
  read(): RehearsalWorld;
  /** Durable when it returns, and so are the lines that were added before. */
  write(world: RehearsalWorld): void;
  /** Adds one line to the log of requests. */
  note(line: string): void;
  /** How many lines that log had at the start. */
  readonly noted: number;
}

/** Opens the world kept in `folder`, or begins one there with `given`, whose breaks are behind it. */
export function openWorldFile(folder: string, given: RehearsalWorld): WorldFile {
  const first = { ...given, breaks: {} };
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  const [path, log] = [join(folder, 'world.json'), join(folder, 'requests.jsonl')];
  if (!existsSync(path)) save(path, first);
  const noted = linesOf(log);
  let seen = { mark: '', world: first };
  return {
    noted,
    read: () => {
      // Every save is a new file, so its inode and time tell whether there was one.
      const { ino, mtimeMs, size } = statSync(path);
      const mark = `${ino} ${mtimeMs} ${size}`;
      if (mark !== seen.mark) seen = { mark, world: loadKeptWorld(readFileSync(path, 'utf8'), path) };
      return seen.world;
    },
    write: (world) => {
      if (existsSync(log)) sync(log);
      save(path, world);
      // Two saves in a row may look alike from outside.
      seen = { ...seen, mark: '' };
    },
    note: (line) => appendFileSync(log, `${line}\n`, { mode: 0o600 }),
  };
}

/** Without a folder: the world lives as long as the process. */
export function worldInMemory(first: RehearsalWorld): WorldFile {
  let world = first;
  return {
    noted: 0,
    read: () => world,
    write: (next) => {
      world = next;
    },
    note: () => undefined,
  };
}

/** How many lines a log has. A crash of the machine may have cut the last one: it is taken off, so that the next one is whole. */
function linesOf(log: string): number {
  if (!existsSync(log)) return 0;
  const bytes = readFileSync(log);
  const end = bytes.lastIndexOf('\n') + 1;
  if (end < bytes.length) truncateSync(log, end);
  return bytes.toString('utf8', 0, end).split('\n').length - 1;
}

function save(path: string, world: RehearsalWorld): void {
  const draft = `${path}.draft`;
  const file = openSync(draft, 'w', 0o600);
  try {
    writeFileSync(file, JSON.stringify(world));
    fsyncSync(file);
  } finally {
    closeSync(file);
  }
  renameSync(draft, path);
  sync(dirname(path));
}

/** Of a file or a folder. */
function sync(path: string): void {
  const opened = openSync(path, 'r');
  try {
    fsyncSync(opened);
  } finally {
    closeSync(opened);
  }
}
