// DNS on loopback, over UDP and TCP: one responder plays every name server there is.

import { createSocket } from 'node:dgram';
import type { Socket as UdpSocket } from 'node:dgram';
import { createServer } from 'node:net';
import type { Server, Socket } from 'node:net';
import { GoliveError } from '../errors.ts';
import { answerPacket } from './dns-packets.ts';
import { listen, loopback } from './listening.ts';
import type { RehearsalWorld } from './world.ts';

export interface ResponderOptions {
  /** The world as it is now. */
  readonly world: () => RehearsalWorld;
  /** The clock of the rehearsal, in ms. */
  readonly now: () => number;
  /** Told of every question, as `A app.example.com @8.8.8.8`. */
  readonly asked: (question: string) => void;
}

export interface Responder {
  /** Of 127.0.0.1, the same for both. */
  readonly port: number;
  close(): Promise<void>;
}

const idleMs = 10_000;
/** A port that is free for TCP may be taken for UDP; then another one is tried. */
const tries = 10;

/** Starts listening. Throws GoliveError `stand-in` when no port is free for both. */
export async function openResponder(options: ResponderOptions): Promise<Responder> {
  const open = new Set<Socket>();
  for (let left = tries; left > 0; left -= 1) {
    const tcp = createServer((socket) => converse(socket, open, options));
    const port = await listen(tcp, 0);
    const udp = await bind(port, options);
    if (udp !== undefined) {
      let closed: Promise<void> | undefined;
      return { port, close: () => (closed ??= close(tcp, udp, open)) };
    }
    await new Promise((closed) => tcp.close(closed));
  }
  throw new GoliveError('stand-in', `The stand-in finds no port of ${loopback} that is free for both UDP and TCP.`);
}

/** Undefined when the port is taken. */
function bind(port: number, options: ResponderOptions): Promise<UdpSocket | undefined> {
  const socket = createSocket('udp4');
  return new Promise((resolve) => {
    socket.once('error', () => {
      socket.close();
      resolve(undefined);
    });
    socket.bind(port, loopback, () => {
      // From here on an error is one of a packet that could not be sent: whoever asked will ask again.
      socket.removeAllListeners('error').on('error', () => undefined);
      resolve(socket);
    });
    socket.on('message', (packet, from) => {
      const answer = answerPacket(packet, 'udp', options);
      if (answer !== undefined) socket.send(answer, from.port, from.address);
    });
  });
}

/** One connection: packets behind two bytes of length, as many as come. */
function converse(socket: Socket, open: Set<Socket>, options: ResponderOptions): void {
  open.add(socket);
  let waiting = Buffer.alloc(0);
  socket.setTimeout(idleMs, () => socket.destroy());
  socket.on('error', () => socket.destroy());
  socket.on('close', () => open.delete(socket));
  socket.on('data', (chunk: Buffer) => {
    waiting = Buffer.concat([waiting, chunk]);
    while (waiting.length >= 2 && waiting.length >= 2 + waiting.readUInt16BE(0)) {
      const end = 2 + waiting.readUInt16BE(0);
      const answer = answerPacket(waiting.subarray(2, end), 'tcp', options);
      waiting = waiting.subarray(end);
      if (answer === undefined) {
        socket.destroy();
        return;
      }
      const length = Buffer.alloc(2);
      length.writeUInt16BE(answer.length);
      socket.write(Buffer.concat([length, answer]));
    }
  });
}

async function close(tcp: Server, udp: UdpSocket, open: ReadonlySet<Socket>): Promise<void> {
  for (const socket of open) socket.destroy();
  await Promise.all([
    new Promise<void>((closed) => tcp.close(() => closed())),
    new Promise<void>((closed) => udp.close(() => closed())),
  ]);
}
