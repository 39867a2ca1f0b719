// The people of a run as the runner sees them: somebody at a terminal, a values file, or the calm operator of a rehearsal.

import type { Envelope } from '../engine/events.ts';
import type { Flow } from '../engine/flow.ts';
import type { Json } from '../engine/json.ts';
import type { Step } from '../engine/plan.ts';
import type { ActShown, LostShown } from '../render/act.ts';
import type { NoReturnShown } from '../render/no-return.ts';
import type { BackShown } from '../render/way-back.ts';
import type { Signer } from '../world.ts';

export interface Answer {
  readonly answer: Json;
  readonly evidence: string;
  readonly by: string;
  readonly source: 'asked' | 'file' | 'script';
}

/** What somebody says at a line of a section instead of answering it. */
export type Put =
  /** It is left for later and stays open, or as it was. `hand`: to whom it is handed, and by whom. */
  | { readonly later: true; readonly hand?: { readonly role: string; readonly by: string } }
  /** The answer of this step is to be corrected first. */
  | { readonly anew: string };

/** The word that closes a section was typed. */
export interface Closed {
  readonly by: string;
}

export interface Vote {
  readonly decision: 'go' | 'no-go';
  readonly by: string;
  readonly comment: string;
  /** With what they sign; absent: whatever this machine has of them. */
  readonly signer?: Signer;
  /** Signed elsewhere already; it says itself what it says. */
  readonly statement?: Envelope;
}

/** The change may be made. `agreed`: who else says so, with their keys, where it takes more than one person. */
export interface Confirmed {
  readonly agreed: readonly Signer[];
}

/** What a person makes of a red. */
export type Remedy =
  | { readonly do: 'retry' }
  | { readonly do: 'again'; readonly step: string }
  | {
      readonly do: 'waive';
      readonly by: string;
      readonly role: string;
      readonly reason: string;
      readonly signer?: Signer | undefined;
    }
  /** `second`: who saw it too; empty where one person is enough. It is theirs to sign then. */
  | {
      readonly do: 'attest';
      readonly by: string;
      readonly evidence: string;
      readonly second: string;
      readonly signer?: Signer | undefined;
    };

/** What a person found out about a change whose answer nobody has. */
export interface Found {
  readonly result: 'applied' | 'not-applied' | 'unknown';
  readonly by: string;
  readonly reason: string;
}

/** The way back with one more step of the checklist's own, or without it again; or with all that was ever changed. */
export type Wider = { readonly with: string } | { readonly deeper: true };

/** Leaving: the run can be resumed after a pause; a stop ends it. */
export interface Leave {
  readonly leave: 'pause' | 'stop';
  readonly reason: string;
}

/** Somebody turned from the question about this step to take back what was changed. */
export interface Back {
  readonly leave: 'rollback';
  readonly step: string;
}

/** `silent`: nobody here can answer this. */
export type Reply<T> = T | Leave | Back | 'silent';

export interface People {
  ask(step: Step): Promise<Reply<Answer | Put>>;
  /** The call that closes a section of questions, or the step whose answer is to be corrected first. */
  close(flow: Flow): Promise<Reply<Closed | { readonly anew: string }>>;
  /** Go or no-go. `shown`: what is to be known at a point of no return before anybody says anything. */
  vote(step: Step, role: string, shown?: NoReturnShown): Promise<Reply<Vote>>;
  /** What to do about a step that did not pass, and those red for the same reason. */
  red(step: Step, same: readonly Step[]): Promise<Reply<Remedy>>;
  /** Whether the change is to be made. There is no way of saying no but to turn away: nothing happens without the word. */
  confirm(step: Step, shown: ActShown): Promise<Reply<Confirmed>>;
  /** What became of a change that nothing can tell about: a person looked, and says so. */
  reconcile(step: Step, shown: LostShown): Promise<Reply<Found>>;
  /** Whether what was changed is to be taken back; or another way back is to be shown first. */
  rollback(shown: BackShown): Promise<Reply<'confirmed' | 'turned away' | Wider>>;
  /** Tells that a word does not count, and why. True when another one may be given. */
  notCounted(why: string): boolean;
  /** Takes the open question away from whoever is asked: something more urgent happened. */
  putAside(): void;
}

/** True for a reply that turns away from the question: out of the run, or to the way back. */
export function isLeave(reply: unknown): reply is Leave | Back {
  return typeof reply === 'object' && reply !== null && 'leave' in reply;
}

/**
 * Answers written down beforehand: a values file, or a rehearsal's calm operator. A red and an unknown question stay
 * open. Only the calm operator lets acts happen; nothing is ever taken back unasked.
 */
export function scripted(script: {
  readonly answers: Readonly<Record<string, { readonly answer: Json; readonly evidence?: string | undefined }>>;
  readonly votes: Readonly<Record<string, Readonly<Record<string, 'go' | 'no-go'>>>>;
  /** Who answers for a role. */
  readonly principal: (role: string | undefined) => string;
  readonly source: 'file' | 'script';
}): People {
  return {
    ask: async (step) => {
      const known = script.answers[step.id];
      if (known === undefined) return 'silent';
      return {
        answer: known.answer,
        evidence: known.evidence ?? '',
        by: script.principal(step.owner),
        source: script.source,
      };
    },
    vote: async (step, role) => {
      const decision = script.votes[step.id]?.[role];
      return decision === undefined ? 'silent' : { decision, by: script.principal(role), comment: '' };
    },
    close: async () => 'silent',
    red: async () => 'silent',
    confirm: async () => (script.source === 'script' ? { agreed: [] } : 'silent'),
    reconcile: async () => 'silent',
    rollback: async () => 'silent',
    notCounted: () => false,
    putAside: () => undefined,
  };
}

/** Asks `first`, and `second` only what the first cannot say, or has said already: nobody says the same thing twice. */
export function inTurn(first: People, second: People): People {
  const or = async <T>(reply: Promise<Reply<T>>, otherwise: () => Promise<Reply<T>>): Promise<Reply<T>> => {
    const said = await reply;
    return said === 'silent' ? otherwise() : said;
  };
  const said = new Set<string>();
  return {
    ask: async (step) => {
      const known = said.has(step.id) ? 'silent' : await first.ask(step);
      said.add(step.id);
      return known === 'silent' ? second.ask(step) : known;
    },
    close: (flow) => or(first.close(flow), () => second.close(flow)),
    vote: (step, role, shown) => or(first.vote(step, role, shown), () => second.vote(step, role, shown)),
    red: (step, same) => or(first.red(step, same), () => second.red(step, same)),
    confirm: (step, shown) => or(first.confirm(step, shown), () => second.confirm(step, shown)),
    reconcile: (step, shown) => or(first.reconcile(step, shown), () => second.reconcile(step, shown)),
    rollback: (shown) => or(first.rollback(shown), () => second.rollback(shown)),
    notCounted: (why) => {
      const again = first.notCounted(why);
      return second.notCounted(why) || again;
    },
    putAside: () => {
      first.putAside();
      second.putAside();
    },
  };
}
