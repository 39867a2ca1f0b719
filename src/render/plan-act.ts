// An act in a plan, in words: what is typed before it, how its effect is seen, and how it is taken back.

import { formatDuration } from '../engine/duration.ts';
import { explain } from '../engine/explain.ts';
import type { ActWork, BackCall, Plan, Step, Verify } from '../engine/plan.ts';
import { goingBack } from '../engine/uses.ts';
import { wordFor } from './act.ts';

/** A name and the text that stands beside it; without a name it goes on with what stands above. */
export type Said = readonly [name: string, text: string];

/** What a plan says of an act beside its title and what it does. */
export function actWords(plan: Plan, { phase, work }: Step): readonly Said[] {
  if (work.type !== 'act') return [];
  const verified = work.verify === undefined ? [] : verifyWords(work.verify);
  const back = phase === goingBack ? offeredWords(work) : wayBackWords(work);
  return [['asks for', confirmWords(plan, work)], ...verified, ...back];
}

/** What a person types before it acts, and how many of them do. */
function confirmWords(plan: Plan, { confirm }: ActWork): string {
  const people = typeof confirm === 'object' ? confirm.people : 1;
  return `\`${wordFor(plan, confirm)}\`, typed by ${people === 1 ? 'a person' : `${people} different people`}`;
}

function verifyWords(verify: Verify): readonly Said[] {
  return [
    ['seen by', lookWords(verify)],
    ...verify.expect.map((item): Said => ['', explain(item)]),
    ...(verify.wait?.stopIf ?? []).map((item): Said => ['', `no longer waits when ${explain(item)}`]),
  ];
}

function lookWords({ call, named, wait }: Verify): string {
  const shared = named === undefined ? '' : ` (shared as ${named})`;
  return `${call.words}${shared}${wait === undefined ? '' : `, for up to ${formatDuration(wait.forMs)}`}`;
}

function wayBackWords({ noUndo, back, budgetMs }: ActWork): readonly Said[] {
  if (noUndo !== undefined) return [['way back', `none: ${noUndo}`]];
  const within = budgetMs === undefined ? '' : `, within ${formatDuration(budgetMs)}`;
  if (back === undefined) return [['way back', `the same act with what was there before${within}`]];
  const whole: readonly Said[] = budgetMs === undefined ? [] : [['', `all within ${formatDuration(budgetMs)}`]];
  return [...back.flatMap((part, index) => partWords(part, index, back.length)), ...whole];
}

function partWords({ words, verify }: BackCall, index: number, count: number): readonly Said[] {
  const number = count === 1 ? '' : `${index + 1}. `;
  const seen: readonly Said[] =
    verify === undefined
      ? []
      : [['', `seen by ${lookWords(verify)}`], ...verify.expect.map((item): Said => ['', explain(item)])];
  return [[index === 0 ? 'way back' : '', `${number}${words}`], ...seen];
}

/** A step of the way back: how long it may take, and what is said of taking it back in its turn. */
function offeredWords({ noUndo, budgetMs }: ActWork): readonly Said[] {
  const within: readonly Said[] = budgetMs === undefined ? [] : [['takes', `at most ${formatDuration(budgetMs)}`]];
  return noUndo === undefined ? within : [...within, ['way back', `none: ${noUndo}`]];
}
