// Goal: away from a terminal, standard output carries one format and nothing a terminal would obey.

import { afterAll, expect, onTestFinished, test } from 'vitest';
import { asksFiles } from './asks.ts';
import { newPlace, placeAroundTheCutover } from './golive.ts';

const place = placeAroundTheCutover();
afterAll(() => place.remove());

const rehearse = ['rehearse', 'aep-prod', '--auto', '--phase', 'verify', '--break', 'alarm-firing'];
// eslint-disable-next-line no-control-regex -- they are what must not be there
const obeyed = /[\x00-\x09\x0b-\x1f\x7f-\x9f]/;

test('a transcript through a pipe has no colours, no redrawn lines, and the evidence of every red', async () => {
  const { code, stdout, stderr } = await place.run(rehearse);
  expect(code).toBe(1);
  expect(stdout).not.toMatch(obeyed);
  expect(stdout).toMatch(/FAIL {2}alarm-5xx.*\n {6}expected .*\n(?: .*\n)* {6}observed .*ALARM/);
  expect(stderr).toBe('');
});

test('--json gives one event per line on standard output, and the verdict of the run last', async () => {
  const { code, stdout } = await place.run(['--json', ...rehearse]);
  expect(code).toBe(1);
  const events = stdout
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line) as { kind: string; body: object });
  expect(events[0]?.kind).toBe('run.open');
  expect(events.at(-1)).toMatchObject({ kind: 'seal', body: { result: 'no-go', exit: 1 } });
});

test('where the locale has no UTF-8, what golive writes itself is ASCII', async () => {
  const small = newPlace(asksFiles(['red']));
  onTestFinished(() => small.remove());
  const { stdout } = await small.run(['rehearse', 'asks-prod', '--auto'], { LANG: 'C' });
  expect(stdout).toContain('  x FAIL  red');
  // eslint-disable-next-line no-control-regex
  expect(stdout).toMatch(/^[\x00-\x7f]*$/);
});

test('colours are taken away by NO_COLOR even where they are forced', async () => {
  const small = newPlace(asksFiles(['red']));
  onTestFinished(() => small.remove());
  const red = ['rehearse', 'asks-prod', '--auto'];
  expect((await small.run(red, { FORCE_COLOR: '1' })).stdout).toContain('\x1b[31m');
  expect((await small.run(red, { FORCE_COLOR: '1', NO_COLOR: '1' })).stdout).not.toMatch(obeyed);
});
