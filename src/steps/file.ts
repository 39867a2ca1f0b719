// Files of this machine, such as a build: which there are, how large and how old, and what stands in one.

import { z } from 'zod';
import type { JsonObject } from '../engine/json.ts';
import type { Shape } from '../engine/shape.ts';
import { BlindError } from '../errors.ts';
import type { World } from '../world.ts';
import { isWithin, wildcards } from './file-names.ts';
import type { Attempt, Kind } from './kind.ts';
import { longestText, readJson } from './text-facts.ts';

export interface FileArgs {
  readonly path?: string | undefined;
  readonly glob?: string | undefined;
  /** The text of the one file there is. */
  readonly read?: boolean | undefined;
}

const belowHere = 'Give a path below the folder golive is started in, with slashes, without `..`';

const schema: z.ZodType<FileArgs> = z
  .strictObject({
    path: z.string().refine(isWithin, belowHere).optional().describe('one file'),
    glob: z
      .string()
      .refine(isWithin, belowHere)
      .optional()
      .describe('files whose path matches: * and ? within a name, ** for any folders'),
    read: z.boolean().optional().describe('the text of the one file there is, at most 1 MiB'),
  })
  .refine((args) => (args.path === undefined) !== (args.glob === undefined), 'Give either path or glob');

const one: Shape = {
  type: 'structure',
  members: () => ({ path: { type: 'string' }, bytes: { type: 'number' }, modified: { type: 'time' } }),
  required: ['path', 'bytes', 'modified'],
};
const listed: Readonly<Record<string, Shape>> = {
  files: { type: 'list', of: () => one },
  count: { type: 'number' },
  total_bytes: { type: 'number' },
};
const written: Readonly<Record<string, Shape>> = {
  text: { type: 'string' },
  truncated: { type: 'boolean' },
  json: { type: 'any' },
  json_error: { type: 'string' },
};

/**
 * Facts: `files`, each with `path`, `bytes` and `modified`, by path; their `count` and `total_bytes`. With `read`, of the
 * one file there is: `text`, at most 64 KiB, with `truncated`; `json`, or `json_error` saying why there is none. No file is
 * a fact (`count: 0`, and nothing read), not an error.
 */
export const file: Kind<FileArgs> = {
  name: 'file',
  summary: 'Files below the folder golive was started in: which there are, their size and age, the text of one.',
  example: `probe:
  file: { glob: "frontend/dist/assets/*.js" }
expect:
  - { path: count, gte: 1 }
  - { path: total_bytes, lte: 512000 }`,
  schema,
  nature: () => 'looks',
  misfilled: ({ glob: before }, { glob }) => {
    if (typeof glob !== 'string' || typeof before !== 'string') return undefined;
    return wildcards(glob) > wildcards(before) ? 'what is filled into `glob` has wildcards of its own' : undefined;
  },
  describe: ({ path, glob, read }) => {
    const what = path === undefined ? `files that match ${glob ?? ''}` : `the file ${path}`;
    return read === true ? `Read ${what}` : `Look for ${what}`;
  },
  permissions: () => [],
  operations: () => [],
  facts: ({ read }) => ({
    type: 'structure',
    members: () => (read === true ? { ...listed, ...written } : listed),
    required: Object.keys(listed),
  }),
  run: async (args, world, attempt) => ({ facts: await look(args, world, attempt), requests: [] }),
};

async function look({ path, glob, read }: FileArgs, { files }: World, { signal }: Attempt): Promise<JsonObject> {
  const found = await files.find(path === undefined ? { glob: glob ?? '' } : { path }, signal);
  const seen = {
    files: found.map(({ modified, ...rest }) => ({ ...rest, modified: new Date(modified).toISOString() })),
    count: found.length,
    total_bytes: found.reduce((sum, { bytes }) => sum + bytes, 0),
  };
  const [first, second] = found;
  if (read !== true || first === undefined) return seen;
  if (second !== undefined)
    throw new BlindError(
      'invalid',
      `one file is to be read, and ${found.length} match ${glob ?? ''}: which one is meant?`,
    );
  return { ...seen, ...textOf(await files.read(first.path, signal)) };
}

function textOf(bytes: Uint8Array): JsonObject {
  const whole = new TextDecoder().decode(bytes);
  const text = whole.slice(0, longestText);
  return { text, truncated: text.length < whole.length, ...readJson(whole, 'the file') };
}
