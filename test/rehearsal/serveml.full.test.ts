// Goal: serveml is rehearsed to a go for both targets; every break turns exactly its own steps red; a machine decides what it can.

import { rehearsesWith } from './matrix.ts';
import { serveml } from './papers.ts';

rehearsesWith(serveml);
