// The other side of the fault test: `golive stand-in` as a process that nobody kills, and what has reached it.

import { spawn } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { createInterface } from 'node:readline';
import { buffer } from 'node:stream/consumers';
import type { JsonObject } from '../../src/engine/json.ts';
import { dist } from './crash-child.ts';
import { crashWorld } from './crash-world.ts';

export interface Standing {
  readonly awsUrl: string;
  /** How often this operation reached it so far: `route53:ChangeResourceRecordSets`. */
  reached(operation: string): number;
  /** Its account as it is on the disk. */
  account(): JsonObject;
  /** Whether it is still the process it was. */
  alive(): boolean;
  close(): Promise<void>;
}

/** Serves `crashWorld` in a process of its own. */
export async function standIn(): Promise<Standing> {
  const folder = mkdtempSync(join(tmpdir(), 'golive-crash-aws-'));
  mkdirSync(join(folder, 'checklists', 'rehearsal'), { recursive: true });
  writeFileSync(join(folder, 'checklists', 'rehearsal', 'crash.yaml'), JSON.stringify(crashWorld));
  const env = { PATH: process.env['PATH'] ?? '', HOME: folder, TMPDIR: tmpdir() };
  const child = spawn(process.execPath, [join(dist, 'main.js'), 'stand-in', 'crash-prod', '--json'], {
    cwd: folder,
    env,
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const said: string[] = [];
  child.stderr.on('data', (bytes: Buffer) => said.push(bytes.toString('utf8')));
  const line = await new Promise<string>((resolve, reject) => {
    createInterface(child.stdout).once('line', resolve);
    child.once('exit', () => reject(new Error(said.join(''))));
  });
  const { awsUrl, ca }: { awsUrl: string; ca: string } = JSON.parse(line);
  const kept = dirname(ca);
  const log = join(kept, 'requests.jsonl');
  return {
    awsUrl,
    reached: (operation) => {
      const lines = existsSync(log) ? readFileSync(log, 'utf8').split('\n').slice(0, -1) : [];
      const asked: { service: string; operation: string }[] = lines.map((text) => JSON.parse(text));
      return asked.filter((each) => `${each.service}:${each.operation}` === operation).length;
    },
    account: () => {
      const world: { account: JsonObject } = JSON.parse(readFileSync(join(kept, 'world.json'), 'utf8'));
      return world.account;
    },
    alive: () => child.exitCode === null && child.signalCode === null,
    close: async () => {
      const ended = new Promise((resolve) => child.once('exit', resolve));
      child.kill('SIGINT');
      await ended;
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

/** A way to the stand-in on which something happens to a change. */
export interface Way {
  readonly awsUrl: string;
  /** How often it happened so far. */
  happened(): number;
  close(): Promise<void>;
}

/**
 * `lost`: the change arrives and is made, and the connection is cut before its reply. `late`: the first one arrives only
 * when the next one has been answered. `call`: part of what is asked, as for a moment.
 */
export async function wayTo(awsUrl: string, call: string, what: 'lost' | 'late'): Promise<Way> {
  let happened = 0;
  let held: (() => Promise<unknown>) | undefined;
  const serve = async (incoming: IncomingMessage, outgoing: ServerResponse): Promise<void> => {
    const { method = 'GET', url = '/', headers: said } = incoming;
    const body = await buffer(incoming);
    // The connection's own headers are not handed on.
    const own = new Set(['host', 'connection', 'content-length', 'expect']);
    const kept = Object.entries(said).filter(([header]) => !own.has(header));
    const headers = Object.fromEntries(kept.map(([header, value]) => [header, String(value)]));
    const forward = (): Promise<Response> =>
      fetch(awsUrl + url, { method, headers, body: body.length === 0 ? null : body });
    const change = `${method} ${url} ${headers['x-amz-target'] ?? ''} ${body.toString('utf8')}`.includes(call);
    if (change && what === 'late' && happened === 0) {
      happened += 1;
      held = forward;
      return;
    }
    const answer = await forward();
    const reply = Buffer.from(await answer.arrayBuffer());
    if (change && what === 'lost') {
      happened += 1;
      incoming.socket.resetAndDestroy();
      return;
    }
    if (change) await held?.();
    outgoing.writeHead(answer.status, { ...Object.fromEntries(answer.headers), connection: 'close' }).end(reply);
  };
  const server = createServer((incoming, outgoing) => {
    serve(incoming, outgoing).catch(() => outgoing.destroy());
  });
  await new Promise<void>((ready) => server.listen(0, '127.0.0.1', ready));
  const address = server.address();
  return {
    awsUrl: `http://127.0.0.1:${typeof address === 'object' && address !== null ? address.port : 0}`,
    happened: () => happened,
    close: async () => {
      const closed = new Promise((resolve) => server.close(resolve));
      server.closeAllConnections();
      await closed;
    },
  };
}
