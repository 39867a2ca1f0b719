import { describe, expect, it } from 'vitest';
import { awsEcsService } from '../../src/steps/aws-ecs-service.ts';
import { loadCatalogue } from '../../src/effects/catalogue.ts';
import { attempt, denied, listOf, missing, scripted } from './aws-world.ts';

const args = { cluster: 'c', service: 's' };
const service = {
  serviceName: 's',
  desiredCount: 2,
  runningCount: 2,
  deployments: [
    { id: 'ecs-svc/new', status: 'PRIMARY', rolloutState: 'COMPLETED' },
    { id: 'ecs-svc/old', status: 'ACTIVE' },
  ],
};
const good = {
  'ecs:DescribeServices': { services: [service], failures: [] },
  'ecs:ListServiceDeployments': {
    serviceDeployments: [
      { serviceDeploymentArn: 'arn:1', createdAt: '2026-02-01T00:00:00.000Z' },
      { serviceDeploymentArn: 'arn:2', createdAt: '2026-02-28T00:00:00.000Z' },
    ],
  },
  'ecs:DescribeServiceDeployments': { serviceDeployments: [{ status: 'SUCCESSFUL', statusReason: 'done' }] },
  'ecs:ListTasks': { taskArns: ['t1', 't2'] },
  'ecs:DescribeTasks': {
    tasks: [
      { taskArn: 't1', startedBy: 'ecs-svc/new' },
      { taskArn: 't2', startedBy: 'ecs-svc/old' },
    ],
    failures: [],
  },
};

describe('aws.ecs_service', () => {
  it('keeps the fields of the service and adds its rollout and the tasks of its primary deployment', async () => {
    const { world, calls } = scripted(good);
    const seen = await awsEcsService.run(args, world, attempt);
    expect(seen.facts).toEqual({
      found: true,
      ...service,
      rollout: { state: 'SUCCESSFUL', rolled_back: false, reason: 'done', deployment: 'arn:2' },
      tasks: [{ taskArn: 't1', startedBy: 'ecs-svc/new' }],
    });
    expect(seen.requests).toHaveLength(5);
    expect(calls.find((call) => call.operation === 'DescribeServiceDeployments')?.input).toEqual({
      serviceDeploymentArns: ['arn:2'],
    });
  });

  it.each([
    [{ status: 'ROLLBACK_SUCCESSFUL', rollback: { reason: 'circuit breaker' } }, 'circuit breaker'],
    [{ status: 'ROLLBACK_FAILED', statusReason: 'stuck' }, 'stuck'],
    [{ status: 'STOPPED', rollback: { reason: 'alarm' } }, 'alarm'],
  ])(
    'shows that the newest deployment was rolled back, though the service looks stable: %j',
    async (deployment, reason) => {
      const { world } = scripted({ ...good, 'ecs:DescribeServiceDeployments': { serviceDeployments: [deployment] } });
      const { facts } = await awsEcsService.run(args, world, attempt);
      expect(facts).toMatchObject({
        runningCount: 2,
        rollout: { state: deployment.status, rolled_back: true, reason },
      });
    },
  );

  it.each([
    ['has stopped since', { tasks: [{ taskArn: 't1', startedBy: 'ecs-svc/new' }], failures: [{ reason: 'MISSING' }] }],
    ['is in a cluster that went away', missing('ClusterNotFoundException')],
  ])('does not take some tasks for all when one %s', async (_title, answer) => {
    const { world } = scripted({ ...good, 'ecs:DescribeTasks': answer });
    await expect(awsEcsService.run(args, world, attempt)).rejects.toMatchObject({ code: 'server', transient: true });
  });

  it.each([
    ['there is no deployment on record', { 'ecs:ListServiceDeployments': { serviceDeployments: [] } }],
    ['it vanished in between', { 'ecs:DescribeServiceDeployments': { serviceDeployments: [] } }],
    ['it has no status', { 'ecs:DescribeServiceDeployments': { serviceDeployments: [{}] } }],
  ])('does not claim that nothing was rolled back when %s', async (_title, answers) => {
    const { facts } = await awsEcsService.run(args, scripted({ ...good, ...answers }).world, attempt);
    expect(facts).toMatchObject({ rollout: { state: null, rolled_back: null } });
  });

  it('finds no service where ECS says MISSING, or has no such cluster', async () => {
    const absent = { 'ecs:DescribeServices': { services: [], failures: [{ arn: 'arn:s', reason: 'MISSING' }] } };
    expect((await awsEcsService.run(args, scripted(absent).world, attempt)).facts).toEqual({
      found: false,
      error: { code: 'MISSING', message: 'There is no service arn:s' },
    });
    const { world } = scripted({ 'ecs:DescribeServices': missing('ClusterNotFoundException') });
    expect((await awsEcsService.run(args, world, attempt)).facts).toMatchObject({
      found: false,
      error: { code: 'ClusterNotFoundException' },
    });
  });

  it('could not look when ECS gives neither the service nor MISSING, or a part is denied', async () => {
    const { world } = scripted({ 'ecs:DescribeServices': { services: [], failures: [] } });
    await expect(awsEcsService.run(args, world, attempt)).rejects.toMatchObject({ name: 'BlindError', code: 'server' });
    for (const name of Object.keys(good)) {
      await expect(awsEcsService.run(args, scripted({ ...good, [name]: denied }).world, attempt)).rejects.toBe(denied);
    }
  });

  it('asks for at most 100 tasks at a time, all of them, and freshly when told', async () => {
    const { world, calls } = scripted({
      ...good,
      'ecs:ListTasks': { taskArns: Array.from({ length: 250 }, (_, task) => `t${task}`) },
      'ecs:DescribeTasks': (call) => ({
        tasks: listOf(call.input['tasks']).map((taskArn) => ({ taskArn, startedBy: 'ecs-svc/new' })),
      }),
    });
    const { facts } = await awsEcsService.run(args, world, { ...attempt, fresh: true });
    expect(facts['tasks']).toHaveLength(250);
    expect(calls.filter((call) => call.operation === 'DescribeTasks')).toHaveLength(3);
    expect(calls.every((call) => call.fresh === true)).toBe(true);
  });

  it('shows all running tasks where another controller deploys', async () => {
    const { world } = scripted({ ...good, 'ecs:DescribeServices': { services: [{ ...service, deployments: [] }] } });
    expect((await awsEcsService.run(args, world, attempt)).facts['tasks']).toHaveLength(2);
  });

  it('describes its facts, and has the actions and operations it uses', async () => {
    const shape = awsEcsService.facts(args, await loadCatalogue(['ecs']));
    const members = shape.type === 'structure' ? shape.members() : {};
    expect(Object.keys(members)).toEqual(
      expect.arrayContaining(['runningCount', 'deployments', 'tasks', 'rollout', 'found', 'error']),
    );
    expect(members['tasks']).toMatchObject({ type: 'list' });
    const { world, calls } = scripted(good);
    await awsEcsService.run(args, world, attempt);
    expect(calls.map((call) => `ecs:${call.operation}`).toSorted()).toEqual(awsEcsService.operations(args).toSorted());
  });
});
