// `golive stand-in aep-prod`: the stand-in as a process of its own, and what to paste to use it.

import { resolve } from 'node:path';
import { GoliveError } from '../errors.ts';
import type { StandIn } from '../rehearsal/stand-in.ts';
import type { RehearsalWorld } from '../rehearsal/world.ts';
import { howCalled, type GlobalOptions, type Shell } from './shell.ts';

export interface StandInFlags extends GlobalOptions {
  readonly break?: readonly string[];
  readonly world?: string;
  readonly port?: string;
  /** Where the files of the world and the values of a dry run are laid out. */
  readonly folder?: string;
}

/** What a stand-in needs of the process: it serves until `signal` aborts. */
export interface ServingShell extends Shell {
  readonly signal: AbortSignal;
}

/** Serves until interrupted. Throws GoliveError for a name, break, world, port or folder that is no good. */
export async function standIn(name: string, flags: StandInFlags, shell: ServingShell): Promise<number> {
  const { findWorld } = await import('../rehearsal/find-world.ts');
  const { openScratch } = await import('../rehearsal/scratch.ts');
  const { startStandIn } = await import('../rehearsal/stand-in.ts');
  const cut = name.lastIndexOf('-');
  const { worldToday } = await import('../rehearsal/today.ts');
  const { layOut } = await import('../rehearsal/workplace.ts');
  const found = findWorld({
    checklist: name.slice(0, Math.max(0, cut)),
    target: name.slice(cut + 1),
    cwd: shell.cwd,
    breaks: flags.break ?? [],
    patchFile: flags.world,
  });
  const port = portOf(flags.port);
  const { path } = found;
  // Asked by the clock on the wall, a world that stays where it was written gets older every day.
  const world = worldToday(found.world, Date.now());
  if (flags.folder !== undefined) layOut(world, resolve(shell.cwd, flags.folder));
  const scratch = openScratch();
  try {
    const serving = await startStandIn({
      world,
      now: Date.now,
      folder: scratch.folder,
      ...(port === undefined ? {} : { port }),
    });
    const caFile = scratch.keep('ca.pem', serving.caPem);
    if (flags.json === true)
      shell.out(
        JSON.stringify({
          awsUrl: serving.awsUrl,
          dns: dnsServer(serving),
          connectTo: connections(serving),
          ca: caFile,
        }),
      );
    else introduce(shell, name, { path, world, folder: flags.folder }, serving, caFile);
    await aborted(shell.signal);
    await serving.close();
    return 0;
  } finally {
    scratch.remove();
  }
}

function portOf(text: string | undefined): number | undefined {
  const port = text === undefined ? undefined : Number(text);
  if (port === undefined || (Number.isInteger(port) && port >= 0 && port <= 65_535)) return port;
  throw new GoliveError('usage', `--port takes a number from 0 to 65535, not "${text}".`);
}

function aborted(signal: AbortSignal): Promise<void> {
  return new Promise((over) => {
    if (signal.aborted) over();
    else signal.addEventListener('abort', () => over(), { once: true });
  });
}

/** As `--dns-server` takes it. */
function dnsServer({ dns }: StandIn): string {
  return `${dns.address}:${dns.port}`;
}

/** As `--connect-to` takes them: HOST:PORT:ADDR:PORT. */
function connections(serving: StandIn): readonly string[] {
  return serving.connectTo.map(({ host, port, toAddress, toPort }) => `${host}:${port}:${toAddress}:${toPort}`);
}

/** Nothing of the user's own account may reach the stand-in, nor the other way round: no profile, no token, no configuration. */
const environment =
  'env -u AWS_PROFILE -u AWS_DEFAULT_PROFILE -u AWS_SESSION_TOKEN -u AWS_REGION -u AWS_DEFAULT_REGION -u AWS_IGNORE_CONFIGURED_ENDPOINT_URLS AWS_CONFIG_FILE=/dev/null AWS_SHARED_CREDENTIALS_FILE=/dev/null ' +
  'AWS_ACCESS_KEY_ID=STANDIN AWS_SECRET_ACCESS_KEY=STANDIN';

function introduce(
  shell: Shell,
  name: string,
  {
    path,
    world,
    folder,
  }: { readonly path: string; readonly world: RehearsalWorld; readonly folder: string | undefined },
  serving: StandIn,
  caFile: string,
): void {
  shell.err(`The stand-in for ${name} serves ${path} until Ctrl-C. Its days are moved: T is in two hours.`);
  shell.err(
    `AWS on ${serving.awsUrl}, DNS on ${dnsServer(serving)}, the application on ${serving.https.address}:${serving.https.port} (TLS) and :${serving.http.port}.`,
  );
  if (folder !== undefined) shell.err(`Its files, and values.yaml for --values, are in ${folder}: go there first.`);
  shell.err('');
  shell.err('To run the checklist against it, paste this line:');
  shell.out(runLine(`${howCalled(shell)} run ${quote(name)}`, world, serving, caFile));
  shell.err('');
  shell.err(
    'To look around with the aws command line. Keep --endpoint-url: old versions of aws do not know AWS_ENDPOINT_URL',
  );
  shell.err('and would go to the real account.');
  for (const line of awsLines(world, serving)) shell.err(line);
  const [domain = ''] = world.application.domains;
  shell.err('To see where DNS leads, as a resolver that keeps answers for their TTL:');
  shell.err(`dig @${serving.dns.address} -p ${serving.dns.port} ${quote(domain)}`);
}

/** `run`: how golive is called here, up to the name. */
function runLine(run: string, world: RehearsalWorld, serving: StandIn, caFile: string): string {
  const given = Object.entries({ ...world.inputs, ...world.secrets }).map(([input, value]) => {
    const text = typeof value === 'string' ? value : JSON.stringify(value);
    return `${quote(`GOLIVE_INPUT_${input.toUpperCase()}`)}=${quote(text)}`;
  });
  const reached = connections(serving).map((each) => `--connect-to ${quote(each)}`);
  const flags = ['--allow-endpoint', `--ca ${quote(caFile)}`, `--dns-server ${dnsServer(serving)}`, ...reached];
  return [environment, `AWS_ENDPOINT_URL=${serving.awsUrl}`, ...given, run, ...flags].join(' ');
}

function awsLines(world: RehearsalWorld, serving: StandIn): readonly string[] {
  const { region, ecs, route53 } = world.account;
  const aws = `${environment} aws --region ${quote(region)} --endpoint-url ${serving.awsUrl}`;
  const clusters = Object.keys(ecs.clusters).map((cluster) => `ecs list-services --cluster ${quote(cluster)}`);
  const zones = Object.values(route53.zones).map(
    ({ id }) => `route53 list-resource-record-sets --hosted-zone-id ${id}`,
  );
  return [...clusters.slice(0, 1), 'elbv2 describe-target-groups', ...zones.slice(0, 1)].map(
    (line) => `${aws} ${line}`,
  );
}

/** For a POSIX shell. */
function quote(text: string): string {
  return /^[\w@%+=:,./-]+$/.test(text) ? text : `'${text.replaceAll("'", String.raw`'\''`)}'`;
}
