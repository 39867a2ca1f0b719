// Any reading operation of AWS, as it is.

import { z } from 'zod';
import type { Json, JsonObject } from '../engine/json.ts';
import { redactEnvironment } from './aws-environment.ts';
import { iamActions } from './aws-iam.ts';
import { foundShape, membersOf, missingFacts, placeFields, placeOf, placeWords } from './aws-facts.ts';
import type { AwsPlace } from './aws-facts.ts';
import type { Kind } from './kind.ts';

export interface AwsCallArgs extends AwsPlace {
  /** `ecs:DescribeServices`: the CLI's word for the service, the API's for the operation. */
  readonly operation: string;
  readonly input?: JsonObject | undefined;
  /** Names of plain environment variables whose values may stand in the facts. */
  readonly reveal?: readonly string[] | undefined;
}

const operationPattern = /^([a-z][a-z0-9-]*):([A-Z][A-Za-z0-9]*)$/;

const json: z.ZodType<Json> = z.lazy(() =>
  z.union([z.null(), z.boolean(), z.number(), z.string(), z.array(json), z.record(z.string(), json)]),
);

const schema: z.ZodType<AwsCallArgs> = z.strictObject({
  operation: z.string().regex(operationPattern, 'Write it as service:Operation, such as ecs:DescribeServices'),
  input: z.record(z.string(), json).optional(),
  reveal: z
    .array(z.string().min(1))
    .min(1)
    .optional()
    .describe('names of plain environment variables whose values may stand in the facts; all others are (redacted)'),
  ...placeFields,
});

/**
 * Facts: the operation's output, with `found: true` beside; `found: false` and `error` when it is not there. The values
 * of plain environment variables (task definitions, overrides) are `(redacted)` unless they are named in `reveal`;
 * everything else is unchanged.
 */
export const awsCall: Kind<AwsCallArgs> = {
  name: 'aws.call',
  summary: 'Any reading operation of AWS; the facts are its output as it is.',
  example: `probe:
  aws.call:
    operation: rds:DescribeDBInstances
    input: { DBInstanceIdentifier: "\${db_id}" }
expect:
  - { path: "DBInstances[0].PubliclyAccessible", eq: false }`,
  schema,
  nature: () => 'looks',
  describe: (args) => `Ask AWS for ${args.operation}${placeWords(args)}`,
  permissions: (args) => iamActions(written(args)),
  operations: (args) => written(args),
  facts: (args, catalogue) => {
    const { service, operation } = split(args.operation);
    const shapes = catalogue.shapes(service, operation);
    if (shapes === undefined) return { type: 'any' };
    return { type: 'structure', members: () => ({ ...membersOf(shapes.output), ...foundShape }) };
  },
  run: async (args, world, attempt) => {
    const { service, operation } = split(args.operation);
    const call = { service, operation, input: args.input ?? {}, environment: true, ...placeOf(args, attempt) };
    const answer = await world.aws.read(call, attempt.signal);
    if ('missing' in answer) return missingFacts(answer, answer.requests);
    return { facts: { ...redactEnvironment(answer.output, args.reveal), found: true }, requests: answer.requests };
  },
};

function split(name: string): { readonly service: string; readonly operation: string } {
  const [, service = '', operation = ''] = operationPattern.exec(name) ?? [];
  return { service, operation };
}

/** The operation, unless a look-up still stands in its place. */
function written(args: AwsCallArgs): readonly string[] {
  return operationPattern.test(args.operation) ? [args.operation] : [];
}
