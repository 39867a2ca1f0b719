// A template of the probe library: its form, and what it may refer to. It is a step, or a probe, with parameters.

import { z } from 'zod';
import { nearest } from '../engine/nearest.ts';
import { isObject, type Json, type JsonObject } from '../engine/json.ts';
import { isTemplate, malformedReference, referencesIn, rootOf } from './interpolate.ts';
import { formProblems } from './issues.ts';
import { placeOfKey, problemAt, reportInto, type Problem, type Report, type Source } from './places.ts';
import { call, hold, severity, wait } from './schema.ts';
import { anyJson, expectation, nameText, path, text } from './schema-parts.ts';
import { asJson, partOf } from './written.ts';

const parameterTypes = ['text', 'number', 'integer', 'list', 'any', 'secret'] as const;

const parameter = z
  .strictObject({ about: text, type: z.enum(parameterTypes), default: anyJson.exactOptional() })
  .meta({ id: 'parameter', description: 'What a use of the template says; without a default it must be said' });

/** One template. `expect` is what makes it a step; without it, it is a probe that others judge. */
export const templateSchema = z
  .strictObject({
    title: text,
    summary: text,
    parameters: z.record(nameText, parameter).exactOptional(),
    probe: call,
    expect: z.array(expectation).min(1, 'is empty').exactOptional(),
    wait: wait.exactOptional(),
    hold: hold.exactOptional(),
    severity: severity.exactOptional(),
    fix: text.exactOptional(),
    capture: z.record(nameText, path).exactOptional(),
  })
  .meta({ id: 'template', description: 'A step, or a probe, with parameters' });

export type TemplateBody = z.infer<typeof templateSchema>;
export type ParameterBody = z.infer<typeof parameter>;

/** A template as it was read. */
export interface Template {
  readonly name: string;
  /** The file it stands in, with the place of every value of `body`. */
  readonly source: Source;
  /** Undefined when nothing is left of it. With problems it must not be used. */
  readonly body: TemplateBody | undefined;
  /** As it was read, on one line: two that say the same are the same. */
  readonly json: string;
  readonly problems: readonly Problem[];
}

export type Templates = ReadonlyMap<string, Template>;

/** The first part of a template's name is the file it stands in, without `.yaml`: `s3.versioned` is in `s3.yaml`. */
export const templateName = z
  .string()
  .regex(/^[a-z][a-z0-9_]{0,62}(?:\.[a-z][a-z0-9_]{0,62})+$/, 'a template is called FILE.NAME, such as s3.versioned');

/** What every template may look up beside its parameters. */
const ownNames: readonly string[] = ['target', 'account', 'region'];
/** What no parameter may be called. */
const taken: readonly string[] = [...ownNames, 'run'];

/** Reads the templates under a key: each by itself, so that a mistake in one is none in another. */
export function readTemplates(source: Source, written: JsonObject): Templates {
  return new Map(Object.keys(written).map((name) => [name, readTemplate(source, written, name)] as const));
}

function readTemplate(source: Source, holder: JsonObject, name: string): Template {
  const written = partOf(holder, name);
  const json = JSON.stringify(written);
  const at = placeOfKey(source, holder, name);
  const named = templateName.safeParse(name).error?.issues[0]?.message;
  const broken = (message: string): Template => ({
    name,
    source,
    body: undefined,
    json,
    problems: [problemAt(source, at, message)],
  });
  if (named !== undefined) return broken(`\`${name}\` cannot be a name here: ${named}`);
  if (!isObject(written)) return broken(`\`${name}\` must be a map`);
  const form = formProblems(source, templateSchema, written);
  const problems = [...form.problems];
  // What has no proper form may have lost the place where a parameter is used.
  if (form.value !== undefined && problems.length === 0) references(form.value, reportInto(source, problems));
  return { name, source, body: form.value, json, problems };
}

/** The keys of a template that become keys of the step. */
export const stepKeys = ['title', 'probe', 'expect', 'wait', 'hold', 'severity', 'fix', 'capture'] as const;

function references(body: TemplateBody, report: Report): void {
  const parameters: Readonly<Record<string, ParameterBody>> = body.parameters ?? {};
  const names = Object.keys(parameters);
  // A default may be made of what has to be given, and of nothing that may be a default itself.
  const required = names.filter((name) => parameters[name]?.default === undefined);
  const used = new Set<string>();
  for (const key of stepKeys) walk(body, key, [...names, ...ownNames], report, used);
  for (const [name, { type, default: value }] of Object.entries(parameters)) {
    if (taken.includes(name))
      report.key(parameters, name, `\`${name}\` is built in, and cannot be the name of a parameter`);
    else if (!used.has(name)) report.key(parameters, name, `nothing of the template uses \`\${${name}}\``);
    if (value === undefined) continue;
    walk(parameters[name] ?? {}, 'default', [...required, ...ownNames], report, used);
    const wrong = misfit(type, value);
    if (wrong !== undefined) report.value(parameters[name] ?? {}, 'default', `\`default\` ${wrong}`);
  }
}

/** Visits every text under a key: it may look up `allowed`, each as a whole name, and nothing else. */
function walk(
  holder: object,
  key: string | number,
  allowed: readonly string[],
  report: Report,
  used: Set<string>,
): void {
  const value = partOf(holder, key);
  if (Array.isArray(value)) for (const index of value.keys()) walk(value, index, allowed, report, used);
  else if (isObject(value)) {
    for (const inner of Object.keys(value)) {
      if (isTemplate(inner)) report.key(value, inner, '`${}` is filled in values, never in names');
      walk(value, inner, allowed, report, used);
    }
  }
  if (typeof value !== 'string' || !isTemplate(value)) return;
  const malformed = malformedReference(value);
  if (malformed !== undefined) report.value(holder, key, malformed);
  for (const name of malformed === undefined ? referencesIn(value) : []) {
    used.add(name);
    if (allowed.includes(name)) continue;
    const near = nearest(name, allowed);
    const hint = near === undefined ? `it sees ${allowed.join(', ')}` : `did you mean \`${near}\`?`;
    const whole = allowed.includes(rootOf(name)) ? `: \`${rootOf(name)}\` is looked up whole` : '';
    report.value(holder, key, `a template sees its parameters and nothing called \`${name}\`${whole}`, hint);
  }
}

/** What is wrong with a value for a parameter of this type, or undefined. A lone `${name}` is known only later. */
export function misfit(type: ParameterBody['type'], value: Json): string | undefined {
  if (type === 'any') return undefined;
  if (type === 'secret') return isLone(value) ? undefined : 'must be a lone `${name}`, of an input with `secret: true`';
  if (typeof value === 'string' && type !== 'text')
    return isLone(value) ? undefined : `must be ${typeWords[type]}, or a lone \`\${name}\``;
  const fits = {
    text: typeof value === 'string' && value !== '',
    number: typeof value === 'number',
    integer: Number.isSafeInteger(value),
    list: Array.isArray(value),
  }[type];
  return fits ? undefined : `must be ${typeWords[type]}`;
}

function isLone(value: Json): boolean {
  return typeof value === 'string' && /^\$\{[^}]*\}$/.test(value);
}

/** The types of parameters in words. */
export const typeWords: Readonly<Record<ParameterBody['type'], string>> = {
  text: 'text',
  number: 'a number',
  integer: 'a whole number',
  list: 'a list',
  any: 'anything',
  secret: 'a secret',
};

/** The parameters of a template by name, in its own order. */
export function parametersOf({ body }: Template): readonly (readonly [string, ParameterBody])[] {
  return Object.entries(body?.parameters ?? {});
}

/** A part of a template as JSON, with the object that has its place. */
export function partOfTemplate(body: TemplateBody, key: (typeof stepKeys)[number]): Json | undefined {
  return Object.hasOwn(body, key) ? asJson(body[key]) : undefined;
}
