// What a target lists under `load`, and what may be put under it: in lint, when a target is bound, and as a list by itself.

import { describe, expect, test } from 'vitest';
import { bind } from '../../src/checklist/bind.ts';
import { isListed } from '../../src/steps/load-list.ts';
import { checklistText, expectMistakes, known, loaded } from './given.ts';

const target = (load: string): string =>
  `{ prod: { aws: { account: "111111111111", region: us-east-1 }, load: ${load} } }`;
const under = (url: string): string =>
  `- { id: one, title: One, probe: { http.load: { url: "${url}", users: 2, for: 5s } }, expect: [{ path: errors, eq: 0 }] }`;

async function bound(load: string, url: string) {
  const text = checklistText({ targets: target(load), steps: under(url) });
  const result = bind(await loaded(text), known, { target: 'prod', inputs: {} });
  return 'plan' in result ? result.plan.load : result.problems.map(({ message }) => message);
}

describe('in lint', () => {
  test('an address that is written out and that no target lists', async () => {
    const steps = under('https://y.example/');
    await expectMistakes(checklistText({ targets: target('["https://x.example/"]'), steps }), [
      ['15 "https://y.example/"', 'no target lists https://y.example/'],
    ]);
    await expectMistakes(checklistText({ steps }), [['15 "https://y.example/"', 'no target lists']]);
  });

  test('an entry that is no address, or more than one', async () => {
    const targets = target('["x.example", "https://x.example/?a=1"]');
    await expectMistakes(checklistText({ targets }), [
      ['5 "x.example"', 'is no whole address'],
      ['5 "https://x.example/?a=1"', 'without ? and #'],
    ]);
  });

  test('an entry of a name that is not there', async () => {
    await expectMistakes(checklistText({ targets: target('["https://${hots}/"]') }), [['5', 'hots']]);
  });

  test.each([
    ['users: 0, for: 5s', 'users'],
    ['users: 201, for: 5s', 'users'],
    ['users: 1, for: 4s', 'from 5s to 10m'],
    ['users: 1, for: 11m', 'from 5s to 10m'],
    ['users: 1, for: 5s, rate: 0', 'rate'],
    ['users: 1, for: 5s, headers: { Host: other }', 'header of the connection'],
    ['users: 1, for: 5s, headers: { a: "b\\r\\nc: d" }', 'no value of a header'],
    ['users: 1, for: 5s, method: POST', 'method'],
  ])('%s', async (args, words) => {
    const steps = `- { id: one, title: One, probe: { http.load: { url: "https://x.example/", ${args} } }, expect: [{ path: errors, eq: 0 }] }`;
    await expectMistakes(checklistText({ targets: target('["https://x.example/"]'), steps }), [['15', words]]);
  });
});

describe('of a target', () => {
  test('what is filled in is held against what is filled in', async () => {
    expect(await bound('["https://${host}/api"]', 'https://${host}/api/users')).toEqual(['https://x.example/api']);
    expect(await bound('["https://${host}/api"]', 'https://${host}/other')).toEqual([
      'prod does not list https://x.example/other under `load`',
    ]);
  });

  test('a step that is skipped puts nothing under load', async () => {
    const steps = `- { id: one, title: One, when: { host: other }, probe: { http.load: { url: "https://\${host}/", users: 2, for: 5s } }, expect: [{ path: errors, eq: 0 }] }`;
    const result = bind(await loaded(checklistText({ steps })), known, { target: 'prod', inputs: {} });
    expect(result).toHaveProperty('plan');
  });

  test('a plan without a list has none', async () => {
    const result = bind(await loaded(checklistText()), known, { target: 'prod', inputs: {} });
    expect('plan' in result && result.plan).not.toHaveProperty('load');
  });
});

test.each([
  ['https://x.example/api', true],
  ['https://x.example/api?page=2', true],
  ['https://x.example/api/', true],
  ['https://x.example/api/a/b', true],
  ['https://X.example:443/api', true],
  ['https://x.example/apis', false],
  ['https://x.example/', false],
  ['https://x.example:8443/api', false],
  ['http://x.example/api', false],
  ['https://x.example.evil.example/api', false],
  ['https://user@x.example/api', false],
  ['https://x.example/api/../admin', false],
  ['https://x.example/api/%2e%2e/admin', false],
  ['https://x.example/api/..%2Fadmin', false],
  ['https://x.example/api/..%5cadmin', false],
  ['not an address', false],
])('%s under https://x.example/api: %s', (url, listed) => {
  expect(isListed(url, ['https://x.example/api'])).toBe(listed);
});
