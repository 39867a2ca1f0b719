// Given a plan and what happened, when it is shown, then these lines: folding, reds of one cause, rechecks, hostile text.

import { describe, expect, it } from 'vitest';
import type { Bodies, EventKind, RunEvent } from '../../src/engine/events.ts';
import { evolve } from '../../src/engine/evolve.ts';
import type { Plan, Step } from '../../src/engine/plan.ts';
import { initialState } from '../../src/engine/state.ts';
import { theme } from '../../src/render/theme.ts';
import { openTranscript } from '../../src/render/transcript.ts';
import { gate, phase, planOf, step } from '../support/plan.ts';

type Told = { [K in EventKind]: readonly [K, Partial<Bodies[K]>] }[EventKind];
type Verdict = Bodies['step.verdict'];

const start = Date.parse('2026-03-01T12:00:00.000Z');
const opened: Told = [
  'run.open',
  { mode: 'run', phases: [], session: { principal: 'ada', endpoints: [], grant: { signatures: [] } } as never },
];

function starts(id: string, why: Bodies['step.start']['why'] = 'due', attempt = 1): Told {
  return ['step.start', { step: id, attempt, why, resets: [] }];
}

function ends(id: string, verdict: Verdict['verdict'], more: Partial<Verdict> = {}): Told {
  const seen = { facts: '', observed_at: '', requests: [], findings: [], reason: '', looks: 1, attempt: 1 };
  return ['step.verdict', { step: id, verdict, ...seen, ...more }];
}

function looked(id: string, verdict: Verdict['verdict'], more: Partial<Verdict> = {}): readonly Told[] {
  return [starts(id), ends(id, verdict, more)];
}

/** Shows `batches` one after the other, each with the state after it; gives the lines of the last. */
function shown(
  plan: Plan,
  batches: readonly (readonly Told[])[],
  options: { readonly verbose?: boolean; readonly attended?: boolean } = {},
): readonly string[] {
  const page = { width: 80, theme: theme({ colour: false, unicode: true }) };
  const transcript = openTranscript(plan, page, { verbose: false, attended: false, ...options });
  let lines: readonly string[] = [];
  let state = initialState();
  for (const [at, batch] of [[opened], ...batches].entries()) {
    for (const [kind, body] of batch) {
      const event = { seq: state.seq, at: new Date(start + at * 1000).toISOString(), sid: 'S', kind, body } as RunEvent;
      state = evolve(state, event);
      transcript.add(event);
    }
    lines = transcript.lines(state, start + at * 1000);
  }
  return lines;
}

/** A phase with one section per list of steps. */
function sections(...lists: readonly (readonly Step[])[]): Plan {
  const whole = phase('check', []);
  const titled = lists.map((steps, index) => ({
    title: `Section ${index + 1}`,
    source: [],
    steps: steps.map((one) => ({ ...one, phase: 'check' })),
  }));
  return planOf({ ...whole, sections: titled });
}

describe('what is green', () => {
  const plan = sections([step('a'), step('b')], [step('c')]);

  it('says nothing until a section is whole, then one line for it', () => {
    expect(shown(plan, [looked('a', 'pass')])).toEqual([]);
    expect(shown(plan, [looked('a', 'pass'), looked('b', 'pass')])).toEqual([
      '  ✓ Section 1                          2 passed',
    ]);
  });

  it('comes out in the order of the checklist, however it came back', () => {
    const lines = shown(plan, [[...looked('c', 'pass'), ...looked('b', 'pass'), ...looked('a', 'pass')]]);
    expect(lines.map((line) => line.slice(4, 13))).toEqual(['Section 1', 'Section 2']);
  });

  it('is a line per step for those who want all', () => {
    expect(shown(plan, [looked('a', 'pass')], { verbose: true })).toEqual(['  ✓ a                  Title of a']);
  });

  it('is said aloud when a red went before it', () => {
    const lines = shown(plan, [looked('a', 'fail'), [starts('a', 'retry', 2), ends('a', 'pass', { attempt: 2 })]]);
    expect(lines).toEqual(['  ✓ a                  passes now, attempt 2']);
  });

  it('is one line for all that a gate read again, and no section is told twice', () => {
    const again = ['a', 'b', 'c'].flatMap((id) => [starts(id, 'recheck', 2), ends(id, 'pass', { attempt: 2 })]);
    const first = [...looked('a', 'pass'), ...looked('b', 'pass'), ...looked('c', 'pass')];
    expect(shown(plan, [first, again])).toEqual(['  ✓ 3 read again, still passed']);
    expect(shown(plan, [[...first, ...again]])).toEqual(['  ✓ 3 read again, still passed']);
  });
});

describe('what is red', () => {
  const plan = sections([step('a', 'looks', { fix: 'Mend it.' }), step('b'), step('c')]);
  const missed = { verdict: 'fail', expected: 'status = 200', observed: '503' } as const;

  it('has expected, observed, what to do and where, in this order', () => {
    expect(shown(plan, [looked('a', 'fail', { findings: [missed] })])).toEqual([
      `  ✗ FAIL  a  Title of a${' '.repeat(49)}required`,
      '      expected  status = 200',
      '      observed  503',
      '      do        Mend it.',
      '      where     a.yaml:1',
    ]);
  });

  it('tells what several expectations saw once', () => {
    const observed = 'the body is not JSON: <html>';
    const findings = ['x', 'y', 'z', 'v'].map((name) => ({
      verdict: 'fail' as const,
      expected: `${name} = 1`,
      observed: name === 'v' ? `${observed}; "one" over nothing proves nothing` : observed,
    }));
    expect(shown(plan, [looked('b', 'fail', { findings })]).slice(1, -1)).toEqual([
      '      expected  x = 1',
      '                y = 1',
      '                z = 1',
      '                and 1 more',
      '      observed  the body is not JSON: <html>',
    ]);
  });

  it('keeps short sights apart: 0 means something else to each expectation', () => {
    const findings = ['x', 'y'].map((name) => ({ verdict: 'fail' as const, expected: `${name} = 1`, observed: '0' }));
    expect(shown(plan, [looked('b', 'fail', { findings })]).filter((line) => line.includes('observed'))).toHaveLength(
      2,
    );
  });

  it('is one block for all that could not be looked at for one cause', () => {
    const denied = 'ecs:DescribeServices was denied';
    const batch = [
      ...looked('c', 'error', { reason: `waits for alb: ${denied}` }),
      ...looked('a', 'error', { reason: denied }),
      ...looked('b', 'error', { reason: 'something else' }),
    ];
    const lines = shown(plan, [batch]);
    expect(lines.filter((line) => line.startsWith('  !')).map((line) => line.slice(2, 13))).toEqual([
      '! ERROR  a ',
      '! ERROR  b ',
    ]);
    expect(lines).toContain('      also      c: the same reason');
  });

  it('is one line where somebody is asked about it next, unless it is advisory', () => {
    const advised = sections([step('a'), step('b', 'looks', { severity: 'advisory' })]);
    const batch = [
      ...looked('a', 'fail', { findings: [missed] }),
      ...looked('b', 'fail', { findings: [{ ...missed, observed: '404' }] }),
    ];
    const lines = shown(advised, [batch], { attended: true });
    expect(lines[0]).toBe('  ✗ FAIL  a  Title of a');
    expect(lines.filter((line) => line.includes('observed'))).toEqual(['      observed  404']);
  });

  it('shows a title that does not fit below its name, whole', () => {
    const title = 'The backend service runs all its tasks on a finished deployment of today';
    const lines = shown(sections([step('backend-stable', 'looks', { title })]), [looked('backend-stable', 'fail')]);
    expect(lines.slice(0, 2)).toEqual([`  ✗ FAIL  backend-stable${' '.repeat(48)}required`, `      ${title}`]);
  });

  it('is told by what it came to last when it was looked at twice', () => {
    const twice = [...looked('a', 'fail'), starts('a', 'again', 2), ends('a', 'pass', { attempt: 2 })];
    expect(shown(plan, [twice])).toEqual(['  ✓ a                  passes now, attempt 2']);
  });
});

describe('what people do', () => {
  const plan = sections([step('a')], [step('gate', 'decides', { work: gate() })]);

  it('shows who accepted a red and why, and then the section as settled', () => {
    const waived: Told = ['step.waive', { step: 'a', by: 'ada', reason: 'known', until: '', role: '', signoff: -1 }];
    expect(shown(plan, [looked('a', 'fail'), [waived]])).toEqual([
      '  ~ a waived by ada: known',
      '  ~ Section 1                          1 waived',
    ]);
  });

  it('shows each vote', () => {
    const vote = (signoff: number, comment = ''): Told => [
      'gate.vote',
      { step: 'gate', role: 'lead', decision: 'no-go', by: 'ada', comment, signoff },
    ];
    expect(shown(plan, [[vote(-1)]])).toEqual(['  ◆ Lead: no-go by ada']);
    expect(shown(plan, [[vote(4)]])).toEqual(['  ◆ Lead: no-go by ada, signed']);
    expect(shown(plan, [[vote(4, 'too slow')]])).toEqual(['  ◆ Lead: no-go by ada, signed: too slow']);
  });

  it.each([
    [912, '912 bytes'],
    [3_400, '3.4 kB'],
    [999_949, '999.9 kB'],
    [999_950, '1.0 MB'],
  ])('shows a file that was attached, of %i bytes', (size, words) => {
    const file: Told = [
      'attach',
      { digest: `0123456789ab${'c'.repeat(52)}`, name: 'a.pdf', size, step: '', by: 'ada' },
    ];
    expect(shown(plan, [[file]])).toEqual([
      `  ${theme({ colour: false, unicode: true }).glyphs.note} attached a.pdf, ${words}, sha256 0123456789ab  (ada)`,
    ]);
  });

  it('folds what is deferred by its reason', () => {
    const two = sections([step('a'), step('b')]);
    const defer = (id: string): Told => ['step.defer', { step: id, reason: 'a dry run takes no act', on: 'x' }];
    expect(
      shown(two, [[['phase.open', { phase: 'check' }]], [defer('a'), defer('b'), ['phase.close', { phase: 'check' }]]]),
    ).toEqual(['  … deferred, because a dry run takes no act: a, b', '  closed at 12:00Z, took 1s']);
  });
});

describe('what is sent', () => {
  const call = { kind: 'http', args: {}, words: 'POST https://app.test/chat' };
  const poke = step('chat', 'pokes', { work: { type: 'probe', call } });
  const cut = step('cut', 'changes', {
    work: {
      type: 'act',
      call: { ...call, words: 'points the site at the balancer' },
      confirm: 'key',
      budgetMs: 300_000,
    },
  });
  const plan = sections([step('a')], [poke, cut]);
  const intends = (id: string): Told => ['act.intent', { step: id, attempt: 1, request: 'r', before: 'b' }];
  const came = (id: string, result: 'done' | 'already', more: object = {}): Told => [
    'act.result',
    { step: id, attempt: 1, result, change: '', reason: '', ...more },
  ];

  it('is told before it is: a poke when it begins, a change when it is written down', () => {
    expect(shown(plan, [[starts('chat')]])).toEqual(['  → chat  POST https://app.test/chat']);
    expect(shown(plan, [[starts('cut'), intends('cut')]])).toEqual(['  → cut  points the site at the balancer']);
    const transcript = openTranscript(
      plan,
      { width: 80, theme: theme({ colour: false, unicode: true }) },
      {
        verbose: false,
        attended: false,
      },
    );
    const urgent = ([kind, body]: Told) => transcript.add({ seq: 0, at: '', sid: '', kind, body } as RunEvent);
    expect([starts('a'), starts('chat'), starts('cut'), intends('cut'), ends('cut', 'pass')].map(urgent)).toEqual([
      false,
      true,
      false,
      true,
      false,
    ]);
  });

  it('is followed by what became of it', () => {
    expect(shown(plan, [[starts('cut'), intends('cut')], [came('cut', 'done', { change: 'C123' })]])).toEqual([
      '  ▶ cut  accepted as C123',
    ]);
    expect(shown(plan, [[starts('cut'), came('cut', 'already', { reason: 'is in place' })]])).toEqual([
      '  ▶ cut  is in place',
    ]);
    const lost: Told = ['act.reconciled', { step: 'cut', result: 'not-applied', reason: 'as before' }];
    expect(shown(plan, [[starts('cut'), intends('cut')], [lost]])).toEqual([
      '  ▶ cut  no answer is known; the change was not made: as before',
    ]);
    expect(
      shown(plan, [
        [starts('cut'), intends('cut')],
        [came('cut', 'done'), ends('cut', 'pass')],
      ]).at(-1),
    ).toBe('  ✓ cut                has taken effect');
  });

  it('and taken back says where that was seen, who had it done, and how long it took against its budget', () => {
    const opens: Told = ['rollback.open', { by: 'ada', to: '', plan: 'x' }];
    const findings = [{ verdict: 'pass' as const, expected: 'every server says 203.0.113.10', observed: 'so' }];
    const lines = shown(plan, [
      [intends('cut'), came('cut', 'done'), opens, starts('cut.undo')],
      [intends('cut.undo'), came('cut.undo', 'done'), ends('cut.undo', 'pass', { findings })],
    ]);
    expect(lines).toEqual([
      '  → cut  is being taken back',
      '  ▶ the way back of cut  accepted',
      '  ✓ cut                taken back, by ada, in 1s of 5m',
      '    verified  every server says 203.0.113.10',
    ]);
  });

  it('and not taken back says what stood in the way', () => {
    const findings = [{ verdict: 'fail' as const, expected: 'green', observed: 'red' }];
    const lines = shown(plan, [
      [['rollback.open', { by: 'ada', to: '', plan: 'x' }], starts('cut.undo')],
      [ends('cut.undo', 'fail', { findings, reason: 'somebody else' }), ['rollback.close', { result: 'partial' }]],
    ]);
    expect(lines).toEqual([
      '  ✗ cut  was not taken back, by ada',
      '    expected  green',
      '    observed  red',
      '    why       somebody else',
      '  ✗ not everything was taken back: a person decides',
    ]);
  });
});

describe('text from elsewhere', () => {
  const evil = 'a\u001b[2Jb\u202ec\u200bd\ne';
  const seen = 'a\\x1b[2Jb\\u202ec\\u200bd\\ne';
  const plan: Plan = {
    ...sections([step('a', 'looks', { title: evil, fix: evil, owner: 'lead', position: `${evil}.yaml:1:1` })]),
    roles: { lead: { title: evil, contact: evil } },
  };
  const told: readonly (readonly [string, Told])[] = [
    ['an answer', ['ask.answer', { step: 'a', answer: evil, by: evil, evidence: evil }]],
    ['a note', ['note', { by: evil, text: evil, step: 'a' }]],
    ['an attachment', ['attach', { digest: 'f'.repeat(64), name: evil, size: 9, step: 'a', by: evil }]],
    ['a reason', ['step.waive', { step: 'a', by: evil, reason: evil, until: '', role: '' }]],
    ['evidence', ['step.attest', { step: 'a', by: evil, evidence: evil }]],
    ['a vote', ['gate.vote', { step: 'a', role: 'lead', by: evil, decision: 'go', comment: evil }]],
    ['a pause', ['run.pause', { by: evil, reason: evil }]],
    ['a result', ['act.result', { step: 'a', result: 'done', change: evil, reason: evil }]],
    ['what was found out', ['act.reconciled', { step: 'a', result: 'unknown', reason: evil }]],
    ['a way back', ['rollback.open', { by: evil, to: '', plan: '' }]],
    ['a stop', ['run.stop', { by: evil, reason: evil, step: '' }]],
  ];
  // eslint-disable-next-line no-control-regex -- they are what must not be there
  const unseen = /[\u0000-\u001f\u007f-\u009f\u200b\u202e]/;

  it('shows what a terminal would obey as escapes, in every part of a red', () => {
    const findings = [{ verdict: 'fail' as const, expected: evil, observed: evil, hint: evil }];
    const lines = shown(plan, [looked('a', 'fail', { findings, reason: evil })]);
    expect(lines.join('')).not.toMatch(unseen);
    for (const name of ['FAIL', 'expected', 'observed', 'hint', 'why', 'do', 'where']) {
      expect(lines.find((line) => line.includes(` ${name} `))).toContain(seen);
    }
  });

  it.each(told)('shows what a terminal would obey as escapes in %s', (_, event) => {
    const lines = shown(plan, [[starts('a'), event, ends('a', 'pass')]]);
    expect(lines.join('')).toContain(seen);
    expect(lines.join('')).not.toMatch(unseen);
  });
});
