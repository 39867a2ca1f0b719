// Given the clock of a run, when somebody asks what is due when, then it says so in lines that fit, and claims nothing it
// does not know.

import { describe, expect, it } from 'vitest';
import type { Bodies, EventKind, RunEvent } from '../../src/engine/events.ts';
import { evolve } from '../../src/engine/evolve.ts';
import type { Step } from '../../src/engine/plan.ts';
import { initialState, type State } from '../../src/engine/state.ts';
import { actsBehind, wayBackBehind, wayBackNow } from '../../src/engine/timeline.ts';
import { forecast } from '../../src/engine/forecast.ts';
import { closedText, wayBackText } from '../../src/render/clock.ts';
import { clockText, lateText, lengthText, minuteText } from '../../src/render/due.ts';
import { noReturnLines } from '../../src/render/no-return.ts';
import { columns } from '../../src/render/text.ts';
import { theme } from '../../src/render/theme.ts';
import { dueLines, stepTimeLines, timelineLines } from '../../src/render/timeline.ts';
import { gate, holdOf, looked, noon, phase, planOf, step } from '../support/plan.ts';

const minute = 60_000;
const page = { width: 80, theme: theme({ colour: false, unicode: true }) };

function swap(id: string, more: object = { budgetMs: 5 * minute }): Step {
  const call = { kind: 'test.swap', args: {}, words: 'swaps' };
  return step(id, 'changes', { work: { type: 'act', call, confirm: 'key', ...more } });
}

const go = step('go', 'decides', { work: gate({ pointOfNoReturn: true }) });
const watch = (id: string): Step => step(id, 'looks', { hold: holdOf({ forMs: 30 * minute, since: 'cut' }) });
const phases = [
  { ...phase('check', [step('a')], -60 * minute), at: 'T-1h', title: 'Verification' },
  { ...phase('cut', [go, swap('cut'), watch('errors'), watch('traffic'), step('q', 'asks')], 0), at: 'T-0' },
  { ...phase('after', [step('z')], 24 * 60 * minute), at: 'T+24h' },
];
const plan = planOf(...phases);

type Told = { [K in EventKind]: readonly [number, K, Partial<Bodies[K]>] }[EventKind];

/** The state after these events, each so many minutes after noon. */
function history(...told: readonly Told[]): State {
  const opened: Told = [
    0,
    'run.open',
    { mode: 'run', phases: [], session: { principal: 'ada', endpoints: [], grant: { signatures: [] } } as never },
  ];
  return [opened, ...told].reduce((state, [minutes, kind, body], seq) => {
    const at = new Date(noon + minutes * minute).toISOString();
    return evolve(state, { seq, at, sid: 'S', kind, body } as RunEvent);
  }, initialState());
}

const t0: Told = [0, 'clock.set', { t0: '2026-03-01T13:00:00.000Z', source: 'command line' }];
const passed = (minutes: number, id: string): readonly Told[] =>
  looked(id, 'pass').map(([kind, body]) => {
    const observed = { observed_at: new Date(noon + minutes * minute).toISOString() };
    return [minutes, kind, { ...body, ...(kind === 'step.verdict' && observed) }] as unknown as Told;
  });
const changed = (minutes: number, id: string): readonly Told[] => [
  [minutes, 'act.intent', { step: id, attempt: 1, class: 'compare', request: 'r', before: 'b', token: '', go: [] }],
  [minutes, 'act.result', { step: id, attempt: 1, result: 'done', after: '', requests: [], change: 'C', reason: '' }],
  ...passed(minutes, id),
];
const begun: readonly Told[] = [t0, [4, 'phase.open', { phase: 'check' }], ...passed(9, 'a')];
const cutOver: readonly Told[] = [
  ...begun,
  [46, 'phase.close', { phase: 'check' }],
  [65, 'phase.open', { phase: 'cut' }],
  ...passed(66, 'go'),
  ...changed(67, 'cut'),
];
const asked = (state: State, minutes: number) => ({ plan, state, now: noon + minutes * minute, remembers: () => true });

describe('what is due when', () => {
  it('is a table of what was planned and what happened, and below it what is waited for', () => {
    expect(timelineLines(page, asked(history(...cutOver), 70))).toEqual([
      '',
      '         phase         planned            begun',
      '  T-1h   Verification  2026-03-01 12:00Z  2026-03-01 12:04Z  4m late, took 42m',
      '  T-0    cut           2026-03-01 13:00Z  2026-03-01 13:05Z  5m late, open 5m',
      '  T+24h  after         2026-03-02 13:00Z                     in 23h50m',
      '',
      '  T         2026-03-01 13:00Z',
      '  at hand   T-0 cut, 5m late; waits for an answer: q; to be looked at: errors,',
      '            traffic',
      '  hold      errors, traffic: 30m are over at 2026-03-01 13:37Z, in 27m, whoever',
      '            is at it; judged from 13:40Z on',
      '  no return go: passed at 2026-03-01 13:06Z, planned for 2026-03-01 13:00Z',
      '  way back  cut: has to begin by 2026-03-02 12:55Z to be over before T+24h; may',
      '            take 5m',
      '  forecast  T-0 through at about 2026-03-01 13:40Z, the end at about 2026-03-02',
      '            13:00Z',
    ]);
  });

  it('has no dates while T is not set, and says what is missing', () => {
    const lines = timelineLines(page, asked(history([4, 'phase.open', { phase: 'check' }]), 10));
    expect(lines[2]).toBe('  T-1h   Verification  T is not set       2026-03-01 12:04Z  open 6m');
    expect(lines.join('\n')).toContain('  T         not set: --t0 is missing, so no phase has a date');
    expect(lines.join('\n')).not.toMatch(/late/);
  });

  it('promises nothing of a run that ended', () => {
    const state = history(...begun, [50, 'run.stop', { by: 'ada', reason: 'x', step: '' }]);
    const lines = timelineLines(page, asked(state, 500));
    expect(lines[2]).toMatch(/4m late, not closed$/);
    expect(lines[3]).toMatch(/2026-03-01 13:00Z$/);
    expect(lines.join('\n')).not.toMatch(/at hand|hold|forecast/);
  });

  it.each([40, 60, 80, 120])('fits %i columns as far as its columns do', (width) => {
    const lines = timelineLines({ ...page, width }, asked(history(...cutOver), 70));
    expect(Math.max(...lines.map(columns))).toBeLessThanOrEqual(Math.max(width, 78));
  });

  it('is said to whoever leaves and comes back', () => {
    expect(dueLines(page, asked(history(...cutOver), 70))).toEqual([
      '  T-0       cut: due now',
      '  T+24h     after: due 2026-03-02 13:00Z, in 23h50m',
      '  hold      errors, traffic: 30m are over at 2026-03-01 13:37Z, in 27m, whoever',
      '            is at it; judged from 13:40Z on',
      '  way back  cut: has to begin by 2026-03-02 12:55Z to be over before T+24h; may',
      '            take 5m',
      '  forecast  T-0 through at about 2026-03-01 13:40Z, the end at about 2026-03-02',
      '            13:00Z',
    ]);
  });

  it('says of each step when it was begun and how long it took, for whoever wants that', () => {
    expect(
      stepTimeLines(
        page,
        asked(history(...begun, [20, 'step.start', { step: 'go', attempt: 1, why: 'due', resets: [] }]), 25),
      ),
    ).toEqual([
      '  step  planned            begun              took',
      '  a     2026-03-01 12:00Z  2026-03-01 12:09Z  0s',
      '  go    2026-03-01 13:00Z  2026-03-01 12:20Z  under way',
      '',
    ]);
  });
});

describe('words', () => {
  it('name moments in UTC by the minute, and a date only where it is another', () => {
    expect([minuteText(noon), clockText(noon, noon), clockText(noon, noon + 24 * 60 * minute)]).toEqual([
      '2026-03-01 12:00Z',
      '12:00Z',
      '2026-03-01 12:00Z',
    ]);
    expect([59_999, minute, -61_000].map(lateText)).toEqual(['on time', '1m late', '1m early']);
    expect([0, 12_400, 42 * minute + 59_000].map(lengthText)).toEqual(['0s', '12s', '42m']);
  });

  it('say of a phase that closes what was planned and what it took', () => {
    const state = history(...cutOver);
    expect(closedText(plan, state, 'check', noon + 46 * minute)).toBe('closed at 12:46Z, begun 4m late, took 42m');
    expect(closedText(plan, history([4, 'phase.open', { phase: 'check' }]), 'check', noon + 46 * minute)).toBe(
      'closed at 12:46Z, took 42m',
    );
    expect(closedText(plan, state, 'nowhere', noon)).toBeUndefined();
  });

  it.each([
    [
      'it is too late',
      26 * 60,
      [swap('cut')],
      /^was to begin by 2026-03-02 12:55Z to be over before T\+24h; may take 5m$/,
    ],
    ['one does not say how long', 70, [swap('cut', {})], /^cut does not say how long it takes$/],
    ['there is none', 70, [swap('cut', { noUndo: 'gone' })], /^cut cannot be taken back$/],
  ] as const)('say of the way back when %s', (_, minutes, acts, words) => {
    const other = planOf(
      { ...phase('cut', acts), at: 'T-0' },
      { ...phase('after', [step('z')], 24 * 60 * minute), at: 'T+24h' },
    );
    const state = history(t0, [60, 'phase.open', { phase: 'cut' }], ...changed(67, 'cut'));
    expect(wayBackText(wayBackNow(other, state), noon + minutes * minute)).toMatch(words);
  });

  it('say of it where nothing later has a date', () => {
    const other = planOf(phase('cut', [swap('cut')]));
    const state = history([60, 'phase.open', { phase: 'cut' }], ...changed(67, 'cut'));
    expect(wayBackText(wayBackNow(other, state), noon)).toBe('nothing that comes later has a date; may take 5m');
  });
});

it('a point of no return shows what it stands on, what comes behind it, and the clock', () => {
  const acts = [swap('cut'), swap('ttl', {}), swap('gone', { noUndo: 'the old one is deleted' })];
  const written = swap('deploy', { budgetMs: minute, back: [{ words: 'stop it' }, { words: 'start the old one' }] });
  const other = planOf(
    { ...phase('cut', [go, ...acts, written]), at: 'T-0' },
    { ...phase('after', [step('z')], 60 * minute), at: 'T+1h' },
  );
  const state = history(t0, [60, 'phase.open', { phase: 'cut' }]);
  const now = noon + 61 * minute;
  const lines = noReturnLines(
    page,
    {
      again: [step('x'), step('y')],
      older: [{ step: step('smoke'), ageMs: 12 * minute }],
      acts: actsBehind(other, state, go),
      back: wayBackBehind(other, state, go),
      forecast: forecast(other, state, now, () => true),
      pastRuns: 3,
      keys: [{ account: '111111111111', at: noon }, { account: '222222222222' }],
    },
    now,
  );
  expect(lines).toEqual([
    '    again     2 steps were looked at again just now',
    '    older     smoke 12m',
    '    behind    cut  Title of cut',
    '              back: as it is before, within 5m',
    '              ttl  Title of ttl',
    '              back: as it is before; how long that takes it does not say',
    '              gone  Title of gone',
    '              ! no way back: the old one is deleted',
    '              deploy  Title of deploy',
    '              back: stop it; then start the old one, within 1m',
    '    way back  may take 6m; ttl does not say how long it takes; gone cannot be',
    '              taken back',
    '    forecast  T-0 through at about 2026-03-01 13:12Z, the end at about',
    '              2026-03-01 14:00Z (from 3 past runs)',
    '    keys      of 111111111111 last until 2026-03-01 12:00Z',
    '    keys      of 222222222222 do not say when they end',
  ]);
});
