// Files of a rehearsal: those its world names, and none of this machine.

import { BlindError } from '../errors.ts';
import { globPattern, isWithin } from '../steps/file-names.ts';
import type { Files, FoundFile } from '../machine.ts';
import { held } from './place.ts';
import type { RehearsalWorld } from './world.ts';

const longestRead = 1_048_576;

/** Answers from `files` of the world as it stands when one is asked for. */
export function rehearsedFiles(world: () => RehearsalWorld): Files {
  return {
    find: async (where) => {
      const { files, start } = world();
      const matches = 'path' in where ? (path: string) => path === where.path : pathsOf(where.glob);
      const found = Object.entries(files).filter(([path]) => isWithin(path) && matches(path));
      return found
        .map(([path, { text, bytes = 0, modified = start }]): FoundFile => {
          const size = text === undefined ? bytes : Buffer.byteLength(text);
          return { path, bytes: size, modified: Date.parse(modified) };
        })
        .toSorted((a, b) => (a.path < b.path ? -1 : 1));
    },
    read: async (path) => {
      const text = held(world().files, path)?.text;
      if (text === undefined) {
        throw new BlindError(
          'refused',
          `A rehearsal reads no file, and its world does not say what stands in ${path}`,
          {
            hint: 'Add it to the world under `files:`, with its text.',
          },
        );
      }
      const bytes = new TextEncoder().encode(text);
      if (bytes.length <= longestRead) return bytes;
      throw new BlindError('invalid', `${path} is longer than 1 MiB, and was not read`);
    },
  };
}

function pathsOf(glob: string): (path: string) => boolean {
  const pattern = globPattern(glob);
  return (path) => pattern.test(path);
}
