// JMESPath text -> syntax tree with positions. The selector library evaluates paths but keeps its tree to itself; we
// need one to lint paths, to walk them over a shape, and to notice elements that a projection loses.

import { tokenize, type PathProblem, type Token } from './path-tokens.ts';

/** `start` and `end` are offsets into the text, so that a part of a path can be evaluated by itself. */
export type Node = { readonly start: number; readonly end: number } & (
  | { readonly type: 'current' | 'literal' }
  | { readonly type: 'field'; readonly name: string; readonly quoted: boolean }
  | { readonly type: 'index'; readonly of: Node; readonly index: number }
  | { readonly type: 'sub' | 'pipe' | 'or' | 'and' | 'compare'; readonly left: Node; readonly right: Node }
  | { readonly type: 'not' | 'ref' | 'group'; readonly of: Node }
  | Projection
  | { readonly type: 'items'; readonly items: readonly Node[]; readonly names?: readonly string[] }
  | { readonly type: 'call'; readonly name: string; readonly args: readonly Node[] }
);

/** `of` gives the elements, `each` is read from every one of them, and what comes out null is dropped. */
export interface Projection {
  readonly type: 'project';
  readonly how: 'list' | 'flatten' | 'values' | 'slice' | 'filter';
  readonly of: Node;
  readonly each: Node;
  readonly predicate?: Node;
  /** Offsets of the brackets themselves (`[1:3]`), for evaluating them alone. */
  readonly brackets: { readonly start: number; readonly end: number };
}

interface Cursor {
  readonly tokens: readonly Token[];
  at: number;
}

const ladder = '| 1 || 2 && 3 == 5 != 5 < 5 <= 5 > 5 >= 5 [] 9 * 20 [? 21 . 40 ! 45 { 50 [ 55 ( 60';
const power: Readonly<Record<string, number>> = Object.fromEntries(
  [...ladder.matchAll(/(\S+) (\d+)/g)].map(([, token = '', strength]) => [token, Number(strength)]),
);
/** What binds less than this ends a projection: `A[].B || C` is `(A[].B) || C`. */
const projectionStop = 10;

/** Parses the grammar of jmespath.org. */
export function parsePath(text: string): Node | PathProblem {
  const tokens = tokenize(text);
  if ('problem' in tokens) return tokens;
  const cursor: Cursor = { tokens, at: 0 };
  try {
    const node = expression(cursor, 0);
    take(cursor, 'end');
    return node;
  } catch (thrown) {
    if (thrown instanceof SyntaxError && typeof thrown.cause === 'number') {
      return { offset: thrown.cause, problem: thrown.message };
    }
    throw thrown;
  }
}

/** The parts of a node, in the order they are written. */
export function childrenOf(node: Node): readonly Node[] {
  if ('left' in node) return [node.left, node.right];
  if (node.type === 'project') return [node.of, ...(node.predicate === undefined ? [] : [node.predicate]), node.each];
  if ('of' in node) return [node.of];
  if (node.type === 'call') return node.args;
  return node.type === 'items' ? node.items : [];
}

function unexpected(token: Token): SyntaxError {
  const problem = token.type === 'end' ? 'the path ends too early' : `\`${token.text}\` is not expected here`;
  return new SyntaxError(problem, { cause: token.start });
}

function peek(cursor: Cursor, ahead = 0): Token {
  return cursor.tokens[cursor.at + ahead] ?? { type: 'end', text: '', start: 0, end: 0 };
}

function take(cursor: Cursor, type?: string): Token {
  const token = peek(cursor);
  if (type !== undefined && token.type !== type) throw unexpected(token);
  cursor.at++;
  return token;
}

function expression(cursor: Cursor, binding: number): Node {
  let left = beginning(cursor);
  while (binding < (power[peek(cursor).type] ?? 0)) left = continuation(cursor, left);
  return left;
}

/** A token at the beginning of an expression. */
function beginning(cursor: Cursor): Node {
  const token = take(cursor);
  const { start, end } = token;
  const here: Node = { type: 'current', start, end: start };
  switch (token.type) {
    case 'literal':
      return { type: 'literal', start, end };
    case 'name':
      return { type: 'field', name: token.text, quoted: false, start, end };
    case 'quoted':
      return { type: 'field', name: unquote(token), quoted: true, start, end };
    case '@':
      return { type: 'current', start, end };
    case '!':
    case '&': {
      const of = expression(cursor, token.type === '!' ? 45 : 0);
      return { type: token.type === '!' ? 'not' : 'ref', of, start, end: of.end };
    }
    case '(': {
      const of = expression(cursor, 0);
      return { type: 'group', of, start, end: take(cursor, ')').end };
    }
    case '{':
      return hash(cursor, token);
    case '*':
      return project(cursor, 'values', here, token, 20);
    case '[]':
    case '[?':
      return bracket(cursor, here, token);
    case '[':
      return opensIndex(cursor) ? bracket(cursor, here, token) : list(cursor, token);
    default:
      throw unexpected(token);
  }
}

/** A token after a complete expression. */
function continuation(cursor: Cursor, left: Node): Node {
  const token = take(cursor);
  switch (token.type) {
    case '.':
      if (peek(cursor).type === '*') return project(cursor, 'values', left, take(cursor), 40);
      return pair('sub', left, afterDot(cursor, 40));
    case '|':
      return pair('pipe', left, expression(cursor, 1));
    case '||':
      return pair('or', left, expression(cursor, 2));
    case '&&':
      return pair('and', left, expression(cursor, 3));
    case '(':
      return call(cursor, left, token);
    case '[]':
    case '[?':
    case '[':
      return bracket(cursor, left, token);
    default:
      if ((power[token.type] ?? 0) !== 5) throw unexpected(token);
      return pair('compare', left, expression(cursor, 5));
  }
}

function pair(type: 'sub' | 'pipe' | 'or' | 'and' | 'compare', left: Node, right: Node): Node {
  return { type, left, right, start: left.start, end: right.end };
}

function opensIndex(cursor: Cursor): boolean {
  const next = peek(cursor).type;
  return next === 'number' || next === ':' || (next === '*' && peek(cursor, 1).type === ']');
}

/** `[]`, `[?…]`, `[*]`, `[1]` or `[1:2:3]`, its first token taken. */
function bracket(cursor: Cursor, left: Node, open: Token): Node {
  if (open.type === '[]') return project(cursor, 'flatten', left, open, 9);
  if (open.type === '[?') {
    const predicate = expression(cursor, 0);
    const close = take(cursor, ']');
    return project(cursor, 'filter', left, { ...open, end: close.end }, 21, predicate);
  }
  if (!opensIndex(cursor)) throw unexpected(peek(cursor));
  const parts: Token[] = [];
  while (['number', ':', '*'].includes(peek(cursor).type)) parts.push(take(cursor));
  const close = take(cursor, ']');
  const first = parts[0];
  if (parts.length === 1 && first?.type === 'number') {
    return { type: 'index', of: left, index: Number(first.text), start: left.start, end: close.end };
  }
  return project(cursor, first?.type === '*' ? 'list' : 'slice', left, { ...open, end: close.end }, 20);
}

function project(
  cursor: Cursor,
  how: Projection['how'],
  of: Node,
  brackets: Token,
  binding: number,
  predicate?: Node,
): Node {
  const tail = rest(cursor, binding) ?? { type: 'current' as const, start: brackets.end, end: brackets.end };
  const node = { type: 'project' as const, how, of, each: tail, brackets, start: of.start, end: tail.end };
  return predicate === undefined ? node : { ...node, predicate };
}

/** What a projection reads from each element; undefined when it keeps the element itself. */
function rest(cursor: Cursor, binding: number): Node | undefined {
  const next = peek(cursor).type;
  if ((power[next] ?? 0) < projectionStop) return undefined;
  if (next === '[' || next === '[?') return expression(cursor, binding);
  take(cursor, '.');
  return afterDot(cursor, binding);
}

function afterDot(cursor: Cursor, binding: number): Node {
  const next = peek(cursor);
  if (['name', 'quoted', '*'].includes(next.type)) return expression(cursor, binding);
  if (next.type === '[') return list(cursor, take(cursor));
  if (next.type === '{') return hash(cursor, take(cursor));
  throw unexpected(next);
}

function list(cursor: Cursor, open: Token): Node {
  const items: Node[] = [];
  do items.push(expression(items.length > 0 ? skip(cursor) : cursor, 0));
  while (peek(cursor).type === ',');
  return { type: 'items', items, start: open.start, end: take(cursor, ']').end };
}

function hash(cursor: Cursor, open: Token): Node {
  const items: Node[] = [];
  const names: string[] = [];
  do {
    const key = take(items.length > 0 ? skip(cursor) : cursor);
    if (key.type !== 'name' && key.type !== 'quoted') throw unexpected(key);
    take(cursor, ':');
    names.push(key.type === 'quoted' ? unquote(key) : key.text);
    items.push(expression(cursor, 0));
  } while (peek(cursor).type === ',');
  return { type: 'items', items, names, start: open.start, end: take(cursor, '}').end };
}

function skip(cursor: Cursor): Cursor {
  cursor.at++;
  return cursor;
}

function call(cursor: Cursor, left: Node, open: Token): Node {
  if (left.type !== 'field' || left.quoted) throw unexpected(open);
  const args: Node[] = [];
  while (peek(cursor).type !== ')') {
    if (args.length > 0) take(cursor, ',');
    args.push(expression(cursor, 0));
  }
  return { type: 'call', name: left.name, args, start: left.start, end: take(cursor, ')').end };
}

function unquote(token: Token): string {
  try {
    return String(JSON.parse(token.text));
  } catch {
    throw unexpected(token);
  }
}
