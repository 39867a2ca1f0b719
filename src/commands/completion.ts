// Shell completion: a few lines for the shell, which ask golive for the words that fit.

import type { Command, Option } from 'commander';
import { allChecklists, splitName } from '../checklist/find.ts';
import { openFiles } from '../effects/files.ts';
import { acts, kinds } from '../steps/index.ts';
import { templatesHere } from './kinds-templates.ts';
import { reportFormats } from './report-formats.ts';
import { allRuns, nameOf, openStore } from './runs.ts';
import type { GlobalOptions, Shell } from './shell.ts';

const scripts: Readonly<Record<string, string>> = {
  bash: `_golive() {
  local IFS=$'\\n'
  COMPREPLY=($(compgen -W "$(golive __complete -- "\${COMP_WORDS[@]:1:COMP_CWORD}" 2>/dev/null)" -- "\${COMP_WORDS[COMP_CWORD]}"))
}
complete -o default -F _golive golive`,
  zsh: `#compdef golive
_golive() {
  local -a found
  found=(\${(f)"$(golive __complete -- "\${(@)words[2,CURRENT]}" 2>/dev/null)"})
  if (( $#found )); then compadd -- $found; else _files; fi
}
compdef _golive golive`,
  fish: `complete -c golive -a '(golive __complete -- (commandline -opc)[2..-1] (commandline -ct) 2>/dev/null)'`,
};

/** Prints the lines for one shell. */
export async function completion(name: string, shell: Shell): Promise<number> {
  shell.out(scripts[name] ?? '');
  return 0;
}

/** Prints the words that may stand where the last of `words` is being typed. */
export async function complete(
  words: readonly string[],
  program: Command,
  options: GlobalOptions,
  shell: Shell,
): Promise<number> {
  const typed = words.at(-1) ?? '';
  const before = understood(words.slice(0, -1), program);
  const found = typed.startsWith('-')
    ? before.options.map((option) => option.long ?? '')
    : before.pending === undefined
      ? await wordsFor(before, options, shell)
      : await valueWords(before.pending, before.named, shell);
  for (const word of found.filter((candidate) => candidate.startsWith(typed))) shell.out(word);
  return 0;
}

interface Understood {
  readonly command: Command;
  /** Its own options, and those every command takes. */
  readonly options: readonly Option[];
  /** Its arguments so far. */
  readonly named: readonly string[];
  /** The option whose value is being typed. */
  readonly pending: Option | undefined;
}

function understood(before: readonly string[], program: Command): Understood {
  let command = program;
  let pending: Option | undefined;
  const named: string[] = [];
  for (const word of before) {
    if (pending !== undefined) {
      pending = undefined;
      continue;
    }
    if (word.startsWith('-')) {
      pending = takenBy(command, program).find(
        (option) => option.required && (option.long === word || option.short === word),
      );
      continue;
    }
    const child = named.length > 0 ? undefined : command.commands.find((candidate) => candidate.name() === word);
    if (child === undefined) named.push(word);
    else command = child;
  }
  return { command, options: takenBy(command, program), named, pending };
}

function takenBy(command: Command, program: Command): readonly Option[] {
  return command === program ? program.options : [...command.options, ...program.options];
}

async function wordsFor(
  { command, named }: Understood,
  options: GlobalOptions,
  shell: Shell,
): Promise<readonly string[]> {
  const children = command.commands.map((child) => child.name()).filter((name) => !name.startsWith('_'));
  if (children.length > 0) return children;
  const takes = command.registeredArguments;
  const argument = takes[named.length] ?? (takes.at(-1)?.variadic === true ? takes.at(-1) : undefined);
  return argumentWords(argument?.name() ?? '', argument?.argChoices, options, shell);
}

/** What can stand behind an option; nothing for a file, which the shell completes itself. */
async function valueWords(option: Option, named: readonly string[], shell: Shell): Promise<readonly string[]> {
  if (option.argChoices !== undefined) return option.argChoices;
  if (option.long === '--report') return reportFormats.map((format) => `${format}:`);
  if (option.long !== '--break') return [];
  const { findWorld } = await import('../rehearsal/find-world.ts');
  const { checklist = '', target = '' } = splitName(named[0] ?? '') ?? {};
  try {
    return Object.keys(findWorld({ checklist, target, cwd: shell.cwd, breaks: [] }).world.breaks);
  } catch {
    // A name that is not typed yet, or a world with mistakes: nothing to offer.
    return [];
  }
}

async function argumentWords(
  name: string,
  choices: readonly string[] | undefined,
  options: GlobalOptions,
  shell: Shell,
): Promise<readonly string[]> {
  if (choices) return choices;
  if (name === 'name-target') return targets(shell);
  if (name === 'kind') {
    const templates = (await templatesHere(shell)).map((template) => template.name);
    return [...new Set([...[...kinds, ...acts].map((kind) => kind.name), ...templates])];
  }
  if (!name.startsWith('run')) return [];
  const runs = await allRuns(openStore(options, shell));
  return [...new Set(runs.flatMap((known) => [nameOf(known), known.run]))];
}

/** `aep-prod`, `aep-staging`: read off the text, since completion must be quick and must not fail. */
async function targets(shell: Shell): Promise<readonly string[]> {
  const { parseDocument } = await import('yaml');
  const all = await allChecklists(shell.cwd, openFiles());
  return [...all].flatMap(([name, { text }]) => {
    const root: unknown = parseDocument(text).toJS({ maxAliasCount: 0 });
    const named = typeof root === 'object' && root !== null && 'targets' in root ? root.targets : {};
    return Object.keys(named ?? {}).map((target) => `${name}-${target}`);
  });
}
