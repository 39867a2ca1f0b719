// Budgets: asked through the SDK's own client, and judged as a checklist of one step does.

import {
  BudgetsClient,
  DescribeBudgetCommand,
  DescribeBudgetsCommand,
  DescribeNotificationsForBudgetCommand,
  DescribeSubscribersForNotificationCommand,
} from '@aws-sdk/client-budgets';
import { describe, expect, test } from 'vitest';
import type { JsonObject } from '../../src/engine/json.ts';
import { play } from '../wrong-passes/given.ts';
import { clientConfig, givenStandIn } from './given.ts';

const account = '111111111111';
const topic = `arn:aws:sns:us-east-1:${account}:costs`;

/** One budget of 500 dollars that warns once. */
function monthly(warning: JsonObject, amount = '500.0'): JsonObject {
  return { account: { budgets: { budgets: { monthly: { amount, notifications: { warn: warning } } } } } };
}

async function given(patch: JsonObject, region = 'us-east-1'): Promise<BudgetsClient> {
  const { awsUrl } = await givenStandIn(patch);
  return new BudgetsClient(clientConfig(awsUrl, region));
}

const monthlyIn = (id: string) => ({ AccountId: id, BudgetName: 'monthly' });
const warning = {
  NotificationType: 'ACTUAL' as const,
  ComparisonOperator: 'GREATER_THAN' as const,
  Threshold: 80,
};

test('a budget says its amount as text, whatever region is asked', async () => {
  const client = await given(monthly({ threshold: 80 }), 'eu-west-1');
  const limit = { BudgetName: 'monthly', BudgetLimit: { Amount: '500.0', Unit: 'USD' }, TimeUnit: 'MONTHLY' };
  const { Budgets: all = [] } = await client.send(new DescribeBudgetsCommand({ AccountId: account }));
  expect(all.find(({ BudgetName: name }) => name === 'monthly')).toMatchObject(limit);
  const { Budget: one } = await client.send(new DescribeBudgetCommand(monthlyIn(account)));
  expect(one).toMatchObject({ ...limit, BudgetType: 'COST' });
});

test('a notification is told to addresses by mail and to topics by SNS', async () => {
  const client = await given(monthly({ threshold: 80, subscribers: ['ops@example.com', topic] }));
  const { Notifications: found } = await client.send(new DescribeNotificationsForBudgetCommand(monthlyIn(account)));
  expect(found).toEqual([{ ...warning, ThresholdType: 'PERCENTAGE' }]);
  const { Subscribers: told } = await client.send(
    new DescribeSubscribersForNotificationCommand({ ...monthlyIn(account), Notification: warning }),
  );
  expect(told).toEqual([
    { SubscriptionType: 'EMAIL', Address: 'ops@example.com' },
    { SubscriptionType: 'SNS', Address: topic },
  ]);
});

test('what is not there is NotFound, and what belongs to another account is denied', async () => {
  const client = await given(monthly({ threshold: 80 }));
  const none = { AccountId: account, BudgetName: 'toString' };
  await expect(client.send(new DescribeBudgetCommand(none))).rejects.toMatchObject({ name: 'NotFoundException' });
  await expect(
    client.send(
      new DescribeSubscribersForNotificationCommand({
        ...monthlyIn(account),
        Notification: { ...warning, ThresholdType: 'ABSOLUTE_VALUE' },
      }),
    ),
  ).rejects.toMatchObject({ name: 'NotFoundException' });
  await expect(client.send(new DescribeBudgetCommand(monthlyIn('222222222222')))).rejects.toMatchObject({
    name: 'AccessDeniedException',
    message: expect.stringContaining('budgets:ViewBudget'),
  });
  await expect(client.send(new DescribeBudgetsCommand({ AccountId: '1' }))).rejects.toMatchObject({
    name: 'InvalidParameterException',
  });
  await expect(
    client.send(new DescribeBudgetsCommand({ AccountId: account, NextToken: 'bogus' })),
  ).rejects.toMatchObject({ name: 'InvalidNextTokenException' });
});

describe('a checklist asks that the budget warns at 80 % at the latest', () => {
  const asked = `- id: warns
  title: The budget warns in time
  probe: { aws.call: { operation: "budgets:DescribeNotificationsForBudget", input: { AccountId: "${account}", BudgetName: monthly } } }
  expect:
    - path: "Notifications[]"
      where: { NotificationType: ACTUAL, ComparisonOperator: GREATER_THAN, ThresholdType: PERCENTAGE }
      any: { path: Threshold, lte: 80 }`;

  test.each([
    ['at 80 %', { threshold: 80 }, 'pass', 0],
    ['at 90 %', { threshold: 90 }, 'fail', 1],
    ['at 80 dollars, which is not 80 %', { threshold: 80, threshold_type: 'ABSOLUTE_VALUE' }, 'fail', 1],
    ['by a forecast only', { threshold: 80, type: 'FORECASTED' }, 'fail', 1],
  ])('one that warns %s', async (_, warn, verdict, exit) => {
    const played = await play(asked, { patch: monthly(warn) });
    expect([played.exit, played.verdicts]).toEqual([exit, { warns: verdict }]);
  });

  test('and whoever may not see budgets has an error, not a budget without warnings', async () => {
    const patch = { ...monthly({ threshold: 80 }), faults: { denied: ['budgets:ViewBudget'] } };
    const played = await play(asked, { patch });
    expect([played.exit, played.verdicts]).toEqual([2, { warns: 'error' }]);
    expect(played.screen.replaceAll(/\s+/g, ' ')).toContain('the IAM action budgets:ViewBudget is missing');
  });
});

test.each([
  ['500.0', 'pass', 0],
  ['0', 'fail', 1],
])('a budget of %s, which is text, is compared as a number', async (amount, verdict, exit) => {
  const played = await play(
    `- id: limited
  title: There is a budget
  probe: { aws.call: { operation: "budgets:DescribeBudget", input: { AccountId: "${account}", BudgetName: monthly } } }
  expect: [{ path: to_number(Budget.BudgetLimit.Amount), gt: 0 }]`,
    { patch: monthly({ threshold: 80 }, amount) },
  );
  expect([played.exit, played.verdicts]).toEqual([exit, { limited: verdict }]);
});
