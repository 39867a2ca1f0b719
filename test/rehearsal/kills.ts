// Kills a stand-in in the middle of changes, and looks at what it leaves on the disk.

import { ChangeResourceRecordSetsCommand, GetChangeCommand, Route53Client } from '@aws-sdk/client-route-53';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { expect } from 'vitest';
import { startStandIn } from '../../src/rehearsal/stand-in.ts';
import { loadWorld } from '../../src/rehearsal/world.ts';
import { clientConfig, givenWorld } from './given.ts';

const zone = 'Z04128371KD9QJ3R5T7V';
const inFlight = 3;

/** A stand-in in a process of its own; prints where it listens. */
export const serve = `
import { readFileSync } from 'node:fs';
import { startStandIn } from '${new URL('../../dist/rehearsal/stand-in.js', import.meta.url).href}';
import { loadWorld } from '${new URL('../../dist/rehearsal/world.js', import.meta.url).href}';
const world = loadWorld(readFileSync('${new URL('../../checklists/rehearsal/aep.yaml', import.meta.url).pathname}', 'utf8'), 'aep.yaml');
const standIn = await startStandIn({ world, now: () => Date.parse(world.start), folder: process.argv[1] });
process.stdout.write(standIn.awsUrl + '\\n');`;

const nameOf = (index: number): string => `h${index}.navralabs.com`;

/** Random numbers below a bound, the same for the same seed. */
export function randomFrom(seed: number): (below: number) => number {
  let state = seed >>> 0;
  return (below) => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return Math.floor((state / 2 ** 32) * below);
  };
}

/**
 * Makes changes, several at a time, kills the process some turns of the loop after the given number of answers, and
 * expects a whole world: with every change that was answered, and with no change by halves. Returns how many were answered.
 */
export async function killWhileChanging(answers: number, turns: number): Promise<number> {
  const folder = mkdtempSync(join(tmpdir(), 'golive-kill-'));
  const child = spawn(process.execPath, ['--input-type=module', '-e', serve, folder], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  try {
    const exit = once(child, 'exit');
    const [url]: string[] = await once(createInterface({ input: child.stdout }), 'line');
    const client = new Route53Client(clientConfig(url ?? ''));
    const answered = new Map<number, string>();
    let [next, killed] = [0, false];
    const change = async (): Promise<void> => {
      while (!killed) {
        const index = next++;
        const set = { Name: nameOf(index), Type: 'A' as const, TTL: 60, ResourceRecords: [{ Value: '203.0.113.1' }] };
        const Changes = [{ Action: 'CREATE' as const, ResourceRecordSet: set }];
        const sent = new ChangeResourceRecordSetsCommand({ HostedZoneId: zone, ChangeBatch: { Changes } });
        const answer = await client.send(sent).catch(() => undefined);
        if (answer === undefined) break;
        answered.set(index, answer.ChangeInfo?.Id ?? '');
        if (answered.size === answers) {
          for (let left = turns; left > 0; left -= 1) await new Promise(setImmediate);
          killed = child.kill('SIGKILL');
        }
      }
    };
    await Promise.all(Array.from({ length: inFlight }, change));
    expect(await exit, 'it was killed, and did not end by itself').toEqual([null, 'SIGKILL']);
    await inspect(folder, answered, next);
    return answered.size;
  } finally {
    child.kill('SIGKILL');
    rmSync(folder, { recursive: true });
  }
}

async function inspect(folder: string, answered: ReadonlyMap<number, string>, sent: number): Promise<void> {
  const { zones, changes } = loadWorld(readFileSync(join(folder, 'world.json'), 'utf8'), 'world.json').account.route53;
  const records = zones['navralabs.com']?.records ?? {};
  const changed = Object.values(changes).flatMap(({ before }) => Object.keys(before));
  for (let index = 0; index < sent; index += 1) {
    const there = records[nameOf(index)] !== undefined;
    expect(changed.includes(nameOf(index)), `change ${index} is whole`).toBe(there);
    if (answered.has(index)) expect(there, `change ${index} was answered`).toBe(true);
  }
  const text = readFileSync(join(folder, 'requests.jsonl'), 'utf8');
  const lines: { seq: number; operation: string }[] = text
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line));
  expect(lines.map(({ seq }) => seq)).toEqual(lines.map((_, index) => index + 1));
  expect(lines.length).toBeGreaterThanOrEqual(changed.length);
  const again = await startStandIn({ world: givenWorld(), now: () => Date.parse('2030-01-01'), folder });
  try {
    const client = new Route53Client(clientConfig(again.awsUrl));
    for (const Id of answered.values()) {
      expect((await client.send(new GetChangeCommand({ Id }))).ChangeInfo?.Status).toBe('INSYNC');
    }
    expect(again.requests()[0]?.seq).toBe(lines.length + 1);
  } finally {
    await again.close();
  }
}
