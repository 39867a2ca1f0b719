// What several name servers say of one name: the same question to each, CNAME chains walked, nobody left out.

import { BlindError } from '../errors.ts';
import type { Dns, DnsAnswer, RecordType } from '../wire.ts';

/** What every answer has to say, and how long each server may take. */
export interface ServersQuestion {
  readonly name: string;
  readonly type: RecordType;
  /** `authoritative`: all name servers of the zone; or `ADDR[:PORT]` of a resolver. */
  readonly servers: readonly string[];
  readonly timeoutMs?: number;
}

export interface ServerSaid {
  /** `ADDR` or `ADDR:PORT`. */
  readonly server: string;
  /** The name of an authoritative server; otherwise as `server`. */
  readonly name: string;
  readonly role: 'authoritative' | 'resolver';
  readonly status: 'NOERROR' | 'NXDOMAIN';
  /** Of the asked type, after the CNAME chain, sorted. */
  readonly values: readonly string[];
  /** The smallest of the chain, in seconds; absent without a record. */
  readonly ttl?: number;
}

type Server = Pick<ServerSaid, 'server' | 'name' | 'role'>;
type Said = Pick<ServerSaid, 'status' | 'values' | 'ttl'>;
type Question = Pick<ServersQuestion, 'name' | 'type' | 'timeoutMs'>;

const longestChain = 16;
/** Many more than any zone has: one that has more is not asked in part. */
const mostNameServers = 30;

/**
 * Asks every server. Throws BlindError when one of them did not answer, naming each that did not and what the others
 * said; also for a server that should know and says it does not, because only authority makes "not there" an answer.
 */
export async function askServers(
  question: ServersQuestion,
  dns: Dns,
  signal: AbortSignal,
): Promise<readonly ServerSaid[]> {
  const { servers, ...rest } = question;
  const asked = { ...rest, name: plainName(question.name) };
  const all = await Promise.all(servers.map((server) => serversBehind(server, asked.name, dns, signal)));
  const outcomes = await Promise.all(all.flat().map((server) => askOrError(server, asked, dns, signal)));
  const blind: BlindError[] = [];
  const said: ServerSaid[] = [];
  for (const outcome of outcomes) {
    if (outcome instanceof BlindError) blind.push(outcome);
    else said.push(outcome);
  }
  if (blind.length > 0) throw together(blind, said);
  return said;
}

/** All addresses of a name, IPv4 and IPv6, sorted, from the first of this machine's resolvers that answers both. */
export async function resolveAll(name: string, dns: Dns, signal: AbortSignal): Promise<readonly string[]> {
  const types = ['A', 'AAAA'] as const;
  const said = await Promise.all(types.map((type) => askResolvers({ name: plainName(name), type }, dns, signal)));
  return said.flatMap(({ values }) => values).toSorted();
}

/** One server's answer, or why there is none. */
async function askOrError(
  server: Server | BlindError,
  question: Question,
  dns: Dns,
  signal: AbortSignal,
): Promise<ServerSaid | BlindError> {
  if (server instanceof BlindError) return server;
  try {
    return { ...server, ...(await askServer(server, question, dns, signal)) };
  } catch (error) {
    if (error instanceof BlindError) return error;
    throw error;
  }
}

/** What one server says. Throws BlindError when it does not answer or should know and does not. */
export async function askServer(server: Server, question: Question, dns: Dns, signal: AbortSignal): Promise<Said> {
  const shown = shownServer(server);
  const recurse = server.role === 'resolver';
  const answer = await dns.ask({ ...question, server: server.server, recurse }, signal);
  if (!recurse && !answer.authoritative) {
    throw new BlindError('server', `${shown} says nothing of its own about ${question.name}: it does not serve it`, {
      transient: true,
    });
  }
  const { end, ...said } = walk(answer, question, shown);
  if (recurse || end === question.name || said.values.length > 0) return said;
  // The name leads out of what this server knows: whoever follows it asks a resolver for the rest.
  const rest = await askResolvers({ ...question, name: end }, dns, signal);
  return { ...rest, ...smallest([said.ttl, rest.ttl]) };
}

/** The values at the end of the chain that begins at the asked name. Records of other names count for nothing. */
function walk(answer: DnsAnswer, { name, type }: Question, shown: string): Said & { readonly end: string } {
  const ttls: number[] = [];
  let end = name;
  for (let left = longestChain; left > 0; left--) {
    const here = answer.answers.filter((record) => record.name === end);
    const wanted = here.filter((record) => record.type === type);
    const aliases = here.filter((record) => record.type === 'CNAME');
    const [next] = aliases;
    if (wanted.length > 0 || next === undefined) {
      const values = [...new Set(wanted.map((record) => record.data))].toSorted();
      if (values.length > 0 && answer.status === 'NXDOMAIN') {
        throw new BlindError('server', `${shown} says that ${name} does not exist, and what it is`, {
          transient: true,
        });
      }
      return { status: answer.status, values, end, ...smallest([...ttls, ...wanted.map((record) => record.ttl)]) };
    }
    if (aliases.length > 1) throw new BlindError('server', `${shown} gives ${end} two CNAMEs`, { transient: true });
    ttls.push(next.ttl);
    end = next.data;
  }
  throw new BlindError('server', `${shown} leads ${name} through more than ${longestChain} CNAMEs, or in a circle`, {
    transient: true,
  });
}

function smallest(ttls: readonly (number | undefined)[]): { readonly ttl?: number } {
  const known = ttls.filter((ttl) => ttl !== undefined);
  return known.length === 0 ? {} : { ttl: Math.min(...known) };
}

function askResolvers(question: Question, dns: Dns, signal: AbortSignal): Promise<Said> {
  return firstResolver(question.name, dns, (server) =>
    askServer({ server, name: server, role: 'resolver' }, question, dns, signal),
  );
}

/** What the first of this machine's resolvers says that answers. */
async function firstResolver<T>(name: string, dns: Dns, ask: (server: string) => Promise<T>): Promise<T> {
  const failed: BlindError[] = [];
  for (const server of dns.resolvers) {
    try {
      return await ask(server);
    } catch (error) {
      if (!(error instanceof BlindError)) throw error;
      failed.push(error);
    }
  }
  throw failed.length === 0
    ? new BlindError('network', `nobody to ask for ${name}: this machine has no resolver`)
    : together(failed, []);
}

async function serversBehind(
  server: string,
  name: string,
  dns: Dns,
  signal: AbortSignal,
): Promise<readonly (Server | BlindError)[]> {
  return server === 'authoritative'
    ? nameServers(name, dns, signal)
    : [{ server, name: server, role: 'resolver' } as const];
}

/** The name servers of the zone the name is in, each by one address. Throws BlindError when there are none. */
async function nameServers(name: string, dns: Dns, signal: AbortSignal): Promise<readonly (Server | BlindError)[]> {
  const labels = name.split('.');
  for (const [above] of labels.entries()) {
    const zone = labels.slice(above).join('.');
    const { answers } = await firstResolver(zone, dns, (server) =>
      dns.ask({ name: zone, type: 'NS', server, recurse: true }, signal),
    );
    // Of exactly this name: those at the end of a CNAME are another zone's.
    const own = answers.filter((record) => record.type === 'NS' && record.name === zone).map((record) => record.data);
    const names = [...new Set(own)].toSorted();
    if (names.length > mostNameServers) {
      throw new BlindError('server', `${zone} has ${names.length} name servers, more than can be asked one by one`);
    }
    if (names.length > 0) return Promise.all(names.map((each) => located(each, dns, signal)));
  }
  throw new BlindError('server', `no name server is known for ${name}`, { transient: true });
}

async function located(name: string, dns: Dns, signal: AbortSignal): Promise<Server | BlindError> {
  try {
    const addresses = await resolveAll(name, dns, signal);
    const server = addresses.find((address) => !address.includes(':')) ?? addresses[0];
    if (server !== undefined) return { server, name, role: 'authoritative' };
    return new BlindError('server', `the name server ${name} has no address`, { transient: true });
  } catch (error) {
    if (error instanceof BlindError) return error;
    throw error;
  }
}

/** One error of several, with what was heard besides. */
function together(blind: readonly BlindError[], said: readonly ServerSaid[]): BlindError {
  const heard = said.map((one) => `${shownServer(one)} says ${shownValues(one)}`);
  const words = [...new Set([...blind.map((error) => error.message), ...heard])].join('; ');
  const code = blind[0]?.code ?? 'network';
  return new BlindError(code, words.slice(0, 1000), { transient: blind.every((error) => error.transient) });
}

function shownServer({ name, server }: Server): string {
  return name === server ? server : `${name} (${server})`;
}

function shownValues({ status, values }: Said): string {
  if (status === 'NXDOMAIN') return 'there is no such name';
  return values.length === 0 ? 'there is no such record' : values.join(', ').slice(0, 200);
}

function plainName(name: string): string {
  return name.toLowerCase().replace(/\.$/, '');
}
