// What is done alone and in file order: a question, a poke, a gate, and what to do about a red.

import type { Flow } from '../engine/flow.ts';
import type { Turn } from '../engine/next.ts';
import { findStep, stepsOf, type Step } from '../engine/plan.ts';
import { stepState } from '../engine/state.ts';
import { formatAt } from '../log/line.ts';
import { overlayText } from '../render/signoff.ts';
import { frozenBy, frozenWords } from '../engine/acts.ts';

import { takeAct } from './act.ts';
import { lookAgain, sendPoke } from './again.ts';
import { correct, takeAsk } from './ask.ts';
import { takeGate } from './gate.ts';
import { isLeave, type Back, type Leave, type Remedy } from './people.ts';
import { askRed, redTogether } from './renewal.ts';
import { takeBack } from './rollback.ts';
import { signWord } from './signoff.ts';
import { takeCall } from './section.ts';
import { must, stateOf, type Session } from './session.ts';

/** Steps that are to be watched again, beside everything else. */
export interface Watch {
  readonly watch: readonly Step[];
  readonly why: 'retry' | 'again';
}

/** The call that closes a section of questions. */
export interface CallTurn {
  readonly what: 'close';
  readonly flow: Flow;
}

/** `taken`: the loop goes on. `silent`: nobody here can take it. `later`: it was put aside. Or somebody leaves the run. */
export type Taken = 'taken' | 'silent' | 'later' | Watch | Leave;

/** Takes one turn; whoever turns from it to the way back gets there. */
export async function takeTurn(session: Session, turn: Turn | CallTurn): Promise<Taken> {
  const taken = await take(session, turn);
  if (!isLeave(taken) || taken.leave !== 'rollback') return taken;
  const came = await takeBack(session, taken.step);
  if (came === 'taken') await leavePoll(session, taken.step);
  return came;
}

/** A poll that somebody turned away from is over: nothing else could be done while it stayed open. */
async function leavePoll(session: Session, id: string): Promise<void> {
  const { running } = stepState(stateOf(session), id);
  if (!running || session.signal.aborted || findStep(session.plan, id)?.nature !== 'decides') return;
  const seen = {
    verdict: 'inconclusive',
    facts: '',
    observed_at: formatAt(session.world.clock.now()),
    requests: [],
    findings: [],
    reason: 'somebody turned from the poll to take back what was changed',
    looks: 1,
  } as const;
  await must(session, { order: 'judge', step: id, captures: {}, seen });
}

async function take(session: Session, turn: Turn | CallTurn): Promise<Taken | Back> {
  switch (turn.what) {
    case 'ask':
      return takeAsk(session, turn.step);
    case 'poke':
      await sendPoke(session, turn.step, 'due');
      return 'taken';
    case 'gate':
      return takeGate(session, turn.step);
    case 'red':
      return red(session, turn.step, turn.same);
    case 'act':
      return takeAct(session, turn.step, 'due');
    case 'rollback':
      return takeBack(session, undefined, turn.deeper);
    case 'close': {
      const came = await takeCall(session, turn.flow);
      return typeof came === 'object' && 'anew' in came ? correct(session, came.anew) : came;
    }
    default:
      return turn satisfies never;
  }
}

async function red(session: Session, step: Step, same: readonly Step[]): Promise<Taken | Back> {
  const together = [step, ...redTogether(session, step, same)];
  const reply = await askRed(session, step, together.slice(1));
  if (reply === 'silent' || isLeave(reply)) return reply;
  if (reply !== 'back') return remedy(session, together, reply);
  // A poke may have arrived before it went wrong: it is not sent again without a person's word.
  const again = together.filter(({ nature }) => nature !== 'pokes');
  return remedy(session, again, { do: 'retry' });
}

async function remedy(session: Session, steps: readonly Step[], chosen: Remedy): Promise<Taken | Back> {
  const first = steps[0];
  if (first === undefined) return 'taken';
  if (chosen.do === 'waive') {
    const untilMs = first.waive?.untilMs;
    const until = untilMs === undefined ? '' : formatAt(session.world.clock.now() + untilMs);
    const { by, role, reason, signer } = chosen;
    const text = overlayText(session.plan, stateOf(session), first, 'waive', until);
    const word = { step: first.id, role, decision: 'waive', by, text, comment: reason, signer } as const;
    const signed = await signWord(session, word);
    const refused =
      'refused' in signed
        ? signed.refused
        : await session.journal.order({
            order: 'waive',
            step: first.id,
            by,
            role,
            reason,
            until,
            signoff: signed.line,
          });
    await say(session, refused);
    return 'taken';
  }
  if (chosen.do === 'attest') {
    await say(session, await attest(session, first, chosen));
    return 'taken';
  }
  const meant = chosen.do === 'again' ? stepsOf(session.plan).filter((step) => step.id === chosen.step) : steps;
  const why = chosen.do === 'again' ? 'again' : 'retry';
  const again: Step[] = [];
  for (const step of meant) {
    const act = frozenBy(session.plan, stateOf(session), step.id);
    if (act) await say(session, frozenWords(step.id, act.id));
    else again.push(step);
  }
  for (const step of again) {
    if (step.nature === 'pokes') await sendPoke(session, step, why);
    if (step.nature === 'pokes' || step.nature === 'looks') continue;
    const by = step.nature === 'asks' ? takeAsk : step.nature === 'decides' ? takeGate : takeAct;
    const taken = await by(session, step, why);
    // Whoever leaves the run at the question leaves it, however the question came up.
    if (isLeave(taken)) return taken;
  }
  const looks = again.filter((step) => step.nature === 'looks');
  // What has to hold is watched beside everything else, as it was the first time.
  const watches = looks.filter((step) => step.hold !== undefined);
  if (watches.length < looks.length)
    await lookAgain(
      session,
      looks.filter((step) => step.hold === undefined),
      why,
    );
  return watches.length === 0 ? 'taken' : { watch: watches, why };
}

/** Where one person is not enough it is the second one who signs. */
async function attest(
  session: Session,
  { id }: Step,
  { by, evidence, second, signer }: Extract<Remedy, { do: 'attest' }>,
): Promise<string | undefined> {
  const step = findStep(session.plan, id);
  if (step === undefined) return `there is no step ${id}`;
  const who = second === '' ? by : second;
  const text = overlayText(session.plan, stateOf(session), step, 'attest', '');
  const word = { step: id, role: '', decision: 'attest', by: who, text, comment: evidence, signer } as const;
  const signed = await signWord(session, word);
  if ('refused' in signed) return signed.refused;
  return session.journal.order({ order: 'attest', step: id, by, evidence, second, signoff: signed.line });
}

async function say(session: Session, refused: string | undefined): Promise<void> {
  if (refused !== undefined) session.screen.print(`  not done: ${refused}`);
}
