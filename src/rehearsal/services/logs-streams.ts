// CloudWatch Logs: the streams of tasks that ran once, each with the lines it has written so far.

import type { GetLogEventsRequest, GetLogEventsResponse, OutputLogEvent } from '@aws-sdk/client-cloudwatch-logs';
import { held } from '../place.ts';
import type { Place } from '../place.ts';
import { refuse } from '../refusal.ts';
import { singleTasksOf } from '../single-tasks.ts';

export interface TaskStream {
  /** `ecs/CONTAINER/TASKID` */
  readonly name: string;
  /** Oldest first. */
  readonly events: readonly { readonly at: number; readonly message: string }[];
}

/** At most this many events a page, so that a reader who forgets the token is found out. */
const eventsPerPage = 25;
const digits = 56;

/** The streams in a group that tasks have begun: one is there as soon as its container runs. */
export function taskStreams({ account, now }: Place, group: string): readonly TaskStream[] {
  return singleTasksOf(account, now)
    .filter(({ definition, end, runs }) => {
      const state = held(account.ecs.task_definitions, definition);
      return state?.log_group === group && 'exit' in end && runs <= now;
    })
    .map(({ id, container, log }) => ({
      name: `ecs/${container}/${id}`,
      events: log.filter(({ at }) => at <= now),
    }));
}

/** As in AWS there is always a next token: at an end it is the one that was given. */
export function GetLogEvents(input: GetLogEventsRequest, place: Place): GetLogEventsResponse {
  const group = input.logGroupName ?? input.logGroupIdentifier?.split(':log-group:').at(-1) ?? '';
  if (held(place.account.logs.groups, group) === undefined)
    refuse('ResourceNotFoundException', 'The specified log group does not exist.');
  const stream = taskStreams(place, group).find(({ name }) => name === input.logStreamName);
  if (stream === undefined) refuse('ResourceNotFoundException', 'The specified log stream does not exist.');
  const { startTime = 0, endTime = Number.POSITIVE_INFINITY, startFromHead = false, nextToken, limit } = input;
  const events = stream.events.filter(({ at }) => at >= startTime && at < endTime);
  const size = Math.max(1, Math.min(limit ?? eventsPerPage, eventsPerPage));
  const token =
    nextToken === undefined
      ? { way: startFromHead ? 'f' : 'b', at: startFromHead ? 0 : events.length }
      : readToken(nextToken);
  if (token.way === 'f' && !startFromHead)
    refuse('InvalidParameterException', 'startFromHead must be true with a forward token.');
  const from = token.way === 'f' ? Math.min(token.at, events.length) : Math.max(0, token.at - size);
  const page = events.slice(from, token.way === 'f' ? from + size : token.at);
  return {
    events: page.map(({ at, message }): OutputLogEvent => ({ timestamp: at, message, ingestionTime: at + 900 })),
    nextForwardToken: tokenAt('f', from + page.length),
    nextBackwardToken: tokenAt('b', from),
  };
}

function tokenAt(way: 'f' | 'b', at: number): string {
  return `${way}/${String(at).padStart(digits, '0')}`;
}

function readToken(token: string): { readonly way: string; readonly at: number } {
  const [, way = '', at = ''] = /^([fb])\/(\d{56})$/.exec(token) ?? [];
  if (way === '') refuse('InvalidParameterException', 'The specified nextToken is invalid.');
  return { way, at: Number(at) };
}
