// Goal: the acceptance of the cutover at its real pace: a watch of three minutes by the wall clock, and the stock `aws`
// command line sees the record set change.

import { execFile } from 'node:child_process';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { buffer } from 'node:stream/consumers';
import { promisify } from 'node:util';
import { afterEach, describe, expect, onTestFinished, test } from 'vitest';
import { accept } from './aep-answers.ts';
import { brisk, records, serveCopy, short, toTheCutover, type Serving } from './against-stand-in.ts';
import { noTmux } from './terminal.ts';

const missing = noTmux();
if (missing !== undefined) process.stdout.write(`real-run.full.test.ts: skipped, ${missing}\n`);

const run = promisify(execFile);
let serving: Serving | undefined;
afterEach(async () => {
  await serving?.close();
  serving = undefined;
});

function threeMinutes(text: string): string {
  return text
    .replaceAll('for: 30m, since: dns-cutover', 'for: 3m, settle: 1m, since: dns-cutover')
    .replace(', lag: 24h', '')
    .replace('ttl: 60 }', 'ttl: 59 }');
}

/** Caches keep the old record for a minute, and not for the five that it has until the day before. */
const minuteTtl = { route53: { zones: { 'navralabs.com': { records: { 'app.navralabs.com': { A: { ttl: 60 } } } } } } };

/** The record sets of the name, as the stock command line prints them. */
async function asAwsSees(awsUrl: string): Promise<unknown> {
  const env = {
    PATH: process.env['PATH'],
    HOME: '/nonexistent',
    AWS_ACCESS_KEY_ID: 'STANDIN',
    AWS_SECRET_ACCESS_KEY: 'STANDIN',
    AWS_PAGER: '',
    AWS_CONFIG_FILE: '/dev/null',
    AWS_SHARED_CREDENTIALS_FILE: '/dev/null',
  };
  const words = ['--endpoint-url', awsUrl, '--region', 'us-east-1', '--output', 'json', 'route53'];
  const query = "ResourceRecordSets[?Name=='app.navralabs.com.']";
  const list = ['list-resource-record-sets', '--hosted-zone-id', 'Z04128371KD9QJ3R5T7V', '--query', query];
  const { stdout } = await run('aws', [...words, ...list], { env });
  return JSON.parse(stdout);
}

const found = await run('aws', ['--version']).then(
  () => true,
  () => false,
);
if (!found) process.stdout.write('real-run.full.test.ts: skipped, there is no aws command on this machine\n');

describe.skipIf(missing !== undefined || !found)('a real run against the stand-in, at its real pace', () => {
  test('goes to a go, and aws sees the record set before and after', async () => {
    // Longer than the watch, which begins with the next whole minute: the increase has to be in it wherever it begins.
    serving = await serveCopy(threeMinutes, {
      account: minuteTtl,
      application: { traffic: { ramp: '200s' } },
    });
    const { place, awsUrl } = serving;
    const terminal = await serving.paste();
    await toTheCutover(terminal);
    expect(await asAwsSees(awsUrl)).toMatchObject([
      { Type: 'A', TTL: 59, ResourceRecords: [{ Value: '203.0.113.10' }] },
    ]);
    await terminal.answer('aep-prod');
    await terminal.waitFor(/Which build does the page\s+show/, 240_000);
    expect(await asAwsSees(awsUrl)).toMatchObject([{ Type: 'A', AliasTarget: { EvaluateTargetHealth: true } }]);
    await accept(terminal);
    expect(await terminal.exit(420_000), await terminal.transcript()).toBe(0);
    const verified = await place.run(['verify', place.runId(), '--allowed-signers', 'signers']);
    expect([verified.code, verified.stdout]).toEqual([0, expect.stringContaining('this is not evidence about AWS')]);
  });
});

interface Way {
  readonly url: string;
  /** The changes that were sent, by their paths. */
  readonly sent: readonly string[];
}

/** A way to AWS on which the answer to a change gets lost; a late change arrives only after somebody has looked for it. */
async function lossy(awsUrl: string, how: 'after' | 'late'): Promise<Way> {
  const sent: string[] = [];
  const late: (() => Promise<unknown>)[] = [];
  const serve = async (incoming: IncomingMessage, outgoing: ServerResponse): Promise<void> => {
    const { method = 'GET', url = '/' } = incoming;
    const body = await buffer(incoming);
    // The connection's own headers are not handed on.
    const own = new Set(['host', 'connection', 'content-length', 'expect']);
    const kept = Object.entries(incoming.headers).filter(([header]) => !own.has(header));
    const headers = Object.fromEntries(kept.map(([header, value]) => [header, String(value)]));
    const forward = (): Promise<Response> =>
      fetch(awsUrl + url, { method, headers, body: body.length === 0 ? null : body });
    if (method === 'POST' && url.includes('/rrset')) {
      sent.push(url);
      if (how === 'late') late.push(forward);
      else await forward();
      incoming.socket.resetAndDestroy();
      return;
    }
    const answer = await forward();
    const said = Buffer.from(await answer.arrayBuffer());
    if (url.includes('/rrset')) await late.pop()?.();
    outgoing.writeHead(answer.status, { ...Object.fromEntries(answer.headers), connection: 'close' }).end(said);
  };
  const server = createServer((incoming, outgoing) => {
    serve(incoming, outgoing).catch(() => outgoing.destroy());
  });
  await new Promise<void>((ready) => server.listen(0, '127.0.0.1', ready));
  onTestFinished(() => void server.close());
  const address = server.address();
  return { url: `http://127.0.0.1:${typeof address === 'object' && address !== null ? address.port : 0}`, sent };
}

describe.skipIf(missing !== undefined)('a real run against the stand-in', () => {
  test.each(['after', 'late'] as const)(
    'whose change was made but lost its answer (%s) sends it once, finds it, and can take it back',
    async (how) => {
      serving = await serveCopy(short, brisk);
      const { place, awsUrl } = serving;
      const way = await lossy(awsUrl, how);
      const terminal = await serving.paste(way.url);
      await toTheCutover(terminal);
      await terminal.answer('aep-prod');
      await terminal.waitFor(/Which build does the page\s+show/, 40_000);
      // The TTL before it, and the cutover.
      expect(way.sent).toHaveLength(2);
      expect(await records(awsUrl)).toMatchObject([{ Type: 'A', AliasTarget: { EvaluateTargetHealth: true } }]);
      const applied = { result: 'applied' };
      expect(place.bodies('act.reconciled')).toMatchObject([applied, applied]);
      await terminal.answer(':rollback');
      await terminal.waitFor('Type aep-prod to take this back', 20_000);
      await terminal.answer('aep-prod');
      // This answer gets lost as well.
      expect(await terminal.exit(40_000), await terminal.transcript()).toBe(1);
      expect(way.sent).toHaveLength(3);
      expect(await records(awsUrl)).toMatchObject([{ TTL: 1, ResourceRecords: [{ Value: '203.0.113.10' }] }]);
      expect(place.bodies('rollback.close')).toEqual([{ result: 'done' }]);
    },
  );
});
