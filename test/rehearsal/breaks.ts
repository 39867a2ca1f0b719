// The matrix of AEP: what each named break of its world turns red, held against what a survey of it really shows.

import { readFileSync } from 'node:fs';
import { expect } from 'vitest';
import { stepsOf } from '../../src/engine/plan.ts';
import { loadWorld, type RehearsalWorld } from '../../src/rehearsal/world.ts';
import { planFor } from '../support/aep.ts';
import type { TestShell } from '../support/shell.ts';
import { worldPath } from './given.ts';
import { acceptedChanges, changesOfOurs, rehearsedWith, type Rehearsed } from './whole.ts';

export type Verdicts = Readonly<Record<string, string>>;

const world = loadWorld(readFileSync(worldPath, 'utf8'), 'aep.yaml');

/** Every break of the world, in its order. */
export const breakNames: readonly string[] = Object.keys(world.breaks);

/** What the world says of a break: the verdict of each step that is no pass, without what is merely deferred. */
export function declared(name: string): Verdicts {
  return declaredIn(world, name);
}

/** The same, of any world. */
export function declaredIn({ breaks }: RehearsalWorld, name: string): Verdicts {
  const { reds = [], blind = [] } = breaks[name] ?? {};
  return { ...asAll('red', reds), ...asAll('blind', blind) };
}

function asAll(word: string, steps: readonly string[]): Verdicts {
  return Object.fromEntries(steps.map((step) => [step, word]));
}

/** True when all it turns red only advises, so that nobody stops at it. */
export function isAdvisoryOnly(name: string): boolean {
  return Object.keys(declared(name)).every((step) => advisory.has(step));
}

const advisory = new Set(
  stepsOf(await planFor('prod')).flatMap(({ id, severity }) => (severity === 'advisory' ? [id] : [])),
);

/** Every step that did not pass: its verdict, or that it was deferred or left open. */
export function notPassed({ state }: Rehearsed): Verdicts {
  const all = Object.entries(state.steps).map(([id, { verdict, deferred }]): readonly [string, string] => [
    id,
    verdict?.verdict ?? (deferred === undefined ? 'open' : 'deferred'),
  ]);
  return Object.fromEntries(all.filter(([, verdict]) => verdict !== 'pass' && verdict !== 'skip'));
}

/** `red` for a fail, `blind` where nobody could see; what a survey defers is left out. */
export function seen(surveyed: Rehearsed): Verdicts {
  const decided = Object.entries(notPassed(surveyed)).filter(([, verdict]) => verdict !== 'deferred');
  return Object.fromEntries(decided.map(([id, verdict]) => [id, verdict === 'fail' ? 'red' : 'blind']));
}

/** Steps that failed because something that was expected of them did not hold. */
export function failedByExpectation({ state }: Rehearsed): readonly string[] {
  return Object.entries(state.steps).flatMap(([id, { verdict }]) =>
    verdict?.verdict === 'fail' && verdict.findings.some((finding) => finding.verdict === 'fail') ? [id] : [],
  );
}

const anyRed = /FAIL|ERROR|INCONCLUSIVE/;

/** What has to stand on the screen, for the breaks that are told in words of their own. */
export const words: Readonly<Record<string, RegExp>> = {
  'backend-not-ready': /observed +503/,
  'redis-down': /name = "redis"/,
  'front-page-broken': /contains "<html"/,
  'targets-unhealthy': /unhealthy/,
  'service-short': /observed +1/,
  'desired-zero': /expected +desiredCount >= 2\n +observed +0/,
  'rolled-back-deployment': /rolled_back/,
  'service-missing': /not found: MISSING/,
  'logs-have-errors': /matches/,
  'logs-silent': /events_received/,
  'budget-not-enforced': /expected +status = 429/,
  'alarm-missing': /aep-prod-5xx-rate/,
  'alarm-firing': /ALARM/,
  'access-denied': /ecs:DescribeServices/,
  throttled: /cloudwatch:DescribeAlarms was throttled/,
  'slow-and-reset': /connection (closed|reset)/,
  'ttl-raised-again': /ttl <= 60\n +observed +2 of 2: 3600 \(name ns-/,
  'record-changed-under-us':
    /expected +app\.navralabs\.com A 60 203\.0\.113\.10\n +observed +app\.navralabs\.com A 60 203\.0\.113\.77\n[^]*InvalidChangeBatch[^]*refused: nothing was changed/,
  'record-locked': /route53:ChangeResourceRecordSets is missing[^]*refused: nothing was changed/,
  'dns-not-moved': /wire\[\]: all with same = true\n +observed +2 of 2: false[^]*within 10m/,
  'one-resolver-stale': /answers\[\]: all with same = true\n +observed +1 of 5: false \(name 8\.8\.8\.8\)/,
  'certificate-for-another-name': /for another name:\s+staging\.navralabs\.com/,
  'certificate-expiring': />= 30d from now\n +observed +"2026-03-1\dT/,
  'https-not-enforced': /status = 301\n +observed +200/,
  'redirect-to-wrong-host': /the address https:\/\/app\.navralabs\.com\/\n +observed +"https:\/\/www\.navralabs\.com/,
  '5xx-spike-after-cutover': /error_percent < 1\n +observed +2 of 6 minutes \(1 may\): 1\d\.[^]*broke after 7m of 30m/,
  'request-count-flat': /last_third\.requests >= 60\n +observed +2/,
  'no-datapoints': /error_percent < 1\n +observed +0 of 30 minutes/,
  'partial-metrics': /ERROR +watch-5xx[^]*PartialData/,
  'rds-group-laptop': /198\.51\.100\.7\/32/,
  'rds-group-prefix-list': /sources_known/,
  'backend-never-scanned': /scan\.completed_at/,
};

/** A survey with the break turns exactly the declared steps red, says so, and is never a go. */
export async function expectBreak(name: string, shell: TestShell): Promise<Rehearsed> {
  const surveyed = await rehearsedWith(['--survey', '--break', name], shell);
  expect(seen(surveyed), name).toEqual(declared(name));
  expect(surveyed.screen).toMatch(words[name] ?? anyRed);
  // What only advises is told, and decides nothing.
  const failed = Object.entries(notPassed(surveyed)).some(([id, verdict]) => verdict === 'fail' && !advisory.has(id));
  expect([surveyed.exit, surveyed.state.sealed?.result]).toEqual(failed ? [1, 'no-go'] : [2, 'undecided']);
  return surveyed;
}

const earlier = ['rolled-back-deployment', 'https-not-enforced', 'redirect-to-wrong-host'];
const old = (ttl: number) => ({ A: { ttl, values: ['203.0.113.10'] } });
const balancer = {
  A: { alias: expect.stringContaining('aep-prod-alb-'), zone: 'Z35SXDOTRQ7X7K', evaluate_health: true },
};
const others: Readonly<Record<string, unknown>> = {
  'ttl-raised-again': old(3600),
  'record-changed-under-us': { A: { ttl: 60, values: ['203.0.113.77'] } },
  'record-missing': undefined,
  'later-dns-moved-back': old(300),
  'later-zone-locked': old(60),
};

/**
 * The calm operator stops at a red that a survey has too, and what stands in the zone is what the log says. Where only
 * advisory steps are red there is nothing to stop at.
 */
export async function expectStop(name: string, shell: TestShell): Promise<void> {
  const ended = await rehearsedWith(['--auto', '--break', name], shell);
  const decided = Object.entries(seen(ended)).filter(([id]) => ended.state.steps[id]?.verdict !== undefined);
  expect(decided.length).toBeGreaterThan(0);
  expect(declared(name), 'nothing is red that is not in a survey').toMatchObject(Object.fromEntries(decided));
  // What broke a week before is red there already, in other words.
  expect(ended.screen).toMatch(earlier.includes(name) ? anyRed : (words[name] ?? anyRed));
  const isDone = (id: string): boolean => ended.state.steps[id]?.act?.outcome === 'done';
  const left = ended.world?.account.route53.zones['navralabs.com']?.records['app.navralabs.com'];
  expect(left).toEqual(
    name in others ? others[name] : isDone('dns-cutover') ? balancer : old(isDone('lower-ttl') ? 60 : 300),
  );
  expect(changesOfOurs(ended)).toHaveLength(acceptedChanges(ended));
}
