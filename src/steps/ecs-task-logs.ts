// What one task wrote to CloudWatch Logs: where its definition says, once it has all arrived there.

import { isObject } from '../engine/json.ts';
import type { Json, JsonObject } from '../engine/json.ts';
import { BlindError, withHint } from '../errors.ts';
import type { World } from '../world.ts';
import { objects, placeOf, text } from './aws-facts.ts';
import type { AwsPlace } from './aws-facts.ts';
import { maskSecrets } from './aws-logs-mask.ts';
import type { Attempt } from './kind.ts';
import { longestText, readJson, textFacts } from './text-facts.ts';

/** Where a container writes; the stream is `PREFIX/CONTAINER/TASKID`. Or why that is not known. */
export type LogPlace =
  | { readonly group: string; readonly prefix: string; readonly region: string | undefined }
  | { readonly unknown: string };

/** What is known of a task's log: facts, and the ids of the requests that found them out. */
interface LogSeen {
  readonly facts: JsonObject;
  readonly requests: readonly string[];
}

/** Lines come in a few seconds after they were written. */
const pauseMs = 5_000;
const mostReads = 7;
/** Of a log, in characters; its end counts. */
const longestLog = 1_048_576;

/** Where a container logs to, from its part of a task definition; what was `written` in the checklist goes first. */
export function logPlaceOf(
  container: JsonObject,
  written: { readonly group?: string | undefined; readonly prefix?: string | undefined },
): LogPlace {
  const configuration = isObject(container['logConfiguration']) ? container['logConfiguration'] : {};
  const driver = text(configuration['logDriver']);
  const options = driver === 'awslogs' && isObject(configuration['options']) ? configuration['options'] : {};
  const group = written.group ?? text(options['awslogs-group']);
  const prefix = written.prefix ?? text(options['awslogs-stream-prefix']);
  if (group !== undefined && prefix !== undefined) return { group, prefix, region: text(options['awslogs-region']) };
  const why =
    driver === undefined || driver === 'awslogs'
      ? 'the task definition does not say where the container logs to'
      : `the container logs to ${driver}, not to CloudWatch Logs`;
  return { unknown: `${why}: give \`log_group\` and \`log_stream_prefix\`` };
}

/**
 * The facts of the log of a stopped task: `text`, its last 64 KiB, with `truncated`; `lines`; `json` of its last line; and
 * for each that is not there why, under its name with `_error`. Never throws for what it cannot read: what became of the
 * task is known, and is not lost with its words. `ran` says whether any line can be expected.
 */
export async function readTaskLog(
  place: LogPlace,
  task: { readonly container: string; readonly arn: string; readonly ran: boolean; readonly at: AwsPlace },
  world: World,
  attempt: Attempt,
): Promise<LogSeen> {
  if ('unknown' in place) return { facts: unread(place.unknown), requests: [] };
  const stream = `${place.prefix}/${task.container}/${task.arn.slice(task.arn.lastIndexOf('/') + 1)}`;
  const input = { logGroupName: place.group, logStreamName: stream, startFromHead: true };
  const region = task.at.region ?? place.region;
  const call = { ...placeOf(task.at, attempt), ...(region === undefined ? {} : { region }), fresh: true };
  let why = '';
  let lines: readonly string[] = [];
  let requests: readonly string[] = [];
  for (let reads = 1; reads <= (task.ran ? mostReads : 1); reads += 1) {
    if (reads > 1) await world.clock.sleep(pauseMs, attempt.signal);
    try {
      const answer = await world.aws.read(
        { service: 'logs', operation: 'GetLogEvents', input, ...call },
        attempt.signal,
      );
      requests = answer.requests;
      const now = 'missing' in answer ? [] : messagesOf(answer.output['events']);
      // As many as a while ago: all of them.
      if (now.length > 0 && now.length === lines.length) break;
      lines = now;
      why = 'missing' in answer ? answer.missing.message : 'no line has come in';
    } catch (error) {
      if (!(error instanceof BlindError)) throw error;
      why = withHint(error);
      if (!error.transient) break;
    }
  }
  return { facts: lines.length > 0 ? logFacts(lines) : unread(`${place.group} ${stream}: ${why}`), requests };
}

/** Silence is no text: lines may be on their way. */
function unread(reason: string): JsonObject {
  const why = reason.slice(0, 500);
  return { text_error: why, lines_error: why, json_error: why };
}

function messagesOf(events: Json | undefined): readonly string[] {
  return objects(events).flatMap(({ message }) => (typeof message === 'string' ? [message.replace(/\r?\n$/, '')] : []));
}

function logFacts(lines: readonly string[]): JsonObject {
  const joined = lines.join('\n').trimEnd();
  // Masked as a whole: what gives a secret away may stand on another line.
  const whole = maskSecrets(joined.slice(-longestLog), longestLog);
  const tail = whole.slice(-longestText);
  const truncated = tail.length < whole.length || joined.length > longestLog;
  const last = whole.slice(whole.lastIndexOf('\n') + 1);
  return { ...textFacts(tail, truncated), ...readJson(last, 'the last line') };
}
