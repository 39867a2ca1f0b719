// Goal: every scenario is played by hand in a real terminal, and what people see of it is reviewed like prose.
// Method: golive itself in tmux, 80 columns; what is typed stands in the folder of the scenario.

import { afterEach, describe, expect, it } from 'vitest';
import { expectSane, newPlace, type Place } from '../pty/golive.ts';
import { noTmux, type Terminal } from '../pty/terminal.ts';
import { against, type Against } from './against.ts';
import { expectGoldenOf } from './kept.ts';
import { filesOfScenarios, scenarios } from './scenario.ts';

const missing = noTmux();
if (missing !== undefined) process.stderr.write(`${missing}\n`);

let place: Place | undefined;
let reached: Against | undefined;
afterEach(async () => {
  await place?.remove();
  await reached?.close();
});

/** Waits until this is the open question, wherever its lines break: one of the same words may stand answered above it. */
async function asked(terminal: Terminal, question: string): Promise<void> {
  const words = question.replaceAll(/[?().$]/g, String.raw`\$&`).replaceAll(' ', String.raw`\s+`);
  await terminal.waitFor(new RegExp(String.raw`${words}[^›]*›\s*(?:\n +Type[^›]*)?$`), 30_000);
}

describe.skipIf(missing !== undefined).each(scenarios)('$name at a terminal', (scenario) => {
  it(scenario.title, async () => {
    const here = newPlace(filesOfScenarios());
    place = here;
    const { command, types, exit } = scenario.terminal;
    reached = await against(scenario, command, here.folder);
    const speed = reached.words[0] === 'rehearse' ? ['--speed', 'max'] : [];
    const terminal = await here.open([...reached.words, ...speed], { height: 60, env: reached.env });
    for (const [question, answer] of types.flatMap((each) => Object.entries(each))) {
      await asked(terminal, question);
      const patch = scenario.meanwhile[question];
      if (patch !== undefined) here.mend(patch);
      await terminal.answer(answer, answer.slice(-3));
    }
    expect(await terminal.exit(60_000), await terminal.screen()).toBe(exit);
    await expectSane(terminal);
    expectGoldenOf(scenario, 'terminal.txt', `$ ${command}\n${await terminal.transcript()}`);
  });
});
