import { describe, expect, it } from 'vitest';
import type { JsonObject } from '../../src/engine/json.ts';
import { judge } from '../../src/engine/judge.ts';
import { BlindError } from '../../src/errors.ts';
import { rehearsalClock } from '../../src/rehearsal/clock.ts';
import { securityGroupId, subnetId } from '../../src/rehearsal/ec2-names.ts';
import { ecsRunTask } from '../../src/steps/ecs-run-task.ts';
import type { AwsCall, AwsChanged, AwsMissing, AwsRefusal } from '../../src/world.ts';
import { play } from '../wrong-passes/given.ts';
import { denied, missing, now, scripted } from './aws-world.ts';

const arn = 'arn:aws:ecs:us-east-1:111111111111:task/shop/0123456789abcdef0123456789abcdef';
const mark = 'aaaaaaaaaaaaaaaaaaaaaaaaaa/7-1';
const args = {
  cluster: 'shop',
  task_definition: 'shop-web:3',
  container: 'web',
  command: ['./manage', 'rows', 5],
  subnets: ['subnet-1'],
  security_groups: ['sg-1'],
};
const log = { 'awslogs-group': '/ecs/shop', 'awslogs-stream-prefix': 'web', 'awslogs-region': 'eu-west-1' };
const definition = (logConfiguration: JsonObject = { logDriver: 'awslogs', options: log }): JsonObject => ({
  taskDefinition: { containerDefinitions: [{ name: 'proxy' }, { name: 'web', logConfiguration }] },
});
const described = (task: JsonObject): JsonObject => ({ tasks: [{ taskArn: arn, ...task }], failures: [] });
const stopped = (container: JsonObject = { exitCode: 0 }, more: JsonObject = {}): JsonObject =>
  described({
    lastStatus: 'STOPPED',
    stopCode: 'EssentialContainerExited',
    stoppedReason: 'Essential container in task exited',
    containers: [
      { name: 'proxy', exitCode: 137 },
      { name: 'web', ...container },
    ],
    ...more,
  });
const events = (...lines: readonly string[]): JsonObject => ({ events: lines.map((message) => ({ message })) });
const accepted: AwsChanged = { output: { tasks: [{ taskArn: arn }], failures: [] }, requests: ['run'] };
const lost = new BlindError('server', 'ecs:RunTask may or may not have happened: the connection was lost.');

type Answers = Readonly<Record<string, JsonObject | AwsMissing | Error | ((call: AwsCall) => JsonObject)>>;
interface Given {
  readonly args?: JsonObject;
  readonly answers?: Answers;
  readonly change?: AwsChanged | AwsRefusal | BlindError;
  readonly signal?: AbortSignal;
}

/** One try on a clock that jumps: what it saw or threw, what was asked and sent, and how long it took. */
async function ran({ args: more = {}, answers = {}, change = accepted, signal }: Given = {}) {
  const clock = rehearsalClock(now, 'max');
  const { world, calls } = scripted({
    'ecs:DescribeTaskDefinition': definition(),
    'ecs:DescribeTasks': stopped(),
    'logs:GetLogEvents': events('started', '{"rows": 3}'),
    ...answers,
  });
  const sent: AwsCall[] = [];
  const changes = {
    change: async (call: AwsCall) => {
      sent.push(call);
      if (change instanceof BlindError) throw change;
      return change;
    },
  };
  const attempt = { signal: signal ?? new AbortController().signal, fresh: true, poke: { mark, changes } };
  const parsed = ecsRunTask.schema.parse({ ...args, ...more });
  const seen: unknown = await clock.task(() =>
    ecsRunTask.run(parsed, { ...world, clock }, attempt).then(
      (answer): unknown => answer.facts,
      (error: unknown) => error,
    ),
  );
  return { seen, calls, sent, tookMs: clock.now() - now, asked: calls.map(({ operation }) => operation) };
}

async function facts(given: Given): Promise<JsonObject> {
  const { seen } = await ran(given);
  if (typeof seen !== 'object' || seen === null || seen instanceof Error) throw new Error(String(seen));
  return { ...seen };
}

async function blind(given: Given): Promise<BlindError> {
  const { seen } = await ran(given);
  if (!(seen instanceof BlindError)) throw new Error(`it saw ${JSON.stringify(seen)}`);
  return seen;
}

/** A different answer each time; the last one for ever. */
const inTurn = (...answers: readonly (JsonObject | Error)[]) => {
  let times = 0;
  return (): JsonObject => {
    const answer = answers[Math.min(times, answers.length - 1)] ?? {};
    times += 1;
    if (answer instanceof Error) throw answer;
    return answer;
  };
};

describe('ecs.run_task', () => {
  it('asks for one task on Fargate without a public address, marked, and once', async () => {
    const { sent } = await ran();
    expect(sent).toEqual([
      {
        service: 'ecs',
        operation: 'RunTask',
        fresh: true,
        input: {
          cluster: 'shop',
          taskDefinition: 'shop-web:3',
          launchType: 'FARGATE',
          count: 1,
          networkConfiguration: {
            awsvpcConfiguration: { subnets: ['subnet-1'], securityGroups: ['sg-1'], assignPublicIp: 'DISABLED' },
          },
          overrides: { containerOverrides: [{ name: 'web', command: ['./manage', 'rows', '5'] }] },
          clientToken: mark,
          startedBy: mark,
        },
      },
    ]);
  });

  it('brings how the container ended and the end of its log', async () => {
    expect(await facts({})).toEqual({
      found: true,
      task: arn,
      exit_code: 0,
      stop_code: 'EssentialContainerExited',
      stopped_reason: 'Essential container in task exited',
      text: 'started\n{"rows": 3}',
      truncated: false,
      lines: ['started', '{"rows": 3}'],
      json: { rows: 3 },
    });
  });

  it('waits until it has stopped, looking rarer and rarer', async () => {
    const { asked, tookMs } = await ran({
      answers: {
        'ecs:DescribeTasks': inTurn(
          { tasks: [] },
          described({ lastStatus: 'PENDING' }),
          described({ lastStatus: 'RUNNING' }),
          stopped(),
        ),
      },
    });
    expect(asked.filter((operation) => operation === 'DescribeTasks')).toHaveLength(4);
    // Then 5 s until the log has not grown any more.
    expect(tookMs).toBe(2000 + 3000 + 4500 + 6750 + 5000);
  });

  it('has no exit code of a container that never ran, and so nothing that could pass', async () => {
    const reason = { reason: 'CannotPullContainerError: no such image' };
    const seen = await facts({
      answers: {
        'ecs:DescribeTasks': stopped(reason, { stopCode: 'TaskFailedToStart', stoppedReason: 'Task failed to start' }),
        'logs:GetLogEvents': missing('ResourceNotFoundException'),
      },
    });
    expect(seen).toMatchObject({ stop_code: 'TaskFailedToStart', container_reason: reason.reason });
    expect(seen).not.toHaveProperty('exit_code');
    expect(seen).not.toHaveProperty('text');
    expect(judge([{ path: 'exit_code', eq: 0 }], seen, now).verdict).toBe('fail');
    expect(judge([{ path: 'exit_code', ne: 1 }], seen, now).verdict).toBe('fail');
  });

  it('reads where the definition says, in its region, unless the checklist says another place', async () => {
    const of = async (more: JsonObject): Promise<AwsCall | undefined> =>
      (await ran({ args: more })).calls.find(({ operation }) => operation === 'GetLogEvents');
    const stream = '0123456789abcdef0123456789abcdef';
    expect(await of({})).toMatchObject({
      region: 'eu-west-1',
      input: { logGroupName: '/ecs/shop', logStreamName: `web/web/${stream}`, startFromHead: true },
    });
    expect(await of({ log_group: '/other', log_stream_prefix: 'p', region: 'us-east-2' })).toMatchObject({
      region: 'us-east-2',
      input: { logGroupName: '/other', logStreamName: `p/web/${stream}` },
    });
  });
});

describe('its log', () => {
  it('is read again until it has not grown: the last line comes late', async () => {
    const growing = inTurn(events(), events('one'), events('one', '2'), events('one', '2'));
    const { seen, asked } = await ran({ answers: { 'logs:GetLogEvents': growing } });
    expect(seen).toMatchObject({ text: 'one\n2', json: 2 });
    expect(asked.filter((operation) => operation === 'GetLogEvents')).toHaveLength(4);
  });

  it.each([
    ['silent', events(), /no line has come in/],
    ['not there', missing('ResourceNotFoundException'), /ResourceNotFoundException it said/],
    ['not to be read', denied, /denied/],
  ])('that stays %s leaves the exit code, says why, and proves nothing', async (_, answer, why) => {
    const seen = await facts({ answers: { 'logs:GetLogEvents': answer } });
    expect(seen).toMatchObject({ exit_code: 0, text_error: expect.stringMatching(why) });
    for (const expectation of [
      { path: 'text', not_matches: 'ERROR' },
      { path: 'text', absent: true },
      { path: 'lines[]', none: { matches: 'ERROR' }, allow_empty: true },
      { path: 'lines', count: 0, allow_empty: true },
    ])
      expect(judge([expectation], seen, now).verdict, JSON.stringify(expectation)).not.toBe('pass');
  });

  it('of another driver is not looked for', async () => {
    const { seen, asked } = await ran({
      answers: { 'ecs:DescribeTaskDefinition': definition({ logDriver: 'splunk' }) },
    });
    expect(seen).toMatchObject({ exit_code: 0, text_error: expect.stringContaining('logs to splunk') });
    expect(asked).not.toContain('GetLogEvents');
  });

  it('is masked, also over its lines', async () => {
    const lines = ['token=abcdef123456', 'Authorization: Bearer abcdefghijkl', '-----BEGIN PRIVATE KEY-----', 'MIIabc'];
    const { text, lines: seen, json_error } = await facts({ answers: { 'logs:GetLogEvents': events(...lines) } });
    const all = JSON.stringify([text, seen, json_error]);
    expect(all).not.toMatch(/abcdef|MIIabc/);
    expect(all).toContain('(redacted)');
  });

  it('is cut off at its beginning, and then has no lines', async () => {
    const many = Array.from({ length: 9000 }, (_, line) => `line ${line} of many`);
    const seen = await facts({ answers: { 'logs:GetLogEvents': events(...many, '{"rows":4}') } });
    expect(seen).toMatchObject({ truncated: true, json: { rows: 4 }, lines_error: expect.any(String) });
    expect(seen['text']).toHaveLength(65_536);
    expect(seen).not.toHaveProperty('lines');
  });
});

describe('nothing is started, and said so', () => {
  it.each([
    ['denied to read the definition', { answers: { 'ecs:DescribeTaskDefinition': denied } }, 'access-denied'],
    ['a container that the definition lacks', { args: { container: 'cron' } }, 'invalid'],
  ])('with %s', async (_, given, code) => {
    const { seen, sent } = await ran(given);
    expect(seen).toMatchObject({ code });
    expect(sent).toEqual([]);
  });

  it('without the definition: it is not there', async () => {
    const { seen, sent } = await ran({ answers: { 'ecs:DescribeTaskDefinition': missing('ClientException') } });
    expect(seen).toMatchObject({ found: false, error: { code: 'ClientException' } });
    expect(sent).toEqual([]);
  });

  it('when AWS refuses', async () => {
    const refused = { code: 'ClusterNotFoundException', message: 'Cluster not found.' };
    const error = await blind({ change: { refused, requests: ['r'] } });
    expect(error).toMatchObject({ code: 'refused', requests: ['r'], transient: false });
    expect(error.message).toBe('No task was started. Cluster not found.');
  });

  it('when there is no room for it: a fact that passes nothing', async () => {
    const failures = [{ arn: 'x', reason: 'RESOURCE:FARGATE', detail: 'Capacity is unavailable at this time.' }];
    const seen = await facts({ change: { output: { tasks: [], failures }, requests: ['r'] } });
    expect(seen).toEqual({
      found: false,
      failures,
      error: { code: 'RESOURCE:FARGATE', message: 'Capacity is unavailable at this time.' },
    });
    expect(judge([{ path: 'exit_code', eq: 0 }], seen, now).verdict).toBe('fail');
    expect(judge([{ path: 'exit_code', absent: true }], seen, now).verdict).toBe('fail');
  });
});

describe('an answer that was lost', () => {
  const listed = (call: AwsCall, status: string, after: number, times: () => number): JsonObject => {
    const asked = call.input['desiredStatus'] ?? 'RUNNING';
    expect(call.input['startedBy']).toBe(mark);
    return { taskArns: asked === status && times() > after ? [arn] : [] };
  };

  it.each([
    ['runs', 'RUNNING', 0],
    ['has already stopped', 'STOPPED', 0],
    ['came late', 'RUNNING', 4],
  ])('is looked for by its mark, and a task that %s is waited for', async (_, status, after) => {
    let times = 0;
    const { seen, sent } = await ran({
      change: lost,
      answers: { 'ecs:ListTasks': (call) => listed(call, status, after, () => (times += 1)) },
    });
    expect(seen).toMatchObject({ found: true, task: arn, exit_code: 0 });
    expect(sent).toHaveLength(1);
  });

  it.each([
    ['nowhere to be found', { taskArns: [] }, /no task with its mark is there/],
    ['not to be looked for', denied, /denied/],
  ])('and a task %s is an error that nobody knows, after one request', async (_, answer, why) => {
    const { seen, sent, tookMs } = await ran({ change: lost, answers: { 'ecs:ListTasks': answer } });
    expect(seen).toMatchObject({ code: 'server', transient: false, hint: expect.stringContaining(mark) });
    expect(seen).toMatchObject({ message: expect.stringMatching(/may or may not have happened/) });
    expect(seen).toMatchObject({ message: expect.stringMatching(why) });
    expect(sent).toHaveLength(1);
    expect(tookMs).toBe(30_000);
  });

  it('with neither a task nor a failure in it is looked for too', async () => {
    const change = { output: { tasks: [], failures: [] }, requests: ['r'] };
    const { seen } = await ran({ change, answers: { 'ecs:ListTasks': { taskArns: [arn] } } });
    expect(seen).toMatchObject({ task: arn, exit_code: 0 });
  });
});

describe('a task that is not seen to its end', () => {
  it('still runs after its time: an error that names it', async () => {
    const { seen, tookMs } = await ran({
      args: { timeout: '5m' },
      answers: { 'ecs:DescribeTasks': described({ lastStatus: 'RUNNING' }) },
    });
    expect(seen).toMatchObject({ code: 'timeout', transient: false });
    expect(String(seen)).toMatch(new RegExp(`${arn} was started and goes on .*5m \\(RUNNING\\)`));
    expect(tookMs).toBe(300_000);
  });

  it('is looked at again after what may pass by itself', async () => {
    const throttled = new BlindError('throttled', 'throttled', { transient: true });
    expect(await facts({ answers: { 'ecs:DescribeTasks': inTurn(throttled, stopped()) } })).toMatchObject({
      exit_code: 0,
    });
  });

  it('that may not be looked at goes on, and is named', async () => {
    const error = await blind({ answers: { 'ecs:DescribeTasks': denied } });
    expect(error.code).toBe('access-denied');
    expect(error.message).toContain(`${arn} was started and goes on`);
  });

  it('goes on when golive is told to end, and is named', async () => {
    const abort = new AbortController();
    const interrupt = (): JsonObject => {
      abort.abort('SIGINT');
      return described({ lastStatus: 'RUNNING' });
    };
    const error = await blind({ signal: abort.signal, answers: { 'ecs:DescribeTasks': interrupt } });
    expect(error.message).toContain(`${arn} was started and goes on by itself: this was interrupted`);
  });
});

describe('against the stand-in', () => {
  const script = { family: 'aep-backend-prod', command: ['rows'], exit: 0, log: ['hello', '{"rows":3}'], takes: '90s' };
  const patch = (more: JsonObject = {}, faults: JsonObject = {}): JsonObject => ({
    account: { ecs: { task_scripts: { rows: { ...script, ...more } } } },
    faults,
  });
  const step = (more = ''): string => `- id: rows
  title: Rows
  probe:
    ecs.run_task:
      cluster: aep-prod
      task_definition: aep-backend-prod
      container: backend
      command: [./manage, rows]
      subnets: [${subnetId('aep-prod-private-a')}]
      security_groups: [${securityGroupId('aep-prod-backend-sg')}]
      ${more}
  expect: [{ path: exit_code, eq: 0 }, { path: json.rows, gte: 3 }, { path: "lines[]", any: { eq: hello } }]`;

  it.each([
    ['passes when all holds', {}, 0, 'pass'],
    ['fails by its exit code', { exit: 1 }, 1, 'fail'],
    ['fails by what it wrote', { log: ['hello', '{"rows":2}'] }, 1, 'fail'],
    ['fails without a line', { log: [] }, 1, 'fail'],
    ['fails when it never ran', { stopped: 'CannotPullContainerError: no' }, 1, 'fail'],
    ['could not look when it takes too long', { takes: '11m' }, 2, 'error'],
  ])('%s', async (_, more, exit, verdict) => {
    const played = await play(step(), { patch: patch(more) });
    expect([played.exit, played.verdicts], played.screen).toEqual([exit, { rows: verdict }]);
    expect(played.screen.replaceAll(/\s+/g, ' ')).toContain('Run ./manage rows in a task of aep-backend-prod');
  });

  it.each([
    ['to start one', { denied: ['ecs:RunTask'] }, /No task was started.*ecs:RunTask/],
    ['to read the definition', { denied: ['ecs:DescribeTaskDefinition'] }, /ecs:DescribeTaskDefinition/],
    ['to look at it', { denied: ['ecs:DescribeTasks'] }, /was started and goes on by itself/],
  ])('is an error without the permission %s', async (_, faults, words) => {
    const played = await play(step(), { patch: patch({}, faults) });
    expect([played.exit, played.verdicts]).toEqual([2, { rows: 'error' }]);
    expect(played.screen.replaceAll(/\s+/g, ' ')).toMatch(words);
  });

  it('fails without the permission to read the log: the exit code alone was not enough', async () => {
    const played = await play(step(), { patch: patch({}, { denied: ['logs:GetLogEvents'] }) });
    expect([played.exit, played.verdicts]).toEqual([1, { rows: 'fail' }]);
    expect(played.screen).toMatch(/logs:GetLogEvents/);
  });
});
