// Sections that people answer as one flow, as the runner sees them: what was put aside, what is corrected, and the call
// that closes one.

import { frozenBy, frozenWords } from '../engine/acts.ts';
import { callAfter, closingWords, isAnswered, isThrough, type Flow } from '../engine/flow.ts';
import { findStep, type Plan, type Step } from '../engine/plan.ts';
import { stepState, type State } from '../engine/state.ts';
import { decodeLine } from '../log/line.ts';
import { leftOpenText } from '../render/section.ts';
import type { Journal } from './journal.ts';
import { isLeave, type Back, type Leave, type Put } from './people.ts';
import { must, stateOf, type Session } from './session.ts';

/** The calls that are due in a session, also for what was answered in one that ended before. */
export interface Calls {
  /** The flow whose call comes now. `aside`: lines that are left open for now. `now` in ms. */
  due(aside: ReadonlySet<string>, now: number): Flow | undefined;
  /** Nobody here can make it. */
  drop(flow: Flow): void;
}

/** Which flows were answered and not closed stands in the log, and nowhere else: a crash forgets none. */
export function openCalls(plan: Plan, journal: Pick<Journal, 'lines' | 'state'>): Calls {
  const waiting = new Set<Flow>();
  let read = 0;
  return {
    due(aside, now) {
      const lines = journal.lines();
      for (; read < lines.length; read += 1) {
        const line = lines[read];
        const call = line && callAfter(plan, decodeLine(line).event);
        if (call?.waits === true) waiting.add(call.flow);
        if (call?.waits === false) waiting.delete(call.flow);
      }
      const state = journal.state();
      if (state.stopped !== undefined || state.rollback !== undefined) return undefined;
      const isOpen = ({ lines: [first] }: Flow): boolean => state.phases[first?.phase ?? ''] === 'open';
      return [...waiting].find((flow) => isOpen(flow) && isThrough(flow, state, aside, now));
    },
    drop: (flow) => void waiting.delete(flow),
  };
}

/** The section in a few words of our own: its title is foreign text. */
export function callName({ lines }: Flow): string {
  return `the section of ${lines[0]?.id ?? ''}`;
}

/** Somebody turned from the line: it stays open, and whom it was handed to is written down. */
export async function putAside(session: Session, step: Step, { hand }: Extract<Put, { later: true }>): Promise<void> {
  if (hand !== undefined) await must(session, { order: 'claim', step: step.id, ...hand });
}

/** The line whose answer is to be corrected, where that can still be done; says why not. */
export function correctable(session: Session, id: string): Step | undefined {
  const act = frozenBy(session.plan, stateOf(session), id);
  if (act === undefined) return findStep(session.plan, id);
  session.screen.print(`  not done: ${frozenWords(id, act.id)}`);
  return undefined;
}

/** Asks for the call, and writes it down as a note: it decides nothing, and says what was left open. */
export async function takeCall(
  session: Session,
  flow: Flow,
): Promise<'taken' | 'silent' | Leave | Back | { readonly anew: string }> {
  const reply = await session.people.close(flow);
  if (reply === 'silent' || isLeave(reply) || 'anew' in reply) return reply;
  const step = flow.lines.at(-1)?.id ?? '';
  await must(session, { order: 'note', by: reply.by, step, text: callText(session.plan, stateOf(session), flow) });
  return 'taken';
}

/** `section closed: User acceptance: 3 of 4 answered; left open: uat-journey (handed to Security review)` */
function callText(plan: Plan, state: State, { section, lines }: Flow): string {
  const answered = lines.filter((line) => isAnswered(state, line)).length;
  const open = lines.filter((line) => stepState(state, line.id).verdict === undefined);
  const left = open.length === 0 ? '' : `; left open: ${leftOpenText(plan, state, open)}`;
  return `${closingWords}${section.title}: ${answered} of ${lines.length} answered${left}`;
}
