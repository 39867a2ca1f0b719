// Goal: pantheon is rehearsed to a go for both targets; every break turns exactly its own steps red; a machine decides what it can.

import { rehearsesWith } from './matrix.ts';
import { pantheon } from './papers.ts';

rehearsesWith(pantheon);
