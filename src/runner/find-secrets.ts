// Finds the forms of secrets in a text, all of them in one pass whatever their number.

import { redacted } from '../engine/redacted.ts';
import type { Form } from './secret-forms.ts';

/** A place in a text that gives a secret away. */
export interface Hit {
  readonly from: number;
  /** The first character behind it. */
  readonly to: number;
  readonly name: string;
}

/** Takes a hit. */
export type Found = (hit: Hit) => void;

export interface Finder {
  /** Every form that stands in the text as a whole. */
  wholes(text: string, found: Found): void;
  /**
   * What is left of a form where the text was cut, or only looked like a secret and a part of it was taken out: its front
   * at the end of the text, its end at the front.
   */
  cuts(text: string, found: Found): void;
}

/** A form is looked up by its first characters: as many as the shortest has. */
const first = 4;
/** Less than this of a secret may be any word. */
const shortestCut = 6;
/** What golive itself cuts in the middle of its words is shorter than this. */
const longestTold = 20_000;
const ellipsis = '…';

/** A finder of these forms. Its time grows with the text, and hardly with their number. */
export function openFinder(forms: readonly Form[]): Finder {
  const longestFirst = forms.toSorted((a, b) => b.text.length - a.text.length);
  const byFirst = grouped(longestFirst, ({ text }) => keyOf(text));
  // Most places are passed over by one look into this.
  const known = new Uint8Array(1 << 16);
  for (const key of byFirst.keys()) known[slot(key)] = 1;
  const pieces = longestFirst.filter(({ cut }) => cut).flatMap((form) => piecesOf(form));
  const fronts = grouped(pieces, ({ front }) => front.slice(-shortestCut));
  const backs = grouped(pieces, ({ back }) => back.slice(0, shortestCut));

  const frontBefore = (text: string, end: number, found: Found): void => {
    const piece = fronts
      .get(text.slice(Math.max(0, end - shortestCut), end))
      ?.find(({ front }) => front.length <= end && text.startsWith(front, end - front.length));
    if (piece !== undefined) found({ from: end - piece.front.length, to: end, name: piece.name });
  };

  const backAfter = (text: string, from: number, found: Found): void => {
    const piece = backs.get(text.slice(from, from + shortestCut))?.find(({ back }) => text.startsWith(back, from));
    if (piece !== undefined) found({ from, to: from + piece.back.length, name: piece.name });
  };

  return {
    wholes(text, found) {
      let key = 0;
      for (let at = 0; at < text.length; at += 1) {
        key = rolled(key, text.charCodeAt(at));
        if (known[slot(key)] === 0 || at < first - 1) continue;
        const from = at - first + 1;
        const form = byFirst.get(key)?.find((each) => text.startsWith(each.text, from));
        if (form === undefined) continue;
        const [before, behind] = form.more;
        const to = Math.min(text.length, from + form.text.length + behind);
        found({ from: Math.max(0, from - before), to, name: form.name });
      }
    },
    cuts(text, found) {
      backAfter(text, 0, found);
      frontBefore(text, text.length, found);
      for (const at of placesOf(redacted, text)) {
        frontBefore(text, at, found);
        backAfter(text, at + redacted.length, found);
      }
      if (text.length > longestTold) return;
      for (const at of placesOf(ellipsis, text)) frontBefore(text, at, found);
    },
  };
}

/** What may be left of a form where a text was cut: its fronts and backs, the longest first. */
function piecesOf({
  text,
  name,
}: Form): readonly { readonly front: string; readonly back: string; readonly name: string }[] {
  const lengths = Array.from({ length: Math.max(0, text.length - shortestCut) }, (_, less) => text.length - 1 - less);
  return lengths.map((length) => ({ front: text.slice(0, length), back: text.slice(-length), name }));
}

function placesOf(part: string, text: string): readonly number[] {
  const places: number[] = [];
  for (let at = text.indexOf(part); at !== -1; at = text.indexOf(part, at + part.length)) places.push(at);
  return places;
}

function grouped<K, T>(items: readonly T[], by: (item: T) => K): ReadonlyMap<K, readonly T[]> {
  const groups = new Map<K, T[]>();
  for (const item of items) {
    const group = groups.get(by(item));
    if (group === undefined) groups.set(by(item), [item]);
    else group.push(item);
  }
  return groups;
}

/** The last four characters as one number, the same only for the same ones where they are ASCII. */
function rolled(before: number, code: number): number {
  return ((before << 7) ^ code) & 0xfff_ffff;
}

function keyOf(text: string): number {
  let key = 0;
  for (let at = 0; at < first; at += 1) key = rolled(key, text.charCodeAt(at));
  return key;
}

function slot(key: number): number {
  return (key ^ (key >>> 12)) & 0xffff;
}
