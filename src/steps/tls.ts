// One TLS handshake: who the server says it is, until when, and which versions it takes.

import { z } from 'zod';
import { parseDuration } from '../engine/duration.ts';
import type { JsonObject } from '../engine/json.ts';
import type { Shape } from '../engine/shape.ts';
import { BlindError } from '../errors.ts';
import type { TlsCertificate, TlsRequest, TlsSession, TlsVersion } from '../wire.ts';
import type { World } from '../world.ts';
import { address, isTimeout } from './http.ts';
import type { Attempt, Kind } from './kind.ts';

export interface TlsArgs {
  readonly host: string;
  /** Default 443. */
  readonly port?: number | undefined;
  /** `ADDR[:PORT]`, as for `http`: right name, SNI and certificate, other address. */
  readonly connect_to?: string | undefined;
  /** Versions to offer one by one, each alone. */
  readonly versions?: readonly TlsVersion[] | undefined;
  /** For each handshake. Default 10s. */
  readonly timeout?: string | undefined;
}

const knownVersions: readonly TlsVersion[] = ['TLSv1', 'TLSv1.1', 'TLSv1.2', 'TLSv1.3'];
const defaultTimeoutMs = 10_000;
const host = /^(?:[A-Za-z0-9_][A-Za-z0-9_.-]*|[0-9A-Fa-f:.]+)$/;

const schema: z.ZodType<TlsArgs> = z.strictObject({
  host: z.string().max(253).regex(host, 'Give a host name, without https:// and without a port'),
  port: z.int().min(1).max(65_535).optional().describe('443 unless it is given'),
  connect_to: z
    .string()
    .regex(address, 'Give ADDR or ADDR:PORT')
    .optional()
    .describe('ADDR or ADDR:PORT to connect to, with the name and certificate of the host'),
  versions: z
    .array(z.enum(knownVersions))
    .min(1)
    .refine((given) => new Set(given).size === given.length, 'Name each version once')
    .optional()
    .describe('versions to offer, each alone; only a refusal by the server counts as one'),
  timeout: z
    .string()
    .refine(isTimeout, 'Give a duration of at most 5m, such as 10s')
    .optional()
    .describe('for each handshake; 10s unless it is given'),
});

const text: Shape = { type: 'string' };
const flag: Shape = { type: 'boolean' };
const time: Shape = { type: 'time' };
const inChain: Shape = {
  type: 'structure',
  members: () => ({ subject: text, issuer: text, valid_to: time }),
  required: ['subject', 'issuer', 'valid_to'],
};
const offered: Shape = {
  type: 'structure',
  members: () => ({ version: text, accepted: flag, said: text }),
  required: ['version', 'accepted', 'said'],
};
const members: Readonly<Record<string, Shape>> = {
  protocol: text,
  cipher: text,
  authorized: flag,
  problem: text,
  subject: text,
  issuer: text,
  names: { type: 'list', of: () => text },
  covers_host: flag,
  valid_from: time,
  valid_to: time,
  earliest_expiry: time,
  chain_expires: text,
  chain: { type: 'list', of: () => inChain },
  remote_address: text,
};

/**
 * Facts of a handshake as a client of today makes it: `protocol`, `cipher`; `authorized`, else `problem` says why not;
 * `subject`, `issuer`, `names`, `covers_host`, `valid_from`, `valid_to` of the server's own certificate; `chain` as it was
 * sent, with `earliest_expiry` of it and `chain_expires`, whose that is; `remote_address`. With `versions`, what came of
 * each offered alone: `accepted`, and what the server `said`.
 */
export const tls: Kind<TlsArgs> = {
  name: 'tls',
  summary: 'One TLS handshake: certificate chain, names, earliest expiry, and which versions the server takes.',
  example: `probe:
  tls: { host: "\${domain}", versions: [TLSv1, TLSv1.1] }
expect:
  - { path: authorized, eq: true }
  - { path: earliest_expiry, from_now: { gte: 30d } }
  - { path: "versions[]", all: { path: accepted, eq: false } }`,
  schema,
  nature: () => 'looks',
  describe: (args) =>
    `TLS handshake with ${place(args)}${args.connect_to === undefined ? '' : `, connecting to ${args.connect_to}`}${
      args.versions === undefined ? '' : `; then offers ${[args.versions].flat().join(', ')}, each alone`
    }`,
  permissions: () => [],
  operations: () => [],
  facts: ({ versions }) => ({
    type: 'structure',
    members: () => (versions === undefined ? members : { ...members, versions: { type: 'list', of: () => offered } }),
    required: Object.keys(members).filter((name) => name !== 'problem'),
  }),
  run: async (args, world, attempt) => ({ facts: await look(args, world, attempt), requests: [] }),
};

function place({ host: name, port = 443 }: TlsArgs): string {
  return `${name}:${port}`;
}

async function look(args: TlsArgs, { tls: outside }: World, { signal }: Attempt): Promise<JsonObject> {
  const [session, ...versions] = await Promise.all([
    outside.handshake(requestOf(args), signal),
    ...(args.versions ?? []).map(async (version) => {
      const outcome = await outside.handshake(requestOf(args, version), signal);
      if ('refused' in outcome) return { version, accepted: false, said: outcome.refused };
      return { version, accepted: true, said: `${outcome.protocol} with ${outcome.cipher}` };
    }),
  ]);
  if ('refused' in session)
    throw new BlindError('tls', `${place(args)} refused what a client of today offers: ${session.refused}`);
  return { ...factsOf(session), ...(args.versions !== undefined && { versions }) };
}

function requestOf(args: TlsArgs, version?: TlsVersion): TlsRequest {
  return {
    host: args.host,
    port: args.port ?? 443,
    ...(args.connect_to !== undefined && { connectTo: args.connect_to }),
    ...(version !== undefined && { version }),
    timeoutMs: parseDuration(args.timeout ?? '') ?? defaultTimeoutMs,
  };
}

function factsOf(session: TlsSession): JsonObject {
  const [own] = session.chain;
  if (own === undefined) throw new BlindError('tls', 'the server showed no certificate');
  const first = session.chain.reduce((soonest, each) => (expiry(each) < expiry(soonest) ? each : soonest), own);
  return {
    protocol: session.protocol,
    cipher: session.cipher,
    authorized: session.authorized,
    ...(session.problem !== undefined && { problem: session.problem }),
    subject: own.subject,
    issuer: own.issuer,
    names: [...own.names],
    covers_host: session.coversHost,
    valid_from: own.validFrom,
    valid_to: own.validTo,
    earliest_expiry: first.validTo,
    chain_expires: first.subject,
    chain: session.chain.map(({ subject, issuer, validTo }) => ({ subject, issuer, valid_to: validTo })),
    remote_address: session.remoteAddress,
  };
}

function expiry({ validTo }: TlsCertificate): number {
  return Date.parse(validTo);
}
