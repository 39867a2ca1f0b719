// The way back as it would be taken right now: what a plan of it holds, and how it is shown. Changes nothing.

import { actsThatStand, actsToTakeBack, partsLeft } from '../engine/acts.ts';
import { stepsOf, type Step } from '../engine/plan.ts';
import { standing } from '../engine/standing.ts';
import { stepState } from '../engine/state.ts';
import { withHint } from '../errors.ts';
import type { BackItem, BackShown, OfferedItem } from '../render/way-back.ts';
import type { Blind, Change } from './effect.ts';
import { prepareAct, prepareBack } from './prepare.ts';
import { stateOf, type Sight } from './session.ts';

/** One part of a way back; `found` is absent when the checklist says that there is none. */
export interface Way {
  readonly step: Step;
  readonly id: string;
  readonly found?: Change | Blind;
}

/** How far it goes: to a gate (empty: to the beginning), and with which steps of the checklist's own. */
export interface Reach {
  readonly to: string;
  readonly chosen: readonly string[];
}

/** Everything a way back of this reach would do, in its order, read afresh. */
export async function waysBack(session: Sight, { to }: Reach): Promise<readonly Way[]> {
  const acts = actsToTakeBack(session.plan, stateOf(session), to);
  const ways = await Promise.all(acts.map((step) => partsOf(session, step)));
  return ways.flat();
}

async function partsOf(session: Sight, step: Step): Promise<readonly Way[]> {
  if (step.work.type === 'act' && step.work.noUndo !== undefined) return [{ step, id: step.id }];
  const ids = partsLeft(stateOf(session), step);
  return Promise.all(ids.map(async (id) => ({ step, id, found: await prepareBack(session, step, id) })));
}

/** What a person is shown before it is confirmed. */
export async function shownBack(
  session: Sight,
  reach: Reach,
  ways: readonly Way[],
  about: { readonly why: string; readonly begun: boolean; readonly again?: string },
): Promise<BackShown> {
  const reached = new Set(ways.map(({ step }) => step.id));
  const steps = session.plan.rollback.filter(({ skip }) => skip === undefined);
  const offered = await Promise.all(steps.map((step) => offeredItem(session, step, reach)));
  return {
    ...about,
    to: reach.to,
    backs: ways.map((way) => backItem(session, way)),
    older: actsThatStand(session.plan, stateOf(session)).filter(({ id }) => !reached.has(id)),
    offered,
  };
}

function backItem(session: Sight, { step, id, found }: Way): BackItem {
  if (found === undefined) return { step, none: (step.work.type === 'act' && step.work.noUndo) || '' };
  const work = step.work.type === 'act' ? step.work : undefined;
  const written = work?.back !== undefined && 'kind' in found ? found.kind.describe(found.args) : undefined;
  const words = written === undefined ? {} : { words: written };
  const seen = stepState(stateOf(session), id).act?.outcome === 'unknown';
  const unsure = stepState(stateOf(session), step.id).act?.outcome === 'unknown';
  if ('blind' in found) return { step, ...words, unsure, blind: withHint(found.blind) };
  const unknown = 'what became of it is not known: that is found out first';
  return seen && found.prospect.stands !== 'already'
    ? { step, ...words, blind: unknown }
    : { step, ...words, unsure, prospect: found.prospect };
}

/** An act the checklist offers is worked out too, so that its request is seen before it is chosen. */
async function offeredItem(session: Sight, step: Step, { chosen }: Reach): Promise<OfferedItem> {
  const missing = step.needs.find(({ step: id }) => isOpen(session, id));
  const waits = missing && `not here: ${missing.step} did not come through in this run`;
  const item = { step, chosen: chosen.includes(step.id), ...(waits !== undefined && { waits }) };
  if (step.nature !== 'changes') return item;
  const found = await prepareAct(session, step);
  return 'blind' in found ? { ...item, blind: withHint(found.blind) } : { ...item, prospect: found.prospect };
}

/** True for a step of the way there that is not settled; those of the way back come in their own order. */
function isOpen(session: Sight, id: string): boolean {
  const step = stepsOf(session.plan).find((one) => one.id === id);
  if (step === undefined) return false;
  return standing(step, stepState(stateOf(session), id), session.world.clock.now()) !== 'settled';
}
