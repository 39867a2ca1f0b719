// CloudWatch Logs: groups, and the events in them, which are made up from the state as time passes.

import type {
  DescribeLogGroupsRequest,
  DescribeLogGroupsResponse,
  FilteredLogEvent,
  FilterLogEventsRequest,
  FilterLogEventsResponse,
  LogGroup,
  PutRetentionPolicyRequest,
} from '@aws-sdk/client-cloudwatch-logs';
import { spanMs } from '../account-parts.ts';
import type { LogGroupState } from '../account.ts';
import { isRunning } from '../fleet.ts';
import { filterOf } from '../log-filter.ts';
import { pageOf, tokenFor } from '../pages.ts';
import { arn, held, idOf } from '../place.ts';
import type { Place } from '../place.ts';
import { refuse } from '../refusal.ts';
import { DescribeQueries, DescribeQueryDefinitions } from './logs-queries.ts';
import { GetLogEvents, taskStreams } from './logs-streams.ts';

export const logs = {
  DescribeLogGroups,
  FilterLogEvents,
  GetLogEvents,
  PutRetentionPolicy,
  DescribeQueries,
  DescribeQueryDefinitions,
};

const invalid = 'InvalidParameterException';

function DescribeLogGroups(input: DescribeLogGroupsRequest, place: Place): DescribeLogGroupsResponse {
  const { logGroupNamePrefix: prefix, logGroupNamePattern: pattern } = input;
  if (prefix !== undefined && pattern !== undefined) {
    refuse(invalid, 'LogGroup name prefix and LogGroup name pattern are mutually exclusive parameters.');
  }
  const wanted = Object.entries(place.account.logs.groups).filter(
    ([name]) => name.startsWith(prefix ?? '') && name.includes(pattern ?? ''),
  );
  const page = pageOf(wanted, {
    token: input.nextToken,
    size: input.limit ?? 50,
    question: `groups ${prefix ?? ''} ${pattern ?? ''}`,
    code: invalid,
  });
  return { logGroups: page.items.map(([name, state]) => group(place, name, state)), nextToken: page.next };
}

function group(place: Place, name: string, state: LogGroupState): LogGroup {
  const shared: LogGroup = {
    logGroupName: name,
    arn: arn(place, 'logs', `log-group:${name}:*`),
    logGroupArn: arn(place, 'logs', `log-group:${name}`),
    logGroupClass: 'STANDARD',
    metricFilterCount: 0,
    storedBytes: 0,
  };
  return state.retention_days === undefined ? shared : { ...shared, retentionInDays: state.retention_days };
}

/** What CloudWatch Logs keeps events for, in days. */
const retentions: readonly number[] = [
  1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, 1096, 1827, 2192, 2557, 2922, 3288, 3653,
];

function PutRetentionPolicy({ logGroupName, retentionInDays }: PutRetentionPolicyRequest, place: Place): object {
  const days = retentionInDays ?? 0;
  if (!retentions.includes(days))
    refuse(invalid, `1 validation error detected: Value '${days}' at 'retentionInDays' is not a retention.`);
  const name = logGroupName ?? '';
  const state = held(place.account.logs.groups, name);
  if (state === undefined) refuse('ResourceNotFoundException', 'The specified log group does not exist.');
  const { world } = place;
  const groups = { ...world.account.logs.groups, [name]: { ...state, retention_days: days } };
  place.change({ ...world, account: { ...world.account, logs: { ...world.account.logs, groups } } });
  return {};
}

/** At most this many events a page, so that a reader who forgets the token is found out. */
const eventsPerPage = 25;

/** As in AWS a page may be empty and still have a token. The first one here always is: whoever stops at it sees nothing. */
function FilterLogEvents(input: FilterLogEventsRequest, place: Place): FilterLogEventsResponse {
  const name = input.logGroupName ?? input.logGroupIdentifier?.split(':log-group:').at(-1);
  if (name === undefined) refuse(invalid, 'Either logGroupName or logGroupIdentifier is required.');
  const state = held(place.account.logs.groups, name);
  if (state === undefined) refuse('ResourceNotFoundException', 'The specified log group does not exist.');
  const { startTime: from = 0, endTime: to = place.now, filterPattern = '' } = input;
  if (from > to) refuse(invalid, 'The start time must not be later than the end time.');
  const matches = filterOf(filterPattern) ?? refuse(invalid, 'Invalid filter pattern');
  const question = `events ${name} ${from} ${input.endTime ?? ''} ${filterPattern}`;
  if (input.nextToken === undefined) return { events: [], searchedLogStreams: [], nextToken: tokenFor(0, question) };
  const wanted = eventsOf(place, name, state, from, Math.min(to, place.now)).filter(({ message = '' }) =>
    matches(message),
  );
  const size = Math.min(input.limit ?? eventsPerPage, eventsPerPage);
  const page = pageOf(wanted, { token: input.nextToken, size, question, code: invalid });
  return { events: [...page.items], searchedLogStreams: [], nextToken: page.next };
}

/** The oldest any event can be: what a group wrote before that nobody asks for, and it would go on for ever. */
const horizonMs = 24 * 3_600_000;

function eventsOf(
  place: Place,
  name: string,
  state: LogGroupState,
  from: number,
  to: number,
): readonly FilteredLogEvent[] {
  const events: (readonly [time: number, message: string, stream?: string])[] = Object.values(state.events).map(
    ({ ago, message }) => [place.now - spanMs(ago), message],
  );
  const { steady, service } = state;
  if (steady !== undefined && (service === undefined || isRunning(place.world, service))) {
    const every = Math.max(1000, spanMs(steady.every));
    const first = Math.ceil(Math.max(from, place.now - horizonMs) / every);
    for (let tick = first; tick * every <= to; tick += 1) {
      events.push([tick * every, steady.lines[tick % steady.lines.length] ?? '']);
    }
  }
  for (const { name: own, events: written } of taskStreams(place, name)) {
    for (const { at, message } of written) events.push([at, message, own]);
  }
  const inside = events.filter(([time]) => time >= from && time <= to).toSorted(([a], [b]) => a - b);
  const stream = `${lastPart(name)}/${idOf(name, 32)}`;
  return inside.map(([time, message, of = stream]) => ({
    logStreamName: of,
    timestamp: time,
    ingestionTime: time + 900,
    message,
    eventId: idOf(`${of === stream ? name : of} ${time} ${message}`, 56),
  }));
}

function lastPart(name: string): string {
  return name.split('/').at(-1) ?? name;
}
