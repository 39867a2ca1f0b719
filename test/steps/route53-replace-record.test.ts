// Goal: only the exact change that was shown is sent, only from the exact state it was worked out from, and it counts as
// made only when every authoritative server gives it. Method: the kind against scripted zones, and through the real
// clients against the stand-in.

import { describe, expect, test } from 'vitest';
import { judge } from '../../src/engine/judge.ts';
import type { JsonObject } from '../../src/engine/json.ts';
import { BlindError } from '../../src/errors.ts';
import type { Prospect } from '../../src/steps/act.ts';
import { route53Record } from '../../src/steps/route53-record.ts';
import { route53ReplaceRecord as kind } from '../../src/steps/route53-replace-record.ts';
import type { Route53ReplaceRecordArgs } from '../../src/steps/route53-replace-record.ts';
import type { RecordSet } from '../../src/steps/route53-sets.ts';
import type { AwsCall, AwsChanges } from '../../src/world.ts';
import { attempt, scripted, zone as zoneOf, zoneAnswers } from './aws-world.ts';
import { backOf, givenPlayed, making, seesOf } from './played.ts';

const name = 'app.navralabs.com';
const zone = 'navralabs.com';
const balancer = 'aep-prod-alb-1043217685.us-east-1.elb.amazonaws.com';
const plain = (Type: string, ...values: readonly string[]): RecordSet => ({
  Type,
  TTL: 300,
  ResourceRecords: values.map((Value) => ({ Value })),
});
const alias = (Type = 'A', DNSName = balancer): RecordSet => ({
  Type,
  AliasTarget: { DNSName, HostedZoneId: 'Z35SXDOTRQ7X7K', EvaluateTargetHealth: true },
});
const listed = (set: RecordSet, more: JsonObject = {}): JsonObject => ({
  Name: `${name}.`,
  ...(set as object),
  ...more,
});
const old = plain('A', '203.0.113.10');

function argsOf(more: object = {}): Route53ReplaceRecordArgs {
  return kind.schema.parse({ zone, name, from: [old], to: [alias()], ...more });
}

/** What it would do in a zone that has these sets at the name. */
function prepare(now: readonly JsonObject[], more: object = {}, named = zoneOf(zone)): Promise<Prospect> {
  return kind.prepare(argsOf(more), scripted(zoneAnswers(named, now)).world, attempt);
}

async function blindness(looked: Promise<unknown>): Promise<BlindError> {
  const thrown: unknown = await looked.then(
    () => 'an answer',
    (error: unknown) => error,
  );
  if (thrown instanceof BlindError) return thrown;
  throw new Error(`it was not blind: ${String(thrown)}`);
}

describe('what stands at the name', () => {
  test.each<[string, readonly JsonObject[], object]>([
    ['the set it starts from', [listed(old)], {}],
    ['that set beside a TXT', [listed(old), listed(plain('TXT', '"x"'))], {}],
    [
      'its values in another order',
      [listed(plain('A', '192.0.2.2', '192.0.2.1'))],
      { from: [plain('A', '192.0.2.1', '192.0.2.2')] },
    ],
    [
      'a CNAME in capitals with a dot',
      [listed(plain('CNAME', 'Old.Example.NET.'))],
      { from: [plain('CNAME', 'old.example.net')] },
    ],
    ['an alias with a dot', [listed(alias('A', `${balancer}.`))], { from: [alias()], to: [old] }],
    ['an IPv6 address written out', [listed(plain('AAAA', '2001:DB8:0::1'))], { from: [plain('AAAA', '2001:db8::1')] }],
    ['nothing, for a first launch', [], { from: [] }],
    ['a TXT only, for a first launch', [listed(plain('TXT', '"x"'))], { from: [] }],
    ['all that was captured, a TXT with it', [listed(old)], { from: [old, plain('TXT', '"x"')] }],
  ])('is ready: %s', async (_, now, more) => {
    expect((await prepare(now, more)).stands).toBe('ready');
  });

  test.each<[string, readonly JsonObject[], object]>([
    ['the wished alias', [listed(alias('A', `${balancer}.`))], {}],
    ['the wished alias beside a TXT', [listed(alias()), listed(plain('TXT', '"x"'))], {}],
    ['nothing, where nothing is wished', [], { to: [] }],
  ])('is already so: %s', async (_, now, more) => {
    const prospect = await prepare(now, more);
    expect(prospect.stands).toBe('already');
    expect(prospect.lines).toEqual([]);
    expect(prospect.request).toMatchObject({ ChangeBatch: { Changes: [] } });
  });

  test.each<[string, readonly JsonObject[], object]>([
    ['an AAAA beside the A, which would strand IPv6', [listed(old), listed(plain('AAAA', '2001:db8::1'))], {}],
    ['the wished alias and an AAAA', [listed(alias()), listed(plain('AAAA', '2001:db8::1'))], {}],
    ['another address', [listed(plain('A', '203.0.113.99'))], {}],
    ['another TTL', [listed(old, { TTL: 60 })], {}],
    ['one address more', [listed(plain('A', '203.0.113.10', '203.0.113.11'))], {}],
    ['a CNAME', [listed(plain('CNAME', 'old.example.net'))], {}],
    ['a weighted set', [listed(old, { SetIdentifier: 'blue', Weight: 10 })], {}],
    ['one with a health check', [listed(old, { HealthCheckId: 'h' })], {}],
    ['nothing any more', [], {}],
    ['something, at a first launch', [listed(old)], { from: [] }],
    ['the wished alias by its other name', [listed(alias('A', `dualstack.${balancer}`))], {}],
    [
      'the wished alias that does not look at health',
      [
        listed({
          ...alias(),
          AliasTarget: { DNSName: balancer, HostedZoneId: 'Z35SXDOTRQ7X7K', EvaluateTargetHealth: false },
        }),
      ],
      {},
    ],
  ])('is foreign: %s', async (_, now, more) => {
    const prospect = await prepare(now, more);
    expect(prospect.stands).toBe('foreign');
    expect(prospect.lines).toEqual([]);
    expect(prospect.request).toMatchObject({ ChangeBatch: { Changes: [] } });
    expect(prospect.observed).not.toBe(prospect.expected);
  });

  test('is shown beside what was expected', async () => {
    const prospect = await prepare([listed(old, { SetIdentifier: 'blue', Weight: 10 })]);
    expect(prospect.expected).toBe(`${name} A 300 203.0.113.10`);
    expect(prospect.observed).toBe(`${name} A 300 203.0.113.10 (with SetIdentifier, Weight)`);
    expect((await prepare([], {})).observed).toBe(`${name} has no A, AAAA or CNAME record`);
  });

  test.each<[string, object, JsonObject, string]>([
    ['in a zone that is not there', {}, zoneOf('example.net'), 'NoSuchHostedZone'],
    ['under a name outside the zone', { name: 'app.example.net' }, zoneOf(zone), 'is not a name in the hosted zone'],
    ['under a name that only ends like the zone', { name: 'appnavralabs.com' }, zoneOf(zone), 'is not a name in'],
  ])('cannot be worked out %s', async (_, more, named, words) => {
    expect((await blindness(prepare([], more, named))).message).toContain(words);
  });

  test('cannot be worked out in a private zone that nobody said is private', async () => {
    const { world } = scripted({
      ...zoneAnswers(zoneOf(zone), [listed(old)]),
      'route53:GetHostedZone': { HostedZone: zoneOf(zone, 'Z0PRIVATE', { Config: { PrivateZone: true } }) },
    });
    const error = await blindness(kind.prepare(argsOf({ zone: 'Z0PRIVATE' }), world, attempt));
    expect(error.message).toContain('is private');
    expect((await kind.prepare(argsOf({ zone: 'Z0PRIVATE', private: true }), world, attempt)).stands).toBe('ready');
  });
});

describe('the request', () => {
  test('is one batch: what goes as AWS listed it, then what comes, and never an UPSERT', async () => {
    const now = [listed(plain('CNAME', 'Old.Example.NET.'))];
    const from = [plain('CNAME', 'old.example.net')];
    const { request, lines, before } = await prepare(now, { from, to: [alias(), alias('AAAA')] });
    expect(request).toEqual({
      HostedZoneId: 'Z0123456789',
      ChangeBatch: {
        Changes: [
          { Action: 'DELETE', ResourceRecordSet: now[0] },
          { Action: 'CREATE', ResourceRecordSet: { Name: `${name}.`, ...alias() } },
          { Action: 'CREATE', ResourceRecordSet: { Name: `${name}.`, ...alias('AAAA') } },
        ],
      },
    });
    expect(lines).toEqual([
      `- ${name} CNAME 300 old.example.net`,
      `+ ${name} A alias ${balancer}`,
      `+ ${name} AAAA alias ${balancer}`,
    ]);
    expect(before).toEqual({ zone_id: 'Z0123456789', zone_name: zone, name, sets: now });
  });

  test('leaves alone what is in both lists', async () => {
    const six = plain('AAAA', '2001:db8::1');
    const { request, lines } = await prepare([listed(old), listed(six)], { from: [old, six], to: [alias(), six] });
    expect(JSON.stringify(request)).not.toContain('AAAA');
    expect(lines).toHaveLength(2);
  });

  test('is sent as it was shown, with the mark, in the account of the zone', async () => {
    const { world } = scripted(zoneAnswers(zoneOf(zone), [listed(old)]));
    const args = argsOf({ account: 'dns' });
    const prospect = await kind.prepare(args, world, attempt);
    const calls: AwsCall[] = [];
    const changes: AwsChanges = {
      change: (call) => {
        calls.push(call);
        return Promise.resolve({ output: { ChangeInfo: { Id: '/change/C1' } }, requests: ['r'] });
      },
    };
    const accepted = await kind.perform(args, prospect, 'golive run/7', { ...world, changes }, making);
    expect(accepted).toEqual({ change: 'C1', requests: ['r'] });
    const { HostedZoneId, ChangeBatch } = prospect.request;
    const input = { HostedZoneId, ChangeBatch: { ...(ChangeBatch as JsonObject), Comment: 'golive run/7' } };
    expect(calls).toMatchObject([{ operation: 'ChangeResourceRecordSets', account: 'dns', input }]);
  });

  test('is worked out from a fresh reading', async () => {
    const { world, calls } = scripted(zoneAnswers(zoneOf(zone), [listed(old)]));
    await kind.prepare(argsOf(), world, attempt);
    expect(calls.map(({ fresh }) => fresh)).toEqual([true, true]);
  });
});

describe('what it takes', () => {
  test.each<[string, object, string]>([
    ['neither from nor to', { from: [], to: [] }, 'at least one set'],
    ['only a TXT to start from, and nothing to bring', { from: [plain('TXT', '"x"')], to: [] }, 'at least one set'],
    ['a TXT to bring', { to: [plain('TXT', '"x"')] }, 'Invalid option'],
    ['a set without values', { to: [{ Type: 'A', TTL: 60 }] }, 'Give TTL and ResourceRecords, or AliasTarget'],
    ['an alias with a TTL', { to: [{ ...alias(), TTL: 60 }] }, 'either AliasTarget or TTL'],
    ['an alias that is a CNAME', { to: [alias('CNAME')] }, 'An alias has the type A or AAAA'],
    ['two sets of a type', { to: [old, alias()] }, 'one set of type A'],
    ['a CNAME beside an A', { to: [old, plain('CNAME', 'x.net')] }, 'stands alone'],
    ['a weighted set to start from', { from: [{ ...old, SetIdentifier: 'blue', Weight: 1 }] }, 'SetIdentifier, Weight'],
    ['a weighted set to bring', { to: [{ ...old, Weight: 1 }] }, 'Weight'],
    ['a half alias', { to: [{ Type: 'A', AliasTarget: { DNSName: 'x.net' } }] }, 'expected'],
  ])('is not %s', (_, more, words) => {
    const parsed = kind.schema.safeParse({ zone, name, from: [old], to: [alias()], ...more });
    expect(parsed.success).toBe(false);
    expect(JSON.stringify(parsed.error?.issues)).toContain(words);
  });
});

describe('that it took effect', () => {
  const seen = { in_place: true, change: { id: 'C1', status: 'INSYNC' }, wire: [{ same: true }, { same: true }] };
  const judged = (facts: object): string =>
    judge(seesOf(kind).effect(argsOf()).expect, { ...seen, ...facts }, 0).verdict;

  test('needs the zone, the change and every server at once', () => {
    expect(judged({})).toBe('pass');
    expect(judged({ in_place: false })).toBe('fail');
    expect(judged({ change: { id: 'C1', status: 'PENDING' } })).toBe('fail');
    expect(judged({ wire: [{ same: true }, { same: false }] })).toBe('fail');
    expect(judged({ wire: [] })).not.toBe('pass');
  });

  test('cannot be seen on the wire for a private zone', () => {
    const { expect: expected } = seesOf(kind).effect(argsOf({ private: true }));
    expect(judge(expected, { ...seen, wire: [] }, 0).verdict).toBe('pass');
  });
});

/** The stand-in, and the sets at the name as they stand there. */
async function given(patch: JsonObject = {}) {
  const played = await givenPlayed(kind, patch);
  const fresh = { ...attempt, fresh: true };
  const sets = async () => (await route53Record.run({ zone, name }, played.world, fresh)).facts['sets'];
  return { ...played, sets };
}

const records = (sets: JsonObject): JsonObject => ({
  account: { route53: { zones: { [zone]: { records: { [name]: sets } } } } },
});

describe('against the stand-in', () => {
  test('it takes effect once the change is in sync and every server of the zone gives it', async () => {
    const { accept, look, sets, pass } = await given();
    const { change } = await accept(argsOf());
    const early = await look(argsOf(), change);
    expect(early.facts).toMatchObject({ in_place: true, change: { id: change, status: 'PENDING' } });
    expect(early.verdict).toBe('fail');
    pass(30);
    const late = await look(argsOf(), change);
    expect(late.verdict).toBe('pass');
    const { wire } = late.facts as { readonly wire: readonly JsonObject[] };
    expect(wire.length).toBeGreaterThan(1);
    expect(wire).toEqual(wire.map((each) => ({ ...each, type: 'A', same: true, expected: each['values'] })));
    expect(await sets()).toEqual([listed(alias('A', `${balancer}.`))]);
  });

  test('the way back restores the sets byte for byte, and takes effect itself', async () => {
    const { accept, look, sets, pass } = await given();
    const before = await sets();
    const { prospect } = await accept(argsOf());
    pass(30);
    // As they are read again from the log.
    const kept = JSON.parse(JSON.stringify({ args: argsOf(), state: prospect.before })) as {
      args: JsonObject;
      state: JsonObject;
    };
    const back = backOf(kind).args(kind.schema.parse(kept.args), kept.state);
    expect(backOf(kind).words(argsOf(), kept.state)).toContain(`brings back ${name} A 300 203.0.113.10`);
    const { change } = await accept(back);
    expect(JSON.stringify(await sets())).toBe(JSON.stringify(before));
    expect((await look(back, change)).verdict).toBe('fail');
    pass(30);
    expect((await look(back, change)).verdict).toBe('pass');
  });

  test('a first launch only creates, and its way back leaves the name without a record', async () => {
    const { accept, look, sets, pass } = await given(records({ A: null }));
    const args = argsOf({ from: [] });
    const { prospect, change } = await accept(args);
    expect(prospect.lines).toEqual([`+ ${name} A alias ${balancer}`]);
    pass(30);
    expect((await look(args, change)).verdict).toBe('pass');
    const back = backOf(kind).args(args, prospect.before);
    expect(backOf(kind).words(args, prospect.before)).toContain(`deletes the records of ${name} again`);
    const undone = await accept(back);
    expect(undone.prospect.lines).toEqual([`- ${name} A alias ${balancer}`]);
    const early = await look(back, undone.change);
    expect(early.verdict).toBe('fail');
    pass(30);
    const late = await look(back, undone.change);
    expect(late.verdict).toBe('pass');
    expect(late.facts['wire']).toMatchObject([{ values: [], expected: [], same: true }, {}]);
    expect(await sets()).toEqual([]);
  });

  test('each type is asked for: an AAAA that came with it, and one that went', async () => {
    const six = plain('AAAA', '2001:db8::1');
    const { accept, look, pass } = await given(records({ AAAA: { ttl: 300, values: ['2001:db8::1'] } }));
    const going = argsOf({ from: [old, six], to: [plain('A', '192.0.2.7')] });
    const { prospect, change } = await accept(going);
    pass(30);
    const { facts, verdict } = await look(going, change);
    expect(verdict).toBe('pass');
    const types = (facts['wire'] as readonly JsonObject[]).map(({ type, expected }) =>
      JSON.stringify([type, expected]),
    );
    expect(new Set(types)).toEqual(new Set(['["A",["192.0.2.7"]]', '["AAAA",[]]']));
    const back = backOf(kind).args(going, prospect.before);
    const undone = await accept(back);
    pass(30);
    const returned = await look(back, undone.change);
    expect(returned.verdict).toBe('pass');
    expect(JSON.stringify(returned.facts['wire'])).toContain('"expected":["2001:db8::1"]');
  });

  test('a CNAME takes the place of an address, and is looked for itself', async () => {
    const { accept, look, pass } = await given();
    const args = argsOf({ to: [plain('CNAME', 'elsewhere.example.net')] });
    const { change } = await accept(args);
    pass(30);
    const { facts, verdict } = await look(args, change);
    expect(verdict).toBe('pass');
    const types = (facts['wire'] as readonly JsonObject[]).map(({ type, values }) => JSON.stringify([type, values]));
    expect(new Set(types)).toEqual(new Set(['["CNAME",["elsewhere.example.net"]]']));
  });

  test('in sync is not enough where no server gives the new records', async () => {
    const { accept, look, pass } = await given({ dns: { stuck: true } });
    const { change } = await accept(argsOf());
    pass(600);
    const { facts, verdict } = await look(argsOf(), change);
    expect(facts).toMatchObject({ in_place: true, change: { status: 'INSYNC' } });
    expect(verdict).toBe('fail');
  });

  test('a resolver that keeps the old answer is not asked', async () => {
    const { accept, look, pass } = await given({ dns: { stale: ['8.8.8.8'] } });
    const { change } = await accept(argsOf());
    pass(30);
    expect((await look(argsOf(), change)).verdict).toBe('pass');
  });

  test('without the id of a change, the zone and the wire have to do', async () => {
    const { accept, look, pass } = await given();
    await accept(argsOf());
    expect((await look(argsOf(), '')).verdict).toBe('fail');
    pass(30);
    const { facts, verdict } = await look(argsOf(), '');
    expect(facts['change']).toEqual({ id: '', status: 'none' });
    expect(verdict).toBe('pass');
  });

  test('a change nobody knows of is no evidence', async () => {
    const { world } = await given();
    const error = await blindness(seesOf(kind).look(argsOf(), { change: 'C0UNKNOWN', mark: '' }, world, attempt));
    expect(error).toMatchObject({ transient: true });
    expect(error.message).toContain('does not know the change C0UNKNOWN');
  });

  test('somebody else who is quicker makes the batch fail, and their record stays', async () => {
    const theirs = { A: { ttl: 60, values: ['198.51.100.200'] } };
    const { act, sets } = await given({ faults: { rival: { zone, name, records: theirs } } });
    const { performed } = await act(argsOf());
    if (!('refused' in performed)) throw new Error('it was accepted');
    expect(performed.refused).toContain('InvalidChangeBatch');
    expect(performed.refused).toContain('do not match the current values');
    expect(await sets()).toMatchObject([{ TTL: 60, ResourceRecords: [{ Value: '198.51.100.200' }] }]);
  });

  test('a role that may not is refused with the permission it lacks', async () => {
    const { act, sets } = await given({ faults: { denied: ['route53:ChangeResourceRecordSets'] } });
    const before = await sets();
    const { performed } = await act(argsOf());
    expect(JSON.stringify(performed)).toContain('the IAM action route53:ChangeResourceRecordSets is missing');
    expect(await sets()).toEqual(before);
  });
});
