// Goal: whatever stands in a log, and in the checklist it carries, is shown by every format as what it is: nothing of it is
// obeyed by a terminal, a runner, a parser or a renderer, and nothing is left out without a word. Method: logs that are signed,
// with one hostile text in every free field of every kind of event; each text has a name in front and one at its end, so that
// what a format shows of it can be found again, and compared.

import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { diff } from '../../src/commands/diff.ts';
import { history } from '../../src/commands/history.ts';
import { replay } from '../../src/commands/replay.ts';
import { replayAgainst } from '../../src/commands/replay-against.ts';
import { report } from '../../src/commands/report.ts';
import { reportFormats } from '../../src/commands/report-formats.ts';
import { bodySchemas } from '../../src/log/bodies.ts';
import { digest } from '../../src/log/canonical.ts';
import { verifyLog } from '../../src/log/verify.ts';
import { unobeyed, visible } from '../../src/render/text.ts';
import { checklistText } from '../checklist/given.ts';
import { openLog } from '../log/given.ts';
import { junitMistakes } from '../support/junit-schema.ts';
import { testShell, type TestShell } from '../support/shell.ts';
import { strictXml, type Node } from '../support/strict-xml.ts';
import { fillHostile } from './hostile-log.ts';

/** What others may write, by what it is aimed at. None has more than 150 characters: names have room for 200. */
const payloads: Readonly<Record<string, string>> = {
  markup: `<img src=x onerror=alert(1)><script>alert(2)</script></style></title><!-- ]]> --> <?x ?> &amp; &#x41; "'><b>`,
  markdown:
    '![a](http://e.example/x.png) [b](javascript:1) <http://e.example> a|b `c` **d** ~~e~~ # f ``` \\| \\ | --- |',
  references:
    '@octocat @org/team #12 GH-12 owner/repo#1 !7 %8 :+1: $a^2$ www.evil.example http://evil.example mailto:a@b.example',
  commands:
    '\n::error file=x::y %0A::error::z ##[group]t ##vso[task.x]\n::stop-commands::t\r\n##[error]\n::set-output name=a::b, c: 100%',
  terminal:
    '\u001b[31mred\u001b[2J\u001b]8;;http://e.example\u0007link\u001b]8;;\u0007\u001b]52;c;ZXZpbA==\u0007\u009b31m\u009d52;c;QQ\u009c\r\b\u007f\u0000\t',
  unseen: 'a\u202eevil\u2066b\u2069\u200b\u200d\ufeff\u00ad\u2028\u2029\u061c\u180e\u{e0041}\u3164c\u115f\ufffe',
};
const aims = Object.keys(payloads);

/** Everything that is drawn as nothing, or that somebody obeys; a line feed ends a line. */
const unseen = /(?!\n)[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Cs}\p{Default_Ignorable_Code_Point}]/u;
/** How the formats say that they cut something. */
const cut = /…/;

const folder = mkdtempSync(join(tmpdir(), 'golive-hostile-'));
const shells: TestShell[] = [];
afterAll(() => {
  shells.forEach((shell) => shell.remove());
  rmSync(folder, { recursive: true, force: true });
});

/** Wide enough that no line is broken. */
function wideShell(): TestShell {
  const shell = testShell({ cwd: folder });
  shells.push(shell);
  return { ...shell, terminal: { ...shell.terminal, width: 100_000 } };
}

/** The names of the fields of each log, in the order of their numbers. */
const fields = new Map<string, readonly string[]>();

beforeAll(async () => {
  for (const aim of aims) {
    const payload = payloads[aim] ?? '';
    const named: string[] = [];
    const hostile = (field: string): string => {
      named.push(field);
      return `q${named.length}q${payload}z${named.length}z`;
    };
    const quoted = (field: string): string => JSON.stringify(hostile(field));
    const step = (id: string): string =>
      `- { id: ${id}, title: ${quoted('title')}, fix: ${quoted('fix')}, probe: { http: { url: "https://x.example/" } }, expect: [{ path: status, eq: 200 }] }`;
    const text = checklistText({ steps: ['one', 'two', 'three', 'four'].map(step).join('\n') })
      .replace('title: A demonstration', () => `title: ${quoted('checklist title')}`)
      .replace('title: First', () => `title: ${quoted('phase title')}`)
      .replace('title: Checks', () => `title: ${quoted('section title')}`);
    const log = await openLog({
      session: {
        host: hostile('session.open.host'),
        tool: { name: hostile('session.open.tool'), version: '1', node: '20' },
        callers: [{ account: hostile('session.open.account'), region: 'us-east-1', arn: hostile('session.open.arn') }],
        endpoints: [hostile('session.open.endpoint')],
      },
      change: {
        checklist: { name: 'demo', title: hostile('title of the log'), path: hostile('path'), digest: digest(text) },
        target: 'prod',
        store: hostile('store'),
        git: { commit: hostile('commit'), dirty: true },
      },
    });
    await fillHostile(log, hostile, payload, digest(text));
    const bundle = join(folder, aim);
    mkdirSync(join(bundle, 'blobs'), { recursive: true });
    writeFileSync(join(bundle, 'run.jsonl'), log.bytes());
    writeFileSync(join(bundle, 'blobs', digest(text)), text);
    writeFileSync(join(folder, `${aim}.yaml`), text);
    const events = join(folder, 'kept', aim, log.run, 'events');
    mkdirSync(events, { recursive: true });
    for (const [seq, line] of log.lines.entries())
      writeFileSync(join(events, `${String(seq).padStart(12, '0')}.json`), Buffer.concat([line, Buffer.from('\n')]));
    fields.set(aim, named);
    const { broken } = await verifyLog(log.bytes(), {});
    if (broken !== undefined) throw new Error(`${aim}: ${JSON.stringify(broken)}`);
  }
});

interface Format {
  readonly make: (aim: string, shell: TestShell) => Promise<number>;
  /** What a reader sees, all of it. Throws where it is not well-formed. */
  readonly read: (out: string) => string;
  /** How a text of others reads there. */
  readonly as: (text: string) => string;
  /** Fields that have to be there. */
  readonly must: readonly RegExp[];
}

/** What stands in an event; signed statements are left to the log itself. */
const everything = [/^(?!signoff)(odd:)?[a-z]+\.[a-z]/];
const ofSteps = [/^step.verdict.findings/, /^step.verdict.reason/, /^step.waive.reason/, /^step.attest.evidence/];
const said = [...ofSteps, /^run.stop.(by|reason)/, /^odd:note.text/];
const all = ({ children, ...node }: Node): readonly Node[] => [{ children, ...node }, ...children.flatMap(all)];
const texts = (root: Node): string =>
  all(root)
    .flatMap(({ attributes, text }) => {
      // Names of places in a page are in letters of their own.
      const told = Object.entries(attributes).filter(([name]) => !/^(?:id|href|aria-\w+by)$/.test(name));
      return [...told.map(([, value]) => value), text];
    })
    .join('\n');
/** Every text in JSON, keys too. */
const strings = (json: unknown): readonly string[] =>
  typeof json === 'string'
    ? [json]
    : typeof json === 'object' && json !== null
      ? Object.entries(json).flatMap(([key, value]) => [key, ...strings(value)])
      : [];
const jsonLines = (out: string): string =>
  out
    .trimEnd()
    .split('\n')
    .flatMap((line) => strings(JSON.parse(line)))
    .join('\n');
const same = (text: string): string => text;
const onScreen = (text: string): string => unobeyed(visible(text));

const reports: Readonly<Record<(typeof reportFormats)[number], Pick<Format, 'read' | 'as' | 'must'>>> = {
  junit: {
    read: (out) => {
      const root = strictXml(out);
      expect(junitMistakes(root)).toEqual([]);
      return texts(root);
    },
    // XML has no place for it, not even as a reference.
    as: (text) => visible(text).replaceAll('\ufffe', ''),
    must: said,
  },
  markdown: { read: readMarkdown, as: visible, must: said },
  html: {
    read: (out) => {
      expect(out).toMatch(/^<!doctype html>/i);
      return texts(strictXml(out.replace(/^<!doctype html>\n?/i, '')));
    },
    // Nor has HTML, and it says what was there.
    as: (text) => visible(text).replaceAll('\ufffe', '\\ufffe'),
    must: said,
  },
  github: { read: readCommands, as: (text) => visible(text).replaceAll('##', '#\\x23'), must: ofSteps },
  json: { read: (out) => strings(JSON.parse(out)).join('\n'), as: same, must: said },
  ndjson: { read: jsonLines, as: same, must: everything },
};

/** Nothing of others is markup: every sign that could be is escaped, or taken apart from what follows it. */
function readMarkdown(out: string): string {
  const bare = out.replaceAll('<br>', '\n').replaceAll('&#8203;', '§');
  const own = bare.replace(/\\\\/g, '').replace(/\\[`*_[\]|~#]/g, '');
  expect(/[<>`[\]~]|@(?!§)|:\/\/|www\.|:\+1:|GH-\d|\w#\d|&(?!amp;|lt;|gt;|#36;)/.exec(own)).toBeNull();
  for (const line of bare.split('\n')) expect(line).toMatch(/^(?:[|\-#]|[A-Z]|[a-z]|$)/);
  return out
    .replaceAll('<br>', '\n')
    .replaceAll('&#8203;', '')
    .replaceAll('&lt;', '<')
    .replaceAll('&gt;', '>')
    .replaceAll('&#36;', '$')
    .replaceAll('&amp;', '&')
    .replace(/\\([\\`*_[\]|~#])/g, '$1');
}

/** Commands of golive, and lines that are none. */
function readCommands(out: string): string {
  const lines = out.trimEnd().split('\n');
  expect(lines.filter((line) => !/^(?:::(?:error|warning|notice) [^:]*::|golive: )/.test(line))).toEqual([]);
  return lines
    .map((line) =>
      line.startsWith('::')
        ? line.replaceAll('%3A', ':').replaceAll('%2C', ',').replaceAll('%0A', '\n').replaceAll('%25', '%')
        : line,
    )
    .join('\n');
}

const runsDir = join(folder, 'no-runs');
const formats: Readonly<Record<string, Format>> = {
  ...Object.fromEntries(
    reportFormats.map((format) => [
      format,
      { ...reports[format], make: (aim, shell) => report(`./${aim}`, { runsDir, format }, shell) } satisfies Format,
    ]),
  ),
  replay: {
    make: (aim, shell) => replay(`./${aim}`, { runsDir, verbose: true }, shell),
    read: same,
    as: onScreen,
    must: [/^step.verdict.findings/, /^run.stop.(by|reason)/, /^title$/, /^phase title/],
  },
  'replay --json': {
    make: (aim, shell) => replay(`./${aim}`, { runsDir, json: true }, shell),
    read: jsonLines,
    as: same,
    must: everything,
  },
  'replay --against': {
    make: (aim, shell) => replayAgainst(`./${aim}`, { runsDir, against: `${aim}.yaml`, verbose: true }, shell),
    read: same,
    as: onScreen,
    must: [/^title$/],
  },
  'replay --against --json': {
    make: (aim, shell) => replayAgainst(`./${aim}`, { runsDir, against: `${aim}.yaml`, json: true }, shell),
    read: (out) => strings(JSON.parse(out)).join('\n'),
    as: same,
    must: [/^title$/],
  },
  diff: {
    make: (aim, shell) => diff(`./${aim}`, `./${aim}`, { runsDir, all: true }, shell),
    // Its tables break texts into columns: here it is only looked at for what is obeyed.
    read: () => '',
    as: onScreen,
    must: [],
  },
  history: {
    make: (aim, shell) => history('demo-prod', { runsDir: join(folder, 'kept', aim), verbose: true }, shell),
    // The same.
    read: () => '',
    as: onScreen,
    must: [],
  },
  'history --json': {
    make: (aim, shell) => history('demo-prod', { runsDir: join(folder, 'kept', aim), json: true }, shell),
    read: (out) => strings(JSON.parse(out)).join('\n'),
    as: same,
    must: [/^step.waive.reason/],
  },
  'diff --json': {
    make: (aim, shell) => diff(`./${aim}`, `./${aim}`, { runsDir, all: true, json: true }, shell),
    read: (out) => strings(JSON.parse(out)).join('\n'),
    as: same,
    must: [/^step.verdict.findings.(expected|observed)/],
  },
};

it('every kind of event is among them, with every text of it that is free', () => {
  const named = fields.get('markup')?.map((field) => field.replace('odd:', '')) ?? [];
  const kinds = Object.keys(bodySchemas).filter((kind) => !named.some((field) => field.startsWith(`${kind}.`)));
  // The texts of the first have names of their own; in the others stand times and words of golive only.
  expect(kinds).toEqual(['run.open', 'session.close', 'clock.set', 'rollback.close', 'seal']);
});

describe.each(Object.keys(formats))('%s', (name) => {
  it.each(aims)('shows %s as text', async (aim) => {
    const format = formats[name];
    if (format === undefined) throw new Error(name);
    const shell = wideShell();
    const exit = await format.make(aim, shell);
    expect(exit).toBeLessThan(30);
    const out = shell.printed();
    for (const text of [out, shell.complained()]) {
      expect(unseen.exec(text)).toBeNull();
      expect(text).not.toMatch(/##\[|##vso/);
      if (name !== 'github') expect(text).not.toMatch(/^\s*::/m);
    }
    const shown = format.read(out);
    const whole = format.as(payloads[aim] ?? '');
    const there = new Set<number>();
    for (const { 0: front, 1: number, index } of shown.matchAll(/q(\d+)q/g)) {
      const rest = shown.slice(index + front.length, index + front.length + whole.length + 12);
      const ended = rest.startsWith(`${whole}z${number}z`);
      if (ended) there.add(Number(number));
      else expect(cut.test(rest), `${fields.get(aim)?.[Number(number) - 1]}: ${rest}`).toBe(true);
    }
    const missing = (fields.get(aim) ?? []).filter(
      (field, index) => format.must.some((pattern) => pattern.test(field)) && !there.has(index + 1),
    );
    expect(missing).toEqual([]);
  });
});
