// golive in a process that dies at a named point, with somebody at its terminal who answers what is asked.

import { spawn } from 'node:child_process';
import { existsSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { home } from '../support/shell.ts';

/** The built program: what is run here is what people run. */
export const dist = process.env['GOLIVE_TEST_DIST'] ?? join(home, 'dist');

/** A moment in a process: of which sort, of what (part of how `fail-point.mjs` calls it), and at which time of its coming. */
export interface Moment {
  readonly at:
    | 'write-line'
    | 'fsync-line'
    | 'before-link'
    | 'after-link'
    | 'fsync-folder'
    | 'before-unlink'
    | 'after-unlink'
    | 'before-blob'
    | 'after-blob'
    | 'before-request'
    | 'request-sent'
    | 'before-program'
    | 'program-started'
    | 'shown';
  readonly what: string;
  readonly nth?: number;
  /** The call of the system at this moment fails so, instead of the process dying. */
  readonly fails?: 'EIO' | 'ENOSPC';
}

/** What is said to a question that begins like this; words that end in a question are typed, then Enter. */
export interface Says {
  readonly to: string;
  readonly says: () => string;
}

export interface Ended {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  /** What reached the moment it was to die at; absent when nothing did. */
  readonly reached?: string;
  /** The `to` of every question that was asked, in order, answered or not. */
  readonly asked: readonly string[];
  /** All that was printed. */
  readonly printed: string;
}

export interface Place {
  readonly folder: string;
  readonly env: Readonly<Record<string, string>>;
}

/** A question that nobody knows an answer to keeps the process waiting: that long, in ms. */
const patience = 60_000;
const openMark = '\x1b[?2004h';

/** Runs golive at a terminal until it ends, by itself or at `moment`. Rejects when it waits for something for a minute. */
export function goliveAt(
  place: Place,
  words: readonly string[],
  given: {
    readonly says?: readonly Says[];
    readonly moment?: Moment | undefined;
    /** How wrong the clock of its machine is, in ms. */
    readonly clock?: number;
  } = {},
): Promise<Ended> {
  const { says = [], moment, clock = 0 } = given;
  const mark = join(place.folder, 'reached');
  rmSync(mark, { force: true });
  const preload = new URL('fail-point.mjs', import.meta.url).href;
  const env = {
    ...place.env,
    FAIL_POINT_TERMINAL: 'yes',
    FAIL_POINT_CLOCK: String(clock),
    ...(moment !== undefined && { FAIL_POINT: JSON.stringify({ ...moment, mark }) }),
  };
  const child = spawn(process.execPath, ['--import', preload, join(dist, 'main.js'), ...words], {
    cwd: place.folder,
    env,
  });
  const asked: string[] = [];
  let raw = '';
  let question = -1;
  let typed: string | undefined;

  /** Answers the newest question, first the words and, once they stand there, Enter. */
  function answer(): void {
    const newest = raw.lastIndexOf(openMark);
    if (newest > question) {
      const known = says.find(({ to }) => plain(raw.slice(newest)).includes(to));
      if (known === undefined) return;
      question = newest;
      asked.push(known.to);
      typed = known.says();
      child.stdin.write(typed);
    } else if (typed !== undefined && plain(raw.slice(question)).includes(`› ${typed}`)) {
      typed = undefined;
      child.stdin.write('\r');
    }
  }

  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => {
      child.kill('SIGKILL');
      reject(new Error(`golive ${words.join(' ')} did not end:\n${plain(raw)}`));
    }, patience);
    const hear = (text: string): void => {
      raw += text;
      answer();
    };
    child.stdout.setEncoding('utf8').on('data', hear);
    child.stderr.setEncoding('utf8').on('data', hear);
    // It may die while it is being answered.
    child.stdin.on('error', () => undefined);
    child.on('error', reject);
    child.on('close', (code, signal) => {
      clearTimeout(timer);
      const reached = existsSync(mark) ? readFileSync(mark, 'utf8') : undefined;
      resolve({ code, signal, asked, printed: plain(raw), ...(reached !== undefined && { reached }) });
    });
  });
}

/** Runs golive without a terminal. */
export function golive(
  place: Place,
  words: readonly string[],
): Promise<{ readonly code: number | null; readonly stdout: string; readonly stderr: string }> {
  const child = spawn(process.execPath, [join(dist, 'main.js'), ...words], { cwd: place.folder, env: place.env });
  child.stdin.end();
  let [stdout, stderr] = ['', ''];
  child.stdout.on('data', (bytes: Buffer) => (stdout += bytes.toString('utf8')));
  child.stderr.on('data', (bytes: Buffer) => (stderr += bytes.toString('utf8')));
  return new Promise((resolve, reject) => {
    child.on('error', reject);
    child.on('close', (code) => resolve({ code, stdout, stderr }));
  });
}

function plain(text: string): string {
  // eslint-disable-next-line no-control-regex -- colours and the movements of the cursor are nothing to read
  return text.replaceAll(/\x1b\[[0-9;?]*[A-Za-z]/g, '');
}
