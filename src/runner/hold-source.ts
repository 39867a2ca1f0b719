// The window of a hold on a source with a clock of its own: where it begins, and what the source remembers of it.

import { seriesRead } from '../engine/names-read.ts';
import { endOf, judgeHold, watchFrom, type Holding, type Sample, type Watch } from '../engine/hold.ts';
import type { Expectation } from '../engine/expectation.ts';
import type { JsonObject } from '../engine/json.ts';
import type { Call, Hold, Step } from '../engine/plan.ts';
import { stepState } from '../engine/state.ts';
import { BlindError } from '../errors.ts';
import { findKind } from '../steps/index.ts';
import type { History } from '../steps/kind.ts';
import { sourceEvidence } from './hold-evidence.ts';
import { judgeFacts } from './one-look.ts';
import { stateOf, type Session } from './session.ts';

const minuteMs = 60_000;
/** How far the first reading goes back, which only learns how long a period is and whether it may be read, in ms. */
const trialMs = 10 * minuteMs;

export interface Source {
  /** Reads the whole window so far, for the look that was due at `due` (ms). Throws BlindError. */
  read(due: number): Promise<{
    readonly watch: Watch;
    readonly holding: Holding;
    readonly evidence: () => JsonObject;
    readonly requests: readonly string[];
  }>;
  /** When the last look is due, in ms; not exact before the first reading. */
  end(): number;
}

/** The source of a step's hold; undefined when its kind remembers nothing and has to be looked at live. */
export function openSource(session: Session, step: Step, hold: Hold, fresh: boolean): Source | undefined {
  const call = callOf(session, step);
  if (call === undefined || findKind(call.kind)?.history === undefined) return undefined;
  const { clock } = session.world;
  // What it watches and compares with stays the same for the whole attempt.
  const reader = fresh ? session.reader.anew() : session.reader;
  const began = beginning(session, step, hold);
  const startedAt = clock.now();
  let watch: Watch | undefined;
  let filled: { readonly call: Call; readonly expect: readonly Expectation[] } | undefined;

  async function fill(source: Call): Promise<{ readonly call: Call; readonly expect: readonly Expectation[] }> {
    if (source.one !== undefined) throw new BlindError('invalid', '`one` does not go with what is watched over a time');
    const args = await reader.fill(source.args, session.signal);
    return { call: { ...source, args }, expect: await reader.fill(step.expect, session.signal) };
  }

  return {
    async read(due) {
      if (began === undefined)
        throw new BlindError('unresolved', `${hold.since ?? step.id} has no verdict: nothing says when this begins`);
      const now = Math.max(clock.now(), due);
      // Steps that begin within one interval share their first looks too.
      const round = due === startedAt ? Math.floor(due / hold.everyMs) * hold.everyMs : due;
      filled ??= await fill(call);
      watch ??= watchFrom(hold, began, await periodOf(session, filled.call, now, round));
      const { periodMs, from, to } = watch;
      const until = Math.min(to, Math.floor(now / periodMs) * periodMs);
      const history =
        until > from
          ? await session.reader.history(filled.call, { from, to: until }, round, session.signal)
          : { periodMs, samples: [], whole: {}, requests: [] };
      const holding = judgeWindow(session, { watch, expect: filled.expect }, history, now);
      const seen = watch;
      return { watch, holding, requests: history.requests, evidence: () => sourceEvidence(seen, holding, history) };
    },
    end: () => (watch === undefined ? (began ?? startedAt) + hold.forMs + hold.settleMs : endOf(watch)),
  };
}

function callOf(session: Session, { work }: Step): Call | undefined {
  if (work.type !== 'probe') return undefined;
  if (work.named === undefined) return work.call;
  return Object.hasOwn(session.plan.probes, work.named) ? session.plan.probes[work.named]?.call : undefined;
}

/**
 * When the window begins, in ms: with the step it is counted `since`, or else when this step was begun, also if that was
 * in an earlier session. Once it has failed and is to be tried again, it is watched anew from then. After a `wait` it
 * begins when that came true. A step that did not pass is not counted from. Undefined when the other step has no verdict.
 */
function beginning(session: Session, step: Step, { since }: Hold): number | undefined {
  const state = stateOf(session);
  const { begun, renewed } = stepState(state, step.id);
  if (since !== undefined && !renewed) {
    const { verdict: seen, act } = stepState(state, since);
    if (seen === undefined) return undefined;
    // What a person accepted instead began nothing at the moment it was looked at, unless a change was made then.
    if (seen.verdict === 'pass' || act?.outcome === 'done') return Date.parse(seen.observedAt);
  }
  return step.wait === undefined ? Date.parse(begun) : session.world.clock.now();
}

async function periodOf(session: Session, call: Call, now: number, round: number): Promise<number> {
  const to = Math.floor(now / minuteMs) * minuteMs;
  const trial = await session.reader.history(call, { from: to - trialMs, to }, round, session.signal);
  return trial.periodMs;
}

function judgeWindow(
  session: Session,
  { watch, expect }: { readonly watch: Watch; readonly expect: readonly Expectation[] },
  history: History,
  now: number,
): Holding {
  const { hold, periodMs } = watch;
  const { whole } = history;
  const read = seriesRead(expect, hold.sample === 'whole' ? whole : undefined);
  const samples = history.samples.flatMap(({ at, facts }): readonly Sample[] => {
    // A series without a point says nothing about its period: neither that all is well nor that it is not.
    const there = Object.keys(facts).length > 0 && read.every((name) => Object.hasOwn(facts, name));
    if (!there) return [];
    if (hold.sample === 'whole') return [{ at, verdict: 'pass', findings: [] }];
    const { verdict, findings } = judgeFacts(session, expect, { facts, observedAt: at + periodMs });
    return verdict === 'inconclusive' ? [] : [{ at, verdict, findings }];
  });
  if (hold.sample === 'each') return judgeHold(watch, samples, now, { expect });
  const lacking = seriesRead(expect).filter((name) => !Object.hasOwn(whole, name));
  const judged = judgeFacts(session, expect, { facts: whole, observedAt: watch.to });
  return judgeHold(watch, samples, now, { expect, ...(lacking.length === 0 && { whole: judged }) });
}
