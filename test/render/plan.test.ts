// The plan in words: acts, holds and what they wait for.

import { expect, it } from 'vitest';
import { bind } from '../../src/checklist/bind.ts';
import { planText } from '../../src/render/plan.ts';
import { checklistText, known, loaded } from '../checklist/given.ts';

async function shown(steps: string, width = 100, rollback = ''): Promise<string> {
  const checklist = await loaded(`${checklistText({ steps })}${rollback}`);
  const bound = bind(checklist, known, { target: 'prod', inputs: {} });
  if (!('plan' in bound)) throw new Error(JSON.stringify(bound));
  return planText(bound.plan, { path: 'demo.yaml', digest: '0'.repeat(64), inputs: [] }, width);
}

/** What stands beside a name, over all its lines. */
function beside(text: string, name: string): string {
  const lines = text.split('\n');
  const at = lines.findIndex((line) => line.startsWith(`      ${name.padEnd(12)}`));
  const more = lines.slice(at + 1).findIndex((line) => !line.startsWith(' '.repeat(18)));
  const rest = lines.slice(at, more < 0 ? undefined : at + 1 + more).map((line) => line.slice(18));
  return at < 0 ? '' : rest.join(' ');
}

const valve = 'act: { test.valve: { to: open } }';

it('tells of an act what it does, what is typed before it, and the way back with its budget', async () => {
  const text = await shown(`- { id: turn, title: Turn, severity: critical, ${valve}, budget: 5m }`);
  expect(text).toMatch(/turn {2}Turn\n +critical · changes\n/);
  expect(beside(text, 'does')).toBe('Turn the valve to open');
  expect(beside(text, 'asks for')).toBe('`do it`, typed by a person');
  expect(beside(text, 'way back')).toBe('the same act with what was there before, within 5m');
});

it('tells why there is no way back, and that the target is typed then', async () => {
  const text = await shown(`- { id: turn, title: Turn, ${valve}, undo: { none: water does not flow uphill } }`);
  expect(beside(text, 'asks for')).toBe('`demo-prod`, typed by a person');
  expect(beside(text, 'way back')).toBe('none: water does not flow uphill');
});

it('tells the phrase of an act, and why it has no way back, with what a terminal would obey made visible', async () => {
  const phrase = await shown(`- { id: turn, title: Turn, ${valve}, confirm: { phrase: go now } }`);
  expect(beside(phrase, 'asks for')).toBe('`go now`, typed by a person');
  const text = await shown(
    `- { id: turn, title: Turn, ${valve}, confirm: target, undo: { none: "gone\\u202e for good" } }`,
  );
  expect(beside(text, 'way back')).toMatch(/^none: gone.*for good$/);
  expect(text).not.toContain('\u202e');
});

const pump = 'act: { test.pump: { to: on } }';
const look = (path: string): string => `{ probe: { http: { url: "https://x/" } }, expect: [{ path: ${path}, eq: 1 }] }`;

it('tells how many people type the phrase, how the effect is seen, and each part of the way back', async () => {
  const verify = look('json.a').replace(' }] }', ' }], wait: { for: 5m, stop_if: [{ path: status, gte: 500 }] } }');
  const undo = `[{ test.pump: { to: off }, verify: ${look('json.b')} }, { test.valve: { to: shut } }]`;
  const confirm = 'confirm: { phrase: pump it, people: 2 }';
  const text = await shown(`- { id: a, title: A, ${pump}, ${confirm}, verify: ${verify}, undo: ${undo}, budget: 30m }`);
  expect(beside(text, 'asks for')).toBe('`pump it`, typed by 2 different people');
  expect(beside(text, 'seen by')).toBe('GET https://x/, for up to 5m json.a = 1 no longer waits when status >= 500');
  expect(beside(text, 'way back')).toBe(
    '1. Run the pump seen by GET https://x/ json.b = 1 2. Turn the valve to shut all within 30m',
  );
});

it('tells at its end what is offered while going back, and how the paper calls the way back of an act', async () => {
  const rollback = [
    '{ id: shut, title: Shut it, source: doc#1, undo_of: turn }',
    '{ id: drain, title: Drain it, owner: ops, act: { test.pump: { to: out } }, budget: 10m }',
    `{ id: dry, title: It is dry, needs: [drain], probe: { test.gauge: {} }, expect: [{ path: errors, eq: 0 }] }`,
  ];
  const text = await shown(
    `- { id: turn, title: Turn, ${valve} }`,
    80,
    `rollback:\n${rollback.map((entry) => `  - ${entry}\n`).join('')}`,
  );
  const end = text.slice(text.indexOf('Way back, offered and never taken by itself'));
  expect(end).toMatch(/ {4}shut {2}Shut it\n {6}takes back turn, as it stands there · doc#1\n/);
  expect(end).toMatch(/ {4}drain {2}Drain it\n {6}required · changes · Operations\n/);
  expect(beside(end, 'asks for')).toBe('`demo-prod`, typed by a person');
  expect(beside(end, 'takes')).toBe('at most 10m');
  expect(beside(end, 'awaited by')).toBe('dry');
  expect(beside(end, 'needs')).toBe('drain');
  for (const line of text.split('\n')) expect(line.length, line).toBeLessThanOrEqual(80);
  expect(await shown(`- { id: turn, title: Turn, ${valve} }`)).not.toContain('Way back');
});

it('tells of a hold how long, since what, how often, how it is judged, and who waits for whom', async () => {
  const gauge = 'probe: { test.gauge: {} }, expect: [{ path: errors, eq: 0 }]';
  const text = await shown(
    `- { id: turn, title: Turn, ${valve} }\n- { id: watch, title: Watch, ${gauge}, hold: { for: 30m, since: turn } }`,
    80,
  );
  expect(beside(text, 'holds')).toBe(
    'for 30m since turn, every 1m: each sample; undecided below 90% of the samples or after 3m without one',
  );
  expect(beside(text, 'awaited by')).toBe('watch');
  expect(beside(text, 'needs'), 'said once').toBe('');
  for (const line of text.split('\n')) expect(line.length, line).toBeLessThanOrEqual(80);
  const loose = '{ for: 1h, tolerate: 2, coverage: 75%, max_gap: 10m, every: 5m }';
  expect(beside(await shown(`- { id: watch, title: Watch, ${gauge}, hold: ${loose} }`), 'holds')).toBe(
    'for 1h, every 5m: each sample, 2 may fail; undecided below 75% of the samples or after 10m without one',
  );
  const whole = '{ for: 1h, sample: whole }';
  expect(beside(await shown(`- { id: watch, title: Watch, ${gauge}, hold: ${whole} }`), 'holds')).toContain(
    'every 1m: the whole as one;',
  );
});
