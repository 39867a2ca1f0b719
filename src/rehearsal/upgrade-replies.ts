// Which WebSocket is behind a path of a machine, and what the upgrade is refused with where there is none.

import type { SiteRequest } from './application.ts';
import { held } from './place.ts';
import { textReply } from './replies.ts';
import type { ApplicationReply } from './replies.ts';
import type { WebsocketState } from './web-states.ts';
import type { RehearsalWorld } from './world.ts';

/** The WebSocket of a part of the application. A backend that is not live opens none. */
export function applicationUpgrade(
  world: RehearsalWorld,
  part: 'backend' | 'frontend',
  request: SiteRequest,
): WebsocketState | ApplicationReply {
  const { websockets, backend } = world.application;
  return part === 'backend' && !backend.live ? textReply(503, 'Not live') : upgraded(websockets, request);
}

/** One of these WebSockets by the path of a request, or what the upgrade is refused with. */
export function upgraded(
  websockets: Readonly<Record<string, WebsocketState>>,
  { path, authorization }: SiteRequest,
): WebsocketState | ApplicationReply {
  const state = held(websockets, path);
  if (state === undefined) return textReply(404, 'Not Found');
  if (!isAllowed(state.needs, authorization)) return unauthorized();
  return state.refuses === undefined ? state : textReply(state.refuses, 'Refused');
}

/** Whether the bearer token that is needed was sent. */
export function isAllowed(needs: string | undefined, authorization: string): boolean {
  return needs === undefined || /^(?:Bearer|token) (.+)$/i.exec(authorization)?.[1] === needs;
}

/** What whoever sent none is told. */
export function unauthorized(): ApplicationReply {
  const headers = { 'content-type': 'application/json', 'www-authenticate': 'Bearer' };
  return { status: 401, headers, body: JSON.stringify({ message: 'Bad credentials' }) };
}
