// Why a path selected nothing: where it stopped, and what is there instead.

import { isObject, type Json } from './json.ts';
import { nearest } from './nearest.ts';
import { isNothing } from './loss.ts';
import { childrenOf, parsePath, type Node } from './path.ts';

/** For a person: `no PubliclyAccesible in DBInstances[0]`, and the nearest name that is there. */
export interface Why {
  readonly text: string;
  readonly hint?: string;
  /** The facts say so themselves: whoever brought them could not tell. */
  readonly told?: true;
}

type Reached = { readonly value: Json } | { readonly why: Why };

/**
 * Follows a path over facts as far as it goes. Facts may say themselves why one of them is missing, at any depth: `json`
 * is explained by the `json_error` beside it.
 */
export function whyNothing(path: string | undefined, facts: Json): Why {
  const tree = path === undefined ? undefined : parsePath(path);
  if (tree === undefined || 'problem' in tree || path === undefined) return { text: 'nothing' };
  const reached = follow(tree, facts, path);
  return 'why' in reached ? reached.why : { text: emptyText(reached.value, path) };
}

/**
 * True when whatever holds the last name of a path was read, so that the name missing there means something: not where
 * the facts say why they lack it.
 */
export function wasRead(path: string, facts: Json): boolean {
  const tree = parsePath(path);
  if ('problem' in tree) return false;
  const reached = follow(tree, facts, path);
  if ('why' in reached && reached.why.told === true) return false;
  const parent = tree.type === 'sub' ? follow(tree.left, facts, path) : { value: facts };
  return 'value' in parent && isObject(parent.value) && Object.keys(parent.value).length > 0;
}

function emptyText(value: Json, path: string): string {
  if (Array.isArray(value)) return `nothing: ${path} is an empty list`;
  return isObject(value) ? `nothing: ${path} is empty` : 'nothing';
}

function follow(node: Node, value: Json, path: string): Reached {
  switch (node.type) {
    case 'field':
      return field(node.name, node, value, path);
    case 'sub':
    case 'pipe': {
      const left = follow(node.left, value, path);
      return 'why' in left ? left : follow(node.right, left.value, path);
    }
    case 'index': {
      const list = follow(node.of, value, path);
      if ('why' in list || !Array.isArray(list.value)) return 'why' in list ? list : stopped('nothing: not a list');
      const found: Json | undefined = list.value.at(node.index);
      const many = list.value.length;
      return found === undefined ? stopped(`nothing: no element ${node.index}, there are ${many}`) : { value: found };
    }
    case 'project': {
      const list = follow(node.of, value, path);
      if ('why' in list) return list;
      const first: Json | undefined = Array.isArray(list.value) ? list.value[0] : undefined;
      if (first === undefined || node.how === 'filter')
        return Array.isArray(list.value) ? { value: [] } : stopped('nothing: not a list');
      return follow(node.each, first, path);
    }
    case 'current':
      return { value };
    default:
      return operands(node, value, path);
  }
}

/** `a == b` and `length(c)` select nothing when one of their parts does. */
function operands(node: Node, value: Json, path: string): Reached {
  for (const part of childrenOf(node)) {
    if (part.type === 'ref' || part.type === 'literal') continue;
    const reached = follow(part, value, path);
    if ('why' in reached) return reached;
    if (isNothing(reached.value)) return stopped(emptyText(reached.value, path.slice(part.start, part.end)));
  }
  return stopped('nothing');
}

function field(name: string, node: Node, value: Json, path: string): Reached {
  const before = path.slice(0, node.start).replace(/[.|\s]+$/, '');
  const place = before === '' ? '' : ` in ${before}`;
  if (Array.isArray(value))
    return stopped(`nothing: ${before === '' ? 'the facts are' : `${before} is`} a list, not one thing`);
  if (!isObject(value)) return stopped(`nothing: no ${name}${place}`);
  const found = value[name];
  if (found !== undefined && found !== null) return { value: found };
  const told = found === undefined ? value[`${name}_error`] : undefined;
  if (typeof told === 'string') return { why: { text: told, told: true } };
  const near = nearest(name, Object.keys(value));
  const text = found === null ? `nothing: ${name}${place} is null` : `nothing: no ${name}${place}`;
  return near === undefined ? stopped(text) : { why: { text, hint: `did you mean ${near}?` } };
}

function stopped(text: string): Reached {
  return { why: { text } };
}
