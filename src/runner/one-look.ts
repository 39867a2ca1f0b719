// One look at one step: read, judged, and what it would capture. Whatever goes wrong while looking is a look too.

import type { Expectation, Finding } from '../engine/expectation.ts';
import type { Bodies } from '../engine/events.ts';
import { isObject, type Json, type JsonObject } from '../engine/json.ts';
import { judge } from '../engine/judge.ts';
import { findStep, type Step } from '../engine/plan.ts';
import { stepState } from '../engine/state.ts';
import { BlindError, GoliveError, withHint, type BlindCode } from '../errors.ts';
import { redact } from '../log/redact.ts';
import type { UnderWay } from '../render/live.ts';
import { capturesOf, changesSince } from './captures.ts';
import type { Reader, Reading } from './reader.ts';
import { scrubJson } from './scrubber.ts';
import { stateOf, type Session, type Sight } from './session.ts';

/** What one look came to, before it is written. */
export interface Look {
  readonly verdict: Bodies['step.verdict']['verdict'];
  readonly findings: readonly Finding[];
  readonly reason: string;
  /** May be different next time without anybody doing something. */
  readonly transient: boolean;
  readonly reading?: Reading;
  /** Why it could not look. */
  readonly code?: BlindCode;
  readonly captures: Readonly<Record<string, string>>;
}

/** How an attempt is made. */
export interface Attempting {
  readonly why: Bodies['step.start']['why'];
  /** Nothing that was read before may serve it. */
  readonly fresh: boolean;
  /** Told how far it is when it begins to wait for its next look, and nothing when it goes on. */
  readonly resting: (far: UnderWay | undefined) => void;
}

/** What an attempt came to, and after how many looks. */
export interface Looked {
  readonly look: Look;
  readonly looks: number;
}

/** Which attempts of other steps captured what this one reads. */
export function capturedBy(session: Session, step: Step): string {
  return step.readers.map((id) => `${id} ${stepState(stateOf(session), id).attempt}`).join(', ');
}

/** Somebody had a step run again whose capture was read: what was seen is about the value from before. */
export function recaptured(look: Look, step: Step): Look {
  const reason = `${step.readers.join(', ')} was run again meanwhile, and this rests on what it had captured before`;
  return { ...look, verdict: 'inconclusive', reason, captures: {} };
}

/**
 * One look. `again`: it was looked at before and is only checked once more, so what it captured must be as it was.
 * Whatever goes wrong while looking is an error on this step, never dropped and never a pass.
 */
export async function once(session: Session, step: Step, reader: Reader, again: boolean): Promise<Look> {
  try {
    if (step.work.type === 'probe' && step.work.recheck) return await recheckAll(session, step.work.recheck);
    const reading = await readStep(session, step, reader);
    return await judgeReading(session, step, reading, { reader, again });
  } catch (error) {
    return blind(error);
  }
}

/** What a step's own probe sees. */
export async function readStep(session: Session, step: Step, reader: Reader): Promise<Reading> {
  if (step.work.type !== 'probe') throw new BlindError('internal', `${step.id} is not a probe`);
  if (step.work.named !== undefined) return reader.named(step.work.named, session.signal);
  if (step.work.call === undefined) throw new BlindError('internal', `${step.id} says nothing to probe`);
  return reader.read(step.work.call, session.signal);
}

async function judgeReading(
  session: Session,
  step: Step,
  reading: Reading,
  how: { readonly reader: Reader; readonly again: boolean },
): Promise<Look> {
  const expect = await how.reader.fill(step.expect, session.signal);
  const { verdict, findings, kept } = judgeFacts(session, expect, reading);
  const look = { verdict, findings, reason: '', transient: true, reading: { ...reading, facts: kept }, captures: {} };
  return verdict === 'pass' ? withCaptures(session, step, look, { facts: reading.facts, again: how.again }) : look;
}

/** The verdict on facts, with the facts as they are kept: what is or looks like a secret is judged and told of nowhere. */
export function judgeFacts(
  { journal }: Pick<Sight, 'journal'>,
  expect: readonly Expectation[],
  { facts, observedAt }: Pick<Reading, 'facts' | 'observedAt'>,
): {
  readonly verdict: 'pass' | 'fail' | 'inconclusive';
  readonly findings: readonly Finding[];
  readonly kept: JsonObject;
} {
  // Secrets first, while they are whole: what only looks like one may be a part of one.
  const redacted = redact(scrubJson(facts, journal.scrub));
  const kept = isObject(redacted) ? redacted : {};
  const { verdict, findings } = judge(expect, facts, observedAt);
  // Only what is kept of the facts may be told of them.
  const told = withoutSecrets(findings, () => judge(expect, kept, observedAt).findings, facts, kept);
  return { verdict, findings: told, kept };
}

/** A pass with what it captures; no pass when that cannot be taken, or is not what was captured before. */
function withCaptures(
  session: Session,
  step: Step,
  look: Look,
  seen: { readonly facts: JsonObject; readonly again: boolean },
): Look {
  const taken = capturesOf(step.capture, seen.facts);
  if ('missed' in taken) return { ...look, verdict: 'fail', findings: [...look.findings, taken.missed], captures: {} };
  if (!seen.again) return { ...look, captures: taken.captures };
  const { values } = stateOf(session);
  const changes = changesSince(step, values, taken.captures, session.journal.scrub);
  if (changes.length > 0) return { ...look, verdict: 'fail', findings: [...look.findings, ...changes], captures: {} };
  const captures = Object.entries(taken.captures).filter(([name]) => values[name]?.step !== step.id);
  return { ...look, captures: Object.fromEntries(captures) };
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
    // A single look would say nothing about a hold, so it must not stand for one.
    if (step.hold !== undefined)
      throw new BlindError('invalid', `${id} holds for a time: one look cannot check it again`);
    looks.push({ id, look: await once(session, step, reader, true) });
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

/** What kept a look from looking, as its look. */
export function blind(error: unknown): Look {
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
    code: known.code,
    captures: {},
    reading: { facts: {}, requests, observedAt: Number.NaN },
  };
}
