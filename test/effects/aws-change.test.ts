// Goal: a change leaves in one request or in none, and "refused" is said only when nothing can have happened. Method: a
// real client against a server on loopback that counts what arrives, with and without the settings of a rehearsal.

import fs from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, onTestFinished, test, vi } from 'vitest';
import { openAws } from '../../src/effects/aws.ts';
import type { JsonObject } from '../../src/engine/json.ts';
import { BlindError } from '../../src/errors.ts';
import type { AwsCall, AwsSession } from '../../src/world.ts';
import { ask, rehearse, serve, wallClock, type Script, type Server } from './aws-server.ts';

const set = { Name: 'app.example.com.', Type: 'A', TTL: 60, ResourceRecords: [{ Value: '192.0.2.1' }] };
const input: JsonObject = {
  HostedZoneId: 'Z0123456789ABCDEFGHIJ',
  ChangeBatch: { Comment: 'golive r/1', Changes: [{ Action: 'CREATE', ResourceRecordSet: set }] },
};
const accepted = `<ChangeResourceRecordSetsResponse xmlns="https://route53.amazonaws.com/doc/2013-04-01/"><ChangeInfo>
  <Id>/change/C2682N5HXP0BZ4</Id><Status>PENDING</Status><SubmittedAt>2026-03-01T12:00:00Z</SubmittedAt>
  </ChangeInfo></ChangeResourceRecordSetsResponse>`;
const xml = (code: string, message = 'said by AWS'): string =>
  `<ErrorResponse xmlns="https://route53.amazonaws.com/doc/2013-04-01/"><Error><Type>Sender</Type><Code>${code}</Code><Message>${message}</Message></Error><RequestId>r</RequestId></ErrorResponse>`;

interface Given {
  readonly server: Server;
  readonly session: AwsSession;
}

/** A session as in a rehearsal. */
async function given(script: Script): Promise<Given> {
  const server = await serve(script);
  const session = await rehearse(server.endpoint);
  onTestFinished(async () => {
    await session.close();
    await server.close();
  });
  return { server, session };
}

/** A session as in a real run, with these variables and this text of shared credentials. */
async function givenReal(script: Script, env: Record<string, string>, credentials = ''): Promise<Given> {
  const folder = await fs.mkdtemp(join(tmpdir(), 'golive-change-'));
  const [config, shared] = [join(folder, 'config'), join(folder, 'credentials')];
  await fs.writeFile(config, '');
  await fs.writeFile(shared, credentials);
  const server = await serve(script);
  const session = await openAws({
    accounts: { '': { account: '111122223333', region: 'eu-central-1', profile: 'prod' } },
    env: {
      AWS_CONFIG_FILE: config,
      AWS_SHARED_CREDENTIALS_FILE: shared,
      AWS_MAX_ATTEMPTS: '5',
      AWS_ENDPOINT_URL: server.endpoint,
      ...env,
    },
    allowEndpoint: true,
    clock: wallClock,
  });
  onTestFinished(async () => {
    await session.close();
    await server.close();
    await fs.rm(folder, { recursive: true });
  });
  return { server, session };
}

const keys = { AWS_ACCESS_KEY_ID: 'AKIDFROMENV', AWS_SECRET_ACCESS_KEY: 'secret-from-env' };

function change(session: AwsSession, more: Partial<AwsCall> = {}, signal = new AbortController().signal) {
  const call = { service: 'route53', operation: 'ChangeResourceRecordSets', input, ...more };
  return session.change(call, signal);
}

async function blind(promise: Promise<unknown>): Promise<BlindError> {
  const thrown: unknown = await promise.then(
    (answer) => `an answer: ${JSON.stringify(answer)}`,
    (error: unknown) => error,
  );
  if (!(thrown instanceof BlindError)) throw new Error(`somebody knows: ${String(thrown)}`);
  return thrown;
}

describe('a change', () => {
  test('that is accepted gives what AWS answered and the id of the request', async () => {
    const { server, session } = await given(() => ({ body: accepted }));
    expect(await change(session)).toEqual({
      output: {
        ChangeInfo: { Id: '/change/C2682N5HXP0BZ4', Status: 'PENDING', SubmittedAt: '2026-03-01T12:00:00.000Z' },
      },
      requests: ['request-1'],
    });
    expect(server.seen).toHaveLength(1);
    expect(server.seen[0]?.url).toBe('/2013-04-01/hostedzone/Z0123456789ABCDEFGHIJ/rrset');
    expect(server.seen[0]?.body).toContain('<Comment>golive r/1</Comment>');
    expect(server.seen[0]?.body).toContain('<Action>CREATE</Action>');
  });

  test('is never answered from what was read, and never twice by one request', async () => {
    const { server, session } = await given(() => ({ body: accepted }));
    await change(session);
    await change(session);
    expect(server.seen).toHaveLength(2);
  });

  test.each([
    ['accepted', 200],
    ['refused', 400],
    ['lost', 500],
  ])('that was %s leaves nothing of what was read before', async (_, status) => {
    const zones = '<ListHostedZonesResponse><HostedZones/><IsTruncated>false</IsTruncated></ListHostedZonesResponse>';
    const { server, session } = await given(({ url }) =>
      url.includes('rrset') ? { status, body: status === 200 ? accepted : xml('InvalidChangeBatch') } : { body: zones },
    );
    await ask(session, 'route53:ListHostedZones', {});
    await ask(session, 'route53:ListHostedZones', {});
    expect(server.seen).toHaveLength(1);
    await change(session).catch(() => undefined);
    await ask(session, 'route53:ListHostedZones', {});
    expect(server.seen).toHaveLength(3);
  });
});

describe('a refusal of AWS', () => {
  test.each([
    ['InvalidChangeBatch', 400],
    ['InvalidInput', 400],
    ['NoSuchHostedZone', 404],
    ['PriorRequestNotComplete', 400],
    ['Throttling', 400],
    ['ThrottlingException', 429],
    ['AccessDenied', 403],
    // Told as one of ours: it is about us, and not about the change.
    ['ExpiredToken', 403, 'credentials'],
    ['InvalidClientTokenId', 403, 'credentials'],
    ['SignatureDoesNotMatch', 403, 'credentials'],
  ])('%s (%d) is one, after one request', async (code, status, told = code) => {
    const long = `the record is another one ${'x'.repeat(900)}`;
    const sessions = [
      await given(() => ({ status, body: xml(code, long) })),
      await givenReal(() => ({ status, body: xml(code, long) }), keys),
    ];
    for (const { server, session } of sessions) {
      const answer = await change(session);
      if (!('refused' in answer)) throw new Error('it was accepted');
      expect(answer.refused.code).toBe(told);
      expect(answer.refused.message.length).toBeLessThanOrEqual(500);
      expect(answer.requests).toEqual(['request-1']);
      expect(server.seen).toHaveLength(1);
    }
  });

  test('says which record stood in the way', async () => {
    const said = "Tried to create resource record set [name='app.example.com.', type='A'] but it already exists";
    const { session } = await given(() => ({ status: 400, body: xml('InvalidChangeBatch', said) }));
    expect(await change(session)).toMatchObject({
      refused: { message: `route53:ChangeResourceRecordSets was refused by AWS: InvalidChangeBatch: ${said}` },
    });
  });

  test('says so too where Route 53 only lists what is wrong with the batch', async () => {
    const body =
      '<InvalidChangeBatch xmlns="https://route53.amazonaws.com/doc/2013-04-01/"><Messages><Message>A is not there.</Message><Message>B is there.</Message></Messages><RequestId>r</RequestId></InvalidChangeBatch>';
    const { session } = await given(() => ({ status: 400, body }));
    const answer = await change(session);
    expect(answer).toMatchObject({ refused: { code: 'InvalidChangeBatch' }, requests: ['request-1'] });
    expect(JSON.stringify(answer)).toContain('A is not there. B is there.');
  });

  test('says which permission is missing, and how old credentials are renewed', async () => {
    const said = 'User: arn:x is not authorized to perform: route53:ChangeResourceRecordSets on resource: z';
    const denied = await given(() => ({ status: 403, body: xml('AccessDenied', said) }));
    expect(JSON.stringify(await change(denied.session))).toMatch(
      /IAM action route53:ChangeResourceRecordSets is missing.*Allow .* in account 111122223333/,
    );
    const expired = await givenReal(() => ({ status: 403, body: xml('ExpiredToken') }), keys);
    expect(JSON.stringify(await change(expired.session))).toMatch(/have expired.*export fresh AWS_ACCESS_KEY_ID/);
  });
});

describe('nobody knows whether it happened, after one request,', () => {
  test.each<[string, Script]>([
    ['when AWS fails inside', () => ({ status: 500, body: xml('InternalFailure') })],
    ['when AWS is not available', () => ({ status: 503, body: xml('ServiceUnavailable') })],
    ['when AWS fails while it throttles', () => ({ status: 503, body: xml('Throttling') })],
    ['when AWS gave up waiting for the request', () => ({ status: 408, body: xml('RequestTimeout') })],
    ['when the connection breaks', () => ({ reset: true })],
    ['when the answer has no request id', () => ({ body: accepted, anonymous: true })],
    [
      'when something without a request id says no',
      () => ({ status: 403, body: '<Error><Code>AccessDenied</Code></Error>', anonymous: true }),
    ],
    ['when the refusal cannot be read', () => ({ status: 400, body: '<html><p>no' })],
    ['when the refusal says nothing', () => ({ status: 400, body: '' })],
    ['when the answer cannot be read', () => ({ body: '<html><p>yes' })],
    ['when it is sent elsewhere', () => ({ status: 307, body: xml('TemporaryRedirect') })],
  ])('%s', async (_, script) => {
    for (const { server, session } of [await given(script), await givenReal(script, keys)]) {
      const error = await blind(change(session));
      expect(error.message).toMatch(/^route53:ChangeResourceRecordSets may or may not have happened: ./);
      expect(error.message.length).toBeLessThanOrEqual(500);
      expect(server.seen).toHaveLength(1);
    }
  });

  test('when it is interrupted on its way', async () => {
    const controller = new AbortController();
    const { server, session } = await given(() => {
      controller.abort(new Error('stopped'));
      return new Promise(() => undefined);
    });
    const error = await blind(change(session, {}, controller.signal));
    expect(error.message).toContain('may or may not have happened: it was interrupted while it was on its way');
    expect(server.seen).toHaveLength(1);
  });

  test('when no answer comes in time', async () => {
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
    onTestFinished(() => void vi.useRealTimers());
    const { server, session } = await given(() => {
      vi.advanceTimersByTime(31_000);
      return new Promise(() => undefined);
    });
    const error = await blind(change(session));
    expect(error.message).toContain('may or may not have happened: route53:ChangeResourceRecordSets got no answer');
    expect(server.seen).toHaveLength(1);
  });

  test('and the request id of a failure is kept', async () => {
    const { session } = await given(() => ({ status: 500, body: xml('InternalFailure') }));
    expect((await blind(change(session))).requests).toEqual(['request-1']);
  });
});

describe('nothing is sent', () => {
  test.each<[string, Partial<AwsCall>, RegExp]>([
    ['for another changing operation', { operation: 'DeleteHostedZone', input: { Id: 'Z1' } }, /does not change/],
    [
      'for an operation of another service',
      { service: 'ecs', operation: 'DeleteService', input: {} },
      /does not change/,
    ],
    ['for a reading operation', { operation: 'ListHostedZones', input: {} }, /does not change/],
    ['for a member that is missing', { input: { HostedZoneId: 'Z1' } }, /ChangeBatch is missing/],
    ['for a member that is not known', { input: { ...input, Force: true } }, /Force: there is no such member/],
    ["for an account that is not the target's", { account: 'dns' }, /no account named dns/],
  ])('%s', async (_, more, words) => {
    const { server, session } = await given(() => ({ body: accepted }));
    const answer = await change(session, more);
    if (!('refused' in answer)) throw new Error('it was sent');
    expect(answer.refused.message).toMatch(words);
    expect(answer.refused.message).toContain('was not sent');
    expect(answer.requests).toEqual([]);
    expect(server.seen).toEqual([]);
  });

  test('without credentials, and that counts as refused', async () => {
    const { server, session } = await givenReal(() => ({ body: accepted }), {}, '[another]\naws_access_key_id = x\n');
    const answer = await change(session);
    expect(answer).toMatchObject({ refused: { code: 'credentials' }, requests: [] });
    expect(JSON.stringify(answer)).toMatch(/profile prod .*there is no such profile\. These are there: another/);
    expect(server.seen).toEqual([]);
  });

  test('when it was interrupted before', async () => {
    const { server, session } = await given(() => ({ body: accepted }));
    const error = await blind(change(session, {}, AbortSignal.abort(new Error('stopped'))));
    expect(error.message).toContain('interrupted before it was sent');
    expect(server.seen).toEqual([]);
  });
});

describe('a task that is asked for', () => {
  const task: Partial<AwsCall> = {
    service: 'ecs',
    operation: 'RunTask',
    input: { cluster: 'shop', taskDefinition: 'web', clientToken: 'r/1-1', startedBy: 'r/1-1' },
  };

  test('leaves in one request, with its token as it was given', async () => {
    const { server, session } = await given(() => ({ body: { tasks: [{ taskArn: 'arn:t' }], failures: [] } }));
    expect(await change(session, task)).toEqual({
      output: { tasks: [{ taskArn: 'arn:t' }], failures: [] },
      requests: ['request-1'],
    });
    expect(server.seen).toHaveLength(1);
    expect(JSON.parse(server.seen[0]?.body ?? '')).toMatchObject({ clientToken: 'r/1-1', startedBy: 'r/1-1' });
  });

  test('is refused in the words of ECS, and unknown when its answer is lost: after one request each', async () => {
    const refusing = await given(() => ({ status: 400, body: { __type: 'ClusterNotFoundException', message: 'No.' } }));
    expect(await change(refusing.session, task)).toMatchObject({ refused: { code: 'ClusterNotFoundException' } });
    const losing = await givenReal(() => ({ reset: true }), keys);
    expect((await blind(change(losing.session, task))).message).toMatch(/^ecs:RunTask may or may not have happened/);
    expect([refusing.server.seen.length, losing.server.seen.length]).toEqual([1, 1]);
  });
});
