// What is known of a run after some of its events. Only `evolve` makes these values.

import type { Bodies, Verdict } from './events.ts';

export interface State {
  /** Events so far; the next one has this number. */
  readonly seq: number;
  /** `at` of the newest event; empty before the first. */
  readonly at: string;
  readonly opened?: Bodies['run.open'];
  /** When it was opened, in the `at` format. */
  readonly begun?: string;
  /** The session that writes, or undefined between sessions. */
  readonly session?: { readonly sid: string; readonly principal: string; readonly endpoints: readonly string[] };
  readonly sessions: number;
  /** T in the `at` format, once it is known. */
  readonly t0?: string;
  /** Inputs and captures as JSON text. */
  readonly values: Readonly<Record<string, { readonly json: string; readonly step: string }>>;
  readonly phases: Readonly<Record<string, 'open' | 'closed'>>;
  readonly steps: Readonly<Record<string, StepState>>;
  readonly paused?: { readonly by: string; readonly reason: string };
  readonly stopped?: { readonly by: string; readonly reason: string };
  readonly sealed?: { readonly exit: number; readonly result: Bodies['seal']['result'] };
}

export interface StepState {
  /** The attempt that runs or ran last; 0 before the first. */
  readonly attempt: number;
  readonly running: boolean;
  /** The session ended while it ran: whether a poke arrived is not known. */
  readonly interrupted: boolean;
  readonly verdict?: SeenVerdict;
  readonly overlay?: Overlay;
  readonly deferred?: { readonly reason: string; readonly on: string };
  readonly answer?: { readonly answer: string; readonly evidence: string; readonly by: string };
  readonly votes: Readonly<Record<string, { readonly decision: 'go' | 'no-go'; readonly by: string }>>;
}

export interface SeenVerdict {
  readonly verdict: Verdict;
  readonly findings: Bodies['step.verdict']['findings'];
  readonly reason: string;
  readonly facts: string;
  readonly observedAt: string;
  /** When the verdict was written. */
  readonly at: string;
  readonly looks: number;
}

/** A named person accepted a failure, or looked where the machine could not. The verdict below stays. */
export interface Overlay {
  readonly type: 'waived' | 'attested';
  readonly by: string;
  readonly words: string;
  /** `at` format; empty: for this run. */
  readonly until: string;
}

/** Before the first event. */
export function initialState(): State {
  return { seq: 0, at: '', sessions: 0, values: {}, phases: {}, steps: {} };
}

const untouched: StepState = { attempt: 0, running: false, interrupted: false, votes: {} };

/** What is known of a step; a step nothing happened to is known too. */
export function stepState(state: State, id: string): StepState {
  return state.steps[id] ?? untouched;
}
