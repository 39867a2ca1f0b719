// One world file for several targets: the same account, with the names and what else differs filled in for each.

import { z } from 'zod';
import { isObject } from '../engine/json.ts';
import type { Json } from '../engine/json.ts';
import { GoliveError } from '../errors.ts';
import { mergePatch } from './patch.ts';

/** By target: what `${NAME}` stands for in the rest of the file, and a merge patch over it. */
const targetsSchema = z.record(
  z.string().regex(/^[a-z0-9][a-z0-9-]*$/),
  z.strictObject({
    names: z.record(z.string().regex(/^[a-z]\w*$/), z.string()).default({}),
    patch: z.record(z.string(), z.json()).default({}),
  }),
);

/**
 * The world of one target (the first where none is named) of a file that has `targets:`; any other file as it is.
 * `${target}` and the target's names are filled in everywhere, in keys as well. Throws GoliveError `world`.
 */
export function worldOf(file: Json, target: string | undefined, name: string): Json {
  if (!isObject(file) || !('targets' in file)) return file;
  const { targets, ...rest } = file;
  const checked = targetsSchema.safeParse(targets);
  if (!checked.success) {
    const problems = checked.error.issues.map(({ path, message }) => `targets.${path.join('.')}: ${message}`);
    throw new GoliveError('world', `${name} is not a world to rehearse in.\n${problems.join('\n')}`);
  }
  const known = Object.keys(checked.data);
  const wanted = target ?? known[0] ?? '';
  const found = Object.hasOwn(checked.data, wanted) ? checked.data[wanted] : undefined;
  if (found === undefined) {
    const checklist = typeof rest['checklist'] === 'string' ? rest['checklist'] : 'it';
    const hint = known.map((other) => `golive rehearse ${checklist}-${other}`).join('\n');
    throw new GoliveError('world', `${name} is the world of ${known.join(' and ')}, not of ${wanted}.`, { hint });
  }
  const filled = fillIn({ ...rest, target: wanted }, { ...found.names, target: wanted }, name);
  return mergePatch(filled, fillIn(found.patch, { ...found.names, target: wanted }, name));
}

function fillIn(value: Json, names: Readonly<Record<string, string>>, file: string): Json {
  const text = (template: string): string =>
    template.replaceAll(/\$\{(\w+)\}/g, (_, name: string) => {
      const word = Object.hasOwn(names, name) ? names[name] : undefined;
      if (word === undefined) {
        const hint = `Known for this target: ${Object.keys(names).join(', ')}.`;
        throw new GoliveError('world', `${file} says \${${name}}, and no target names it.`, { hint });
      }
      return word;
    });
  if (typeof value === 'string') return text(value);
  if (Array.isArray(value)) return value.map((each) => fillIn(each, names, file));
  if (!isObject(value)) return value;
  return Object.fromEntries(Object.entries(value).map(([key, each]) => [text(key), fillIn(each, names, file)]));
}
