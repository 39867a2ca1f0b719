import { describe, expect, it } from 'vitest';
import { openAws } from '../../src/effects/aws.ts';
import type { Expectation } from '../../src/engine/expectation.ts';
import { judge } from '../../src/engine/judge.ts';
import type { Json, JsonObject } from '../../src/engine/json.ts';
import { awsSecretRefs } from '../../src/steps/aws-secret-refs.ts';
import type { AwsCall } from '../../src/world.ts';
import { play } from '../wrong-passes/given.ts';
import { givenStandIn } from '../rehearsal/given.ts';
import { attempt, denied, listOf, missing, now, scripted } from './aws-world.ts';

const args = { task_definition: 'web:7' };
const secretArn = 'arn:aws:secretsmanager:eu-west-1:111111111111:secret:shop/DB-AbCdEf';
const current: JsonObject = { Name: 'shop/DB', VersionIdsToStages: { v2: ['AWSCURRENT'], v1: ['AWSPREVIOUS'] } };
const value = 'postgres://shop:hunter2@db.internal/shop';

function definition(...containers: readonly JsonObject[]): JsonObject {
  return { taskDefinition: { taskDefinitionArn: 'arn:td', containerDefinitions: containers } };
}

function reading(container: JsonObject, secret: JsonObject | ReturnType<typeof missing> | Error = current) {
  return scripted({
    'ecs:DescribeTaskDefinition': definition({ name: 'web', ...container }),
    'secretsmanager:DescribeSecret': secret,
  });
}

async function factsOf(
  container: JsonObject,
  secret: JsonObject | ReturnType<typeof missing> = current,
): Promise<JsonObject> {
  return (await awsSecretRefs.run(args, reading(container, secret).world, attempt)).facts;
}

const from = (valueFrom: string): JsonObject => ({ secrets: [{ name: 'DB', valueFrom }] });
const clean: Expectation = { path: 'plaintext_suspects[]', count: 0, proof: 'containers_read' };
const resolved: Expectation = { path: 'refs[]', all: { path: 'resolves', eq: true } };
const verdict = (expectation: Expectation, facts: Json): string => judge([expectation], facts, now).verdict;

describe('references', () => {
  it('to a secret that is there resolve, each secret read once, in its own region', async () => {
    const container = {
      secrets: [
        { name: 'DB', valueFrom: secretArn },
        { name: 'DB_AGAIN', valueFrom: `${secretArn}:password::` },
      ],
    };
    const { world, calls } = reading(container);
    const { facts, requests } = await awsSecretRefs.run(args, world, attempt);
    expect(facts).toEqual({
      found: true,
      task_definition: 'arn:td',
      containers: [{ name: 'web', environment: 0, plain: [], secrets: 2 }],
      refs: [
        {
          container: 'web',
          env: 'DB',
          from: 'secretsmanager',
          name: 'shop/DB',
          resolves: true,
          reason: 'a version of it is staged AWSCURRENT',
        },
        expect.objectContaining({ env: 'DB_AGAIN', resolves: true, reason: expect.stringMatching(/not looked at/) }),
      ],
      environment_files: [],
      plaintext_suspects: [],
      containers_read: 1,
    });
    expect(calls.slice(1)).toEqual([
      {
        service: 'secretsmanager',
        operation: 'DescribeSecret',
        input: { SecretId: secretArn },
        region: 'eu-west-1',
      },
    ]);
    expect(requests).toHaveLength(2);
    expect(verdict(resolved, facts)).toBe('pass');
  });

  it.each([
    ['is not there', secretArn, missing('ResourceNotFoundException'), /no such secret/],
    ['is to be deleted', secretArn, { ...current, DeletedDate: '2026-03-09T00:00:00.000Z' }, /deleted/],
    ['has no value yet', secretArn, { Name: 'shop/DB' }, /AWSCURRENT/],
    ['has only an older version', secretArn, { VersionIdsToStages: { v1: ['AWSPREVIOUS'] } }, /AWSCURRENT/],
    ['has no version of the stage', `${secretArn}:key:AWSPENDING:`, current, /AWSPENDING/],
    ['has its version in another stage', `${secretArn}::AWSCURRENT:v1`, current, /AWSCURRENT/],
    ['is something else altogether', 'arn:aws:s3:::bucket/key', current, /only/],
  ])('to a secret that %s do not resolve', async (_title, valueFrom, secret, reason) => {
    const facts = await factsOf(from(valueFrom), secret);
    expect(facts['refs']).toMatchObject([{ env: 'DB', resolves: false, reason: expect.stringMatching(reason) }]);
    expect(verdict(resolved, facts)).toBe('fail');
  });

  it.each([
    ['a stage', `${secretArn}::AWSPREVIOUS:`],
    ['a version', `${secretArn}:::v1`],
    ['both', `${secretArn}::AWSPREVIOUS:v1`],
    ['no random end', secretArn.slice(0, -7)],
  ])('with %s are understood', async (_title, valueFrom) => {
    expect(await factsOf(from(valueFrom))).toMatchObject({ refs: [{ name: 'shop/DB', resolves: true }] });
  });

  it.each([
    ['a parameter by ARN', 'arn:aws:ssm:eu-west-1:111111111111:parameter/shop/DB', /SSM/],
    ['a parameter by name', '/shop/DB', /SSM/],
    ['a version without a stage, which is not listed', `${secretArn}:::v0`, /without a stage/],
  ])('to %s are left open, and that is no pass', async (_title, valueFrom, because) => {
    const facts = await factsOf(from(valueFrom));
    const [ref] = listOf(facts['refs']);
    expect(ref).toMatchObject({ unresolved_because: expect.stringMatching(because) });
    expect(ref).not.toHaveProperty('resolves');
    expect(verdict(resolved, facts)).not.toBe('pass');
  });

  it('of the log driver count as well', async () => {
    const options = { secretOptions: [{ name: 'splunk-token', valueFrom: secretArn }] };
    const facts = await factsOf({ logConfiguration: options }, missing('ResourceNotFoundException'));
    expect(facts['refs']).toMatchObject([{ env: 'logConfiguration.secretOptions.splunk-token', resolves: false }]);
  });

  it('that are the secret itself are named without it', async () => {
    const facts = await factsOf(from('sk-abcdefghijklmnopqrstuvwx'));
    expect(facts).toMatchObject({
      refs: [{ env: 'DB', resolves: false }],
      plaintext_suspects: [{ container: 'web', env: 'DB' }],
    });
    expect(JSON.stringify(facts)).not.toContain('sk-');
  });

  it('of a definition without any prove nothing', async () => {
    expect(verdict(resolved, await factsOf({}))).not.toBe('pass');
  });
});

describe('plain values', () => {
  it('that look like secrets are named with a reason, and stand nowhere', async () => {
    const facts = await factsOf({
      environment: [{ name: 'DATABASE_URL', value }, { name: 'LOG_LEVEL', value: 'info' }, { name: 'EMPTY' }],
      command: ['serve', '--api-key', 'hunter2'],
      healthCheck: { command: ['CMD-SHELL', 'curl -H "Authorization: Bearer hunter2hunter2" localhost'] },
      dockerLabels: { 'com.example.token': 'hunter2' },
      logConfiguration: { options: { 'splunk-token': 'hunter2', 'awslogs-group': '/ecs/web' } },
    });
    expect(facts['containers']).toEqual([
      { name: 'web', environment: 3, plain: ['DATABASE_URL', 'LOG_LEVEL', 'EMPTY'], secrets: 0 },
    ]);
    expect(listOf(facts['plaintext_suspects'])).toMatchObject(
      [
        'DATABASE_URL',
        'command',
        'healthCheck',
        'dockerLabels.com.example.token',
        'logConfiguration.options.splunk-token',
      ].map((env) => ({ container: 'web', env, why: expect.stringMatching(/\w/) })),
    );
    expect(JSON.stringify(facts)).not.toMatch(/hunter2|postgres|info"/);
    expect(verdict(clean, facts)).toBe('fail');
  });

  it('that do not, in every container, pass', async () => {
    const facts = await factsOf({ environment: [{ name: 'LOG_LEVEL', value: 'info' }], command: ['serve'] });
    expect(facts).toMatchObject({ plaintext_suspects: [], containers_read: 1 });
    expect(verdict(clean, facts)).toBe('pass');
  });

  it('in the second container are found', async () => {
    const { world } = scripted({
      'ecs:DescribeTaskDefinition': definition(
        { name: 'web' },
        { name: 'sidecar', environment: [{ name: 'API_TOKEN', value: 'hunter2' }] },
      ),
    });
    const { facts } = await awsSecretRefs.run(args, world, attempt);
    expect(facts['plaintext_suspects']).toMatchObject([{ container: 'sidecar', env: 'API_TOKEN' }]);
  });

  it.each([
    [
      'in files nobody has seen',
      { environmentFiles: [{ value: 'arn:aws:s3:::b/web.env', type: 's3' }] },
      /^environment files$/,
    ],
    ['masked on the way', { environment: '(redacted)' }, /web/],
    ['in another form', { environment: [{ name: 'A', value: 1 }] }, /web/],
    ['among arguments that are no texts', { command: [null] }, /web/],
  ])('%s are not called clean', async (_title, container: JsonObject, why) => {
    const facts = await factsOf(container);
    expect(facts).not.toHaveProperty('plaintext_suspects');
    expect(facts).not.toHaveProperty('containers_read');
    expect(facts['plaintext_unknown']).toMatch(why);
    expect(verdict(clean, facts)).toBe('inconclusive');
  });

  it('that were caught are a fail, whatever else stands in a file', async () => {
    const facts = await factsOf({
      environment: [{ name: 'DATABASE_URL', value }],
      environmentFiles: [{ value: 'arn:aws:s3:::b/web.env', type: 's3' }],
    });
    expect(facts).not.toHaveProperty('containers_read');
    expect(facts['environment_files']).toEqual(['arn:aws:s3:::b/web.env']);
    expect(verdict(clean, facts)).toBe('fail');
  });
});

describe('aws.secret_refs', () => {
  it('tells a definition that is not there from one that it may not see, and from an answer without one', async () => {
    const gone = scripted({ 'ecs:DescribeTaskDefinition': missing('ClientException') });
    expect(await awsSecretRefs.run(args, gone.world, attempt)).toMatchObject({ facts: { found: false } });
    const shut = scripted({ 'ecs:DescribeTaskDefinition': denied });
    await expect(awsSecretRefs.run(args, shut.world, attempt)).rejects.toBe(denied);
    const empty = scripted({ 'ecs:DescribeTaskDefinition': definition() });
    await expect(awsSecretRefs.run(args, empty.world, attempt)).rejects.toMatchObject({ code: 'server' });
  });

  it('throws when it may not see a secret', async () => {
    await expect(awsSecretRefs.run(args, reading(from(secretArn), denied).world, attempt)).rejects.toBe(denied);
  });

  it('asks for another account and afresh', async () => {
    const { world, calls } = reading(from(secretArn));
    await awsSecretRefs.run({ ...args, account: 'other' }, world, { ...attempt, fresh: true });
    expect(calls).toMatchObject([
      { account: 'other', fresh: true },
      { account: 'other', fresh: true },
    ] satisfies Partial<AwsCall>[]);
  });
});

describe('over the wire', () => {
  const step = `- id: secrets
  title: Secrets are references
  probe: { aws.secret_refs: { task_definition: aep-backend-prod } }
  expect:
    - { path: "refs[]", all: { path: resolves, eq: true } }
    - { path: "plaintext_suspects[]", count: 0, proof: containers_read }`;
  const backend = (state: JsonObject): JsonObject => ({
    account: { ecs: { task_definitions: { 'aep-backend-prod:42': state } } },
  });

  it.each([
    ['as it is', {}, 'pass'],
    ['with a plain password', backend({ environment: { DATABASE_URL: value } }), 'fail'],
    [
      'with a secret that is gone',
      { account: { secretsmanager: { secrets: { 'aep/prod/REDIS_URL': null } } } },
      'fail',
    ],
    ['with a file of variables', backend({ environment_files: ['arn:aws:s3:::aep/prod.env'] }), 'inconclusive'],
    ['that may not be read', { faults: { denied: ['ecs:DescribeTaskDefinition'] } }, 'error'],
  ])("the backend's definition %s is judged, and no value gets out", async (_title, patch, wanted) => {
    const played = await play(step, { patch });
    expect(played.verdicts, played.screen).toEqual({ secrets: wanted });
    expect(played.screen).not.toContain('hunter2');
  });

  it('the facts of a real answer hold no value of a variable', async () => {
    const patch = backend({ environment: { DATABASE_URL: value, APP_ENV: 'production' } });
    const { awsUrl } = await givenStandIn(patch);
    const { world } = scripted({});
    const accounts = { '': { account: '111111111111', region: 'us-east-1' } };
    const rehearsal = { endpoint: awsUrl };
    const aws = await openAws({ accounts, env: {}, allowEndpoint: false, clock: world.clock, rehearsal });
    const { facts } = await awsSecretRefs.run({ task_definition: 'aep-backend-prod' }, { ...world, aws }, attempt);
    await aws.close();
    expect(facts).toMatchObject({ plaintext_suspects: [{ env: 'DATABASE_URL' }], containers_read: 1 });
    expect(JSON.stringify(facts)).not.toMatch(/hunter2|production/);
  });
});
