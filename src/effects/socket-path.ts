// Paths of sockets: the system takes about a hundred bytes, and folders of runs can be longer than that.

import { closeSync, existsSync, openSync } from 'node:fs';
import { join, relative, resolve } from 'node:path';

/** In bytes, without the NUL: macOS takes 103, Linux 107. What is longer is cut by some systems, not refused. */
const longest = 103;

/** A way to say where a socket is. Good until `close`. */
export interface Reached {
  readonly path: string;
  close(): void;
}

/**
 * The shortest way to say `name` in `folder`: absolute, or from where this process works, or on Linux through the folder
 * held open. Undefined when none is short enough. Throws what the file system says when the folder cannot be opened.
 */
export function reachSocket(folder: string, name: string): Reached | undefined {
  const absolute = resolve(folder, name);
  const [shortest = absolute] = [absolute, relative(resolve(), absolute)].toSorted((a, b) => bytes(a) - bytes(b));
  if (bytes(shortest) <= longest) return { path: shortest, close: () => undefined };
  const handle = openSync(folder, 'r');
  const through = `/proc/self/fd/${handle}`;
  if (existsSync(through)) return { path: join(through, name), close: () => closeSync(handle) };
  closeSync(handle);
  return undefined;
}

function bytes(path: string): number {
  return Buffer.byteLength(path);
}
