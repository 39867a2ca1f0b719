// Whose word it is and with which key it is signed: whoever sits here, or somebody who came to this terminal.

import { holdersOf } from '../engine/people.ts';
import type { Plan, Step } from '../engine/plan.ts';
import type { State } from '../engine/state.ts';
import { GoliveError, withHint } from '../errors.ts';
import { pair, type Page } from '../render/layout.ts';
import { visible } from '../render/text.ts';
import type { Roster } from '../roster.ts';
import type { Aside, Asked, Operator, Signer } from '../world.ts';
import type { Back, Leave } from './people.ts';

/** Shows what a question is about. */
export type Evidence = () => Promise<void> | void;

/** What questions to people need of the terminal they are asked at. */
export interface Desk {
  readonly operator: Operator;
  readonly page: Page;
  readonly plan: Plan;
  /** Who is at the keyboard. */
  readonly principal: string;
  readonly state: () => State;
  /** Absent where nobody said who holds which role: then nobody signs. */
  readonly roster?: Roster | undefined;
  print(lines: readonly string[]): void;
  note(step: string, text: string): Promise<void>;
  /** Deals with what somebody said instead of answering. */
  aside(what: Aside, step: Step, evidence: Evidence): Promise<Leave | Back | undefined>;
}

/** Asks until there is an answer or somebody leaves; asides are dealt with in between. */
export async function until<T extends string>(
  desk: Desk,
  step: Step,
  evidence: Evidence,
  ask: (operator: Operator) => Promise<Asked<T>>,
): Promise<T | Leave | Back> {
  for (;;) {
    const said = await ask(desk.operator);
    if ('answer' in said) return said.answer;
    const left = await desk.aside(said.aside, step, evidence);
    if (left) return left;
  }
}

/** The key of somebody whose word is needed: one that is at hand, or one in a file they name. */
export async function keyOf(desk: Desk, step: Step, who: string): Promise<Signer | Leave | Back | undefined> {
  const { roster, page } = desk;
  if (roster === undefined) return undefined;
  const tell = (error: unknown): void => {
    if (!(error instanceof GoliveError)) throw error;
    desk.print(pair(page, 2, page.theme.glyphs.error, withHint(error), 2));
  };
  const atHand = await roster.signer(who).catch(tell);
  if (atHand) return atHand;
  const question = `Which key of ${visible(who)}? The path of its file, or of its .pub where an agent holds it`;
  for (;;) {
    const path = await until(
      desk,
      step,
      () => undefined,
      (operator) => operator.line(question, notEmpty),
    );
    if (typeof path !== 'string') return path;
    const signer = await roster.signer(who, path.trim()).catch(tell);
    if (signer) return signer;
    desk.print(pair(page, 2, page.theme.glyphs.error, `${visible(path)} holds no key of ${visible(who)}`, 2));
  }
}

/**
 * Somebody who is known here and is none of `others`, with their key. `among`: only these may. `question` asks for the name.
 */
export async function anotherPerson(
  desk: Desk,
  step: Step,
  question: string,
  { among, others }: { readonly among: readonly string[]; readonly others: readonly string[] },
): Promise<Signer | Leave | Back | undefined> {
  const check = (text: string): string | undefined => {
    if (others.includes(text)) return `${visible(text)} has spoken already: it takes somebody else`;
    return among.includes(text) ? undefined : `type one of ${among.map((one) => visible(one)).join(', ')}`;
  };
  const who = await until(
    desk,
    step,
    () => undefined,
    (operator) => operator.line(question, check),
  );
  return typeof who === 'string' ? keyOf(desk, step, who) : who;
}

/** Everybody who holds a role here. */
export function knownPeople(state: State): readonly string[] {
  return (state.people ?? []).map(({ principal }) => principal);
}

/** Who may speak for the role: its holders; everybody who is known where there is no role. */
export function speakersFor(state: State, role: string): readonly string[] {
  return role === '' ? knownPeople(state) : holdersOf(state, role);
}

function notEmpty(text: string): string | undefined {
  return text.trim() === '' ? 'type a path' : undefined;
}
