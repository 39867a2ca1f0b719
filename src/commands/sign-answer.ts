// What somebody who signs a request decides, and for which role: asked at the terminal, or said beforehand.

import { holds, holdersText, noVote } from '../engine/people.ts';
import { stepState } from '../engine/state.ts';
import { GoliveError } from '../errors.ts';
import { fingerprint } from '../log/public-key.ts';
import { visible } from '../render/text.ts';
import type { Signer } from '../world.ts';
import type { Desk } from './desk.ts';
import type { AskedFor, Trusting } from './sign-check.ts';

/** Beside what every decision says; `role` undefined: the only one that is open. */
export interface Chosen {
  readonly role: string | undefined;
  readonly decision: 'go' | 'no-go';
  readonly comment: string;
}

/** What the command line says of it. */
export interface Beforehand {
  readonly role?: string;
  /** `go` or `no-go`: then nobody is asked. */
  readonly decision?: string;
  readonly comment?: string;
}

/** Of a comment, in characters. */
const longestComment = 2000;

/** What was decided on the command line; undefined: somebody has to be asked. Throws GoliveError `usage`. */
export function decidedBeforehand({ role, decision, comment = '' }: Beforehand): Chosen | undefined {
  if (comment.length > longestComment)
    throw new GoliveError('usage', `a comment has at most ${longestComment} characters`);
  if (decision === undefined) return undefined;
  if (decision !== 'go' && decision !== 'no-go')
    throw new GoliveError('usage', `--decision takes go or no-go, not ${decision}`);
  if (decision === 'no-go' && comment.trim() === '')
    throw new GoliveError('usage', 'a no-go is not given without a reason', { hint: "Say why: --comment '…'" });
  return { role, decision, comment };
}

/** Somebody with the roles they can speak for. */
interface Asking {
  readonly asked: AskedFor;
  readonly signer: Signer;
  readonly roles: readonly string[];
  readonly show: () => void;
}

/** Asks whoever is at this terminal. Undefined when they turn away. Throws GoliveError as `refuseRole`. */
export async function askDecision(
  desk: Desk,
  { asked, signer, roles, show }: Asking,
  options: Beforehand,
): Promise<Chosen | undefined> {
  const ask = async (question: string, check: (text: string) => string | undefined): Promise<string | undefined> => {
    for (;;) {
      const said = await desk.operator.line(question, check);
      if ('answer' in said) return said.answer;
      if (said.aside !== 'evidence' && said.aside !== 'help') return undefined;
      show();
    }
  };
  const oneOf = (words: readonly string[]) => (text: string) =>
    words.includes(text) ? undefined : `type ${words.join(' or ')}`;
  desk.print([desk.page.theme.dim(`  ${visible(`${signer.principal} signs with ${signer.source}`)}`)]);
  const role =
    options.role ?? (roles.length > 1 ? await ask(`Which role? (${roles.join(', ')})`, oneOf(roles)) : onlyOne(roles));
  if (role === undefined) return undefined;
  refuseRole(asked, roles, role, signer);
  const title = asked.plan.roles[role]?.title ?? role;
  const decision = await ask(`${title}, go or no-go?`, oneOf(['go', 'no-go']));
  if (decision === undefined) return undefined;
  if (decision === 'go') return { role, decision: 'go', comment: options.comment ?? '' };
  const reason = (text: string): string | undefined =>
    text.trim() === '' ? 'type the reason' : text.length > longestComment ? 'that is too long' : undefined;
  const given = options.comment?.trim() ?? '';
  const comment = given === '' ? await ask('Why no-go?', reason) : given;
  return comment === undefined ? undefined : { role, decision: 'no-go', comment };
}

/** The roles without a vote that this person holds. Throws GoliveError `role` when there is none, with who holds them. */
export function rolesOpenTo(
  { roles, state, step, plan }: AskedFor,
  { principal }: Signer,
  { people }: Trusting,
): readonly string[] {
  const known = people === undefined ? state : { ...state, people };
  const own = roles.filter((role) => holds(known, principal, role));
  if (own.length > 0) return own;
  const who = roles.map((role) => `${plan.roles[role]?.title ?? role}: ${holdersText(known, role)}`);
  throw new GoliveError('role', `${principal} holds none of the roles that ${step.id} waits for`, {
    hint: `${who.join('. ')}. Whoever signs says so with --as and --key.`,
  });
}

/** The role where there is no choice. Throws GoliveError `role` where there is one. */
export function onlyOne(roles: readonly string[]): string {
  const [role = '', ...others] = roles;
  if (others.length === 0) return role;
  throw new GoliveError('role', `for which role is this? ${roles.join(', ')}`, { hint: `Say it: --role ${role}` });
}

/** Throws GoliveError `role` for one that is not open to this person, as the run sees it too. */
export function refuseRole(
  { plan, state, step, work, attempt }: AskedFor,
  roles: readonly string[],
  role: string,
  signer: Signer,
): void {
  if (!roles.includes(role))
    throw new GoliveError('role', `${role} is no role that ${signer.principal} can speak for at ${step.id}`, {
      hint: `Open to them: ${roles.join(', ')}.`,
    });
  const { principal: by } = signer;
  const signed = stepState(state, step.id).signoffs.some(
    (word) => word.attempt === attempt && word.principal === by && word.role === role,
  );
  if (signed) throw new GoliveError('role', `${by} has signed about attempt ${attempt} of ${step.id} already`);
  const refused = noVote(plan, state, { id: step.id, work }, { role, by, key: fingerprint(signer.publicKey) });
  if (refused !== undefined) throw new GoliveError('role', refused);
}
