// Budgets: what they allow, when they warn, and whom. They belong to an account and to no region.

import type {
  Budget,
  DescribeBudgetRequest,
  DescribeBudgetResponse,
  DescribeBudgetsRequest,
  DescribeBudgetsResponse,
  DescribeNotificationsForBudgetRequest,
  DescribeNotificationsForBudgetResponse,
  DescribeSubscribersForNotificationRequest,
  DescribeSubscribersForNotificationResponse,
  Notification,
} from '@aws-sdk/client-budgets';
import type { AccountState } from '../account.ts';
import { pageOf } from '../pages.ts';
import { held } from '../place.ts';
import type { Place } from '../place.ts';
import { refuse } from '../refusal.ts';

export const budgets = {
  DescribeBudgets,
  DescribeBudget,
  DescribeNotificationsForBudget,
  DescribeSubscribersForNotification,
};

type BudgetState = AccountState['budgets']['budgets'][string];
type NotificationState = BudgetState['notifications'][string];

const badToken = 'InvalidNextTokenException';

/** Nobody sees the budgets of another account, whoever it is. */
function ownAccount(account: string | undefined, place: Place): void {
  if (!/^\d{12}$/.test(account ?? '')) refuse('InvalidParameterException', 'The account id must be 12 digits.');
  if (account === place.account.id) return;
  const resource = `arn:aws:budgets::${account}:budget/*`;
  const words = `User: ${place.account.caller} is not authorized to perform: budgets:ViewBudget on resource: ${resource}`;
  refuse('AccessDeniedException', words);
}

function sizeOf(size: number | undefined, most: number): number {
  if (size !== undefined && (size < 1 || size > most))
    refuse('InvalidParameterException', `MaxResults must be between 1 and ${most}, got ${size}.`);
  return size ?? Math.min(most, 100);
}

function budgetOf(input: { AccountId: string | undefined; BudgetName: string | undefined }, place: Place): BudgetState {
  ownAccount(input.AccountId, place);
  return (
    held(place.account.budgets.budgets, input.BudgetName) ??
    refuse('NotFoundException', `Unable to get budget: ${input.BudgetName} - the budget doesn't exist.`)
  );
}

function DescribeBudgets(input: DescribeBudgetsRequest, place: Place): DescribeBudgetsResponse {
  ownAccount(input.AccountId, place);
  const page = pageOf(Object.entries(place.account.budgets.budgets), {
    token: input.NextToken,
    size: sizeOf(input.MaxResults, 1000),
    question: 'budgets',
    code: badToken,
  });
  return { Budgets: page.items.map(([name, state]) => budget(name, state)), NextToken: page.next };
}

function DescribeBudget(input: DescribeBudgetRequest, place: Place): DescribeBudgetResponse {
  return { Budget: budget(input.BudgetName ?? '', budgetOf(input, place)) };
}

function budget(name: string, state: BudgetState): Budget {
  return {
    BudgetName: name,
    BudgetLimit: { Amount: state.amount, Unit: 'USD' },
    TimeUnit: state.time_unit,
    BudgetType: 'COST',
  };
}

function DescribeNotificationsForBudget(
  input: DescribeNotificationsForBudgetRequest,
  place: Place,
): DescribeNotificationsForBudgetResponse {
  const { notifications } = budgetOf(input, place);
  const page = pageOf(Object.values(notifications), {
    token: input.NextToken,
    size: sizeOf(input.MaxResults, 100),
    question: `notifications ${input.BudgetName}`,
    code: badToken,
  });
  return { Notifications: page.items.map((each) => notification(each)), NextToken: page.next };
}

function notification(state: NotificationState): Notification {
  return {
    NotificationType: state.type,
    ComparisonOperator: state.comparison,
    Threshold: state.threshold,
    ThresholdType: state.threshold_type,
  };
}

/** A notification has no id: it is found by all it says. */
function DescribeSubscribersForNotification(
  input: DescribeSubscribersForNotificationRequest,
  place: Place,
): DescribeSubscribersForNotificationResponse {
  const asked = input.Notification;
  const found = Object.values(budgetOf(input, place).notifications).find(
    (each) =>
      each.type === asked?.NotificationType &&
      each.comparison === asked.ComparisonOperator &&
      each.threshold === asked.Threshold &&
      each.threshold_type === (asked.ThresholdType ?? 'PERCENTAGE'),
  );
  if (found === undefined)
    refuse('NotFoundException', `Unable to get the subscribers: budget ${input.BudgetName} has no such notification.`);
  const page = pageOf(found.subscribers, {
    token: input.NextToken,
    size: sizeOf(input.MaxResults, 100),
    question: `subscribers ${JSON.stringify([input.BudgetName, asked])}`,
    code: badToken,
  });
  const subscribers = page.items.map((address) => ({
    SubscriptionType: address.startsWith('arn:') ? ('SNS' as const) : ('EMAIL' as const),
    Address: address,
  }));
  return { Subscribers: subscribers, NextToken: page.next };
}
