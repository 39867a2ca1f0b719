// Goal: only what every asked server said makes facts, and "not there" only when it was really said. Method: the kind
// against a scripted world of name servers.

import { describe, expect, test } from 'vitest';
import { judge } from '../../src/engine/judge.ts';
import type { JsonObject } from '../../src/engine/json.ts';
import { checkPath } from '../../src/engine/path-shape.ts';
import { BlindError } from '../../src/errors.ts';
import { askServers, resolveAll } from '../../src/steps/dns-servers.ts';
import { dns, type DnsArgs } from '../../src/steps/dns.ts';
import type { Dns, DnsAnswer, DnsQuestion, DnsRecord } from '../../src/wire.ts';
import type { World } from '../../src/world.ts';
import { noPrograms, noTls, untouched } from '../support/outside.ts';

const name = 'app.navralabs.com';
const elb = 'aep.elb.amazonaws.com';
const signal = new AbortController().signal;
/** Answers by `SERVER NAME TYPE`; a text is the reason why there is none. */
type Script = Readonly<Record<string, Partial<DnsAnswer> | string>>;

const record = (of: string, type: string, data: string, ttl = 60): DnsRecord => ({ name: of, type, ttl, data });
const answers = (...records: DnsRecord[]): Partial<DnsAnswer> => ({ answers: records });
const own = (...records: DnsRecord[]): Partial<DnsAnswer> => ({ answers: records, authoritative: true });

/** The zone of navralabs.com with two name servers, as any resolver tells of it. */
const zone: Script = {
  'resolver navralabs.com NS': answers(
    record('navralabs.com', 'NS', 'ns-2.awsdns.com'),
    record('navralabs.com', 'NS', 'ns-1.awsdns.com'),
  ),
  'resolver ns-1.awsdns.com A': answers(record('ns-1.awsdns.com', 'A', '192.0.2.1')),
  'resolver ns-2.awsdns.com A': answers(record('ns-2.awsdns.com', 'A', '192.0.2.2')),
};

/** A resolver that is not scripted says there is no such record, as they do; any other server does not answer. */
function scripted(script: Script, resolvers: readonly string[] = ['resolver']): { world: Dns; asked: DnsQuestion[] } {
  const asked: DnsQuestion[] = [];
  const ask = async (question: DnsQuestion): Promise<DnsAnswer> => {
    asked.push(question);
    const { server, name: of, type } = question;
    const said = script[`${server} ${of} ${type}`] ?? (server === 'resolver' ? {} : 'silence');
    if (typeof said === 'string') throw new BlindError('timeout', `${server}: ${said}`, { transient: true });
    return { status: 'NOERROR', authoritative: false, answers: [], ...said };
  };
  return { world: { resolvers, ask }, asked };
}

async function look(args: DnsArgs, script: Script): Promise<JsonObject> {
  const unused = (): never => {
    throw new Error('the dns kind only asks name servers');
  };
  const world: World = {
    dns: scripted(script).world,
    tls: noTls,
    programs: noPrograms,
    ...untouched,
    http: { send: unused },
    aws: { read: unused },
    clock: { now: unused, sleep: unused, task: unused, rest: unused },
  };
  const parsed = dns.schema.parse(args);
  return (await dns.run(parsed, world, { signal, fresh: false })).facts;
}

async function blindness(looked: Promise<unknown>): Promise<BlindError> {
  const error: unknown = await looked.then(
    () => undefined,
    (thrown: unknown) => thrown,
  );
  if (error instanceof BlindError) return error;
  throw new Error('it was not blind', { cause: error });
}

const both = (said: Partial<DnsAnswer>): Script => ({
  ...zone,
  [`192.0.2.1 ${name} A`]: said,
  [`192.0.2.2 ${name} A`]: said,
});

describe('authoritative servers', () => {
  test('are those of the zone above the name, each asked by its address', async () => {
    const facts = await look({ name: `${name.toUpperCase()}.` }, both(own(record(name, 'A', '203.0.113.10'))));
    const said = { role: 'authoritative', status: 'NOERROR', values: ['203.0.113.10'], ttl: 60 };
    expect(facts).toEqual({
      found: true,
      name: `${name.toUpperCase()}.`,
      type: 'A',
      answers: [
        { server: '192.0.2.1', name: 'ns-1.awsdns.com', ...said },
        { server: '192.0.2.2', name: 'ns-2.awsdns.com', ...said },
      ],
    });
  });

  test('are asked without having them ask others', async () => {
    const { world, asked } = scripted(both(own()));
    await askServers({ name, type: 'A', servers: ['authoritative'] }, world, signal);
    expect(asked.filter(({ server }) => server.startsWith('192.')).map(({ recurse }) => recurse)).toEqual([
      false,
      false,
    ]);
    expect(asked.filter(({ server }) => server === 'resolver').every(({ recurse }) => recurse)).toBe(true);
  });

  test('are not those of another zone that a CNAME leads to', async () => {
    const script = {
      ...both(own(record(name, 'A', '203.0.113.10'))),
      [`resolver ${name} NS`]: answers(record(name, 'CNAME', 'else.net'), record('else.net', 'NS', 'ns.else.net')),
    };
    expect(((await look({ name }, script))['answers'] as JsonObject[]).map((one) => one['name'])).toEqual([
      'ns-1.awsdns.com',
      'ns-2.awsdns.com',
    ]);
  });

  test('say that there is no such name, and that is an answer', async () => {
    const facts = await look({ name }, both({ status: 'NXDOMAIN', authoritative: true }));
    expect(facts).toMatchObject({
      found: false,
      answers: [{ status: 'NXDOMAIN', values: [] }, { status: 'NXDOMAIN' }],
    });
    expect(facts['answers']).not.toHaveProperty('0.ttl');
  });

  test('that do not serve the name say nothing by saying nothing', async () => {
    const error = await blindness(look({ name }, { ...both(own()), [`192.0.2.2 ${name} A`]: {} }));
    expect(error).toMatchObject({ code: 'server', transient: true });
    expect(error.message).toContain('ns-2.awsdns.com (192.0.2.2) says nothing of its own');
    expect(error.message).toContain('ns-1.awsdns.com (192.0.2.1) says there is no such record');
  });

  test('must all answer: who did not is named, with what the others said', async () => {
    const one = own(record(name, 'A', '203.0.113.10'));
    const error = await blindness(look({ name }, { ...both(one), [`192.0.2.2 ${name} A`]: 'no answer within 4 s' }));
    expect(error).toMatchObject({ code: 'timeout', transient: true });
    expect(error.message).toBe('192.0.2.2: no answer within 4 s; ns-1.awsdns.com (192.0.2.1) says 203.0.113.10');
  });

  test('without an address are not left out', async () => {
    const script = { ...both(own(record(name, 'A', '203.0.113.10'))), 'resolver ns-2.awsdns.com A': answers() };
    expect((await blindness(look({ name }, script))).message).toContain('ns-2.awsdns.com has no address');
  });

  test('are never asked in part: each of fourteen counts, and too many are an error', async () => {
    const many = (count: number): Script => ({
      'resolver navralabs.com NS': answers(
        ...Array.from({ length: count }, (_, at) => record('navralabs.com', 'NS', `ns-${at}.awsdns.com`)),
      ),
      ...Object.fromEntries(
        Array.from({ length: count }, (_, at) => [
          `resolver ns-${at}.awsdns.com A`,
          answers(record(`ns-${at}.awsdns.com`, 'A', `192.0.2.${at + 1}`)),
        ]),
      ),
      ...Object.fromEntries(
        Array.from({ length: count }, (_, at) => [
          `192.0.2.${at + 1} ${name} A`,
          own(record(name, 'A', '203.0.113.1')),
        ]),
      ),
    });
    expect((await look({ name }, many(14)))['answers']).toHaveLength(14);
    await expect(look({ name }, many(31))).rejects.toThrow('navralabs.com has 31 name servers');
  });

  test('that nobody knows of are an error, as is a machine without a resolver', async () => {
    expect((await blindness(look({ name }, {}))).message).toContain(`no name server is known for ${name}`);
    const { world } = scripted({}, []);
    const asked = askServers({ name, type: 'A', servers: ['authoritative'] }, world, signal);
    expect((await blindness(asked)).message).toContain('this machine has no resolver');
  });
});

describe('a chain of names', () => {
  test('ends in the values, with the smallest TTL of all its records', async () => {
    const chain = answers(
      record('end.net', 'A', '192.0.2.9', 60),
      record(name, 'CNAME', 'middle.net', 300),
      record('middle.net', 'CNAME', 'end.net', 20),
      record('unrelated.net', 'A', '203.0.113.66', 1),
    );
    const facts = await look({ name, servers: '8.8.8.8' }, { [`8.8.8.8 ${name} A`]: chain });
    expect(facts).toMatchObject({ found: true, answers: [{ role: 'resolver', values: ['192.0.2.9'], ttl: 20 }] });
  });

  test('that leaves what an authoritative server knows is followed through a resolver', async () => {
    const script = {
      ...both(own(record(name, 'CNAME', elb, 300))),
      [`resolver ${elb} A`]: answers(record(elb, 'A', '198.51.100.7', 30)),
    };
    expect(await look({ name }, script)).toMatchObject({ answers: [{ values: ['198.51.100.7'], ttl: 30 }, {}] });
  });

  test('is what is asked for when CNAME is asked for', async () => {
    const script = { [`8.8.8.8 ${name} CNAME`]: answers(record(name, 'CNAME', elb)) };
    expect(await look({ name, type: 'CNAME', servers: '8.8.8.8' }, script)).toMatchObject({
      answers: [{ values: [elb] }],
    });
  });

  test.each([
    ['in a circle', [record(name, 'CNAME', 'b.net'), record('b.net', 'CNAME', name)], 'in a circle'],
    [
      'on and on',
      Array.from({ length: 40 }, (_, at) => record(at ? `n${at}` : name, 'CNAME', `n${at + 1}`)),
      'more than 16',
    ],
    ['two ways', [record(name, 'CNAME', 'a.net'), record(name, 'CNAME', 'b.net')], 'two CNAMEs'],
  ])('that leads %s is no answer', async (_, records, words) => {
    const error = await blindness(look({ name, servers: '8.8.8.8' }, { [`8.8.8.8 ${name} A`]: answers(...records) }));
    expect(error).toMatchObject({ code: 'server', transient: true });
    expect(error.message).toContain(words);
  });

  test('that is given for a name that does not exist is no answer', async () => {
    const torn: Partial<DnsAnswer> = { status: 'NXDOMAIN', answers: [record(name, 'A', '192.0.2.9')] };
    const error = await blindness(look({ name, servers: '8.8.8.8' }, { [`8.8.8.8 ${name} A`]: torn }));
    expect(error.message).toContain('does not exist, and what it is');
  });
});

describe('same_as', () => {
  const expectations = [{ path: 'answers', all: [{ path: 'same', eq: true }] }];
  const verdictOf = (facts: JsonObject): string => judge(expectations, facts, 0).verdict;
  const target = { [`resolver ${elb} A`]: answers(record(elb, 'A', '198.51.100.7'), record(elb, 'A', '198.51.100.8')) };
  const args: DnsArgs = { name, servers: ['authoritative', '8.8.8.8'], same_as: elb };

  test('compares with what resolvers and the same server say of the other name', async () => {
    const script = {
      ...both(own(record(name, 'A', '198.51.100.8'))),
      ...target,
      [`192.0.2.1 ${elb} A`]: 'REFUSED: another zone',
      [`8.8.8.8 ${name} A`]: answers(record(name, 'A', '198.51.100.99')),
      // It rotated: this resolver knows an address that the others do not.
      [`8.8.8.8 ${elb} A`]: answers(record(elb, 'A', '198.51.100.99')),
    };
    const facts = await look(args, script);
    expect(facts).toMatchObject({
      expected_values: ['198.51.100.7', '198.51.100.8', '198.51.100.99'],
      answers: [{ same: true }, { same: true }, { same: true, server: '8.8.8.8' }],
    });
    expect(verdictOf(facts)).toBe('pass');
  });

  test('does not believe one server about another', async () => {
    const script = {
      ...both(own(record(name, 'A', '198.51.100.99'))),
      ...target,
      [`8.8.8.8 ${name} A`]: answers(record(name, 'A', '198.51.100.99')),
      [`8.8.8.8 ${elb} A`]: answers(record(elb, 'A', '198.51.100.99')),
    };
    const facts = await look(args, script);
    expect((facts['answers'] as JsonObject[]).map(({ same }) => same)).toEqual([false, false, true]);
    expect(verdictOf(facts)).toBe('fail');
  });

  test.each([
    ['one address of several is another', [record(name, 'A', '198.51.100.7'), record(name, 'A', '203.0.113.10')]],
    ['there is none', []],
  ])('does not hold when %s', async (_, records) => {
    const facts = await look({ name, same_as: elb }, { ...both(own(...records)), ...target });
    expect(verdictOf(facts)).toBe('fail');
  });

  test('does not hold when neither name has an address', async () => {
    const facts = await look({ name, same_as: elb }, both(own()));
    expect(facts).toMatchObject({ found: false, expected_values: [], answers: [{ same: false }, { same: false }] });
    expect(verdictOf(facts)).toBe('fail');
  });

  test('is an error when nobody can be asked for the other name', async () => {
    const script = { ...both(own(record(name, 'A', '198.51.100.7'))), [`resolver ${elb} A`]: 'SERVFAIL' };
    expect(await blindness(look({ name, same_as: elb }, script))).toMatchObject({ transient: true });
  });
});

describe('resolving', () => {
  test('gives all addresses, from the first resolver that answers', async () => {
    const script = {
      [`10.0.0.1 ${elb} A`]: 'silence',
      [`10.0.0.1 ${elb} AAAA`]: 'silence',
      [`10.0.0.2 ${elb} A`]: answers(record(elb, 'A', '198.51.100.8'), record(elb, 'A', '198.51.100.7')),
      [`10.0.0.2 ${elb} AAAA`]: answers(record(elb, 'AAAA', '2001:db8::7')),
    };
    const { world } = scripted(script, ['10.0.0.1', '10.0.0.2']);
    expect(await resolveAll(elb, world, signal)).toEqual(['198.51.100.7', '198.51.100.8', '2001:db8::7']);
    const silent = scripted({}, ['10.0.0.1', '10.0.0.2']);
    expect((await blindness(resolveAll(elb, silent.world, signal))).message).toBe(
      '10.0.0.1: silence; 10.0.0.2: silence',
    );
  });
});

describe('the arguments', () => {
  test.each([
    { name: 'https://app.example.com' },
    { name: 'a..b' },
    { name, type: 'ANY' },
    { name, servers: [] },
    { name, servers: 'ns.example.com' },
    { name, servers: ['1.1.1'] },
    { name, servers: '1.1.1.1:99999' },
    { name, type: 'TXT', same_as: elb },
    { name, timeout: '5m' },
    { name, typ: 'A' },
  ])('%j are refused', (args) => {
    expect(dns.schema.safeParse(args).success).toBe(false);
  });

  test.each([
    { name: '_dmarc.example.com', type: 'TXT' },
    { name: '*.example.com.' },
    { name, servers: ['authoritative', '1.1.1.1', '8.8.8.8:53', '2606:4700::1111', '[2606:4700::1111]:53'] },
    { name, type: 'AAAA', same_as: elb, timeout: '2s' },
  ])('%j are taken', (args) => {
    expect(dns.schema.safeParse(args).error).toBeUndefined();
  });

  test('are told in words', () => {
    expect(dns.describe({ name })).toBe(`Ask the zone’s name servers for A of ${name}`);
    expect(dns.describe({ name, servers: ['authoritative', '1.1.1.1', '8.8.8.8'], same_as: elb })).toBe(
      `Ask the zone’s name servers, 1.1.1.1 and 8.8.8.8 for A of ${name}, which should be the same as ${elb}`,
    );
  });
});

test('paths into its facts are known, and others are not', () => {
  const shape = dns.facts(
    { name },
    {
      services: [],
      operations: () => [],
      shapes: () => undefined,
      refusal: () => undefined,
      changes: () => [],
      changeRefusal: () => undefined,
    },
  );
  expect(checkPath('answers[].ttl', shape)).toBeUndefined();
  expect(checkPath('answers[].tll', shape)).toBeDefined();
});
