// What the policies of a role or user come to for actions on resources: what is needed to work, and never enough to know.

import { z } from 'zod';
import type { Json, JsonObject } from '../engine/json.ts';
import type { Shape } from '../engine/shape.ts';
import { foundShape, missingFacts, placeFields, placeOf, placeWords } from './aws-facts.ts';
import type { AwsPlace } from './aws-facts.ts';
import { iamActions } from './aws-iam.ts';
import type { Kind } from './kind.ts';
import { resultsOf } from './simulated-policy.ts';
import type { Simulated } from './simulated-policy.ts';

interface Wish {
  readonly actions: readonly string[];
  /** ARNs, or `*`. Absent: `*`. */
  readonly on?: readonly string[] | undefined;
}

export interface AwsPermissionsArgs extends AwsPlace {
  /** The ARN of a role or a user. */
  readonly principal: string;
  readonly allow?: readonly Wish[] | undefined;
  readonly deny?: readonly Wish[] | undefined;
}

const operations = ['iam:SimulatePrincipalPolicy'];
const everything = ['*'];

const wish: z.ZodType<Wish> = z.strictObject({
  actions: z
    .array(
      z.string().regex(/^[a-z0-9-]+:[A-Za-z0-9]+$/, 'Write one action as service:Action; AWS simulates none with a *'),
    )
    .min(1),
  on: z
    .array(z.string().regex(/^(?:\*|arn:\S+)$/, 'Give an ARN, or *'))
    .min(1)
    .optional()
    .describe('ARNs, each asked about as it is written; * unless they are given'),
});

const schema: z.ZodType<AwsPermissionsArgs> = z
  .strictObject({
    principal: z
      .string()
      .regex(
        /^arn:[\w-]+:iam::\d{12}:(?:role|user)\/\S+$/,
        'Give the ARN of the role or user itself: arn:aws:iam::ACCOUNT:role/NAME',
      ),
    allow: z.array(wish).min(1).optional().describe('what its policies have to allow'),
    deny: z.array(wish).min(1).optional().describe('what they must not allow'),
    ...placeFields,
  })
  .refine((args) => args.allow !== undefined || args.deny !== undefined, 'Give allow, deny, or both');

const texts: Shape = { type: 'list', of: () => ({ type: 'string' }) };
const pairs: Shape = {
  type: 'list',
  of: () => ({
    type: 'structure',
    members: () => ({
      action: { type: 'string' },
      resource: { type: 'string' },
      decision: { type: 'string' },
      missing_context: texts,
      statements: texts,
    }),
  }),
};

/** Always among the facts: whoever reads a green has to know how much it says. */
const unknown: readonly string[] = [
  'Policies of the resources themselves, and resource control policies, are not part of a simulation: they may refuse what is allowed here, and allow what is denied here.',
  'Service control policies of the organization are part of it only as far as AWS lets the simulator see them.',
  'Conditions on values that only a real request has are not met here; missing_context names those that would decide.',
];
const wildcard =
  'A resource with a * in it was asked about as it is written: what is allowed on one thing below it alone does not show.';

/**
 * Facts: `allow` and `deny`, as far as they were asked about: each action on each resource with AWS's `decision`
 * (allowed, explicitDeny, implicitDeny), `missing_context` (keys of conditions that hang on something nobody gave; left
 * out where AWS did not say) and `statements` (the policies whose statements matched, where AWS names them); and
 * `unknown`, sentences about what a simulation cannot know.
 *
 * A green is necessary and not sufficient: pair it with something that really happened, such as a task that started.
 */
export const awsPermissions: Kind<AwsPermissionsArgs> = {
  name: 'aws.permissions',
  summary:
    'What the policies of a role allow and deny, as AWS simulates them: necessary for it to work, not sufficient.',
  example: `probe:
  aws.permissions:
    principal: "\${backend_task.executionRoleArn}"
    allow: [{ actions: ["secretsmanager:GetSecretValue"], on: ["\${db_secret.ARN}"] }]
    deny: [{ actions: ["iam:CreateUser", "s3:DeleteBucket"] }]
expect:
  - { path: "allow[]", all: [{ path: decision, eq: allowed }, { path: missing_context, count: 0, allow_empty: true }] }
  - { path: "deny[]", all: { path: decision, in: [explicitDeny, implicitDeny] } }`,
  schema,
  nature: () => 'looks',
  describe: (args) =>
    `Have IAM simulate what the policies of ${args.principal} allow, which is necessary and not sufficient${placeWords(args)}`,
  permissions: () => iamActions(operations),
  operations: () => operations,
  facts: () => ({
    type: 'structure',
    members: () => ({ allow: pairs, deny: pairs, unknown: texts, ...foundShape }),
  }),
  run: async (args, world, attempt) => {
    const results = new Map<string, Simulated>();
    const requests: string[] = [];
    for (const group of groupsOf([...(args.allow ?? []), ...(args.deny ?? [])])) {
      const input = { PolicySourceArn: args.principal, ActionNames: group.actions, ResourceArns: group.on };
      const call = { service: 'iam', operation: 'SimulatePrincipalPolicy', input, ...placeOf(args, attempt) };
      const answer = await world.aws.read(call, attempt.signal);
      requests.push(...answer.requests);
      if ('missing' in answer) return missingFacts(answer, requests);
      for (const one of resultsOf(answer.output, group)) results.set(keyOf(one.action, one.resource), one);
    }
    return {
      facts: {
        found: true,
        ...(args.allow === undefined ? {} : { allow: factsOf(args.allow, results) }),
        ...(args.deny === undefined ? {} : { deny: factsOf(args.deny, results) }),
        unknown: hasWildcard(args) ? [...unknown, wildcard] : unknown,
      },
      requests,
    };
  },
};

interface Group {
  readonly actions: readonly string[];
  readonly on: readonly string[];
}

/** One request for all actions on the same resources. */
function groupsOf(wishes: readonly Wish[]): readonly Group[] {
  const groups = new Map<string, Group>();
  for (const { actions, on = everything } of wishes) {
    const resources = [...new Set(on)].toSorted();
    const key = resources.join(' ');
    groups.set(key, { on: resources, actions: [...new Set([...(groups.get(key)?.actions ?? []), ...actions])] });
  }
  return [...groups.values()];
}

function keyOf(action: string, resource: string): string {
  return `${action} ${resource}`;
}

/** Each pair that was asked about once, in the order of the checklist. */
function factsOf(wishes: readonly Wish[], results: ReadonlyMap<string, Simulated>): readonly Json[] {
  const keys = new Set(
    wishes.flatMap(({ actions, on = everything }) =>
      actions.flatMap((action) => on.map((resource) => keyOf(action, resource))),
    ),
  );
  return [...keys].flatMap((key) => {
    const result = results.get(key);
    return result === undefined ? [] : [pairFacts(result)];
  });
}

function pairFacts({ action, resource, decision, missingContext, statements }: Simulated): JsonObject {
  return {
    action,
    resource,
    decision,
    ...(missingContext === undefined ? {} : { missing_context: missingContext }),
    ...(statements.length === 0 ? {} : { statements }),
  };
}

function hasWildcard({ allow = [], deny = [] }: AwsPermissionsArgs): boolean {
  return [...allow, ...deny].some(({ on = everything }) => on.some((resource) => resource.includes('*')));
}
