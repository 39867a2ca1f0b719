// Fills `${…}`: a dotted look-up, expanded once, never an expression.

import { BlindError } from '../errors.ts';
import { isObject, type Json } from '../engine/json.ts';
import type { Scope } from '../engine/plan.ts';

const reference = /\$\{([^}]*)\}/g;
const wholeReference = /^\$\{([^}]*)\}$/;
const dotted = /^[A-Za-z_][A-Za-z0-9_-]*(\.[A-Za-z0-9_-]+)*$/;

/** Every look-up in a template, at any depth, in order of appearance: `["alb.DNSName", "domain"]`. */
export function referencesIn(template: Json): readonly string[] {
  if (typeof template === 'string') return [...template.matchAll(reference)].map((match) => match[1] ?? '');
  if (Array.isArray(template)) return template.flatMap((item: Json) => referencesIn(item));
  if (isObject(template)) return Object.values(template).flatMap((item) => referencesIn(item));
  return [];
}

/** True when the string holds a `${…}`, or the beginning of one. */
export function isTemplate(value: unknown): boolean {
  return typeof value === 'string' && value.includes('${');
}

/** What is wrong with the form of a string's references, or undefined. */
export function malformedReference(text: string): string | undefined {
  const bad = referencesIn(text).find((path) => !dotted.test(path));
  if (bad !== undefined) return `\`\${${bad}}\` is not a name: only \`\${name}\` or \`\${name.field.0}\` is looked up`;
  const rest = text.replaceAll(reference, '');
  return rest.includes('${') ? '`${` is never closed by `}`' : undefined;
}

/** The first part of a look-up: what it refers to. */
export function rootOf(path: string): string {
  return path.split('.', 1)[0] ?? path;
}

/**
 * Fills what `scope` knows and leaves the rest as it is, so that a later fill sees the same text. A value that would
 * bring a `${` of its own is left for that later fill too: nothing is ever expanded twice.
 */
export function fillKnown(template: Json, scope: Scope): Json {
  return mapStrings(template, (text) => fillString(text, scope));
}

/**
 * Fills everything. A string that is only `${x}` keeps x's type.
 * Throws BlindError `unresolved`, naming the look-up, when something is missing, null, or not text inside a longer text.
 */
export function fillAll(template: Json, scope: Scope): Json {
  return mapStrings(template, (text) => {
    const whole = wholeReference.exec(text)?.[1];
    if (whole !== undefined) return found(whole, scope);
    return text.replaceAll(reference, (_, path: string) => inText(path, found(path, scope)));
  });
}

/** Fills what is known in a text for people. */
export function fillText(text: string, scope: Scope): string {
  const filled = fillKnown(text, scope);
  return typeof filled === 'string' ? filled : JSON.stringify(filled);
}

/** What has nothing to fill in it is given back itself. */
function mapStrings(template: Json, fill: (text: string) => Json): Json {
  if (typeof template === 'string') return template.includes('${') ? fill(template) : template;
  if (Array.isArray(template)) {
    const items: readonly Json[] = template;
    const mapped = items.map((item) => mapStrings(item, fill));
    return mapped.every((item, index) => item === items[index]) ? template : mapped;
  }
  if (!isObject(template)) return template;
  const mapped = Object.entries(template).map(([key, value]) => [key, mapStrings(value, fill)] as const);
  return mapped.every(([key, value]) => value === template[key]) ? template : Object.fromEntries(mapped);
}

function fillString(text: string, scope: Scope): Json {
  const whole = wholeReference.exec(text)?.[1];
  if (whole !== undefined) {
    const value = lookUp(whole, scope);
    return value === undefined || value === null || carriesTemplate(value) ? text : value;
  }
  const left: string[] = [];
  const filled = text.replaceAll(reference, (written, path: string) => {
    const value = lookUp(path, scope);
    if (!isScalar(value)) {
      left.push(path);
      return written;
    }
    return String(value);
  });
  return leaves(filled, left) ? filled : text;
}

/** Whether a later fill of `filled` would see exactly the look-ups that were left, as parts of a text. */
function leaves(filled: string, left: readonly string[]): boolean {
  const same = referencesIn(filled).join('\n') === left.join('\n') && filled.split('${').length === left.length + 1;
  return same && !wholeReference.test(filled);
}

function carriesTemplate(value: Json): boolean {
  return JSON.stringify(value).includes('${');
}

function isScalar(value: Json | undefined): value is string | number | boolean {
  return typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean';
}

/** The value at a dotted path, own members only; undefined when there is none. */
export function lookUp(path: string, scope: Scope): Json | undefined {
  let value: Json | undefined = scope;
  for (const part of path.split('.')) {
    if (Array.isArray(value)) value = /^\d+$/.test(part) ? (value as readonly Json[])[Number(part)] : undefined;
    else if (isObject(value)) value = Object.hasOwn(value, part) ? value[part] : undefined;
    else return undefined;
  }
  return value;
}

function found(path: string, scope: Scope): Json {
  const value = lookUp(path, scope);
  if (value !== undefined && value !== null) return value;
  throw new BlindError('unresolved', `nothing stands behind \${${path.slice(0, 200)}}`);
}

function inText(path: string, value: Json): string {
  if (isScalar(value)) return String(value);
  throw new BlindError('unresolved', `\${${path.slice(0, 200)}} is a list or an object and cannot stand inside a text`);
}
