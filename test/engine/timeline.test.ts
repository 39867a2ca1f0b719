// Goal: the clock says what was planned, what happened, and until when going back still keeps its budgets, and never more
// than it knows. Method: histories with a time for each event. What holds of any plan is in test/properties.

import { describe, expect, it } from 'vitest';
import type { Bodies, EventKind, RunEvent } from '../../src/engine/events.ts';
import { evolve } from '../../src/engine/evolve.ts';
import { endOfRun, forecast, holdsUnderWay, phasesOfSession } from '../../src/engine/forecast.ts';
import type { Plan, Step } from '../../src/engine/plan.ts';
import { initialState, type State } from '../../src/engine/state.ts';
import { behindMs, noReturns, phaseTimes, stepTimes, wayBackBehind, wayBackNow } from '../../src/engine/timeline.ts';
import { gate, holdOf, noon, phase, planOf, step } from '../support/plan.ts';

const minute = 60_000;
const hour = 60 * minute;

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

const clock = (minutes: number, source: 'command line' | 'gate' = 'command line'): Told => [
  0,
  'clock.set',
  { t0: new Date(noon + minutes * minute).toISOString(), source },
];
const open = (minutes: number, id: string): Told => [minutes, 'phase.open', { phase: id }];
const close = (minutes: number, id: string): Told => [minutes, 'phase.close', { phase: id }];
const begin = (minutes: number, id: string): Told => [
  minutes,
  'step.start',
  { step: id, attempt: 1, why: 'due', resets: [] },
];
const pass = (minutes: number, id: string): Told => [
  minutes,
  'step.verdict',
  {
    step: id,
    attempt: 1,
    verdict: 'pass',
    facts: '',
    observed_at: new Date(noon + minutes * minute).toISOString(),
    requests: [],
    findings: [],
    reason: '',
    looks: 1,
  },
];
const made = (minutes: number, id: string): readonly Told[] => [
  begin(minutes, id),
  [minutes, 'act.intent', { step: id, attempt: 1, class: 'compare', request: 'r', before: 'b', token: 't', go: [] }],
  [minutes, 'act.result', { step: id, attempt: 1, result: 'done', after: '', requests: [], change: 'C', reason: '' }],
  pass(minutes, id),
];

function act(id: string, more: { readonly budgetMs?: number; readonly noUndo?: string } = {}): Step {
  const call = { kind: 'test.swap', args: {}, words: 'swaps' };
  return step(id, 'changes', { work: { type: 'act', call, confirm: 'key', ...more } });
}

const at = (ms: number | undefined): number | undefined => (ms === undefined ? undefined : (ms - noon) / minute);
const nothing = (): boolean => false;
const all = (): boolean => true;

describe('planned against actual', () => {
  const plan = planOf(
    phase('before', [step('a')], -hour),
    phase('cut', [step('b')], 0),
    phase('later', [step('c')], 24 * hour),
  );

  it('is the offset from T, and how much later than that a phase was opened', () => {
    const state = history(clock(60), open(4, 'before'), begin(4, 'a'), pass(9, 'a'), close(46, 'before'));
    const [before, cut] = phaseTimes(plan, state);
    expect([at(before?.planned), at(before?.opened), at(before?.closed), before?.lateMs]).toEqual([
      0,
      4,
      46,
      4 * minute,
    ]);
    expect([at(cut?.planned), cut?.opened, cut?.lateMs]).toEqual([60, undefined, undefined]);
    expect(stepTimes(plan, state).map(({ begun, ended, tookMs }) => [at(begun), at(ended), tookMs])).toEqual([
      [4, 9, 5 * minute],
      [undefined, undefined, undefined],
      [undefined, undefined, undefined],
    ]);
  });

  it('is by the clock of UTC, so that a night in which clocks are put forward is as long as any other', () => {
    const t0: Told = [0, 'clock.set', { t0: '2026-03-29T12:00:00.000Z', source: 'command line' }];
    const dayBefore = planOf(phase('day', [step('a')], -24 * hour));
    expect(phaseTimes(dayBefore, history(t0))[0]?.planned).toBe(Date.parse('2026-03-28T12:00:00.000Z'));
  });

  it.each([
    ['T is not set', history(open(4, 'before'))],
    ['T is the go at the gate: nobody knew it before', history(open(4, 'before'), clock(30, 'gate'))],
  ])('is not there for what comes before T while %s', (_, state) => {
    const [before, cut] = phaseTimes(plan, state);
    expect([before?.planned, before?.lateMs, cut?.planned]).toEqual([undefined, undefined, undefined]);
    expect(behindMs(plan, state, noon + hour)).toBeUndefined();
  });

  it('counts what comes after T from the go that set it', () => {
    expect(at(phaseTimes(plan, history(clock(30, 'gate')))[2]?.planned)).toBe(30 + 24 * 60);
  });

  it('has no plan in a dry run, which waits for nothing, and knows only the phases that were asked for', () => {
    const dry = history(
      [0, 'run.open', { mode: 'dry-run', phases: [], session: { grant: { signatures: [] } } as never }],
      clock(60),
    );
    expect(phaseTimes(plan, dry)[0]?.planned).toBeUndefined();
    const some = history([
      0,
      'run.open',
      { mode: 'run', phases: ['cut'], session: { grant: { signatures: [] } } as never },
    ]);
    expect(phaseTimes(plan, some).map((times) => times.phase.id)).toEqual(['cut']);
  });

  it.each([
    ['begun late', [clock(60), open(4, 'before')], 10, 4],
    ['still at a phase when the next one is due', [clock(60), open(4, 'before')], 65, 5],
    ['between two phases, with none due', [clock(60), open(4, 'before'), close(9, 'before')], 30, undefined],
    ['between two phases, with one overdue', [clock(60), open(4, 'before'), close(9, 'before')], 75, 15],
    [
      'stopped',
      [clock(60), open(4, 'before'), [5, 'run.stop', { by: 'ada', reason: 'x', step: '' }] as Told],
      75,
      undefined,
    ],
  ] as const)('says how far behind a run is that is %s', (_, told, now, late) => {
    expect(at(noon + (behindMs(plan, history(...told), noon + now * minute) ?? Number.NaN))).toEqual(
      late ?? Number.NaN,
    );
  });
});

describe('the way back', () => {
  const plan = (...acts: readonly Step[]): Plan =>
    planOf(
      phase('cut', [step('go', 'decides', { work: gate({ pointOfNoReturn: true }) }), ...acts]),
      phase('later', [step('c')], 2 * hour),
    );
  const swap = act('swap', { budgetMs: 5 * minute });

  it('has to begin early enough for all its budgets before what counts on the change is due', () => {
    const two = plan(swap, act('ttl', { budgetMs: 7 * minute }));
    const state = history(clock(0), open(0, 'cut'), pass(1, 'go'), ...made(2, 'swap'), ...made(3, 'ttl'));
    const back = wayBackNow(two, state);
    expect(back.acts.map(({ id }) => id)).toEqual(['ttl', 'swap']);
    expect([back.budgetMs, back.next?.phase.id, at(back.latest)]).toEqual([12 * minute, 'later', 120 - 12]);
    expect(wayBackBehind(two, history(clock(0)), step('go', 'decides')).latest).toBe(back.latest);
  });

  it.each([
    ['an act does not say how long its way back takes', plan(swap, act('ttl')), ['ttl'], []],
    ['nothing that comes later has a date', planOf(phase('cut', [swap, act('ttl')])), ['ttl'], []],
  ])('has no latest moment where %s', (_, which, unknown, none) => {
    const state = history(clock(0), open(0, 'cut'), ...made(2, 'swap'), ...made(3, 'ttl'));
    const back = wayBackNow(which, state);
    expect(back.latest).toBeUndefined();
    expect([back.unknown.map(({ id }) => id), back.none]).toEqual([unknown, none]);
  });

  it('counts no act that has none, and says which that is', () => {
    const state = history(clock(0), open(0, 'cut'), pass(1, 'go'), ...made(2, 'swap'), ...made(3, 'gone'));
    const back = wayBackNow(plan(swap, act('gone', { noUndo: 'it is deleted' })), state);
    expect([at(back.latest), back.none.map(({ id }) => id)]).toEqual([115, ['gone']]);
  });

  it('has no latest moment for what was changed before the point of no return', () => {
    const state = history(clock(0), open(0, 'cut'), ...made(2, 'swap'));
    expect(wayBackNow(plan(swap), state).latest).toBeUndefined();
  });

  it('is nothing before anything was changed', () => {
    const back = wayBackNow(plan(swap), history(clock(0), open(0, 'cut')));
    expect([back.acts, back.latest, back.budgetMs]).toEqual([[], undefined, 0]);
  });

  it('is what a point of no return is about, planned and passed', () => {
    const planned = noReturns(plan(swap), history(clock(10)));
    expect(planned.map((one) => [one.gate.id, at(one.planned), at(one.passed)])).toEqual([['go', 10, undefined]]);
    expect(at(noReturns(plan(swap), history(clock(10), pass(12, 'go')))[0]?.passed)).toBe(12);
  });
});

describe('the forecast', () => {
  it('adds up what is done alone, puts looks and holds beside it, and waits for no phase before it is due', () => {
    const watched = step('watch', 'looks', { hold: holdOf({ forMs: 30 * minute, settleMs: 3 * minute }) });
    const plan = planOf(
      phase('check', [step('a'), step('q', 'asks'), step('p', 'pokes')]),
      phase('cut', [step('go', 'decides'), act('swap'), step('u', 'asks'), watched], 10 * minute),
      phase('later', [step('z')], 2 * hour),
    );
    const ends = forecast(plan, history(clock(0)), noon, all).map((one) => [at(one.begins), at(one.ends)]);
    // A question and a poke; a gate, an act, then half an hour and what comes late.
    expect(ends).toEqual([
      [0, 2],
      [10, 10 + 3 + 2 + 33],
      [120, 120],
    ]);
    expect(at(endOfRun(forecast(plan, history(clock(0)), noon, all)))).toBe(120);
    expect(phasesOfSession(forecast(plan, history(clock(0)), noon, all)).map((one) => one.phase.id)).toEqual([
      'check',
      'cut',
    ]);
  });

  it('knows no end where that hangs on T, and takes the go that sets it for T', () => {
    const plan = (pointOfNoReturn: boolean): Plan =>
      planOf(
        phase('cut', [step('go', 'decides', { work: gate({ pointOfNoReturn }) })]),
        phase('later', [step('z')], hour),
      );
    expect(endOfRun(forecast(plan(false), history(), noon, all))).toBeUndefined();
    expect(at(endOfRun(forecast(plan(true), history(), noon, all)))).toBe(63);
  });

  it('counts what needs a step from when that is through, and a wait of an act as it is written', () => {
    const verify = {
      call: { kind: 'http', args: {}, words: '' },
      nature: 'looks',
      wait: { forMs: 9 * minute, everyMs: { min: 1, max: 1 }, consecutive: 1, stopIf: [] },
      expect: [],
    } as const;
    const work = { type: 'act', call: verify.call, confirm: 'key', verify } as const;
    const plan = planOf(
      phase('cut', [
        step('swap', 'changes', { work }),
        step('after', 'looks', { needs: [{ step: 'swap', lagMs: hour }] }),
        step('done', 'decides'),
      ]),
    );
    expect(at(endOfRun(forecast(plan, history(), noon, all)))).toBe(9 + 60 + 3);
  });

  it('is none for a run that was stopped, and none for a dry run', () => {
    const plan = planOf(phase('cut', [step('a')]));
    expect(forecast(plan, history([1, 'run.stop', { by: 'a', reason: 'b', step: '' }]), noon, all)).toEqual([]);
    const dry = history([
      0,
      'run.open',
      { mode: 'dry-run', phases: [], session: { grant: { signatures: [] } } as never },
    ]);
    expect(forecast(plan, dry, noon, all)).toEqual([]);
  });
});

describe('a hold', () => {
  const hold = holdOf({ forMs: 30 * minute, settleMs: 3 * minute, since: 'swap' });
  const plan = planOf(phase('cut', [act('swap'), step('watch', 'looks', { hold })]));

  it('that its source remembers is over at the same time, whoever is at it, and before anybody looked', () => {
    const told = [open(0, 'cut'), ...made(1, 'swap')];
    const under = (state: State) => holdsUnderWay(plan, state, noon + 5 * minute, all).map((one) => at(one.over));
    expect(under(history(...told))).toEqual([31]);
    expect(
      under(history(...told, begin(2, 'watch'), [3, 'session.close', { reason: 'interrupted', until: '' }])),
    ).toEqual([31]);
    expect(holdsUnderWay(plan, history(...told), noon, all)[0]).toMatchObject({ judged: noon + 34 * minute });
    expect(at(endOfRun(forecast(plan, history(...told), noon + 5 * minute, all)))).toBe(34);
  });

  it('that has to be looked at begins anew when nobody did', () => {
    const begun = [open(0, 'cut'), ...made(1, 'swap'), begin(2, 'watch')];
    expect(holdsUnderWay(plan, history(...begun), noon, nothing).map((one) => at(one.over))).toEqual([32]);
    const again: Told = [
      9,
      'session.open',
      { session: { principal: 'ada', endpoints: [], grant: { signatures: [] } } as never },
    ];
    const interrupted = history(...begun, again);
    expect(holdsUnderWay(plan, interrupted, noon, nothing)).toEqual([]);
    expect(at(endOfRun(forecast(plan, interrupted, noon + 10 * minute, nothing)))).toBe(40);
  });

  it('is not under way before what it counts from happened, nor once it is decided', () => {
    expect(holdsUnderWay(plan, history(open(0, 'cut')), noon, all)).toEqual([]);
    const decided = history(open(0, 'cut'), ...made(1, 'swap'), begin(2, 'watch'), pass(40, 'watch'));
    expect(holdsUnderWay(plan, decided, noon, all)).toEqual([]);
  });
});
