import {
  DescribeClustersCommand,
  DescribeServiceDeploymentsCommand,
  DescribeServicesCommand,
  DescribeTaskDefinitionCommand,
  DescribeTasksCommand,
  ECSClient,
  ListClustersCommand,
  ListServiceDeploymentsCommand,
  ListServicesCommand,
  ListTaskDefinitionsCommand,
  ListTasksCommand,
} from '@aws-sdk/client-ecs';
import { describe, expect, test } from 'vitest';
import type { JsonObject } from '../../src/engine/json.ts';
import { securityGroupId, subnetId } from '../../src/rehearsal/ec2-names.ts';
import { clientConfig, givenStandIn, givenWorld } from './given.ts';

const cluster = 'aep-prod';
const service = 'aep-backend-prod-svc';

async function givenEcs(patch: JsonObject = {}, region?: string): Promise<ECSClient> {
  const { awsUrl } = await givenStandIn(patch);
  return new ECSClient(clientConfig(awsUrl, region));
}

function backend(state: JsonObject | null): JsonObject {
  return { account: { ecs: { clusters: { [cluster]: { services: { [service]: state } } } } } };
}

describe('ECS', () => {
  test('describes a healthy service as stable, with one completed deployment', async () => {
    const { services } = await (await givenEcs()).send(new DescribeServicesCommand({ cluster, services: [service] }));
    expect(services).toHaveLength(1);
    expect(services?.[0]).toMatchObject({ desiredCount: 2, runningCount: 2, pendingCount: 0, status: 'ACTIVE' });
    expect(services?.[0]?.deployments).toMatchObject([
      { status: 'PRIMARY', rolloutState: 'COMPLETED', runningCount: 2 },
    ]);
  });

  test('answers a missing service with a failure, not with an error', async () => {
    const answer = await (
      await givenEcs()
    ).send(new DescribeServicesCommand({ cluster, services: [service, 'nobody'] }));
    expect(answer.services).toHaveLength(1);
    expect(answer.failures).toEqual([
      { arn: 'arn:aws:ecs:us-east-1:111111111111:service/aep-prod/nobody', reason: 'MISSING' },
    ]);
  });

  test('refuses a cluster that is not there, and one that is named like a prototype', async () => {
    const client = await givenEcs();
    const ask = (name: string) => client.send(new DescribeServicesCommand({ cluster: name, services: [service] }));
    await expect(ask('aep-staging')).rejects.toMatchObject({ name: 'ClusterNotFoundException' });
    await expect(ask('constructor')).rejects.toMatchObject({ name: 'ClusterNotFoundException' });
  });

  test('refuses more than ten services, none, and a missing member', async () => {
    const client = await givenEcs();
    const ask = (services: string[] | undefined) => client.send(new DescribeServicesCommand({ cluster, services }));
    await expect(ask(Array.from({ length: 11 }, () => service))).rejects.toMatchObject({
      name: 'InvalidParameterException',
    });
    await expect(ask([])).rejects.toMatchObject({ name: 'InvalidParameterException' });
    await expect(ask(undefined)).rejects.toThrow(/'services'/);
  });

  test('knows nothing of another region', async () => {
    const client = await givenEcs({}, 'eu-west-1');
    await expect(client.send(new DescribeServicesCommand({ cluster, services: [service] }))).rejects.toMatchObject({
      name: 'ClusterNotFoundException',
    });
  });

  test('lists services page by page and refuses a token of another question', async () => {
    const state: JsonObject = JSON.parse(JSON.stringify(givenWorld().account.ecs.clusters[cluster]?.services[service]));
    const many = Object.fromEntries(Array.from({ length: 12 }, (_, index) => [`extra-${index}`, { ...state }]));
    const client = await givenEcs({ account: { ecs: { clusters: { [cluster]: { services: many } } } } });
    const first = await client.send(new ListServicesCommand({ cluster }));
    expect(first.serviceArns).toHaveLength(10);
    const second = await client.send(new ListServicesCommand({ cluster, nextToken: first.nextToken }));
    expect(second.serviceArns).toHaveLength(4);
    expect(second.nextToken).toBeUndefined();
    await expect(client.send(new ListTasksCommand({ cluster, nextToken: first.nextToken }))).rejects.toMatchObject({
      name: 'InvalidParameterException',
    });
    await expect(client.send(new ListServicesCommand({ cluster, nextToken: 'bogus' }))).rejects.toThrow(/token/);
  });

  test('lists the tasks of a service and describes each with the digest it runs', async () => {
    const client = await givenEcs();
    const { taskArns } = await client.send(new ListTasksCommand({ cluster, serviceName: service }));
    expect(taskArns).toHaveLength(2);
    const { tasks, failures } = await client.send(
      new DescribeTasksCommand({ cluster, tasks: [...(taskArns ?? []), 'gone'] }),
    );
    expect(tasks?.map((task) => task.containers?.[0]?.imageDigest)).toEqual([
      expect.stringMatching(/^sha256:5f0d/),
      expect.stringMatching(/^sha256:5f0d/),
    ]);
    expect(failures).toEqual([{ arn: 'arn:aws:ecs:us-east-1:111111111111:task/aep-prod/gone', reason: 'MISSING' }]);
    await expect(client.send(new ListTasksCommand({ cluster, serviceName: 'nobody' }))).rejects.toMatchObject({
      name: 'ServiceNotFoundException',
    });
  });

  test('shows a rolled back deployment only among the deployments of the service', async () => {
    const client = await givenEcs(
      backend({ task_definition: 'aep-backend-prod:41', rolled_back_from: 'aep-backend-prod:42' }),
    );
    const { services } = await client.send(new DescribeServicesCommand({ cluster, services: [service] }));
    expect(services?.[0]?.deployments).toMatchObject([{ rolloutState: 'COMPLETED' }]);
    const { serviceDeployments } = await client.send(new ListServiceDeploymentsCommand({ cluster, service }));
    expect(serviceDeployments?.map(({ status }) => status)).toEqual(['ROLLBACK_SUCCESSFUL', 'SUCCESSFUL']);
    const newest = serviceDeployments?.[0]?.serviceDeploymentArn ?? '';
    const described = await client.send(
      new DescribeServiceDeploymentsCommand({ serviceDeploymentArns: [newest, 'arn:gone'] }),
    );
    expect(described.serviceDeployments?.[0]?.rollback?.reason).toMatch(/circuit breaker/);
    expect(described.failures).toEqual([{ arn: 'arn:gone', reason: 'MISSING' }]);
  });

  test('a deployment that went well is the only one, and successful', async () => {
    const client = await givenEcs();
    const { serviceDeployments } = await client.send(new ListServiceDeploymentsCommand({ cluster, service }));
    expect(serviceDeployments?.map(({ status }) => status)).toEqual(['SUCCESSFUL']);
    await expect(client.send(new ListServiceDeploymentsCommand({ cluster, service: 'nobody' }))).rejects.toMatchObject({
      name: 'ServiceNotFoundException',
    });
  });

  test('describes clusters, and those that are not there as failures', async () => {
    const client = await givenEcs();
    const { clusterArns } = await client.send(new ListClustersCommand({}));
    const answer = await client.send(new DescribeClustersCommand({ clusters: [...(clusterArns ?? []), 'other'] }));
    expect(answer.clusters).toMatchObject([
      { clusterName: cluster, status: 'ACTIVE', activeServicesCount: 2, runningTasksCount: 4 },
    ]);
    expect(answer.failures).toMatchObject([{ reason: 'MISSING' }]);
  });

  test('finds a task definition by family, newest first, and refuses one that is not there', async () => {
    const world: JsonObject = JSON.parse(JSON.stringify(givenWorld().account.ecs.task_definitions));
    const older = world['aep-backend-prod:42'] ?? null;
    const client = await givenEcs({ account: { ecs: { task_definitions: { 'aep-backend-prod:9': older } } } });
    const { taskDefinition } = await client.send(
      new DescribeTaskDefinitionCommand({ taskDefinition: 'aep-backend-prod' }),
    );
    expect(taskDefinition?.revision).toBe(42);
    await expect(
      client.send(new DescribeTaskDefinitionCommand({ taskDefinition: 'aep-backend-prod:43' })),
    ).rejects.toMatchObject({
      name: 'ClientException',
    });
  });

  test('says where a service runs its tasks: subnets, groups, public addresses, launch type, grace', async () => {
    const client = await givenEcs(
      backend({ public_ip: true, launch: 'EC2', grace: 90, subnets: ['aep-prod-private-b'], security_groups: ['sg'] }),
    );
    const { services } = await client.send(new DescribeServicesCommand({ cluster, services: [service] }));
    expect(services?.[0]).toMatchObject({
      launchType: 'EC2',
      healthCheckGracePeriodSeconds: 90,
      networkConfiguration: {
        awsvpcConfiguration: {
          subnets: [subnetId('aep-prod-private-b')],
          securityGroups: [securityGroupId('sg')],
          assignPublicIp: 'ENABLED',
        },
      },
    });
    const plain = await (await givenEcs()).send(new DescribeServicesCommand({ cluster, services: [service] }));
    expect(plain.services?.[0]?.networkConfiguration?.awsvpcConfiguration?.assignPublicIp).toBe('DISABLED');
  });

  test('puts each task into the subnet of its zone, started by the deployment of its service', async () => {
    const client = await givenEcs(backend({ subnets: ['aep-prod-private-a', 'aep-prod-private-b'] }));
    const { services } = await client.send(new DescribeServicesCommand({ cluster, services: [service] }));
    const { taskArns } = await client.send(new ListTasksCommand({ cluster, serviceName: service }));
    const { tasks } = await client.send(new DescribeTasksCommand({ cluster, tasks: taskArns }));
    expect(tasks?.map(({ startedBy }) => startedBy)).toEqual([1, 2].map(() => services?.[0]?.deployments?.[0]?.id));
    const subnets = tasks?.map(({ attachments }) => attachments?.[0]?.details?.[0]);
    expect(subnets).toEqual(
      ['aep-prod-private-a', 'aep-prod-private-b'].map((name) => ({ name: 'subnetId', value: subnetId(name) })),
    );
  });

  test('says that a cluster is inactive', async () => {
    const client = await givenEcs({ account: { ecs: { clusters: { [cluster]: { status: 'INACTIVE' } } } } });
    const { clusters } = await client.send(new DescribeClustersCommand({ clusters: [cluster] }));
    expect(clusters).toMatchObject([{ status: 'INACTIVE' }]);
  });

  test('describes what a definition gives its container: variables, secrets by their ARNs, roles, platform, user', async () => {
    const arn = 'arn:aws:secretsmanager:us-east-1:222222222222:secret:theirs-AbCdEf';
    const definition = {
      environment: { LOG_LEVEL: 'info' },
      secrets: { OURS: 'aep/prod/REDIS_URL', THEIRS: arn, PARAMETER: 'ssm:/aep/prod/x' },
      environment_files: ['arn:aws:s3:::aep/prod.env'],
      execution_role: 'start',
      task_role: 'work',
      user: '10001',
      read_only_root: true,
      platform: { os: 'LINUX', architecture: 'ARM64' },
    };
    const client = await givenEcs({
      account: { ecs: { task_definitions: { 'aep-backend-prod:42': { ...definition } } } },
    });
    const { taskDefinition } = await client.send(
      new DescribeTaskDefinitionCommand({ taskDefinition: 'aep-backend-prod:42' }),
    );
    expect(taskDefinition).toMatchObject({
      executionRoleArn: 'arn:aws:iam::111111111111:role/start',
      taskRoleArn: 'arn:aws:iam::111111111111:role/work',
      runtimePlatform: { operatingSystemFamily: 'LINUX', cpuArchitecture: 'ARM64' },
    });
    const [container] = taskDefinition?.containerDefinitions ?? [];
    expect(container).toMatchObject({
      user: '10001',
      readonlyRootFilesystem: true,
      environmentFiles: [{ value: 'arn:aws:s3:::aep/prod.env', type: 's3' }],
    });
    expect(container?.environment).toContainEqual({ name: 'LOG_LEVEL', value: 'info' });
    const from = Object.fromEntries(container?.secrets?.map((each) => [each.name, each.valueFrom]) ?? []);
    expect(from).toMatchObject({ THEIRS: arn, PARAMETER: '/aep/prod/x' });
    expect(from['OURS']).toMatch(/^arn:aws:secretsmanager:us-east-1:111111111111:secret:aep\/prod\/REDIS_URL-\w{6}$/);
  });

  test('lists the definitions of a family, page by page, in either order', async () => {
    const client = await givenEcs();
    const list = async (input: object) =>
      (await client.send(new ListTaskDefinitionsCommand(input))).taskDefinitionArns?.map((arn) => arn.split('/')[1]);
    expect(await list({ familyPrefix: 'aep-backend-prod' })).toContain('aep-backend-prod:42');
    expect(await list({ familyPrefix: 'aep-backend' })).toEqual([]);
    expect(await list({ sort: 'DESC' })).toEqual((await list({}))?.toReversed());
    const { nextToken } = await client.send(new ListTaskDefinitionsCommand({ maxResults: 1 }));
    expect(await list({ nextToken })).toEqual((await list({}))?.slice(1));
  });
});
