// Everything of a rehearsal that people reach over the web: the load balancer and the other machines, by their addresses.

import { spanMs } from './account-parts.ts';
import { createSite } from './application.ts';
import type { Site } from './application.ts';
import { balancerAddresses, balancerDnsName, balancerReply } from './balancer.ts';
import { certificatesOf, makeAuthority } from './certificates.ts';
import type { CertificateRequest } from './certificates.ts';
import { edgeAddresses, edgeName, edgeNames, edgeReply } from './edges.ts';
import { hostReply } from './hosts.ts';
import { layerHost, layerReply } from './layers.ts';
import { listen, loopback, stop } from './listening.ts';
import type { ConnectTo } from './listening.ts';
import { siteReply, siteUpgrade, waysToSite } from './other-sites.ts';
import { held } from './place.ts';
import { applicationReply } from './replies.ts';
import { applicationUpgrade } from './upgrade-replies.ts';
import type { RehearsalWorld } from './world.ts';

export interface SitesOptions {
  /** The world as it is now. */
  readonly world: () => RehearsalWorld;
  /** The clock of the rehearsal, in ms. */
  readonly now: () => number;
  /** Told of every request: `application`, an address or a name, and `GET /health/live`. */
  readonly asked: (machine: string, operation: string) => void;
}

export interface Sites {
  /** Ports of the load balancer on loopback. */
  readonly ports: { readonly http: number; readonly https: number };
  /** The names of the load balancer, of the bucket of image layers and of other sites, and every address, at ports 443 and 80. */
  readonly connectTo: readonly ConnectTo[];
  /** The authority of all certificates, PEM. */
  readonly caPem: string;
  close(): Promise<void>;
}

const dayMs = 86_400_000;
const hostCertificateMs = 200 * dayMs;

/** Serves the load balancer and the hosts of the world as it is now, each on two ports of its own. */
export async function openSites(options: SitesOptions): Promise<Sites> {
  const { world, now, asked } = options;
  const first = world();
  const started = now();
  const authority = await makeAuthority(Date.now(), started, issuedAt(first, started));
  const balancer: Site = {
    reply: (request) => balancerReply(world(), request, (part) => applicationReply(world(), part, request)),
    upgrade: (request) => balancerReply(world(), request, (part) => applicationUpgrade(world(), part, request)),
    fault: (path) => {
      const { slow, reset = false } = held(world().faults.application, path) ?? {};
      return { slowMs: slow === undefined ? 0 : spanMs(slow), reset };
    },
    certificate: certificatesOf(authority, () => balancerCertificate(world(), started)),
    ...oldestTls(first),
    asked: (operation) => asked('application', operation),
  };
  const hosts = Object.entries(first.hosts).map(([address, { names }]): readonly [string, Site] => [
    address,
    {
      reply: (request) => hostReply(world(), address, request),
      fault: () => ({ slowMs: 0, reset: false }),
      certificate: certificatesOf(authority, () => {
        const from = issuedAt(world(), started);
        return { names: held(world().hosts, address)?.names ?? names, ...lasting(from, hostCertificateMs) };
      }),
      asked: (operation) => asked(address, operation),
    },
  ]);
  const edges = Object.entries(first.account.cloudfront.distributions).map(
    ([id, state]): readonly [readonly string[], Site] => [
      [edgeName(state), ...edgeAddresses(state)],
      {
        reply: (request) => edgeReply(world(), id, request, now()),
        upgrade: () => undefined,
        fault: () => ({ slowMs: 0, reset: false }),
        certificate: certificatesOf(authority, () => ({
          names: edgeNames(world(), held(world().account.cloudfront.distributions, id) ?? state),
          ...lasting(issuedAt(world(), started), hostCertificateMs),
        })),
        asked: (operation) => asked(edgeName(state), operation),
      },
    ],
  );
  const { region, ecr } = first.account;
  const bucket: Site = {
    reply: (request) => layerReply(world(), now(), request),
    fault: () => ({ slowMs: 0, reset: false }),
    certificate: certificatesOf(authority, () => ({
      names: [layerHost(region)],
      ...lasting(issuedAt(world(), started), hostCertificateMs),
    })),
    asked: (operation) => asked(layerHost(region), operation),
  };
  const others = Object.entries(first.sites).map(([name, state]): readonly [readonly string[], Site] => [
    waysToSite(first, name, state),
    {
      reply: (request) => siteReply(world(), name, request),
      upgrade: (request) => siteUpgrade(world(), name, request),
      fault: () => ({ slowMs: 0, reset: false }),
      certificate: certificatesOf(authority, () => {
        const { names = [name] } = held(world().sites, name) ?? state;
        return { names, ...lasting(issuedAt(world(), started), hostCertificateMs) };
      }),
      asked: (operation) => asked(name, operation),
    },
  ]);
  const buckets = Object.keys(ecr.repositories).length === 0 ? [] : [[layerHost(region), bucket] as const];
  const application = await serve(balancer, balancerNames(first));
  const machines = [...hosts, ...buckets].map(([name, site]) => serve(site, [name]));
  const served = [
    application,
    ...(await Promise.all([...machines, ...[...others, ...edges].map(([names, site]) => serve(site, names))])),
  ];
  return {
    ports: application.ports,
    connectTo: served.flatMap((each) => each.connectTo),
    caPem: authority.caPem,
    close: async () => {
      await Promise.all(served.map((each) => each.close()));
    },
  };
}

/** The name of the load balancer in front of the application, and the addresses that leads to. */
function balancerNames({ account, application }: RehearsalWorld): readonly string[] {
  const state = held(account.elbv2.load_balancers, application.load_balancer);
  if (state === undefined) return [];
  return [balancerDnsName(application.load_balancer, state, account.region), ...balancerAddresses(state)];
}

/** As the security policy of its listener has it when the stand-in is started. */
function oldestTls({ account, application }: RehearsalWorld): Pick<Site, 'oldestTls'> {
  const balancer = held(account.elbv2.load_balancers, application.load_balancer);
  const policy = held(balancer?.listeners ?? {}, '443')?.ssl_policy ?? '';
  return policy.includes('-TLS13-1-3-') ? { oldestTls: 'TLSv1.3' } : {};
}

function balancerCertificate(world: RehearsalWorld, started: number): CertificateRequest {
  const { domains, certificate } = world.application;
  const names = certificate.names ?? domains;
  return { names, ...lasting(issuedAt(world, started), spanMs(certificate.lasts)) };
}

function issuedAt({ application: { certificate } }: RehearsalWorld, started: number): number {
  return certificate.issued === undefined ? started : Date.parse(certificate.issued);
}

/** A day is allowed for clocks that are behind. */
function lasting(issued: number, ms: number): { readonly from: number; readonly to: number } {
  return { from: issued - dayMs, to: issued + ms };
}

async function serve(site: Site, names: readonly string[]): Promise<Omit<Sites, 'caPem'>> {
  const { http, https, hangUp } = await createSite(site);
  const ports = { http: await listen(http, 0), https: await listen(https, 0) };
  const connectTo = names.flatMap((host) => [
    { host, port: 443, toAddress: loopback, toPort: ports.https },
    { host, port: 80, toAddress: loopback, toPort: ports.http },
  ]);
  const close = async (): Promise<void> => {
    hangUp();
    await Promise.all([http, https].map(stop));
  };
  return { ports, connectTo, close };
}
