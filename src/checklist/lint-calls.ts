// Rules about uses of kinds: the kind is known, its arguments fit, AWS has the operation and it may be used.

import { isObject, type Json, type JsonObject } from '../engine/json.ts';
import { nearest } from '../engine/nearest.ts';
import type { Shape } from '../engine/shape.ts';
import { callOf, kindNamesOf, type Use } from './calls.ts';
import { factsOfCall } from './facts.ts';
import { isTemplate } from './interpolate.ts';
import { argumentProblems } from './issues.ts';
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
  for (const container of [...Object.values(lint.body.probes ?? {}), ...inSteps]) {
    if ('recheck' in container && !inSteps.includes(container)) {
      lint.report.key(container, 'recheck', 'only a step can recheck');
    }
    if (!oneKind(lint, container)) continue;
    const call = callOf(container, lint.kinds);
    if (call === undefined) continue;
    if (argumentsFit(lint, call) && (call.name !== 'aws.call' || operation(lint, call.args)))
      shapes.set(container, factsOfCall(call, lint.catalogue));
  }
  return shapes;
}

function oneKind({ kinds, acts, report }: Lint, container: ProbeBody): boolean {
  const names = kindNamesOf(container);
  const [name] = names;
  const recheck = 'recheck' in container;
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
  if (acts.some((act) => act.name === name)) {
    report.key(container, name, `\`${name}\` changes something: it stands under \`act:\``);
    return false;
  }
  if (!kinds.some((kind) => kind.name === name)) {
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

/** Whether AWS has the operation and it may be used: only then is anything known of its facts. */
function operation(lint: Lint, args: JsonObject): boolean {
  const { catalogue, report } = lint;
  const written = args['operation'];
  if (typeof written !== 'string') return false;
  if (isTemplate(written)) {
    report.value(args, 'operation', 'the operation is written out, so that it can be checked before the run');
    return false;
  }
  const [service = '', name = ''] = written.split(':');
  if (!catalogue.services.includes(service)) {
    report.value(args, 'operation', `golive has no client for \`${service}\``, didYouMean(service, catalogue.services));
    return false;
  }
  const refusal = catalogue.refusal(service, name);
  if (refusal !== undefined) {
    report.value(args, 'operation', `\`${written}\` is refused: ${refusal}`);
    return false;
  }
  const known = catalogue.operations(service);
  const shapes = catalogue.shapes(service, name);
  if (!known.includes(name) || shapes === undefined) {
    const near = nearest(name, known);
    const hint = near === undefined ? undefined : `did you mean \`${service}:${near}\`?`;
    report.value(args, 'operation', `\`${name}\` is not a reading operation of ${service}`, hint);
    return false;
  }
  const input = args['input'];
  if (isObject(input)) inputOf(lint, args, 'input', input, shapes.input);
  else missing(lint, args, 'input', {}, shapes.input);
  return true;
}

/** Holds an input against AWS's schema: no unknown key, nothing required left out, the right sort of value. */
function inputOf(lint: Lint, container: object, key: string | number, value: Json, shape: Shape): void {
  if (isTemplate(value) || shape.type === 'any') return;
  if (shape.type === 'list' && Array.isArray(value)) {
    for (const [index, item] of (value as readonly Json[]).entries()) inputOf(lint, value, index, item, shape.of());
    return;
  }
  if (shape.type === 'map' && isObject(value)) {
    for (const [name, item] of Object.entries(value)) inputOf(lint, value, name, item, shape.of());
    return;
  }
  if (shape.type === 'structure' && isObject(value)) {
    const members = shape.members();
    for (const [name, item] of Object.entries(value)) {
      const member = Object.hasOwn(members, name) ? members[name] : undefined;
      if (member !== undefined) inputOf(lint, value, name, item, member);
      else lint.report.key(value, name, `AWS knows no \`${name}\` here`, didYouMean(name, Object.keys(members)));
    }
    missing(lint, container, key, value, shape);
    return;
  }
  const expected = shapeWords[shape.type];
  if (!fitsScalar(shape, value)) lint.report.value(container, key, `AWS takes ${expected} here`);
}

const shapeWords: Readonly<Record<Shape['type'], string>> = {
  structure: 'a map',
  map: 'a map',
  list: 'a list',
  string: 'text',
  number: 'a number',
  boolean: 'true or false',
  time: 'a time',
  any: 'anything',
};

function fitsScalar(shape: Shape, value: Json): boolean {
  if (shape.type === 'time') return typeof value === 'string' || typeof value === 'number';
  return shape.type === typeof value;
}

function missing(lint: Lint, container: object, key: string | number, value: JsonObject, shape: Shape): void {
  if (shape.type !== 'structure') return;
  const absent = (shape.required ?? []).filter((name) => !(name in value));
  if (absent.length > 0)
    lint.report.value(container, key, `AWS requires ${absent.map((name) => `\`${name}\``).join(', ')} here`);
}
