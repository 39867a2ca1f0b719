// A connection that says nothing: whether somebody answers at a host and port, on the ways HTTP goes.

import { BlindError } from '../errors.ts';
import { trustOf } from './certificates.ts';
import { orAborted, reach, type WayOptions } from './http-connect.ts';
import { blindError, timedOut } from './http-errors.ts';
import { routeTo } from './http-route.ts';

export interface TcpRequest {
  readonly host: string;
  readonly port: number;
  /** `ADDR[:PORT]` to connect to instead. */
  readonly connectTo?: string;
  readonly timeoutMs: number;
}

/** Connects and hangs up. */
export interface Tcp {
  /** Where it got to, as `ADDR:PORT` or the proxy. Throws BlindError when nobody answered. */
  connect(request: TcpRequest, signal: AbortSignal): Promise<string>;
}

/** On the same ways as HTTP: `connect_to`, --connect-to, proxies, guarded addresses. */
export function openTcp(options: WayOptions): Tcp {
  const trust = trustOf(options);
  const { connectTo, rehearsal = false, dns, env } = options;
  return {
    async connect({ host, port, connectTo: instead, timeoutMs }, signal) {
      const timeout = AbortSignal.timeout(timeoutMs);
      const either = AbortSignal.any([signal, timeout]);
      const text = `http://${host.includes(':') ? `[${host}]` : host}:${port}`;
      if (!URL.canParse(text)) throw new BlindError('invalid', 'the host is neither a name nor an address');
      const url = new URL(text);
      let peer = url.host;
      try {
        const route = await orAborted(routeTo(url, instead, { connectTo, rehearsal, dns, env }, either), either);
        peer = 'proxy' in route ? `the proxy ${route.proxy.host}` : `${route.address}:${route.port}`;
        (await reach(url, route, trust, either)).destroy();
        return peer;
      } catch (error) {
        if (signal.aborted) throw signal.reason;
        if (timeout.aborted) throw timedOut(peer, timeoutMs);
        throw blindError(error, host, peer);
      }
    },
  };
}
