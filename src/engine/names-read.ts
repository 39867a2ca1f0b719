// Which names of the facts an expectation rests on: where one of them is missing, nothing was seen that could be judged.

import type { Expectation } from './expectation.ts';
import { isObject, type JsonObject } from './json.ts';
import { parsePath, type Node } from './path.ts';

/** The first one or two names of a path: `["increase", "requests"]`. */
type Names = readonly [string, ...string[]];

/**
 * The series that these expectations read, out of the facts of a source that gives one value per series and period.
 * `whole` are the facts over a whole window, if it is those that are judged: they also hold values that were worked out,
 * by series (`increase.requests`), and then the series behind them are meant.
 */
export function seriesRead(expect: readonly Expectation[], whole?: JsonObject): readonly string[] {
  const read = expect.flatMap(({ path, proof }) =>
    [path, proof].flatMap((text) => (text === undefined ? [] : namesIn(text))),
  );
  const series = read.flatMap(([root, inner]) => {
    if (!isObject(whole?.[root])) return [root];
    return inner === undefined ? [] : [inner];
  });
  return [...new Set(series)];
}

function namesIn(path: string): readonly Names[] {
  const tree = parsePath(path);
  return 'problem' in tree ? [] : readBy(tree);
}

/** What is read from the facts themselves; what is read from the elements of a list among them is not. */
function readBy(node: Node): readonly Names[] {
  switch (node.type) {
    case 'field':
      return [[node.name]];
    case 'current':
    case 'literal':
    case 'ref':
      return [];
    case 'sub': {
      const { left, right } = node;
      return left.type === 'field' && right.type === 'field' ? [[left.name, right.name]] : readBy(left);
    }
    case 'pipe':
      return readBy(node.left);
    case 'or':
    case 'and':
    case 'compare':
      return [...readBy(node.left), ...readBy(node.right)];
    case 'index':
    case 'project':
    case 'not':
    case 'group':
      return readBy(node.of);
    case 'items':
      return node.items.flatMap(readBy);
    case 'call':
      return node.args.flatMap(readBy);
    default:
      return node satisfies never;
  }
}
