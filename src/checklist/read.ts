// YAML text to a checklist whose every value knows its place. All mistakes of form are found at once.

import { isObject, type Json, type JsonObject } from '../engine/json.ts';
import type { Composed } from './compose.ts';
import { checklistDigest } from './digest.ts';
import { expandUses } from './expand.ts';
import { formProblems } from './issues.ts';
import { inOrder, placeOfValue, problemAt, type Problem, type Source } from './places.ts';
import { checklistSchema, type ChecklistBody } from './schema.ts';
import { readTemplates, type Templates } from './template.ts';
import { readYaml } from './yaml.ts';

/** What was written, and where. */
export interface Checklist {
  readonly source: Source;
  /** SHA-256 over the bytes of the file, with the templates it uses below it. */
  readonly digest: string;
  readonly body: ChecklistBody;
  /** Ids and names that the file mentions in places that were taken out of `body` because their form is wrong. */
  readonly mentioned: ReadonlySet<string>;
  /** Objects and lists of `body` that something was taken out of. */
  readonly touched: ReadonlySet<object | Json>;
}

/**
 * Reads format v1. With problems of form, `checklist` is what is left without the broken parts, for lint to go on with:
 * it must not be run. Undefined when nothing is left. `library`: where its templates come from, for messages and for
 * names that are not there; a text that uses templates has them in itself.
 */
export function readChecklist(
  text: string,
  file: string,
  library: Pick<Composed, 'templates' | 'known'> = { templates: new Map(), known: [] },
): { readonly checklist: Checklist | undefined; readonly problems: readonly Problem[] } {
  const { source, root, problems } = readYaml(text, file);
  if (root === undefined) return { checklist: undefined, problems: inOrder(problems) };
  if (!isObject(root)) {
    const place = { line: 1, column: 1, length: 1 };
    return {
      checklist: undefined,
      problems: [problemAt(source, place, 'a checklist is a map that begins with `golive: 1`')],
    };
  }
  const used = expanded(source, root, library);
  const mentioned = mentionedIn(root);
  const form = formProblems(source, checklistSchema, root, used.touched);
  const checklist =
    form.value === undefined
      ? undefined
      : { source, digest: checklistDigest(text), body: form.value, mentioned, touched: form.touched };
  return { checklist, problems: inOrder([...problems, ...used.problems, ...form.problems]) };
}

/** Puts templates in place of every `use:`. What counts is the block `library:`, which is taken out of `root`. */
function expanded(
  source: Source,
  root: JsonObject,
  { templates, known }: Pick<Composed, 'templates' | 'known'>,
): { readonly problems: readonly Problem[]; readonly touched: ReadonlySet<JsonObject> } {
  const block = root['library'];
  Reflect.deleteProperty(root, 'library');
  const own: Templates = isObject(block) ? readTemplates(source, block) : new Map();
  // The same template as it stands in the library has the better places; one with a mistake stands only there.
  const all = new Map(templates);
  for (const [name, template] of own) if (templates.get(name)?.json !== template.json) all.set(name, template);
  const wrong =
    block === undefined || isObject(block)
      ? [...own.values()].flatMap((template) => (all.get(template.name) === template ? template.problems : []))
      : [problemAt(source, placeOfValue(source, root), '`library` is a map of templates')];
  const { problems, touched } = expandUses(source, root, all, [...new Set([...own.keys(), ...known])]);
  return { problems: [...wrong, ...problems], touched };
}

/** Everything that may be referred to, gathered without regard to form. */
function mentionedIn(root: JsonObject): ReadonlySet<string> {
  const names = ['values', 'inputs', 'probes', 'roles', 'documents', 'targets'].flatMap((key) => keysOf(root[key]));
  const targets = isObject(root['targets']) ? Object.values(root['targets']) : [];
  const overrides = targets.flatMap((target) => (isObject(target) ? keysOf(target['values']) : []));
  return new Set([...names, ...overrides, ...deepIds(root['phases']), ...deepIds(root['rollback'])]);
}

function keysOf(value: Json | undefined): readonly string[] {
  return isObject(value) ? Object.keys(value) : [];
}

function deepIds(value: Json | undefined): readonly string[] {
  if (Array.isArray(value)) return value.flatMap((item: Json) => deepIds(item));
  if (!isObject(value)) return [];
  const own = typeof value['id'] === 'string' ? [value['id']] : [];
  return [...own, ...keysOf(value['capture']), ...deepIds(value['sections']), ...deepIds(value['steps'])];
}
