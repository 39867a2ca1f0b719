// The stand-in's responder in packets: whom it plays, what each of them knows when, and how it says no.

import { ChangeResourceRecordSetsCommand, GetHostedZoneCommand, Route53Client } from '@aws-sdk/client-route-53';
import type { Change, ResourceRecordSet } from '@aws-sdk/client-route-53';
import * as dnsPacket from 'dns-packet';
import type { DecodedPacket, Packet } from 'dns-packet';
import * as fc from 'fast-check';
import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { connect } from 'node:net';
import { describe, expect, onTestFinished, test } from 'vitest';
import type { JsonObject } from '../../src/engine/json.ts';
import { answerPacket } from '../../src/rehearsal/dns-packets.ts';
import { startStandIn } from '../../src/rehearsal/stand-in.ts';
import { clientConfig, givenWorld } from './given.ts';

const zone = 'Z04128371KD9QJ3R5T7V';
const app = 'app.navralabs.com';
const balancer = 'aep-prod-alb-1043217685.us-east-1.elb.amazonaws.com';
const addresses = ['198.51.100.21', '198.51.100.22'];
const authority = '192.0.2.1';

async function given(patch: JsonObject = {}) {
  const world = givenWorld({
    ...patch,
    account: {
      elbv2: { load_balancers: { 'aep-prod-alb': { addresses } } },
      ...(patch['account'] as JsonObject | undefined),
    },
  });
  let now = Date.parse(world.start);
  const standIn = await startStandIn({ world, now: () => now });
  onTestFinished(() => standIn.close());
  const route53 = new Route53Client(clientConfig(standIn.awsUrl));
  const change = (...Changes: Change[]) =>
    route53.send(new ChangeResourceRecordSetsCommand({ HostedZoneId: zone, ChangeBatch: { Changes } }));
  return { standIn, route53, change, pass: (seconds: number) => void (now += seconds * 1000) };
}

function query(name: string, type: string, server?: string, more: Partial<Packet> = {}): Buffer {
  const options = server === undefined ? [] : [{ code: 65_001, data: Buffer.from(server) }];
  return dnsPacket.encode({
    type: 'query',
    id: 4711,
    flags: dnsPacket.RECURSION_DESIRED,
    questions: [{ type, name }],
    additionals: [{ type: 'OPT', name: '.', udpPayloadSize: 1232, flags: 0, options }],
    ...more,
  } as unknown as Packet);
}

async function overUdp(port: number, packet: Buffer): Promise<DecodedPacket> {
  const socket = createSocket('udp4');
  try {
    socket.send(packet, port, '127.0.0.1');
    const [answer]: Buffer[] = await once(socket, 'message');
    return dnsPacket.decode(answer ?? Buffer.alloc(0));
  } finally {
    socket.close();
  }
}

async function overTcp(port: number, packets: readonly Buffer[]): Promise<readonly DecodedPacket[]> {
  const socket = connect(port, '127.0.0.1');
  let seen = Buffer.alloc(0);
  const answers: DecodedPacket[] = [];
  for (const packet of packets) {
    const length = Buffer.alloc(2);
    length.writeUInt16BE(packet.length);
    // Byte by byte: packets need not arrive in one piece.
    for (const byte of Buffer.concat([length, packet])) socket.write(Buffer.of(byte));
  }
  for await (const chunk of socket as AsyncIterable<Buffer>) {
    seen = Buffer.concat([seen, chunk]);
    while (seen.length >= 2 && seen.length >= 2 + seen.readUInt16BE(0)) {
      const end = 2 + seen.readUInt16BE(0);
      answers.push(dnsPacket.decode(seen.subarray(2, end)));
      seen = seen.subarray(end);
    }
    if (answers.length === packets.length) break;
  }
  return answers;
}

/** One answer in a line: `NOERROR aa A 300 203.0.113.10`. */
function line(packet: DecodedPacket): string {
  const { rcode } = packet as DecodedPacket & { rcode: string };
  const answers = (packet.answers ?? []).map((each) => {
    const { ttl, data } = each as unknown as { ttl: number; data: unknown };
    return `${each.type} ${ttl} ${typeof data === 'string' ? data : JSON.stringify(data)}`;
  });
  return [rcode, ...(packet.flag_aa ? ['aa'] : []), ...(packet.flag_ra ? ['ra'] : []), ...answers].join(' ');
}

type Given = Awaited<ReturnType<typeof given>>;

async function ask({ standIn }: Given, server: string | undefined, name = app, type = 'A'): Promise<string> {
  return line(await overUdp(standIn.dns.port, query(name, type, server)));
}

const old: ResourceRecordSet = { Name: app, Type: 'A', TTL: 300, ResourceRecords: [{ Value: '203.0.113.10' }] };
const alias: ResourceRecordSet = {
  Name: app,
  Type: 'A',
  AliasTarget: { DNSName: balancer, HostedZoneId: 'Z35SXDOTRQ7X7K', EvaluateTargetHealth: false },
};
const cutOver: Change[] = [
  { Action: 'DELETE', ResourceRecordSet: old },
  { Action: 'CREATE', ResourceRecordSet: alias },
];
const before = 'A 300 203.0.113.10';
const after = addresses.map((address) => `A 60 ${address}`).join(' ');

describe('a change of records', () => {
  test('reaches the zone’s own servers when it is in sync, and resolvers one old TTL later', async () => {
    const it = await given();
    await it.change(...cutOver);
    expect([await ask(it, authority), await ask(it, '8.8.8.8')]).toEqual([
      `NOERROR aa ${before}`,
      `NOERROR ra ${before}`,
    ]);
    it.pass(20);
    expect([await ask(it, authority), await ask(it, '8.8.8.8')]).toEqual([
      `NOERROR aa ${after}`,
      `NOERROR ra ${before}`,
    ]);
    it.pass(299);
    expect(await ask(it, '8.8.8.8')).toBe(`NOERROR ra ${before}`);
    it.pass(1);
    expect(await ask(it, '8.8.8.8')).toBe(`NOERROR ra ${after}`);
    expect(await ask(it, undefined)).toBe(`NOERROR ra ${after}`);
  });

  test('that is taken back reaches resolvers an alias’s minute after it is in sync', async () => {
    const it = await given();
    await it.change(...cutOver);
    it.pass(1000);
    await it.change({ Action: 'DELETE', ResourceRecordSet: alias }, { Action: 'CREATE', ResourceRecordSet: old });
    it.pass(79);
    expect([await ask(it, authority), await ask(it, '1.1.1.1')]).toEqual([
      `NOERROR aa ${before}`,
      `NOERROR ra ${after}`,
    ]);
    it.pass(1);
    expect(await ask(it, '1.1.1.1')).toBe(`NOERROR ra ${before}`);
  });

  test('that is taken back before anybody’s cache ran out was never seen there', async () => {
    const it = await given();
    await it.change(...cutOver);
    it.pass(100);
    await it.change({ Action: 'DELETE', ResourceRecordSet: alias }, { Action: 'CREATE', ResourceRecordSet: old });
    for (let minute = 0; minute < 8; minute += 1) {
      expect(await ask(it, '1.1.1.1')).toBe(`NOERROR ra ${before}`);
      it.pass(60);
    }
  });

  test('of a name that was not there is not known to resolvers until they forget that', async () => {
    const it = await given();
    await it.change({ Action: 'CREATE', ResourceRecordSet: { ...old, Name: 'new.navralabs.com' } });
    it.pass(20 + 899);
    expect([await ask(it, authority, 'new.navralabs.com'), await ask(it, '1.1.1.1', 'new.navralabs.com')]).toEqual([
      `NOERROR aa ${before}`,
      'NXDOMAIN ra',
    ]);
    it.pass(1);
    expect(await ask(it, '1.1.1.1', 'new.navralabs.com')).toBe(`NOERROR ra ${before}`);
  });

  test('is never given by anybody in a world where it is stuck', async () => {
    const it = await given({ dns: { stuck: true } });
    await it.change(...cutOver);
    it.pass(86_400);
    expect([await ask(it, authority), await ask(it, '8.8.8.8')]).toEqual([
      `NOERROR aa ${before}`,
      `NOERROR ra ${before}`,
    ]);
  });

  test('is never given by a resolver that is stale, and by all others', async () => {
    const it = await given({ dns: { stale: ['8.8.8.8'] } });
    await it.change(...cutOver);
    it.pass(86_400);
    expect([await ask(it, '8.8.8.8'), await ask(it, '8.8.8.8:53'), await ask(it, '1.1.1.1')]).toEqual([
      `NOERROR ra ${before}`,
      `NOERROR ra ${before}`,
      `NOERROR ra ${after}`,
    ]);
  });
});

describe('the responder', () => {
  test('names the name servers Route 53 names, at addresses that play them', async () => {
    const it = await given();
    const { DelegationSet } = await it.route53.send(new GetHostedZoneCommand({ Id: zone }));
    const names = (DelegationSet?.NameServers ?? []).map((name) => name.replace(/\.$/, ''));
    expect(await ask(it, undefined, 'navralabs.com', 'NS')).toBe(
      `NOERROR ra ${names.map((name) => `NS 172800 ${name}`).join(' ')}`,
    );
    expect(names).toHaveLength(2);
    for (const name of names) {
      const address = (await ask(it, undefined, name)).replace('NOERROR ra A 172800 ', '');
      expect(await ask(it, address)).toBe(`NOERROR aa ${before}`);
    }
  });

  test('refuses, as a name server, what is not its own zone', async () => {
    const it = await given();
    expect(await ask(it, authority, 'example.com')).toBe('REFUSED');
    expect(await ask(it, authority, balancer)).toBe('REFUSED');
  });

  test('knows, as a resolver, nothing but this world', async () => {
    const it = await given();
    expect(await ask(it, '8.8.8.8', 'example.com')).toBe('NXDOMAIN ra');
    expect(await ask(it, '8.8.8.8', balancer.toUpperCase())).toBe(`NOERROR ra ${after}`);
    expect(await ask(it, '8.8.8.8', balancer, 'AAAA')).toBe('NOERROR ra');
  });

  test('knows, as a resolver, the machines of the world by their names', async () => {
    const page = { status: 200, type: 'text/plain', body: 'hello' };
    const it = await given({ hosts: { '203.0.113.60': { title: 'Elsewhere', names: ['www.example.org'], page } } });
    expect(await ask(it, '8.8.8.8', 'www.example.org')).toBe('NOERROR ra A 60 203.0.113.60');
    expect(await ask(it, authority, 'www.example.org')).toBe('REFUSED');
  });

  test('tells no such name from no such record, each with the SOA that says for how long', async () => {
    const it = await given();
    const soa = expect.objectContaining({ type: 'SOA', name: 'navralabs.com', ttl: 900 });
    const missing = await overUdp(it.standIn.dns.port, query('nope.navralabs.com', 'A', authority));
    const empty = await overUdp(it.standIn.dns.port, query(app, 'AAAA', authority));
    expect([line(missing), line(empty)]).toEqual(['NXDOMAIN aa', 'NOERROR aa']);
    expect([missing.authorities, empty.authorities]).toEqual([[soa], [soa]]);
  });

  test('follows CNAMEs, out of the zone only as a resolver, and gives up on a circle', async () => {
    const cname = (target: string): JsonObject => ({ CNAME: { ttl: 60, values: [target] } });
    const records = {
      'www.navralabs.com': cname(`${app}.`),
      'out.navralabs.com': cname(`${balancer}.`),
      'a.navralabs.com': cname('b.navralabs.com.'),
      'b.navralabs.com': cname('a.navralabs.com.'),
      '*.wild.navralabs.com': { A: { ttl: 5, values: ['203.0.113.5'] } },
      'x.y.navralabs.com': { TXT: { ttl: 5, values: [String.raw`"v=1 \"q\"" "two"`] } },
      'navralabs.com': {
        MX: { ttl: 5, values: ['10 mail.navralabs.com.'] },
        CAA: { ttl: 5, values: ['0 issue "amazon.com"'] },
      },
    };
    const it = await given({ account: { route53: { zones: { 'navralabs.com': { records } } } } });
    expect(await ask(it, authority, 'www.navralabs.com')).toBe(`NOERROR aa CNAME 60 ${app} ${before}`);
    expect(await ask(it, authority, 'out.navralabs.com')).toBe(`NOERROR aa CNAME 60 ${balancer}`);
    expect(await ask(it, '8.8.8.8', 'out.navralabs.com')).toMatch(`NOERROR ra CNAME 60 ${balancer} A 60 `);
    expect(await ask(it, '8.8.8.8', 'a.navralabs.com')).toBe('SERVFAIL ra');
    expect(await ask(it, authority, 'deep.er.wild.navralabs.com')).toBe('NOERROR aa A 5 203.0.113.5');
    expect(await ask(it, authority, 'y.navralabs.com')).toBe('NOERROR aa');
    expect(await ask(it, authority, 'navralabs.com', 'MX')).toContain('"exchange":"mail.navralabs.com"');
    expect(await ask(it, authority, 'navralabs.com', 'CAA')).toContain('"tag":"issue","value":"amazon.com"');
    const txt = await overUdp(it.standIn.dns.port, query('x.y.navralabs.com', 'TXT', authority));
    const [{ data }] = txt.answers as unknown as [{ data: Buffer[] }];
    expect(data.map(String)).toEqual(['v=1 "q"', 'two']);
  });

  test('cuts short what is too long for UDP, and says all of it over TCP', async () => {
    const values = Array.from({ length: 100 }, (_, index) => `203.0.113.${index}`);
    const records = { 'many.navralabs.com': { A: { ttl: 5, values } } };
    const it = await given({ account: { route53: { zones: { 'navralabs.com': { records } } } } });
    const packet = query('many.navralabs.com', 'A', authority);
    const short = await overUdp(it.standIn.dns.port, packet);
    expect([short.flag_tc, short.answers]).toEqual([true, []]);
    const [whole, again] = await overTcp(it.standIn.dns.port, [packet, query(app, 'A', authority)]);
    expect([whole?.flag_tc, whole?.answers?.length]).toEqual([false, 100]);
    expect(again && line(again)).toBe(`NOERROR aa ${before}`);
  });

  test('notes every question with the server it was for', async () => {
    const it = await given();
    await ask(it, '8.8.8.8');
    expect(it.standIn.requests()).toMatchObject([{ service: 'dns', operation: `A ${app} @8.8.8.8` }]);
  });
});

describe('packets that are no good', () => {
  const world = givenWorld();
  const answer = (packet: Buffer) =>
    answerPacket(packet, 'udp', { world: () => world, now: () => 0, asked: () => undefined });

  test.each([
    ['noise', Buffer.from('hello')],
    ['an answer', dnsPacket.encode({ type: 'response', questions: [{ type: 'A', name: app }] })],
  ])('%s is not answered', (_, packet) => {
    expect(answer(packet)).toBeUndefined();
  });

  test.each([
    ['no question', dnsPacket.encode({ type: 'query' }), 'FORMERR'],
    [
      'two questions',
      query(app, 'A', undefined, {
        questions: [
          { type: 'A', name: app },
          { type: 'NS', name: app },
        ],
      }),
      'FORMERR',
    ],
    ['another opcode', query(app, 'A', undefined, { flags: 5 << 11 }), 'NOTIMP'],
    [
      'a name that never ends',
      Buffer.concat([query(app, 'A').subarray(0, 12), Buffer.from([0xc0, 12, 0, 1, 0, 1])]),
      'FORMERR',
    ],
    ['a type nobody has records of', query(app, 'UNKNOWN_65'), 'NOERROR ra'],
  ])('%s: %#', (_, packet, words) => {
    const said = answer(packet);
    expect(said && line(dnsPacket.decode(said))).toBe(words);
  });

  test('are never more than answered, whatever is in them', () => {
    const seed = Math.floor(Math.random() * 2 ** 31);
    process.stdout.write(`dns packets: seed ${seed}\n`);
    const good = query(app, 'A', '8.8.8.8');
    const flips = fc.array(fc.tuple(fc.nat(good.length - 1), fc.nat(255)), { minLength: 1, maxLength: 6 });
    const bent = flips.map((changes) => {
      const packet = Buffer.from(good);
      for (const [at, byte] of changes) packet[at] = byte;
      return packet;
    });
    const noise = fc.uint8Array({ maxLength: 80 }).map((bytes) => Buffer.from(bytes));
    fc.assert(
      fc.property(fc.oneof(bent, noise), (packet) => {
        const said = answer(packet);
        expect(said === undefined || (said.length >= 12 && said.readUInt16BE(0) === packet.readUInt16BE(0))).toBe(true);
      }),
      { seed, numRuns: 2000 },
    );
  });
});
