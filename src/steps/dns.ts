// What name servers say of one name, each of them asked in a packet of its own.

import { z } from 'zod';
import { durationUpTo, parseDuration } from '../engine/duration.ts';
import type { Shape } from '../engine/shape.ts';
import { BlindError } from '../errors.ts';
import type { Dns, RecordType } from '../wire.ts';
import { askServer, askServers, resolveAll, type ServerSaid } from './dns-servers.ts';
import type { Kind } from './kind.ts';

export interface DnsArgs {
  readonly name: string;
  /** Default A. */
  readonly type?: RecordType | undefined;
  /** `authoritative` (all name servers of the zone; the default), or resolvers as `ADDR[:PORT]`. */
  readonly servers?: string | readonly string[] | undefined;
  /** Another name, whose addresses the answers are compared with at the same moment. */
  readonly same_as?: string | undefined;
  /** For each server. Default 4s. */
  readonly timeout?: string | undefined;
}

const types = ['A', 'AAAA', 'CAA', 'CNAME', 'MX', 'NS', 'SOA', 'TXT'] as const;
const label = '(?:[A-Za-z0-9_](?:[A-Za-z0-9_-]{0,61}[A-Za-z0-9_])?)';
const hostName = new RegExp(String.raw`^(?=.{1,254}$)(?:\*\.)?${label}(?:\.${label})*\.?$`);
const longestTimeoutMs = 30_000;
const isTimeout = durationUpTo(longestTimeoutMs);
const defaultTimeoutMs = 4000;

const nameSchema = z.string().regex(hostName, 'Give a name such as app.example.com');
const serverSchema = z
  .string()
  .refine(isServer, 'Give authoritative, or the address of a resolver, such as 1.1.1.1 or 1.1.1.1:53');

const schema: z.ZodType<DnsArgs> = z
  .strictObject({
    name: nameSchema,
    type: z.enum(types).optional().describe('A unless it is given'),
    servers: z
      .union([serverSchema, z.array(serverSchema).min(1).max(20)])
      .optional()
      .describe(
        'authoritative (all name servers of the zone; what is asked unless it is given), or resolvers as ADDR or ADDR:PORT',
      ),
    same_as: nameSchema
      .optional()
      .describe('another name: each answer is compared with the addresses this one has at the same moment'),
    timeout: z
      .string()
      .refine(isTimeout, 'Give a duration of at most 30s, such as 4s')
      .optional()
      .describe('for each server; 4s unless it is given'),
  })
  .refine(
    ({ type = 'A', same_as }) => same_as === undefined || type === 'A' || type === 'AAAA',
    'same_as compares addresses: type has to be A or AAAA',
  );

const strings: Shape = { type: 'list', of: () => ({ type: 'string' }) };
const answer: Shape = {
  type: 'structure',
  members: () => ({
    server: { type: 'string' },
    name: { type: 'string' },
    role: { type: 'string' },
    status: { type: 'string' },
    values: strings,
    ttl: { type: 'number' },
    same: { type: 'boolean' },
  }),
  required: ['server', 'name', 'role', 'status', 'values'],
};
const facts: Shape = {
  type: 'structure',
  members: () => ({
    found: { type: 'boolean' },
    name: { type: 'string' },
    type: { type: 'string' },
    answers: { type: 'list', of: () => answer },
    expected_values: strings,
  }),
  required: ['found', 'name', 'type', 'answers'],
};

/**
 * Facts: `found` (some server has a value), `name`, `type`, and per server in `answers` its `server` address, `name`,
 * `role` (authoritative or resolver), `status` (NOERROR or NXDOMAIN: both are answers), `values` after the CNAME chain
 * (sorted) and the chain's smallest `ttl` in seconds. With `same_as`: `expected_values`, all that was heard of the
 * other name, and per answer `same`: it has values, and each of them is one that this very server or this machine's
 * resolvers give for the other name. A server that does not answer makes the whole look blind.
 */
export const dns: Kind<DnsArgs> = {
  name: 'dns',
  summary: 'What name servers say of a name: each authoritative server, or resolvers; values, TTLs, NXDOMAIN.',
  example: `probe:
  dns: { name: "\${domain}", servers: [authoritative, 1.1.1.1, 8.8.8.8], same_as: "\${alb.DNSName}" }
expect:
  - { path: answers, all: { path: same, eq: true } }
  - { path: answers, all: { path: ttl, lte: 60 } }`,
  schema,
  nature: () => 'looks',
  describe: ({ name, type = 'A', servers, same_as }) =>
    `Ask ${asked(servers)} for ${type} of ${name}${same_as === undefined ? '' : `, which should be the same as ${same_as}`}`,
  permissions: () => [],
  operations: () => [],
  facts: () => facts,
  run: async (args, world, attempt) => {
    const { name, type = 'A' } = args;
    const timeoutMs = parseDuration(args.timeout ?? '') ?? defaultTimeoutMs;
    const question = { name, type, timeoutMs };
    const said = await askServers({ ...question, servers: listed(args.servers) }, world.dns, attempt.signal);
    const { answers, expected } =
      args.same_as === undefined
        ? { answers: said, expected: undefined }
        : await compared(said, { ...question, name: args.same_as }, world.dns, attempt.signal);
    return {
      facts: {
        found: said.some(({ values }) => values.length > 0),
        name,
        type,
        answers: answers.map((one) => ({ ...one, values: [...one.values] })),
        ...(expected !== undefined && { expected_values: [...expected] }),
      },
      requests: [],
    };
  },
};

interface Question {
  readonly name: string;
  readonly type: RecordType;
  readonly timeoutMs: number;
}

/**
 * The addresses of a load balancer rotate, so each server is held against what it says of the other name itself, and
 * against this machine's resolvers. That it says nothing of the other name is no finding: it may be of another zone.
 */
async function compared(
  said: readonly ServerSaid[],
  other: Question,
  dnsWorld: Dns,
  signal: AbortSignal,
): Promise<{ answers: readonly (ServerSaid & { readonly same: boolean })[]; expected: readonly string[] }> {
  const [common, ...own] = await Promise.all([
    resolveAll(other.name, dnsWorld, signal),
    ...said.map((server) => ownValues(server, other, dnsWorld, signal)),
  ]);
  const answers = said.map((one, index) => {
    const known = new Set([...common, ...(own[index] ?? [])]);
    return { ...one, same: one.values.length > 0 && one.values.every((value) => known.has(value)) };
  });
  return { answers, expected: [...new Set([...common, ...own.flat()])].toSorted() };
}

async function ownValues(
  server: ServerSaid,
  other: Question,
  dnsWorld: Dns,
  signal: AbortSignal,
): Promise<readonly string[]> {
  try {
    return (await askServer(server, other, dnsWorld, signal)).values;
  } catch (error) {
    if (error instanceof BlindError) return [];
    throw error;
  }
}

function listed(servers: DnsArgs['servers'] = 'authoritative'): readonly string[] {
  return typeof servers === 'string' ? [servers] : servers;
}

function asked(servers: DnsArgs['servers']): string {
  const words = listed(servers).map((server) => (server === 'authoritative' ? 'the zone’s name servers' : server));
  const last = words.at(-1) ?? '';
  return words.length < 2 ? last : `${words.slice(0, -1).join(', ')} and ${last}`;
}

function isServer(text: string): boolean {
  if (text === 'authoritative' || z.ipv4().safeParse(text).success || z.ipv6().safeParse(text).success) return true;
  const [, six, four, port] = /^(?:\[([^\]]+)\]|([\d.]+)):(\d{1,5})$/.exec(text) ?? [];
  const address = six === undefined ? z.ipv4().safeParse(four) : z.ipv6().safeParse(six);
  return address.success && Number(port) > 0 && Number(port) <= 65_535;
}
