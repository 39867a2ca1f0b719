// What a session works with outside itself: the real AWS and HTTP, or a stand-in that cannot touch the world.

import { join, resolve } from 'node:path';
import type { Account, Plan } from '../engine/plan.ts';
import { openFiles } from '../effects/files.ts';
import { openAws } from '../effects/aws.ts';
import { wallClock } from '../effects/clock.ts';
import { openDns } from '../effects/dns.ts';
import { openHttp } from '../effects/http.ts';
import { openPrograms } from '../effects/processes.ts';
import { openTls } from '../effects/tls.ts';
import { GoliveError } from '../errors.ts';
import { rehearsalClock, type RehearsalClock } from '../rehearsal/clock.ts';
import type { StandIn, StandInOptions } from '../rehearsal/stand-in.ts';
import type { RehearsalWorld } from '../rehearsal/world.ts';
import type { Dns, Tls } from '../wire.ts';
import type { AwsSession, Clock, Http, Programs } from '../world.ts';
import { parseDetours, refuseDetours, type DetourOptions, type Detours } from './detours.ts';
import type { ProcessShell, Shell } from './shell.ts';

export interface Outside {
  readonly clock: Clock;
  readonly http: Http;
  readonly dns: Dns;
  readonly tls: Tls;
  readonly aws: AwsSession;
  readonly programs: Programs;
  close(): Promise<void>;
}

export interface OutsideOptions extends DetourOptions {
  readonly profile?: string;
  readonly ca?: string;
  readonly allowEndpoint?: boolean;
}

/**
 * The real outside. `acting`: the phases in which acts are taken (empty: all), or undefined for a run that takes none.
 * Throws GoliveError for an endpoint outside AWS without `--allow-endpoint`, and for detours around what an act changes.
 */
export async function realOutside(
  plan: Plan,
  options: OutsideOptions,
  shell: ProcessShell,
  acting: readonly string[] | undefined,
): Promise<Outside> {
  const given = await outsideGiven(options, shell);
  const clock = wallClock();
  const aws = await openAws({
    accounts: accountsOf(plan),
    env: shell.env,
    allowEndpoint: options.allowEndpoint === true,
    clock,
    ...(options.profile !== undefined && { profile: options.profile }),
  });
  if (acting !== undefined) refuseDetours(plan, acting, options, aws.played === true);
  const { dnsServer, ...reached } = given;
  const dns = openDns(dnsServer === undefined ? {} : { server: dnsServer });
  const ways = { ...reached, env: shell.env, ...(dnsServer !== undefined && { dns }) };
  const http = openHttp(ways);
  const tls = openTls(ways);
  const programs = openPrograms({
    env: shell.env,
    cwd: shell.cwd,
    account: plan.aws,
    ...(options.profile !== undefined && { profile: options.profile }),
  });
  return { clock, http, dns, tls, aws, programs, close: () => aws.close() };
}

/** What the command line says about connections, read and checked. Throws GoliveError. */
export async function outsideGiven(options: OutsideOptions, shell: Shell): Promise<Detours & { readonly ca?: string }> {
  const detours = parseDetours(options);
  return { ...detours, ...(options.ca !== undefined && { ca: await readCa(options.ca, shell) }) };
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
  how: { readonly start: number; readonly speed: number | 'max'; readonly folder: string } & Pick<
    StandInOptions,
    'watch'
  >,
): Promise<RehearsalOutside> {
  const clock = rehearsalClock(how.start, how.speed);
  // A real run never needs it, and it is a third of what there is to load.
  const [{ startStandIn }, { rehearsedPrograms }] = await Promise.all([
    import('../rehearsal/stand-in.ts'),
    import('../rehearsal/programs.ts'),
  ]);
  const standIn = await startStandIn({ ...how, world, now: () => clock.now() });
  // Of the environment only the SDK's warning about old Node versions is touched; nothing in it is read.
  const aws = await openAws({
    accounts: accountsOf(plan),
    env: shell.env,
    allowEndpoint: true,
    clock,
    rehearsal: { endpoint: standIn.awsUrl },
  });
  const dns = openDns({ rehearsal: true, server: standIn.dns });
  const reached = {
    connectTo: standIn.connectTo,
    ca: standIn.caPem,
    rehearsal: true,
    dns,
    now: () => clock.now(),
    env: {},
  };
  const http = openHttp(reached);
  const tls = openTls(reached);
  const close = async (): Promise<void> => {
    await aws.close();
    await standIn.close();
  };
  const programs = rehearsedPrograms(() => standIn.world().commands, clock);
  return { clock, http, dns, tls, aws, programs, standIn, close };
}

function accountsOf(plan: Plan): Readonly<Record<string, Account>> {
  return { '': plan.aws, ...plan.accounts };
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
