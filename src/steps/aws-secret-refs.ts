// The secrets of a task definition: whether its references lead to secrets that are there, and what stands in it plainly.

import { z } from 'zod';
import { isObject } from '../engine/json.ts';
import type { Json, JsonObject } from '../engine/json.ts';
import type { Shape } from '../engine/shape.ts';
import { BlindError } from '../errors.ts';
import type { AwsAnswer, AwsMissing, World } from '../world.ts';
import { foundShape, missingFacts, objects, placeFields, placeOf, placeWords, text } from './aws-facts.ts';
import type { AwsPlace } from './aws-facts.ts';
import { iamActions } from './aws-iam.ts';
import { environmentFiles, plainNames, referencesOf, suspectsOf } from './container-secrets.ts';
import type { Attempt, Kind } from './kind.ts';
import { referenceOf, standingOf } from './secret-reference.ts';
import type { Reference } from './secret-reference.ts';

export interface AwsSecretRefsArgs extends AwsPlace {
  /** An ARN, `family:revision`, or a family, whose newest active revision is meant then. */
  readonly task_definition: string;
}

const operations = ['ecs:DescribeTaskDefinition', 'secretsmanager:DescribeSecret'];

const schema: z.ZodType<AwsSecretRefsArgs> = z.strictObject({
  task_definition: z.string().min(1).describe('an ARN, family:revision, or a family, whose newest revision is meant'),
  ...placeFields,
});

const string: Shape = { type: 'string' };
const number: Shape = { type: 'number' };
const listOf = (of: Shape): Shape => ({ type: 'list', of: () => of });
const structure = (members: Readonly<Record<string, Shape>>): Shape => ({ type: 'structure', members: () => members });

const facts = structure({
  task_definition: string,
  containers: listOf(structure({ name: string, environment: number, secrets: number, plain: listOf(string) })),
  refs: listOf(
    structure({
      container: string,
      env: string,
      from: string,
      name: string,
      resolves: { type: 'boolean' },
      reason: string,
      unresolved_because: string,
    }),
  ),
  plaintext_suspects: listOf(structure({ container: string, env: string, why: string })),
  plaintext_unknown: string,
  containers_read: number,
  containers_read_error: string,
  environment_files: listOf(string),
  ...foundShape,
});

/**
 * Facts: `task_definition`, its ARN; `containers`, each with its name, how many plain variables (`environment`, their
 * names in `plain`) and how many secrets it has; `refs`, one for each secret of each container: where it is from, its
 * name, whether it `resolves` and the `reason`; `environment_files`, their ARNs; `plaintext_suspects`, what looks like a
 * secret and stands in the definition plainly: container, name and why.
 *
 * A reference resolves when the secret is there, is not to be deleted, and has a version of the stage that is meant;
 * whether its JSON has the member that is meant is not looked at. One that golive cannot look at has no `resolves` but
 * an `unresolved_because`.
 *
 * `containers_read` proves an empty list of suspects. It is left out, with `plaintext_unknown` saying why, where some of
 * the plain values could not be seen, and so is the list unless it has somebody in it. No value is ever among the facts.
 */
export const awsSecretRefs: Kind<AwsSecretRefsArgs> = {
  name: 'aws.secret_refs',
  summary:
    'The secrets of a task definition: whether each is there, and what looks like a secret but stands in it plainly.',
  example: `probe:
  aws.secret_refs: { task_definition: "\${backend.taskDefinition}" }
expect:
  - { path: "refs[]", all: { path: resolves, eq: true } }
  - { path: "plaintext_suspects[]", count: 0, proof: containers_read }`,
  schema,
  nature: () => 'looks',
  describe: (args) =>
    `Look at the task definition ${args.task_definition}, whether its secrets are there and whether any stands in it plainly${placeWords(args)}`,
  permissions: () => iamActions(operations),
  operations: () => operations,
  facts: () => facts,
  run: async (args, world, attempt) => {
    const input = { taskDefinition: args.task_definition };
    const place = placeOf(args, attempt);
    const call = { service: 'ecs', operation: 'DescribeTaskDefinition', input, environment: true, ...place };
    const answer = await world.aws.read(call, attempt.signal);
    if ('missing' in answer) return missingFacts(answer, answer.requests);
    const { taskDefinition } = answer.output;
    const definition = isObject(taskDefinition) ? taskDefinition : {};
    const containers = objects(definition['containerDefinitions']);
    const arn = text(definition['taskDefinitionArn']);
    if (arn === undefined || containers.length === 0)
      throw new BlindError('server', 'ecs:DescribeTaskDefinition gave no ARN, or no containers');
    const refs = await readReferences(containers, args, world, attempt);
    return {
      facts: {
        found: true,
        task_definition: arn,
        containers: containers.map((each) => containerFacts(each)),
        refs: refs.list,
        ...plaintextFacts(containers),
      },
      requests: [...answer.requests, ...refs.requests],
    };
  },
};

function containerFacts(container: JsonObject): JsonObject {
  const plain = plainNames(container);
  return {
    name: nameOf(container),
    ...(plain === undefined ? {} : { environment: plain.length, plain }),
    secrets: objects(container['secrets']).length,
  };
}

function nameOf(container: JsonObject): string {
  return text(container['name']) ?? '';
}

/** The suspects, with the proof that there was nowhere else to look, or with why there is none. */
function plaintextFacts(containers: readonly JsonObject[]): JsonObject {
  const read = containers.map((each) => ({ name: nameOf(each), suspects: suspectsOf(each), refs: referencesOf(each) }));
  const suspects: Json[] = read.flatMap(({ name, suspects: plain = [], refs }) => [
    ...plain.map(({ env, why }) => ({ container: name, env, why })),
    ...refs.flatMap(({ env, valueFrom }) => {
      const reference = referenceOf(valueFrom);
      if (reference.from !== 'itself') return [];
      return [{ container: name, env, why: `instead of a reference to a secret: ${reference.why}` }];
    }),
  ]);
  const files = containers.flatMap((each) => environmentFiles(each));
  const unread = read.filter(({ suspects: plain }) => plain === undefined).map(({ name }) => name);
  const unknown = [
    ...(files.length === 0 ? [] : ['environment files']),
    ...(unread.length === 0 ? [] : [`what could not be read of ${unread.join(', ')}`]),
  ].join(', ');
  if (unknown === '') return { environment_files: files, plaintext_suspects: suspects, containers_read: read.length };
  return {
    environment_files: files,
    // Somebody caught is a fact, whatever else nobody saw.
    ...(suspects.length === 0 ? {} : { plaintext_suspects: suspects }),
    plaintext_unknown: unknown,
    containers_read_error: `not all of it was seen: ${unknown}`,
  };
}

interface Read {
  readonly list: readonly JsonObject[];
  readonly requests: readonly string[];
}

async function readReferences(
  containers: readonly JsonObject[],
  args: AwsSecretRefsArgs,
  world: World,
  attempt: Attempt,
): Promise<Read> {
  const references = containers.flatMap((container) =>
    referencesOf(container).map(({ env, valueFrom }) => ({
      container: nameOf(container),
      env,
      reference: referenceOf(valueFrom),
    })),
  );
  const asked = new Map<string, Promise<AwsAnswer | AwsMissing>>();
  for (const { reference } of references) {
    if (reference.from !== 'secretsmanager' || asked.has(reference.secret)) continue;
    const place = placeOf(placeOfSecret(args, reference.region), attempt);
    const call = { service: 'secretsmanager', operation: 'DescribeSecret', input: { SecretId: reference.secret } };
    asked.set(reference.secret, world.aws.read({ ...call, ...place }, attempt.signal));
  }
  const answers = new Map(
    await Promise.all([...asked].map(async ([secret, answer]) => [secret, await answer] as const)),
  );
  return {
    list: references.map(({ container, env, reference }) => ({ container, env, ...standing(reference, answers) })),
    requests: [...answers.values()].flatMap((answer) => answer.requests),
  };
}

/** The account that was asked for, and the region that the ARN of the secret says. */
function placeOfSecret(args: AwsSecretRefsArgs, region: string): AwsPlace {
  return region === '' ? args : { account: args.account, region };
}

function standing(reference: Reference, answers: ReadonlyMap<string, AwsAnswer | AwsMissing>): JsonObject {
  switch (reference.from) {
    case 'ssm':
      return {
        from: 'ssm',
        name: reference.name,
        unresolved_because: 'golive has no client for SSM in this version',
      };
    case 'itself':
      return { resolves: false, reason: 'it is no name of a secret or a parameter' };
    case 'neither':
      return { name: reference.name, resolves: false, reason: 'ECS takes secrets and parameters only' };
    default: {
      const { from, name, secret } = reference;
      const answer = answers.get(secret);
      if (answer === undefined) throw new BlindError('internal', `${name} was not asked about`);
      return { from, name, ...standingOf(reference, answer) };
    }
  }
}
