// `golive lint`: every mistake of every checklist, with its place. Runs nothing of a checklist.

import { allChecklists, findChecklist, shownPath } from '../checklist/find.ts';
import { loadChecklist } from '../checklist/load.ts';
import type { Problem } from '../checklist/places.ts';
import { loadCatalogue } from '../effects/catalogue.ts';
import { openFiles } from '../effects/files.ts';
import { exitCodes, GoliveError } from '../errors.ts';
import { frames } from '../render/frame.ts';
import { visible } from '../render/text.ts';
import { kinds } from '../steps/index.ts';
import type { GlobalOptions, Shell } from './shell.ts';

/** Checks files, or checklists by name; all there are when none is given. Exit 3 when any has a mistake, else 0. */
export async function lintFiles(wanted: readonly string[], options: GlobalOptions, shell: Shell): Promise<number> {
  const found = await texts(wanted, shell);
  const problems: Problem[] = [];
  const fine: string[] = [];
  for (const { file, text } of found) {
    const loaded = await loadChecklist(text, file, kinds, loadCatalogue);
    problems.push(...loaded.problems);
    if (loaded.checklist !== undefined) fine.push(file);
  }
  if (options.json === true) shell.out(JSON.stringify({ files: found.map(({ file }) => file), problems }, null, 2));
  else {
    if (problems.length > 0) shell.out(frames(problems));
    for (const file of fine) shell.out(`${visible(file)}: no mistakes`);
  }
  return problems.length > 0 ? exitCodes.usage : exitCodes.go;
}

async function texts(wanted: readonly string[], shell: Shell): Promise<readonly { file: string; text: string }[]> {
  const files = openFiles();
  const shown = (path: string): string => shownPath(path, shell.cwd);
  if (wanted.length === 0) {
    const all = await allChecklists(shell.cwd, files);
    return [...all.values()].map(({ path, text }) => ({ file: shown(path), text }));
  }
  return Promise.all(
    wanted.map(async (name) => {
      const path = name.startsWith('/') ? name : `${shell.cwd}/${name}`;
      const byName = /^[a-z0-9-]+$/.test(name) ? await findChecklist(name, shell.cwd, files) : undefined;
      const text = byName?.text ?? (await files.readText(path));
      if (text === undefined)
        throw new GoliveError('usage', `there is no checklist ${name}`, {
          hint: 'give a file, or a name that golive list shows',
        });
      return { file: shown(byName?.path ?? path), text };
    }),
  );
}
