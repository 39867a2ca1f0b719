// Walking a path over the shape of facts: which names exist, and what stands there.

import { nearest } from './nearest.ts';
import { parsePath, type Node, type Projection } from './path.ts';
import type { Shape } from './shape.ts';

const any: Shape = { type: 'any' };

/** What a path leads to. `known` is false once it went through a map or something nobody described. */
export type Reached = { readonly shape: Shape; readonly known: boolean } | { readonly problem: string };

/** Says which name of a path is unknown to a shape, with the nearest one; undefined when all are known. */
export function checkPath(path: string, shape: Shape): string | undefined {
  const reached = reach(path, shape);
  return 'problem' in reached ? reached.problem : undefined;
}

/** The shape at the end of a path: what quantifiers and `where:` see is that of its elements. */
export function reach(path: string, shape: Shape): Reached {
  const tree = parsePath(path);
  if ('problem' in tree) return { problem: `column ${tree.offset + 1}: ${tree.problem}` };
  return walk(tree, { shape, known: true }, path);
}

/** The shape of one element of a list; what is no list stands for itself. */
export function elementOf(shape: Shape): Shape {
  return shape.type === 'list' ? shape.of() : shape.type === 'any' ? any : shape;
}

type At = { readonly shape: Shape; readonly known: boolean };

const described = {
  structure: 'one thing with fields',
  map: 'one thing with fields',
  string: 'text',
  number: 'a number',
  boolean: 'true or false',
  time: 'a time',
  any: 'anything',
} as const;

function walk(node: Node, at: At, text: string): Reached {
  switch (node.type) {
    case 'current':
      return at;
    case 'field':
      return field(node, at);
    case 'index':
      return then(walk(node.of, at, text), (list) => elements(list, source(node.of, text)));
    case 'group':
      return walk(node.of, at, text);
    case 'sub':
    case 'pipe':
      return then(walk(node.left, at, text), (left) => walk(node.right, left, text));
    case 'project':
      return projection(node, at, text);
    case 'compare':
    case 'and':
    case 'or':
      return then(walk(node.left, at, text), (left) =>
        then(walk(node.right, at, text), () =>
          node.type === 'compare' ? { shape: { type: 'boolean' }, known: true } : { ...left, known: false },
        ),
      );
    case 'not':
      return then(walk(node.of, at, text), () => ({ shape: { type: 'boolean' }, known: true }));
    case 'items':
      return items(node, at, text);
    case 'call':
      return call(node, at, text);
    default:
      return { shape: any, known: false };
  }
}

function then(reached: Reached, next: (at: At) => Reached): Reached {
  return 'problem' in reached ? reached : next(reached);
}

function source(node: Node, text: string): string {
  return node.end > node.start ? text.slice(node.start, node.end) : 'this';
}

function field(node: Node & { type: 'field' }, at: At): Reached {
  const { shape } = at;
  if (shape.type === 'any') return { shape: any, known: false };
  if (shape.type === 'map') return { shape: shape.of(), known: false };
  const where = `column ${node.start + 1}: `;
  if (shape.type === 'list') {
    return {
      problem: `${where}\`${node.name}\` is read from a list; read it from each element with \`[].${node.name}\``,
    };
  }
  if (shape.type !== 'structure') {
    return { problem: `${where}\`${node.name}\` is read from ${described[shape.type]}, which has no fields` };
  }
  const members = shape.members();
  const member = Object.hasOwn(members, node.name) ? members[node.name] : undefined;
  if (member !== undefined) return { shape: member, known: at.known };
  const near = nearest(node.name, Object.keys(members));
  const hint = near === undefined ? `known: ${Object.keys(members).slice(0, 12).join(', ')}` : `did you mean ${near}?`;
  return { problem: `${where}nothing is called \`${node.name}\` here; ${hint}` };
}

function elements(list: At, name: string): Reached {
  if (list.shape.type === 'list') return { shape: list.shape.of(), known: list.known };
  if (list.shape.type === 'any') return { shape: any, known: false };
  return { problem: `\`${name}\` is ${described[list.shape.type]}, not a list` };
}

function projection(node: Projection & Node, at: At, text: string): Reached {
  return then(walk(node.of, at, text), (base) =>
    then(elementsOf(node, base, text), (element) => {
      const checked: Reached = node.predicate === undefined ? element : walk(node.predicate, element, text);
      return then(checked, () =>
        then(walk(node.each, element, text), (each) => ({
          shape: { type: 'list', of: () => each.shape },
          known: each.known,
        })),
      );
    }),
  );
}

function elementsOf(node: Projection, base: At, text: string): Reached {
  if (node.how === 'values') {
    if (base.shape.type === 'map') return { shape: base.shape.of(), known: base.known };
    if (base.shape.type === 'structure' || base.shape.type === 'any') return { shape: any, known: false };
    return {
      problem: `\`${source(node.of, text)}\` is ${base.shape.type === 'list' ? 'a list' : described[base.shape.type]}: \`.*\` needs fields`,
    };
  }
  return then(elements(base, source(node.of, text)), (element) =>
    // `[]` joins lists of lists; a list of anything else stays as it is.
    node.how === 'flatten' && element.shape.type === 'list'
      ? { shape: element.shape.of(), known: element.known }
      : element,
  );
}

function items(node: Node & { type: 'items' }, at: At, text: string): Reached {
  const shapes: Shape[] = [];
  for (const item of node.items) {
    const reached = walk(item, at, text);
    if ('problem' in reached) return reached;
    shapes.push(reached.shape);
  }
  const { names } = node;
  if (names === undefined) return { shape: { type: 'list', of: () => any }, known: false };
  const members = Object.fromEntries(names.map((name, i) => [name, shapes[i] ?? any]));
  return { shape: { type: 'structure', members: () => members }, known: at.known };
}

const texts = new Set(['join', 'to_string', 'type']);
const truths = new Set(['contains', 'ends_with', 'starts_with']);
const numbers = new Set(['abs', 'avg', 'ceil', 'floor', 'length', 'sum', 'to_number']);

function call(node: Node & { type: 'call' }, at: At, text: string): Reached {
  let first: At = { shape: any, known: false };
  for (const [i, arg] of node.args.entries()) {
    // `sort_by(list, &name)` reads `name` from each element; `map` has it the other way round.
    const other = node.args.find((candidate) => candidate.type !== 'ref');
    const list = arg.type === 'ref' && other !== undefined ? walk(other, at, text) : at;
    if ('problem' in list) return list;
    const reached =
      arg.type === 'ref' ? walk(arg.of, { ...list, shape: elementOf(list.shape) }, text) : walk(arg, at, text);
    if ('problem' in reached) return reached;
    if (i === 0) first = reached;
  }
  if (numbers.has(node.name)) return { shape: { type: 'number' }, known: first.known };
  if (texts.has(node.name)) return { shape: { type: 'string' }, known: first.known };
  if (truths.has(node.name)) return { shape: { type: 'boolean' }, known: first.known };
  if (node.name === 'keys') return { shape: { type: 'list', of: () => ({ type: 'string' }) }, known: first.known };
  if (['sort', 'sort_by', 'reverse'].includes(node.name)) return first;
  if (['max_by', 'min_by', 'max', 'min'].includes(node.name))
    return { shape: elementOf(first.shape), known: first.known };
  return { shape: any, known: false };
}
