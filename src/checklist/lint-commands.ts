// Rules about commands: what is filled in is one word of them, never a program, an option or code.

import type { Json, JsonObject } from '../engine/json.ts';
import { callOf, changesIn, probesIn } from './calls.ts';
import { isTemplate } from './interpolate.ts';
import type { Lint } from './lint.ts';

/** Where a kind takes a command, by its name. */
const commandKeys: Readonly<Record<string, string>> = { command: 'argv', 'ecs.run_task': 'command' };

/** Programs that take code as an argument, and the options behind which it stands, by itself or right at them. */
const interpreters: readonly (readonly [name: RegExp, option: RegExp])[] = [
  [/^(?:sh|bash|dash|ash|zsh|ksh|mksh|fish|su)$/, /^(?:-[a-z]*c|--command(?:=|$)|--init-command(?:=|$))/i],
  [/^python[\d.]*$/, /^-[A-Za-z]*c/],
  [/^(?:perl|ruby)[\d.]*$/, /^-[A-Za-z0-9]*[eE]/],
  [/^(?:node|nodejs|bun|deno)$/, /^(?:-[pe]+|--eval(?:=|$)|--print(?:=|$)|eval$)/],
  [/^php[\d.]*$/, /^(?:-[rBRE]|--run(?:=|$))/],
  // It splits one text into a command.
  [/^env$/, /^(?:-[a-z]*S|--split-string(?:=|$))/],
];

const codeHint =
  'hand the value over as a word of its own: [sh, -c, \'grep "$1" list\', sh, "${name}"], or put the code into a file';

export function lintCommands(lint: Lint): void {
  const probes = probesIn(lint.body, lint.steps).flatMap((container) => callOf(container, lint.kinds) ?? []);
  for (const { name, args } of [...probes, ...changesIn(lint.steps, lint.acts)]) {
    const key = commandKeys[name];
    if (key !== undefined) lintCommand(lint, args, key);
  }
}

function lintCommand(lint: Lint, args: JsonObject, key: string): void {
  const words = args[key];
  if (isTemplate(words)) {
    lint.report.value(args, key, 'a command is written out, word by word: what it does must not hang on a look-up');
    return;
  }
  if (!Array.isArray(words)) return;
  const list: readonly Json[] = words;
  program(lint, list);
  unquoted(lint, list);
  for (const index of codeIn(list)) {
    if (!isTemplate(list[index])) continue;
    lint.report.value(list, index, '`${}` does not stand inside code: whatever is looked up would be run', codeHint);
  }
}

function program({ report }: Lint, words: readonly Json[]): void {
  if (isTemplate(words[0]))
    report.value(words, 0, 'the program is written out: what is run must not hang on a look-up');
}

/** YAML reads 1.10 as 1.1 and 0755 as 755. */
function unquoted({ report }: Lint, words: readonly Json[]): void {
  for (const [index, word] of words.entries()) {
    if (typeof word === 'number')
      report.value(words, index, 'a word of a command is text', `put quotes around it: "${word}"`);
  }
}

/**
 * The indices of words that hold code, or may. Whoever starts another program (`env`, `sudo`, `xargs`) is seen through,
 * so an interpreter is looked for at every place; what then looks like one of its options counts as one.
 */
function codeIn(words: readonly Json[]): ReadonlySet<number> {
  const found = new Set<number>();
  for (const [at, word] of words.entries()) {
    const name = typeof word === 'string' ? (word.split('/').at(-1) ?? '') : '';
    const [, option] = interpreters.find(([pattern]) => pattern.test(name)) ?? [];
    if (option === undefined) continue;
    for (let index = at + 1; index < words.length; index += 1) {
      const here = words[index];
      if (typeof here === 'string' && option.test(here)) found.add(index).add(index + 1);
    }
  }
  return found;
}
