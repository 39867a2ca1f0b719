// The two questions that let something change: an act, and the way back. Nothing but the exact word says yes.

import type { Plan, Step } from '../engine/plan.ts';
import { backLines, confirmLines, requestLines, wordFor, type ActShown, type BackShown } from '../render/act.ts';
import type { Page } from '../render/layout.ts';
import { visible } from '../render/text.ts';
import type { Aside, Asked, Operator } from '../world.ts';
import type { Back, Leave, Reply } from './people.ts';

/** What these questions need of the terminal they are asked at. */
export interface Desk {
  readonly operator: Operator;
  readonly page: Page;
  readonly plan: Plan;
  print(lines: readonly string[]): void;
  /** Deals with what somebody said instead of answering. */
  aside(what: Aside, step: Step, evidence: () => void): Promise<Leave | Back | undefined>;
}

/** Asks until the word is typed or somebody turns away. */
export async function confirmAct(desk: Desk, step: Step, shown: ActShown): Promise<Reply<'confirmed'>> {
  const { operator, page, plan } = desk;
  desk.print(confirmLines(page, plan, step, shown));
  const word = wordFor(plan, shown.confirm);
  for (;;) {
    const said = await askForWord(operator, `Type ${visible(word)} and it is done`, word, ':pause to turn away');
    if ('answer' in said) return 'confirmed';
    const left = await desk.aside(said.aside, step, () => desk.print(requestLines(page, shown.prospect.request)));
    if (left) return left;
  }
}

/** Asks for the name of the target; whatever else is said turns away, except to look or to leave a note. */
export async function confirmBack(desk: Desk, shown: BackShown): Promise<Reply<'confirmed' | 'turned away'>> {
  const { operator, page, plan } = desk;
  const [first] = shown.backs;
  if (first === undefined) return 'turned away';
  desk.print(backLines(page, plan, shown));
  const word = wordFor(plan, 'target');
  for (;;) {
    const said = await askForWord(operator, `Type ${visible(word)} to take this back`, word, ':rollback to leave it');
    if ('answer' in said) return 'confirmed';
    if (said.aside === 'rollback') return 'turned away';
    const evidence = (): void =>
      shown.backs.forEach(({ prospect }) => prospect && desk.print(requestLines(page, prospect.request)));
    const left = await desk.aside(said.aside, first.step, evidence);
    if (left) return left;
  }
}

function askForWord(operator: Operator, question: string, word: string, away: string): Promise<Asked<string>> {
  const check = (text: string): string | undefined =>
    text === word ? undefined : `nothing was done: type ${visible(word)}, or ${away}`;
  return operator.line(question, check);
}
