// Everything that can be said against a checklist before it runs. Reads like its table of contents; nothing here runs
// anything of the checklist, and every problem is reported, not only the first.

import type { Catalogue } from '../engine/shape.ts';
import { everyStepAt, type Known, type StepAt } from './calls.ts';
import { lintActs } from './lint-acts.ts';
import { lintCalls } from './lint-calls.ts';
import { lintCommands } from './lint-commands.ts';
import { lintHolds } from './lint-holds.ts';
import { lintLoads } from './lint-loads.ts';
import { lintPaths } from './lint-paths.ts';
import { lintReferences } from './lint-references.ts';
import { lintRollback } from './lint-rollback.ts';
import { lintSteps } from './lint-steps.ts';
import { lintTokens } from './lint-tokens.ts';
import { lintTop } from './lint-top.ts';
import { lintVerify } from './lint-verify.ts';
import { namesOf, type Names } from './names.ts';
import { inOrder, reportInto, type Problem, type Report, type Source } from './places.ts';
import type { Checklist } from './read.ts';
import type { ChecklistBody } from './schema.ts';

/** What the rules share. */
export interface Lint extends Known {
  readonly body: ChecklistBody;
  /** Of the phases, and below them those of the way back. */
  readonly steps: readonly StepAt[];
  readonly names: Names;
  readonly catalogue: Catalogue;
  /** Names that stood in parts of the file that were taken out: a reference to one is no second mistake. */
  readonly mentioned: ReadonlySet<string>;
  readonly source: Source;
  readonly problems: Problem[];
  /** Parts that something was taken out of: what they lack is no second mistake. */
  readonly touched: ReadonlySet<unknown>;
  readonly report: Report;
}

/** All problems, in the order of the file. The catalogue must hold the services of `servicesIn`. */
export function lint(checklist: Checklist, { kinds, acts }: Known, catalogue: Catalogue): readonly Problem[] {
  const problems: Problem[] = [];
  const report = reportInto(checklist.source, problems);
  const { body, mentioned } = checklist;
  const names = namesOf(body, report);
  const shared: Lint = {
    source: checklist.source,
    body,
    steps: everyStepAt(body),
    names,
    kinds,
    acts,
    catalogue,
    mentioned,
    problems,
    touched: checklist.touched,
    report,
  };
  lintTop(shared);
  lintSteps(shared);
  lintHolds(shared);
  lintReferences(shared);
  lintActs(shared);
  lintVerify(shared);
  lintRollback(shared);
  const shapes = lintCalls(shared);
  lintCommands(shared);
  lintLoads(shared);
  lintTokens(shared);
  lintPaths(shared, shapes);
  return inOrder(problems);
}
