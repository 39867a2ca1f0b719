// Goal: what has to stay true for a time is no pass when nobody could see whether it did. Method: metrics from the
// stand-in, and the real program, watching a real server on loopback, stopped and interrupted from outside.

import { spawn, type ChildProcess } from 'node:child_process';
import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { describe, expect, onTestFinished, test } from 'vitest';
import type { JsonObject } from '../../src/engine/json.ts';
import { idOf } from '../../src/rehearsal/place.ts';
import { checklistText } from '../checklist/given.ts';
import { newPlace } from '../pty/golive.ts';
import { home } from '../support/shell.ts';
import { play } from './given.ts';

describe('wrong pass 9: a watch of a metric', () => {
  const watch = (sample: 'each' | 'whole', path = 'requests'): string => `- id: watch
  title: Requests arrive
  probe:
    cloudwatch.metrics:
      period: 60s
      series:
        requests:
          metric: AWS/ApplicationELB RequestCount
          stat: Sum
          dimensions: { LoadBalancer: app/aep-prod-alb/${idOf('aep-prod-alb', 16)} }
  hold: { for: 10m, sample: ${sample} }
  expect: [{ path: ${path}, gte: 0 }]`;
  const metrics = (patch: JsonObject): JsonObject => ({ account: { cloudwatch: { metrics: patch } } });

  test.each([
    ['each', 'requests'],
    ['whole', 'requests'],
    ['whole', 'increase.requests'],
  ] as const)('that has no data points is inconclusive, judged by %s %s', async (sample, path) => {
    const played = await play(watch(sample, path), { patch: metrics({ published: false }) });
    expect([played.exit, played.verdicts]).toEqual([2, { watch: 'inconclusive' }]);
    expect(played.screen).toMatch(/why +\d of the first \d minutes never came/);
  });

  test('whose data stays partial is an error, after as long as it may take to come', async () => {
    const played = await play(watch('each'), { patch: metrics({ complete: false }) });
    expect([played.exit, played.verdicts]).toEqual([2, { watch: 'error' }]);
    expect(played.screen).toContain('PartialData');
  });

  test('that may not be read is an error at once', async () => {
    const played = await play(watch('each'), { patch: { faults: { denied: ['cloudwatch:GetMetricData'] } } });
    expect([played.exit, played.verdicts]).toEqual([2, { watch: 'error' }]);
    expect(played.first?.verdict?.looks).toBe(1);
  });

  test.each(['each', 'whole'] as const)('passes when its data is there, judged by %s', async (sample) => {
    expect(await play(watch(sample))).toMatchObject({ exit: 0, verdicts: { watch: 'pass' } });
  });
});

/** A server on loopback that always answers, and tells when it has been asked so many times. */
async function given() {
  let asked = 0;
  const waiting: { readonly times: number; readonly go: () => void }[] = [];
  const server = createServer((_, response) => {
    asked += 1;
    response.end('fine', () => {
      for (const { times, go } of waiting) if (asked >= times) go();
    });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  onTestFinished(() => void server.close());
  const { port } = server.address() as AddressInfo;
  const step = `- id: up
  title: It stays up
  probe: { http: { url: "http://127.0.0.1:${port}/" } }
  hold: { for: 5s, every: 1s, max_gap: 2s, coverage: 50% }
  expect: [{ path: status, eq: 200 }]`;
  const text = checklistText({ steps: step });
  const place = newPlace({ 'checklists/demo.yaml': text });
  onTestFinished(() => place.remove());
  await place.run(['key', 'init', '--as', 'ada@demo.example']);
  const digest = createHash('sha256').update(text).digest('hex');
  const words = ['run', 'demo-prod', '--as', 'ada@demo.example', '--trust-checklist', digest];
  return {
    place,
    /** The real program, watching the server. */
    start(): ChildProcess {
      const env = { PATH: process.env['PATH'], HOME: place.folder, XDG_CONFIG_HOME: join(place.folder, '.config') };
      const options = { cwd: place.folder, env, stdio: 'ignore' } as const;
      const child = spawn(process.execPath, [join(home, 'dist/main.js'), ...words], options);
      onTestFinished(() => void child.kill('SIGKILL'));
      return child;
    },
    asked: () => asked,
    askedTimes: (times: number) => new Promise<void>((go) => waiting.push({ times, go })),
  };
}

async function exitOf(child: ChildProcess): Promise<number | null> {
  if (child.exitCode === null) await once(child, 'exit');
  return child.exitCode;
}

/** Resolves when the kernel has stopped the process. */
async function stopped(child: ChildProcess): Promise<void> {
  const state = (): string => /\) (\w) /.exec(readFileSync(`/proc/${child.pid}/stat`, 'utf8'))?.[1] ?? '';
  while (state() !== 'T') await pause(5);
}

test('wrong pass 10: a watch whose process slept through most of it is inconclusive', async () => {
  const [asleep, awake] = await Promise.all([given(), given()]);
  const [child, control] = [asleep.start(), awake.start()];
  await asleep.askedTimes(2);
  child.kill('SIGSTOP');
  await stopped(child);
  // Longer than a hole may be: only time itself can pass here.
  await pause(3000);
  child.kill('SIGCONT');
  expect(await exitOf(child)).toBe(2);
  expect(asleep.place.bodies('step.verdict')).toMatchObject([
    {
      step: 'up',
      verdict: 'inconclusive',
      reason: expect.stringMatching(/^nothing came for [34]s from \d\d:\d\d:\d\dZ on; 2s are allowed/),
    },
  ]);
  expect(asleep.asked()).toBeLessThan(6);
  // The same watch of a process that stayed awake.
  expect(await exitOf(control)).toBe(0);
  expect(awake.place.bodies('step.verdict')).toMatchObject([{ step: 'up', verdict: 'pass', looks: 6 }]);
});

test('wrong pass 11: a watch that is interrupted has no verdict at all', async () => {
  const { place, start, askedTimes } = await given();
  const child = start();
  await askedTimes(2);
  child.kill('SIGINT');
  expect(await exitOf(child)).toBe(130);
  expect(place.bodies('step.verdict')).toEqual([]);
  expect(place.kinds().at(-1)).toBe('session.close');
  expect(place.bodies('session.close')).toMatchObject([{ reason: 'interrupted' }]);
  const verified = await place.run(['verify', place.runId()]);
  expect(verified.stdout).toContain('dry-run, not sealed');
});
