// Copies a part of a template into a checklist: parameters filled in once, and for every value the place where the
// template is used together with the place where it is written.

import { isObject, type Json, type JsonObject } from '../engine/json.ts';
import { placeOfKey, placeOfValue, type Place, type Source } from './places.ts';
import { parametersOf, type Template } from './template.ts';
import { partOf } from './written.ts';

export interface Copying {
  /** The checklist, which learns the places of everything that is copied. */
  readonly into: Source;
  readonly template: Template;
  /** What the use says of the parameters. */
  readonly args: JsonObject;
  /** Where it is used. */
  readonly at: Place;
  /** How many values may still be brought; below 0 nothing more is copied. */
  readonly budget: { left: number };
}

interface Copy {
  readonly value: Json;
  readonly place: Place;
}

const lone = /^\$\{([^}]*)\}$/;

/** The value under a key of a part of the template, filled in. A text that is only `${p}` keeps the type of p. */
export function copyOf(copying: Copying, holder: object, key: string | number): Copy {
  const value = partOf(holder, key);
  const place = here(copying, placeOfValue(copying.template.source, holder, key));
  copying.budget.left -= typeof value === 'string' ? value.length : 1;
  if (copying.budget.left < 0) return { value: null, place };
  if (typeof value === 'string') return textOf(copying, value, place);
  if (Array.isArray(value)) {
    const list: Json[] = [];
    const entries = spotsFor(copying, list, place);
    for (const index of value.keys()) {
      const item = copyOf(copying, value, index);
      entries.set(index, { key: item.place, value: item.place });
      list.push(item.value);
    }
    return { value: list, place };
  }
  if (!isObject(value)) return { value, place };
  const map: Record<string, Json> = {};
  const entries = spotsFor(copying, map, place);
  for (const inner of Object.keys(value)) {
    const item = copyOf(copying, value, inner);
    entries.set(inner, { key: here(copying, placeOfKey(copying.template.source, value, inner)), value: item.place });
    map[inner] = item.value;
  }
  return { value: map, place };
}

/** The place of use, with this place of the template. */
function here({ at, template }: Copying, { line, column }: Place): Place {
  return { ...at, template: { name: template.name, file: template.source.file, line, column } };
}

type Entries = Map<string | number, { readonly key: Place; readonly value: Place }>;

function spotsFor({ into }: Copying, container: object, own: Place): Entries {
  const entries: Entries = new Map();
  into.spots.set(container, { own, entries });
  return entries;
}

function textOf(copying: Copying, text: string, place: Place): Copy {
  const whole = lone.exec(text)?.[1];
  const filling = whole === undefined ? undefined : parameterOf(copying, whole, place);
  if (filling !== undefined) return filling;
  const filled = text.replaceAll(/\$\{([^}]*)\}/g, (written, name: string) => {
    const value = parameterOf(copying, name, place)?.value;
    return value === undefined ? written : typeof value === 'string' ? value : JSON.stringify(value);
  });
  copying.budget.left -= filled.length;
  return { value: copying.budget.left < 0 ? '' : filled, place };
}

/** What is known of a parameter of this name; undefined for another name. */
function parameterOf(copying: Copying, name: string, place: Place): Copy | undefined {
  const { args, template } = copying;
  const declared = parametersOf(template).find(([known]) => known === name)?.[1];
  if (declared === undefined) return undefined;
  // A default is made of parameters that have none, so this ends.
  if (args[name] === undefined) return copyOf(copying, declared, 'default');
  return given(copying, args, name, place);
}

/** What the use says, as a copy of its own with its own places: what is used twice must not be one object. */
function given(copying: Copying, holder: object, key: string | number, { template }: Place): Copy {
  const { into, budget } = copying;
  const own = ({ line, column, length }: Place): Place => ({ line, column, length, ...(template && { template }) });
  const value = partOf(holder, key);
  const place = own(placeOfValue(into, holder, key));
  budget.left -= typeof value === 'string' ? value.length : 1;
  if (budget.left < 0) return { value: null, place };
  if (!Array.isArray(value) && !isObject(value)) return { value, place };
  const keys = Array.isArray(value) ? [...value.keys()] : Object.keys(value);
  const parts = keys.map((inner) => [inner, given(copying, value, inner, place)] as const);
  const copy = Array.isArray(value)
    ? parts.map(([, part]) => part.value)
    : Object.fromEntries(parts.map(([inner, part]): [string, Json] => [String(inner), part.value]));
  const entries = spotsFor(copying, copy, place);
  for (const [inner, part] of parts)
    entries.set(inner, { key: own(placeOfKey(into, value, inner)), value: part.place });
  return { value: copy, place };
}
