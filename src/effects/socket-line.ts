// One JSON line each way over a socket of this machine. Everything from the other side is data, and there is little of it.

import { connect, createServer, type Server, type Socket } from 'node:net';
import { isObject, type JsonObject } from '../engine/json.ts';
import { errorCode } from './durable-file.ts';
import { reachSocket, type Reached } from './socket-path.ts';

/** Characters of one answer. */
const longest = 16_384;
/** Characters of one question: what a line of a log can hold fits into it. */
const longestQuestion = 81_920;
/** How long the other side may take, in ms: it may just be writing to a slow disk. */
const patienceMs = 5_000;

/** `nobody`: no process listens there, so it has ended. `mute`: one does, and gave no answer that can be read. */
export type Said = JsonObject | 'nobody' | 'mute';

/** Asks whoever listens at `name` in `folder`, and waits up to `ms` for the answer. Never throws. */
export async function askSocket(folder: string, name: string, question: JsonObject, ms = patienceMs): Promise<Said> {
  for (let times = 1; ; times += 1) {
    const said = await askOnce(folder, name, question, ms);
    // It ended while it was asked: the next time nobody is there.
    if (said !== 'closed') return said;
    if (times === 3) return 'mute';
  }
}

function askOnce(folder: string, name: string, question: JsonObject, ms: number): Promise<Said | 'closed'> {
  const reached = reachOr(folder, name);
  if (typeof reached === 'string') return Promise.resolve(reached);
  return new Promise((resolve) => {
    const socket = connect(reached.path);
    let text = '';
    let over = false;
    const done = (said: Said | 'closed'): void => {
      if (over) return;
      over = true;
      clearTimeout(timer);
      socket.destroy();
      reached.close();
      resolve(said);
    };
    const timer = setTimeout(() => done('mute'), ms);
    socket.setEncoding('utf8');
    socket.once('connect', () => socket.write(`${JSON.stringify(question)}\n`));
    socket.on('data', (chunk: string) => {
      text += chunk;
      const end = text.indexOf('\n');
      if (end === -1 && text.length <= longest) return;
      done(end > longest || end === -1 ? 'mute' : (objectOf(text.slice(0, end)) ?? 'mute'));
    });
    socket.on('error', (error) => done(meaning(errorCode(error))));
    socket.once('close', () => done('closed'));
  });
}

function meaning(code: string | undefined): 'nobody' | 'mute' | 'closed' {
  if (code === 'ECONNREFUSED' || code === 'ENOENT') return 'nobody';
  return code === 'ECONNRESET' || code === 'EPIPE' ? 'closed' : 'mute';
}

/** A server, and how those who connected and asked nothing are hung up on: it does not close while they stay. */
export interface LineServer {
  readonly server: Server;
  readonly hangUp: () => void;
}

/** Answers each connection once, then hangs up; a line that is too long or no object is not answered. */
export function lineServer(reply: (question: JsonObject) => JsonObject | Promise<JsonObject>): LineServer {
  const waiting = new Set<Socket>();
  const server = createServer((socket: Socket) => {
    waiting.add(socket);
    socket.once('close', () => waiting.delete(socket));
    let text = '';
    socket.setEncoding('utf8');
    socket.setTimeout(patienceMs, () => socket.destroy());
    socket.on('error', () => socket.destroy());
    const hear = (chunk: string): void => {
      text += chunk;
      const end = text.indexOf('\n');
      if (end === -1 && text.length <= longestQuestion) return;
      socket.off('data', hear);
      const question = end === -1 || end > longestQuestion ? undefined : objectOf(text.slice(0, end));
      if (question === undefined) socket.destroy();
      else {
        waiting.delete(socket);
        answer(socket, reply(question));
      }
    };
    socket.on('data', hear);
  });
  return { server, hangUp: () => waiting.forEach((socket) => socket.destroy()) };
}

/** At once where that is possible: who asks whether a run is held must not wait for the next turn. */
function answer(socket: Socket, said: JsonObject | Promise<JsonObject>): void {
  const end = (answered: JsonObject): void => void socket.end(`${JSON.stringify(answered)}\n`);
  if (!(said instanceof Promise)) return end(said);
  // How long it takes is for whoever asked to say.
  socket.setTimeout(0);
  said.then(end, () => socket.destroy());
}

function objectOf(line: string): JsonObject | undefined {
  try {
    const said: unknown = JSON.parse(line);
    // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- what JSON.parse gives is JSON
    return isObject(said as JsonObject) ? (said as JsonObject) : undefined;
  } catch {
    return undefined;
  }
}

function reachOr(folder: string, name: string): Reached | 'nobody' | 'mute' {
  try {
    // Where the path is too long, somebody may listen there who got to it by a shorter one.
    return reachSocket(folder, name) ?? 'mute';
  } catch (error) {
    return meaning(errorCode(error)) === 'nobody' ? 'nobody' : 'mute';
  }
}
