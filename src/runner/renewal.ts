// Credentials that are over in the middle of a run: it waits at the red, and goes on by itself as soon as they are back.

import { stepsOf, type Step } from '../engine/plan.ts';
import { holds, standing } from '../engine/standing.ts';
import { stepState, type State, type StepState } from '../engine/state.ts';
import { BlindError, GoliveError, withHint } from '../errors.ts';
import { visible } from '../render/text.ts';
import type { Lapse, Renewal } from '../wire.ts';
import { isLeave, type Remedy, type Reply } from './people.ts';
import { stateOf, type Session } from './session.ts';

/** What is over and kept this step from being looked at, as its verdict says. */
export function lapsesBehind(renewal: Renewal | undefined, state: State, step: Step): readonly Lapse[] {
  const seen = stepState(state, step.id).verdict;
  // What is watched for a time says at its end that it could not see enough, and why.
  if (seen?.verdict !== 'error' && seen?.verdict !== 'inconclusive') return [];
  return renewal?.lapses().filter(({ reasons }) => reasons.some((reason) => seen.reason.includes(reason))) ?? [];
}

/** The steps that are red together with this one: those of the same cause, and all that the same credentials keep. */
export function redTogether(session: Session, step: Step, same: readonly Step[]): readonly Step[] {
  const state = stateOf(session);
  const { renewal } = session.aws;
  const names = new Set(lapsesBehind(renewal, state, step).map(({ name }) => name));
  if (names.size === 0) return same;
  const now = session.world.clock.now();
  const others = stepsOf(session.plan).filter(
    (other) =>
      other.id !== step.id &&
      !same.some(({ id }) => id === other.id) &&
      mayLookAgain(other, stepState(state, other.id), now) &&
      lapsesBehind(renewal, state, other).some(({ name }) => names.has(name)),
  );
  return [...same, ...others];
}

/** Red, or advisory and only for that reason not: nobody accepted what it could not see. */
function mayLookAgain(step: Step, known: StepState, now: number): boolean {
  const stands = standing(step, known, now);
  return stands === 'red' || (stands === 'settled' && step.severity === 'advisory' && !holds(known.overlay, now));
}

/**
 * Asks what to do about a red. `back`: the credentials that were over are good again, so nobody has to say what to do
 * about it. Whatever is looked at again after it reads credentials anew.
 */
export async function askRed(session: Session, step: Step, same: readonly Step[]): Promise<Reply<Remedy> | 'back'> {
  const { renewal } = session.aws;
  const state = stateOf(session);
  const ask = (): Promise<Reply<Remedy>> => session.people.red(step, same);
  if (renewal === undefined) return ask();
  const over = lapsesBehind(renewal, state, step);
  const reply = over.length === 0 ? await ask() : await unlessBack(session, renewal, over, ask);
  if (reply === 'silent' || reply === 'back' || isLeave(reply)) return reply;
  // Also those of another account: whoever used them by mistake changes that in the same place.
  const about = over.length > 0 || /credentials/.test(stepState(state, step.id).verdict?.reason ?? '');
  if (about && (reply.do === 'retry' || reply.do === 'again'))
    for (const name of [undefined, ...Object.keys(session.plan.accounts)]) renewal.renew(name);
  return reply;
}

/** Asks a person, and AWS every few seconds; whoever of them answers first is heard. */
async function unlessBack(
  session: Session,
  renewal: Renewal,
  over: readonly Lapse[],
  ask: () => Promise<Reply<Remedy>>,
): Promise<Reply<Remedy> | 'back'> {
  const answered = new AbortController();
  const signal = AbortSignal.any([session.signal, answered.signal]);
  let back: readonly string[] | undefined;
  const watching = untilBack(session, renewal, over, signal).then(async (arns) => {
    if (arns === undefined) return;
    back = arns;
    // Between two prompts there is none to put aside: again a moment later.
    while (!signal.aborted) {
      session.people.putAside();
      await renewal.pause(everyMsOf(over) ?? 0, signal);
    }
  });
  try {
    return await ask();
  } catch (error) {
    if (back === undefined || !(error instanceof GoliveError && error.code === 'put-aside')) throw error;
    session.screen.print('  The credentials are back; what waited for them goes on.');
    for (const arn of new Set(back)) session.screen.print(`  ${visible(arn)}`);
    return 'back';
  } finally {
    answered.abort();
    await watching;
  }
}

/** Asks AWS who the credentials belong to until it says so for all that was over. undefined: nobody waits any more. */
async function untilBack(
  session: Session,
  renewal: Renewal,
  over: readonly Lapse[],
  signal: AbortSignal,
): Promise<readonly string[] | undefined> {
  const everyMs = everyMsOf(over);
  if (everyMs === undefined) return undefined;
  let said = '';
  for (;;) {
    await renewal.pause(everyMs, signal);
    if (signal.aborted) return undefined;
    try {
      const arns: string[] = [];
      for (const { name } of over) {
        renewal.renew(name);
        arns.push((await session.aws.caller(name, signal)).arn);
      }
      return arns;
    } catch (error) {
      if (!(error instanceof BlindError)) return undefined;
      // Somebody logged in, but elsewhere: they would wait for ever.
      const words = error.code === 'refused' ? withHint(error) : said;
      if (words !== said) session.screen.print(`  ${visible(words)}`);
      said = words;
    }
  }
}

/** undefined: at least one of them this process never sees renewed. */
function everyMsOf(over: readonly Lapse[]): number | undefined {
  const all = over.map(({ everyMs }) => everyMs ?? Number.POSITIVE_INFINITY);
  const most = Math.max(...all);
  return Number.isFinite(most) ? most : undefined;
}
