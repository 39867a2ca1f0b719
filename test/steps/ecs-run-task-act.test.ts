// Goal: a task that changes something is started once, found again by its mark, and counts as done only when it has ended
// with 0. Method: the kind against scripted answers, and through the real clients against the stand-in.

import { describe, expect, test } from 'vitest';
import type { JsonObject } from '../../src/engine/json.ts';
import { BlindError } from '../../src/errors.ts';
import { securityGroupId, subnetId } from '../../src/rehearsal/ec2-names.ts';
import { ecsRunTaskAct as kind } from '../../src/steps/ecs-run-task-act.ts';
import { ecsRunTask } from '../../src/steps/ecs-run-task.ts';
import type { AwsCall, AwsChanges } from '../../src/world.ts';
import { play } from '../wrong-passes/given.ts';
import { attempt, denied, missing, scripted } from './aws-world.ts';
import { givenPlayed, making, seesOf } from './played.ts';

const run = `rehearsal-${'a'.repeat(26)}`;
const mark = `golive ${run}/412`;
const name = `golive/${run}/412`;
const arn = 'arn:aws:ecs:us-east-1:111111111111:task/aep-prod/0123456789abcdef0123456789abcdef';
const args = kind.schema.parse({
  cluster: 'aep-prod',
  task_definition: 'aep-backend-prod',
  container: 'backend',
  command: ['./manage', 'migrate'],
  subnets: [subnetId('aep-prod-private-a')],
  security_groups: [securityGroupId('aep-prod-backend-sg')],
});
const definition = (more: JsonObject = {}): JsonObject => ({
  taskDefinition: {
    taskDefinitionArn: 'arn:aws:ecs:us-east-1:111111111111:task-definition/aep-backend-prod:42',
    status: 'ACTIVE',
    containerDefinitions: [{ name: 'backend' }],
    ...more,
  },
});
const known = { 'ecs:DescribeTaskDefinition': definition() };
const pending = { before: {}, mark };

async function blindness(looked: Promise<unknown>): Promise<BlindError> {
  const thrown: unknown = await looked.then(
    (seen) => JSON.stringify(seen),
    (error: unknown) => error,
  );
  if (thrown instanceof BlindError) return thrown;
  throw new Error(`it was not blind: ${String(thrown)}`);
}

/** Sends it to a side that answers like this. */
async function sent(answer: Awaited<ReturnType<AwsChanges['change']>>) {
  const { world } = scripted(known);
  const calls: AwsCall[] = [];
  const changes: AwsChanges = {
    change: (call) => {
      calls.push(call);
      return Promise.resolve(answer);
    },
  };
  const prospect = await kind.prepare(args, world, attempt);
  return { calls, prospect, performed: kind.perform(args, prospect, mark, { ...world, changes }, making) };
}

test('it takes what the poke of the same name takes', () => {
  expect(kind.schema).toBe(ecsRunTask.schema);
  expect([kind.name, kind.class, kind.back]).toEqual([ecsRunTask.name, 'token', undefined]);
  expect(kind.misfilled?.({ command: ['x', '${a}'] }, { command: ['x', '--all'] })).toContain('for an option');
});

describe('working it out', () => {
  test('names the revision that would run now, and leaves the request as it is written', async () => {
    const { prospect } = await sent({ output: { tasks: [{ taskArn: arn }] }, requests: ['r'] });
    expect(prospect).toMatchObject({
      stands: 'ready',
      before: { task_definition: 'aep-backend-prod:42' },
      lines: ['+ a task of aep-backend-prod:42 on the cluster aep-prod: ./manage migrate'],
      request: { taskDefinition: 'aep-backend-prod', launchType: 'FARGATE', count: 1 },
    });
    expect(JSON.stringify(prospect.request)).not.toContain('golive');
  });

  test.each<[string, JsonObject | BlindError | ReturnType<typeof missing>, RegExp]>([
    ['is not there', missing('ClientException'), /cannot be run: ClientException it said/],
    ['was taken out of use', definition({ status: 'INACTIVE' }), /cannot be run: it is INACTIVE/],
    ['does not say what it is', definition({ status: null }), /cannot be run: it is of a status/],
    ['lacks the container', definition({ containerDefinitions: [{ name: 'web' }] }), /no container backend, but web/],
    ['may not be read', denied, /denied/],
  ])('is blind when the definition %s', async (_, answer, words) => {
    const { world } = scripted({ 'ecs:DescribeTaskDefinition': answer });
    expect((await blindness(kind.prepare(args, world, attempt))).message).toMatch(words);
  });
});

describe('sending it', () => {
  test('marks it with a token and a name that ECS takes, and keeps the ARN', async () => {
    const { calls, prospect, performed } = await sent({ output: { tasks: [{ taskArn: arn }] }, requests: ['r'] });
    expect(await performed).toEqual({ change: arn, facts: { task: arn }, requests: ['r'] });
    expect(calls).toMatchObject([
      { service: 'ecs', operation: 'RunTask', input: { ...prospect.request, clientToken: name, startedBy: name } },
    ]);
    expect(name).toMatch(/^[!-~]{1,64}$/);
    expect(name).toMatch(/^[\w/-]{1,128}$/);
  });

  test('is refused where ECS had no room for it, or said no', async () => {
    const failures = [{ reason: 'RESOURCE:FARGATE', detail: 'Capacity is unavailable at this time.' }];
    expect(await (await sent({ output: { tasks: [], failures }, requests: ['r'] })).performed).toEqual({
      refused: 'No task was started: RESOURCE:FARGATE: Capacity is unavailable at this time.',
      requests: ['r'],
    });
    const refused = { code: 'ClusterNotFoundException', message: 'Cluster not found.' };
    expect(await (await sent({ refused, requests: ['r'] })).performed).toEqual({
      refused: 'Cluster not found.',
      requests: ['r'],
    });
  });

  test('is unknown where ECS gave neither a task nor a failure', async () => {
    const { performed } = await sent({ output: {}, requests: ['r'] });
    expect(await blindness(performed)).toMatchObject({ code: 'server', requests: ['r'] });
  });
});

describe('one that was about to be sent', () => {
  const listing =
    (where: string) =>
    (call: AwsCall): JsonObject => {
      expect(call.input['startedBy']).toBe(name);
      return { taskArns: call.input['desiredStatus'] === where ? [arn] : [] };
    };

  test.each(['RUNNING', 'STOPPED'])('is made when a task with its mark is %s', async (where) => {
    const { world } = scripted({ ...known, 'ecs:ListTasks': listing(where) });
    expect(await kind.prepare(args, world, attempt, pending)).toMatchObject({ stands: 'already', observed: arn });
  });

  test('was not made as far as ECS knows: sent again, it is the same token', async () => {
    const { world } = scripted({ ...known, 'ecs:ListTasks': listing('nowhere') });
    expect(await kind.prepare(args, world, attempt, pending)).toMatchObject({
      stands: 'ready',
      expected: `a task started by ${name}`,
      observed: 'ECS knows none',
    });
  });

  test.each<[string, JsonObject | BlindError | ReturnType<typeof missing>]>([
    ['may not be looked for', denied],
    ['has no cluster any more', missing('ClusterNotFoundException')],
    ['is not told of', {}],
  ])('is not known about when it %s', async (_, answer) => {
    const { world } = scripted({ ...known, 'ecs:ListTasks': answer });
    await blindness(kind.prepare(args, world, attempt, pending));
  });
});

describe('that it ended', () => {
  test('cannot be seen of a task that ECS does not know, yet or any more', async () => {
    const answers = { ...known, 'ecs:DescribeTasks': { tasks: [], failures: [{ reason: 'MISSING' }] } };
    const gone = await blindness(seesOf(kind).look(args, { change: arn, mark }, scripted(answers).world, attempt));
    expect(gone).toMatchObject({ transient: true, message: `ECS does not know ${arn}.` });
    const unheard = { ...known, 'ecs:ListTasks': { taskArns: [] } };
    const lost = await blindness(seesOf(kind).look(args, { change: '', mark }, scripted(unheard).world, attempt));
    expect(lost.message).toContain(`the task started by ${name}`);
  });

  test('is known without its log and without its definition', async () => {
    const task = { taskArn: arn, lastStatus: 'STOPPED', containers: [{ name: 'backend', exitCode: 0 }] };
    const answers = { 'ecs:DescribeTasks': { tasks: [task] }, 'ecs:DescribeTaskDefinition': denied };
    const { facts } = await seesOf(kind).look(args, { change: arn, mark }, scripted(answers).world, attempt);
    expect(facts).toMatchObject({ stopped: true, exit_code: 0, text_error: expect.stringContaining('denied') });
  });

  test('is waited for as long as the checklist says', () => {
    const forMs = (timeout?: string) => seesOf(kind).effect({ ...args, timeout }).wait.forMs;
    expect([forMs(), forMs('30m')]).toEqual([600_000, 1_800_000]);
  });
});

const script = (more: JsonObject = {}): JsonObject => ({
  family: 'aep-backend-prod',
  command: ['migrate'],
  exit: 0,
  log: ['running', 'done'],
  takes: '90s',
  ...more,
});
const scripts = (more: JsonObject = {}, faults: JsonObject = {}): JsonObject => ({
  account: { ecs: { task_scripts: { migrate: script(more) } } },
  faults,
});

describe('against the stand-in', () => {
  test('it goes on, ends, and brings its exit code and the end of its log', async () => {
    const { accept, look, pass } = await givenPlayed(kind, scripts());
    const { change } = await accept(args);
    const early = await look(args, change);
    expect([early.verdict, early.over, early.facts['goes_on']]).toEqual([
      'fail',
      false,
      expect.stringMatching(/goes on/),
    ]);
    pass(100);
    const late = await look(args, change);
    expect(late).toMatchObject({ verdict: 'pass', facts: { task: change, exit_code: 0, text: 'running\ndone' } });
  });

  test.each<[string, JsonObject]>([
    ['with another exit code', { exit: 3 }],
    ['without ever having run', { stopped: 'CannotPullContainerError: no' }],
  ])('one that ended %s has failed, and is not waited for any longer', async (_, more) => {
    const { accept, look, pass } = await givenPlayed(kind, scripts(more));
    const { change } = await accept(args);
    pass(100);
    expect(await look(args, change)).toMatchObject({ verdict: 'fail', over: true });
  });

  test('one whose answer was lost is found, and sending it again with its token starts no second one', async () => {
    const { prepare, look, world, pass } = await givenPlayed(kind, scripts());
    const prospect = await prepare(args);
    const token = { before: prospect.before, mark: 'golive run/7' };
    expect((await prepare(args, token)).stands).toBe('ready');
    const first = await kind.perform(args, prospect, 'golive run/7', world, making);
    const now = await prepare(args, token);
    expect(now.stands).toBe('already');
    expect(await kind.perform(args, prospect, 'golive run/7', world, making)).toMatchObject({
      change: 'change' in first ? first.change : '',
    });
    pass(100);
    expect((await prepare(args, token)).stands).toBe('already');
    expect((await look(args, '')).verdict).toBe('pass');
  });

  test('a role that may not is refused, and nothing was started', async () => {
    const { act, prepare } = await givenPlayed(kind, scripts({}, { denied: ['ecs:RunTask'] }));
    const { performed } = await act(args);
    expect(JSON.stringify(performed)).toContain('the IAM action ecs:RunTask is missing');
    expect((await prepare(args, { before: {}, mark: 'golive run/7' })).stands).toBe('ready');
  });

  const step = `- id: migrate
  title: Migrate
  act:
    ecs.run_task:
      cluster: aep-prod
      task_definition: aep-backend-prod
      container: backend
      command: [./manage, migrate]
      subnets: [${subnetId('aep-prod-private-a')}]
      security_groups: [${securityGroupId('aep-prod-backend-sg')}]
  undo: { none: nobody migrates backwards }`;

  test.each<[string, JsonObject, string, RegExp]>([
    ['passes', {}, 'pass', /migrate has taken effect/],
    ['fails by its exit code', { exit: 3 }, 'fail', /exit_code = 0[^]*3/],
    [
      'fails when it takes too long, and says that it goes on',
      { takes: '11m' },
      'fail',
      /RUNNING and goes on by itself/,
    ],
  ])('a step of a run %s', async (_, more, verdict, words) => {
    const played = await play(step, { patch: scripts(more) });
    expect(played.verdicts, played.screen).toEqual({ migrate: verdict });
    expect(played.screen.replaceAll(/\s+/g, ' ')).toMatch(words);
  });
});
