import { expect, it } from 'vitest';
import { readValuesFile } from '../../src/checklist/values-file.ts';
import { frames } from '../../src/render/frame.ts';
import { checklistText, loaded } from './given.ts';

const top = 'inputs: { sub: { question: Which?, text: {} }, token: { question: Token, secret: true } }';
const steps = `- { id: told, title: T, ask: { question: Done?, confirm: {} } }
- { id: code, title: C, ask: { question: Code?, secret: true } }`;

async function read(text: string) {
  const { body } = await loaded(checklistText({ top, steps }));
  return readValuesFile(text, 'values.yaml', body);
}

it('holds inputs, answers and accounts', async () => {
  const { values, problems } = await read(
    'inputs: { sub: www }\nanswers: { told: { answer: true, evidence: seen } }\ntargets: { prod: { aws: { account: "111111111111" } } }\n',
  );
  expect(problems).toEqual([]);
  expect(values).toMatchObject({
    inputs: { sub: 'www' },
    answers: { told: { answer: true, evidence: 'seen' } },
    accounts: { prod: '111111111111' },
  });
});

it.each([
  ['an unknown key', 'inptus: { sub: www }', '1:1', /did you mean `inputs`/],
  ['an unknown input', 'inputs: { sib: www }', '1:11', /did you mean `sub`/],
  ['an answer to no ask', 'answers: { tld: { answer: true } }', '1:12', /did you mean `told`/],
  ['an unknown target', 'targets: { prd: { aws: { account: "111111111111" } } }', '1:12', /did you mean `prod`/],
  ['a secret', 'inputs: { token: hunter2 }', '1:11', /is a secret: it stands in no file.*GOLIVE_INPUT_TOKEN/],
  ['an account without quotes', 'targets: { prod: { aws: { account: 012345678901 } } }', '1:36', /in quotes/],
  ['no map', '- a', '1:1', /is a map/],
])('refuses %s, at its place', async (_what, text, place, words) => {
  const { values, problems } = await read(text);
  expect(values).toBeUndefined();
  expect(problems.map(({ line, column, message, hint }) => `${line}:${column} ${message} ${hint ?? ''}`)).toEqual([
    expect.stringMatching(words),
  ]);
  expect(`${problems[0]?.line}:${problems[0]?.column}`).toBe(place);
  expect(JSON.stringify(problems.map(({ message, hint }) => [message, hint]))).not.toContain('hunter2');
});

it.each([
  'inputs: { token: hunter2 }',
  'inputs: { token: hunter2, sib: www }',
  'inputs:\n  sub: www\n  token: "hunter2',
  'inputs:\n  token: hunter2: www',
  '{ "inputs": { "token": "hunter2" }, inptus: {} }',
  'answers: { code: { answer: hunter2, sure: true } }',
])('shows nobody the secret that somebody wrote into it: %s', async (text) => {
  const { problems } = await read(text);
  expect(problems).not.toEqual([]);
  expect(frames(problems)).not.toContain('hunter2');
});
