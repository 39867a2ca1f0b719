// AWS over HTTP on loopback: one address for all services and regions, told apart by the scope of the signature.

import { randomUUID } from 'node:crypto';
import { createServer } from 'node:http';
import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import { readRequest, scopeOf, writeAnswer, writeRefusal } from './protocol.ts';
import type { AwsRequest, WireReply, WireRequest } from './protocol.ts';
import { refusalOf } from './refusal.ts';

/** Answers one operation, or throws a refusal. What it did is durable when it returns. */
export type Answer = (request: AwsRequest) => object;

const bodyLimit = 1_048_576;

/** A server that speaks AWS JSON, Query and REST-XML and leaves what to say to `answer`. Not yet listening. */
export function createAwsServer(answer: Answer): Server {
  return createServer((incoming, outgoing) => {
    respond(answer, incoming)
      .then((reply) => send(outgoing, reply, incoming.method))
      // Only a connection that broke ends up here: there is nobody left to tell.
      .catch(() => outgoing.destroy());
  });
}

async function respond(answer: Answer, incoming: IncomingMessage): Promise<WireReply> {
  const request = await readHttp(incoming);
  const id = randomUUID();
  const withId = (reply: WireReply): WireReply => ({
    ...reply,
    headers: { ...reply.headers, 'x-amzn-requestid': id, 'x-amz-request-id': id },
  });
  const scope = await scopeOf(request);
  if (scope === undefined) {
    const message = 'The request has no signature, or one for a service the stand-in does not play.';
    const body = Buffer.from(JSON.stringify({ __type: 'MissingAuthenticationTokenException', message }));
    return withId({ status: 403, headers: { 'content-type': 'application/json' }, body });
  }
  try {
    const asked = await readRequest(scope, request);
    return withId(writeAnswer(scope, request, asked, answer(asked), id));
  } catch (error) {
    const refusal = refusalOf(error) ?? {
      code: 'InternalFailure',
      message: `A fault of the stand-in: ${String(error)}`,
      status: 500,
    };
    return withId(writeRefusal(scope, request, refusal, id));
  }
}

async function readHttp(incoming: IncomingMessage): Promise<WireRequest> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of incoming as AsyncIterable<Buffer>) {
    size += chunk.length;
    if (size > bodyLimit) throw new Error('The body is larger than 1 MiB.');
    chunks.push(chunk);
  }
  const [path = '/', query = ''] = (incoming.url ?? '/').split('?');
  const headers = Object.entries(incoming.headers).map(([name, value]) => [name, String(value)] as const);
  return {
    method: incoming.method ?? 'GET',
    path,
    query: new URLSearchParams(query),
    headers: Object.fromEntries(headers),
    body: Buffer.concat(chunks),
  };
}

function send(outgoing: ServerResponse, reply: WireReply, method: string | undefined): void {
  // What HEAD tells of a body that it does not send is in the answer already.
  outgoing.writeHead(reply.status, { 'content-length': reply.body.length, ...reply.headers });
  outgoing.end(method === 'HEAD' ? undefined : reply.body);
}
