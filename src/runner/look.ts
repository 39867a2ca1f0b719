// One attempt of a probe: read, judge, and where the step says `wait`, again until it holds or the time is over.

import type { Expectation, Finding } from '../engine/expectation.ts';
import type { Bodies } from '../engine/events.ts';
import { isObject, type Json } from '../engine/json.ts';
import { formatDuration } from '../engine/duration.ts';
import { judge } from '../engine/judge.ts';
import { findStep, type Step, type Wait } from '../engine/plan.ts';
import { stepState } from '../engine/state.ts';
import { BlindError, GoliveError, withHint } from '../errors.ts';
import { formatAt } from '../log/line.ts';
import { redact } from '../log/redact.ts';
import { capturesOf } from './captures.ts';
import type { Reader, Reading } from './reader.ts';
import { visible } from '../render/text.ts';
import { must, stateOf, type Session } from './session.ts';

type SeenBody = Omit<Bodies['step.verdict'], 'step' | 'attempt'>;

/** What one look came to, before it is written. */
interface Look {
  readonly verdict: SeenBody['verdict'];
  readonly findings: readonly Finding[];
  readonly reason: string;
  /** May be different next time without anybody doing something. */
  readonly transient: boolean;
  readonly reading?: Reading;
  readonly captures: Readonly<Record<string, string>>;
}

/** Starts the step, looks until it is decided, and writes the verdict. An abort leaves it started: nobody knows. */
export async function performLook(
  session: Session,
  step: Step,
  how: {
    readonly why: Bodies['step.start']['why'];
    readonly fresh: boolean;
    readonly resting: (rests: boolean) => void;
  },
): Promise<void> {
  await must(session, { order: 'start', step: step.id, why: how.why });
  const { look, looks } = await untilDecided(session, step, how);
  if (session.signal.aborted) return;
  await record(session, step, look, looks);
}

async function untilDecided(
  session: Session,
  step: Step,
  how: { readonly fresh: boolean; readonly resting: (rests: boolean) => void },
): Promise<{ look: Look; looks: number }> {
  const { clock } = session.world;
  const wait = step.wait;
  const deadline = clock.now() + (wait?.forMs ?? 0);
  let pauseMs = wait?.everyMs.min ?? 0;
  let streak = 0;
  const from = capturedBy(session, step);
  for (let looks = 1; ; looks += 1) {
    const reader = how.fresh || looks > 1 ? session.reader.anew() : session.reader;
    const look = await once(session, step, reader);
    if (capturedBy(session, step) !== from) return { look: recaptured(look, step), looks };
    if (wait === undefined || session.signal.aborted) return { look, looks };
    streak = look.verdict === 'pass' ? streak + 1 : 0;
    if (streak >= wait.consecutive) return { look, looks };
    if (look.verdict === 'error' && !look.transient) return { look, looks };
    const stop = await stopped(session, wait, look, reader);
    if (stop && (stop.verdict === 'fail' || !stop.transient)) return { look: stop, looks };
    const leftMs = deadline - clock.now();
    if (leftMs <= 0) return { look: overdue(look, wait, streak), looks };
    const seen = visible(session.journal.scrub(inShort(look)));
    session.screen.live(`waiting for ${step.id}: look ${looks}, ${formatDuration(leftMs)} left; ${seen}`);
    how.resting(true);
    await clock.sleep(Math.min(pauseMs, leftMs), session.signal);
    how.resting(false);
    pauseMs = Math.min(pauseMs * 1.5, wait.everyMs.max);
  }
}

/** Which attempts of other steps captured what this one reads. */
function capturedBy(session: Session, step: Step): string {
  return step.readers.map((id) => `${id} ${stepState(stateOf(session), id).attempt}`).join(', ');
}

/** Somebody had a step run again whose capture was read: what was seen is about the value from before. */
function recaptured(look: Look, step: Step): Look {
  const reason = `${step.readers.join(', ')} was run again meanwhile, and this rests on what it had captured before`;
  return { ...look, verdict: 'inconclusive', reason, captures: {} };
}

/** One look. Whatever goes wrong while looking is an error on this step, never dropped and never a pass. */
async function once(session: Session, step: Step, reader: Reader): Promise<Look> {
  try {
    if (step.work.type === 'probe' && step.work.recheck) return await recheckAll(session, step.work.recheck);
    const reading = await readStep(session, step, reader);
    return await judgeReading(session, step, reading, reader);
  } catch (error) {
    return blind(error);
  }
}

async function readStep(session: Session, step: Step, reader: Reader): Promise<Reading> {
  if (step.work.type !== 'probe') throw new BlindError('internal', `${step.id} is not a probe`);
  if (step.work.named !== undefined) return reader.named(step.work.named, session.signal);
  if (step.work.call === undefined) throw new BlindError('internal', `${step.id} says nothing to probe`);
  return reader.read(step.work.call, session.signal);
}

async function judgeReading(session: Session, step: Step, reading: Reading, reader: Reader): Promise<Look> {
  const expect = await reader.fill(step.expect, session.signal);
  const redacted = redact(reading.facts);
  const facts = isObject(redacted) ? redacted : {};
  const { verdict, findings: seen } = judge(expect, reading.facts, reading.observedAt);
  // Only what is kept of the facts may be told of them.
  const findings = withoutSecrets(seen, () => judge(expect, facts, reading.observedAt).findings, reading.facts, facts);
  const taken = verdict === 'pass' ? capturesOf(step.capture, reading.facts) : { captures: {} };
  const look = { reason: '', transient: true, reading: { ...reading, facts } };
  if ('missed' in taken) return { ...look, verdict: 'fail', findings: [...findings, taken.missed], captures: {} };
  return { ...look, verdict, findings, captures: taken.captures };
}

/** Findings about facts as they came, in the words of the facts as they are kept. */
function withoutSecrets(
  seen: readonly Finding[],
  told: () => readonly Finding[],
  whole: Json,
  kept: Json,
): readonly Finding[] {
  if (JSON.stringify(whole) === JSON.stringify(kept)) return seen;
  const safe = told();
  return seen.map((finding, index) => {
    const other = safe[index];
    if (other?.observed === finding.observed && other.hint === finding.hint) return finding;
    const same = other?.verdict === finding.verdict;
    const observed = same ? other.observed : 'what looks like a secret, which is kept nowhere';
    return { verdict: finding.verdict, expected: finding.expected, observed };
  });
}

/** Probes of other steps once more, with their own expectations: all of them have to hold. */
async function recheckAll(session: Session, ids: readonly string[]): Promise<Look> {
  const reader = session.reader.anew();
  const looks: { readonly id: string; readonly look: Look }[] = [];
  for (const id of ids) {
    const step = findStep(session.plan, id);
    if (step === undefined) throw new BlindError('internal', `there is no step ${id}`);
    looks.push({ id, look: await once(session, step, reader) });
  }
  const [first] = looks;
  if (first === undefined) throw new BlindError('internal', 'a recheck of nothing proves nothing');
  const worst = looks.reduce((bad, { look }) => (rank(look) > rank(bad) ? look : bad), first.look);
  const findings = looks.flatMap(({ id, look }) =>
    look.findings.map((finding) => ({ ...finding, expected: `${id}: ${finding.expected}` })),
  );
  if (looks.length === 1) return { ...worst, findings, captures: {} };
  const reason = looks.flatMap(({ id, look }) => (look.reason === '' ? [] : [`${id}: ${look.reason}`])).join('; ');
  return { ...worst, findings, reason, reading: together(looks), captures: {} };
}

/** The evidence of several looks, by the step each of them checks again. */
function together(looks: readonly { readonly id: string; readonly look: Look }[]): Reading {
  const seen = looks.flatMap(({ id, look }) =>
    look.reading === undefined || Number.isNaN(look.reading.observedAt) ? [] : [{ id, reading: look.reading }],
  );
  return {
    facts: Object.fromEntries(seen.map(({ id, reading }) => [id, reading.facts])),
    requests: looks.flatMap(({ look }) => look.reading?.requests ?? []),
    observedAt: seen.length === 0 ? Number.NaN : Math.min(...seen.map(({ reading }) => reading.observedAt)),
  };
}

const rank = (look: Look): number => ['pass', 'inconclusive', 'error', 'fail'].indexOf(look.verdict);

function blind(error: unknown): Look {
  // Credentials of another account are no verdict on a step: nothing more may be read with them.
  if (error instanceof GoliveError && error.code === 'account') throw error;
  const known =
    error instanceof BlindError ? error : new BlindError('internal', `golive broke while looking: ${String(error)}`);
  const reason = withHint(known);
  const requests = known.requests;
  return {
    verdict: 'error',
    findings: [],
    reason,
    transient: known.transient,
    captures: {},
    reading: { facts: {}, requests, observedAt: Number.NaN },
  };
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
