// A checklist and one target become a plan: values and inputs filled in, everything inherited, nothing left to guess.

import { nearest } from '../engine/nearest.ts';
import type { Json, JsonObject } from '../engine/json.ts';
import type { NamedProbe, Phase, Plan, Role, Step } from '../engine/plan.ts';
import { asList, callOf, everyStepAt, undoNamesIn, type Known } from './calls.ts';
import { bindCall } from './bind-call.ts';
import { bindLoadList } from './bind-load.ts';
import { bindStep } from './bind-step.ts';
import { fillText } from './interpolate.ts';
import { linksOf, type Links } from './links.ts';
import { namesOf } from './names.ts';
import { parseOffset } from './offset.ts';
import { inOrder, reportInto, type Problem, type Report } from './places.ts';
import type { Checklist } from './read.ts';
import { resolveValues } from './values.ts';

/** What a checklist is bound with. */
export interface Binding {
  readonly target: string;
  /** Values of inputs by name, secrets left out. */
  readonly inputs: Readonly<Record<string, Json>>;
  /** The target's account, when it comes from a values file. */
  readonly account?: string | undefined;
  /** For showing a plan: inputs without a value stay `${name}`. */
  readonly partial?: boolean;
}

export type Bound =
  | { readonly plan: Plan }
  | { readonly missing: readonly string[]; readonly problems: readonly Problem[] };

/** What binding shares: the names with their values, and who reads what. */
export interface Bind extends Known {
  readonly checklist: Checklist;
  readonly scope: JsonObject;
  readonly target: string;
  /** What the target lets be put under load. */
  readonly load: readonly string[];
  readonly links: Links;
  readonly problems: Problem[];
  readonly report: Report;
}

/**
 * Binds a checklist that lint has passed. Without a plan, `missing` names the inputs that have no value, and `problems`
 * what only shows once values are filled in.
 */
export function bind(checklist: Checklist, { kinds, acts }: Known, binding: Binding): Bound {
  const { body, source } = checklist;
  const problems: Problem[] = [];
  const report = reportInto(source, problems);
  const target = Object.hasOwn(body.targets, binding.target) ? body.targets[binding.target] : undefined;
  if (target === undefined) {
    const near = nearest(binding.target, Object.keys(body.targets));
    const hint = near === undefined ? `targets: ${Object.keys(body.targets).join(', ')}` : `did you mean \`${near}\`?`;
    report.value(body.targets, undefined, `there is no target \`${binding.target}\` here`, hint);
    return { missing: [], problems };
  }
  const secrets = Object.entries(body.inputs ?? {}).flatMap(([name, input]) => (input.secret === true ? [name] : []));
  const missing = Object.keys(body.inputs ?? {}).filter((name) => !secrets.includes(name) && !(name in binding.inputs));
  const account = binding.account ?? target.aws.account;
  if (account === undefined) {
    report.value(target.aws, undefined, 'the account is missing', 'write it here, or give it in the file of --values');
  }
  if ((missing.length > 0 && binding.partial !== true) || account === undefined) return { missing, problems };
  const aws = { ...target.aws, account };
  // A name that is no input here must not stand in for a value that is written: a run may have values from before it was amended.
  const declared = (name: string): boolean => Object.hasOwn(body.inputs ?? {}, name) && !secrets.includes(name);
  const inputs = Object.fromEntries(Object.entries(binding.inputs).filter(([name]) => declared(name)));
  const names = resolveValues(body, target, { ...inputs, target: binding.target, account, region: aws.region });
  const links = linksOf(body, namesOf(body, report));
  const load = bindLoadList(target, names, report);
  const bound: Bind = { checklist, kinds, acts, scope: names, target: binding.target, load, links, problems, report };
  const plan: Plan = {
    checklist: body.name,
    title: body.title,
    target: binding.target,
    documents: body.documents ?? {},
    aws,
    accounts: target.accounts ?? {},
    ...(load.length > 0 && { load }),
    roles: bindRoles(bound),
    names,
    secrets,
    probes: bindProbes(bound),
    ...bindSteps(bound),
    undoNames: bindUndoNames(bound),
  };
  return problems.length > 0 ? { missing: [], problems: inOrder(problems) } : { plan };
}

function bindRoles({ checklist, scope }: Bind): Readonly<Record<string, Role>> {
  const roles = Object.entries(checklist.body.roles ?? {});
  return Object.fromEntries(
    roles.map(([name, { title, contact }]) => [
      name,
      { title, ...(contact === undefined ? {} : { contact: fillText(contact, scope) }) },
    ]),
  );
}

function bindProbes(bound: Bind): Readonly<Record<string, NamedProbe>> {
  const probes: Record<string, NamedProbe> = {};
  for (const [name, container] of Object.entries(bound.checklist.body.probes ?? {})) {
    const call = callOf(container, bound.kinds);
    if (call === undefined) continue;
    probes[name] = {
      name,
      call: bindCall(bound, call),
      nature: call.kind.nature(call.args),
      ...bound.links.of([name], 'without'),
    };
  }
  return probes;
}

function bindSteps(bound: Bind): Pick<Plan, 'phases' | 'rollback'> {
  const done = new Map<string, Step>();
  for (const at of everyStepAt(bound.checklist.body)) done.set(at.step.id, bindStep(bound, at, done));
  const rollback = (bound.checklist.body.rollback ?? []).flatMap(({ id }) => done.get(id) ?? []);
  return { phases: bindPhases(bound, done), rollback };
}

function bindUndoNames({ checklist, scope }: Bind): Plan['undoNames'] {
  const named = undoNamesIn(checklist.body).map(({ undo_of: act = '', id, title, source }) => {
    return [act, { id, title: fillText(title, scope), source: asList(source) }] as const;
  });
  return Object.fromEntries(named);
}

function bindPhases(bound: Bind, done: ReadonlyMap<string, Step>): readonly Phase[] {
  return bound.checklist.body.phases.map((phase) => ({
    id: phase.id,
    title: fillText(phase.title, bound.scope),
    offsetMs: parseOffset(phase.at) ?? 0,
    at: phase.at,
    sections: phase.sections.map((section) => ({
      title: fillText(section.title, bound.scope),
      source: asList(section.source),
      ...(section.owner === undefined ? {} : { owner: section.owner }),
      steps: section.steps.flatMap(({ id }) => done.get(id) ?? []),
    })),
  }));
}
