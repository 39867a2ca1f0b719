// Goal: `replay --against` says what the recorded facts would come to by another checklist, never more than they show, and
// runs nothing. Method: the real command on runs in a folder whose evidence is written here, against files made from the
// checklist of the run by one change each.

import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { replayAgainst, type AgainstOptions } from '../../src/commands/replay-against.ts';
import type { Order } from '../../src/engine/decide.ts';
import { judge } from '../../src/engine/judge.ts';
import type { Json } from '../../src/engine/json.ts';
import { findStep } from '../../src/engine/plan.ts';
import { GoliveError } from '../../src/errors.ts';
import { factsText } from '../../src/log/canonical.ts';
import { checklistText } from '../checklist/given.ts';
import { folderRun, type FolderRun } from '../support/folder-run.ts';
import { testShell, type TestShell } from '../support/shell.ts';

const folder = mkdtempSync(join(tmpdir(), 'golive-against-'));
const shell: TestShell = testShell({ cwd: folder });
afterAll(() => {
  shell.remove();
  rmSync(folder, { recursive: true, force: true });
});

const noon = '2026-03-01T12:00:00.000Z';
const probe = (id: string): string => `probe: { http: { url: "https://x.example/${id}" } }`;
const text = checklistText({
  steps: [
    `- { id: good, title: Good, ${probe('good')}, expect: [{ path: status, eq: 200 }] }`,
    `- { id: slow, title: Slow, ${probe('slow')}, expect: [{ path: total_ms, lt: 500 }], severity: advisory }`,
    `- { id: expires, title: Expires, ${probe('cert')}, expect: [{ path: json.until, from_now: { gt: 10d } }] }`,
    `- { id: version, title: Version, ${probe('v')}, expect: [{ path: status, eq: 200 }], capture: { version: json.version } }`,
    `- { id: same-version, title: Same, ${probe('w')}, expect: [{ path: json.version, eq: "\${version}" }] }`,
    `- { id: agreed, title: Agreed, ask: { question: "When?", text: {} }, expect: [{ path: answer, contains: noon }] }`,
    `- { id: quiet, title: Quiet, ${probe('q')}, hold: { for: 2m, every: 1m }, expect: [{ path: status, eq: 200 }] }`,
    `- { id: hidden, title: Hidden, ${probe('h')}, expect: [{ path: json.token, ne: old }] }`,
    `- { id: base, title: Base, ${probe('b')}, expect: [{ path: total_ms, lt: 50 }] }`,
    `- { id: beside, title: Beside, ${probe('c')}, expect: [{ path: total_ms, lt: 51 }] }`,
    `- { id: again, title: Again, probe: { recheck: [base, beside] } }`,
    `- { id: gauge, title: Gauge, ${probe('g')}, hold: { for: 3m, every: 1m }, expect: [{ path: total_ms, lt: 5 }] }`,
    `- { id: never, title: Never, ${probe('n')}, expect: [{ path: status, eq: 200 }] }`,
  ].join('\n'),
});

/** What each probe saw, as it is kept. */
const seen: Readonly<Record<string, Json>> = {
  good: { status: 200 },
  slow: { total_ms: 700 },
  expires: { json: { until: '2026-03-16T12:00:00Z' } },
  version: { status: 200, json: { version: '1.2' } },
  'same-version': { json: { version: '1.2' } },
  quiet: {
    from: noon,
    to: '2026-03-01T12:02:00.000Z',
    expected: 3,
    obtained: 3,
    every_s: 60,
    failing: [{ at: '2026-03-01T12:01:00.000Z', verdict: 'fail', observed: ['503'], facts: { status: 503 } }],
    samples: ['12:00', '12:01', '12:02'].map((at) => ({
      at: `2026-03-01T${at}:00.000Z`,
      verdict: at === '12:01' ? 'fail' : 'pass',
      observed: [at === '12:01' ? '503' : '200'],
    })),
    last: { status: 200 },
  },
  base: { total_ms: 20 },
  beside: { total_ms: 20 },
  again: { base: { total_ms: 40 }, beside: { total_ms: 1 } },
  gauge: {
    from: noon,
    to: '2026-03-01T12:03:00.000Z',
    expected: 3,
    obtained: 3,
    period_s: 60,
    failing: [],
    // As what has a clock of its own keeps it.
    samples: [1, 4, 3].map((total, minute) => ({ total_ms: total, at: `2026-03-01T12:0${minute}:00.000Z` })),
    whole: {},
  },
  hidden: { json: { token: '(redacted)' } },
};

let one: FolderRun;
beforeAll(async () => {
  one = await folderRun(shell, text);
  await one.give({ order: 'open-phase', phase: 'first' });
  for (const id of ['good', 'slow', 'expires', 'version', 'same-version']) await looked(id);
  await one.give({ order: 'start', step: 'agreed', why: 'due' });
  const answer = { answer: '"at noon"', evidence: '', by: 'ada@example.com', source: 'asked' } as const;
  await one.give({ order: 'answer', step: 'agreed', ...answer }, verdictOf('agreed', 'pass', ''));
  await looked('quiet', { verdict: 'fail', at: '2026-03-01T12:02:00.000Z' });
  await looked('hidden', { verdict: 'pass' });
  await looked('base');
  await looked('beside');
  await looked('again', { verdict: 'pass' });
  await looked('gauge', { verdict: 'pass', at: '2026-03-01T12:30:00.000Z' });
});

/** Judged as a run judges, unless it says otherwise. */
async function looked(id: string, more: { verdict?: 'pass' | 'fail'; at?: string } = {}): Promise<void> {
  const facts = seen[id] ?? {};
  const digest = await one.store.putBlob(one.run, new TextEncoder().encode(factsText(facts)));
  const expected = (findStep(one.plan, id)?.expect ?? []).map((each) =>
    each.eq === '${version}' ? { ...each, eq: '1.2' } : each,
  );
  const judged = judge(expected, facts, Date.parse(noon));
  const captures: Readonly<Record<string, string>> = id === 'version' ? { version: '"1.2"' } : {};
  const order = verdictOf(id, more.verdict ?? judged.verdict, digest, more.at, captures);
  await one.give({ order: 'start', step: id, why: 'due' }, order);
}

function verdictOf(
  step: string,
  verdict: 'pass' | 'fail' | 'inconclusive',
  facts: string,
  at = noon,
  captures: Readonly<Record<string, string>> = {},
): Order {
  const findings = [{ verdict, expected: 'what was expected then', observed: 'what was observed then' }];
  const told = { verdict, facts, observed_at: at, requests: [], findings, reason: '', looks: 1 };
  return { order: 'judge', step, captures, seen: told };
}

let files = 0;
/** The checklist of the run with these changes, each of which has to be one. */
function changed(...changes: readonly (readonly [string, string])[]): string {
  let other = text;
  for (const [from, to] of changes) {
    expect(other).toContain(from);
    other = other.replace(from, () => to);
  }
  files += 1;
  mkdirSync(join(folder, 'other'), { recursive: true });
  const file = join('other', `demo-${files}.yaml`);
  writeFileSync(join(folder, file), other);
  return file;
}

async function against(file: string, options: Omit<AgainstOptions, 'against'> = {}) {
  const own = testShell({ cwd: folder });
  const exit = await replayAgainst(one.run, { runsDir: shell.runsDir, ...options, against: file }, own);
  const out = own.printed();
  own.remove();
  return { exit, out };
}

/** What became of each step that is not the same, in one line each. */
async function outcomes(...changes: readonly (readonly [string, string])[]) {
  const { exit, out } = await against(changed(...changes), { json: true });
  const { steps } = JSON.parse(out) as { steps: Record<string, string>[] };
  const told = steps
    .filter(({ outcome }) => outcome !== 'same')
    .map(({ step, outcome, was, now, why }) => `${step} ${outcome} ${was} ${now ?? '-'} ${why}`.trim());
  return { exit, told };
}

describe('replay --against', () => {
  it('of its own checklist finds nothing that differs', async () => {
    const { exit, out } = await against(changed());
    expect(out).toContain('13 of 13 steps would be the same, 1 of them without a verdict, as then.');
    expect(exit).toBe(0);
  });

  it('shows both verdicts, and what is expected and observed', async () => {
    const { exit, out } = await against(changed(['path: status, eq: 200', 'path: status, eq: 204']));
    expect(exit).toBe(1);
    expect(out).toMatch(/Would differ\n {2}pass -> fail {2}good {2}Good\n +expected +status = 204\n +observed +200\n/);
  });

  it('finds what would pass', async () => {
    expect(await outcomes(['lt: 500', 'lt: 800'])).toEqual({ exit: 1, told: ['slow differs fail pass'] });
  });

  it('counts from when it was observed, and not from now', async () => {
    expect(await outcomes(['gt: 10d', 'gt: 14d'])).toEqual({ exit: 0, told: [] });
    expect(await outcomes(['gt: 10d', 'gt: 16d'])).toEqual({ exit: 1, told: ['expires differs pass fail'] });
  });

  it('fills in what the log has, and does not judge by what it has not', async () => {
    const same = '{ path: json.version, eq: "${version}" }';
    expect(await outcomes([same, '{ path: json.version, ne: "${version}" }'])).toEqual({
      exit: 1,
      told: ['same-version differs pass fail'],
    });
    const other = await outcomes(['version: json.version', 'version: json.other'], [same, `${same}, ${same}`]);
    expect(other).toEqual({
      exit: 1,
      told: [
        'version differs pass fail',
        'same-version not-judged pass - ${version} is captured from something else here',
      ],
    });
  });

  it('judges no answer to another question', async () => {
    const { exit, told } = await outcomes(['x.example/good', 'x.example/better']);
    expect(told).toEqual([
      'good not-judged pass - it asks something else: GET https://x.example/better; then: GET https://x.example/good',
    ]);
    expect(exit).toBe(2);
  });

  it('judges recorded answers, also by their form', async () => {
    expect((await outcomes(['contains: noon', 'contains: midnight'])).told).toEqual(['agreed differs pass fail']);
    expect((await outcomes(['text: {}', 'text: { matches: "^[0-9]+$" }'])).told).toEqual([
      'agreed differs pass inconclusive',
    ]);
    expect((await outcomes(['"When?"', '"Where?"'])).told).toEqual([
      'agreed not-judged pass - it asks something else: Where?; then: When?',
    ]);
  });

  it('judges what was watched by the samples that are kept, as far as they say enough', async () => {
    const hold = 'hold: { for: 2m, every: 1m }';
    expect((await outcomes([hold, 'hold: { for: 2m, every: 1m, tolerate: 1 }'])).told).toEqual([
      'quiet differs fail pass',
    ]);
    expect((await outcomes([hold, 'hold: { for: 9m, every: 1m, tolerate: 1 }'])).told).toEqual([
      'quiet not-judged fail - it was decided before its time was over, and nobody watched on',
    ]);
    const expected = `${hold}, expect: [{ path: status, eq: 200 }]`;
    expect((await outcomes([expected, `${hold}, expect: [{ path: status, lt: 600 }]`])).told).toEqual([
      'quiet not-judged fail - of each look only what it came to is kept, and not what it saw',
    ]);
  });

  it('judges what a source remembers period by period', async () => {
    expect((await outcomes(['lt: 5 }', 'lt: 4.5 }'])).told).toEqual([]);
    expect((await outcomes(['lt: 5 }', 'lt: 3 }'])).told).toEqual(['gauge differs pass fail']);
  });

  it('judges looks that were made once more by the expectations of their steps', async () => {
    expect((await outcomes(['lt: 50 }', 'lt: 30 }'])).told).toEqual(['again differs pass fail']);
    expect((await outcomes(['x.example/b"', 'x.example/bb"'])).told).toEqual([
      expect.stringMatching(/^base not-judged pass - it asks something else/),
      'again not-judged pass - base asks something else',
    ]);
  });

  it('judges nothing by what was taken out of the facts', async () => {
    const { exit, told } = await outcomes(['ne: old', 'ne: older']);
    expect(told).toEqual(['hidden not-judged pass - it reads what was taken out of the facts before they were kept']);
    expect(exit).toBe(2);
  });

  it('names steps that are gone, and judges none that the log has nothing of', async () => {
    const line = text.split('\n').find((each) => each.includes('id: slow')) ?? '';
    const added = line.replaceAll('slow', 'fresh').replace('title: Slow', 'title: Fresh');
    expect(await outcomes([line, added])).toEqual({
      exit: 1,
      told: ['fresh not-judged open - no evidence: the checklist of the run had no such step', 'slow gone fail -'],
    });
    expect((await outcomes(['x.example/n', 'x.example/m'])).told).toEqual([
      'never not-judged open - no evidence: it was not taken then',
    ]);
  });

  it('judges no step whose evidence is not what its digest says, and tells what the log is worth', async () => {
    const blob = join(one.store.locate(one.run), 'blobs');
    const events = await one.events();
    const good = events.find(({ kind, body }) => kind === 'step.verdict' && body.step === 'good');
    const digest = good?.kind === 'step.verdict' ? good.body.facts : '';
    const whole = readFileSync(join(blob, digest));
    writeFileSync(join(blob, digest), '{"status":204}');
    const { exit, told } = await outcomes(['path: status, eq: 200', 'path: status, eq: 204']);
    writeFileSync(join(blob, digest), whole);
    expect(told).toEqual([
      'good not-judged pass - no evidence: its facts are not at hand, or are not what their digest says',
    ]);
    expect(exit).toBe(23);
  });

  it('takes only a checklist without mistakes that has the target', async () => {
    const wrong = against(changed(['path: status, eq: 200', 'path: status, equals: 200']));
    await expect(wrong).rejects.toMatchObject({ code: 'checklist', exit: 3 });
    await expect(wrong).rejects.toThrow(/demo-\d+\.yaml:15:\d+: /);
    const elsewhere = against(changed(['{ prod: {', '{ staging: {']));
    await expect(elsewhere).rejects.toThrow('has no target prod, which the run is of');
    await expect(against('nowhere.yaml')).rejects.toBeInstanceOf(GoliveError);
  });

  it.each(['speed', 'from'] as const)('does not go with --%s', async (name) => {
    await expect(against(changed(), { [name]: '2' })).rejects.toMatchObject({ code: 'usage', exit: 3 });
  });
});
