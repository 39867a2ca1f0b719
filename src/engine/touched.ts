// Which steps an event says something new about: whoever signed for what stood before has not seen that.

import type { RunEvent } from './events.ts';
import { stepState, type State } from './state.ts';

/**
 * Names of the steps about which more or something else is known after the event; the empty name stands for all of them.
 * A pass that is seen once more says nothing new.
 */
export function touchedBy(before: State, event: RunEvent): readonly string[] {
  switch (event.kind) {
    case 'step.verdict': {
      const { step, verdict } = event.body;
      const same = stepState(before, step).stood === verdict && (verdict === 'pass' || verdict === 'skip');
      return same ? [] : [step];
    }
    case 'step.start':
      return event.body.resets;
    case 'step.waive':
    case 'step.attest':
    case 'act.intent':
    case 'act.result':
    case 'act.reconciled':
      return [event.body.step];
    case 'value.set':
      return [event.body.step];
    case 'checklist.amend':
      return ['', ...event.body.touched];
    case 'rollback.open':
      return [''];
    default:
      return [];
  }
}
