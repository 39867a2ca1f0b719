// Reads that go out as one request: how many requests there are, and that each caller gets what it would get alone.

import { describe, expect, it, onTestFinished } from 'vitest';
import type { AwsSession } from '../../src/world.ts';
import { ask, rehearse, serve } from './aws-server.ts';
import type { Reply, Script, Server } from './aws-server.ts';

async function given(script: Script): Promise<{ readonly server: Server; readonly session: AwsSession }> {
  const server = await serve(script);
  const session = await rehearse(server.endpoint);
  onTestFinished(async () => {
    await session.close();
    await server.close();
  });
  return { server, session };
}

const here = 'arn:aws:ecs:eu-central-1:111122223333';
const service = (name: string) => ({ serviceName: name, serviceArn: `${here}:service/shop/${name}` });

/** ECS with these services, and no others; whoever names one twice, or `bad`, is refused. */
const ecs =
  (known: readonly string[]): Script =>
  ({ body }): Reply => {
    const { services } = JSON.parse(body) as { readonly services: readonly string[] };
    const names = services.map((each) => each.split('/').at(-1) ?? '');
    if (new Set(names).size < names.length || names.includes('bad'))
      return { status: 400, body: { __type: 'InvalidParameterException', message: 'Names are wrong.' } };
    const missing = names.filter((name) => !known.includes(name));
    return {
      body: {
        services: names.filter((name) => known.includes(name)).map((name) => service(name)),
        failures: missing.map((name) => ({ arn: `${here}:service/shop/${name}`, reason: 'MISSING' })),
      },
    };
  };

const describing = (session: AwsSession, services: readonly string[], more: Parameters<typeof ask>[3] = {}) =>
  ask(session, 'ecs:DescribeServices', { cluster: 'shop', services: [...services] }, more);

/** What each request asked for. */
function asked({ seen }: Server, member: string): readonly unknown[] {
  return seen.map(({ body }) => (JSON.parse(body) as Readonly<Record<string, unknown>>)[member]);
}

describe('services of one cluster', () => {
  it('are asked for in one request, and each caller gets its own', async () => {
    const { server, session } = await given(ecs(['web', 'api']));
    const [web, api, both] = await Promise.all([
      describing(session, ['web']),
      describing(session, [`${here}:service/shop/api`]),
      describing(session, ['web', 'jobs']),
    ]);
    expect(asked(server, 'services')).toEqual([['web', `${here}:service/shop/api`, 'jobs']]);
    expect(web).toMatchObject({ output: { services: [service('web')], failures: [] }, requests: ['request-1'] });
    expect(api).toMatchObject({ output: { services: [service('api')], failures: [] }, requests: ['request-1'] });
    expect(both).toMatchObject({
      output: { services: [service('web')], failures: [{ arn: `${here}:service/shop/jobs`, reason: 'MISSING' }] },
    });
    expect(session.counts).toEqual({ sent: 1, distinct: 1 });
  });

  it('are kept for those who come later, each under its own question', async () => {
    const { server, session } = await given(ecs(['web', 'api']));
    await Promise.all([describing(session, ['web']), describing(session, ['api'])]);
    expect(await describing(session, ['api'])).toMatchObject({ output: { services: [service('api')] } });
    expect(server.seen).toHaveLength(1);
  });

  it('come in the order in which each caller named them', async () => {
    const { session } = await given(ecs(['web', 'api']));
    const [, turned] = await Promise.all([describing(session, ['web', 'api']), describing(session, ['api', 'web'])]);
    expect(turned).toMatchObject({ output: { services: [service('api'), service('web')] } });
  });

  it('of which there are eleven take two requests', async () => {
    const names = Array.from({ length: 11 }, (_, at) => `service-${at}`);
    const { server, session } = await given(ecs(names));
    const answers = await Promise.all(names.map((name) => describing(session, [name])));
    expect(asked(server, 'services').map((each) => (each as readonly string[]).length)).toEqual([10, 1]);
    for (const [at, answer] of answers.entries())
      expect(answer).toMatchObject({ output: { services: [service(`service-${at}`)] } });
    expect(session.counts).toEqual({ sent: 2, distinct: 2 });
  });

  it('are not asked for by name and by ARN in the same request', async () => {
    const { server, session } = await given(ecs(['web']));
    const answers = await Promise.all([
      describing(session, ['web']),
      describing(session, [`${here}:service/shop/web`]),
    ]);
    expect(server.seen).toHaveLength(2);
    for (const answer of answers) expect(answer).toMatchObject({ output: { services: [service('web')] } });
  });

  it.each([
    ['another cluster', { cluster: 'other' }, {}],
    ['something beside', { cluster: 'shop', include: ['TAGS'] }, {}],
    ['another region', { cluster: 'shop' }, { region: 'us-east-1' }],
    ['a fresh look', { cluster: 'shop' }, { fresh: true }],
  ])('are not joined by %s', async (_, beside, more) => {
    const { server, session } = await given(ecs(['web', 'api']));
    await Promise.all([
      describing(session, ['web']),
      ask(session, 'ecs:DescribeServices', { ...beside, services: ['api'] }, more),
    ]);
    expect(server.seen).toHaveLength(2);
  });

  it('of which only the first page is wanted go alone', async () => {
    const { server, session } = await given(ecs(['web', 'api']));
    const enough = 'services';
    await Promise.all([describing(session, ['web'], { enough }), describing(session, ['api'], { enough })]);
    expect(server.seen).toHaveLength(2);
  });

  it('that are looked at afresh are asked for together too, whatever is kept', async () => {
    const { server, session } = await given(ecs(['web', 'api']));
    await describing(session, ['web']);
    await Promise.all([describing(session, ['web'], { fresh: true }), describing(session, ['api'], { fresh: true })]);
    expect(asked(server, 'services')).toEqual([['web'], ['web', 'api']]);
  });
});

describe('what goes wrong with a shared request', () => {
  it.each([
    ['a denial', { status: 400, body: { __type: 'AccessDeniedException', message: 'no' } }, 'access-denied', 1],
    ['a fault of the server', { status: 500, body: { __type: 'ServerException', message: 'no' } }, 'server', 4],
  ])('%s is everybody’s', async (_, reply, code, attempts) => {
    const { server, session } = await given(() => reply);
    const both = await Promise.allSettled([describing(session, ['web']), describing(session, ['api'])]);
    expect(both).toMatchObject([
      { status: 'rejected', reason: { code } },
      { status: 'rejected', reason: { code } },
    ]);
    expect(server.seen).toHaveLength(attempts);
  });

  it('a cluster that is not there is a fact for everybody', async () => {
    const reply = { status: 400, body: { __type: 'ClusterNotFoundException', message: 'Cluster not found.' } };
    const { server, session } = await given(() => reply);
    const both = await Promise.all([describing(session, ['web']), describing(session, ['api'])]);
    expect(both).toMatchObject([
      { missing: { code: 'ClusterNotFoundException' } },
      { missing: { code: 'ClusterNotFoundException' } },
    ]);
    expect(server.seen).toHaveLength(1);
  });

  it('a name that AWS does not take is refused to the one who asked for it', async () => {
    const { server, session } = await given(ecs(['web']));
    const both = await Promise.allSettled([describing(session, ['web']), describing(session, ['bad'])]);
    expect(both).toMatchObject([
      { status: 'fulfilled', value: { output: { services: [service('web')] } } },
      { status: 'rejected', reason: { code: 'invalid' } },
    ]);
    expect(asked(server, 'services')).toEqual([['web', 'bad'], ['web'], ['bad']]);
  });

  it('a question with one name twice goes alone', async () => {
    const { server, session } = await given(ecs(['web']));
    const both = await Promise.allSettled([describing(session, ['web']), describing(session, ['api', 'api'])]);
    expect(both.map(({ status }) => status)).toEqual(['fulfilled', 'rejected']);
    expect(server.seen).toHaveLength(2);
  });
});

describe('somebody who gives up', () => {
  const read = (session: AwsSession, name: string, signal: AbortSignal) =>
    session.read(
      { service: 'ecs', operation: 'DescribeServices', input: { cluster: 'shop', services: [name] } },
      signal,
    );

  it('while the request is on its way does not take the answer from the others', async () => {
    const [arrived, release] = [gate(), gate()];
    const { server, session } = await given(async (request, nth) => {
      arrived.resolve();
      await release.promise;
      return ecs(['web', 'api'])(request, nth);
    });
    const impatient = new AbortController();
    const gone = read(session, 'web', impatient.signal);
    const patient = describing(session, ['api']);
    await arrived.promise;
    impatient.abort();
    await expect(gone).rejects.toMatchObject({ name: 'AbortError' });
    release.resolve();
    expect(await patient).toMatchObject({ output: { services: [service('api')] } });
    expect(server.seen).toHaveLength(1);
  });

  it('before it is sent is not asked for', async () => {
    const { server, session } = await given(ecs(['web', 'api']));
    const impatient = new AbortController();
    const gone = read(session, 'web', impatient.signal);
    const patient = describing(session, ['api']);
    impatient.abort();
    await expect(gone).rejects.toMatchObject({ name: 'AbortError' });
    await patient;
    expect(asked(server, 'services')).toEqual([['api']]);
  });

  it('together with everybody else ends the request', async () => {
    const [arrived, ended] = [gate(), gate()];
    const { session } = await given(async () => {
      arrived.resolve();
      await ended.promise;
      return {};
    });
    const impatient = new AbortController();
    const both = Promise.allSettled([read(session, 'web', impatient.signal), read(session, 'api', impatient.signal)]);
    await arrived.promise;
    impatient.abort();
    expect((await both).map(({ status }) => status)).toEqual(['rejected', 'rejected']);
    ended.resolve();
  });
});

it('tasks are told apart by the end of their ARNs', async () => {
  const task = (id: string) => ({ taskArn: `${here}:task/shop/${id}` });
  const { server, session } = await given(() => ({ body: { tasks: [task('a'), task('b')], failures: [] } }));
  const tasks = (...ids: string[]) => ask(session, 'ecs:DescribeTasks', { cluster: 'shop', tasks: ids });
  const [a, b] = await Promise.all([tasks('a'), tasks(task('b').taskArn)]);
  expect([a, b]).toMatchObject([{ output: { tasks: [task('a')] } }, { output: { tasks: [task('b')] } }]);
  expect(server.seen).toHaveLength(1);
});

it('alarms are told apart by name, on every page and of every type', async () => {
  const { server, session } = await given(({ body }) =>
    body.includes('more')
      ? { body: { CompositeAlarms: [{ AlarmName: 'b' }], MetricAlarms: [{ AlarmName: 'c' }] } }
      : { body: { MetricAlarms: [{ AlarmName: 'a' }], CompositeAlarms: [], NextToken: 'more' } },
  );
  const alarms = (names: readonly string[], type = 'MetricAlarm') =>
    ask(session, 'cloudwatch:DescribeAlarms', { AlarmNames: [...names], AlarmTypes: [type, 'CompositeAlarm'] });
  const [first, rest] = await Promise.all([alarms(['a', 'gone']), alarms(['b', 'c'])]);
  expect(first).toMatchObject({ output: { MetricAlarms: [{ AlarmName: 'a' }], CompositeAlarms: [] } });
  expect(rest).toMatchObject({ output: { MetricAlarms: [{ AlarmName: 'c' }], CompositeAlarms: [{ AlarmName: 'b' }] } });
  expect(rest.requests).toEqual(['request-1', 'request-2']);
  expect(server.seen).toHaveLength(2);
  await Promise.all([alarms(['a'], 'LogAlarm'), ask(session, 'cloudwatch:DescribeAlarms', { AlarmNamePrefix: 'a' })]);
  expect(server.seen).toHaveLength(6);
});

describe('rules of security groups', () => {
  const rule = (id: string, group: string) =>
    `<item><securityGroupRuleId>${id}</securityGroupRuleId><groupId>${group}</groupId></item>`;
  const rules: Script = () => ({
    body: `<DescribeSecurityGroupRulesResponse><securityGroupRuleSet>${rule('r1', 'sg-1')}${rule('r2', 'sg-2')}${rule(
      'r3',
      'sg-1',
    )}</securityGroupRuleSet></DescribeSecurityGroupRulesResponse>`,
  });
  const filtered = (session: AwsSession, ...values: string[]) =>
    ask(session, 'ec2:DescribeSecurityGroupRules', { Filters: [{ Name: 'group-id', Values: values }] });

  it('are asked for together and told apart by group', async () => {
    const { server, session } = await given(rules);
    const [one, two, none] = await Promise.all([
      filtered(session, 'sg-1'),
      filtered(session, 'sg-2'),
      filtered(session, 'sg-3'),
    ]);
    expect(one).toMatchObject({
      output: { SecurityGroupRules: [{ SecurityGroupRuleId: 'r1' }, { SecurityGroupRuleId: 'r3' }] },
    });
    expect(two).toMatchObject({ output: { SecurityGroupRules: [{ SecurityGroupRuleId: 'r2' }] } });
    expect(none).toMatchObject({ output: { SecurityGroupRules: [] } });
    const form = new URLSearchParams(server.seen[0]?.body);
    expect([1, 2, 3].map((at) => form.get(`Filter.1.Value.${at}`))).toEqual(['sg-1', 'sg-2', 'sg-3']);
    expect(server.seen).toHaveLength(1);
  });

  it('go alone where the filter has a wildcard', async () => {
    const { server, session } = await given(rules);
    await Promise.all([filtered(session, 'sg-1'), filtered(session, 'sg-*')]);
    expect(server.seen).toHaveLength(2);
  });
});

describe('security groups by name', () => {
  const known = ['web', 'api', 'db'];
  const groups: Script = ({ body }) => {
    const names = [...new URLSearchParams(body)].flatMap(([key, value]) =>
      key.startsWith('Filter.2.Value.') ? [value] : [],
    );
    const items = known
      .filter((name) => names.includes(name))
      .map((name) => `<item><groupId>sg-${name}</groupId><groupName>${name}</groupName></item>`);
    return {
      body: `<DescribeSecurityGroupsResponse><securityGroupInfo>${items.join('')}</securityGroupInfo></DescribeSecurityGroupsResponse>`,
    };
  };
  const named = (session: AwsSession, vpc: string, name: string) =>
    ask(session, 'ec2:DescribeSecurityGroups', {
      Filters: [
        { Name: 'vpc-id', Values: [vpc] },
        { Name: 'group-name', Values: [name] },
      ],
    });

  it('of one network are asked for together, and one that is not there is missing to its own caller only', async () => {
    const { server, session } = await given(groups);
    const [web, db, none] = await Promise.all(['web', 'db', 'none'].map((name) => named(session, 'vpc-1', name)));
    expect(web).toMatchObject({ output: { SecurityGroups: [{ GroupId: 'sg-web' }] } });
    expect(db).toMatchObject({ output: { SecurityGroups: [{ GroupId: 'sg-db' }] } });
    expect(none).toMatchObject({ output: { SecurityGroups: [] } });
    const form = new URLSearchParams(server.seen[0]?.body);
    expect(form.get('Filter.1.Value.1')).toBe('vpc-1');
    expect([1, 2, 3].map((at) => form.get(`Filter.2.Value.${at}`))).toEqual(['web', 'db', 'none']);
    expect(server.seen).toHaveLength(1);
  });

  it.each([
    ['of another network', (session: AwsSession) => named(session, 'vpc-2', 'api')],
    ['with an escaped wildcard', (session: AwsSession) => named(session, 'vpc-1', String.raw`a\*`)],
    ['by id', (session: AwsSession) => ask(session, 'ec2:DescribeSecurityGroups', { GroupIds: ['sg-1'] })],
    [
      'of a network alone',
      (session: AwsSession) =>
        ask(session, 'ec2:DescribeSecurityGroups', { Filters: [{ Name: 'vpc-id', Values: ['vpc-1'] }] }),
    ],
    [
      'with a filter that is not known to be about each of them',
      (session: AwsSession) =>
        ask(session, 'ec2:DescribeSecurityGroups', {
          Filters: [
            { Name: 'vpc-id', Values: ['vpc-1'] },
            { Name: 'group-name', Values: ['api'] },
            { Name: 'tag-key', Values: ['owner'] },
          ],
        }),
    ],
  ])('%s are asked for alone', async (_, other) => {
    const { server, session } = await given(groups);
    await Promise.all([named(session, 'vpc-1', 'web'), other(session)]);
    expect(server.seen).toHaveLength(2);
  });
});

function gate(): { readonly promise: Promise<void>; readonly resolve: () => void } {
  let resolve = (): void => undefined;
  const promise = new Promise<void>((done) => (resolve = done));
  return { promise, resolve };
}
