// The checklist as a run has it: its own copy, bound with the values of its log. And whether that run goes on at all.

import { bind } from '../checklist/bind.ts';
import { readChecklist } from '../checklist/read.ts';
import type { Json } from '../engine/json.ts';
import type { Plan } from '../engine/plan.ts';
import type { State } from '../engine/state.ts';
import { GoliveError } from '../errors.ts';
import { acts, kinds } from '../steps/index.ts';
import type { RunStore } from '../world.ts';
import { ownDigest } from './amended.ts';
import { mistakes } from './open-checklist.ts';
import { nameOf, type KnownRun } from './runs.ts';

/** Throws GoliveError for a run that does not go on. */
export function refuseClosed(known: KnownRun): void {
  const { state } = known;
  const mode = state.opened?.mode;
  if (state.sealed) {
    const back = state.rollback?.result === 'done' ? ', rolled back' : '';
    throw new GoliveError('sealed', `${known.run} (${nameOf(known)}) is sealed: ${state.sealed.result}${back}`, {
      hint: `What it left in place, and how that would be taken back by hand: golive rollback ${known.run} --plan`,
    });
  }
  if (mode === 'dry-run' || mode === 'survey') {
    throw new GoliveError(
      'not-open',
      `${known.run} is a ${mode === 'survey' ? 'survey' : 'dry run'}, which is not resumed`,
      { hint: 'Start it again instead.' },
    );
  }
}

/** A run's copy of its checklist, and the plan it makes. */
type Copy = { checklist: NonNullable<ReturnType<typeof readChecklist>['checklist']>; plan: Plan };

/** The plan as the run has it: from its copy of the checklist, as amended last, and the values in its log. */
export async function ownCopy(store: Pick<RunStore, 'getBlob' | 'locate'>, known: KnownRun): Promise<Copy> {
  const opened = known.state.opened;
  const bytes = opened === undefined ? undefined : await store.getBlob(known.run, ownDigest(known.state));
  if (opened === undefined || bytes === undefined) {
    throw new GoliveError('incomplete', `the copy of the checklist that run ${known.run} carries is missing`, {
      hint: `It belongs into ${store.locate(known.run)}/blobs.`,
    });
  }
  return boundCopy(new TextDecoder().decode(bytes), known);
}

/** The same from the text of that copy. Runs nothing of it. */
export function boundCopy(text: string, known: Pick<KnownRun, 'run' | 'state'>): Copy {
  const { opened } = known.state;
  if (opened === undefined) throw new GoliveError('run', `${known.run} was never opened`);
  const { checklist, problems } = readChecklist(text, opened.checklist.path);
  if (checklist === undefined || problems.length > 0) throw mistakes(problems, opened.checklist.path);
  const bound = bind(
    checklist,
    { kinds, acts },
    {
      target: opened.target,
      inputs: inputsOf(known.state),
      account: accountOf(known.state),
    },
  );
  if ('plan' in bound) return { checklist, plan: bound.plan };
  if (bound.missing.length === 0) throw mistakes(bound.problems, opened.checklist.path);
  throw new GoliveError(
    'incomplete',
    `${known.run} ended before its values were written: ${bound.missing.join(', ')}`,
    {
      hint: `Nothing was looked at or changed in it. Start another one: golive run ${nameOf(known)} --new`,
    },
  );
}

/** The run's inputs by name, secrets left out. */
export function inputsOf(state: State): Readonly<Record<string, Json>> {
  const own = Object.entries(state.values).filter(([, value]) => value.step === '');
  return Object.fromEntries(
    own.map(([name, value]) => {
      const parsed: Json = JSON.parse(value.json);
      return [name, parsed];
    }),
  );
}

/** An account that came from a values file is in the log as the caller's. */
export function accountOf(state: State): string | undefined {
  return state.opened?.session.callers[0]?.account;
}
