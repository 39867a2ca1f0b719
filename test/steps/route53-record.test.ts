// Goal: the sets of exactly one name in exactly one zone, all of them, and "not there" only when Route 53 said so.
// Method: the kind against a scripted zone that lists as Route 53 does.

import { describe, expect, test } from 'vitest';
import { judge } from '../../src/engine/judge.ts';
import type { JsonObject } from '../../src/engine/json.ts';
import { BlindError } from '../../src/errors.ts';
import { route53Record, type Route53RecordArgs } from '../../src/steps/route53-record.ts';
import { attempt, denied, missing, now, scripted, zone, zoneAnswers } from './aws-world.ts';

const name = 'app.example.com';
const set = (Name: string, Type = 'A', more: JsonObject = {}): JsonObject => ({
  Name,
  Type,
  TTL: 300,
  ResourceRecords: [{ Value: '203.0.113.10' }],
  ...more,
});
const own = set('app.example.com.');
const aliasTo = (DNSName: string): JsonObject => ({
  AliasTarget: { DNSName, HostedZoneId: 'Z35SXDOTRQ7X7K', EvaluateTargetHealth: true },
});

type Answers = Parameters<typeof scripted>[0];

async function look(answers: Answers, args: Partial<Route53RecordArgs> = {}) {
  const { world, calls } = scripted(answers);
  const parsed = route53Record.schema.parse({ zone: 'example.com', name, ...args });
  const { facts, requests } = await route53Record.run(parsed, world, attempt);
  return { facts, requests, calls };
}

async function blindness(looked: Promise<unknown>): Promise<BlindError> {
  const thrown: unknown = await looked.then(
    () => 'facts',
    (error: unknown) => error,
  );
  if (thrown instanceof BlindError) return thrown;
  throw new Error(`it was not blind: ${String(thrown)}`);
}

describe('the sets of a name', () => {
  test('are given as AWS gives them, of every type, and what leads somewhere is summed up', async () => {
    const sets = [
      own,
      set('app.example.com.', 'AAAA', { TTL: 60, ResourceRecords: [{ Value: '2001:db8::1' }] }),
      set('app.example.com.', 'TXT', { TTL: 3600, ResourceRecords: [{ Value: '"v=spf1 -all"' }] }),
    ];
    const { facts, requests } = await look(zoneAnswers(zone('example.com'), sets));
    expect(facts).toEqual({
      found: true,
      zone_id: 'Z0123456789',
      zone_name: 'example.com',
      name,
      sets,
      types: ['A', 'AAAA', 'TXT'],
      ttls: [300, 60],
      alias: false,
    });
    expect(requests).toEqual(['ListHostedZonesByName-1', 'ListResourceRecordSets-2']);
  });

  test('do not include those of the names behind it in the list', async () => {
    const sets = [own, set('b.app.example.com.'), set('apq.example.com.'), set('zz.example.com.')];
    const { facts } = await look(zoneAnswers(zone('example.com'), sets));
    expect(facts['sets']).toEqual([own]);
  });

  test('are none when the list begins behind it', async () => {
    const { facts } = await look(zoneAnswers(zone('example.com'), [set('zz.example.com.')]));
    expect(facts).toMatchObject({ found: false, sets: [], types: [], ttls: [], alias: false });
    expect(judge([{ path: 'found', eq: true }], facts, now).verdict).toBe('fail');
    expect(judge([{ path: 'ttls[]', all: { lte: 60 } }], facts, now).verdict).not.toBe('pass');
  });

  test('are those of the name in capitals and with a dot, also behind a name with an underscore', async () => {
    const sets = [set('_dmarc.example.com.', 'TXT'), own];
    const { facts, calls } = await look(zoneAnswers(zone('example.com'), sets), { name: 'APP.Example.com.' });
    expect(facts['sets']).toEqual([own]);
    expect(calls[1]?.input).toMatchObject({ StartRecordName: 'app.example.com' });
  });

  test.each([['*.example.com'], [String.raw`\052.example.com`]])(
    'are those of the wildcard written %s',
    async (written) => {
      const wild = set(String.raw`\052.example.com.`);
      const { facts } = await look(zoneAnswers(zone('example.com'), [wild, own]), { name: written });
      expect(facts['sets']).toEqual([wild]);
    },
  );

  test('with a dot inside a label are another name', async () => {
    const odd = set(String.raw`a\056b.example.com.`);
    const { facts } = await look(zoneAnswers(zone('example.com'), [odd]), { name: 'a.b.example.com' });
    expect(facts['found']).toBe(false);
  });

  test('that are an alias have no TTL, and say so', async () => {
    const { Name, Type, AliasTarget } = set('app.example.com.', 'A', aliasTo('web.elb.amazonaws.com.'));
    const alias = { Name, Type, AliasTarget } as JsonObject;
    const { facts } = await look(zoneAnswers(zone('example.com'), [alias]));
    expect(facts).toMatchObject({ found: true, alias: true, ttls: [], sets: [alias] });
  });

  test.each([1, 2, 3])('are read to the last of them over pages of %d, and no further', async (size) => {
    const weighted = ['blue', 'green', 'grey'].map((SetIdentifier) =>
      set('app.example.com.', 'A', { SetIdentifier, Weight: 10 }),
    );
    const sets = [...weighted, set('app.example.com.', 'TXT'), set('zz.example.com.'), set('zzz.example.com.')];
    const answers = zoneAnswers(zone('example.com'), sets, size);
    if (size === 1) return expect((await blindness(look(answers))).message).toContain('could not be read to their end');
    const { facts, calls } = await look(answers);
    expect(facts['sets']).toEqual([...weighted, set('app.example.com.', 'TXT')]);
    expect(calls.length).toBeLessThanOrEqual(6);
  });
});

describe('the zone', () => {
  const zones = (...all: JsonObject[]): Answers => ({
    ...zoneAnswers(zone('example.com'), [own]),
    'route53:ListHostedZonesByName': { HostedZones: all, IsTruncated: false },
  });
  const hidden = zone('example.com', 'Z0PRIVATE', { Config: { PrivateZone: true } });

  test('is the public one of two of a name, and the private one when that is said', async () => {
    const both = zones(hidden, zone('example.com'));
    expect((await look(both)).facts['zone_id']).toBe('Z0123456789');
    expect((await look(both, { private: true })).facts['zone_id']).toBe('Z0PRIVATE');
  });

  test('is ambiguous when two public ones have the name, and both are named', async () => {
    const error = await blindness(look(zones(zone('example.com'), zone('example.com', 'Z0OTHER'))));
    expect(error.message).toContain('Z0123456789, Z0OTHER');
    expect(error.hint).toContain('id of the zone');
  });

  test('is not there when only another one is, and that is a fact with a reason', async () => {
    for (const all of [zones(), zones(zone('example.net')), zones(hidden), zones(zone('www.example.com'))]) {
      const { facts } = await look(all);
      expect(facts).toEqual({
        found: false,
        error: { code: 'NoSuchHostedZone', message: expect.any(String) as string },
      });
    }
  });

  test('by its id is asked for directly', async () => {
    const answers: Answers = {
      ...zoneAnswers(zone('example.com'), [own]),
      'route53:GetHostedZone': { HostedZone: hidden },
    };
    const { facts, calls } = await look(answers, { zone: 'Z0PRIVATE' });
    expect(facts).toMatchObject({ found: true, zone_id: 'Z0PRIVATE' });
    expect(calls.map(({ operation }) => operation)).toEqual(['GetHostedZone', 'ListResourceRecordSets']);
    expect((await blindness(look(answers, { zone: 'Z0PRIVATE', private: false }))).message).toContain('is private');
    const gone = { ...answers, 'route53:GetHostedZone': missing('NoSuchHostedZone') };
    expect((await look(gone, { zone: 'Z0GONE' })).facts).toMatchObject({ found: false });
  });

  test('may lie in another account of the target', async () => {
    const { calls } = await look(zoneAnswers(zone('example.com'), [own]), { account: 'dns' });
    expect(calls.every(({ account }) => account === 'dns')).toBe(true);
  });
});

describe('nobody could look', () => {
  test.each<[string, Answers]>([
    ['when zones may not be listed', { 'route53:ListHostedZonesByName': denied }],
    [
      'when sets may not be listed',
      { ...zoneAnswers(zone('example.com'), []), 'route53:ListResourceRecordSets': denied },
    ],
    [
      'when the zone went away',
      { ...zoneAnswers(zone('example.com'), []), 'route53:ListResourceRecordSets': missing('NoSuchHostedZone') },
    ],
    [
      'when an answer has no list of sets',
      { ...zoneAnswers(zone('example.com'), []), 'route53:ListResourceRecordSets': {} },
    ],
    ['when an answer has no list of zones', { 'route53:ListHostedZonesByName': {} }],
    ['when a zone has no id', { 'route53:ListHostedZonesByName': { HostedZones: [{ Name: 'example.com.' }] } }],
  ])('%s', async (_, answers) => {
    expect((await blindness(look(answers))).code).toMatch(/^(access-denied|server)$/);
  });
});

test('it takes a zone and a name, and nothing it does not know', () => {
  expect(route53Record.schema.safeParse({ zone: 'example.com', name }).success).toBe(true);
  expect(route53Record.schema.safeParse({ zone: 'example.com' }).success).toBe(false);
  expect(route53Record.schema.safeParse({ zone: 'example.com', name, type: 'A' }).success).toBe(false);
});
