// What is to be known at a point of no return, and whether the credentials last until it is over and taken back again.

import { forecast, phasesOfSession, type PhaseForecast } from '../engine/forecast.ts';
import { findStep, phaseSteps, stepsOf, type Call, type Plan, type Step } from '../engine/plan.ts';
import { stepState } from '../engine/state.ts';
import { actsBehind, wayBackBehind } from '../engine/timeline.ts';
import { BlindError, withHint } from '../errors.ts';
import { minuteText } from '../render/due.ts';
import type { Aged, NoReturnShown } from '../render/no-return.ts';
import { findKind } from '../steps/index.ts';
import { remembersOf } from '../steps/remembers.ts';
import { stateOf, type Session } from './session.ts';

/** Everything a person is shown there; `again`: what was just looked at again. */
export async function noReturnOf(session: Session, gate: Step, again: readonly Step[]): Promise<NoReturnShown> {
  const { plan, world } = session;
  const state = stateOf(session);
  const usual = await session.usual?.();
  const now = world.clock.now();
  const foretold = forecast(plan, state, now, remembersOf(plan), usual);
  const back = wayBackBehind(plan, state, gate);
  const atHand = phasesOfSession(foretold);
  const until = (atHand.at(-1)?.ends ?? now) + back.budgetMs;
  const names = accountsBehind(session, gate, atHand);
  return {
    again,
    older: olderThan(session, gate, again, now),
    acts: actsBehind(plan, state, gate),
    back,
    forecast: foretold,
    ...(usual && { pastRuns: usual.runs }),
    ...(await keysUntil(session, names, until)),
  };
}

/** What is critical above the gate and was not looked at again, oldest first. */
function olderThan({ plan, journal }: Session, gate: Step, again: readonly Step[], now: number): readonly Aged[] {
  const steps = stepsOf(plan);
  const above = steps.slice(
    0,
    steps.findIndex(({ id }) => id === gate.id),
  );
  return above
    .flatMap((step): readonly Aged[] => {
      const { verdict } = stepState(journal.state(), step.id);
      const seen = verdict === undefined || verdict.verdict === 'skip' ? undefined : verdict;
      if (seen === undefined || step.severity !== 'critical' || again.includes(step)) return [];
      if (step.nature === 'changes' || step.nature === 'decides') return [];
      return [{ step, ageMs: Math.max(0, now - Date.parse(seen.observedAt)) }];
    })
    .toSorted((a, b) => b.ageMs - a.ageMs);
}

/**
 * Until when the credentials of these accounts last, and why the gate stays closed where one of them ends before `until`
 * (ms): going back would come to a halt in the middle. Those that do not say when they end keep nothing closed.
 */
async function keysUntil(
  { aws, plan }: Session,
  names: readonly (string | undefined)[],
  until: number,
): Promise<Pick<NoReturnShown, 'keys' | 'closed'>> {
  if (aws.expires === undefined) return { keys: [] };
  const keys: NoReturnShown['keys'][number][] = [];
  for (const name of names) {
    const { account } = (name === undefined ? plan.aws : plan.accounts[name]) ?? plan.aws;
    try {
      const ends = await aws.expires(name, until);
      keys.push({ account, ...(ends !== undefined && { at: ends.at }) });
      if (ends !== undefined && ends.at < until) return { keys, closed: closedText(account, ends, until) };
    } catch (error) {
      if (!(error instanceof BlindError)) throw error;
      return { keys, closed: withHint(error) };
    }
  }
  return { keys };
}

function closedText(account: string, { at, renew }: { at: number; renew: string }, until: number): string {
  const ends = `the credentials of account ${account} last until ${minuteText(at)}`;
  const must = `what comes behind this point, and the way back, may take until ${minuteText(until)}`;
  return `${ends}, and ${must}. ${renew} Where new ones do not last that long either, use others that do.`;
}

/** The accounts that the steps behind the gate ask or change before the session ends, by name. */
function accountsBehind(
  session: Session,
  gate: Step,
  atHand: readonly PhaseForecast[],
): readonly (string | undefined)[] {
  const { plan } = session;
  const order = stepsOf(plan);
  const place = order.findIndex(({ id }) => id === gate.id);
  const behind = atHand
    .flatMap(({ phase }) => phaseSteps(phase))
    .filter((step) => step.skip === undefined && order.indexOf(step) > place);
  const names = behind.flatMap((step) => callsOf(plan, step)).flatMap((call) => accountOf(session, call));
  return [...new Set(names)];
}

/** Every call a step makes: its own, those of the probes it reads, of what it rechecks, and of its way back. */
function callsOf(plan: Plan, step: Step): readonly Call[] {
  const { work } = step;
  const named = step.probes.flatMap((name) => plan.probes[name]?.call ?? []);
  if (work.type === 'probe') {
    const again = (work.recheck ?? []).flatMap((id) => {
      const other = findStep(plan, id);
      return other === undefined ? [] : callsOf(plan, other);
    });
    return [...named, ...again, ...(work.call ? [work.call] : [])];
  }
  if (work.type !== 'act') return named;
  const back = (work.back ?? []).flatMap((call) => [call, ...(call.verify ? [call.verify.call] : [])]);
  return [...named, work.call, ...(work.verify ? [work.verify.call] : []), ...back];
}

/** The account a call goes to: a list, because most calls go to none. */
function accountOf({ findAct }: Session, { kind, args }: Call): readonly (string | undefined)[] {
  const operations = [findKind(kind), findAct(kind)].flatMap((found) => found?.operations(args) ?? []);
  if (operations.length === 0) return [];
  return [typeof args['account'] === 'string' ? args['account'] : undefined];
}
