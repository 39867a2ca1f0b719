// Systems Manager: parameters asked through the SDK's own client, and what golive makes of them.

import {
  DescribeParametersCommand,
  GetParameterCommand,
  GetParametersByPathCommand,
  GetParametersCommand,
  SSMClient,
} from '@aws-sdk/client-ssm';
import { expect, test } from 'vitest';
import { play } from '../wrong-passes/given.ts';
import { clientConfig, givenStandIn } from './given.ts';

const parameters = {
  '/shop/prod/api-key': { version: 3 },
  '/shop/prod/region': { type: 'String' },
  '/shop/prod/db/password': { key: 'alias/shop', changed: '2026-02-01T00:00:00Z' },
  plain: { type: 'StringList', tier: 'Advanced' },
};
const patch = { account: { ssm: { parameters } } };

async function given(region = 'us-east-1'): Promise<SSMClient> {
  const { awsUrl } = await givenStandIn(patch);
  return new SSMClient(clientConfig(awsUrl, region));
}

test('of several names one that is not there is listed, and nothing is thrown', async () => {
  const client = await given();
  const answer = await client.send(
    new GetParametersCommand({ Names: ['/shop/prod/region', '/shop/prod/none', 'plain', 'plain:2', 'toString'] }),
  );
  expect(answer.InvalidParameters).toEqual(['/shop/prod/none', 'plain:2', 'toString']);
  expect(answer.Parameters).toMatchObject([
    { Name: '/shop/prod/region', Type: 'String', Version: 1 },
    { Name: 'plain', Type: 'StringList', ARN: 'arn:aws:ssm:us-east-1:111111111111:parameter/plain' },
  ]);
});

test('a parameter is found by its ARN and by a version it has had', async () => {
  const client = await given();
  const get = async (Name: string) => (await client.send(new GetParameterCommand({ Name }))).Parameter;
  expect(await get('/shop/prod/api-key:2')).toMatchObject({ Type: 'SecureString', Version: 2 });
  expect(await get('arn:aws:ssm:us-east-1:111111111111:parameter/shop/prod/api-key')).toMatchObject({ Version: 3 });
  await expect(get('/shop/prod/api-key:4')).rejects.toMatchObject({ name: 'ParameterVersionNotFound' });
  await expect(get('shop/prod/api-key')).rejects.toMatchObject({ name: 'ParameterNotFound' });
});

test('more than ten names, none, and decryption are refused', async () => {
  const client = await given();
  const Names = Array.from({ length: 11 }, (_, at) => `p${at}`);
  for (const asked of [{ Names }, { Names: [] }, { Names: ['/shop/prod/api-key'], WithDecryption: true }]) {
    await expect(client.send(new GetParametersCommand(asked))).rejects.toMatchObject({ name: 'ValidationException' });
  }
});

test('they are described by path, type and key, a page at a time', async () => {
  const client = await given();
  const describe = (ParameterFilters: { Key: string; Option?: string; Values: string[] }[]) =>
    client.send(new DescribeParametersCommand({ ParameterFilters }));
  const names = async (...filters: Parameters<typeof describe>[0]) =>
    (await describe(filters)).Parameters?.map(({ Name }) => Name);
  expect(await names({ Key: 'Path', Option: 'OneLevel', Values: ['/shop/prod'] })).toEqual([
    '/shop/prod/api-key',
    '/shop/prod/region',
  ]);
  expect(await names({ Key: 'Path', Option: 'Recursive', Values: ['/shop'] })).toHaveLength(3);
  expect(await names({ Key: 'Type', Values: ['SecureString'] }, { Key: 'KeyId', Values: ['alias/shop'] })).toEqual([
    '/shop/prod/db/password',
  ]);
  expect(await names({ Key: 'Name', Option: 'BeginsWith', Values: ['/shop/prod/r'] })).toEqual(['/shop/prod/region']);
  await expect(names({ Key: 'Shoe', Values: ['x'] })).rejects.toMatchObject({ name: 'InvalidFilterKey' });
  const first = await client.send(new DescribeParametersCommand({ MaxResults: 3 }));
  const rest = await client.send(new DescribeParametersCommand({ MaxResults: 3, NextToken: first.NextToken }));
  expect([first.Parameters?.length, rest.Parameters?.length, rest.NextToken]).toEqual([3, 1, undefined]);
  const other = new DescribeParametersCommand({
    NextToken: first.NextToken,
    ParameterFilters: [{ Key: 'Tier', Values: ['Standard'] }],
  });
  await expect(client.send(other)).rejects.toMatchObject({ name: 'InvalidNextToken' });
  await expect(client.send(new DescribeParametersCommand({ MaxResults: 51 }))).rejects.toMatchObject({
    name: 'ValidationException',
  });
});

test('those below a path are given without what is further below, and another region has none', async () => {
  const below = new GetParametersByPathCommand({ Path: '/shop/prod/' });
  expect((await (await given()).send(below)).Parameters).toHaveLength(2);
  const elsewhere = await given('eu-west-1');
  expect((await elsewhere.send(below)).Parameters).toEqual([]);
  await expect(elsewhere.send(new GetParametersByPathCommand({ Path: 'shop' }))).rejects.toMatchObject({
    name: 'ValidationException',
  });
});

const asked = (input: string, expectation: string): string => `- id: parameters
  title: The parameters are there
  probe: { aws.call: { operation: "ssm:GetParameters", input: ${input} } }
  expect: [${expectation}]`;

test('golive never asks for a decrypted value', async () => {
  const input = '{ Names: [/shop/prod/api-key], WithDecryption: true }';
  const played = await play(asked(input, '{ path: "Parameters[0].Type", eq: SecureString }'), { patch });
  expect([played.exit, played.verdicts]).toEqual([2, { parameters: 'error' }]);
  expect(played.screen.replaceAll(/\s+/g, ' ')).toContain('it returns the values of secrets');
});

test.each([
  ['what it is', '{ path: "Parameters[0].Value", eq: stand-in }'],
  ['what it is not', '{ path: "Parameters[0].Value", ne: changeme }'],
  ['a pattern', '{ path: "Parameters[0].Value", not_matches: changeme }'],
])('nothing is decided by the value of a parameter, as %s, secret or not', async (_, expectation) => {
  const played = await play(asked('{ Names: [/shop/prod/region] }', expectation), { patch });
  expect(played.verdicts['parameters']).not.toBe('pass');
  expect(played.exit).not.toBe(0);
});
