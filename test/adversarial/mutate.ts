// Ways to bend a log without any key: its bytes, its lines, and the texts in them.

import { joinLines } from '../../src/log/statement.ts';

type Lines = readonly Uint8Array[];

/** The bytes with one bit of one of them turned over. `bit`: 0 to 7. */
export function flipped(bytes: Uint8Array, at: number, bit: number): Uint8Array {
  const bent = Buffer.from(bytes);
  bent[at] = (bent[at] ?? 0) ^ (1 << bit);
  return bent;
}

/** Number of the line (from 1) that this byte is in; a line feed belongs to the line it ends. */
export function lineAt(bytes: Uint8Array, at: number): number {
  return bytes.subarray(0, at).filter((byte) => byte === 10).length + 1;
}

/** The byte at which a line (from 1) begins. */
export function offsetOf(bytes: Uint8Array, line: number): number {
  let offset = 0;
  for (let before = 1; before < line; before += 1) offset = bytes.indexOf(10, offset) + 1;
  return offset;
}

/** These bytes put in at a place, over `over` of those that are there. */
export function putIn(bytes: Uint8Array, at: number, what: Uint8Array | string, over = 0): Uint8Array {
  return Buffer.concat([bytes.subarray(0, at), Buffer.from(what), bytes.subarray(at + over)]);
}

/** The log without the line with this index. */
export function without(lines: Lines, index: number): Uint8Array {
  return joinLines(lines.toSpliced(index, 1));
}

/** The log with a line twice. */
export function doubled(lines: Lines, index: number): Uint8Array {
  return joinLines(lines.toSpliced(index, 0, lineOf(lines, index)));
}

/** The log with two lines in each other's place. */
export function swapped(lines: Lines, one: number, other: number): Uint8Array {
  return joinLines(lines.with(one, lineOf(lines, other)).with(other, lineOf(lines, one)));
}

/** The log with another line in the place of one; given as text where a person would write it. */
export function replaced(lines: Lines, index: number, line: Uint8Array | string): Uint8Array {
  return joinLines(lines.with(index, Buffer.from(line)));
}

/** The log with the text of one line changed. Throws when nothing in it would change. */
export function edited(lines: Lines, index: number, from: string | RegExp, to: string): Uint8Array {
  const text = Buffer.from(lineOf(lines, index)).toString('utf8');
  const bent = text.replace(from, to);
  if (bent === text) throw new Error(`line ${index + 1} has no ${String(from)}`);
  return replaced(lines, index, bent);
}

/** The two parts of a line: the text of its event, and its signature in base64. */
export function partsOf(line: Uint8Array): { readonly event: string; readonly signature: string } {
  const [, event = '', signature = ''] = /^\{"e":(.*),"s":"(.*)"\}$/s.exec(Buffer.from(line).toString('utf8')) ?? [];
  return { event, signature };
}

/** A line of those two parts, whatever they are. */
export function lineWith(event: string, signature: string): string {
  return `{"e":${event},"s":"${signature}"}`;
}

function lineOf(lines: Lines, index: number): Uint8Array {
  const line = lines[index];
  if (line === undefined) throw new Error(`there is no line ${index + 1}`);
  return line;
}
