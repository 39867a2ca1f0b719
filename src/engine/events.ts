// Everything that can happen in a run: one body type per kind of event. Numbers are integers; long or fractional
// values stand in blobs, named by digest. docs/log-format.md specifies these for readers without this source.

import type { Finding } from './expectation.ts';

export type Verdict = 'pass' | 'fail' | 'error' | 'inconclusive' | 'skip';
export type Mode = 'run' | 'dry-run' | 'survey';

/** DSSE envelope around an in-toto statement; `sig` is an SSHSIG blob. */
export interface Envelope {
  readonly payload: string;
  readonly payloadType: string;
  readonly signatures: readonly { readonly keyid: string; readonly sig: string }[];
}

/** How a process proves that a person let it write: a session key and that person's statement about it. */
export interface SessionOpening {
  readonly principal: string;
  /** `ssh-ed25519 AAAA…`: the key that signs the lines of this session. */
  readonly key: string;
  readonly grant: Envelope;
  readonly host: string;
  readonly tool: { readonly name: string; readonly version: string; readonly node: string };
  /** Milliseconds this process's clock was ahead of the head's `at`; negative: behind. */
  readonly clock_offset: number;
  /** Who AWS says we are, read at the start of the session. */
  readonly callers: readonly { readonly account: string; readonly region: string; readonly arn: string }[];
  /** Hosts that stood in for AWS. A log with any is not evidence about AWS. */
  readonly endpoints: readonly string[];
  /** Who holds which role from now on, sorted by principal; absent: nobody said, and words of people are not signed. */
  readonly roles?: readonly KnownPerson[];
}

/** A person with the roles they speak for. */
export interface KnownPerson {
  readonly principal: string;
  readonly roles: readonly string[];
}

export interface Bodies {
  'run.open': {
    readonly checklist: {
      readonly name: string;
      readonly title: string;
      readonly path: string;
      /** SHA-256 of the bytes; the bytes are a blob. */
      readonly digest: string;
    };
    readonly target: string;
    readonly mode: Mode;
    readonly rehearsal: boolean;
    /** Ids of the phases to run; empty: all. */
    readonly phases: readonly string[];
    /** Git commit of the checklist's folder and whether the tree was dirty; empty commit outside git. */
    readonly git: { readonly commit: string; readonly dirty: boolean };
    /** SHA-256 over the canonical values of the plan, without secrets. */
    readonly values_digest: string;
    /** SHA-256 of the allowed signers this run was opened with; empty when there were none. */
    readonly roster_digest: string;
    readonly store: string;
    /** The wall clock, which differs from `at` in a rehearsal. */
    readonly real_at: string;
    /** Of a dry run: a question that nobody answers is no objection. */
    readonly allow_open?: true;
    readonly session: SessionOpening;
  };
  'session.open': { readonly session: SessionOpening };
  'session.close': { readonly reason: 'paused' | 'later' | 'interrupted' | 'stopped'; readonly until: string };
  'session.revoke': { readonly sid: string; readonly reason: string };
  'clock.set': { readonly t0: string; readonly source: 'command line' | 'gate' };
  /** `json` is the value as JSON text. A secret has no event. */
  'value.set': {
    readonly name: string;
    readonly json: string;
    readonly source: 'file' | 'environment' | 'default' | 'asked' | 'capture';
    /** The step that captured it, else empty. */
    readonly step: string;
  };
  'phase.open': { readonly phase: string };
  'phase.close': { readonly phase: string };
  'step.start': {
    readonly step: string;
    readonly attempt: number;
    readonly why: 'due' | 'retry' | 'again' | 'recheck' | 'interrupted';
    /** Steps whose verdicts this attempt makes void: they read what it captures, or saw a change that was taken back. */
    readonly resets: readonly string[];
  };
  'step.verdict': {
    readonly step: string;
    readonly attempt: number;
    readonly verdict: Verdict;
    /** SHA-256 of the facts as canonical JSON text (a blob); empty when there are none. */
    readonly facts: string;
    readonly observed_at: string;
    readonly requests: readonly string[];
    readonly findings: readonly Finding[];
    /** Why it is an error or a skip; empty otherwise. Equal reasons fold into one line. */
    readonly reason: string;
    /** How often it looked within this attempt. */
    readonly looks: number;
  };
  /** `answer` is JSON text; empty for a secret. */
  'ask.answer': {
    readonly step: string;
    readonly attempt: number;
    readonly answer: string;
    readonly evidence: string;
    readonly by: string;
    readonly source: 'asked' | 'file' | 'script';
  };
  'act.intent': {
    readonly step: string;
    readonly attempt: number;
    readonly class: 'token' | 'compare' | 'observable' | 'opaque';
    /** Digest of the exact request, a blob. */
    readonly request: string;
    /** Digest of the state before, a blob. */
    readonly before: string;
    readonly token: string;
    /** The line of an intent of this act whose change stands, where it is made once more. */
    readonly over?: number;
    /** Sign-offs this act stands on, as `seq:head`. */
    readonly go: readonly string[];
  };
  'act.result': {
    readonly step: string;
    readonly attempt: number;
    readonly result: 'done' | 'already' | 'refused' | 'failed';
    readonly after: string;
    readonly requests: readonly string[];
    readonly change: string;
    readonly reason: string;
  };
  'act.reconciled': {
    readonly step: string;
    readonly attempt: number;
    readonly result: 'applied' | 'not-applied' | 'unknown';
    readonly by: string;
    readonly reason: string;
  };
  'gate.vote': {
    readonly step: string;
    readonly attempt: number;
    readonly role: string;
    readonly decision: 'go' | 'no-go';
    readonly by: string;
    readonly comment: string;
    /** The line of the `signoff` this vote rests on, or -1. */
    readonly signoff: number;
  };
  'step.waive': {
    readonly step: string;
    readonly attempt: number;
    readonly by: string;
    readonly role: string;
    readonly reason: string;
    /** `at` format; empty: for this run. */
    readonly until: string;
    readonly signoff: number;
  };
  'step.attest': {
    readonly step: string;
    readonly attempt: number;
    readonly by: string;
    readonly evidence: string;
    /** The second person a critical step needs, with the line of their `signoff`; empty and -1 otherwise. */
    readonly second: string;
    readonly signoff: number;
  };
  'step.takeover': { readonly step: string; readonly from: string; readonly reason: string };
  'run.pause': { readonly by: string; readonly reason: string };
  'run.resume': { readonly by: string };
  'run.stop': { readonly by: string; readonly reason: string; readonly step: string };
  'step.defer': { readonly step: string; readonly reason: string; readonly on: string };
  'step.claim': { readonly step: string; readonly role: string; readonly by: string };
  attach: {
    readonly digest: string;
    readonly name: string;
    readonly size: number;
    readonly step: string;
    readonly by: string;
  };
  'rollback.open': { readonly by: string; readonly to: string; readonly plan: string };
  'rollback.close': { readonly result: 'done' | 'partial' };
  'checklist.amend': {
    readonly digest: string;
    readonly previous: string;
    readonly by: string;
    /** Who agreed to it, where it touches critical steps, and the line of their sign-off; empty otherwise. */
    readonly second: string;
    readonly signoff?: number;
    readonly reason: string;
    readonly touched: readonly string[];
  };
  /** A person's statement, which `gate.vote`, `step.waive` or `step.attest` names by its line. */
  signoff: {
    readonly principal: string;
    readonly role: string;
    readonly step: string;
    readonly decision: 'go' | 'no-go' | 'waive' | 'attest';
    /** What the statement says of the attempt, and of the line that stood last when it was shown. */
    readonly attempt?: number;
    readonly seen?: number;
    readonly statement: Envelope;
  };
  note: { readonly by: string; readonly step: string; readonly text: string };
  anchor: { readonly seq: number; readonly head: string; readonly place: string; readonly token: string };
  seal: {
    readonly result: 'go' | 'no-go' | 'undecided' | 'no-objection';
    readonly exit: number;
    readonly counts: Readonly<Record<Verdict | 'waived' | 'attested' | 'deferred' | 'open', number>>;
    readonly principal: string;
    readonly statement: Envelope;
  };
}

export type EventKind = keyof Bodies;

/** One event as it stands in the log, without chain and signature. */
export type RunEvent = {
  [K in EventKind]: {
    readonly seq: number;
    readonly at: string;
    readonly sid: string;
    readonly kind: K;
    readonly body: Bodies[K];
  };
}[EventKind];

/** What `decide` answers: events to append, in order. */
export type NewEvent = { [K in EventKind]: { readonly kind: K; readonly body: Bodies[K] } }[EventKind];
