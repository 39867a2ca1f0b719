// The people of a run that makes changes with nobody to ask: what they wrote down beforehand, and what they sign elsewhere.

import type { Deadline } from './deadline.ts';
import type { Elsewhere } from './at-gate.ts';
import type { People } from './people.ts';

export interface Unattended {
  /** Answers from a file; whatever it does not know stays open. */
  readonly written: People;
  /** Where decisions are asked for; absent where nobody elsewhere has a key. */
  readonly elsewhere: Elsewhere | undefined;
  readonly deadline: Deadline | undefined;
  readonly print: (line: string) => void;
}

/**
 * An act is confirmed by whoever started the run, unless it wants a phrase: that is typed by people. A gate is asked about
 * in a file, and the run waits, without a process, for the decisions that come back.
 */
export function unattended({ written, elsewhere, deadline, print }: Unattended): People {
  return {
    ...written,
    vote: async (step) => {
      for (const line of elsewhere === undefined ? [] : await elsewhere.request(step)) print(line);
      return { leave: 'pause', reason: `${step.id} waits for signed decisions` };
    },
    confirm: async (_, { confirm }) => {
      if (deadline?.signal.aborted === true)
        return { leave: 'pause', reason: `the deadline of the run (${deadline.words}) has come` };
      return typeof confirm === 'object' ? 'silent' : { agreed: [] };
    },
  };
}
