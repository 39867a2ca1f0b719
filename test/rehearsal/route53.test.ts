// Route 53's changes through the unmodified SDK client: as strict as AWS, all of a batch or nothing, in sync after a while.

import {
  ChangeResourceRecordSetsCommand,
  GetChangeCommand,
  ListResourceRecordSetsCommand,
  Route53Client,
  TestDNSAnswerCommand,
} from '@aws-sdk/client-route-53';
import type { Change, ResourceRecordSet } from '@aws-sdk/client-route-53';
import { describe, expect, onTestFinished, test } from 'vitest';
import type { JsonObject } from '../../src/engine/json.ts';
import { startStandIn } from '../../src/rehearsal/stand-in.ts';
import { clientConfig, givenWorld } from './given.ts';

const zone = 'Z04128371KD9QJ3R5T7V';
const name = 'app.navralabs.com.';
const balancer = 'aep-prod-alb-1043217685.us-east-1.elb.amazonaws.com';
const balancerZone = 'Z35SXDOTRQ7X7K';

const plain = (values: readonly string[], more: Partial<ResourceRecordSet> = {}): ResourceRecordSet => ({
  Name: name,
  Type: 'A',
  TTL: 300,
  ResourceRecords: values.map((Value) => ({ Value })),
  ...more,
});
const old = plain(['203.0.113.10']);
const alias = (target = balancer, zoneId = balancerZone): ResourceRecordSet => ({
  Name: name,
  Type: 'A',
  AliasTarget: { DNSName: target, HostedZoneId: zoneId, EvaluateTargetHealth: false },
});
const del = (ResourceRecordSet: ResourceRecordSet): Change => ({ Action: 'DELETE', ResourceRecordSet });
const create = (ResourceRecordSet: ResourceRecordSet): Change => ({ Action: 'CREATE', ResourceRecordSet });

/** A stand-in whose clock goes only when told to. */
async function given(patch: JsonObject = {}) {
  const world = givenWorld(patch);
  let now = Date.parse(world.start);
  const standIn = await startStandIn({ world, now: () => now });
  onTestFinished(() => standIn.close());
  const client = new Route53Client(clientConfig(standIn.awsUrl));
  const change = (Changes: Change[], Comment?: string, HostedZoneId = zone) =>
    client.send(new ChangeResourceRecordSetsCommand({ HostedZoneId, ChangeBatch: { Changes, Comment } }));
  const sets = async (): Promise<ResourceRecordSet[]> => {
    const listed = await client.send(new ListResourceRecordSetsCommand({ HostedZoneId: zone, StartRecordName: name }));
    return listed.ResourceRecordSets ?? [];
  };
  return { client, change, sets, pass: (seconds: number) => void (now += seconds * 1000) };
}

const refused = (code: string, words: string) =>
  expect.objectContaining({ name: code, message: expect.stringContaining(words) as string });

describe('a change of records', () => {
  test('deletes the exact old set and creates the new one in one batch, PENDING and then INSYNC', async () => {
    const { client, change, sets, pass } = await given();
    const { ChangeInfo } = await change([del(old), create(alias())], 'golive RUN/7');
    expect(ChangeInfo).toMatchObject({
      Id: expect.stringMatching(/^\/change\/C[0-9A-F]{20}$/) as string,
      Status: 'PENDING',
      Comment: 'golive RUN/7',
      SubmittedAt: new Date(givenWorld().start),
    });
    expect(await sets()).toEqual([{ ...alias(), AliasTarget: { ...alias().AliasTarget, DNSName: `${balancer}.` } }]);
    const get = (Id: string | undefined) => client.send(new GetChangeCommand({ Id }));
    pass(19);
    expect((await get(ChangeInfo?.Id)).ChangeInfo?.Status).toBe('PENDING');
    pass(1);
    expect((await get(ChangeInfo?.Id?.replace('/change/', ''))).ChangeInfo).toMatchObject({
      Id: ChangeInfo?.Id,
      Status: 'INSYNC',
      Comment: 'golive RUN/7',
    });
    await expect(get('C0NONE')).rejects.toEqual(refused('NoSuchChange', 'Could not find resource with ID: C0NONE'));
  });

  test('is taken back by the reverse batch', async () => {
    const { change, sets } = await given();
    await change([del(old), create(alias())]);
    await change([del(alias(`${balancer.toUpperCase()}.`)), create(old)]);
    expect(await sets()).toEqual([old]);
  });

  test('gives every change an id of its own', async () => {
    const { change } = await given();
    const first = await change([del(old), create(alias())]);
    const second = await change([del(alias()), create(old)]);
    expect(first.ChangeInfo?.Id).not.toBe(second.ChangeInfo?.Id);
  });

  test('with an UPSERT puts a set in place whatever was there', async () => {
    const { change, sets } = await given();
    await change([{ Action: 'UPSERT', ResourceRecordSet: plain(['203.0.113.99'], { TTL: 60 }) }]);
    expect(await sets()).toEqual([plain(['203.0.113.99'], { TTL: 60 })]);
  });

  test('may name the values of a set in any order', async () => {
    const { change, sets } = await given();
    const two = ['203.0.113.11', '203.0.113.12'];
    await change([del(old), create(plain(two))]);
    await change([del(plain(two.toReversed()))]);
    expect(await sets()).toEqual([]);
  });

  test('keeps a wildcard apart from the name it is written as', async () => {
    const { change, client } = await given();
    await change([create(plain(['203.0.113.7'], { Name: '*.navralabs.com' }))]);
    const listed = await client.send(new ListResourceRecordSetsCommand({ HostedZoneId: zone }));
    expect(listed.ResourceRecordSets?.map((set) => set.Name)).toContain(String.raw`\052.navralabs.com.`);
    await change([del(plain(['203.0.113.7'], { Name: String.raw`\052.navralabs.com.` }))]);
  });
});

const set = "resource record set [name='app.navralabs.com.', type='A']";
const cname = (Name: string): ResourceRecordSet => plain(['x.example.'], { Name, Type: 'CNAME' });
const refusals: readonly (readonly [what: string, changes: Change[], code: string, words: string])[] = [
  [
    'a DELETE with another TTL',
    [del(plain(['203.0.113.10'], { TTL: 60 })), create(alias())],
    'InvalidChangeBatch',
    `[Tried to delete ${set} but the values provided do not match the current values`,
  ],
  [
    'a DELETE with another value',
    [del(plain(['203.0.113.11']))],
    'InvalidChangeBatch',
    `[Tried to delete ${set} but the values provided do not match the current values]`,
  ],
  [
    'a DELETE of an alias where values are',
    [del(alias())],
    'InvalidChangeBatch',
    `[Tried to delete ${set} but the values provided do not match the current values]`,
  ],
  [
    'a DELETE of what is not there',
    [del(plain(['2001:db8::1'], { Type: 'AAAA' }))],
    'InvalidChangeBatch',
    "[Tried to delete resource record set [name='app.navralabs.com.', type='AAAA'] but it was not found]",
  ],
  ['the same DELETE twice', [del(old), del(old)], 'InvalidChangeBatch', 'but it was not found'],
  [
    'a CREATE over a set, even the same one',
    [create(old)],
    'InvalidChangeBatch',
    `[Tried to create ${set} but it already exists]`,
  ],
  [
    'a CNAME beside other records',
    [create(cname(name))],
    'InvalidChangeBatch',
    '[RRSet of type CNAME with DNS name app.navralabs.com. is not permitted as it conflicts with other records with the same DNS name in zone navralabs.com.]',
  ],
  [
    'other records beside a CNAME',
    [create(cname('b.navralabs.com')), create(plain(['203.0.113.1'], { Name: 'b.navralabs.com' }))],
    'InvalidChangeBatch',
    '[RRSet of type A with DNS name b.navralabs.com. is not permitted because a conflicting RRSet of type CNAME with the same DNS name already exists in zone navralabs.com.]',
  ],
  [
    'a CNAME at the apex',
    [create(cname('navralabs.com'))],
    'InvalidChangeBatch',
    'is not permitted at apex in zone navralabs.com.',
  ],
  [
    'a name outside the zone',
    [create(plain(['203.0.113.1'], { Name: 'notnavralabs.com' }))],
    'InvalidChangeBatch',
    '[RRSet with DNS name notnavralabs.com. is not permitted in zone navralabs.com.]',
  ],
  [
    'an alias under the wrong zone',
    [del(old), create(alias(balancer, 'Z3DZXE0Q79N41H'))],
    'InvalidChangeBatch',
    `[Tried to create an alias that targets ${balancer}., type A in zone Z3DZXE0Q79N41H, but the alias target name does not lie within the target zone]`,
  ],
  [
    'an alias to a load balancer that is not there',
    [del(old), create(alias('nope-1.us-east-1.elb.amazonaws.com'))],
    'InvalidChangeBatch',
    'but that target was not found]',
  ],
  [
    'the last name servers of the zone',
    [
      del({
        Name: 'navralabs.com.',
        Type: 'NS',
        TTL: 172_800,
        ResourceRecords: [{ Value: 'ns-512.awsdns-00.net.' }, { Value: 'ns-1024.awsdns-00.org.' }],
      }),
    ],
    'InvalidChangeBatch',
    '[A HostedZone must contain at least one NS record for the zone itself.]',
  ],
  [
    'values that are no addresses',
    [create(plain(['example.com'], { Name: 'c.navralabs.com' }))],
    'InvalidChangeBatch',
    "ARRDATAIllegalIPv4Address (Value is not a valid IPv4 address) encountered with 'example.com'",
  ],
  [
    'the same value twice',
    [create(plain(['203.0.113.1', '203.0.113.1'], { Name: 'c.navralabs.com' }))],
    'InvalidChangeBatch',
    "Duplicate Resource Record: '203.0.113.1'",
  ],
  [
    'an alias with a TTL',
    [create({ ...alias(), TTL: 60 })],
    'InvalidInput',
    'Expected exactly one of [AliasTarget, all of [TTL, and ResourceRecords], or TrafficPolicyInstanceId], but found more than one in Change with [Action=CREATE, Name=app.navralabs.com., Type=A, SetIdentifier=null]',
  ],
  [
    'values without a TTL',
    [del({ Name: name, Type: 'A', ResourceRecords: [{ Value: '203.0.113.10' }] })],
    'InvalidInput',
    'but found none in Change with [Action=DELETE',
  ],
  ['a batch of nothing', [], 'InvalidInput', 'Invalid XML'],
  [
    'weights, which the stand-in does not play',
    [create({ ...alias(), SetIdentifier: 'a', Weight: 1 })],
    'InvalidInput',
    'SetIdentifier',
  ],
];

describe('Route 53 refuses', () => {
  test.each(refusals)('%s, and changes nothing', async (_, changes, code, words) => {
    const { change, sets } = await given();
    await expect(change(changes)).rejects.toEqual(refused(code, words));
    expect(await sets()).toEqual([old]);
  });

  test('the whole batch when its last change is wrong, and names everything that is', async () => {
    const { change, sets } = await given();
    const extra = plain(['203.0.113.5'], { Name: 'new.navralabs.com.' });
    await expect(change([create(extra), create(old), del(cname('no.navralabs.com'))])).rejects.toEqual(
      refused(
        'InvalidChangeBatch',
        `[Tried to create ${set} but it already exists, Tried to delete resource record set [name='no.navralabs.com.', type='CNAME'] but it was not found]`,
      ),
    );
    expect(await sets()).toEqual([old]);
  });

  test('a thousand and one records, and takes a thousand', { timeout: 30_000 }, async () => {
    const { change } = await given();
    const many = (count: number): Change[] =>
      Array.from({ length: count }, (_, index) => create(plain(['203.0.113.1'], { Name: `h${index}.navralabs.com` })));
    await expect(change(many(1001))).rejects.toEqual(refused('InvalidChangeBatch', 'limit of 1000 exceeded'));
    await change(many(1000));
  });

  test('a comment that is too long', async () => {
    const { change } = await given();
    const short = plain(['203.0.113.1'], { Name: 'c.navralabs.com' });
    await expect(change([create(short)], 'x'.repeat(257))).rejects.toEqual(
      refused('InvalidInput', 'less than or equal to 256'),
    );
    await change([create(short)], 'x'.repeat(256));
  });

  test('a zone that is not there', async () => {
    const { change } = await given();
    await expect(change([del(old)], undefined, 'ZGONE')).rejects.toEqual(refused('NoSuchHostedZone', 'ZGONE'));
  });

  test('whoever lacks the permission, before it looks at anything', async () => {
    const { change, sets } = await given({ faults: { denied: ['route53:ChangeResourceRecordSets'] } });
    await expect(change([del(old)])).rejects.toEqual(refused('AccessDenied', 'route53:ChangeResourceRecordSets'));
    expect(await sets()).toEqual([old]);
  });
});

describe('somebody else', () => {
  const rival = {
    zone: 'navralabs.com',
    name: 'app.navralabs.com',
    records: { A: { ttl: 60, values: ['192.0.2.200'] } },
  };

  test('changes the record just before: the batch is refused, and theirs stays', async () => {
    const { change, sets } = await given({ faults: { rival } });
    await expect(change([del(old), create(alias())])).rejects.toEqual(
      refused('InvalidChangeBatch', 'do not match the current values'),
    );
    expect(await sets()).toEqual([plain(['192.0.2.200'], { TTL: 60 })]);
  });

  test('in a zone that is not there is a fault of the world, not silence', async () => {
    const { change } = await given({ faults: { rival: { ...rival, zone: 'example.org' } } });
    await expect(change([del(old)])).rejects.toEqual(refused('InternalFailure', 'example.org'));
  });

  test('does so once', async () => {
    const { change, sets } = await given({ faults: { rival } });
    await expect(change([del(old), create(alias())])).rejects.toThrow('do not match');
    await change([del(plain(['192.0.2.200'], { TTL: 60 })), create(old)]);
    expect(await sets()).toEqual([old]);
  });
});

test('TestDNSAnswer gives what the name servers give, which is the old record for a while', async () => {
  const { client, change, pass } = await given();
  const ask = (RecordType: 'A' | 'MX') =>
    client.send(new TestDNSAnswerCommand({ HostedZoneId: zone, RecordName: 'app.navralabs.com', RecordType }));
  await change([del(old), create(plain(['203.0.113.77']))]);
  expect(await ask('A')).toMatchObject({ ResponseCode: 'NOERROR', RecordData: ['203.0.113.10'], Protocol: 'UDP' });
  pass(20);
  expect((await ask('A')).RecordData).toEqual(['203.0.113.77']);
  expect((await ask('MX')).RecordData).toEqual([]);
});
