// Reads facts: named probes once per phase and shared, each after what its `${…}` refers to.

import { fillAll, referencesIn, rootOf } from '../checklist/interpolate.ts';
import { waitsFor } from '../engine/cause.ts';
import { selectOne } from '../engine/judge.ts';
import { isObject, type Json, type JsonObject } from '../engine/json.ts';
import type { Call, Plan, Scope } from '../engine/plan.ts';
import { BlindError } from '../errors.ts';
import { findKind, type AnyKind } from '../steps/index.ts';
import type { History, Poke, Window } from '../steps/kind.ts';
import type { Aws, World } from '../world.ts';

export interface Reading {
  readonly facts: JsonObject;
  readonly requests: readonly string[];
  /** Milliseconds since 1970. */
  readonly observedAt: number;
}

/** Its facts are not there to be read: what depends on it waits for the named probe. */
export class Unready extends BlindError {
  readonly probe: string;

  constructor(probe: string, cause: BlindError | string) {
    const reason = typeof cause === 'string' ? cause : cause.message;
    super('unresolved', waitsFor(probe, reason), {
      transient: typeof cause === 'string' || cause.transient,
      ...(typeof cause !== 'string' && cause.hint !== undefined && { hint: cause.hint }),
    });
    this.probe = probe;
  }
}

export interface Reader {
  /** The facts of one use of a kind. */
  read(call: Call, signal: AbortSignal): Promise<Reading>;
  /** The facts of a named probe. */
  named(name: string, signal: AbortSignal): Promise<Reading>;
  /** Fills in a template, reading the named probes it refers to. Throws Unready or BlindError. */
  fill<T>(template: T, signal: AbortSignal): Promise<T>;
}

/** What was read is kept, and shared by all looks, until it is forgotten. */
export interface SharedReader extends Reader {
  /** For one look that may rest on nothing read before: all it needs is read again, once, and kept for the others. */
  anew(): Reader;
  /**
   * What a source with a clock of its own remembers of a window; `call` is filled in. Whoever asks for the same in the
   * same round (any number, one per look) shares one reading; a look in another round is always a reading of its own.
   */
  history(call: Call, window: Window, round: number, signal: AbortSignal): Promise<History>;
  /** Forgets what was read. */
  forget(): void;
}

type Memo = Map<string, Promise<Reading>>;
/** The latest reading of each use of a kind over a window that begins at a given moment. */
type Windows = Map<string, { readonly of: string; readonly history: Promise<History> }>;

/**
 * A reader over one session's world; `scope` gives the names that are known right now, `poke` what one use of a kind that
 * pokes gets besides.
 */
export function openReader(plan: Plan, world: World, scope: () => Scope, poke: () => Poke): SharedReader {
  const over = { plan, world, scope, poke };
  let memo: Memo = new Map();
  let windows: Windows = new Map();
  return {
    ...readerOver(over, () => [memo], false),
    anew: () => {
      const own: Memo = new Map();
      return readerOver(over, () => [own, memo], true);
    },
    history: (call, window, round, signal) => {
      const key = JSON.stringify([call.kind, call.args, window.from]);
      const of = `${window.to} ${round}`;
      const known = windows.get(key);
      if (known?.of === of) return known.history;
      const history = lookBack(world, call, window, signal);
      windows.set(key, { of, history });
      return history;
    },
    forget: () => {
      memo = new Map();
      windows = new Map();
    },
  };
}

async function lookBack(world: World, call: Call, window: Window, signal: AbortSignal): Promise<History> {
  const { kind, args } = parsed(call.kind, call.args);
  if (kind.history === undefined) throw new BlindError('internal', `${call.kind} remembers nothing`);
  return kind.history(args, world, { signal, fresh: true }, window);
}

/** The kind with the arguments it takes. Throws BlindError when it cannot take them. */
function parsed(name: string, args: JsonObject): { readonly kind: AnyKind; readonly args: JsonObject } {
  const kind = findKind(name);
  if (kind === undefined) throw new BlindError('internal', `there is no kind ${name}`);
  return { kind, args: argumentsFor(kind, args) };
}

/** Arguments with everything filled in, as the kind takes them. Throws BlindError `invalid`. */
export function argumentsFor(kind: Pick<AnyKind, 'name' | 'schema'>, args: JsonObject): JsonObject {
  const read = kind.schema.safeParse(args);
  if (read.success) return read.data;
  const issue = read.error.issues[0];
  const where = issue?.path.join('.') ?? 'this';
  throw new BlindError('invalid', `${kind.name} cannot take ${where}: ${issue?.message ?? 'not valid'}`);
}

/** What all readers of a session are over. */
interface Over {
  readonly plan: Plan;
  readonly world: World;
  readonly scope: () => Scope;
  readonly poke: () => Poke;
}

/** Looks named probes up in the first of `memos`, and keeps what it reads in all of them. */
function readerOver(
  { plan, world, scope, poke }: Over,
  memos: () => readonly [Memo, ...Memo[]],
  fresh: boolean,
): Reader {
  async function fill<T>(template: T, signal: AbortSignal): Promise<T> {
    // A template is JSON whose texts may hold `${…}`; filling keeps its type, which the type system cannot follow.
    // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- see above
    const json = template as Json;
    const roots = new Set(referencesIn(json).map(rootOf));
    const facts: Record<string, Json> = {};
    for (const name of roots) {
      if (Object.hasOwn(plan.probes, name)) facts[name] = await factsOf(name, signal);
    }
    // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- see above
    return fillAll(json, { ...scope(), ...facts }) as T;
  }

  async function factsOf(name: string, signal: AbortSignal): Promise<JsonObject> {
    let reading: Reading;
    try {
      reading = await named(name, signal);
    } catch (error) {
      if (error instanceof Unready) throw error;
      throw error instanceof BlindError ? new Unready(name, error) : error;
    }
    if (reading.facts['found'] === false) throw new Unready(name, missingText(reading.facts));
    return reading.facts;
  }

  async function named(name: string, signal: AbortSignal): Promise<Reading> {
    const probe = Object.hasOwn(plan.probes, name) ? plan.probes[name] : undefined;
    if (probe === undefined) throw new BlindError('unresolved', `there is no probe ${name}`);
    const into = memos();
    const known = into[0].get(name);
    // Whoever waits for another's look does no work: what it sleeps for may still come.
    if (known !== undefined) return world.clock.rest(known);
    const reading = read(probe.call, signal);
    for (const memo of into) memo.set(name, reading);
    // What could not be read is not remembered: the next one tries again.
    reading.catch(() => {
      for (const memo of into) if (memo.get(name) === reading) memo.delete(name);
    });
    return reading;
  }

  async function read(call: Call, signal: AbortSignal): Promise<Reading> {
    const { kind, args } = parsed(call.kind, await fill(call.args, signal));
    const misfilled = kind.misfilled?.(call.args, args);
    if (misfilled !== undefined) throw new BlindError('invalid', `${kind.name} is not given this: ${misfilled}`);
    // An answer from the phase's cache is as old as when AWS was asked; the oldest one dates the facts.
    let observedAt = world.clock.now();
    const dated: Aws = {
      read: async (asked, until) => {
        const answer = await world.aws.read(asked, until);
        observedAt = Math.min(observedAt, answer.observedAt);
        return answer;
      },
    };
    const poking = kind.nature(args) === 'pokes' ? { poke: poke() } : {};
    const seen = await kind.run(args, { ...world, aws: dated }, { signal, fresh, ...poking });
    if (call.one === undefined) return { facts: seen.facts, requests: seen.requests, observedAt };
    const one = selectOne(seen.facts, await fill(call.one, signal), observedAt);
    return { facts: oneFacts(one, seen.facts), requests: seen.requests, observedAt };
  }

  return { read, named, fill };
}

function oneFacts(one: ReturnType<typeof selectOne>, whole: JsonObject): JsonObject {
  if ('facts' in one) return isObject(one.facts) ? one.facts : { value: one.facts };
  if ('ambiguous' in one)
    throw new BlindError('invalid', `expected exactly one, found ${one.ambiguous}: which one is meant?`);
  return { found: false, missing: whole['found'] === false ? missingText(whole) : one.missing };
}

/** Why a thing is not there, from facts that say `found: false`. */
export function missingText(facts: JsonObject): string {
  const error = facts['error'];
  if (typeof facts['missing'] === 'string') return facts['missing'];
  if (typeof error === 'object' && error !== null && 'code' in error)
    return `not found (${typeof error['code'] === 'string' ? error['code'] : 'no code'})`;
  return 'not found';
}
