// Pages read to the end: which members of an answer go into the next question, and how pages become one answer.

import { BlindError } from '../errors.ts';
import { isObject } from '../engine/json.ts';
import type { Json, JsonObject } from '../engine/json.ts';

/** An output member that goes into an input member of the next question. */
type Token = readonly [output: string, input: string];

/** More than this is no checklist step, it is an inventory; cutting it short would hide what is on the next page. */
const mostPages = 100;

/**
 * The tokens of an operation, from the names of its members: `nextToken` to itself, `NextMarker` to `Marker`,
 * `NextRecordName` to `StartRecordName`, and `Marker` to itself unless that only echoes the question.
 */
export function tokensOf(inputs: readonly string[], outputs: readonly string[]): readonly Token[] {
  const takes = new Set(inputs);
  const tokens: Token[] = [];
  for (const name of outputs) {
    const rest = /^Next([A-Z]\w*)$/.exec(name)?.[1];
    if (rest !== undefined && takes.has(rest)) tokens.push([name, rest]);
    else if (rest !== undefined && takes.has(`Start${rest}`)) tokens.push([name, `Start${rest}`]);
    else if (/^next(?:Token|PageToken)$/i.test(name) && takes.has(name)) tokens.push([name, name]);
    // DynamoDB goes on after what it evaluated last.
    else if (/^LastEvaluated[A-Z]\w*$/.test(name)) {
      const start = `ExclusiveStart${name.slice('LastEvaluated'.length)}`;
      if (takes.has(start)) tokens.push([name, start]);
    } else if (name === 'nextForwardToken' && takes.has('nextToken')) tokens.push([name, 'nextToken']);
  }
  const fed = new Set(tokens.map(([, input]) => input));
  for (const name of outputs) {
    if (/(?:Marker|^ContinuationToken)$/.test(name) && !name.startsWith('Next') && takes.has(name) && !fed.has(name)) {
      tokens.push([name, name]);
    }
  }
  return tokens;
}

/**
 * Asks `page` until there is no next one, or until the list `enough` has an element, and merges: lists grow, other
 * members are the last page's, tokens are dropped. Throws BlindError when the end cannot be reached.
 */
export async function readPages(
  name: string,
  tokens: readonly Token[],
  input: JsonObject,
  enough: string | undefined,
  page: (input: JsonObject) => Promise<JsonObject>,
): Promise<JsonObject> {
  let merged: JsonObject = {};
  let ask = input;
  for (let count = 0; count < mostPages; count += 1) {
    const output = await page(ask);
    merged = merge(merged, output);
    if (enough !== undefined && lengthOf(merged[enough]) > 0) return without(merged, tokens);
    const next = nextInput(name, tokens, ask, output);
    if (next === undefined) return without(merged, tokens);
    ask = next;
  }
  throw new BlindError(
    'refused',
    `${name} has more than ${mostPages} pages; reading only some of them would prove nothing.`,
    {
      hint: 'Narrow the input: a filter, a prefix, a shorter window.',
    },
  );
}

/** The next question; undefined at the end. */
function nextInput(
  name: string,
  tokens: readonly Token[],
  asked: JsonObject,
  output: JsonObject,
): JsonObject | undefined {
  const nested = Object.entries(output).find(([, value]) => isObject(value) && goesOn(value));
  const [, list] = nested ?? [];
  const marker = list !== undefined && isObject(list) ? list['NextMarker'] : undefined;
  // CloudFront keeps its list, and where that goes on, in one member. What takes no marker gives the same one again.
  if (typeof marker === 'string' && marker !== '' && asked['Marker'] !== marker) return { ...asked, Marker: marker };
  if (nested !== undefined) {
    throw new BlindError('refused', `${name} gives only the beginning of ${nested[0]}, and no page with the rest.`);
  }
  const truncated = output['IsTruncated'];
  if (truncated === false) return undefined;
  const given = tokens.filter(([from]) => output[from] !== undefined && output[from] !== '' && output[from] !== null);
  if (given.length === 0) {
    if (truncated !== true) return undefined;
    throw new BlindError('refused', `${name} says that there is more and not how to read it.`, {
      hint: name === 's3:ListObjects' ? 'Ask for s3:ListObjectsV2.' : 'Narrow the input.',
    });
  }
  const fed = Object.fromEntries(given.map(([from, to]) => [to, output[from] ?? null]));
  // GetLogEvents ends by giving the token it was given. Anywhere else that would go round for ever.
  if (Object.entries(fed).every(([to, token]) => asked[to] === token)) {
    if (tokens.some(([from]) => from === 'nextForwardToken')) return undefined;
    throw new BlindError('server', `${name} gave the same page token twice.`);
  }
  // A second part that this page does not give (a record's set identifier) must not linger from the page before.
  const own = Object.entries(asked).filter(([member]) => !tokens.some(([, to]) => to === member));
  return { ...Object.fromEntries(own), ...fed };
}

function merge(before: JsonObject, page: JsonObject): JsonObject {
  const merged: Record<string, Json> = { ...before };
  for (const [name, value] of Object.entries(page)) {
    const already = before[name];
    if (name === 'MetricDataResults' && Array.isArray(value) && Array.isArray(already)) {
      merged[name] = joinMetrics([...(already as readonly Json[]), ...(value as readonly Json[])]);
    } else if (Array.isArray(value) && Array.isArray(already)) {
      merged[name] = [...(already as readonly Json[]), ...(value as readonly Json[])];
    } else if (name === 'imageScanFindings' && isObject(value) && isObject(already)) {
      // The list of findings goes on inside: without this, only the last page of them would be left.
      merged[name] = merge(already, value);
    } else if (isNestedList(value) && isNestedList(already)) {
      const joined = merge(already, value);
      merged[name] = { ...joined, Quantity: lengthOf(joined['Items']) };
    } else if (name === 'KeyCount' && typeof value === 'number' && typeof already === 'number') {
      merged[name] = already + value;
    } else {
      merged[name] = value;
    }
  }
  return merged;
}

/** GetMetricData goes on with the values of a metric on the next page. A search gives one id to many, with labels. */
function joinMetrics(results: readonly Json[]): readonly Json[] {
  const joined = new Map<string, JsonObject>();
  for (const result of results.filter((each) => isObject(each))) {
    const key = JSON.stringify([result['Id'], result['Label']]);
    joined.set(key, merge(joined.get(key) ?? {}, result));
  }
  return [...joined.values()];
}

function without(output: JsonObject, tokens: readonly Token[]): JsonObject {
  return Object.fromEntries(Object.entries(output).filter(([name]) => !tokens.some(([from]) => from === name)));
}

function lengthOf(value: Json | undefined): number {
  if (value !== undefined && isNestedList(value)) return lengthOf(value['Items']);
  return Array.isArray(value) ? value.length : 0;
}

/** A list of CloudFront's: its elements are inside, beside whether there are more. */
function isNestedList(value: Json | undefined): value is JsonObject {
  return value !== undefined && isObject(value) && typeof value['Quantity'] === 'number' && 'MaxItems' in value;
}

/** Some of them say so in one way, some in another. */
function goesOn(list: JsonObject): boolean {
  return list['IsTruncated'] === true || (isNestedList(list) && (list['NextMarker'] ?? '') !== '');
}
