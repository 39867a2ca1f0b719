// Between bytes and operations: one request of an unmodified AWS client in, one answer it understands out.

import { loadModel, requiredMembers, serviceOfScope } from './models.ts';
import type { OperationModel, ServiceModel } from './models.ts';
import { readEc2, writeEc2, writeEc2Refusal } from './protocol-ec2.ts';
import { readJson, writeJson, writeJsonRefusal } from './protocol-json.ts';
import { readQuery, writeQuery, writeQueryRefusal } from './protocol-query.ts';
import { readRest, routeRest, writeRest, writeS3Refusal } from './protocol-rest.ts';
import { readRestJson } from './protocol-rest-json.ts';
import { refuse } from './refusal.ts';
import type { Refusal } from './refusal.ts';

export interface WireRequest {
  readonly method: string;
  /** Without the query, as sent. */
  readonly path: string;
  readonly query: URLSearchParams;
  /** Lower-case names. */
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Uint8Array;
}

export interface WireReply {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Uint8Array;
}

/** What a client asks for. */
export interface AwsRequest {
  readonly model: ServiceModel;
  readonly operation: OperationModel;
  readonly input: object;
  readonly region: string;
  /** The access key id that signed it. */
  readonly key: string;
}

type Wire = 'json' | 'query' | 'ec2' | 'rest' | 'rest-json';

interface Scope {
  readonly model: ServiceModel;
  readonly wire: Wire;
  readonly region: string;
  readonly key: string;
}

/** Where a request goes, by the scope of its signature: host names say nothing on loopback. The signature is not checked. */
export async function scopeOf(request: WireRequest): Promise<Scope | undefined> {
  const scope = /Credential=([^/\s]+)\/\d{8}\/([^/\s]+)\/([^/\s]+)\/aws4_request/.exec(
    request.headers['authorization'] ?? '',
  );
  const service = serviceOfScope(scope?.[3] ?? '');
  if (service === undefined) return undefined;
  const model = await loadModel(service);
  const [, key = '', region = ''] = scope ?? [];
  return { model, wire: wireOf(model.style, request.headers['content-type'] ?? ''), region, key };
}

/** CloudWatch speaks JSON to the SDK and Query to older command lines: the request's own content type decides. */
function wireOf(style: ServiceModel['style'], contentType: string): Wire {
  if (style === 'ec2' || style === 'rest-json') return style;
  if (style !== 'rpc') return 'rest';
  return contentType.startsWith('application/x-amz-json') ? 'json' : 'query';
}

/** Reads a request. Throws a refusal when no such operation exists or a required member is missing. */
export async function readRequest(scope: Scope, request: WireRequest): Promise<AwsRequest> {
  const { model, region, key } = scope;
  const { operation, input } = await readOperation(scope, request);
  const missing = missingMember(operation, input);
  if (missing !== undefined) {
    if (scope.wire === 'ec2') refuse('MissingParameter', `The request must contain the parameter ${missing}`);
    const message = `1 validation error detected: Value null at '${missing}' failed to satisfy constraint: Member must not be null`;
    refuse(missingCodes[model.service] ?? 'ValidationError', message);
  }
  return { model, operation, input, region, key };
}

const missingCodes: Readonly<Partial<Record<ServiceModel['service'], string>>> = {
  ecs: 'InvalidParameterException',
  logs: 'InvalidParameterException',
  secretsmanager: 'ValidationException',
  route53: 'InvalidInput',
  s3: 'InvalidRequest',
  ecr: 'InvalidParameterException',
  acm: 'ValidationException',
  ssm: 'ValidationException',
  kms: 'ValidationException',
  lambda: 'InvalidParameterValueException',
  eks: 'InvalidParameterException',
};

async function readOperation(
  scope: Scope,
  request: WireRequest,
): Promise<{ operation: OperationModel; input: object }> {
  const { model } = scope;
  if (scope.wire === 'rest' || scope.wire === 'rest-json') {
    const route = routeRest(model, request);
    if (route === undefined) return unknownOperation(model, `${request.method} ${request.path}`);
    const input = scope.wire === 'rest' ? readRest(route, request) : await readRestJson(route, request);
    return { operation: route.operation, input };
  }
  if (scope.wire === 'json') {
    const name = (request.headers['x-amz-target'] ?? '').split('.').at(-1) ?? '';
    const operation = model.operations.get(name) ?? unknownOperation(model, name);
    return { operation, input: await readJson(operation, request.body) };
  }
  const form = new URLSearchParams(Buffer.from(request.body).toString('utf8'));
  const name = form.get('Action') ?? '';
  const operation = model.operations.get(name) ?? unknownOperation(model, name);
  return { operation, input: scope.wire === 'ec2' ? readEc2(operation, form) : readQuery(operation, form) };
}

/** Refuses an operation that is not there, or that the stand-in does not play: never an answer made up. */
export function unknownOperation(model: ServiceModel, name: string): never {
  refuse('UnknownOperationException', `The stand-in does not play ${model.service}:${name}.`);
}

function missingMember(operation: OperationModel, input: object): string | undefined {
  const values = new Map<string, unknown>(Object.entries(input));
  return requiredMembers(operation).find((name) => (values.get(name) ?? undefined) === undefined);
}

/** The answer to an operation, in the protocol the request came in. */
export function writeAnswer(
  scope: Scope,
  request: WireRequest,
  asked: AwsRequest,
  output: object,
  id: string,
): WireReply {
  const { namespace } = scope.model;
  if (scope.wire === 'json') return writeJson(asked.operation, output, request.headers['content-type'] ?? '');
  if (scope.wire === 'ec2') return writeEc2(asked.operation, output, namespace, id);
  if (scope.wire === 'rest-json') return writeJson(asked.operation, output, 'application/json');
  if (scope.wire === 'query') return writeQuery(asked.operation, output, namespace, id);
  return writeRest(asked.operation, output, namespace);
}

/** An error, in the shape the request's protocol gives errors. */
export function writeRefusal(scope: Scope, request: WireRequest, refusal: Refusal, id: string): WireReply {
  const { model, wire } = scope;
  const type = request.headers['content-type'] ?? '';
  if (wire === 'json') return writeJsonRefusal(refusal, type, model.service === 'cloudwatch');
  if (wire === 'rest-json') return writeJsonRefusal(refusal, 'application/json', false);
  if (wire === 'ec2') return writeEc2Refusal(refusal, id);
  if (model.style === 's3') return writeS3Refusal(refusal, request.method, id);
  return writeQueryRefusal(refusal, model.namespace, id);
}
