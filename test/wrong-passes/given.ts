// A checklist of a step or two, rehearsed for good: command line, lint, SDK, stand-in, judge, log, in this process.

import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { runCli } from '../../src/cli.ts';
import { allRuns, openStore } from '../../src/commands/runs.ts';
import type { JsonObject } from '../../src/engine/json.ts';
import type { StepState } from '../../src/engine/state.ts';
import { checklistText } from '../checklist/given.ts';
import { givenWorld } from '../rehearsal/given.ts';
import { testShell } from '../support/shell.ts';

export interface Played {
  readonly exit: number;
  /** By step, as the log has them. */
  readonly verdicts: Readonly<Record<string, string | undefined>>;
  /** What the log knows of the first step. */
  readonly first: StepState | undefined;
  /** Everything printed, errors included. */
  readonly screen: string;
  /** How many runs were begun. */
  readonly runs: number;
}

/** Rehearses steps (from line 15, column 11 on) by themselves, in AEP's world with a merge patch. */
export function play(steps: string, given: { patch?: JsonObject; env?: Record<string, string> } = {}): Promise<Played> {
  return playText(checklistText({ steps }), given);
}

/** Rehearses a whole checklist, called `demo`, as `golive rehearse demo-prod --auto` does. */
export async function playText(
  text: string,
  { patch = {}, env = {} }: { patch?: JsonObject; env?: Record<string, string> } = {},
): Promise<Played> {
  const cwd = mkdtempSync(join(tmpdir(), 'golive-case-'));
  const shell = testShell({ cwd, env });
  const { runsDir } = shell;
  try {
    mkdirSync(join(cwd, 'checklists', 'rehearsal'), { recursive: true });
    writeFileSync(join(cwd, 'checklists', 'demo.yaml'), text);
    const world = { ...givenWorld(patch), checklist: 'demo', breaks: {} };
    writeFileSync(join(cwd, 'checklists', 'rehearsal', 'demo.yaml'), JSON.stringify(world));
    const exit = await runCli(['rehearse', 'demo-prod', '--auto', '--runs-dir', runsDir], shell);
    const runs = await allRuns(openStore({ runsDir }, shell));
    const steps = Object.entries(runs[0]?.state.steps ?? {});
    return {
      exit,
      verdicts: Object.fromEntries(steps.map(([id, { verdict }]) => [id, verdict?.verdict])),
      first: steps[0]?.[1],
      screen: shell.printed() + shell.complained(),
      runs: runs.length,
    };
  } finally {
    shell.remove();
    rmSync(cwd, { recursive: true });
  }
}
