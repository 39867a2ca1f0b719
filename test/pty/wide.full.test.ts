// What is played by hand: the cutover, at 120 columns in `npm test`, at 80 here, and the whole play at both.

import { cutoverByHand } from './cutover-cases.ts';
import { playedByHand } from './play-cases.ts';

cutoverByHand([80]);
playedByHand([80, 120]);
