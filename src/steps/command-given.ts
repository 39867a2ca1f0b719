// What a command is told, as a probe and as an act: its words, its time, and what it gets of our environment.

import { z } from 'zod';
import { durationUpTo, parseDuration } from '../engine/duration.ts';
import type { World } from '../world.ts';
import { shownCommand } from './argv.ts';

export interface CommandArgs {
  /** The program and its arguments. A number may only come from a look-up. */
  readonly argv: readonly (string | number)[];
  readonly timeout?: string | undefined;
  /** Names of variables it gets beside PATH, HOME and the like. */
  readonly env?: readonly string[] | undefined;
  readonly aws?: true | undefined;
}

/** The arguments of a command; its timeout is at most `longest`, and `usual` where none is given, such as 60s. */
export function commandSchema(usual: string, longest: string): z.ZodType<CommandArgs> {
  const fits = durationUpTo(parseDuration(longest) ?? 0);
  return z.strictObject({
    argv: z
      .array(z.union([z.string(), z.number()]))
      .min(1)
      .refine(([program]) => typeof program === 'string' && program.trim() !== '', 'Name a program first')
      .refine((argv) => !argv.some((word) => String(word).includes('\0')), 'No program takes a NUL character')
      .describe('the program and its arguments, word by word; no shell reads them'),
    timeout: z
      .string()
      .refine(fits, `Give a duration of at most ${longest}, such as 90s`)
      .optional()
      .describe(`${usual} unless it is given; then it is ended with all it started`),
    env: z
      .array(
        z
          .string()
          .regex(/^[A-Za-z_]\w*$/, 'Give the name of a variable')
          .refine((name) => !name.startsWith('GOLIVE_'), 'Give no GOLIVE_ variable: no program gets one')
          .refine((name) => !name.startsWith('AWS_'), 'Give no AWS_ variable: `aws: true` passes all of them on'),
      )
      .optional()
      .describe('names of variables it gets beside PATH, HOME, LANG, TZ and the like'),
    aws: z.literal(true).optional().describe('it gets the AWS_ variables; the account is checked before it is started'),
  });
}

/** It is asked who we are before a program gets our credentials. */
export function commandOperations({ aws }: CommandArgs): readonly string[] {
  return aws === true ? ['sts:GetCallerIdentity'] : [];
}

/** The ids of the requests by which that was asked; none where it gets no credentials. Throws BlindError. */
export async function checkCaller({ aws }: CommandArgs, world: World, signal: AbortSignal): Promise<readonly string[]> {
  return aws === true ? (await world.aws.read(caller, signal)).requests : [];
}

/** Any read would do: none gets past the lock on the target's account, and this one needs no permission. */
const caller = { service: 'sts', operation: 'GetCallerIdentity', input: {}, fresh: true } as const;

/** What is run, as a sentence. The words may still be one look-up. */
export function commandWords({ argv, env = [], aws }: CommandArgs): string {
  const names = Array.isArray(env) ? env : [String(env)];
  const given = [...names, ...(aws === true ? ['the AWS credentials'] : [])];
  const words = Array.isArray(argv) ? shownCommand(argv) : String(argv);
  return `Run ${words}${given.length === 0 ? '' : `, with ${given.join(', ')}`}`;
}
