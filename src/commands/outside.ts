// What a session works with outside itself: the real AWS and HTTP, or a stand-in that cannot touch the world.

import { join, resolve } from 'node:path';
import type { Account, Plan } from '../engine/plan.ts';
import { openFiles } from '../effects/files.ts';
import { openAws } from '../effects/aws.ts';
import { openBrowser } from '../effects/browser.ts';
import { wallClock } from '../effects/clock.ts';
import { openDns } from '../effects/dns.ts';
import { openFolders } from '../effects/folders.ts';
import { openHttp } from '../effects/http.ts';
import { openLoad } from '../effects/load.ts';
import { openPrograms } from '../effects/processes.ts';
import { openTls } from '../effects/tls.ts';
import { openWebsockets } from '../effects/websockets.ts';
import { openWorkFiles } from '../effects/work-files.ts';
import { GoliveError } from '../errors.ts';
import type { Files, Folders, Programs } from '../machine.ts';
import { rehearsalClock, type RehearsalClock } from '../rehearsal/clock.ts';
import type { StandIn, StandInOptions } from '../rehearsal/stand-in.ts';
import type { RehearsalWorld } from '../rehearsal/world.ts';
import type { Browser, Dns, Load, Tls, Websockets } from '../wire.ts';
import type { AwsSession, Clock, Http } from '../world.ts';
import { parseDetours, refuseDetours, type DetourOptions, type Detours } from './detours.ts';
import type { ProcessShell, Shell } from './shell.ts';

export interface Outside {
  readonly clock: Clock;
  readonly http: Http;
  readonly dns: Dns;
  readonly tls: Tls;
  readonly websockets: Websockets;
  readonly load: Load;
  readonly browser: Browser;
  readonly aws: AwsSession;
  readonly programs: Programs;
  readonly files: Files;
  readonly folders: Folders;
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
  const folders = openFolders(shell.cwd);
  const aws = await openAws({
    folders,
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
  const websockets = openWebsockets(ways);
  const load = openLoad(ways, plan.load ?? []);
  const browser = openBrowser(ways);
  const programs = openPrograms({
    env: shell.env,
    cwd: shell.cwd,
    account: plan.aws,
    ...(options.profile !== undefined && { profile: options.profile }),
  });
  const files = openWorkFiles(shell.cwd);
  const wires = { http, dns, tls, websockets, load, browser };
  return { clock, ...wires, aws, programs, files, folders, close: () => aws.close() };
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
  const [{ startStandIn }, { rehearsedPrograms }, { rehearsedFiles }, { rehearsedFolders }, wires] = await Promise.all([
    import('../rehearsal/stand-in.ts'),
    import('../rehearsal/programs.ts'),
    import('../rehearsal/work-files.ts'),
    import('../rehearsal/folders.ts'),
    import('../rehearsal/load.ts'),
  ]);
  const standIn = await startStandIn({ ...how, world, now: () => clock.now() });
  const folders = rehearsedFolders(() => standIn.world());
  // Of the environment only the SDK's warning about old Node versions is touched; nothing in it is read.
  const aws = await openAws({
    folders,
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
  const websockets = openWebsockets(reached);
  const close = async (): Promise<void> => {
    await aws.close();
    await standIn.close();
  };
  const programs = rehearsedPrograms(() => standIn.world().commands, clock);
  const files = rehearsedFiles(() => standIn.world());
  const load = wires.rehearsedLoad(() => standIn.world(), plan.load ?? [], clock);
  const browser = wires.rehearsedBrowser(() => standIn.world(), clock);
  return { clock, http, dns, tls, websockets, load, browser, aws, programs, files, folders, standIn, close };
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
