// Who judges a bent log: golive as a program of its own, and beside it the shell script that needs no golive.

import { execFile } from 'node:child_process';
import { cpSync, mkdtempSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { dist } from '../faults/crash-child.ts';
import { titles, type Case, type Expected } from './cases.ts';

const script = fileURLToPath(new URL('../../docs/verify.sh', import.meta.url));

/** How a judge ended, and the line with its verdict; where there is none, the first it said. */
interface Judged {
  readonly exit: number;
  readonly first: string;
  /** All that it said, errors first. */
  readonly all: string;
}

/** Lays a case out in a folder of its own, in `folder`. Gives the folder, and the bytes of the log. */
async function layOut(one: Case, folder: string): Promise<{ readonly here: string; readonly log: Uint8Array }> {
  const here = mkdtempSync(join(folder, 'case-'));
  const log = await one.log();
  const place = one.blobs === undefined ? here : join(here, 'bundle');
  if (one.blobs !== undefined) cpSync(one.blobs, join(place, 'blobs'), { recursive: true });
  one.spoil?.(join(place, 'blobs'));
  writeFileSync(join(place, 'run.jsonl'), log);
  if (one.padded !== undefined) truncateSync(join(place, 'run.jsonl'), one.padded);
  for (const [name, text] of Object.entries(one.files ?? {})) writeFileSync(join(here, name), text);
  return { here, log };
}

/** What golive says of the log or the bundle `what` in this folder. */
export function byGolive(
  { words = ['verify'], args = [] }: Pick<Case, 'words' | 'args'>,
  here: string,
  what: string,
): Promise<Judged> {
  return judge(process.execPath, [join(dist, 'main.js'), ...words, what, ...args], here);
}

/** What docs/verify.sh says of the log in it. */
export async function byScript({ args = [] }: Pick<Case, 'args'>, here: string): Promise<Judged> {
  const after = (option: string): readonly string[] => {
    const at = args.indexOf(option);
    return at === -1 ? [] : [args[at + 1] ?? ''];
  };
  const flags = args.includes('--rehearsal') ? ['--rehearsal'] : [];
  const files = ['run.jsonl', ...after('--allowed-signers'), ...after('--revoked')];
  const said = await judge('sh', [script, ...flags, ...files], here);
  // It names run and head before its verdict.
  const verdict = said.all.split('\n').find((line) => /^(SEALED|OPEN|INVALID|UNTRUSTED|EXPIRED|REVOKED)/.test(line));
  return { ...said, first: verdict ?? said.first };
}

function judge(program: string, args: readonly string[], cwd: string): Promise<Judged> {
  const env = {
    PATH: process.env['PATH'] ?? '',
    HOME: '/nonexistent',
    TMPDIR: process.env['TMPDIR'],
    TZ: 'UTC',
    NO_COLOR: '1',
  };
  return new Promise((resolve, reject) => {
    execFile(program, args, { cwd, env, maxBuffer: 1 << 26 }, (error, stdout, stderr) => {
      const code = error === null ? 0 : error.code;
      if (typeof code !== 'number') return reject(error ?? new Error('it ended in no way at all'));
      const first = (stdout === '' ? stderr : stdout).split('\n')[0] ?? '';
      resolve({ exit: code, first, all: stderr + stdout });
    });
  });
}

/** What golive says of a case that is not what has to be said, in words; and the script, where it is `asked` too. */
export async function wrongWith(one: Case, folder: string, asked: 'golive' | 'both'): Promise<readonly string[]> {
  const { here, log } = await layOut(one, folder);
  try {
    const expected = one.expected(log);
    const told = (who: string, said: Judged, wanted: Expected): string =>
      `${one.no} ${titles[one.no] ?? ''}: ${one.what}: ${who} said ${said.exit} ${said.first}, not ${wanted.exit} ${String(wanted.first)}`;
    const said = await byGolive(one, here, one.blobs === undefined ? 'run.jsonl' : 'bundle');
    const fits = isSaid(said, expected) && (one.also === undefined || said.all.includes(one.also));
    const wrong = fits ? [] : [told('golive', said, { ...expected, ...(one.also && { first: one.also }) })];
    if (asked === 'golive' || one.script === 'not asked') return wrong;
    const word = await byScript(one, here);
    const wanted = one.script ?? { exit: expected.exit, first: new RegExp(`^${wordOf(expected.first)}\\b`) };
    return isSaid(word, wanted) ? wrong : [...wrong, told('verify.sh', word, wanted)];
  } finally {
    rmSync(here, { recursive: true });
  }
}

function isSaid(said: Judged, { exit, first }: Expected): boolean {
  return said.exit === exit && (typeof first === 'string' ? said.first === first : first.test(said.first));
}

/** `INVALID` of what begins with it. */
function wordOf(first: string | RegExp): string {
  return /[A-Z]{4,}/.exec(String(first))?.[0] ?? 'nothing';
}

/** Does this with all of them, `many` at the same time; gives what came of each, in their order. */
export async function severalAtOnce<T, R>(
  many: number,
  all: readonly T[],
  work: (one: T) => Promise<R>,
): Promise<readonly R[]> {
  const results: R[] = [];
  let next = 0;
  const worker = async (): Promise<void> => {
    for (let at = next++; at < all.length; at = next++) results[at] = await work(all[at] as T);
  };
  await Promise.all(Array.from({ length: many }, worker));
  return results;
}
