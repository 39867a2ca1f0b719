// The folder that somebody works in, as a world has it: its files, and the values that answer for its people.

import { mkdirSync, readdirSync, utimesSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { stringify } from 'yaml';
import { GoliveError } from '../errors.ts';
import { isWithin } from '../steps/file-names.ts';
import { contentOf } from './folders.ts';
import type { RehearsalWorld } from './world.ts';

/** What `--values` is given there. */
export const valuesName = 'values.yaml';

/**
 * Writes every file that the world names into a folder that is new or empty, and beside them the values of a dry run:
 * inputs, what the calm operator answers, and the account. No secrets. Throws GoliveError `folder`.
 */
export function layOut(world: RehearsalWorld, folder: string): void {
  try {
    mkdirSync(folder, { recursive: true });
    if (readdirSync(folder).length > 0) throw new GoliveError('folder', `${folder} is not empty`, newFolder);
    for (const [path, state] of Object.entries(world.files)) {
      if (!isWithin(path))
        throw new GoliveError('world', `the file ${path} of the world does not lie below its folder`);
      const whole = join(folder, path);
      mkdirSync(dirname(whole), { recursive: true });
      writeFileSync(whole, contentOf(path, state));
      const written = new Date(state.modified ?? world.start);
      utimesSync(whole, written, written);
    }
    writeFileSync(join(folder, valuesName), valuesOf(world));
  } catch (cause) {
    if (cause instanceof GoliveError) throw cause;
    throw new GoliveError('folder', `nothing can be written into ${folder}`, { ...newFolder, cause });
  }
}

const newFolder = { hint: 'Give --folder one that is new, or empty.' };

function valuesOf({ inputs, answers, account, target, checklist }: RehearsalWorld): string {
  const values = { inputs, answers, targets: { [target]: { aws: { account: account.id } } } };
  const says = `# What a dry run of ${checklist}-${target} against the stand-in is told. Written anew each time: its days are those of today.\n`;
  return `${says}${stringify(values, { lineWidth: 0 })}`;
}
