// What a session works with outside itself: the real AWS and HTTP, or a stand-in that cannot touch the world.

import { join, resolve } from 'node:path';
import type { Account, Plan } from '../engine/plan.ts';
import { openFiles } from '../effects/files.ts';
import { openAws } from '../effects/aws.ts';
import { wallClock } from '../effects/clock.ts';
import { openHttp } from '../effects/http.ts';
import { GoliveError } from '../errors.ts';
import { rehearsalClock, type RehearsalClock } from '../rehearsal/clock.ts';
import type { StandIn } from '../rehearsal/stand-in.ts';
import type { RehearsalWorld } from '../rehearsal/world.ts';
import type { AwsSession, Clock, Http } from '../world.ts';
import type { ProcessShell, Shell } from './shell.ts';

export interface Outside {
  readonly clock: Clock;
  readonly http: Http;
  readonly aws: AwsSession;
  close(): Promise<void>;
}

export interface OutsideOptions {
  readonly profile?: string;
  readonly connectTo?: readonly string[];
  readonly ca?: string;
  readonly allowEndpoint?: boolean;
}

/** The real outside. Throws GoliveError for an endpoint outside AWS without `--allow-endpoint`. */
export async function realOutside(plan: Plan, options: OutsideOptions, shell: ProcessShell): Promise<Outside> {
  const clock = wallClock();
  const aws = await openAws({
    accounts: accountsOf(plan),
    env: shell.env,
    allowEndpoint: options.allowEndpoint === true,
    clock,
    ...(options.profile !== undefined && { profile: options.profile }),
  });
  const http = openHttp({ ...(await outsideGiven(options, shell)), env: shell.env });
  return { clock, http, aws, close: () => aws.close() };
}

/** What the command line says about connections, read and checked. Throws GoliveError. */
export async function outsideGiven(
  options: OutsideOptions,
  shell: Shell,
): Promise<{ readonly connectTo: readonly ReturnType<typeof parseConnectTo>[]; readonly ca?: string }> {
  const connectTo = (options.connectTo ?? []).map(parseConnectTo);
  return { connectTo, ...(options.ca !== undefined && { ca: await readCa(options.ca, shell) }) };
}

export interface RehearsalOutside extends Outside {
  readonly clock: RehearsalClock;
  readonly standIn: StandIn;
}

/** A stand-in on loopback with a clock of its own. `folder` keeps its world, so that a killed rehearsal resumes. */
export async function rehearsalOutside(
  plan: Plan,
  world: RehearsalWorld,
  shell: ProcessShell,
  how: { readonly start: number; readonly speed: number | 'max'; readonly folder: string },
): Promise<RehearsalOutside> {
  const clock = rehearsalClock(how.start, how.speed);
  // A real run never needs it, and it is a third of what there is to load.
  const { startStandIn } = await import('../rehearsal/stand-in.ts');
  const standIn = await startStandIn({ world, now: () => clock.now(), folder: how.folder });
  // Of the environment only the SDK's warning about old Node versions is touched; nothing in it is read.
  const aws = await openAws({
    accounts: accountsOf(plan),
    env: shell.env,
    allowEndpoint: true,
    clock,
    rehearsal: { endpoint: standIn.awsUrl },
  });
  const http = openHttp({ connectTo: standIn.connectTo, ca: standIn.caPem, rehearsal: true, env: {} });
  const close = async (): Promise<void> => {
    await aws.close();
    await standIn.close();
  };
  return { clock, http, aws, standIn, close };
}

function accountsOf(plan: Plan): Readonly<Record<string, Account>> {
  return { '': plan.aws, ...plan.accounts };
}

/** `app.example.com:443:127.0.0.1:8443`, as curl writes it; an IPv6 address stands in brackets. */
export function parseConnectTo(text: string): { host: string; port: number; toAddress: string; toPort: number } {
  const match = /^([^:[\]]+):(\d{1,5}):(\[[0-9a-f:.]+\]|[^:[\]]+):(\d{1,5})$/i.exec(text);
  const [, host, port, toAddress, toPort] = match ?? [];
  if (host === undefined || toAddress === undefined || Number(port) > 65_535 || Number(toPort) > 65_535) {
    throw new GoliveError('usage', `--connect-to ${text} is not HOST:PORT:ADDR:PORT`, {
      hint: 'For example --connect-to app.example.com:443:10.0.0.7:443',
    });
  }
  return { host, port: Number(port), toAddress: toAddress.replace(/^\[|\]$/g, ''), toPort: Number(toPort) };
}

async function readCa(path: string, shell: Shell): Promise<string> {
  const text = await openFiles().readText(resolve(shell.cwd, path));
  if (text !== undefined) return text;
  throw new GoliveError('file', `there is no file ${path}`, { hint: 'It was given with --ca.' });
}

/** Where a rehearsal keeps what is not evidence. */
export function localFolder(runFolder: string): string {
  return join(runFolder, 'local');
}
