// `golive rehearse NAME-TARGET --list-breaks`: the named ways to break the world, and which lines of the paper notice.

import { asList, stepsAt } from '../checklist/calls.ts';
import type { Checklist } from '../checklist/read.ts';
import { nearest } from '../engine/nearest.ts';
import { exitCodes, GoliveError } from '../errors.ts';
import { findWorld, type FoundWorld } from '../rehearsal/find-world.ts';
import { breakLines, type BreakRow } from '../render/breaks.ts';
import { theme } from '../render/theme.ts';
import { openChecklist } from './open-checklist.ts';
import { howCalled, type GlobalOptions, type ProcessShell } from './shell.ts';

/** Lists them and runs nothing. Throws GoliveError `world` where one names a step that the checklist does not have. */
export async function listBreaks(name: string, options: GlobalOptions, shell: ProcessShell): Promise<number> {
  const { checklist, target } = await openChecklist(name, shell);
  const found = findWorld({ checklist: checklist.body.name, target, cwd: shell.cwd, breaks: [] });
  const rows = rowsOf(found, checklist);
  if (options.json === true) {
    shell.out(JSON.stringify(rows, null, 2));
    return exitCodes.go;
  }
  const { colour, unicode, width } = shell.terminal;
  const page = { width: Math.min(120, width), theme: theme({ colour, unicode }) };
  for (const line of breakLines(page, rows, `${howCalled(shell, options)} rehearse ${name}`)) shell.out(line);
  return exitCodes.go;
}

/** Each break with its steps and the lines they cite, both in the order of the checklist. */
function rowsOf({ world, path }: FoundWorld, { body }: Checklist): readonly BreakRow[] {
  const steps = stepsAt(body).map(({ step }) => step);
  return Object.entries(world.breaks).map(([name, { title, reds, blind }]) => {
    const turned = [...reds, ...blind];
    const unknown = turned.find((id) => !steps.some((step) => step.id === id));
    if (unknown !== undefined) throw unknownStep(name, unknown, path, steps);
    const red = steps.filter(({ id }) => turned.includes(id));
    const lines = [...new Set(red.flatMap(({ source }) => asList(source)))];
    return { name, title, steps: red.map(({ id }) => id), lines };
  });
}

function unknownStep(name: string, id: string, path: string, steps: readonly { readonly id: string }[]): GoliveError {
  const near = nearest(
    id,
    steps.map((step) => step.id),
  );
  return new GoliveError(
    'world',
    `${path}: the break ${name} is to turn ${id} red, and the checklist has no such step`,
    {
      hint: near === undefined ? 'golive show lists the steps.' : `did you mean ${near}?`,
    },
  );
}
