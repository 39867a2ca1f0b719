// Rules about uses of kinds: the kind is known, its arguments fit, and they lead nowhere they must not.

import { isObject, type JsonObject } from '../engine/json.ts';
import type { Shape } from '../engine/shape.ts';
import { callOf, kindNamesOf, probesIn, type Use } from './calls.ts';
import { factsOfCall } from './facts.ts';
import { isTemplate } from './interpolate.ts';
import { argumentProblems } from './issues.ts';
import { operationFits } from './lint-operations.ts';
import { didYouMean } from './lint-top.ts';
import type { Lint } from './lint.ts';
import { partOf } from './written.ts';
import type { ProbeBody } from './schema.ts';
import type { AnyAct, AnyKind } from '../steps/index.ts';

/** The shapes of facts, by the container of the use. Missing: nothing is known about them. */
export type Facts = ReadonlyMap<object, Shape>;

export function lintCalls(lint: Lint): Facts {
  const shapes = new Map<object, Shape>();
  const inSteps = lint.steps.flatMap(({ step }) => (typeof step.probe === 'object' ? [step.probe] : []));
  for (const container of probesIn(lint.body, lint.steps)) {
    if ('recheck' in container && !inSteps.includes(container)) {
      lint.report.key(container, 'recheck', 'only a step can recheck');
    }
    if (!oneKind(lint, container)) continue;
    const call = callOf(container, lint.kinds);
    if (call === undefined) continue;
    if (argumentsFit(lint, call) && (call.name !== 'aws.call' || operationFits(lint, call.args, 'reads')))
      shapes.set(container, factsOfCall(call, lint.catalogue));
  }
  return shapes;
}

function oneKind({ kinds, acts, report, touched }: Lint, container: ProbeBody): boolean {
  const names = kindNamesOf(container);
  const [name] = names;
  const recheck = 'recheck' in container;
  // A template that could not be used is told where it is used.
  if (names.length === 0 && !recheck && touched.has(container)) return false;
  if (names.length + (recheck ? 1 : 0) !== 1) {
    report.value(
      container,
      undefined,
      names.length === 0 ? 'names no kind' : `names more than one kind: ${names.join(', ')}`,
      `kinds: ${kinds.map((kind) => kind.name).join(', ')}`,
    );
    return false;
  }
  if (recheck && 'one' in container)
    report.key(container, 'one', 'a recheck takes `one` from the step it checks again');
  if (name === undefined) return false;
  const known = kinds.some((kind) => kind.name === name);
  if (!known && acts.some((act) => act.name === name)) {
    report.key(container, name, `\`${name}\` changes something: it stands under \`act:\``);
    return false;
  }
  if (!known) {
    report.key(
      container,
      name,
      `there is no kind \`${name}\``,
      didYouMean(
        name,
        kinds.map((kind) => kind.name),
      ),
    );
    return false;
  }
  if (isObject(partOf(container, name))) return true;
  report.value(container, name, `\`${name}\` takes a map of arguments`);
  return false;
}

/** Whether a use of a kind has the arguments the kind takes; what is wrong with them is reported. */
export function argumentsFit(lint: Lint, call: Use<AnyKind | AnyAct>): boolean {
  const problems = argumentProblems(lint.source, call.kind.schema, call.args, call.args);
  lint.problems.push(...problems);
  linkLocal(lint, call.args);
  account(lint, call.args);
  // Here, so that no place in which an act may stand can leave it out.
  if (problems.length === 0 && call.name === 'aws.call' && 'perform' in call.kind)
    return operationFits(lint, call.args, 'changes');
  return problems.length === 0;
}

const linkLocalHost = /(^|\/\/|@|\[)(169\.254\.\d+\.\d+|fe[89ab][0-9a-f]:[0-9a-f:]*|fd00:ec2::254)/i;

/** Link-local addresses are where clouds keep the credentials of machines; names are checked again once resolved. */
function linkLocal(lint: Lint, container: object): void {
  for (const [key, value] of Object.entries(container)) {
    if (typeof value === 'string' && linkLocalHost.test(value)) {
      lint.report.value(
        container,
        key,
        'link-local addresses are refused',
        'that is where a cloud keeps credentials of its machines',
      );
    }
  }
}

function account({ body, report, mentioned }: Lint, args: JsonObject): void {
  const name = args['account'];
  if (typeof name !== 'string') return;
  if (isTemplate(name)) {
    report.value(args, 'account', 'the account of a call is written out, as a name under `accounts`');
    return;
  }
  for (const [target, { accounts = {} }] of Object.entries(body.targets)) {
    if (name in accounts || mentioned.has(name)) continue;
    report.value(
      args,
      'account',
      `the target \`${target}\` has no account \`${name}\``,
      didYouMean(name, Object.keys(accounts)),
    );
  }
}
