// The contract of a kind that changes something. It reads, proposes and changes; whether the change took effect is judged.

import type { z } from 'zod';
import type { Expectation } from '../engine/expectation.ts';
import type { JsonObject } from '../engine/json.ts';
import type { Wait } from '../engine/plan.ts';
import type { Catalogue, Shape } from '../engine/shape.ts';
import type { AwsChanges, World } from '../world.ts';
import type { Attempt, Seen } from './kind.ts';

/** What the runner tells an act while it is made. */
export interface ActAttempt extends Attempt {
  /** Shows what the other side says while it works, as it comes; kept nowhere. */
  readonly output: (text: string) => void;
}

/** A change that was about to be sent, and of which nobody knows whether it was made. */
export interface Pending {
  /** The state before it, as `prepare` gave it then. */
  readonly before: JsonObject;
  /** What it was marked with. */
  readonly mark: string;
}

/** A change that was accepted, as its kind finds it again. */
export interface Made {
  /** The id under which its progress can be asked for; empty when it has none, or nobody heard it. */
  readonly change: string;
  /** What it was marked with; empty when it was found in place. */
  readonly mark: string;
}

/** The world of an act: the only one in which something can be changed. */
export interface ActWorld extends World {
  readonly changes: AwsChanges;
}

/** What an act would do, read right before. */
export interface Prospect {
  /**
   * ready: the state is the one the act starts from. already: the wished state is in place, nothing is left to do.
   * foreign: it is neither, so somebody else was here; nothing may be changed.
   */
  readonly stands: 'ready' | 'already' | 'foreign';
  /** The state now: what the way back is computed from. */
  readonly before: JsonObject;
  /** The request that would be sent, exactly. */
  readonly request: JsonObject;
  /** The change for a person: lines that begin with `- ` for what goes and `+ ` for what comes. */
  readonly lines: readonly string[];
  /** In words what was expected and what was seen: what a person reads when it is `foreign`. */
  readonly expected: string;
  readonly observed: string;
  readonly requests: readonly string[];
  /** Only with `pending`, and `ready`: some of it was made, in words. What is left is not made without a person's word. */
  readonly begun?: string;
}

/**
 * What came of sending it. Accepted, with the id under which its progress can be asked for (empty when it has none).
 * Refused: nothing happened; `blind` where that is because nobody could be asked. Failed: it was begun and came to a bad end, so something may have changed. `facts`: what it
 * answered, kept as evidence.
 */
export type Performed =
  | { readonly change: string; readonly facts?: JsonObject; readonly requests: readonly string[] }
  | { readonly refused: string; readonly blind?: true; readonly requests: readonly string[] }
  | { readonly failed: string; readonly facts?: JsonObject; readonly requests: readonly string[] };

/** How a kind sees by itself that its change took effect. */
export interface Sees<Args> {
  /** Looks once. */
  look(args: Args, made: Made, world: World, attempt: Attempt): Promise<Seen>;
  /** What must hold of what `look` brings, how long that may take, and what it then means in words. */
  effect(args: Args): { readonly expect: readonly Expectation[]; readonly wait: Wait; readonly words: string };
}

/** The way back a kind works out by itself. */
export interface WayBack<Args> {
  /** Why these arguments, which may be templates, leave no way back; undefined when they do. Absent: all do. */
  none?(args: Partial<Args>): string | undefined;
  /** The same kind with these arguments, from the state that was there before. */
  args(args: Args, before: JsonObject): Args;
  /** The same in words, for whoever is about to act. */
  words(args: Args, before: JsonObject): string;
}

export interface ActKind<Args = never> {
  /** As written in a checklist: `route53.replace_record`. */
  readonly name: string;
  readonly summary: string;
  readonly example: string;
  readonly schema: z.ZodType<Args>;
  /**
   * How it is found out, after a lost answer, whether the change happened. token: the mark finds it again, and sent twice
   * it happens once. compare: it only happens from the state before. observable: the state shows it. opaque: nothing does.
   */
  readonly class: 'token' | 'compare' | 'observable' | 'opaque';
  /** As for a kind of probe: what must not be filled in, in words. */
  misfilled?(template: JsonObject, args: JsonObject): string | undefined;
  /** One sentence in words: what it will do. */
  describe(args: Args): string;
  permissions(args: Args): readonly string[];
  /** AWS operations it makes, reading and changing, so that their clients can be loaded early. */
  operations(args: Args): readonly string[];
  /** The shape of what `look` brings, or without one of what it answers. */
  facts(args: Args, catalogue: Catalogue): Shape;
  /**
   * Reads the state and works out the request. Changes nothing. Throws BlindError when it could not look. With `pending`
   * it is found out what became of that: `already` it was made, `ready` it was not and nothing else was either, `foreign`
   * nobody can tell.
   */
  prepare(args: Args, world: World, attempt: Attempt, pending?: Pending): Promise<Prospect>;
  /**
   * Sends exactly `prospect.request`, marked with `mark`, in one attempt. Throws BlindError when nobody knows what came
   * of it.
   */
  perform(args: Args, prospect: Prospect, mark: string, world: ActWorld, attempt: ActAttempt): Promise<Performed>;
  /** For a kind without `sees`: what its being accepted means, in words: `it exits with 0`. */
  readonly accepted?: string;
  /** Absent: what it answered and a step's `verify` have to do. */
  readonly sees?: Sees<Args>;
  /** Absent: the checklist says how it is taken back, or that it cannot be. */
  readonly back?: WayBack<Args>;
}
