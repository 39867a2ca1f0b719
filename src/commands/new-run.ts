// What a new run begins with, rehearsed or real: its own copy of the checklist, its values, and what they were.

import { valuesDigest } from '../checklist/digest.ts';
import type { Bodies, Mode } from '../engine/events.ts';
import type { Json } from '../engine/json.ts';
import { nearest } from '../engine/nearest.ts';
import type { Plan } from '../engine/plan.ts';
import { gitState } from '../effects/git.ts';
import { GoliveError } from '../errors.ts';
import { formatAt } from '../log/line.ts';
import type { Roster } from '../roster.ts';
import type { RunStore } from '../world.ts';
import type { OpenChecklist } from './open-checklist.ts';
import type { Shell } from './shell.ts';
import type { Work } from './work.ts';

/** An input with where its value came from, for the log and in words for the screen. */
export interface GivenValue {
  readonly name: string;
  readonly value: Json;
  readonly source: Bodies['value.set']['source'];
  readonly said?: string;
}

export interface NewRun {
  readonly id: string;
  readonly store: RunStore;
  readonly opened: OpenChecklist;
  readonly plan: Plan;
  readonly mode: Mode;
  readonly rehearsal: boolean;
  /** Ids of the phases that were asked for; empty: all. */
  readonly phases: readonly string[];
  /** Of a dry run: questions that nobody answers are no objection. */
  readonly allowOpen?: boolean;
  readonly values: readonly GivenValue[];
  /** Absent where nobody said who holds which role. */
  readonly roster?: Roster | undefined;
}

type Begun = Pick<Work, 'plan' | 'run' | 'store' | 'checklist' | 'text' | 'changed' | 'opened' | 'values' | 'inputs'>;

/** The parts of a run's work that its checklist and its values decide. Throws GoliveError for a phase that is not there. */
export async function newRun(given: NewRun, shell: Shell): Promise<Begun> {
  const { id, store, plan, mode, rehearsal, phases, allowOpen, values } = given;
  const { checklist, path, shown, target } = given.opened;
  refusePhases(phases, plan);
  // A rehearsal starts no program at all, so it says nothing of the commit.
  const git = rehearsal ? { commit: '', dirty: false } : await gitState(path, shell.env);
  return {
    plan,
    run: id,
    store,
    checklist: { path: shown, digest: checklist.digest, ...git },
    text: checklist.source.text,
    changed: false,
    opened: {
      checklist: { name: plan.checklist, title: plan.title, path: shown, digest: checklist.digest },
      target,
      mode,
      rehearsal,
      phases,
      git,
      values_digest: valuesDigest(plan.names),
      roster_digest: given.roster?.digest ?? '',
      store: `file:${store.locate(id)}`,
      real_at: formatAt(Date.now()),
      ...(allowOpen === true && { allow_open: true }),
    },
    values: values.map(({ name, value, source }) => ({ name, json: JSON.stringify(value), source })),
    inputs: values.map(({ name, value, source, said }) => ({
      name,
      text: typeof value === 'string' ? value : JSON.stringify(value),
      source: said ?? source,
    })),
  };
}

/** Throws GoliveError for a phase that the plan does not have. */
export function refusePhases(phases: readonly string[], plan: Plan): void {
  const known = plan.phases.map(({ id }) => id);
  const unknown = phases.find((phase) => !known.includes(phase));
  if (unknown === undefined) return;
  const near = nearest(unknown, known);
  throw new GoliveError('usage', `${plan.checklist}-${plan.target} has no phase ${unknown}`, {
    hint: near === undefined ? `Phases: ${known.join(', ')}.` : `did you mean ${near}?`,
  });
}
