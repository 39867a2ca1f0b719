// What GitHub says of a repository: a commit and its checks, where a tag points, and which secrets have a name there.

import { z } from 'zod';
import type { JsonObject } from '../engine/json.ts';
import type { Shape } from '../engine/shape.ts';
import { openGithub, type Github } from './github-api.ts';
import { checksOf, commitOf, secretsOf, tagOf } from './github-facts.ts';
import type { Kind } from './kind.ts';

export interface GithubArgs {
  readonly repository: string;
  /** At least seven digits of its hash. */
  readonly commit?: string | undefined;
  readonly tag?: string | undefined;
  /** Those of the repository, or of one of its environments. */
  readonly secrets?: true | string | undefined;
  readonly token: string;
}

const repositoryName = /^[A-Za-z0-9](?:[A-Za-z0-9-]{0,38})\/(?!\.{1,2}$)[A-Za-z0-9._-]{1,100}$/;
const hash = /^[0-9a-f]{7,40}$/i;

const schema: z.ZodType<GithubArgs> = z
  .strictObject({
    repository: z.string().regex(repositoryName, 'Give OWNER/NAME'),
    commit: z
      .string()
      .regex(hash, 'Give the hash of a commit, at least seven digits of it; a branch moves')
      .optional()
      .describe('the hash of a commit, at least seven digits of it; brings its checks'),
    tag: z.string().max(200).refine(isTag, 'is no name of a tag').optional().describe('brings the commit it points at'),
    secrets: z
      .union([z.literal(true), z.string().min(1).max(255).refine(isEnvironment, 'is no name of an environment')])
      .optional()
      .describe('names of secrets: true for those of the repository, or the name of an environment'),
    token: z
      .string()
      .min(1)
      .max(500)
      .regex(/^[\u0021-\u007e]+$/, 'is no token: it has spaces or other characters that tokens do not have')
      .describe('from an input with `secret: true`'),
  })
  .refine(
    ({ commit, tag, secrets }) => commit !== undefined || tag !== undefined || secrets !== undefined,
    'Ask for something: commit, tag or secrets',
  );

const text: Shape = { type: 'string' };
const flag: Shape = { type: 'boolean' };
const time: Shape = { type: 'time' };
const structure = (members: Readonly<Record<string, Shape>>, required: readonly string[]): Shape => {
  return { type: 'structure', members: () => members, required };
};
const check = structure({ name: text, status: text, conclusion: text, completed_at: time, app: text }, [
  'name',
  'status',
  'app',
]);
const shapes: Readonly<Record<'commit' | 'tag' | 'secrets', Readonly<Record<string, Shape>>>> = {
  commit: {
    commit: structure({ found: flag, sha: text, at: time, verified: flag }, ['found']),
    checks: { type: 'list', of: () => check },
  },
  tag: { tag: structure({ name: text, found: flag, sha: text, same_commit: flag }, ['name', 'found']) },
  secrets: {
    secrets: { type: 'list', of: () => structure({ name: text, updated_at: time }, ['name']) },
    environment: structure({ name: text, found: flag }, ['name', 'found']),
  },
};

/**
 * Facts, as far as they were asked for. `commit`: `found`, the whole `sha`, `at`, `verified` (its signature). `checks` of
 * it: check runs and commit statuses, the latest of each `name` and `app`, with `status` (`completed` or not yet),
 * `conclusion` and `completed_at` once it is completed. `tag`: `name`, `found`, `sha` of the commit it leads to, and
 * `same_commit` where a commit was asked for and is there. `secrets`: `name` and `updated_at`, never a value; for an
 * environment also `environment` with `name` and `found`. A commit without checks has none: `[]` proves nothing.
 */
export const github: Kind<GithubArgs> = {
  name: 'github',
  summary: 'A commit on GitHub with its checks, where a tag points, and the names of secrets.',
  example: `probe:
  github: { repository: example/app, commit: "\${release_commit}", tag: "\${release}", token: "\${github_token}" }
expect:
  - { path: tag.same_commit, eq: true }
  - { path: "checks[]", all: { path: conclusion, in: [success, skipped] } }
  - { path: "checks[]", one: { path: name, eq: build } }`,
  schema,
  nature: () => 'looks',
  describe: (args) => {
    const { repository, commit, tag, secrets } = args;
    const asked = [
      ...(commit === undefined ? [] : [`commit ${commit} and its checks`]),
      ...(tag === undefined ? [] : [`tag ${tag}`]),
      ...(secrets === undefined ? [] : [`names of secrets${secrets === true ? '' : ` of ${secrets}`}`]),
    ];
    return `GitHub ${repository}: ${asked.join(', ')}`;
  },
  permissions: () => [],
  operations: () => [],
  facts: (args) => {
    const asked = (['commit', 'tag', 'secrets'] as const).filter((part) => args[part] !== undefined);
    const members = Object.fromEntries(asked.flatMap((part) => Object.entries(shapes[part])));
    return { type: 'structure', members: () => members, required: asked.filter((part) => part !== 'secrets') };
  },
  run: async (args, world, { signal }) => {
    const hub = openGithub(world.http, args.repository, args.token, signal);
    return { facts: await look(args, hub), requests: hub.requests() };
  },
};

async function look({ commit, tag, secrets }: GithubArgs, hub: Github): Promise<JsonObject> {
  const [seen, pointed, named] = await Promise.all([
    commit === undefined ? undefined : commitOf(hub, commit),
    tag === undefined ? undefined : tagOf(hub, tag),
    secrets === undefined ? undefined : secretsOf(hub, secrets),
  ]);
  const sha = seen?.found === true ? seen.sha : undefined;
  const same = sha !== undefined && pointed?.found === true ? { same_commit: pointed.sha === sha } : {};
  return {
    ...(seen !== undefined && { commit: { ...seen } }),
    ...(sha !== undefined && { checks: [...(await checksOf(hub, sha))] }),
    ...(pointed !== undefined && { tag: { ...pointed, ...same } }),
    ...named,
  };
}

/** What git takes for the name of a tag (git-check-ref-format). */
function isTag(name: string): boolean {
  const parts = name.split('/');
  // oxlint-disable-next-line no-control-regex -- control characters are what is looked for
  const clean = !/[\u0000-\u0020\u007f~^:?*[\\]|\.\.|@\{/.test(name);
  return clean && !name.endsWith('.') && parts.every((part) => part !== '' && !/^\.|\.lock$/.test(part));
}

function isEnvironment(name: string): boolean {
  return name !== '.' && name !== '..';
}
