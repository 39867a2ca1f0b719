// Which keys a zod schema knows at a path: for "did you mean".

import type { $ZodType } from 'zod/v4/core';

/** The keys a schema knows at a path, over every branch of a union. */
export function knownKeys(schema: $ZodType, path: readonly PropertyKey[]): readonly string[] {
  let here: readonly $ZodType[] = [schema];
  for (const part of path) here = here.flatMap((one) => opened(one)).flatMap((one) => inside(one, part));
  return [...new Set(here.flatMap((one) => opened(one)).flatMap((one) => Object.keys(shapeOf(one) ?? {})))];
}

/** What one schema says about its parts; only what the checklist's schema is made of. */
interface Definition {
  readonly type: string;
  readonly innerType?: $ZodType;
  readonly getter?: () => $ZodType;
  readonly options?: readonly $ZodType[];
  readonly shape?: Readonly<Record<string, $ZodType>>;
  readonly element?: $ZodType;
  readonly valueType?: $ZodType;
}

function definitionOf(schema: $ZodType): Definition {
  const definition: Definition = Reflect.get(schema, 'def');
  return definition;
}

function shapeOf(schema: $ZodType): Readonly<Record<string, $ZodType>> | undefined {
  return definitionOf(schema).shape;
}

function opened(schema: $ZodType): readonly $ZodType[] {
  const { innerType, getter, options } = definitionOf(schema);
  if (innerType !== undefined) return opened(innerType);
  if (getter !== undefined) return opened(getter());
  return options === undefined ? [schema] : options.flatMap((option) => opened(option));
}

function inside(schema: $ZodType, part: PropertyKey): readonly $ZodType[] {
  const { shape, element, valueType } = definitionOf(schema);
  if (shape !== undefined && typeof part === 'string' && Object.hasOwn(shape, part)) return [shape[part] ?? schema];
  if (element !== undefined && typeof part === 'number') return [element];
  return valueType === undefined ? [] : [valueType];
}
