// Any reading operation of AWS, as it is.

import { z } from 'zod';
import { redactEnvironment } from './aws-environment.ts';
import { iamActions } from './aws-iam.ts';
import { foundShape, membersOf, missingFacts, placeFields, placeOf, placeWords } from './aws-facts.ts';
import { namedFacts } from './aws-unnamed.ts';
import { operationFields, splitOperation, writtenOperation, type OperationArgs } from './aws-operation.ts';
import type { Kind } from './kind.ts';

export interface AwsCallArgs extends OperationArgs {
  /** Names of plain environment variables whose values may stand in the facts. */
  readonly reveal?: readonly string[] | undefined;
}

const schema: z.ZodType<AwsCallArgs> = z.strictObject({
  ...operationFields,
  reveal: z
    .array(z.string().min(1))
    .min(1)
    .optional()
    .describe('names of plain environment variables whose values may stand in the facts; all others are (redacted)'),
  ...placeFields,
});

/**
 * Facts: the operation's output, with `found: true` beside; `found: false` and `error` when it is not there, or when one
 * of the names it was asked for is not (`ssm:GetParameters`, which then keeps `InvalidParameters` only). The values of
 * plain environment variables (task definitions, overrides, functions) are `(redacted)` unless they are named in `reveal`;
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
  permissions: (args) => iamActions(writtenOperation(args)),
  operations: writtenOperation,
  facts: (args, catalogue) => {
    const { service, operation } = splitOperation(args.operation);
    const shapes = catalogue.shapes(service, operation);
    if (shapes === undefined) return { type: 'any' };
    return { type: 'structure', members: () => ({ ...membersOf(shapes.output), ...foundShape }) };
  },
  run: async (args, world, attempt) => {
    const { service, operation } = splitOperation(args.operation);
    const call = { service, operation, input: args.input ?? {}, environment: true, ...placeOf(args, attempt) };
    const answer = await world.aws.read(call, attempt.signal);
    if ('missing' in answer) return missingFacts(answer, answer.requests);
    const facts = namedFacts(args.operation, redactEnvironment(answer.output, args.reveal));
    return { facts, requests: answer.requests };
  },
};
