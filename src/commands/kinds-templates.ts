// The probe library as `golive kinds` shows it: a table of templates, and one with its parameters and an example.

import { join } from 'node:path';
import { parametersOf, typeWords, type ParameterBody, type Template } from '../checklist/template.ts';
import { asJson } from '../checklist/written.ts';
import type { Json, JsonObject } from '../engine/json.ts';
import { visible } from '../render/text.ts';
import { shelfFor } from './open-checklist.ts';
import type { Shell } from './shell.ts';

/** The templates that a checklist in `./checklists` can use, by name. */
export async function templatesHere(shell: Pick<Shell, 'cwd'>): Promise<readonly Template[]> {
  // The library of any file that stands there.
  const all = await shelfFor(join(shell.cwd, 'checklists', 'any.yaml'), shell).all();
  return [...all.values()].toSorted((a, b) => (a.name < b.name ? -1 : 1));
}

/** The lines of the table; none where there is no template. */
export function templateTable(templates: readonly Template[]): readonly string[] {
  if (templates.length === 0) return [];
  const wide = Math.max(...templates.map(({ name }) => name.length));
  const rows = templates.map((template) => {
    const names = parametersOf(template).map(([name, { default: value }]) =>
      value === undefined ? name : `[${name}]`,
    );
    const takes = names.length === 0 ? '' : `  { ${names.join(', ')} }`;
    return `${template.name.padEnd(wide)}  ${visible(summaryOf(template))}${takes}`;
  });
  const files = [...new Set(templates.map(({ source }) => source.file.replace(/[^/]*$/, '')))];
  const from = files.map((folder) => visible(folder)).join(' and ');
  return [`\nTemplates are checks that are written already, for \`use\` in a step (from ${from}):`, ...rows];
}

function summaryOf({ body, problems, source }: Template): string {
  return problems.length > 0 || body === undefined ? `has mistakes: golive lint ${source.file}` : body.summary;
}

/** One template with its file, its parameters and a step that uses it. */
export function templatePage(template: Template): string {
  const { name, body, source } = template;
  const parameters = parametersOf(template);
  const wide = Math.max(0, ...parameters.map(([key]) => key.length));
  const rows = parameters.map(([key, parameter]) => visible(`  ${key.padEnd(wide)}  ${wordsOf(parameter)}`));
  const expects =
    body?.expect === undefined ? ['', 'It expects nothing: the step says `expect`, or a named probe uses it.'] : [];
  return [
    visible(`${name}, under use: ${summaryOf(template)}`),
    '',
    'Parameters',
    ...(rows.length === 0 ? ['  none'] : rows),
    '',
    'Example',
    visible(`  use: { ${name}: ${exampleOf(parameters)} }`),
    ...expects,
    '',
    'What it stands for',
    ...[...linesOf(template), `  (${source.file})`].map((line) => visible(line)),
  ].join('\n');
}

function wordsOf({ type, about, default: value }: ParameterBody): string {
  const otherwise = value === undefined ? 'required' : `${JSON.stringify(value)} unless given`;
  return `${typeWords[type]}, ${otherwise}; ${about}`;
}

function exampleOf(parameters: readonly (readonly [string, ParameterBody])[]): string {
  const needed = parameters.filter(([, { default: value }]) => value === undefined);
  if (needed.length === 0) return '{}';
  const written: Readonly<Record<ParameterBody['type'], string>> = {
    text: 'TEXT',
    number: '1.5',
    integer: '1',
    list: '[TEXT]',
    any: 'VALUE',
    secret: '"${NAME}"',
  };
  return `{ ${needed.map(([key, { type }]) => `${key}: ${written[type]}`).join(', ')} }`;
}

/** The lines of the template as its file has them, from its name on. */
function linesOf({ name, source, body }: Template): readonly string[] {
  const spots = body === undefined ? undefined : source.spots.get(body);
  const from = spots === undefined ? -1 : spots.own.line - 2;
  const first = source.lines[from] ?? '';
  if (!first.includes(name)) return [];
  const depth = first.search(/\S/);
  const rest = source.lines.slice(from + 1);
  const end = rest.findIndex((line) => line.trim() !== '' && line.search(/\S/) <= depth);
  const own = [first, ...(end < 0 ? rest : rest.slice(0, end))].map((line) => `  ${line.slice(depth)}`);
  return own.slice(0, own.findLastIndex((line) => line.trim() !== '') + 1);
}

/** For machines. `under`: where a step names it. */
export function templateJson(template: Template): JsonObject {
  const { name, source, body } = template;
  const parameters = Object.fromEntries(
    parametersOf(template).map(([key, value]): [string, Json] => [key, asJson(value)]),
  );
  return {
    name,
    under: 'use',
    summary: summaryOf(template),
    file: source.file,
    parameters,
    ...(body !== undefined && { title: body.title, judges: body.expect !== undefined }),
  };
}
