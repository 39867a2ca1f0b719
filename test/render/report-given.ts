// A run for tests of the HTML report: every verdict, people who take their time, holds that went well and badly, and a word that
// stands wherever a log has room for words of others.

import type { Bodies, EventKind, RunEvent } from '../../src/engine/events.ts';
import { evolve } from '../../src/engine/evolve.ts';
import type { Json } from '../../src/engine/json.ts';
import type { Plan, Step } from '../../src/engine/plan.ts';
import { initialState } from '../../src/engine/state.ts';
import type { Verification } from '../../src/log/verify.ts';
import { reportOf, type Report, type Reported } from '../../src/render/report-model.ts';
import type { Kept, KeptEvidence } from '../../src/render/report-watch.ts';
import { gate, holdOf, noon, phase, planOf, step } from '../support/plan.ts';

const minuteMs = 60_000;
const at = (minutes: number): string => new Date(noon + minutes * minuteMs).toISOString();

type Told = { [K in EventKind]: readonly [number, K, Partial<Bodies[K]>] }[EventKind];

export interface GivenRun {
  readonly report: Report;
  readonly reported: Reported;
  readonly evidence: KeptEvidence;
}

const started = (minutes: number, id: string, attempt = 1): Told => [
  minutes,
  'step.start',
  { step: id, attempt, why: attempt === 1 ? 'due' : 'retry', resets: [] },
];

function verdictOf(id: string, minutes: number, more: Partial<Bodies['step.verdict']> = {}): Told {
  const bare = { facts: '', observed_at: at(minutes), requests: [], findings: [], reason: '', looks: 1 };
  return [minutes, 'step.verdict', { step: id, attempt: 1, verdict: 'pass', ...bare, ...more }];
}

/** Events of a step that was looked at from one minute to another. */
function seen(id: string, from: number, to: number, more: Partial<Bodies['step.verdict']> = {}): readonly Told[] {
  return [started(from, id, more.attempt), verdictOf(id, to, more)];
}

/** What a source kept of ten minutes, one value of `errors` and one of `healthy` each. */
function sourceFacts(from: number, errors: readonly (number | undefined)[], whole: Json = {}): Json {
  const samples = errors.map((value, index) => ({
    at: at(from + index),
    healthy: 2,
    ...(value !== undefined && { errors: value }),
  }));
  return {
    from: at(from),
    to: at(from + errors.length),
    expected: errors.length,
    obtained: samples.length,
    period_s: 60,
    failing: samples.filter(({ errors: value = 0 }) => value >= 1),
    samples,
    whole,
  };
}

function liveFacts(from: number, verdicts: readonly ('pass' | 'fail')[], odd: string): Json {
  const samples = verdicts.map((verdict, index) => ({ at: at(from + index), verdict, observed: [odd] }));
  return {
    from: at(from),
    to: at(from + 9),
    expected: 10,
    obtained: 10,
    every_s: 60,
    failing: [],
    samples,
    last: null,
  };
}

const counts = { pass: 7, fail: 4, error: 1, inconclusive: 1, skip: 1, waived: 1, attested: 1, deferred: 1, open: 1 };
const digestOf = (letter: string): string => letter.repeat(64);

function givenPlan(word: string): Plan {
  const errors = {
    hold: holdOf(),
    expect: [
      { path: 'errors', lt: 1 },
      { path: 'healthy', gte: 2 },
    ],
  };
  const named = (one: Step): Step => ({
    ...one,
    title: `${one.title} ${word}`,
    owner: word,
    position: `${word}.yaml:3:1`,
  });
  const before = [
    step('good'),
    step('bad', 'looks', { severity: 'critical' }),
    step('blind'),
    step('thin'),
    step('given-in'),
    step('by-eye'),
    step('advice', 'looks', { severity: 'advisory' }),
    step('not-here', 'looks', { skip: 'when' }),
    step('question', 'asks'),
    step('unasked', 'asks'),
  ].map(named);
  const cut = [
    step('go', 'decides', { work: gate({ pointOfNoReturn: true }) }),
    step('swap', 'changes'),
    step('watch-good', 'looks', errors),
    step('watch-bad', 'looks', errors),
    step('watch-whole', 'looks', {
      hold: holdOf({ sample: 'whole' }),
      expect: [
        { path: 'last_third.errors', gte: 0.2 },
        { path: 'increase.errors', gt: 0 },
      ],
    }),
    step('watch-live', 'looks', { hold: holdOf(), expect: [{ path: 'status', eq: 200 }] }),
    step('watch-lost', 'looks', errors),
  ].map(named);
  return planOf(
    { ...phase('check', before, -60 * minuteMs), at: 'T-1h', title: `Verification ${word}` },
    { ...phase('cut', cut), at: 'T-0', title: `Cutover ${word}` },
    { ...phase('after', [named(step('later'))], 24 * 60 * minuteMs), at: 'T+24h', title: `A day after ${word}` },
  );
}

function toldOf(word: string): readonly Told[] {
  const finding = (verdict: 'pass' | 'fail' | 'inconclusive', expected = word) =>
    ({ verdict, expected, observed: `saw ${word}`, hint: word }) as const;
  const by = 'ada@example.com';
  const held = [finding('pass', 'errors < 1'), finding('pass', 'healthy >= 2')];
  const broke = [finding('fail', 'errors < 1'), finding('pass', 'healthy >= 2')];
  const session = { principal: by, endpoints: [], grant: { signatures: [] } } as never;
  const checklist = { name: 'aep', title: word, path: `${word}.yaml`, digest: digestOf('0') };
  return [
    [0, 'run.open', { mode: 'run', phases: [], rehearsal: false, target: word, checklist, session }],
    [0, 'clock.set', { t0: at(60), source: 'command line' }],
    [2, 'phase.open', { phase: 'check' }],
    ...seen('good', 2, 3, { findings: [finding('pass')], facts: digestOf('1') }),
    ...seen('bad', 2, 4, { verdict: 'fail', findings: [finding('fail'), finding('pass')] }),
    ...seen('bad', 14, 15, { attempt: 2, verdict: 'fail', findings: [finding('fail')], facts: digestOf('2') }),
    ...seen('blind', 15, 16, { verdict: 'error', reason: word }),
    ...seen('thin', 15, 16, { verdict: 'inconclusive', findings: [finding('inconclusive')] }),
    ...seen('given-in', 15, 16, { verdict: 'fail', findings: [finding('fail')] }),
    [18, 'step.waive', { step: 'given-in', attempt: 1, by, role: 'lead', reason: word, until: '', signoff: -1 }],
    ...seen('by-eye', 18, 19, { verdict: 'error', reason: word }),
    [20, 'step.attest', { step: 'by-eye', attempt: 1, by, evidence: word, second: word, signoff: -1 }],
    ...seen('advice', 20, 21, { verdict: 'fail', findings: [finding('fail')] }),
    ...seen('not-here', 21, 21, { verdict: 'skip', reason: word }),
    started(21, 'question'),
    [31, 'ask.answer', { step: 'question', attempt: 1, answer: word, evidence: word, by: word, source: 'asked' }],
    verdictOf('question', 31),
    [32, 'attach', { digest: digestOf('3'), name: word, size: 7, step: 'question', by: word }],
    [32, 'step.claim', { step: 'unasked', role: word, by: word }],
    [33, 'step.takeover', { step: 'unasked', from: word, reason: word }],
    [33, 'step.defer', { step: 'later', reason: word, on: 'swap' }],
    [34, 'note', { by, step: '', text: word }],
    [35, 'phase.close', { phase: 'check' }],
    [64, 'phase.open', { phase: 'cut' }],
    started(64, 'go'),
    [70, 'gate.vote', { step: 'go', attempt: 1, role: word, decision: 'go', by: word, comment: word, signoff: -1 }],
    verdictOf('go', 70),
    started(70, 'swap'),
    [
      72,
      'act.intent',
      { step: 'swap', attempt: 1, class: 'token', request: digestOf('4'), before: digestOf('5'), token: word, go: [] },
    ],
    [
      72,
      'act.result',
      { step: 'swap', attempt: 1, result: 'done', after: '', requests: [], change: word, reason: word },
    ],
    verdictOf('swap', 74),
    ...seen('watch-good', 74, 84, { findings: held, facts: digestOf('a') }),
    ...seen('watch-bad', 74, 84, { verdict: 'fail', findings: broke, facts: digestOf('b') }),
    ...seen('watch-whole', 74, 84, { findings: [finding('pass', 'last_third.errors >= 0.2')], facts: digestOf('a') }),
    ...seen('watch-live', 74, 84, { verdict: 'fail', findings: [finding('fail', word)], facts: digestOf('c') }),
    ...seen('watch-lost', 74, 84, { findings: held, facts: digestOf('d') }),
    [90, 'rollback.open', { by, to: '', plan: '' }],
    ...seen('swap.undo', 90, 92, { findings: [finding('pass')] }),
    [92, 'rollback.close', { result: 'done' }],
    [93, 'run.stop', { by, reason: word, step: '' }],
  ];
}

/** The run with this word in it, vouched for by nobody; sealed where `change` has a result. */
export function givenRun(word: string, change: Partial<Verification> = {}): GivenRun {
  const { result = '' } = change;
  const sealed: readonly Told[] = result === '' ? [] : [[94, 'seal', { result, exit: 1, counts, principal: word }]];
  const events = [...toldOf(word), ...sealed].map(
    ([minutes, kind, body], seq) => ({ seq, at: at(minutes), sid: 'S', kind, body }) as RunEvent,
  );
  const whole = { first_third: { errors: 0.1 }, last_third: { errors: 0.2 }, increase: { errors: 0.1 } };
  const kept: Readonly<Record<string, Kept>> = {
    [digestOf('a')]: { facts: sourceFacts(74, [0, 0.2, 0.1, 0.4, undefined, undefined, 0.3, 0.3, 0.2, 0.2], whole) },
    [digestOf('b')]: { facts: sourceFacts(74, [0, 0.2, 1.5, 2.5, 0.9, 0.3, 0.2, 3, 0.1, 0]) },
    [digestOf('c')]: {
      facts: liveFacts(74, ['pass', 'pass', 'fail', 'pass', 'pass', 'pass', 'fail', 'fail', 'pass', 'pass'], word),
    },
    [digestOf('d')]: { lacking: 'its evidence is not at hand, or is not what the log says it was' },
  };
  const verification: Verification = {
    verdict: 'OPEN',
    exit: 10,
    reason: word,
    broken: undefined,
    run: 'abcdefghijklmnopqrstuvwxyz',
    rehearsal: false,
    opened: { checklist: word, target: word, mode: 'run', realAt: at(0) },
    lines: events.length,
    from: at(0),
    to: at(93),
    head: { seq: events.length - 1, hash: digestOf('e') },
    result: '',
    people: [{ principal: word, keys: [word] }],
    trusted: word,
    sessions: [{ sid: 'S', principal: word, host: word, firstLine: 1, lines: events.length }],
    endpoints: [word],
    blobs: { named: 4, missing: [] },
    procedure: 'kept',
    anchored: false,
    anchoredTo: -1,
    notes: [word],
    ...change,
  };
  const reported: Reported = {
    events,
    state: events.reduce(evolve, initialState()),
    plan: givenPlan(word),
    verification,
    signersGiven: false,
  };
  return { report: reportOf(reported), reported, evidence: new Map(Object.entries(kept)) };
}
