// Reads asked for in the same turn of the event loop go out as one request where AWS takes them together.

import { BlindError } from '../errors.ts';
import type { JsonObject } from '../engine/json.ts';
import type { AwsAnswer, AwsCall, AwsMissing } from '../world.ts';
import { canonicalText } from './aws-cache.ts';
import { joinableOf } from './aws-joinable.ts';
import type { Joinable } from './aws-joinable.ts';

type Answer = AwsAnswer | AwsMissing;
type Ask = (call: AwsCall, signal: AbortSignal) => Promise<Answer>;

/** Asks with `ask`, alone or together with others of the same `place`; the answer is the one it would have got alone. */
export type Together = (place: readonly string[], call: AwsCall, signal: AbortSignal, ask: Ask) => Promise<Answer>;

/** One who waits for an answer. */
interface Waiting {
  readonly call: AwsCall;
  readonly names: readonly string[];
  readonly signal: AbortSignal;
  readonly ask: Ask;
  readonly settle: (answer: Promise<Answer>) => void;
}

/** What differs in nothing but the names it asks for. */
interface Group {
  readonly how: Joinable;
  readonly rest: JsonObject;
  readonly waiting: Waiting[];
}

/** Nobody waits yet. */
export function createTogether(): Together {
  const groups = new Map<string, Group>();
  const groupOf = (key: string, how: Joinable, rest: JsonObject): Group => {
    const open = groups.get(key);
    if (open !== undefined) return open;
    const group: Group = { how, rest, waiting: [] };
    groups.set(key, group);
    setImmediate(() => {
      groups.delete(key);
      for (const batch of batchesOf(group)) void send(group, batch);
    });
    return group;
  };
  return async (place, call, signal, ask) => {
    const how = joinableOf(`${call.service}:${call.operation}`);
    const parts = how?.parts(call.input);
    // One that stops at the first page it likes would not know whose page it was.
    if (how === undefined || parts === undefined || call.enough !== undefined || isOdd(how, parts.names))
      return await ask(call, signal);
    const { names, rest } = parts;
    // Whoever reads past the cache is in a group of their own: the others take what is there.
    const key = canonicalText([...place, { ...call, input: rest }]);
    return await new Promise<Answer>((resolve) => {
      groupOf(key, how, rest).waiting.push({ call, names, signal, ask, settle: resolve });
    });
  };
}

/** AWS refuses too many names, and one name twice: that must not meet anybody else. */
function isOdd(how: Joinable, names: readonly string[]): boolean {
  return names.length > how.most || new Set(names.map((name) => how.id(name))).size < names.length;
}

/** Who goes together, each in the first batch that has room. Those who gave up in the meantime go nowhere. */
function batchesOf({ how, waiting }: Group): readonly (readonly Waiting[])[] {
  const batches: { readonly members: Waiting[]; readonly names: Map<string, string> }[] = [];
  for (const each of waiting) {
    if (each.signal.aborted) {
      each.settle(Promise.reject(reasonOf(each.signal)));
      continue;
    }
    const fits = batches.find(({ names }) => hasRoom(how, names, each.names));
    const batch = fits ?? { members: [], names: new Map<string, string>() };
    if (fits === undefined) batches.push(batch);
    batch.members.push(each);
    for (const name of each.names) batch.names.set(how.id(name), name);
  }
  return batches.map(({ members }) => members);
}

function hasRoom(how: Joinable, taken: ReadonlyMap<string, string>, names: readonly string[]): boolean {
  // A name and an ARN of the same thing would be that thing twice.
  if (names.some((name) => (taken.get(how.id(name)) ?? name) !== name)) return false;
  return new Set([...taken.values(), ...names]).size <= how.most;
}

async function send({ how, rest }: Group, batch: readonly Waiting[]): Promise<void> {
  const [first] = batch;
  if (first === undefined) return;
  const alone = (): void => {
    for (const { call, signal, ask, settle } of batch) settle(ask(call, signal));
  };
  if (batch.length === 1) return alone();
  const names = [...new Set(batch.flatMap((each) => each.names))];
  const call = { ...first.call, input: how.input(rest, names) };
  try {
    const answer = await first.ask(call, allOf(batch.map(({ signal }) => signal)));
    for (const each of batch) {
      const own = 'missing' in answer ? answer : { ...answer, output: how.share(answer.output, each.names) };
      each.settle(Promise.resolve(own));
    }
  } catch (thrown) {
    // What AWS does not take may be one name among good ones.
    if (thrown instanceof BlindError && thrown.code === 'invalid') return alone();
    for (const { settle } of batch) settle(Promise.reject(thrown));
  }
}

/** Aborted when all of these are: one who gives up must not take the answer away from the others. */
function allOf(signals: readonly AbortSignal[]): AbortSignal {
  const controller = new AbortController();
  const look = (): void => {
    if (signals.every(({ aborted }) => aborted)) controller.abort();
  };
  for (const signal of signals) signal.addEventListener('abort', look, { once: true });
  look();
  return controller.signal;
}

function reasonOf(signal: AbortSignal): Error {
  return signal.reason instanceof Error ? signal.reason : new Error('aborted');
}
