// Whether a change took effect: looked at until it holds or its time is over, and what the step came to written down.

import { formatDuration } from '../engine/duration.ts';
import type { Bodies } from '../engine/events.ts';
import { judge } from '../engine/judge.ts';
import { isObject, type JsonObject } from '../engine/json.ts';
import type { Step, Verify, Wait } from '../engine/plan.ts';
import { isInForce } from '../engine/acts.ts';
import { stepState } from '../engine/state.ts';
import { withHint, type BlindError } from '../errors.ts';
import { formatAt } from '../log/line.ts';
import { redact } from '../log/redact.ts';
import { visible } from '../render/text.ts';
import type { Prospect, Sees } from '../steps/act.ts';
import type { AnyAct } from '../steps/index.ts';
import { asBlind } from './blind.ts';
import type { Part } from './prepare.ts';
import { scrubJson } from './scrubber.ts';
import { must, stateOf, type Session } from './session.ts';
import { lookWith, type Came } from './verify.ts';

/** A change as it would be made right now. */
export interface Change {
  /** The step, or a part of the way back of one. */
  readonly id: string;
  /** The step that makes it, or whose change it takes back. */
  readonly step: Step;
  readonly kind: AnyAct;
  readonly args: JsonObject;
  readonly prospect: Prospect;
  readonly verify?: Verify;
  /** Whether what is to be seen afterwards is there already; absent when there is nothing to look with. */
  readonly held?: boolean;
  /** How the checklist says it is taken back, everything filled in. */
  readonly back?: readonly Part[];
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
 * A change that was made, and whose effect nobody has seen: because the session ended, or because it takes longer than was
 * waited. It is looked at, and not made again. False when there is none, or it can be seen to have come to nothing.
 */
export async function seeMade(session: Session, found: Change | Blind, why: Why): Promise<boolean> {
  const { interrupted } = stepState(stateOf(session), found.id);
  // What was taken back since, or took back an older making of the act, says nothing about this one.
  if ('blind' in found || !isInForce(stateOf(session), found.step, found.id)) return false;
  if (!interrupted && !(await mayStillCome(session, found))) return false;
  await begin(session, found.id, why);
  await seeEffect(session, found, []);
  return true;
}

/** True when what was made may be under way still: to send it again would make it twice. */
async function mayStillCome(session: Session, change: Change): Promise<boolean> {
  const { kind, args, prospect } = change;
  if (kind.sees === undefined || kind.class === 'compare' || prospect.stands === 'already') return false;
  const seen = await lookOnce(session, change, kind.sees);
  const over = isOver(kind.sees.effect(args).wait, seen, session.world.clock.now());
  return seen.verdict === 'pass' || (seen.verdict !== 'error' && !over);
}

/**
 * Looks until the change has taken effect or its time is over, and writes the verdict. It counts from the moment the
 * change was accepted: that is what a hold's `since` means. Without a verdict when the session ends first.
 */
export async function seeEffect(session: Session, change: Change, requests: readonly string[]): Promise<void> {
  const { id, kind, verify } = change;
  const { act } = stepState(stateOf(session), id);
  const observedAt =
    act?.outcome === 'done' && act.accepted !== undefined ? act.accepted : formatAt(session.world.clock.now());
  const { sees } = kind;
  let came =
    sees === undefined
      ? acceptedOf(change)
      : await untilSeen(session, id, sees.effect(change.args).wait, () => lookOnce(session, change, sees));
  if (session.signal.aborted) return;
  if (came.verdict === 'pass' && verify !== undefined) {
    const seen = await untilSeen(session, id, verify.wait, () => lookWith(session, verify));
    if (session.signal.aborted) return;
    came = sees === undefined ? seen : both(came, seen);
  }
  return conclude(session, id, { ...came, observedAt, requests: [...requests, ...came.requests] });
}

/** Nothing else can be seen of it than that it was accepted, which the log says. */
function acceptedOf({ kind }: Change): Came {
  const findings = [{ verdict: 'pass', expected: kind.accepted ?? 'it is accepted', observed: 'so it is' }] as const;
  return { verdict: 'pass', reason: '', requests: [], findings };
}

function both(own: Came, seen: Came): Came {
  return {
    ...seen,
    findings: [...(own.findings ?? []), ...(seen.findings ?? [])],
    facts: { ...own.facts, ...(seen.facts && { verify: seen.facts }) },
    requests: [...own.requests, ...seen.requests],
    looks: (own.looks ?? 1) + (seen.looks ?? 1),
  };
}

/** Looks until it holds, can no longer come to hold, or the time is over; without a `wait` once. */
async function untilSeen(
  session: Session,
  id: string,
  wait: Wait | undefined,
  look: () => Promise<Came>,
): Promise<Came> {
  const { clock } = session.world;
  const deadline = clock.now() + (wait?.forMs ?? 0);
  let pauseMs = wait?.everyMs.min ?? 0;
  let streak = 0;
  for (let looks = 1; ; looks += 1) {
    const seen = await look();
    session.screen.live('');
    if (session.signal.aborted || wait === undefined) return { ...seen, looks };
    streak = seen.verdict === 'pass' ? streak + 1 : 0;
    if (streak >= wait.consecutive || (seen.verdict !== 'pass' && isOver(wait, seen, clock.now())))
      return { ...seen, looks };
    const leftMs = deadline - clock.now();
    if (leftMs <= 0) return { ...overdue(seen, wait.forMs), looks };
    const bad = seen.findings?.find((finding) => finding.verdict !== 'pass');
    const said = visible(session.journal.told(bad ? `${bad.expected}: ${bad.observed}` : seen.reason)).slice(0, 120);
    session.screen.live(`waiting for ${id} to take effect: look ${looks}, ${formatDuration(leftMs)} left; ${said}`);
    await clock.sleep(Math.min(pauseMs, leftMs), session.signal);
    pauseMs = Math.min(pauseMs * 1.5, wait.everyMs.max);
  }
}

/** Waiting any longer changes nothing: what ended badly stays so. */
function isOver(wait: Wait, { facts }: Came, now: number): boolean {
  return facts !== undefined && wait.stopIf.some((condition) => judge([condition], facts, now).verdict === 'pass');
}

/** The time is over: passes that did not come often enough in a row decide nothing. */
function overdue(seen: Came, forMs: number): Came {
  const late = `it did not take effect within ${formatDuration(forMs)}`;
  const reason = seen.reason === '' ? late : `${late}: ${seen.reason}`;
  return { ...seen, verdict: seen.verdict === 'pass' ? 'inconclusive' : seen.verdict, reason };
}

async function lookOnce(session: Session, { id, args }: Change, sees: Sees<JsonObject>): Promise<Came> {
  const { world, signal } = session;
  const { act } = stepState(stateOf(session), id);
  try {
    const made = { change: act?.change ?? '', mark: act?.token ?? '' };
    const { facts, requests } = await sees.look(args, made, world, { signal, fresh: true });
    // Judged as they are kept: whoever holds the log sees what the verdict rests on.
    const kept = redact(scrubJson(facts, session.journal.scrub));
    const seen = isObject(kept) ? kept : {};
    const { expect, words } = sees.effect(args);
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
