// Uses of kinds in a checklist: which kind, with which arguments, in which container.

import { isObject, type JsonObject } from '../engine/json.ts';
import type { AnyAct, AnyKind } from '../steps/index.ts';
import { partOf } from './written.ts';
import type { ActBody, ChecklistBody, ProbeBody, SectionBody, StepBody } from './schema.ts';

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

/** All steps in file order. */
export function stepsAt(body: ChecklistBody): readonly StepAt[] {
  const all = body.phases.flatMap((phase) =>
    phase.sections.flatMap((section) => section.steps.map((step) => ({ step, section, phase }))),
  );
  return all.map((at, index) => ({ ...at, index }));
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

/** The use of a kind a step makes, by itself or through the probe it names. */
export function callOfStep(step: StepBody, body: ChecklistBody, kinds: readonly AnyKind[]): CallAt | undefined {
  if (step.probe === undefined) return undefined;
  const container = typeof step.probe === 'string' ? body.probes?.[step.probe] : step.probe;
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
  const steps = stepsAt(body).map(({ step }) => step);
  const probes = steps.flatMap(({ probe }) => (typeof probe === 'object' ? [probe] : []));
  const looks = [...Object.values(body.probes ?? {}), ...probes].map((container) => callOf(container, kinds));
  const changes = steps.map(({ act }) => (act === undefined ? undefined : actOf(act, acts)));
  const operations = [...looks, ...changes].flatMap((call) => (call === undefined ? [] : safeOperations(call)));
  return [...new Set(operations.map((name) => name.split(':', 1)[0] ?? ''))].filter((service) => service !== '');
}

/** Kinds may assume arguments of the right form; here they have not been checked yet. */
function safeOperations(call: Use<AnyKind | AnyAct>): readonly string[] {
  return call.kind.schema.safeParse(call.args).success ? call.kind.operations(call.args) : operationWritten(call.args);
}

function operationWritten(args: JsonObject): readonly string[] {
  return typeof args['operation'] === 'string' ? [args['operation']] : [];
}
