// Where a request really goes: `connect_to`, the command line's --connect-to, proxies, and one address of the name.

import { lookup } from 'node:dns/promises';
import { isIP } from 'node:net';
import { BlindError } from '../errors.ts';
import { resolveAll } from '../steps/dns-servers.ts';
import type { Dns } from '../wire.ts';
import { isLinkLocal, isLoopback } from './addresses.ts';

/** curl's `--connect-to HOST:PORT:ADDR:PORT`: requests for the first pair connect to the second. */
export interface ConnectTo {
  readonly host: string;
  readonly port: number;
  readonly toAddress: string;
  readonly toPort: number;
}

export interface RouteOptions {
  readonly connectTo: readonly ConnectTo[];
  /** Refuses every address but loopback, and proxies. */
  readonly rehearsal: boolean;
  /** Whom to ask for names, where the command line names a DNS server; absent: the operating system. */
  readonly dns?: Dns | undefined;
  readonly env: Readonly<Record<string, string | undefined>>;
}

/** One address to connect to, or a proxy that connects for us. */
export type Route =
  | { readonly address: string; readonly family: 4 | 6; readonly port: number }
  | { readonly proxy: URL };

/**
 * The way to a URL. The step's `connect_to` comes first, then the command line's map is matched against where that
 * leads: by name, and else by the address the name resolves to. Either of them bypasses proxies, as loopback does and
 * as a DNS server of our own does, because a proxy asks another one. A name is resolved once, to one address, and that
 * address is checked, so that nothing can resolve differently between the check and the connection.
 */
export async function routeTo(
  url: URL,
  connectTo: string | undefined,
  options: RouteOptions,
  signal: AbortSignal,
): Promise<Route> {
  const { rehearsal, dns } = options;
  const asked = { host: bareHost(url), port: portOf(url) };
  const first = connectTo === undefined ? asked : parseAddress(connectTo, asked.port);
  const mapped = mappedTo(first, options.connectTo);
  const moved = connectTo !== undefined || mapped !== undefined || dns !== undefined;
  const proxy = moved || rehearsal ? undefined : proxyFor(url, options.env);
  if (proxy !== undefined) {
    if (isIP(asked.host) !== 0) guard(asked.host, asked.host, false);
    return { proxy };
  }
  const named = mapped ?? first;
  const resolved = { host: await resolve(named.host, options, signal), port: named.port };
  const again = mapped === undefined ? mappedTo(resolved, options.connectTo) : undefined;
  // Also where a map leads elsewhere: a name of ours must not point there.
  guard(resolved.host, named.host, rehearsal && again === undefined);
  if (again === undefined) return routeOf(resolved);
  const last = { host: await resolve(again.host, options, signal), port: again.port };
  guard(last.host, again.host, rehearsal);
  return routeOf(last);
}

interface Place {
  readonly host: string;
  readonly port: number;
}

function routeOf({ host, port }: Place): Route {
  return { address: host, family: isIP(host) === 6 ? 6 : 4, port };
}

function mappedTo(place: Place, map: readonly ConnectTo[]): Place | undefined {
  const found = map.find((each) => sameName(each.host, place.host) && each.port === place.port);
  return found && { host: found.toAddress, port: found.toPort };
}

/** The host of a URL without the brackets of an IPv6 address. */
export function bareHost(url: URL): string {
  return url.hostname.replace(/^\[|\]$/g, '');
}

export function portOf(url: URL): number {
  return Number(url.port) || (url.protocol === 'https:' ? 443 : 80);
}

function parseAddress(text: string, port: number): { host: string; port: number } {
  const match = /^(?:\[([^\]]+)\]|([^:]+))(?::(\d+))?$/.exec(text);
  const host = match?.[1] ?? match?.[2];
  if (host === undefined)
    throw new BlindError('invalid', `connect_to: ${text.slice(0, 100)} is neither ADDR nor ADDR:PORT`);
  return { host, port: match?.[3] === undefined ? port : Number(match[3]) };
}

function sameName(a: string, b: string): boolean {
  return a.toLowerCase().replace(/\.$/, '') === b.toLowerCase().replace(/\.$/, '');
}

/** The address of a name; IPv4 where there is a choice and a DNS server of our own was asked. */
async function resolve(host: string, { rehearsal, dns }: RouteOptions, signal: AbortSignal): Promise<string> {
  if (isIP(host) !== 0) return host;
  // Nobody is asked for this machine's own name.
  const own = /^(?:.+\.)?localhost\.?$/i.test(host);
  if (dns !== undefined && !own) {
    const addresses = await resolveAll(host, dns, signal);
    const address = addresses.find((each) => isIP(each) === 4) ?? addresses[0];
    if (address !== undefined) return address;
    throw new BlindError('network', `the name ${host} does not resolve`, { transient: true });
  }
  // Asking for a name already tells somebody else about it.
  if (rehearsal && !own) {
    throw new BlindError('refused', `${host} is not part of this rehearsal, and a rehearsal asks nobody for names`);
  }
  try {
    return (await lookup(host)).address;
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? String(error.code) : 'unknown';
    const said = code === 'ENOTFOUND' ? 'does not resolve' : `cannot be resolved (${code})`;
    // A record that was just created may take a while: within a `wait` this is worth another look.
    throw new BlindError('network', `the name ${host} ${said}`, { transient: true, cause: error });
  }
}

function guard(address: string, host: string, rehearsal: boolean): void {
  const shown = address === host ? address : `${host} (${address})`;
  if (isLinkLocal(address)) {
    throw new BlindError(
      'refused',
      `${shown} is a link-local address, where machines keep their credentials; golive never connects to one`,
    );
  }
  if (rehearsal && !isLoopback(address)) {
    throw new BlindError('refused', `${shown} is not on this machine, and a rehearsal connects to nothing else`);
  }
}

function proxyFor(url: URL, env: RouteOptions['env']): URL | undefined {
  const host = bareHost(url);
  const names = url.protocol === 'https:' ? ['https_proxy', 'HTTPS_PROXY'] : ['http_proxy', 'HTTP_PROXY'];
  const configured = names.map((name) => env[name]).find((value) => value !== undefined && value !== '');
  if (configured === undefined || host === 'localhost' || host.endsWith('.localhost')) return undefined;
  if (isIP(host) !== 0 && isLoopback(host)) return undefined;
  if (bypassed(host, portOf(url), env['no_proxy'] ?? env['NO_PROXY'] ?? '')) return undefined;
  const text = configured.includes('://') ? configured : `http://${configured}`;
  if (!URL.canParse(text)) throw new BlindError('invalid', `${names[1]} is not an address`);
  return new URL(text);
}

/** `NO_PROXY`: names, `.suffix`, `*.suffix`, `name:port` or `*`, separated by commas or blanks. */
function bypassed(host: string, port: number, list: string): boolean {
  return list.split(/[\s,]+/).some((entry) => {
    const [, name = '', entryPort] = /^(.*?)(?::(\d+))?$/.exec(entry.toLowerCase()) ?? [];
    if (name === '' || (entryPort !== undefined && Number(entryPort) !== port)) return false;
    const suffix = name.replace(/^\*?\./, '');
    return name === '*' || host.toLowerCase() === suffix || host.toLowerCase().endsWith(`.${suffix}`);
  });
}
