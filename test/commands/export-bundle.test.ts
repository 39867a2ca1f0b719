// Goal: what an auditor is handed is whole or not there, the same for the same run, says aloud what it lacks, and is
// verified by the evidence in it. Method: the real commands on runs in a folder, and a process that is killed half-way.

import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { runCli } from '../../src/cli.ts';
import { digest } from '../../src/log/canonical.ts';
import { noon } from '../support/plan.ts';
import { checklistText } from '../checklist/given.ts';
import { folderRun } from '../support/folder-run.ts';
import { home, testShell, type TestShell } from '../support/shell.ts';

const shells: TestShell[] = [];
afterAll(() => shells.forEach((shell) => shell.remove()));

const odd = 'id\twith\u001b[31m\ncontrol';

/** A sealed rehearsal of one step, with a file attached to it. */
async function given() {
  const shell = testShell();
  shells.push(shell);
  const text = checklistText();
  const folder = await folderRun(shell, text);
  const { journal, give, seal, store, run } = folder;
  const facts = await journal.keep({ status: 200 });
  const at = new Date(noon).toISOString();
  const findings = [{ verdict: 'pass', expected: 'status is 200', observed: '200' }] as const;
  const seen = {
    verdict: 'pass',
    facts,
    observed_at: at,
    requests: ['7d1e-42', odd],
    findings,
    reason: '',
    looks: 1,
  } as const;
  await give(
    { order: 'open-phase', phase: 'first' },
    { order: 'start', step: 'one', why: 'due' },
    { order: 'judge', step: 'one', seen, captures: {} },
    { order: 'close-phase', phase: 'first' },
  );
  const file = await journal.keepBytes(Buffer.from('seen'));
  await give({ order: 'attach', digest: file, name: 'a.txt', size: 4, step: 'one', by: 'ada@example.com' });
  await seal();
  const out = join(shell.runsDir, '..', 'out');
  mkdirSync(out, { recursive: true });
  const call = (...words: readonly string[]): Promise<number> => runCli([...words, '--runs-dir', shell.runsDir], shell);
  const blobs = join(store.locate(run), 'blobs');
  return { ...folder, shell, text, facts, file, call, out, blobs, bundle: join(out, 'aep') };
}

/** Every file under a folder with its bytes. */
function contents(folder: string): Record<string, string> {
  const names = readdirSync(folder, { recursive: true, encoding: 'utf8', withFileTypes: true });
  const files = names.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name));
  return Object.fromEntries(
    files.toSorted().map((path) => [path.slice(folder.length + 1), readFileSync(path, 'latin1')]),
  );
}

describe('golive export --bundle', () => {
  it('puts together the log, its evidence, the checklist and the documents, the same bytes each time', async () => {
    const { run, shell, text, facts, file, call, out, bundle } = await given();
    writeFileSync(join(shell.runsDir, run, 'blobs', digest('nobody names this')), 'nobody names this');
    expect(await call('export', run, '--bundle', bundle)).toBe(0);
    expect(shell.printed()).toContain(`${bundle}: 7 lines and 3 pieces of evidence. Begin with README.txt in it.`);
    const found = contents(bundle);
    expect(Object.keys(found).toSorted()).toEqual(
      [
        'README.txt',
        `blobs/${digest(text)}`,
        `blobs/${facts}`,
        `blobs/${file}`,
        'checklist.yaml',
        'log-format.md',
        'requests.tsv',
        'run.jsonl',
        'verify.sh',
        'verifying-a-run.md',
      ].toSorted(),
    );
    expect([found['checklist.yaml'], found[`blobs/${file}`]]).toEqual([text, 'seen']);
    for (const name of ['verify.sh', 'log-format.md', 'verifying-a-run.md'])
      expect(found[name]).toBe(readFileSync(join(home, 'docs', name), 'latin1'));
    expect(await call('export', run, '--bundle', join(out, 'again'))).toBe(0);
    expect(contents(join(out, 'again'))).toEqual(found);
    expect(readdirSync(out).toSorted()).toEqual(['aep', 'again']);
  });

  it('lists the requests that AWS answered, and lets none of them draw or begin a column', async () => {
    const { run, call, bundle } = await given();
    await call('export', run, '--bundle', bundle);
    const rows = readFileSync(join(bundle, 'requests.tsv'), 'utf8');
    expect(rows).toBe(
      [
        'line\tat\tstep\tattempt\tevent\trequest',
        '4\t2026-03-01T12:00:00.000Z\tone\t1\tstep.verdict\t7d1e-42',
        '4\t2026-03-01T12:00:00.000Z\tone\t1\tstep.verdict\tid\\twith\\x1b[31m\\ncontrol',
        '',
      ].join('\n'),
    );
  });

  it('says what each file is, and with which words it is checked', async () => {
    const { run, call, bundle } = await given();
    await call('export', run, '--bundle', bundle);
    const page = readFileSync(join(bundle, 'README.txt'), 'utf8');
    expect(page).toContain(`A rehearsal of demo-prod by golive, as its log has it.\nRun ${run}, 7 lines, sealed.`);
    for (const name of readdirSync(bundle))
      if (name !== 'README.txt') expect(page).toMatch(new RegExp(`^${name}/? `, 'm'));
    expect(page).toContain(`  golive verify . --run ${run} --rehearsal\n  sh verify.sh --rehearsal run.jsonl\n`);
    expect(Math.max(...page.split('\n').map((line) => line.length))).toBeLessThanOrEqual(120);
  });

  it('names the evidence that is missing or damaged, writes the rest, and ends with 23', async () => {
    const { run, shell, call, bundle, facts, file, blobs } = await given();
    rmSync(join(blobs, facts));
    writeFileSync(join(blobs, file), 'seem');
    expect(await call('export', run, '--bundle', bundle)).toBe(23);
    expect(shell.complained()).toContain(`missing or damaged: ${facts}, named by line 4 (step.verdict of one)`);
    expect(shell.complained()).toContain(`missing or damaged: ${file}, named by line 6 (attach of one)`);
    expect(readdirSync(join(bundle, 'blobs'))).toHaveLength(1);
    expect(readFileSync(join(bundle, 'README.txt'), 'utf8')).toContain(
      `2 pieces of evidence that the log names are not in blobs/`,
    );
    expect(await call('verify', bundle, '--rehearsal')).toBe(23);
  });

  it('says the same to machines', async () => {
    const { run, shell, call, bundle } = await given();
    expect(await call('export', run, '--bundle', bundle, '--json')).toBe(0);
    expect(JSON.parse(shell.printed())).toEqual({ run, bundle, lines: 7, blobs: 3, missing: [] });
  });

  it('has the newest checklist of a run that was amended, and the older ones among the evidence', async () => {
    const shell = testShell();
    shells.push(shell);
    const { run, store, give } = await folderRun(shell, checklistText());
    const mended = `${checklistText()}# mended\n`;
    const name = await store.putBlob(run, Buffer.from(mended));
    const words = { by: 'ada@example.com', second: '', reason: 'a typo', touched: [], reopen: [] };
    await give({ order: 'amend', digest: name, previous: digest(checklistText()), ...words } as Parameters<
      typeof give
    >[0]);
    const bundle = join(shell.runsDir, '..', 'amended');
    expect(await runCli(['export', run, '--bundle', bundle, '--runs-dir', shell.runsDir], shell)).toBe(0);
    expect(readFileSync(join(bundle, 'checklist.yaml'), 'utf8')).toBe(mended);
    expect(readdirSync(join(bundle, 'blobs')).toSorted()).toEqual([name, digest(checklistText())].toSorted());
    expect(readFileSync(join(bundle, 'README.txt'), 'utf8')).toContain('not sealed: it may have gone on since');
  });

  it.each<[string, (path: string) => void]>([
    ['a folder', (path) => mkdirSync(path)],
    ['a file', (path) => writeFileSync(path, '')],
    ['a link that leads nowhere', (path) => symlinkSync('nowhere', path)],
  ])('puts nothing into %s that is there', async (_, make) => {
    const { run, shell, call, bundle, out } = await given();
    make(bundle);
    expect(await call('export', run, '--bundle', bundle)).toBe(3);
    expect(shell.complained()).toContain('is there already, and nothing is put into it');
    expect(readdirSync(out)).toEqual(['aep']);
    expect(await call('export', run, '--bundle', join(out, 'no', 'where'))).toBe(3);
    expect(await call('export', run, '--bundle', join(out, 'x'), '--out', join(out, 'y'))).toBe(3);
    expect(readdirSync(out)).toEqual(['aep']);
  });

  it('leaves no folder of that name when its process is killed half-way, and nothing at all when it fails', async () => {
    const { out } = await given();
    const module = new URL('../../dist/effects/bundle.js', import.meta.url).href;
    const half = (then: string): void => {
      const code = `import { writeBundle } from ${JSON.stringify(module)};
        await writeBundle('aep', async (put) => { put('run.jsonl', Buffer.from('x')); ${then} }).catch(() => undefined);`;
      spawnSync(process.execPath, ['--input-type=module', '-e', code], { cwd: out });
    };
    half(`throw new Error('no room');`);
    expect(readdirSync(out)).toEqual([]);
    half(`process.kill(process.pid, 'SIGKILL');`);
    expect(readdirSync(out)).toEqual([expect.stringMatching(/^\.tmp-aep-/)]);
  });
});

describe('golive verify of a bundle', () => {
  it('looks up the evidence in it, with no run of that name here', async () => {
    const { run, shell, call, bundle, store } = await given();
    await call('export', run, '--bundle', bundle);
    rmSync(store.locate(run), { recursive: true });
    expect(await call('verify', bundle, '--rehearsal')).toBe(0);
    expect(shell.printed()).toContain('  evidence  3 of 3 there and whole');
    expect(await call('verify', bundle, '--run', `rehearsal-${'b'.repeat(26)}`)).toBe(22);
  });

  it.each<[string, number, string, (folder: string, blob: string) => void]>([
    ['a piece of evidence is gone', 23, 'INCOMPLETE: 1 of 3', (_, blob) => rmSync(blob)],
    ['one has other bytes', 23, 'INCOMPLETE: 1 of 3', (_, blob) => writeFileSync(blob, 'seem')],
    [
      'one is a link to the bytes',
      23,
      'INCOMPLETE: 1 of 3',
      (folder, blob) => {
        writeFileSync(join(folder, 'elsewhere'), 'seen');
        rmSync(blob);
        symlinkSync(join(folder, 'elsewhere'), blob);
      },
    ],
    [
      'a line was changed',
      20,
      'INVALID at line 4',
      (folder) => {
        const log = readFileSync(join(folder, 'run.jsonl'), 'utf8');
        writeFileSync(join(folder, 'run.jsonl'), log.replace('"looks":1', '"looks":2'));
      },
    ],
    [
      'the checklist beside it is another one',
      0,
      'checklist.yaml in this folder is not what the log says',
      (folder) => writeFileSync(join(folder, 'checklist.yaml'), 'golive: 1\n'),
    ],
    [
      'the requests beside it are others',
      0,
      'requests.tsv in this folder is not what the log says',
      (folder) => writeFileSync(join(folder, 'requests.tsv'), ''),
    ],
  ])('says so when %s', async (_, exit, says, bend) => {
    const { run, shell, call, bundle, file } = await given();
    await call('export', run, '--bundle', bundle);
    expect(await call('verify', bundle, '--rehearsal')).toBe(0);
    expect(shell.printed()).not.toContain('in this folder');
    bend(bundle, join(bundle, 'blobs', file));
    expect(await call('verify', bundle, '--rehearsal')).toBe(exit);
    expect(shell.printed()).toContain(says);
  });

  it('of a folder that is none says what it is', async () => {
    const { run, shell, call, out, store } = await given();
    expect(await call('verify', out)).toBe(3);
    expect(shell.complained()).toContain('is a folder, not an exported log, and there is no run.jsonl in it');
    expect(await call('verify', store.locate(run))).toBe(3);
    expect(shell.complained()).toContain(`verify ${run}`);
    expect(existsSync(join(out, 'run.jsonl'))).toBe(false);
  });
});
