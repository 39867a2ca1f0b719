// Goal: a secret that is typed at a terminal is not on it afterwards, nor in a file. Method: golive itself in a terminal that
// is too narrow for it, against a server that says the secret back in every way.

import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { canaries, echo, searched } from '../commands/canary-run.ts';
import { filesBelow, leaksIn } from '../support/canaries.ts';
import { newPlace, type Place } from './golive.ts';
import { noTmux } from './terminal.ts';

const missing = noTmux();
if (missing !== undefined) process.stderr.write(`${missing}\n`);

let application: Awaited<ReturnType<typeof echo>>;
let place: Place | undefined;
beforeAll(async () => {
  application = await echo();
});
afterAll(async () => {
  await place?.remove();
  await application.close();
});

function checklist(): string {
  const look = (id: string, path: string, expected: string): string =>
    `{ id: ${id}, title: ${id}, probe: { http: { url: "${application.url}${path}", headers: { authorization: "Bearer \${token}" } } }, expect: [${expected}] }`;
  return `golive: 1
name: demo
title: Demo
targets: { prod: { aws: { account: "111111111111", region: us-east-1 } } }
inputs: { token: { question: Which token?, secret: true } }
roles: { dev: { title: Dev } }
phases:
  - id: p
    title: P
    at: T-1h
    sections:
      - title: S
        owner: dev
        steps:
          - ${look('said', '/json', '{ path: json.said, eq: x }, { path: json.all, eq: x }, { path: json.next, eq: x }')}
          - ${look('moved', '/redirect', '{ path: headers.location, eq: x }')}
          - { id: door, title: Door, ask: { question: Which code?, secret: true } }
`;
}

describe.skipIf(missing !== undefined)('a secret typed at a terminal', () => {
  test('is not on it afterwards, nor in what was written', async () => {
    place = newPlace({ 'checklists/demo.yaml': checklist() });
    await place.run(['key', 'init', '--as', 'ada@demo.example']);
    const terminal = await place.open(['run', 'demo-prod', '--as', 'ada@demo.example', '-v'], {
      width: 60,
      height: 60,
    });
    await terminal.waitFor('(yes or no)');
    await terminal.answer('yes');
    await terminal.waitFor('Which token?');
    await terminal.answer(canaries.input, '(hidden)');
    for (const id of ['said', 'moved']) {
      await terminal.waitFor(`${id}: what now?`);
      await terminal.answer(':evidence');
      await terminal.waitFor(/"headers": [^]*: what now\? ›/);
      await terminal.answer('w');
      await terminal.waitFor('Why can this be accepted?');
      await terminal.answer('it is a demo');
    }
    await terminal.waitFor('Which code?');
    await terminal.answer(canaries.typed, '(hidden)');
    expect(await terminal.exit()).toBe(0);
    const shown = await terminal.transcript();
    const texts = { shown, joined: shown.replaceAll(/\n\s*/g, ''), ...filesBelow(place.folder) };
    expect(leaksIn(texts, searched)).toEqual([]);
    expect(shown).toContain('(secret token)');
  });
});
