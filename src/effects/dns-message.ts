// DNS messages (RFC 1035): a question as bytes, and what a reply to exactly that question says.

import { decode, encode, type Answer, type DecodedPacket } from 'dns-packet';
import { randomInt } from 'node:crypto';
import { isIPv4, isIPv6 } from 'node:net';
import { BlindError } from '../errors.ts';
import type { DnsAnswer, DnsQuestion, DnsRecord } from '../wire.ts';

/** A question as it is sent. */
export interface Query {
  readonly bytes: Uint8Array;
  /** Without the header: name, type and class, which a reply has to repeat. */
  readonly question: Uint8Array;
}

/** `other`: not to this question, whoever sent it. `problem`: the server answered, and not with an answer. */
export type Reply = { readonly answer: DnsAnswer } | { readonly problem: string } | 'truncated' | 'other';

const headerLength = 12;
/** Of EDNS0, from the range for local use: whom a question that goes to `--dns-server` was meant for. */
const meantForOption = 65_001;
const mostRecords = 1000;
const longestText = 4096;
const label = /^(?:[A-Za-z0-9_](?:[A-Za-z0-9_-]{0,61}[A-Za-z0-9_])?|\*)$/;
/** Response codes by number (RFC 1035, 2136, 6891). */
const codes: Readonly<Record<number, string>> = {
  1: 'FORMERR',
  2: 'SERVFAIL',
  4: 'NOTIMP',
  5: 'REFUSED',
  9: 'NOTAUTH',
  16: 'BADVERS',
};

/** The question with a random id. Throws BlindError `invalid` for what is no name. */
export function queryFor({ name, type, recurse }: DnsQuestion, meantFor: string | undefined): Query {
  const bare = name.replace(/\.$/, '');
  if (bare.length > 253 || !bare.split('.').every((part) => label.test(part))) {
    throw new BlindError('invalid', `${JSON.stringify(name.slice(0, 100))} is not a name DNS can be asked for`);
  }
  const recursionDesired = 1 << 8;
  const plain = encode({
    type: 'query',
    id: randomInt(65_536),
    flags: recurse ? recursionDesired : 0,
    questions: [{ name: bare, type, class: 'IN' }],
  });
  const question = plain.subarray(headerLength);
  if (meantFor === undefined) return { bytes: plain, question };
  const bytes = Buffer.concat([plain, optionRecord(meantForOption, Buffer.from(meantFor))]);
  const additionalCount = 10;
  bytes.writeUInt16BE(1, additionalCount);
  return { bytes, question };
}

/** An OPT record (RFC 6891) with one option, after which replies of up to 1232 bytes may come over UDP. */
function optionRecord(code: number, data: Uint8Array): Uint8Array {
  const head = Buffer.alloc(15);
  const opt = 41;
  head.writeUInt16BE(opt, 1);
  head.writeUInt16BE(1232, 3);
  head.writeUInt16BE(4 + data.length, 9);
  head.writeUInt16BE(code, 11);
  head.writeUInt16BE(data.length, 13);
  return Buffer.concat([head, data]);
}

/** What a message says to this query. Never throws: everything in it is the work of strangers. */
export function readReply(bytes: Uint8Array, query: Query): Reply {
  const message = Buffer.from(bytes);
  if (message.length < headerLength || !message.subarray(0, 2).equals(query.bytes.subarray(0, 2))) return 'other';
  const flags = message.readUInt16BE(2);
  const isQuery = (flags & 0x80_00) === 0;
  const opcode = (flags >> 11) & 15;
  if (isQuery || opcode !== 0) return 'other';
  const questions = message.readUInt16BE(4);
  // A server that cannot read a question cannot repeat it.
  if (questions === 0 && (flags & 15) !== 0) return { problem: codeName(flags & 15) };
  if (questions !== 1 || !repeats(message, query.question)) return 'other';
  if ((flags & 0x02_00) !== 0) return 'truncated';
  if (message.readUInt16BE(6) > mostRecords) return { problem: `more than ${mostRecords} records` };
  try {
    return replyOf(decode(message), flags & 15);
  } catch {
    return { problem: 'a message that cannot be read' };
  }
}

/** Servers may change the case of letters; bytes that are lengths lie below those. */
function repeats(message: Buffer, question: Uint8Array): boolean {
  const repeated = message.subarray(headerLength, headerLength + question.length);
  return repeated.toString('latin1').toLowerCase() === Buffer.from(question).toString('latin1').toLowerCase();
}

function replyOf(packet: DecodedPacket, code: number): Reply {
  const { answers = [], additionals = [] } = packet;
  const extended = additionals.find((record) => record.type === 'OPT')?.extendedRcode ?? 0;
  const whole = extended * 16 + code;
  if (whole !== 0 && whole !== 3) return { problem: codeName(whole) };
  // Neither knows the name itself nor asks others: that it has nothing says nothing.
  if (answers.length === 0 && !packet.flag_aa && !packet.flag_ra) {
    return { problem: 'neither an answer nor that there is none' };
  }
  const records = answers.flatMap(recordOf);
  const status = whole === 3 ? 'NXDOMAIN' : 'NOERROR';
  return { answer: { status, authoritative: packet.flag_aa, answers: records } };
}

function codeName(code: number): string {
  return codes[code] ?? `response code ${code}`;
}

/** Types nobody asks for, such as signatures, are left out. Throws on an address that is none. */
function recordOf(record: Answer): readonly DnsRecord[] {
  if (record.type === 'OPT' || record.class !== 'IN') return [];
  const data = dataOf(record);
  return data === undefined ? [] : [{ name: nameText(record.name), type: record.type, ttl: record.ttl ?? 0, data }];
}

function dataOf(record: Exclude<Answer, { type: 'OPT' }>): string | undefined {
  switch (record.type) {
    case 'A':
      if (!isIPv4(record.data)) throw new Error('not an IPv4 address');
      return record.data;
    case 'AAAA':
      if (!isIPv6(record.data)) throw new Error('not an IPv6 address');
      return new URL(`http://[${record.data}]`).hostname.slice(1, -1);
    case 'CNAME':
    case 'NS':
      return nameText(record.data);
    case 'MX':
      return `${record.data.preference ?? 0} ${nameText(record.data.exchange)}`;
    case 'CAA':
      return `${record.data.flags ?? 0} ${printable(record.data.tag)} "${printable(record.data.value)}"`;
    case 'SOA': {
      const { mname, rname, serial, refresh, retry, expire, minimum } = record.data;
      return [nameText(mname), nameText(rname), serial, refresh, retry, expire, minimum].join(' ');
    }
    case 'TXT':
      return textOf(record.data).slice(0, longestText);
    default:
      return undefined;
  }
}

function textOf(data: string | Uint8Array | readonly (string | Uint8Array)[]): string {
  if (typeof data === 'string') return data;
  if (data instanceof Uint8Array) return Buffer.from(data).toString('utf8');
  return Buffer.concat(data.map((part) => Buffer.from(part))).toString('utf8');
}

/** In lower case, without the last dot. */
function nameText(name: string): string {
  return name === '.' ? name : printable(name.toLowerCase().replace(/\.$/, ''));
}

/** Every byte that is no visible ASCII as `\DDD`, as zone files write it. */
function printable(text: string): string {
  return text.replaceAll(/[^\u0021-\u007E]/gu, (character) =>
    [...Buffer.from(character)].map((byte) => `\\${String(byte).padStart(3, '0')}`).join(''),
  );
}
