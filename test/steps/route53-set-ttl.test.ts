// Goal: a TTL is changed and nothing else, only from the sets that were read, and it counts as made only when every
// authoritative server gives it. Method: the kind against scripted zones, and through the real clients against the stand-in.

import { describe, expect, test } from 'vitest';
import { judge } from '../../src/engine/judge.ts';
import type { JsonObject } from '../../src/engine/json.ts';
import type { Pending, Prospect } from '../../src/steps/act.ts';
import { route53SetTtl as kind } from '../../src/steps/route53-set-ttl.ts';
import type { Route53SetTtlArgs } from '../../src/steps/route53-set-ttl.ts';
import { attempt, missing, scripted, zone as zoneOf, zoneAnswers } from './aws-world.ts';
import { backOf, givenPlayed, seesOf } from './played.ts';

const name = 'app.navralabs.com';
const zone = 'navralabs.com';
const plain = (Type: string, TTL: number, ...values: readonly string[]): JsonObject => ({
  Name: `${name}.`,
  Type,
  TTL,
  ResourceRecords: values.map((Value) => ({ Value })),
});
const alias: JsonObject = {
  Name: `${name}.`,
  Type: 'A',
  AliasTarget: { DNSName: 'lb.example.net.', HostedZoneId: 'Z35SXDOTRQ7X7K', EvaluateTargetHealth: true },
};
const old = plain('A', 300, '203.0.113.10');
const six = plain('AAAA', 3600, '2001:db8::1');

function argsOf(more: object = {}): Route53SetTtlArgs {
  return kind.schema.parse({ zone, name, ttl: 60, ...more });
}

function prepare(now: readonly JsonObject[], more: object = {}, pending?: Pending): Promise<Prospect> {
  return kind.prepare(argsOf(more), scripted(zoneAnswers(zoneOf(zone), now)).world, attempt, pending);
}

describe('what stands at the name', () => {
  test.each<[string, Prospect['stands'], readonly JsonObject[], object]>([
    ['an address', 'ready', [old], {}],
    ['two types with a TTL each', 'ready', [old, six], {}],
    ['one type of the two that are there', 'ready', [old, six], { ttl: { AAAA: 60 } }],
    ['the TTL it starts from', 'ready', [old], { from: 300 }],
    ['one set that is done, and one that is not', 'ready', [plain('A', 60, '192.0.2.1'), six], { from: 3600 }],
    ['the wished TTL', 'already', [plain('A', 60, '203.0.113.10')], {}],
    ['the wished TTL, of the type that is meant', 'already', [old, plain('AAAA', 60, '::1')], { ttl: { AAAA: 60 } }],
    ['an alias', 'already', [alias], {}],
    ['nothing', 'foreign', [], {}],
    ['only a TXT', 'foreign', [plain('TXT', 300, '"x"')], {}],
    ['another type than the one that is meant', 'foreign', [old], { ttl: { AAAA: 60 } }],
    ['a weighted set', 'foreign', [{ ...old, SetIdentifier: 'blue', Weight: 10 }], {}],
    ['a weighted set with the wished TTL', 'foreign', [{ ...old, TTL: 60, SetIdentifier: 'blue', Weight: 10 }], {}],
    ['a plain set beside one with a health check', 'foreign', [old, { ...six, HealthCheckId: 'h' }], {}],
    ['another TTL than the one it starts from', 'foreign', [old], { from: 600 }],
  ])('%s: %s', async (_, stands, now, more) => {
    const prospect = await prepare(now, more);
    expect(prospect.stands).toBe(stands);
    if (stands === 'ready') return;
    expect(prospect.lines).toEqual([]);
    expect(prospect.request).toMatchObject({ ChangeBatch: { Changes: [] } });
  });

  test('is told in words, an alias with why there is nothing to set', async () => {
    expect((await prepare([alias])).observed).toBe(`${name} A alias lb.example.net (an alias has no TTL of its own)`);
    const foreign = await prepare([old], { from: 600 });
    expect(foreign.expected).toBe(`${name} has plain A, AAAA or CNAME records with a TTL of 600 s or 60 s`);
    expect(foreign.observed).toBe(`${name} A 300 203.0.113.10`);
    expect((await prepare([])).observed).toBe(`${name} has no A, AAAA or CNAME record`);
  });

  test('cannot be worked out in a zone that is not there, nor where nobody may look', async () => {
    const elsewhere = scripted(zoneAnswers(zoneOf('example.net'), [old])).world;
    await expect(kind.prepare(argsOf(), elsewhere, attempt)).rejects.toMatchObject({ code: 'invalid' });
    const gone = scripted({ 'route53:GetHostedZone': missing('NoSuchHostedZone') }).world;
    await expect(kind.prepare(argsOf({ zone: 'Z0123456789' }), gone, attempt)).rejects.toThrow(/NoSuchHostedZone/);
  });
});

describe('the request', () => {
  test('is one batch that takes each set away as it was listed and brings it with the new TTL, never an UPSERT', async () => {
    const { request, lines, before } = await prepare([old, six, plain('TXT', 300, '"x"')]);
    expect(request).toEqual({
      HostedZoneId: 'Z0123456789',
      ChangeBatch: {
        Changes: [
          { Action: 'DELETE', ResourceRecordSet: old },
          { Action: 'DELETE', ResourceRecordSet: six },
          { Action: 'CREATE', ResourceRecordSet: { ...old, TTL: 60 } },
          { Action: 'CREATE', ResourceRecordSet: { ...six, TTL: 60 } },
        ],
      },
    });
    expect(lines).toEqual([
      `- ${name} A 300 203.0.113.10`,
      `- ${name} AAAA 3600 2001:db8::1`,
      `+ ${name} A 60 203.0.113.10`,
      `+ ${name} AAAA 60 2001:db8::1`,
    ]);
    expect(before).toEqual({ zone_id: 'Z0123456789', zone_name: zone, name, sets: [old, six] });
  });

  test('leaves aliases and sets that are done alone', async () => {
    const { lines } = await prepare([alias, plain('AAAA', 60, '::1'), plain('CNAME', 5, 'x.net')]);
    expect(lines).toEqual([`- ${name} CNAME 5 x.net`, `+ ${name} CNAME 60 x.net`]);
  });
});

describe('a change of which nobody knows whether it was made', () => {
  const pending: Pending = { before: { sets: [old, six] }, mark: 'golive run/7' };
  test.each<[Prospect['stands'], string, readonly JsonObject[]]>([
    ['already', 'the sets have the new TTL', [plain('A', 60, '203.0.113.10'), plain('AAAA', 60, '2001:db8::1')]],
    ['ready', 'they are as they were', [old, six]],
    ['foreign', 'one of them has it', [plain('A', 60, '203.0.113.10'), six]],
    ['foreign', 'it is there, for another address', [plain('A', 60, '192.0.2.7'), plain('AAAA', 60, '2001:db8::1')]],
    ['foreign', 'nothing is there', []],
  ])('%s, when %s', async (stands, _, now) => {
    const prospect = await prepare(now, {}, pending);
    expect(prospect.stands).toBe(stands);
    expect(prospect.lines).toHaveLength(stands === 'ready' ? 4 : 0);
  });
});

describe('what it takes', () => {
  test.each<[string, object]>([
    ['no TTL', { ttl: undefined }],
    ['a TTL for no type', { ttl: {} }],
    ['a TTL for a TXT', { ttl: { TXT: 60 } }],
    ['a negative one', { ttl: -1 }],
    ['a text', { ttl: '60' }],
    ['another key', { value: 'x' }],
  ])('is not %s', (_, more) => {
    expect(kind.schema.safeParse({ zone, name, ttl: 60, ...more }).success).toBe(false);
  });
});

describe('the way back', () => {
  test('gives each type the TTL it had, from the one that was set', () => {
    const back = backOf(kind).args(argsOf(), { sets: [old, six, alias] });
    expect(kind.schema.parse(back)).toEqual({ zone, name, ttl: { A: 300, AAAA: 3600 }, from: 60 });
    const words = backOf(kind).words(argsOf(), { sets: [old, six] });
    expect(words).toContain(`sets the TTL of ${name} back to A 300 s, AAAA 3600 s`);
    expect(backOf(kind).words(argsOf(), { sets: [alias] })).toContain('an alias has no TTL');
  });
});

test('all of it has to hold at once, and an empty wire is enough only where the zone says so too', () => {
  const seen = { in_place: true, change: { id: 'C', status: 'INSYNC' }, wire: [{ same: true }] };
  const judged = (facts: object): string =>
    judge(seesOf(kind).effect(argsOf()).expect, { ...seen, ...facts }, 0).verdict;
  expect(judged({})).toBe('pass');
  expect(judged({ wire: [] })).toBe('pass');
  expect(judged({ wire: [{ same: true }, { same: false }] })).toBe('fail');
  expect(judged({ change: { id: 'C', status: 'PENDING' } })).toBe('fail');
  expect(judged({ in_place: false, wire: [] })).toBe('fail');
});

describe('against the stand-in', () => {
  test('every server gives the new TTL before it counts, and the old one after the way back', async () => {
    const { prepare: prepared, accept, look, pass } = await givenPlayed(kind);
    const { prospect, change } = await accept(argsOf());
    expect(await look(argsOf(), change)).toMatchObject({ verdict: 'fail', facts: { change: { status: 'PENDING' } } });
    pass(30);
    const { verdict, facts } = await look(argsOf(), change);
    expect(verdict).toBe('pass');
    expect(facts['wire']).toEqual(
      Array.from({ length: 2 }, () => expect.objectContaining({ ttl: 60, same: true }) as object),
    );
    expect((await prepared(argsOf())).stands).toBe('already');
    expect((await look(argsOf(), '')).verdict).toBe('pass');
    const kept = JSON.parse(JSON.stringify(prospect.before)) as JsonObject;
    const back = kind.schema.parse(backOf(kind).args(argsOf(), kept));
    const undone = await accept(back);
    expect(undone.prospect.lines).toEqual([`- ${name} A 60 203.0.113.10`, `+ ${name} A 300 203.0.113.10`]);
    pass(30);
    expect((await look(back, undone.change)).verdict).toBe('pass');
    expect((await prepared(argsOf())).before).toEqual(prospect.before);
  });

  test('in sync is not enough where a server still gives the old TTL', async () => {
    const { accept, look, pass } = await givenPlayed(kind, { dns: { stuck: true } });
    const { change } = await accept(argsOf());
    pass(60);
    const { verdict, facts } = await look(argsOf(), change);
    expect(verdict).toBe('fail');
    expect(facts).toMatchObject({ in_place: true, change: { status: 'INSYNC' } });
  });

  test('somebody else who is quicker makes the batch fail', async () => {
    const records = { A: { ttl: 300, values: ['198.51.100.200'] } };
    const { act } = await givenPlayed(kind, { faults: { rival: { zone, name, records } } });
    const { performed } = await act(argsOf());
    expect(performed).toMatchObject({ refused: expect.stringContaining('InvalidChangeBatch') as string });
  });
});
