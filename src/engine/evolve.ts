// (state, event) → state. The only way state is ever built, in a fresh run too.

import type { Bodies, RunEvent, SessionOpening } from './events.ts';
import { actAfter, bare, lostOf, made, notMade } from './evolve-acts.ts';
import { initialState, stepState, type State, type StepState } from './state.ts';
import { touchedBy } from './touched.ts';

/** The state after one more event. */
export function evolve(before: State, event: RunEvent): State {
  return after(before, event, copied);
}

/**
 * The same for whoever goes through many events and keeps no state but the last: what the states of one of these have in
 * common is not copied, so that a state is only good until the next one is made from it.
 */
export function openEvolution(): (before: State, event: RunEvent) => State {
  const own = new WeakSet<object>();
  const put: Put = (record, key, value) => {
    // To assign that name would be something else than to have it.
    if (own.has(record) && key !== '__proto__') return Object.assign(record, { [key]: value });
    const copy = copied(record, key, value);
    own.add(copy);
    return copy;
  };
  return (before, event) => after(before, event, put);
}

/** The state after all of these events, which are those of a run from its first. */
export function evolveAll(events: readonly RunEvent[]): State {
  const evolveNext = openEvolution();
  return events.reduce((state, event) => evolveNext(state, event), initialState());
}

/** `record` with this under that name, which keeps its place. */
type Put = <T>(record: Readonly<Record<string, T>>, key: string, value: T) => Readonly<Record<string, T>>;

const copied: Put = (record, key, value) => ({ ...record, [key]: value });

function after(before: State, event: RunEvent, put: Put): State {
  // Asked first: `put` may change what is known before.
  const names = touchedBy(before, event);
  const state = moved({ ...before, seq: event.seq + 1, at: event.at }, event, put);
  if (names.length === 0) return state;
  return { ...state, touched: names.reduce((touched, id) => put(touched, id, event.seq), state.touched) };
}

function moved(state: State, event: RunEvent, put: Put): State {
  switch (event.kind) {
    case 'run.open':
      return openSession({ ...state, opened: event.body, begun: event.at }, event.sid, event.body.session);
    case 'session.open':
      return openSession(state, event.sid, event.body.session);
    case 'session.close': {
      const { session: _, ...rest } = state;
      return { ...rest, until: event.body.until };
    }
    case 'clock.set':
      return { ...state, t0: event.body.t0, t0From: event.body.source };
    case 'value.set': {
      const { name, json, step } = event.body;
      return { ...state, values: put(state.values, name, { json, step }) };
    }
    case 'phase.open':
      return withPhase(state, event.body.phase, 'open', put);
    case 'phase.close':
      return withPhase(state, event.body.phase, 'closed', put);
    case 'step.start':
      return startStep(state, event.body, event.at, put);
    case 'step.verdict': {
      const { step, verdict, findings, reason, facts, looks } = event.body;
      const seen = {
        verdict,
        findings,
        reason,
        facts,
        observedAt: event.body.observed_at,
        seq: event.seq,
        at: event.at,
        looks,
      };
      // Whoever accepted or attested something did so about the verdict before.
      const { overlay: _, ...rest } = stepState(state, step);
      const judged = { ...rest, running: false, interrupted: false, verdict: seen, stood: verdict };
      return { ...state, steps: put(state.steps, step, judged) };
    }
    case 'step.defer':
      return withStep(put, state, event.body.step, {
        running: false,
        deferred: { reason: event.body.reason, on: event.body.on },
      });
    case 'ask.answer': {
      const { step, answer, evidence, by } = event.body;
      return withStep(put, state, step, { answer: { answer, evidence, by, at: event.at } });
    }
    case 'step.claim': {
      const { step, role, by } = event.body;
      return withStep(put, state, step, { handed: { role, by } });
    }
    case 'gate.vote': {
      const { step, role, decision, by, signoff } = event.body;
      const { votes, signoffs } = stepState(state, step);
      const seen = signoffs.find(({ seq }) => seq === signoff)?.seen ?? event.seq - 1;
      return withStep(put, state, step, { votes: { ...votes, [role]: { decision, by, signoff, seen } } });
    }
    case 'signoff': {
      const { step, principal, role, decision, statement } = event.body;
      const known = stepState(state, step);
      const { attempt = known.attempt, seen = event.seq - 1 } = event.body;
      const key = statement.signatures[0]?.keyid ?? '';
      const word = { seq: event.seq, principal, role, decision, attempt, seen, key };
      return withStep(put, state, step, { signoffs: [...known.signoffs, word] });
    }
    case 'step.waive': {
      const { step, by, reason, until } = event.body;
      return withStep(put, state, step, { overlay: { type: 'waived', by, words: reason, until } });
    }
    case 'step.attest': {
      const { step, by, second, evidence } = event.body;
      const who = second === '' ? by : `${by} and ${second}`;
      return withStep(put, state, step, { overlay: { type: 'attested', by: who, words: evidence, until: '' } });
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
    case 'act.intent': {
      const { step, attempt, request, before: was, class: sort, token, over } = event.body;
      const known = stepState(state, step).act;
      const act = {
        ...(over !== undefined && known && { earlier: bare(known) }),
        ...lostOf(known),
        attempt,
        by: state.session?.principal ?? '',
        seq: event.seq,
        at: event.at,
        class: sort,
        token,
        request,
        before: was,
        outcome: 'unknown',
        after: '',
        change: '',
      } as const;
      return withStep(put, state, step, { act });
    }
    case 'act.result':
      return withStep(put, state, event.body.step, {
        act: actAfter(stepState(state, event.body.step).act, event.body, event.seq, event.at),
      });
    case 'act.reconciled': {
      const { act } = stepState(state, event.body.step);
      if (act === undefined || event.body.result === 'unknown') return state;
      // When the change was accepted nobody saw: not before it was about to be sent.
      const found = event.body.result === 'applied' ? made({ ...act, accepted: act.at }) : notMade(act);
      return withStep(put, state, event.body.step, { act: found });
    }
    case 'rollback.open':
      return { ...state, rollback: { ...event.body, seq: event.seq, at: event.at } };
    case 'rollback.close':
      return state.rollback ? { ...state, rollback: { ...state.rollback, result: event.body.result } } : state;
    case 'checklist.amend': {
      const { digest, touched } = event.body;
      return { ...state, amended: digest, steps: forgotten(state, touched, put) };
    }
    // Recorded for readers; nothing that may happen next depends on them.
    case 'session.revoke':
    case 'step.takeover':
    case 'attach':
    case 'note':
    case 'anchor':
      return state;
    default:
      return event satisfies never;
  }
}

/** What a new session finds running was interrupted: nobody is working on it any more. */
function openSession(state: State, sid: string, opening: SessionOpening): State {
  // Once it is known who holds which role, no session makes that unknown.
  const people = opening.roles ?? state.people;
  const steps = Object.fromEntries(
    Object.entries(state.steps).map(([id, step]) => [
      id,
      step.running ? { ...step, running: false, interrupted: true } : step,
    ]),
  );
  const key = opening.grant.signatures[0]?.keyid ?? '';
  const session = { sid, principal: opening.principal, key, endpoints: opening.endpoints };
  return { ...state, steps, session, sessions: state.sessions + 1, ...(people && { people }) };
}

/**
 * A new attempt forgets the old verdict, its overlay, votes and captures, and the verdicts that rest on those. A recheck
 * keeps what was captured: that is frozen for the run, and only a person has it taken again.
 */
function startStep(state: State, { step, attempt, why, resets }: Bodies['step.start'], at: string, put: Put): State {
  const known = stepState(state, step);
  // A watch that had too little to go by would have as little of the same window again.
  const failed = known.verdict?.verdict === 'fail' || known.verdict?.verdict === 'inconclusive';
  const goesOn = known.begun !== '' && !failed;
  const begun = goesOn ? known.begun : at;
  const started = { ...fresh(known, attempt), running: true, begun, renewed: failed || (goesOn && known.renewed) };
  const values =
    why === 'recheck' || !Object.values(state.values).some((value) => value.step === step)
      ? state.values
      : Object.fromEntries(Object.entries(state.values).filter(([, value]) => value.step !== step));
  return { ...state, values, steps: put(forgotten(state, resets, put), step, started) };
}

/** The steps, of which nothing is known any more of the last attempt of these. */
function forgotten(state: State, ids: readonly string[], put: Put): State['steps'] {
  return ids.reduce((all, id) => {
    const known = stepState({ ...state, steps: all }, id);
    return put(all, id, fresh(known, known.attempt));
  }, state.steps);
}

/** Nothing is known of this attempt yet, but what was signed for it. What was changed stays known whatever is forgotten. */
function fresh({ act, stood, signoffs }: StepState, attempt: number): StepState {
  const signed = signoffs.filter((word) => word.attempt === attempt);
  return { ...stepState(initialState(), ''), attempt, signoffs: signed, ...(act && { act }), ...(stood && { stood }) };
}

/** A phase that opens once more keeps when it was opened first. */
function withPhase(state: State, phase: string, is: 'open' | 'closed', put: Put): State {
  const opened = state.phaseTimes[phase]?.opened ?? state.at;
  const times = { opened, closed: is === 'closed' ? state.at : '' };
  return {
    ...state,
    phases: put(state.phases, phase, is),
    phaseTimes: put(state.phaseTimes, phase, times),
  };
}

function withStep(put: Put, state: State, id: string, change: Partial<StepState>): State {
  return { ...state, steps: put(state.steps, id, { ...stepState(state, id), ...change }) };
}
