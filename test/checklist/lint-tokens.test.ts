// Where secrets may stand in the kinds beside http, and what a path of a file is made of.

import { expect, test } from 'vitest';
import { checklistText, expectMistakes, mistakesIn, type Mistake } from './given.ts';

const commit = 'a'.repeat(40);
const hub = (token: string): string => `github: { repository: example/app, commit: ${commit}, token: ${token} }`;
/** Line 7 is the top, from line 8 on; probes stand in line 8. */
const given = (probe: string): string =>
  checklistText({
    top: `inputs: { s: { question: S, secret: true }, t: { question: T, text: {} } }
probes: { p: { http: { url: "https://x.example/" } }, q: { ${probe} } }`,
  });

const wrong: readonly (readonly [what: string, text: string, mistakes: readonly Mistake[]])[] = [
  ['a token in the file', given(hub('ghp_hunter2')), [['8 ghp_hunter2', 'comes from an input with `secret: true`']]],
  ['a token that is no secret', given(hub('"${t}"')), [['8 "${t}"', 'comes from an input with `secret: true`']]],
  ['a token from an answer', given(hub('"${p.text}"')), [['8 "${p.text}"', 'comes from an input with `secret: true`']]],
  ['a token with something before it', given(hub('"x${s}"')), [['8 "x${s}"', 'by itself']]],
  [
    'a secret in a message',
    given('websocket: { url: "wss://x.example/", send: "${s}" }'),
    [['8 "${s}"', 'only in the headers of http and websocket, and as the token of github']],
  ],
  [
    'a secret in an address',
    given('websocket: { url: "wss://x.example/?t=${s}" }'),
    [['8 "wss://x.example/?t=${s}"', 'only in the headers']],
  ],
  [
    'a secret as the name of a repository',
    given(`github: { repository: "\${s}", commit: ${commit}, token: "\${s}" }`),
    [['8 "${s}"', 'only in the headers']],
  ],
  ['a path from an answer', given('file: { path: "dist/${p.text}" }'), [['8 "dist/${p.text}"', 'comes from outside']]],
  ['a glob from an answer', given('file: { glob: "${p.text}" }'), [['8 "${p.text}"', 'comes from outside']]],
];

test.each(wrong)('%s is a mistake', async (_, text, mistakes) => {
  await expectMistakes(text, mistakes);
});

test.each([
  ['a token', hub('"${s}"')],
  ['a secret in a header', 'websocket: { url: "wss://x.example/", headers: { authorization: "Bearer ${s}" } }'],
  ['a path from an input', 'file: { path: "dist/${t}.js" }'],
])('%s is none', async (_, probe) => {
  expect(await mistakesIn(given(probe))).toEqual([]);
});
