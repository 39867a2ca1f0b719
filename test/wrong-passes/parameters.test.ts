// Goal: names that are not there are no pass, whatever the checklist looks at. Method: as in looks.test.ts.

import { describe, expect, test } from 'vitest';
import { play } from './given.ts';

const there = { account: { ssm: { parameters: { '/shop/prod/a': {}, '/shop/prod/b': { version: 2 } } } } };
const asked = (names: string, expectation: string): string => `- id: parameters
  title: The parameters are there
  probe: { aws.call: { operation: "ssm:GetParameters", input: { Names: [${names}] } } }
  expect: [${expectation}]`;

const secure = '{ path: "Parameters[]", all: { path: Type, eq: SecureString } }';

describe('wrong pass 21: one of the names is invalid', () => {
  test.each([
    ['what came is fine', secure],
    ['enough came', '{ path: "Parameters[]", count: { gte: 1 } }'],
    ['nothing that came is wrong', '{ path: "Parameters[]", none: { path: Type, eq: String }, proof: "Parameters[]" }'],
    ['nothing is invalid', '{ path: "InvalidParameters[]", count: 0, allow_empty: true }'],
    ['one that came is new enough', '{ path: "Parameters[1].Version", gte: 2 }'],
  ])('and no pass, when the checklist asks whether %s', async (_, expectation) => {
    const played = await play(asked('/shop/prod/a, /shop/prod/b, /shop/prod/lost', expectation), { patch: there });
    expect(played.exit).not.toBe(0);
    expect(played.verdicts['parameters']).toMatch(/^(fail|inconclusive)$/);
    expect(played.screen).toContain('/shop/prod/lost');
  });

  test('is a fail that names it', async () => {
    const played = await play(asked('/shop/prod/a, /shop/prod/lost', secure), { patch: there });
    expect([played.exit, played.verdicts]).toEqual([1, { parameters: 'fail' }]);
    expect(played.screen).toContain('Not there: /shop/prod/lost');
  });

  test('with all of them there the same steps pass', async () => {
    const played = await play(asked('/shop/prod/a, /shop/prod/b', secure), { patch: there });
    expect([played.exit, played.verdicts]).toEqual([0, { parameters: 'pass' }]);
    const empty = '{ path: "InvalidParameters[]", count: 0, allow_empty: true }';
    expect((await play(asked('/shop/prod/a', empty), { patch: there })).exit).toBe(0);
  });

  test('and whoever wants it gone says so', async () => {
    const gone = '{ path: found, eq: false }';
    const played = await play(asked('/shop/prod/lost', gone), { patch: there });
    expect([played.exit, played.verdicts]).toEqual([0, { parameters: 'pass' }]);
  });
});
