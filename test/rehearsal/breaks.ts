// The matrix of AEP: which steps each named break leaves without a pass, and what stands on the screen.

import { expect } from 'vitest';
import type { TestShell } from '../support/shell.ts';
import { changesOfOurs, rehearsedWith, type Rehearsed } from './whole.ts';

export type Verdicts = Readonly<Record<string, string>>;

/** Every step that did not pass: its verdict, or that it was deferred. */
export function notPassed({ state }: Rehearsed): Verdicts {
  const all = Object.entries(state.steps).map(([id, { verdict, deferred }]): readonly [string, string] => [
    id,
    verdict?.verdict ?? (deferred === undefined ? 'open' : 'deferred'),
  ]);
  return Object.fromEntries(all.filter(([, verdict]) => verdict !== 'pass'));
}

const as = (verdict: string, ...steps: readonly string[]): Verdicts =>
  Object.fromEntries(steps.map((step) => [step, verdict]));

// What a survey cannot decide any more once something above it is red.
const acceptance = as('deferred', 'uat-browser', 'uat-login', 'uat-journey', 'uat-budget');
const publicName = as('deferred', 'public-ready', 'public-frontend', 'public-api', 'https-enforced');
const unmoved = { 'dns-propagated': 'fail', ...publicName, ...acceptance };
const notCutOver = {
  'dns-cutover': 'fail',
  ...unmoved,
  ...as('deferred', 'watch-5xx', 'watch-stable', 'watch-traffic', 'watch-unhealthy'),
};
const watches = (verdict: string): Verdicts =>
  as(verdict, 'watch-5xx', 'watch-stable', 'watch-traffic', 'watch-unhealthy');
const notReady = { ...as('fail', 'backend-ready', 'smoke-api', 'public-ready', 'public-api'), ...acceptance };

/** The break, what it leaves that is no pass, and what stands on the screen. */
export type Row = readonly [name: string, notPassed: Verdicts, words: RegExp];

/** A survey with the break gives what the row says, and never a go. */
export async function expectRow([name, reds, words]: Row, shell: TestShell): Promise<void> {
  const surveyed = await rehearsedWith(['--survey', '--break', name], shell);
  expect(notPassed(surveyed)).toEqual(reds);
  expect(surveyed.screen).toMatch(words);
  const failed = Object.values(reds).includes('fail');
  expect([surveyed.exit, surveyed.state.sealed?.result]).toEqual(failed ? [1, 'no-go'] : [2, 'undecided']);
}

/** Those that the verification finds before anything is changed. */
export const verification: readonly Row[] = [
  // break                   what it leaves that is no pass                                                     on screen
  ['backend-not-ready', notReady, /observed +503/],
  ['redis-down', notReady, /name = "redis"/],
  ['front-page-broken', { ...as('fail', 'frontend-loads', 'public-frontend'), ...acceptance }, /contains "<html"/],
  ['targets-unhealthy', as('fail', 'backend-targets', 'watch-stable', 'watch-unhealthy'), /unhealthy/],
  ['service-short', as('fail', 'backend-stable', 'backend-targets', 'watch-stable'), /observed +1/],
  // No task: no target, so the load balancer answers 503 for the whole backend, its log falls silent, and nobody counts
  // its healthy targets any more.
  [
    'desired-zero',
    {
      ...as('fail', 'backend-live', 'backend-ready', 'backend-stable', 'backend-targets'),
      ...as('fail', 'smoke-api', 'smoke-chat', 'budget-within', 'budget-429'),
      'backend-logs': 'inconclusive',
      ...as('fail', 'public-ready', 'public-api', 'watch-5xx'),
      ...as('inconclusive', 'watch-stable', 'watch-unhealthy'),
      ...acceptance,
    },
    /expected +desiredCount >= 2\n +observed +0/,
  ],
  ['rolled-back-deployment', as('fail', 'backend-stable'), /rolled_back/],
  [
    'service-missing',
    {
      ...as('fail', 'frontend-loads', 'frontend-stable', 'frontend-targets', 'public-frontend', 'watch-5xx'),
      ...as('inconclusive', 'frontend-logs', 'watch-stable', 'watch-unhealthy'),
      ...acceptance,
    },
    /not found: MISSING/,
  ],
  ['logs-have-errors', as('fail', 'backend-logs'), /matches/],
  ['logs-silent', as('inconclusive', 'backend-logs'), /events_received/],
  ['budget-not-enforced', as('fail', 'budget-429'), /expected +status = 429/],
  ['alarm-missing', as('fail', 'alarm-5xx'), /aep-prod-5xx-rate/],
  ['alarm-firing', as('fail', 'alarm-5xx'), /ALARM/],
  ['access-denied', as('error', 'backend-stable', 'frontend-stable'), /ecs:DescribeServices/],
  ['throttled', as('error', 'alarm-unhealthy', 'alarm-5xx', 'alarm-tasks'), /cloudwatch:DescribeAlarms was throttled/],
  ['slow-and-reset', as('error', 'smoke-api', 'public-api'), /connection (closed|reset)/],
];

/** Those of the cutover itself, of what stands right before it, and of what comes after. */
export const cutover: readonly Row[] = [
  // The resolvers keep the old answer for an hour, so the new one has not arrived anywhere after ten minutes.
  ['ttl-not-lowered', { 'ttl-lowered': 'fail', ...unmoved }, /ttl <= 60\n +observed +2 of 2: 3600 \(name ns-/],
  [
    'record-changed-under-us',
    notCutOver,
    /expected +app\.navralabs\.com A 60 203\.0\.113\.10\n +observed +app\.navralabs\.com A 60 203\.0\.113\.77\n[^]*InvalidChangeBatch[^]*refused: nothing was changed/,
  ],
  ['record-locked', notCutOver, /route53:ChangeResourceRecordSets is missing[^]*refused: nothing was changed/],
  ['dns-not-moved', notCutOver, /wire\[\]: all with same = true\n +observed +2 of 2: false[^]*within 10m/],
  ['one-resolver-stale', unmoved, /answers\[\]: all with same = true\n +observed +1 of 5: false \(name 8\.8\.8\.8\)/],
  // Nothing that is asked over HTTPS gets an answer that could be believed.
  [
    'certificate-for-another-name',
    {
      ...as('error', 'backend-live', 'backend-ready', 'frontend-loads'),
      ...as('error', 'smoke-api', 'smoke-chat', 'budget-within', 'budget-429'),
      certificate: 'fail',
      ...as('error', 'public-ready', 'public-frontend', 'public-api'),
      ...acceptance,
    },
    /for another name:\s+staging\.navralabs\.com/,
  ],
  ['certificate-expiring', as('fail', 'certificate'), />= 30d from now\n +observed +"2026-03-14T/],
  ['https-not-enforced', as('fail', 'https-enforced'), /status = 301\n +observed +200/],
  [
    'redirect-to-wrong-host',
    as('fail', 'https-enforced'),
    /the address https:\/\/app\.navralabs\.com\/\n +observed +"https:\/\/www\.navralabs\.com/,
  ],
  [
    '5xx-spike-after-cutover',
    as('fail', 'watch-5xx'),
    /error_percent < 1\n +observed +2 of 6 minutes \(1 may\): 1\d\.[^]*broke after 7m of 30m/,
  ],
  ['request-count-flat', as('fail', 'watch-traffic'), /last_third\.requests >= 60\n +observed +2/],
  ['no-datapoints', watches('inconclusive'), /error_percent < 1\n +observed +0 of 30 minutes/],
  ['partial-metrics', watches('error'), /ERROR +watch-5xx[^]*PartialData/],
];

const old = { A: { ttl: 60, values: ['203.0.113.10'] } };
const balancer = {
  A: { alias: expect.stringContaining('aep-prod-alb-'), zone: 'Z35SXDOTRQ7X7K', evaluate_health: true },
};
// Seen only once the record is moved. With all others the name leads where it led before, or where somebody else put it.
const moved: readonly string[] = [
  'dns-not-moved',
  'one-resolver-stale',
  'https-not-enforced',
  'redirect-to-wrong-host',
  '5xx-spike-after-cutover',
  'request-count-flat',
  'no-datapoints',
  'partial-metrics',
];
const others: Readonly<Record<string, unknown>> = {
  'ttl-not-lowered': { A: { ttl: 3600, values: ['203.0.113.10'] } },
  'record-changed-under-us': { A: { ttl: 60, values: ['203.0.113.77'] } },
};

/** The calm operator stops at a red that a survey has too, and what stands in the zone is what the log says. */
export async function expectStop([name, reds, words]: Row, shell: TestShell): Promise<void> {
  const ended = await rehearsedWith(['--auto', '--break', name], shell);
  const decided = Object.entries(notPassed(ended)).filter(([, verdict]) => verdict !== 'open');
  expect(decided.length).toBeGreaterThan(0);
  expect(reds, 'nothing is red that is not in a survey').toMatchObject(Object.fromEntries(decided));
  const failed = decided.some(([, verdict]) => verdict === 'fail');
  expect([ended.exit, ended.state.sealed?.result]).toEqual(failed ? [1, 'no-go'] : [2, 'undecided']);
  expect(ended.screen).toMatch(words);

  const ours = moved.includes(name);
  const left = ended.world?.account.route53.zones['navralabs.com']?.records['app.navralabs.com'];
  expect(left).toEqual(ours ? balancer : (others[name] ?? old));
  expect(changesOfOurs(ended)).toHaveLength(ours ? 1 : 0);
  // Only of what is said to be done there is something to take back.
  const refused = reds['dns-cutover'] === undefined ? undefined : 'refused';
  expect(ended.state.steps['dns-cutover']?.act?.outcome).toBe(ours ? 'done' : refused);
}
