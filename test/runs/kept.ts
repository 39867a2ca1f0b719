// The goldens of a scenario: what varies between two equal runs has a name in them, and everything else is kept.

import { join } from 'node:path';
import { expectKept, momentVarying, withoutIds } from '../pty/golden.ts';
import { folder, type Scenario } from './scenario.ts';

type Varying = readonly (readonly [RegExp, string])[];

/** Of every run: releases, machines, keys, and what AWS calls requests and changes. */
const always: Varying = [
  [/golive \d+\.\d+\.\d+(?:-test)?/g, 'golive VERSION'],
  [/\bsha256 [0-9a-f]{12}\b/g, 'sha256 DIGEST'],
  [/\bC[0-9A-F]{20}\b/g, 'CHANGEID'],
  [/\bS[0-9a-f]{32}\b/g, 'SESSION'],
  [/"store":"file:[^"]*\/(?=\.golive\/)/g, '"store":"file:PLACE/'],
  [/\bssh-ed25519 [A-Za-z0-9+/]{60,}/g, 'ssh-ed25519 KEY'],
  [/\b[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}\b/g, 'REQUEST'],
  [/"node":"v[\d.]+"/g, '"node":"NODE"'],
  [/"version":"\d+\.\d+\.\d+(?:-test)?"/g, '"version":"VERSION"'],
  [/"(real_at|realAt)":( ?)"[^"]+"/g, '"$1":$2"TIME"'],
  [/'sha256-[A-Za-z0-9+/=]{44}'/g, "'sha256-STYLE'"],
];

/** Of what goes by the clock on the wall: moments, how long things took, and the picture of both. */
const byTheWall: Varying = [
  // Ports are broken where a line is full.
  [/(not the one users go:)[^]*?(?=\n\S* +T {2})/g, '$1 WAYS'],
  [/(# not the way users go:)[^]*?(?=\(lena@)/g, '$1 WAYS '],
  ...momentVarying,
  [/(timestamp)="[^"]+"/g, '$1="TIME"'],
  [/\b(time)="\d+\.\d{3}"/g, '$1="SECONDS"'],
  [/\| \d+\.\d{3} s \|/g, '| SECONDS |'],
  [/(?<=<dt>Took<\/dt><dd>|<span class="took"> |<\/time>, )\d[^<]*/g, 'SECONDS'],
  [/<section id="timeline"[^]*?<\/section>/g, '<section id="timeline">TIMELINE</section>'],
  [/(?:<span>)?\d{4}-\d\d-\d\d(?:<\/span>)?,? (?:<span>)?\d\d:\d\d(?::\d\d)?(?:\.\d+)?Z?(?:<\/span>)?/g, 'TIME'],
  [/"(tookMs|took_ms|clock_offset)":( ?)-?\d+/g, '"$1":$2"MS"'],
];

/** Compares one text of a scenario with the file that is kept beside it. */
export function expectGoldenOf(scenario: Scenario, name: string, text: string): void {
  const wall = scenario.ci.command.startsWith('golive run ');
  const ordered = name.endsWith('.ndjson') ? inOrder(text, wall) : text;
  const shown = withoutIds(name.endsWith('.html') ? withoutStyle(ordered) : ordered, [
    ...always,
    ...(wall ? byTheWall : []),
  ]);
  expectKept(join(folder, scenario.name, name), shown.endsWith('\n') ? shown : `${shown}\n`);
}

/** The style is the same in every page, and has a test of its own. */
function withoutStyle(page: string): string {
  return page.replace(/<style>[^]*<\/style>/, '<style></style>');
}

interface Line {
  readonly seq?: number;
  readonly at: string;
  readonly kind: string;
  readonly body: { readonly step?: string };
}

/**
 * Looks that go on at once, which is one moment of a rehearsal, are written in any order: here by step, each with its own
 * lines in theirs.
 */
function inOrder(text: string, wall: boolean): string {
  const lines = text
    .trimEnd()
    .split('\n')
    .map((line): Line => JSON.parse(line));
  const seqs = lines.map(({ seq }) => seq);
  const groups: Line[][] = [];
  for (const line of lines) {
    const last = groups.at(-1);
    const [first] = last ?? [];
    const together = first !== undefined && mayChange(first) && mayChange(line) && (wall || first.at === line.at);
    if (together) last?.push(line);
    else groups.push([line]);
  }
  const ordered = groups.flatMap((group) =>
    group.toSorted((a, b) => ((a.body.step ?? '') < (b.body.step ?? '') ? -1 : a.body.step === b.body.step ? 0 : 1)),
  );
  return ordered
    .map((line, at) => JSON.stringify(line.seq === undefined ? line : { ...line, seq: seqs[at] }))
    .join('\n');
}

function mayChange({ kind }: Line): boolean {
  return kind === 'step.verdict' || kind === 'value.set' || kind === 'step.start';
}
