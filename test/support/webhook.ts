// Webhooks on loopback, good and bad ones, and a notice to send to them.

import { createServer, type IncomingHttpHeaders, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Notice } from '../../src/render/notice.ts';

export interface Received {
  readonly method: string;
  readonly path: string;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
}

export interface TestWebhook {
  readonly url: string;
  readonly port: number;
  /** In the order in which they came. */
  readonly received: readonly Received[];
  close(): Promise<void>;
}

/** One that answers each message as told; `hang` never answers. */
export async function webhook(answer: 'hang' | ((response: ServerResponse) => void) = ok): Promise<TestWebhook> {
  const received: Received[] = [];
  const server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      const { method = '', url = '', headers } = request;
      received.push({ method, path: url, headers, body: Buffer.concat(chunks).toString('utf8') });
      if (answer !== 'hang') answer(response);
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}/services/T0CANARY/B0CANARY/Zq7wS9canary`,
    port,
    received,
    close: () => new Promise((resolve) => (server.closeAllConnections(), server.close(() => resolve()))),
  };
}

function ok(response: ServerResponse): void {
  response.end('ok');
}

/** A failure, with these changes. */
export function someNotice(changes: Partial<Notice> = {}): Notice {
  return {
    version: 1,
    kind: 'failure',
    run: 'a'.repeat(26),
    name: 'demo-prod',
    checklist: 'demo',
    target: 'prod',
    mode: 'run',
    at: '2026-03-01T12:00:00.000Z',
    seq: 7,
    phase: 'p',
    step: 'up',
    steps: ['up'],
    severity: 'critical',
    verdict: 'fail',
    expected: 'status = 200',
    observed: '503',
    role: '',
    by: '',
    counts: null,
    text: 'demo-prod: FAIL up (critical): It is up',
    ...changes,
  };
}
