// One attempt of a probe: looks, where the step says `wait` again until it holds, where it says `hold` on until the end.

import type { Expectation } from '../engine/expectation.ts';
import { formatDuration } from '../engine/duration.ts';
import { judge } from '../engine/judge.ts';
import type { Step, Wait } from '../engine/plan.ts';
import { formatAt } from '../log/line.ts';
import { visible } from '../render/text.ts';
import { beforeDeadline } from './deadline.ts';
import { watchHold } from './hold.ts';
import { blind, capturedBy, once, recaptured, type Attempting, type Look, type Looked } from './one-look.ts';
import type { Reader } from './reader.ts';
import { must, type Session } from './session.ts';

/** Starts the step, looks until it is decided, and writes the verdict. An abort leaves it started: nobody knows. */
export async function performLook(session: Session, step: Step, how: Attempting): Promise<void> {
  await must(session, { order: 'start', step: step.id, why: how.why });
  const { look, looks } = await beforeDeadline(session, step, (within) => untilDecided(within, step, how));
  if (session.signal.aborted) return sayWhatGoesOn(session, step, look);
  await record(session, step, look, looks);
}

/** What a poke left behind may go on without us. It has no verdict, so the screen is the only place that says so. */
function sayWhatGoesOn(session: Session, step: Step, { code = 'internal', reason }: Look): void {
  if (step.nature !== 'pokes' || code === 'internal') return;
  session.screen.print(`  ${step.id}: ${visible(session.journal.told(reason)).slice(0, 500)}`);
}

/** A wait comes first: what is to stay true has to become true. */
async function untilDecided(session: Session, step: Step, how: Attempting): Promise<Looked> {
  const { hold, wait } = step;
  if (hold === undefined) return untilTrue(session, step, how);
  if (wait === undefined) return watchHold(session, step, hold, how);
  const became = await untilTrue(session, step, how);
  if (became.look.verdict !== 'pass' || session.signal.aborted) return became;
  const held = await watchHold(session, step, hold, { ...how, fresh: true });
  return { look: held.look, looks: became.looks + held.looks };
}

async function untilTrue(session: Session, step: Step, how: Attempting): Promise<Looked> {
  const { clock } = session.world;
  const wait = step.wait;
  const deadline = clock.now() + (wait?.forMs ?? 0);
  let pauseMs = wait?.everyMs.min ?? 0;
  let streak = 0;
  const from = capturedBy(session, step);
  for (let looks = 1; ; looks += 1) {
    const reader = how.fresh || looks > 1 ? session.reader.anew() : session.reader;
    const look = await once(session, step, reader, how.why === 'recheck');
    if (capturedBy(session, step) !== from) return { look: recaptured(look, step), looks };
    if (wait === undefined || session.signal.aborted) return { look, looks };
    streak = look.verdict === 'pass' ? streak + 1 : 0;
    if (streak >= wait.consecutive) return { look, looks };
    if (look.verdict === 'error' && !look.transient) return { look, looks };
    const stop = await stopped(session, wait, look, reader);
    if (stop && (stop.verdict === 'fail' || !stop.transient)) return { look: stop, looks };
    const leftMs = deadline - clock.now();
    if (leftMs <= 0) return { look: overdue(look, wait, streak), looks };
    const seen = session.journal.told(inShort(look));
    how.resting({
      words: `waiting for ${step.id}: look ${looks}, ${formatDuration(leftMs)} left; ${seen}`,
      failing: 0,
    });
    await clock.sleep(Math.min(pauseMs, leftMs), session.signal);
    how.resting(undefined);
    pauseMs = Math.min(pauseMs * 1.5, wait.everyMs.max);
  }
}

/** The look that ends the wait because a `stop_if` holds; or why that cannot be known. */
async function stopped(session: Session, wait: Wait, look: Look, reader: Reader): Promise<Look | undefined> {
  if (wait.stopIf.length === 0 || look.reading === undefined || look.verdict === 'error') return undefined;
  try {
    for (const condition of await reader.fill<readonly Expectation[]>(wait.stopIf, session.signal)) {
      const { verdict, findings } = judge([condition], look.reading.facts, look.reading.observedAt);
      if (verdict !== 'pass') continue;
      const words = findings.map((finding) => finding.expected).join(', ');
      return { ...look, verdict: 'fail', reason: `stopped waiting: ${words}` };
    }
    return undefined;
  } catch (error) {
    return blind(error);
  }
}

/** The time is over: what was seen last stands; passes that did not come often enough in a row decide nothing. */
function overdue(look: Look, wait: Wait, streak: number): Look {
  if (look.verdict !== 'pass') return look;
  const reason = `held ${streak} times in a row within ${formatDuration(wait.forMs)}; ${wait.consecutive} are asked for`;
  return { ...look, verdict: 'inconclusive', reason };
}

async function record(session: Session, step: Step, look: Look, looks: number): Promise<void> {
  const now = session.world.clock.now();
  const seen = look.reading !== undefined && !Number.isNaN(look.reading.observedAt);
  const facts = seen && look.reading ? await session.journal.keep(look.reading.facts) : '';
  const body = {
    verdict: look.verdict,
    facts,
    observed_at: formatAt(seen && look.reading ? look.reading.observedAt : now),
    requests: (look.reading?.requests ?? []).slice(-20),
    findings: look.findings,
    reason: look.reason.slice(0, 500),
    looks,
  };
  await must(session, { order: 'judge', step: step.id, seen: body, captures: look.captures });
}

function inShort(look: Look): string {
  const bad = look.findings.find((finding) => finding.verdict !== 'pass');
  return (bad ? `${bad.expected}: ${bad.observed}` : look.reason).slice(0, 120);
}
