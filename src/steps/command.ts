// A program of this machine: what it wrote and how it ended. No shell reads its words.

import { z } from 'zod';
import { parseDuration } from '../engine/duration.ts';
import type { JsonObject } from '../engine/json.ts';
import type { Shape } from '../engine/shape.ts';
import type { ProgramResult } from '../world.ts';
import { filledOption, shownCommand } from './argv.ts';
import type { Kind } from './kind.ts';
import { longestText, readJson, textFacts } from './text-facts.ts';

export interface CommandArgs {
  /** The program and its arguments. A number may only come from a look-up. */
  readonly argv: readonly (string | number)[];
  /** Default 60s. */
  readonly timeout?: string | undefined;
  /** Names of variables it gets beside PATH, HOME and the like. */
  readonly env?: readonly string[] | undefined;
  readonly aws?: true | undefined;
}

const defaultTimeoutMs = 60_000;
const longestTimeoutMs = 3_600_000;

const schema: z.ZodType<CommandArgs> = z.strictObject({
  argv: z
    .array(z.union([z.string(), z.number()]))
    .min(1)
    .refine(([program]) => typeof program === 'string' && program.trim() !== '', 'Name a program first')
    .refine((argv) => !argv.some((word) => String(word).includes('\0')), 'No program takes a NUL character')
    .describe('the program and its arguments, word by word; no shell reads them'),
  timeout: z
    .string()
    .refine(isTimeout, 'Give a duration of at most 1h, such as 90s')
    .optional()
    .describe('60s unless it is given; then it is ended with all it started'),
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

const facts: Shape = {
  type: 'structure',
  members: () => ({
    exit: { type: 'number' },
    text: { type: 'string' },
    truncated: { type: 'boolean' },
    lines: { type: 'list', of: () => ({ type: 'string' }) },
    lines_error: { type: 'string' },
    json: { type: 'any' },
    json_error: { type: 'string' },
    stderr: { type: 'string' },
    stderr_error: { type: 'string' },
  }),
  required: ['exit', 'text', 'truncated'],
};

/**
 * Facts: `exit`; `text`, what it wrote to standard output without white space at its end, at most 64 KiB, with
 * `truncated`; its `lines`, or `lines_error` when it was cut off; `json`, or `json_error` saying why there is none;
 * `stderr`, or `stderr_error` when that was longer than 64 KiB. Exit 126 and 127, a signal and a time-out are no facts: it
 * could not look.
 */
export const command: Kind<CommandArgs> = {
  name: 'command',
  summary: 'A program of this machine, without a shell: its exit code, and what it wrote as text, lines and JSON.',
  example: `probe:
  command: { argv: [terraform, plan, -detailed-exitcode, -no-color, -input=false], timeout: 10m, aws: true }
expect:
  - { path: exit, eq: 0 }`,
  schema,
  nature: () => 'pokes',
  misfilled: (template, args) => filledOption(template['argv'], args['argv']),
  describe: ({ argv, env = [], aws }) =>
    // The words may still be one look-up.
    `Run ${Array.isArray(argv) ? shownCommand(argv) : String(argv)}${withWords(env, aws)}`,
  permissions: () => [],
  // It is asked who we are before a program gets our credentials.
  operations: ({ aws }) => (aws === true ? ['sts:GetCallerIdentity'] : []),
  facts: () => facts,
  run: async ({ argv, timeout, env = [], aws = false }, world, { signal }) => {
    const requests = aws ? (await world.aws.read(caller, signal)).requests : [];
    const timeoutMs = parseDuration(timeout ?? '') ?? defaultTimeoutMs;
    const result = await world.programs.run({ argv: argv.map(String), timeoutMs, env, aws }, signal);
    return { facts: factsOf(result), requests };
  },
};

/** Any read would do: none gets past the lock on the target's account, and this one needs no permission. */
const caller = { service: 'sts', operation: 'GetCallerIdentity', input: {}, fresh: true } as const;

function isTimeout(text: string): boolean {
  const ms = parseDuration(text);
  return ms !== undefined && ms > 0 && ms <= longestTimeoutMs;
}

function withWords(env: CommandArgs['env'], aws: true | undefined): string {
  const names = Array.isArray(env) ? env : [String(env)];
  const given = [...names, ...(aws === true ? ['the AWS credentials'] : [])];
  return given.length === 0 ? '' : `, with ${given.join(', ')}`;
}

function factsOf({ exit, stdout, stderr, truncated: cut, stderrTruncated }: ProgramResult): JsonObject {
  const whole = stdout.trimEnd();
  const text = whole.slice(0, longestText);
  const json = cut
    ? { json_error: 'the output is longer than 256 KiB, and was not kept to its end' }
    : readJson(whole, 'the output');
  return {
    exit,
    ...textFacts(text, cut || text.length < whole.length),
    ...json,
    ...(stderrTruncated
      ? { stderr_error: 'what it wrote there is longer than 64 KiB, and was not kept to its end' }
      : { stderr: stderr.trimEnd() }),
  };
}
