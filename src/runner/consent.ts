// The questions that let something change: an act, the way back, and what became of a change that nobody knows about.
// Nothing but the exact word says yes.

import type { Step } from '../engine/plan.ts';
import { confirmLines, lostLines, requestLines, wordFor, type ActShown, type LostShown } from '../render/act.ts';
import { visible } from '../render/text.ts';
import { backLines, deeperWord, type BackShown } from '../render/way-back.ts';
import { principalPattern } from '../log/bodies.ts';
import type { Asked, Choice, Operator, Signer } from '../world.ts';
import { isLeave, type Back, type Confirmed, type Found, type Leave, type Reply, type Wider } from './people.ts';
import { anotherPerson, knownPeople, until, type Desk } from './who-signs.ts';

/** Asks until the word is typed, by as many people as it takes, or somebody turns away. */
export async function confirmAct(desk: Desk, step: Step, shown: ActShown): Promise<Reply<Confirmed>> {
  const { page, plan } = desk;
  desk.print(confirmLines(page, plan, step, shown));
  const word = wordFor(plan, shown.confirm);
  const people = typeof shown.confirm === 'object' ? shown.confirm.people : 1;
  const evidence = (): void => desk.print(requestLines(page, shown.prospect.request));
  const last = people === 1 ? 'and it is done' : `; ${people - 1} more will be asked`;
  const quoted = typeof shown.confirm === 'object' ? `"${visible(word)}"` : visible(word);
  const said = await until(desk, step, evidence, (operator) =>
    askForWord(operator, `Type ${quoted} ${last}`.replace(' ;', ';'), word),
  );
  if (typeof said !== 'string') return said;
  const names = [desk.principal];
  const agreed: Signer[] = [];
  for (let person = 2; person <= people; person += 1) {
    const other = await another(desk, step, `Person ${person} of ${people}: who are you?`, names);
    if (isLeave(other)) return other;
    const who = typeof other === 'string' ? other : other.principal;
    const theirs = await until(desk, step, evidence, (operator) =>
      askForWord(operator, `${visible(who)}, type ${visible(word)}${person === people ? ' and it is done' : ''}`, word),
    );
    if (typeof theirs !== 'string') return theirs;
    names.push(who);
    if (typeof other !== 'string') agreed.push(other);
  }
  if (people > 1 && agreed.length === 0) await desk.note(step.id, `${names.join(' and ')} each typed: ${word}`);
  return { agreed };
}

/** Somebody else with their key; where nobody is known, the name they type. */
async function another(
  desk: Desk,
  step: Step,
  question: string,
  names: readonly string[],
): Promise<Signer | string | Leave | Back> {
  if (desk.roster !== undefined) {
    const among = knownPeople(desk.state()).filter((one) => !names.includes(one));
    const signer = await anotherPerson(desk, step, question, { among, others: names });
    if (signer !== undefined) return signer;
  }
  return until(
    desk,
    step,
    () => undefined,
    (operator) => operator.line(question, (text) => anotherName(text, names)),
  );
}

function anotherName(text: string, names: readonly string[]): string | undefined {
  if (!principalPattern.test(text)) return 'type who you are, such as bob@example.com';
  return names.includes(text) ? `${text} has agreed already: it takes somebody else` : undefined;
}

/** Asks for the name of the target; an id the checklist offers, or a word for more, shows another way back first. */
export async function confirmBack(desk: Desk, shown: BackShown): Promise<Reply<'confirmed' | 'turned away' | Wider>> {
  const { page, plan } = desk;
  const first = shown.backs[0]?.step ?? shown.offered[0]?.step;
  // Whoever goes on with one has nothing to turn away from: what is left is only to be said.
  if (first === undefined) return shown.begun ? 'confirmed' : 'turned away';
  desk.print(backLines(page, plan, shown));
  const word = wordFor(plan, 'target');
  const ids = shown.begun ? [] : shown.offered.flatMap(({ step, waits }) => (waits === undefined ? [step.id] : []));
  const deeper = shown.to !== '' && shown.older.length > 0 && !shown.begun;
  const nothing = shown.backs.every(({ none }) => none !== undefined) && !shown.offered.some(({ chosen }) => chosen);
  const check = (text: string): string | undefined => {
    if (ids.includes(text) || (deeper && text === deeperWord)) return undefined;
    if (text !== word) return `nothing was done: type ${visible(word)}, or :rollback to leave it`;
    if (!nothing || shown.begun) return undefined;
    return ids.length === 0
      ? 'nothing here can be taken back: :rollback leaves this'
      : `nothing would be done: type one of ${ids.join(', ')} first`;
  };
  for (;;) {
    const said = await desk.operator.line(`Type ${visible(word)} to take this back, or :rollback to leave it`, check);
    if ('answer' in said) {
      if (said.answer === word) return 'confirmed';
      return said.answer === deeperWord && deeper ? { deeper: true } : { with: said.answer };
    }
    if (said.aside === 'rollback') return 'turned away';
    const requests = [...shown.backs, ...shown.offered.filter(({ chosen }) => chosen)];
    const evidence = (): void => {
      desk.print(backLines(page, plan, shown));
      requests.forEach(({ prospect }) => prospect && desk.print(requestLines(page, prospect.request)));
    };
    const left = await desk.aside(said.aside, first, evidence);
    if (left) return left;
  }
}

const becameChoices: readonly Choice<'y' | 'n' | 'u'>[] = [
  { key: 'y', label: 'yes, it was made' },
  { key: 'n', label: 'no, it was not made' },
  { key: 'u', label: 'it cannot be found out now' },
];
const became = { y: 'applied', n: 'not-applied', u: 'unknown' } as const;

/** Asks what became of a change, and how that is known. */
export async function askWhatBecame(desk: Desk, step: Step, shown: LostShown, by: string): Promise<Reply<Found>> {
  const evidence = (): void => desk.print(requestLines(desk.page, shown.request));
  desk.print(lostLines(desk.page, step, shown));
  const key = await until(desk, step, evidence, (operator) => operator.menu(`${step.id}: was it made?`, becameChoices));
  if (typeof key !== 'string') return key;
  const question = key === 'u' ? 'Why can it not be found out?' : 'What did you see, and where?';
  const reason = await until(desk, step, evidence, (operator) =>
    operator.line(question, (text) => (text.trim() === '' ? 'type what you saw' : undefined)),
  );
  return typeof reason === 'string' ? { result: became[key], by, reason } : reason;
}

function askForWord(operator: Operator, question: string, word: string): Promise<Asked<string>> {
  const check = (text: string): string | undefined =>
    text === word ? undefined : `nothing was done: type ${visible(word)}, or :pause to turn away`;
  return operator.line(question, check);
}
