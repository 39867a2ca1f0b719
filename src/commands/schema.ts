// `golive schema`: the JSON Schema of checklists, for editors.

import { checklistJsonSchema } from '../checklist/json-schema.ts';
import { exitCodes } from '../errors.ts';
import { acts, kinds } from '../steps/index.ts';
import type { Shell } from './shell.ts';

export function schema(shell: Shell): Promise<number> {
  shell.out(schemaText());
  return Promise.resolve(exitCodes.go);
}

/** As it stands in `schema/checklist-v1.json`, without the last line feed. */
export function schemaText(): string {
  return JSON.stringify(checklistJsonSchema({ kinds, acts }), null, 2);
}
