// Goes through a log once more, as a procedure: whether every line could come when it did, by the checklist of the run.

import type { KnownPerson, RunEvent } from '../engine/events.ts';
import { openEvolution } from '../engine/evolve.ts';
import type { Plan } from '../engine/plan.ts';
import { breachOf, follow, nothingFollowed, type Lines, type Plans } from '../engine/procedure.ts';
import type { State } from '../engine/state.ts';
import { openEnvelope } from './statement.ts';
import type { Broken, Walk } from './walk.ts';

/**
 * The checklist of the run with this digest, bound with what `state` knows. `missing`: the inputs that have no value by
 * then. Undefined where the checklist is not at hand, or is of a form that is not read here.
 */
export type PlanOf = (
  digest: string,
  state: State,
) => Promise<Plan | { readonly missing: readonly string[] } | undefined>;

export interface ProcedureOptions {
  readonly planOf?: PlanOf | undefined;
  /** Who holds which role, by whoever verifies. */
  readonly people?: readonly KnownPerson[] | undefined;
}

/** `partly checked`: without the checklist. Or the first line that could not come when it did. */
export type Procedure = 'kept' | 'partly checked' | Broken;

/** What came of it, and what a reader should know besides. */
export interface Checked {
  readonly procedure: Procedure;
  readonly notes: readonly string[];
}

/** Holds every event of a log that is whole against what the engine would have let happen. `log`: its bytes. */
export async function checkProcedure(walk: Walk, log: Uint8Array, options: ProcedureOptions): Promise<Checked> {
  const texts = new Map<number, string>();
  const lines: Lines = {
    run: walk.run,
    hash: (seq) => walk.hashes[seq],
    text: (seq) => texts.get(seq),
    people: peopleFor(walk, options),
  };
  const next = openEvolution();
  let followed = nothingFollowed(lines);
  let plan: Plan | undefined;
  let asked = false;
  let partly = false;
  let words = false;
  const planAt = async (digest: string): Promise<Plan | string | undefined> => {
    const found = await options.planOf?.(digest, followed.state);
    return found !== undefined && 'missing' in found ? withoutValue(found.missing) : found;
  };
  for (const written of walk.events) {
    const event = asSigned(written, texts);
    const broken = (reason: string): Checked => {
      const { seq } = event;
      return { procedure: { line: seq + 1, offset: offsetOf(log, seq), reason }, notes: [] };
    };
    if (!asked && needsPlan(event)) {
      const own = await planAt(digestOf(followed.state));
      if (typeof own === 'string') return broken(own);
      plan = own;
      asked = true;
    }
    const after = event.kind === 'checklist.amend' ? await planAt(event.body.digest) : undefined;
    if (typeof after === 'string') return broken(after);
    const plans: Plans = { plan, after };
    const reason = breachOf(followed, event, plans, lines);
    if (reason !== undefined) return broken(reason);
    followed = follow(followed, event, plans, lines, next);
    if (event.kind === 'checklist.amend') plan = after;
    partly ||= asked && plan === undefined;
    words ||= event.kind === 'gate.vote' || event.kind === 'step.waive' || event.kind === 'step.attest';
  }
  const notes = notesOn(followed.state, { partly, words, own: lines.people !== undefined });
  return { procedure: partly ? 'partly checked' : 'kept', notes };
}

/** The people of a rehearsal are made up with it, unless they sign with keys of their own. */
function peopleFor({ events }: Walk, { people }: ProcedureOptions): readonly KnownPerson[] | undefined {
  const first = events[0];
  const madeUp = first?.kind === 'run.open' && first.body.rehearsal && first.body.roster_digest === '';
  return madeUp ? undefined : people;
}

/** `words`: somebody voted, waived or attested. `own`: whoever verifies said who holds which role. */
function notesOn(
  { people, opened }: State,
  { partly, words, own }: { readonly partly: boolean; readonly words: boolean; readonly own: boolean },
): readonly string[] {
  const notes = partly ? ['the procedure was only checked as far as it can be without the checklist'] : [];
  const phases = opened?.phases ?? [];
  const known = people !== undefined;
  if (phases.length > 0)
    notes.push(`only ${phases.join(', ')} was run: what stands in other phases was neither passed nor asked for`);
  if (words && !known) notes.push('nobody said who holds which role: votes and waivers in it are not signed');
  if (words && known && !own)
    notes.push('who held which role is the word of the run itself: the people who verify it may know better');
  return notes;
}

function withoutValue(missing: readonly string[]): string {
  return `the run goes on with a checklist that asks for ${missing.join(', ')}, and has no value for it`;
}

/** What opens a run, its values and T come before anything that hangs on the checklist. */
function needsPlan({ kind }: RunEvent): boolean {
  return !['run.open', 'session.open', 'session.close', 'session.revoke', 'clock.set', 'value.set', 'note'].includes(
    kind,
  );
}

function digestOf({ amended, opened }: State): string {
  return amended ?? opened?.checklist.digest ?? '';
}

/** A line may leave out what the statement in it says of the attempt and of the line that was seen. */
function asSigned(event: RunEvent, texts: Map<number, string>): RunEvent {
  if (event.kind !== 'signoff') return event;
  const { attempt, seen, text } = openEnvelope('signoff', event.body.statement).predicate;
  texts.set(event.seq, text);
  return { ...event, body: { ...event.body, attempt, seen: seen.seq } };
}

/** The byte at which the line of this event begins. */
function offsetOf(log: Uint8Array, seq: number): number {
  let offset = 0;
  for (let line = 0; line < seq; line += 1) offset = log.indexOf(10, offset) + 1;
  return offset;
}
