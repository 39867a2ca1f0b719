// What the application answers, as a function of its state: no sockets here, so target health can ask it too.

import { pageAt } from './page-at.ts';
import type { HostState, RehearsalWorld } from './world.ts';

export interface ApplicationRequest {
  readonly method: string;
  /** Without the query. */
  readonly path: string;
  /** With its question mark; absent or empty without a query. */
  readonly search?: string;
  readonly authorization: string;
  readonly body: string;
}

export interface ApplicationReply {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

/** The answer of one part of the application. */
export function applicationReply(
  world: RehearsalWorld,
  part: 'backend' | 'frontend',
  request: ApplicationRequest,
): ApplicationReply {
  return part === 'backend' ? backendReply(world, request) : frontendReply(world, request);
}

function frontendReply(world: RehearsalWorld, { method, path }: ApplicationRequest): ApplicationReply {
  if (method !== 'GET' && method !== 'HEAD') return textReply(405, 'Method Not Allowed');
  if (path !== '/') return textReply(404, 'Not Found');
  return pageReply(world.application.frontend.page);
}

/** A page of the world as an answer. */
export function pageReply({ status, type, body }: HostState['page']): ApplicationReply {
  return { status, headers: { 'content-type': type, 'x-content-type-options': 'nosniff' }, body };
}

function backendReply(world: RehearsalWorld, request: ApplicationRequest): ApplicationReply {
  const { method, path } = request;
  const { live, checks } = world.application.backend;
  const written = pageAt(world.application.pages, request);
  if (written !== undefined) return live ? written : textReply(503, 'Not live');
  const looks = method === 'GET' || method === 'HEAD';
  if (looks && path === '/health/live') return jsonReply(live ? 200 : 503, { ok: live });
  if (looks && (path === '/health/ready' || path === '/api/health/ready')) {
    const all = Object.entries(checks).map(([name, ok]) => ({ name, ok }));
    const ok = live && all.every((check) => check.ok);
    return jsonReply(ok ? 200 : 503, { ok, checks: [{ name: 'self', ok: live }, ...all] });
  }
  if (path === '/api/v1/chat')
    return method === 'POST' ? chatReply(world, request) : jsonReply(405, { detail: 'Method Not Allowed' });
  return jsonReply(404, { detail: 'Not Found' });
}

/** Who is asking comes first, then what they have left, then what they ask: the order in which a leak would matter. */
function chatReply(world: RehearsalWorld, request: ApplicationRequest): ApplicationReply {
  const { test_token: good, spent_token: spent } = world.secrets;
  const { budget_enforced: enforced, model } = world.application.backend;
  const token = /^Bearer (.+)$/.exec(request.authorization)?.[1];
  if (token === undefined || (token !== good && token !== spent)) {
    const reply = jsonReply(401, { detail: 'Not authenticated' });
    return { ...reply, headers: { ...reply.headers, 'www-authenticate': 'Bearer' } };
  }
  if (token === spent && enforced) {
    const reply = jsonReply(429, { detail: 'Budget exceeded for this billing period' });
    return { ...reply, headers: { ...reply.headers, 'retry-after': '3600' } };
  }
  if (!hasMessages(request.body)) return jsonReply(422, { detail: 'messages: a list is required' });
  return jsonReply(200, {
    id: 'chatcmpl-rehearsal',
    model,
    choices: [{ index: 0, message: { role: 'assistant', content: 'It works.' }, finish_reason: 'stop' }],
  });
}

function hasMessages(body: string): boolean {
  try {
    const value: unknown = JSON.parse(body);
    return typeof value === 'object' && value !== null && 'messages' in value && Array.isArray(value.messages);
  } catch {
    return false;
  }
}

/** An answer in JSON. */
export function jsonReply(status: number, body: object): ApplicationReply {
  return { status, headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) };
}

/** An answer in plain text. */
export function textReply(status: number, body: string): ApplicationReply {
  return { status, headers: { 'content-type': 'text/plain' }, body };
}
