// Load over autocannon: many users, one address, an end in sight. Only what the target lists is asked.

import type { Client } from 'autocannon';
import { BlindError } from '../errors.ts';
import { isListed, notListed } from '../steps/load-list.ts';
import type { Load, LoadAnswer, LoadRequest } from '../wire.ts';
import { trustOf, type Trust } from './certificates.ts';
import { open, orAborted, type WayOptions } from './http-connect.ts';
import { blindError, timedOut } from './http-errors.ts';
import { routeTo, type Route } from './http-route.ts';
import { countRequests } from './load-figures.ts';
import { setUp } from './load-user.ts';

/** The most requests of one load. */
export const mostRequests = 100_000;
/** How long the first connection may take. */
const connectMs = 10_000;
/** How often autocannon looks whether it is over. */
const sampleMs = 50;

/** The real world's load, on the same ways as its HTTP. `listed`: the target's `load`. */
export function openLoad(options: WayOptions, listed: readonly string[]): Load {
  const trust = trustOf(options);
  const { connectTo, rehearsal = false, dns, env } = options;
  const settings = { connectTo, rehearsal, dns, env };
  // One at a time: two loads would each be measured against the other.
  let last: Promise<unknown> = Promise.resolve();
  return {
    run: (request, signal) => {
      const before = last;
      const own = (async () => {
        if (!isListed(request.url, listed)) throw unlisted(request.url);
        await orAborted(before, signal);
        const url = new URL(request.url);
        const route = await reached(url, trust, (limit) => routeTo(url, undefined, settings, limit), signal);
        return loadOn(request, url, route, trust, signal);
      })();
      last = own.catch(() => undefined);
      return own;
    },
  };
}

/** What a refusal of an address says that was filled in, and so could not be refused before. */
export function unlisted(url: string): BlindError {
  return new BlindError('refused', notListed(url), {
    hint: 'Add it there, if its owner agrees: load goes nowhere else.',
  });
}

type DirectRoute = Exclude<Route, { readonly proxy: URL }>;

/** One connection before all others: where nobody answers, or somebody else does, there is no load. */
async function reached(
  url: URL,
  trust: Trust,
  find: (signal: AbortSignal) => Promise<Route>,
  signal: AbortSignal,
): Promise<DirectRoute> {
  const timeout = AbortSignal.timeout(connectMs);
  const either = AbortSignal.any([signal, timeout]);
  let peer = url.host;
  try {
    const route = await orAborted(find(either), either);
    if ('proxy' in route) {
      throw new BlindError('refused', `load does not go through the proxy ${route.proxy.host}`, {
        hint: 'It would be the load of the proxy. Name the host in NO_PROXY, where it can be reached without.',
      });
    }
    peer = `${route.address}:${route.port}`;
    const { socket } = await open(url, route, trust, either);
    socket.destroy();
    return route;
  } catch (error) {
    if (signal.aborted) throw signal.reason;
    if (timeout.aborted) throw timedOut(peer, connectMs);
    throw blindError(error, url.hostname, peer);
  }
}

async function loadOn(
  request: LoadRequest,
  url: URL,
  route: DirectRoute,
  trust: Trust,
  signal: AbortSignal,
): Promise<LoadAnswer> {
  const { users, forMs, headers, rate, timeoutMs } = request;
  const { default: autocannon } = await import('autocannon');
  signal.throwIfAborted();
  const figures = countRequests();
  const clients: Client[] = [];
  const started = performance.now();
  let last = started;
  const load = autocannon({
    url: url.href,
    connections: users,
    headers,
    ...(rate !== undefined && { overallRate: rate }),
    maxOverallRequests: mostRequests,
    // What is under way at the end is waited for, so that the slowest are not left out.
    duration: (forMs + timeoutMs + 1000) / 1000,
    sampleInt: sampleMs,
    setupClient: (client) => {
      clients.push(client);
      setUp(client, { url, route, trust, timeoutMs, figures });
      for (const event of ['response', 'timeout', 'done']) client.on(event, () => (last = performance.now()));
    },
  });
  // Whoever has one request to wait for waits for it, and sends no other.
  const over = setTimeout(() => {
    for (const client of clients) client.responseMax = 1;
  }, forMs);
  try {
    await orAborted(Promise.resolve(load), signal);
  } finally {
    clearTimeout(over);
    load.stop();
    for (const client of clients) client.destroy();
  }
  const durationMs = last - started;
  return { ...figures.sum(), durationMs, capped: figures.total() >= mostRequests && durationMs < forMs };
}
