// An operation of AWS as a checklist names it, with its input: what the look and the act of that name share.

import { z } from 'zod';
import type { Json, JsonObject } from '../engine/json.ts';
import type { AwsPlace } from './aws-facts.ts';

export interface OperationArgs extends AwsPlace {
  /** `ecs:DescribeServices`: the CLI's word for the service, the API's for the operation. */
  readonly operation: string;
  readonly input?: JsonObject | undefined;
}

const operationPattern = /^([a-z][a-z0-9-]*):([A-Z][A-Za-z0-9]*)$/;

const json: z.ZodType<Json> = z.lazy(() =>
  z.union([z.null(), z.boolean(), z.number(), z.string(), z.array(json), z.record(z.string(), json)]),
);

/** The fields of `OperationArgs` for the schema of a kind. */
export const operationFields = {
  operation: z.string().regex(operationPattern, 'Write it as service:Operation, such as ecs:DescribeServices'),
  input: z.record(z.string(), json).optional(),
};

/** Both parts of `ecs:DescribeServices`; empty for what is not written like this. */
export function splitOperation(name: string): { readonly service: string; readonly operation: string } {
  const [, service = '', operation = ''] = operationPattern.exec(name) ?? [];
  return { service, operation };
}

/** The operation, unless a look-up still stands in its place. */
export function writtenOperation({ operation }: OperationArgs): readonly string[] {
  return operationPattern.test(operation) ? [operation] : [];
}
