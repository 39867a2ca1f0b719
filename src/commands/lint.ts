// `golive lint`: every mistake of every checklist, with its place. Runs nothing of a checklist.

import { basename, dirname, resolve } from 'node:path';
import { allChecklists, checklistFolders, findChecklist, shownPath } from '../checklist/find.ts';
import { loadChecklist } from '../checklist/load.ts';
import { misnamed } from '../checklist/misnamed.ts';
import type { Problem } from '../checklist/places.ts';
import { loadCatalogue } from '../effects/catalogue.ts';
import { openFiles } from '../effects/files.ts';
import { exitCodes, GoliveError } from '../errors.ts';
import { frames } from '../render/frame.ts';
import { visible } from '../render/text.ts';
import { acts, kinds } from '../steps/index.ts';
import type { GlobalOptions, Shell } from './shell.ts';

/** Checks files, or checklists by name; all there are when none is given. Exit 3 when any has a mistake, else 0. */
export async function lintFiles(wanted: readonly string[], options: GlobalOptions, shell: Shell): Promise<number> {
  const found = await texts(wanted, shell);
  const problems: Problem[] = [];
  const fine: string[] = [];
  for (const { file, name, text } of found) {
    const loaded = await loadChecklist(text, file, { kinds, acts }, loadCatalogue);
    const other = name === undefined || loaded.checklist === undefined ? undefined : misnamed(loaded.checklist, name);
    problems.push(...loaded.problems, ...(other === undefined ? [] : [other]));
    if (loaded.checklist !== undefined && other === undefined) fine.push(file);
  }
  if (options.json === true) shell.out(JSON.stringify({ files: found.map(({ file }) => file), problems }, null, 2));
  else {
    if (problems.length > 0) shell.out(frames(problems));
    for (const file of fine) shell.out(`${visible(file)}: no mistakes`);
  }
  return problems.length > 0 ? exitCodes.usage : exitCodes.go;
}

interface Given {
  readonly file: string;
  /** What it is started as; undefined for a file that stands where no checklist is looked for. */
  readonly name: string | undefined;
  readonly text: string;
}

async function texts(wanted: readonly string[], shell: Shell): Promise<readonly Given[]> {
  const files = openFiles();
  const given = (path: string, text: string): Given => ({
    file: shownPath(path, shell.cwd),
    name: checklistFolders(shell.cwd, files.home.replace(/\/$/, '')).includes(dirname(path))
      ? basename(path, '.yaml')
      : undefined,
    text,
  });
  if (wanted.length === 0) {
    const all = await allChecklists(shell.cwd, files);
    return [...all.values()].map(({ path, text }) => given(path, text));
  }
  return Promise.all(
    wanted.map(async (name) => {
      const path = resolve(shell.cwd, name);
      const byName = /^[a-z0-9-]+$/.test(name) ? await findChecklist(name, shell.cwd, files) : undefined;
      const text = byName?.text ?? (await files.readText(path));
      if (text === undefined)
        throw new GoliveError('usage', `there is no checklist ${name}`, {
          hint: 'give a file, or a name that golive list shows',
        });
      return given(byName?.path ?? path, text);
    }),
  );
}
