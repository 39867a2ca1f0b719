// Goal: whoever prepares a rehearsal learns what can be broken, which steps notice, and which lines of the paper those
// are. Method: the whole command line in process, on the package's world and on one of the test's own.

import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'yaml';
import { afterAll, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { runCli } from '../../src/cli.ts';
import { loadWorld } from '../../src/rehearsal/world.ts';
import { worldPath } from '../rehearsal/given.ts';
import { home, testShell, type TestShell } from '../support/shell.ts';

const shells: TestShell[] = [];
afterAll(() => shells.forEach((shell) => shell.remove()));

const rows = z.array(
  z.strictObject({ name: z.string(), title: z.string(), steps: z.array(z.string()), lines: z.array(z.string()) }),
);

const checklist = `golive: 1
name: aep
title: Two steps
documents: { paper: The paper }
targets: { prod: { aws: { account: "111111111111", region: us-east-1 } } }
phases:
  - id: verify
    title: Verify
    at: T-0
    sections:
      - title: Front
        steps:
          - { id: front, title: Front, source: paper#1, probe: { http: { url: "https://a.example/" } }, expect: [{ path: status, eq: 200 }] }
          - { id: back, title: Back, source: [paper#2, paper#3], probe: { http: { url: "https://b.example/" } }, expect: [{ path: status, eq: 200 }] }
`;

/** A folder with the checklist above and the package's world, whose breaks are these. */
function folderWith(breaks: object): TestShell {
  const shell = testShell({ cwd: home });
  shells.push(shell);
  const cwd = join(shell.runsDir, 'here');
  mkdirSync(join(cwd, 'checklists', 'rehearsal'), { recursive: true });
  writeFileSync(join(cwd, 'checklists', 'aep.yaml'), checklist);
  const world: object = { ...(parse(readFileSync(worldPath, 'utf8')) as object), breaks };
  writeFileSync(join(cwd, 'checklists', 'rehearsal', 'aep.yaml'), JSON.stringify(world));
  return { ...shell, cwd };
}

async function listed(shell: TestShell, ...words: readonly string[]): Promise<number> {
  return runCli(['rehearse', 'aep-prod', '--list-breaks', ...words], shell);
}

const dark = { dark: { title: 'The lights are out', reds: ['back', 'front'], patch: { dns: { stuck: true } } } };

describe('golive rehearse --list-breaks', () => {
  it('gives machines each break with its steps, and the lines those cite, in the order of the checklist', async () => {
    const shell = folderWith({ ...dark, dull: { title: 'Nobody knows', patch: {} } });
    expect(await listed(shell, '--json')).toBe(0);
    expect(JSON.parse(shell.printed())).toEqual([
      { name: 'dark', title: 'The lights are out', steps: ['front', 'back'], lines: ['paper#1', 'paper#2', 'paper#3'] },
      { name: 'dull', title: 'Nobody knows', steps: [], lines: [] },
    ]);
  });

  it('shows people a table that fits the terminal, and how to go on', async () => {
    const shell = folderWith({ ...dark, dull: { title: 'Nobody knows', patch: {} } });
    expect(await listed(shell)).toBe(0);
    expect(shell.printed()).toBe(
      'dark  The lights are out\n' +
        '      ✗ front, back\n' +
        'dull  Nobody knows\n' +
        '      · not said which steps\n' +
        '\n' +
        '2 breaks, noticed by 3 lines of the paper.\ngolive rehearse aep-prod --break dark\n',
    );
  });

  it('refuses a step that the checklist does not have', async () => {
    const shell = folderWith({ dark: { ...dark.dark, reds: ['frnt'] } });
    expect(await listed(shell)).toBe(3);
    expect(shell.complained()).toContain('the break dark is to turn frnt red, and the checklist has no such step');
    expect(shell.complained()).toContain('did you mean front?');
  });

  it('has every break of the package’s world, and starts nothing', async () => {
    const shell = testShell({ cwd: home });
    shells.push(shell);
    expect(await listed(shell, '--json', '--runs-dir', shell.runsDir)).toBe(0);
    const { breaks } = loadWorld(readFileSync(worldPath, 'utf8'), 'aep.yaml');
    const found = rows.parse(JSON.parse(shell.printed()));
    expect(found.map(({ name }) => name)).toEqual(Object.keys(breaks));
    expect(found.map(({ steps }) => steps.toSorted())).toEqual(
      Object.values(breaks).map(({ reds, blind }) => [...reds, ...blind].toSorted()),
    );
    expect(shell.complained()).toBe('');
  });

  it.each([40, 80, 120])('is no wider than %i columns', async (width) => {
    const shell = testShell({ cwd: home });
    shells.push(shell);
    expect(await listed({ ...shell, terminal: { ...shell.terminal, width } })).toBe(0);
    const table = shell.printed().split('\n').slice(0, -2);
    expect(table.length).toBeGreaterThan(10);
    for (const line of table) expect(line.length, line).toBeLessThanOrEqual(width);
  });
});
