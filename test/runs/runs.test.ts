// Goal: every scenario runs in CI as its folder says, and what it leaves there in each format is reviewed like prose.
// Method: the whole command line in process; the goldens stand beside the scenario. UPDATE_GOLDENS=1 writes them.

import { describe, expect, it } from 'vitest';
import { drawn } from '../support/drawn.ts';
import { junitMistakes } from '../support/junit-schema.ts';
import { strictXml } from '../support/strict-xml.ts';
import { inCi, reports, type Format } from './in-ci.ts';
import { expectGoldenOf } from './kept.ts';
import { scenarios } from './scenario.ts';

describe.each(drawn('scenarios in CI', scenarios, 6))('$name in CI', (scenario) => {
  it(scenario.title, async () => {
    const run = await inCi(scenario);
    expect(run.exit, run.printed).toBe(scenario.ci.exit);
    expect(junitMistakes(strictXml(run.reports.junit))).toEqual([]);
    strictXml(run.reports.html.replace(/^<!doctype html>\n/, ''));
    expectGoldenOf(scenario, 'ci.txt', run.printed);
    for (const format of Object.keys(reports) as readonly Format[])
      expectGoldenOf(scenario, reports[format], run.reports[format]);
  });
});
