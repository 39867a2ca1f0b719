// From text to a checklist that may run: add the templates it uses, read it, fetch the schemas it needs, lint it.

import type { Catalogue } from '../engine/shape.ts';
import { servicesIn, type Known } from './calls.ts';
import { compose } from './compose.ts';
import type { Shelf } from './library.ts';
import { lint } from './lint.ts';
import { inOrder, type Problem } from './places.ts';
import { readChecklist, type Checklist } from './read.ts';
import { warningsOf } from './warnings.ts';

export interface Loaded {
  /** Undefined when there is any problem: a checklist with a mistake never starts. */
  readonly checklist: Checklist | undefined;
  readonly problems: readonly Problem[];
  /** What a reader should think about; none of it keeps the checklist from running. */
  readonly warnings: readonly Problem[];
}

const emptyShelf: Shelf = { find: async () => undefined, all: async () => new Map() };

/**
 * Reads and lints format v1. `catalogueOf` loads the schemas of the AWS services the checklist asks; `shelf` is the
 * library it takes its templates from. The source of the checklist holds the templates it uses.
 */
export async function loadChecklist(
  text: string,
  file: string,
  known: Known,
  catalogueOf: (services: readonly string[]) => Promise<Catalogue>,
  shelf: Shelf = emptyShelf,
): Promise<Loaded> {
  const composed = await compose(text, file, shelf);
  if (composed.problems.length > 0) return { checklist: undefined, problems: composed.problems, warnings: [] };
  const { checklist, problems } = readChecklist(composed.text, file, composed);
  if (checklist === undefined) return { checklist: undefined, problems, warnings: [] };
  const catalogue = await catalogueOf(servicesIn(checklist.body, known));
  const all = inOrder([...problems, ...lint(checklist, known, catalogue)]);
  return { checklist: all.length > 0 ? undefined : checklist, problems: all, warnings: warningsOf(checklist) };
}
