// A checklist bound to one target: what the engine needs to know to run it. Values and inputs are filled in;
// what only a probe or a capture can tell is still a `${…}` template, filled in right before use.

import type { Expectation } from './expectation.ts';
import type { Json, JsonObject } from './json.ts';

export type Severity = 'critical' | 'required' | 'advisory';
/** looks: only reads. pokes: may be noticed on the other side. The rest is done by people or changes things. */
export type Nature = 'looks' | 'pokes' | 'asks' | 'changes' | 'decides';

export interface Plan {
  readonly checklist: string;
  readonly title: string;
  readonly target: string;
  readonly documents: Readonly<Record<string, string>>;
  readonly aws: Account;
  readonly accounts: Readonly<Record<string, Account>>;
  /** Addresses that may be put under load, each with what lies below its path. */
  readonly load?: readonly string[];
  readonly roles: Readonly<Record<string, Role>>;
  /** Values and inputs by name, secrets left out. */
  readonly names: JsonObject;
  readonly secrets: readonly string[];
  readonly probes: Readonly<Record<string, NamedProbe>>;
  readonly phases: readonly Phase[];
  /** What the checklist offers beside taking back what was done; never run by itself. Their phase is `rollback`. */
  readonly rollback: readonly Step[];
  /** How the checklist names the way back of an act, by the id of that act. */
  readonly undoNames: Readonly<
    Record<string, { readonly id: string; readonly title: string; readonly source: readonly string[] }>
  >;
}

export interface Account {
  readonly account: string;
  readonly region: string;
  readonly profile?: string;
}

export interface Role {
  readonly title: string;
  readonly contact?: string;
}

export interface Phase {
  readonly id: string;
  readonly title: string;
  /** Distance from T in ms; negative is before. */
  readonly offsetMs: number;
  /** As written: `T-7d`. */
  readonly at: string;
  readonly sections: readonly Section[];
}

export interface Section {
  readonly title: string;
  readonly source: readonly string[];
  readonly owner?: string;
  readonly steps: readonly Step[];
}

export interface Step {
  readonly id: string;
  readonly title: string;
  readonly phase: string;
  readonly source: readonly string[];
  readonly severity: Severity;
  readonly owner?: string;
  readonly nature: Nature;
  readonly work: ProbeWork | AskWork | ActWork | GateWork;
  /** Set when `when:` does not hold: the reason, in words. */
  readonly skip?: string;
  readonly needs: readonly { readonly step: string; readonly lagMs: number }[];
  /** Named probes whose facts it reads through `${…}` or `probe: NAME`, nearest first, transitively. */
  readonly probes: readonly string[];
  /** Steps whose captures it reads, directly or through a named probe. */
  readonly readers: readonly string[];
  readonly wait?: Wait;
  readonly hold?: Hold;
  /** Templates: `${…}` of probes and captures is still in them. */
  readonly expect: readonly Expectation[];
  readonly capture: Readonly<Record<string, string>>;
  readonly waive?: { readonly by: string; readonly untilMs?: number; readonly ask?: string };
  readonly fix?: string;
  /** `checklists/aep.yaml:123:9`, for messages. */
  readonly position: string;
}

/** One use of a kind. `args` is a template. */
export interface Call {
  readonly kind: string;
  readonly args: JsonObject;
  readonly one?: { readonly path?: string; readonly where?: JsonObject | readonly Expectation[] };
  /** One sentence in words, from the kind's `describe`. */
  readonly words: string;
}

export interface NamedProbe {
  readonly name: string;
  readonly call: Call;
  readonly nature: 'looks' | 'pokes';
  /** Named probes it reads, nearest first, transitively. */
  readonly probes: readonly string[];
  readonly readers: readonly string[];
}

export interface ProbeWork {
  readonly type: 'probe';
  /** Absent only for `recheck`. */
  readonly call?: Call;
  /** Set when the step says `probe: NAME`. */
  readonly named?: string;
  readonly recheck?: readonly string[];
}

export type AnswerType = 'confirm' | 'text' | 'number' | 'integer' | 'date' | 'choice';

/** A question for a person. `check` validates the form of the answer (asked again); `expect` of the step judges it. */
export interface Question {
  readonly question: string;
  readonly type: AnswerType;
  readonly choices?: readonly Json[];
  readonly check: Expectation;
  readonly secret: boolean;
}

export interface AskWork {
  readonly type: 'ask';
  readonly ask: Question;
  readonly evidence: boolean;
}

/** How a change is seen to have taken effect, where its kind cannot see that by itself. */
export interface Verify {
  readonly call: Call;
  /** Set when it says `probe: NAME`. */
  readonly named?: string;
  readonly nature: 'looks' | 'pokes';
  readonly wait?: Wait;
  readonly expect: readonly Expectation[];
}

/** One part of a way back that the checklist writes out. */
export interface BackCall extends Call {
  readonly verify?: Verify;
}

export interface ActWork {
  readonly type: 'act';
  readonly call: Call;
  /** `key`: a typed word; `target`: the name of the run, `aep-prod`; or a phrase, typed by so many people. */
  readonly confirm: 'key' | 'target' | { readonly phrase: string; readonly people: number };
  readonly verify?: Verify;
  /** The way back as the checklist writes it, in this order; absent: the kind's own. */
  readonly back?: readonly BackCall[];
  /** Set when there is no way back: why. */
  readonly noUndo?: string;
  /** How long the way back may take, in ms. */
  readonly budgetMs?: number;
}

export interface GateWork {
  readonly type: 'gate';
  readonly recheck: 'critical' | readonly string[];
  readonly poll: readonly string[];
  readonly need: 'all' | 'any' | { readonly at_least: number };
  readonly differentPeople: boolean;
  /** Acts: whoever ran one of them has no vote here. */
  readonly barred: readonly string[];
  readonly pointOfNoReturn: boolean;
}

/** True eventually, within `forMs`. Intervals grow from min to max. */
export interface Wait {
  readonly forMs: number;
  readonly everyMs: { readonly min: number; readonly max: number };
  readonly consecutive: number;
  readonly stopIf: readonly Expectation[];
}

/** Stays true for `forMs`. */
export interface Hold {
  readonly forMs: number;
  readonly everyMs: number;
  readonly since?: string;
  /** Share of the expected samples that must be there, 0 to 1. */
  readonly coverage: number;
  readonly maxGapMs: number;
  readonly settleMs: number;
  readonly tolerate: number;
  readonly sample: 'each' | 'whole';
}

// A plan never changes, and is asked for its steps several times for every event.
const ofPlans = new WeakMap<Plan, readonly Step[]>();
const ofPhases = new WeakMap<Phase, readonly Step[]>();
const byIds = new WeakMap<Plan, ReadonlyMap<string, Step>>();

/** All steps in file order. */
export function stepsOf(plan: Plan): readonly Step[] {
  const steps = ofPlans.get(plan) ?? plan.phases.flatMap((phase) => phaseSteps(phase));
  ofPlans.set(plan, steps);
  return steps;
}

/** The steps of one phase in file order. */
export function phaseSteps(phase: Phase): readonly Step[] {
  const steps = ofPhases.get(phase) ?? phase.sections.flatMap((section) => section.steps);
  ofPhases.set(phase, steps);
  return steps;
}

/** The names under which the log keeps the way back of an act, in the order they are taken: no id of a checklist has a dot. */
export function backIdsOf({ id, work }: Step): readonly string[] {
  const parts = work.type === 'act' ? (work.back?.length ?? 1) : 1;
  return parts === 1 ? [`${id}.undo`] : Array.from({ length: parts }, (_, part) => `${id}.undo.${part + 1}`);
}

/** The step with this id, one of the way back too, or undefined. */
export function findStep(plan: Plan, id: string): Step | undefined {
  const steps = byIds.get(plan) ?? new Map([...stepsOf(plan), ...plan.rollback].map((step) => [step.id, step]));
  byIds.set(plan, steps);
  return steps.get(id);
}

/** The value of a template's facts: what `${name}` may refer to at run time. */
export type Scope = Readonly<Record<string, Json>>;
