// A server on loopback that answers SDK clients from a script, and the session that talks to it.

import { createServer } from 'node:http';
import type { Server as NetServer } from 'node:net';
import { openAws } from '../../src/effects/aws.ts';
import type { AwsOptions } from '../../src/effects/aws.ts';
import type { AwsCall, AwsSession, Clock } from '../../src/world.ts';

process.env['AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED'] = 'true';

export interface Request {
  readonly operation: string;
  readonly body: string;
  readonly url: string;
  readonly headers: Readonly<Record<string, string | readonly string[] | undefined>>;
}
export interface Reply {
  readonly status?: number;
  readonly body?: string | object;
  readonly reset?: boolean;
  /** Without a request id, as nothing of AWS answers. */
  readonly anonymous?: boolean;
}
export type Script = (request: Request, nth: number) => Reply | Promise<Reply>;

export interface Server {
  readonly endpoint: string;
  readonly seen: readonly Request[];
  close(): Promise<void>;
}

/** Answers every request with the script; `operation` is the JSON target's, the query's Action, or the path. */
export async function serve(script: Script): Promise<Server> {
  const seen: Request[] = [];
  const server = createServer((incoming, outgoing) => {
    const chunks: Buffer[] = [];
    incoming.on('data', (chunk: Buffer) => chunks.push(chunk));
    incoming.on('end', () => {
      const body = Buffer.concat(chunks).toString();
      const target = incoming.headers['x-amz-target'];
      const operation =
        (typeof target === 'string' ? target.split('.').at(-1) : new URLSearchParams(body).get('Action')) ??
        incoming.url ??
        '';
      const request = { operation, body, url: incoming.url ?? '', headers: incoming.headers };
      seen.push(request);
      void Promise.resolve(script(request, seen.length)).then((reply) => {
        if (reply.reset === true) {
          incoming.socket.destroy();
          return;
        }
        outgoing.writeHead(
          reply.status ?? 200,
          reply.anonymous === true ? {} : { 'x-amzn-requestid': `request-${seen.length}` },
        );
        outgoing.end(typeof reply.body === 'object' ? JSON.stringify(reply.body) : (reply.body ?? '{}'));
      });
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const port = portOf(server);
  return {
    endpoint: `http://127.0.0.1:${port}`,
    seen,
    close: () =>
      new Promise((resolve) => {
        server.closeAllConnections();
        server.close(() => resolve());
      }),
  };
}

/** The port a server listens on. */
export function portOf(server: NetServer): number {
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('the server listens on no port');
  return address.port;
}

export const wallClock: Clock = {
  now: () => Date.parse('2026-03-01T12:00:00Z'),
  sleep: () => Promise.resolve(),
  task: (work) => work(),
  rest: (promise) => promise,
};

/** A session of a rehearsal against `endpoint`. */
export function rehearse(endpoint: string, more: Partial<AwsOptions> = {}): Promise<AwsSession> {
  return openAws({
    accounts: { '': { account: '111122223333', region: 'eu-central-1' } },
    env: {},
    allowEndpoint: false,
    clock: wallClock,
    rehearsal: { endpoint },
    ...more,
  });
}

/** Reads with a signal nobody aborts. */
export function ask(session: AwsSession, operation: string, input: AwsCall['input'], more: Partial<AwsCall> = {}) {
  const [service = '', name = ''] = operation.split(':');
  return session.read({ service, operation: name, input, ...more }, new AbortController().signal);
}
