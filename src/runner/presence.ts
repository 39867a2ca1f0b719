// A session as other processes see it: what it is doing, and how a person at another terminal ends its run.

import { stepsOf } from '../engine/plan.ts';
import { stepState } from '../engine/state.ts';
import { GoliveError } from '../errors.ts';
import type { AnyAct } from '../steps/index.ts';
import type { Operator } from '../world.ts';
import type { People } from './people.ts';
import { callName } from './section.ts';
import { stateOf, type Session } from './session.ts';

/** Who ended the run from elsewhere, and why. */
export interface StopAsked {
  readonly by: string;
  readonly reason: string;
}

export interface Presence {
  /** What the session does from now on, in a few words: `asking approved`. */
  doing(words: string): void;
  what(): string;
  /** Somebody wants the run to end. Returns why that is not done, or undefined: it is. */
  ask(stop: StopAsked): string | undefined;
  /** Who wants it to end, as soon as somebody does. */
  asked(): StopAsked | undefined;
  /** Aborts when somebody asks. */
  readonly heard: AbortSignal;
  /** Aborts with the process, and with `end`. */
  readonly signal: AbortSignal;
  /** Nothing is waited for any more. */
  end(): void;
  /** The session ends by itself: from now on nobody is heard. */
  close(): void;
}

/** The session in which turns are taken, and what has to happen as soon as somebody ends the run from elsewhere. */
export interface Reachable {
  readonly session: Session;
  readonly hear: () => void;
}

/**
 * Once somebody ended the run from elsewhere, nobody is asked anything any more, nothing more is sent, and whatever looks
 * or waits ends as if the process had been told to. What is being sent at that moment is not cut off: its answer is
 * awaited, and written down.
 */
export function reachable(session: Session): Reachable {
  const { presence, people } = session;
  if (presence === undefined) return { session, hear: () => undefined };
  let sending = 0;
  const asks = async <T>(words: string, reply: () => Promise<T>): Promise<T> => {
    if (presence.asked()) throw stoppedElsewhere();
    const before = presence.what();
    presence.doing(words);
    try {
      return await reply();
    } finally {
      presence.doing(before);
    }
  };
  const asked: People = {
    ...people,
    ask: (step) => asks(`asking ${step.id}`, () => people.ask(step)),
    close: (flow) => asks(`asking to close ${callName(flow)}`, () => people.close(flow)),
    vote: (step, role, shown) => asks(`asking ${step.id}`, () => people.vote(step, role, shown)),
    red: (step, same) => asks(`asking what to do about ${step.id}`, () => people.red(step, same)),
    confirm: (step, shown) => asks(`asking before ${step.id}`, () => people.confirm(step, shown)),
    reconcile: (step, shown) => asks(`asking what became of ${step.id}`, () => people.reconcile(step, shown)),
    rollback: (shown) => asks('asking before a way back', () => people.rollback(shown)),
  };
  const perform: Perform = async (kind, ...given) => {
    if (presence.asked()) return { refused: 'the run was ended from another terminal: it was not sent', requests: [] };
    sending += 1;
    try {
      return await kind.perform(...given);
    } finally {
      sending -= 1;
      if (presence.asked()) presence.end();
    }
  };
  const findAct = (name: string): AnyAct | undefined => {
    const kind = session.findAct(name);
    return kind && { ...kind, perform: (...given) => perform(kind, ...given) };
  };
  return {
    session: { ...session, people: asked, findAct, signal: presence.signal },
    hear: () => {
      people.putAside();
      if (sending === 0 && !isPoking(session)) presence.end();
    },
  };
}

type Perform = (kind: AnyAct, ...given: Parameters<AnyAct['perform']>) => ReturnType<AnyAct['perform']>;

function isPoking(session: Session): boolean {
  const state = stateOf(session);
  return stepsOf(session.plan).some(({ id, nature }) => nature === 'pokes' && stepState(state, id).running);
}

/** The operator, who is asked nothing more once somebody ended the run from elsewhere. The open question is put aside. */
export function interruptible(operator: Operator, presence: Presence): Operator {
  const asks = async <T>(question: () => Promise<T>): Promise<T> => {
    if (presence.asked()) throw stoppedElsewhere();
    return question();
  };
  return {
    present: operator.present,
    menu: (question, choices) => asks(() => operator.menu(question, choices)),
    line: (question, check, words) => asks(() => operator.line(question, check, words)),
    secret: (question, words) => asks(() => operator.secret(question, words)),
    putAside: () => operator.putAside(),
  };
}

function stoppedElsewhere(): GoliveError {
  return new GoliveError('put-aside', 'The run was ended from another terminal; nothing more is asked.');
}
