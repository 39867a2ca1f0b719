// The text of a checklist together with the templates it uses. That whole text is what is read, digested, kept by a run
// and read again: nothing that happens to the library later can change what a run goes by.

import { isObject } from '../engine/json.ts';
import { namesUsed } from './expand.ts';
import type { Shelf } from './library.ts';
import { placeOfValue, problemAt, type Problem } from './places.ts';
import type { Template, Templates } from './template.ts';
import { readYaml } from './yaml.ts';

export interface Composed {
  /** As it was given, when it uses nothing, or brings its templates itself. */
  readonly text: string;
  /** The templates it uses, as they stand in the library: for places in messages. */
  readonly templates: Templates;
  /** The names of all there are, where one is used that is not there. */
  readonly known: readonly string[];
  /** Why the templates cannot be added to this text. */
  readonly problems: readonly Problem[];
}

/** No text without this uses anything, so that no checklist pays for a library it does not use. */
const mayUse = /\buse["']?\s*:/;

const preface = '# The templates this checklist uses, as the library had them when it was read.';

/** Adds the templates that a checklist uses to its text, as a block `library:` below it. */
export async function compose(text: string, file: string, shelf: Shelf): Promise<Composed> {
  const nothing: Composed = { text, templates: new Map(), known: [], problems: [] };
  if (!mayUse.test(text)) return nothing;
  const { source, root } = readYaml(text, file);
  if (!isObject(root) || Object.hasOwn(root, 'library')) return nothing;
  const names = namesUsed(root);
  const templates = new Map<string, Template>();
  for (const name of names) {
    const template = await shelf.find(name);
    if (template !== undefined) templates.set(name, template);
  }
  const known = templates.size === names.length ? [] : [...(await shelf.all()).keys()];
  const whole = [...templates.values()].filter(({ problems }) => problems.length === 0);
  if (whole.length === 0) return { ...nothing, templates, known };
  const place = placeOfValue(source, root);
  const closed = source.lines.findIndex((line) => /^\.\.\.(?:\s|$)/.test(line));
  if (closed >= 0 || source.lines[place.line - 1]?.charAt(place.column - 1) === '{') {
    const at = closed < 0 ? place : { line: closed + 1, column: 1, length: 3 };
    const message = 'the templates of a checklist are added below it: it cannot stand in braces, nor end in `...`';
    return { ...nothing, templates, known, problems: [problemAt(source, at, message)] };
  }
  const margin = ' '.repeat(place.column - 1);
  const lines = whole.map(({ name, json }) => `${margin}  ${JSON.stringify(name)}: ${json}`);
  const block = [`${margin}${preface}`, `${margin}library:`, ...lines].join('\n');
  return { text: `${text}${text.endsWith('\n') ? '' : '\n'}\n${block}\n`, templates, known, problems: [] };
}
