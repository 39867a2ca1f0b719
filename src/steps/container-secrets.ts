// What one container of a task definition says of secrets: the references it has, and what in it looks like plain ones.

import { isObject } from '../engine/json.ts';
import type { Json, JsonObject } from '../engine/json.ts';
import { objects, text } from './aws-facts.ts';
import { whyArguments, whyVariable } from './secret-looks.ts';

/** A name and where its value comes from. */
export interface Named {
  /** The variable; for others where it stands: `logConfiguration.secretOptions.splunk-token`. */
  readonly env: string;
  readonly valueFrom: string;
}

/** What looks like a plain secret, and why: never its value. */
export interface Suspect {
  readonly env: string;
  readonly why: string;
}

/** The references of a container, among its variables and among the options of its log driver. */
export function referencesOf(container: JsonObject): readonly Named[] {
  return [
    ...namedIn(container['secrets'], ''),
    ...namedIn(under(container, 'logConfiguration')['secretOptions'], 'logConfiguration.secretOptions.'),
  ];
}

function namedIn(list: Json | undefined, prefix: string): readonly Named[] {
  return objects(list).map((each) => ({
    env: `${prefix}${text(each['name']) ?? ''}`,
    valueFrom: text(each['valueFrom']) ?? '',
  }));
}

/** The names of the plain variables of a container; undefined when they could not be read. */
export function plainNames(container: JsonObject): readonly string[] | undefined {
  return variables(container)?.map(([name]) => name);
}

/** Where a container's files with more plain variables are. */
export function environmentFiles(container: JsonObject): readonly string[] {
  return objects(container['environmentFiles']).map((each) => text(each['value']) ?? '');
}

/**
 * Whatever looks like a secret among the plain variables, the arguments, the labels and the options of the log driver.
 * Undefined when some of it could not be read: then nobody knows.
 */
export function suspectsOf(container: JsonObject): readonly Suspect[] | undefined {
  const plain = variables(container);
  const lists = argumentLists(container);
  const maps = optionMaps(container);
  if (plain === undefined || lists === undefined || maps === undefined) return undefined;
  return [
    ...plain.flatMap(([name, value]) => suspect(name, whyVariable(name, value))),
    ...lists.flatMap(([where, given]) => suspect(where, whyArguments(given))),
    ...maps.flatMap(([where, map]) =>
      Object.entries(map).flatMap(([name, value]) => suspect(`${where}.${name}`, whyVariable(name, text(value) ?? ''))),
    ),
  ];
}

function suspect(env: string, why: string | undefined): readonly Suspect[] {
  return why === undefined ? [] : [{ env, why }];
}

/** Names and values. A list that came in another form, such as masked by somebody on the way, was not read. */
function variables(container: JsonObject): readonly (readonly [string, string])[] | undefined {
  const { environment = [] } = container;
  if (!Array.isArray(environment)) return undefined;
  const read = (environment as readonly Json[]).map((each) => {
    const { name, value = '' } = isObject(each) ? each : {};
    return typeof name === 'string' && typeof value === 'string' ? ([name, value] as const) : undefined;
  });
  return read.every((each) => each !== undefined) ? read : undefined;
}

function argumentLists(container: JsonObject): readonly (readonly [string, readonly string[]])[] | undefined {
  const lists = [
    ['command', container['command'] ?? []],
    ['entryPoint', container['entryPoint'] ?? []],
    ['healthCheck', under(container, 'healthCheck')['command'] ?? []],
  ] as const;
  const read = lists.map(([where, list]) => {
    const given: readonly Json[] = Array.isArray(list) ? list : [null];
    const words = given.filter((each) => typeof each === 'string');
    return words.length === given.length ? ([where, words] as const) : undefined;
  });
  return read.every((each) => each !== undefined) ? read : undefined;
}

function optionMaps(container: JsonObject): readonly (readonly [string, JsonObject])[] | undefined {
  const maps = [
    ['dockerLabels', container['dockerLabels'] ?? {}],
    ['logConfiguration.options', under(container, 'logConfiguration')['options'] ?? {}],
    ['firelensConfiguration.options', under(container, 'firelensConfiguration')['options'] ?? {}],
  ] as const;
  const read = maps.map(([where, map]) => (isObject(map) ? ([where, map] as const) : undefined));
  return read.every((each) => each !== undefined) ? read : undefined;
}

function under(container: JsonObject, member: string): JsonObject {
  const value = container[member];
  return isObject(value) ? value : {};
}
