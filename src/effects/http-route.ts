// Where a request really goes: `connect_to`, the command line's --connect-to, proxies, and one address of the name.

import { lookup } from 'node:dns/promises';
import { BlockList, isIP } from 'node:net';
import { BlindError } from '../errors.ts';

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
  readonly env: Readonly<Record<string, string | undefined>>;
}

/** One address to connect to, or a proxy that connects for us. */
export type Route =
  | { readonly address: string; readonly family: 4 | 6; readonly port: number }
  | { readonly proxy: URL };

/** Where machines ask about themselves; its answers contain credentials. */
const linkLocal = new BlockList();
linkLocal.addSubnet('169.254.0.0', 16, 'ipv4');
linkLocal.addSubnet('fe80::', 10, 'ipv6');
// The addresses AWS keeps for the same in IPv6, and what a NAT64 gateway would turn into the IPv4 ones.
linkLocal.addSubnet('fd00:ec2::', 32, 'ipv6');
linkLocal.addSubnet('64:ff9b::a9fe:0', 112, 'ipv6');
const loopback = new BlockList();
loopback.addSubnet('127.0.0.0', 8, 'ipv4');
loopback.addAddress('::1', 'ipv6');

/**
 * The way to a URL. The step's `connect_to` comes first, then the command line's map is matched against where that
 * leads. Either of them bypasses proxies, as loopback does. A name is resolved once, to one address, and that address
 * is checked, so that nothing can resolve differently between the check and the connection.
 */
export async function routeTo(url: URL, connectTo: string | undefined, options: RouteOptions): Promise<Route> {
  const asked = { host: bareHost(url), port: portOf(url) };
  const first = connectTo === undefined ? asked : parseAddress(connectTo, asked.port);
  const mapped = options.connectTo.find((each) => sameName(each.host, first.host) && each.port === first.port);
  const to = mapped === undefined ? first : { host: mapped.toAddress, port: mapped.toPort };
  const moved = connectTo !== undefined || mapped !== undefined;
  const proxy = moved || options.rehearsal ? undefined : proxyFor(url, options.env);
  if (proxy !== undefined) {
    if (isIP(asked.host) !== 0) guard(asked.host, asked.host, false);
    return { proxy };
  }
  // Asking for a name already tells somebody else about it.
  if (options.rehearsal && isIP(to.host) === 0 && to.host.toLowerCase() !== 'localhost') {
    throw new BlindError('refused', `${to.host} is not part of this rehearsal, and a rehearsal asks nobody for names`);
  }
  const { address, family } = await resolve(to.host);
  guard(address, to.host, options.rehearsal);
  return { address, family: family === 6 ? 6 : 4, port: to.port };
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

async function resolve(host: string): Promise<{ address: string; family: number }> {
  const family = isIP(host);
  if (family !== 0) return { address: host, family };
  try {
    return await lookup(host);
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? String(error.code) : 'unknown';
    const said = code === 'ENOTFOUND' ? 'does not resolve' : `cannot be resolved (${code})`;
    // A record that was just created may take a while: within a `wait` this is worth another look.
    throw new BlindError('network', `the name ${host} ${said}`, { transient: true, cause: error });
  }
}

function guard(address: string, host: string, rehearsal: boolean): void {
  const family = isIP(address) === 6 ? 'ipv6' : 'ipv4';
  const shown = address === host ? address : `${host} (${address})`;
  if (linkLocal.check(address, family)) {
    throw new BlindError(
      'refused',
      `${shown} is a link-local address, where machines keep their credentials; golive never connects to one`,
    );
  }
  if (rehearsal && !loopback.check(address, family)) {
    throw new BlindError('refused', `${shown} is not on this machine, and a rehearsal connects to nothing else`);
  }
}

function proxyFor(url: URL, env: RouteOptions['env']): URL | undefined {
  const host = bareHost(url);
  const names = url.protocol === 'https:' ? ['https_proxy', 'HTTPS_PROXY'] : ['http_proxy', 'HTTP_PROXY'];
  const configured = names.map((name) => env[name]).find((value) => value !== undefined && value !== '');
  if (configured === undefined || host === 'localhost' || host.endsWith('.localhost')) return undefined;
  if (isIP(host) !== 0 && loopback.check(host, isIP(host) === 6 ? 'ipv6' : 'ipv4')) return undefined;
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
