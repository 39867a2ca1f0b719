// CloudWatch: alarms, dashboards and metrics.

import type {
  CompositeAlarm,
  DescribeAlarmsInput,
  DescribeAlarmsOutput,
  GetDashboardInput,
  GetDashboardOutput,
  ListDashboardsInput,
  ListDashboardsOutput,
  MetricAlarm,
} from '@aws-sdk/client-cloudwatch';
import { pageOf } from '../pages.ts';
import { arn, held } from '../place.ts';
import type { Place } from '../place.ts';
import { refuse } from '../refusal.ts';
import { GetMetricData } from './cloudwatch-metrics.ts';

export const cloudwatch = { DescribeAlarms, ListDashboards, GetDashboard, GetMetricData };

/** Names nobody knows are left out without a word, and only metric alarms come back unless AlarmTypes asks for more. */
function DescribeAlarms(input: DescribeAlarmsInput, place: Place): DescribeAlarmsOutput {
  const { AlarmNames: names, AlarmNamePrefix: prefix, AlarmTypes: types = ['MetricAlarm'], StateValue: state } = input;
  if (names !== undefined && prefix !== undefined) {
    refuse('InvalidParameterCombination', 'AlarmNames and AlarmNamePrefix cannot be used together');
  }
  const size = input.MaxRecords ?? 50;
  if (size < 1 || size > 100) refuse('InvalidParameterValue', `MaxRecords must be between 1 and 100, got ${size}`);
  const wanted = [
    ...(types.includes('MetricAlarm') ? metricAlarms(place) : []),
    ...(types.includes('CompositeAlarm') ? compositeAlarms(place) : []),
  ].filter(
    (alarm) =>
      (names?.includes(alarm.AlarmName) ?? true) &&
      (prefix === undefined || alarm.AlarmName.startsWith(prefix)) &&
      (state === undefined || alarm.StateValue === state),
  );
  const question = `alarms ${JSON.stringify([names, prefix, types, state])}`;
  const page = pageOf(wanted, { token: input.NextToken, size, question, code: 'InvalidNextToken' });
  return {
    MetricAlarms: page.items.filter((alarm) => !('AlarmRule' in alarm)),
    CompositeAlarms: page.items.filter((alarm) => 'AlarmRule' in alarm),
    NextToken: page.next,
  };
}

type Named<T> = T & { readonly AlarmName: string };

function metricAlarms(place: Place): readonly Named<MetricAlarm>[] {
  return Object.entries(place.account.cloudwatch.alarms).map(([name, alarm]) => ({
    AlarmName: name,
    AlarmArn: arn(place, 'cloudwatch', `alarm:${name}`),
    Namespace: alarm.namespace,
    MetricName: alarm.metric,
    Statistic: alarm.statistic,
    Period: alarm.period,
    EvaluationPeriods: alarm.periods,
    DatapointsToAlarm: alarm.periods,
    Threshold: alarm.threshold,
    ComparisonOperator: alarm.comparison,
    TreatMissingData: 'missing',
    ActionsEnabled: alarm.enabled,
    AlarmActions: alarm.actions,
    OKActions: alarm.actions,
    InsufficientDataActions: [],
    StateValue: alarm.state,
    StateReason: alarm.reason,
    StateUpdatedTimestamp: new Date(place.now - 3_600_000),
  }));
}

function compositeAlarms(place: Place): readonly Named<CompositeAlarm>[] {
  return Object.entries(place.account.cloudwatch.composite_alarms).map(([name, alarm]) => ({
    AlarmName: name,
    AlarmArn: arn(place, 'cloudwatch', `alarm:${name}`),
    AlarmRule: alarm.rule,
    ActionsEnabled: alarm.enabled,
    AlarmActions: alarm.actions,
    StateValue: alarm.state,
    StateUpdatedTimestamp: new Date(place.now - 3_600_000),
  }));
}

function dashboardArn(place: Place, name: string): string {
  return `arn:aws:cloudwatch::${place.account.id}:dashboard/${name}`;
}

function body(widgets: readonly unknown[]): string {
  return JSON.stringify({ widgets });
}

function ListDashboards(input: ListDashboardsInput, place: Place): ListDashboardsOutput {
  const prefix = input.DashboardNamePrefix ?? '';
  const all = Object.entries(place.account.cloudwatch.dashboards).filter(([name]) => name.startsWith(prefix));
  const question = `dashboards ${prefix}`;
  const page = pageOf(all, { token: input.NextToken, size: 100, question, code: 'InvalidParameterValue' });
  const entries = page.items.map(([name, { changed, widgets }]) => ({
    DashboardName: name,
    DashboardArn: dashboardArn(place, name),
    LastModified: new Date(changed),
    Size: body(widgets).length,
  }));
  return { DashboardEntries: entries, NextToken: page.next };
}

function GetDashboard(input: GetDashboardInput, place: Place): GetDashboardOutput {
  const name = input.DashboardName ?? '';
  const dashboard = held(place.account.cloudwatch.dashboards, name);
  if (dashboard === undefined) refuse('ResourceNotFound', `Dashboard ${name} does not exist`, 404);
  return { DashboardName: name, DashboardArn: dashboardArn(place, name), DashboardBody: body(dashboard.widgets) };
}
