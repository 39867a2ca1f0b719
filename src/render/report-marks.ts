// What people did about a run as a whole, or said of it, for its report.

import { actsThatStand } from '../engine/acts.ts';
import type { RunEvent } from '../engine/events.ts';
import type { Plan } from '../engine/plan.ts';
import { stepState, type State } from '../engine/state.ts';

/** Something people did about the run as a whole, or said: a sentence of golive with their words in it. */
export interface Mark {
  readonly type: 'stop' | 'way back' | 'change' | 'amendment' | 'takeover' | 'note';
  readonly at: string;
  readonly text: string;
}

/** All of it, in the order of the log. */
export function marksOf(events: readonly RunEvent[]): readonly Mark[] {
  return events.flatMap(({ kind, body, at }): readonly Mark[] => {
    const mark = (type: Mark['type'], text: string): readonly Mark[] => [{ type, at, text }];
    if (kind === 'run.stop') return mark('stop', `ended by ${body.by}: ${body.reason}`);
    if (kind === 'rollback.open') return mark('way back', `${body.by} began to take back what was changed`);
    if (kind === 'rollback.close') return mark('way back', `what was changed was taken back: ${body.result}`);
    if (kind === 'checklist.amend') return mark('amendment', `the checklist was amended by ${body.by}: ${body.reason}`);
    if (kind === 'step.takeover')
      return mark('takeover', `${body.step} was taken over from ${body.from}: ${body.reason}`);
    if (kind === 'note') return mark('note', `${body.by}${body.step === '' ? '' : ` at ${body.step}`}: ${body.text}`);
    return [];
  });
}

/** What a run that is no go changed and did not take back, each at the time it was sent: whoever reads of it has to know. */
export function changeMarks(plan: Plan | undefined, state: State): readonly Mark[] {
  if (plan === undefined || state.opened?.mode !== 'run' || state.sealed?.result === 'go') return [];
  return actsThatStand(plan, state).map(({ id }) => ({
    type: 'change',
    at: stepState(state, id).act?.at ?? '',
    text: `${id}: changed, and not taken back`,
  }));
}
