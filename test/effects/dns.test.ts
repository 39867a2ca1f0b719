// Goal: what a name server sends is either the answer to the question that was asked, or no answer. Method: real sockets
// on loopback, with a server that says what it should not.

import { createSocket } from 'node:dgram';
import { getServers } from 'node:dns';
import { decode, encode, type Answer } from 'dns-packet';
import * as fc from 'fast-check';
import { afterEach, describe, expect, test, vi } from 'vitest';
import { queryFor, readReply } from '../../src/effects/dns-message.ts';
import { openDns, parsePlace, type DnsOptions } from '../../src/effects/dns.ts';
import { BlindError } from '../../src/errors.ts';
import type { DnsAnswer, DnsQuestion } from '../../src/wire.ts';
import { a, authoritative, recursive, reply, serveDns, truncated, type Heard, type NameServer } from './dns-server.ts';

vi.mock('node:dns', async (load) => {
  const real = await load<typeof import('node:dns')>();
  return { ...real, getServers: vi.fn(real.getServers) };
});

const name = 'app.example.com';
const open: NameServer[] = [];
afterEach(() => {
  for (const server of open.splice(0)) server.close();
});

async function serving(answers: (heard: Heard) => readonly Uint8Array[]): Promise<NameServer> {
  const server = await serveDns(answers);
  open.push(server);
  return server;
}

function ask(server: string, more: Partial<DnsQuestion> = {}, options: DnsOptions = {}): Promise<DnsAnswer> {
  const question = { name, type: 'A', server, recurse: true, ...more } as const;
  return openDns(options).ask(question, new AbortController().signal);
}

async function blindness(asked: Promise<unknown>): Promise<BlindError> {
  const error: unknown = await asked.then(
    () => undefined,
    (thrown: unknown) => thrown,
  );
  if (error instanceof BlindError) return error;
  throw new Error('it was not blind', { cause: error });
}

/** What one reply to one question becomes. */
async function answerTo(answers: readonly Answer[], more: Parameters<typeof reply>[2] = {}): Promise<DnsAnswer> {
  return ask((await serving((heard) => [reply(heard, answers, more)])).at);
}

describe('an answer', () => {
  test('carries addresses, TTLs and whether the server speaks for the zone', async () => {
    const records = [a(name, '192.0.2.1', 60), a(name, '192.0.2.2', 30)];
    expect(await answerTo(records)).toEqual({
      status: 'NOERROR',
      authoritative: true,
      answers: [
        { name, type: 'A', ttl: 60, data: '192.0.2.1' },
        { name, type: 'A', ttl: 30, data: '192.0.2.2' },
      ],
    });
    expect(await answerTo(records, { flags: recursive })).toMatchObject({ authoritative: false });
  });

  test('writes every type the way people write it', async () => {
    const shared = { name: 'APP.example.com', ttl: 5, class: 'IN' } as const;
    const said = await answerTo([
      { ...shared, type: 'AAAA', data: '2001:db8:0:0:0:0:0:1' },
      { ...shared, type: 'CNAME', data: 'Alb.Example.NET.' },
      { ...shared, type: 'NS', data: 'ns-1.example.net' },
      { ...shared, type: 'MX', data: { preference: 10, exchange: 'Mail.example.com' } },
      { ...shared, type: 'TXT', data: ['v=spf1 ', 'Include:x'] },
      { ...shared, type: 'CAA', data: { flags: 0, tag: 'issue', value: 'amazon.com' } },
      {
        ...shared,
        type: 'SOA',
        data: { mname: 'ns-1.x', rname: 'host.x', serial: 1, refresh: 2, retry: 3, expire: 4, minimum: 5 },
      },
    ]);
    expect(said.answers.map(({ type, data }) => `${type} ${data}`)).toEqual([
      'AAAA 2001:db8::1',
      'CNAME alb.example.net',
      'NS ns-1.example.net',
      'MX 10 mail.example.com',
      'TXT v=spf1 Include:x',
      'CAA 0 issue "amazon.com"',
      'SOA ns-1.x host.x 1 2 3 4 5',
    ]);
    expect(new Set(said.answers.map((record) => record.name))).toEqual(new Set([name]));
  });

  test('may be that there is no such name, or no such record', async () => {
    expect(await answerTo([], { code: 3 })).toMatchObject({ status: 'NXDOMAIN', answers: [] });
    expect(await answerTo([], { flags: recursive })).toMatchObject({ status: 'NOERROR', answers: [] });
  });

  test('is waited for twice: a lost packet is no finding', async () => {
    const server = await serving((heard) => (heard.count === 1 ? [] : [reply(heard, [a(name, '192.0.2.1')])]));
    expect((await ask(server.at, { timeoutMs: 200 })).answers).toHaveLength(1);
    expect(server.heard.map(({ over }) => over)).toEqual(['udp', 'udp']);
  });

  test('that does not fit is fetched over TCP', async () => {
    const records = Array.from({ length: 200 }, (_, index) => a(name, `192.0.2.${index}`));
    const server = await serving((heard) =>
      heard.over === 'udp' ? [reply(heard, [], { flags: truncated })] : [reply(heard, records)],
    );
    expect((await ask(server.at)).answers).toHaveLength(200);
    expect(server.heard.map(({ over }) => over)).toEqual(['udp', 'tcp']);
  });

  test('says only what golive asks for: signatures and other classes are left out', async () => {
    const other: Answer = { ...a(name, '192.0.2.9'), class: 'CH' } as Answer;
    const srv: Answer = { type: 'SRV', name, ttl: 1, data: { port: 1, target: 'x' } };
    expect((await answerTo([other, srv, a(name, '192.0.2.1')])).answers.map(({ data }) => data)).toEqual(['192.0.2.1']);
  });
});

describe('a question', () => {
  test('asks resolvers to find out and authoritative servers not to, and tells nobody anything else', async () => {
    const server = await serving((heard) => [reply(heard, [])]);
    await ask(server.at);
    await ask(server.at, { recurse: false, name: `${name}.`, type: 'TXT' });
    expect(server.heard.map(({ packet, ...heard }) => [heard.name, heard.type, packet.flag_rd])).toEqual([
      [name, 'A', true],
      [name, 'TXT', false],
    ]);
    expect(server.heard.flatMap(({ packet }) => packet.additionals ?? [])).toEqual([]);
  });

  test('goes to the server of the command line instead, and says whom it was meant for', async () => {
    const server = await serving((heard) => [reply(heard, [])]);
    const options = { server: { address: '127.0.0.1', port: server.port } };
    await ask('8.8.8.8', {}, options);
    await ask('[2001:db8::1]:5353', {}, options);
    expect(openDns(options).resolvers).toEqual(['resolver']);
    await ask('resolver', {}, options);
    expect(server.heard.map(({ meantFor }) => meantFor)).toEqual(['8.8.8.8', '[2001:db8::1]:5353', 'resolver']);
  });

  test('goes to the resolvers of this machine when no server is given, and to none in a rehearsal', () => {
    expect(openDns({}).resolvers).toEqual(getServers());
    expect(openDns({ rehearsal: true }).resolvers).toEqual([]);
  });

  test.each(['', 'a..b', 'x'.repeat(64), `${'a.'.repeat(130)}b`, 'a b.example', 'bücher.example', '.', '-a.example'])(
    'for %j is none',
    async (wrong) => {
      expect(await blindness(ask('127.0.0.1:1', { name: wrong }))).toMatchObject({ code: 'invalid', transient: false });
    },
  );
});

describe('no answer', () => {
  test.each([
    [1, 'FORMERR'],
    [2, 'SERVFAIL'],
    [4, 'NOTIMP'],
    [5, 'REFUSED'],
    [11, 'response code 11'],
  ])('is response code %i', async (code, word) => {
    const server = await serving((heard) => [reply(heard, [a(name, '192.0.2.1')], { code })]);
    const error = await blindness(ask(server.at));
    expect(error).toMatchObject({ code: 'server', transient: true });
    expect(error.message).toBe(`${server.at} answered ${word} when asked for ${name} A`);
  });

  test('is a server that could not read the question, and so does not repeat it', async () => {
    const server = await serving((heard) => [reply(heard, [], { code: 1, questions: [] })]);
    expect((await blindness(ask(server.at))).message).toContain('answered FORMERR');
  });

  test('is a code whose upper bits stand in another record', async () => {
    const opt: Answer = {
      type: 'OPT',
      name: '.',
      udpPayloadSize: 1232,
      extendedRcode: 1,
      ednsVersion: 0,
      flags: 0,
      flag_do: false,
      options: [],
    };
    const error = await blindness(answerTo([a(name, '192.0.2.1')], { additionals: [opt] }));
    expect(error.message).toContain('answered BADVERS');
  });

  test('is nothing from a server that neither speaks for the name nor asks others', async () => {
    const error = await blindness(answerTo([], { flags: 0 }));
    expect(error).toMatchObject({ code: 'server', transient: true });
    expect(error.message).toContain('neither an answer nor that there is none');
  });

  test('is silence, after two tries', async () => {
    const server = await serving(() => []);
    const error = await blindness(ask(server.at, { timeoutMs: 60 }));
    expect(error).toMatchObject({ code: 'timeout', transient: true });
    expect(error.message).toBe(`${server.at} did not answer ${name} A within 0.06 s`);
    expect(server.heard).toHaveLength(2);
    expect(new Set(server.heard.map(({ port }) => port)).size, 'each from a port of its own').toBe(2);
  });

  test('is a port nobody listens on', async () => {
    const server = await serveDns(() => []);
    server.close();
    const error = await blindness(ask(server.at));
    expect(error).toMatchObject({ code: 'network', transient: true });
    expect(error.message).toContain(`nobody answers at ${server.at}`);
  });

  test.each([
    ['an incomplete answer', (heard: Heard) => [reply(heard, [], { flags: truncated })], 'over TCP too'],
    ['another question', (heard: Heard) => [reply(heard, [], { id: (heard.packet.id ?? 0) ^ 1 })], 'another question'],
    ['nothing', () => [], 'connection closed'],
  ] as const)('is %s over TCP', async (_, overTcp, words) => {
    const server = await serving((heard) =>
      heard.over === 'udp' ? [reply(heard, [], { flags: truncated })] : overTcp(heard),
    );
    const error = await blindness(ask(server.at));
    expect(error.transient).toBe(true);
    expect(error.message).toContain(words);
  });

  test('after an interruption gives the reason of the interruption', async () => {
    const server = await serving(() => []);
    const leaving = new AbortController();
    const asked = openDns({}).ask({ name, type: 'A', server: server.at, recurse: true }, leaving.signal);
    leaving.abort(new Error('SIGINT'));
    await expect(asked).rejects.toThrow('SIGINT');
  });
});

describe('a stranger', () => {
  const good = (heard: Heard): Uint8Array => reply(heard, [a(name, '192.0.2.1')]);
  const forged = [a(name, '203.0.113.66')];
  const forgeries: readonly (readonly [string, (heard: Heard) => Uint8Array])[] = [
    ['with another id', (heard) => reply(heard, forged, { id: (heard.packet.id ?? 0) ^ 1 })],
    ['to another name', (heard) => reply(heard, forged, { questions: [{ name: 'www.example.com', type: 'A' }] })],
    ['to another type', (heard) => reply(heard, forged, { questions: [{ name, type: 'AAAA' }] })],
    ['to no question', (heard) => reply(heard, forged, { questions: [] })],
    [
      'to two questions',
      (heard) =>
        reply(heard, forged, {
          questions: [
            { name, type: 'A' },
            { name, type: 'A' },
          ],
        }),
    ],
    ['that is a question', (heard) => reply(heard, forged, { type: 'query' })],
    ['for another purpose', (heard) => reply(heard, forged, { flags: 2 << 11 })],
    ['of three bytes', () => new Uint8Array([1, 2, 3])],
  ];

  test.each(forgeries)('who sends a reply %s first is waited past', async (_, forge) => {
    const server = await serving((heard) => [forge(heard), good(heard)]);
    expect((await ask(server.at)).answers.map(({ data }) => data)).toEqual(['192.0.2.1']);
  });

  test('who sends only such replies is no answer, and that is told', async () => {
    const server = await serving((heard) => forgeries.map(([, forge]) => forge(heard)));
    const error = await blindness(ask(server.at, { timeoutMs: 100 }));
    expect(error.code).toBe('timeout');
    expect(error.message).toContain(`${2 * forgeries.length} replies that were not to this question`);
  });

  test('who answers from another address is not heard', async () => {
    const stranger = createSocket('udp4');
    const server = await serving((heard) => {
      stranger.send(reply(heard, forged), heard.port, '127.0.0.1');
      return heard.count === 1 ? [] : [good(heard)];
    });
    expect((await ask(server.at, { timeoutMs: 200 })).answers.map(({ data }) => data)).toEqual(['192.0.2.1']);
    expect(server.heard, 'the forged reply did not count').toHaveLength(2);
    stranger.close();
  });
});

describe('a hostile answer', () => {
  test('of thousands of records is not taken', async () => {
    const many = Array.from({ length: 1500 }, () => a(name, '192.0.2.1'));
    const server = await serving((heard) =>
      heard.over === 'udp' ? [reply(heard, [], { flags: truncated })] : [reply(heard, many)],
    );
    expect((await blindness(ask(server.at))).message).toContain('answered more than 1000 records');
  });

  test('that claims ten thousand records and has none cannot be read', async () => {
    const claiming = async (claim: number): Promise<BlindError> => {
      const server = await serving((heard) => {
        const bytes = reply(heard, []);
        bytes.writeUInt16BE(claim, 6);
        return [bytes];
      });
      return blindness(ask(server.at));
    };
    expect((await claiming(10_000)).message).toContain('more than 1000 records');
    expect((await claiming(3)).message).toContain('a message that cannot be read');
  });

  test('with control characters in names shows them as zone files do', async () => {
    const said = await answerTo([{ type: 'CNAME', name, ttl: 1, class: 'IN', data: 'evil\u001B[2J\u202E x.example' }]);
    expect(said.answers[0]?.data).toBe(String.raw`evil\027[2j\226\128\174\032x.example`);
  });

  test('with a text of 60 000 characters is cut', async () => {
    const text = Array.from({ length: 240 }, () => 'x'.repeat(250));
    const server = await serving((heard) =>
      heard.over === 'udp'
        ? [reply(heard, [], { flags: truncated })]
        : [reply(heard, [{ type: 'TXT', name, ttl: 1, class: 'IN', data: text }])],
    );
    expect((await ask(server.at, { type: 'TXT' })).answers[0]?.data).toHaveLength(4096);
  });

  const seed = Number(process.env['SEED'] ?? Math.floor(Math.random() * 2 ** 31));
  test(`whose bytes are anything is read or refused, and never breaks anything (seed ${seed})`, () => {
    const query = queryFor({ name, type: 'A', server: '', recurse: true }, undefined);
    const whole = encode({
      ...decode(Buffer.from(query.bytes)),
      type: 'response',
      answers: [
        { type: 'CNAME', name, ttl: 1, class: 'IN', data: 'alb.example.com' },
        a('alb.example.com', '192.0.2.1'),
        { type: 'TXT', name, ttl: 1, class: 'IN', data: 'text' },
        { type: 'CAA', name, ttl: 1, class: 'IN', data: { flags: 0, tag: 'issue', value: 'x' } },
      ],
    });
    const damage = fc.record({
      changes: fc.array(fc.tuple(fc.nat(whole.length - 1), fc.nat(255)), { maxLength: 6 }),
      length: fc.nat(whole.length),
      more: fc.uint8Array({ maxLength: 40 }),
    });
    fc.assert(
      fc.property(damage, ({ changes, length, more }) => {
        const bytes = Buffer.concat([whole.subarray(0, length), more]);
        for (const [at, byte] of changes) if (at < bytes.length && at >= 2) bytes[at] = byte;
        const read = readReply(bytes, query);
        if (typeof read === 'string' || 'problem' in read) return;
        // What passes is printable and bounded, whatever it says.
        const shown = read.answer.answers.filter(({ type }) => type !== 'TXT').flatMap((one) => [one.name, one.data]);
        expect(shown.join('')).toMatch(/^[\u0020-\u007E]*$/);
      }),
      { seed, numRuns: 2000 },
    );
  });
});

describe('servers that are not asked', () => {
  test.each(['169.254.169.254', '169.254.169.253:53', 'fe80::1', '[fd00:ec2::253]:53', '::ffff:169.254.169.254'])(
    'link-local %s is refused, also where another server would answer for it',
    async (server) => {
      expect(await blindness(ask(server))).toMatchObject({ code: 'refused', transient: false });
      const played = { server: { address: '127.0.0.1', port: 1 } };
      expect(await blindness(ask(server, {}, played))).toMatchObject({ code: 'refused' });
    },
  );

  test('link-local is no reason to refuse a resolver this machine asks anyway', async () => {
    // On the loopback interface: no packet leaves.
    const own = '[fe80::1%lo]:1';
    expect((await blindness(ask(own))).code).toBe('refused');
    vi.mocked(getServers).mockReturnValue([own]);
    const error = await blindness(ask(own, { timeoutMs: 40 }));
    vi.mocked(getServers).mockReset();
    expect(error.code).not.toBe('refused');
  });

  test('a rehearsal asks this machine and nobody else', async () => {
    const rehearsal = true;
    const server = await serving((heard) => [reply(heard, [])]);
    expect((await ask(server.at, {}, { rehearsal })).status).toBe('NOERROR');
    expect(await blindness(ask('192.0.2.1', {}, { rehearsal }))).toMatchObject({ code: 'refused', transient: false });
    const played = { rehearsal, server: { address: '192.0.2.1', port: 53 } };
    expect(await blindness(ask('resolver', {}, played))).toMatchObject({ code: 'refused' });
  });

  test.each(['', 'ns.example.com', '1.2.3', '1.2.3.4:', '1.2.3.4:99999', '[1.2.3.4]:53', '1.2.3.4:0', 'resolver'])(
    '%j is no address',
    async (server) => {
      expect(await blindness(ask(server))).toMatchObject({ code: 'invalid', transient: false });
    },
  );

  test('addresses may carry a port', () => {
    expect(parsePlace('192.0.2.1')).toEqual({ address: '192.0.2.1', port: 53 });
    expect(parsePlace('2001:db8::1')).toEqual({ address: '2001:db8::1', port: 53 });
    expect(parsePlace('[2001:db8::1]:5353')).toEqual({ address: '2001:db8::1', port: 5353 });
  });
});

test('an empty answer with authority counts although nobody was asked to find out', async () => {
  const server = await serving((heard) => [reply(heard, [], { flags: authoritative })]);
  expect(await ask(server.at, { recurse: false })).toEqual({ status: 'NOERROR', authoritative: true, answers: [] });
});
