// Selecting with JMESPath: the one place that knows the selector library, and what it must not be trusted with.

import { JMESPathError, search } from '@aws-lambda-powertools/jmespath';
import type { Json } from './json.ts';
import { walkPath } from './loss.ts';
import { nearest } from './nearest.ts';
import { childrenOf, parsePath, type Node } from './path.ts';

/** What a path selected. `selected` is null when it selected nothing. */
export interface Selection {
  readonly selected: Json;
  /** Elements that a projection dropped because they lack what it reads: `targets[].state` where one has no state. */
  readonly lost: number;
  /** How many elements there were before any was lost; 0 without a projection. */
  readonly total: number;
  /** Elements that a filter left out because they lack what it reads: nobody knows whether they belong. */
  readonly undecided: number;
  /** Why the path could not be evaluated (`length` of a number): then nothing is selected. */
  readonly problem?: string;
}

const nothing = { selected: null, lost: 0, total: 0, undecided: 0 } as const;
const longestPath = 500;
const deepest = 200;
/** Names that the library would look up on JavaScript's own objects. */
const reserved = new Set([...Object.getOwnPropertyNames(Object.prototype), 'prototype']);
const functionNames =
  'abs avg ceil contains ends_with floor join keys length map max max_by merge min min_by not_null reverse sort sort_by starts_with sum to_array to_number to_string type values'.split(
    ' ',
  );

/**
 * What is wrong with a path, with its column (from 1) and what to write instead; undefined when it is fine.
 * Refuses, besides bad syntax, what reads like a check and is none: `!a.b`, and literals compared inside a path.
 */
export function compilePath(path: string): string | undefined {
  if (path.trim() === '') return 'the path is empty';
  if (path.length > longestPath) return `the path has more than ${longestPath} characters`;
  const tree = parsePath(path);
  if ('problem' in tree) return `column ${tree.offset + 1}: ${tree.problem}`;
  return lint(tree, path, 'path') ?? libraryProblem(path);
}

/** The library has the last word on syntax; running over null also finds calls with the wrong number of arguments. */
function libraryProblem(path: string): string | undefined {
  try {
    search(path, Object.create(null));
    return undefined;
  } catch (error) {
    if (error instanceof JMESPathError && error.name !== 'JMESPathTypeError')
      return error.message.split(' in expression')[0];
    return undefined;
  }
}

/** Functions for which a literal is something to look for, and never the answer itself. */
const takesLiterals = new Set(['contains', 'starts_with', 'ends_with', 'join']);

function lint(node: Node, text: string, within: string): string | undefined {
  const column = `column ${node.start + 1}`;
  const source = (part: Node): string => text.slice(part.start, part.end);
  if (node.type === 'field' && reserved.has(node.name)) return `${column}: the name ${node.name} cannot be selected`;
  if (node.type === 'call' && !functionNames.includes(node.name)) {
    const near = nearest(node.name, functionNames);
    return `${column}: there is no function ${node.name}${near === undefined ? '' : `; did you mean ${near}?`}`;
  }
  const head = node.type === 'sub' ? node.left : node.type === 'project' ? node.of : undefined;
  if (head?.type === 'not') {
    const inner = source(node).slice(head.of.start - node.start);
    return `${column}: \`${source(node)}\` negates ${source(head.of)} alone and then selects nothing; write \`!(${inner})\``;
  }
  if (node.type === 'compare') {
    const literal = [node.left, node.right].find((side) => isLiteral(side));
    if (literal !== undefined) return `${column}: \`${source(node)}\` ${literalHint(literal, source(literal))}`;
  }
  if (node.type === 'literal' && !takesLiterals.has(within)) {
    return `${column}: ${source(node)} is a literal, and paths only select: it would stand in for what is missing`;
  }
  for (const child of childrenOf(node)) {
    const problem = lint(child, text, node.type === 'call' ? node.name : 'path');
    if (problem !== undefined) return problem;
  }
  return undefined;
}

function isLiteral(node: Node): boolean {
  return node.type === 'literal' || (node.type === 'field' && node.quoted);
}

function literalHint(literal: Node, source: string): string {
  const instead = 'paths only select: put the literal under `where: { FIELD: literal }` or a matcher such as `eq:`';
  return literal.type === 'field'
    ? `compares with a field named ${source}, not with text; ${instead}`
    : `compares; ${instead}`;
}

/** Copies without a prototype, so that no path reaches what JavaScript adds to objects. What is no JSON becomes null. */
export function bare(value: unknown, depth = 0): Json {
  if (typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean') return value;
  if (typeof value !== 'object' || value === null) return null;
  if (depth > deepest) return '(nested too deep)';
  if (Array.isArray(value)) return value.map((item: unknown) => bare(item, depth + 1));
  const copy: Record<string, Json> = Object.create(null);
  for (const [key, item] of Object.entries(value)) copy[key] = bare(item, depth + 1);
  return copy;
}

/** Selects from facts as they come. Never throws; a bad path selects nothing and says why. */
export function select(path: string, facts: Json): Selection {
  return selectFrom(path, bare(facts));
}

/** Like `select`, for facts that `bare` has already copied. */
export function selectFrom(path: string, facts: Json): Selection {
  const tree = parsePath(path);
  if ('problem' in tree) return { ...nothing, problem: `column ${tree.offset + 1}: ${tree.problem}` };
  try {
    const selected = evaluate(path, facts);
    const { value, ...tally } = walkPath(tree, facts, (part, at) => evaluate(path.slice(part.start, part.end), at));
    // `!(a.b)` and `a == b` are true of what is not there: the walk knows that they were computed from nothing.
    return { selected: value === null ? null : selected, ...tally };
  } catch (error) {
    const problem = error instanceof JMESPathError ? error.message : 'the path cannot be evaluated';
    return { ...nothing, problem: problem.split(' in expression')[0] ?? problem };
  }
}

function evaluate(path: string, value: Json): Json {
  // The library keeps parsed paths on a plain object: a path such as `constructor` would find what is not a path.
  if (reserved.has(path.trim())) return null;
  return bare(search(path, value));
}
