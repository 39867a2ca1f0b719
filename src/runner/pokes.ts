// What a poke is marked with, so that its trace can be found when its answer is lost.

import type { Poke } from '../steps/kind.ts';
import type { AwsChanges } from '../world.ts';
import type { Journal } from './journal.ts';

/** What a run id has after `rehearsal-`. */
const idLength = 26;

/**
 * What each poke of a session gets. The mark is `RUN/SEQ-N`: how many lines the log had, and which poke of this session it
 * is, because several may be sent behind one line. Both only grow, so that no two pokes share a mark.
 */
export function pokesOf(journal: Journal, changes: AwsChanges): () => Poke {
  let sent = 0;
  return () => {
    sent += 1;
    return { mark: `${journal.run.slice(-idLength)}/${journal.state().seq}-${sent}`, changes };
  };
}
