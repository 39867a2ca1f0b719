// A program of this machine: what it wrote and how it ended. No shell reads its words.

import { parseDuration } from '../engine/duration.ts';
import type { JsonObject } from '../engine/json.ts';
import type { Shape } from '../engine/shape.ts';
import type { ProgramResult } from '../machine.ts';
import { filledOption } from './argv.ts';
import { checkCaller, commandOperations, commandSchema, commandWords, type CommandArgs } from './command-given.ts';
import type { Kind } from './kind.ts';
import { longestText, readJson, textFacts } from './text-facts.ts';

const defaultTimeoutMs = 60_000;

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
  schema: commandSchema('60s', '1h'),
  nature: () => 'pokes',
  misfilled: (template, args) => filledOption(template['argv'], args['argv']),
  describe: commandWords,
  permissions: () => [],
  operations: commandOperations,
  facts: () => facts,
  run: async (args, world, { signal }) => {
    const { argv, timeout, env = [], aws = false } = args;
    const requests = await checkCaller(args, world, signal);
    const timeoutMs = parseDuration(timeout ?? '') ?? defaultTimeoutMs;
    const result = await world.programs.run({ argv: argv.map(String), timeoutMs, env, aws }, signal);
    return { facts: factsOf(result), requests };
  },
};

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
