// What is played by hand: the cutover, at 80 columns in `npm test`, at 120 here, and the whole play at both.

import { cutoverByHand } from './cutover-cases.ts';
import { playedByHand } from './play-cases.ts';

cutoverByHand([120]);
playedByHand([80, 120]);
