// A text with what stands escaped in it written plainly, and the way back to the places in the text it came from.

/** A text inside another one, which may be written there in another way. */
export interface View {
  readonly text: string;
  /** Where the characters from `from` up to `to` stand in the whole, its end not included. */
  readonly place: (from: number, to: number) => readonly [from: number, to: number];
}

/** What some characters stand for: one character, or nothing. */
interface Escape {
  readonly length: number;
  readonly plain: string;
}

/** Lines of at least this many base64 characters may be one text that a program has wrapped. */
const wrappedLine = 48;
const entity = /&(?:#(\d{1,7})|#[xX]([0-9a-fA-F]{1,6})|(amp|lt|gt|quot|apos));/y;
const braced = /\\u\{([0-9a-fA-F]{1,6})\}/y;
const entities: Readonly<Record<string, string>> = { amp: '&', lt: '<', gt: '>', quot: '"', apos: "'" };
const letters: Readonly<Record<string, string>> = { b: '\b', f: '\f', n: '\n', r: '\r', t: '\t' };
/** How many digits follow `%`, `\x` and `\u`. */
const digits: Readonly<Record<string, number>> = { x: 2, u: 4 };

/** A text as it is. */
export function wholeText(text: string): View {
  return { text, place: (from, to) => [from, to] };
}

/**
 * The view with one layer of escapes taken off, whichever they are: JSON's and those that golive itself makes, those of
 * URLs (byte by byte) and of HTML. Undefined where there are none.
 */
export function unescaped(view: View): View | undefined {
  return rewritten(view, '\\%&', escapeAt);
}

/** The view with the line feeds inside of base64 left out. Undefined where there are none. */
export function unwrapped(view: View): View | undefined {
  return rewritten(view, '\r\n', wrapAt);
}

/** The text with a space for each plus: what forms mean by it. */
export function spaced(text: string): string {
  return text.split('+').join(' ');
}

function escapeAt(text: string, at: number): Escape | undefined {
  const mark = text[at];
  if (mark === '%') return hexAt(text, at, 1, 2);
  if (mark === '&') return entityAt(text, at);
  const next = text[at + 1] ?? '';
  if ('"\'\\/bfnrt'.includes(next) && next !== '') return { length: 2, plain: letters[next] ?? next };
  const count = digits[next];
  if (count === undefined) return undefined;
  const hex = hexAt(text, at, 2, count);
  if (hex !== undefined || next !== 'u') return hex;
  braced.lastIndex = at;
  const [whole, code = ''] = braced.exec(text) ?? [];
  return whole === undefined ? undefined : characterOf(Number.parseInt(code, 16), whole.length);
}

function entityAt(text: string, at: number): Escape | undefined {
  entity.lastIndex = at;
  const [whole, decimal, hex, name] = entity.exec(text) ?? [];
  if (whole === undefined) return undefined;
  if (name !== undefined) return { length: whole.length, plain: entities[name] ?? '' };
  return characterOf(hex === undefined ? Number(decimal) : Number.parseInt(hex, 16), whole.length);
}

function hexAt(text: string, at: number, mark: number, count: number): Escape | undefined {
  let code = 0;
  for (let place = at + mark; place < at + mark + count; place += 1) {
    const digit = hexDigit(text.charCodeAt(place));
    if (digit < 0) return undefined;
    code = code * 16 + digit;
  }
  return { length: mark + count, plain: String.fromCharCode(code) };
}

/** -1 for what is none. */
function hexDigit(code: number): number {
  if (code >= 0x30 && code <= 0x39) return code - 0x30;
  const letter = code | 0x20;
  return letter >= 0x61 && letter <= 0x66 ? letter - 0x57 : -1;
}

function characterOf(code: number, length: number): Escape | undefined {
  return code > 0x10ffff ? undefined : { length, plain: String.fromCodePoint(code) };
}

function wrapAt(text: string, at: number): Escape | undefined {
  const feed = text.startsWith('\r\n', at) ? 2 : 1;
  let end = at + feed;
  while (text[end] === ' ' || text[end] === '\t') end += 1;
  if (!isBase64(text.charCodeAt(end))) return undefined;
  for (let place = at - wrappedLine; place < at; place += 1) if (!isBase64(text.charCodeAt(place))) return undefined;
  return { length: end - at, plain: '' };
}

function isBase64(code: number): boolean {
  const letter = (code >= 0x61 && code <= 0x7a) || (code >= 0x41 && code <= 0x5a);
  return letter || (code >= 0x2f && code <= 0x39) || code === 0x2b || code === 0x2d || code === 0x5f;
}

/** The view with what `find` finds replaced; it is asked only where one of `marks`, all of them ASCII, stands. */
function rewritten(
  view: View,
  marks: string,
  find: (text: string, at: number) => Escape | undefined,
): View | undefined {
  const { text } = view;
  if (!Array.from(marks).some((mark) => text.includes(mark))) return undefined;
  const marked = new Uint8Array(128);
  for (const mark of marks) marked[mark.charCodeAt(0)] = 1;
  const parts: string[] = [];
  /** Where each piece begins in the new text and in the old one, and where it ends in both. */
  const [newFrom, newTo, from, to]: [number[], number[], number[], number[]] = [[], [], [], []];
  let [done, length] = [0, 0];
  for (let at = 0; at < text.length; at += 1) {
    const code = text.charCodeAt(at);
    if (code > 127 || marked[code] === 0) continue;
    const escape = find(text, at);
    if (escape === undefined) continue;
    if (at > done) parts.push(text.slice(done, at));
    parts.push(escape.plain);
    length += at - done;
    newFrom.push(length);
    length += escape.plain.length;
    newTo.push(length);
    from.push(at);
    done = at + escape.length;
    to.push(done);
    at = done - 1;
  }
  if (from.length === 0) return undefined;
  parts.push(text.slice(done));
  /** Where one character of the new text stands in the old one. */
  const character = (index: number): readonly [number, number] => {
    const piece = lastUpTo(newFrom, index);
    if (piece === -1) return [index, index + 1];
    const [oldFrom = 0, oldTo = 0, end = 0] = [from[piece], to[piece], newTo[piece]];
    return index < end ? [oldFrom, oldTo] : [oldTo + index - end, oldTo + index - end + 1];
  };
  return { text: parts.join(''), place: (a, b) => view.place(character(a)[0], character(b - 1)[1]) };
}

/** The index of the last number that is not above `limit`; -1 where all are. */
function lastUpTo(numbers: readonly number[], limit: number): number {
  let [low, high] = [0, numbers.length];
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((numbers[middle] ?? 0) <= limit) low = middle + 1;
    else high = middle;
  }
  return low - 1;
}
