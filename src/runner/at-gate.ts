// The poll of a gate at a terminal: who holds the role says go or no-go here, or signed it elsewhere.

import type { Envelope } from '../engine/events.ts';
import { holds, holdersOf, signs } from '../engine/people.ts';
import type { Step } from '../engine/plan.ts';
import { stepState } from '../engine/state.ts';
import { GoliveError, withHint } from '../errors.ts';
import { pair } from '../render/layout.ts';
import { visible, wrap } from '../render/text.ts';
import type { Signer } from '../world.ts';
import { isLeave, type Back, type Leave, type Reply, type Vote } from './people.ts';
import { keyOf, until, type Desk, type Evidence } from './who-signs.ts';

/** Decisions that are made at other machines. */
export interface Elsewhere {
  /** Writes a file to be signed at another machine, and says in words what to do with it. */
  request(step: Step): Promise<readonly string[]>;
  /** The statement in a file that came back. Throws GoliveError when it is none. */
  read(path: string): Promise<Envelope>;
}

export interface GateDesk extends Desk {
  readonly elsewhere?: Elsewhere | undefined;
  /** Who answers for a role: the one at the keyboard, or in a rehearsal the role's own person. */
  readonly personOf: (role: string | undefined) => string;
}

/** Asks for the vote of one role. `evidence` shows again what it is about. */
export async function askVote(desk: GateDesk, step: Step, role: string, evidence: Evidence): Promise<Reply<Vote>> {
  const state = desk.state();
  const title = visible(desk.plan.roles[role]?.title ?? role);
  const own = desk.personOf(role);
  if (!signs(state) || holds(state, own, role)) {
    const said = await sayGo(desk, step, `${title}, go or no-go?`, evidence);
    if (typeof said !== 'string' || said === 'silent') return said;
    return signedBy(desk, step, own, said);
  }
  return askHolder(desk, step, { role, title }, evidence);
}

/** Who has voted in the poll that is open. */
export function votedLines({ page, plan, state }: GateDesk, { id }: Step): string[] {
  return Object.entries(stepState(state(), id).votes).flatMap(([role, { decision, by }]) =>
    pair(page, 4, 'voted', `${plan.roles[role]?.title ?? role}: ${decision} by ${by}`),
  );
}

/** Nobody at this keyboard holds the role: one of those who do comes here, or has signed elsewhere, or nobody answers. */
async function askHolder(
  desk: GateDesk,
  step: Step,
  { role, title }: { readonly role: string; readonly title: string },
  evidence: Evidence,
): Promise<Reply<Vote>> {
  const holders = holdersOf(desk.state(), role);
  desk.print(holders.length === 0 ? nobodyLines(desk, role, title) : holderLines(desk, title, holders));
  const ways = [...holders, ...(desk.elsewhere ? ['request'] : []), 'none'];
  const isFile = (text: string): boolean => desk.elsewhere !== undefined && /\/|\.json$/.test(text);
  const check = (text: string): string | undefined =>
    ways.includes(text) || isFile(text) ? undefined : `type ${ways.map((way) => visible(way)).join(', ')}`;
  const question = holders.length === 0 ? `${title}: type none to go on without it` : `${title}, who signs?`;
  for (;;) {
    const typed = await until(desk, step, evidence, (operator) => operator.line(question, check));
    if (typeof typed !== 'string') return typed;
    if (typed === 'none') return 'silent';
    if (holders.includes(typed)) {
      const signer = await keyOf(desk, step, typed);
      if (signer === undefined || isLeave(signer)) return signer ?? 'silent';
      const said = await sayGo(desk, step, `${visible(typed)} for ${title}, go or no-go?`, evidence);
      if (typeof said !== 'string' || said === 'silent') return said;
      return signedBy(desk, step, typed, said, signer);
    }
    const brought = await fromElsewhere(desk, step, typed);
    if (brought !== undefined) return { decision: 'go', by: '', comment: '', statement: brought };
  }
}

/** Writes a request, or reads a decision; says what came of it. */
async function fromElsewhere(desk: GateDesk, step: Step, typed: string): Promise<Envelope | undefined> {
  const { elsewhere, page } = desk;
  if (elsewhere === undefined) return undefined;
  try {
    if (typed !== 'request') return await elsewhere.read(typed);
    desk.print((await elsewhere.request(step)).flatMap((line) => wrap(line, page.width, 2)));
  } catch (error) {
    if (!(error instanceof GoliveError)) throw error;
    desk.print(pair(page, 2, page.theme.glyphs.error, withHint(error), 2));
  }
  return undefined;
}

async function sayGo(
  desk: GateDesk,
  step: Step,
  question: string,
  evidence: Evidence,
): Promise<'go' | 'no-go' | 'silent' | Leave | Back> {
  const check = (text: string): string | undefined =>
    text === 'go' || text === 'no-go' || text === 'none' ? undefined : 'type go or no-go, or none for no answer';
  const said = await until(desk, step, evidence, (operator) => operator.line(question, check));
  if (typeof said !== 'string') return said;
  return said === 'go' || said === 'no-go' ? said : 'silent';
}

async function signedBy(
  desk: GateDesk,
  step: Step,
  by: string,
  decision: 'go' | 'no-go',
  known?: Signer,
): Promise<Vote | Leave | Back> {
  const signer = known ?? (await keyOf(desk, step, by));
  if (signer === undefined) return { decision, by, comment: '' };
  if (isLeave(signer)) return signer;
  if (signer.throwAway !== true) {
    desk.print([desk.page.theme.dim(`  ${visible(by)} signs with ${visible(signer.source)}`)]);
  }
  return { decision, by, comment: '', signer };
}

function holderLines(desk: GateDesk, title: string, holders: readonly string[]): string[] {
  const { page, elsewhere } = desk;
  const here = `${title} is ${holders.join(' or ')}; at this keyboard is ${desk.principal}.`;
  const away =
    elsewhere === undefined
      ? ''
      : ' request writes a file to sign elsewhere, and the file that comes back is typed here.';
  return [
    ...wrap(`  ${visible(here)}`, page.width, 2),
    ...wrap(`  Type who signs here.${away} none: no answer, which is not a go.`, page.width, 2),
  ].map((line) => page.theme.dim(line));
}

function nobodyLines({ page, roster }: GateDesk, role: string, title: string): string[] {
  const where = roster?.source ?? '.golive/roles.yaml';
  const way = `Pause (:pause), write ${role} to somebody in ${where}, and resume: who holds what is read again then.`;
  return pair(page, 2, page.theme.glyphs.error, `Nobody holds ${title} (${role}). ${way}`, 2, page.theme.bad);
}
