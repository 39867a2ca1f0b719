// Bodies of events that fit their schema, and nothing else: drawn by lot, with names that every object of JavaScript has.

import type { z } from 'zod';
import { formatAt } from '../../src/log/line.ts';

/** What a schema says of itself. */
interface Form {
  readonly type: string;
  readonly shape?: Readonly<Record<string, z.ZodType>>;
  readonly element?: z.ZodType;
  readonly innerType?: z.ZodType;
  readonly options?: readonly z.ZodType[];
  readonly entries?: Readonly<Record<string, string>>;
  readonly values?: readonly unknown[];
}

type Random = (below: number) => number;

const begins = Date.parse('2026-03-02T09:00:00.000Z');
const names = [
  '__proto__',
  'constructor',
  'toString',
  '',
  'told',
  'go-live',
  'told',
  'go-live',
  'decide',
  'lead',
  'ops',
];
const undone = ['told.undo', 'go-live.undo.1', 'checklist.amend'];
const people = ['ada@example.com', 'bob@example.com', 'constructor', '__proto__', ''];
const json = ['true', 'not JSON', '', '{"__proto__":1}', '1e999', '"x"'];
const hashes = ['a'.repeat(64), 'b'.repeat(64)];

/** A value that fits the schema of a body, or of a part of one. `line`: how many lines stand above. */
export function oddValue(schema: z.ZodType, line: number, random: Random, field = ''): unknown {
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- every schema says what it is made of
  const form = schema.def as unknown as Form;
  const pick = <T>(all: readonly T[]): T | undefined => all[random(all.length)];
  const inner = (of: z.ZodType | undefined, name = field): unknown =>
    of === undefined ? undefined : oddValue(of, line, random, name);
  switch (form.type) {
    case 'object': {
      const fields = Object.entries(form.shape ?? {}).map(([name, of]) => [name, inner(of, name)] as const);
      return Object.fromEntries(fields.filter(([, value]) => value !== undefined));
    }
    case 'array':
      return Array.from({ length: random(3) }, () => inner(form.element));
    case 'optional':
      return random(2) === 0 ? undefined : inner(form.innerType);
    case 'union':
      return inner(pick(form.options ?? []));
    case 'enum':
      return pick(Object.values(form.entries ?? {}));
    case 'literal':
      return form.values?.[0];
    case 'boolean':
      return random(2) === 0;
    case 'number':
      return pick([
        0,
        1,
        1,
        1,
        2,
        line - 1,
        Math.max(0, line - 2),
        2 ** 53 - 1,
        ...(field === 'signoff' ? [-1, -1] : []),
      ]);
    default:
      return oddText(field, pick);
  }
}

function oddText(field: string, pick: (all: readonly string[]) => string | undefined): string | undefined {
  if (field === 'sid') return `S${'0'.repeat(32)}`;
  if (/^(digest|previous|head|facts|request|before|after|plan)$/.test(field)) return pick(hashes);
  if (/^(until|t0|observed_at)$/.test(field)) return formatAt(begins);
  if (/^(by|second|principal)$/.test(field)) return pick(people);
  return pick(field === 'json' || field === 'answer' ? json : [...names, ...undone]);
}
