// Rules about operations of AWS that a checklist names by itself: AWS has them, they may be used, and their input fits.

import { isObject, type Json, type JsonObject } from '../engine/json.ts';
import { nearest } from '../engine/nearest.ts';
import type { Shape } from '../engine/shape.ts';
import { isTemplate } from './interpolate.ts';
import { didYouMean } from './lint-top.ts';
import type { Lint } from './lint.ts';

/**
 * Whether AWS has the operation of an `aws.call`, as a look or as a change, and it may be used: only then is anything
 * known of its facts. What is wrong is reported.
 */
export function operationFits(lint: Lint, args: JsonObject, does: 'reads' | 'changes'): boolean {
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
  const refusal = does === 'reads' ? catalogue.refusal(service, name) : catalogue.changeRefusal(service, name);
  if (refusal !== undefined) {
    report.value(args, 'operation', `\`${written}\` is refused: ${refusal}`);
    return false;
  }
  const known = does === 'reads' ? catalogue.operations(service) : catalogue.changes(service);
  const shapes = catalogue.shapes(service, name);
  if (!known.includes(name) || shapes === undefined) {
    const near = nearest(name, known);
    const hint = near === undefined ? undefined : `did you mean \`${service}:${near}\`?`;
    const sort = does === 'reads' ? 'a reading operation' : 'an operation that changes something';
    report.value(args, 'operation', `\`${name}\` is not ${sort} of ${service}`, hint);
    return false;
  }
  const input = args['input'];
  if (isObject(input)) inputOf(lint, args, 'input', input, shapes.input, does);
  else missing(lint, args, 'input', {}, shapes.input);
  return true;
}

/** Holds an input against AWS's schema: no unknown key, nothing required left out, the right sort of value. */
function inputOf(
  lint: Lint,
  container: object,
  key: string | number,
  value: Json,
  shape: Shape,
  does: 'reads' | 'changes',
): void {
  if (does === 'changes' && shape.secret === true) {
    lint.report.value(container, key, 'what stands here is a secret for AWS, and would be kept in the log');
    return;
  }
  if (isTemplate(value) || shape.type === 'any') return;
  if (shape.type === 'list' && Array.isArray(value)) {
    for (const [index, item] of (value as readonly Json[]).entries())
      inputOf(lint, value, index, item, shape.of(), does);
    return;
  }
  if (shape.type === 'map' && isObject(value)) {
    for (const [name, item] of Object.entries(value)) inputOf(lint, value, name, item, shape.of(), does);
    return;
  }
  if (shape.type === 'structure' && isObject(value)) {
    const members = shape.members();
    for (const [name, item] of Object.entries(value)) {
      const member = Object.hasOwn(members, name) ? members[name] : undefined;
      if (member !== undefined) inputOf(lint, value, name, item, member, does);
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
