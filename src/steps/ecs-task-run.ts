// Starting one task and seeing it stop. It is asked for once; when the answer is lost, it is looked for by its mark.

import type { Json, JsonObject } from '../engine/json.ts';
import { formatDuration } from '../engine/duration.ts';
import { cap } from '../engine/explain.ts';
import { BlindError, withHint } from '../errors.ts';
import type { World } from '../world.ts';
import { objects, placeOf, text } from './aws-facts.ts';
import type { AwsPlace } from './aws-facts.ts';
import type { Attempt, Poke } from './kind.ts';

/** A task that was asked for: its ARN, or why AWS did not start it. */
export type Started = ({ readonly arn: string } | { readonly failures: readonly JsonObject[] }) & {
  readonly requests: readonly string[];
};

/** Everything that one try needs. */
export interface Trying {
  readonly cluster: string;
  readonly at: AwsPlace;
  readonly world: World;
  readonly attempt: Attempt;
}

/** A request whose answer is lost may still be on its way, in ms. */
const lateMs = 30_000;
const lostPauseMs = 5_000;
const firstPauseMs = 2_000;
const longestPauseMs = 10_000;

/**
 * Sends the request once. Throws BlindError `refused` with AWS's words when nothing was started, `server` when nobody
 * knows whether something was.
 */
export async function startTask(trying: Trying, input: JsonObject, poke: Poke): Promise<Started> {
  const { at, attempt } = trying;
  const call = { service: 'ecs', operation: 'RunTask', input, ...placeOf(at, attempt) };
  try {
    const answer = await poke.changes.change(call, attempt.signal);
    const { requests } = answer;
    if ('refused' in answer) {
      throw new BlindError('refused', `No task was started. ${answer.refused.message}`.slice(0, 500), { requests });
    }
    const [task] = objects(answer.output['tasks']);
    const arn = text(task?.['taskArn']);
    if (arn !== undefined) return { arn, requests };
    const failures = objects(answer.output['failures']);
    if (failures.length > 0) return { failures, requests };
    throw new BlindError('server', 'ecs:RunTask gave neither a task nor a failure.', { requests });
  } catch (error) {
    if (!(error instanceof BlindError) || error.code === 'refused') throw error;
    if (attempt.signal.aborted) throw unknownStart(error, poke, 'it was interrupted before it could be looked for');
    return findStarted(trying, poke, error);
  }
}

async function findStarted(trying: Trying, poke: Poke, lost: BlindError): Promise<Started> {
  const { cluster, world, attempt } = trying;
  const deadline = world.clock.now() + lateMs;
  let why = 'no task with its mark is there';
  for (;;) {
    for (const status of [{}, { desiredStatus: 'STOPPED' }]) {
      try {
        const listed = await ask(trying, 'ListTasks', { cluster, startedBy: poke.mark, ...status });
        const arns: Json | undefined = 'missing' in listed ? [] : listed.output['taskArns'];
        const [arn] = Array.isArray(arns) ? (arns as readonly Json[]) : [];
        if (typeof arn === 'string') return { arn, requests: [...lost.requests, ...listed.requests] };
      } catch (error) {
        if (!(error instanceof BlindError)) throw error;
        why = withHint(error);
      }
    }
    const leftMs = deadline - world.clock.now();
    if (leftMs > 0) await world.clock.sleep(Math.min(lostPauseMs, leftMs), attempt.signal);
    if (leftMs <= 0 || attempt.signal.aborted) throw unknownStart(lost, poke, why);
  }
}

function unknownStart(lost: BlindError, { mark }: Poke, why: string): BlindError {
  return new BlindError('server', `${lost.message} Looked for it: ${why}`.slice(0, 500), {
    hint: `Before it is tried again: aws ecs list-tasks --started-by ${mark}`,
    requests: lost.requests,
  });
}

/**
 * The task as it was described when it had stopped. Throws BlindError `timeout` when it still runs after `timeoutMs`, and
 * others when it could not be looked at: each says that it was started.
 */
export async function untilStopped(
  trying: Trying,
  arn: string,
  timeoutMs: number,
): Promise<{ readonly task: JsonObject; readonly requests: readonly string[] }> {
  const { cluster, world, attempt } = trying;
  const { clock } = world;
  const deadline = clock.now() + timeoutMs;
  let last = 'not seen yet';
  for (let pauseMs = firstPauseMs; ; pauseMs = Math.min(pauseMs * 1.5, longestPauseMs)) {
    await clock.sleep(Math.min(pauseMs, Math.max(0, deadline - clock.now())), attempt.signal);
    if (attempt.signal.aborted) throw goesOn('server', arn, 'this was interrupted');
    try {
      const answer = await ask(trying, 'DescribeTasks', { cluster, tasks: [arn] });
      // AWS may need a moment before it knows a task that it has just started.
      const [task] = 'missing' in answer ? [] : objects(answer.output['tasks']);
      if (task?.['lastStatus'] === 'STOPPED') return { task, requests: answer.requests };
      last = text(task?.['lastStatus']) ?? 'not found';
    } catch (error) {
      if (attempt.signal.aborted) throw goesOn('server', arn, 'this was interrupted');
      if (!(error instanceof BlindError)) throw error;
      if (!error.transient) throw goesOn(error.code, arn, withHint(error));
      last = error.message;
    }
    if (clock.now() >= deadline)
      throw goesOn('timeout', arn, `it had not stopped after ${formatDuration(timeoutMs)} (${cap(last, 200)})`);
  }
}

function goesOn(code: BlindError['code'], arn: string, why: string): BlindError {
  return new BlindError(code, `The task ${arn} was started and goes on by itself: ${why}`.slice(0, 500), {
    hint: 'Look at it, or end it with aws ecs stop-task, before another one is started.',
  });
}

function ask({ at, world, attempt }: Trying, operation: string, input: JsonObject): ReturnType<World['aws']['read']> {
  return world.aws.read({ service: 'ecs', operation, input, ...placeOf(at, attempt), fresh: true }, attempt.signal);
}
