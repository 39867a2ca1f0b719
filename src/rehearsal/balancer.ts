// The load balancer as traffic meets it: which listener and rule take a request, and what becomes of it behind them.

import type { ListenerAction, LoadBalancerState } from './account.ts';
import type { SiteRequest } from './application.ts';
import { targetsOf } from './fleet.ts';
import { held, idOf } from './place.ts';
import type { ApplicationReply } from './replies.ts';
import type { RehearsalWorld } from './world.ts';

type Part = 'backend' | 'frontend';

/** The hosted zone that names of load balancers in us-east-1 lie in: what an alias to one has to say. */
export const balancerZone = 'Z35SXDOTRQ7X7K';

/** `NAME-SUFFIX.REGION.elb.amazonaws.com` */
export function balancerDnsName(name: string, state: LoadBalancerState, region: string): string {
  return `${name}-${state.suffix}.${region}.elb.amazonaws.com`;
}

/** The addresses its name leads to: those of the state, or two in 198.51.100.0/24, always the same for a suffix. */
export function balancerAddresses({ addresses, suffix }: LoadBalancerState): readonly string[] {
  const at = Number.parseInt(idOf(suffix, 4), 16);
  return addresses ?? [`198.51.100.${1 + (at % 126)}`, `198.51.100.${128 + (at % 126)}`];
}

/**
 * The answer to a request at one of its ports, or undefined when nothing listens there.
 * `behind` answers what goes on to a part of the application. As in AWS: no targets is 503; when all are unhealthy requests go to all of them, so one that hangs is 504.
 */
export function balancerReply<T = ApplicationReply>(
  world: RehearsalWorld,
  request: SiteRequest,
  behind: (part: Part) => T,
): T | ApplicationReply | undefined {
  const { port, host, path, search } = request;
  const balancer = held(world.account.elbv2.load_balancers, world.application.load_balancer);
  const listener = held(balancer?.listeners ?? {}, String(port));
  if (listener === undefined) return undefined;
  const rules = Object.entries(listener.rules).toSorted(([a], [b]) => Number(a) - Number(b));
  const rule = rules.find(([, { paths }]) => paths.some((pattern) => matches(pattern, path)));
  const action = rule?.[1].action ?? listener.default;
  if ('forward' in action) return forward(world, action, behind);
  if ('fixed' in action)
    return { status: action.fixed.code, headers: { 'content-type': 'text/plain' }, body: action.fixed.body };
  const to = action.redirect === 'https' ? host : action.redirect.host;
  const location = `https://${to}:443${path}${search}`;
  return { status: 301, headers: { location, server: 'awselb/2.0' }, body: '' };
}

/** Path patterns of a listener rule: `*` is any text, `?` any one character, case counts. */
function matches(pattern: string, path: string): boolean {
  const parts = pattern
    .split('*')
    .map((part) => part.replace(/[\\^$.*+()[\]{}|]/g, String.raw`\$&`).replaceAll('?', '.'));
  return new RegExp(`^${parts.join('.*')}$`).test(path);
}

function forward<T>(
  world: RehearsalWorld,
  action: ListenerAction & { forward: string },
  behind: (part: Part) => T,
): T | ApplicationReply {
  const group = held(world.account.elbv2.target_groups, action.forward);
  const targets = group === undefined ? [] : targetsOf(world, action.forward, group);
  if (group === undefined || targets.length === 0) return own(503, 'Service Temporarily Unavailable');
  if (targets.every((target) => target.reason === 'Target.Timeout')) return own(504, 'Gateway Time-out');
  return behind(group.serves);
}

/** A page of the load balancer's own. */
function own(status: number, title: string): ApplicationReply {
  const body = `<html>\r\n<head><title>${status} ${title}</title></head>\r\n<body>\r\n<center><h1>${status} ${title}</h1></center>\r\n</body>\r\n</html>\r\n`;
  return { status, headers: { 'content-type': 'text/html', server: 'awselb/2.0' }, body };
}
