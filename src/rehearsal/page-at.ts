// The page that a world says stands at a path, of a site or of the application.

import { held } from './place.ts';
import type { ApplicationReply, ApplicationRequest } from './replies.ts';
import { isAllowed, unauthorized } from './upgrade-replies.ts';
import type { Pages } from './web-states.ts';

/** What stands at a path, with its query before without; undefined where nothing does. 401 without the token it needs. */
export function pageAt(
  pages: Pages,
  { method, path, search = '', authorization }: ApplicationRequest,
): ApplicationReply | undefined {
  const seen = method === 'HEAD' ? 'GET' : method;
  const keys = [`${path}${search}`, path].flatMap((key) => [`${seen} ${key}`, ...(seen === 'GET' ? [key] : [])]);
  const page = keys.map((key) => held(pages, key)).find((each) => each !== undefined);
  if (page === undefined) return undefined;
  if (!isAllowed(page.needs, authorization)) return unauthorized();
  const { status, type, headers, body } = page;
  const text = typeof body === 'string' ? body : JSON.stringify(body);
  return { status, headers: { 'content-type': type, ...headers }, body: text };
}
