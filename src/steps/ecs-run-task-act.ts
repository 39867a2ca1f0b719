// One task of ECS that changes something, such as a migration: started once, and made when it has ended well.

import { BlindError, withHint } from '../errors.ts';
import type { Json, JsonObject } from '../engine/json.ts';
import type { World } from '../world.ts';
import type { ActKind, Made, Pending, Performed, Prospect, Sees } from './act.ts';
import { filledOption } from './argv.ts';
import { objects, placeOf, text, refusalOf } from './aws-facts.ts';
import { commandWords, describeTask, endOf, readDefinition, taskOperations } from './ecs-task-given.ts';
import { taskPermissions, taskRequest, taskSchema, taskShape, timeoutOf, unplaced } from './ecs-task-given.ts';
import type { EcsRunTaskArgs } from './ecs-task-given.ts';
import { readTaskLog, type LogPlace } from './ecs-task-logs.ts';
import type { Attempt, Seen } from './kind.ts';

type Args = EcsRunTaskArgs;

/**
 * The mark is the token it is asked for with, so sent twice it runs once, and the name it is found again by, for as long
 * as ECS remembers a task: about an hour after it has stopped. Facts: those of the poke of the same name, with `status`,
 * `stopped`, and `goes_on` in words while it has not. What it did is not known to ECS: whatever the exit code 0 does not
 * prove is for the step's `verify`, and how it is taken back for the checklist.
 */
export const ecsRunTaskAct: ActKind<Args> = {
  name: 'ecs.run_task',
  summary: 'Runs a task of ECS on Fargate that changes something, once: it has to end with the exit code 0.',
  example: `act:
  ecs.run_task:
    cluster: shop
    task_definition: shop-web
    container: web
    command: [./manage, migrate]
    subnets: "\${subnets.private_ids}"
    security_groups: ["\${web_sg.GroupId}"]
    timeout: 30m
confirm: target
undo: { none: a migration is taken back by restoring the database }`,
  schema: taskSchema,
  class: 'token',
  misfilled: (template, args) => filledOption(template['command'], args['command']),
  describe: describeTask,
  permissions: () => taskPermissions,
  operations: () => taskOperations,
  facts: () => ({
    type: 'structure',
    members: () => ({
      status: { type: 'string' },
      stopped: { type: 'boolean' },
      goes_on: { type: 'string' },
      ...taskShape,
    }),
  }),
  prepare: async (args, world, attempt, pending) => {
    const fresh = { ...attempt, fresh: true };
    const known = await readDefinition(args, world, fresh);
    if ('missing' in known || known.status !== 'ACTIVE') {
      const why =
        'missing' in known ? known.missing.message : `it is ${known.status || 'of a status ECS does not name'}`;
      const words = `The task definition ${args.task_definition} cannot be run: ${why}`;
      throw new BlindError('invalid', words.slice(0, 500), { requests: known.requests });
    }
    const found = pending === undefined ? undefined : await findMarked(args, pending.mark, world, fresh);
    return prospectOf(args, known.name, [...known.requests, ...(found?.requests ?? [])], pending, found?.arn);
  },
  perform: async (args, prospect, mark, world, attempt) => {
    const name = markName(mark);
    const input = { ...prospect.request, clientToken: name, startedBy: name };
    const call = { service: 'ecs', operation: 'RunTask', input, ...placeOf(args, attempt) };
    const answer = await world.changes.change(call, attempt.signal);
    if ('refused' in answer) return refusalOf(answer);
    return startedBy(answer.output, answer.requests);
  },
  sees: { look, effect: effectOf },
};

/** The mark as ECS takes it, as a token and as a name of who started a task. */
function markName(mark: string): string {
  return mark.replaceAll(/[^\w/-]+/g, '/').slice(-64);
}

function startedBy(output: JsonObject, requests: readonly string[]): Performed {
  const arn = text(objects(output['tasks'])[0]?.['taskArn']);
  if (arn !== undefined) return { change: arn, facts: { task: arn }, requests };
  const failures = objects(output['failures']);
  if (failures.length === 0) {
    const words = 'ecs:RunTask may or may not have started a task: it gave neither a task nor a failure.';
    throw new BlindError('server', words, { requests });
  }
  const { code, message } = unplaced(failures);
  return { refused: `No task was started: ${code}: ${message}`.slice(0, 500), requests };
}

function prospectOf(
  args: Args,
  definition: string,
  requests: readonly string[],
  pending: Pending | undefined,
  found: string | undefined,
): Prospect {
  const marked = `a task started by ${markName(pending?.mark ?? '')}`;
  return {
    stands: found === undefined ? 'ready' : 'already',
    before: { task_definition: definition },
    request: taskRequest(args),
    lines: [`+ a task of ${definition} on the cluster ${args.cluster}: ${commandWords(args)}`],
    expected: pending === undefined ? `${definition} is ACTIVE` : marked,
    observed: pending === undefined ? 'it is' : (found ?? 'ECS knows none'),
    requests,
  };
}

/** The task with this mark, among those that run and those that have stopped. */
async function findMarked(
  args: Args,
  mark: string,
  world: World,
  attempt: Attempt,
): Promise<{ readonly arn?: string; readonly requests: readonly string[] }> {
  const requests: string[] = [];
  for (const status of ['RUNNING', 'STOPPED']) {
    const input = { cluster: args.cluster, startedBy: markName(mark), desiredStatus: status };
    const call = { service: 'ecs', operation: 'ListTasks', input, ...placeOf(args, attempt) };
    const answer = await world.aws.read(call, attempt.signal);
    requests.push(...answer.requests);
    if ('missing' in answer) {
      const words = `The tasks of ${args.cluster} cannot be listed: ${answer.missing.message}`;
      throw new BlindError('invalid', words.slice(0, 500), { requests });
    }
    const { taskArns: arns = null } = answer.output;
    if (!Array.isArray(arns)) throw new BlindError('server', 'ecs:ListTasks does not list tasks.', { requests });
    const [arn] = arns as readonly Json[];
    if (typeof arn === 'string') return { arn, requests };
  }
  return { requests };
}

async function look(args: Args, made: Made, world: World, attempt: Attempt): Promise<Seen> {
  const fresh = { ...attempt, fresh: true };
  const found =
    made.change === '' ? await findMarked(args, made.mark, world, fresh) : { arn: made.change, requests: [] };
  const { arn } = found;
  if (arn === undefined) throw forgotten(`the task started by ${markName(made.mark)}`, found.requests);
  const input = { cluster: args.cluster, tasks: [arn] };
  const call = { service: 'ecs', operation: 'DescribeTasks', input, ...placeOf(args, fresh) };
  const answer = await world.aws.read(call, attempt.signal);
  const requests = [...found.requests, ...answer.requests];
  const [task] = 'missing' in answer ? [] : objects(answer.output['tasks']);
  if (task === undefined) throw forgotten(arn, requests);
  const status = text(task['lastStatus']) ?? 'of a status ECS does not name';
  if (status !== 'STOPPED') {
    const words = `it is ${status} and goes on by itself, until it ends or aws ecs stop-task ends it`;
    return { facts: { found: true, task: arn, status, stopped: false, goes_on: words }, requests };
  }
  const ended = endOf(task, args.container);
  const said = await logOf(args, task, ended, world, fresh);
  return {
    facts: { found: true, task: arn, status, stopped: true, ...ended, ...said.facts },
    requests: [...requests, ...said.requests.slice(-5)],
  };
}

/** Not there is no fact here: it may not be known yet, or not any more. */
function forgotten(task: string, requests: readonly string[]): BlindError {
  return new BlindError('server', `ECS does not know ${task}.`, {
    transient: true,
    hint: 'It forgets a task about an hour after it has stopped: look into its log.',
    requests,
  });
}

/** Its log, where the definition it was started from says; how it ended is known without. */
async function logOf(args: Args, task: JsonObject, ended: JsonObject, world: World, attempt: Attempt): Promise<Seen> {
  const definition = text(task['taskDefinitionArn']) ?? args.task_definition;
  let place: LogPlace;
  try {
    const known = await readDefinition({ ...args, task_definition: definition }, world, attempt);
    place = 'missing' in known ? { unknown: `${definition}: ${known.missing.message}` } : known.log;
  } catch (error) {
    if (!(error instanceof BlindError)) throw error;
    place = { unknown: withHint(error) };
  }
  const arn = text(task['taskArn']) ?? '';
  const log = { container: args.container, arn, ran: typeof ended['exit_code'] === 'number', at: args };
  return readTaskLog(place, log, world, attempt);
}

/** A task that has stopped stays as it ended: there is nothing left to wait for. */
function effectOf(args: Args): ReturnType<Sees<Args>['effect']> {
  return {
    expect: [
      { path: 'goes_on', absent: true, proof: 'task' },
      { path: 'stopped', eq: true },
      { path: 'exit_code', eq: 0 },
    ],
    wait: {
      forMs: timeoutOf(args),
      everyMs: { min: 2_000, max: 10_000 },
      consecutive: 1,
      stopIf: [{ path: 'stopped', eq: true }],
    },
    words: `the task ended with the exit code 0: ${commandWords(args)}`,
  };
}
