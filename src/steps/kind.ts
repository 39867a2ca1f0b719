// The contract of a kind: what sort of probe there is, what it takes, what facts it brings. Never a verdict.

import type { z } from 'zod';
import type { JsonObject } from '../engine/json.ts';
import type { Catalogue, Shape } from '../engine/shape.ts';
import type { AwsChanges, World } from '../world.ts';

/** What one attempt saw. */
export interface Seen {
  readonly facts: JsonObject;
  /** Request ids of the other side (AWS), oldest first. */
  readonly requests: readonly string[];
}

/** What the runner tells a kind about this attempt. */
export interface Attempt {
  readonly signal: AbortSignal;
  /** True for retries, rechecks and gates: read past the phase's cache. */
  readonly fresh: boolean;
  /** Only for a use that pokes. */
  readonly poke?: Poke;
}

/** What a poke gets beside looking, so that it can leave its trace in AWS, in one attempt, and find it again. */
export interface Poke {
  /**
   * What it marks its trace with. No other poke of any run has the same. At most 36 letters, digits, hyphens and slashes,
   * which names and tokens at AWS take.
   */
  readonly mark: string;
  readonly changes: AwsChanges;
}

/** A stretch of time on the clock of a data source, in ms: from `from` on, before `to`. */
export interface Window {
  readonly from: number;
  readonly to: number;
}

/** What a data source with a clock of its own remembers of a window. */
export interface History {
  /** One sample covers this many ms. */
  readonly periodMs: number;
  /** Oldest first, each with the moment its period begins. What has no data point is left out of its facts. */
  readonly samples: readonly { readonly at: number; readonly facts: JsonObject }[];
  /** Facts over the whole window: what stays as evidence, and what is judged where a hold says `sample: whole`. */
  readonly whole: JsonObject;
  readonly requests: readonly string[];
}

export interface Kind<Args = never> {
  /** As written in a checklist: `aws.ecs_service`. */
  readonly name: string;
  /** One sentence for `golive kinds`. */
  readonly summary: string;
  /** A step or probe that uses it, as YAML, for help and documentation. */
  readonly example: string;
  /** A strict object; unknown keys are errors. Sees values with `${…}` filled in. */
  readonly schema: z.ZodType<Args>;
  /** Whether this use only looks, or pokes (a POST). Sees templates: must not need anything filled in. */
  nature(args: Args): 'looks' | 'pokes';
  /**
   * What is wrong with arguments as they were filled in, in words, beside their template; undefined when nothing is. For
   * kinds where a text that was filled in must not mean what one that was written out may.
   */
  misfilled?(template: JsonObject, args: JsonObject): string | undefined;
  /** The address it puts under load: only what the target lists under `load` may be. */
  loads?(args: Args): string;
  /** One sentence in words: what it will do. */
  describe(args: Args): string;
  /** IAM actions it needs (`ecs:DescribeServices`); empty outside AWS. */
  permissions(args: Args): readonly string[];
  /** AWS operations it makes, as `service:Operation`, so that their clients can be loaded early. */
  operations(args: Args): readonly string[];
  /** The shape of its facts, for linting paths. */
  facts(args: Args, catalogue: Catalogue): Shape;
  /** Looks once. Throws BlindError when it could not look; "not there" is a fact (`found: false`), not an error. */
  run(args: Args, world: World, attempt: Attempt): Promise<Seen>;
  /**
   * For sources with a clock of their own: what they remember of a window, read afresh. A hold on such a kind is judged
   * on that clock, needs no process to stay alive, and reads every look's whole window again.
   */
  history?(args: Args, world: World, attempt: Attempt, window: Window): Promise<History>;
  /** The facts of one sample of that history, where they are fewer than those of a look. */
  sampleFacts?(args: Args): Shape;
}
