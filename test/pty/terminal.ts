// A real terminal for tests: a program inside tmux, driven by keys, read off the screen.

import { execFile, execFileSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';

const run = promisify(execFile);

// The shell around the program stays when the program has died, to tell how it left the terminal.
const AROUND = `stty -a > before
sh -c 'echo $$ > pid.new; mv pid.new pid; cd "$0"; exec "$@"' "$@"
echo $? > code
stty -a > after
mv code exit
exec cat
`;

export interface Terminal {
  /** Types text, without Enter. */
  type(text: string): Promise<void>;
  /** Presses keys by tmux's names: `Enter`, `C-c`, `BSpace`. */
  key(...names: readonly string[]): Promise<void>;
  /** Types text, waits until the line under the cursor ends with it (or with `shown`), and presses Enter. */
  answer(text: string, shown?: string): Promise<void>;
  /** Pastes text, marked as pasted or as old terminals do it. */
  paste(text: string, marked: boolean): Promise<void>;
  /** Polls until the screen shows `what`; gives the screen. Throws with the last screen after `timeoutMs` (15 s). */
  waitFor(what: string | RegExp, timeoutMs?: number): Promise<string>;
  /** What is on the screen now, without blanks at ends of lines and empty lines at the end. */
  screen(): Promise<string>;
  /** The screen with all that has scrolled off above it. */
  transcript(): Promise<string>;
  cursor(): Promise<{ readonly x: number; readonly y: number; readonly visible: boolean }>;
  /** The title of the terminal. */
  title(): Promise<string>;
  /** Whether the bell has rung. */
  rang(): Promise<boolean>;
  /** Sends a signal to the program. */
  signal(name: NodeJS.Signals): Promise<void>;
  /** Waits until the program has ended; gives its exit code. */
  exit(timeoutMs?: number): Promise<number>;
  /** What `stty -a` said before the program and after it. */
  modes(): Promise<{ readonly before: string; readonly after: string }>;
  /** The program's process. */
  pid(): Promise<number>;
  /** Takes the terminal away, the program still in it. Also the way to clean up. */
  close(): Promise<void>;
}

/** Why there is no terminal to test with, or undefined. */
export function noTmux(): string | undefined {
  try {
    execFileSync('tmux', ['-V'], { stdio: 'ignore' });
    return undefined;
  } catch {
    return 'tmux is not installed: no test of the terminal was run';
  }
}

/** Starts `command` in a terminal of its own. `env` is added to this process's. */
export async function start(
  command: readonly string[],
  options: {
    readonly width?: number;
    readonly height?: number;
    readonly cwd?: string;
    readonly env?: Readonly<Record<string, string>>;
  } = {},
): Promise<Terminal> {
  const home = await mkdtemp(join(tmpdir(), 'golive-pty-'));
  const configuration = join(home, 'tmux.conf');
  await writeFile(
    configuration,
    'set -g status off\nset -g default-terminal screen-256color\nset -g history-limit 9000\n',
  );
  await writeFile(join(home, 'around.sh'), AROUND);
  const env = { ...process.env, LC_ALL: 'C.UTF-8' };
  const tmux = async (...words: readonly string[]): Promise<string> =>
    (await run('tmux', ['-u', '-S', join(home, 'socket'), '-f', configuration, ...words], { env })).stdout;
  const size = ['-x', String(options.width ?? 80), '-y', String(options.height ?? 40)];
  const variables = Object.entries(options.env ?? {}).flatMap(([name, value]) => ['-e', `${name}=${value}`]);
  const around = ['sh', 'around.sh', options.cwd ?? process.cwd(), ...command];
  await tmux('new-session', '-d', ...size, '-c', home, ...variables, ...around);
  return drive(tmux, home);
}

type Tmux = (...words: readonly string[]) => Promise<string>;

function drive(tmux: Tmux, home: string): Terminal {
  const capture = async (...words: readonly string[]): Promise<string> =>
    tidy(await tmux('capture-pane', '-p', ...words));
  const file = async (name: string): Promise<string> => (await readFile(join(home, name), 'utf8')).trim();
  const terminal: Terminal = {
    async type(text) {
      await tmux('send-keys', '-l', '--', text);
    },
    async key(...names) {
      await tmux('send-keys', '--', ...names);
    },
    async answer(text, shown = text) {
      await terminal.type(text);
      await until(
        async () => {
          const { y } = await terminal.cursor();
          return ((await terminal.screen()).split('\n')[y] ?? '').endsWith(shown);
        },
        `the line under the cursor to end with "${shown}"`,
        capture,
      );
      await terminal.key('Enter');
    },
    async paste(text, marked) {
      await tmux('set-buffer', '--', text);
      await tmux('paste-buffer', ...(marked ? ['-p'] : []));
    },
    async waitFor(what, timeoutMs) {
      let seen = '';
      await until(
        async () => {
          seen = await terminal.screen();
          return typeof what === 'string' ? seen.includes(what) : what.test(seen);
        },
        String(what),
        capture,
        timeoutMs,
      );
      return seen;
    },
    screen: () => capture(),
    transcript: () => capture('-S', '-'),
    async cursor() {
      const [x, y, flag] = (await tmux('display-message', '-p', '#{cursor_x} #{cursor_y} #{cursor_flag}')).split(' ');
      return { x: Number(x), y: Number(y), visible: flag?.trim() === '1' };
    },
    title: async () => (await tmux('display-message', '-p', '#{pane_title}')).trimEnd(),
    rang: async () => (await tmux('display-message', '-p', '#{window_bell_flag}')).trim() === '1',
    async signal(name) {
      process.kill(await terminal.pid(), name);
    },
    async exit(timeoutMs) {
      await until(async () => existsSync(join(home, 'exit')), 'the program to end', capture, timeoutMs);
      return Number(await file('exit'));
    },
    modes: async () => ({ before: await file('before'), after: await file('after') }),
    async pid() {
      await until(async () => existsSync(join(home, 'pid')), 'the program to start', capture);
      return Number(await file('pid'));
    },
    async close() {
      // The server ends with its only session; a second close finds nothing to end.
      await tmux('kill-server').catch(() => undefined);
      // The shell around the program may still be writing down how it ended.
      await rm(home, { recursive: true, force: true, maxRetries: 20 });
    },
  };
  return terminal;
}

/** Polls until `done`; its own time limit says what was on the screen instead. */
async function until(
  done: () => Promise<boolean>,
  what: string,
  screen: () => Promise<string>,
  timeoutMs = 15_000,
): Promise<void> {
  const deadline = Date.now() + timeoutMs;
  while (!(await done())) {
    if (Date.now() > deadline) throw new Error(`waited ${timeoutMs} ms for ${what}; the screen:\n${await screen()}`);
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}

function tidy(captured: string): string {
  return captured
    .split('\n')
    .map((line) => line.trimEnd())
    .join('\n')
    .trimEnd();
}
