// Goal: one of the checklists beside AEP, drawn by lot, is rehearsed to a go, and a break of its world turns exactly its own
// steps red. All of them, both targets and every break: serveml, pantheon and ag06.full.test.ts.

import { drawn } from '../support/drawn.ts';
import { rehearsesWith } from './matrix.ts';
import { ag06, pantheon, serveml } from './papers.ts';

for (const paper of drawn('papers', [serveml, pantheon, ag06], 1)) rehearsesWith(paper, { breaks: 1 });
