// Goal: an invalidation happens once however often it is sent, is over when CloudFront says so, and until then the edges give
// what was there before. Method: the kind through the real clients against the stand-in, and what it serves over HTTPS.

import { describe, expect, test } from 'vitest';
import { openDns } from '../../src/effects/dns.ts';
import { openHttp } from '../../src/effects/http.ts';
import { S3Client, PutObjectCommand } from '@aws-sdk/client-s3';
import type { JsonObject } from '../../src/engine/json.ts';
import { cloudfrontInvalidate as kind } from '../../src/steps/cloudfront-invalidate.ts';
import { clientConfig } from '../rehearsal/given.ts';
import { play } from '../wrong-passes/given.ts';
import { attempt, denied, scripted } from './aws-world.ts';
import { givenPlayed, making, seesOf } from './played.ts';

const created = '2026-01-01T00:00:00Z';
const base64 = (text: string): string => Buffer.from(text).toString('base64');
const distribution: JsonObject = {
  name: 'd111abcdef8',
  changed: created,
  aliases: ['www.navralabs.com'],
  certificate: 'site',
  origin: { bucket: 'site' },
  headers: { 'strict-transport-security': 'max-age=63072000' },
};
const patch = (more: JsonObject = {}): JsonObject => ({
  account: {
    cloudfront: { distributions: { E2QWRUHAPOMQZL: { ...distribution, ...more } } },
    acm: { certificates: { site: { domain: 'www.navralabs.com', names: ['www.navralabs.com'] } } },
    s3: {
      buckets: {
        site: {
          region: 'us-east-1',
          created,
          objects: { 'index.html': [{ id: 'null', at: created, body: base64('old page'), type: 'text/html' }] },
        },
      },
    },
    route53: {
      zones: {
        'navralabs.com': {
          records: {
            'www.navralabs.com': {
              A: { alias: 'd111abcdef8.cloudfront.net', zone: 'Z2FDTNDATAQYW2', evaluate_health: false },
            },
          },
        },
      },
    },
  },
});
const args = kind.schema.parse({ distribution: 'E2QWRUHAPOMQZL', paths: ['/*'] });
const mark = 'golive run/7';

async function given(more: JsonObject = {}) {
  const played = await givenPlayed(kind, patch(more));
  const { standIn } = played;
  const client = new S3Client(clientConfig(standIn.awsUrl));
  const put = (Key: string, Body: string, headers: JsonObject = {}) =>
    client.send(new PutObjectCommand({ Bucket: 'site', Key, Body, ...headers }));
  const reached = {
    connectTo: standIn.connectTo,
    ca: standIn.caPem,
    rehearsal: true,
    env: {},
    now: played.world.clock.now,
  };
  const http = openHttp({ ...reached, dns: openDns({ server: standIn.dns, rehearsal: true }) });
  const get = async (url: string) => {
    const request = { method: 'GET', url, headers: {}, timeoutMs: 5000, follow: 0 };
    const { status, headers, body } = await http.send(request, attempt.signal);
    return { status, text: Buffer.from(body).toString(), headers };
  };
  return { ...played, put, get };
}

describe('the edges', () => {
  test('give what was there until an invalidation is over, and what is new at once', async () => {
    const { put, get, accept, pass, look } = await given();
    const page = 'https://www.navralabs.com/';
    expect(await get(page)).toMatchObject({
      status: 200,
      text: 'old page',
      headers: { 'content-type': 'text/html', 'strict-transport-security': 'max-age=63072000' },
    });
    await put('index.html', 'new page');
    await put('assets/app.1.js', 'code');
    expect(await get(page)).toMatchObject({ text: 'old page', headers: { 'x-cache': 'Hit from cloudfront' } });
    expect((await get('https://d111abcdef8.cloudfront.net/assets/app.1.js')).text).toBe('code');
    pass(5);
    const { change } = await accept(args);
    expect((await get(page)).text).toBe('old page');
    expect(await look(args, change)).toMatchObject({ verdict: 'fail', over: false, facts: { Status: 'InProgress' } });
    pass(60);
    expect((await get(page)).text).toBe('new page');
    expect(await look(args, change)).toMatchObject({ verdict: 'pass', facts: { Status: 'Completed', found: true } });
    await put('index.html', 'newer page');
    expect((await get(page)).text).toBe('new page');
  });

  test('keep nothing that says so, and forget no other path', async () => {
    const { put, get, accept, pass } = await given();
    await put('live.json', '1', { CacheControl: 'no-cache' });
    await put('live.json', '2');
    expect((await get('https://www.navralabs.com/live.json')).text).toBe('2');
    await put('index.html', 'new page');
    await accept({ ...args, paths: ['/assets/*'] });
    pass(90);
    expect((await get('https://www.navralabs.com/')).text).toBe('old page');
  });

  test('answer with a page of their own, redirect to https, and know no other names', async () => {
    const { get } = await given({ errors: { '403': { page: '/index.html', status: 200 } } });
    expect(await get('https://www.navralabs.com/some/route')).toMatchObject({ status: 200, text: 'old page' });
    expect(await get('http://www.navralabs.com/')).toMatchObject({ status: 301 });
    const plain = await given({ aliases: [] });
    expect(await plain.get('https://www.navralabs.com/')).toMatchObject({ status: 403 });
    expect(await plain.get('https://d111abcdef8.cloudfront.net/nothing')).toMatchObject({ status: 403 });
  });

  test('show no certificate for a name that theirs is not for', async () => {
    const { get } = await given({ certificate: 'other' });
    await expect(get('https://www.navralabs.com/')).rejects.toMatchObject({ code: 'tls' });
  });
});

test('an alias leads to them only by their own zone, and only where they are', async () => {
  const { world } = await given();
  const alias = (name: string, zone: string) => {
    const AliasTarget = { DNSName: name, HostedZoneId: zone, EvaluateTargetHealth: false };
    const set = { Name: 'new.navralabs.com', Type: 'A', AliasTarget };
    const ChangeBatch = { Changes: [{ Action: 'CREATE', ResourceRecordSet: set }] };
    const input = { HostedZoneId: 'Z04128371KD9QJ3R5T7V', ChangeBatch };
    return world.changes.change({ service: 'route53', operation: 'ChangeResourceRecordSets', input }, attempt.signal);
  };
  expect(await alias('d111abcdef8.cloudfront.net', 'Z35SXDOTRQ7X7K')).toHaveProperty('refused');
  expect(await alias('d999.cloudfront.net', 'Z2FDTNDATAQYW2')).toHaveProperty('refused');
  expect(await alias('d111abcdef8.cloudfront.net', 'Z2FDTNDATAQYW2')).toHaveProperty('output');
});

describe('the invalidation', () => {
  test('whose answer was lost is found by its mark, and cannot happen twice', async () => {
    const { standIn, prepare, world, look, pass } = await given();
    const prospect = await prepare(args);
    expect(prospect).toMatchObject({ stands: 'ready', lines: ['- what the edges of E2QWRUHAPOMQZL keep of /*'] });
    const pending = { before: prospect.before, mark };
    expect((await prepare(args, pending)).stands).toBe('ready');
    await kind.perform(args, prospect, mark, world, making);
    await kind.perform(args, prospect, mark, world, making);
    const made = standIn.world().account.cloudfront.distributions['E2QWRUHAPOMQZL']?.invalidations ?? {};
    expect(Object.keys(made)).toHaveLength(1);
    expect((await prepare(args, pending)).stands).toBe('already');
    expect((await prepare(args, { ...pending, mark: 'golive run/6' })).stands).toBe('ready');
    pass(60);
    expect((await look(args, '')).verdict).toBe('pass');
  });

  test('is found among more than one page of them', async () => {
    const one = (index: number): JsonObject => ({ at: created, reference: `r${index}`, paths: ['/a'] });
    const many = Object.fromEntries(Array.from({ length: 130 }, (_, index) => [`I${index}`, one(index)]));
    const { world, prepare } = await given({ invalidations: many });
    const listed = await world.aws.read(
      { service: 'cloudfront', operation: 'ListInvalidations', input: { DistributionId: args.distribution } },
      attempt.signal,
    );
    expect(listed).toMatchObject({ output: { InvalidationList: { Quantity: 130, IsTruncated: false } } });
    await kind.perform(args, await prepare(args), mark, world, making);
    expect((await prepare(args, { before: {}, mark })).stands).toBe('already');
  });

  test('of a distribution that is not there is not made', async () => {
    const { prepare } = await given();
    expect(await prepare({ ...args, distribution: 'E00000000' })).toMatchObject({
      stands: 'foreign',
      observed: 'there is none: NoSuchDistribution',
    });
  });

  test('is refused without the permission, and not seen without another', async () => {
    const faults = { denied: ['cloudfront:CreateInvalidation'] };
    const { act } = await givenPlayed(kind, { ...patch(), faults });
    expect((await act(args)).performed).toHaveProperty('refused');
    const { world } = scripted({ 'cloudfront:GetInvalidation': denied });
    await expect(seesOf(kind).look(args, { change: 'I1', mark }, world, attempt)).rejects.toBe(denied);
  });
});

test.each<[string, JsonObject]>([
  ['no path', { paths: [] }],
  ['a path without a slash', { paths: ['index.html'] }],
  ['a star in the middle', { paths: ['/a*b'] }],
  ['a name instead of an id', { distribution: 'd111.cloudfront.net' }],
])('it does not take %s', (_, more) => {
  expect(kind.schema.safeParse({ ...args, ...more }).success).toBe(false);
});

test.each<[string, JsonObject, string]>([
  ['passes when every edge has forgotten', {}, 'pass'],
  ['fails when that takes too long', { forgets: '20m' }, 'fail'],
])('a step of a run %s', async (_, more, verdict) => {
  const step = `- id: forget
  title: Forget
  act: { cloudfront.invalidate: { distribution: E2QWRUHAPOMQZL, paths: ["/*"] } }
  undo: { none: a cache is no state }`;
  const played = await play(step, { patch: patch(more) });
  expect(played.verdicts, played.screen).toEqual({ forget: verdict });
});
