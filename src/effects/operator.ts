// The person at the terminal: menus, lines and secrets, one at a time, none of which Enter alone can answer.

import { exitCodes, GoliveError } from '../errors.ts';
import { visible, wrap } from '../render/text.ts';
import type { Theme } from '../render/theme.ts';
import type { Asked, Choice, Operator } from '../world.ts';
import type { Attention } from './attention.ts';
import { takeKeyboard, type TerminalInput } from './keyboard.ts';
import { pasteMarks } from './keystrokes.ts';
import type { LineConfig } from './prompt-line.ts';
import { idleWords, readLine, readMenu, readSecret } from './readings.ts';
import type { HeldScreen } from './screen.ts';

export interface OperatorOptions {
  readonly input: TerminalInput;
  readonly output: NodeJS.WritableStream & { readonly isTTY?: boolean };
  /** Held while a question is open. */
  readonly screen: HeldScreen;
  readonly attention: Attention;
  readonly theme: Theme;
  /** Of the terminal, in columns. */
  readonly width: number;
  /** Aborted by SIGINT, SIGTERM, SIGHUP: an open question rejects and the terminal is as it was. */
  readonly signal: AbortSignal;
  /** A clock of the person's world, in ms. */
  readonly now?: () => number;
}

/** Columns kept free to the right of a question, so that its last row and the answer are one line of the transcript. */
const ROOM_TO_ANSWER = 24;

/** Somebody who typed when the question was taken away types on for a moment: one letter of it could be a choice. */
const STARTLED_MS = 1_000;

type Ask = Pick<LineConfig, 'idle' | 'typing' | 'read'> & {
  readonly question: string;
  readonly above: readonly string[];
};

/**
 * The operator at `input` and `output`. Questions and labels are plain text and are made visible here. A question
 * rejects with GoliveError `interrupted` (exit 130) on Ctrl-C, when `signal` aborts or the terminal goes away, with
 * `put-aside` when it is, and with `no-terminal` when nobody is present. Questions asked at the same time wait for each
 * other.
 */
export function openOperator(options: OperatorOptions): Operator {
  const present = options.input.isTTY === true && options.output.isTTY === true;
  let turn: Promise<unknown> = Promise.resolve();
  let open: AbortController | undefined;
  let startled = false;
  const ask = (question: Ask): Promise<Asked<string>> => {
    if (!present) return Promise.reject(nobody(question.question));
    const asked = turn.then(() => {
      open = new AbortController();
      const quiet = quietness(startled, options.now ?? Date.now);
      startled = false;
      return askNow(options, { ...question, quiet }, open.signal).finally(() => (open = undefined));
    });
    turn = asked.catch(() => undefined);
    return asked;
  };
  return {
    present,
    async menu<K extends string>(question: string, choices: readonly Choice<K>[]): Promise<Asked<K>> {
      const asked = await ask({
        question,
        above: choices.map(({ key, label }) => `    ${key}  ${label}`),
        idle: 'Type a letter, then Enter. Enter alone shows the evidence again',
        typing: choices.every(({ key }) => key.length === 1) ? 'letter' : 'text',
        read: (text) => readMenu(choices, text),
      });
      if ('aside' in asked) return asked;
      const choice = choices.find(({ key }) => key === asked.answer);
      if (choice === undefined) throw new Error(`a menu answered ${asked.answer}, which it does not offer`);
      return { answer: choice.key };
    },
    line: (question, check, words = []) =>
      ask({
        question,
        above: [],
        idle: `Type the answer, then Enter. ${idleWords(words)}`,
        typing: 'text',
        read: (text) => readLine(check, text, words),
      }),
    secret: (question, words = []) =>
      ask({
        question,
        above: [],
        idle: `Not shown while it is typed. ${idleWords(words)}`,
        typing: 'hidden',
        read: (text) => readSecret(text, words),
      }),
    putAside: () => {
      if (open === undefined) return;
      options.attention.urgent();
      startled = true;
      open.abort();
    },
  };
}

/** Whether a key comes too soon: until, after a fright, there was none for a moment. */
function quietness(startled: boolean, now: () => number): () => boolean {
  let until = startled ? now() + STARTLED_MS : 0;
  return () => {
    if (now() >= until) return false;
    until = now() + STARTLED_MS;
    return true;
  };
}

async function askNow(
  options: OperatorOptions,
  ask: Ask & { readonly quiet: () => boolean },
  aside: AbortSignal,
): Promise<Asked<string>> {
  const { input, output, screen, attention, theme, width, signal } = options;
  if (signal.aborted) throw interrupted(signal.reason);
  // Before the keyboard is taken: keys that come while this loads were meant for something else.
  const { promptLine } = await import('./prompt-line.ts');
  const lost = new AbortController();
  let heard: ((pending: number) => void) | undefined;
  screen.hold((pending) => heard?.(pending));
  const keyboard = await takeKeyboard(input, () => lost.abort());
  try {
    if (aside.aborted) throw putAside();
    attention.asks(ask.question);
    const above = ask.above.flatMap((row) => wrap(visible(row), width, 7));
    const rows = wrap(
      `${theme.glyphs.ask} ${visible(ask.question, { newlines: true })}`,
      Math.max(ROOM_TO_ANSWER, width - ROOM_TO_ANSWER),
      2,
    ).map((row) => theme.bold(row));
    const permanent = [...above, ...rows.slice(0, -1)];
    output.write(`${pasteMarks.on}${permanent.map((row) => `${row}\n`).join('')}`);
    const said = await promptLine(
      {
        question: rows.at(-1) ?? '',
        idle: ask.idle,
        typing: ask.typing,
        read: ask.read,
        onPending: (callback) => {
          heard = callback;
          callback(screen.pending());
        },
        onKey: () => attention.heard(),
        tooSoon: ask.quiet,
        onPutAside: (end) => aside.addEventListener('abort', end, { once: true }),
        theme,
        width,
      },
      { input: keyboard.keys, output, signal: AbortSignal.any([signal, lost.signal]) },
    );
    if (said === 'put-aside') throw putAside();
    return said;
  } catch (error) {
    throw isInterruption(error) ? interrupted(error) : error;
  } finally {
    keyboard.release();
    output.write(pasteMarks.off);
    attention.answered();
    screen.release();
  }
}

/** @inquirer/core tells its errors apart by name, and asks others to do so. */
function isInterruption(error: unknown): boolean {
  return error instanceof Error && (error.name === 'ExitPromptError' || error.name === 'AbortPromptError');
}

function interrupted(cause: unknown): GoliveError {
  return new GoliveError('interrupted', 'Interrupted while a question was open; it stays unanswered.', {
    exit: exitCodes.interrupted,
    cause,
  });
}

function putAside(): GoliveError {
  return new GoliveError(
    'put-aside',
    'The question was put aside: something more urgent happened. It stays unanswered.',
    {
      exit: exitCodes.undecided,
    },
  );
}

function nobody(question: string): GoliveError {
  return new GoliveError('no-terminal', `There is no terminal to ask on: ${visible(question)}`, {
    hint: 'Run it in a terminal, or give the answer in a file with --values.',
    exit: exitCodes.undecided,
  });
}
