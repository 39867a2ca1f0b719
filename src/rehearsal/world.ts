// The world file of a rehearsal: an account, an application, the people around it, and the named ways to break it.

import { parseDocument } from 'yaml';
import { z } from 'zod';
import { isObject } from '../engine/json.ts';
import { nearest } from '../engine/nearest.ts';
import type { Json, JsonObject } from '../engine/json.ts';
import { GoliveError } from '../errors.ts';
import { span } from './account-parts.ts';
import { accountSchema, nameRecords } from './account.ts';
import { mergePatch } from './patch.ts';
import { files, load, page, pages, sites, vitals, websockets } from './web-states.ts';
import { worldOf } from './world-targets.ts';

const text = z.string().min(1);

/** Requests a minute at the load balancer, before and after DNS leads there. */
const traffic = z.strictObject({
  idle: z.int().min(0).default(2),
  full: z.int().min(0).default(120),
  /** How long it takes from the one to the other. */
  ramp: span.default('20m'),
  /** Requests a minute that the application answers with a 5xx. */
  errors: z.int().min(0).default(0),
  /** This many percent are 5xx for a while, some time after DNS has moved. */
  spike: z.strictObject({ after: span, for: span, percent: z.number().min(0).max(100) }).optional(),
  /** How long an answer takes at least, in the mean of a minute. */
  seconds: z.number().positive().default(0.08),
  /** Nobody comes: it stays idle. */
  flat: z.boolean().default(false),
});

const certificate = z.strictObject({
  /** The host names it is for; absent: the domains. */
  names: z.array(text).min(1).optional(),
  /** Until it expires, from the moment it was issued. */
  lasts: span.default('200d'),
  /** Absent: when the stand-in was first started. */
  issued: z.iso.datetime({ offset: true }).optional(),
});

/** A machine that is not in the account, such as the one DNS leads to before the cutover. */
const host = z.strictObject({
  title: text,
  /** The host names its certificate is for. */
  names: z.array(text).min(1),
  page,
  /** What its readiness path answers. Absent: it has none. */
  ready: z.boolean().optional(),
});

const application = z.strictObject({
  /** The host names people use. */
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
  /** What the backend answers beside what it always does, or in its place. */
  pages,
  websockets,
  /** The load balancer's. */
  certificate: certificate.prefault({}),
  traffic: traffic.prefault({}),
});

const faults = z.strictObject({
  /** IAM actions: `ecs:DescribeServices`. */
  denied: z.array(text).default([]),
  /** IAM actions that are throttled at every attempt. */
  throttled: z.array(text).default([]),
  /** Every request is answered with an expired token. */
  expired: z.boolean().default(false),
  /** Access key ids whose token has expired: other keys are as good as ever. */
  expired_keys: z.array(text).default([]),
  /** By path of the application: answers late, or cuts the connection. */
  application: z
    .record(z.string().startsWith('/'), z.strictObject({ slow: span.optional(), reset: z.boolean().default(false) }))
    .default({}),
  /** Somebody else changes a name just before the next change (from `from` on) is looked at. Once. */
  rival: z
    .strictObject({ from: z.iso.datetime({ offset: true }).optional(), zone: text, name: text, records: nameRecords })
    .optional(),
});

const dns = z.strictObject({
  /** How long a change of records is PENDING, and how long until the authoritative servers give it. */
  propagation: span.default('20s'),
  /** Changes (from a moment on, where one is given) are said to be in sync, and no server ever gives them. */
  stuck: z.union([z.boolean(), z.iso.datetime({ offset: true })]).default(false),
  /** Addresses of resolvers that keep what they knew before. */
  stale: z.array(text).default([]),
});

const command = z.strictObject({
  argv: z.array(z.string()).min(1),
  exit: z.int().min(0).max(255).default(0),
  stdout: z.string().default(''),
  stderr: z.string().default(''),
  takes: span.default('1s'),
  /** There is no such program. */
  missing: z.boolean().default(false),
});

const breakage = z.strictObject({
  title: text,
  /** Ids of the steps that fail in a survey with it. */
  reds: z.array(text).default([]),
  /** Ids of the steps that nobody can decide with it: error or inconclusive. */
  blind: z.array(text).default([]),
  patch: z.record(z.string(), z.json()),
});

/** What changes by itself while the rehearsal goes on. */
const turn = z.strictObject({
  at: z.iso.datetime({ offset: true }),
  /** Merge patches over the world. A list, so that a patch which sets this up keeps their nulls. */
  patches: z.array(z.record(z.string(), z.json())).min(1),
});

const schema = z.strictObject({
  rehearsal: z.literal(1),
  checklist: text,
  target: text,
  /** When the rehearsal's clock starts. */
  start: z.iso.datetime({ offset: true }),
  /** T of the rehearsal, where the command line names none. */
  t0: z.iso.datetime({ offset: true }).optional(),
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
  /** Other machines, by address. Those added after the stand-in was started are not reached. */
  hosts: z.record(z.ipv4(), host).default({}),
  sites,
  load,
  vitals,
  files,
  dns: dns.prefault({}),
  /** By any name. Gone from here once it has come. */
  turns: z.record(z.string(), turn).default({}),
  /** What programs answer, by any name: none is ever started. */
  commands: z.record(z.string(), command).default({}),
  faults: faults.prefault({}),
  /** Merge patches over everything above, by name. */
  breaks: z.record(z.string(), breakage).default({}),
});

/** A checked world. Plain JSON. */
export type RehearsalWorld = z.infer<typeof schema>;
export type HostState = z.infer<typeof host>;
export type CommandState = z.infer<typeof command>;

const sizeLimit = 1_048_576;

/**
 * Reads a world file, YAML or JSON of at most 1 MiB. `name` stands in messages; a file of several targets is read as the
 * world of `target`, or of its first. Throws GoliveError `world` with every problem, each with its path.
 */
export function loadWorld(source: string, name: string, target?: string): RehearsalWorld {
  return checkWorld(worldOf(parse(source, name), target, name), name);
}

/** Reads a world as a rehearsal keeps it: JSON, which is read many times quicker than YAML. Throws GoliveError `world`. */
export function loadKeptWorld(source: string, name: string): RehearsalWorld {
  let kept: unknown;
  try {
    kept = JSON.parse(source);
  } catch (cause) {
    throw new GoliveError('world', `${name} is not whole: it is not JSON.`, { cause });
  }
  return checkWorld(plain(kept), name);
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
