// What `golive verify` says about a log: the verdict first, then what the log is, then what a reader should know.

import type { Verification } from '../log/verify.ts';
import { visible } from './text.ts';

/** The answer as lines of plain text, at most one per fact. */
export function verificationLines(found: Verification): readonly string[] {
  const rows: readonly (readonly [string, string])[] = [
    ['run', runText(found)],
    ['events', eventsText(found)],
    ['head', found.head.seq < 0 ? 'none' : `${found.head.seq}:${found.head.hash}`],
    ['anchored', found.anchored ? 'yes' : 'no'],
    ...found.people.map(({ principal, keys }) => ['person', `${principal}, ${keys.join(', ')}`] as const),
    ...found.sessions.map(
      (one) =>
        [
          'session',
          `${one.sid} of ${one.principal} on ${one.host}: ${one.lines} lines from line ${one.firstLine}`,
        ] as const,
    ),
    [
      'evidence',
      found.blobs === undefined
        ? 'not looked at'
        : `${found.blobs.named - found.blobs.missing.length} of ${found.blobs.named} there and whole`,
    ],
    [
      'endpoints',
      found.opened === undefined
        ? 'unknown'
        : found.endpoints.length === 0
          ? 'AWS itself'
          : `${found.endpoints.join(', ')} stood in for AWS: this is not evidence about AWS`,
    ],
    ...found.notes.map((note) => ['note', note] as const),
  ];
  return [verdictText(found), ...rows.map(([name, text]) => `  ${name.padEnd(9)} ${visible(text)}`)];
}

function verdictText(found: Verification): string {
  if (found.broken !== undefined) {
    const { line, offset, reason } = found.broken;
    return `INVALID at line ${line} (byte ${offset}): ${visible(reason)}. Nothing from there on can be trusted.`;
  }
  if (found.verdict !== 'SEALED') return `${found.verdict}: ${visible(found.reason)}`;
  return found.rehearsal
    ? 'SEALED rehearsal: whole, but nobody vouches for the key'
    : 'SEALED: whole, and its people are vouched for';
}

function runText({ run, opened, result }: Verification): string {
  if (opened === undefined) return 'unknown';
  const sealed = result === '' ? 'not sealed' : `sealed with ${result}`;
  return `${run}, ${opened.checklist}-${opened.target}, ${opened.mode}, ${sealed}`;
}

function eventsText({ lines, from, to }: Verification): string {
  return lines === 0 ? 'none' : `${lines} from ${from} to ${to}`;
}
