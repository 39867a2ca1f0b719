// Who works on a run right now: a process that does listens on a socket in the run's folder for as long as it lives. What
// a killed one leaves behind refuses connections, so that nobody has to guess from process ids or the age of a file.

import { chmodSync, mkdirSync, readdirSync, renameSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import type { Envelope } from '../engine/events.ts';
import type { JsonObject } from '../engine/json.ts';
import { envelope, principalPattern } from '../log/bodies.ts';
import { errorCode } from './durable-file.ts';
import { runId } from './ids.ts';
import { askSocket, lineServer, type LineServer } from './socket-line.ts';
import { reachSocket } from './socket-path.ts';

/** What a process says of itself. All of it is another process's word: shown, and nothing else. */
export interface Holder {
  readonly principal: string;
  readonly host: string;
  /** In the `at` format, of its real time. */
  readonly since: string;
  /** What it does, in a few words: `asking approved`. */
  readonly what: string;
}

/** Somebody wants the run to end. `stands`: the acts that person saw to stand, and leaves standing. */
export interface StopWish {
  readonly by: string;
  readonly reason: string;
  readonly stands: readonly string[];
}

/**
 * The side that works on the run. `stop` gives the reason why it does not stop, or undefined: it will. `accept` the reason
 * why a decision that was made elsewhere does not count, or undefined: it is written down. Absent: it takes none.
 */
export interface Holding {
  readonly who: () => Holder;
  readonly stop: (wish: StopWish) => string | undefined;
  readonly accept?: (statement: Envelope) => Promise<string | undefined>;
}

/** `mute`: a process holds it that does not answer; it may be suspended. */
export type HeldBy = Holder | 'mute';

/** What came of holding a run. `unseen`: nobody can ask this process, and why; it may work all the same. */
export type Hold =
  | { readonly held: true; close(): Promise<void> }
  | { readonly held: false; readonly by: HeldBy }
  | { readonly unseen: string };

const nameOf = (id: string): string => `at-${id.slice(0, 8)}`;
const names = /^at-[a-z2-7]{8}$/;
const longestText = 200;
/** Of a reason, in characters. */
const longestReason = 1000;
/** How long a decision may take to be checked and written down, in ms. */
const acceptMs = 60_000;

/**
 * Holds the run whose `local/` is `folder` until `close`, unless another process does. Each process has a name of its
 * own there, and none is used twice: removing a dead one never removes one that lives. Of two that begin at the same
 * time the one whose name comes first stays. Never throws: what cannot be held is `unseen`.
 */
export async function holdRun(folder: string, holding: Holding): Promise<Hold> {
  const name = nameOf(runId());
  let claimed = false;
  let listening: Listening;
  try {
    const answering = lineServer((question) => replyTo(question, holding, claimed));
    listening = await listenAt(folder, name, answering);
  } catch (error) {
    return { unseen: error instanceof Error ? error.message : String(error) };
  }
  const yielding = new Set<string>([name]);
  for (;;) {
    const others = namesIn(folder).filter((other) => !yielding.has(other));
    if (others.length === 0) {
      // In the same turn as the listing: whoever comes later finds it claimed.
      claimed = true;
      return { held: true, close: () => listening.close() };
    }
    for (const other of others) {
      const said = await askSocket(folder, other, { ask: 'who' });
      if (said === 'nobody') {
        rmSync(join(folder, other), { force: true });
      } else if (said === 'mute' || said['claimed'] === true || other < name) {
        await listening.close();
        return { held: false, by: said === 'mute' ? said : holderOf(said) };
      } else {
        yielding.add(other);
      }
    }
  }
}

/** Who works on the run whose `local/` is `folder`; undefined when nobody does. Changes nothing there. */
export async function whoHolds(folder: string): Promise<HeldBy | undefined> {
  const said = await Promise.all(namesIn(folder).map((name) => askSocket(folder, name, { ask: 'who' })));
  const answered = said.find((one) => typeof one === 'object');
  return answered === undefined ? said.find((one) => one === 'mute') : holderOf(answered);
}

/** Asks whoever works on the run to end it. `nobody` does, or it was `taken` on, or why not. */
export async function askToStop(
  folder: string,
  { by, reason, stands }: StopWish,
): Promise<'nobody' | 'mute' | 'taken' | { readonly refused: string }> {
  let mute = false;
  for (const name of namesIn(folder)) {
    const said = await askSocket(folder, name, { ask: 'stop', by, reason, stands });
    if (said === 'mute') mute = true;
    else if (said !== 'nobody' && said['stopping'] === true) return 'taken';
    else if (said !== 'nobody') return { refused: textOf(said['refused']) };
  }
  return mute ? 'mute' : 'nobody';
}

/** Hands a decision to whoever works on the run. `nobody` does, or it was `taken`, or why not. */
export async function askToAccept(
  folder: string,
  statement: Envelope,
): Promise<'nobody' | 'mute' | 'taken' | { readonly refused: string }> {
  let mute = false;
  const { payload, payloadType, signatures } = statement;
  const signed = signatures.map(({ keyid, sig }) => ({ keyid, sig }));
  const question = { ask: 'accept', statement: { payload, payloadType, signatures: signed } };
  for (const name of namesIn(folder)) {
    const said = await askSocket(folder, name, question, acceptMs);
    if (said === 'mute') mute = true;
    else if (said !== 'nobody' && said['taken'] === true) return 'taken';
    else if (said !== 'nobody') return { refused: textOf(said['refused'], longestReason) };
  }
  return mute ? 'mute' : 'nobody';
}

interface Listening {
  close(): Promise<void>;
}

/** Listens under another name first: what has its name answers. */
async function listenAt(folder: string, name: string, { server, hangUp }: LineServer): Promise<Listening> {
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  chmodSync(folder, 0o700);
  const reached = reachSocket(folder, `.${name}`);
  if (reached === undefined) throw new Error('the path of its folder is too long for a socket');
  let closing: Promise<void> | undefined;
  const end = async (): Promise<void> => {
    rmSync(join(folder, name), { force: true });
    // It may not have begun to listen: that is told here, and does not matter.
    const closed = new Promise((over) => server.close(over));
    hangUp();
    await closed;
    reached.close();
  };
  const close = (): Promise<void> => (closing ??= end());
  try {
    await new Promise<void>((resolve, reject) => {
      server.once('error', reject);
      server.listen(reached.path, resolve);
    });
    // Nothing that goes wrong with a connection is worth ending a run for.
    server.on('error', () => undefined);
    server.unref();
    renameSync(join(folder, `.${name}`), join(folder, name));
  } catch (error) {
    await close();
    throw error;
  }
  return { close };
}

function replyTo(question: JsonObject, holding: Holding, claimed: boolean): JsonObject | Promise<JsonObject> {
  const { ask, by, reason, stands } = question;
  if (ask === 'who') return { claimed, ...holding.who() };
  if (ask === 'accept') return accepted(question, holding, claimed);
  if (ask !== 'stop') return { refused: 'this golive does not know what is asked' };
  if (!claimed) return { refused: 'its session only begins' };
  if (typeof by !== 'string' || !principalPattern.test(by)) return { refused: 'it is not said who ends the run' };
  if (typeof reason !== 'string' || reason.trim() === '') return { refused: 'it is not said why the run ends' };
  const seen = Array.isArray(stands) ? stands.filter((id): id is string => typeof id === 'string') : [];
  const refused = holding.stop({ by, reason: reason.slice(0, 2000), stands: seen });
  return refused === undefined ? { stopping: true } : { refused };
}

async function accepted(question: JsonObject, holding: Holding, claimed: boolean): Promise<JsonObject> {
  if (!claimed) return { refused: 'its session only begins' };
  if (holding.accept === undefined) return { refused: 'what works on it now takes no decisions' };
  const { success, data } = envelope.safeParse(question['statement']);
  if (!success) return { refused: 'what was handed over is no signed statement' };
  const refused = await holding.accept(data);
  return refused === undefined ? { taken: true } : { refused: refused.slice(0, longestReason) };
}

function holderOf(said: JsonObject): Holder {
  const { principal, host, since, what } = said;
  return { principal: textOf(principal), host: textOf(host), since: textOf(since), what: textOf(what) };
}

function textOf(value: unknown, longest = longestText): string {
  return typeof value === 'string' ? value.slice(0, longest) : '';
}

function namesIn(folder: string): readonly string[] {
  try {
    return readdirSync(folder).filter((name) => names.test(name));
  } catch (error) {
    const code = errorCode(error);
    if (code === 'ENOENT' || code === 'ENOTDIR') return [];
    throw error;
  }
}
