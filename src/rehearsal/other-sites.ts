// Web sites outside the account, reached by name: an API, a status page, documents. Pages and WebSockets as the world says.

import type { SiteRequest } from './application.ts';
import { held, idOf } from './place.ts';
import { textReply } from './replies.ts';
import type { ApplicationReply } from './replies.ts';
import { pageAt } from './page-at.ts';
import { upgraded } from './upgrade-replies.ts';
import type { SiteState, WebsocketState } from './web-states.ts';
import type { RehearsalWorld } from './world.ts';

/** The addresses a site's name leads to: those of the state, or one in 198.18.0.0/16 that is always the same. */
export function siteAddresses(name: string, { addresses }: SiteState): readonly string[] {
  const at = Number.parseInt(idOf(name, 4), 16);
  return addresses ?? [`198.18.${at >> 8}.${at & 255}`];
}

/** What leads to a site: its addresses, and its name unless a zone of the world says where that leads. */
export function waysToSite(world: RehearsalWorld, name: string, state: SiteState): readonly string[] {
  const zones = Object.entries(world.account.route53.zones).filter(([, zone]) => !zone.private);
  const inZone = zones.some(([zone]) => name === zone || name.endsWith(`.${zone}`));
  return [...(inZone ? [] : [name]), ...siteAddresses(name, state)];
}

/** What a site answers; undefined when there is none any more. Port 80 leads to https. */
export function siteReply(world: RehearsalWorld, name: string, request: SiteRequest): ApplicationReply | undefined {
  const state = held(world.sites, name);
  if (state === undefined) return undefined;
  const { port, host, path, search } = request;
  if (port === 80) return { status: 301, headers: { location: `https://${host}${path}${search}` }, body: '' };
  return pageAt(state.pages, request) ?? textReply(404, 'Not Found');
}

/** The WebSocket of a site at a path, or what its upgrade is refused with. */
export function siteUpgrade(
  world: RehearsalWorld,
  name: string,
  request: SiteRequest,
): WebsocketState | ApplicationReply | undefined {
  const state = held(world.sites, name);
  if (state === undefined || request.port === 80) return siteReply(world, name, request);
  return upgraded(state.websockets, request);
}
