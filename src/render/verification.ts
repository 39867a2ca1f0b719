// What `golive verify` says about a log: the verdict first, then what the log is, then what a reader should know.

import { humanHead } from '../log/anchor.ts';
import type { Verification } from '../log/verify.ts';
import { visible } from './text.ts';

/** A commit whose people are trusted. */
interface Source {
  readonly commit: string;
  readonly author: { readonly name: string; readonly email: string; readonly at: string };
  readonly path: string;
  readonly beside: readonly string[];
}

/** The answer as lines of plain text, at most one per fact. */
export function verificationLines(found: Verification, source?: Source): readonly string[] {
  const rows: readonly (readonly [string, string])[] = [
    ...(source === undefined ? [] : [['trusted', sourceText(source)] as const]),
    ['run', runText(found)],
    ['events', eventsText(found)],
    ['head', found.head.seq < 0 ? 'none' : `${found.head.seq}:${found.head.hash}`],
    ...(found.head.seq < 0 ? [] : [['', humanHead(found.head.hash)] as const]),
    ['anchored', anchoredText(found)],
    ...found.people.map(({ principal, keys }) => ['person', `${principal}, ${keys.join(', ')}`] as const),
    ...found.sessions.map(
      (one) =>
        [
          'session',
          `${one.sid} of ${one.principal} on ${one.host}: ${one.lines} lines from line ${one.firstLine}`,
        ] as const,
    ),
    ['procedure', procedureText(found)],
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
  if (found.verdict === 'INCOMPLETE' && typeof found.procedure === 'object') {
    const { line, offset, reason } = found.procedure;
    return `INCOMPLETE at line ${line} (byte ${offset}): ${visible(reason)}`;
  }
  if (found.verdict !== 'SEALED') return `${found.verdict}: ${visible(found.reason)}`;
  return found.rehearsal
    ? 'SEALED rehearsal: whole, but nobody vouches for the key'
    : `SEALED: whole, and its people are vouched for${found.trusted === '' ? '' : ` by ${visible(found.trusted)}`}`;
}

function sourceText({ commit, author, path, beside }: Source): string {
  const { name, email, at } = author;
  return `commit ${commit} by ${name} <${email}> at ${at}: ${[path, ...beside].join(', ')}`;
}

function procedureText({ procedure }: Verification): string {
  if (procedure === undefined) return 'not looked at';
  return typeof procedure === 'object' ? `not kept, from line ${procedure.line} on: ${procedure.reason}` : procedure;
}

function runText({ run, opened, result }: Verification): string {
  if (opened === undefined) return 'unknown';
  const sealed = result === '' ? 'not sealed' : `sealed with ${result}`;
  return `${run}, ${opened.checklist}-${opened.target}, ${opened.mode}, ${sealed}`;
}

function anchoredText({ anchored, anchoredTo, head }: Verification): string {
  if (!anchored) return 'no';
  return anchoredTo === head.seq ? 'yes, up to its last event' : `yes, up to event ${anchoredTo} of ${head.seq}`;
}

function eventsText({ lines, from, to }: Verification): string {
  return lines === 0 ? 'none' : `${lines} from ${from} to ${to}`;
}
