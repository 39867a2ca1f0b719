// Goal: a log in which every string is hostile is reported whole in every format, with nothing in it obeyed by a terminal, a
// parser, a CI runner or a renderer; and a report never makes more of a run than its log does. Method: the command, on runs
// in a folder and on exported logs, and readers of each format that are strict.

import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { runCli } from '../../src/cli.ts';
import { report, type ReportCommand } from '../../src/commands/report.ts';
import type { Shell } from '../../src/commands/shell.ts';
import { visible } from '../../src/render/text.ts';
import { checklistText } from '../checklist/given.ts';
import { openLog, sealedLog, verdictBody } from '../log/given.ts';
import { folderRun } from '../support/folder-run.ts';
import { testShell } from '../support/shell.ts';
import { junitMistakes } from '../support/junit-schema.ts';
import { strictXml, type Node } from '../support/strict-xml.ts';

const cwd = mkdtempSync(join(tmpdir(), 'golive-test-'));
const shell = testShell();
afterAll(() => {
  shell.remove();
  rmSync(cwd, { recursive: true });
});

const hostile =
  '<img src=x onerror=alert(1)> @octocat a|b `c` *d* [e](javascript:1) #12 :x: http://evil.example www.evil.example ' +
  '##[stop-commands]t ##vso[task.x] %0A::error::x, y\n::warning::z\r\u001b[31m\u0007\u009b\u202e\u2028\ufffe ]]> --> "\'&amp;$a$';
/** What has to be there for a reader, whatever the format did to it. */
const seen = visible(hostile);
const formats = ['markdown', 'junit', 'html', 'github', 'json', 'ndjson'] as const;
/** Whatever a terminal obeys; a lone line feed ends a line. */
// eslint-disable-next-line no-control-regex
const obeyed = /[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u2028\u2029\u202a-\u202e\u2066-\u2069]/;

let run = '';
const step = (id: string, more = ''): string =>
  `- { id: ${id}, title: ${JSON.stringify(`${id} ${hostile}`)}, probe: { http: { url: "https://x.example/" } }, expect: [{ path: status, eq: 200 }]${more} }`;

beforeAll(async () => {
  const steps = [step('one'), step('two'), step('three'), step('four', ', severity: advisory'), step('five')];
  const { give, seal, run: id } = await folderRun(shell, checklistText({ steps: steps.join('\n') }));
  run = id;
  const at = '2026-03-01T12:00:00.000Z';
  const judge = (name: string, verdict: 'pass' | 'fail' | 'error') =>
    ({
      order: 'judge',
      step: name,
      seen: {
        verdict,
        facts: '',
        observed_at: at,
        requests: [hostile.slice(0, 150)],
        findings: verdict === 'error' ? [] : [{ verdict, expected: hostile, observed: `${name} saw ${hostile}` }],
        reason: verdict === 'error' ? hostile : '',
        looks: 1,
      },
      captures: {},
    }) as const;
  const start = (name: string) => ({ order: 'start', step: name, why: 'due' }) as const;
  const by = { by: 'ada@example.com' } as const;
  await give(
    { order: 'open-phase', phase: 'first' },
    ...['one', 'two', 'three', 'four'].map(start),
    judge('one', 'fail'),
    judge('two', 'fail'),
    judge('three', 'error'),
    judge('four', 'fail'),
    { order: 'waive', step: 'two', ...by, role: '', reason: hostile, until: '', signoff: -1 },
    { order: 'note', ...by, step: '', text: hostile },
    { order: 'stop', ...by, reason: hostile, step: '' },
  );
  await seal();
});

async function made(wanted: string, options: ReportCommand, at = cwd): Promise<{ exit: number; out: string }> {
  const out: string[] = [];
  const plain: Shell = { cwd: at, env: {}, out: (text) => out.push(text), err: () => undefined };
  const exit = await report(wanted, { runsDir: shell.runsDir, ...options }, plain);
  return { exit, out: `${out.join('\n')}\n` };
}

const all = ({ children, ...node }: Node): readonly Node[] => [{ children, ...node }, ...children.flatMap(all)];

describe.each(formats)('as %s', (format) => {
  it('holds nothing that a terminal obeys or a runner finds in the middle of a line, and is the same each time', async () => {
    const { exit, out } = await made(run, { format });
    expect(exit).toBe(0);
    expect(obeyed.exec(out)).toBeNull();
    expect(out).not.toContain('##[');
    expect(out).not.toContain('##vso');
    expect(
      out
        .split('\n')
        .filter((line) => /^\s*(?:::|##)/.test(line))
        .join(''),
    ).toMatch(format === 'github' ? /^::error / : format === 'markdown' ? /^## / : /^$/);
    expect((await made(run, { format })).out).toBe(out);
  });

  it('says what the verification says', async () => {
    const said = format === 'json' || format === 'ndjson' ? '"verdict":"SEALED"' : 'SEALED rehearsal: whole';
    expect((await made(run, { format })).out.replaceAll('": "', '":"')).toContain(said);
  });
});

describe('JUnit', () => {
  it('has the shape of the common schema, with counts that are those of its cases', async () => {
    const root = strictXml((await made(run, { format: 'junit' })).out);
    expect(root.name).toBe('testsuites');
    const counted = ({ attributes }: Node): number[] =>
      ['tests', 'failures', 'errors', 'skipped'].map((name) => Number(attributes[name]));
    expect(junitMistakes(root)).toEqual([]);
    for (const suite of root.children) {
      const cases = suite.children.filter(({ name }) => name === 'testcase');
      const under = (name: string): number => cases.filter((one) => one.children[0]?.name === name).length;
      expect(counted(suite)).toEqual([cases.length, under('failure'), under('error'), under('skipped')]);
      expect(suite.attributes['timestamp']).toMatch(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d$/);
    }
    expect(counted(root).slice(0, 3)).toEqual(
      [0, 1, 2].map((at) => root.children.reduce((sum, suite) => sum + (counted(suite)[at] ?? 0), 0)),
    );
  });

  it('is green for nothing that did not pass, and points at the line of the checklist', async () => {
    const cases = all(strictXml((await made(run, { format: 'junit' })).out)).filter(({ name }) => name === 'testcase');
    expect(cases.map(({ attributes, children }) => [attributes['name']?.split(/[: ]/)[0], children[0]?.name])).toEqual([
      ['result', 'failure'],
      ['log', 'skipped'],
      ['one', 'failure'],
      ['two', 'skipped'],
      ['three', 'error'],
      ['four', 'skipped'],
      ['five', 'error'],
    ]);
    const one = cases[2];
    // XML has no place for U+FFFE, not even as a reference.
    const fit = seen.replace('\ufffe', '');
    expect(one?.attributes).toMatchObject({
      classname: 'demo-prod.first',
      name: `one: one ${fit}`,
    });
    expect(one?.children[0]?.text).toContain(`expected: ${fit}\nobserved: one saw ${fit}`);
    expect(one?.children[0]?.text).toMatch(/^where: checklists\/demo\.yaml:15$/m);
    expect(cases[3]?.children[0]?.attributes['message']).toBe(`waived by ada@example.com: ${fit} (waived)`);
  });
});

describe('GitHub annotations', () => {
  const apart = seen.replaceAll('##', '#\\x23');
  const parsed = (line: string) => {
    const [, level = '', list = '', message = ''] = /^::(\w+) (.*?)::(.*)$/.exec(line) ?? [];
    const decoded = (text: string): string =>
      text.replaceAll('%3A', ':').replaceAll('%2C', ',').replaceAll('%0A', '\n').replaceAll('%25', '%');
    const properties = Object.fromEntries(
      list.split(',').map((pair) => [pair.slice(0, pair.indexOf('=')), decoded(pair.slice(pair.indexOf('=') + 1))]),
    );
    return { level, properties, message: decoded(message) };
  };

  it('are commands with a place in the checklist, and come back as what was said', async () => {
    const lines = (await made(run, { format: 'github' })).out.trimEnd().split('\n');
    const commands = lines.filter((line) => line.startsWith('::')).map(parsed);
    expect(lines.filter((line) => !/^(?:::(?:error|warning|notice) |golive: )/.test(line))).toEqual([]);
    expect(
      commands.map(({ level, properties }) => [level, properties['title']?.slice(0, 9), properties['line']]),
    ).toEqual([
      ['error', 'demo-prod', undefined],
      ['error', 'fail: one', '15'],
      ['error', 'error: th', '17'],
      ['notice', 'waived: t', '16'],
      ['warning', 'open: fiv', '19'],
      ['warning', 'fail: fou', '18'],
    ]);
    expect(commands[1]?.properties).toEqual({
      file: 'checklists/demo.yaml',
      line: '15',
      col: expect.stringMatching(/^\d+$/),
      title: `fail: one: one ${apart}`,
    });
    expect(commands[1]?.message).toContain(`expected: ${apart}\nobserved: one saw ${apart}`);
    expect(lines.find((line) => line.startsWith('golive: '))).toContain('NO-GO (rehearsal)');
  });

  it('are the worst nine and how many there are more', async () => {
    const log = await openLog();
    const many = Array.from({ length: 12 }, (_, at) => `s${at}`);
    for (const id of many) {
      log.add('step.start', { step: id, attempt: 1, why: 'due', resets: [] });
      log.add('step.verdict', {
        ...verdictBody,
        step: id,
        verdict: id === 's11' ? 'fail' : 'error',
        findings: [],
        reason: `r${id}`,
      });
    }
    writeFileSync(join(cwd, 'many.jsonl'), log.bytes());
    const commands = (await made('many.jsonl', { format: 'github' })).out
      .split('\n')
      .filter((line) => line.startsWith('::'));
    expect([commands.length, commands[0], commands[9]]).toEqual([
      10,
      '::error file=checklists/aep.yaml,title=fail%3A s11::why: rs11',
      expect.stringMatching(/^::error title=3 more::3 more of aep-prod/),
    ]);
  });
});

describe('steps that one cause kept from being looked at', () => {
  it('are told once, by name, and without the remedy of any of them', async () => {
    const log = await openLog();
    for (const id of ['a', 'b', 'c']) {
      log.add('step.start', { step: id, attempt: 1, why: 'due', resets: [] });
      const reason = id === 'c' ? 'something else' : 'waits for lock: AWS was denied';
      log.add('step.verdict', { ...verdictBody, step: id, verdict: 'error', findings: [], reason });
    }
    writeFileSync(join(cwd, 'cause.jsonl'), log.bytes());
    const commands = (await made('cause.jsonl', { format: 'github' })).out
      .split('\n')
      .filter((line) => line.startsWith('::'));
    expect(commands).toEqual([
      '::error file=checklists/aep.yaml,title=error%3A a and 1 more::why: waits for lock: AWS was denied%0Aalso: b: the same reason',
      '::error file=checklists/aep.yaml,title=error%3A c::why: something else',
    ]);
    const { out: page } = await made('cause.jsonl', { format: 'markdown' });
    expect(page).toContain('AWS was denied<br>also: b: the same reason |');
  });
});

describe('Markdown', () => {
  it('is never larger than what GitHub takes for the summary of a step, and says what it left out', async () => {
    const log = await openLog();
    for (let at = 0; at < 1500; at += 1) {
      log.add('step.start', { step: `s${at}`, attempt: 1, why: 'due', resets: [] });
      const findings = [{ verdict: 'fail' as const, expected: 'e'.repeat(480), observed: 'ü'.repeat(480) }];
      log.add('step.verdict', { ...verdictBody, step: `s${at}`, verdict: 'fail', findings, reason: '' });
    }
    writeFileSync(join(cwd, 'huge.jsonl'), log.bytes());
    const { out } = await made('huge.jsonl', { format: 'markdown' });
    expect(Buffer.byteLength(out)).toBeLessThanOrEqual(1_048_576);
    expect(out).toMatch(/\n\*\*Cut here\*\*: \d+ more lines\./);
    expect(out).toContain('## Log');
  });

  it('opens with the verdict and the exceptions, worst first, and leaves nothing of others to be rendered', async () => {
    const { out } = await made(run, { format: 'markdown' });
    expect(out.split('\n')[0]).toBe('# NO-GO (rehearsal): demo-prod');
    const rows = out
      .slice(out.indexOf('## Exceptions'), out.indexOf('## Phase'))
      .split('\n')
      .filter((line) => line.startsWith('|'));
    expect(rows.slice(2).map((row) => /^\| (\w+): .*\| \*\*(\w+)\*\*/.exec(row)?.slice(1))).toEqual([
      ['one', 'fail'],
      ['three', 'error'],
      ['two', 'waived'],
      ['five', 'open'],
      ['four', 'fail'],
    ]);
    const bare = out.replaceAll('<br>', '').replaceAll('&#8203;', '§');
    for (const row of bare.split('\n').filter((line) => line.startsWith('|')))
      expect([4, 7]).toContain(row.match(/(?<!\\)\|/g)?.length);
    // A backslash of others is doubled, and takes none of ours away.
    const own = bare.replace(/\\\\/g, '').replace(/\\[`*_[\]|~#]/g, '');
    expect(/[<>`[\]~]|@(?!§)|:\/\/|www\.|:x:|&(?!amp;|lt;|gt;|#36;)/.exec(own)).toBeNull();
    expect(own).toContain('@§octocat');
    const text = out
      .replaceAll('&#8203;', '')
      .replaceAll('&lt;', '<')
      .replaceAll('&gt;', '>')
      .replaceAll('&#36;', '$')
      .replaceAll('&amp;', '&')
      .replace(/\\([\\`*_[\]|~#])/g, '$1');
    expect(text.split(seen).length).toBeGreaterThan(10);
  });
});

describe('JSON and NDJSON', () => {
  it('are the whole report, and every event as it stands, with every text as the log has it', async () => {
    const json: {
      version: number;
      phases: { steps: { id: string; title: string; findings: { observed: string }[] }[] }[];
    } = JSON.parse((await made(run, { json: true })).out);
    expect(json.version).toBe(1);
    expect(json.phases[0]?.steps[0]).toMatchObject({
      id: 'one',
      title: `one ${hostile}`,
      word: 'fail',
      place: { line: 15 },
      findings: [{ observed: `one saw ${hostile}` }],
    });
    const lines = (await made(run, { format: 'ndjson' })).out
      .trimEnd()
      .split('\n')
      .map((line): { kind: string; seq?: number; body: Record<string, unknown> } => JSON.parse(line));
    expect(lines.map(({ seq }) => seq)).toEqual([
      undefined,
      ...Array.from({ length: lines.length - 1 }, (_, at) => at),
    ]);
    expect([lines[0]?.kind, lines.at(-1)?.kind, lines.find(({ kind }) => kind === 'note')?.body['text']]).toEqual([
      'verification',
      'seal',
      hostile,
    ]);
  });
});

describe('a log', () => {
  it('that was cut inside or changed is reported as far as it holds, says so first, and is no go in any format', async () => {
    const bytes = Buffer.from((await sealedLog()).bytes()).toString('latin1');
    writeFileSync(
      join(cwd, 'bent.jsonl'),
      bytes.replace('"decision":"go"', '"decision":"no"').replace(/\n$/, '\n{}\n'),
      'latin1',
    );
    writeFileSync(join(cwd, 'after.jsonl'), `${bytes}{}\n`, 'latin1');
    for (const file of ['bent.jsonl', 'after.jsonl'])
      for (const format of formats) {
        const { exit, out } = await made(file, { format });
        expect([exit, out.includes('INVALID')]).toEqual([20, true]);
        if (format === 'markdown') expect(out).toMatch(/^# NOT KNOWN \(the log does not hold; it says /);
        if (format === 'github') expect(out).toMatch(/^::error title=log of aep-prod::INVALID at line/);
        if (format === 'junit')
          expect(
            all(strictXml(out))
              .filter(({ name }) => name === 'testcase')
              .slice(0, 2)
              .map(({ children }) => children[0]?.name),
          ).toEqual(['error', 'error']);
      }
  });

  it('without its checklist has no titles and no lines, and the steps it speaks of', async () => {
    writeFileSync(join(cwd, 'alone.jsonl'), (await sealedLog()).bytes());
    const { exit, out } = await made('alone.jsonl', {});
    expect(exit).toBe(0);
    expect(out).toContain('not at hand');
    expect(out).toMatch(/^\| backend-ready \| pass \| 1 \|/m);
  });
});

describe('on the command line', () => {
  it('writes a new file, and nothing over one that is there; names its formats, also to the shell', async () => {
    const out = join(cwd, 'golive.xml');
    const call = (...words: readonly string[]): Promise<number> =>
      runCli([...words, '--runs-dir', shell.runsDir], shell);
    expect(await call('report', run, '--format', 'junit', '--out', out)).toBe(0);
    expect(readFileSync(out, 'utf8')).toBe((await made(run, { format: 'junit' })).out);
    expect(await call('report', run, '--out', out)).toBe(3);
    expect(await call('report', run, '--format', 'pdf')).toBe(3);
    expect(shell.complained()).toContain('junit, markdown, html, github, json, ndjson');
    const before = shell.printed().length;
    await runCli(['__complete', '--', 'report', 'demo-prod', '--format', 'j'], shell);
    expect(shell.printed().slice(before)).toBe('junit\njson\n');
  });
});
