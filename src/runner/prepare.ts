// Works out a change, forwards from the plan or backwards from the log alone. Changes nothing.

import { isObject, type JsonObject } from '../engine/json.ts';
import type { Step, Verify } from '../engine/plan.ts';
import { isInForce } from '../engine/acts.ts';
import { stepState } from '../engine/state.ts';
import { BlindError } from '../errors.ts';
import { formatAt } from '../log/line.ts';
import type { Pending, Prospect } from '../steps/act.ts';
import type { AnyAct } from '../steps/index.ts';
import { asBlind } from './blind.ts';
import type { Blind, Change } from './effect.ts';
import { argumentsFor } from './reader.ts';
import { stateOf, type Sight } from './session.ts';
import { lookWith } from './verify.ts';

/** One part of a way back as the checklist wrote it, with everything filled in. */
export interface Part {
  readonly kind: string;
  readonly args: JsonObject;
  readonly verify?: Verify;
}

/** What an act leaves in the log for its way back: its arguments as they were, the state it found, and what is written. */
export interface Recorded {
  readonly args: JsonObject;
  readonly state: JsonObject;
  /** Whether what is to be seen afterwards was there before; absent when there was nothing to look with. */
  readonly held?: boolean;
  /** Absent: the kind's own way back. */
  readonly back?: readonly Part[];
}

/** Asks who we are in the act's account, reads the state and works out the request. */
export async function prepareAct(session: Sight, step: Step): Promise<Change | Blind> {
  const { signal } = session;
  return orBlind(step.id, async () => {
    if (step.work.type !== 'act') throw new BlindError('internal', `${step.id} is no act`);
    const { call, verify, back } = step.work;
    const kind = kindOf(session, call.kind);
    const reader = session.reader.anew();
    const args = argumentsFor(kind, await reader.fill(call.args, signal));
    const misfilled = kind.misfilled?.(call.args, args);
    if (misfilled !== undefined) throw new BlindError('invalid', `${kind.name} is not given this: ${misfilled}`);
    const parts = back === undefined ? undefined : await Promise.all(back.map((part) => filledPart(session, part)));
    const change = { id: step.id, step, kind, args, ...(verify && { verify }), ...(parts && { back: parts }) };
    return { ...change, ...(await prospectOf(session, change)) };
  });
}

/** A part of the way back of an act, by its id. It must not hang on what the arguments of the act referred to. */
export async function prepareBack(session: Sight, step: Step, id: string): Promise<Change | Blind> {
  return orBlind(id, async () => {
    const recorded = await recordedOf(session, step.id);
    if (recorded === undefined)
      throw new BlindError('internal', `what was there before ${step.id} is not in the log any more`);
    const part = partOf(session, step, recorded, id);
    const kind = kindOf(session, part.kind);
    const change = { id, step, kind, args: argumentsFor(kind, part.args), ...(part.verify && { verify: part.verify }) };
    return { ...change, ...(await prospectOf(session, change)) };
  });
}

/** What stands in the log about a change that was about to be sent under this id. */
export async function recordedOf(session: Sight, id: string): Promise<Recorded | undefined> {
  const digest = stepState(stateOf(session), id).act?.before ?? '';
  const kept = digest === '' ? undefined : await session.kept(digest);
  if (!isObject(kept) || !isObject(kept['args']) || !isObject(kept['state'])) return undefined;
  // Only `send` writes these blobs, and a blob that is not what it was is not read at all.
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- see above
  return kept as unknown as Recorded;
}

function partOf(session: Sight, step: Step, { args, state, back }: Recorded, id: string): Part {
  if (back !== undefined) {
    const part = back[back.length === 1 ? 0 : Number(id.slice(id.lastIndexOf('.') + 1)) - 1];
    if (part !== undefined) return part;
    throw new BlindError('internal', `the log has no part ${id}`);
  }
  const name = step.work.type === 'act' ? step.work.call.kind : '';
  const kind = kindOf(session, name);
  if (kind.back === undefined) throw new BlindError('internal', `${name} has no way back of its own`);
  const own = argumentsFor(kind, args);
  const none = kind.back.none?.(own);
  if (none !== undefined) throw new BlindError('internal', `${name} has no way back: ${none}`);
  return { kind: name, args: kind.back.args(own, state) };
}

/** Whether it may be sent, and what nobody can tell from the state alone. */
async function prospectOf(
  session: Sight,
  { id, step, kind, args, verify }: Omit<Change, 'prospect' | 'held'>,
): Promise<{ readonly prospect: Prospect; readonly held?: boolean }> {
  const { signal } = session;
  const account = typeof args['account'] === 'string' ? args['account'] : undefined;
  if (kind.operations(args).length > 0) await session.aws.caller(account, signal);
  const pending = await pendingOf(session, id);
  const prospect = await kind.prepare(args, session.world, { signal, fresh: true }, pending);
  if (verify === undefined || verify.nature === 'pokes' || kind.sees !== undefined)
    return { prospect: kind.class === 'opaque' && pending ? untold(prospect, kind, undefined) : prospect };
  const held = (await lookWith(session, verify)).verdict === 'pass';
  if (pending === undefined) {
    // It was made, stands, and is seen now: there is nothing left to do.
    const made = isInForce(stateOf(session), step, id) && held;
    return { held, prospect: made ? { ...prospect, stands: 'already' } : prospect };
  }
  const before = (await recordedOf(session, id))?.held;
  // What held before the change says nothing about it.
  if (held && before === false) return { held, prospect: { ...prospect, stands: 'already' } };
  return { held, prospect: kind.class === 'opaque' ? untold(prospect, kind, held) : prospect };
}

function untold(prospect: Prospect, kind: AnyAct, held: boolean | undefined): Prospect {
  const seen =
    held === undefined ? 'nothing that could tell' : held ? 'it holds, as it did before' : 'it does not hold';
  return { ...prospect, stands: 'foreign', expected: `what ${kind.name} was to bring about`, observed: seen };
}

async function pendingOf(session: Sight, id: string): Promise<Pending | undefined> {
  const { act } = stepState(stateOf(session), id);
  if (act?.outcome !== 'unknown') return undefined;
  const recorded = await recordedOf(session, id);
  return { before: recorded?.state ?? {}, mark: act.token };
}

/** What is written down has to stand by itself: nothing in it may be looked up once more. */
async function filledPart(session: Sight, { kind: name, args, verify }: Part): Promise<Part> {
  const reader = session.reader.anew();
  const part: Part = { kind: name, args, ...(verify && { verify }) };
  // oxlint-disable-next-line unicorn/no-array-fill-with-reference-type -- a reader fills templates, not arrays
  const filled = await reader.fill(part, session.signal);
  if (JSON.stringify(filled).includes('${'))
    throw new BlindError('invalid', `the way back by ${name} would hold a text with a look-up in it`);
  argumentsFor(kindOf(session, name), filled.args);
  return filled;
}

function kindOf(session: Sight, name: string): AnyAct {
  const kind = session.findAct(name);
  if (kind === undefined) throw new BlindError('internal', `there is no kind of act ${name}`);
  return kind;
}

async function orBlind(id: string, work: () => Promise<Change>): Promise<Change | Blind> {
  try {
    return await work();
  } catch (error) {
    return { id, blind: asBlind(error, 'working out the change') };
  }
}

/** When a change was last about to be sent, in the `at` format. */
export function sentAt(session: Sight, id: string): string {
  return stepState(stateOf(session), id).act?.at ?? formatAt(session.world.clock.now());
}
