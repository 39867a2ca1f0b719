// Goal: a section of questions is answered by people in one flow at a real terminal, over two sessions: corrected, put
// aside, handed to a role, closed with its word, and never by Enter or y. The transcript is the golden.

import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, describe, expect, test } from 'vitest';
import { asksFiles } from './asks.ts';
import { aepVarying, expectGolden } from './golden.ts';
import { expectSane, newPlace, type Place } from './golive.ts';
import { noTmux, type Terminal } from './terminal.ts';

const goldens = fileURLToPath(new URL('screens', import.meta.url));
const missing = noTmux();
if (missing !== undefined) process.stderr.write(`${missing}\n`);

const places: Place[] = [];
afterEach(async () => {
  await Promise.all(places.splice(0).map((place) => place.remove()));
});

/** Answers the question that is open: the same words stand on the screen above it, where they were answered before. */
async function answerAt(terminal: Terminal, question: string, answer: string): Promise<void> {
  await terminal.waitFor(new RegExp(`${question.replaceAll(/[?()]/g, String.raw`\$&`)}[^›]*›\n  Type [^\n]*$`), 30_000);
  await terminal.answer(answer);
}

const checklist = `golive: 1
name: asks
title: Readiness
documents: { list: The paper list }
targets: { prod: { aws: { account: "111111111111", region: us-east-1 } } }
roles:
  lead: { title: Engineering lead, contact: "#launch" }
  legal: { title: Legal counsel, contact: "#legal" }
phases:
  - id: ready
    title: Before the launch
    at: T-1h
    sections:
      - title: People and documents
        owner: lead
        steps:
          - id: runbook
            title: The runbook is reviewed
            source: list#1
            ask: { question: Which commit of the runbook was reviewed?, text: { matches: '^[0-9a-f]{7}$' }, evidence: required }
          - id: on-call
            title: Somebody is on call for the first night
            source: list#2
            ask: { question: Who is on call tonight?, text: { matches: '\\S{3,}' } }
          - id: load-report
            title: The load test is written up, with its figures, and those who read it are named
            source: list#3
            ask: { question: Which p95 does the report give in ms?, integer: { gte: 1 }, evidence: required }
          - id: privacy
            title: The privacy notice names the new processor
            source: list#4
            ask: { question: Which version of the notice is published?, text: { matches: '^v' } }
          - id: training
            title: Support was trained
            source: list#5
            severity: advisory
            ask: { question: How many of the eleven were there?, integer: { gte: 0 } }
            expect: [{ path: answer, gte: 9 }]
            fix: The recording is in the wiki; those who were not there see it before the launch.
      - title: The poll
        owner: lead
        steps:
          - { id: approved, title: The lead says go, gate: { poll: [lead] } }
`;

describe.skipIf(missing !== undefined)('a section of questions in a terminal', () => {
  test('is shown, answered, corrected, handed, and closed with its word, over two sessions', async () => {
    const asks = asksFiles([]);
    const world = (asks['checklists/rehearsal/asks.yaml'] ?? '').replace(
      'principal: lea@asks.example }',
      'principal: lea@asks.example }, legal: { name: Lou, principal: lou@asks.example }',
    );
    const place = newPlace({ 'checklists/asks.yaml': checklist, 'checklists/rehearsal/asks.yaml': world });
    places.push(place);
    writeFileSync(join(place.folder, 'load.pdf'), 'p95 is 412 ms');
    const first = await place.open(['rehearse', 'asks-prod', '--speed', 'max'], { height: 60 });
    await answerAt(first, 'Which commit of the runbook was reviewed?', '1a2b3c4');
    await answerAt(first, 'What did you see, and where?', 'https://git.asks.example/runbook/1a2b3c4');
    await answerAt(first, 'Who is on call tonight?', ':skip');
    await answerAt(first, 'Which p95 does the report give in ms?', '421');
    await answerAt(first, 'What did you see, and where?', ':attach');
    await answerAt(first, 'The path of the file', 'load.pdf');
    await answerAt(first, 'Which version of the notice is published?', ':back');
    await first.waitFor(/answered +421[^]*Which p95 does the report give in ms\?[^›]*›\n {2}Type [^\n]*$/);
    await first.answer('412');
    await answerAt(first, 'What did you see, and where?', 'Page 3 of load.pdf');
    await first.waitFor(/✓ load-report +412[^]*Which version of the notice is published\? ›\n {2}Type [^\n]*$/);
    await first.answer(':hand legal');
    await answerAt(first, 'How many of the eleven were there?', '7');
    await answerAt(first, 'Type documents and the section is closed', 'y');
    await first.waitFor('nothing is closed: type documents');
    const before = place.events();
    // What was refused stays in front of the person, and Enter does not change that.
    await first.key('BSpace');
    await first.waitFor(/closed ›\n/);
    await first.key('Enter');
    await first.waitFor('Nothing was typed');
    expect(place.events()).toBe(before);
    await first.answer('documents');
    await first.waitFor(/nothing else is left[^]*Who is on call tonight\? ›\n {2}Type [^\n]*$/);
    await first.answer(':pause');
    expect(await first.exit()).toBe(2);
    await expectSane(first);
    expect(place.bodies('step.claim')).toEqual([{ step: 'privacy', role: 'legal', by: expect.any(String) }]);

    const second = await place.open(['resume'], { height: 60 });
    await answerAt(second, 'Who is on call tonight?', 'Ines');
    await answerAt(second, 'Which version of the notice is published?', 'v7');
    await answerAt(second, 'Type documents and the section is closed', 'documents');
    await answerAt(second, 'Engineering lead, go or no-go?', 'go');
    expect(await second.exit()).toBe(0);
    await expectSane(second);
    expect(place.bodies('note')).toMatchObject([
      {
        step: 'training',
        text: 'section closed: People and documents: 3 of 5 answered; left open: on-call, privacy (handed to Legal counsel)',
      },
      { step: 'training', text: 'section closed: People and documents: 5 of 5 answered' },
    ]);
    expect((await place.run(['verify', place.runId(), '--rehearsal'])).code).toBe(0);
    const seen = `${await first.transcript()}\n\n$ golive resume\n${await second.transcript()}`;
    expectGolden(`${goldens}/sections-80.txt`, seen, aepVarying);
  }, 120_000);
});
