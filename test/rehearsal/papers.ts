// The papers that the checklists of golive make executable, AEP aside: how many lines each has.

import type { Matrix } from './matrix.ts';

export const serveml: Matrix = { checklist: 'serveml', paper: 'serveml-deployment-checklist', lines: 118, decided: 75 };
export const pantheon: Matrix = { checklist: 'pantheon', paper: 'pantheon-launch-checklist', lines: 115, decided: 70 };
export const ag06: Matrix = { checklist: 'ag06', paper: 'ag06-readiness-checklist', lines: 162, decided: 45 };
