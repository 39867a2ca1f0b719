// Ways to bend a log and what has to be said of each: the form of a case, and the numbers under which they are listed.

import type { Bodies } from '../../src/engine/events.ts';
import type { StatementKind } from '../../src/log/statement.ts';
import { draftsOf, forge, type Draft, type Forged, type Hand } from './forge.ts';
import type { Stage, Written } from './logs.ts';
import { offsetOf } from './mutate.ts';

/** What is bent, by number. Those that are missing are about stores, crashes and secrets, and are tested elsewhere. */
export const titles: Readonly<Record<number, string>> = {
  0: 'nothing',
  1: 'a bit turned over',
  2: 'cut off, within a line or between two',
  3: 'a line left out, doubled, or swapped with another',
  4: 'a line or the end of another run of the same people',
  5: 'another run altogether',
  6: 'bytes that are no text, lines that are none, sizes that are too much',
  7: 'signed, and not in the only spelling',
  8: 'signatures in another spelling, form, or for something else',
  9: 'signatures or the seal taken off, a second seal, a line after it',
  10: 'somebody nobody knows',
  11: 'somebody known, with another key',
  12: 'a line in somebody else’s session',
  13: 'what people say, signed by a session',
  14: 'a grant or a sign-off said again where it was not meant',
  15: 'keys that are expired, not yet valid, or revoked',
  16: 'an earlier time, so that an expired key holds',
  17: 'one person as two',
  18: 'names that are patterns, and lines of allowed signers that cannot be read',
  20: 'signed for what was not there, or is not there any more',
  25: 'anchors that are old, of another run, of lines there are not, or made up',
  26: 'an end written anew by somebody who holds the keys',
  45: 'evidence taken away',
};

export interface Expected {
  readonly exit: number;
  /** Of the first line. */
  readonly first: string | RegExp;
}

export interface Case {
  readonly no: number;
  readonly what: string;
  readonly log: () => Uint8Array | Promise<Uint8Array>;
  /** Beside the log. */
  readonly args?: readonly string[];
  /** Files those name, by name. */
  readonly files?: Readonly<Record<string, string | Uint8Array>>;
  /** A folder of evidence: then the log is judged as part of a bundle with it, by the checklist of its run. */
  readonly blobs?: string;
  /** What is done to that evidence before. */
  readonly spoil?: (blobs: string) => void;
  /** Of the command line, where they are others than `verify`. */
  readonly words?: readonly string[];
  /** Bytes that the file is made to have. */
  readonly padded?: number;
  /** Of the bytes of the log. */
  readonly expected: (log: Uint8Array) => Expected;
  /** What has to be said somewhere besides. */
  readonly also?: string;
  /** What the shell script says, where that is another word: it has no opinion on some of it. */
  readonly script?: Expected | 'not asked';
}

/** What cases are made of. */
export interface Logs {
  readonly stage: Stage;
  /** A sealed run of Ada and Bob, written by golive. */
  readonly real: Written;
  /** A sealed rehearsal, written by golive. */
  readonly rehearsal: Written;
  /** The events of the real run, to be written anew. */
  readonly drafts: readonly Draft[];
  /** The same run written anew by somebody who holds every key. */
  readonly own: Forged;
  /** Another run of the same people. */
  readonly other: Forged;
  /** As `forge`, in the real run and with everybody's keys, where `hand` has no others. */
  readonly written: (drafts: readonly Draft[], hand?: Partial<Hand>) => Promise<Forged>;
}

/** What people say in a log, and the kind of event it stands in. */
export const lineKinds = { grant: 'run.open', signoff: 'signoff', seal: 'seal' } as const;
export const statements: readonly StatementKind[] = ['grant', 'signoff', 'seal'];

export const otherRun = 'b'.repeat(26);

/** Has the logs written. */
export async function newLogs(stage: Stage): Promise<Logs> {
  const [real, rehearsal] = await Promise.all([stage.realRun(), stage.rehearsal()]);
  const drafts = draftsOf(real.lines);
  const signers = { [stage.ada.principal]: stage.ada, [stage.bob.principal]: stage.bob };
  const written: Logs['written'] = (all, hand) => forge(all, { run: real.run, signers, ...hand });
  const [own, other] = await Promise.all([written(drafts), written(drafts, { run: otherRun })]);
  return { stage, real, rehearsal, drafts, own, other, written };
}

/** The first line that does not hold, and why: `says` goes on from "INVALID at line 3 (byte 2048):". */
export function invalidAt(line: number, says?: string): Case['expected'] {
  return (log) => {
    const place = `INVALID at line ${line} (byte ${offsetOf(log, line)}): `;
    const first = says === undefined ? startsWith(place) : `${place}${says}. Nothing from there on can be trusted.`;
    return { exit: 20, first };
  };
}

/** Whole, and still not as it had to go: the first line that could not come when it did, and how its reason begins. */
export function notKeptAt(line: number, says: string): Case['expected'] {
  return (log) => ({
    exit: 23,
    first: startsWith(`INCOMPLETE at line ${line} (byte ${offsetOf(log, line)}): ${says}`),
  });
}

/** This code and this first line, whatever the log is. */
export function ends(exit: number, first: string | RegExp): Case['expected'] {
  return () => ({ exit, first });
}

export const sealed = ends(0, 'SEALED: whole, and its people are vouched for');
export const open = ends(10, 'OPEN: it has no seal: whether something was cut off its end cannot be told');

/** What the script says of a log with a fault that it does not look for, by log-format.md: as far as it sees, nothing is wrong. */
export const unseen = { open: { exit: 10, first: /^OPEN/ }, sealed: { exit: 0, first: /^SEALED/ } } as const;

/** A case of a real run, whose people are trusted: what Ada and Bob would say of it. */
export function inReal({ stage }: Logs): (one: Omit<Case, 'args'> & { readonly args?: readonly string[] }) => Case {
  return (one) => ({
    ...one,
    args: ['--allowed-signers', 'people', ...(one.args ?? [])],
    files: { people: stage.signers, ...one.files },
  });
}

/** Writes drafts anew with everybody's keys, or those in `hand`, and says what has to come of it. */
export type Bend = (
  no: number,
  what: string,
  drafts: readonly Draft[],
  expected: Case['expected'],
  more?: Partial<Case & { readonly hand: Partial<Hand> }>,
) => Case;

/** Bends the real run. */
export function bender(logs: Logs): Bend {
  return (no, what, drafts, expected, { hand, ...more } = {}) =>
    inReal(logs)({ no, what, log: async () => (await logs.written(drafts, hand)).bytes, expected, ...more });
}

/** The number of the line (from 1) of the `nth` (from 0) event of this kind. */
export function lineOf(drafts: readonly Draft[], kind: keyof Bodies, nth = 0): number {
  const found = drafts.flatMap((draft, index) => (draft.kind === kind ? [index + 1] : []));
  const line = found[nth];
  if (line === undefined) throw new Error(`there is no ${kind} ${nth}`);
  return line;
}

function startsWith(text: string): RegExp {
  return new RegExp(`^${text.replaceAll(/[.*+?^${}()|[\]\\]/g, String.raw`\$&`)}`);
}
