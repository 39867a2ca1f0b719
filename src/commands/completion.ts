// Shell completion: a few lines for the shell, which ask golive for the words that fit.

import type { Command } from 'commander';
import { allChecklists } from '../checklist/find.ts';
import { openFiles } from '../effects/files.ts';
import { kinds } from '../steps/index.ts';
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
  compadd -- $found
}
compdef _golive golive`,
  fish: `complete -c golive -f -a '(golive __complete -- (commandline -opc)[2..-1] (commandline -ct) 2>/dev/null)'`,
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
  const before = words.slice(0, -1).filter((word) => !word.startsWith('-'));
  let command = program;
  let depth = 0;
  for (const word of before) {
    const child = command.commands.find((candidate) => candidate.name() === word);
    if (child === undefined) break;
    command = child;
    depth += 1;
  }
  const flags = command.options.map((option) => option.long ?? option.short ?? '');
  const children = command.commands.map((child) => child.name()).filter((name) => !name.startsWith('_'));
  const argument = command.registeredArguments[Math.min(before.length - depth, command.registeredArguments.length - 1)];
  const found = typed.startsWith('-')
    ? flags
    : children.length > 0
      ? children
      : await argumentWords(argument?.name() ?? '', argument?.argChoices, options, shell);
  for (const word of found.filter((candidate) => candidate.startsWith(typed))) shell.out(word);
  return 0;
}

async function argumentWords(
  name: string,
  choices: readonly string[] | undefined,
  options: GlobalOptions,
  shell: Shell,
): Promise<readonly string[]> {
  if (choices) return choices;
  if (name === 'name-target') return targets(shell);
  if (name === 'kind') return kinds.map((kind) => kind.name);
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
