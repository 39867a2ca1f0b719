// REST-XML, Route 53 and S3: which operation a method and a path mean, and headers, query and XML by the clients' schemas.

import { XmlShapeDeserializer } from '@aws-sdk/core/protocols';
import { FromStringShapeDeserializer, ToStringShapeSerializer } from '@smithy/core/protocols';
import { NormalizedSchema } from '@smithy/core/schema';
import { requiredMembers } from './models.ts';
import type { OperationModel, ServiceModel } from './models.ts';
import { structure, writeXml } from './protocol-query.ts';
import type { WireReply, WireRequest } from './protocol.ts';
import { refuse } from './refusal.ts';
import type { Refusal } from './refusal.ts';

const settings = { timestampFormat: { useTrait: true, default: 5 as const }, httpBindings: true };
const scalars = new FromStringShapeDeserializer(settings);
const bodies = new XmlShapeDeserializer({ ...settings, xmlNamespace: '', serviceNamespace: '' });

export interface Route {
  readonly operation: OperationModel;
  readonly labels: ReadonlyMap<string, string>;
  /** How much of the request the template names: the most telling template wins. */
  readonly weight: number;
}

/** The operation of a request with the labels of its path, or undefined when no template matches. */
export function routeRest(model: ServiceModel, request: WireRequest): Route | undefined {
  const routes = [...model.operations.values()].flatMap((operation) => match(model, operation, request) ?? []);
  return routes.toSorted((a, b) => b.weight - a.weight)[0];
}

function match(model: ServiceModel, operation: OperationModel, request: WireRequest): Route | undefined {
  if (operation.http === undefined || operation.http[0] !== request.method) return undefined;
  const [path = '/', search = ''] = operation.http[1].split('?');
  const asked = [...new URLSearchParams(search)];
  // The SDK names the operation in x-id, other clients do not.
  const fits = asked.every(([key, value]) => {
    const sent = request.query.get(key);
    return key === 'x-id' && sent === null ? true : sent !== null && (value === '' || sent === value);
  });
  if (!fits) return undefined;
  // The templates of S3 begin after the bucket, which the SDK's endpoint rules put in front.
  const bucket = model.style === 's3' && operation.input.getMemberSchemas()['Bucket'] !== undefined ? '/{Bucket}' : '';
  const labels = matchPath(segments(bucket + path), request.path);
  if (labels === undefined) return undefined;
  return { operation, labels, weight: asked.length * 10 + (bucket === '' ? 1 : 0) + 2 * askedFor(operation, request) };
}

/** How many of the members it must have came in headers and the query; less than none when one is missing. */
function askedFor(operation: OperationModel, request: WireRequest): number {
  const names = new Set(requiredMembers(operation));
  const traits = [...operation.input.structIterator()].flatMap(([name, member]) =>
    names.has(name) ? [member.getMergedTraits()] : [],
  );
  const bound = traits.filter(({ httpHeader, httpQuery }) => httpHeader !== undefined || httpQuery !== undefined);
  const there = bound.filter(
    ({ httpHeader = '', httpQuery = '' }) =>
      request.headers[httpHeader.toLowerCase()] !== undefined || request.query.has(httpQuery),
  );
  return there.length < bound.length ? -1 : there.length;
}

function segments(path: string): readonly string[] {
  return path.split('/').filter((segment) => segment !== '');
}

function matchPath(template: readonly string[], sentPath: string): ReadonlyMap<string, string> | undefined {
  const labels = new Map<string, string>();
  const path = segments(sentPath);
  for (const [index, part] of template.entries()) {
    const label = /^\{(\w+)(\+?)\}$/.exec(part);
    const sent = path[index];
    if (sent === undefined) return undefined;
    // The rest as it is: in the key of an object, empty segments count.
    if (label?.[2] === '+') return labels.set(label[1] ?? '', restOf(sentPath, index));
    if (label !== null) labels.set(label[1] ?? '', decode(sent));
    else if (part !== sent) return undefined;
  }
  return template.length === path.length ? labels : undefined;
}

function restOf(path: string, index: number): string {
  return path.replace(/^\//, '').split('/').slice(index).map(decode).join('/');
}

function decode(segment: string): string {
  try {
    return decodeURIComponent(segment);
  } catch {
    return segment;
  }
}

/** The input of a request: labels, query, headers, and the members of an XML body. Refuses XML that is none. */
export function readRest(route: Route, request: WireRequest): object {
  const members: [string, unknown][] = Object.entries(readBody(route.operation, request.body));
  for (const [name, member] of route.operation.input.structIterator()) {
    const traits = member.getMergedTraits();
    const header = traits.httpHeader === undefined ? undefined : request.headers[traits.httpHeader.toLowerCase()];
    const query = traits.httpQuery === undefined ? undefined : request.query.getAll(traits.httpQuery);
    if (traits.httpPrefixHeaders !== undefined) members.push([name, prefixed(request, traits.httpPrefixHeaders)]);
    if (traits.httpPayload !== undefined && member.isBlobSchema() && request.body.length > 0)
      members.push([name, Uint8Array.from(request.body)]);
    if (traits.httpPayload !== undefined && member.isStructSchema() && request.body.length > 0)
      members.push([name, readPayload(member, request.body)]);
    if (member.isListSchema() && query !== undefined && query.length > 0) {
      members.push([name, query.map((each) => scalars.read(member.getValueSchema(), each))]);
    } else {
      const sent = route.labels.get(name) ?? header ?? query?.[0];
      if (sent !== undefined) members.push([name, scalars.read(member, sent)]);
    }
  }
  return Object.fromEntries(members);
}

/** Headers that begin alike, by what stands behind that. */
function prefixed({ headers }: WireRequest, prefix: string): Readonly<Record<string, string>> | undefined {
  const found = Object.entries(headers).filter(([name]) => name.startsWith(prefix));
  return found.length === 0
    ? undefined
    : Object.fromEntries(found.map(([name, value]) => [name.slice(prefix.length), value]));
}

function readBody({ input }: OperationModel, body: Uint8Array): object {
  const expected = Object.entries(input.getMemberSchemas()).filter(([, member]) => bodyMember(member));
  if (body.length === 0 || expected.length === 0) return {};
  let read: unknown;
  try {
    read = bodies.read(input, body);
  } catch {
    refuse('InvalidInput', 'Invalid XML ; The document cannot be read.');
  }
  // What travels in the path is not taken from the body.
  const given = Object.entries(typeof read === 'object' && read !== null ? read : {});
  return Object.fromEntries(given.filter(([name]) => expected.some(([each]) => each === name)));
}

/** A member that is the whole body. */
function readPayload(member: NormalizedSchema, body: Uint8Array): unknown {
  try {
    return bodies.read(member, body);
  } catch {
    return refuse('MalformedXML', 'The XML document you provided is not well-formed.');
  }
}

/** An answer: members bound to headers, and the rest, or the payload member, as XML. */
export function writeRest(operation: OperationModel, output: object, namespace: string): WireReply {
  const headers: Record<string, string> = {};
  const names: string[] = [];
  const members: NormalizedSchema[] = [];
  const values = new Map<string, unknown>(Object.entries(output));
  let payload: Buffer | undefined;
  let bytes: Buffer | undefined;
  for (const [name, member] of operation.output.structIterator()) {
    const value = values.get(name);
    const traits = member.getMergedTraits();
    if (value === undefined || value === null) continue;
    if (traits.httpHeader !== undefined) headers[traits.httpHeader.toLowerCase()] = headerText(member, value);
    else if (traits.httpPrefixHeaders !== undefined) {
      for (const [key, text] of Object.entries(value)) headers[traits.httpPrefixHeaders + key] = String(text);
    } else if (traits.httpPayload !== undefined && value instanceof Uint8Array) bytes = Buffer.from(value);
    else if (traits.httpPayload !== undefined) payload = writeXml(member, value, namespace);
    else {
      names.push(name);
      members.push(member);
    }
  }
  if (bytes !== undefined) return { status: 200, headers, body: bytes };
  const root = operation.output.getMergedTraits().xmlName ?? operation.output.getName() ?? operation.name;
  const schema = NormalizedSchema.of([3, 'golive', root, 0, names, members]);
  const hasBody = Object.values(operation.output.getMemberSchemas()).some((member) => bodyMember(member));
  const body = payload ?? (hasBody ? unwrap(operation.name, writeXml(schema, output, namespace)) : Buffer.alloc(0));
  return {
    status: 200,
    headers: body.length === 0 ? headers : { ...headers, 'content-type': 'application/xml' },
    body,
  };
}

function bodyMember(member: NormalizedSchema): boolean {
  const traits = member.getMergedTraits();
  const { httpHeader, httpLabel, httpPayload, httpPrefixHeaders, httpQuery, httpResponseCode } = traits;
  const elsewhere = [httpHeader, httpLabel, httpPayload, httpPrefixHeaders, httpQuery, httpResponseCode];
  return elsewhere.every((trait) => trait === undefined);
}

function headerText(member: NormalizedSchema, value: unknown): string {
  const serializer = new ToStringShapeSerializer(settings);
  serializer.write(member, value);
  return serializer.flush();
}

/** S3 answers GetBucketLocation with the bare text in the root element, as no schema can say. */
function unwrap(operation: string, body: Buffer): Buffer {
  if (operation !== 'GetBucketLocation') return body;
  return Buffer.from(body.toString('utf8').replace(/<(LocationConstraint)>([^<]*)<\/\1>/, '$2'));
}

/** An error of S3: a bare `<Error>`, and nothing but the status for HEAD. */
export function writeS3Refusal(refusal: Refusal, method: string, requestId: string): WireReply {
  const error = { Code: refusal.code, Message: refusal.message, RequestId: requestId };
  const body = method === 'HEAD' ? Buffer.alloc(0) : writeXml(s3Error, error, '');
  return { status: refusal.status, headers: { 'content-type': 'application/xml' }, body };
}

const s3Error = structure('Error', { Code: 0, Message: 0, RequestId: 0 });
