// The commands that work on runs: begin one, go on with it, take it back, and see where it stands.

import type { Command } from 'commander';
import type { GlobalOptions, ProcessShell } from './commands/shell.ts';

export type Options = Record<string, unknown> & GlobalOptions;
export type Action = (args: readonly string[], options: Options) => Promise<number>;

/** What a command is declared with. */
export interface Shelf {
  readonly add: (usage: string, description: string, examples?: readonly string[]) => Command;
  readonly act: (action: Action) => (this: Command) => Promise<void>;
  readonly shell: ProcessShell;
}

export function runCommands({ add, act, shell }: Shelf): void {
  reaching(
    add('run <name-target>', 'run a checklist: with people, with --dry-run only looks, with --act and nobody', [
      'golive run aep-prod',
      'golive run aep-prod --dry-run --values staging.yaml',
      "golive run aep-prod --t0 '2026-03-01 10:00+01:00' --as ada@example.com",
      'golive run aep-staging --values staging.yaml --deadline 10m --allow-open',
      'golive run aep-staging --report junit:out.xml --report html:run.html',
      'golive run aep-staging --act --values staging.yaml',
    ])
      .option('--values <file>', 'inputs, answers and account ids (YAML)')
      .option('--phase <id>', 'only this phase (repeatable); never a go', several)
      .option('--dry-run', 'look at everything, ask nobody, change nothing (the default without a terminal)')
      .option('--act', actHelp)
      .option('--allow-open', 'of a dry run: questions that nobody answers are no objection')
      .option('--deadline <duration>', deadlineHelp),
  )
    .option('--report <format:file>', reportHelp, several)
    .option('--t0 <time>', 'the moment of cutover, with a zone')
    .option('--as <principal>', 'who you are; otherwise git’s user.email')
    .option('--key <file>', 'SSH key to sign with')
    .option('--new', 'start another run although one is open')
    .option('--trust-checklist <digest>', 'run a checklist that is not golive’s own, by its SHA-256')
    .option('-v, --verbose', 'a line for every step')
    .action(act(async ([name = ''], options) => (await import('./commands/run.ts')).run(name, options, shell)));

  reaching(
    add('resume [run]', 'go on with an open run: by its id, by name-target, or the newest', [
      'golive resume',
      'golive resume aep-prod',
      'golive resume rehearsal-abcd --auto',
    ]),
  )
    .option('--as <principal>', 'who you are; otherwise git’s user.email')
    .option('--key <file>', 'SSH key to sign with')
    .option('--auto', 'of a rehearsal: the calm operator of the world file answers')
    .option('--act', actHelp)
    .option('--values <file>', 'with --act: answers (YAML)')
    .option('--deadline <duration>', `with --act: ${deadlineHelp}`)
    .option('--report <format:file>', reportHelp, several)
    .option('-v, --verbose', 'a line for every step')
    .action(act(async ([run], options) => (await import('./commands/resume.ts')).resume(run, options, shell)));

  reaching(
    add('rollback [run]', 'take back what a run changed: shows the plan, asks once, and sees every part of it', [
      'golive rollback aep-prod --plan',
      'golive rollback aep-prod',
      'golive rollback aep-prod --deeper',
    ]),
  )
    .option('--plan', 'only show what it would do, right now')
    .option('--deeper', 'to the beginning of the run, and not only to the last gate')
    .option('--as <principal>', 'who you are; otherwise git’s user.email')
    .option('--key <file>', 'SSH key to sign with')
    .option('-v, --verbose', 'a line for every step')
    .action(act(async ([run], options) => (await import('./commands/rollback.ts')).rollback(run, options, shell)));

  add('status [run]', 'where a run stands, what is open, what is due when', ['golive status', 'golive status --json'])
    .option('-v, --verbose', 'with when each step was begun, and how long it took')
    .action(act(async ([run], options) => (await import('./commands/status.ts')).status(run, options, shell)));

  add('watch [run]', 'follow a run that somebody works on, from another terminal; only reads', [
    'golive watch aep-prod',
    'golive watch aep-prod --json',
  ])
    .option('-v, --verbose', 'all that happened so far, and a line for every step')
    .action(act(async ([run], options) => (await import('./commands/watch.ts')).watch(run, options, shell)));

  add('stop <run>', 'end a run as a no-go, from another terminal or when nobody is at it', [
    "golive stop aep-prod --reason 'the window is over'",
  ])
    .option('--reason <text>', 'why it ends; asked for at a terminal')
    .option('--leave', 'what the run changed stays as it is: do not ask')
    .option('--as <principal>', 'who you are; otherwise git’s user.email')
    .option('--key <file>', 'SSH key to sign with')
    .action(act(async ([run = ''], options) => (await import('./commands/stop.ts')).stop(run, options, shell)));

  add('note <run> <text...>', 'leave a note in the log of an open run', [
    'golive note aep-prod "CDN support ticket 4711 opened"',
  ])
    .option('--as <principal>', 'who you are; otherwise git’s user.email')
    .option('--key <file>', 'SSH key to sign with')
    .action(
      act(async ([run = '', ...text], options) =>
        (await import('./commands/note.ts')).note(run, text.join(' '), options, shell),
      ),
    );

  add('request <run> <gate>', 'have somebody at another machine decide about an open gate: writes a file for them', [
    'golive request aep-prod go-live',
    'golive request aep-prod go-live --expires 30m --out for-bob.json',
  ])
    .option('--out <file>', 'where to (default: GATE-RUN-ATTEMPT.request.json here)')
    .option('--expires <duration>', 'how long it counts (default: 4h)')
    .action(
      act(async ([run = '', gate = ''], options) =>
        (await import('./commands/request.ts')).request(run, gate, options, shell),
      ),
    );

  add('sign <file>', 'decide about a gate of a run that is elsewhere, from the file of a request', [
    'golive sign go-live-q2xk7c3a-1.request.json',
    "golive sign FILE --decision no-go --comment 'the load test is red'",
  ])
    .option('--as <principal>', 'who you are; otherwise git’s user.email')
    .option('--key <file>', 'SSH key to sign with')
    .option('--allowed-signers <file>', 'the people you trust (default: .golive/allowed_signers, found upwards)')
    .option('--roles <file>', 'with it: who of them holds which role (default: roles.yaml beside them)')
    .option('--revoked <file>', 'with it: keys no longer trusted (KRL or list)')
    .option('--trust-repo <rev>', 'instead: trust the people in .golive as of this commit of the repository here')
    .option('--role <role>', 'the role you speak for, where you hold several that are asked')
    .option('--decision <decision>', 'go or no-go; then nobody is asked')
    .option('--comment <text>', 'why; a no-go needs it')
    .option('--out <file>', 'where to (default: the name of the request with .decision.json)')
    .action(act(async ([file = ''], options) => (await import('./commands/sign.ts')).sign(file, options, shell)));

  add('accept <run> <file>', 'take a decision that was signed elsewhere into a run', [
    'golive accept aep-prod go-live-q2xk7c3a-1.decision.json',
  ])
    .option('--as <principal>', 'who you are; otherwise git’s user.email')
    .option('--key <file>', 'SSH key to sign with')
    .action(
      act(async ([run = '', file = ''], options) =>
        (await import('./commands/accept.ts')).accept(run, file, options, shell),
      ),
    );

  add('amend <run>', 'go on with a checklist that was mended in the middle of a run', [
    'golive amend aep-prod --dry-run',
    'golive amend aep-prod --reason "wrong status expected of public-api"',
    'golive amend aep-prod --file mended.yaml',
  ])
    .option('--file <file>', 'the mended checklist (default: the file the run was begun with)')
    .option('--reason <text>', 'why; it stands in the log')
    .option('--yes', 'without typing the name of the run')
    .option('--dry-run', 'only show the difference')
    .option('--as <principal>', 'who you are; otherwise git’s user.email')
    .option('--key <file>', 'SSH key to sign with')
    .option('--trust-checklist <digest>', 'a checklist that is not golive’s own, by its SHA-256')
    .action(act(async ([run = ''], options) => (await import('./commands/amend.ts')).amend(run, options, shell)));
}

/** The same command with how it gets to AWS and to the hosts. */
export function reaching(command: Command): Command {
  return command
    .option('--profile <name>', 'AWS profile')
    .option('--connect-to <to>', connectToHelp, several)
    .option('--dns-server <to>', dnsServerHelp)
    .option('--ca <file>', 'trust these certificate authorities too (PEM)')
    .option('--allow-endpoint', 'let a host outside AWS answer instead of AWS');
}

/** Each takes one value, so that a name after it stays a name: `--break redis-down aep-prod`. */
export function several(value: string, before: readonly string[] = []): readonly string[] {
  return [...before, value];
}

const actHelp = 'ask nobody and change things: answers from --values, decisions signed elsewhere';
const deadlineHelp = 'how long all of it may take; what is not decided by then is inconclusive';
export const reportHelp = 'when it is done: junit:out.xml, markdown:-, html:run.html, … (repeatable)';
const dnsServerHelp = 'ADDR:PORT: ask it whatever any DNS server would be asked';
const connectToHelp = 'HOST:PORT:ADDR:PORT: connect elsewhere, keep name and certificate (repeatable)';
