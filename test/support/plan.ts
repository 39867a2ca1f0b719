// Plans and histories in few words, for tests of the engine.

import type { Bodies, EventKind, Mode, RunEvent, Verdict } from '../../src/engine/events.ts';
import { evolve } from '../../src/engine/evolve.ts';
import type { GateWork, Hold, Nature, Phase, Plan, Step } from '../../src/engine/plan.ts';
import { initialState, type State } from '../../src/engine/state.ts';

/** A step; `nature` decides what work it has. */
export function step(id: string, nature: Nature = 'looks', more: Partial<Step> = {}): Step {
  return {
    id,
    title: `Title of ${id}`,
    phase: '',
    source: [],
    severity: 'required',
    nature,
    work: workOf(nature),
    needs: [],
    probes: [],
    readers: [],
    expect: [],
    capture: {},
    position: 'a.yaml:1:1',
    ...more,
  };
}

function workOf(nature: Nature): Step['work'] {
  const call = { kind: 'http', args: {}, words: 'looks' };
  if (nature === 'asks') {
    return { type: 'ask', ask: { question: 'Well?', type: 'confirm', check: {}, secret: false }, evidence: false };
  }
  if (nature === 'decides') return gate();
  if (nature === 'changes') return { type: 'act', call, confirm: 'key' };
  return { type: 'probe', call };
}

export function gate(more: Partial<GateWork> = {}): GateWork {
  return {
    type: 'gate',
    recheck: [],
    poll: ['lead'],
    need: 'all',
    differentPeople: false,
    barred: [],
    pointOfNoReturn: false,
    ...more,
  };
}

/** Ten minutes, a sample a minute; nine in ten have to be there and all of them hold. */
export function holdOf(more: Partial<Hold> = {}): Hold {
  const minute = 60_000;
  const lengths = { forMs: 10 * minute, everyMs: minute, maxGapMs: 3 * minute, settleMs: 3 * minute };
  return { ...lengths, coverage: 0.9, tolerate: 0, sample: 'each', ...more };
}

/** A phase with one section. */
export function phase(id: string, steps: readonly Step[], offsetMs = 0): Phase {
  const own = steps.map((one) => ({ ...one, phase: id }));
  return { id, title: id, offsetMs, at: 'T-0', sections: [{ title: id, source: [], steps: own }] };
}

export function planOf(...phases: readonly Phase[]): Plan {
  return {
    checklist: 'aep',
    title: 'AEP',
    target: 'prod',
    documents: {},
    aws: { account: '111111111111', region: 'us-east-1' },
    accounts: {},
    roles: { lead: { title: 'Lead' } },
    names: {},
    secrets: [],
    probes: {},
    phases,
    rollback: [],
    undoNames: {},
  };
}

/** The noon all these runs begin at. */
export const noon = Date.parse('2026-03-01T12:00:00.000Z');

type Told = { [K in EventKind]: readonly [K, Partial<Bodies[K]>] }[EventKind];

/** The state after a run was opened in this mode and these events happened, one second apart. */
export function given(mode: Mode, ...told: readonly Told[]): State {
  const session = { principal: 'ada', endpoints: [], grant: { signatures: [] } } as never;
  const opened: Told = ['run.open', { mode, phases: [], session }];
  return [opened, ...told].reduce((state, [kind, body], seq) => {
    const at = new Date(noon + seq * 1000).toISOString();
    return evolve(state, { seq, at, sid: 'S', kind, body } as RunEvent);
  }, initialState());
}

/** The two events of a step that was looked at once. */
export function looked(id: string, verdict: Verdict, reason = '', attempt = 1): readonly [Told, Told] {
  return [
    ['step.start', { step: id, attempt, why: 'due', resets: [] }],
    [
      'step.verdict',
      { step: id, attempt, verdict, facts: '', observed_at: '', requests: [], findings: [], reason, looks: 1 },
    ],
  ];
}

export const open = (id: string): Told => ['phase.open', { phase: id }];
