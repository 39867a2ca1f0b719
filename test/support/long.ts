// Test files that take long: the real program in a terminal or a container of its own, whole rehearsals, second verifiers.

import { drawn } from './drawn.ts';

/** They are sampled within themselves, and are whole in `npm run test:full`. */
export const sampled: readonly string[] = [
  'test/commands/accept.test.ts',
  'test/commands/doctor.test.ts',
  'test/commands/iam-policy.test.ts',
  'test/commands/staging.test.ts',
  'test/docs/verify-sh.test.ts',
  'test/docs/verifying.test.ts',
  'test/docs/workflows.test.ts',
  'test/pty/cutover.test.ts',
  'test/pty/enter.test.ts',
  'test/pty/pipes.test.ts',
  'test/pty/prompts.test.ts',
  'test/pty/signals.test.ts',
  'test/rehearsal/isolation.test.ts',
  'test/rehearsal/metrics.test.ts',
  'test/runs/annotations.test.ts',
  'test/runs/runs.test.ts',
  'test/wrong-passes/holds.test.ts',
  'test/wrong-passes/images.test.ts',
];

/** They have a `*.full.test.ts` beside them that leaves nothing out. */
const samples: readonly string[] = [
  'test/adversarial/cases.test.ts',
  'test/faults/kills.test.ts',
  'test/rehearsal/aws-cli.test.ts',
  'test/rehearsal/breaks.test.ts',
  'test/rehearsal/durable.test.ts',
  'test/rehearsal/papers.test.ts',
  'test/rehearsal/patches.test.ts',
];

/** How many of all these `npm test` runs. */
const some = 3;

/** Those that are left out this time: none where files are asked for by name. */
export function leftOut(words: readonly string[]): readonly string[] {
  if (words.some((word) => word.includes('test/'))) return [];
  const long = [...sampled, ...samples];
  const taken = drawn('long tests', long, some);
  return long.filter((file) => !taken.includes(file));
}
