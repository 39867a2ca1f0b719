// How much of the evidence a path leaves behind. JMESPath drops nulls: of three volumes, one encrypted and two without
// the key, `Volumes[].Encrypted` is `[true]`, and "all are true" would pass on one third of the evidence.

import { isObject, type Json } from './json.ts';
import type { Node, Projection } from './path.ts';

/** Evaluates a part of the path by itself, on a value inside the facts. */
export type Evaluate = (part: { readonly start: number; readonly end: number }, value: Json) => Json;

/** See `Selection` in selector.ts. `value` is null also when it was computed from something that is not there. */
export interface Walked {
  readonly value: Json;
  readonly lost: number;
  readonly total: number;
  readonly undecided: number;
}

interface Walk {
  readonly evaluate: Evaluate;
  lost: number;
  total: number;
  undecided: number;
}

/** Walks a path over bare facts and counts, over all its projections, the elements there were and what became of them. */
export function walkPath(tree: Node, facts: Json, evaluate: Evaluate): Walked {
  const walk: Walk = { evaluate, lost: 0, total: 0, undecided: 0 };
  const value = step(tree, facts, walk);
  return { value, lost: walk.lost, total: walk.total, undecided: walk.undecided };
}

function step(node: Node, value: Json, walk: Walk): Json {
  switch (node.type) {
    case 'current':
      return value;
    case 'field':
      return isObject(value) ? (value[node.name] ?? null) : null;
    case 'index': {
      const items = step(node.of, value, walk);
      return Array.isArray(items) ? (items.at(node.index) ?? null) : null;
    }
    case 'group':
      return step(node.of, value, walk);
    case 'sub':
    case 'pipe':
      return step(node.right, step(node.left, value, walk), walk);
    case 'or': {
      const left = step(node.left, value, walk);
      return truthy(left) ? left : step(node.right, value, walk);
    }
    case 'and': {
      const left = step(node.left, value, walk);
      return truthy(left) ? step(node.right, value, walk) : left;
    }
    case 'project':
      return project(node, value, walk);
    case 'not':
      return computed(node, [node.of], value, walk);
    case 'compare':
      return computed(node, [node.left, node.right], value, walk);
    case 'call':
      // `not_null` exists to be given nulls.
      return node.name === 'not_null' ? walk.evaluate(node, value) : computed(node, node.args, value, walk);
    default:
      return walk.evaluate(node, value);
  }
}

/** What is computed from nothing is nothing: `to_string` of null is "null", `length` of an empty list is 0. */
function computed(node: Node, operands: readonly Node[], value: Json, walk: Walk): Json {
  const read = operands.filter((operand) => operand.type !== 'ref' && operand.type !== 'literal');
  const values = read.map((operand) => step(operand, value, walk));
  return values.some((operand) => isNothing(operand)) ? null : walk.evaluate(node, value);
}

function project(node: Projection & Node, value: Json, walk: Walk): Json {
  const elements = elementsOf(node, step(node.of, value, walk), walk);
  if (elements === undefined) return null;
  const kept: Json[] = [];
  for (const element of elements) {
    const read = step(node.each, element, walk);
    walk.total++;
    if (read === null) walk.lost++;
    else kept.push(read);
  }
  return kept;
}

function elementsOf(node: Projection, base: Json, walk: Walk): readonly Json[] | undefined {
  if (node.how === 'values') return isObject(base) ? Object.values(base) : undefined;
  if (!Array.isArray(base)) return undefined;
  const items: readonly Json[] = base;
  if (node.how === 'flatten') return items.flat();
  if (node.how === 'slice') {
    const slice = walk.evaluate(node.brackets, base);
    return Array.isArray(slice) ? slice : undefined;
  }
  const { predicate } = node;
  return predicate === undefined ? items : items.filter((item) => belongs(predicate, item, walk));
}

function belongs(predicate: Node, item: Json, walk: Walk): boolean {
  // A walk of its own: elements lost inside the condition are not elements of the selection.
  const { value } = walkPath(predicate, item, walk.evaluate);
  const chosen = truthy(walk.evaluate(predicate, item));
  if (value === null && chosen) walk.lost++;
  if (value === null && !chosen) walk.undecided++;
  return chosen;
}

/** Null, and the list or object with nothing in it: what proves nothing. */
export function isNothing(value: Json): boolean {
  if (Array.isArray(value)) return value.length === 0;
  return value === null || (isObject(value) && Object.keys(value).length === 0);
}

/** What JMESPath takes for true: everything but null, false and what is empty. */
function truthy(value: Json): boolean {
  return value !== false && value !== '' && !isNothing(value);
}
