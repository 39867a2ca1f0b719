// Goal: the stand-in runs single tasks as strictly as ECS, and keeps their logs. Method: unmodified SDK clients over HTTP.

import { CloudWatchLogsClient, FilterLogEventsCommand, GetLogEventsCommand } from '@aws-sdk/client-cloudwatch-logs';
import type { GetLogEventsCommandInput } from '@aws-sdk/client-cloudwatch-logs';
import {
  DescribeTaskDefinitionCommand,
  DescribeTasksCommand,
  ECSClient,
  ListTasksCommand,
  RunTaskCommand,
} from '@aws-sdk/client-ecs';
import type { ListTasksCommandInput, RunTaskCommandInput, Task } from '@aws-sdk/client-ecs';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, onTestFinished, test } from 'vitest';
import type { JsonObject } from '../../src/engine/json.ts';
import { securityGroupId, subnetId } from '../../src/rehearsal/ec2-names.ts';
import { startStandIn } from '../../src/rehearsal/stand-in.ts';
import { clientConfig, givenStandIn, givenWorld } from './given.ts';

const cluster = 'aep-prod';
const group = '/ecs/aep-backend-prod';
const start = Date.parse(givenWorld().start);
const named = (name: string) => expect.objectContaining({ name });
const scripts = {
  good: {
    family: 'aep-backend-prod',
    command: ['check', 'all'],
    exit: 0,
    log: ['one', 'two', '{"rows":3}'],
    takes: '40s',
  },
  bad: { family: 'aep-backend-prod', command: ['break'], exit: 3, log: ['it broke'], takes: '40s' },
  dead: {
    family: 'aep-backend-prod',
    command: ['never'],
    exit: 0,
    stopped: 'CannotPullContainerError: no',
    takes: '40s',
  },
  long: {
    family: 'aep-backend-prod',
    command: ['talk'],
    exit: 0,
    log: Array.from({ length: 60 }, (_, line) => `line ${line}`),
    takes: '40s',
  },
};

const request = (command: readonly string[], more: Partial<RunTaskCommandInput> = {}): RunTaskCommandInput => ({
  cluster,
  taskDefinition: 'aep-backend-prod',
  launchType: 'FARGATE',
  networkConfiguration: {
    awsvpcConfiguration: {
      subnets: [subnetId('aep-prod-private-a')],
      securityGroups: [securityGroupId('aep-prod-backend-sg')],
    },
  },
  overrides: { containerOverrides: [{ name: 'backend', command: [...command] }] },
  ...more,
});

/** A stand-in whose clock this test moves, and clients of it. */
async function given(ecs: JsonObject = {}) {
  const time = { now: start };
  const standIn = await givenStandIn({ account: { ecs: { task_scripts: scripts, ...ecs } } }, () => time.now);
  const client = new ECSClient(clientConfig(standIn.awsUrl));
  const logs = new CloudWatchLogsClient(clientConfig(standIn.awsUrl));
  const run = async (command: readonly string[], more: Partial<RunTaskCommandInput> = {}): Promise<string> => {
    const { tasks, failures } = await client.send(new RunTaskCommand(request(command, more)));
    expect([tasks?.length, failures]).toEqual([1, []]);
    return tasks?.[0]?.taskArn ?? '';
  };
  const at = async (ms: number, arn: string): Promise<Task | undefined> => {
    time.now = start + ms;
    return (await client.send(new DescribeTasksCommand({ cluster, tasks: [arn] }))).tasks?.[0];
  };
  const list = async (input: ListTasksCommandInput): Promise<readonly string[]> =>
    (await client.send(new ListTasksCommand({ cluster, ...input }))).taskArns ?? [];
  const read = (arn: string, more: Partial<GetLogEventsCommandInput> = {}) =>
    logs.send(
      new GetLogEventsCommand({
        logGroupName: group,
        logStreamName: `ecs/backend/${arn.split('/').at(-1)}`,
        startFromHead: true,
        ...more,
      }),
    );
  return { client, logs, standIn, time, run, at, list, read };
}

describe('a task that was asked for once', () => {
  test('comes up, runs and stops with its exit code', async () => {
    const { run, at } = await given();
    const arn = await run(['check', 'all', '--json']);
    expect(arn).toMatch(/^arn:aws:ecs:us-east-1:111111111111:task\/aep-prod\/[0-9a-f]{32}$/);
    const seen = [await at(0, arn), await at(12_000, arn), await at(20_000, arn), await at(40_000, arn)];
    expect(seen.map((task) => task?.lastStatus)).toEqual(['PROVISIONING', 'PENDING', 'RUNNING', 'STOPPED']);
    expect(seen.map((task) => task?.desiredStatus)).toEqual(['RUNNING', 'RUNNING', 'RUNNING', 'STOPPED']);
    expect(seen[2]?.containers).toMatchObject([{ name: 'backend', lastStatus: 'RUNNING' }]);
    expect(seen[2]?.containers?.[0]).not.toHaveProperty('exitCode');
    expect(seen[3]).toMatchObject({
      group: 'family:aep-backend-prod',
      stopCode: 'EssentialContainerExited',
      stoppedReason: 'Essential container in task exited',
      overrides: { containerOverrides: [{ command: ['check', 'all', '--json'] }] },
      containers: [{ exitCode: 0 }],
    });
  });

  test('ends as its script says, fails without one, and has no exit code when it never ran', async () => {
    const { run, at } = await given();
    const [bad, unknown, dead] = [await run(['break']), await run(['check', 'some']), await run(['never'])];
    expect(await at(60_000, bad)).toMatchObject({ containers: [{ exitCode: 3 }] });
    expect(await at(60_000, unknown)).toMatchObject({ containers: [{ exitCode: 1 }] });
    const task = await at(60_000, dead);
    expect(task).toMatchObject({ stopCode: 'TaskFailedToStart', stoppedReason: 'CannotPullContainerError: no' });
    expect(task?.containers?.[0]).not.toHaveProperty('exitCode');
    expect(task).not.toHaveProperty('startedAt');
  });

  test('is listed by who started it, among the running ones and then among the stopped ones', async () => {
    const { run, list, time } = await given();
    const before = await list({});
    const arn = await run(['check', 'all'], { startedBy: 'golive/1' });
    expect(await list({ startedBy: 'golive/1' })).toEqual([arn]);
    expect(await list({})).toEqual([...before, arn]);
    expect(await list({ startedBy: 'golive/2' })).toEqual([]);
    expect(await list({ startedBy: 'golive/1', desiredStatus: 'STOPPED' })).toEqual([]);
    time.now += 60_000;
    expect(await list({ startedBy: 'golive/1' })).toEqual([]);
    expect(await list({ startedBy: 'golive/1', desiredStatus: 'STOPPED' })).toEqual([arn]);
    expect(await list({ serviceName: 'aep-backend-prod-svc' })).not.toContain(arn);
  });

  test('is the same one for the same token, and a conflict for another command', async () => {
    const { run, client, list } = await given();
    const before = (await list({})).length;
    const first = await run(['check', 'all'], { clientToken: 'once' });
    expect(await run(['check', 'all'], { clientToken: 'once' })).toBe(first);
    expect(await list({})).toHaveLength(before + 1);
    const other = new RunTaskCommand(request(['break'], { clientToken: 'once' }));
    await expect(client.send(other)).rejects.toEqual(named('ConflictException'));
    expect(await run(['check', 'all'])).not.toBe(await run(['check', 'all']));
  });

  test('is on the disk before its answer: a stand-in that starts again knows it', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'golive-task-'));
    onTestFinished(() => rmSync(folder, { recursive: true }));
    const options = { world: givenWorld({ account: { ecs: { task_scripts: scripts } } }), now: () => start, folder };
    const first = await startStandIn(options);
    const { tasks = [] } = await new ECSClient(clientConfig(first.awsUrl)).send(new RunTaskCommand(request(['break'])));
    await first.close();
    const second = await startStandIn(options);
    onTestFinished(() => second.close());
    const asked = new DescribeTasksCommand({ cluster, tasks: tasks.flatMap(({ taskArn }) => taskArn ?? []) });
    expect((await new ECSClient(clientConfig(second.awsUrl)).send(asked)).tasks).toHaveLength(1);
  });

  const network = request([]).networkConfiguration?.awsvpcConfiguration;
  test.each<readonly [string, Partial<RunTaskCommandInput>, string]>([
    ['a cluster that is not there', { cluster: 'nope' }, 'ClusterNotFoundException'],
    ['no such definition', { taskDefinition: 'nope' }, 'ClientException'],
    ['no such revision', { taskDefinition: 'aep-backend-prod:9999' }, 'ClientException'],
    ['no network', { networkConfiguration: undefined }, 'InvalidParameterException'],
    [
      'no such subnet',
      { networkConfiguration: { awsvpcConfiguration: { ...network, subnets: ['subnet-0'] } } },
      'InvalidParameterException',
    ],
    [
      'no such security group',
      { networkConfiguration: { awsvpcConfiguration: { subnets: network?.subnets, securityGroups: ['sg-0'] } } },
      'InvalidParameterException',
    ],
    ['another container', { overrides: { containerOverrides: [{ name: 'web' }] } }, 'InvalidParameterException'],
    ['a token that is too long', { clientToken: 'x'.repeat(65) }, 'InvalidParameterException'],
    ['a name with a space', { startedBy: 'golive 1' }, 'InvalidParameterException'],
    ['too many', { count: 11 }, 'InvalidParameterException'],
  ])('is refused with %s, and nothing is started', async (_, more, code) => {
    const { client, list } = await given();
    const before = await list({});
    await expect(client.send(new RunTaskCommand(request(['break'], more)))).rejects.toEqual(named(code));
    expect(await list({})).toEqual(before);
  });

  test('is refused on a cluster that is not active any more', async () => {
    const { client } = await given({ clusters: { old: { status: 'INACTIVE', services: {} } } });
    const old = new RunTaskCommand(request(['break'], { cluster: 'old' }));
    await expect(client.send(old)).rejects.toEqual(named('ClusterNotFoundException'));
  });
});

describe('its log', () => {
  test('is where the task definition says', async () => {
    const { client } = await given();
    const asked = new DescribeTaskDefinitionCommand({ taskDefinition: 'aep-backend-prod' });
    const { taskDefinition } = await client.send(asked);
    expect(taskDefinition?.containerDefinitions?.[0]?.logConfiguration).toMatchObject({
      logDriver: 'awslogs',
      options: { 'awslogs-group': group, 'awslogs-stream-prefix': 'ecs' },
    });
  });

  test('begins with its container and fills as time goes by', async () => {
    const { run, read, time } = await given();
    const arn = await run(['check', 'all']);
    time.now = start + 19_000;
    await expect(read(arn)).rejects.toEqual(named('ResourceNotFoundException'));
    time.now = start + 31_000;
    expect((await read(arn)).events?.map(({ message }) => message)).toEqual(['one', 'two']);
    time.now = start + 40_000;
    expect((await read(arn)).events?.map(({ message }) => message)).toEqual(['one', 'two', '{"rows":3}']);
  });

  test('is read forwards and backwards, by tokens that stay the same at an end', async () => {
    const { run, read, time } = await given();
    const arn = await run(['talk']);
    time.now = start + 60_000;
    const first = await read(arn);
    const second = await read(arn, { nextToken: first.nextForwardToken });
    const third = await read(arn, { nextToken: second.nextForwardToken });
    const over = await read(arn, { nextToken: third.nextForwardToken });
    expect([first, second, third, over].map(({ events }) => events?.length)).toEqual([25, 25, 10, 0]);
    expect(over.nextForwardToken).toBe(third.nextForwardToken);
    const newest = await read(arn, { startFromHead: false, limit: 2 });
    expect(newest.events?.map(({ message }) => message)).toEqual(['line 58', 'line 59']);
    const older = await read(arn, { startFromHead: false, limit: 2, nextToken: newest.nextBackwardToken });
    expect(older.events?.map(({ message }) => message)).toEqual(['line 56', 'line 57']);
    const oldest = await read(arn, { nextToken: first.nextBackwardToken });
    expect([oldest.events, oldest.nextBackwardToken]).toEqual([[], first.nextBackwardToken]);
  });

  test('is refused for what is not there, and for tokens it never gave', async () => {
    const { run, read, time } = await given();
    const [arn, dead] = [await run(['check', 'all']), await run(['never'])];
    time.now = start + 60_000;
    await expect(read(arn, { logGroupName: '/ecs/nope' })).rejects.toEqual(named('ResourceNotFoundException'));
    await expect(read(arn, { logStreamName: 'ecs/backend/nope' })).rejects.toEqual(named('ResourceNotFoundException'));
    await expect(read(dead)).rejects.toEqual(named('ResourceNotFoundException'));
    await expect(read(arn, { nextToken: 'f/1' })).rejects.toEqual(named('InvalidParameterException'));
    const { nextForwardToken } = await read(arn);
    const backwards = read(arn, { startFromHead: false, nextToken: nextForwardToken });
    await expect(backwards).rejects.toEqual(named('InvalidParameterException'));
  });

  test('is found by a filter over the whole group too', async () => {
    const { run, logs, time } = await given();
    const arn = await run(['break']);
    time.now = start + 60_000;
    const asked = { logGroupName: group, startTime: start, endTime: time.now, filterPattern: '"it broke"' };
    const { nextToken } = await logs.send(new FilterLogEventsCommand(asked));
    const { events } = await logs.send(new FilterLogEventsCommand({ ...asked, nextToken }));
    expect(events).toMatchObject([{ message: 'it broke', logStreamName: `ecs/backend/${arn.split('/').at(-1)}` }]);
  });
});
