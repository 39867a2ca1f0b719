// `use:` becomes what the template says, with its parameters filled in. Everything it brings knows both places: where it
// is used, and where it is written.

import { nearest } from '../engine/nearest.ts';
import { isObject, type Json, type JsonObject } from '../engine/json.ts';
import { copyOf, type Copying } from './template-copy.ts';
import { placeOfKey, placeOfValue, problemAt, type Place, type Problem, type Source } from './places.ts';
import {
  misfit,
  parametersOf,
  partOfTemplate,
  stepKeys,
  type Template,
  type TemplateBody,
  type Templates,
} from './template.ts';

/** Where a `use:` stands: in a step, or in a named probe. */
interface Site {
  readonly holder: JsonObject;
  readonly as: 'step' | 'probe';
}

/** What a step says beside `use` only when it brings its own probe, ask, act or gate. */
const notBeside = ['probe', 'ask', 'act', 'gate', 'confirm', 'verify', 'undo', 'undo_of', 'budget'];
/** Values that all uses of a checklist together may bring. A text counts for its length. */
const mostBrought = 500_000;

/** Every `use:` of a checklist whose form nobody has looked at yet. */
export function usesIn(root: JsonObject): readonly Site[] {
  const probes = Object.values(mapOf(root['probes'])).map((holder) => ({ holder, as: 'probe' as const }));
  const sections = listOf(root['phases']).flatMap((phase) => listOf(mapOf(phase)['sections']));
  const steps = [...sections.flatMap((section) => listOf(mapOf(section)['steps'])), ...listOf(root['rollback'])];
  return [...probes, ...steps.map((holder) => ({ holder, as: 'step' as const }))].flatMap(({ holder, as }) =>
    isObject(holder) && Object.hasOwn(holder, 'use') ? [{ holder, as }] : [],
  );
}

/** The names of the templates that are used, each once, sorted. */
export function namesUsed(root: JsonObject): readonly string[] {
  return [...new Set(usesIn(root).flatMap(({ holder }) => Object.keys(mapOf(holder['use']))))].toSorted();
}

function mapOf(value: Json | undefined): JsonObject {
  return isObject(value) ? value : {};
}

function listOf(value: Json | undefined): readonly Json[] {
  return Array.isArray(value) ? value : [];
}

/**
 * Puts what the templates say in place of every `use:`, in `root` itself. What cannot be expanded is told, loses its
 * `use:` and is `touched`. `known`: names that can be used, for "did you mean".
 */
export function expandUses(
  source: Source,
  root: JsonObject,
  templates: Templates,
  known: readonly string[],
): { readonly problems: readonly Problem[]; readonly touched: ReadonlySet<JsonObject> } {
  const problems: Problem[] = [];
  const touched = new Set<JsonObject>();
  const budget = { left: mostBrought };
  for (const site of usesIn(root)) {
    const before = problems.length;
    const used = usedBy(source, site, templates, known, problems);
    if (used !== undefined) {
      put(source, site, used, budget);
      if (budget.left < 0) problems.push(problemAt(source, used.at, 'all that templates bring is too much to read'));
    }
    Reflect.deleteProperty(site.holder, 'use');
    if (problems.length > before) touched.add(site.holder);
    if (budget.left < 0) break;
  }
  return { problems, touched };
}

/** A use that may be expanded. */
interface Used {
  readonly template: Template;
  readonly body: TemplateBody;
  readonly args: JsonObject;
  /** The name of the template, where it is used. */
  readonly at: Place;
}

function usedBy(
  source: Source,
  { holder, as }: Site,
  templates: Templates,
  known: readonly string[],
  problems: Problem[],
): Used | undefined {
  const say = (place: Place, message: string, hint?: string): void =>
    void problems.push(problemAt(source, place, message, hint));
  const use = holder['use'] ?? null;
  const [name, ...more] = isObject(use) ? Object.keys(use) : [];
  if (!isObject(use) || name === undefined || more.length > 0) {
    say(
      placeOfValue(source, holder, 'use'),
      '`use` is one template with its parameters: { NAME: { PARAMETER: VALUE } }',
    );
    return undefined;
  }
  const at = placeOfKey(source, use, name);
  const args = use[name] ?? {};
  const template = templates.get(name);
  if (template === undefined) {
    say(at, `there is no template \`${name}\``, nearestHint(name, known, 'templates'));
    return undefined;
  }
  for (const { line, column, message, hint, file } of template.problems)
    say({ ...at, template: { name, file, line, column } }, `the template has a mistake: ${message}`, hint);
  const { body } = template;
  if (body === undefined || template.problems.length > 0) return undefined;
  const before = problems.length;
  if (!isObject(args)) say(placeOfValue(source, use, name), `\`${name}\` takes a map of parameters`);
  else argumentsFit({ template, body, args, at }, source, say);
  beside(holder, as, body, (key, message) => say(placeOfKey(source, holder, key), message));
  return problems.length > before || !isObject(args) ? undefined : { template, body, args, at };
}

function nearestHint(name: string, known: readonly string[], what: string): string | undefined {
  const near = nearest(name, known);
  if (near !== undefined) return `did you mean \`${near}\`?`;
  return known.length === 0 ? undefined : `${what}: ${known.join(', ')}`;
}

function argumentsFit(
  { template, args, at }: Used,
  source: Source,
  say: (place: Place, message: string, hint?: string) => void,
): void {
  const parameters = parametersOf(template);
  const written = template.body?.parameters ?? {};
  const there = (key?: string): Place['template'] & object => {
    const { line, column } = placeOfKey(
      template.source,
      key === undefined ? (template.body ?? {}) : written,
      key ?? '',
    );
    return { name: template.name, file: template.source.file, line, column };
  };
  for (const key of Object.keys(args)) {
    if (Object.hasOwn(written, key)) continue;
    const names = parameters.map(([name]) => name);
    const hint = names.length === 0 ? 'it has no parameters' : nearestHint(key, names, 'parameters');
    say({ ...placeOfKey(source, args, key), template: there() }, `the template has no parameter \`${key}\``, hint);
  }
  for (const [name, { about, type, default: otherwise }] of parameters) {
    const value = args[name];
    if (value === undefined && otherwise === undefined)
      say({ ...at, template: there(name) }, `\`${name}\` is missing`, about);
    const wrong = value === undefined ? undefined : misfit(type, value);
    if (wrong !== undefined)
      say({ ...placeOfValue(source, args, name), template: there(name) }, `\`${name}\` ${wrong}`, about);
  }
}

/** What stands beside `use`: a step keeps its own words, a named probe has none. */
function beside(
  holder: JsonObject,
  as: Site['as'],
  body: TemplateBody,
  say: (key: string, message: string) => void,
): void {
  if (as === 'step') {
    for (const key of notBeside)
      if (Object.hasOwn(holder, key)) say(key, `\`use\` brings the probe: there is no \`${key}\` beside it`);
    return;
  }
  for (const key of Object.keys(holder))
    if (key !== 'use') say(key, `\`use\` brings the whole probe: there is no \`${key}\` beside it`);
  const judged = stepKeys.find(
    (key) => key !== 'probe' && key !== 'title' && key !== 'fix' && Object.hasOwn(body, key),
  );
  if (judged !== undefined) say('use', `this template has \`${judged}\`, which only a step can have: use it in a step`);
}

function put(source: Source, { holder, as }: Site, { template, body, args, at }: Used, budget: { left: number }): void {
  const copying: Copying = { into: source, template, args, at, budget };
  const spots = source.spots.get(holder);
  if (as === 'probe') {
    const probe = copyOf(copying, body, 'probe');
    for (const [key, value] of Object.entries(mapOf(probe.value))) {
      Reflect.set(holder, key, value);
      spots?.entries.set(key, { key: at, value: placeOfValue(source, mapOf(probe.value), key) });
    }
    return;
  }
  for (const key of stepKeys) {
    if (partOfTemplate(body, key) === undefined) continue;
    const own = holder[key];
    if (own !== undefined && !(key === 'expect' && Array.isArray(own))) continue;
    const { value, place } = copyOf(copying, body, key);
    if (key === 'expect' && Array.isArray(own) && Array.isArray(value)) append(source, value, own);
    spots?.entries.set(key, { key: place, value: own === undefined ? place : placeOfValue(source, holder, key) });
    Reflect.set(holder, key, value);
  }
}

/** What the step expects itself stands behind what the template expects. */
function append(source: Source, list: Json[], own: readonly Json[]): void {
  const entries = source.spots.get(list)?.entries;
  for (const [index, item] of own.entries()) {
    const place = placeOfValue(source, own, index);
    entries?.set(list.length, { key: place, value: place });
    list.push(item);
  }
}
