// Goal: the stand-in changes services as strictly as ECS, and a deployment takes its time there too. Method: unmodified SDK
// clients over HTTP, and a clock that only the test moves.

import {
  DescribeServicesCommand,
  DescribeTaskDefinitionCommand,
  DescribeTasksCommand,
  ECSClient,
  ListServiceDeploymentsCommand,
  ListTaskDefinitionsCommand,
  ListTasksCommand,
  RunTaskCommand,
  UpdateServiceCommand,
} from '@aws-sdk/client-ecs';
import type { Service, Task, UpdateServiceCommandInput } from '@aws-sdk/client-ecs';
import {
  DescribeTargetGroupsCommand,
  DescribeTargetHealthCommand,
  ElasticLoadBalancingV2Client,
} from '@aws-sdk/client-elastic-load-balancing-v2';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, onTestFinished, test } from 'vitest';
import type { JsonObject } from '../../src/engine/json.ts';
import { startStandIn } from '../../src/rehearsal/stand-in.ts';
import { clientConfig, givenStandIn, givenWorld } from './given.ts';

const [cluster, service] = ['aep-prod', 'aep-backend-prod-svc'];
const start = Date.parse(givenWorld().start);
const named = (name: string) => expect.objectContaining({ name }) as unknown;
const image = 'registry.example/aep-backend:next';

/** Revision 43 beside 42, and 41 that is INACTIVE. */
function newer(more: JsonObject = {}): JsonObject {
  const old: JsonObject = JSON.parse(JSON.stringify(givenWorld().account.ecs.task_definitions['aep-backend-prod:42']));
  const definitions = {
    'aep-backend-prod:41': { ...old, status: 'INACTIVE' },
    'aep-backend-prod:43': { ...old, image, ...more },
  };
  return { account: { ecs: { task_definitions: definitions } } };
}

async function given(more: JsonObject = {}) {
  const time = { now: start };
  const standIn = await givenStandIn(newer(more), () => time.now);
  const client = new ECSClient(clientConfig(standIn.awsUrl));
  const balancing = new ElasticLoadBalancingV2Client(clientConfig(standIn.awsUrl));
  const update = (input: Partial<UpdateServiceCommandInput>) =>
    client.send(new UpdateServiceCommand({ cluster, service, ...input }));
  const at = async (seconds: number): Promise<Service | undefined> => {
    time.now = start + seconds * 1000;
    return (await client.send(new DescribeServicesCommand({ cluster, services: [service] }))).services?.[0];
  };
  const tasks = async (): Promise<readonly Task[]> => {
    const { taskArns } = await client.send(new ListTasksCommand({ cluster, serviceName: service }));
    return (await client.send(new DescribeTasksCommand({ cluster, tasks: taskArns }))).tasks ?? [];
  };
  const rollouts = async () =>
    (await client.send(new ListServiceDeploymentsCommand({ cluster, service }))).serviceDeployments ?? [];
  const health = async () => {
    const groups = await balancing.send(new DescribeTargetGroupsCommand({ Names: ['aep-prod-tg-backend'] }));
    const [group] = groups.TargetGroups ?? [];
    const asked = new DescribeTargetHealthCommand({ TargetGroupArn: group?.TargetGroupArn });
    return (await balancing.send(asked)).TargetHealthDescriptions?.map(({ TargetHealth: one }) => one?.State);
  };
  return { client, standIn, time, update, at, tasks, rollouts, health };
}

/** Each deployment as `STATUS revision running+pending/desired ROLLOUT`. */
function shown(one: Service | undefined): readonly string[] {
  return (one?.deployments ?? []).map((each) => {
    const counts = `${each.runningCount}+${each.pendingCount}/${each.desiredCount}`;
    return `${each.status} ${each.taskDefinition?.split(':').at(-1)} ${counts} ${each.rolloutState}`;
  });
}

describe('another task definition', () => {
  test('comes up beside the old one, takes its place and is done, in a time of its own', async () => {
    const { update, at, rollouts, health, tasks } = await given();
    const before = await tasks();
    const { service: answer } = await update({ taskDefinition: 'aep-backend-prod:43' });
    expect(shown(answer)).toEqual(['PRIMARY 43 0+2/2 IN_PROGRESS', 'ACTIVE 42 2+0/2 COMPLETED']);
    expect(shown(await at(10))).toEqual(shown(answer));
    expect(await tasks()).toEqual(before);
    expect(await rollouts()).toMatchObject([{ status: 'IN_PROGRESS' }, { status: 'SUCCESSFUL' }]);
    const both = await at(40);
    expect(shown(both)).toEqual(['PRIMARY 43 2+0/2 IN_PROGRESS', 'ACTIVE 42 2+0/0 COMPLETED']);
    expect(both).toMatchObject({ desiredCount: 2, runningCount: 4, pendingCount: 0 });
    expect(await tasks()).toHaveLength(4);
    expect(await health()).toEqual(['healthy', 'healthy']);
    const done = await at(90);
    expect(shown(done)).toEqual(['PRIMARY 43 2+0/2 COMPLETED']);
    const ids = new Set([answer, both, done].map((one) => one?.deployments?.[0]?.id));
    expect(ids.size).toBe(1);
    const now = await tasks();
    expect(now.map((task) => task.containers?.[0]?.image)).toEqual([image, image]);
    expect(now.map(({ startedBy }) => startedBy)).toEqual([...ids, ...ids]);
    expect(now.map(({ startedAt }) => startedAt?.getTime())).toEqual([start + 30_000, start + 30_000]);
    expect(await health()).toEqual(['healthy', 'healthy']);
    expect((await rollouts())[0]).toMatchObject({ status: 'SUCCESSFUL', finishedAt: new Date(start + 90_000) });
  });

  test('is the newest ACTIVE one of a family, and no deployment when it is there already', async () => {
    const { update, rollouts, standIn, client } = await given();
    const listed = async (status?: 'INACTIVE') =>
      (await client.send(new ListTaskDefinitionsCommand({ familyPrefix: 'aep-backend-prod', status })))
        .taskDefinitionArns;
    expect((await listed())?.map((arn) => arn.split(':').at(-1))).toEqual(['42', '43']);
    expect((await listed('INACTIVE'))?.map((arn) => arn.split(':').at(-1))).toEqual(['41']);
    standIn.applyPatch({ account: { ecs: { task_definitions: { 'aep-backend-prod:43': { status: 'INACTIVE' } } } } });
    const { service: answer } = await update({ taskDefinition: 'aep-backend-prod' });
    expect(shown(answer)).toEqual(['PRIMARY 42 2+0/2 COMPLETED']);
    expect(await rollouts()).toHaveLength(1);
    const asked = new DescribeTaskDefinitionCommand({ taskDefinition: 'aep-backend-prod:41' });
    expect((await client.send(asked)).taskDefinition?.status).toBe('INACTIVE');
  });

  test('that never comes up is taken back by the circuit breaker, and only its deployments say so for good', async () => {
    const { update, at, rollouts, tasks, health } = await given({ broken: true });
    const before = await tasks();
    await update({ taskDefinition: 'aep-backend-prod:43' });
    const trying = await at(70);
    expect(shown(trying)).toEqual(['PRIMARY 43 0+2/2 IN_PROGRESS', 'ACTIVE 42 2+0/2 COMPLETED']);
    expect(trying?.deployments?.[0]?.failedTasks).toBe(3);
    expect(await health()).toEqual(['healthy', 'healthy']);
    const failed = await at(95);
    expect(shown(failed)).toEqual(['PRIMARY 42 2+0/2 IN_PROGRESS', 'ACTIVE 43 0+0/0 FAILED']);
    expect(failed?.deployments?.[0]?.rolloutStateReason).toMatch(/rolling back to deploymentId ecs-svc/);
    expect(failed?.deployments?.[1]?.rolloutStateReason).toMatch(/tasks failed to start/);
    expect((await rollouts())[0]?.status).toBe('ROLLBACK_IN_PROGRESS');
    expect(shown(await at(600))).toEqual(['PRIMARY 42 2+0/2 COMPLETED']);
    expect(await tasks()).toEqual(before);
    const [newest, first] = await rollouts();
    expect(newest).toMatchObject({
      status: 'ROLLBACK_SUCCESSFUL',
      statusReason: expect.stringContaining('rolled back') as string,
    });
    expect(first?.status).toBe('SUCCESSFUL');
  });

  test('can be taken back while it comes up', async () => {
    const { update, at, rollouts } = await given();
    await update({ taskDefinition: 'aep-backend-prod:43' });
    await at(40);
    const { service: answer } = await update({ taskDefinition: 'aep-backend-prod:42' });
    expect(shown(answer)).toEqual(['PRIMARY 42 0+2/2 IN_PROGRESS', 'ACTIVE 43 2+0/2 IN_PROGRESS']);
    expect(shown(await at(140))).toEqual(['PRIMARY 42 2+0/2 COMPLETED']);
    expect((await rollouts()).map(({ status }) => status)).toEqual(['SUCCESSFUL', 'STOPPED', 'SUCCESSFUL']);
  });
});

describe('without another definition', () => {
  test('force is a deployment of its own, with tasks of its own', async () => {
    const { update, at, tasks, rollouts } = await given();
    const before = (await tasks()).map(({ taskArn }) => taskArn);
    const old = await at(0);
    const { service: answer } = await update({ forceNewDeployment: true });
    expect(answer?.deployments?.[1]?.id).toBe(old?.deployments?.[0]?.id);
    expect(shown(await at(100))).toEqual(['PRIMARY 42 2+0/2 COMPLETED']);
    expect((await tasks()).filter(({ taskArn }) => before.includes(taskArn))).toEqual([]);
    expect(new Set((await rollouts()).map((each) => each.serviceDeploymentArn)).size).toBe(2);
  });

  test('another number of tasks is no deployment, and the tasks that are there stay', async () => {
    const { update, at, tasks, rollouts } = await given();
    const [before, old] = [await tasks(), await at(0)];
    const { service: answer } = await update({ desiredCount: 4 });
    expect(answer).toMatchObject({ desiredCount: 4, runningCount: 2, pendingCount: 2 });
    expect(answer?.deployments?.[0]?.id).toBe(old?.deployments?.[0]?.id);
    expect(await at(50)).toMatchObject({ desiredCount: 4, runningCount: 4, pendingCount: 0 });
    expect((await tasks()).map(({ taskArn }) => taskArn)).toEqual(
      expect.arrayContaining(before.map((one) => one.taskArn)),
    );
    expect(await rollouts()).toHaveLength(1);
    await update({ desiredCount: 0 });
    expect(await at(120)).toMatchObject({ desiredCount: 0, runningCount: 0 });
  });
});

test('is on the disk before its answer: a stand-in that starts again goes on with it', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'golive-update-'));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  const time = { now: start };
  const options = { world: givenWorld(newer()), now: () => time.now, folder };
  const first = await startStandIn(options);
  const input = { cluster, service, taskDefinition: 'aep-backend-prod:43' };
  await new ECSClient(clientConfig(first.awsUrl)).send(new UpdateServiceCommand(input));
  await first.close();
  time.now += 40_000;
  const second = await startStandIn(options);
  onTestFinished(() => second.close());
  const asked = new DescribeServicesCommand({ cluster, services: [service] });
  const { services } = await new ECSClient(clientConfig(second.awsUrl)).send(asked);
  expect(shown(services?.[0])).toEqual(['PRIMARY 43 2+0/2 IN_PROGRESS', 'ACTIVE 42 2+0/0 COMPLETED']);
});

test('is refused with what ECS refuses, and nothing is changed', async () => {
  const { update, standIn } = await given();
  const before = standIn.world();
  const wrong: readonly (readonly [Partial<UpdateServiceCommandInput>, string])[] = [
    [{ cluster: 'nope' }, 'ClusterNotFoundException'],
    [{ service: 'nope' }, 'ServiceNotFoundException'],
    [{ taskDefinition: 'aep-backend-prod:9999' }, 'ClientException'],
    [{ taskDefinition: 'nope' }, 'ClientException'],
    [{ taskDefinition: 'aep-backend-prod:41' }, 'ClientException'],
    [{ desiredCount: -1 }, 'InvalidParameterException'],
    [{ platformVersion: '1.4.0' }, 'InvalidParameterException'],
  ];
  for (const [input, code] of wrong) await expect(update({ desiredCount: 3, ...input })).rejects.toEqual(named(code));
  expect(standIn.world()).toEqual(before);
});

test('is refused for a service on its way out; and no task is started from what is INACTIVE', async () => {
  const { update, standIn, client } = await given();
  standIn.applyPatch({
    account: { ecs: { clusters: { [cluster]: { services: { [service]: { status: 'DRAINING' } } } } } },
  });
  await expect(update({ desiredCount: 3 })).rejects.toEqual(named('ServiceNotActiveException'));
  const task = new RunTaskCommand({ cluster, taskDefinition: 'aep-backend-prod:41' });
  await expect(client.send(task)).rejects.toEqual(named('ClientException'));
});
