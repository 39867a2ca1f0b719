// The checklist of serveml against its paper: every line is cited; one target is rehearsed to a go, and some breaks are surveyed.

import { citesAll, rehearsesWith } from '../rehearsal/matrix.ts';
import { serveml } from '../rehearsal/papers.ts';

citesAll(serveml);
rehearsesWith(serveml, { breaks: 1 });
