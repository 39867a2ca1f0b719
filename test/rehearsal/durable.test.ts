// What the stand-in answered is on the disk: some kills at random moments. All of them are in durable.full.test.ts.

import { ChangeResourceRecordSetsCommand, Route53Client } from '@aws-sdk/client-route-53';
import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { describe, expect, onTestFinished, test } from 'vitest';
import { openWorldFile } from '../../src/rehearsal/world-file.ts';
import { clientConfig, givenWorld } from './given.ts';
import { killWhileChanging, randomFrom, serve } from './kills.ts';

test('a change that was answered survives a kill, and none is there by halves', async () => {
  const seed = Number(process.env['GOLIVE_TEST_SEED'] ?? Math.floor(Math.random() * 2 ** 31));
  process.stdout.write(`kills: GOLIVE_TEST_SEED=${seed}\n`);
  const random = randomFrom(seed);
  for (let kill = 0; kill < 3; kill += 1) {
    const answers = 1 + random(12);
    expect(await killWhileChanging(answers, random(40))).toBeGreaterThanOrEqual(answers);
  }
});

test('a line that a crash has cut short is taken off the log of requests, so that the next one is whole', () => {
  const folder = mkdtempSync(join(tmpdir(), 'golive-test-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  const log = join(folder, 'requests.jsonl');
  writeFileSync(log, '{"seq":1}\n{"seq":2}\n{"se');
  const file = openWorldFile(folder, givenWorld());
  expect(file.noted).toBe(2);
  file.note('{"seq":3}');
  file.write(givenWorld());
  expect(readFileSync(log, 'utf8')).toBe('{"seq":1}\n{"seq":2}\n{"seq":3}\n');
});

test('a world that was written is the world that is read, however soon', () => {
  const folder = mkdtempSync(join(tmpdir(), 'golive-test-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  const file = openWorldFile(folder, givenWorld());
  for (const model of ['gpt-1', 'gpt-2', 'gpt-3', 'gpt-4', 'gpt-5']) {
    file.write(givenWorld({ application: { backend: { model } } }));
    expect(file.read().application.backend.model).toBe(model);
  }
});

test('what a rehearsal keeps can be read by its owner only, and so can the folders around it', () => {
  const runs = mkdtempSync(join(tmpdir(), 'golive-test-'));
  onTestFinished(() => rmSync(runs, { recursive: true, force: true }));
  const [run, local] = [join(runs, 'run'), join(runs, 'run', 'local')];
  const file = openWorldFile(local, givenWorld());
  file.note('{"seq":1}');
  const modes = [run, local, join(local, 'world.json'), join(local, 'requests.jsonl')].map(
    (path) => statSync(path).mode & 0o777,
  );
  expect(modes).toEqual([0o700, 0o700, 0o600, 0o600]);
});

const strace = ['/usr/bin/strace', '/usr/local/bin/strace'].find((path) => existsSync(path) && works(path));
if (strace === undefined)
  process.stdout.write('durable.test.ts: no strace here, so the order of fsync is not watched\n');

/** Containers often forbid it. */
function works(path: string): boolean {
  return spawnSync(path, ['-qq', '-o', '/dev/null', 'true']).status === 0;
}

describe.runIf(strace !== undefined)('under strace', () => {
  test('the line, the new world and the folder are on the disk before a change is answered', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'golive-test-'));
    onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
    const trace = join(folder, 'trace');
    const watch = ['-f', '-qq', '-y', '-s', '200', '-e', 'trace=fsync,rename,write,writev,sendto,sendmsg', '-o', trace];
    const node = [process.execPath, '--input-type=module', '-e', serve, folder];
    const child = spawn(strace ?? '', [...watch, ...node], { stdio: ['ignore', 'pipe', 'inherit'], detached: true });
    const [url]: string[] = await once(createInterface({ input: child.stdout }), 'line');
    const set = { Name: 'new.navralabs.com', Type: 'A' as const, TTL: 60, ResourceRecords: [{ Value: '203.0.113.1' }] };
    const Changes = [{ Action: 'CREATE' as const, ResourceRecordSet: set }];
    const sent = new ChangeResourceRecordSetsCommand({
      HostedZoneId: 'Z04128371KD9QJ3R5T7V',
      ChangeBatch: { Changes },
    });
    await new Route53Client(clientConfig(url ?? '')).send(sent);
    const exit = once(child, 'close');
    process.kill(-(child.pid ?? 0), 'SIGKILL');
    await exit;
    const calls = readFileSync(trace, 'utf8').split('\n');
    const line = calls.findIndex(
      (call) => call.includes('ChangeResourceRecordSets') && call.includes('requests.jsonl'),
    );
    const answer = calls.findIndex((call) => call.includes('HTTP/1.1 200'));
    expect(line).toBeGreaterThan(0);
    const between = calls.slice(line, answer).flatMap((call) => /(?:fsync|rename)\([^)]*/.exec(call) ?? []);
    expect(between).toEqual([
      expect.stringMatching(/^fsync\(.*requests\.jsonl/),
      expect.stringMatching(/^fsync\(.*world\.json\.draft/),
      expect.stringMatching(/^rename\(.*world\.json"/),
      expect.stringMatching(/^fsync\(.*golive-test-[^/]*>$/),
    ]);
  });
});
