// Goal: what an amendment changes is read off at a glance, on 80 columns, and nothing of it obeys the terminal.

import { expect, it } from 'vitest';
import { amendmentOf } from '../../src/engine/amend.ts';
import type { Plan, Step } from '../../src/engine/plan.ts';
import { amendedText, amendLines } from '../../src/render/amend.ts';
import { openingLines, type OpeningScreen } from '../../src/render/opening.ts';
import { columns } from '../../src/render/text.ts';
import { theme } from '../../src/render/theme.ts';
import { openTranscript } from '../../src/render/transcript.ts';
import { given, looked, open, phase, planOf, step } from '../support/plan.ts';

const page = { width: 80, theme: theme({ colour: false, unicode: true }) };
const wait = (forMs: number) => ({ forMs, everyMs: { min: 5000, max: 30_000 }, consecutive: 1, stopIf: [] });
const call = (path: string) => ({ kind: 'http', args: { url: `https://app.test/${path}` }, words: `GET ${path}` });
const probing = (path: string): Partial<Step> => ({ work: { type: 'probe', call: call(path) } });

const before = planOf(
  phase('verify', [
    step('public-api', 'looks', { ...probing('api'), expect: [{ path: 'status', eq: 200 }], wait: wait(60_000) }),
    step('smoke', 'pokes', { needs: [{ step: 'public-api', lagMs: 0 }] }),
    step('asked', 'asks', { needs: [{ step: 'public-api', lagMs: 0 }] }),
    step('old-step'),
    step('other'),
  ]),
);
const after = planOf(
  phase('verify', [
    step('public-api', 'looks', {
      ...probing('v2/api'),
      expect: [{ path: 'status', eq: 204 }],
      wait: wait(300_000),
      severity: 'critical',
    }),
    step('smoke', 'pokes', { needs: [{ step: 'public-api', lagMs: 0 }] }),
    step('asked', 'asks', { needs: [{ step: 'public-api', lagMs: 0 }] }),
    step('other', 'looks', { fix: 'Read \u001b[2Jthe runbook' }),
    step('new-step', 'looks', { severity: 'critical' }),
  ]),
);
const ids = ['public-api', 'smoke', 'asked', 'old-step', 'other'];
const state = given('run', open('verify'), ...ids.flatMap((id) => looked(id, 'pass')), [
  'phase.close',
  { phase: 'verify' },
]);

function shown(then: Plan, now: Plan, refused: readonly string[] = []): readonly string[] {
  return amendLines(page, now, amendmentOf(then, now, state), { notes: ['count = 2 (default)'], refused });
}

it('says what is another in each step, what is done once more, and what stays', () => {
  expect(shown(before, after, ['switch was taken already: it cannot be changed'])).toEqual([
    '  ~ public-api  severity: "required" → "critical"',
    '  ~ public-api  url: "https://app.test/api" → "https://app.test/v2/api"',
    '  ~ public-api  expect[0].eq: 200 → 204',
    '  ~ public-api  wait.for: 1m → 5m',
    '  ~ other  fix: (none) → "Read \\u001b[2Jthe runbook"  (words only: its verdict',
    '    stays)',
    '  + new-step  Title of new-step (critical)',
    '  - old-step  Title of old-step',
    '  # count = 2 (default)',
    '  judged again  public-api, smoke (sent again), asked (asked again)',
    '  opens again   verify',
    '  kept          1 verdict',
    '  refused       switch was taken already: it cannot be changed',
  ]);
});

it('tells a named probe once, and who reads it', () => {
  const probe = { name: 'alb', call: call('alb'), nature: 'looks', probes: [], readers: [] } as const;
  const reading = planOf(phase('verify', [step('one', 'looks', { probes: ['alb'] })]));
  const [then, now] = ['alb', 'lb'].map((path) => ({ ...reading, probes: { alb: { ...probe, call: call(path) } } }));
  if (then === undefined || now === undefined) throw new Error('two plans were made');
  expect(shown(then, now).slice(0, 2)).toEqual([
    '  ~ alb  url: "https://app.test/alb" → "https://app.test/lb"',
    '  ~ one  reads alb',
  ]);
});

it('says so when no step is another one, and when a phase comes at another time', () => {
  expect(shown(before, before)[0]).toBe('  · No step is another one: only what is around them.');
  const [first] = before.phases;
  const phases = first === undefined ? [] : [{ ...first, at: 'T-2h' }];
  expect(shown(before, { ...before, phases })[0]).toBe('  ~ verify  at: T-0 → T-2h');
});

it('of a step that is another altogether it tells a few places, none wider than the page', () => {
  const args = Object.fromEntries(Array.from({ length: 20 }, (_, index) => [`key${index}`, 'x'.repeat(300)]));
  const other = step('other', 'looks', { work: { type: 'probe', call: { kind: 'http', args, words: '' } } });
  const lines = shown(planOf(phase('verify', [step('other')])), planOf(phase('verify', [other])));
  expect(lines.join('\n')).toContain('other  and in 14 more places');
  expect(lines.filter((line) => columns(line) > 80)).toEqual([]);
});

const body = {
  digest: 'd'.repeat(64),
  previous: 'c'.repeat(64),
  by: 'ada@example.com',
  second: 'grace@example.com',
  reason: 'a typo',
  touched: ['public-api'],
};

it('the transcript says who amended it, who agreed, and why', () => {
  const transcript = openTranscript(before, page, { verbose: false, attended: true });
  transcript.add({ seq: 1, at: state.at, sid: 'S', kind: 'checklist.amend', body });
  expect(transcript.lines(state, 0).join(' ').replaceAll(/\s+/g, ' ')).toBe(
    ' # checklist amended by ada@example.com, agreed to by grace@example.com: a typo; touched: public-api',
  );
  expect(amendedText({ ...body, second: '', touched: [] })).toBe('checklist amended by ada@example.com: a typo');
});

const screen: OpeningScreen = {
  version: '1',
  name: 'aep-prod',
  title: 'AEP',
  mode: 'run',
  rehearsal: false,
  run: 'abcd',
  resumed: true,
  checklist: { path: 'a.yaml', digest: 'd'.repeat(64), commit: '', dirty: false },
  changed: false,
  callers: [],
  blind: undefined,
  endpoints: [],
  detours: undefined,
  key: { source: 'a key', principal: 'ada@example.com' },
  t0: undefined,
  inputs: [],
  log: 'log',
};

it('the first screen of a run that was amended says by whom, and of a file that changed how to go on with it', () => {
  const amended = { ...screen.checklist, amended: 'amended by ada@example.com (a typo)' };
  const lines = openingLines(page, { ...screen, checklist: amended, changed: true }).join('\n');
  expect(lines).toContain('sha256 dddddddddddd\n             amended by ada@example.com (a typo)\n');
  expect(lines).toContain('`golive amend abcd`');
  expect(openingLines(page, screen).join('\n')).not.toContain('amend');
});
