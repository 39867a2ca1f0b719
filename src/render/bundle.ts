// The texts of an exported run that are made from its log: what is in the folder, and which requests AWS answered.

import type { RunEvent } from '../engine/events.ts';
import { visible } from './text.ts';

/** What the first page of a bundle is about. */
export interface BundleAbout {
  readonly run: string;
  readonly events: readonly RunEvent[];
  /** Digests of blobs that the log names and that could not be copied. */
  readonly missing: readonly string[];
  /** The digest of the checklist in force at the end; undefined where its blob is missing. */
  readonly checklist: string | undefined;
}

const columns = ['line', 'at', 'step', 'attempt', 'event', 'request'];

/**
 * One line for each request to AWS that a line of the log names, tab-separated, under a line of titles. Nothing in it can
 * move a cursor or begin another column.
 */
export function requestsTable(events: readonly RunEvent[]): string {
  const rows = events.flatMap((event) => {
    if (event.kind !== 'step.verdict' && event.kind !== 'act.result') return [];
    const { step, attempt, requests } = event.body;
    return requests.map((id) => [String(event.seq + 1), event.at, step, String(attempt), event.kind, id]);
  });
  return [columns, ...rows].map((row) => `${row.map((cell) => visible(cell)).join('\t')}\n`).join('');
}

/** `README.txt`: what each file is, and how the folder is checked. */
export function bundleReadme({ run, events, missing, checklist }: BundleAbout): string {
  const [first] = events;
  const opened = first?.kind === 'run.open' ? first.body : undefined;
  const rehearsal = run.startsWith('rehearsal-');
  const name = opened === undefined ? '' : ` of ${visible(`${opened.checklist.name}-${opened.target}`)}`;
  const sealed = events.at(-1)?.kind === 'seal' ? 'sealed' : 'not sealed: it may have gone on since';
  const files: readonly (readonly [string, string])[] = [
    ['run.jsonl', 'the log: a signed line for each thing that happened, in order'],
    ['blobs/', 'the evidence that the lines name: each file is named by the SHA-256 of its bytes'],
    ...(checklist === undefined
      ? []
      : [
          [
            'checklist.yaml',
            `the checklist in force at the end: a copy of blobs/${checklist.slice(0, 12)}...`,
          ] as const,
        ]),
    ['requests.tsv', 'the ids of the requests that AWS answered, by line and step: look them up in CloudTrail'],
    ['verify.sh', 'checks run.jsonl with a shell, ssh-keygen and sha256sum, and no golive'],
    ['log-format.md', 'how run.jsonl is written, byte by byte'],
    ['verifying-a-run.md', 'what this proves, what it does not, and what each answer means. Read this first'],
  ];
  return `${[
    `${rehearsal ? 'A rehearsal' : 'The run'}${name} by golive, as its log has it.`,
    `Run ${run}, ${events.length} lines, ${sealed}.`,
    '',
    ...files.map(([file, what]) => `${file.padEnd(20)}${what}`),
    ...(missing.length === 0 ? [] : ['', ...missingLines(missing)]),
    '',
    'To check it, here in this folder:',
    '',
    `  golive verify . --run ${run} ${rehearsal ? '--rehearsal' : '--allowed-signers FILE'}`,
    `  sh verify.sh ${rehearsal ? '--rehearsal run.jsonl' : 'run.jsonl FILE'}`,
    '',
    ...(rehearsal ? rehearsalLines : trustLines),
    'Take verify.sh from a golive of your own for the same reason, and compare the head that both print with',
    'one that was noted elsewhere while the run went on, such as in the change ticket.',
  ].join('\n')}\n`;
}

const trustLines = [
  'FILE lists the people you trust, with their keys (allowed_signers of OpenSSH). It is not in this folder:',
  'whoever made the folder could have written it.',
];
const rehearsalLines = [
  'A rehearsal is signed with keys that nobody vouches for. What is in this folder proves nothing about who made it:',
  'they could have written all of it.',
];

function missingLines(missing: readonly string[]): readonly string[] {
  const [count, is] = missing.length === 1 ? ['1 piece', 'is'] : [`${missing.length} pieces`, 'are'];
  return [
    `${count} of evidence that the log names ${is} not in blobs/, because it was missing or damaged where the run was kept:`,
    ...missing.map((digest) => `  ${digest}`),
  ];
}
