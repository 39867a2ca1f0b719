// SNS: topics and subscriptions asked through the SDK's own client, and judged as a checklist of one step does.

import {
  GetSubscriptionAttributesCommand,
  GetTopicAttributesCommand,
  ListSubscriptionsByTopicCommand,
  ListSubscriptionsCommand,
  ListTopicsCommand,
  SNSClient,
} from '@aws-sdk/client-sns';
import { expect, test } from 'vitest';
import { play } from '../wrong-passes/given.ts';
import { clientConfig, givenStandIn } from './given.ts';

const mail = { protocol: 'email', endpoint: 'ops@example.com' };
const patchOf = (confirmed: boolean) => ({
  account: {
    sns: {
      topics: {
        alarms: {
          display: 'Alarms',
          subscriptions: {
            mail: { ...mail, confirmed },
            queue: { protocol: 'sqs', endpoint: 'arn:aws:sqs:us-east-1:111111111111:alarms', raw: true },
          },
        },
      },
    },
  },
});
const topic = 'arn:aws:sns:us-east-1:111111111111:alarms';

async function given(confirmed = false): Promise<SNSClient> {
  const { awsUrl } = await givenStandIn(patchOf(confirmed));
  return new SNSClient(clientConfig(awsUrl));
}

test('a subscription that nobody confirmed has words in place of an ARN', async () => {
  const client = await given();
  expect((await client.send(new ListTopicsCommand({}))).Topics).toEqual([{ TopicArn: topic }]);
  const { Subscriptions: all = [] } = await client.send(new ListSubscriptionsByTopicCommand({ TopicArn: topic }));
  expect(all).toMatchObject([
    { SubscriptionArn: 'PendingConfirmation', Protocol: 'email', Endpoint: 'ops@example.com', TopicArn: topic },
    { SubscriptionArn: expect.stringMatching(/^arn:aws:sns:us-east-1:111111111111:alarms:[0-9a-f-]{36}$/) as string },
  ]);
  expect((await client.send(new ListSubscriptionsCommand({}))).Subscriptions).toEqual(all);
  const { Attributes } = await client.send(new GetTopicAttributesCommand({ TopicArn: topic }));
  expect(Attributes).toMatchObject({ DisplayName: 'Alarms', SubscriptionsConfirmed: '1', SubscriptionsPending: '1' });
  const queue = await client.send(new GetSubscriptionAttributesCommand({ SubscriptionArn: all[1]?.SubscriptionArn }));
  expect(queue.Attributes).toMatchObject({ PendingConfirmation: 'false', RawMessageDelivery: 'true', Protocol: 'sqs' });
});

test('a topic that is not there, one of somebody else and what is no ARN are told apart', async () => {
  const client = await given();
  const ask = (TopicArn: string) => client.send(new ListSubscriptionsByTopicCommand({ TopicArn }));
  await expect(ask(`${topic}2`)).rejects.toMatchObject({ name: 'NotFoundException' });
  await expect(ask(topic.replace('1111', '2222'))).rejects.toMatchObject({ name: 'AuthorizationErrorException' });
  await expect(ask('alarms')).rejects.toMatchObject({ name: 'InvalidParameterException' });
  await expect(client.send(new ListTopicsCommand({ NextToken: 'x' }))).rejects.toMatchObject({
    name: 'InvalidParameterException',
  });
  const pending = new GetSubscriptionAttributesCommand({ SubscriptionArn: 'PendingConfirmation' });
  await expect(client.send(pending)).rejects.toMatchObject({ name: 'InvalidParameterException' });
});

test.each([
  ['is confirmed', true, 'pass', 0],
  ['waits for a click', false, 'fail', 1],
] as const)('a checklist asks whether everybody is told, and one %s', async (_, confirmed, verdict, exit) => {
  const played = await play(
    `- id: told
  title: Everybody who subscribed is told
  probe: { aws.call: { operation: "sns:ListSubscriptionsByTopic", input: { TopicArn: "${topic}" } } }
  expect:
    - { path: "Subscriptions[]", all: { path: SubscriptionArn, matches: "^arn:" } }
    - { path: "Subscriptions[].Endpoint", contains: ops@example.com }`,
    { patch: patchOf(confirmed) },
  );
  expect([played.exit, played.verdicts]).toEqual([exit, { told: verdict }]);
});

test('a checklist is told that a topic is not there, which is a fail, and that nobody may look, which is none', async () => {
  const step = `- id: told
  title: The topic is there
  probe: { aws.call: { operation: "sns:GetTopicAttributes", input: { TopicArn: "${topic}2" } } }
  expect: [{ path: found, eq: true }]`;
  expect(await play(step, { patch: patchOf(true) })).toMatchObject({ exit: 1, verdicts: { told: 'fail' } });
  const denied = { ...patchOf(true), faults: { denied: ['sns:GetTopicAttributes'] } };
  expect(await play(step, { patch: denied })).toMatchObject({ exit: 2, verdicts: { told: 'error' } });
});
