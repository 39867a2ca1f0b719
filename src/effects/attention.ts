// Calling a person who looks elsewhere: the bell, and the title of the terminal.

import { clip, visible } from '../render/text.ts';

export interface Attention {
  /** A question opens: the title says so, and the bell rings when nobody has typed for a while. */
  asks(question: string): void;
  /** A key was pressed. */
  heard(): void;
  /** The question is closed, by an answer or otherwise. */
  answered(): void;
  /** The next question is urgent: the bell rings for it in any case. */
  urgent(): void;
  /** Gives the terminal its own title back. */
  close(): void;
}

/** Somebody who typed a moment ago is still looking. */
const awayMs = 20_000;
const longestTitle = 80;
const bell = '\x07';
/** xterm's sequences: put the title on its stack, take it from there, set it. */
const pushTitle = '\x1b[22;0t';
const popTitle = '\x1b[23;0t';
const titled = (title: string): string => `\x1b]0;${clip(visible(title), longestTitle)}\x1b\\`;

/**
 * Attention on a terminal that `write` writes to; without one (`terminal` false) nothing is ever written. `name` is what
 * runs here, `aep-prod`: between questions the title says that it does, and without a name it is the terminal's own.
 * `now` is a clock of the person's world, in ms: not that of a rehearsal, which jumps.
 */
export function openAttention(options: {
  readonly write: (text: string) => void;
  readonly terminal: boolean;
  readonly silent: boolean;
  readonly name?: string;
  readonly now: () => number;
}): Attention {
  const { terminal, silent, name, now } = options;
  const write = (text: string): void => void (terminal && options.write(text));
  let titleKept = false;
  let urgent = false;
  let lastHeard = now();

  const setTitle = (title: string): void => {
    write(`${titleKept ? '' : pushTitle}${titled(title)}`);
    titleKept = true;
  };
  const restoreTitle = (): void => {
    if (titleKept) write(popTitle);
    titleKept = false;
  };
  const between = (): void => (name === undefined ? restoreTitle() : setTitle(`golive: ${name} runs`));
  if (name !== undefined) between();

  return {
    asks(question) {
      setTitle(`golive: your answer is needed: ${question}`);
      if (!silent && (urgent || now() - lastHeard > awayMs)) write(bell);
      urgent = false;
    },
    heard() {
      lastHeard = now();
    },
    answered() {
      between();
    },
    urgent() {
      urgent = true;
    },
    close: restoreTitle,
  };
}
