// Machines outside the account, such as the one DNS leads to before the cutover: a page, and perhaps a readiness path.

import { held } from './place.ts';
import { jsonReply, pageReply, textReply } from './replies.ts';
import type { ApplicationReply } from './replies.ts';
import type { SiteRequest } from './application.ts';
import type { RehearsalWorld } from './world.ts';

/** What the machine at `address` answers; undefined when there is none any more. Port 80 leads to https. */
export function hostReply(world: RehearsalWorld, address: string, request: SiteRequest): ApplicationReply | undefined {
  const state = held(world.hosts, address);
  if (state === undefined) return undefined;
  const { port, host, method, path, search } = request;
  if (port === 80) return { status: 301, headers: { location: `https://${host}${path}${search}` }, body: '' };
  if (method !== 'GET' && method !== 'HEAD') return textReply(405, 'Method Not Allowed');
  if (path === '/') return pageReply(state.page);
  const readiness = path === '/health/ready' || path === '/api/health/ready';
  if (readiness && state.ready !== undefined) return jsonReply(state.ready ? 200 : 503, { ok: state.ready });
  return textReply(404, 'Not Found');
}
