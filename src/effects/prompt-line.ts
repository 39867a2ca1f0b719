// One line to type on, under everything already printed: the only part of a prompt that is ever redrawn.

import { createPrompt, isBackspaceKey, isEnterKey, useEffect, useKeypress, useRef, useState } from '@inquirer/core';
import type { Theme } from '../render/theme.ts';
import { clip, columns, visible } from '../render/text.ts';
import type { Asked } from '../world.ts';
import type { Reading } from './readings.ts';

export interface LineConfig {
  /** Stands in front of the typed text; safe to show. */
  readonly question: string;
  /** Stands below the line until there is something to say about what was typed; safe to show. */
  readonly idle: string;
  /** letter: a further character replaces the one before. hidden: not shown, and its length neither. */
  readonly typing: 'text' | 'letter' | 'hidden';
  readonly read: (text: string) => Reading;
  /** Calls back with how many results wait behind the prompt, whenever that changes. */
  readonly onPending: (heard: (pending: number) => void) => void;
  /** Called with every key. */
  readonly onKey: () => void;
  /** Takes what ends the prompt without an answer; what was typed stays in the transcript, unless it is hidden. */
  readonly onPutAside: (end: () => void) => void;
  /** True while a key is still meant for a question that was just taken away: it is told, and dropped. */
  readonly tooSoon: () => boolean;
  readonly theme: Theme;
  readonly width: number;
}

/** readline with the parts of it that a line needs. */
type Readline = Parameters<Parameters<typeof useKeypress>[0]>[1];

/**
 * Asks on one line. Resolves with an answer, an aside, or that it was put aside; rejects as @inquirer/core does when
 * aborted or on Ctrl-C.
 */
export const promptLine = createPrompt<Asked<string> | 'put-aside', LineConfig>((config, done) => {
  // An object, new with every key, so that every key draws the line and puts the cursor where it belongs.
  const [line, setLine] = useState({ text: '', told: '' });
  const [ended, setEnded] = useState<string | undefined>(undefined);
  const [pending, setPending] = useState(0);
  const pasting = useRef(false);
  const hidden = useRef('');
  const typed = useRef('');

  const show = (text: string, told: string): void => {
    typed.current = text;
    setLine({ text, told });
  };
  const putAside = (): void => {
    const lost = config.typing === 'hidden' ? '' : visible(typed.current.trim());
    setEnded(lost === '' ? 'put aside' : `put aside; you had typed: ${lost}`);
    done('put-aside');
  };
  useEffect(() => config.onPending(setPending), []);
  useEffect(() => config.onPutAside(putAside), []);
  useKeypress((key, rl) => {
    config.onKey();
    if (config.tooSoon()) {
      rl.clearLine(0);
      show('', 'Dropped: that was typed for the question before. Read this one first');
      return;
    }
    if (isEnterKey(key)) {
      const reading = config.read(line.text);
      if ('hint' in reading) {
        // readline has taken the line away; the text stays in front of the person.
        if (config.typing !== 'hidden') rl.write(line.text);
        show(line.text, reading.hint);
        return;
      }
      setEnded(reading.shown);
      done('answer' in reading ? { answer: reading.answer } : { aside: reading.aside });
      return;
    }
    if (config.typing === 'hidden') hidden.current = absorbed(hidden.current, key, rl);
    if (key.name === 'paste-start') pasting.current = true;
    if (key.name === 'paste-end') pasting.current = false;
    if (pasting.current) return;
    if (config.typing === 'letter') keepLast(rl);
    show(config.typing === 'hidden' ? hidden.current : rl.line, '');
  });

  const { dim, warn, accent, glyphs } = config.theme;
  const front = `${config.question} `;
  if (ended !== undefined) return `${front}${accent(glyphs.prompt)} ${ended}`;
  const shown = config.typing === 'hidden' ? (line.text === '' ? '' : '(hidden)') : visible(line.text);
  const below = clip(
    `  ${visible(line.told === '' ? hint(config, line.text) : line.told)}`,
    config.width - 1,
    glyphs.ellipsis,
  );
  return [
    `${front}${dim(counter(config, pending))}${accent(glyphs.prompt)} ${shown}`,
    line.told === '' ? dim(below) : warn(below),
  ];
});

/** How much waits behind the prompt, in short where it would push the answer off the line. */
function counter(config: LineConfig, pending: number): string {
  if (pending === 0) return '';
  const full = `(${pending} more ${pending === 1 ? 'result' : 'results'} after this) `;
  return columns(config.question) + full.length + 12 <= config.width ? full : `(+${pending}) `;
}

/** Below a letter already typed: what Enter would do with it. */
function hint(config: LineConfig, text: string): string {
  if (config.typing !== 'letter' || text.trim() === '') return config.idle;
  const reading = config.read(text);
  if ('hint' in reading) return text.startsWith(':') ? config.idle : reading.hint;
  return `Enter takes: ${reading.shown}`;
}

/** The hidden text after one more key. It is kept out of readline, whose cursor would give its length away. */
function absorbed(text: string, key: Parameters<typeof isBackspaceKey>[0], rl: Readline): string {
  const added = rl.line;
  rl.clearLine(0);
  if (isBackspaceKey(key)) return Array.from(text).slice(0, -1).join('');
  if (key.ctrl && key.name === 'u') return '';
  return text + added;
}

/** Leaves the last character typed as the whole line, unless an aside is being typed. */
function keepLast(rl: Readline): void {
  const typed = Array.from(rl.line.trim());
  if (rl.line.startsWith(':') || typed.length < 2) return;
  rl.clearLine(0);
  rl.write(typed.at(-1) ?? '');
}
