// The checklist of serveml against its paper: every line is cited, for both targets.

import { citesAll } from '../rehearsal/matrix.ts';
import { serveml } from '../rehearsal/papers.ts';

citesAll(serveml);
