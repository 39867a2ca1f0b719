// The matrix of any checklist that comes with golive: which steps each break of its world turns red, which lines of its
// paper a machine decides, and whether both of its targets are rehearsed to a go.

import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { bind } from '../../src/checklist/bind.ts';
import { loadChecklist } from '../../src/checklist/load.ts';
import { shelfFor } from '../../src/commands/open-checklist.ts';
import { loadCatalogue } from '../../src/effects/catalogue.ts';
import { stepsOf, type Plan } from '../../src/engine/plan.ts';
import { loadWorld } from '../../src/rehearsal/world.ts';
import { acts, kinds } from '../../src/steps/index.ts';
import { drawn } from '../support/drawn.ts';
import { testShell } from '../support/shell.ts';
import { declaredIn, failedByExpectation, seen } from './breaks.ts';
import { rehearsedWith } from './whole.ts';

export interface Matrix {
  /** `serveml` */
  readonly checklist: string;
  /** The paper, as steps cite it: `serveml-deployment-checklist`. */
  readonly paper: string;
  readonly lines: number;
  /** How many of the lines a machine has to decide at least. */
  readonly decided: number;
}

/** The plan of a target, with the values of the world it is rehearsed in. */
export async function rehearsedPlan(checklist: string, target: string): Promise<Plan> {
  const path = `checklists/${checklist}.yaml`;
  const world = loadWorld(readFileSync(`checklists/rehearsal/${checklist}.yaml`, 'utf8'), path, target);
  const shelf = shelfFor(resolve(path), { cwd: process.cwd() });
  const loaded = await loadChecklist(readFileSync(path, 'utf8'), path, { kinds, acts }, loadCatalogue, shelf);
  if (loaded.checklist === undefined) throw new Error(JSON.stringify(loaded.problems));
  const bound = bind(loaded.checklist, { kinds, acts }, { target, inputs: { ...world.inputs }, partial: true });
  if (!('plan' in bound)) throw new Error(JSON.stringify(bound));
  return bound.plan;
}

/** Rehearses both targets to a go, or only one drawn by lot, and surveys so many breaks, or all of them. */
export function rehearsesWith(
  { checklist, paper, lines, decided }: Matrix,
  sampled?: { readonly breaks: number },
): void {
  const whole = loadWorld(readFileSync(`checklists/rehearsal/${checklist}.yaml`, 'utf8'), checklist);
  const names = Object.keys(whole.breaks);
  const shell = testShell();
  const failed = new Set<string>();
  afterAll(() => shell.remove());
  const some = <T>(all: readonly T[], count: number): readonly T[] =>
    sampled === undefined ? all : drawn(checklist, all, count);

  describe(checklist, () => {
    it.each(some(['prod', 'staging'], 1))('is rehearsed to a sealed go for %s', async (target) => {
      const ended = await rehearsedWith(['--auto'], shell, `${checklist}-${target}`);
      expect([ended.exit, ended.state.sealed?.result], ended.screen.slice(-2000)).toEqual([0, 'go']);
    });

    it.each(some(names, sampled?.breaks ?? 0))('with %s turns exactly its own steps red', async (name) => {
      const surveyed = await rehearsedWith(['--survey', '--break', name], shell, `${checklist}-prod`);
      expect(seen(surveyed), name).toEqual(declaredIn(whole, name));
      expect(surveyed.screen).not.toMatch(/^GO /m);
      for (const step of failedByExpectation(surveyed)) failed.add(step);
    });

    if (sampled !== undefined) return;
    it(`decides at least ${decided} of ${lines} lines by machine`, async () => {
      const steps = stepsOf(await rehearsedPlan(checklist, 'prod'));
      const telling = steps.filter(({ id, source }) => failed.has(id) && source.length <= 3);
      const cited = Array.from({ length: lines }, (_, index) => `${paper}#${index + 1}`);
      const rest = cited.filter((line) => !telling.some(({ source }) => source.includes(line)));
      process.stdout.write(`${checklist}: ${lines - rest.length} of ${lines} lines are decided by machine; not: `);
      process.stdout.write(`${rest.map((line) => `#${line.split('#')[1]}`).join(' ')}\n`);
      expect(lines - rest.length).toBeGreaterThanOrEqual(decided);
    });
  });
}

/** Every line of the paper is cited by a step, or by the section whose steps settle it, and nothing else is. */
export function citesAll({ checklist, paper, lines }: Matrix): void {
  it.each(['prod', 'staging'])(
    `${checklist} cites every line of its paper for %s, and nothing else`,
    async (target) => {
      const plan = await rehearsedPlan(checklist, target);
      const sections = plan.phases.flatMap((phase) => phase.sections);
      const cited = new Set([
        ...sections.flatMap((section) => section.source),
        ...stepsOf(plan).flatMap((step) => step.source),
      ]);
      const wanted = Array.from({ length: lines }, (_, index) => `${paper}#${index + 1}`);
      const others = [...cited].filter((line) => line.startsWith(`${paper}#`) && !wanted.includes(line));
      expect([wanted.filter((line) => !cited.has(line)), others.filter((line) => /#\d+$/.test(line))]).toEqual([
        [],
        [],
      ]);
    },
  );
}
