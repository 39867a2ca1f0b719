// The commands about runs that are over: play one again, compare two, and see what past runs came to.

import type { Shelf } from './cli-runs.ts';
import { vouched } from './cli-trust.ts';

export function pastCommands({ add, act, shell }: Shelf): void {
  const replay = add('replay <run-or-file>', 'play the transcript of a run as it was, from its log', [
    'golive replay aep-prod',
    'golive replay RUN --from go-live --speed 10',
    'golive replay ./run.jsonl --json',
    'golive replay RUN --instant --allowed-signers .github/allowed_signers',
    'golive replay RUN --against checklists/aep.yaml',
  ])
    .option('--speed <n>', 'n times faster than it was (default: 60 at a terminal)')
    .option('--from <step>', 'begin where this step began')
    .option('--instant', 'all at once (the default away from a terminal)')
    .option('--against <file>', 'instead: judge its facts by this checklist, and show what would differ')
    .option('-v, --verbose', 'a line for every step')
    .addHelpText('after', replayExits);
  vouched(replay).action(
    act(async ([run = ''], { against, ...options }) =>
      typeof against === 'string'
        ? (await import('./commands/replay-against.ts')).replayAgainst(run, { ...options, against }, shell)
        : (await import('./commands/replay.ts')).replay(run, options, shell),
    ),
  );

  add('diff <run1> <run2>', 'two runs side by side: verdicts, answers, values, people, durations', [
    'golive diff rehearsal-abcd aep-prod',
    'golive diff RUN1 RUN2 --all',
    'golive diff monday.jsonl tuesday.jsonl --json',
  ])
    .option('--all', 'also what is the same')
    .addHelpText('after', diffExits)
    .action(
      act(async ([one = '', other = ''], options) =>
        (await import('./commands/diff.ts')).diff(one, other, options, shell),
      ),
    );

  add('history <name-target>', 'past runs: verdict, duration, what was waived, what was slow', [
    'golive history aep-prod',
    'golive history aep-prod --json',
  ])
    .option('-v, --verbose', 'every step that never caught anything, by name')
    .action(act(async ([name = ''], options) => (await import('./commands/history.ts')).history(name, options, shell)));
}

const replayExits = `
Exit codes: 0 played to its end, and every line holds (without allowed signers,
nobody vouches for its people), 20 stopped at a line that does not hold, 130
interrupted, else as golive verify. With --against: 0 nothing would differ,
1 something would, 2 something cannot be judged and nothing else differs.`;

const diffExits = `
Exit codes: 0 the same, 1 different, 20 a log does not hold, 23 it is not all
there. How long something took is shown, and never makes two runs different.`;
