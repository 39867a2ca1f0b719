// Uses of kinds in a checklist: which kind, with which arguments, in which container.

import { isObject, type JsonObject } from '../engine/json.ts';
import { goingBack, type PlanUse } from '../engine/uses.ts';
import type { AnyAct, AnyKind } from '../steps/index.ts';
import { partOf } from './written.ts';
import type {
  ActBody,
  ChecklistBody,
  ProbeBody,
  RollbackBody,
  SectionBody,
  StepBody,
  UndoPartBody,
  VerifyBody,
} from './schema.ts';

/** The kinds a checklist may name: under `probe` and `probes`, and under `act`. */
export interface Known {
  readonly kinds: readonly AnyKind[];
  readonly acts: readonly AnyAct[];
}

/** A step where it stands. `index` counts through the file. */
export interface StepAt {
  readonly index: number;
  readonly step: StepBody;
  readonly section: SectionBody;
  readonly phase: ChecklistBody['phases'][number];
}

/** Where the steps under `rollback` stand: they inherit nothing. No phase of a checklist with such steps has its id. */
const backSection: SectionBody = { title: 'Way back', steps: [] };
export const backPhase: ChecklistBody['phases'][number] = {
  id: goingBack,
  title: 'Way back',
  at: 'T-0',
  sections: [backSection],
};

/** The entries under `rollback` that only name the way back of an act. */
export function undoNamesIn({ rollback = [] }: ChecklistBody): readonly RollbackBody[] {
  return rollback.filter((entry) => entry.undo_of !== undefined);
}

/** The steps of the phases in file order, and below them those of the way back. */
export function everyStepAt(body: ChecklistBody): readonly StepAt[] {
  const steps = stepsAt(body);
  const back = (body.rollback ?? []).filter((entry) => entry.undo_of === undefined);
  const at = { section: backSection, phase: backPhase };
  return [...steps, ...back.map((step, index) => ({ ...at, step, index: steps.length + index }))];
}

/** The steps of the phases in file order. */
export function stepsAt(body: ChecklistBody): readonly StepAt[] {
  const all = body.phases.flatMap((phase) =>
    phase.sections.flatMap((section) => section.steps.map((step) => ({ step, section, phase }))),
  );
  return all.map((at, index) => ({ ...at, index }));
}

/** The kind of one use in a plan; undefined when none is known by its name. */
export function kindOfUse(
  { call, as }: Pick<PlanUse, 'call' | 'as'>,
  { kinds, acts }: Known,
): AnyKind | AnyAct | undefined {
  return (as === 'act' ? acts : kinds).find(({ name }) => name === call.kind);
}

/** One use of a kind, as written. */
export interface Use<K> {
  readonly name: string;
  readonly kind: K;
  readonly args: JsonObject;
}

/** A probe: one use of a kind that looks or pokes. */
export interface CallAt extends Use<AnyKind> {
  readonly container: ProbeBody;
}

/** The keys of a probe that name a kind: everything but `one` and `recheck`. */
export function kindNamesOf(container: object): readonly string[] {
  return Object.keys(container).filter((key) => key !== 'one' && key !== 'recheck');
}

/** The one kind a probe uses; undefined when lint has something to say about it. */
export function callOf(container: ProbeBody, kinds: readonly AnyKind[]): CallAt | undefined {
  const use = useOf(container, kindNamesOf(container), kinds);
  return use === undefined ? undefined : { container, ...use };
}

/** The one kind an act uses; undefined when lint has something to say about it. */
export function actOf(act: ActBody, acts: readonly AnyAct[]): Use<AnyAct> | undefined {
  return useOf(act, Object.keys(act), acts);
}

/** The parts of a way back that is written out; none where the act makes its own, or has none. */
export function undoParts({ undo }: StepBody): readonly UndoPartBody[] {
  return Array.isArray(undo) ? undo : [];
}

/** The keys of one part of a way back that name a kind. */
export function undoKinds(part: UndoPartBody): readonly string[] {
  return Object.keys(part).filter((key) => key !== 'verify');
}

/** The one kind this part of a way back uses; undefined when lint has something to say about it. */
export function undoUse(part: UndoPartBody, acts: readonly AnyAct[]): Use<AnyAct> | undefined {
  return useOf(part, undoKinds(part), acts);
}

/** The acts and parts of ways back of these steps that use one kind. */
export function changesIn(steps: readonly StepAt[], acts: readonly AnyAct[]): readonly Use<AnyAct>[] {
  return steps
    .flatMap(({ step }) => [
      ...(step.act === undefined ? [] : [actOf(step.act, acts)]),
      ...undoParts(step).map((part) => undoUse(part, acts)),
    ])
    .flatMap((use) => use ?? []);
}

/** Every `verify` of a step: its own, and those of its way back. */
export function verifiesOf(step: StepBody): readonly VerifyBody[] {
  return [step.verify, ...undoParts(step).map((part) => part.verify)].flatMap((verify) => verify ?? []);
}

/** Every probe that is written out: the named ones, those of these steps, and those by which an act is verified. */
export function probesIn(body: ChecklistBody, steps: readonly StepAt[]): readonly ProbeBody[] {
  const own = steps.flatMap(({ step }) => [step.probe, ...verifiesOf(step).map(({ probe }) => probe)]);
  return [...Object.values(body.probes ?? {}), ...own.flatMap((probe) => (typeof probe === 'object' ? [probe] : []))];
}

function useOf<K extends { readonly name: string }>(
  container: object,
  [name, ...more]: readonly string[],
  kinds: readonly K[],
): Use<K> | undefined {
  const kind = kinds.find((one) => one.name === name);
  if (name === undefined || more.length > 0 || kind === undefined) return undefined;
  const args = partOf(container, name);
  return isObject(args) ? { name, kind, args } : undefined;
}

/** The use of a kind a step or a `verify` makes, by itself or through the probe it names. */
export function callOfStep(
  { probe }: { readonly probe?: string | ProbeBody },
  body: ChecklistBody,
  kinds: readonly AnyKind[],
): CallAt | undefined {
  if (probe === undefined) return undefined;
  const container = typeof probe === 'string' ? body.probes?.[probe] : probe;
  return container === undefined ? undefined : callOf(container, kinds);
}

/** The ids a step checks again. */
export function recheckOf(step: StepBody): readonly string[] {
  if (typeof step.probe !== 'object') return [];
  return asList(step.probe.recheck);
}

/** One or more, as a list. */
export function asList<T>(value: T | readonly T[] | undefined): readonly T[] {
  if (value === undefined) return [];
  return isList(value) ? value : [value];
}

function isList<T>(value: T | readonly T[]): value is readonly T[] {
  return Array.isArray(value);
}

/** AWS services whose schemas lint needs: `ecs`, `elbv2`. */
export function servicesIn(body: ChecklistBody, { kinds, acts }: Known): readonly string[] {
  const steps = everyStepAt(body);
  const looks = probesIn(body, steps).map((container) => callOf(container, kinds));
  const operations = [...looks, ...changesIn(steps, acts)].flatMap((call) =>
    call === undefined ? [] : safeOperations(call),
  );
  return [...new Set(operations.map((name) => name.split(':', 1)[0] ?? ''))].filter((service) => service !== '');
}

/** Kinds may assume arguments of the right form; here they have not been checked yet. */
function safeOperations(call: Use<AnyKind | AnyAct>): readonly string[] {
  return call.kind.schema.safeParse(call.args).success ? call.kind.operations(call.args) : operationWritten(call.args);
}

function operationWritten(args: JsonObject): readonly string[] {
  return typeof args['operation'] === 'string' ? [args['operation']] : [];
}
