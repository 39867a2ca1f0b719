// What is known of a change after the events around it: its intent, its result, and what was found out about it later.

import type { Bodies } from './events.ts';
import type { ActState } from './state.ts';

/**
 * What is known of a change after a result. A result that nothing was sent for changes nothing about what was done
 * before, except that what is found in place stands from now on: also a change that arrived after it had been looked for in
 * vain, because the state from before that one is the way back.
 */
export function actAfter(
  known: ActState | undefined,
  { attempt, result, change, after }: Bodies['act.result'],
  seq: number,
  at: string,
): ActState {
  if (known?.outcome === 'unknown') {
    if (result === 'done') return made({ ...known, change, after, accepted: at });
    if (result === 'failed') return overEarlier({ ...known, outcome: result, change, after });
    return known.earlier === undefined
      ? { ...known, outcome: result, change, after }
      : { ...known.earlier, ...lostOf(known) };
  }
  if (known?.outcome === 'done' || known?.outcome === 'failed')
    return result === 'already' ? { ...known, seq, outcome: 'done', accepted: known.accepted ?? at } : known;
  // Nobody else is known to have sent this: what was lost on its way arrived after all, and can be taken back.
  const { lost } = lostOf(known);
  if (lost !== undefined)
    return result === 'already' ? { ...lost, seq, outcome: 'done', accepted: at } : (known ?? lost);
  const nothingSent = { class: 'observable', token: '', request: '', before: '' } as const;
  return { attempt, by: '', seq, at, ...nothingSent, outcome: result, after, change };
}

/** It was made. What it is taken back to is the state from before the first of those that stand. */
export function made(act: ActState): ActState {
  const { lost: _, ...rest } = act;
  return overEarlier({ ...rest, outcome: 'done' });
}

function overEarlier(act: ActState): ActState {
  const { earlier, ...rest } = act;
  return earlier === undefined ? rest : { ...rest, before: earlier.before };
}

/** It was not made, as far as anybody can tell: what stood before it stands, and it may still arrive. */
export function notMade(act: ActState): ActState {
  const { earlier, ...rest } = act;
  const lost = { ...bare(rest), outcome: 'not-applied' } as const;
  return earlier === undefined ? lost : { ...earlier, lost };
}

/** The one that may still arrive: the newest that was found not to have been made. */
export function lostOf(act: ActState | undefined): { readonly lost?: ActState } {
  if (act === undefined) return {};
  const lost = act.outcome === 'not-applied' ? bare(act) : act.lost;
  return lost === undefined ? {} : { lost };
}

export function bare(act: ActState): ActState {
  const { earlier: _, lost: __, ...rest } = act;
  return rest;
}
