import { describe, expect, it, onTestFinished } from 'vitest';
import type { JsonObject } from '../../src/engine/json.ts';
import { openAws } from '../../src/effects/aws.ts';
import { awsCall } from '../../src/steps/aws-call.ts';
import type { AwsCallArgs } from '../../src/steps/aws-call.ts';
import { awsEcsService } from '../../src/steps/aws-ecs-service.ts';
import { redactEnvironment } from '../../src/steps/aws-environment.ts';
import type { World } from '../../src/world.ts';
import { givenStandIn } from '../rehearsal/given.ts';
import { attempt, scripted } from './aws-world.ts';

const secret = 'postgres://aep:hunter2@db.internal/aep';
const pairs = [
  { name: 'DATABASE_URL', value: secret },
  { name: 'LOG_LEVEL', value: 'info' },
];

describe('environment variables in facts', () => {
  it.each([
    ['a task definition', { taskDefinition: { containerDefinitions: [{ name: 'web', environment: pairs }] } }],
    ['an override', { tasks: [{ overrides: { containerOverrides: [{ environment: pairs }] } }] }],
    ['a list in capitals', { Environment: pairs.map(({ name, value }) => ({ Name: name, Value: value })) }],
    ['pairs of another name', { environment: pairs.map(({ name, value }) => ({ key: name, value, type: 'PLAIN' })) }],
    ['lines', { environment: pairs.map(({ name, value }) => `${name}=${value}`) }],
    ['a function', { Environment: { Variables: { DATABASE_URL: secret, LOG_LEVEL: 'info' } } }],
    ['functions', { Functions: [{ Environment: { Variables: { DATABASE_URL: secret, LOG_LEVEL: 'info' } } }] }],
  ])('of %s have their names and no value but those asked for', (_title, output: JsonObject) => {
    const hidden = JSON.stringify(redactEnvironment(output));
    expect(hidden).toContain('DATABASE_URL');
    expect(hidden).not.toMatch(/hunter2|info/);
    const shown = JSON.stringify(redactEnvironment(output, ['LOG_LEVEL']));
    expect(shown).toContain('info');
    expect(shown).not.toContain('hunter2');
  });

  it('are not mixed up with what only has such a name', () => {
    const output = {
      environment: 'production',
      Tags: [{ name: 'a', value: 'b' }],
      variables: { a: 'b' },
      nothing: null,
      secrets: [{ name: 'a', valueFrom: 'arn:b' }],
    };
    expect(redactEnvironment(output)).toEqual(output);
  });

  it('of an override are not in the facts of aws.ecs_service', async () => {
    const service = { serviceName: 's', deployments: [] };
    const { world } = scripted({
      'ecs:DescribeServices': { services: [service] },
      'ecs:ListServiceDeployments': { serviceDeployments: [] },
      'ecs:ListTasks': { taskArns: ['t1'] },
      'ecs:DescribeTasks': { tasks: [{ overrides: { containerOverrides: [{ environment: pairs }] } }] },
    });
    const { facts } = await awsEcsService.run({ cluster: 'c', service: 's' }, world, attempt);
    expect(JSON.stringify(facts)).toContain('DATABASE_URL');
    expect(JSON.stringify(facts)).not.toContain('hunter2');
  });
});

describe('over the wire', () => {
  const name = 'aep-backend-prod:42';
  const environment = { DATABASE_URL: secret, BUDGET_ENFORCEMENT_MODE: 'strict' };
  const definition: AwsCallArgs = { operation: 'ecs:DescribeTaskDefinition', input: { taskDefinition: name } };

  async function opened(): Promise<World> {
    const { awsUrl } = await givenStandIn({ account: { ecs: { task_definitions: { [name]: { environment } } } } });
    const { world } = scripted({});
    const aws = await openAws({
      accounts: { '': { account: '111111111111', region: 'us-east-1' } },
      env: {},
      allowEndpoint: false,
      clock: world.clock,
      rehearsal: { endpoint: awsUrl },
    });
    onTestFinished(() => aws.close());
    return { ...world, aws };
  }

  async function look(args: AwsCallArgs, world?: World): Promise<string> {
    return JSON.stringify((await awsCall.run(args, world ?? (await opened()), attempt)).facts);
  }

  it('the list is there, though its schema marks it as sensitive, and no value is', async () => {
    const facts = await look(definition);
    expect(facts).toContain('{"name":"DATABASE_URL","value":"(redacted)"}');
    expect(facts).not.toMatch(/hunter2|strict/);
  });

  it('a value that was asked for is there, and no other', async () => {
    const facts = await look({ ...definition, reveal: ['BUDGET_ENFORCEMENT_MODE'] });
    expect(facts).toContain('{"name":"BUDGET_ENFORCEMENT_MODE","value":"strict"}');
    expect(facts).not.toContain('hunter2');
  });

  it('what one look revealed does not come out of the cache for another, nor for a kind that asks for none', async () => {
    const world = await opened();
    expect(await look({ ...definition, reveal: ['DATABASE_URL'] }, world)).toContain('hunter2');
    expect(await look(definition, world)).not.toContain('hunter2');
    const call = { service: 'ecs', operation: 'DescribeTaskDefinition', input: { taskDefinition: name } };
    const plain = JSON.stringify(await world.aws.read(call, attempt.signal));
    expect(plain).toContain('"environment":"(redacted)"');
  });
});
