// What docs/verifying-a-run.md tells an auditor to type is typed here: every block of it, in the folder that golive exports,
// on a rehearsal and on a real run whose people have keys of ssh-keygen. And its table has the exits that golive has.

import { execFileSync, spawnSync } from 'node:child_process';
import { chmodSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { commandTree } from '../../src/cli.ts';
import { exportRun } from '../../src/commands/export.ts';
import { pollOf } from '../../src/engine/people.ts';
import { findStep } from '../../src/engine/plan.ts';
import { digest } from '../../src/log/canonical.ts';
import { hashLine } from '../../src/log/line.ts';
import { rehearsalExit, verifyExits } from '../../src/log/verify.ts';
import { gateText } from '../../src/render/signoff.ts';
import { sealRun } from '../../src/runner/opening.ts';
import { signWord } from '../../src/runner/signoff.ts';
import { checklistText } from '../checklist/given.ts';
import { home } from '../support/shell.ts';
import { judged, newProject, signedRun } from '../support/signed-run.ts';

const page = readFileSync(join(home, 'docs', 'verifying-a-run.md'), 'utf8');
const fences = (language: string): string[] =>
  [...page.matchAll(new RegExp(`^\`\`\`${language}\\n([^]*?)^\`\`\`$`, 'gm'))].map(([, code = '']) => code);
const blocks = fences('sh');
/** The one block in which this stands. */
function blockWith(words: string): string {
  const found = blocks.filter((block) => block.includes(words));
  if (found.length !== 1) throw new Error(`${found.length} blocks have ${words}`);
  tried.add(found[0] ?? '');
  return found[0] ?? '';
}
const tried = new Set<string>();

const project = newProject();
const folder = mkdtempSync(join(tmpdir(), 'golive-test-'));
afterAll(() => (project.remove(), rmSync(folder, { recursive: true })));

const text = checklistText({
  steps: `- { id: good, title: Good, probe: { http: { url: "https://x.example/" } }, expect: [{ path: status, eq: 200 }] }
- { id: approved, title: Approved, gate: { poll: [lead] } }`,
});

/** A sealed run with a look, a signed go and a file; its bundle, and whom the auditor trusts. */
async function bundled(name: string, rehearsal: boolean): Promise<{ dir: string; lines: readonly Uint8Array[] }> {
  const one = await signedRun(project, { text, rehearsal, orders: [{ order: 'open-phase', phase: 'first' }] });
  const journal = one.journal();
  const facts = await journal.keep({ status: 200 });
  const look = judged('good');
  if (look.order !== 'judge') throw new Error('not judged');
  await one.give(
    { order: 'start', step: 'good', why: 'due' },
    { ...look, seen: { ...look.seen, facts, requests: ['11111111-aaaa', '22222222-bbbb'] } },
    { order: 'start', step: 'approved', why: 'due' },
  );
  const gate = findStep(one.plan, 'approved');
  if (gate?.work.type !== 'gate') throw new Error('no gate');
  const desk = { plan: one.plan, journal, roster: one.roster, world: { clock: one.clock } };
  const by = project.people.ada.name;
  const word = { step: gate.id, role: 'lead', decision: 'go', by, comment: '' } as const;
  const signed = await signWord(desk, { ...word, text: gateText(one.plan, journal.state(), gate) });
  if ('refused' in signed) throw new Error(signed.refused);
  await one.give({ order: 'vote', ...word, signoff: signed.line });
  const { verdict, findings } = pollOf(one.plan, journal.state(), gate.id, gate.work);
  const seen = { ...look.seen, verdict, findings, facts: '' };
  const file = await journal.keepBytes(Buffer.from('a screenshot'));
  await one.give(
    { order: 'judge', step: gate.id, seen, captures: {} },
    { order: 'attach', digest: file, name: 'dashboard.png', size: 12, step: 'good', by },
    { order: 'close-phase', phase: 'first' },
  );
  await sealRun(journal, one.plan, one.signer, one.clock.now());
  const dir = join(folder, name);
  const shell = { ...project.shell(project.people.ada), out: () => undefined };
  expect(await exportRun(one.run, { runsDir: project.runsDir, bundle: dir }, shell)).toBe(0);
  writeFileSync(join(dir, 'allowed_signers'), project.signers());
  return { dir, lines: await one.store.read(one.run, 0) };
}

const bin = join(folder, 'bin');
let real: Awaited<ReturnType<typeof bundled>>;
let rehearsed: typeof real;
beforeAll(async () => {
  mkdirSync(bin);
  const program = (name: string, line: string): void => {
    writeFileSync(join(bin, name), `#!/bin/sh\n${line}\n`);
    chmodSync(join(bin, name), 0o755);
  };
  program('golive', `exec '${process.execPath}' '${join(home, 'dist', 'main.js')}' "$@"`);
  const event = JSON.stringify({ requestID: '11111111-aaaa', eventName: 'DescribeServices' });
  program(
    'aws',
    `[ "$1 $2" = 'cloudtrail lookup-events' ] && printf '%s' '${JSON.stringify({ Events: [{ CloudTrailEvent: event }] })}'`,
  );
  real = await bundled('real', false);
  rehearsed = await bundled('rehearsal', true);
});

function type(
  block: string,
  { dir }: { readonly dir: string },
): { readonly out: readonly string[]; readonly exit: number | null } {
  const env = { PATH: `${bin}:${process.env['PATH'] ?? ''}`, HOME: folder, NO_COLOR: '1' };
  const ran = spawnSync('sh', ['-c', block], { cwd: dir, env, encoding: 'utf8' });
  expect([block, ran.stderr]).toEqual([block, '']);
  return { out: ran.stdout.split('\n').slice(0, -1), exit: ran.status };
}

describe.each([
  ['a real run', () => real, 0, 'SEALED: whole, and its people are vouched for'],
  [
    'a rehearsal with keys of its people',
    () => rehearsed,
    24,
    'SEALED rehearsal: whole, but nobody vouches for the key',
  ],
] as const)('on %s, what the page says to type', (_, bundle, exit, word) => {
  it('gives the verdict, from golive and without it', () => {
    const own = type(blockWith('golive verify .'), bundle());
    expect([own.exit, own.out[0]]).toEqual([exit, word]);
    expect(own.out.join('\n')).toMatch(/procedure +kept/);
    expect(own.out.join('\n')).toMatch(/evidence +3 of 3 there and whole/);
    const script = type(blockWith('sh verify.sh'), bundle());
    expect([script.exit, script.out.at(-1)]).toEqual([exit, word]);
  });

  it('shows whose word is where, what they were shown, and what was accepted', () => {
    const { out } = type(blockWith('(run\\.open|session\\.open|signoff|seal)'), bundle());
    expect(out.map((line) => line.split(':', 1)[0])).toEqual(['1', '6', '11']);
    const said = type(blockWith('while read -r payload'), bundle()).out.map((line): unknown => JSON.parse(line));
    const predicate = {
      decision: 'go',
      principal: 'ada@example.com',
      text: expect.stringContaining('approved, attempt 1'),
    };
    expect(said).toMatchObject([{ predicateType: 'urn:golive:signoff:1', predicate }]);
    expect(type(blockWith('step\\.attest'), bundle())).toEqual({ out: ['nothing was accepted'], exit: 0 });
  });

  it('checks each statement by hand, and takes none for another', () => {
    const block = blockWith('line=1 kind=grant');
    for (const [line, kind] of [
      [1, 'grant'],
      [6, 'signoff'],
      [11, 'seal'],
    ] as const) {
      const { out, exit: ended } = type(block.replace('line=1 kind=grant', `line=${line} kind=${kind}`), bundle());
      expect([kind, ended, out]).toEqual([
        kind,
        0,
        [expect.stringMatching(`^Good "golive.${kind}" signature for ada@example.com`)],
      ]);
    }
    const wrong = spawnSync('sh', ['-c', block.replace('kind=grant', 'kind=seal')], {
      cwd: bundle().dir,
      encoding: 'utf8',
    });
    expect(wrong.stdout + wrong.stderr).toContain('Could not verify signature');
  });

  it('checks chain, seal, evidence and checklist by hand', () => {
    const { lines } = bundle();
    const first = hashLine(lines[0] ?? '');
    expect(type(blockWith('seq=0'), bundle()).out).toEqual([`${first}  -`]);
    expect(type(blockWith('sed -n 2p'), bundle()).out).toEqual([first, first]);
    const sealed = type(blockWith("sed '$d'"), bundle()).out;
    expect(sealed).toHaveLength(2);
    expect(sealed[0]).toBe(sealed[1]);
    expect(type(blockWith('cd blobs'), bundle()).out).toEqual([]);
    expect(type(blockWith('sha256sum checklist.yaml'), bundle()).out).toEqual([digest(text), digest(text)]);
  });

  it('finds by hand what is missing, and what is another', () => {
    const { dir } = bundle();
    const copy = join(folder, 'copy');
    execFileSync('cp', ['-r', dir, copy]);
    const name = digest('a screenshot');
    writeFileSync(join(copy, 'blobs', name), 'another');
    expect(type(blockWith('cd blobs'), { dir: copy }).out).toEqual([`${digest('another')}  ${name}`]);
    rmSync(join(copy, 'blobs', name));
    expect(type(blockWith('cd blobs'), { dir: copy }).out).toEqual([`missing: ${name}`]);
    rmSync(copy, { recursive: true });
  });

  it('looks up the requests in CloudTrail', () => {
    const [begun, ended, ...rest] = type(blockWith('aws cloudtrail'), bundle()).out;
    expect([begun, ended, rest]).toEqual([expect.stringMatching(/Z$/), expect.stringMatching(/Z$/), []]);
    expect(type(blockWith('not in CloudTrail'), bundle()).out).toEqual(['not in CloudTrail: 22222222-bbbb']);
    rmSync(join(bundle().dir, 'cloudtrail.json'));
  });
});

describe('the page', () => {
  it('has no block that was not typed here', () => {
    expect(blocks.filter((block) => !tried.has(block))).toEqual([]);
  });

  it('has every verdict with its exit code, and no other', () => {
    const rows = [...page.matchAll(/^\| `([A-Z]+)`( rehearsal)? \| (\d+) \|/gm)].map(([, verdict, more = '', exit]) => [
      `${verdict}${more}`,
      Number(exit),
    ]);
    expect(Object.fromEntries(rows)).toEqual({ ...verifyExits, 'SEALED rehearsal': rehearsalExit });
    expect(rows).toHaveLength(Object.keys(verifyExits).length + 1);
  });

  it('names only commands and options that golive has', () => {
    const shell = project.shell(project.people.ada);
    const tree = commandTree(shell, () => undefined);
    const lines = [...blocks, ...fences('text')]
      .flatMap((block) => block.split('\n'))
      .filter((line) => line.startsWith('golive '));
    expect(lines.length).toBeGreaterThan(3);
    for (const line of lines) {
      const [, ...words] = line.split(' ');
      let command = tree.commands.find((one) => one.name() === words[0]);
      command = command?.commands.find((one) => one.name() === words[1]) ?? command;
      const known = command?.options.map(({ long }) => long) ?? [];
      expect([line, words.filter((one) => one.startsWith('--') && !known.includes(one))]).toEqual([line, []]);
    }
  });

  it('is linked from where people look for it', () => {
    const linked = ['README.md', 'docs/log-format.md'].filter((path) =>
      /\]\((?:docs\/)?verifying-a-run\.md\)/.test(readFileSync(join(home, path), 'utf8')),
    );
    expect(linked).toEqual(['README.md', 'docs/log-format.md']);
  });
});
