// One attempt of a probe: read, judge, and where the step says `wait`, again until it holds or the time is over.

import type { Expectation, Finding } from '../engine/expectation.ts';
import type { Bodies } from '../engine/events.ts';
import { isObject } from '../engine/json.ts';
import { formatDuration } from '../engine/duration.ts';
import { capturePath, judge } from '../engine/judge.ts';
import { findStep, type Step, type Wait } from '../engine/plan.ts';
import { BlindError, withHint } from '../errors.ts';
import { formatAt } from '../log/line.ts';
import { redact } from '../log/redact.ts';
import type { Reading } from './reader.ts';
import { visible } from '../render/text.ts';
import { must, type Session } from './session.ts';

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

/** How long a captured value may be as JSON text. */
const captureMax = 16_000;

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
  for (let looks = 1; ; looks += 1) {
    const look = await once(session, step, how.fresh || looks > 1);
    if (wait === undefined || session.signal.aborted) return { look, looks };
    streak = look.verdict === 'pass' ? streak + 1 : 0;
    if (streak >= wait.consecutive) return { look, looks };
    if (look.verdict === 'error' && !look.transient) return { look, looks };
    const stop = await stopped(session, wait, look);
    if (stop) return { look: stop, looks };
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

/** One look. Whatever goes wrong while looking is an error on this step, never dropped and never a pass. */
async function once(session: Session, step: Step, fresh: boolean): Promise<Look> {
  try {
    if (step.work.type === 'probe' && step.work.recheck) return await recheckAll(session, step.work.recheck);
    const reading = await readStep(session, step, fresh);
    return await judgeReading(session, step, reading);
  } catch (error) {
    return blind(error);
  }
}

async function readStep(session: Session, step: Step, fresh: boolean): Promise<Reading> {
  if (step.work.type !== 'probe') throw new BlindError('internal', `${step.id} is not a probe`);
  if (step.work.named !== undefined) return session.reader.named(step.work.named, fresh, session.signal);
  if (step.work.call === undefined) throw new BlindError('internal', `${step.id} says nothing to probe`);
  return session.reader.read(step.work.call, fresh, session.signal);
}

async function judgeReading(session: Session, step: Step, reading: Reading): Promise<Look> {
  const expect = await session.reader.fill(step.expect, session.signal);
  const redacted = redact(reading.facts);
  const facts = isObject(redacted) ? redacted : {};
  const { verdict, findings } = judge(expect, reading.facts, reading.observedAt);
  const captures: Record<string, string> = {};
  if (verdict === 'pass') {
    for (const [name, path] of Object.entries(step.capture)) {
      const value = capturePath(path, reading.facts);
      const json = JSON.stringify(value);
      if (value === undefined || json.length > captureMax) {
        const observed = value === undefined ? 'nothing' : `${json.length} characters`;
        const missed = {
          verdict: 'fail' as const,
          expected: `${path} gives ${name} a value of at most ${captureMax} characters`,
          observed,
        };
        return {
          verdict: 'fail',
          findings: [...findings, missed],
          reason: '',
          transient: true,
          reading: { ...reading, facts },
          captures: {},
        };
      }
      captures[name] = json;
    }
  }
  return { verdict, findings, reason: '', transient: true, reading: { ...reading, facts }, captures };
}

/** Probes of other steps once more, with their own expectations: all of them have to hold. */
async function recheckAll(session: Session, ids: readonly string[]): Promise<Look> {
  const findings: Finding[] = [];
  let worst: Look | undefined;
  for (const id of ids) {
    const step = findStep(session.plan, id);
    if (step === undefined) throw new BlindError('internal', `there is no step ${id}`);
    const look = await once(session, step, true);
    findings.push(...look.findings.map((finding) => ({ ...finding, expected: `${id}: ${finding.expected}` })));
    if (worst === undefined || rank(look) > rank(worst)) worst = look;
  }
  if (worst === undefined) throw new BlindError('internal', 'a recheck of nothing proves nothing');
  return { ...worst, findings, captures: {} };
}

const rank = (look: Look): number => ['pass', 'inconclusive', 'error', 'fail'].indexOf(look.verdict);

function blind(error: unknown): Look {
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

async function stopped(session: Session, wait: Wait, look: Look): Promise<Look | undefined> {
  if (wait.stopIf.length === 0 || look.reading === undefined || look.verdict === 'error') return undefined;
  for (const condition of await session.reader.fill<readonly Expectation[]>(wait.stopIf, session.signal)) {
    const { verdict, findings } = judge([condition], look.reading.facts, look.reading.observedAt);
    if (verdict !== 'pass') continue;
    const words = findings.map((finding) => finding.expected).join(', ');
    return { ...look, verdict: 'fail', reason: `stopped waiting: ${words}` };
  }
  return undefined;
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
