// What is expected of the answer to a question.

import type { Expectation } from './expectation.ts';
import type { Step } from './plan.ts';

/** A question that expects nothing of its own is answered by any valid answer, except that a no is a no. */
export function expectedOfAnswer(step: Step): readonly Expectation[] {
  if (step.expect.length > 0) return step.expect;
  const confirm = step.work.type === 'ask' && step.work.ask.type === 'confirm';
  return [confirm ? { path: 'answer', eq: true } : { path: 'answer', absent: false }];
}
