// Files that a command reads: checklists and values.

import { readdir, readFile, stat } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { GoliveError } from '../errors.ts';
import type { Files } from '../checklist/find.ts';

/** More than any checklist needs, and little enough to read at once. */
const maxBytes = 4 * 1024 * 1024;

/** Reads from the disk of this machine. */
export function openFiles(): Files {
  return { readText, list, home: fileURLToPath(new URL('../..', import.meta.url)) };
}

async function readText(path: string): Promise<string | undefined> {
  try {
    const { size } = await stat(path);
    if (size > maxBytes) throw new GoliveError('file', `${path} is larger than 4 MiB`);
    // Bytes that are not UTF-8 must not turn into something else that happens to parse.
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(await readFile(path));
  } catch (error) {
    if (error instanceof GoliveError) throw error;
    const code = codeOf(error);
    if (code === 'ENOENT' || code === 'ENOTDIR') return undefined;
    if (error instanceof TypeError) throw new GoliveError('file', `${path} is not UTF-8 text`, { cause: error });
    const why = code === 'EISDIR' ? 'is a folder, not a file' : `cannot be read: ${code}`;
    throw new GoliveError('file', `${path} ${why}`, { cause: error });
  }
}

async function list(folder: string): Promise<readonly string[]> {
  try {
    return (await readdir(folder)).toSorted();
  } catch (error) {
    const code = codeOf(error);
    if (code === 'ENOENT' || code === 'ENOTDIR') return [];
    throw new GoliveError('file', `${folder} cannot be read: ${code}`, { cause: error });
  }
}

function codeOf(error: unknown): string {
  return error instanceof Error && 'code' in error ? String(error.code) : 'unknown error';
}
