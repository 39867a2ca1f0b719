// Goal: each named break turns exactly its own steps red, with what was expected and what was seen on the screen.
// Method: a survey of the real checklist per break, against the stand-in; the table is the matrix of steps and breaks.

import { afterAll, describe, expect, it } from 'vitest';
import { rehearse } from '../../src/commands/rehearse.ts';
import { allRuns, openStore } from '../../src/commands/runs.ts';
import { testShell } from '../support/shell.ts';

const shell = testShell();
afterAll(() => shell.remove());

async function survey(breaks: readonly string[]): Promise<Readonly<Record<string, string>>> {
  const exit = await rehearse('aep-prod', { survey: true, break: breaks, runsDir: shell.runsDir }, shell);
  const [newest] = await allRuns(openStore({ runsDir: shell.runsDir }, shell));
  const steps = Object.entries(newest?.state.steps ?? {});
  const reds = steps
    .filter(([, step]) => step.verdict?.verdict !== 'pass')
    .map(([id, step]) => [id, step.verdict?.verdict ?? 'deferred']);
  expect(exit, 'a survey can never end in go').not.toBe(0);
  return Object.fromEntries(reds);
}

const matrix: readonly (readonly [string, Readonly<Record<string, string>>, RegExp])[] = [
  // break                   the steps it turns red, with their verdicts                                        on screen
  ['backend-not-ready', { 'backend-ready': 'fail', 'smoke-api': 'fail' }, /observed +503/],
  ['redis-down', { 'backend-ready': 'fail', 'smoke-api': 'fail' }, /redis/],
  ['front-page-broken', { 'frontend-loads': 'fail' }, /observed/],
  ['targets-unhealthy', { 'backend-targets': 'fail' }, /unhealthy/],
  ['service-short', { 'backend-stable': 'fail', 'backend-targets': 'fail' }, /observed +1/],
  // No task: no target, so the load balancer answers 503 for the whole backend, and its log falls silent.
  [
    'desired-zero',
    {
      'backend-live': 'fail',
      'backend-ready': 'fail',
      'backend-stable': 'fail',
      'backend-targets': 'fail',
      'smoke-api': 'fail',
      'smoke-chat': 'fail',
      'budget-within': 'fail',
      'budget-429': 'fail',
      'backend-logs': 'inconclusive',
    },
    /expected +desiredCount >= 2\n +observed +0/,
  ],
  ['rolled-back-deployment', { 'backend-stable': 'fail' }, /rolled_back/],
  [
    'service-missing',
    {
      'frontend-loads': 'fail',
      'frontend-stable': 'fail',
      'frontend-targets': 'fail',
      'frontend-logs': 'inconclusive',
    },
    /not found: MISSING/,
  ],
  ['logs-have-errors', { 'backend-logs': 'fail' }, /matches/],
  ['logs-silent', { 'backend-logs': 'inconclusive' }, /events_received/],
  ['budget-not-enforced', { 'budget-429': 'fail' }, /expected +status = 429/],
  ['alarm-missing', { 'alarm-5xx': 'fail' }, /aep-prod-5xx-rate/],
  ['alarm-firing', { 'alarm-5xx': 'fail' }, /ALARM/],
  ['access-denied', { 'backend-stable': 'error', 'frontend-stable': 'error' }, /ecs:DescribeServices/],
  [
    'throttled',
    { 'alarm-unhealthy': 'error', 'alarm-5xx': 'error', 'alarm-tasks': 'error' },
    /cloudwatch:DescribeAlarms was throttled/,
  ],
  ['slow-and-reset', { 'smoke-api': 'error' }, /connection (closed|reset)/],
];

describe('a whole world', () => {
  it('turns nothing red', async () => {
    expect(await survey([])).toEqual({});
  });
});

describe('a break', () => {
  it.each(matrix)('%s turns exactly its own steps red', async (name, reds, words) => {
    const before = shell.printed().length;
    expect(await survey([name])).toEqual(reds);
    expect(shell.printed().slice(before)).toMatch(words);
  });
});
