// Questions to name servers in packets of our own: UDP first, TCP when the answer does not fit, two tries.

import { createSocket } from 'node:dgram';
import { getServers } from 'node:dns';
import { connect, isIP } from 'node:net';
import { BlindError } from '../errors.ts';
import type { Dns, DnsAnswer, DnsQuestion } from '../wire.ts';
import { isLinkLocal, isLoopback } from './addresses.ts';
import type { Query, Reply } from './dns-message.ts';

export interface DnsOptions {
  /** `--dns-server ADDR:PORT`: every question goes there, and says in the packet whom it was meant for. */
  readonly server?: { readonly address: string; readonly port: number };
  /** Refuses every server that is not on this machine. */
  readonly rehearsal?: boolean;
}

interface Place {
  readonly address: string;
  readonly port: number;
}

/** Whom a question goes to, and how messages call it. */
interface Target extends Place {
  readonly shown: string;
  /** Said in the packet where somebody plays this server. */
  readonly meantFor?: string;
}

const tries = 2;
const defaultTimeoutMs = 4000;
/** Whom a question is meant for that any resolver may answer, where one server plays them all. */
const anyResolver = 'resolver';

/**
 * The real world's DNS. Answers count only when they come from where the question went and repeat its id and question;
 * anything else is waited past. Throws BlindError: `server` (it answered, but not the question), `timeout`, `network`,
 * `refused` (where questions must not go), `invalid`.
 */
export function openDns(options: DnsOptions): Dns {
  return {
    get resolvers() {
      return options.server === undefined ? machineResolvers(options) : [anyResolver];
    },
    ask: async (question, signal) => {
      const target = targetOf(question.server, options);
      try {
        return await ask(question, target, signal);
      } catch (error) {
        if (signal.aborted) throw signal.reason;
        throw unreachable(error, target);
      }
    },
  };
}

/** A rehearsal asks only whom it is given. */
function machineResolvers({ rehearsal }: DnsOptions): readonly string[] {
  return rehearsal === true ? [] : getServers();
}

async function ask(question: DnsQuestion, target: Target, signal: AbortSignal): Promise<DnsAnswer> {
  const { queryFor, readReply } = await import('./dns-message.ts');
  const timeoutMs = question.timeoutMs ?? defaultTimeoutMs;
  const asked = `${question.name} ${question.type}`;
  let ignored = 0;
  for (let left = tries; left > 0; left--) {
    // Another id and another port each time: nobody gets two guesses at the same.
    const query = queryFor(question, target.meantFor);
    const read = (bytes: Uint8Array): Reply => {
      const reply = readReply(bytes, query);
      if (reply === 'other') ignored++;
      return reply;
    };
    let reply = await overUdp(target, query, read, timeoutMs / tries, signal);
    if (reply === 'truncated') reply = await overTcp(target, query, read, timeoutMs / tries, signal);
    if (reply === 'truncated') throw answered(target, 'an incomplete answer, over TCP too', asked);
    if (reply === 'other') throw answered(target, 'another question', asked);
    if (reply !== undefined && 'problem' in reply) throw answered(target, reply.problem, asked);
    if (reply !== undefined) return reply.answer;
  }
  const others = ignored === 0 ? '' : `; ${ignored} replies that were not to this question were ignored`;
  const words = `${target.shown} did not answer ${asked} within ${timeoutMs / 1000} s${others}`;
  throw new BlindError('timeout', words, { transient: true });
}

function answered(target: Target, what: string, asked: string): BlindError {
  return new BlindError('server', `${target.shown} answered ${what} when asked for ${asked}`, { transient: true });
}

/** Where a question for `server` goes. */
function targetOf(server: string, options: DnsOptions): Target {
  const { server: played, rehearsal } = options;
  const any = played !== undefined && server === anyResolver;
  const named = any ? played : parsePlace(server);
  if (named === undefined) throw new BlindError('invalid', `${server.slice(0, 100)} is neither ADDR nor ADDR:PORT`);
  guard(named.address, server, options);
  const to = played ?? named;
  guard(to.address, server, options);
  if (rehearsal === true && !isLoopback(to.address)) {
    throw new BlindError('refused', `${server} is not on this machine, and a rehearsal asks nobody else`);
  }
  return { ...to, shown: any ? 'the resolver' : server, ...(played !== undefined && { meantFor: server }) };
}

/**
 * Link-local addresses are where machines keep their credentials, so none is asked, except this machine's own
 * resolvers: on many networks (169.254.169.253 at AWS) they have such an address, and every program here asks them.
 */
function guard(address: string, server: string, options: DnsOptions): void {
  if (!isLinkLocal(address) || machineResolvers(options).includes(server)) return;
  throw new BlindError(
    'refused',
    `${server} is a link-local address, where machines keep their credentials, and no resolver of this machine`,
  );
}

/** `192.0.2.1`, `192.0.2.1:53`, `2001:db8::1`, `[2001:db8::1]:53`; undefined for anything else. The port is 53 unless given. */
export function parsePlace(text: string): Place | undefined {
  if (isIP(text) !== 0) return { address: text, port: 53 };
  const [, six, four, port] = /^(?:\[([^\]]+)\]|([\d.]+)):(\d{1,5})$/.exec(text) ?? [];
  const address = six ?? four ?? '';
  const number = Number(port);
  const whole = isIP(address) === (six === undefined ? 4 : 6) && number > 0 && number <= 65_535;
  return whole ? { address, port: number } : undefined;
}

type Read = (bytes: Uint8Array) => Reply;

/** One datagram out, and the first one back that is to it; undefined when none came in time. */
function overUdp(to: Place, query: Query, read: Read, ms: number, signal: AbortSignal): Promise<Reply | undefined> {
  return within(ms, signal, ({ done, failed }) => {
    const socket = createSocket(isIP(to.address) === 6 ? 'udp6' : 'udp4');
    socket.on('error', failed);
    socket.on('message', (bytes) => {
      const reply = read(bytes);
      if (reply !== 'other') done(reply);
    });
    // Connected: the system lets nothing through that comes from elsewhere, and tells of a closed port.
    socket.once('connect', () => socket.send(query.bytes));
    socket.connect(to.port, to.address);
    return () => socket.close();
  });
}

/** The same over TCP, where two bytes of length come first; undefined when the answer did not come in time. */
function overTcp(to: Place, query: Query, read: Read, ms: number, signal: AbortSignal): Promise<Reply | undefined> {
  return within(ms, signal, ({ done, failed }) => {
    const socket = connect({ host: to.address, port: to.port });
    let got = Buffer.alloc(0);
    socket.on('error', failed);
    socket.on('end', () => failed(new Error('the connection was closed before the answer was there')));
    socket.on('data', (bytes) => {
      got = Buffer.concat([got, bytes]);
      const end = got.length < 2 ? Infinity : 2 + got.readUInt16BE(0);
      if (got.length >= end) done(read(got.subarray(2, end)));
    });
    const length = Buffer.alloc(2);
    length.writeUInt16BE(query.bytes.length);
    socket.write(Buffer.concat([length, query.bytes]));
    return () => socket.destroy();
  });
}

interface Ends {
  readonly done: (reply: Reply) => void;
  readonly failed: (error: Error) => void;
}

/** Whatever comes first: the end `begin` tells of, the time, or the signal. `begin` returns how to clear up. */
function within(ms: number, signal: AbortSignal, begin: (ends: Ends) => () => void): Promise<Reply | undefined> {
  return new Promise((resolve, reject) => {
    if (signal.aborted) return reject(new Error('aborted'));
    let over = false;
    const finish = (settle: () => void): void => {
      if (over) return;
      over = true;
      clearTimeout(timer);
      signal.removeEventListener('abort', abort);
      clear();
      settle();
    };
    const abort = (): void => finish(() => reject(new Error('aborted')));
    const timer = setTimeout(() => finish(() => resolve(undefined)), ms);
    signal.addEventListener('abort', abort, { once: true });
    const clear = begin({
      done: (reply) => finish(() => resolve(reply)),
      failed: (error) => finish(() => reject(error)),
    });
  });
}

function unreachable(error: unknown, target: Target): unknown {
  if (error instanceof BlindError || !(error instanceof Error)) return error;
  const code = 'code' in error ? String(error.code) : 'connection closed';
  const words = code === 'ECONNREFUSED' ? 'nobody answers at' : 'cannot be asked, no connection to';
  const at = `${target.address}:${target.port} (${code})`;
  return new BlindError('network', `${target.shown}: ${words} ${at}`, { transient: true, cause: error });
}
