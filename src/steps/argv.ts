// The words of a command: how they are shown, and what a text that was filled in must not mean among them.

import type { Json } from '../engine/json.ts';

const plain = /^[A-Za-z0-9_@%+=:,./-]+$/;

/** The words as a shell would take them, for the eye. */
export function shownCommand(argv: readonly (string | number)[]): string {
  return argv.map(String).map(quoted).join(' ');
}

function quoted(word: string): string {
  return plain.test(word) ? word : `'${word.replaceAll("'", String.raw`'\''`)}'`;
}

/** What `misfilled` of a kind says of its command: a value that comes from elsewhere is never an option. */
export function filledOption(template: Json | undefined, filled: Json | undefined): string | undefined {
  if (!Array.isArray(template) || !Array.isArray(filled)) return undefined;
  const words: readonly Json[] = template;
  const bad = words.find((word, index) => {
    const put: Json | undefined = (filled as readonly Json[])[index];
    const text = typeof put === 'number' ? String(put) : put;
    return isFilled(word) && typeof text === 'string' && text.startsWith('-');
  });
  if (typeof bad !== 'string') return undefined;
  return `${bad.slice(0, 100)} was filled with a text that begins with a hyphen, which the command would take for an option`;
}

/** Whether the beginning of a word comes from elsewhere. */
function isFilled(word: Json): boolean {
  return typeof word === 'string' && word.startsWith('${');
}
