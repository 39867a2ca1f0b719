// What is known of a run after some of its events. Only `evolve` makes these values.

import type { Bodies, KnownPerson, Verdict } from './events.ts';

export interface State {
  /** Events so far; the next one has this number. */
  readonly seq: number;
  /** `at` of the newest event; empty before the first. */
  readonly at: string;
  readonly opened?: Bodies['run.open'];
  /** When it was opened, in the `at` format. */
  readonly begun?: string;
  /** The session that writes, or undefined between sessions. */
  readonly session?: {
    readonly sid: string;
    readonly principal: string;
    /** Fingerprint of the key with which that person let it write. */
    readonly key: string;
    readonly endpoints: readonly string[];
  };
  /** Who holds which role, as the newest session said; absent: nobody knows, and no word is signed. */
  readonly people?: readonly KnownPerson[];
  readonly sessions: number;
  /** T in the `at` format, once it is known. */
  readonly t0?: string;
  /** Where T comes from: with `gate` nobody knew it before that go. */
  readonly t0From?: Bodies['clock.set']['source'];
  /** Inputs and captures as JSON text. */
  readonly values: Readonly<Record<string, { readonly json: string; readonly step: string }>>;
  readonly phases: Readonly<Record<string, 'open' | 'closed'>>;
  /** When each was opened first and closed last, in the `at` format; `closed` is empty until then. */
  readonly phaseTimes: Readonly<Record<string, { readonly opened: string; readonly closed: string }>>;
  /** When the session that ended last said it would go on, in the `at` format; empty when it did not say. */
  readonly until: string;
  /** The digest of the checklist the run goes on with, once it was amended. */
  readonly amended?: string;
  readonly steps: Readonly<Record<string, StepState>>;
  /** The line that changed last what is known of a step; under the empty name, of all of them. */
  readonly touched: Readonly<Record<string, number>>;
  readonly paused?: { readonly by: string; readonly reason: string };
  /** The latest way back that was taken; without a result while it is under way. */
  readonly rollback?: {
    /** The line that opened it, and when. */
    readonly seq: number;
    readonly at: string;
    readonly by: string;
    readonly to: string;
    /** Digest of what was to be taken back, and why. */
    readonly plan: string;
    readonly result?: 'done' | 'partial';
  };
  readonly stopped?: { readonly by: string; readonly reason: string };
  readonly sealed?: { readonly exit: number; readonly result: Bodies['seal']['result'] };
}

export interface StepState {
  /** The attempt that runs or ran last; 0 before the first. */
  readonly attempt: number;
  readonly running: boolean;
  /** The session ended while it ran: whether a poke arrived is not known. */
  readonly interrupted: boolean;
  /** When it was begun, in the `at` format: a hold starts here unless its `since` says otherwise. */
  readonly begun: string;
  /** It had failed or come to nothing, and was begun anew: a hold then starts from here, whatever its `since` says. */
  readonly renewed: boolean;
  /** What is known of the change this act made or tried last. Survives later attempts. */
  readonly act?: ActState;
  readonly verdict?: SeenVerdict;
  /** The verdict it had last, in whatever attempt. */
  readonly stood?: Verdict;
  readonly overlay?: Overlay;
  readonly deferred?: { readonly reason: string; readonly on: string };
  /** What was answered in this attempt, and when, in the `at` format. */
  readonly answer?: { readonly answer: string; readonly evidence: string; readonly by: string; readonly at: string };
  /** To whom a question was handed while it is open, and who did that. */
  readonly handed?: { readonly role: string; readonly by: string };
  readonly votes: Readonly<Record<string, Vote>>;
  /** What people signed about this attempt. */
  readonly signoffs: readonly Signoff[];
}

export interface Vote {
  readonly decision: 'go' | 'no-go';
  readonly by: string;
  /** The line of the sign-off it rests on, or -1. */
  readonly signoff: number;
  /** The line that stood last when it was asked for. */
  readonly seen: number;
}

/** A signed word that is in the log. */
export interface Signoff {
  /** Its line. */
  readonly seq: number;
  readonly principal: string;
  readonly role: string;
  readonly decision: Bodies['signoff']['decision'];
  readonly attempt: number;
  readonly seen: number;
  /** Fingerprint of the key: one key is one person, whatever names it goes by. */
  readonly key: string;
}

export interface ActState {
  readonly attempt: number;
  /** Who ran it. */
  readonly by: string;
  /** The line and time of its intent. */
  readonly seq: number;
  readonly at: string;
  readonly class: Bodies['act.intent']['class'];
  /** What it was marked with at the other side; empty when nothing was sent. */
  readonly token: string;
  /** Digests of the exact request and of the state before. */
  readonly request: string;
  readonly before: string;
  /** `unknown` until a result or a look says otherwise: the call may have been made or not. */
  readonly outcome: 'unknown' | 'done' | 'already' | 'refused' | 'failed' | 'not-applied';
  /** The digest of what it answered; empty without. */
  readonly after: string;
  /** The id of the change at the other side; empty without one. */
  readonly change: string;
  /** When it was accepted, in the `at` format; where its answer was lost, when it was about to be sent. */
  readonly accepted?: string;
  /** While it is made once more: the change that stands. */
  readonly earlier?: ActState;
  /** The latest one that was sent and found not to have been made: it may still arrive. */
  readonly lost?: ActState;
}

export interface SeenVerdict {
  readonly verdict: Verdict;
  readonly findings: Bodies['step.verdict']['findings'];
  readonly reason: string;
  readonly facts: string;
  readonly observedAt: string;
  /** The line of the verdict, and when it was written. */
  readonly seq: number;
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
  return { seq: 0, at: '', sessions: 0, values: {}, phases: {}, phaseTimes: {}, until: '', steps: {}, touched: {} };
}

const untouched: StepState = {
  attempt: 0,
  running: false,
  interrupted: false,
  begun: '',
  renewed: false,
  votes: {},
  signoffs: [],
};

/** What is known of a step; a step nothing happened to is known too. */
export function stepState(state: State, id: string): StepState {
  // A log may name a step as no checklist can, after something that every object has.
  return Object.hasOwn(state.steps, id) ? (state.steps[id] ?? untouched) : untouched;
}
