// A gate whose decision is made at another machine: whether it can be asked about, and the request that takes it there.

import { nearest } from '../engine/nearest.ts';
import { openPoll, signs, stepsAbove } from '../engine/people.ts';
import { findStep, stepsOf, type GateWork, type Plan, type Step } from '../engine/plan.ts';
import { standing } from '../engine/standing.ts';
import { stepState, type State } from '../engine/state.ts';
import { GoliveError } from '../errors.ts';
import { formatAt, hashLine } from '../log/line.ts';
import { newRequest, type SigningRequest } from '../log/request.ts';
import { joinLines } from '../log/statement.ts';
import { someIds } from '../render/layout.ts';
import { gateText } from '../render/signoff.ts';

/** A run as its log has it. */
export interface Logged {
  readonly run: string;
  readonly plan: Plan;
  readonly state: State;
  /** All its lines, without LF: what `state` comes from. */
  readonly lines: readonly Uint8Array[];
}

/** A gate that votes are taken at, and the roles that have none yet. */
export interface OpenGate {
  readonly step: Step;
  readonly work: GateWork;
  readonly roles: readonly string[];
}

/** Why decisions are not made elsewhere in this run, or undefined. */
export function nobodyElsewhere(state: State): GoliveError | undefined {
  const { rehearsal, roster_digest: roster } = state.opened ?? {};
  if (rehearsal === true && roster === '')
    return new GoliveError(
      'rehearsal',
      'the people of this rehearsal have throw-away keys, which nobody has elsewhere',
      {
        hint: 'Rehearse with your own people and keys: golive rehearse NAME-TARGET --own-keys',
      },
    );
  if (signs(state)) return undefined;
  return new GoliveError('roles', 'nobody said who holds which role in this run, so no word in it is signed', {
    hint: 'People stand in .golive/allowed_signers and .golive/roles.yaml; a run reads them when it is begun or resumed.',
  });
}

/**
 * The gate, which is open for votes and waits for some. Throws GoliveError `gate` otherwise, with what stands against it;
 * `resume` is how somebody goes on with the run.
 */
export function waitingGate({ plan, state }: Pick<Logged, 'plan' | 'state'>, id: string, resume: string): OpenGate {
  const step = findStep(plan, id);
  const gates = stepsOf(plan).filter(({ work }) => work.type === 'gate');
  if (step?.work.type !== 'gate') {
    const ids = gates.map((gate) => gate.id);
    const near = nearest(id, ids);
    const hint = near === undefined ? `Its gates: ${ids.join(', ') || 'none'}.` : `did you mean ${near}?`;
    const what = step === undefined ? 'there is no step of that name' : 'it is a step, but no gate';
    throw new GoliveError('gate', `${id} is no gate of ${plan.checklist}-${plan.target}: ${what}`, { hint });
  }
  const work = openPoll(step, state);
  if (work === undefined) throw closedGate(plan, state, step, resume);
  const { votes } = stepState(state, id);
  const roles = work.poll.filter((role) => votes[role] === undefined);
  if (roles.length > 0) return { step, work, roles };
  throw new GoliveError('gate', `everybody has voted at ${id}`, { hint: `The run goes on with: ${resume}` });
}

/** What a gate waits for, as an error with the way on. */
function closedGate(plan: Plan, state: State, step: Step, resume: string): GoliveError {
  const not = `${step.id} is not open for votes`;
  const { verdict } = stepState(state, step.id);
  if (step.skip !== undefined) return new GoliveError('gate', `${not}: it does not apply (${step.skip})`);
  if (state.stopped) return new GoliveError('gate', `${not}: ${state.stopped.by} ended the run`);
  if (verdict)
    return new GoliveError('gate', `${not}: it was decided, ${verdict.verdict}`, {
      hint:
        verdict.verdict === 'pass'
          ? 'Nothing is left to say there.'
          : `It is polled once more after r at its red: ${resume}`,
    });
  const now = Date.parse(state.at);
  const open = stepsAbove(plan, step.id).filter((one) => standing(one, stepState(state, one.id), now) !== 'settled');
  const hint = `The poll opens when somebody gets there: ${resume}`;
  if (open.length === 0) return new GoliveError('gate', `${not}: nobody has come to it yet`, { hint });
  const are = open.length === 1 ? '1 step above it is' : `${open.length} steps above it are`;
  return new GoliveError('gate', `${not}: ${are} not settled: ${someIds(open)}`, { hint });
}

/**
 * The request about an open gate, as the log stands. `now` and `lasts` in ms, `checklist` the text in force. Throws
 * GoliveError as `waitingGate` and `nobodyElsewhere`.
 */
export function requestAbout(
  logged: Logged,
  id: string,
  how: {
    readonly now: number;
    readonly lasts: number;
    readonly nonce: string;
    readonly checklist: string;
    readonly resume: string;
  },
): SigningRequest {
  const { run, plan, state, lines } = logged;
  const nobody = nobodyElsewhere(state);
  if (nobody) throw nobody;
  const { step, roles } = waitingGate(logged, id, how.resume);
  return newRequest({
    run,
    step: id,
    attempt: stepState(state, id).attempt,
    roles: [...roles],
    seen: { seq: lines.length - 1, head: hashLine(lines.at(-1) ?? '') },
    checklist: how.checklist,
    told: gateText(plan, state, step),
    nonce: how.nonce,
    expires: formatAt(how.now + how.lasts),
    log: new TextDecoder().decode(joinLines(lines)),
  });
}
