// The targets of a load balancer's target group and the state each is in.

import { z } from 'zod';
import { isObject } from '../engine/json.ts';
import type { Json, JsonObject } from '../engine/json.ts';
import type { Shape } from '../engine/shape.ts';
import { iamActions } from './aws-iam.ts';
import { foundShape, membersOf, missingFacts, objects, placeFields, placeOf, placeWords } from './aws-facts.ts';
import type { AwsPlace } from './aws-facts.ts';
import type { Kind } from './kind.ts';

export interface AwsTargetHealthArgs extends AwsPlace {
  /** The ARN of the target group. */
  readonly target_group: string;
}

const operations = ['elbv2:DescribeTargetHealth'];

const schema: z.ZodType<AwsTargetHealthArgs> = z.strictObject({
  target_group: z.string().startsWith('arn:', 'Give the ARN of the target group'),
  ...placeFields,
});

const targetShape: Shape = {
  type: 'structure',
  members: () => ({
    id: { type: 'string' },
    port: { type: 'number' },
    zone: { type: 'string' },
    state: { type: 'string' },
    reason: { type: 'string' },
    description: { type: 'string' },
  }),
};

/** Facts: `targets` (id, port, zone, state, reason, description) and AWS's own `TargetHealthDescriptions`. */
export const awsTargetHealth: Kind<AwsTargetHealthArgs> = {
  name: 'aws.target_health',
  summary: 'The targets of a target group and the health the load balancer sees.',
  example: `probe:
  aws.target_health: { target_group: "\${backend_tg.TargetGroupArn}" }
wait: { for: 5m, every: 10s }
expect:
  - { path: "targets[]", count: { gte: 2 } }
  - { path: "targets[]", all: { path: state, eq: healthy } }`,
  schema,
  nature: () => 'looks',
  describe: (args) => `Look at the health of the targets of ${nameOf(args.target_group)}${placeWords(args)}`,
  permissions: () => iamActions(operations),
  operations: () => operations,
  facts: (_args, catalogue) => ({
    type: 'structure',
    members: () => ({
      ...membersOf(catalogue.shapes('elbv2', 'DescribeTargetHealth')?.output),
      targets: { type: 'list', of: () => targetShape },
      ...foundShape,
    }),
  }),
  run: async (args, world, attempt) => {
    const answer = await world.aws.read(
      {
        service: 'elbv2',
        operation: 'DescribeTargetHealth',
        input: { TargetGroupArn: args.target_group },
        ...placeOf(args, attempt),
      },
      attempt.signal,
    );
    if ('missing' in answer) return missingFacts(answer, answer.requests);
    const targets = objects(answer.output['TargetHealthDescriptions']).map((each) => targetOf(each));
    return { facts: { ...answer.output, targets, found: true }, requests: answer.requests };
  },
};

/** A member AWS did not give stays out: a target without a state must not look like one that has one. */
function targetOf(description: JsonObject): JsonObject {
  const target = isObject(description['Target']) ? description['Target'] : {};
  const health = isObject(description['TargetHealth']) ? description['TargetHealth'] : {};
  const members: Record<string, Json | undefined> = {
    id: target['Id'],
    port: target['Port'],
    zone: target['AvailabilityZone'],
    state: health['State'],
    reason: health['Reason'],
    description: health['Description'],
  };
  const given: Record<string, Json> = {};
  for (const [name, value] of Object.entries(members)) if (value !== undefined) given[name] = value;
  return given;
}

/** `targetgroup/NAME/ID` of an ARN says it shorter. */
function nameOf(arn: string): string {
  return arn.split(':').at(-1) ?? arn;
}
