// The WebSockets of a machine of the rehearsal: a real upgrade and real frames, and the few words the world gives them.

import { STATUS_CODES } from 'node:http';
import type { IncomingMessage, Server } from 'node:http';
import type { Duplex } from 'node:stream';
import { WebSocketServer } from 'ws';
import type { WebSocket } from 'ws';
import type { ApplicationReply } from './replies.ts';
import type { WebsocketState } from './web-states.ts';

export interface Upgrades {
  /** Takes the upgrades of a server. `answer` says what becomes of one; undefined cuts the connection. */
  take(
    server: Server,
    answer: (incoming: IncomingMessage) => Promise<WebsocketState | ApplicationReply | undefined>,
  ): void;
  /** Cuts every connection that was upgraded: a server does not know them any more. */
  close(): void;
}

const longestMessage = 65_536;

/** WebSockets for the servers of one machine. */
export function openUpgrades(): Upgrades {
  const taken = new Set<Duplex>();
  return {
    take: (server, answer) => {
      server.on('upgrade', (incoming, socket, head) => {
        taken.add(socket);
        socket.once('close', () => taken.delete(socket));
        // Those who hang up on it are part of the play.
        socket.on('error', () => socket.destroy());
        answer(incoming).then(
          (said) => {
            if (said === undefined) socket.destroy();
            else if ('status' in said) refuse(socket, said);
            else accept(incoming, socket, head, said);
          },
          () => socket.destroy(),
        );
      });
    },
    close: () => {
      for (const socket of taken) socket.destroy();
    },
  };
}

function refuse(socket: Duplex, { status, headers, body }: ApplicationReply): void {
  const all = { ...headers, 'content-length': String(Buffer.byteLength(body)), connection: 'close' };
  const lines = Object.entries(all).map(([name, value]) => `${name}: ${value}\r\n`);
  socket.end(`HTTP/1.1 ${status} ${STATUS_CODES[status] ?? 'Unknown'}\r\n${lines.join('')}\r\n${body}`);
}

function accept(incoming: IncomingMessage, socket: Duplex, head: Buffer, state: WebsocketState): void {
  const { protocol } = state;
  const server = new WebSocketServer({
    noServer: true,
    clientTracking: false,
    maxPayload: longestMessage,
    perMessageDeflate: false,
    handleProtocols: (offered) => (protocol !== undefined && offered.has(protocol) ? protocol : false),
  });
  server.handleUpgrade(incoming, socket, head, (websocket) => play(websocket, state));
}

function play(websocket: WebSocket, { greets, answers, silent, closes }: WebsocketState): void {
  websocket.on('error', () => websocket.terminate());
  if (silent) return;
  if (greets !== undefined) websocket.send(greets);
  websocket.on('message', (data) => {
    const sent = Buffer.isBuffer(data) ? data.toString('utf8') : '';
    const answer = Object.hasOwn(answers, sent) ? answers[sent] : undefined;
    if (answer !== undefined) websocket.send(answer);
  });
  if (closes !== undefined) websocket.close(closes);
}
