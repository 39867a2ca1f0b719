// Goal: a change that a checklist writes out is sent once and as it was shown, nothing is claimed about what came of it, and
// what no checklist may change is not sent. Method: the kind alone, and through the real clients against the stand-in.

import { describe, expect, test } from 'vitest';
import type { JsonObject } from '../../src/engine/json.ts';
import { loadCatalogue } from '../../src/effects/catalogue.ts';
import { awsCallAct as kind } from '../../src/steps/aws-call-act.ts';
import type { AwsCall } from '../../src/world.ts';
import { play } from '../wrong-passes/given.ts';
import { attempt, scripted } from './aws-world.ts';
import { givenPlayed, making } from './played.ts';

const group = '/ecs/aep-backend-prod';
const keep = kind.schema.parse({
  operation: 'logs:PutRetentionPolicy',
  input: { logGroupName: group, retentionInDays: 90 },
});

test('it is shown member by member, and says of nothing that it was there before', async () => {
  const { world, calls } = scripted({});
  expect(await kind.prepare(keep, world, attempt)).toEqual({
    stands: 'ready',
    before: {},
    request: { operation: keep.operation, input: keep.input },
    lines: ['+ logs:PutRetentionPolicy', `+   logGroupName: ${group}`, '+   retentionInDays: 90'],
    expected: 'it can be seen whether logs:PutRetentionPolicy was made',
    observed: 'it was not sent yet',
    requests: [],
  });
  expect(calls).toEqual([]);
  const long = await kind.prepare({ ...keep, input: { x: 'y'.repeat(5000) } }, world, attempt);
  expect(long.lines[1]?.length).toBe(300);
});

test('of one that may have been sent nobody can tell', async () => {
  const { stands, observed } = await kind.prepare(keep, scripted({}).world, attempt, { before: {}, mark: 'm' });
  expect([stands, observed]).toEqual(['foreign', 'nothing AWS says would show it']);
  expect([kind.class, kind.sees, kind.back]).toEqual(['opaque', undefined, undefined]);
});

test('it is sent as it was shown, in the account and region that are written', async () => {
  const { world } = scripted({});
  const calls: AwsCall[] = [];
  const changes = {
    change: (call: AwsCall) => {
      calls.push(call);
      return Promise.resolve({ output: { a: 1 }, requests: ['r'] });
    },
  };
  const args = { ...keep, account: 'logs', region: 'eu-west-1' };
  const prospect = await kind.prepare(args, world, attempt);
  expect(await kind.perform(args, prospect, 'golive run/7', { ...world, changes }, making)).toEqual({
    change: '',
    facts: { a: 1 },
    requests: ['r'],
  });
  expect(calls).toEqual([
    {
      service: 'logs',
      operation: 'PutRetentionPolicy',
      input: keep.input,
      written: true,
      account: 'logs',
      region: 'eu-west-1',
    },
  ]);
});

test('its facts are what the operation answers', async () => {
  const catalogue = await loadCatalogue(['elbv2']);
  const shape = kind.facts({ operation: 'elbv2:ModifyListener' }, catalogue);
  expect(shape.type === 'structure' && Object.keys(shape.members())).toEqual(['Listeners']);
});

async function listenerOf(played: { readonly world: Awaited<ReturnType<typeof givenPlayed>>['world'] }, port: number) {
  const read = async (operation: string, input: JsonObject): Promise<JsonObject> => {
    const answer = await played.world.aws.read({ service: 'elbv2', operation, input, fresh: true }, attempt.signal);
    return 'output' in answer ? answer.output : {};
  };
  const { LoadBalancers: balancers } = await read('DescribeLoadBalancers', { Names: ['aep-prod-alb'] });
  const [{ LoadBalancerArn: arn = '' } = {}] = balancers as readonly JsonObject[];
  const { Listeners: listeners } = await read('DescribeListeners', { LoadBalancerArn: arn });
  return (listeners as readonly JsonObject[]).find(({ Port }) => Port === port) ?? {};
}

const maintenance = [
  { Type: 'fixed-response', FixedResponseConfig: { StatusCode: '503', MessageBody: 'Back in a minute' } },
];

describe('against the stand-in', () => {
  test('a listener answers as it was told, and again as before', async () => {
    const played = await givenPlayed(kind);
    const { ListenerArn: arn = '', DefaultActions: before = [] } = await listenerOf(played, 443);
    const args = (actions: JsonObject[string]) =>
      kind.schema.parse({ operation: 'elbv2:ModifyListener', input: { ListenerArn: arn, DefaultActions: actions } });
    const { performed } = await played.act(args(maintenance));
    expect(performed).toMatchObject({ change: '', facts: { Listeners: [{ DefaultActions: maintenance }] } });
    expect(await listenerOf(played, 443)).toMatchObject({ DefaultActions: maintenance });
    await played.accept(args(before));
    expect((await listenerOf(played, 443))['DefaultActions']).toEqual(before);
  });

  test('what AWS refuses changed nothing, and says why', async () => {
    const { act } = await givenPlayed(kind);
    const { performed } = await act({ ...keep, input: { logGroupName: '/nope', retentionInDays: 90 } });
    expect(performed).toMatchObject({ refused: expect.stringContaining('ResourceNotFoundException') });
  });

  test.each<[string, string, JsonObject, RegExp]>([
    ['deletes data', 'rds:DeleteDBInstance', { DBInstanceIdentifier: 'aep-prod-db' }, /no way back brings again/],
    ['decides who may do what', 'iam:CreateUser', { UserName: 'x' }, /who may do what/],
    ['only reads', 'rds:DescribeDBInstances', {}, /only reads/],
    [
      'carries a secret',
      'rds:ModifyDBInstance',
      { DBInstanceIdentifier: 'aep-prod-db', MasterUserPassword: 'hunter22' },
      /MasterUserPassword carries a secret/,
    ],
    ['is not there', 'logs:PutRetention', {}, /no such operation/],
    ['is misspelt inside', 'logs:PutRetentionPolicy', { logGroupName: 'x', days: 1 }, /retentionInDays is missing/],
  ])('what %s is not sent', async (_, operation, input, words) => {
    const { act } = await givenPlayed(kind);
    const { performed } = await act({ operation, input });
    expect(performed).toMatchObject({ refused: expect.stringMatching(words), requests: [] });
    expect(JSON.stringify(performed)).not.toContain('hunter22');
  });
});

describe('a step of a run', () => {
  const step = (more = ''): string => `- id: keep
  title: Keep logs longer
  act: { aws.call: { operation: "logs:PutRetentionPolicy", input: { logGroupName: "${group}", retentionInDays: 90 } } }
  ${more}
  undo: [{ aws.call: { operation: "logs:PutRetentionPolicy", input: { logGroupName: "${group}", retentionInDays: 30 } } }]`;
  const verify = (days: number): string =>
    `verify: { probe: { aws.call: { operation: "logs:DescribeLogGroups", input: { logGroupNamePrefix: "${group}" } }, one: logGroups }, expect: [{ path: retentionInDays, eq: ${days} }] }`;

  test.each<[string, string, JsonObject, string]>([
    ['passes when AWS accepts it', '', {}, 'pass'],
    ['passes when it is seen', verify(90), {}, 'pass'],
    ['fails when something else is seen', verify(365), {}, 'fail'],
    ['fails when AWS refuses', '', { faults: { denied: ['logs:PutRetentionPolicy'] } }, 'fail'],
    ['is an error when nobody may look', verify(90), { faults: { denied: ['logs:DescribeLogGroups'] } }, 'error'],
  ])('%s', async (_, more, patch, verdict) => {
    const played = await play(step(more), { patch });
    expect(played.verdicts, played.screen).toEqual({ keep: verdict });
  });
});
