// Goal: what a run carries with it is enough to go on with, or it is said that it is not.

import { expect, it } from 'vitest';
import { ownCopy } from '../../src/commands/own-copy.ts';
import { checklistText } from '../checklist/given.ts';
import { given } from '../support/plan.ts';
import { memoryStore } from '../support/run.ts';

const run = 'a'.repeat(26);
const text = checklistText({ top: 'inputs: { host: { question: Which host?, text: {} } }' });

async function copyAfter(...told: Parameters<typeof given>[1][]) {
  const store = memoryStore();
  const digest = await store.putBlob(run, new TextEncoder().encode(text));
  const checklist = { name: 'demo', title: 'Demo', path: 'demo.yaml', digest };
  const session = { principal: 'ada', endpoints: [], callers: [], grant: { signatures: [] } } as never;
  const opened = ['run.open', { mode: 'run', phases: [], target: 'prod', checklist, session }] as const;
  return ownCopy(store, { run, state: given('run', opened, ...told) });
}

it('the plan is made of the copy of the checklist and the values in the log', async () => {
  const { plan } = await copyAfter(['value.set', { name: 'host', json: '"x.example"', step: '' }]);
  expect(plan.names).toMatchObject({ host: 'x.example' });
});

it('a run killed before its values were written is not resumed, and it is said why', async () => {
  await expect(copyAfter()).rejects.toMatchObject({
    code: 'incomplete',
    message: expect.stringContaining('before its values were written'),
    hint: expect.stringContaining('--new'),
  });
});
