// A run as an operator would forge it: some of it as the engine lets it happen, and lines written past the engine.

import { decide, type Order } from '../../src/engine/decide.ts';
import type { Bodies, EventKind, KnownPerson, Mode, RunEvent, Verdict } from '../../src/engine/events.ts';
import type { Plan } from '../../src/engine/plan.ts';
import { follow, nothingFollowed, type Lines } from '../../src/engine/procedure.ts';
import { sealBody } from '../../src/engine/rollup.ts';
import { stepState, type State } from '../../src/engine/state.ts';
import { noon } from '../support/plan.ts';
import { firstBreach, type Breach } from '../support/procedure.ts';

export interface Forged {
  readonly state: () => State;
  /** Writes whatever it is given; returns its seq. */
  write<K extends EventKind>(kind: K, body: Bodies[K]): number;
  /** Writes what the engine makes of the order. Throws when it refuses. */
  order(order: Order): void;
  /** Lets time pass, in ms. */
  wait(ms: number): void;
  /** Another session of this person; `sid` goes on with an earlier one. */
  session(principal: string, roles?: readonly KnownPerson[]): void;
  as(sid: string): void;
  /** Begins a step and judges it. */
  look(step: string, verdict?: Verdict): void;
  answer(step: string): void;
  /** Somebody signs, with a key that is theirs unless one is given; returns the line. */
  sign(step: string, decision: Bodies['signoff']['decision'], by: string, more?: Partial<Signing>): number;
  /** Signs and votes. */
  vote(step: string, role: string, by: string, decision?: 'go' | 'no-go'): void;
  pass(step: string): void;
  /** Begins an act, and writes its intent with what it rests on. */
  intend(step: string, go?: readonly string[]): void;
  result(step: string, result?: Bodies['act.result']['result']): void;
  seal(more?: Partial<Bodies['seal']>): void;
  /** The first breach, with the checklist; the verifier may know better who holds which role. */
  breach(more?: { readonly people?: readonly KnownPerson[]; readonly after?: Plan }): Breach | undefined;
  /** The first breach by the rules that need no checklist. */
  bare(): Breach | undefined;
}

interface Signing {
  readonly role: string;
  readonly seen: number;
  readonly attempt: number;
  readonly key: string;
  readonly text: string;
}

export const found = { verdict: 'pass', expected: 'it holds', observed: 'so it is' } as const;

/** What was seen in one look. */
export function seen(step: string, verdict: Verdict, attempt = 1): Bodies['step.verdict'] {
  const findings = verdict === 'pass' ? [found] : [];
  return { step, attempt, verdict, facts: '', observed_at: '', requests: [], findings, reason: '', looks: 1 };
}

export function forge(
  plan: Plan,
  given: { mode?: Mode; roles?: readonly KnownPerson[]; phases?: string[] } = {},
): Forged {
  const events: RunEvent[] = [];
  const texts = new Map<number, string>();
  const lines: Lines = { run: 'run', hash: (seq) => `hash${seq}`, text: (seq) => texts.get(seq) };
  let followed = nothingFollowed(lines);
  let now = noon;
  let sid = 'S0';
  const state = (): State => followed.state;

  function write<K extends EventKind>(kind: K, body: Bodies[K]): number {
    now += 1000;
    // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- the kind and its body belong together
    const event = { seq: events.length, at: new Date(now).toISOString(), sid, kind, body } as unknown as RunEvent;
    events.push(event);
    followed = follow(followed, event, { plan }, lines);
    return event.seq;
  }
  function order(wanted: Order): void {
    const decision = decide(wanted, plan, state());
    if ('refused' in decision) throw new Error(decision.refused);
    for (const { kind, body } of decision.events) write(kind, body);
  }
  function opening(principal: string, roles: readonly KnownPerson[] | undefined): Bodies['session.open']['session'] {
    const grant = { payload: '', payloadType: '', signatures: [{ keyid: `key of ${principal}`, sig: '' }] };
    const tool = { name: 'golive', version: '0', node: 'v20' };
    const about = { principal, key: '', grant, host: 'desk', tool, clock_offset: 0, callers: [], endpoints: [] };
    return { ...about, ...(roles && { roles }) };
  }
  const forged: Forged = {
    state,
    write,
    order,
    wait: (ms) => {
      now += ms;
    },
    session: (principal, roles) => {
      sid = `S${events.length}`;
      write('session.open', { session: opening(principal, roles) });
    },
    as: (earlier) => {
      sid = earlier;
    },
    look: (step, verdict = 'pass') => {
      order({ order: 'start', step, why: 'due' });
      const { step: _, attempt: __, ...body } = seen(step, verdict);
      order({ order: 'judge', step, seen: body, captures: {} });
    },
    answer: (step) => {
      order({ order: 'start', step, why: 'due' });
      order({ order: 'answer', step, answer: 'true', evidence: '', by: 'ada', source: 'asked' });
      forged.pass(step);
    },
    sign: (step, decision, by, more = {}) => {
      const known = stepState(state(), step);
      const { role = '', seen: saw = events.length - 1, attempt = known.attempt, key = `key of ${by}`, text } = more;
      const statement = { payload: '', payloadType: '', signatures: [{ keyid: key, sig: '' }] };
      const line = write('signoff', { principal: by, role, step, decision, attempt, seen: saw, statement });
      if (text !== undefined) texts.set(line, text);
      return line;
    },
    vote: (step, role, by, decision = 'go') => {
      const signoff = state().people === undefined ? -1 : forged.sign(step, decision, by, { role });
      write('gate.vote', { step, attempt: stepState(state(), step).attempt, role, decision, by, comment: '', signoff });
    },
    pass: (step) => void write('step.verdict', seen(step, 'pass', stepState(state(), step).attempt)),
    intend: (step, go = []) => {
      if (!stepState(state(), step).running) order({ order: 'start', step, why: 'due' });
      const { attempt } = stepState(state(), step);
      const sent = { class: 'compare', request: 'r', before: 'b', token: `golive run/${events.length}` } as const;
      write('act.intent', { step, attempt, ...sent, go });
    },
    result: (step, result = 'done') => {
      const { attempt } = stepState(state(), step);
      write('act.result', { step, attempt, result, after: '', requests: [], change: '', reason: '' });
    },
    seal: (more = {}) => {
      const statement = { payload: '', payloadType: '', signatures: [] };
      write('seal', { ...sealBody(plan, state(), now + 1000), principal: 'ada', statement, ...more });
    },
    breach: ({ people, after } = {}) =>
      firstBreach(events, plan, { ...lines, ...(people && { people }), ...(after && { after }) }),
    bare: () => firstBreach(events, undefined, lines),
  };
  write('run.open', {
    ...opened,
    mode: given.mode ?? 'run',
    phases: given.phases ?? [],
    session: opening('ada', given.roles),
  });
  return forged;
}

const opened: Omit<Bodies['run.open'], 'session'> = {
  checklist: { name: 'aep', title: 'AEP', path: 'a.yaml', digest: 'first' },
  target: 'prod',
  mode: 'run',
  rehearsal: false,
  phases: [],
  git: { commit: '', dirty: false },
  values_digest: '',
  roster_digest: '',
  store: '',
  real_at: '',
};
