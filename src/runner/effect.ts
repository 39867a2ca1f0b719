// Whether a change took effect: looked at until it holds or its time is over, and what the step came to written down.

import type { Finding } from '../engine/expectation.ts';
import type { Bodies, Verdict } from '../engine/events.ts';
import { formatDuration } from '../engine/duration.ts';
import { judge } from '../engine/judge.ts';
import { isObject, type JsonObject } from '../engine/json.ts';
import { stepState } from '../engine/state.ts';
import { BlindError, withHint } from '../errors.ts';
import { formatAt } from '../log/line.ts';
import { redact } from '../log/redact.ts';
import { visible } from '../render/text.ts';
import type { Prospect } from '../steps/act.ts';
import type { AnyAct } from '../steps/index.ts';
import { must, stateOf, type Session } from './session.ts';

/** A change as it would be made right now. */
export interface Change {
  /** The step, or `undoOf` it. */
  readonly id: string;
  readonly kind: AnyAct;
  readonly args: JsonObject;
  readonly prospect: Prospect;
}

/** What could not be worked out, and why. */
export interface Blind {
  readonly id: string;
  readonly blind: BlindError;
}

export type Why = Bodies['step.start']['why'];

/** Begins the step in the log, unless it is under way. */
export async function begin(session: Session, id: string, why: Why): Promise<void> {
  const { running, interrupted } = stepState(stateOf(session), id);
  if (!running) await must(session, { order: 'start', step: id, why: interrupted ? 'interrupted' : why });
}

/**
 * Looks until the change has taken effect or its time is over, and writes the verdict. It counts from the moment the
 * change was accepted: that is what a hold's `since` means. Without a verdict when the session ends first.
 */
export async function seeEffect(session: Session, change: Change, requests: readonly string[]): Promise<void> {
  const { clock } = session.world;
  const { wait } = change.kind.effect(change.args);
  const { act } = stepState(stateOf(session), change.id);
  const observedAt = act?.outcome === 'done' && act.accepted !== undefined ? act.accepted : formatAt(clock.now());
  const deadline = clock.now() + wait.forMs;
  let pauseMs = wait.everyMs.min;
  let streak = 0;
  for (let looks = 1; ; looks += 1) {
    const seen = await lookOnce(session, change);
    if (session.signal.aborted) return;
    streak = seen.verdict === 'pass' ? streak + 1 : 0;
    const leftMs = deadline - clock.now();
    if (streak >= wait.consecutive || leftMs <= 0) {
      const came = streak >= wait.consecutive ? seen : overdue(seen, wait.forMs);
      return conclude(session, change.id, { ...came, observedAt, looks, requests: [...requests, ...seen.requests] });
    }
    const bad = seen.findings?.find((finding) => finding.verdict !== 'pass');
    const said = visible(session.journal.scrub(bad ? `${bad.expected}: ${bad.observed}` : seen.reason)).slice(0, 120);
    session.screen.live(
      `waiting for ${change.id} to take effect: look ${looks}, ${formatDuration(leftMs)} left; ${said}`,
    );
    await clock.sleep(Math.min(pauseMs, leftMs), session.signal);
    pauseMs = Math.min(pauseMs * 1.5, wait.everyMs.max);
  }
}

/** The time is over: passes that did not come often enough in a row decide nothing. */
function overdue(seen: Came, forMs: number): Came {
  const late = `it did not take effect within ${formatDuration(forMs)}`;
  const reason = seen.reason === '' ? late : `${late}: ${seen.reason}`;
  return { ...seen, verdict: seen.verdict === 'pass' ? 'inconclusive' : seen.verdict, reason };
}

/** What a step came to: what is not given is empty. */
export interface Came {
  readonly verdict: Exclude<Verdict, 'skip'>;
  readonly reason: string;
  readonly requests: readonly string[];
  readonly findings?: readonly Finding[];
  readonly facts?: JsonObject;
  readonly looks?: number;
  /** In the `at` format; now, unless it is given. */
  readonly observedAt?: string;
}

async function lookOnce(session: Session, { id, kind, args }: Change): Promise<Came> {
  const { world, signal } = session;
  const change = stepState(stateOf(session), id).act?.change ?? '';
  try {
    const { facts, requests } = await kind.look(args, change, world, { signal, fresh: true });
    // Judged as they are kept: whoever holds the log sees what the verdict rests on.
    const kept = redact(facts);
    const seen = isObject(kept) ? kept : {};
    const { expect, words } = kind.effect(args);
    const { verdict, findings } = judge(expect, seen, world.clock.now());
    // What was wrong is told expectation by expectation; that all is well in one sentence.
    const told = verdict === 'pass' ? [{ verdict, expected: words, observed: 'so it is' } as const] : findings;
    return { verdict, reason: '', requests, findings: told, facts: seen };
  } catch (error) {
    const blind = asBlind(error, 'looking whether it took effect');
    return { verdict: 'error', reason: withHint(blind), requests: blind.requests };
  }
}

/** Writes what the step came to. */
export async function conclude(session: Session, id: string, came: Came): Promise<void> {
  const { verdict, facts, requests, findings = [], reason, looks = 1 } = came;
  const seen = {
    verdict,
    facts: facts === undefined ? '' : await session.journal.keep(facts),
    observed_at: came.observedAt ?? formatAt(session.world.clock.now()),
    requests: requests.slice(-20),
    findings,
    reason: reason.slice(0, 500),
    looks,
  };
  await must(session, { order: 'judge', step: id, captures: {}, seen });
}

/** Whatever went wrong on the way is a reason why nobody could look, or change anything. */
export function asBlind(error: unknown, doing: string): BlindError {
  return error instanceof BlindError
    ? error
    : new BlindError('internal', `golive broke while ${doing}: ${String(error)}`);
}
