// One task of ECS that runs to its end: how it ended, and the end of what it wrote.

import { BlindError } from '../errors.ts';
import { filledOption } from './argv.ts';
import { missingFacts } from './aws-facts.ts';
import { describeTask, endOf, readDefinition, taskOperations, taskPermissions, taskRequest } from './ecs-task-given.ts';
import { taskSchema, taskShape, timeoutOf, unplaced, type EcsRunTaskArgs } from './ecs-task-given.ts';
import { readTaskLog } from './ecs-task-logs.ts';
import { startTask, untilStopped } from './ecs-task-run.ts';
import type { Kind } from './kind.ts';

/**
 * Facts: `found`; `task`, its ARN; `exit_code` of the container, not there when it never ran; `stop_code`,
 * `stopped_reason` and `container_reason` as ECS gives them. From its log: `text`, the last 64 KiB, with `truncated`;
 * `lines`, and `json` of the last one; each that is not there with the reason under its name with `_error`; what looks like
 * a secret is masked. When ECS could not place the task, `found: false`, `failures` and
 * `error`. The task is asked for once, and goes on when nobody waits for it any more.
 */
export const ecsRunTask: Kind<EcsRunTaskArgs> = {
  name: 'ecs.run_task',
  summary: 'Runs a task of ECS on Fargate once, to its end: its exit code, why it stopped, and the end of its log.',
  example: `probe:
  ecs.run_task:
    cluster: shop
    task_definition: shop-web
    container: web
    command: [./manage, migrations, --pending, --json]
    subnets: "\${subnets.private_ids}"
    security_groups: ["\${web_sg.GroupId}"]
expect:
  - { path: exit_code, eq: 0 }
  - { path: json.pending, eq: 0 }`,
  schema: taskSchema,
  nature: () => 'pokes',
  misfilled: (template, args) => filledOption(template['command'], args['command']),
  describe: describeTask,
  permissions: () => taskPermissions,
  operations: () => taskOperations,
  facts: () => ({
    type: 'structure',
    members: () => ({ ...taskShape, failures: { type: 'list', of: () => ({ type: 'any' }) } }),
  }),
  run: async (args, world, attempt) => {
    const { poke } = attempt;
    if (poke === undefined) throw new BlindError('internal', 'ecs.run_task was not given what a poke gets');
    const known = await readDefinition(args, world, attempt);
    if ('missing' in known) return missingFacts(known, known.requests);
    const trying = { cluster: args.cluster, at: args, world, attempt };
    const { mark } = poke;
    const started = await startTask(trying, { ...taskRequest(args), clientToken: mark, startedBy: mark }, poke);
    const before = [...known.requests, ...started.requests];
    if ('failures' in started) {
      const { failures } = started;
      return { facts: { found: false, failures: [...failures], error: unplaced(failures) }, requests: before };
    }
    const { arn } = started;
    const stopped = await untilStopped(trying, arn, timeoutOf(args));
    const ended = endOf(stopped.task, args.container);
    const log = { container: args.container, arn, ran: typeof ended['exit_code'] === 'number', at: args };
    const said = await readTaskLog(known.log, log, world, attempt);
    return {
      facts: { found: true, task: arn, ...ended, ...said.facts },
      requests: [...before, ...stopped.requests, ...said.requests.slice(-5)],
    };
  },
};
