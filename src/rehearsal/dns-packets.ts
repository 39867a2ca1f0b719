// Between DNS packets and answers (RFC 1035, and EDNS0 of RFC 6891).

import * as dnsPacket from 'dns-packet';
import type { Answer, DecodedPacket, OptAnswer, Packet, Question, RecordType } from 'dns-packet';
import { dnsAnswer } from './dns-answers.ts';
import type { DnsLine, DnsReply } from './dns-answers.ts';
import type { ResponderOptions } from './dns-responder.ts';

/** The local EDNS0 option in which golive says which server a question was meant for. */
const meantFor = 65_001;
const longestServer = 64;
/** What a packet over UDP may have when it does not say, and at most: larger ones are cut off on some ways. */
const [plainSize, largestSize] = [512, 1232];

const flags = { authoritative: 1 << 10, truncated: 1 << 9, wanted: 1 << 8, available: 1 << 7 };
const codes = { NOERROR: 0, FORMERR: 1, SERVFAIL: 2, NXDOMAIN: 3, NOTIMP: 4, REFUSED: 5 };

/** The answer to one packet; undefined for what deserves none: noise, and answers. Never throws. */
export function answerPacket(
  packet: Buffer,
  over: 'udp' | 'tcp',
  { world, now, asked }: ResponderOptions,
): Buffer | undefined {
  // Neither noise nor an answer is answered: two responders would talk for ever.
  if (packet.length < 12 || (packet.readUInt8(2) & 0x80) !== 0) return undefined;
  const id = packet.readUInt16BE(0);
  const query = decoded(packet);
  const [question, ...more] = query?.questions ?? [];
  if (query === undefined || question === undefined || more.length > 0) return refusal(id, codes.FORMERR);
  if (((packet.readUInt8(2) >> 3) & 15) !== 0) return refusal(id, codes.NOTIMP, question);
  const opt = (query.additionals ?? []).find((each): each is OptAnswer => each.type === 'OPT');
  const server = serverOf(opt);
  const room = over === 'tcp' ? 65_535 : Math.min(Math.max(opt?.udpPayloadSize ?? plainSize, plainSize), largestSize);
  try {
    asked(`${question.type} ${question.name} @${server}`);
    const reply = dnsAnswer(world(), question, server, now());
    return encoded(query, question, reply, opt !== undefined, room);
  } catch {
    return refusal(id, codes.SERVFAIL, question);
  }
}

function decoded(packet: Buffer): DecodedPacket | undefined {
  try {
    return dnsPacket.decode(packet);
  } catch {
    return undefined;
  }
}

function serverOf(opt: OptAnswer | undefined): string {
  const options: readonly { readonly code: number; readonly data?: Buffer | undefined }[] = opt?.options ?? [];
  const said = options.find(({ code }) => code === meantFor)?.data;
  return said?.toString('utf8', 0, longestServer) ?? 'resolver';
}

function refusal(id: number, code: number, question?: Question): Buffer | undefined {
  return tried({ type: 'response', id, flags: code, questions: question === undefined ? [] : [question] });
}

function encoded(
  query: DecodedPacket,
  question: Question,
  reply: DnsReply,
  edns: boolean,
  room: number,
): Buffer | undefined {
  const role = reply.authoritative ? flags.authoritative : 0;
  const recursion = (query.flag_rd ? flags.wanted : 0) | (reply.recursive ? flags.available : 0);
  const head: Packet = {
    type: 'response',
    id: query.id ?? 0,
    flags: role | recursion | codes[reply.code],
    questions: [question],
    additionals: edns
      ? [
          {
            type: 'OPT',
            name: '.',
            udpPayloadSize: largestSize,
            extendedRcode: 0,
            ednsVersion: 0,
            flags: 0,
            flag_do: false,
            options: [],
          },
        ]
      : [],
  };
  const whole = tried({ ...head, answers: reply.answers.map(record), authorities: reply.authority.map(record) });
  if (whole === undefined || whole.length <= room) return whole ?? refusal(query.id ?? 0, codes.SERVFAIL, question);
  return tried({ ...head, flags: (head.flags ?? 0) | flags.truncated });
}

/** A record of the world need not be one that fits into a packet. */
function tried(packet: Packet): Buffer | undefined {
  try {
    return dnsPacket.encode(packet);
  } catch {
    return undefined;
  }
}

/** The types whose data is one name or address. */
type Plain = Extract<RecordType, 'A' | 'AAAA' | 'CNAME' | 'NS'>;

function record({ name, type, ttl, value }: DnsLine): Answer {
  const shared = { name, ttl, class: 'IN' as const };
  const [first = '', second = '', ...rest] = value.split(/\s+/);
  if (type === 'MX') return { ...shared, type, data: { preference: Number(first), exchange: bare(second) } };
  if (type === 'TXT') return { ...shared, type, data: texts(value) };
  if (type === 'CAA') {
    const [text = ''] = texts(rest.join(' '));
    const tag = second === 'issuewild' || second === 'iodef' ? second : 'issue';
    return { ...shared, type, data: { flags: Number(first), tag, value: text } };
  }
  if (type === 'SOA') {
    const [serial, refresh, retry, expire, minimum] = rest.map(Number);
    const numbers = { serial: serial ?? 0, refresh: refresh ?? 0, retry: retry ?? 0, expire: expire ?? 0 };
    return { ...shared, type, data: { mname: bare(first), rname: bare(second), ...numbers, minimum: minimum ?? 0 } };
  }
  const plain: Plain = type;
  return { ...shared, type: plain, data: bare(value) };
}

function bare(name: string): string {
  return name.replace(/\.$/, '');
}

/** The strings of `"one" "two"`; text without quotes is one string. */
function texts(value: string): string[] {
  const quoted = [...value.matchAll(/"((?:[^"\\]|\\.)*)"/g)].map(([, text]) => (text ?? '').replaceAll(/\\(.)/g, '$1'));
  return quoted.length > 0 ? quoted : [value];
}
