// AWS Query: forms in, XML out, by the clients' schemas.

import { XmlShapeSerializer } from '@aws-sdk/core/protocols';
import { FromStringShapeDeserializer } from '@smithy/core/protocols';
import { NormalizedSchema } from '@smithy/core/schema';
import type { OperationModel } from './models.ts';
import type { Refusal } from './refusal.ts';
import type { WireReply } from './protocol.ts';

/** A dotted form key as a tree: `Names.member.1=a` is Names > member > 1, whose text is `a`. */
interface Field {
  text?: string;
  readonly inner: Map<string, Field>;
}

/** Timestamps are ISO 8601 (format 5) unless a schema says otherwise. */
const settings = { timestampFormat: { useTrait: true, default: 5 as const }, httpBindings: false };
const scalars = new FromStringShapeDeserializer(settings);

/** What Query and its cousin of EC2 do not agree on. */
export interface Dialect {
  /** The key of a member of a structure. */
  readonly keyOf: (name: string, member: NormalizedSchema) => string;
  /** Whether every list is `Key.1`, `Key.2`, and none `Key.member.1`. */
  readonly flat: boolean;
}

const plain: Dialect = { keyOf: (name, member) => member.getMergedTraits().xmlName ?? name, flat: false };

/** The input of a request, from its form without `Action` and `Version`. */
export function readQuery(operation: OperationModel, form: URLSearchParams, dialect = plain): object {
  const root: Field = { inner: new Map() };
  for (const [key, text] of form) {
    let field = root;
    for (const part of key.split('.')) {
      const next = field.inner.get(part) ?? { inner: new Map<string, Field>() };
      field.inner.set(part, next);
      field = next;
    }
    field.text = text;
  }
  return operation.input.isUnitSchema() ? {} : readStructure(operation.input, root, dialect);
}

function readStructure(schema: NormalizedSchema, field: Field, dialect: Dialect): object {
  const members: [string, unknown][] = [];
  for (const [name, member] of schema.structIterator()) {
    const inner = field.inner.get(dialect.keyOf(name, member));
    if (inner !== undefined) members.push([name, readValue(member, inner, dialect)]);
  }
  return Object.fromEntries(members);
}

function readValue(schema: NormalizedSchema, field: Field, dialect: Dialect): unknown {
  if (schema.isStructSchema()) return readStructure(schema, field, dialect);
  const flat = dialect.flat || schema.getMergedTraits().xmlFlattened !== undefined;
  if (schema.isListSchema()) {
    const item = schema.getValueSchema();
    const name = item.getMergedTraits().xmlName ?? 'member';
    return numbered(flat ? field : field.inner.get(name)).map((each) => readValue(item, each, dialect));
  }
  if (schema.isMapSchema()) {
    const [key, value] = [schema.getKeySchema(), schema.getValueSchema()];
    const entries = numbered(flat ? field : field.inner.get('entry')).map((entry) => {
      const at = entry.inner.get(key.getMergedTraits().xmlName ?? 'key')?.text ?? '';
      const held = entry.inner.get(value.getMergedTraits().xmlName ?? 'value') ?? { text: '', inner: new Map() };
      return [at, readValue(value, held, dialect)] as const;
    });
    return Object.fromEntries(entries);
  }
  return scalars.read(schema, field.text ?? '');
}

/** The fields below `1`, `2`, `3`…, in that order. A list sent empty has none. */
function numbered(field: Field | undefined): readonly Field[] {
  const entries = [...(field?.inner ?? [])].filter(([name]) => /^\d+$/.test(name));
  return entries.toSorted(([a], [b]) => Number(a) - Number(b)).map(([, inner]) => inner);
}

/** An answer, inside `<OperationResponse><OperationResult>`. */
export function writeQuery(operation: OperationModel, output: object, namespace: string, requestId: string): WireReply {
  const result = `${operation.name}Result`;
  const root = structure(`${operation.name}Response`, {
    [result]: operation.output,
    ResponseMetadata: requestMetadata,
  });
  const body = writeXml(root, { [result]: output, ResponseMetadata: { RequestId: requestId } }, namespace);
  return { status: 200, headers: { 'content-type': 'text/xml' }, body };
}

/** An error, inside `<ErrorResponse><Error>`: the shape of Query services and of Route 53. */
export function writeQueryRefusal(refusal: Refusal, namespace: string, requestId: string): WireReply {
  const { code, message, status } = refusal;
  const error = { Type: status < 500 ? 'Sender' : 'Receiver', Code: code, Message: message };
  const body = writeXml(errorResponse, { Error: error, RequestId: requestId }, namespace);
  return { status, headers: { 'content-type': 'text/xml' }, body };
}

/** XML of a value, its root named as the schema is. */
export function writeXml(schema: NormalizedSchema, value: object, namespace: string): Buffer {
  const serializer = new XmlShapeSerializer({ ...settings, xmlNamespace: namespace, serviceNamespace: '' });
  serializer.write(schema, value);
  return Buffer.from(serializer.flush());
}

/** A structure made up for an envelope; `members` are schemas, or 0 for text. */
export function structure(name: string, members: Readonly<Record<string, NormalizedSchema | 0>>): NormalizedSchema {
  // Bare schemas: a normalized one would keep its own name instead of taking the member's.
  const bare = Object.values(members).map((member) => (member === 0 ? member : member.getSchema()));
  return NormalizedSchema.of([3, 'golive', name, 0, Object.keys(members), bare]);
}

const requestMetadata = structure('ResponseMetadata', { RequestId: 0 });
const errorResponse = structure('ErrorResponse', {
  Error: structure('Error', { Type: 0, Code: 0, Message: 0 }),
  RequestId: 0,
});
