// Goal: somebody makes the cutover by hand, watches it, and takes it back with one key and the typed name of the run.
// The transcripts are the goldens: what people see in the most dangerous minutes is reviewed.
// At 80 columns here, at 120 in wide.full.test.ts.

import { cutoverByHand } from './cutover-cases.ts';

cutoverByHand([80]);
