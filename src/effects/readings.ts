// What the text of a typed line means at each sort of prompt. Nothing here is ever decided by Enter alone.

import { visible } from '../render/text.ts';
import type { Aside, Choice } from '../world.ts';

/** An answer with how it is shown in the transcript, an aside, or what is wrong with the line. */
export type Reading =
  | { readonly answer: string; readonly shown: string }
  | { readonly aside: Aside; readonly shown: string }
  | { readonly hint: string };

const named: readonly Aside[] = ['note', 'pause', 'stop', 'evidence', 'help'];
// Always understood; `:help` names them, and a prompt only where it is what somebody needs right now.
const asides: readonly Aside[] = [...named, 'attach', 'rollback'];
/** As they are typed. */
export const asideWords = named.map((aside) => `:${aside}`).join(' ');

/** What may be typed beside an answer where a prompt has words of its own. */
export function idleWords(words: readonly string[]): string {
  return words.length === 0 ? asideWords : `${words.join(' ')} :pause :help`;
}

/** `:hand ROLE` and what is typed for it begin with the same word. */
function isOwn(typed: string, words: readonly string[]): boolean {
  const [first] = typed.toLowerCase().split(' ');
  return words.some((word) => word.split(' ')[0] === first);
}

function asideIn(text: string): Reading | undefined {
  const word = text.trim().toLowerCase();
  const aside = asides.find((known) => word === `:${known}`);
  return aside === undefined ? undefined : { aside, shown: `:${aside}` };
}

/** A menu: the key of a choice, shown with its label up to a colon. Nothing typed shows the evidence again. Upper case counts as lower where only that fits. */
export function readMenu(choices: readonly Choice[], text: string): Reading {
  const typed = text.trim();
  if (typed === '') return { aside: 'evidence', shown: 'evidence' };
  const aside = asideIn(typed);
  if (aside !== undefined) return aside;
  const choice = choices.find(({ key }) => key === typed) ?? choices.find(({ key }) => key === typed.toLowerCase());
  if (choice !== undefined)
    return { answer: choice.key, shown: `${choice.key}  ${visible(choice.label.split(':', 1)[0] ?? '')}` };
  const keys = choices.map(({ key }) => key).join(', ');
  return { hint: `${quoted(typed)} is not a choice. Type one of ${keys}, or ${asideWords}` };
}

/** A line: whatever `check` finds nothing wrong with, without the spaces around it. `words`: the prompt's own. */
export function readLine(
  check: (text: string) => string | undefined,
  text: string,
  words: readonly string[] = [],
): Reading {
  const typed = text.trim();
  if (typed === '') return { hint: 'Nothing was typed, so nothing is answered' };
  const aside = asideIn(typed);
  if (aside !== undefined) return aside;
  if (typed.startsWith(':') && !isOwn(typed, words))
    return { hint: `${quoted(typed)} is not known. There are ${idleWords(words)}` };
  const wrong = check(typed);
  if (wrong === undefined) return { answer: typed, shown: visible(typed) };
  // A way out that was typed behind what was refused is a way out all the same.
  return asideIn(typed.slice(typed.lastIndexOf(':'))) ?? { hint: wrong };
}

/** A secret: the line as it is, without the spaces around it; a secret may begin with a colon. `words`: the prompt's own. */
export function readSecret(text: string, words: readonly string[] = []): Reading {
  const typed = text.trim();
  if (typed === '') return { hint: 'Nothing was typed, so nothing is answered' };
  // A secret is not taken for a word because it begins like one.
  const own = words.some((word) => (word.includes(' ') ? handForm.test(typed) : typed.toLowerCase() === word));
  return asideIn(typed) ?? { answer: typed, shown: own ? typed : '(hidden)' };
}

/** `:hand` with one word behind it. */
const handForm = /^:hand [a-z0-9_-]+$/i;

function quoted(text: string): string {
  return `"${visible(text.slice(0, 20))}"`;
}
