// Goal: a service is told to run exactly what was shown, only from a state that was expected, and it counts as done only
// when it runs that and nothing else. Method: the kind against scripted answers, and through the real clients against the
// stand-in.

import { describe, expect, test } from 'vitest';
import { judge } from '../../src/engine/judge.ts';
import type { JsonObject } from '../../src/engine/json.ts';
import type { Pending, Prospect } from '../../src/steps/act.ts';
import { text } from '../../src/steps/aws-facts.ts';
import { ecsUpdateService as kind } from '../../src/steps/ecs-update-service.ts';
import type { EcsUpdateServiceArgs } from '../../src/steps/ecs-update-service.ts';
import type { AwsCall } from '../../src/world.ts';
import { givenWorld } from '../rehearsal/given.ts';
import { attempt, denied, missing, scripted } from './aws-world.ts';
import { backOf, givenPlayed, seesOf } from './played.ts';

const [cluster, service] = ['aep-prod', 'aep-backend-prod-svc'];
const arnOf = (name: string): string => `arn:aws:ecs:us-east-1:111111111111:task-definition/${name}`;
const [old, fresh] = ['aep-backend-prod:42', 'aep-backend-prod:43'];

function argsOf(more: object): EcsUpdateServiceArgs {
  return kind.schema.parse({ cluster, service, ...more });
}

interface Scene {
  readonly service?: JsonObject | null;
  readonly primary?: JsonObject;
  /** The status of the newest service deployment; none is listed without. */
  readonly rollout?: string;
  /** Status by name; what is not here is not there. */
  readonly definitions?: Readonly<Record<string, string>>;
}

/** Two tasks of revision 42, of which there is a newer one; with what a test changes. */
function sceneOf(scene: Scene = {}) {
  const primary = {
    id: 'ecs-svc/1',
    status: 'PRIMARY',
    taskDefinition: arnOf(old),
    rolloutState: 'COMPLETED',
    runningCount: 2,
    createdAt: '2026-03-01T00:00:00.000Z',
    ...scene.primary,
  };
  const counts = { desiredCount: 2, runningCount: 2, pendingCount: 0 };
  const whole = { serviceName: service, status: 'ACTIVE', ...counts, deployments: [primary], ...scene.service };
  const { definitions = { [old]: 'ACTIVE', [fresh]: 'ACTIVE' } } = scene;
  const describeDefinition = ({ input }: AwsCall): JsonObject => {
    const named = (text(input['taskDefinition']) ?? '').replace(/^.*\//, '');
    const key = named.includes(':') ? named : `${named}:${Object.keys(definitions).at(-1)?.split(':')[1]}`;
    return { taskDefinition: { taskDefinitionArn: arnOf(key), status: definitions[key] ?? 'ACTIVE' } };
  };
  return scripted({
    'ecs:DescribeServices':
      scene.service === null
        ? { services: [], failures: [{ reason: 'MISSING' }] }
        : { services: [whole], failures: [] },
    'ecs:DescribeTaskDefinition':
      Object.keys(definitions).length === 0 ? missing('ClientException') : describeDefinition,
    'ecs:ListServiceDeployments': {
      serviceDeployments: scene.rollout === undefined ? [] : [{ status: scene.rollout }],
    },
  });
}

function prepare(wish: object, scene: Scene = {}, pending?: Pending): Promise<Prospect> {
  return kind.prepare(argsOf(wish), sceneOf(scene).world, attempt, pending);
}

describe('what the service runs', () => {
  const forced = { force_new_deployment: true };
  test.each<[string, Prospect['stands'], object, Scene]>([
    ['another definition', 'ready', { task_definition: fresh }, {}],
    ['another revision than the newest of the family', 'ready', { task_definition: 'aep-backend-prod' }, {}],
    ['another number of tasks', 'ready', { desired_count: 4 }, {}],
    ['the same, and all tasks are to come anew', 'ready', forced, {}],
    ['what it starts from', 'ready', { task_definition: fresh, from: { task_definition: old } }, {}],
    [
      'that, in a family that is at it',
      'ready',
      { task_definition: old, from: { task_definition: 'aep-backend-prod' } },
      { primary: { taskDefinition: arnOf(fresh) } },
    ],
    [
      'what it starts from in part, and the wish in the other',
      'ready',
      { task_definition: fresh, desired_count: 2, from: { task_definition: old, desired_count: 4 } },
      {},
    ],
    ['the wished definition', 'already', { task_definition: old }, {}],
    ['the wished definition by its ARN', 'already', { task_definition: arnOf(old) }, {}],
    [
      'the wished one, though that is INACTIVE',
      'already',
      { task_definition: old },
      { definitions: { [old]: 'INACTIVE' } },
    ],
    ['the wished one, though that is gone', 'already', { task_definition: old }, { definitions: {} }],
    ['the wish, and not what it starts from', 'already', { desired_count: 2, from: { desired_count: 4 } }, {}],
    [
      'neither the wish nor what it starts from',
      'foreign',
      { task_definition: fresh, from: { task_definition: 'aep-backend-prod:40' } },
      {},
    ],
    [
      'another number than either',
      'foreign',
      { desired_count: 2, from: { desired_count: 4 } },
      { service: { desiredCount: 6 } },
    ],
    ['something, on its way out', 'foreign', { desired_count: 4 }, { service: { status: 'DRAINING' } }],
  ])('%s: %s', async (_, stands, wish, scene) => {
    const prospect = await prepare(wish, scene);
    expect(prospect.stands).toBe(stands);
    if (stands === 'ready') return;
    expect([prospect.lines, prospect.request]).toEqual([[], { cluster, service }]);
    expect(prospect.observed === prospect.expected).toBe(stands === 'already');
  });

  test('is never sent to a definition that is gone or not ACTIVE, and that is told', async () => {
    const inactive = await prepare({ task_definition: fresh }, { definitions: { [fresh]: 'INACTIVE' } });
    expect(inactive).toMatchObject({ stands: 'foreign', expected: `${fresh} is ACTIVE`, observed: 'it is INACTIVE' });
    const gone = await prepare({ task_definition: fresh }, { definitions: {} });
    expect(gone).toMatchObject({ stands: 'foreign', expected: `${fresh} is ACTIVE`, observed: 'it is not there' });
  });

  test('cannot be worked out when it is not there, cannot be seen, or is deployed by somebody else', async () => {
    const wish = { desired_count: 4 };
    await expect(prepare(wish, { service: null })).rejects.toMatchObject({ code: 'invalid' });
    await expect(prepare(wish, { service: { deployments: [] } })).rejects.toThrow(/no PRIMARY deployment/);
    await expect(prepare(wish, { service: { desiredCount: null } })).rejects.toMatchObject({ code: 'server' });
    const blind = scripted({ 'ecs:DescribeServices': denied }).world;
    await expect(kind.prepare(argsOf(wish), blind, attempt)).rejects.toMatchObject({ code: 'access-denied' });
  });
});

describe('the request', () => {
  test('names the definition by its ARN, and is shown with what goes and what comes', async () => {
    const prospect = await prepare({
      task_definition: 'aep-backend-prod',
      desired_count: 4,
      force_new_deployment: true,
    });
    const taskDefinition = arnOf(fresh);
    expect(prospect.request).toEqual({ cluster, service, taskDefinition, desiredCount: 4, forceNewDeployment: true });
    expect(prospect.lines).toEqual([
      `- ${service} task definition ${old}`,
      `+ ${service} task definition ${fresh}`,
      `- ${service} desired count 2`,
      `+ ${service} desired count 4`,
    ]);
    const set = { task_definition: taskDefinition, desired_count: 4 };
    const before = { cluster, service, task_definition: arnOf(old), desired_count: 2, deployment: 'ecs-svc/1', set };
    expect(prospect.before).toEqual(before);
  });

  test('says of a forced deployment which tasks go', async () => {
    const { lines, request } = await prepare({ force_new_deployment: true });
    expect(request).toEqual({ cluster, service, forceNewDeployment: true });
    expect(lines).toEqual([`- ${service} all tasks of ecs-svc/1`, `+ ${service} new tasks of ${old}`]);
  });

  test('is worked out from a fresh reading', async () => {
    const { world, calls } = sceneOf();
    await kind.prepare(argsOf({ task_definition: fresh }), world, attempt);
    expect(calls.map((call) => call.fresh)).toEqual([true, true]);
  });

  test.each<[string, object]>([
    ['nothing', {}],
    ['a force that is none', { force_new_deployment: false }],
    ['half a task', { desired_count: 1.5 }],
    ['three hours', { desired_count: 1, timeout: '3h' }],
    ['another key', { desired_count: 1, image: 'x' }],
  ])('is not made from %s', (_, wish) => {
    expect(kind.schema.safeParse({ cluster, service, ...wish }).success).toBe(false);
  });
});

describe('a change of which nobody knows whether it was made', () => {
  const before = { task_definition: arnOf(old), desired_count: 2, deployment: 'ecs-svc/1' };
  const pending: Pending = { before, mark: 'm' };
  const anew = { force_new_deployment: true };
  test.each<[Prospect['stands'], string, object, Scene]>([
    ['already', 'it runs what was wished', { task_definition: fresh }, { primary: { taskDefinition: arnOf(fresh) } }],
    ['already', 'it is deployed anew', anew, { primary: { id: 'ecs-svc/2' } }],
    ['ready', 'nothing moved', { task_definition: fresh }, {}],
    ['ready', 'the deployment is still the old one', anew, {}],
    [
      'foreign',
      'it runs a third definition',
      { task_definition: fresh },
      { primary: { taskDefinition: arnOf('x:1') } },
    ],
    ['foreign', 'only another deployment is there', { task_definition: fresh }, { primary: { id: 'ecs-svc/2' } }],
    ['foreign', 'somebody scaled it', { task_definition: fresh }, { service: { desiredCount: 3 } }],
    [
      'foreign',
      'what would be sent again is gone',
      { task_definition: fresh },
      { definitions: { [fresh]: 'INACTIVE' } },
    ],
  ])('%s, when %s', async (stands, _, wish, scene) => {
    const prospect = await prepare(wish, scene, pending);
    expect(prospect.stands).toBe(stands);
  });
});

describe('that it took effect', () => {
  const look = async (wish: object, change: string, scene: Scene): Promise<JsonObject> =>
    (await seesOf(kind).look(argsOf(wish), { change, mark: '' }, sceneOf(scene).world, attempt)).facts;
  const verdict = (facts: JsonObject): string =>
    judge(seesOf(kind).effect(argsOf({ desired_count: 2 })).expect, facts, 0).verdict;

  test.each<[string, 'pass' | 'fail' | 'inconclusive', Scene]>([
    ['all tasks of the deployment run', 'pass', {}],
    ['one is missing', 'fail', { service: { runningCount: 1 }, primary: { runningCount: 1 } }],
    ['one of the old ones is left', 'fail', { service: { runningCount: 3 } }],
    ['the right number runs, one of them an old one', 'fail', { primary: { runningCount: 1 } }],
    ['one is on its way', 'fail', { service: { pendingCount: 1 } }],
    ['the rollout goes on', 'fail', { primary: { rolloutState: 'IN_PROGRESS' } }],
    ['the rollout failed', 'fail', { primary: { rolloutState: 'FAILED' } }],
    [
      'another number is wished by now',
      'fail',
      { service: { desiredCount: 3, runningCount: 3 }, primary: { runningCount: 3 } },
    ],
  ])('%s: %s', async (_, expected, scene) => {
    expect(verdict(await look({ desired_count: 2 }, 'ecs-svc/1', scene))).toBe(expected);
  });

  test('what ECS does not say never passes', async () => {
    const silent = await look({ desired_count: 2 }, 'ecs-svc/1', { service: { pendingCount: null } });
    expect(silent).not.toHaveProperty('all_running');
    expect(verdict(silent)).not.toBe('pass');
    expect(verdict(await look({ desired_count: 2 }, 'ecs-svc/1', { service: null }))).not.toBe('pass');
    expect(verdict(await look({ desired_count: 2 }, 'ecs-svc/1', { primary: { rolloutState: null } }))).not.toBe(
      'pass',
    );
  });

  test('a family is what its newest revision was, unless the deployment is our own', async () => {
    const family = { task_definition: 'aep-backend-prod' };
    expect(await look(family, 'ecs-svc/1', {})).toMatchObject({ in_place: true });
    expect(await look(family, '', { rollout: 'SUCCESSFUL' })).toMatchObject({ in_place: false, trouble: '' });
  });

  test('what was there before the change is no sign of how it ends, but what ECS lists is', async () => {
    const wish = { task_definition: fresh };
    const stale: Scene = { primary: { rolloutState: 'FAILED' } };
    expect(await look(wish, 'ecs-svc/9', { ...stale, rollout: 'IN_PROGRESS' })).toMatchObject({ trouble: '' });
    const back = await look(wish, 'ecs-svc/9', { rollout: 'ROLLBACK_IN_PROGRESS' });
    expect(back['trouble']).toBe('the newest deployment is ROLLBACK_IN_PROGRESS');
    await expect(look(wish, 'ecs-svc/9', {})).rejects.toMatchObject({ code: 'server', transient: true });
  });
});

/** The world with a newer revision of the backend. */
function withNewer(more: JsonObject = {}): JsonObject {
  const definition: JsonObject = JSON.parse(JSON.stringify(givenWorld().account.ecs.task_definitions[old]));
  return { account: { ecs: { task_definitions: { [fresh]: { ...definition, ...more } } } } };
}

describe('against the stand-in', () => {
  const wish = argsOf({ task_definition: fresh });

  test('it has taken effect when the old tasks are gone, and so has the way back', async () => {
    const { prepare: prepared, accept, look, pass, standIn } = await givenPlayed(kind, withNewer());
    const { prospect, change } = await accept(wish);
    expect(change).toMatch(/^ecs-svc\/\d+$/);
    expect(await look(wish, change)).toMatchObject({ verdict: 'fail', over: false, facts: { in_place: true } });
    pass(60);
    expect(await look(wish, change)).toMatchObject({ verdict: 'fail', facts: { runningCount: 4, all_running: false } });
    pass(60);
    expect(await look(wish, change)).toMatchObject({ verdict: 'pass', over: false });
    expect((await prepared(wish)).stands).toBe('already');
    const before = JSON.parse(JSON.stringify(prospect.before)) as JsonObject;
    const pending = { before, mark: 'golive run/7' };
    expect((await prepared(wish, pending)).stands).toBe('already');
    const back = kind.schema.parse(backOf(kind).args(wish, before));
    expect(back).toEqual({ cluster, service, task_definition: arnOf(old), from: { task_definition: arnOf(fresh) } });
    expect(backOf(kind).words(wish, before)).toContain(`brings ${service} back to task definition ${old}`);
    const undone = await accept(back);
    pass(120);
    expect((await look(back, undone.change)).verdict).toBe('pass');
    expect(standIn.requests().filter(({ operation }) => operation === 'UpdateService')).toHaveLength(2);
  });

  test('a deployment that ECS takes back fails at once, with its words, and still when it is long over', async () => {
    const { accept, look, pass } = await givenPlayed(kind, withNewer({ broken: true }));
    const { change } = await accept(wish);
    pass(60);
    expect(await look(wish, change)).toMatchObject({ verdict: 'fail', over: false, facts: { trouble: '' } });
    pass(40);
    const failed = await look(wish, change);
    expect(failed).toMatchObject({ verdict: 'fail', over: true });
    expect(failed.facts['trouble']).toContain('tasks failed to start');
    pass(600);
    const late = await look(wish, change);
    expect(late).toMatchObject({ verdict: 'fail', over: true });
    expect(late.facts['trouble']).toContain('ROLLBACK_SUCCESSFUL');
  });

  test('all tasks anew is another deployment, also when its answer was lost, and never passes when it was taken back', async () => {
    const anew = argsOf({ force_new_deployment: true });
    const { prepare: prepared, accept, look, pass, standIn } = await givenPlayed(kind);
    const { prospect, change } = await accept(anew);
    expect(change).not.toBe(prospect.before['deployment']);
    const pending = { before: prospect.before, mark: 'golive run/7' };
    expect((await prepared(anew, pending)).stands).toBe('already');
    pass(120);
    expect((await look(anew, change)).verdict).toBe('pass');
    expect((await look(anew, '')).verdict).toBe('pass');
    expect((await prepared(backOf(kind).args(anew, prospect.before))).stands).toBe('already');
    standIn.applyPatch({ account: { ecs: { task_definitions: { [old]: { broken: true } } } } });
    const again = await accept(anew);
    pass(600);
    expect((await look(anew, again.change)).over).toBe(true);
    expect((await look(anew, '')).over).toBe(true);
  });

  test('the number of tasks changes without a deployment, and only it is put back', async () => {
    const more = argsOf({ desired_count: 4 });
    const { accept, look, pass } = await givenPlayed(kind);
    const { prospect, change } = await accept(more);
    expect(change).toBe(prospect.before['deployment']);
    expect(await look(more, change)).toMatchObject({ verdict: 'fail', facts: { pendingCount: 2 } });
    pass(60);
    expect((await look(more, change)).verdict).toBe('pass');
    const back = backOf(kind).args(more, prospect.before);
    expect(back).toEqual({ cluster, service, desired_count: 2, from: { desired_count: 4 } });
    const undone = await accept(back);
    pass(60);
    expect((await look(back, undone.change)).verdict).toBe('pass');
  });

  test('is refused in the words of AWS, and nothing has changed', async () => {
    const { act, world, prepare: prepared, standIn } = await givenPlayed(kind, withNewer());
    const ready = await prepared(wish);
    standIn.applyPatch({ account: { ecs: { task_definitions: { [fresh]: { status: 'INACTIVE' } } } } });
    const late = await kind.perform(wish, ready, 'm', world, { ...attempt, output: () => undefined });
    expect(late).toMatchObject({ refused: expect.stringContaining('TaskDefinition is inactive') as string });
    expect(await prepared(wish)).toMatchObject({ stands: 'foreign', observed: 'it is INACTIVE' });
    standIn.applyPatch({ faults: { denied: ['ecs:UpdateService'] } });
    const { performed } = await act(argsOf({ desired_count: 4 }));
    expect(JSON.stringify(performed)).toContain('the IAM action ecs:UpdateService is missing');
    expect((await prepared(wish)).before['desired_count']).toBe(2);
  });
});
