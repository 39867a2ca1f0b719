// Accepting a red, or having looked where the machine could not: what is said, by whom, and with whose key.

import { signs } from '../engine/people.ts';
import type { Step } from '../engine/plan.ts';
import { pair } from '../render/layout.ts';
import { visible } from '../render/text.ts';
import type { Signer } from '../world.ts';
import type { GateDesk } from './at-gate.ts';
import { isLeave, type Back, type Leave, type Remedy } from './people.ts';
import { anotherPerson, knownPeople, speakersFor, type Evidence } from './who-signs.ts';

/** What came of a question begun in the menu; undefined: back to the menu. */
export type FromMenu = Remedy | Leave | Back | undefined;

/** Why the red can be accepted, from somebody who may say so. */
export async function askWaiver(desk: GateDesk, step: Step, evidence: Evidence): Promise<FromMenu> {
  const role = step.waive?.by ?? step.owner ?? '';
  const own = desk.personOf(role === '' ? undefined : role);
  const who = await speaker(desk, step, role, own);
  if (who === undefined || isLeave(who)) return who;
  const reason = await begun(desk, step, visible(step.waive?.ask ?? 'Why can this be accepted?'), {
    check: notEmpty('a reason'),
    evidence,
  });
  if (typeof reason !== 'string') return reason;
  return { do: 'waive', by: who.by, role, reason, signer: who.signer };
}

/** What somebody saw; of what is critical a second person has to have seen it too, and signs that. */
export async function askAttest(desk: GateDesk, step: Step, show: Evidence): Promise<FromMenu> {
  const by = desk.personOf(step.owner);
  const evidence = await begun(desk, step, 'What did you see, and where?', {
    check: notEmpty('the evidence'),
    evidence: show,
  });
  if (typeof evidence !== 'string') return evidence;
  if (step.severity !== 'critical') {
    const who = await speaker(desk, step, '', by);
    if (who === undefined || isLeave(who)) return who;
    return { do: 'attest', by: who.by, evidence, second: '', signer: who.signer };
  }
  const others = knownPeople(desk.state()).filter((one) => one !== by);
  if (others.length === 0) return nobody(desk, `${step.id} is critical, and nobody else is known who could attest it`);
  const question = `${visible(step.id)} is critical: who else saw it?`;
  const second = await anotherPerson(desk, step, question, { among: others, others: [by] });
  if (second === undefined || isLeave(second)) return second;
  return { do: 'attest', by, evidence, second: second.principal, signer: second };
}

interface Speaker {
  readonly by: string;
  readonly signer?: Signer;
}

/** Whoever sits here where they may say it, else somebody who may, at this terminal. */
async function speaker(
  desk: GateDesk,
  step: Step,
  role: string,
  own: string,
): Promise<Speaker | Leave | Back | undefined> {
  if (!signs(desk.state())) return { by: own };
  const among = speakersFor(desk.state(), role);
  if (among.includes(own)) return { by: own };
  const title = role === '' ? 'anybody' : (desk.plan.roles[role]?.title ?? role);
  if (among.length === 0)
    return nobody(desk, `nobody holds ${title}: ${desk.roster?.source ?? 'no file'} says who does`);
  const question = `${visible(title)} accepts this: who signs?`;
  const signer = await anotherPerson(desk, step, question, { among, others: [] });
  return signer === undefined || isLeave(signer) ? signer : { by: signer.principal, signer };
}

function nobody(desk: GateDesk, text: string): undefined {
  const { page } = desk;
  desk.print(pair(page, 2, page.theme.glyphs.error, text, 2, page.theme.bad));
  return undefined;
}

/** A question begun in the menu: what is typed there goes on; an aside is done and leads back to the menu. */
export async function begun(
  desk: GateDesk,
  step: Step,
  question: string,
  { check, evidence }: { readonly check: (text: string) => string | undefined; readonly evidence: Evidence },
): Promise<string | Leave | Back | undefined> {
  const said = await desk.operator.line(question, check);
  return 'answer' in said ? said.answer : desk.aside(said.aside, step, evidence);
}

const notEmpty =
  (what: string) =>
  (text: string): string | undefined =>
    text.trim() === '' ? `type ${what}` : undefined;
