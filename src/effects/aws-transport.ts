// The HTTP under the SDK: proxies and extra certificates as the environment names them, and time limits.

import { readFile } from 'node:fs/promises';
import { Agent as HttpAgent, type ClientRequest } from 'node:http';
import { Agent as HttpsAgent } from 'node:https';
import { Readable } from 'node:stream';
import { rootCertificates } from 'node:tls';
import { NodeHttpHandler } from '@smithy/node-http-handler';
import { BlindError, GoliveError } from '../errors.ts';
import { isLoopback } from './aws-endpoints.ts';

type Env = Readonly<Record<string, string | undefined>>;

const limits = { connectionTimeout: 5_000, requestTimeout: 30_000, throwOnRequestTimeout: true };

/** A request handler for the SDK, and `destroy` to end its connections. */
export type Transport = Pick<
  NodeHttpHandler,
  'handle' | 'destroy' | 'metadata' | 'updateHttpClientConfig' | 'httpHandlerConfigs'
>;

/**
 * Opens a transport. HTTPS_PROXY and NO_PROXY (or their lower-case forms, which win) are honoured; HTTP_PROXY has
 * nothing to do, because plain http goes to loopback only, and loopback never goes through a proxy. AWS_CA_BUNDLE is
 * trusted beside Node's own certificates and NODE_EXTRA_CA_CERTS. Throws GoliveError `ca` for a bundle that cannot be read.
 */
export async function openTransport(env: Env): Promise<Transport> {
  const bundle = env['AWS_CA_BUNDLE'];
  const extra = env['NODE_EXTRA_CA_CERTS'];
  const ca = bundle === undefined || bundle === '' ? {} : { ca: await certificates(bundle, extra) };
  // Said here, because NODE_TLS_REJECT_UNAUTHORIZED=0 would otherwise hand signed requests to anybody.
  const secure = { keepAlive: true, rejectUnauthorized: true, ...ca };
  const direct = new NodeHttpHandler({
    ...limits,
    httpAgent: new HttpAgent({ keepAlive: true }),
    httpsAgent: new HttpsAgent(secure),
  });
  const address = setting(env, 'https_proxy');
  const proxied = address === undefined ? direct : await throughProxy(proxyUrl(address), secure);
  const exceptions = setting(env, 'no_proxy') ?? '';
  return {
    metadata: direct.metadata,
    handle: async (request, options) => {
      const handler = goesDirect(request.hostname, request.port, exceptions) ? direct : proxied;
      const answer = await handler.handle(request, options);
      limitBody(answer.response.body, limits.requestTimeout);
      return answer;
    },
    destroy: () => {
      direct.destroy();
      proxied.destroy();
    },
    updateHttpClientConfig: (key, value) => {
      direct.updateHttpClientConfig(key, value);
      proxied.updateHttpClientConfig(key, value);
    },
    httpHandlerConfigs: () => direct.httpHandlerConfigs(),
  };
}

async function throughProxy(proxy: URL, secure: object): Promise<NodeHttpHandler> {
  const { HttpsProxyAgent } = await import('https-proxy-agent');
  const agent = new HttpsProxyAgent(proxy, secure);
  // It takes these for the way to the proxy only, and forgets them for what is at the end of the tunnel.
  Object.assign(agent.options, secure);
  // A proxy that says no is handed on as if AWS had said it: "403" would blame a missing permission.
  agent.on('proxyConnect', ({ statusCode }: { readonly statusCode: number }, asked: ClientRequest) => {
    if (statusCode === 200) return;
    const words = `the proxy ${proxy.host} answered ${statusCode} when asked for ${asked.host}`;
    const hint = 'Look at HTTPS_PROXY and NO_PROXY.';
    asked.destroy(new BlindError('network', words, { transient: statusCode >= 500, hint }));
  });
  return new NodeHttpHandler({ ...limits, httpsAgent: agent });
}

/** Ends an answer whose body takes longer than `ms`: the SDK's own limits end where the body begins. */
export function limitBody(body: unknown, ms: number): void {
  if (!(body instanceof Readable)) return;
  const late = Object.assign(new Error('the answer did not end in time'), { name: 'TimeoutError', code: 'ETIMEDOUT' });
  const timer = setTimeout(() => body.destroy(late), ms);
  body.once('close', () => clearTimeout(timer));
}

/** Whether NO_PROXY (`*`, hosts, `.suffix`, `host:port`, separated by commas or spaces) or loopback keeps a host off the proxy. */
export function goesDirect(hostname: string, port: number | undefined, exceptions: string): boolean {
  const host = hostname.toLowerCase();
  if (isLoopback(host)) return true;
  return exceptions
    .toLowerCase()
    .split(/[\s,]+/)
    .filter((rule) => rule !== '')
    .some((rule) => {
      const [, name = rule, at] = /^(.+?)(?::(\d+))?$/.exec(rule) ?? [];
      if (at !== undefined && Number(at) !== (port ?? 443)) return false;
      const suffix = name.replace(/^\*?\.?/, '');
      return name === '*' || host === suffix || host.endsWith(`.${suffix}`);
    });
}

/** The lower-case form wins, as in curl. */
function setting(env: Env, name: string): string | undefined {
  const value = env[name] ?? env[name.toUpperCase()];
  return value === undefined || value === '' ? undefined : value;
}

function proxyUrl(text: string): URL {
  const url = text.includes('://') ? text : `http://${text}`;
  // The address may carry a password: it is not shown.
  if (!URL.canParse(url))
    throw new GoliveError('proxy', 'HTTPS_PROXY is not an address.', { hint: 'Write it as http://HOST:PORT.' });
  return new URL(url);
}

/** Node's own are named again because giving `ca` replaces them. */
async function certificates(bundle: string, extra: string | undefined): Promise<string[]> {
  const files = extra === undefined || extra === '' ? [bundle] : [bundle, extra];
  try {
    return [...rootCertificates, ...(await Promise.all(files.map((file) => readFile(file, 'utf8'))))];
  } catch (cause) {
    throw new GoliveError('ca', `The certificates of ${files.join(' and ')} cannot be read.`, {
      hint: 'Correct AWS_CA_BUNDLE or unset it.',
      cause,
    });
  }
}
