// The commands about whom to trust: check a run's log, take it along, and the keys people sign with.

import type { Command } from 'commander';
import { several, type Shelf } from './cli-runs.ts';

export function trustCommands({ add, act, shell }: Shelf): void {
  vouched(
    add('verify <run-or-file>', 'check a run’s log: whole, signed, sealed, and by whom', [
      'golive verify RUN --allowed-signers .github/allowed_signers',
      'golive verify run.jsonl --allowed-signers signers --run ID',
      'golive verify RUN --trust-repo origin/main',
    ]),
  )
    .option('--run <id>', 'the run this has to be')
    .option('--anchor <head>', 'a head that was noted elsewhere: the log has to hold it (repeatable)', several)
    .option('--require-anchor', 'without an anchor it is incomplete')
    .option('--rehearsal', 'a rehearsal is what is wanted: exit 0 when it is whole')
    .action(act(async ([run = ''], options) => (await import('./commands/verify.ts')).verify(run, options, shell)));

  const anchor = add('anchor [run]', 'print the head of a run for a ticket, or keep it where nobody can change it', [
    'golive anchor aep-prod',
    'golive anchor aep-prod --to s3://BUCKET/PREFIX',
    'golive anchor check RUN --from s3://BUCKET/PREFIX',
  ])
    .option('--to <place>', 's3://BUCKET/PREFIX: keep it there, under Object Lock')
    .option('--retain <time>', 'how long nobody can change or delete it (default: 400d)')
    .option('--as <principal>', 'who you are; otherwise git’s user.email')
    .option('--key <file>', 'SSH key to sign with');
  toBucket(anchor).action(
    act(async ([run], options) => (await import('./commands/anchor.ts')).anchor(run, options, shell)),
  );
  toBucket(
    anchor
      .command('check <run-or-file>')
      .description('hold a log against its anchors: 0 all fit, 22 one does not, 23 none')
      .copyInheritedSettings(anchor)
      .option('--from <place>', 's3://BUCKET/PREFIX: every anchor of the run that is kept there')
      .option('--anchor <head>', 'a head that was noted elsewhere (repeatable)', several),
  ).action(
    act(async ([log = ''], options) => (await import('./commands/anchor-check.ts')).anchorCheck(log, options, shell)),
  );

  add('export <run>', 'write the log of a run as one file (run.jsonl), or with all its evidence as a folder', [
    'golive export aep-prod --out run.jsonl',
    'golive export aep-prod --bundle aep-prod-2026-11-20',
  ])
    .option('--out <file>', 'where to; standard output otherwise')
    .option('--bundle <dir>', 'a new folder with the log, its evidence, and what an auditor needs')
    .action(act(async ([run = ''], options) => (await import('./commands/export.ts')).exportRun(run, options, shell)));

  const report = add('report <run-or-file>', 'write what a run came to, from its log alone, for people and for CI', [
    'golive report aep-staging --format junit --out golive.xml',
    'golive report aep-prod --format html --out aep-prod.html',
    'golive report RUN --format github',
    'golive report RUN >> "$GITHUB_STEP_SUMMARY"',
    'golive report ./run.jsonl --format json --allowed-signers signers',
  ]);
  report
    .addOption(
      report
        .createOption('--format <format>', 'default: markdown')
        .choices(['junit', 'markdown', 'html', 'github', 'json', 'ndjson']),
    )
    .option('--out <file>', 'where to; standard output otherwise');
  vouched(report).action(
    act(async ([run = ''], options) => (await import('./commands/report.ts')).report(run, options, shell)),
  );

  add('attach <run> <file>', 'keep a file as evidence of a run that is open, named by its SHA-256 in the log', [
    'golive attach aep-prod load-test.pdf --step load-test',
  ])
    .option('--step <id>', 'the step it is about (default: the run as a whole)')
    .option('--name <text>', 'what it is called in the log (default: the name of the file)')
    .option('--as <principal>', 'who you are; otherwise git’s user.email')
    .option('--key <file>', 'SSH key to sign with')
    .action(
      act(async ([run = '', file = ''], options) =>
        (await import('./commands/attach.ts')).attach(run, file, options, shell),
      ),
    );

  const key = add('key', 'the SSH key you sign with, and those that are trusted here', [
    'golive key init --as ada@example.com',
    'golive key show',
    "golive key trust 'ada@example.com … ssh-ed25519 AAAA…' --roles on_call",
    'golive key trust ada.pub --as ada@example.com',
  ]);
  key
    .command('init')
    .description('make an Ed25519 key for golive and print its allowed_signers line')
    .copyInheritedSettings(key)
    .option('--as <principal>', 'who you are; otherwise git’s user.email')
    .action(act(async (_, options) => (await import('./commands/key.ts')).keyInit(options, shell)));
  key
    .command('show')
    .description('print the allowed_signers line of the key golive would sign with')
    .copyInheritedSettings(key)
    .option('--as <principal>', 'who you are; otherwise git’s user.email')
    .option('--key <file>', 'SSH key to sign with')
    .action(act(async (_, options) => (await import('./commands/key.ts')).keyShow(options, shell)));
  key
    .command('trust <line-or-file...>')
    .description('add somebody to .golive/allowed_signers: a line as key show prints it, or a .pub file with --as')
    .copyInheritedSettings(key)
    .option('--as <principal>', 'whose key it is, where that is not said')
    .option('--roles <roles>', 'roles they hold, joined with commas, for .golive/roles.yaml')
    .action(
      act(async (given, options) =>
        (await import('./commands/key-trust.ts')).keyTrust(given.join(' '), options, shell),
      ),
    );

  add('whoami', 'who you are to golive, with which key, and whether what you sign here counts', ['golive whoami'])
    .option('--as <principal>', 'who you are; otherwise git’s user.email')
    .option('--key <file>', 'SSH key to sign with')
    .action(act(async (_, options) => (await import('./commands/whoami.ts')).whoami(options, shell)));
}

/** The same command with whom its reader trusts. */
export function vouched(command: Command): Command {
  return command
    .option('--allowed-signers <file>', 'the people you trust (OpenSSH’s allowed_signers)')
    .option('--roles <file>', 'who of them holds which role (default: roles.yaml beside them, if it is there)')
    .option('--revoked <file>', 'keys no longer trusted (KRL or list)')
    .option('--trust-repo <rev>', 'instead: trust the people in .golive as of this commit of the repository here');
}

/** The same command with how it gets to the bucket. */
function toBucket(command: Command): Command {
  return command
    .option('--profile <name>', 'AWS profile')
    .option('--region <region>', 'of the bucket; otherwise AWS_REGION’s or the profile’s')
    .option('--allow-endpoint', 'let a host outside AWS be the store');
}
