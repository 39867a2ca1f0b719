// The questions before a run goes on with another checklist: why, the word, and somebody else's where it is critical.

import { GoliveError } from '../errors.ts';
import { principalPattern } from '../log/bodies.ts';
import { someIds } from '../render/layout.ts';
import { visible, wrap } from '../render/text.ts';
import type { Roster } from '../roster.ts';
import type { Signer } from '../world.ts';
import type { Desk } from './desk.ts';

/** What has to be agreed to, and by whom. */
export interface Agreement {
  /** The word that says yes: `aep-prod`. */
  readonly word: string;
  /** Who amends. */
  readonly by: string;
  /** Critical steps and gates that are touched: with any, somebody else has to agree. */
  readonly critical: readonly string[];
  /** Who that can be; undefined: anybody else. */
  readonly others: readonly string[] | undefined;
  /** Where they sign it: with what this machine has of them, or with a key they name. */
  readonly roster?: Roster | undefined;
  /** Given on the command line. */
  readonly reason: string | undefined;
  readonly yes: boolean;
  /** Shows the difference once more. */
  readonly again: () => void;
}

export interface Agreed {
  readonly reason: string;
  /** Empty where nobody else had to agree. */
  readonly second: string;
  readonly secondSigner?: Signer | undefined;
}

/** Without a terminal: what was given has to be enough. Throws GoliveError where it is not. */
export function agreedBeforehand({ reason, yes, critical }: Agreement): Agreed {
  if (reason === undefined || reason.trim() === '' || !yes) {
    throw new GoliveError('no-terminal', 'amending needs somebody to ask: there is no terminal', {
      hint: 'Say --reason TEXT and --yes. With --dry-run it only shows the difference.',
    });
  }
  if (critical.length > 0) {
    throw new GoliveError('no-terminal', `${words(critical)}: a second person has to agree at a terminal`);
  }
  return { reason, second: '' };
}

/** Asks at the terminal. Whoever turns away leaves the run as it was: GoliveError `left`, exit 2. */
export async function agreeAt(desk: Desk, agreement: Agreement): Promise<Agreed> {
  const { word, by, critical, again } = agreement;
  const ask = (question: string, check: (text: string) => string | undefined): Promise<string> =>
    answerOf(desk, question, check, again);
  const exactly = (text: string): string | undefined =>
    text === word ? undefined : `nothing was done: type ${visible(word)}, or :pause to turn away`;
  const given = agreement.reason?.trim() ?? '';
  const reason = given === '' ? await ask('Why is it amended?', someText) : given;
  if (!agreement.yes) await ask(`Type ${visible(word)} and the run goes on with this`, exactly);
  if (critical.length === 0) return { reason, second: '' };
  desk.print(wrap(`${words(critical)}: somebody other than ${visible(by)} has to agree, here.`, desk.page.width));
  const second = await ask('Who agrees?', (text) => wrongPerson(text, agreement));
  const secondSigner = await keyOf(second, agreement.roster, ask);
  await ask(`${visible(second)}: type ${visible(word)} to agree`, exactly);
  return { reason, second, secondSigner };
}

/** The key of the second person; undefined where nobody signs. */
async function keyOf(
  who: string,
  roster: Roster | undefined,
  ask: (question: string, check: (text: string) => string | undefined) => Promise<string>,
): Promise<Signer | undefined> {
  const found = await roster?.signer(who);
  if (roster === undefined || found !== undefined) return found;
  const path = await ask(`Which key of ${visible(who)}? The path of its file`, someText);
  const named = await roster.signer(who, path);
  if (named !== undefined) return named;
  throw new GoliveError('key', `${path} holds no key of ${who}: nothing was amended`);
}

function words(critical: readonly string[]): string {
  const these = someIds(critical.map((id) => ({ id })));
  return `This touches what one person alone does not change (${these})`;
}

function someText(text: string): string | undefined {
  return text.trim() === '' ? 'a reason is needed: it stands in the log' : undefined;
}

function wrongPerson(text: string, { by, others }: Agreement): string | undefined {
  if (!principalPattern.test(text)) return 'type who agrees, such as grace@example.com';
  if (text.toLowerCase() === by.toLowerCase()) return `${visible(by)} amends it: somebody else has to agree`;
  if (others === undefined || others.includes(text)) return undefined;
  return `nobody who is known here: ${others.map((one) => visible(one)).join(', ')}`;
}

async function answerOf(
  desk: Desk,
  question: string,
  check: (text: string) => string | undefined,
  again: () => void,
): Promise<string> {
  for (;;) {
    const said = await desk.operator.line(question, check);
    if ('answer' in said) return said.answer.trim();
    if (said.aside === 'evidence') again();
    if (said.aside === 'pause' || said.aside === 'stop' || said.aside === 'rollback')
      throw new GoliveError('left', 'nothing was amended', { exit: 2 });
  }
}
