// Folders of this machine as a rehearsal has them: the files its world names, each with contents that are always the same.

import { createHash } from 'node:crypto';
import { BlindError } from '../errors.ts';
import { isWithin } from '../steps/file-names.ts';
import type { Folders } from '../machine.ts';
import { held } from './place.ts';

/** What a world says of a file: its text, or only how long it is. */
interface FileState {
  readonly bytes?: number | undefined;
  readonly text?: string | undefined;
}

/** The longest file that is made up, in bytes: the stand-in takes no longer ones. */
const longest = 1_000_000;

/** Reads `files` of the world as it stands. What is only a size is so many letters of its own name. */
export function rehearsedFolders(world: () => { readonly files: Readonly<Record<string, FileState>> }): Folders {
  return {
    tree: async (folder) => {
      if (!isWithin(folder))
        throw new BlindError('refused', `${folder} does not lie below the folder of the rehearsal`);
      const files = Object.entries(world().files).filter(([path]) => path.startsWith(`${folder}/`));
      if (files.length === 0) return undefined;
      const found = files.map(([path, state]) => {
        const below = path.slice(folder.length + 1);
        const size = sizeOf(state);
        if (size > longest) return { path: below, bytes: size, md5: '', sha256: '' };
        const content = contentOf(path, state);
        const digest = (algorithm: string, form: 'hex' | 'base64'): string =>
          createHash(algorithm).update(content).digest(form);
        return { path: below, bytes: size, md5: digest('md5', 'hex'), sha256: digest('sha256', 'base64') };
      });
      return found.toSorted((a, b) => (a.path < b.path ? -1 : 1));
    },
    bytes: async (path) => {
      const state = held(world().files, path);
      if (state === undefined) throw new BlindError('invalid', `the world of this rehearsal has no file ${path}`);
      return contentOf(path, state);
    },
  };
}

function sizeOf({ bytes, text }: FileState): number {
  return text === undefined ? (bytes ?? 0) : Buffer.byteLength(text);
}

/** The bytes of a file of a world. */
export function contentOf(path: string, state: FileState): Uint8Array {
  return state.text === undefined ? Buffer.alloc(sizeOf(state), `${path}\n`) : Buffer.from(state.text);
}
