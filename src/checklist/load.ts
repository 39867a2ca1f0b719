// From text to a checklist that may run: read it, fetch the schemas it needs, lint it.

import type { Catalogue } from '../engine/shape.ts';
import { servicesIn, type Known } from './calls.ts';
import { lint } from './lint.ts';
import { inOrder, type Problem } from './places.ts';
import { readChecklist, type Checklist } from './read.ts';

export interface Loaded {
  /** Undefined when there is any problem: a checklist with a mistake never starts. */
  readonly checklist: Checklist | undefined;
  readonly problems: readonly Problem[];
}

/** Reads and lints format v1. `catalogueOf` loads the schemas of the AWS services the checklist asks. */
export async function loadChecklist(
  text: string,
  file: string,
  known: Known,
  catalogueOf: (services: readonly string[]) => Promise<Catalogue>,
): Promise<Loaded> {
  const { checklist, problems } = readChecklist(text, file);
  if (checklist === undefined) return { checklist: undefined, problems };
  const catalogue = await catalogueOf(servicesIn(checklist.body, known));
  const all = inOrder([...problems, ...lint(checklist, known, catalogue)]);
  return { checklist: all.length > 0 ? undefined : checklist, problems: all };
}
