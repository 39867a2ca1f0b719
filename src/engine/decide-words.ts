// What people say: votes, waivers and attestations, and the signatures they rest on. Each refuses what would not count.

import type { Decision } from './decide.ts';
import type { Bodies, Envelope, NewEvent } from './events.ts';
import { amendments, confirmedBy, noVote, openPoll, signs, staleText, touchedSince } from './people.ts';
import { notAttestable, notByRole, notWaivable, unknownPerson } from './overlays.ts';
import { findStep, type Plan, type Step } from './plan.ts';
import { stepState, type Signoff, type State } from './state.ts';

/** `signoff`: the line of the signed word that it rests on, or -1. */
export type WordOrder =
  | {
      readonly order: 'sign';
      readonly step: string;
      readonly role: string;
      readonly decision: Bodies['signoff']['decision'];
      readonly by: string;
      /** What the statement says of the attempt, and of the line that stood last when it was shown. */
      readonly attempt: number;
      readonly seen: number;
      readonly statement: Envelope;
    }
  | {
      readonly order: 'vote';
      readonly step: string;
      readonly role: string;
      readonly decision: 'go' | 'no-go';
      readonly by: string;
      readonly comment: string;
      readonly signoff: number;
    }
  | {
      readonly order: 'waive';
      readonly step: string;
      readonly by: string;
      readonly role: string;
      readonly reason: string;
      readonly until: string;
      readonly signoff: number;
    }
  | {
      readonly order: 'attest';
      readonly step: string;
      readonly by: string;
      readonly evidence: string;
      readonly second: string;
      readonly signoff: number;
    };

type OrderOf<K extends WordOrder['order']> = Extract<WordOrder, { order: K }>;

/** What a word leads to. */
export function decideWord(order: WordOrder, plan: Plan, state: State): Decision {
  switch (order.order) {
    case 'sign':
      return sign(order, plan, state);
    case 'vote':
      return vote(order, plan, state);
    case 'waive':
      return waive(order, plan, state);
    case 'attest':
      return attest(order, plan, state);
    default:
      return order satisfies never;
  }
}

/** One decision per step, attempt, role and person; only about what is there, and only by who may make it. */
function sign(order: OrderOf<'sign'>, plan: Plan, state: State): Decision {
  const { step: id, role, decision, by, attempt, seen, statement } = order;
  const step = findStep(plan, id);
  const known = stepState(state, id);
  if (id === amendments) return signAmendment(order, state);
  if (step === undefined) return refuse(`there is no step ${id}`);
  const confirms = step.nature === 'changes' && decision === 'go';
  const due = confirms && !known.running ? known.attempt + 1 : known.attempt;
  if (attempt !== due) return refuse(`it is about attempt ${attempt} of ${id}, and this is attempt ${due}: ask again`);
  const decides = decision === 'go' || decision === 'no-go';
  const before = known.signoffs.find((word) => word.attempt === attempt && word.principal === by && word.role === role);
  if (decides && before)
    return refuse(`${by} has signed about attempt ${attempt} of ${id} already (line ${before.seq + 1})`);
  const key = statement.signatures[0]?.keyid ?? '';
  const refused = confirms ? undefined : mayNot(order, step, key, plan, state);
  if (refused !== undefined) return refuse(refused);
  const body = { principal: by, role, step: id, decision, attempt, seen, statement };
  return one({ kind: 'signoff', body });
}

/** Whoever agrees to another checklist is known here, and is not the one who amends. */
function signAmendment(order: OrderOf<'sign'>, state: State): Decision {
  const { step, role, decision, by, attempt, seen, statement } = order;
  const key = statement.signatures[0]?.keyid ?? '';
  const unknown = unknownPerson(by, state);
  if (unknown !== undefined) return refuse(unknown);
  if (by === state.session?.principal || key === state.session?.key)
    return refuse(`${by} amends it: somebody else has to agree`);
  if (decision !== 'go' || role !== '' || attempt !== 0) return refuse('it says something else than that it agrees');
  return one({ kind: 'signoff', body: { principal: by, role, step, decision, attempt, seen, statement } });
}

function mayNot(order: OrderOf<'sign'>, step: Step, key: string, plan: Plan, state: State): string | undefined {
  const { role, decision, by, seen } = order;
  if (decision === 'waive') return notWaivable(step, state) ?? notByRole(step, role, by, state);
  if (decision === 'attest') return notAttestable(step, state) ?? unknownPerson(by, state);
  const work = openPoll(step, state);
  if (work === undefined) return `${step.id} is not open for votes`;
  const changed = touchedSince(plan, state, step.id, seen);
  if (changed !== undefined) return `${staleText({ role, by, step: changed })}: it has to be signed again`;
  return noVote(plan, state, { id: step.id, work }, { role, by, key });
}

function vote(order: OrderOf<'vote'>, plan: Plan, state: State): Decision {
  const { step: id, role, decision, by, comment, signoff } = order;
  const step = findStep(plan, id);
  if (step?.work.type !== 'gate') return refuse(`${id} is not a gate`);
  const work = openPoll(step, state);
  if (work === undefined) return refuse(`${id} was not opened for votes`);
  const word = namedWord(state, id, signoff);
  const refused = noVote(plan, state, { id, work }, { role, by, key: word?.key ?? '' });
  if (refused !== undefined) return refuse(refused);
  const there = stepState(state, id).votes[role];
  // The same word once more is no second one. Another may have come from elsewhere while this one was being signed.
  if (there && there.by === by && there.decision === decision && there.signoff === signoff) return { events: [] };
  if (there) return refuse(`${role} has voted at ${id} already: ${there.decision} by ${there.by}`);
  const unsigned = notSigned(state, order, word, { principal: by, role, decision });
  if (unsigned !== undefined) return refuse(unsigned);
  if (signoff === -1 && work.differentPeople)
    return refuse(`${id} takes different people, who count by their signatures: .golive/roles.yaml says who they are`);
  const { attempt } = stepState(state, id);
  return one({ kind: 'gate.vote', body: { step: id, attempt, role, decision, by, comment, signoff } });
}

function waive(order: OrderOf<'waive'>, plan: Plan, state: State): Decision {
  const { step: id, by, role, reason, until, signoff } = order;
  const step = findStep(plan, id);
  if (step === undefined) return refuse(`${id} has no verdict to waive`);
  const refused = notWaivable(step, state) ?? notByRole(step, role, by, state);
  if (refused !== undefined) return refuse(refused);
  if (reason.trim() === '') return refuse('a waiver needs a reason');
  const word = namedWord(state, id, signoff);
  const unsigned = notSigned(state, order, word, { principal: by, role, decision: 'waive' });
  if (unsigned !== undefined) return refuse(unsigned);
  const { attempt } = stepState(state, id);
  return one({ kind: 'step.waive', body: { step: id, attempt, by, role, reason, until, signoff } });
}

function attest(order: OrderOf<'attest'>, plan: Plan, state: State): Decision {
  const { step: id, by, evidence, second, signoff } = order;
  const step = findStep(plan, id);
  if (step === undefined) return refuse(`${id} has no verdict to attest`);
  const refused = notAttestable(step, state);
  if (refused !== undefined) return refuse(refused);
  if (evidence.trim() === '') return refuse('attesting needs the evidence you saw');
  if (step.severity === 'critical' && (second === '' || second === by))
    return refuse(`${id} is critical: a second person has to attest it`);
  const word = namedWord(state, id, signoff);
  const signer = second === '' ? by : second;
  const unsigned = notSigned(state, order, word, { principal: signer, decision: 'attest' });
  if (unsigned !== undefined) return refuse(unsigned);
  // Whoever is named beside it signed nothing: the session is one person's word, and the second has to be another's.
  const { principal: writes, key } = state.session ?? {};
  if (second !== '' && signs(state) && (second === writes || word?.key === key))
    return refuse(`${second} writes it: that is one person`);
  const { attempt } = stepState(state, id);
  return one({ kind: 'step.attest', body: { step: id, attempt, by, evidence, second, signoff } });
}

function namedWord(state: State, step: string, signoff: number): Signoff | undefined {
  return stepState(state, step).signoffs.find(({ seq }) => seq === signoff);
}

/** Why the word is not signed as it has to be, or undefined. */
function notSigned(
  state: State,
  { step, signoff }: { readonly step: string; readonly signoff: number },
  word: Signoff | undefined,
  said: { readonly principal: string; readonly decision: Signoff['decision']; readonly role?: string },
): string | undefined {
  if (signoff === -1) return signs(state) ? `${said.principal} has to sign it` : undefined;
  const fits =
    word !== undefined &&
    word.attempt === stepState(state, step).attempt &&
    word.principal === said.principal &&
    word.decision === said.decision &&
    (said.role ?? word.role) === word.role;
  return fits ? undefined : `line ${signoff + 1} is not what ${said.principal} signed about ${step}`;
}

/** Why not enough people agreed to an act, or undefined. */
export function tooFewAgreed(step: Step | undefined, state: State): string | undefined {
  const confirm = step?.work.type === 'act' ? step.work.confirm : undefined;
  if (step === undefined || typeof confirm !== 'object' || !signs(state)) return undefined;
  const agreed = confirmedBy(state, step.id).length + 1;
  return agreed >= confirm.people
    ? undefined
    : `${step.id} takes the word of ${confirm.people} people, and ${agreed} of them gave it`;
}

function one(event: NewEvent): Decision {
  return { events: [event] };
}

function refuse(refused: string): Decision {
  return { refused };
}
