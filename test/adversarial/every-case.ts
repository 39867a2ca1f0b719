// All ways to bend a log that are listed here, in the order of their numbers.

import { anchorCases } from './cases-anchors.ts';
import { envelopeCases } from './cases-envelopes.ts';
import { evidenceCases } from './cases-evidence.ts';
import { formatCases } from './cases-format.ts';
import { lineCases } from './cases-lines.ts';
import { peopleCases } from './cases-people.ts';
import { procedureCases } from './cases-procedure.ts';
import { sessionCases } from './cases-sessions.ts';
import { signatureCases, spellingCases } from './cases-signed.ts';
import { wordCases } from './cases-words.ts';
import type { Case, Logs } from './cases.ts';

/** `many` bits of each log are turned over, and as many bytes cut off, drawn with `random`. */
export function everyCase(logs: Logs, many: number, random: (below: number) => number): readonly Case[] {
  const makers = [
    lineCases,
    spellingCases,
    signatureCases,
    envelopeCases,
    peopleCases,
    sessionCases,
    wordCases,
    procedureCases,
    anchorCases,
    evidenceCases,
  ];
  const all = [...formatCases(logs, many, random), ...makers.flatMap((make) => make(logs))];
  return all.toSorted((one, other) => one.no - other.no);
}
