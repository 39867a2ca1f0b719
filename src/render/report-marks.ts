// What people did about a run as a whole, or said of it, for its report.

import type { RunEvent } from '../engine/events.ts';

/** Something people did about the run as a whole, or said: a sentence of golive with their words in it. */
export interface Mark {
  readonly type: 'stop' | 'way back' | 'amendment' | 'takeover' | 'note';
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
