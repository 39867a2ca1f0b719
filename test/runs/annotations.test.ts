// Goal: whatever is wrong, the annotation of a red step stands at the line of the checklist where that step does.
// Method: one break of each checklist that comes with golive, drawn by lot, rehearsed in process as CI does it.

import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { runCli } from '../../src/cli.ts';
import { stepsAt } from '../../src/checklist/calls.ts';
import { openChecklist } from '../../src/commands/open-checklist.ts';
import { findWorld } from '../../src/rehearsal/find-world.ts';
import { drawn } from '../support/drawn.ts';
import { home, testShell, type TestShell } from '../support/shell.ts';

const shells: TestShell[] = [];
afterAll(() => shells.forEach((shell) => shell.remove()));

/** The lines on which the ids of steps stand, as anybody would find them. */
function linesOf(name: string): ReadonlyMap<string, number> {
  const lines = readFileSync(join(home, 'checklists', `${name}.yaml`), 'utf8').split('\n');
  return new Map(
    lines.flatMap((line, at) => {
      const id = /^\s*- (?:\{ )?id: ([a-z0-9-]+)(?:,|$)/.exec(line)?.[1];
      return id === undefined ? [] : [[id, at + 1]];
    }),
  );
}

/** Breaks that turn something red in the first phase, which is more than advice: the rehearsal ends there. */
async function earlyBreaks(name: string): Promise<readonly string[]> {
  const shell = testShell();
  shells.push(shell);
  const { checklist } = await openChecklist(`${name}-staging`, shell);
  const { world } = findWorld({ checklist: name, target: 'staging', cwd: home, breaks: [] });
  const [first] = checklist.body.phases;
  const ids = new Set(
    stepsAt(checklist.body).flatMap(({ step, section, phase }) => {
      const severity = step.severity ?? section.severity ?? 'required';
      return phase === first && (severity === 'required' || severity === 'critical') ? [step.id] : [];
    }),
  );
  return Object.entries(world.breaks).flatMap(([each, { reds }]) => (reds.some((id) => ids.has(id)) ? [each] : []));
}

/** The file, the line and the step of each annotation about a step. */
function annotated(text: string): readonly { readonly file: string; readonly line: number; readonly step: string }[] {
  return [...text.matchAll(/^::\w+ file=([^,]+),line=(\d+),[^:]*title=[\w ]+%3A ([a-z0-9-]+)(?:%3A|::)/gm)].map(
    ([, file = '', line, step = '']) => ({ file, line: Number(line), step }),
  );
}

const checklists = ['aep', 'ag06', 'pantheon', 'serveml'] as const;
const broken: readonly (readonly [string, string])[] = (
  await Promise.all(
    checklists.map(async (name) =>
      drawn(`a break of ${name}`, await earlyBreaks(name), 1).map((each): [string, string] => [name, each]),
    ),
  )
).flat();

describe('the annotations of a rehearsal', () => {
  it.each(broken)('of %s with %s stand where its steps do', async (name, each) => {
    const { world } = findWorld({ checklist: name, target: 'staging', cwd: home, breaks: [] });
    const shell = testShell({ env: { CI: 'true' } });
    shells.push(shell);
    const words = ['--runs-dir', shell.runsDir, 'rehearse', `${name}-staging`, '--auto', '--break', each];
    const exit = await runCli([...words, '--report', 'github:-'], shell);
    expect([1, 2], shell.complained()).toContain(exit);
    const found = annotated(shell.printed());
    const lines = linesOf(name);
    const reds = world.breaks[each]?.reds ?? [];
    expect(found.filter(({ step }) => reds.includes(step)).length, shell.printed()).toBeGreaterThan(0);
    for (const { file, line, step } of found)
      expect({ step, file, line }).toEqual({ step, file: `checklists/${name}.yaml`, line: lines.get(step) });
  });
});
