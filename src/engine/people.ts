// Who may say what: roles and those who hold them, how a poll stands, and whose word a change rests on.

import type { Bodies, KnownPerson, Verdict } from './events.ts';
import { stepsOf, type GateWork, type Plan, type Step } from './plan.ts';
import { stepState, type Signoff, type State } from './state.ts';

type Finding = Bodies['step.verdict']['findings'][number];

/** What a sign-off is about that agrees to another checklist: no step can have this name. */
export const amendments = 'checklist.amend';

/** True when it is known who holds which role: then a word only counts with the signature of whoever says it. */
export function signs(state: State): boolean {
  return state.people !== undefined;
}

/** Whether the person holds the role; everybody does where nobody said who. */
export function holds(state: State, principal: string, role: string): boolean {
  return state.people === undefined || rolesOf(state, principal).includes(role);
}

/** The roles a person holds. */
export function rolesOf(state: State, principal: string): readonly string[] {
  return state.people?.find((one) => one.principal === principal)?.roles ?? [];
}

/** Who holds the role. */
export function holdersOf(state: State, role: string): readonly string[] {
  return (state.people ?? []).filter(({ roles }) => roles.includes(role)).map(({ principal }) => principal);
}

/** The gate, when votes are taken at it right now, or were when the session ended. */
export function openPoll(step: Step | undefined, state: State): GateWork | undefined {
  if (step?.work.type !== 'gate') return undefined;
  const { attempt, running, interrupted, verdict } = stepState(state, step.id);
  return attempt > 0 && (running || interrupted) && verdict === undefined ? step.work : undefined;
}

/** Why this person has no vote for the role at the gate, or undefined. `key`: the fingerprint of the key that signs. */
export function noVote(
  plan: Plan,
  state: State,
  gate: { readonly id: string; readonly work: GateWork },
  vote: { readonly role: string; readonly by: string; readonly key: string },
): string | undefined {
  const { role, by, key } = vote;
  if (!gate.work.poll.includes(role)) return `${role} has no vote at ${gate.id}`;
  if (!holds(state, by, role)) return `${by} does not hold ${titleOf(plan, role)}; ${holdersText(state, role)}`;
  const ran = gate.work.barred.filter((id) => stepState(state, id).act?.by === by);
  if (ran.length > 0) return `${by} ran ${ran.join(', ')}, and whoever did that has no vote at ${gate.id}`;
  if (!gate.work.differentPeople) return undefined;
  const { votes, signoffs } = stepState(state, gate.id);
  const others = Object.entries(votes).filter(([other]) => other !== role);
  const again = others.find(([, other]) => isSame(signoffs, other, by, key));
  if (again === undefined) return undefined;
  const [first, other] = again;
  const who = other.by === by ? by : `${by}, with the key of ${other.by},`;
  const without = [by, other.by];
  const left = holdersOf(state, role).some((one) => !without.includes(one));
  const way = left ? '' : `. Poll again, and let somebody else speak for ${titleOf(plan, first)}`;
  return `${who} has voted for ${titleOf(plan, first)} already, and ${gate.id} takes different people; ${holdersText(state, role, without)}${way}`;
}

function isSame(
  signoffs: readonly Signoff[],
  vote: { readonly by: string; readonly signoff: number },
  by: string,
  key: string,
): boolean {
  const used = signoffs.find(({ seq }) => seq === vote.signoff)?.key;
  return vote.by === by || (key !== '' && used === key);
}

/** Roles that a gate polls and nobody holds, with the first gate that does. */
export function unheldRoles(
  plan: Plan,
  people: readonly KnownPerson[],
): readonly { readonly role: string; readonly title: string; readonly gate: string }[] {
  const polled = stepsOf(plan).flatMap(({ id, work, skip }) =>
    work.type === 'gate' && skip === undefined ? work.poll.map((role) => ({ role, gate: id })) : [],
  );
  return polled
    .filter(({ role }, at) => polled.findIndex((one) => one.role === role) === at)
    .filter(({ role }) => !people.some(({ roles }) => roles.includes(role)))
    .map(({ role, gate }) => ({ role, title: titleOf(plan, role), gate }));
}

/** `ada@example.com holds it`, or that nobody does. */
export function holdersText(state: State, role: string, without: readonly string[] = []): string {
  const holders = holdersOf(state, role).filter((one) => !without.includes(one));
  if (holders.length === 0) return `nobody ${without.length === 0 ? 'holds it' : 'else holds it'}`;
  return `${holders.join(', ')} ${holders.length === 1 ? 'holds it' : 'hold it'}`;
}

function titleOf(plan: Plan, role: string): string {
  return plan.roles[role]?.title ?? role;
}

/** How the poll of a gate stands. Nothing is not a go, and one no-go is enough against it. */
export function pollOf(
  plan: Plan,
  state: State,
  id: string,
  work: GateWork,
): { verdict: Verdict; findings: Finding[] } {
  const { votes } = stepState(state, id);
  const go = work.poll.filter((role) => votes[role]?.decision === 'go').length;
  const needed = work.need === 'all' ? work.poll.length : work.need === 'any' ? 1 : work.need.at_least;
  const against = work.poll.some((role) => votes[role]?.decision === 'no-go');
  const findings = work.poll.map((role): Finding => {
    const vote = votes[role];
    const observed = vote ? `${vote.decision} by ${vote.by}` : 'no answer';
    const verdict = vote?.decision === 'go' ? 'pass' : vote ? 'fail' : 'inconclusive';
    return { verdict, expected: `${titleOf(plan, role)}: go`, observed };
  });
  return { verdict: against ? 'fail' : go >= needed ? 'pass' : 'inconclusive', findings };
}

/** A vote for what is not there any more: after it was shown, something else became known of a step the gate covers. */
export interface StaleVote {
  readonly role: string;
  readonly by: string;
  /** What changed; empty for the checklist or a value of the run. */
  readonly step: string;
}

/** The first stale vote at the gate, or one that would be with `seen` as the line that stood last when it was shown. */
export function staleVote(plan: Plan, state: State, id: string): StaleVote | undefined {
  const { votes } = stepState(state, id);
  for (const [role, { by, seen }] of Object.entries(votes)) {
    const step = touchedSince(plan, state, id, seen);
    if (step !== undefined) return { role, by, step };
  }
  return undefined;
}

/** The same as a sentence. */
export function staleText({ by, step }: StaleVote): string {
  return `${step === '' ? 'the checklist or a value of the run' : step} changed after ${by} was shown what there was`;
}

/** The first step above the gate that something new became known of after that line; undefined: none. */
export function touchedSince(plan: Plan, state: State, gate: string, seen: number): string | undefined {
  const above = stepsAbove(plan, gate);
  return ['', ...above.map(({ id }) => id)].find((id) => (state.touched[id] ?? -1) > seen);
}

/**
 * Lines of the sign-offs that a change rests on: those of every gate above it that said go, and those of the people who
 * confirmed it beside the one who runs it.
 */
export function approvalsOf(plan: Plan, state: State, act: string): readonly number[] {
  const votes = stepsAbove(plan, act)
    .filter(({ id, work }) => work.type === 'gate' && stepState(state, id).verdict?.verdict === 'pass')
    .flatMap(({ id }) => Object.values(stepState(state, id).votes).filter(({ decision }) => decision === 'go'));
  const confirmed = confirmedBy(state, act).map(({ seq }) => seq);
  return [...new Set([...votes.map(({ signoff }) => signoff), ...confirmed])]
    .filter((seq) => seq >= 0)
    .toSorted(byNumber);
}

/** Who signed that this act is to be made, beside the one who runs it: each person once. */
export function confirmedBy(state: State, act: string, attempt = stepState(state, act).attempt): readonly Signoff[] {
  const { principal: runs, key: own } = state.session ?? {};
  const said = stepState(state, act).signoffs.filter((word) => word.decision === 'go' && word.attempt === attempt);
  return said.filter(
    ({ principal, key }, at) =>
      principal !== runs &&
      key !== own &&
      said.findIndex((one) => one.principal === principal || one.key === key) === at,
  );
}

/** What stands above a step, in file order; nothing where it stands in no phase. */
export function stepsAbove(plan: Plan, id: string): readonly Step[] {
  const steps = stepsOf(plan);
  const place = steps.findIndex((step) => step.id === id);
  return place < 0 ? [] : steps.slice(0, place);
}

const byNumber = (a: number, b: number): number => a - b;
