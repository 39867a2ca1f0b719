// Goal: somebody plays the whole rehearsal by hand and gets to a go. The transcript is the golden: what people see is reviewed.
// At 80 columns here, at 120 in wide.full.test.ts.

import { playedByHand } from './play-cases.ts';

playedByHand([80]);
