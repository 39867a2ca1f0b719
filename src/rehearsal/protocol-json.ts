// AWS JSON 1.0 and 1.1: requests in, answers and errors out, by the clients' schemas.

import { JsonCodec2 } from '@smithy/core/protocols';
import type { OperationModel } from './models.ts';
import type { Refusal } from './refusal.ts';
import type { WireReply } from './protocol.ts';

/** Timestamps are epoch seconds (format 7) unless a schema says otherwise. */
const codec = new JsonCodec2({ timestampFormat: { useTrait: true, default: 7 }, jsonName: false });

/** The input of a request. */
export async function readJson(operation: OperationModel, body: Uint8Array): Promise<object> {
  if (operation.input.isUnitSchema() || body.length === 0) return {};
  const input: unknown = await codec.createDeserializer().read(operation.input, Buffer.from(body).toString('utf8'));
  return typeof input === 'object' && input !== null ? input : {};
}

/** An answer. `contentType` is the request's: JSON 1.0 is answered in 1.0. */
export function writeJson(operation: OperationModel, output: object, contentType: string): WireReply {
  const serializer = codec.createSerializer();
  serializer.write(operation.output, output);
  return { status: 200, headers: { 'content-type': contentType }, body: serializer.flush() };
}

/** An error. Services that once spoke Query repeat its code in a header, which their clients prefer. */
export function writeJsonRefusal(refusal: Refusal, contentType: string, queryCompatible: boolean): WireReply {
  const { code, message, status } = refusal;
  const headers = { 'content-type': contentType, 'x-amzn-errortype': code };
  return {
    status,
    headers: queryCompatible
      ? { ...headers, 'x-amzn-query-error': `${code};${status < 500 ? 'Sender' : 'Receiver'}` }
      : headers,
    body: Buffer.from(JSON.stringify({ __type: code, message })),
  };
}
