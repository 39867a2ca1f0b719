// The part of CloudWatch's metric math that checklists use: numbers, names of series, + - * /, FILL and SUM.

/** The tree of an expression. */
export type MetricMath =
  | { readonly type: 'number'; readonly value: number }
  | { readonly type: 'name'; readonly name: string }
  | {
      readonly type: 'operation';
      readonly operator: Operator;
      readonly left: MetricMath;
      readonly right: MetricMath;
    }
  | { readonly type: 'fill'; readonly of: MetricMath; readonly value: number }
  /** `SUM(a)`: one number. */
  | { readonly type: 'total'; readonly of: MetricMath }
  /** `SUM([a, b])`: a series. */
  | { readonly type: 'sum'; readonly of: readonly MetricMath[] };

/** Text that is no expression, or none known here; `offset` counts from 0. */
export interface MathProblem {
  readonly offset: number;
  readonly problem: string;
}

export type Operator = '+' | '-' | '*' | '/';

const tokenTypes = ['number', 'name', 'function', 'sign'] as const;

interface Token {
  readonly type: (typeof tokenTypes)[number] | 'end';
  readonly text: string;
  readonly offset: number;
}

interface Cursor {
  readonly tokens: readonly Token[];
  at: number;
}

/** As long as an expression may be in CloudWatch. */
const lengthLimit = 2048;
/** More brackets inside one another than anybody writes, and fewer than the stack holds. */
const depthLimit = 100;

/**
 * Reads an expression such as `100 * FILL(errors, 0) / requests`. What CloudWatch refuses is a problem here too: an
 * expression that gives a number instead of a series, and FILL or SUM of a number.
 */
export function parseMath(text: string): { readonly math: MetricMath } | MathProblem {
  try {
    if (text.length > lengthLimit) throw wrong(lengthLimit, `longer than ${lengthLimit} characters`);
    const cursor: Cursor = { tokens: tokenize(text), at: 0 };
    const math = sums(cursor, 0);
    const rest = peek(cursor);
    if (rest.type !== 'end') throw unexpected(rest);
    if (!givesSeries(math)) throw wrong(0, 'gives one number; an expression has to give a series');
    return { math };
  } catch (thrown) {
    if (thrown instanceof SyntaxError && typeof thrown.cause === 'number') {
      return { offset: thrown.cause, problem: thrown.message };
    }
    throw thrown;
  }
}

/** The names of series in it, each once, in the order they are written. */
export function namesIn(math: MetricMath): readonly string[] {
  return [...new Set(allNames(math))];
}

/** Whether it gives a series, and not one number. */
export function givesSeries(math: MetricMath): boolean {
  if (math.type === 'operation') return givesSeries(math.left) || givesSeries(math.right);
  return math.type !== 'number' && math.type !== 'total';
}

function allNames(math: MetricMath): readonly string[] {
  if (math.type === 'name') return [math.name];
  if (math.type === 'operation') return [...allNames(math.left), ...allNames(math.right)];
  if (math.type === 'sum') return math.of.flatMap(allNames);
  return math.type === 'number' ? [] : allNames(math.of);
}

function tokenize(text: string): readonly Token[] {
  const lexeme = /\s*(?:(?<number>\d+(?:\.\d+)?)|(?<name>[a-z]\w*)|(?<function>[A-Z]\w*)|(?<sign>[-+*/()[\],]))/y;
  const tokens: Token[] = [];
  const end = text.trimEnd().length;
  while (lexeme.lastIndex < end) {
    const from = lexeme.lastIndex;
    const groups = lexeme.exec(text)?.groups ?? {};
    const type = tokenTypes.find((each) => groups[each] !== undefined);
    if (type === undefined) {
      const offset = from + text.slice(from).search(/\S/);
      throw wrong(offset, `${JSON.stringify(text[offset])} is not part of the metric math known here`);
    }
    const found = groups[type] ?? '';
    tokens.push({ type, text: found, offset: lexeme.lastIndex - found.length });
  }
  return [...tokens, { type: 'end', text: '', offset: end }];
}

function sums(cursor: Cursor, depth: number): MetricMath {
  let left = products(cursor, depth);
  for (let sign = operatorOf(cursor, '+-'); sign !== undefined; sign = operatorOf(cursor, '+-')) {
    left = { type: 'operation', operator: sign, left, right: products(cursor, depth) };
  }
  return left;
}

function products(cursor: Cursor, depth: number): MetricMath {
  let left = factor(cursor, depth);
  for (let sign = operatorOf(cursor, '*/'); sign !== undefined; sign = operatorOf(cursor, '*/')) {
    left = { type: 'operation', operator: sign, left, right: factor(cursor, depth) };
  }
  return left;
}

function factor(cursor: Cursor, depth: number): MetricMath {
  const token = take(cursor);
  if (depth > depthLimit) throw wrong(token.offset, 'too many brackets inside one another');
  if (token.type === 'number') return { type: 'number', value: Number(token.text) };
  if (token.type === 'name') return { type: 'name', name: token.text };
  if (token.type === 'function') return call(cursor, token, depth);
  if (token.text === '-') {
    const right = factor(cursor, depth + 1);
    return { type: 'operation', operator: '-', left: { type: 'number', value: 0 }, right };
  }
  if (token.text !== '(') throw unexpected(token);
  const inner = sums(cursor, depth + 1);
  expect(cursor, ')');
  return inner;
}

function call(cursor: Cursor, called: Token, depth: number): MetricMath {
  if (called.text !== 'FILL' && called.text !== 'SUM') {
    throw wrong(called.offset, `${called.text} is not known here; known are FILL, SUM and + - * /`);
  }
  expect(cursor, '(');
  if (called.text === 'SUM' && peek(cursor).text === '[') {
    const of = list(cursor, depth + 1);
    expect(cursor, ')');
    return { type: 'sum', of };
  }
  const of = seriesArgument(cursor, depth + 1);
  if (called.text === 'SUM') {
    expect(cursor, ')');
    return { type: 'total', of };
  }
  expect(cursor, ',');
  const negative = operatorOf(cursor, '-') !== undefined;
  const filling = take(cursor);
  if (filling.type !== 'number') throw wrong(filling.offset, 'FILL takes a series and a number: FILL(errors, 0)');
  expect(cursor, ')');
  return { type: 'fill', of, value: negative ? -Number(filling.text) : Number(filling.text) };
}

function list(cursor: Cursor, depth: number): readonly MetricMath[] {
  expect(cursor, '[');
  const items = [seriesArgument(cursor, depth)];
  while (peek(cursor).text === ',') {
    take(cursor);
    items.push(seriesArgument(cursor, depth));
  }
  expect(cursor, ']');
  return items;
}

function seriesArgument(cursor: Cursor, depth: number): MetricMath {
  const { offset } = peek(cursor);
  const math = sums(cursor, depth);
  if (!givesSeries(math)) throw wrong(offset, 'a series is expected here, and this is one number');
  return math;
}

/** Takes the next token if it is one of these operators. */
function operatorOf(cursor: Cursor, known: string): Operator | undefined {
  const { text } = peek(cursor);
  if (!known.includes(text) || (text !== '+' && text !== '-' && text !== '*' && text !== '/')) return undefined;
  take(cursor);
  return text;
}

function peek(cursor: Cursor): Token {
  return cursor.tokens[cursor.at] ?? { type: 'end', text: '', offset: 0 };
}

function take(cursor: Cursor): Token {
  const token = peek(cursor);
  cursor.at++;
  return token;
}

function expect(cursor: Cursor, text: string): void {
  const token = take(cursor);
  if (token.text !== text) throw unexpected(token);
}

function unexpected({ type, text, offset }: Token): SyntaxError {
  return wrong(offset, type === 'end' ? 'the expression ends too early' : `\`${text}\` is not expected here`);
}

function wrong(offset: number, problem: string): SyntaxError {
  return new SyntaxError(problem, { cause: offset });
}
