import { EventEmitter, once } from 'node:events';
import { afterEach, describe, expect, it } from 'vitest';
import { BlindError } from '../../src/errors.ts';
import type { AwsSession } from '../../src/world.ts';
import { ask, rehearse, serve } from './aws-server.ts';
import type { Script, Server } from './aws-server.ts';

const open: { server?: Server; session?: AwsSession } = {};

async function start(script: Script): Promise<{ server: Server; session: AwsSession }> {
  const server = await serve(script);
  const session = await rehearse(server.endpoint);
  Object.assign(open, { server, session });
  return { server, session };
}

async function blind(promise: Promise<unknown>): Promise<BlindError> {
  const thrown: unknown = await promise.then(
    () => 'an answer',
    (error: unknown) => error,
  );
  if (!(thrown instanceof BlindError)) throw new Error(`it could look: ${String(thrown)}`);
  return thrown;
}

afterEach(async () => {
  await open.session?.close();
  await open.server?.close();
  delete open.session;
  delete open.server;
});

const services = { cluster: 'c', services: ['s'] };

describe('an answer', () => {
  it('is plain JSON: dates as ISO text, bytes counted, no metadata', async () => {
    const { session } = await start(() => ({
      body: { services: [{ serviceName: 's', createdAt: 1_700_000_000.5, runningCount: 2 }], failures: [] },
    }));
    expect(await ask(session, 'ecs:DescribeServices', services)).toEqual({
      output: {
        services: [{ serviceName: 's', createdAt: '2023-11-14T22:13:20.500Z', runningCount: 2 }],
        failures: [],
      },
      requests: ['request-1'],
      observedAt: Date.parse('2026-03-01T12:00:00Z'),
    });
  });

  it('never shows what the schemas mark as sensitive', async () => {
    const { session } = await start(() => ({
      body: {
        taskDefinition: {
          family: 'f',
          containerDefinitions: [
            {
              name: 'web',
              environment: [{ name: 'DB', value: 'hunter2' }],
              repositoryCredentials: { credentialsParameter: 'hunter3' },
            },
          ],
        },
      },
    }));
    const answer = await ask(session, 'ecs:DescribeTaskDefinition', { taskDefinition: 'f' });
    expect(JSON.stringify(answer)).not.toContain('hunter2');
    expect(answer).toMatchObject({
      output: { taskDefinition: { containerDefinitions: [{ name: 'web', environment: '(redacted)' }] } },
    });
  });

  it('of the Query protocol keeps its shape', async () => {
    const { session } = await start(() => ({
      body: `<DescribeTargetHealthResponse xmlns="http://elasticloadbalancing.amazonaws.com/doc/2015-12-01/"><DescribeTargetHealthResult>
        <TargetHealthDescriptions><member><Target><Id>10.0.0.1</Id><Port>80</Port></Target><TargetHealth><State>healthy</State></TargetHealth></member></TargetHealthDescriptions>
        </DescribeTargetHealthResult><ResponseMetadata><RequestId>r</RequestId></ResponseMetadata></DescribeTargetHealthResponse>`,
    }));
    expect(await ask(session, 'elbv2:DescribeTargetHealth', { TargetGroupArn: 'arn:x' })).toMatchObject({
      output: {
        TargetHealthDescriptions: [{ Target: { Id: '10.0.0.1', Port: 80 }, TargetHealth: { State: 'healthy' } }],
      },
    });
  });

  it('of REST-XML reads a bucket by its path on an address', async () => {
    const { session, server } = await start(() => ({
      body: '<VersioningConfiguration><Status>Enabled</Status></VersioningConfiguration>',
    }));
    expect(await ask(session, 's3:GetBucketVersioning', { Bucket: 'logs' })).toMatchObject({
      output: { Status: 'Enabled' },
    });
    expect(server.seen[0]?.url).toMatch(/^\/logs/);
  });
});

/** One record set in XML. */
const record = (name: string) =>
  `<ResourceRecordSet><Name>${name}</Name><Type>A</Type><TTL>60</TTL><ResourceRecords><ResourceRecord><Value>192.0.2.1</Value></ResourceRecord></ResourceRecords></ResourceRecordSet>`;

describe('pages', () => {
  it('are read on after an empty one', async () => {
    const { session } = await start((_, nth) => ({
      body: nth === 1 ? { events: [], nextToken: 'two' } : { events: [{ message: 'ERROR on page two' }] },
    }));
    const answer = await ask(session, 'logs:FilterLogEvents', { logGroupName: 'g' });
    expect(answer).toMatchObject({
      output: { events: [{ message: 'ERROR on page two' }] },
      requests: ['request-1', 'request-2'],
    });
    expect('output' in answer && answer.output).not.toHaveProperty('nextToken');
  });

  it('are read on where the SDK has no paginator', async () => {
    const { session, server } = await start((_, nth) => ({
      body: { serviceDeployments: [{ status: `S${nth}` }], ...(nth < 3 ? { nextToken: `t${nth}` } : {}) },
    }));
    const answer = await ask(session, 'ecs:ListServiceDeployments', { service: 's' });
    expect(answer).toMatchObject({
      output: { serviceDeployments: [{ status: 'S1' }, { status: 'S2' }, { status: 'S3' }] },
    });
    expect(server.seen.map((each): unknown => JSON.parse(each.body))).toEqual([
      { service: 's' },
      { service: 's', nextToken: 't1' },
      { service: 's', nextToken: 't2' },
    ]);
  });

  it('of Route 53 go on at the next record', async () => {
    const { session, server } = await start((_, nth) => ({
      body: `<ListResourceRecordSetsResponse xmlns="https://route53.amazonaws.com/doc/2013-04-01/"><ResourceRecordSets>${record(`r${nth}.`)}</ResourceRecordSets>
        <IsTruncated>${nth === 1}</IsTruncated>${nth === 1 ? '<NextRecordName>r2.</NextRecordName><NextRecordType>A</NextRecordType>' : ''}<MaxItems>1</MaxItems></ListResourceRecordSetsResponse>`,
    }));
    const answer = await ask(session, 'route53:ListResourceRecordSets', { HostedZoneId: 'Z1' });
    expect(answer).toMatchObject({ output: { ResourceRecordSets: [{ Name: 'r1.' }, { Name: 'r2.' }] } });
    expect(server.seen[1]?.url).toContain('name=r2.&type=A');
  });

  it('without end are refused, not cut', async () => {
    const { session } = await start((_, nth) => ({ body: { events: [], nextToken: `t${nth}` } }));
    const error = await blind(ask(session, 'logs:FilterLogEvents', { logGroupName: 'g' }));
    expect(error.message).toContain('more than 100 pages');
  });

  it('that go round in circles are an error', async () => {
    const { session, server } = await start(() => ({ body: { events: [], nextToken: 'same' } }));
    expect((await blind(ask(session, 'logs:FilterLogEvents', { logGroupName: 'g' }))).code).toBe('server');
    expect(server.seen).toHaveLength(2);
  });

  it('end as soon as there is enough, when that was asked for', async () => {
    const { session, server } = await start((_, nth) => ({
      body: { events: nth === 1 ? [] : [{ message: 'one' }], nextToken: `t${nth}` },
    }));
    expect(await ask(session, 'logs:FilterLogEvents', { logGroupName: 'g' }, { enough: 'events' })).toMatchObject({
      output: { events: [{ message: 'one' }] },
    });
    expect(server.seen).toHaveLength(2);
  });
});

describe('the cache of a phase', () => {
  it('sends one request for readers at the same time, whatever the order of the members', async () => {
    const { session, server } = await start(() => ({ body: { services: [], failures: [] } }));
    await Promise.all([
      ask(session, 'ecs:DescribeServices', services),
      ask(session, 'ecs:DescribeServices', { services: ['s'], cluster: 'c' }),
    ]);
    await ask(session, 'ecs:DescribeServices', services);
    expect(server.seen).toHaveLength(1);
    expect({ ...session.counts }).toEqual({ sent: 1, distinct: 1 });
  });

  it('tells regions and inputs apart', async () => {
    const { session, server } = await start(() => ({ body: { services: [], failures: [] } }));
    await ask(session, 'ecs:DescribeServices', services);
    await ask(session, 'ecs:DescribeServices', services, { region: 'us-east-1' });
    await ask(session, 'ecs:DescribeServices', { ...services, cluster: 'd' });
    expect(server.seen).toHaveLength(3);
    expect(server.seen[1]?.headers['authorization']).toContain('/us-east-1/ecs/');
  });

  it('is passed by and refreshed by a fresh read, and emptied by forget', async () => {
    const { session } = await start((_, nth) => ({ body: { services: [{ runningCount: nth }], failures: [] } }));
    const count = async (fresh: boolean) => {
      const answer = await ask(session, 'ecs:DescribeServices', services, { fresh });
      return 'output' in answer ? answer.output['services'] : [];
    };
    expect(await count(false)).toEqual([{ runningCount: 1 }]);
    expect(await count(true)).toEqual([{ runningCount: 2 }]);
    expect(await count(false)).toEqual([{ runningCount: 2 }]);
    session.forget();
    expect(await count(false)).toEqual([{ runningCount: 3 }]);
    expect({ ...session.counts }).toEqual({ sent: 3, distinct: 1 });
  });

  it('keeps no errors', async () => {
    const { session } = await start((_, nth) =>
      nth === 1
        ? { status: 400, body: { __type: 'AccessDeniedException', message: 'no' } }
        : { body: { services: [], failures: [] } },
    );
    await blind(ask(session, 'ecs:DescribeServices', services));
    expect(await ask(session, 'ecs:DescribeServices', services)).toMatchObject({ output: { services: [] } });
  });

  it('gives the answer to those who still wait when one reader gives up', async () => {
    const gate = new EventEmitter();
    const opened = once(gate, 'open');
    const { session } = await start(async () => {
      await opened;
      return { body: { services: [], failures: [] } };
    });
    const impatient = new AbortController();
    const gone = session.read({ service: 'ecs', operation: 'DescribeServices', input: services }, impatient.signal);
    const patient = ask(session, 'ecs:DescribeServices', services);
    impatient.abort(new Error('the attempt is over'));
    await expect(gone).rejects.toThrow('the attempt is over');
    gate.emit('open');
    expect(await patient).toMatchObject({ output: { services: [] } });
  });
});

describe('what cannot be read', () => {
  it('is access denied with the missing IAM action, which is not the word of the CLI', async () => {
    const { session } = await start(() => ({
      status: 403,
      body: '<ErrorResponse><Error><Type>Sender</Type><Code>AccessDenied</Code><Message>no</Message></Error><RequestId>r-1</RequestId></ErrorResponse>',
    }));
    const error = await blind(ask(session, 'elbv2:DescribeTargetHealth', { TargetGroupArn: 'arn:x' }));
    expect(error).toMatchObject({ code: 'access-denied', transient: false });
    expect(error.message).toContain('elasticloadbalancing:DescribeTargetHealth');
    expect(error.hint).toContain('111122223333');
    expect(error.requests).toHaveLength(1);
  });

  it('names the action AWS names', async () => {
    const { session } = await start(() => ({
      status: 400,
      body: {
        __type: 'AccessDeniedException',
        message: 'User: arn:x is not authorized to perform: ecs:DescribeTasks on resource: *',
      },
    }));
    expect((await blind(ask(session, 'ecs:DescribeServices', services))).message).toContain(
      'action ecs:DescribeTasks is missing',
    );
  });

  it.each([
    ['ThrottlingException', 400, 'throttled', true],
    ['ExpiredTokenException', 400, 'credentials', false],
    ['UnrecognizedClientException', 400, 'credentials', false],
    ['InvalidParameterException', 400, 'invalid', false],
    ['ServerException', 500, 'server', true],
  ])(
    '%s (%d) is %s',
    async (type, status, code, transient) => {
      const { session, server } = await start(() => ({
        status,
        body: { __type: type, message: `said by AWS ${'x'.repeat(900)}` },
      }));
      const error = await blind(ask(session, 'ecs:DescribeServices', services));
      expect(error).toMatchObject({ code, transient });
      expect(error.message.length).toBeLessThanOrEqual(500);
      expect(server.seen).toHaveLength(transient ? 4 : 1);
      expect(session.counts.sent).toBe(server.seen.length);
    },
    20_000,
  );

  it('says that a bucket is in another region, and what to do', async () => {
    const { session } = await start(() => ({
      status: 301,
      body: '<Error><Code>PermanentRedirect</Code><Message>elsewhere</Message></Error>',
    }));
    const error = await blind(ask(session, 's3:GetBucketVersioning', { Bucket: 'b' }));
    expect(error).toMatchObject({ code: 'invalid', hint: expect.stringContaining('region') });
    expect(error.message).toContain('not in eu-central-1');
  });

  it('is a network error when the connection breaks', async () => {
    const { session } = await start(() => ({ reset: true }));
    expect(await blind(ask(session, 'ecs:DescribeServices', services))).toMatchObject({
      code: 'network',
      transient: true,
    });
  }, 20_000);

  it.each([
    'secretsmanager:GetSecretValue',
    'sts:GetSessionToken',
    's3:GetObject',
    'ecs:UpdateService',
    'logs:GetLogObject',
    'logs:GetLookupTable',
    'elbv2:GetTrustStoreCaCertificatesBundle',
    'elbv2:GetTrustStoreRevocationContent',
  ])('%s is refused without a request', async (operation) => {
    const { session, server } = await start(() => ({}));
    expect((await blind(ask(session, operation, {}))).code).toBe('refused');
    expect(server.seen).toHaveLength(0);
  });

  it.each([
    ['logs:FilterLogEvents', { logGroupName: 'g', unmask: true }, 'unmask'],
    ['logs:GetLogRecord', { logRecordPointer: 'p', unmask: true }, 'unmask'],
    ['logs:GetLogEvents', { logGroupName: 'g', logStreamName: 's' }, 'startFromHead'],
  ])('%s with %j is refused without a request', async (operation, input, why) => {
    const { session, server } = await start(() => ({}));
    const error = await blind(ask(session, operation, input));
    expect([error.code, server.seen]).toEqual(['refused', []]);
    expect(error.message).toContain(why);
  });

  it.each([
    [{ clutser: 'c', services: ['s'] }, 'clutser: there is no such member'],
    [{ cluster: 'c', services: 's' }, 'services: a list is needed'],
    [{ cluster: 'c', services: [7] }, 'services[0]: a string is needed'],
    [{ cluster: 'c' }, 'services is missing'],
  ])('%j is refused before the SDK drops what it does not know', async (input, problem) => {
    const { session, server } = await start(() => ({}));
    const error = await blind(ask(session, 'ecs:DescribeServices', input));
    expect(error.code).toBe('invalid');
    expect(error.message).toContain(problem);
    expect(server.seen).toHaveLength(0);
  });

  it('is a service, an operation or an account that is not there', async () => {
    const { session } = await start(() => ({}));
    expect((await blind(ask(session, 'glue:GetTable', {}))).code).toBe('refused');
    expect((await blind(ask(session, 'ecs:DescribeNothing', {}))).code).toBe('invalid');
    expect((await blind(ask(session, 'ecs:DescribeServices', services, { account: 'dns' }))).code).toBe('invalid');
  });
});

describe('a link to content', () => {
  it('is given to a kind that follows it, and to nobody else, not even when it was just read', async () => {
    const { session } = await start(() => ({ body: { downloadUrl: 'https://s3.example/x' } }));
    const input = { repositoryName: 'r', layerDigest: 'sha256:1' };
    const link = 'ecr:GetDownloadUrlForLayer';
    expect(await ask(session, link, input, { follows: true })).toMatchObject({
      output: { downloadUrl: 'https://s3.example/x' },
    });
    const error = await blind(ask(session, link, input));
    expect([error.code, error.message]).toEqual([
      'refused',
      `golive does not call ${link}: it returns a link to the content.`,
    ]);
    const other = ask(session, 'ecr:GetAuthorizationToken', {}, { follows: true });
    expect((await blind(other)).code).toBe('refused');
  });
});

describe('an answer that is not from AWS', () => {
  it.each([
    ['elbv2:DescribeTargetGroups', {}, 200, '<html>Please log in</html>'],
    ['ecs:DescribeServices', services, 200, ''],
    ['route53:ListHostedZones', {}, 204, ''],
    ['s3:HeadBucket', { Bucket: 'b' }, 404, ''],
    ['logs:FilterLogEvents', { logGroupName: 'g' }, 400, '{"__type":"ResourceNotFoundException"}'],
  ])('to %s, given %j, with status %i, is neither empty nor missing', async (operation, input, status, body) => {
    const { session } = await start(() => ({ status, body, anonymous: true }));
    const error = await blind(ask(session, operation, input));
    expect(error.code).toBe('server');
    expect(error.message).toContain('not from AWS');
  });
});

describe('what is not there', () => {
  it.each([
    ['ecs:DescribeServices', services, 'ClusterNotFoundException'],
    ['logs:FilterLogEvents', { logGroupName: 'g' }, 'ResourceNotFoundException'],
    ['secretsmanager:DescribeSecret', { SecretId: 's' }, 'ResourceNotFoundException'],
  ])('%s says so, given %j, with %s', async (operation, input, type) => {
    const { session } = await start(() => ({ status: 400, body: { __type: type, message: 'not found' } }));
    expect(await ask(session, operation, input)).toMatchObject({ missing: { code: type, message: 'not found' } });
  });

  it('is a task definition ECS cannot describe, and no other ClientException', async () => {
    let message = 'Unable to describe task definition.';
    const { session } = await start(() => ({ status: 400, body: { __type: 'ClientException', message } }));
    expect(await ask(session, 'ecs:DescribeTaskDefinition', { taskDefinition: 'a' })).toHaveProperty('missing');
    message = 'Something else.';
    expect((await blind(ask(session, 'ecs:DescribeTaskDefinition', { taskDefinition: 'b' }))).code).toBe('invalid');
  });

  it.each([
    ['rds:DescribeDBInstances', { DBInstanceIdentifier: 'd' }, 'DBInstanceNotFound', 404],
    ['elbv2:DescribeTargetHealth', { TargetGroupArn: 'arn:x' }, 'TargetGroupNotFound', 400],
  ])('%s says so in a Query answer', async (operation, input, code, status) => {
    const { session } = await start(() => ({
      status,
      body: `<ErrorResponse><Error><Type>Sender</Type><Code>${code}</Code><Message>not found</Message></Error><RequestId>r</RequestId></ErrorResponse>`,
    }));
    expect(await ask(session, operation, input)).toHaveProperty('missing');
  });

  it('is a setting a bucket does not have, but not a bucket one may not see', async () => {
    let reply = {
      status: 404,
      body: '<Error><Code>NoSuchLifecycleConfiguration</Code><Message>none</Message></Error>',
    };
    const { session } = await start(() => reply);
    expect(await ask(session, 's3:GetBucketLifecycleConfiguration', { Bucket: 'b' })).toHaveProperty('missing');
    reply = { status: 403, body: '<Error><Code>AccessDenied</Code><Message>no</Message></Error>' };
    const error = await blind(ask(session, 's3:GetBucketLifecycleConfiguration', { Bucket: 'c' }));
    expect(error.message).toContain('s3:GetLifecycleConfiguration');
  });
});

describe('the caller', () => {
  it('is asked for afresh each time', async () => {
    const { session, server } = await start(() => ({
      body: '<GetCallerIdentityResponse xmlns="https://sts.amazonaws.com/doc/2011-06-15/"><GetCallerIdentityResult><Arn>arn:aws:sts::111122223333:assumed-role/r/me</Arn><UserId>u</UserId><Account>111122223333</Account></GetCallerIdentityResult></GetCallerIdentityResponse>',
    }));
    const { signal } = new AbortController();
    await session.caller(undefined, signal);
    expect(await session.caller(undefined, signal)).toEqual({
      account: '111122223333',
      arn: 'arn:aws:sts::111122223333:assumed-role/r/me',
    });
    expect(server.seen).toHaveLength(2);
  });
});
