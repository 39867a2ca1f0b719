// (state, event) → state. The only way state is ever built, in a fresh run too.

import type { RunEvent } from './events.ts';
import { stepState, type State, type StepState } from './state.ts';

/** The state after one more event. */
export function evolve(before: State, event: RunEvent): State {
  const state = { ...before, seq: event.seq + 1, at: event.at };
  switch (event.kind) {
    case 'run.open':
      return openSession({ ...state, opened: event.body, begun: event.at }, event.sid, event.body.session);
    case 'session.open':
      return openSession(state, event.sid, event.body.session);
    case 'session.close': {
      const { session: _, ...rest } = state;
      return rest;
    }
    case 'clock.set':
      return { ...state, t0: event.body.t0 };
    case 'value.set': {
      const { name, json, step } = event.body;
      return { ...state, values: { ...state.values, [name]: { json, step } } };
    }
    case 'phase.open':
      return { ...state, phases: { ...state.phases, [event.body.phase]: 'open' } };
    case 'phase.close':
      return { ...state, phases: { ...state.phases, [event.body.phase]: 'closed' } };
    case 'step.start':
      return startStep(state, event.body);
    case 'step.verdict': {
      const { step, verdict, findings, reason, facts, looks } = event.body;
      const seen = { verdict, findings, reason, facts, observedAt: event.body.observed_at, at: event.at, looks };
      return withStep(state, step, { running: false, interrupted: false, verdict: seen });
    }
    case 'step.defer':
      return withStep(state, event.body.step, {
        running: false,
        deferred: { reason: event.body.reason, on: event.body.on },
      });
    case 'ask.answer': {
      const { step, answer, evidence, by } = event.body;
      return withStep(state, step, { answer: { answer, evidence, by } });
    }
    case 'gate.vote': {
      const { step, role, decision, by } = event.body;
      return withStep(state, step, { votes: { ...stepState(state, step).votes, [role]: { decision, by } } });
    }
    case 'step.waive': {
      const { step, by, reason, until } = event.body;
      return withStep(state, step, { overlay: { type: 'waived', by, words: reason, until } });
    }
    case 'step.attest': {
      const { step, by, evidence } = event.body;
      return withStep(state, step, { overlay: { type: 'attested', by, words: evidence, until: '' } });
    }
    case 'run.pause':
      return { ...state, paused: event.body };
    case 'run.resume': {
      const { paused: _, ...rest } = state;
      return rest;
    }
    case 'run.stop':
      return { ...state, stopped: event.body };
    case 'seal':
      return { ...state, sealed: { exit: event.body.exit, result: event.body.result } };
    // Recorded for readers; nothing that may happen next depends on them.
    case 'session.revoke':
    case 'act.intent':
    case 'act.result':
    case 'act.reconciled':
    case 'step.takeover':
    case 'step.claim':
    case 'attach':
    case 'rollback.open':
    case 'rollback.close':
    case 'checklist.amend':
    case 'signoff':
    case 'note':
    case 'anchor':
      return state;
    default:
      return event satisfies never;
  }
}

/** What a new session finds running was interrupted: nobody is working on it any more. */
function openSession(state: State, sid: string, opening: { principal: string; endpoints: readonly string[] }): State {
  const steps = Object.fromEntries(
    Object.entries(state.steps).map(([id, step]) => [
      id,
      step.running ? { ...step, running: false, interrupted: true } : step,
    ]),
  );
  const session = { sid, principal: opening.principal, endpoints: opening.endpoints };
  return { ...state, steps, session, sessions: state.sessions + 1 };
}

/** A new attempt forgets the old verdict, its overlay, votes and captures, and the verdicts that rest on those. */
function startStep(state: State, body: { step: string; attempt: number; resets: readonly string[] }): State {
  const fresh = (attempt: number, running: boolean): StepState => ({ attempt, running, interrupted: false, votes: {} });
  const reset = Object.fromEntries(body.resets.map((id) => [id, fresh(stepState(state, id).attempt, false)]));
  const values = Object.fromEntries(Object.entries(state.values).filter(([, value]) => value.step !== body.step));
  return { ...state, values, steps: { ...state.steps, ...reset, [body.step]: fresh(body.attempt, true) } };
}

function withStep(state: State, id: string, change: Partial<StepState>): State {
  return { ...state, steps: { ...state.steps, [id]: { ...stepState(state, id), ...change } } };
}
