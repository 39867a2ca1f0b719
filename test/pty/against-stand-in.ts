// A real run against `golive stand-in`: two terminals, a key of one's own, and nothing pasted but the line it prints.

import { ListResourceRecordSetsCommand, Route53Client } from '@aws-sdk/client-route-53';
import { spawn, type ChildProcess } from 'node:child_process';
import { chmodSync, copyFileSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { home } from '../support/shell.ts';
import { answerAt, lowerTtl, waitForAct } from './aep-answers.ts';
import { placeAroundTheCutover, type Place } from './golive.ts';
import { goWithKey, settle } from './team.ts';
import { start, type Terminal } from './terminal.ts';

export interface Serving {
  readonly place: Place;
  /** The line to paste. */
  readonly line: string;
  /** The `--endpoint-url` of AWS. */
  readonly awsUrl: string;
  /** Pastes the line into a terminal of its own; with another address for AWS. */
  paste(awsUrl?: string): Promise<Terminal>;
  close(): Promise<void>;
}

const principal = 'ada@navralabs.example';
const idris = 'idris@navralabs.example';
const sana = 'sana@navralabs.example';

/** Serves the checklist as `edit` leaves it, with a world patched by `patch`, to somebody who has made a key. */
export async function serveCopy(edit: (text: string) => string, patch: object): Promise<Serving> {
  const place = placeAroundTheCutover();
  const checklist = join(place.folder, 'checklists', 'aep.yaml');
  writeFileSync(checklist, edit(readFileSync(checklist, 'utf8')));
  writeFileSync(join(place.folder, 'patch.json'), JSON.stringify(patch));
  const bin = join(place.folder, 'bin');
  mkdirSync(bin);
  const main = join(home, 'dist/main.js');
  writeFileSync(join(bin, 'golive'), `#!/bin/sh\nexec '${process.execPath}' '${main}' "$@"\n`);
  chmodSync(join(bin, 'golive'), 0o755);
  const made = await place.run(['key', 'init', '--as', principal]);
  if (made.code !== 0) throw new Error(made.stderr);
  settle(place.folder, {
    [principal]: { roles: ['engineering', 'on_call'], key: made.stdout.trim().split(' ').slice(-2).join(' ') },
    [idris]: { roles: ['infrastructure'] },
    [sana]: { roles: ['security'] },
  });
  copyFileSync(join(place.folder, '.golive', 'allowed_signers'), join(place.folder, 'signers'));
  const { child, line } = await standIn(main, place.folder);
  const env = {
    HOME: place.folder,
    XDG_CONFIG_HOME: join(place.folder, '.config'),
    XDG_STATE_HOME: join(place.folder, '.state'),
    NO_COLOR: '1',
    // What the line must not let through.
    AWS_PROFILE: 'production',
    AWS_SESSION_TOKEN: 'of-somebody-else',
  };
  const terminals: Terminal[] = [];
  const awsUrl = /AWS_ENDPOINT_URL=(\S+)/.exec(line)?.[1] ?? '';
  return {
    place,
    line,
    awsUrl,
    paste: async (instead = awsUrl) => {
      // Said here, because tmux keeps the PATH it was started with.
      const command = ['sh', '-c', `PATH='${bin}':"$PATH"; exec ${line.replace(awsUrl, instead)} --as ${principal}`];
      const terminal = await start(command, { width: 100, height: 60, cwd: place.folder, env });
      terminals.push(terminal);
      return terminal;
    },
    close: async () => {
      await Promise.all(terminals.map((terminal) => terminal.close()));
      const ended = new Promise((resolve) => child.once('exit', resolve));
      child.kill('SIGINT');
      await ended;
      await place.remove();
    },
  };
}

async function standIn(main: string, folder: string): Promise<{ readonly child: ChildProcess; readonly line: string }> {
  const words = [main, 'stand-in', 'aep-prod', '--world', 'patch.json'];
  const env = { PATH: process.env['PATH'] ?? '', HOME: folder };
  const child = spawn(process.execPath, words, { cwd: folder, env, stdio: ['ignore', 'pipe', 'pipe'] });
  const said: string[] = [];
  child.stderr.on('data', (bytes: Buffer) => said.push(bytes.toString()));
  const line = await new Promise<string>((resolve, reject) => {
    createInterface(child.stdout).once('line', resolve);
    child.once('exit', () => reject(new Error(said.join(''))));
  });
  return { child, line };
}

/** Plays up to the typed confirmation of the cutover, which is asked for and not yet given. */
export async function toTheCutover(terminal: Terminal): Promise<void> {
  await answerAt(terminal, 'Run this checklist for the first time?', 'yes');
  await lowerTtl(terminal);
  await goWithKey(terminal, 'Infrastructure lead', idris);
  await answerAt(terminal, 'Engineering lead, go or no-go?', 'go');
  await goWithKey(terminal, 'Security review', sana);
  await waitForAct(terminal, 'dns-cutover');
}

/** Without the watch and without the day of waiting: neither can be hurried in a run by the wall clock. */
export function short(text: string): string {
  const [before = '', rest = ''] = text.split('      - title: The first thirty minutes\n');
  const after = rest.slice(rest.indexOf('      - title: User acceptance\n'));
  // Caches keep the old record for its TTL, which nobody here wants to wait for.
  return (before + after).replace(', lag: 24h', '').replace('ttl: 60 }', 'ttl: 1 }');
}

/** As quick as DNS can be. */
export const brisk = {
  dns: { propagation: '1s' },
  account: { route53: { zones: { 'navralabs.com': { records: { 'app.navralabs.com': { A: { ttl: 2 } } } } } } },
};

/** The record sets of the name, as anybody who asks Route 53 sees them. */
export async function records(endpoint: string): Promise<unknown> {
  const credentials = { accessKeyId: 'STANDIN', secretAccessKey: 'STANDIN' };
  const client = new Route53Client({ endpoint, region: 'us-east-1', credentials });
  const zone = { HostedZoneId: 'Z04128371KD9QJ3R5T7V', StartRecordName: 'app.navralabs.com' };
  const { ResourceRecordSets: sets } = await client.send(new ListResourceRecordSetsCommand(zone));
  client.destroy();
  return sets;
}
