// An act kind over one value in memory: compare-and-swap like a record in a zone, with the ways in which it can go wrong.

import { z } from 'zod';
import { isObject, type JsonObject } from '../../src/engine/json.ts';
import type { ActWork, Step, Verify } from '../../src/engine/plan.ts';
import { BlindError } from '../../src/errors.ts';
import type { Prospect } from '../../src/steps/act.ts';
import type { AnyAct } from '../../src/steps/index.ts';
import type { People } from '../../src/runner/people.ts';
import { step } from './plan.ts';
import { nobody } from './outside.ts';

/** The other side: values by name, and what became of each call. */
export interface Side {
  readonly values: Record<string, string>;
  /** Every request that was sent, with its mark: `blue→green golive …/7`. */
  readonly sent: string[];
  /** What the next calls come to, one each; then they are accepted. `lost…`: the answer does not arrive. */
  readonly fates: ('refused' | 'failed' | 'lost after' | 'lost before')[];
  /** How often a change is looked at before it has taken effect. */
  slow: number;
  /** Called before the state is read. */
  before: (read: number) => void;
}

let side: Side;

/** A fresh side; the kind works on the newest one. */
export function newSide(values: Record<string, string> = { site: 'blue' }): Side {
  side = { values, sent: [], fates: [], slow: 0, before: () => undefined };
  reads = 0;
  return side;
}

let reads = 0;
function text(args: JsonObject, name: string): string {
  const value = args[name];
  return typeof value === 'string' ? value : '';
}

function prospectOf(args: JsonObject): Prospect {
  reads += 1;
  side.before(reads);
  const [name, from, to] = [text(args, 'name'), text(args, 'from'), text(args, 'to')];
  const now = side.values[name] ?? '';
  return {
    stands: now === to ? 'already' : now === from ? 'ready' : 'foreign',
    before: { value: now },
    request: { name, from, to },
    lines: [`- ${name} ${from}`, `+ ${name} ${to}`],
    expected: `${name} is ${from}`,
    observed: `${name} is ${now}`,
    requests: [`read-${reads}`],
  };
}

export const swap: AnyAct = {
  name: 'test.swap',
  summary: 'swaps',
  example: '',
  schema: z.strictObject({ name: z.string(), from: z.string(), to: z.string(), account: z.string().exactOptional() }),
  class: 'compare',
  describe: (args) => `makes ${text(args, 'name')} ${text(args, 'to')}`,
  permissions: () => [],
  operations: () => ['test:Swap'],
  facts: () => ({ type: 'any' }),
  prepare: async (args) => prospectOf(args),
  perform: async (_, { request }, mark) => {
    const [name, from, to] = [text(request, 'name'), text(request, 'from'), text(request, 'to')];
    side.sent.push(`${from}→${to} ${mark}`);
    const fate = side.fates.shift();
    if (fate === 'refused' || side.values[name] !== from)
      return { refused: 'the other side said no', requests: ['no-1'] };
    if (fate !== 'lost before') side.values[name] = to;
    if (fate !== undefined) throw new BlindError('network', 'the connection was lost', { transient: true });
    return { change: `C-${side.sent.length}`, requests: [`sent-${side.sent.length}`] };
  },
  sees: {
    look: async (args, { change }) => {
      side.slow -= 1;
      return {
        facts: { value: side.slow >= 0 ? 'unsettled' : (side.values[text(args, 'name')] ?? ''), change },
        requests: ['look'],
      };
    },
    effect: (args) => ({
      words: `it is ${text(args, 'to')}`,
      expect: [{ path: 'value', eq: text(args, 'to') }],
      wait: { forMs: 60_000, everyMs: { min: 10_000, max: 10_000 }, consecutive: 1, stopIf: [] },
    }),
  },
  back: {
    args: (args, before) => ({ ...args, from: text(args, 'to'), to: isObject(before) ? text(before, 'value') : '' }),
    words: (_, before) => `back to ${text(before, 'value')}`,
  },
};

/** A kind that nothing can be seen of: it runs, and says that it ended well, badly, or nothing at all. */
export const deploy: AnyAct = {
  name: 'test.deploy',
  summary: 'deploys',
  example: '',
  schema: z.strictObject({ what: z.string() }),
  class: 'opaque',
  accepted: 'it exits with 0',
  describe: (args) => `deploys ${text(args, 'what')}`,
  permissions: () => [],
  operations: () => [],
  facts: () => ({ type: 'any' }),
  prepare: async (args) => ({
    stands: 'ready',
    before: {},
    request: { run: text(args, 'what') },
    lines: [`+ ${text(args, 'what')}`],
    expected: '',
    observed: '',
    requests: [],
  }),
  perform: async (_, { request }, mark, __, { output }) => {
    side.sent.push(`${text(request, 'run')} ${mark}`);
    const fate = side.fates.shift();
    if (fate === 'refused') return { refused: 'there is no such program', requests: [] };
    output('step 1\nstep 2');
    if (fate === 'failed') return { failed: 'it exits with 3', facts: { exit: 3 }, requests: [] };
    if (fate !== 'lost before') side.values['site'] = text(request, 'run');
    if (fate !== undefined) throw new BlindError('network', 'the connection was lost', { transient: true });
    return { change: '', facts: { exit: 0 }, requests: [] };
  },
};

/** A step that deploys `what`. */
export function deploys(id: string, work: Partial<ActWork> = {}, what = id): Step {
  const call = { kind: 'test.deploy', args: { what }, words: `deploys ${what}` };
  return step(id, 'changes', { work: { type: 'act', call, confirm: 'target', ...work } });
}

/** Looks at `http://app.test/PATH` whether a change is to be seen. */
export function seenAt(path: string, more: Partial<Verify> = {}): Verify {
  const call = { kind: 'http', args: { url: `http://app.test/${path}` }, words: `asks ${path}` };
  return { call, nature: 'looks', expect: [{ path: 'status', eq: 200 }], ...more };
}

/** A step that swaps `name`. */
export function swaps(id: string, more: Partial<Step> = {}, args: JsonObject = {}): Step {
  const call = {
    kind: 'test.swap',
    args: { name: 'site', from: 'blue', to: 'green', ...args },
    words: `makes it green`,
  };
  return step(id, 'changes', { work: { type: 'act', call, confirm: 'target', budgetMs: 300_000 }, ...more });
}

/** Somebody who agrees to every act and every way back, and counts what was asked. */
export function agreeing(more: Partial<People> = {}): People & { readonly asked: string[] } {
  const asked: string[] = [];
  return {
    ...nobody,
    confirm: async ({ id }, { prospect }) => {
      asked.push(`${id} ${prospect.lines.join(' ')}`);
      return { agreed: [] };
    },
    rollback: async ({ why, backs }) => {
      asked.push(`back ${backs.map((back) => back.step.id).join(' ')}: ${why}`);
      return 'confirmed';
    },
    ...more,
    asked,
  };
}
