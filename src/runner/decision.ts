// A decision that was made elsewhere: held against the log, line by line, before it counts. Whoever brings it proves nothing.

import { evolve } from '../engine/evolve.ts';
import type { Envelope, RunEvent } from '../engine/events.ts';
import { openPoll } from '../engine/people.ts';
import { findStep, type Step } from '../engine/plan.ts';
import { initialState, stepState, type State } from '../engine/state.ts';
import { GoliveError } from '../errors.ts';
import { formatAt, hashLine } from '../log/line.ts';
import { readEvents } from '../log/replay.ts';
import { splitRequestText } from '../log/request.ts';
import { openEnvelope, type Predicate } from '../log/statement.ts';
import { gateText } from '../render/signoff.ts';
import type { Journal } from './journal.ts';
import { bringVote } from './poll.ts';
import { nobodyElsewhere } from './request.ts';
import type { SignDesk } from './signoff.ts';

/** What a decision is held against. */
export interface DecisionDesk extends Pick<SignDesk, 'plan' | 'world'> {
  readonly journal: Pick<Journal, 'run' | 'state' | 'lines'>;
}

/** What a decision is about, as it says itself. */
export type Decided = Pick<Predicate<'signoff'>, 'step' | 'role' | 'decision' | 'principal' | 'attempt' | 'comment'>;

/** What the statement says. Throws GoliveError `request` when it is none about a gate. Nothing in it is verified yet. */
export function decidedIn(statement: Envelope): Decided {
  const said = predicateOf(statement);
  if (typeof said === 'string') throw new GoliveError('request', said, { hint: 'Ask for it again: golive request' });
  return said;
}

/** Takes a decision into the run. Returns why it does not count, or undefined: it does. */
export async function takeDecision(desk: SignDesk, statement: Envelope): Promise<string | undefined> {
  const refused = whyNot(desk, statement);
  return refused ?? bringVote(desk, { id: decidedIn(statement).step }, statement);
}

/**
 * Why a decision does not count, or undefined: as far as the log alone tells. Who may sign it, and whether that signature
 * is good, is looked at when it is taken.
 */
export function whyNot({ plan, journal, world }: DecisionDesk, statement: Envelope): string | undefined {
  const state = journal.state();
  const nobody = nobodyElsewhere(state);
  if (nobody) return nobody.message;
  const said = predicateOf(statement);
  if (typeof said === 'string') return said;
  const { run, step: id, role, principal, signer, attempt } = said;
  if (run !== journal.run) return `it is about run ${run}, and this is ${journal.run}`;
  const step = findStep(plan, id);
  if (step?.work.type !== 'gate') return `${id} is no gate of this run`;
  const { attempt: current, signoffs, votes } = stepState(state, id);
  const before = signoffs.find(
    (word) => word.attempt === attempt && word.principal === principal && word.role === role,
  );
  if (before)
    return `${principal} has signed about attempt ${attempt} of ${id} for ${role} already (line ${before.seq + 1})`;
  if (attempt !== current) return `it is about attempt ${attempt} of ${id}, and this is attempt ${current}: ask again`;
  if (openPoll(step, state) === undefined) return `${id} is not open for votes`;
  const vote = votes[role];
  if (vote) return `${role} has voted at ${id} already: ${vote.decision} by ${vote.by}`;
  const events = readEvents(journal.lines());
  return (
    notAsTold(step, said, { plan, events, lines: journal.lines() }) ??
    over(said, state, world.clock.now()) ??
    byNoPerson(signer, events, run)
  );
}

type Said = Predicate<'signoff'> & { readonly checklist: string };

/** What is said about a gate, or in words why it is nothing of that sort. */
function predicateOf(statement: Envelope): Said | string {
  try {
    const { predicate, subjects } = openEnvelope('signoff', statement);
    if (predicate.decision !== 'go' && predicate.decision !== 'no-go')
      return `it says ${predicate.decision}, which decides no gate`;
    return { ...predicate, checklist: subjects.find(({ name }) => name === 'checklist')?.digest.sha256 ?? '' };
  } catch (error) {
    if (error instanceof GoliveError && error.code === 'log') return `it cannot be read: ${error.message}`;
    throw error;
  }
}

/** Why it was not made on this log: another one, another checklist, or another text than this one gives at that line. */
function notAsTold(
  step: Step,
  { text, seen, attempt, checklist }: Said,
  known: {
    readonly plan: DecisionDesk['plan'];
    readonly events: readonly RunEvent[];
    readonly lines: readonly Uint8Array[];
  },
): string | undefined {
  const line = known.lines[seen.seq];
  if (line === undefined || hashLine(line) !== seen.head)
    return `it was signed on line ${seen.seq + 1} of another log than this one`;
  const then = known.events.slice(0, seen.seq + 1).reduce(evolve, initialState());
  const now = known.events.slice(seen.seq + 1).reduce(evolve, then);
  if (checklistOf(now) !== checklist || checklistOf(then) !== checklist)
    return 'it was signed for another version of the checklist: ask again';
  const asked = splitRequestText(text);
  if (asked === undefined) return 'its text does not end with the line of a request';
  if (openPoll(step, then) === undefined || stepState(then, step.id).attempt !== attempt)
    return `attempt ${attempt} of ${step.id} was not open for votes at line ${seen.seq + 1}, where it was signed`;
  return asked.told === gateText(known.plan, then, step)
    ? undefined
    : `its text is not what the log says at line ${seen.seq + 1}: something else was signed`;
}

/** A run's own time may be ahead of its newest line, and never behind it. */
function over({ text }: Said, state: State, now: number): string | undefined {
  const expires = splitRequestText(text)?.expires ?? '';
  const at = Math.max(now, Date.parse(state.at));
  return Date.parse(expires) >= at
    ? undefined
    : `its request counted until ${expires}, and it is ${formatAt(at)}: ask again`;
}

/** A session speaks for nobody; and a rehearsal verifies by itself, which it can for one kind of key. */
function byNoPerson(signer: string, events: readonly RunEvent[], run: string): string | undefined {
  const sessions = events.flatMap(({ kind, body }) =>
    kind === 'run.open' || kind === 'session.open' ? [body.session.key] : [],
  );
  if (sessions.includes(signer)) return 'it is signed by a session of this run, not by a person';
  if (run.startsWith('rehearsal-') && !signer.startsWith('ssh-ed25519 '))
    return 'in a rehearsal only Ed25519 keys sign, and this is another kind';
  return undefined;
}

function checklistOf(state: State): string {
  return state.amended ?? state.opened?.checklist.digest ?? '';
}
