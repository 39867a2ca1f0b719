// REST-JSON, Lambda and EKS: paths and queries as in other REST, and JSON in the body.

import { readJson } from './protocol-json.ts';
import { readRest } from './protocol-rest.ts';
import type { Route } from './protocol-rest.ts';
import type { WireRequest } from './protocol.ts';
import { refuse } from './refusal.ts';

/** The input of a request: labels and query, and the members of a JSON body. Refuses JSON that is none. */
export async function readRestJson(route: Route, request: WireRequest): Promise<object> {
  const outside = readRest(route, { ...request, body: new Uint8Array() });
  try {
    // What travels in the path is not taken from the body.
    return { ...(await readJson(route.operation, request.body)), ...outside };
  } catch {
    return refuse('SerializationException', 'Could not parse request body into json.');
  }
}
