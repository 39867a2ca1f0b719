// YAML text to plain values, with the place of every value. YAML's own surprises are refused, each with one message.

import {
  isAlias,
  isMap,
  isNode,
  isScalar,
  isSeq,
  LineCounter,
  parseDocument,
  type Document,
  type Node,
  type YAMLMap,
} from 'yaml';
import type { Json } from '../engine/json.ts';
import { placeOfValue, problemAt, type Place, type Problem, type Source } from './places.ts';
import { explainSyntax, lostComment, type SyntaxError } from './yaml-traps.ts';

const maxBytes = 1024 * 1024;
/** YAML deeper than this is no checklist, and would overflow the stack of whoever walks it. */
const maxDepth = 64;
const forbiddenKeys = new Set(['__proto__', 'constructor', 'prototype']);

export interface YamlFile {
  readonly source: Source;
  /** Undefined when the text is not YAML golive reads; `problems` says why. */
  readonly root: Json | undefined;
  readonly problems: readonly Problem[];
}

/** Reads one YAML 1.2 document (core schema), at most 1 MiB. Never throws on what the text says. */
export function readYaml(text: string, file: string): YamlFile {
  const source: Source = { file, text, lines: text.split(/\r?\n/), spots: new WeakMap() };
  if (new TextEncoder().encode(text).length > maxBytes) {
    const place = { line: 1, column: 1, length: 1 };
    return {
      source: { ...source, lines: [] },
      root: undefined,
      problems: [problemAt(source, place, 'is larger than 1 MiB')],
    };
  }
  const lines = new LineCounter();
  const document = parseDocument(text, {
    version: '1.2',
    schema: 'core',
    uniqueKeys: true,
    lineCounter: lines,
    prettyErrors: false,
    stringKeys: true,
  });
  // Warnings are errors: what they warn of is text that was lost.
  const problems = explainSyntax(source, syntaxErrors(document, lines));
  if (problems.length > 0) return { source, root: undefined, problems };
  const walk: Walk = { source, lines, problems: [...problems] };
  const root = plain(walk, document.contents, 0);
  if (root === undefined && walk.problems.length === 0) {
    walk.problems.push(problemAt(source, placeOfValue(source, {}), 'the file is empty'));
  }
  return { source, root, problems: walk.problems };
}

interface Walk {
  readonly source: Source;
  readonly lines: LineCounter;
  readonly problems: Problem[];
}

function syntaxErrors(document: Document, lines: LineCounter): readonly SyntaxError[] {
  return [...document.errors, ...document.warnings].map(({ code, message, pos }) => ({
    code,
    message: message.split('\n', 1)[0] ?? code,
    place: placeAt(lines, pos[0], pos[1]),
  }));
}

function placeAt(lines: LineCounter, from: number, to: number): Place {
  const begin = lines.linePos(from);
  const end = lines.linePos(Math.max(from, to));
  const length = end.line === begin.line ? Math.max(1, end.col - begin.col) : 1;
  return { line: Math.max(1, begin.line), column: Math.max(1, begin.col), length };
}

function placeOf(walk: Walk, node: Node | null): Place {
  const range = node?.range;
  return range ? placeAt(walk.lines, range[0], range[1]) : { line: 1, column: 1, length: 1 };
}

function plain(walk: Walk, node: Node | null, depth: number): Json | undefined {
  const place = placeOf(walk, node);
  const refuse = (message: string, hint?: string): undefined => {
    walk.problems.push(problemAt(walk.source, place, message, hint));
  };
  if (depth > maxDepth) return refuse(`is nested deeper than ${maxDepth} levels`);
  if (node === null) return null;
  if (isAlias(node))
    return refuse('YAML aliases are not read', `write it out; a path that begins with * goes in quotes`);
  if (node.anchor !== undefined)
    refuse('YAML anchors are not read', 'write the value out where it is used, or name it under `values:`');
  if (isMap(node)) return plainMap(walk, node, place, depth);
  if (isSeq(node)) return plainList(walk, node.items, place, depth);
  if (!isScalar(node)) return refuse('is not a value golive reads');
  const lost = lostComment(node, walk.source.lines[place.line - 1] ?? '');
  if (lost !== undefined) return refuse(lost.message, lost.hint);
  const value = scalar(node.value);
  return value === undefined ? refuse('is not a value JSON can hold') : value;
}

function scalar(value: unknown): Json | undefined {
  if (value === null || typeof value === 'string' || typeof value === 'boolean') return value;
  return typeof value === 'number' && Number.isFinite(value) ? value : undefined;
}

function plainList(walk: Walk, items: readonly unknown[], place: Place, depth: number): Json {
  const list: Json[] = [];
  const entries = new Map<string | number, { key: Place; value: Place }>();
  walk.source.spots.set(list, { own: place, entries });
  for (const entry of items) {
    const item = isNode(entry) ? entry : null;
    const value = plain(walk, item, depth + 1);
    const at = placeOf(walk, item);
    entries.set(list.length, { key: at, value: at });
    list.push(value ?? null);
  }
  return list;
}

function plainMap(walk: Walk, node: YAMLMap, place: Place, depth: number): Json {
  const map: Record<string, Json> = {};
  const entries = new Map<string | number, { key: Place; value: Place }>();
  walk.source.spots.set(map, { own: place, entries });
  for (const pair of node.items) {
    const content = isNode(pair.value) ? pair.value : null;
    const at = placeOf(walk, isNode(pair.key) ? pair.key : null);
    const key = isScalar(pair.key) && typeof pair.key.value === 'string' ? pair.key.value : undefined;
    if (key === undefined || key === '<<' || forbiddenKeys.has(key)) {
      const what = key === '<<' ? 'YAML merge keys are not read' : 'this cannot be a key';
      walk.problems.push(problemAt(walk.source, at, what, 'write the keys out, as plain names'));
      continue;
    }
    if (node.flow === true && content === null) {
      walk.problems.push(
        problemAt(
          walk.source,
          at,
          `\`${key}\` has no value: inside braces a comma ends the text before it`,
          'put the whole text in quotes',
        ),
      );
      continue;
    }
    const value = plain(walk, content, depth + 1);
    entries.set(key, { key: at, value: content === null ? at : placeOf(walk, content) });
    if (value !== undefined) map[key] = value;
  }
  return map;
}
