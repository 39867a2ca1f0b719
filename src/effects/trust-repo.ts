// The people that a commit of a git repository names: what stands in it, and never what lies in the working tree.

import { dirname } from 'node:path';
import { GoliveError } from '../errors.ts';
import { runProgram } from './keygen.ts';
import { rosterNames } from './roster.ts';

interface Place {
  readonly cwd: string;
  readonly env: Readonly<Record<string, string | undefined>>;
}

/** A file as it stands in a commit. */
interface Kept {
  /** From the top of the repository, with slashes. */
  readonly path: string;
  readonly bytes: Uint8Array;
}

/** The roster of a commit, and who made that. */
export interface CommitRoster {
  readonly commit: string;
  /** As the commit says: nothing checks it. `at` in ms. */
  readonly author: { readonly name: string; readonly email: string; readonly at: number };
  readonly allowedSigners: Kept;
  readonly roles: Kept | undefined;
  readonly revoked: Kept | undefined;
}

/**
 * Reads the roster that the commit `rev` names has: in the `.golive` nearest upwards from where `cwd` is in it. Throws
 * GoliveError `usage` for what names no commit and `trust` when there is no roster in it.
 */
export async function readTrustRepo(rev: string, place: Place): Promise<CommitRoster> {
  if (rev === '' || rev.startsWith('-'))
    throw new GoliveError('usage', `${JSON.stringify(rev.slice(0, 100))} names no commit`, { hint: revHint });
  const prefix = (await git(['rev-parse', '--show-prefix'], place, 'there is no git repository here')).trimEnd();
  const what = `${JSON.stringify(rev.slice(0, 100))} names no commit of the repository here`;
  const found = await git(['rev-parse', '--verify', '--quiet', '--end-of-options', `${rev}^{commit}`], place, what);
  const commit = found.trim();
  if (!/^[0-9a-f]{40,64}$/.test(commit)) throw new GoliveError('usage', what, { hint: revHint });
  const author = authorOf(await git(['cat-file', 'commit', commit], place, what));
  const tried: string[] = [];
  for (const folder of upwards(prefix)) {
    const files = await filesIn(commit, folder, place);
    const path = (name: string): string => `${folder}/${name}`;
    const read = async (name: string): Promise<Kept | undefined> => {
      const file = files.get(path(name));
      return file && { path: path(name), bytes: await blob(file, path(name), commit, place) };
    };
    tried.push(path(rosterNames.allowedSigners));
    const allowedSigners = await read(rosterNames.allowedSigners);
    if (allowedSigners === undefined) continue;
    return {
      commit,
      author,
      allowedSigners,
      roles: await read(rosterNames.roles),
      revoked: await read(rosterNames.revoked),
    };
  }
  throw new GoliveError('trust', `commit ${commit} has no ${tried.join(' and no ')}`, {
    hint: 'Name a commit that has it, or the file itself with --allowed-signers.',
  });
}

const revHint = 'Name one that you trust: a tag, a branch of the project, or a hash.';

/** `a/b/.golive`, `a/.golive`, `.golive` for `a/b/`. */
function upwards(prefix: string): readonly string[] {
  const folders: string[] = [];
  for (let here = prefix.replace(/\/$/, ''); here !== '' && here !== '.'; here = dirname(here))
    folders.push(`${here}/${rosterNames.folder}`);
  return [...folders, rosterNames.folder];
}

interface Entry {
  readonly mode: string;
  readonly id: string;
}

async function filesIn(commit: string, folder: string, place: Place): Promise<ReadonlyMap<string, Entry>> {
  const listed = await git(
    ['ls-tree', '-z', '--full-tree', commit, '--', `${folder}/`],
    place,
    `${commit} cannot be read`,
  );
  const entries = listed.split('\0').flatMap((line) => {
    const [, mode, id, path] = /^(\d{6}) \w+ ([0-9a-f]{40,64})\t([^]+)$/.exec(line) ?? [];
    return mode === undefined || id === undefined || path === undefined ? [] : [[path, { mode, id }] as const];
  });
  return new Map(entries);
}

async function blob({ mode, id }: Entry, path: string, commit: string, place: Place): Promise<Uint8Array> {
  // What a link leads to is no part of the commit.
  if (!mode.startsWith('100')) throw new GoliveError('trust', `${path} is no file in commit ${commit}`);
  return gitBytes(['cat-file', 'blob', id], place, `${path} of commit ${commit} cannot be read`);
}

function authorOf(text: string): CommitRoster['author'] {
  const [, name = '', email = '', seconds = '0'] = /^author (.*?) ?<(.*)> (\d{1,12}) [+-]\d{4}$/m.exec(text) ?? [];
  return { name: name.slice(0, 200), email: email.slice(0, 200), at: Number(seconds) * 1000 };
}

async function git(args: readonly string[], place: Place, what: string): Promise<string> {
  return new TextDecoder('utf-8', { ignoreBOM: true }).decode(await gitBytes(args, place, what));
}

async function gitBytes(args: readonly string[], place: Place, what: string): Promise<Uint8Array> {
  // A checkout may name a program of its own to watch for changes, and stand-ins for its commits: neither is used.
  const safe = ['--no-replace-objects', '-c', 'core.fsmonitor=false', ...args];
  const ran = await runProgram('git', safe, { ...place, env: { ...place.env, LC_ALL: 'C' } });
  if (ran.code === 0) return ran.out;
  const why = ran.err.split('\n', 1)[0] ?? '';
  throw new GoliveError('usage', why === '' ? what : `${what}: ${why}`, { hint: revHint });
}
