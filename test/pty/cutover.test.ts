// Goal: somebody makes the cutover by hand, watches it, and takes it back with one key and the typed name of the run.
// The transcripts are the goldens: what people see in the most dangerous minutes is reviewed.
// The day of the cutover at 120 columns here; all of the paper, at 80, in wide.full.test.ts.

import { cutoverByHand } from './cutover-cases.ts';

cutoverByHand([120]);
