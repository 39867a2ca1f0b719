// Takes secret values out of texts, however they are written there: plainly, escaped for JSON, URLs or HTML, in base64.

import { isObject, type Json } from '../engine/json.ts';
import { openFinder, type Finder, type Hit } from './find-secrets.ts';
import { spaced, unescaped, unwrapped, wholeText, type View } from './peel.ts';
import { formsOf, mostLayers, type Secrets } from './secret-forms.ts';

/** Puts `(secret NAME)` in the place of each secret in a text. */
export interface Scrub {
  (text: string): string;
  /** The same for texts that are the lines of one: a secret may go over several of them. */
  readonly lines?: (texts: readonly string[]) => readonly string[];
}

/**
 * What takes these secrets out of a text. Each is found plainly, with its white space at both ends or without, behind up
 * to six layers of escapes (JSON, URLs and forms, HTML), and as a part of base64 in both alphabets, with line feeds in it
 * too; where a text was cut, also the front or the end of it, from six characters on. Values of fewer than four
 * characters are not looked for, nor parts of base64 of fewer than six: they would hit too much else.
 */
export function scrubber(secrets: Secrets): Scrub {
  const forms = formsOf(secrets);
  if (forms.length === 0) return (text) => text;
  const marks = Object.keys(secrets).map((name) => ({ name, text: markOf(name), more: [0, 0], cut: false }) as const);
  const finder = openFinder([...forms, ...marks]);
  // In forms a space is a plus.
  const spaces = Object.values(secrets).some((value) => value.trim().includes(' '));
  const hitsIn = (text: string): readonly Hit[] => merged(allHits(text, finder, spaces));
  const scrub = (text: string): string => {
    const hits = hitsIn(text);
    return hits.length === 0 ? text : cutOut(text, 0, hits);
  };
  return Object.assign(scrub, {
    lines: (texts: readonly string[]): readonly string[] => {
      const hits = hitsIn(texts.join('\n'));
      if (hits.length === 0) return texts;
      let end = -1;
      return texts.map((text) => {
        const from = end + 1;
        end = from + text.length;
        return cutOut(text, from, hits);
      });
    },
  });
}

/** JSON with the secrets taken out of its texts, names and numbers; it stays JSON whatever they look like. */
export function scrubJson(json: Json, scrub: Scrub): Json {
  if (typeof json === 'string') return scrub(json);
  if (typeof json === 'number') return scrub(String(json)) === String(json) ? json : scrub(String(json));
  if (Array.isArray(json)) {
    const items: readonly Json[] = json;
    const texts = items.filter((item) => typeof item === 'string');
    if (scrub.lines !== undefined && texts.length === items.length && texts.length > 1) return scrub.lines(texts);
    return items.map((item) => scrubJson(item, scrub));
  }
  if (!isObject(json)) return json;
  return Object.fromEntries(Object.entries(json).map(([name, value]) => [scrub(name), scrubJson(value, scrub)]));
}

const markOf = (name: string): string => `(secret ${name})`;

function allHits(text: string, finder: Finder, spaces: boolean): Hit[] {
  const hits: Hit[] = [];
  const look = (view: View): void => {
    const found = ({ from, to, name }: Hit): void => {
      const [start, end] = view.place(from, to);
      hits.push({ from: start, to: end, name });
    };
    finder.wholes(view.text, found);
    finder.cuts(view.text, found);
    if (spaces && view.text.includes('+')) finder.wholes(spaced(view.text), found);
  };
  let view: View | undefined = wholeText(text);
  for (let layers = 0; view !== undefined && layers <= mostLayers; layers += 1) {
    look(view);
    const flat = unwrapped(view);
    if (flat !== undefined) look(flat);
    view = unescaped(view);
  }
  return hits;
}

/** Hits in order, those that have a place in common as one: it has the name of the longest. */
function merged(hits: readonly Hit[]): readonly Hit[] {
  if (hits.length < 2) return hits;
  const inOrder = hits.toSorted((a, b) => a.from - b.from || b.to - a.to);
  const apart: Hit[] = [];
  let longest = 0;
  for (const hit of inOrder) {
    const last = apart.at(-1);
    const length = hit.to - hit.from;
    if (last === undefined || hit.from >= last.to) {
      apart.push(hit);
      longest = length;
      continue;
    }
    const name = length > longest ? hit.name : last.name;
    longest = Math.max(longest, length);
    apart[apart.length - 1] = { from: last.from, to: Math.max(last.to, hit.to), name };
  }
  return apart;
}

/** The text, which begins at `start` of a longer one, with the name of each secret in its place. */
function cutOut(text: string, start: number, hits: readonly Hit[]): string {
  const parts: string[] = [];
  let done = 0;
  for (const { from, to, name } of hits) {
    const [first, end] = [Math.max(0, from - start), Math.min(text.length, to - start)];
    if (first >= text.length || end <= 0) continue;
    parts.push(text.slice(done, first), markOf(name));
    done = end;
  }
  return parts.length === 0 ? text : parts.join('') + text.slice(done);
}
