import {
  CloudWatchLogsClient,
  DescribeLogGroupsCommand,
  FilterLogEventsCommand,
} from '@aws-sdk/client-cloudwatch-logs';
import type { FilteredLogEvent, FilterLogEventsCommandInput } from '@aws-sdk/client-cloudwatch-logs';
import { describe, expect, test } from 'vitest';
import type { JsonObject } from '../../src/engine/json.ts';
import { filterOf } from '../../src/rehearsal/log-filter.ts';
import { clientConfig, givenStandIn, givenWorld } from './given.ts';

const group = '/ecs/aep-backend-prod';
const now = Date.parse(givenWorld().start);
const window = { logGroupName: group, startTime: now - 600_000, endTime: now };

async function givenLogs(patch: JsonObject = {}): Promise<CloudWatchLogsClient> {
  const { awsUrl } = await givenStandIn(patch);
  return new CloudWatchLogsClient(clientConfig(awsUrl));
}

async function read(client: CloudWatchLogsClient, input: FilterLogEventsCommandInput) {
  const pages: FilteredLogEvent[][] = [];
  let nextToken: string | undefined;
  do {
    const page = await client.send(
      new FilterLogEventsCommand({ ...input, ...(nextToken === undefined ? {} : { nextToken }) }),
    );
    pages.push(page.events ?? []);
    nextToken = page.nextToken;
  } while (nextToken !== undefined);
  return { pages: pages.map((page) => page.length), events: pages.flat() };
}

const lostConnection = {
  account: { logs: { groups: { [group]: { events: { lost: { ago: '4m', message: 'ERROR: connection lost' } } } } } },
};

describe('CloudWatch Logs', () => {
  test('the first page is empty with a token, and the events come on the pages after it, in order', async () => {
    const { pages, events } = await read(await givenLogs(), window);
    expect(pages).toEqual([0, 25, 6]);
    const times = events.map(({ timestamp = 0 }) => timestamp);
    expect(times).toEqual(times.toSorted((a, b) => a - b));
    expect(times.every((time) => time >= window.startTime && time <= window.endTime)).toBe(true);
  });

  test('an event listed before now is found by a pattern, in its place in time', async () => {
    const { events } = await read(await givenLogs(lostConnection), {
      ...window,
      filterPattern: '?"ERROR" ?"CRITICAL"',
    });
    expect(events).toMatchObject([{ message: 'ERROR: connection lost', timestamp: now - 240_000 }]);
  });

  test('the same question has the same answer, event ids included', async () => {
    const client = await givenLogs(lostConnection);
    expect(await read(client, window)).toEqual(await read(client, window));
  });

  test('falls silent when its service has no running task', async () => {
    const service = { desired: 0, running: 0 };
    const client = await givenLogs({
      account: { ecs: { clusters: { 'aep-prod': { services: { 'aep-backend-prod-svc': service } } } } },
    });
    expect((await read(client, window)).events).toEqual([]);
  });

  test('knows the future no better than anybody', async () => {
    const { events } = await read(await givenLogs(), { ...window, startTime: now - 60_000, endTime: now + 600_000 });
    expect(events.every(({ timestamp = 0 }) => timestamp <= now)).toBe(true);
    expect(events.length).toBeGreaterThan(0);
  });

  test('refuses a group that is not there, a pattern it cannot read, a token of another question, an end before its start', async () => {
    const client = await givenLogs();
    const ask = (input: Partial<FilterLogEventsCommandInput>) =>
      client.send(new FilterLogEventsCommand({ ...window, ...input }));
    await expect(ask({ logGroupName: '/ecs/nope' })).rejects.toMatchObject({ name: 'ResourceNotFoundException' });
    await expect(ask({ filterPattern: '{ $.level = "error" }' })).rejects.toMatchObject({
      name: 'InvalidParameterException',
    });
    const { nextToken } = await ask({});
    await expect(ask({ nextToken, filterPattern: 'ERROR' })).rejects.toMatchObject({
      name: 'InvalidParameterException',
    });
    await expect(ask({ startTime: now, endTime: now - 1 })).rejects.toMatchObject({
      name: 'InvalidParameterException',
    });
  });

  test('lists groups by prefix, siblings included', async () => {
    const { logGroups } = await (
      await givenLogs()
    ).send(new DescribeLogGroupsCommand({ logGroupNamePrefix: '/ecs/aep-' }));
    expect(logGroups?.map(({ logGroupName, retentionInDays }) => [logGroupName, retentionInDays])).toEqual([
      ['/ecs/aep-backend-prod', 30],
      ['/ecs/aep-frontend-prod', 30],
    ]);
  });
});

describe('a filter pattern', () => {
  test.each([
    ['', 'anything', true],
    ['ERROR', 'an ERROR here', true],
    ['ERROR', 'an error here', false],
    ['ERROR timeout', 'ERROR: timeout', true],
    ['ERROR timeout', 'ERROR only', false],
    ['?ERROR ?"transport closed"', 'the transport closed', true],
    ['?ERROR ?"transport closed"', 'all is well', false],
    ['ERROR -retry', 'ERROR on retry', false],
    ['ERROR -retry', 'ERROR at once', true],
    ['?WARN ERROR', 'WARN only', false],
    [String.raw`"say \"no\""`, 'they say "no"', true],
    ['"[error]"', 'nginx [error] 12', true],
  ])('%j over %j: %s', (pattern, message, expected) => {
    expect(filterOf(pattern)?.(message)).toBe(expected);
  });

  test.each(['{ $.a = 1 }', '[a, b]', '%x%', '"open', 'a"b"'])(
    '%j is not of the plain kind and is refused, not guessed at',
    (pattern) => {
      expect(filterOf(pattern)).toBeUndefined();
    },
  );
});
