// Goal: every break turns exactly its own steps red, and which lines of the paper a machine decides. A line counts when
// some break turns to fail, by an expectation, a step that cites this line alone or with at most two others.
// Method: a survey per break, and the calm operator per break.

import { afterAll, describe, expect, it } from 'vitest';
import { stepsOf } from '../../src/engine/plan.ts';
import { planFor } from '../support/aep.ts';
import { testShell } from '../support/shell.ts';
import { breakNames, expectBreak, expectStop, failedByExpectation, isAdvisoryOnly } from './breaks.ts';
import { undecided } from './people.ts';
import { rehearsedWith } from './whole.ts';

const shell = testShell();
const failed = new Set<string>();
afterAll(() => shell.remove());

describe('a survey', () => {
  it.each(breakNames)('with %s turns exactly its own steps red', async (name) => {
    for (const step of failedByExpectation(await expectBreak(name, shell))) failed.add(step);
  });
});

describe('of the 166 lines of the paper', () => {
  it('a machine decides all but those of people and of headings', async () => {
    const steps = stepsOf(await planFor('prod'));
    const lines = Array.from({ length: 166 }, (_, index) => `aep-go-live-checklist#${index + 1}`);
    const telling = steps.filter(({ id, source }) => failed.has(id) && source.length <= 3);
    const decided = lines.filter((line) => telling.some(({ source }) => source.includes(line)));
    const rest = lines.filter((line) => !decided.includes(line));
    process.stdout.write(`\n${decided.length} of ${lines.length} lines are decided by machine; the others:\n`);
    for (const line of rest)
      process.stdout.write(`  #${line.split('#')[1]}  ${undecided[line.split('#')[1] ?? ''] ?? '?'}\n`);
    expect(rest.map((line) => line.split('#')[1])).toEqual(Object.keys(undecided));
    expect(decided.length).toBeGreaterThanOrEqual(140);
  });

  it('all risks and exit criteria that a machine can see are covered', async () => {
    const steps = stepsOf(await planFor('prod'));
    const covered = new Set(steps.filter(({ id }) => failed.has(id)).flatMap(({ source }) => source));
    const wanted = [1, 2, 3, 4, 5].map((n) => `aep-go-live-checklist#risk-${n}`);
    const exits = [1, 2, 3, 4, 5].map((n) => `aep-rollout-plan#exit-${n}`);
    expect([...wanted, ...exits].filter((cited) => !covered.has(cited))).toEqual([]);
    // Whether the way back was practised is a date that somebody has to know.
    expect(
      steps.filter(({ source }) => source.includes('aep-rollout-plan#exit-6')).map(({ nature }) => nature),
    ).toEqual(['asks']);
  });
});

describe('the calm operator', () => {
  it.each(['prod', 'staging'])('goes to a sealed go for %s', async (target) => {
    const ended = await rehearsedWith(['--auto'], shell, `aep-${target}`);
    expect([ended.exit, ended.state.sealed?.result], ended.screen.slice(-2000)).toEqual([0, 'go']);
  });

  it.each(breakNames.filter((name) => !isAdvisoryOnly(name)))(
    'with %s stops, and the zone is as it should be',
    (name) => expectStop(name, shell),
  );
});
