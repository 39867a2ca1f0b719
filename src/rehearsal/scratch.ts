// A folder of one's own for as long as a stand-in serves.

import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

export interface Scratch {
  readonly folder: string;
  /** Writes a file for others to read and gives its path. */
  keep(name: string, text: string): string;
  remove(): void;
}

/** Makes the folder, readable by nobody else. */
export function openScratch(): Scratch {
  const folder = mkdtempSync(join(tmpdir(), 'golive-stand-in-'));
  return {
    folder,
    keep: (name, text) => {
      const path = join(folder, name);
      writeFileSync(path, text);
      return path;
    },
    remove: () => rmSync(folder, { recursive: true, force: true }),
  };
}
