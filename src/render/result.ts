// How a run that is sealed ended, in the words that everybody gets to read.

import type { Bodies } from '../engine/events.ts';

export const resultWords: Readonly<Record<Bodies['seal']['result'], string>> = {
  go: 'GO',
  'no-go': 'NO-GO',
  undecided: 'NOT DECIDED',
  'no-objection': 'NO OBJECTION',
};
