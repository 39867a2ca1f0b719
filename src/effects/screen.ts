// The append-only transcript: lines come out once and stay; only the last line may be redrawn; a prompt holds it all.

import { clip } from '../render/text.ts';
import type { Screen } from '../world.ts';

/** A screen that can be held while a person types. */
export interface HeldScreen extends Screen {
  /** From now on prints queue. `onQueue` hears how many wait, each time one is added. */
  hold(onQueue?: (pending: number) => void): void;
  /** Prints what queued, in order, and goes on as before. */
  release(): void;
  /** How many prints wait. */
  pending(): number;
}

/**
 * A screen over `write`. What is printed must be safe to show and fit already. `live` false (not a terminal, or a dumb
 * one) drops the live line. `width` is the terminal's, in columns, read anew for each line.
 */
export function openScreen(options: {
  readonly write: (text: string) => void;
  readonly width: number;
  readonly live: boolean;
  /** What a line begins with that is kept as a log; no runner of jobs takes any part of such a line for a command. */
  readonly stamp?: () => string;
}): HeldScreen {
  const { write } = options;
  const queue: string[] = [];
  let held = false;
  let heard: ((pending: number) => void) | undefined;
  let wanted = '';
  let drawn = false;

  const clear = (): string => {
    if (!drawn) return '';
    drawn = false;
    return '\r\x1b[2K';
  };
  const draw = (): string => {
    if (!options.live || wanted === '') return '';
    drawn = true;
    return clip(wanted, options.width - 1);
  };
  // One write per change: a terminal never shows the moment between clearing and drawing.
  const put = (text: string): void => {
    if (text !== '') write(text);
  };

  const stamped = (text: string): string =>
    options.stamp === undefined || text === '' ? text : options.stamp() + text.replaceAll('##', '#\\x23');

  return {
    print(given) {
      const text = stamped(given);
      if (held) {
        queue.push(text);
        heard?.(queue.length);
        return;
      }
      put(`${clear()}${text}\n${draw()}`);
    },
    live(text) {
      if (text === wanted) return;
      wanted = text;
      if (!held) put(clear() + draw());
    },
    hold(onQueue) {
      held = true;
      heard = onQueue;
      put(clear());
    },
    release() {
      held = false;
      heard = undefined;
      const lines = queue.splice(0).map((text) => `${text}\n`);
      put(lines.join('') + draw());
    },
    pending: () => queue.length,
  };
}
