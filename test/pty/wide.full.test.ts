// What is played by hand at 80 columns in `npm test`, at 120.

import { cutoverByHand } from './cutover-cases.ts';
import { playedByHand } from './play-cases.ts';

cutoverByHand([120]);
playedByHand([120]);
