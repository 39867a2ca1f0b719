// What lint says of an operation of AWS that a checklist writes out, as a look and as a change.

import { describe, expect, it } from 'vitest';
import { checklistText, expectMistakes, mistakesIn } from './given.ts';

/** The arguments stand on line 17, the way back on line 18. */
const act = (args: string, undo = '{ none: gone }'): string =>
  checklistText({ steps: `- id: one\n  title: One\n  act: { aws.call: ${args} }\n  undo: ${undo}` });
const look = (args: string): string =>
  checklistText({
    steps: `- id: one\n  title: One\n  probe: { aws.call: ${args} }\n  expect: [{ path: found, eq: true }]`,
  });
const retention = 'input: { logGroupName: g, retentionInDays: 30 }';

describe('an operation under `act`', () => {
  it.each<[string, string, readonly [string, string]]>([
    [
      'that only reads',
      '{ operation: "ecs:DescribeServices" }',
      ['17 "ecs:DescribeServices"', 'is refused: it only reads: ask for it with a probe'],
    ],
    [
      'that deletes data',
      '{ operation: "rds:DeleteDBInstance", input: { DBInstanceIdentifier: db } }',
      ['17 "rds:DeleteDBInstance"', '`rds:DeleteDBInstance` is refused: it deletes what no way back brings again'],
    ],
    ['about access', '{ operation: "iam:CreateUser" }', ['17 "iam:CreateUser"', 'it decides who may do what']],
    [
      'that is misspelt',
      `{ operation: "logs:PutRetentionPolice", ${retention} }`,
      ['17 "logs:PutRetentionPolice"', 'did you mean `logs:PutRetentionPolicy`?'],
    ],
    [
      'of a service without a client',
      '{ operation: "glue:UpdateTable" }',
      ['17 "glue:UpdateTable"', 'golive has no client for `glue`'],
    ],
    ['that is looked up', '{ operation: "${host}" }', ['17 "${host}"', 'the operation is written out']],
    ['without an input', '{ operation: "logs:PutRetentionPolicy" }', ['17 {', 'AWS requires `logGroupName`']],
    [
      'with a misspelt member',
      '{ operation: "logs:PutRetentionPolicy", input: { logGroupName: g, retentionInDays: 30, logGroupNam: h } }',
      ['17 logGroupNam', 'AWS knows no `logGroupNam` here'],
    ],
    [
      'with a secret',
      '{ operation: "rds:ModifyDBInstance", input: { DBInstanceIdentifier: db, MasterUserPassword: "${host}" } }',
      ['17 "${host}"', 'is a secret for AWS, and would be kept in the log'],
    ],
    [
      'with a secret deep inside',
      '{ operation: "elasticache:ModifyUser", input: { UserId: u, AuthenticationMode: { Passwords: [p] } } }',
      ['17 [p]', 'is a secret for AWS'],
    ],
    [
      'with what is only for a look',
      `{ operation: "logs:PutRetentionPolicy", ${retention}, reveal: [A] }`,
      ['17 reveal', ''],
    ],
  ])('%s is refused there', async (_, args, mistake) => {
    await expectMistakes(act(args), [mistake]);
  });

  it('on the way back is held to the same', async () => {
    const gone = '[{ aws.call: { operation: "rds:DeleteDBInstance", input: { DBInstanceIdentifier: db } } }]';
    await expectMistakes(act(`{ operation: "logs:PutRetentionPolicy", ${retention} }`, gone), [
      ['18 "rds:DeleteDBInstance"', 'no way back brings again'],
    ]);
  });

  it('that a go-live makes is fine, with values from elsewhere', async () => {
    const values = 'input: { logGroupName: "/ecs/${host}", retentionInDays: 30 }';
    expect(await mistakesIn(act(`{ operation: "logs:PutRetentionPolicy", ${values} }`))).toEqual([]);
    const whole = '{ operation: "elbv2:ModifyListener", input: { ListenerArn: "${host}", DefaultActions: [] } }';
    expect(await mistakesIn(act(whole))).toEqual([]);
  });
});

describe('an operation under `probe`', () => {
  it('that changes something is refused there', async () => {
    await expectMistakes(look(`{ operation: "logs:PutRetentionPolicy", ${retention} }`), [
      ['17 "logs:PutRetentionPolicy"', 'it is not a reading operation'],
    ]);
  });

  it('may ask with what would be a secret in a change', async () => {
    const args = '{ operation: "budgets:DescribeNotificationsForBudget", input: { AccountId: "1", BudgetName: b } }';
    expect(await mistakesIn(look(args))).toEqual([]);
  });
});

it('a kind that is a probe and an act stands under both, and one that is neither under none', async () => {
  const task =
    '{ ecs.run_task: { cluster: c, task_definition: t, container: a, command: [x], subnets: [s], security_groups: [g] } }';
  const steps = `- { id: a, title: A, probe: ${task}, expect: [{ path: exit_code, eq: 0 }] }
- { id: b, title: B, act: ${task}, undo: { none: x } }`;
  expect(await mistakesIn(checklistText({ steps }))).toEqual([]);
});
