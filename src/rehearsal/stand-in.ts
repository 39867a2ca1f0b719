// The stand-in: an account and an application on loopback that answer as the real ones would, from one world.

import type { Server } from 'node:http';
import type { JsonObject } from '../engine/json.ts';
import { GoliveError } from '../errors.ts';
import { accountAnswer } from './account-answers.ts';
import { createApplication } from './application.ts';
import { createAwsServer } from './aws-server.ts';
import { balancerDnsName } from './balancer.ts';
import { makeCertificates } from './certificates.ts';
import { held, placeOf } from './place.ts';
import { openWorldFile, worldInMemory } from './world-file.ts';
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
}

export interface Listening {
  readonly address: string;
  readonly port: number;
}

/** curl's `--connect-to`: whoever wants `host:port` goes to `toAddress:toPort`. */
export interface ConnectTo {
  readonly host: string;
  readonly port: number;
  readonly toAddress: string;
  readonly toPort: number;
}

/** One request that was answered. */
export interface AskedRequest {
  /** From 1, in the order of arrival. */
  readonly seq: number;
  /** The CLI's word, or `application`. */
  readonly service: string;
  /** `DescribeServices`, or `GET /health/live`. */
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
  readonly connectTo: readonly ConnectTo[];
  /** The certificate authority of the application's certificate. */
  readonly caPem: string;
  /** Changes the world by a merge patch (RFC 7396); durable before it returns. Throws GoliveError `world`. */
  applyPatch(patch: JsonObject): void;
  /** What was asked of this process, oldest first. */
  requests(): readonly AskedRequest[];
  close(): Promise<void>;
}

const loopback = '127.0.0.1';

/** Starts listening on loopback. Throws GoliveError `stand-in` when the port is taken, `world` when the kept world is broken. */
export async function startStandIn(options: StandInOptions): Promise<StandIn> {
  const file =
    options.folder === undefined ? worldInMemory(options.world) : openWorldFile(options.folder, options.world);
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
  const { leaf, caPem } = await makeCertificates(file.read().application.domains, Date.now(), options.now());
  const aws = createAwsServer((request) => {
    note(request.model.service, request.operation.name);
    return accountAnswer(request, placeOf(file.read(), request.region, options.now()));
  });
  const application = createApplication({
    world: () => file.read(),
    certificate: leaf,
    asked: (operation) => note('application', operation),
  });
  const servers = [aws, application.https, application.http];
  const [awsPort, httpsPort, httpPort] = await Promise.all([
    listen(aws, options.port ?? 0),
    listen(application.https, 0),
    listen(application.http, 0),
  ]);
  return {
    awsUrl: `http://${loopback}:${awsPort}`,
    https: { address: loopback, port: httpsPort },
    http: { address: loopback, port: httpPort },
    connectTo: connectTo(file.read(), httpsPort, httpPort),
    caPem,
    applyPatch: (patch) => file.write(patchWorld(file.read(), patch, 'the patch')),
    requests: () => asked,
    close: async () => {
      await Promise.all(servers.map(stop));
    },
  };
}

/** The application's names, and the name of the load balancer in front of it, lead to loopback. */
function connectTo(world: RehearsalWorld, httpsPort: number, httpPort: number): readonly ConnectTo[] {
  const { domains, load_balancer: name } = world.application;
  const balancer = held(world.account.elbv2.load_balancers, name);
  const hosts = balancer === undefined ? domains : [...domains, balancerDnsName(name, balancer, world.account.region)];
  return hosts.flatMap((host) => [
    { host, port: 443, toAddress: loopback, toPort: httpsPort },
    { host, port: 80, toAddress: loopback, toPort: httpPort },
  ]);
}

function listen(server: Server, port: number): Promise<number> {
  return new Promise((resolve, reject) => {
    server.once('error', (cause) => {
      const message = `The stand-in cannot listen on port ${port} of ${loopback}.`;
      reject(new GoliveError('stand-in', message, { hint: 'Leave --port out and it takes a free one.', cause }));
    });
    server.listen(port, loopback, () => {
      const address = server.address();
      resolve(typeof address === 'object' && address !== null ? address.port : port);
    });
  });
}

function stop(server: Server): Promise<void> {
  return new Promise((resolve) => {
    server.close(() => resolve());
    server.closeAllConnections();
  });
}
