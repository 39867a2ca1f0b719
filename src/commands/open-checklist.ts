// NAME-TARGET → a checklist that has passed lint: shared by every command that works with one.

import { allChecklists, findChecklist, shownPath, splitName } from '../checklist/find.ts';
import { libraryFolders, shelfOf, type Shelf } from '../checklist/library.ts';
import { loadChecklist } from '../checklist/load.ts';
import { misnamed } from '../checklist/misnamed.ts';
import type { Problem } from '../checklist/places.ts';
import { readChecklist, type Checklist } from '../checklist/read.ts';
import { readValuesFile, type ValuesFile } from '../checklist/values-file.ts';
import { loadCatalogue } from '../effects/catalogue.ts';
import { openFiles } from '../effects/files.ts';
import { nearest } from '../engine/nearest.ts';
import { GoliveError } from '../errors.ts';
import { frames } from '../render/frame.ts';
import { acts, kinds } from '../steps/index.ts';
import type { Shell } from './shell.ts';

export interface OpenChecklist {
  readonly checklist: Checklist;
  readonly target: string;
  /** Absolute, and as it is shown. */
  readonly path: string;
  readonly shown: string;
}

/** Finds, reads and lints. Throws GoliveError (exit 3) with every mistake when there is any. */
export async function openChecklist(name: string, shell: Shell): Promise<OpenChecklist> {
  const files = openFiles();
  const split = splitName(name);
  if (split === undefined) throw await notAName(name, shell);
  const found = await findChecklist(split.checklist, shell.cwd, files);
  if (found === undefined) {
    const known = [...(await allChecklists(shell.cwd, files)).keys()];
    const near = nearest(split.checklist, known);
    const hint = near === undefined ? 'golive list shows what there is' : `did you mean ${near}-${split.target}?`;
    throw new GoliveError(
      'checklist',
      `there is no checklist ${split.checklist}, neither in ./checklists nor in golive's own`,
      { hint },
    );
  }
  const shown = shownPath(found.path, shell.cwd);
  const { checklist, problems } = await loadChecklist(
    found.text,
    shown,
    { kinds, acts },
    loadCatalogue,
    shelfFor(found.path, shell),
  );
  if (checklist === undefined) throw mistakes(problems, shown);
  const other = misnamed(checklist, split.checklist);
  if (other !== undefined) throw mistakes([other], shown);
  const targets = Object.keys(checklist.body.targets);
  if (!targets.includes(split.target)) {
    const near = nearest(split.target, targets);
    const hint = near === undefined ? `its targets: ${targets.join(', ')}` : `did you mean ${split.checklist}-${near}?`;
    throw new GoliveError('checklist', `${shown} has no target ${split.target}`, { hint });
  }
  return { checklist, target: split.target, path: found.path, shown };
}

/** The library of a checklist at this path (absolute). */
export function shelfFor(path: string, { cwd }: Pick<Shell, 'cwd'>): Shelf {
  const files = openFiles();
  return shelfOf(libraryFolders(path, files.home), files, (file) => shownPath(file, cwd));
}

/** For `aep` or `checklists/aep.yaml`: what it has to be, with that checklist's own targets. */
async function notAName(name: string, shell: Shell): Promise<GoliveError> {
  const stem = /([a-z0-9-]+?)-?(?:\.ya?ml)?$/.exec(name)?.[1] ?? '';
  const found = (await allChecklists(shell.cwd, openFiles())).get(stem);
  const targets =
    found === undefined ? [] : Object.keys(readChecklist(found.text, found.path).checklist?.body.targets ?? {});
  const hint =
    targets.length === 0
      ? 'golive list shows what there is'
      : `did you mean ${targets.map((target) => `${stem}-${target}`).join(' or ')}?`;
  return new GoliveError('usage', `${JSON.stringify(name.slice(0, 100))} is not NAME-TARGET, such as aep-prod`, {
    hint,
  });
}

/** Reads the file of --values; undefined when none was given. Throws GoliveError with every mistake. */
export async function openValues(
  path: string | undefined,
  checklist: Checklist,
  shell: Shell,
): Promise<ValuesFile | undefined> {
  if (path === undefined) return undefined;
  const text = await openFiles().readText(path.startsWith('/') ? path : `${shell.cwd}/${path}`);
  if (text === undefined)
    throw new GoliveError('usage', `there is no file ${path}`, { hint: 'it was given with --values' });
  const { values, problems } = readValuesFile(text, path, checklist.body);
  if (values === undefined) throw mistakes(problems, path);
  return values;
}

/** The error for a file with mistakes: all of them, with their places. */
export function mistakes(problems: readonly Problem[], file: string): GoliveError {
  return new GoliveError('checklist', `${file} cannot be used as it is\n\n${frames(problems)}`);
}
