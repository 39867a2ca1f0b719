// Anchors: a head that somebody kept elsewhere, in the forms people copy it in, and whether a log holds it.

import { GoliveError } from '../errors.ts';

/** A line of a log as it was noted outside. */
export interface Anchor {
  /** Which line; absent where its head alone was noted. */
  readonly seq?: number;
  /** The line's SHA-256 as 64 hexadecimal digits, or the 25 letters and digits of its human form. */
  readonly head: string;
  /** The run it was taken of, where that was noted too. */
  readonly run?: string;
}

/** What an anchor is held against. `hashes` are those of all lines that hold, by seq. */
interface Anchored {
  readonly run: string;
  readonly hashes: readonly string[];
}

const letters = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567';
const humanLength = 25;
const hashForm = /^[0-9a-f]{64}$/;
const humanForm = /^[A-Z2-7]{25}$/;

/** The first 125 bits of a hash of 64 hexadecimal digits, fit to be read aloud: `ABCDE-FGHIJ-KLMNO-PQRST-UVWXY` (RFC 4648). */
export function humanHead(hash: string): string {
  return grouped(shortened(hash));
}

/** The 25 letters and digits without dashes. 125 bits are five for each of them. */
function shortened(hash: string): string {
  const bits = BigInt(`0x${hash}`) >> BigInt(256 - humanLength * 5);
  const places = Array.from({ length: humanLength }, (_, index) => BigInt((humanLength - 1 - index) * 5));
  return places.map((place) => letters[Number((bits >> place) & 31n)] ?? '').join('');
}

function grouped(head: string): string {
  return (head.match(/.{5}/g) ?? []).join('-');
}

/**
 * Reads an anchor as somebody noted it: `SEQ:HASH`, `SEQ:AAAAA-BBBBB-CCCCC-DDDDD-EEEEE`, or that human form alone, in
 * capitals or not, with dashes, spaces or neither. Throws GoliveError `usage`.
 */
export function anchorOf(text: string): Anchor {
  const bare = (part: string): string => part.replaceAll(/[\s-]/g, '');
  const alone = bare(text).toUpperCase();
  if (humanForm.test(alone)) return { head: alone };
  // What golive shows has two spaces there, what it prints for machines a colon.
  const [, seq, rest = ''] = /^\s*(\d{1,12})(?:\s*:|\s)\s*(.+)$/.exec(text) ?? [];
  const head = bare(rest);
  if (seq !== undefined && humanForm.test(head.toUpperCase())) return { seq: Number(seq), head: head.toUpperCase() };
  if (seq !== undefined && hashForm.test(head.toLowerCase())) return { seq: Number(seq), head: head.toLowerCase() };
  const seen = text.length > 100 ? `${text.slice(0, 100)}…` : text;
  throw new GoliveError('usage', `"${seen}" is not an anchor`, {
    hint:
      'An anchor is SEQ:HASH with a hash of 64 digits (0-9, a-f), SEQ:AAAAA-BBBBB-CCCCC-DDDDD-EEEEE,\n' +
      '  or those five groups of five alone (A-Z and 2-7: there is no 0, 1, 8 or 9 in them).',
  });
}

/** The seq of the line that an anchor names; undefined when there is no such line. */
export function matchesAnchor(hashes: readonly string[], { seq, head }: Anchor): number | undefined {
  const same = (hash: string | undefined): boolean =>
    hash !== undefined && (head.length === humanLength ? shortened(hash) === head : hash === head);
  if (seq !== undefined) return same(hashes[seq]) ? seq : undefined;
  const found = hashes.findIndex(same);
  return found === -1 ? undefined : found;
}

/** How a log contradicts an anchor, as a sentence without a full stop; undefined when it holds it. */
export function contradiction({ run, hashes }: Anchored, anchor: Anchor): string | undefined {
  if (anchor.run !== undefined && anchor.run !== run) return `the anchor is one of run ${anchor.run}, this is ${run}`;
  if (matchesAnchor(hashes, anchor) !== undefined) return undefined;
  const { seq, head } = anchor;
  if (seq === undefined) return `no line of this log has the head ${grouped(head)}`;
  const last = hashes.length - 1;
  return seq > last
    ? `event ${seq} of the anchor is missing: this log ends with event ${last}, so its end was cut off`
    : `event ${seq} is another line than the anchor has at that place`;
}

/** The last seq that anchors reach; -1 when none of them is held. What follows it they say nothing about. */
export function anchoredTo(hashes: readonly string[], anchors: readonly Anchor[]): number {
  return Math.max(-1, ...anchors.map((anchor) => matchesAnchor(hashes, anchor) ?? -1));
}
