// What can be said at a line of a section instead of answering it, and the word that closes one.

import { isAnswered, type Flow } from '../engine/flow.ts';
import { nearest } from '../engine/nearest.ts';
import type { Plan, Step } from '../engine/plan.ts';
import type { State } from '../engine/state.ts';
import { pair, type Page } from '../render/layout.ts';

/** A word with what it is about, or what is wrong with it. */
export type Word =
  | { readonly do: 'skip' }
  | { readonly do: 'list' }
  | { readonly do: 'back'; readonly step: string }
  | { readonly do: 'hand'; readonly role: string }
  | { readonly problem: string };

/** Where a word is typed. */
export interface At {
  readonly plan: Plan;
  readonly state: State;
  readonly step: Step;
  /** Absent where the question is asked alone. */
  readonly flow: Flow | undefined;
  /** The words of this prompt. */
  readonly words: readonly string[];
  readonly secret: boolean;
  /** It is asked behind all lines, whether the section is closed. */
  readonly closing: boolean;
}

/** A secret may begin with a colon: only this is no secret. */
const whole = /^:(?:skip|back|list|hand [a-z0-9_-]+)$/i;

/** What may be typed at this line, as it is shown. */
export function wordsAt(plan: Plan, state: State, flow: Flow, step: Step): readonly string[] {
  const before = flow.lines.some((line) => line !== step && isAnswered(state, line));
  const hands = Object.keys(plan.roles).length > 0 && !isAnswered(state, step);
  return [':skip', ...(before ? [':back'] : []), ...(hands ? [':hand ROLE'] : []), ':list'];
}

/** The word that was typed; undefined: it is none, but an answer. */
export function readWord(text: string, at: At): Word | undefined {
  const [name = '', ...rest] = text.trim().split(/\s+/);
  const known = at.words.some((word) => word.split(' ')[0] === name.toLowerCase());
  if (at.flow === undefined || !known || (at.secret && !whole.test(text.trim()))) return undefined;
  const said = rest.join(' ');
  switch (name.toLowerCase()) {
    case ':hand':
      return handTo(at, said);
    case ':back':
      return backTo(at, at.flow, said);
    case ':skip':
      return said === '' ? { do: 'skip' } : { problem: 'type :skip alone; :note leaves the reason in the log' };
    case ':list':
      return { do: 'list' };
    default:
      return undefined;
  }
}

function handTo({ plan }: At, role: string): Word {
  const roles = Object.keys(plan.roles);
  if (roles.includes(role)) return { do: 'hand', role };
  const near = nearest(role, roles);
  if (role !== '' && near !== undefined) return { problem: `there is no role ${role}: did you mean ${near}?` };
  return { problem: `type :hand and one of ${roles.join(', ')}` };
}

/** The answer before this line; behind a section, or with a number, any of them. */
function backTo({ state, step, closing }: At, { lines }: Flow, said: string): Word {
  if (said !== '') {
    const line = /^\d+$/.test(said) ? lines[Number(said) - 1] : undefined;
    if (line === undefined) return { problem: `type :back and a line from 1 to ${lines.length}` };
    return isAnswered(state, line) ? { do: 'back', step: line.id } : { problem: `line ${said} has no answer yet` };
  }
  const above = lines.slice(0, closing ? undefined : lines.indexOf(step)).findLast((line) => isAnswered(state, line));
  return above === undefined
    ? { problem: 'nothing above this line was answered; :back and a number goes to any line' }
    : { do: 'back', step: above.id };
}

/** What the words of a section do, for `:help`. */
export function wordLines(page: Page, plan: Plan, words: readonly string[]): string[] {
  const does: Readonly<Record<string, string>> = {
    ':skip': 'leave this line open for now; it is asked again later',
    ':back': 'correct the answer before; :back 3 that of line 3',
    ':hand': `leave it open for somebody else: ${Object.keys(plan.roles).join(', ')}`,
    ':list': 'show the section again',
  };
  return words.flatMap((word) => {
    const text = does[word.split(' ')[0] ?? ''];
    return text === undefined ? [] : pair(page, 4, word, text, 12);
  });
}

/**
 * The word that closes a section: the longest of its title, so that each section takes another one. Titles without a
 * word of four letters take `closed`.
 */
export function closingWord(title: string): string {
  const words =
    title
      .normalize('NFC')
      .toLowerCase()
      .match(/[\p{L}\p{N}]{4,30}/gu) ?? [];
  return words.reduce((longest, word) => (word.length > longest.length ? word : longest), words[0] ?? 'closed');
}
