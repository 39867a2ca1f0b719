// Lambda: functions asked through the SDK's own client, and what golive shows of them.

import {
  GetAliasCommand,
  GetFunctionCommand,
  GetFunctionConcurrencyCommand,
  GetFunctionConfigurationCommand,
  GetPolicyCommand,
  LambdaClient,
  ListEventSourceMappingsCommand,
  ListFunctionsCommand,
} from '@aws-sdk/client-lambda';
import { expect, test } from 'vitest';
import type { JsonObject } from '../../src/engine/json.ts';
import { play } from '../wrong-passes/given.ts';
import { clientConfig, givenStandIn } from './given.ts';

const queue = 'arn:aws:sqs:us-east-1:111111111111:orders';
const withOrders = (state: JsonObject = {}): JsonObject => ({
  account: {
    lambda: {
      functions: {
        orders: {
          runtime: 'python3.13',
          environment: { LOG_LEVEL: 'info', DB_PASSWORD: 'hunter2-hunter2' },
          dead_letter: `${queue}-dead`,
          tracing: 'Active',
          versions: 4,
          aliases: { live: { version: '4' } },
          reserved: 20,
          invokers: { gateway: { principal: 'apigateway.amazonaws.com', source: 'arn:aws:execute-api:us-east-1:1:x' } },
          ...state,
        },
        image: { image: '111111111111.dkr.ecr.us-east-1.amazonaws.com/image:1' },
      },
      event_sources: { orders: { function: 'orders', source: queue, on_failure: `${queue}-dead` } },
    },
  },
});

async function given(): Promise<LambdaClient> {
  const { awsUrl } = await givenStandIn(withOrders());
  return new LambdaClient(clientConfig(awsUrl));
}

const arn = 'arn:aws:lambda:us-east-1:111111111111:function:orders';
const missing = { name: 'ResourceNotFoundException', $metadata: { httpStatusCode: 404 } };

test('a function is found by its name, its ARN and its alias', async () => {
  const client = await given();
  const get = (FunctionName: string, Qualifier?: string) =>
    client.send(new GetFunctionConfigurationCommand({ FunctionName, Qualifier }));
  expect(await get('orders')).toMatchObject({
    FunctionArn: arn,
    Version: '$LATEST',
    State: 'Active',
    LastUpdateStatus: 'Successful',
    DeadLetterConfig: { TargetArn: `${queue}-dead` },
    TracingConfig: { Mode: 'Active' },
    LastModified: '2026-01-05T09:00:00.000+0000',
  });
  expect(await get(arn, 'live')).toMatchObject({ Version: '4', FunctionArn: `${arn}:live` });
  expect((await get(`${arn}:4`)).Version).toBe('4');
  expect((await get('111111111111:function:orders')).FunctionName).toBe('orders');
  await expect(get('orders', '5')).rejects.toMatchObject(missing);
  await expect(get('toString')).rejects.toMatchObject(missing);
  await expect(get(arn.replace('1111', '2222'))).rejects.toMatchObject(missing);
  await expect(get('or ders')).rejects.toMatchObject({ name: 'ValidationException' });
  await expect(get('orders:live', '4')).rejects.toMatchObject({ name: 'InvalidParameterValueException' });
});

test('it says what is set aside for it, who may invoke it, what feeds it and where its alias leads', async () => {
  const client = await given();
  const FunctionName = 'orders';
  const concurrency = (of: string) => client.send(new GetFunctionConcurrencyCommand({ FunctionName: of }));
  expect((await concurrency('orders')).ReservedConcurrentExecutions).toBe(20);
  expect((await concurrency('image')).ReservedConcurrentExecutions).toBeUndefined();
  const { Policy = '' } = await client.send(new GetPolicyCommand({ FunctionName }));
  expect(JSON.parse(Policy)).toMatchObject({
    Statement: [{ Sid: 'gateway', Principal: { Service: 'apigateway.amazonaws.com' }, Resource: arn }],
  });
  await expect(client.send(new GetPolicyCommand({ FunctionName: 'image' }))).rejects.toMatchObject(missing);
  const { EventSourceMappings } = await client.send(new ListEventSourceMappingsCommand({ FunctionName }));
  expect(EventSourceMappings).toMatchObject([
    { EventSourceArn: queue, State: 'Enabled', DestinationConfig: { OnFailure: { Destination: `${queue}-dead` } } },
  ]);
  const none = await client.send(new ListEventSourceMappingsCommand({ EventSourceArn: `${queue}2` }));
  expect(none.EventSourceMappings).toEqual([]);
  expect(await client.send(new GetAliasCommand({ FunctionName, Name: 'live' }))).toMatchObject({
    FunctionVersion: '4',
  });
  await expect(client.send(new GetAliasCommand({ FunctionName, Name: 'none' }))).rejects.toMatchObject(missing);
});

test('functions come page by page and without their states; an image has no link to its code', async () => {
  const client = await given();
  const first = await client.send(new ListFunctionsCommand({ MaxItems: 1 }));
  const rest = await client.send(new ListFunctionsCommand({ Marker: first.NextMarker }));
  expect([first.Functions?.[0]?.FunctionName, rest.Functions?.[0]?.FunctionName]).toEqual(['orders', 'image']);
  expect(first.Functions?.[0]?.State).toBeUndefined();
  await expect(client.send(new ListFunctionsCommand({ Marker: 'x' }))).rejects.toMatchObject({
    name: 'InvalidParameterValueException',
  });
  const image = await client.send(new GetFunctionCommand({ FunctionName: 'image' }));
  expect(image).toMatchObject({ Configuration: { PackageType: 'Image' }, Code: { RepositoryType: 'ECR' } });
  expect((await client.send(new GetFunctionCommand({ FunctionName: 'orders' }))).Code?.Location).toContain('Signature');
});

const asked = (operation: string, expectations: string, more = ''): string => `- id: orders
  title: The function is set up
  probe: { aws.call: { operation: "lambda:${operation}", input: { FunctionName: orders }${more} } }
  expect: [${expectations}]`;

test('a checklist sees which variables there are, and the value only of those it names', async () => {
  const names = '{ path: "keys(Environment.Variables)", contains: [DB_PASSWORD, LOG_LEVEL] }';
  const level = '{ path: "Environment.Variables.LOG_LEVEL", eq: info }';
  const patch = withOrders();
  const read = 'GetFunctionConfiguration';
  const shown = await play(asked(read, `${names}, ${level}`, ', reveal: [LOG_LEVEL]'), { patch });
  expect([shown.exit, shown.verdicts]).toEqual([0, { orders: 'pass' }]);
  const hidden = await play(asked(read, `${names}, ${level}`), { patch });
  expect(hidden.verdicts).not.toEqual({ orders: 'pass' });
  const wrong = await play(asked(read, '{ path: "Environment.Variables", eq: {} }'), { patch });
  expect(wrong.verdicts).toEqual({ orders: 'fail' });
  expect(wrong.screen).not.toContain('hunter2');
  expect(JSON.stringify(wrong.first)).not.toContain('hunter2');
});

test('a checklist never gets the link to the code, nor decides by it', async () => {
  const patch = withOrders();
  const state = '{ path: Configuration.State, eq: Active }';
  const played = await play(asked('GetFunction', `${state}, { path: Code.Location, ne: x }`), { patch });
  expect(played.verdicts).not.toEqual({ orders: 'pass' });
  expect(played.screen + JSON.stringify(played.first)).not.toContain('Signature');
  expect((await play(asked('GetFunction', state), { patch })).verdicts).toEqual({ orders: 'pass' });
});

test.each([
  ['failed to be updated', { update: 'Failed', reason: 'no such image' }],
  ['is being made', { state: 'Pending' }],
] as const)('a function that %s is a fail', async (_, state) => {
  const expectations = '{ path: State, eq: Active }, { path: LastUpdateStatus, eq: Successful }';
  const read = asked('GetFunctionConfiguration', expectations);
  expect((await play(read, { patch: withOrders() })).verdicts).toEqual({ orders: 'pass' });
  expect(await play(read, { patch: withOrders(state) })).toMatchObject({ exit: 1, verdicts: { orders: 'fail' } });
});

test('throttled on every attempt is an error', async () => {
  const patch = { ...withOrders(), faults: { throttled: ['lambda:GetFunctionConfiguration'] } };
  const played = await play(asked('GetFunctionConfiguration', '{ path: State, eq: Active }'), { patch });
  expect([played.exit, played.verdicts]).toEqual([2, { orders: 'error' }]);
  expect(played.screen).toContain('throttled');
});
