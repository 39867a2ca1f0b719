// The world file of a rehearsal: an account, an application, the people around it, and the named ways to break it.

import { parseDocument } from 'yaml';
import { z } from 'zod';
import { isObject } from '../engine/json.ts';
import { nearest } from '../engine/nearest.ts';
import type { Json, JsonObject } from '../engine/json.ts';
import { GoliveError } from '../errors.ts';
import { accountSchema, span } from './account.ts';
import { mergePatch } from './patch.ts';

const text = z.string().min(1);

const page = z.strictObject({ status: z.int().min(200).max(599), type: text, body: z.string() });

const application = z.strictObject({
  /** The host names its certificate is for. */
  domains: z.array(text).min(1),
  /** The load balancer in front of it. Without that one nothing answers. */
  load_balancer: text,
  backend: z.strictObject({
    live: z.boolean(),
    /** What it depends on, and whether that can be reached. */
    checks: z.record(z.string(), z.boolean()),
    /** Whether a user whose budget is spent is turned away. */
    budget_enforced: z.boolean(),
    model: text,
  }),
  frontend: z.strictObject({ page }),
});

const faults = z.strictObject({
  /** IAM actions: `ecs:DescribeServices`. */
  denied: z.array(text).default([]),
  /** IAM actions that are throttled at every attempt. */
  throttled: z.array(text).default([]),
  /** Every request is answered with an expired token. */
  expired: z.boolean().default(false),
  /** By path of the application: answers late, or cuts the connection. */
  application: z
    .record(z.string().startsWith('/'), z.strictObject({ slow: span.optional(), reset: z.boolean().default(false) }))
    .default({}),
});

const schema = z.strictObject({
  rehearsal: z.literal(1),
  checklist: text,
  target: text,
  /** When the rehearsal's clock starts. */
  start: z.iso.datetime({ offset: true }),
  /** One person per role, each signing as `principal`. */
  people: z.record(z.string(), z.strictObject({ name: text, principal: text })).default({}),
  inputs: z.record(z.string(), z.json()).default({}),
  secrets: z.record(z.string(), text).default({}),
  /** What the calm operator answers, by step. */
  answers: z.record(z.string(), z.strictObject({ answer: z.json(), evidence: text.optional() })).default({}),
  /** How the calm operator's colleagues vote, by step and role. */
  votes: z.record(z.string(), z.record(z.string(), z.enum(['go', 'no-go']))).default({}),
  account: accountSchema,
  application,
  faults: faults.prefault({}),
  /** Merge patches over everything above, by name. */
  breaks: z.record(z.string(), z.strictObject({ title: text, patch: z.record(z.string(), z.json()) })).default({}),
});

/** A checked world. Plain JSON. */
export type RehearsalWorld = z.infer<typeof schema>;

const sizeLimit = 1_048_576;

/**
 * Reads a world file, YAML or JSON of at most 1 MiB. `name` stands in messages.
 * Throws GoliveError `world` with every problem, each with its path.
 */
export function loadWorld(source: string, name: string): RehearsalWorld {
  return checkWorld(parse(source, name), name);
}

/** Reads a merge patch over a world: what `--world` takes. Throws GoliveError `world`. */
export function loadPatch(source: string, name: string): JsonObject {
  const value = parse(source, name);
  if (!isObject(value)) throw new GoliveError('world', `${name}: a patch is an object, such as { account: { … } }.`);
  return value;
}

/** The world with a merge patch (RFC 7396) applied and checked again. Throws GoliveError `world`. */
export function patchWorld(world: RehearsalWorld, patch: JsonObject, name: string): RehearsalWorld {
  return checkWorld(mergePatch(plain(world), patch), name);
}

/** The world with the named breaks applied in the order given. Throws GoliveError `break` for a name it does not know. */
export function breakWorld(world: RehearsalWorld, names: readonly string[]): RehearsalWorld {
  let broken = world;
  for (const name of names) {
    const known = Object.hasOwn(world.breaks, name) ? world.breaks[name] : undefined;
    if (known === undefined) {
      const near = nearest(name, Object.keys(world.breaks));
      const hint =
        near === undefined ? `Known here: ${Object.keys(world.breaks).join(', ')}.` : `did you mean ${near}?`;
      throw new GoliveError('break', `The world of ${world.checklist}-${world.target} has no break "${name}".`, {
        hint,
      });
    }
    broken = patchWorld(broken, plain(known.patch), `break ${name}`);
  }
  return broken;
}

function parse(source: string, name: string): Json {
  if (source.length > sizeLimit) throw new GoliveError('world', `${name} is larger than 1 MiB.`);
  const document = parseDocument(source, { uniqueKeys: true });
  const problem = document.errors[0] ?? document.warnings[0];
  if (problem !== undefined) throw new GoliveError('world', `${name}: ${problem.message}`);
  return plain(document.toJS({ maxAliasCount: 0 }));
}

function checkWorld(value: Json, name: string): RehearsalWorld {
  const checked = schema.safeParse(value);
  if (checked.success) return checked.data;
  const problems = checked.error.issues.map(
    (issue) => `${issue.path.join('.') || '(the whole file)'}: ${issue.message}`,
  );
  throw new GoliveError('world', `${name} is not a world to rehearse in.\n${problems.join('\n')}`, {
    hint: 'checklists/rehearsal/aep.yaml is a world that works.',
  });
}

/** A deep copy as plain JSON: YAML and zod both type their results wider than that. */
function plain(value: unknown): JsonObject {
  const copy: JsonObject = JSON.parse(JSON.stringify(value ?? null));
  return copy;
}
