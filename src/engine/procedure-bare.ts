// What can be said of the procedure without the checklist: that attempts are begun, changes announced, and words signed.

import { takingBack, wasSent } from './acts.ts';
import type { Bodies, RunEvent } from './events.ts';
import { holds, signs } from './people.ts';
import { stepState, type State } from './state.ts';

/** Why this could not come then whatever the checklist says, in words that go on from what it is. */
export function bareRuleBroken(state: State, event: RunEvent): string | undefined {
  switch (event.kind) {
    case 'step.start':
      return begun(state, event.body);
    case 'step.verdict':
      return judged(state, event.body);
    case 'ask.answer':
      return underWay(state, event.body);
    case 'act.intent':
      return intended(state, event.body);
    case 'act.result':
      return came(state, event.body);
    case 'act.reconciled':
      return stepState(state, event.body.step).act?.outcome === 'unknown' ? undefined : 'nothing was sent';
    case 'gate.vote':
      return voted(state, event.body);
    case 'step.waive':
      return waived(state, event.body);
    case 'step.attest':
      return attested(state, event.body);
    case 'rollback.open':
      return takingBack(state) ? 'a way back is under way already' : undefined;
    case 'rollback.close':
      return takingBack(state) ? undefined : 'no way back is under way';
    case 'checklist.amend':
      return amended(state, event.body);
    case 'seal':
      return sealed(state, event.body);
    default:
      return undefined;
  }
}

/** The way back of an act has a name that no step of a checklist can have. */
const wayBack = /\.undo(?:\.\d+)?$/;

function begun(state: State, { step, attempt }: Bodies['step.start']): string | undefined {
  const known = stepState(state, step);
  if (known.running) return 'it is running';
  if (attempt !== known.attempt + 1) return `attempt ${known.attempt + 1} comes next, and this is ${attempt}`;
  return wayBack.test(step) && !takingBack(state) ? 'no way back was begun' : undefined;
}

function underWay(
  state: State,
  { step, attempt }: { readonly step: string; readonly attempt: number },
): string | undefined {
  const known = stepState(state, step);
  if (!known.running && !known.interrupted) return 'it is not running';
  return attempt === known.attempt ? undefined : `attempt ${known.attempt} is running, and this is about ${attempt}`;
}

function judged(state: State, body: Bodies['step.verdict']): string | undefined {
  const known = stepState(state, body.step);
  const skipped = body.verdict === 'skip' && !known.running && known.verdict === undefined;
  const red = takingBack(state) && body.verdict !== 'pass' && wasSent(known.act) && body.attempt === known.attempt;
  if (skipped || red) return undefined;
  const { act } = known;
  if (body.verdict === 'pass' && act?.attempt === body.attempt && act.outcome !== 'done' && act.outcome !== 'already')
    return 'nothing says that the change was made';
  return underWay(state, body);
}

function intended(state: State, body: Bodies['act.intent']): string | undefined {
  if (state.opened?.mode === 'dry-run') return 'a dry run takes no act';
  if (stepState(state, body.step).act?.outcome === 'unknown') return 'what became of the last one is not known';
  if (wayBack.test(body.step) && !takingBack(state)) return 'no way back was begun';
  return stepState(state, body.step).running ? underWay(state, body) : 'it is not running';
}

function came(state: State, body: Bodies['act.result']): string | undefined {
  const pending = stepState(state, body.step).act?.outcome === 'unknown';
  if (!pending && (body.result === 'done' || body.result === 'failed')) return 'nothing was sent';
  if (pending && body.result === 'already') return 'something was sent, and what became of it has to be found out';
  return underWay(state, body);
}

function voted(state: State, body: Bodies['gate.vote']): string | undefined {
  return underWay(state, body) ?? unsigned(state, body) ?? notTheirs(state, body.by, body.role);
}

function waived(state: State, body: Bodies['step.waive']): string | undefined {
  const { verdict } = stepState(state, body.step).verdict ?? {};
  if (verdict === undefined || verdict === 'pass' || verdict === 'skip') return 'there is nothing to waive';
  if (body.reason.trim() === '') return 'it has no reason';
  return unsigned(state, body) ?? (body.role === '' ? undefined : notTheirs(state, body.by, body.role));
}

function attested(state: State, body: Bodies['step.attest']): string | undefined {
  const { verdict } = stepState(state, body.step).verdict ?? {};
  if (verdict !== 'error' && verdict !== 'inconclusive') return 'it could be looked at';
  if (body.evidence.trim() === '') return 'it has no evidence';
  return body.second !== '' && body.second === body.by ? `${body.by} is one person` : unsigned(state, body);
}

function unsigned(state: State, { signoff }: { readonly signoff: number }): string | undefined {
  return signoff === -1 && signs(state) ? 'it is not signed' : undefined;
}

function notTheirs(state: State, by: string, role: string): string | undefined {
  return holds(state, by, role) ? undefined : `${by} does not hold ${role}`;
}

function amended(state: State, { previous, reason, second, signoff }: Bodies['checklist.amend']): string | undefined {
  if (takingBack(state)) return 'a way back is under way';
  if (reason.trim() === '') return 'it has no reason';
  if (second !== '' && signoff === undefined && signs(state)) return 'it is not signed';
  const had = state.amended ?? state.opened?.checklist.digest;
  return previous === had ? undefined : 'the run had another checklist before';
}

const exits = { go: 0, 'no-objection': 0, 'no-go': 1, undecided: 2 } as const;

function sealed(state: State, { result, exit }: Bodies['seal']): string | undefined {
  const mode = state.opened?.mode ?? 'run';
  if (exit !== exits[result]) return `${result} ends with ${exits[result]}, and it says ${exit}`;
  if (result === 'no-objection' && mode !== 'dry-run') return 'only a dry run ends with no objection';
  if (result !== 'go') return undefined;
  if (mode !== 'run') return `a ${mode} cannot end in go`;
  if ((state.opened?.phases ?? []).length > 0) return 'it is of some phases only, which cannot end in go';
  return state.stopped === undefined && state.rollback === undefined ? undefined : 'it was ended, or taken back';
}
