// The stand-in: an account and an application on loopback that answer as the real ones would, from one world.

import type { JsonObject } from '../engine/json.ts';
import { accountAnswer } from './account-answers.ts';
import { createAwsServer } from './aws-server.ts';
import { openResponder } from './dns-responder.ts';
import { listen, loopback, stop } from './listening.ts';
import type { ConnectTo } from './listening.ts';
import { placeOf } from './place.ts';
import type { AwsRequest } from './protocol.ts';
import { openSites } from './sites.ts';
import { withTurns } from './turns.ts';
import { openWorldFile, worldInMemory } from './world-file.ts';
import type { WorldFile } from './world-file.ts';
import { patchWorld } from './world.ts';
import type { RehearsalWorld } from './world.ts';

export interface StandInOptions {
  /** What it starts from, unless `folder` already holds a world. */
  readonly world: RehearsalWorld;
  /** The clock of the rehearsal, in ms. */
  readonly now: () => number;
  /** Keeps `world.json` and `requests.jsonl`, so that a killed rehearsal goes on where it was. */
  readonly folder?: string;
  /** For AWS; absent: any free port. */
  readonly port?: number;
  /** Is shown every request to AWS before it is answered. */
  readonly watch?: (request: AwsRequest) => void;
}

export interface Listening {
  readonly address: string;
  readonly port: number;
}

/** One request that was answered. */
export interface AskedRequest {
  /** From 1, in the order of arrival. */
  readonly seq: number;
  /** The CLI's word, `application`, the address or name of another machine, or `dns`. */
  readonly service: string;
  /** `DescribeServices`, `GET /health/live`, or `A app.example.com @8.8.8.8`. */
  readonly operation: string;
  /** The rehearsal's time, ISO. */
  readonly at: string;
  /** How often this was asked so far, this time included. */
  readonly count: number;
}

export interface StandIn {
  /** `http://127.0.0.1:PORT` */
  readonly awsUrl: string;
  readonly https: Listening;
  readonly http: Listening;
  /** Plays every name server there is, over UDP and TCP. */
  readonly dns: Listening;
  /** For the load balancer's name, every address that DNS leads to, and the bucket that image layers are in. */
  readonly connectTo: readonly ConnectTo[];
  /** The authority of every certificate here, PEM. */
  readonly caPem: string;
  /** The world as it stands now. */
  world(): RehearsalWorld;
  /** Changes the world by a merge patch (RFC 7396); durable before it returns. Throws GoliveError `world`. */
  applyPatch(patch: JsonObject): void;
  /** What was asked of this process, oldest first. */
  requests(): readonly AskedRequest[];
  close(): Promise<void>;
}

/** Starts listening on loopback. Throws GoliveError `stand-in` when the port is taken, `world` when the kept world is broken. */
export async function startStandIn(options: StandInOptions): Promise<StandIn> {
  const kept =
    options.folder === undefined ? worldInMemory(options.world) : openWorldFile(options.folder, options.world);
  const file = withTurns(kept, options.now);
  const asked: AskedRequest[] = [];
  const counts = new Map<string, number>();
  const note = (service: string, operation: string): void => {
    const count = (counts.get(`${service} ${operation}`) ?? 0) + 1;
    counts.set(`${service} ${operation}`, count);
    const at = new Date(options.now()).toISOString();
    const line = { seq: file.noted + asked.length + 1, service, operation, at, count };
    asked.push(line);
    file.note(JSON.stringify(line));
  };
  issueCertificate(file, options.now());
  const aws = createAwsServer((request) => {
    note(request.model.service, request.operation.name);
    options.watch?.(request);
    const change = (next: RehearsalWorld): void => file.write(next);
    return accountAnswer(request, placeOf(file.read(), request.region, options.now(), change));
  });
  // First of all: nothing is open yet when its port is taken.
  const awsPort = await listen(aws, options.port ?? 0);
  const sites = await openSites({ world: () => file.read(), now: options.now, asked: note });
  const dns = await openResponder({
    world: () => file.read(),
    now: options.now,
    asked: (question) => note('dns', question),
  });
  return {
    awsUrl: `http://${loopback}:${awsPort}`,
    https: { address: loopback, port: sites.ports.https },
    http: { address: loopback, port: sites.ports.http },
    dns: { address: loopback, port: dns.port },
    connectTo: sites.connectTo,
    caPem: sites.caPem,
    world: () => file.read(),
    applyPatch: (patch) => file.write(patchWorld(file.read(), patch, 'the patch')),
    requests: () => asked,
    close: async () => {
      await Promise.all([stop(aws), sites.close(), dns.close()]);
    },
  };
}

/** From here on the certificates have their dates, also when the stand-in is started again days later. */
function issueCertificate(file: WorldFile, now: number): void {
  const world = file.read();
  const { certificate } = world.application;
  if (certificate.issued !== undefined) return;
  const issued = new Date(now).toISOString();
  file.write({ ...world, application: { ...world.application, certificate: { ...certificate, issued } } });
}
