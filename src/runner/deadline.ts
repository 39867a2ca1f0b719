// The moment at which a run that asks nobody has to be over: waits end there, and what was not decided by then is inconclusive.

import { formatDuration } from '../engine/duration.ts';
import type { Step } from '../engine/plan.ts';
import type { Clock } from '../world.ts';
import type { Look, Looked } from './one-look.ts';
import type { Session } from './session.ts';

export interface Deadline {
  /** How long the run may take: `10m`. */
  readonly words: string;
  /** Aborts when it has come. */
  readonly signal: AbortSignal;
  /** It does not come any more. */
  close(): void;
}

/** A deadline `ms` from now on the clock of the run. */
export function openDeadline(clock: Clock, ms: number): Deadline {
  const words = formatDuration(ms);
  const come = new AbortController();
  const closing = new AbortController();
  void clock
    .task(() => clock.sleep(ms, closing.signal))
    .then(() => {
      if (!closing.signal.aborted) come.abort(new Error(`the deadline of the run (${words}) has come`));
    });
  return { words, signal: come.signal, close: () => closing.abort() };
}

/**
 * What an attempt comes to before the deadline of the run, where it has one. What one look decided in time stands; a wait
 * or a hold that was cut short says nothing about what it waited for.
 */
export async function beforeDeadline(
  session: Session,
  step: Step,
  attempt: (session: Session) => Promise<Looked>,
): Promise<Looked> {
  const { deadline } = session;
  if (deadline === undefined) return attempt(session);
  if (deadline.signal.aborted) return { look: tooLate(`${overText(deadline)} before it was looked at`), looks: 0 };
  const signal = AbortSignal.any([session.signal, deadline.signal]);
  const looked = await attempt({ ...session, signal });
  const { look } = looked;
  if (session.signal.aborted || !deadline.signal.aborted) return looked;
  const whole = step.hold === undefined && (step.wait === undefined || step.wait.consecutive === 1);
  if (look.verdict === 'pass' && whole) return looked;
  if (look.verdict === 'fail' && step.hold === undefined && step.wait === undefined) return looked;
  const cut =
    step.hold === undefined && step.wait === undefined ? 'while it was looked at' : 'before its wait was over';
  const { findings, reading } = look;
  const seen = { findings, ...(reading && { reading }) };
  return { ...looked, look: { ...tooLate(`${overText(deadline)} ${cut}`), ...seen } };
}

function overText({ words }: Deadline): string {
  return `the deadline of the run (${words}) came`;
}

function tooLate(reason: string): Look {
  return { verdict: 'inconclusive', findings: [], reason, transient: false, captures: {} };
}
