// Goal: a run like the real one, against the stand-in in another process: signed with a person's key, by the line that is
// pasted, to a go; and what was begun there is never gone on with against AWS.

import { afterEach, describe, expect, test } from 'vitest';
import { accept } from './aep-answers.ts';
import { brisk, records, serveCopy, short, toTheCutover, type Serving } from './against-stand-in.ts';
import { noTmux } from './terminal.ts';

const missing = noTmux();
if (missing !== undefined) process.stdout.write(`real-run-brisk.full.test.ts: skipped, ${missing}\n`);

let serving: Serving | undefined;
afterEach(async () => {
  await serving?.close();
  serving = undefined;
});

describe.skipIf(missing !== undefined)('a real run against the stand-in', () => {
  test('goes to a go that its key vouches for, and says that it is no evidence about AWS', async () => {
    serving = await serveCopy(short, brisk);
    const { place, awsUrl } = serving;
    const terminal = await serving.paste();
    await toTheCutover(terminal);
    expect(await records(awsUrl)).toMatchObject([{ Type: 'A', TTL: 1, ResourceRecords: [{ Value: '203.0.113.10' }] }]);
    await terminal.answer('aep-prod');
    await accept(terminal);
    expect(await terminal.exit(30_000), await terminal.transcript()).toBe(0);
    expect(await records(awsUrl)).toMatchObject([{ Type: 'A', AliasTarget: { EvaluateTargetHealth: true } }]);
    expect(place.kinds().filter((kind) => kind.startsWith('act.'))).toEqual([
      'act.intent',
      'act.result',
      'act.intent',
      'act.result',
    ]);
    const verified = await place.run(['verify', place.runId(), '--allowed-signers', 'signers']);
    expect([verified.code, verified.stdout]).toEqual([0, expect.stringContaining('this is not evidence about AWS')]);
  });

  test('that was left open is not gone on with where AWS itself would answer', async () => {
    serving = await serveCopy(short, brisk);
    const { place } = serving;
    const terminal = await serving.paste();
    await toTheCutover(terminal);
    await terminal.key('C-c');
    expect(await terminal.exit()).toBe(130);
    const events = place.events();
    const env = {
      AWS_ACCESS_KEY_ID: 'REAL',
      AWS_SECRET_ACCESS_KEY: 'REAL',
      GOLIVE_INPUT_TEST_TOKEN: 'a',
      GOLIVE_INPUT_SPENT_TOKEN: 'b',
      HTTPS_PROXY: 'http://127.0.0.1:9',
    };
    const again = await place.open(['resume', place.runId(), '--as', 'ada@navralabs.example'], { env });
    expect(await again.exit()).toBe(3);
    expect(await again.screen()).toMatch(/this run was begun against this machine, and here AWS\s+would answer/);
    expect(place.events()).toBe(events);
  });
});
