// A small whole checklist around the part a test is about, and everything lint says of it.

import { expect } from 'vitest';
import { z } from 'zod';
import type { Known } from '../../src/checklist/calls.ts';
import { loadChecklist } from '../../src/checklist/load.ts';
import type { Checklist } from '../../src/checklist/read.ts';
import { loadCatalogue } from '../../src/effects/catalogue.ts';
import type { JsonObject } from '../../src/engine/json.ts';
import { acts, kinds, type AnyAct, type AnyKind } from '../../src/steps/index.ts';

const never = (): Promise<never> => Promise.reject(new Error('nothing runs here'));
const anyArgs = (shape: z.ZodRawShape): z.ZodType<JsonObject> => z.strictObject(shape) as z.ZodType<JsonObject>;

/** A kind with a history, so that what is said of holds does not hang on one of the real ones. */
const gauge: AnyKind = {
  name: 'test.gauge',
  summary: 'Reads a gauge that remembers.',
  example: 'probe: { test.gauge: {} }',
  schema: anyArgs({ period: z.string().optional() }),
  nature: () => 'looks',
  describe: () => 'Read the gauge',
  permissions: () => [],
  operations: () => [],
  facts: () => ({ type: 'structure', members: () => ({ errors: { type: 'number' } }) }),
  run: never,
  history: never,
};

/** An act, for the same reason. */
const valve: AnyAct = {
  name: 'test.valve',
  summary: 'Turns a valve.',
  example: 'act: { test.valve: { to: open } }',
  schema: anyArgs({ to: z.string(), turns: z.int().optional(), account: z.string().optional() }),
  class: 'compare',
  describe: ({ to }) => `Turn the valve to ${typeof to === 'string' ? to : ''}`,
  permissions: () => ['test:Turn'],
  operations: () => ['route53:ListHostedZones'],
  facts: () => ({ type: 'structure', members: () => ({ position: { type: 'string' } }) }),
  prepare: never,
  perform: never,
  sees: {
    look: never,
    effect: () => ({
      expect: [],
      words: '',
      wait: { forMs: 0, everyMs: { min: 0, max: 0 }, consecutive: 1, stopIf: [] },
    }),
  },
  back: { args: (args) => args, words: () => 'turn it back' },
};

/** An act that sees nothing of what it did, and knows no way back. */
const { sees: _sees, back: _back, ...blind } = valve;
const pump: AnyAct = { ...blind, name: 'test.pump', class: 'opaque', describe: () => 'Run the pump' };

/** All kinds there are, and these. */
export const known: Known = { kinds: [...kinds, gauge], acts: [...acts, valve, pump] };

/** The lines of a checklist, with `parts` instead of the usual ones; `steps` stand at column 11, from line 15 on. */
export function checklistText(parts: { steps?: string; top?: string; targets?: string } = {}): string {
  const steps =
    parts.steps ??
    '- { id: one, title: One, probe: { http: { url: "https://x.example/" } }, expect: [{ path: status, eq: 200 }] }';
  return `golive: 1
name: demo
title: A demonstration
documents: { doc: The paper }
targets: ${parts.targets ?? '{ prod: { aws: { account: "111111111111", region: us-east-1 } } }'}
roles: { lead: { title: Lead }, ops: { title: Operations } }
${parts.top ?? 'values: { host: x.example }'}
phases:
  - id: first
    title: First
    at: T-1h
    sections:
      - title: Checks
        steps:
${indented(steps)}
`;
}

function indented(text: string): string {
  return text
    .split('\n')
    .map((line) => `          ${line}`)
    .join('\n');
}

/** What is wrong with a checklist, as `line:column message (hint)`. */
export async function mistakesIn(text: string): Promise<readonly string[]> {
  const { problems } = await loadChecklist(text, 'demo.yaml', known, loadCatalogue);
  return problems.map(
    ({ line, column, message, hint }) => `${line}:${column} ${message}${hint === undefined ? '' : ` (${hint})`}`,
  );
}

/** `place`: the line, and the text that stands there from the reported column on; `words`: part of what is said of it. */
export type Mistake = readonly [place: string, words: string];

/** These mistakes, in this order, and no others. */
export async function expectMistakes(text: string, wanted: readonly Mistake[]): Promise<void> {
  const mistakes = await mistakesIn(text);
  expect(mistakes.length, mistakes.join('\n')).toBe(wanted.length);
  for (const [index, [place, words]] of wanted.entries()) {
    const found = placeIn(text, mistakes[index] ?? '');
    expect(found.startsWith(place), `${place} is not at ${mistakes[index]}`).toBe(true);
    expect(mistakes[index]).toContain(words);
  }
}

/** `18 severty: critical`: the line of a mistake, and what stands there. */
function placeIn(text: string, mistake: string): string {
  const [line = 0, column = 0] = (mistake.split(' ', 1)[0] ?? '').split(':').map(Number);
  return `${line} ${(text.split('\n')[line - 1] ?? '').slice(column - 1)}`;
}

/** A checklist that must be without mistakes. */
export async function loaded(text: string): Promise<Checklist> {
  const { checklist, problems } = await loadChecklist(text, 'demo.yaml', known, loadCatalogue);
  if (checklist === undefined) throw new Error(problems.map(({ line, message }) => `${line}: ${message}`).join('\n'));
  return checklist;
}
