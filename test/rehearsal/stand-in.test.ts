import { DescribeServicesCommand, ECSClient } from '@aws-sdk/client-ecs';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { copyFileSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { describe, expect, onTestFinished, test } from 'vitest';
import { findWorld } from '../../src/rehearsal/find-world.ts';
import { startStandIn } from '../../src/rehearsal/stand-in.ts';
import { openWorldFile } from '../../src/rehearsal/world-file.ts';
import { loadWorld } from '../../src/rehearsal/world.ts';
import { clientConfig, givenStandIn, givenWorld, worldPath } from './given.ts';

function givenFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'golive-test-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

async function start(folder: string) {
  const standIn = await startStandIn({ world: givenWorld(), now: () => 0, folder });
  onTestFinished(() => standIn.close());
  return standIn;
}

const short = {
  account: { ecs: { clusters: { 'aep-prod': { services: { 'aep-backend-prod-svc': { running: 1 } } } } } },
};

async function runningAt(awsUrl: string): Promise<number | undefined> {
  const command = new DescribeServicesCommand({ cluster: 'aep-prod', services: ['aep-backend-prod-svc'] });
  return (await new ECSClient(clientConfig(awsUrl)).send(command)).services?.[0]?.runningCount;
}

describe('the stand-in', () => {
  test('listens on loopback only and says where its names and addresses lead', async () => {
    const standIn = await givenStandIn();
    expect(standIn.awsUrl).toMatch(/^http:\/\/127\.0\.0\.1:\d+$/);
    expect(standIn.dns).toEqual({ address: '127.0.0.1', port: expect.any(Number) as number });
    const balancer = 'aep-prod-alb-1043217685.us-east-1.elb.amazonaws.com';
    const [, address = '', other = ''] = [...new Set(standIn.connectTo.map(({ host }) => host))];
    expect([address, other]).toEqual([
      expect.stringMatching(/^198\.51\.100\./) as string,
      expect.stringMatching(/^198\.51\.100\./) as string,
    ]);
    const layers = 'prod-us-east-1-starport-layer-bucket.s3.us-east-1.amazonaws.com';
    const elsewhere = expect.any(Number) as number;
    expect(standIn.connectTo).toEqual([
      ...[balancer, address, other].flatMap((host) => [
        { host, port: 443, toAddress: '127.0.0.1', toPort: standIn.https.port },
        { host, port: 80, toAddress: '127.0.0.1', toPort: standIn.http.port },
      ]),
      { host: layers, port: 443, toAddress: '127.0.0.1', toPort: elsewhere },
      { host: layers, port: 80, toAddress: '127.0.0.1', toPort: elsewhere },
    ]);
  });

  test('answers from the patched world at once', async () => {
    const standIn = await givenStandIn();
    expect(await runningAt(standIn.awsUrl)).toBe(2);
    standIn.applyPatch(short);
    expect(await runningAt(standIn.awsUrl)).toBe(1);
  });

  test('refuses a patch that leaves no whole world, and goes on with the old one', async () => {
    const standIn = await start(givenFolder());
    expect(() => standIn.applyPatch({ account: { id: 'short' } })).toThrow(/account\.id/);
    expect(await runningAt(standIn.awsUrl)).toBe(2);
  });

  test('counts what it was asked, in order', async () => {
    const standIn = await givenStandIn();
    await runningAt(standIn.awsUrl);
    await runningAt(standIn.awsUrl);
    const at = givenWorld().start.replace('Z', '.000Z');
    const shared = { service: 'ecs', operation: 'DescribeServices', at };
    expect(standIn.requests()).toEqual([
      { ...shared, seq: 1, count: 1 },
      { ...shared, seq: 2, count: 2 },
    ]);
  });

  test('goes on where it was when it is started again in the same folder', async () => {
    const folder = givenFolder();
    const first = await start(folder);
    first.applyPatch(short);
    await runningAt(first.awsUrl);
    await first.close();
    const second = await start(folder);
    expect(await runningAt(second.awsUrl)).toBe(1);
    expect(second.requests()).toMatchObject([{ seq: 2 }]);
    const log = readFileSync(join(folder, 'requests.jsonl'), 'utf8').trimEnd().split('\n');
    expect(log.map((line) => JSON.parse(line))).toMatchObject([{ seq: 1 }, { seq: 2 }]);
  });

  test('shares its world with other stand-ins of the same folder', async () => {
    const folder = givenFolder();
    const [one, other] = [await start(folder), await start(folder)];
    expect(await runningAt(other.awsUrl)).toBe(2);
    one.applyPatch(short);
    expect(await runningAt(other.awsUrl)).toBe(1);
  });

  test('does not start on a kept world that is broken', async () => {
    const folder = givenFolder();
    writeFileSync(join(folder, 'world.json'), '{"rehearsal": 1}');
    await expect(startStandIn({ world: givenWorld(), now: () => 0, folder })).rejects.toMatchObject({ code: 'world' });
  });

  test('says so when its port is taken', async () => {
    const { http } = await givenStandIn();
    await expect(startStandIn({ world: givenWorld(), now: () => 0, port: http.port })).rejects.toMatchObject({
      code: 'stand-in',
      exit: 3,
    });
  });

  test('killed at any moment, it leaves a whole world that holds every change it answered', async () => {
    const folder = givenFolder();
    openWorldFile(folder, givenWorld());
    for (const answers of [1, 7, 30]) {
      const child = spawn(process.execPath, ['--input-type=module', '-e', patchForEver, folder], {
        stdio: ['ignore', 'pipe', 'inherit'],
      });
      const exit = once(child, 'exit');
      let answered = 0;
      for await (const line of createInterface({ input: child.stdout })) {
        answered = Number(line);
        if (answered >= answers) child.kill('SIGKILL');
      }
      await exit;
      const kept = loadWorld(readFileSync(join(folder, 'world.json'), 'utf8'), 'world.json');
      expect(kept.account.ecs.clusters['aep-prod']?.services['aep-backend-prod-svc']?.pending).toBeGreaterThanOrEqual(
        answered,
      );
    }
    expect(existsSync(join(folder, 'world.json'))).toBe(true);
  });
});

/** Changes the world over and over, and prints the number of each change once it is made. Runs as a process of its own. */
const patchForEver = `
import { openWorldFile } from '${new URL('../../dist/rehearsal/world-file.js', import.meta.url).href}';
import { patchWorld } from '${new URL('../../dist/rehearsal/world.js', import.meta.url).href}';
const file = openWorldFile(process.argv[1], {});
for (let change = 1; ; change += 1) {
  const services = { 'aep-backend-prod-svc': { pending: change } };
  file.write(patchWorld(file.read(), { account: { ecs: { clusters: { 'aep-prod': { services } } } } }, 'patch'));
  process.stdout.write(change + '\\n');
}`;

describe('finding a world', () => {
  const asked = { checklist: 'aep', target: 'prod', cwd: tmpdir(), breaks: [] };

  test('finds the package’s, breaks it, and patches it last', () => {
    const folder = givenFolder();
    writeFileSync(join(folder, 'mine.yaml'), 'application: { backend: { checks: { redis: true } } }');
    const { world, path } = findWorld({
      ...asked,
      cwd: folder,
      breaks: ['redis-down', 'backend-not-ready'],
      patchFile: 'mine.yaml',
    });
    expect(path).toBe(fileURLToPath(worldPath));
    expect(world.application.backend.checks).toEqual({ db: false, redis: true });
  });

  test('refuses another target, an unknown checklist, a name that is a path, and a patch that is not there', () => {
    const wrong = expect.objectContaining({ code: 'world', exit: 3 });
    expect(() => findWorld({ ...asked, target: 'dev' })).toThrowError(wrong);
    expect(() => findWorld({ ...asked, checklist: 'nope' })).toThrowError(wrong);
    const copied = givenFolder();
    mkdirSync(join(copied, 'checklists', 'rehearsal'), { recursive: true });
    copyFileSync(worldPath, join(copied, 'checklists', 'rehearsal', 'shop.yaml'));
    expect(() => findWorld({ ...asked, cwd: copied, checklist: 'shop' })).toThrowError(
      /shop\.yaml is the world of aep, not of shop/,
    );
    expect(() => findWorld({ ...asked, checklist: '../rehearsal/aep' })).toThrowError(wrong);
    expect(() => findWorld({ ...asked, patchFile: 'nope.yaml' })).toThrowError(wrong);
  });
});
