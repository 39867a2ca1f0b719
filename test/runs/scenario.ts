// A scenario of a run, as its folder tells it: what is typed at a terminal, what CI is given, and how both have to end.

import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parse } from 'yaml';
import { z } from 'zod';

const command = z.string().startsWith('golive ');

const schema = z.strictObject({
  title: z.string().min(1),
  /** What is broken in the stand-in that `golive run` works against. */
  stand_in: z.array(z.string()).default([]),
  terminal: z.strictObject({
    command,
    /** In order: what has to be asked before something is typed, and what that is. */
    types: z.array(z.record(z.string(), z.string())).default([]),
    exit: z.int(),
  }),
  ci: z.strictObject({
    command,
    /** The job is cancelled when this has been printed. */
    cancelled_at: z.string().optional(),
    exit: z.int(),
  }),
  /** Merge patches over the world, each made when the question it is named by is asked, before anything is typed. */
  meanwhile: z.record(z.string(), z.record(z.string(), z.json())).default({}),
});

export type Scenario = z.infer<typeof schema> & { readonly name: string };

/** Where the scenarios are. */
export const folder = fileURLToPath(new URL('.', import.meta.url));

/** All of them, by name. */
export const scenarios: readonly Scenario[] = readdirSync(folder, { withFileTypes: true })
  .filter((entry) => entry.isDirectory() && entry.name !== 'checklists')
  .map(({ name }) => ({
    name,
    ...schema.parse(parse(readFileSync(join(folder, name, 'scenario.yaml'), 'utf8'))),
  }))
  .toSorted((a, b) => (a.name < b.name ? -1 : 1));

/** The words of a command, without `golive`. */
export function wordsOf(text: string): readonly string[] {
  return text.split(/\s+/).slice(1);
}

/** The files that a scenario is played with, by path. */
export function filesOfScenarios(): Readonly<Record<string, string>> {
  const names = ['checklists/shop.yaml', 'checklists/rehearsal/shop.yaml', 'values.yaml'];
  return Object.fromEntries(names.map((name) => [name, readFileSync(join(folder, name), 'utf8')]));
}
