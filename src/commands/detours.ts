// --connect-to and --dns-server: ways to the target that its users do not go, and when they are refused.

import type { Plan } from '../engine/plan.ts';
import { phaseSteps } from '../engine/plan.ts';
import { parsePlace } from '../effects/dns.ts';
import { GoliveError } from '../errors.ts';

export interface DetourOptions {
  readonly connectTo?: readonly string[];
  readonly dnsServer?: string;
}

export interface Detours {
  readonly connectTo: readonly {
    readonly host: string;
    readonly port: number;
    readonly toAddress: string;
    readonly toPort: number;
  }[];
  readonly dnsServer?: { readonly address: string; readonly port: number };
}

const longestNote = 4000;

/** What the command line says of them. Throws GoliveError `usage`. */
export function parseDetours({ connectTo = [], dnsServer }: DetourOptions): Detours {
  return {
    connectTo: connectTo.map(parseConnectTo),
    ...(dnsServer !== undefined && { dnsServer: parseDnsServer(dnsServer) }),
  };
}

export interface DetourWords {
  /** For the first screen, where one row has to do. */
  readonly shown: string;
  /** For the log, each as it was given. */
  readonly whole: string;
}

/** What they are called; undefined when there are none. */
export function detourWords({ connectTo = [], dnsServer }: DetourOptions): DetourWords | undefined {
  if (connectTo.length === 0 && dnsServer === undefined) return undefined;
  const dns = dnsServer === undefined ? [] : [`--dns-server ${dnsServer}`];
  const all = connectTo.map((to) => `--connect-to ${to}`);
  const few = all.length > 2 ? [`--connect-to for ${all.length} places`] : all;
  return { shown: [...dns, ...few].join(', '), whole: [...dns, ...all].join(', ').slice(0, longestNote) };
}

/**
 * Refuses them in a run that changes something, unless all of AWS is played by this machine: what is looked at after an
 * act would not go the way users go. `phases`: those that run; empty for all. Throws GoliveError `detour`.
 */
export function refuseDetours(
  plan: Plan,
  phases: readonly string[],
  options: DetourOptions,
  awsIsPlayed: boolean,
): void {
  if (awsIsPlayed || detourWords(options) === undefined) return;
  const act = plan.phases
    .filter(({ id }) => phases.length === 0 || phases.includes(id))
    .flatMap(phaseSteps)
    .find(({ work }) => work.type === 'act');
  if (act === undefined) return;
  const flags = [
    ...(options.connectTo?.length ? ['--connect-to'] : []),
    ...(options.dnsServer === undefined ? [] : ['--dns-server']),
  ].join(' and ');
  throw new GoliveError('detour', `${flags} cannot be used in a run that changes something (${act.id})`, {
    hint:
      'What is checked after the change would not go the way users go. Use it with --dry-run, with --phase for phases ' +
      'that change nothing, or against a stand-in.',
  });
}

/**
 * Refuses to go on with a run where another side would answer than the one that answered so far. What was seen on a
 * stand-in is no evidence about AWS, and what was captured there is not what AWS would be changed by; nor may a stand-in
 * say what became of a change to the real account. `before`, `now`: hosts that answer instead of AWS; none: AWS itself.
 * Throws GoliveError `endpoint`.
 */
export function refuseOtherSide(before: readonly string[], now: readonly string[], again: string): void {
  const [then, here] = [before, now].map((hosts) => [...new Set(hosts.map(withoutLocalPort))].toSorted());
  if (then === undefined || here === undefined || then.join(' ') === here.join(' ')) return;
  const words = (hosts: readonly string[]): string => (hosts.length === 0 ? 'AWS' : hosts.join(', '));
  throw new GoliveError('endpoint', `this run was begun against ${words(then)}, and here ${words(here)} would answer`, {
    hint:
      then.length === 0
        ? 'Remove the endpoint from the environment and the profile: a run about AWS goes on with AWS.'
        : `Nothing in it is evidence about AWS. Start a run of its own for AWS: ${again}`,
  });
}

/** A stand-in that was started again has another port, and the same world only if it kept it; AWS has no port at all. */
function withoutLocalPort(host: string): string {
  return host.replace(/^(localhost|127(?:\.\d{1,3}){3}|\[::1\]):\d+$/i, 'this machine');
}

/** `app.example.com:443:127.0.0.1:8443`, as curl writes it; an IPv6 address stands in brackets. */
export function parseConnectTo(text: string): Detours['connectTo'][number] {
  const match = /^([^:[\]]+):(\d{1,5}):(\[[0-9a-f:.]+\]|[^:[\]]+):(\d{1,5})$/i.exec(text);
  const [, host, port, toAddress, toPort] = match ?? [];
  if (host === undefined || toAddress === undefined || Number(port) > 65_535 || Number(toPort) > 65_535) {
    throw new GoliveError('usage', `--connect-to ${text} is not HOST:PORT:ADDR:PORT`, {
      hint: 'For example --connect-to app.example.com:443:10.0.0.7:443',
    });
  }
  return { host, port: Number(port), toAddress: toAddress.replace(/^\[|\]$/g, ''), toPort: Number(toPort) };
}

function parseDnsServer(text: string): NonNullable<Detours['dnsServer']> {
  const place = parsePlace(text);
  if (place !== undefined) return place;
  throw new GoliveError('usage', `--dns-server ${text} is not ADDR:PORT`, {
    hint: 'For example --dns-server 127.0.0.1:5353. It takes an address: a name would have to be resolved first.',
  });
}
