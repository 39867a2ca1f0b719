// A program of this machine that changes something, such as a deploy script: what it writes is shown as it comes.

import { parseDuration } from '../engine/duration.ts';
import type { JsonObject } from '../engine/json.ts';
import { BlindError, withHint } from '../errors.ts';
import type { ActAttempt, ActKind, ActWorld, Performed } from './act.ts';
import { filledOption, shownCommand } from './argv.ts';
import { maskSecrets } from './aws-logs-mask.ts';
import { checkCaller, commandOperations, commandSchema, commandWords, type CommandArgs } from './command-given.ts';
import { openLines, openTail } from './output-lines.ts';
import { longestText } from './text-facts.ts';

const defaultTimeout = '15m';
const longestWords = 200;

/**
 * Facts, kept as evidence: `exit`, which is not there where it had none; `text` and `stderr`, the last 64 KiB of what it
 * wrote, each with whether something came before; what looks like a secret is masked. The exit code 0 is a change that was
 * made, any other end one that was begun and failed; what was never started is refused. Nothing shows afterwards whether
 * it ran. Interrupted, it is asked to end with all it started, and ended after a while. It does not end when golive
 * itself is killed: it then goes on with nobody to read what it writes.
 */
export const commandAct: ActKind<CommandArgs> = {
  name: 'command',
  summary:
    'Runs a program of this machine that changes something, without a shell: it has to end with the exit code 0.',
  example: `act:
  command: { argv: [./deploy, shop, "\${version}"], timeout: 30m, aws: true }
verify:
  probe: { http: { url: "https://\${domain}/version" } }
  wait: { for: 5m, every: 10s }
  expect: [{ path: json.version, eq: "\${version}" }]
undo:
  - command: { argv: [./deploy, shop, "\${version_before}"], timeout: 30m, aws: true }
budget: 30m`,
  schema: commandSchema(defaultTimeout, '6h'),
  class: 'opaque',
  accepted: 'it ends with the exit code 0',
  misfilled: (template, args) => filledOption(template['argv'], args['argv']),
  describe: commandWords,
  permissions: () => [],
  operations: commandOperations,
  facts: () => ({
    type: 'structure',
    members: () => ({
      exit: { type: 'number' },
      text: { type: 'string' },
      truncated: { type: 'boolean' },
      stderr: { type: 'string' },
      stderr_truncated: { type: 'boolean' },
    }),
    required: ['text', 'truncated', 'stderr', 'stderr_truncated'],
  }),
  prepare: async (args, _world, _attempt, pending) => ({
    stands: pending === undefined ? 'ready' : 'foreign',
    before: {},
    request: requestOf(args),
    lines: [`+ ${shownCommand(args.argv)}`],
    expected: pending === undefined ? '' : 'something shows whether it ran',
    observed: pending === undefined ? '' : 'a program leaves no trace that golive could know',
    requests: [],
  }),
  perform,
};

function requestOf({ argv, timeout = defaultTimeout, env = [], aws }: CommandArgs): JsonObject {
  return { argv: argv.map(String), timeout, env: [...env], aws: aws === true };
}

async function perform(
  args: CommandArgs,
  _prospect: unknown,
  _mark: string,
  world: ActWorld,
  attempt: ActAttempt,
): Promise<Performed> {
  const { signal } = attempt;
  const { argv, timeout = defaultTimeout, env = [], aws } = args;
  const asked = await checkCaller(args, world, signal).catch((error: unknown) => notStarted(error));
  if ('refused' in asked) return asked;
  const requests = asked;
  if (signal.aborted) return { refused: 'golive was interrupted before it was started.', requests };
  const heard = listen(attempt);
  let started = false;
  try {
    const request = { argv: argv.map(String), timeoutMs: parseDuration(timeout) ?? 0, env, aws: aws === true };
    const onStart = (): void => void (started = true);
    const { exit } = await world.programs.run({ ...request, onStart, onOutput: heard.take }, signal);
    heard.end();
    const facts = { exit, ...heard.facts() };
    if (exit === 0) return { change: '', facts, requests };
    return { failed: heard.withLast(`${argv[0] ?? ''} ended with the exit code ${exit}`), facts, requests };
  } catch (error) {
    heard.end();
    if (!started) return notStarted(error);
    // Interrupted with golive: how far it got, nobody knows.
    if (signal.aborted || !(error instanceof BlindError)) throw error;
    return { failed: heard.withLast(error.message.replace(/\.$/, '')), facts: heard.facts(), requests };
  }
}

/** Nothing happened, and why. Anything but a BlindError is a fault of golive's own. */
function notStarted(error: unknown): Extract<Performed, { readonly refused: string }> {
  if (!(error instanceof BlindError)) throw error;
  return { refused: withHint(error), requests: error.requests };
}

/** Shows lines; of a private key, which goes over several, the first and the last. */
function showing(output: ActAttempt['output']): (line: string) => void {
  let within = false;
  return (line) => {
    const begins = line.lastIndexOf('-----BEGIN ') > line.lastIndexOf('-----END ');
    const shown = !within || line.includes('-----END ');
    within = begins ? /PRIVATE KEY-----/.test(line) : within && !shown;
    if (shown) output(maskSecrets(line));
  };
}

/** What it writes, shown line by line and kept to its end. */
function listen({ output }: ActAttempt) {
  const tails = { stdout: openTail(longestText), stderr: openTail(longestText) };
  const lines = { stdout: openLines(showing(output)), stderr: openLines(showing(output)) };
  const masked = (text: string): string => maskSecrets(text.trimEnd(), longestText);
  return {
    take: (text: string, stream: 'stdout' | 'stderr'): void => {
      tails[stream].take(text);
      lines[stream].take(text);
    },
    end: (): void => {
      lines.stdout.end();
      lines.stderr.end();
    },
    facts: (): JsonObject => ({
      text: masked(tails.stdout.text()),
      truncated: tails.stdout.cut(),
      stderr: masked(tails.stderr.text()),
      stderr_truncated: tails.stderr.cut(),
    }),
    /** How it ended, and the last it said of that. */
    withLast: (how: string): string => {
      const last =
        tails.stderr
          .text()
          .trimEnd()
          .split(/[\r\n]+/)
          .at(-1) ?? '';
      return last === '' ? `${how}.` : `${how}: ${maskSecrets(last, longestWords)}`;
    },
  };
}
