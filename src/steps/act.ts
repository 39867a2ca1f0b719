// The contract of a kind that changes something. It reads, proposes and changes; whether the change took effect is judged.

import type { z } from 'zod';
import type { Expectation } from '../engine/expectation.ts';
import type { JsonObject } from '../engine/json.ts';
import type { Wait } from '../engine/plan.ts';
import type { Catalogue, Shape } from '../engine/shape.ts';
import type { AwsChanges, World } from '../world.ts';
import type { Attempt, Seen } from './kind.ts';

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
  /** For `foreign`: in words what was expected and what was seen. */
  readonly expected: string;
  readonly observed: string;
  readonly requests: readonly string[];
}

/** A change that was accepted, with the id under which its progress can be asked for; empty when it has none. */
export interface Accepted {
  readonly change: string;
  readonly requests: readonly string[];
}

export interface ActKind<Args = never> {
  /** As written in a checklist: `route53.replace_record`. */
  readonly name: string;
  readonly summary: string;
  readonly example: string;
  readonly schema: z.ZodType<Args>;
  /** How it is found out, after a lost answer, whether the change happened. */
  readonly class: 'token' | 'compare' | 'observable' | 'opaque';
  /** One sentence in words: what it will do. */
  describe(args: Args): string;
  permissions(args: Args): readonly string[];
  /** AWS operations it makes, reading and changing, so that their clients can be loaded early. */
  operations(args: Args): readonly string[];
  /** The shape of what `look` brings. */
  facts(args: Args, catalogue: Catalogue): Shape;
  /** Reads the state and works out the request. Changes nothing. Throws BlindError when it could not look. */
  prepare(args: Args, world: World, attempt: Attempt): Promise<Prospect>;
  /**
   * Sends exactly `prospect.request`, marked with `mark`, in one attempt. Returns the refusal when nothing happened;
   * throws BlindError when nobody knows.
   */
  perform(
    args: Args,
    prospect: Prospect,
    mark: string,
    world: ActWorld,
    attempt: Attempt,
  ): Promise<Accepted | { readonly refused: string; readonly requests: readonly string[] }>;
  /** Looks once at whether the change took effect. `change`: the id of what was accepted, or empty. */
  look(args: Args, change: string, world: World, attempt: Attempt): Promise<Seen>;
  /** What must hold of what `look` brings, how long that may take, and what it then means in words. */
  effect(args: Args): { readonly expect: readonly Expectation[]; readonly wait: Wait; readonly words: string };
  /** The way back: the same kind with these arguments, from what was there before. */
  undo(args: Args, before: JsonObject): Args;
  /** The way back in words, for whoever is about to act. */
  undoWords(args: Args, before: JsonObject): string;
}
