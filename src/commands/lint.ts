// `golive lint`: every mistake of every checklist and library file, with its place, and what might be better. Runs nothing of a checklist.

import { basename, dirname, join, resolve } from 'node:path';
import { allChecklists, checklistFolders, findChecklist, shownPath, type Files } from '../checklist/find.ts';
import { isLibrary, libraryFolders } from '../checklist/library.ts';
import { lintLibrary } from '../checklist/lint-library.ts';
import { loadChecklist } from '../checklist/load.ts';
import { misnamed } from '../checklist/misnamed.ts';
import type { Problem } from '../checklist/places.ts';
import { loadCatalogue } from '../effects/catalogue.ts';
import { openFiles } from '../effects/files.ts';
import { exitCodes, GoliveError } from '../errors.ts';
import { frames } from '../render/frame.ts';
import { visible } from '../render/text.ts';
import { acts, kinds } from '../steps/index.ts';
import { shelfFor } from './open-checklist.ts';
import type { GlobalOptions, Shell } from './shell.ts';

/** Checks files, or checklists by name; all there are when none is given. Exit 3 when any has a mistake, else 0: a warning is none. */
export async function lintFiles(wanted: readonly string[], options: GlobalOptions, shell: Shell): Promise<number> {
  const found = await texts(wanted, shell);
  const problems: Problem[] = [];
  const warnings: Problem[] = [];
  const fine: string[] = [];
  for (const { path, file, name, text } of found) {
    if (isLibrary(text)) {
      const wrong = await lintLibrary(text, file, basename(path, '.yaml'), { kinds, acts }, loadCatalogue);
      problems.push(...wrong);
      // A folder that nobody asked about is told in one line.
      const folder = wanted.length === 0 ? `${dirname(file)}/` : file;
      if (wrong.length === 0 && !fine.includes(folder)) fine.push(folder);
      continue;
    }
    const loaded = await loadChecklist(text, file, { kinds, acts }, loadCatalogue, shelfFor(path, shell));
    warnings.push(...loaded.warnings);
    const other = name === undefined || loaded.checklist === undefined ? undefined : misnamed(loaded.checklist, name);
    problems.push(...loaded.problems, ...(other === undefined ? [] : [other]));
    if (loaded.checklist !== undefined && other === undefined) fine.push(file);
  }
  if (options.json === true)
    shell.out(JSON.stringify({ files: found.map(({ file }) => file), problems, warnings }, null, 2));
  else {
    if (warnings.length > 0) shell.out(`${frames(warnings, 'warning')}\n`);
    if (problems.length > 0) shell.out(frames(problems));
    for (const file of fine) shell.out(`${visible(file)}: no mistakes`);
  }
  return problems.length > 0 ? exitCodes.usage : exitCodes.go;
}

interface Given {
  /** Absolute, and as it is shown. */
  readonly path: string;
  readonly file: string;
  /** What it is started as; undefined for a file that stands where no checklist is looked for. */
  readonly name: string | undefined;
  readonly text: string;
}

async function texts(wanted: readonly string[], shell: Shell): Promise<readonly Given[]> {
  const files = openFiles();
  const given = (path: string, text: string): Given => ({
    path,
    file: shownPath(path, shell.cwd),
    name: checklistFolders(shell.cwd, files.home.replace(/\/$/, '')).includes(dirname(path))
      ? basename(path, '.yaml')
      : undefined,
    text,
  });
  if (wanted.length === 0) {
    const all = await allChecklists(shell.cwd, files);
    return [...[...all.values()].map(({ path, text }) => given(path, text)), ...(await libraries(files, given, shell))];
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

/** The files of the library that the checklists here take from. */
async function libraries(
  files: Files,
  given: (path: string, text: string) => Given,
  { cwd }: Shell,
): Promise<readonly Given[]> {
  const found: Given[] = [];
  for (const folder of libraryFolders(join(cwd, 'checklists', 'any.yaml'), files.home)) {
    for (const entry of await files.list(folder)) {
      const path = `${folder}/${entry}`;
      const text = entry.endsWith('.yaml') ? await files.readText(path) : undefined;
      if (text !== undefined) found.push(given(path, text));
    }
  }
  return found;
}
