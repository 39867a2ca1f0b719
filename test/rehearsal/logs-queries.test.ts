// Logs Insights of the stand-in: which queries somebody ran lately, and which are saved.

import {
  CloudWatchLogsClient,
  DescribeQueriesCommand,
  DescribeQueryDefinitionsCommand,
  PutRetentionPolicyCommand,
} from '@aws-sdk/client-cloudwatch-logs';
import { expect, test } from 'vitest';
import { clientConfig, givenStandIn, givenWorld } from './given.ts';

const group = '/ecs/aep-backend-prod';
const now = Date.parse(givenWorld().start);

async function given(): Promise<CloudWatchLogsClient> {
  const { awsUrl } = await givenStandIn({
    account: {
      logs: {
        queries: {
          errors: { group, text: 'filter level = "ERROR"', ago: '2h' },
          broken: { group, text: 'filter', status: 'Failed' },
          other: { group: '/ecs/aep-frontend-prod', text: 'limit 5' },
        },
        query_definitions: {
          'aep/errors': { groups: [group], text: 'filter level = "ERROR"' },
          'aep/slow': { groups: [group], text: 'filter ms > 500' },
        },
      },
    },
  });
  return new CloudWatchLogsClient(clientConfig(awsUrl));
}

test('queries are those of a group and of a status, each with when it was run', async () => {
  const client = await given();
  const ran = async (input: object) => (await client.send(new DescribeQueriesCommand(input))).queries ?? [];
  expect(await ran({})).toHaveLength(3);
  expect((await ran({ logGroupName: group })).map(({ status }) => status)).toEqual(['Complete', 'Failed']);
  expect(await ran({ logGroupName: group, status: 'Complete' })).toMatchObject([
    { queryString: 'filter level = "ERROR"', logGroupName: group, createTime: now - 7_200_000 },
  ]);
  expect(await ran({ logGroupName: '/ecs/nobody' })).toEqual([]);
});

test('saved queries come page by page, by the beginning of their name', async () => {
  const client = await given();
  const first = await client.send(new DescribeQueryDefinitionsCommand({ maxResults: 1 }));
  const second = await client.send(new DescribeQueryDefinitionsCommand({ maxResults: 1, nextToken: first.nextToken }));
  expect([first, second].flatMap(({ queryDefinitions = [] }) => queryDefinitions.map(({ name }) => name))).toEqual([
    'aep/errors',
    'aep/slow',
  ]);
  expect(second.nextToken).toBeUndefined();
  const named = await client.send(new DescribeQueryDefinitionsCommand({ queryDefinitionNamePrefix: 'aep/s' }));
  expect(named.queryDefinitions).toMatchObject([{ name: 'aep/slow', logGroupNames: [group] }]);
  const other = client.send(
    new DescribeQueryDefinitionsCommand({ nextToken: first.nextToken, queryDefinitionNamePrefix: 'x' }),
  );
  await expect(other).rejects.toMatchObject({ name: 'InvalidParameterException' });
});

test('a new retention leaves the queries as they are', async () => {
  const client = await given();
  await client.send(new PutRetentionPolicyCommand({ logGroupName: group, retentionInDays: 90 }));
  expect((await client.send(new DescribeQueriesCommand({}))).queries).toHaveLength(3);
});
