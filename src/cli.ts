// The command line on one page. Imports commander and nothing else; every action loads its command when it is called.

import { Command, CommanderError } from 'commander';
import { pastCommands } from './cli-past.ts';
import { reaching, reportHelp, runCommands, several, type Action } from './cli-runs.ts';
import { trustCommands } from './cli-trust.ts';
import type { ProcessShell } from './commands/shell.ts';

/** Runs one command line and returns the exit code. */
export async function runCli(argv: readonly string[], shell: ProcessShell): Promise<number> {
  let exit = 0;
  const program = commandTree(shell, (code) => (exit = code));
  try {
    await program.parseAsync([...argv], { from: 'user' });
    return exit;
  } catch (error) {
    if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : 3;
    const { explain } = await import('./commands/explain.ts');
    return explain(error, shell);
  }
}

/** Every command with its options, for parsing and for shell completion. */
export function commandTree(shell: ProcessShell, done: (exit: number) => void): Command {
  const program = new Command('golive')
    .description(
      'Runs go-live checklists: machines decide what machines can, people decide the rest, and a signed log keeps it.',
    )
    .version(shell.version, '-V, --version')
    .option('--runs-dir <dir>', 'where runs are kept', '.golive/runs')
    .option('--json', 'machine-readable output on standard output')
    .option('--no-color', 'no colour (NO_COLOR is honoured too)')
    .configureHelp({ showGlobalOptions: true })
    .showHelpAfterError('(golive help shows the commands)')
    .configureOutput({ writeOut: (text) => shell.out(text.trimEnd()), writeErr: (text) => shell.err(text.trimEnd()) })
    .exitOverride()
    .addHelpText('after', () => rootExamples);

  const act = (action: Action) =>
    async function (this: Command): Promise<void> {
      // zod would compile a validator for each schema it meets; a process that uses most of them once never earns that back.
      (await import('zod')).config({ jitless: true });
      done(
        await action(
          this.processedArgs.flat().filter((arg): arg is string => typeof arg === 'string'),
          this.optsWithGlobals(),
        ),
      );
    };
  const add = (usage: string, description: string, examples: readonly string[] = []): Command =>
    program
      .command(usage)
      .description(description)
      .copyInheritedSettings(program)
      .showHelpAfterError(`(golive help ${usage.split(' ', 1)[0]} shows how)`)
      .addHelpText('after', examplesText(examples));

  runCommands({ add, act, shell });

  add('rehearse <name-target>', 'run the real checklist against a stand-in account and application', [
    'golive rehearse aep-prod',
    'golive rehearse aep-prod --auto',
    'golive rehearse aep-prod --list-breaks',
    'golive rehearse aep-prod --break redis-down',
    'golive rehearse aep-prod --survey --break access-denied',
  ])
    .option('--auto', 'the calm operator of the world file answers; stops at a red')
    .option('--survey', 'goes past reds: shows what a break turns red; never a go')
    .option('--break <name>', 'break the world in a named way (repeatable)', several)
    .option('--list-breaks', 'only list the named ways, and which steps each turns red')
    .option('--world <file>', 'break the world with a patch of your own (YAML, RFC 7396)')
    .option(
      '--speed <n>',
      'pace jumps of the clock n times faster than real time, or max (default: 60; max when it answers by itself)',
    )
    .option('--phase <id>', 'only this phase (repeatable); never a go', several)
    .option('--own-keys', 'people sign with their own keys, roles as in .golive/roles.yaml: as on the day')
    .option('--as <principal>', 'with --own-keys: who you are; otherwise git’s user.email')
    .option('--key <file>', 'with --own-keys: SSH key to sign with')
    .option('--one-session', 'end at each wait between phases, as a real run does; golive resume goes on')
    .option('--t0 <time>', 'the moment of cutover, on the rehearsal’s clock, with a zone')
    .option('--report <format:file>', reportHelp, several)
    .option('-v, --verbose', 'a line for every step')
    .action(
      act(async ([name = ''], options) => (await import('./commands/rehearse.ts')).rehearse(name, options, shell)),
    );

  add('stand-in <name-target>', 'serve the stand-in account and application until Ctrl-C', [
    'golive stand-in aep-prod --break targets-unhealthy',
    'golive stand-in pantheon-staging --folder work',
  ])
    .option('--break <name>', 'break the world in a named way (repeatable)', several)
    .option('--world <file>', 'break the world with a patch of your own (YAML, RFC 7396)')
    .option('--port <n>', 'port of the AWS endpoint (default: any that is free)')
    .option('--folder <dir>', 'a new folder: lay out the files of the world there, and values.yaml for a dry run')
    .action(
      act(async ([name = ''], options) => (await import('./commands/stand-in.ts')).standIn(name, options, shell)),
    );

  pastCommands({ add, act, shell });
  trustCommands({ add, act, shell });

  add('list', 'checklists that are here, and their targets', ['golive list']).action(
    act(async (_, options) => (await import('./commands/list.ts')).list(options, shell)),
  );
  add('show <name-target>', 'the plan in words; runs nothing', ['golive show aep-prod', 'golive show aep-prod --calls'])
    .option('--values <file>', 'inputs, answers and account ids (YAML)')
    .option('--calls', 'instead: what it asks of AWS and others, how often, for which steps')
    .action(act(async ([name = ''], options) => (await import('./commands/show.ts')).show(name, options, shell)));
  add('iam-policy <name-target>', 'the smallest IAM policy the checklist needs to look', [
    'golive iam-policy aep-prod > policy.json',
    'golive iam-policy aep-prod --acts',
  ])
    .option('--acts', 'also what its acts and pokes need')
    .option('--values <file>', 'inputs, answers and account ids (YAML)')
    .action(
      act(async ([name = ''], options) => (await import('./commands/iam-policy.ts')).iamPolicy(name, options, shell)),
    );
  reaching(
    add('doctor <name-target>', 'before the day: is everything there that a run needs?', [
      'golive doctor aep-prod',
      'golive doctor aep-prod --profile navra-prod --json',
    ]).option('--values <file>', 'inputs, answers and account ids (YAML)'),
  )
    .option('--as <principal>', 'who you are; otherwise git’s user.email')
    .option('--key <file>', 'SSH key to sign with')
    .action(act(async ([name = ''], options) => (await import('./commands/doctor.ts')).doctor(name, options, shell)));
  add('lint [files...]', 'check checklists and library files; every mistake at once, with its place', [
    'golive lint',
    'golive lint checklists/aep.yaml',
  ]).action(act(async (files, options) => (await import('./commands/lint.ts')).lintFiles(files, options, shell)));
  add('kinds [kind]', 'what a step can do, with its fields and an example', ['golive kinds http']).action(
    act(async ([kind], options) => (await import('./commands/kinds.ts')).kinds(kind, options, shell)),
  );
  add('schema', 'the JSON Schema of checklists, for editors', ['golive schema > checklist-v1.json'])
    .addArgument(program.createArgument('[of]', 'checklist unless given').choices(['checklist', 'library']))
    .action(act(async ([of]) => (await import('./commands/schema.ts')).schema(shell, of)));
  add('completion', 'shell completion', ['golive completion bash > /etc/bash_completion.d/golive'])
    .addArgument(program.createArgument('<shell>', 'for this shell').choices(['bash', 'zsh', 'fish']))
    .action(act(async ([name = '']) => (await import('./commands/completion.ts')).completion(name, shell)));
  program
    .command('__complete [words...]', { hidden: true })
    .allowUnknownOption()
    .action(
      act(async (words, options) =>
        (await import('./commands/completion.ts')).complete(words, commandTree(shell, done), options, shell),
      ),
    );
  return program;
}

function examplesText(examples: readonly string[]): string {
  return examples.length === 0 ? '' : `\nExamples:\n${examples.map((example) => `  ${example}`).join('\n')}`;
}

const rootExamples = `
Examples:
  golive rehearse aep-prod --auto     see it work, against a stand-in
  golive show aep-prod                what would happen
  golive run aep-prod                 cutover day
  golive verify RUN                   weeks later, by somebody else

Exit codes: 0 go (dry run: no objection), 1 no-go, 2 not decided, 3 usage or checklist error, 130 interrupted.`;
