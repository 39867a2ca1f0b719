// Goal: what could only pass wrongly never starts: exit 3, no run, and the place of every mistake.

import { expect, test } from 'vitest';
import { checklistText } from '../checklist/given.ts';
import { playText } from './given.ts';

const database = (expectation: string): string =>
  checklistText({
    steps: `- id: database
  title: The database
  probe: { aws.call: { operation: "rds:DescribeDBInstances", input: {} } }
  expect:
    - ${expectation}`,
  });
const empty = (part: string): string => checklistText().split('phases:')[0] + part;

const cases: readonly (readonly [string, string, RegExp, RegExp])[] = [
  [
    'wrong pass 3: a literal in double quotes, counted to 0',
    database(`{ path: 'DBInstances[?Engine=="mysql"]', count: 0, proof: "DBInstances[]" }`),
    /^checklists\/demo\.yaml:19:25: .*Engine=="mysql".*compares with a field named "mysql", not with text/m,
    /where: \{ FIELD: literal \}/,
  ],
  [
    'wrong pass 3: the same inside a quantifier',
    database(
      `{ path: "DBInstances[]", none: { path: 'VpcSecurityGroups[?Status=="active"]', count: 0, allow_empty: true }, proof: "DBInstances[]" }`,
    ),
    /^checklists\/demo\.yaml:19:\d+: .*compares with a field named "active"/m,
    /where: \{ FIELD: literal \}/,
  ],
  [
    'wrong pass 4: !a.b, which negates a alone',
    database(`{ path: "!DBInstances[0].PubliclyAccessible", eq: true }`),
    /^checklists\/demo\.yaml:19:25: .*negates/m,
    /write `!\(.*PubliclyAccessible\)`/,
  ],
  [
    'wrong pass 5: !a.b without quotes, which YAML takes for a tag',
    database('{ path: !a.b, eq: true }'),
    /^checklists\/demo\.yaml:19:\d+: .*YAML tag/m,
    /quote this path: "!\(a\.b\)"/,
  ],
  [
    'wrong pass 20: an account number without quotes, whose zero would be dropped',
    checklistText({ targets: '{ prod: { aws: { account: 012345678901, region: us-east-1 } } }' }),
    /^checklists\/demo\.yaml:5:36: .*account/m,
    /12 digits in quotes/,
  ],
  [
    'wrong pass 24: an empty expect',
    checklistText({
      steps: '- { id: one, title: One, probe: { http: { url: "https://x.example/" } }, expect: [] }',
    }),
    /^checklists\/demo\.yaml:15:\d+: .*proves nothing/m,
    /expect/,
  ],
  [
    'wrong pass 24: no expect at all',
    checklistText({ steps: '- { id: one, title: One, probe: { http: { url: "https://x.example/" } } }' }),
    /^checklists\/demo\.yaml:15:\d+: .*proves nothing/m,
    /expect/,
  ],
  [
    'wrong pass 24: an expectation that says nothing about its path',
    checklistText({
      steps: '- { id: one, title: One, probe: { http: { url: "https://x.example/" } }, expect: [{ path: status }] }',
    }),
    /^checklists\/demo\.yaml:15:\d+: /m,
    /matcher/,
  ],
  ['wrong pass 24: a file without phases', empty('phases: []\n'), /^checklists\/demo\.yaml:8:\d+: /m, /phase|step/],
  [
    'wrong pass 24: a section without steps',
    checklistText({ steps: '[]' }),
    /^checklists\/demo\.yaml:1[45]:\d+: /m,
    /step/,
  ],
];

test.each(cases)('%s does not load', async (_, text, place, words) => {
  const played = await playText(text);
  expect([played.exit, played.runs]).toEqual([3, 0]);
  expect(played.screen).toMatch(place);
  expect(played.screen).toMatch(words);
  expect(played.screen, 'the excerpt, with a caret below').toMatch(/\n +\d+ \| .*\n +\| +\^/);
});

test('all mistakes of a file are told at once', async () => {
  const both = `- { id: one, title: One, probe: { http: { url: "https://x.example/" } }, expect: [] }
- { id: two, title: Two, probe: { http: { url: "https://x.example/" } }, expect: [{ path: "!a.b", eq: true }] }`;
  const played = await playText(checklistText({ steps: both }));
  expect(played.exit).toBe(3);
  expect(played.screen).toMatch(/demo\.yaml:15:/);
  expect(played.screen).toMatch(/demo\.yaml:16:/);
});
