// The order to go on with another checklist in the middle of a run.

import type { Decision } from './decide.ts';
import { takingBack } from './acts.ts';
import type { NewEvent } from './events.ts';
import { amendments, signs } from './people.ts';
import { stepState, type State } from './state.ts';

/** What was compared with the plan before, and agreed to. */
export interface AmendOrder {
  readonly order: 'amend';
  /** Of the new checklist, a blob that is kept already. */
  readonly digest: string;
  readonly by: string;
  /** Who agreed to it where critical steps are touched; empty otherwise. */
  readonly second: string;
  readonly reason: string;
  /** Steps whose verdicts no longer count: changed, removed, or reading what a changed one captures. */
  readonly touched: readonly string[];
  /** Closed phases with steps that are to be looked at again. */
  readonly reopen: readonly string[];
}

/** Steps that were closed over with their phase are looked at again: the phase opens once more. */
export function decideAmend(order: AmendOrder, state: State): Decision {
  if (order.reason.trim() === '') return { refused: 'an amendment needs its reason' };
  if (takingBack(state)) return { refused: 'a way back is under way: nothing is amended meanwhile' };
  const { digest, by, reason, second, touched, reopen } = order;
  const signoff = second === '' || !signs(state) ? undefined : signedAmendment(state, second);
  if (signoff === -1) return { refused: `${second} has to sign it` };
  const previous = state.amended ?? state.opened?.checklist.digest ?? '';
  if (digest === previous) return { refused: 'the checklist is the one the run has already' };
  const amended: NewEvent = {
    kind: 'checklist.amend',
    body: { digest, previous, by, second, reason, touched, ...(signoff !== undefined && { signoff }) },
  };
  const phases = reopen.map((phase): NewEvent => ({ kind: 'phase.open', body: { phase } }));
  return { events: [amended, ...phases] };
}

/** The line right above, when that is the second person's signature; else -1: a word is used once. */
function signedAmendment(state: State, second: string): number {
  const word = stepState(state, amendments).signoffs.at(-1);
  return word?.principal === second && word.seq === state.seq - 1 ? word.seq : -1;
}
