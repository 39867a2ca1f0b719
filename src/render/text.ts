// Text that is safe to show and fits the line: foreign text made visible, measured, cut and wrapped.

// Everything a terminal obeys or does not draw: C0, C1, DEL, line and paragraph separators, bidi controls, zero-width
// and other ignorable characters, lone surrogates. A variation selector stays after an emoji, where it is expected.
const UNSEEN =
  /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Cs}]|(?!(?<=\p{Extended_Pictographic})[\ufe0e\ufe0f])\p{Default_Ignorable_Code_Point}/gu;
const SHORT: Readonly<Record<string, string>> = { '\n': '\\n', '\r': '\\r', '\t': '\\t' };

// Only the colour codes written by render/theme.ts take no room; after `visible` no other escape sequence is left.
// eslint-disable-next-line no-control-regex -- the colour codes begin with one
const COLOUR = /\x1b\[[0-9;]*m/g;
// eslint-disable-next-line no-control-regex
const PIECE = /\x1b\[[0-9;]*m|[^\x1b]|\x1b/gu;
const NO_ROOM = /^[\p{M}\ufe0e\ufe0f]$/u;
const WIDE =
  /^[\u1100-\u115f\u2e80-\u303e\u3041-\u33ff\u3400-\u4dbf\u4e00-\u9fff\ua000-\ua4cf\ua960-\ua97f\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe6f\uff00-\uff60\uffe0-\uffe6\u{1b000}-\u{1b2ff}\u{20000}-\u{3fffd}]$|^\p{Emoji_Presentation}$/u;

/**
 * Text not written in our source, fit for a terminal: control, bidi and zero-width characters become escapes such as
 * `\x1b`, `\u202e`, `\n`. With `newlines`, line feeds stay (and only they): for text that is shown as a block.
 */
export function visible(text: string, options: { readonly newlines?: boolean } = {}): string {
  return text.replace(UNSEEN, (found) => (options.newlines === true && found === '\n' ? found : escapeOf(found)));
}

function escapeOf(character: string): string {
  const short = SHORT[character];
  if (short !== undefined) return short;
  const code = character.codePointAt(0) ?? 0;
  if (code <= 0xff) return `\\x${code.toString(16).padStart(2, '0')}`;
  return code <= 0xffff ? `\\u${code.toString(16).padStart(4, '0')}` : `\\u{${code.toString(16)}}`;
}

/**
 * Text for people, with nothing in it that a CI runner which reads its own output takes for a command: what GitHub finds at the
 * front of a line (where a wrapped line may begin, too), and what older and other runners find anywhere. Colours stay.
 */
export function unobeyed(text: string): string {
  return text.replace(/##(?=\[|vso\[)/g, '#\\x23').replace(/^([^\S\n]*):(?=:[\w-]+(?:[^\S\n].*?)?::)/gm, '$1\\x3a');
}

/** Columns `text` takes on one line of a terminal: two for wide (CJK, emoji), none for combining marks and colour codes. */
export function columns(text: string): number {
  let total = 0;
  for (const piece of text.replace(COLOUR, '')) total += widthOf(piece);
  return total;
}

function widthOf(character: string): number {
  if (character >= ' ' && character <= '~') return 1;
  if (NO_ROOM.test(character)) return 0;
  return WIDE.test(character) ? 2 : 1;
}

/** `text` cut to at most `width` columns; `mark` stands where something was cut. Colour codes are kept, so a colour ends. */
export function clip(text: string, width: number, mark = '…'): string {
  if (columns(text) <= width) return text;
  const room = Math.max(0, width - columns(mark));
  let used = 0;
  let full = false;
  let kept = '';
  for (const piece of text.match(PIECE) ?? []) {
    if (piece.length > 1 && piece.startsWith('\x1b')) {
      kept += piece;
      continue;
    }
    const wide = widthOf(piece);
    if (!full && used + wide > room) {
      full = true;
      kept += width >= columns(mark) ? mark : '';
    }
    if (full) continue;
    used += wide;
    kept += piece;
  }
  return kept;
}

/**
 * The lines of `text`, none wider than `width` columns, broken at spaces and inside words that are longer than a line.
 * Lines after the first begin with `indent` spaces; line feeds in `text` stay breaks, spaces at the front of a line stay.
 */
export function wrap(text: string, width: number, indent = 0): readonly string[] {
  const lines: string[] = [];
  const margin = ' '.repeat(Math.max(0, Math.min(indent, width - 1)));
  for (const paragraph of text.split('\n')) {
    let line = lines.length === 0 ? '' : margin;
    let room = Math.max(1, width - line.length);
    for (const word of paragraph.match(/^ +|[^ ]+ */g) ?? []) {
      let rest = word;
      if (columns(rest.trimEnd()) > room && line.trim() !== '') {
        lines.push(line.trimEnd());
        line = margin;
        room = Math.max(1, width - margin.length);
      }
      while (columns(rest.trimEnd()) > room && rest.trim() !== '') {
        const head = take(rest, room);
        lines.push(line + head);
        rest = rest.slice(head.length);
        line = margin;
        room = Math.max(1, width - margin.length);
      }
      line += rest;
      room -= columns(rest);
    }
    lines.push(line.trimEnd());
  }
  return lines;
}

/** The front of `text` that fits `width` columns, at least one character. */
function take(text: string, width: number): string {
  let used = 0;
  let head = '';
  for (const piece of text.match(PIECE) ?? []) {
    const wide = piece.length > 1 && piece.startsWith('\x1b') ? 0 : widthOf(piece);
    if (head !== '' && used + wide > width) break;
    used += wide;
    head += piece;
  }
  return head;
}
