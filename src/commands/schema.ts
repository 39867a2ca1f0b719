// `golive schema`: the JSON Schema of checklists, or of library files, for editors.

import { checklistJsonSchema, libraryJsonSchema } from '../checklist/json-schema.ts';
import { exitCodes } from '../errors.ts';
import { acts, kinds } from '../steps/index.ts';
import type { Shell } from './shell.ts';

/** Prints one; `of` is checklist unless given. */
export function schema(shell: Shell, of = 'checklist'): Promise<number> {
  shell.out(of === 'library' ? librarySchemaText() : schemaText());
  return Promise.resolve(exitCodes.go);
}

/** As it stands in `schema/checklist-v1.json`, without the last line feed. */
export function schemaText(): string {
  return JSON.stringify(checklistJsonSchema({ kinds, acts }), null, 2);
}

/** As it stands in `schema/library-v1.json`, without the last line feed. */
function librarySchemaText(): string {
  return JSON.stringify(libraryJsonSchema({ kinds, acts }), null, 2);
}
