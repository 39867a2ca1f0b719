// The screen of this process and the person in front of it.

import { openAttention } from '../effects/attention.ts';
import { openOperator } from '../effects/operator.ts';
import { openScreen, type HeldScreen } from '../effects/screen.ts';
import { formatAt } from '../log/line.ts';
import type { Page } from '../render/layout.ts';
import { unobeyed } from '../render/text.ts';
import { theme } from '../render/theme.ts';
import type { Operator } from '../world.ts';
import type { ProcessShell } from './shell.ts';

export interface Desk {
  readonly screen: HeldScreen;
  readonly page: Page;
  readonly operator: Operator;
  print(lines: readonly string[]): void;
  /** Asks until the answer is yes or no; turning away from the question is a no. */
  confirm(question: string): Promise<boolean>;
  /** Nothing more is shown: the terminal gets its own title back. */
  close(): void;
}

export interface DeskOptions {
  /** Standard output is for machines: nothing is drawn there. */
  readonly quiet?: boolean;
  /** What runs, for the terminal's title. */
  readonly name?: string;
  /** Goes over all that is printed. */
  readonly scrub?: (text: string) => string;
  /** The clock of the run, in ms: where output is kept as a log, its lines begin with the time. */
  readonly now?: () => number;
}

/** Opens it; whoever opens it closes it. */
export function openDesk(
  shell: ProcessShell,
  { quiet = false, name, scrub = (same) => same, now }: DeskOptions = {},
): Desk {
  const { terminal } = shell;
  const look = theme({ colour: terminal.colour && !quiet, unicode: terminal.unicode });
  const write = (text: string): void => void (quiet ? undefined : terminal.output.write(unobeyed(scrub(text))));
  const stamp = terminal.stamped && now !== undefined ? (): string => stampOf(now()) : undefined;
  const room = stamp === undefined ? 0 : stampOf(0).length;
  // Everywhere the width of this moment: windows are resized in the middle of a run.
  const page: Page = {
    theme: look,
    get width() {
      return terminal.width - room;
    },
  };
  const screen = openScreen({
    write,
    live: terminal.live && !quiet,
    ...(stamp && { stamp }),
    get width() {
      return terminal.width;
    },
  });
  const attention = openAttention({
    write,
    // A bell and a title mean something where there is a person at a terminal that knows more than lines.
    terminal: terminal.interactive && terminal.live && !quiet,
    silent: (shell.env['GOLIVE_NO_BELL'] ?? '') !== '',
    ...(name !== undefined && { name }),
    now: Date.now,
  });
  const operator = openOperator({
    input: terminal.input,
    output: terminal.output,
    screen,
    attention,
    theme: look,
    signal: shell.signal,
    get width() {
      return terminal.width;
    },
  });
  return {
    screen,
    page,
    operator,
    print: (lines) => lines.forEach((line) => screen.print(line)),
    confirm: async (question) => {
      const check = (text: string): string | undefined =>
        text === 'yes' || text === 'no' ? undefined : 'type yes or no';
      const said = await operator.line(`${question} (yes or no)`, check);
      return 'answer' in said && said.answer === 'yes';
    },
    close: () => attention.close(),
  };
}

/** `2026-02-22T12:00:03Z  ` */
function stampOf(ms: number): string {
  return `${formatAt(ms).slice(0, 19)}Z  `;
}
