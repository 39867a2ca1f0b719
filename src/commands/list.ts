// `golive list`: the checklists that are here, where they stand, and their targets.

import { compose } from '../checklist/compose.ts';
import { allChecklists, shownPath } from '../checklist/find.ts';
import { readChecklist } from '../checklist/read.ts';
import { openFiles } from '../effects/files.ts';
import { exitCodes } from '../errors.ts';
import { visible } from '../render/text.ts';
import { shelfFor } from './open-checklist.ts';
import type { GlobalOptions, Shell } from './shell.ts';

export async function list(options: GlobalOptions, shell: Shell): Promise<number> {
  const all = await allChecklists(shell.cwd, openFiles());
  const rows = [];
  for (const [name, { path, text }] of all) {
    const file = shownPath(path, shell.cwd);
    const composed = await compose(text, file, shelfFor(path, shell));
    const { checklist, problems } = readChecklist(composed.text, file, composed);
    const targets = Object.keys(checklist?.body.targets ?? {});
    const mistakes = problems.length + composed.problems.length;
    rows.push({ name, title: checklist?.body.title ?? '', file, targets, mistakes });
  }
  if (options.json === true) {
    shell.out(JSON.stringify(rows, null, 2));
    return exitCodes.go;
  }
  if (rows.length === 0) shell.out('There is no checklist in ./checklists, and none came with golive.');
  for (const { name, title, file, targets, mistakes } of rows) {
    shell.out(`${name}  ${visible(title)}`);
    const broken = mistakes > 0 ? `  (has mistakes: golive lint ${name})` : '';
    shell.out(`  ${targets.map((target) => `${name}-${target}`).join('  ')}  ${visible(file)}${broken}`);
  }
  return exitCodes.go;
}
