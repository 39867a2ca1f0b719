// The Query protocol of EC2: forms with flat lists in, XML without an envelope around the members out, by the client's schemas.

import { NormalizedSchema } from '@smithy/core/schema';
import type { OperationModel } from './models.ts';
import { readQuery, structure, writeXml } from './protocol-query.ts';
import type { Dialect } from './protocol-query.ts';
import type { WireReply } from './protocol.ts';
import type { Refusal } from './refusal.ts';

const headers = { 'content-type': 'text/xml;charset=UTF-8' };

/** Keys begin with a capital, unless a schema says how they are written: `Filter.1.Value.2`, `VpcId.1`, `DryRun`. */
const dialect: Dialect = {
  keyOf: (name, member) => {
    const { ec2QueryName, xmlName } = member.getMergedTraits();
    const key = xmlName ?? name;
    return typeof ec2QueryName === 'string' ? ec2QueryName : key.slice(0, 1).toUpperCase() + key.slice(1);
  },
  flat: true,
};

/** The input of a request, from its form without `Action` and `Version`. */
export function readEc2(operation: OperationModel, form: URLSearchParams): object {
  return readQuery(operation, form, dialect);
}

/** An answer: the members of the output right inside `<OperationResponse>`, after the request's id. */
export function writeEc2(operation: OperationModel, output: object, namespace: string, requestId: string): WireReply {
  const members = operation.output.isUnitSchema() ? [] : [...operation.output.structIterator()];
  const names = ['requestId', ...members.map(([name]) => name)];
  const schemas = [0, ...members.map(([, member]) => member)] as const;
  const root = NormalizedSchema.of([3, 'golive', `${operation.name}Response`, 0, names, [...schemas]]);
  return { status: 200, headers, body: writeXml(root, { requestId, ...output }, namespace) };
}

/** An error, inside `<Response><Errors><Error>`. */
export function writeEc2Refusal(refusal: Refusal, requestId: string): WireReply {
  const { code, message, status } = refusal;
  const value = { Errors: { Error: { Code: code, Message: message } }, RequestID: requestId };
  return { status, headers, body: writeXml(errorResponse, value, '') };
}

const errorResponse = structure('Response', {
  Errors: structure('Errors', { Error: structure('Error', { Code: 0, Message: 0 }) }),
  RequestID: 0,
});
