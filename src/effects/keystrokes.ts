// What comes from the keyboard, made harmless: what was pasted can never press Enter.

const PASTE_START = '\x1b[200~';
const PASTE_END = '\x1b[201~';
// eslint-disable-next-line no-control-regex -- terminals mark pasted text with escape sequences
const PASTE_MARK = /(\x1b\[20[01]~)/;
// eslint-disable-next-line no-control-regex
const MARK_BEGUN = /\x1b(?:\[(?:2(?:0[01]?)?)?)?$/;
// eslint-disable-next-line no-control-regex
const DROPPED = /[\x04\x1a]/g;
// eslint-disable-next-line no-control-regex
const CONTROLS = /[\x00-\x1f\x7f]/g;
const BREAKS = /[\r\n]+/g;

/** Written to a terminal so that it marks pasted text, and stops marking it. */
export const pasteMarks = { on: '\x1b[?2004h', off: '\x1b[?2004l' } as const;

/** Where the sifting of the keystrokes stands between two chunks. */
export interface Sifting {
  readonly pasting: boolean;
  /** The beginning of a paste mark whose end has not come yet. */
  readonly rest: string;
}

export const freshSifting: Sifting = { pasting: false, rest: '' };

/**
 * One chunk of keystrokes, sifted. Enter counts only when it comes alone: a line break in one chunk with other text was
 * pasted, on whatever terminal, and becomes a space inside paste marks. Control characters inside a paste go. Several
 * Enters at once count as one. Ctrl-D and Ctrl-Z are dropped: the first would end the input, the second would leave it
 * dead after the shell's `fg`.
 */
export function sift(from: Sifting, chunk: string): { readonly keys: string; readonly next: Sifting } {
  const text = from.rest + chunk;
  const rest = markBegun(text, inPaste(text, from.pasting));
  const parts = text.slice(0, text.length - rest.length).split(PASTE_MARK);
  let pasting = from.pasting;
  let keys = '';
  for (const part of parts) {
    if (part === PASTE_START || part === PASTE_END) {
      pasting = part === PASTE_START;
      keys += part;
    } else if (pasting) {
      keys += part.replace(BREAKS, ' ').replace(/\t/g, ' ').replace(CONTROLS, '');
    } else {
      keys += typed(part.replace(DROPPED, ''), parts.length === 1);
    }
  }
  return { keys, next: { pasting, rest } };
}

function typed(keys: string, alone: boolean): string {
  if (!/[\r\n]/.test(keys)) return keys;
  if (alone && /^[\r\n]+$/.test(keys)) return '\r';
  return PASTE_START + keys.replace(/^[\r\n]+/, '').replace(BREAKS, ' ') + PASTE_END;
}

function inPaste(text: string, before: boolean): boolean {
  const start = text.lastIndexOf(PASTE_START);
  const end = text.lastIndexOf(PASTE_END);
  return start === end ? before : start > end;
}

/** The tail of `text` that may be the beginning of a paste mark. A lone Esc counts only inside a paste. */
function markBegun(text: string, pasting: boolean): string {
  const tail = MARK_BEGUN.exec(text)?.[0] ?? '';
  return tail.length > 1 || pasting ? tail : '';
}
