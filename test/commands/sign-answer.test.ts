// Goal: nothing is decided but by typing it, and a no-go never without its reason. Method: the questions of `golive sign` and
// of the gate's prompt, with somebody who types what the test says.

import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { elsewhereOf } from '../../src/commands/elsewhere.ts';
import { askDecision } from '../../src/commands/sign-answer.ts';
import { checkRequest } from '../../src/commands/sign-check.ts';
import type { Desk } from '../../src/commands/desk.ts';
import type { Work } from '../../src/commands/work.ts';
import { findStep } from '../../src/engine/plan.ts';
import { decisionBytes, readRequest } from '../../src/log/request.ts';
import { signoffEnvelope } from '../../src/log/statement.ts';
import { theme } from '../../src/render/theme.ts';
import { requestAbout } from '../../src/runner/request.ts';
import type { Asked, Operator } from '../../src/world.ts';
import { gatedText, newProject, signedRun, type Person, type SignedRun } from '../support/signed-run.ts';

const project = newProject();
const { bob, dana } = project.people;
afterAll(() => project.remove());

const how = { now: Date.now(), lasts: 3_600_000, nonce: 'a'.repeat(26), checklist: gatedText, resume: 'golive resume' };
const requestOf = (one: SignedRun) =>
  requestAbout(
    { run: one.run, plan: one.plan, state: one.journal().state(), lines: one.journal().lines() },
    'approved',
    how,
  );

/** What somebody who types these words decides, and what they were asked. A word that a question refuses stands there as such. */
async function typing(by: Person, words: readonly string[], options: Parameters<typeof askDecision>[2] = {}) {
  const one = await signedRun(project);
  const asked = await checkRequest(requestOf(one), { verifyStatement: one.roster.vouch, people: one.roster.people });
  const signer = await one.signerOf(by);
  const left = [...words];
  const heard: string[] = [];
  const line: Operator['line'] = async (question, check): Promise<Asked<string>> => {
    heard.push(question);
    for (;;) {
      const word = left.shift() ?? ':pause';
      if (word === ':evidence' || word === ':pause') return { aside: word === ':pause' ? 'pause' : 'evidence' };
      const wrong = check(word);
      if (wrong === undefined) return { answer: word };
      heard.push(wrong);
    }
  };
  let shown = 0;
  const page = { width: 100, theme: theme({ colour: false, unicode: true }) };
  const desk = { page, operator: { line }, print: () => undefined } as unknown as Desk;
  const roles = by === dana ? ['lead', 'ops'] : ['ops'];
  const chosen = await askDecision(desk, { asked, signer, roles, show: () => void (shown += 1) }, options);
  return { chosen, heard, shown };
}

describe('somebody who is asked', () => {
  it('types go, and nothing else is one', async () => {
    const { chosen, heard } = await typing(bob, ['', 'yes', 'GO', 'go']);
    expect(chosen).toEqual({ role: 'ops', decision: 'go', comment: '' });
    const wrong = 'type go or no-go';
    expect(heard).toEqual(['Operations, go or no-go?', wrong, wrong, wrong]);
  });

  it('says why no-go', async () => {
    const { chosen, heard } = await typing(bob, ['no-go', '', 'the load test is red']);
    expect(chosen).toEqual({ role: 'ops', decision: 'no-go', comment: 'the load test is red' });
    expect(heard.slice(1)).toEqual(['Why no-go?', 'type the reason']);
  });

  it('says for which role, where they hold several', async () => {
    const { chosen, heard } = await typing(dana, ['chief', 'lead', 'go']);
    expect(chosen).toMatchObject({ role: 'lead', decision: 'go' });
    expect(heard).toEqual(['Which role? (lead, ops)', 'type lead or ops', 'Lead, go or no-go?']);
    expect((await typing(dana, ['go'], { role: 'ops' })).chosen).toMatchObject({ role: 'ops' });
  });

  it('sees it again, and turns away without having said anything', async () => {
    expect(await typing(bob, [':evidence', 'go'])).toMatchObject({ shown: 1, chosen: { decision: 'go' } });
    expect((await typing(bob, [':pause'])).chosen).toBeUndefined();
    expect((await typing(bob, ['no-go', ':pause'])).chosen).toBeUndefined();
  });
});

describe('the prompt of a gate', () => {
  const deskOf = (one: SignedRun, shell = project.shell(bob)) => {
    const elsewhere = elsewhereOf({ ...one, shell, command: 'golive' } as unknown as Work, one.journal());
    if (elsewhere === undefined) throw new Error('nobody is elsewhere');
    return { shell, elsewhere };
  };

  it('writes the same request as the command, and says what to do with it', async () => {
    const one = await signedRun(project);
    const { shell, elsewhere } = deskOf(one);
    const step = findStep(one.plan, 'approved');
    const words = step ? await elsewhere.request(step) : [];
    const [name = ''] = readdirSync(shell.cwd).filter((file) => file.endsWith('.request.json'));
    expect(name).toBe(`approved-${one.run.slice(0, 8)}-1.request.json`);
    const { nonce: _, expires: __, text: ___, text_digest: ____, ...same } = requestOf(one);
    expect(readRequest(readFileSync(join(shell.cwd, name)))).toMatchObject(same);
    expect(words.join('\n')).toContain(`  ${name} can be signed until `);
    expect(words.join('\n')).toContain(`golive accept ${one.run} FILE`);
  });

  it('reads a decision that would count, and says of another one why it would not', async () => {
    const one = await signedRun(project);
    const { shell, elsewhere } = deskOf(one);
    const { run, step, attempt, text, seen, checklist } = requestOf(one);
    const said = { run, step, attempt, text, seen, role: 'ops', decision: 'go', comment: '' } as const;
    const signer = await one.signerOf(bob);
    const good = await signoffEnvelope({ ...said, signer, checklist: checklist.digest });
    writeFileSync(join(shell.cwd, 'good.json'), decisionBytes(good));
    expect(await elsewhere.read('good.json')).toEqual(good);
    const other = await signoffEnvelope({ ...said, signer, checklist: checklist.digest, attempt: 2 });
    writeFileSync(join(shell.cwd, 'other.json'), decisionBytes(other));
    await expect(elsewhere.read('other.json')).rejects.toMatchObject({
      message: expect.stringContaining('it is about attempt 2'),
    });
    await expect(elsewhere.read('nowhere.json')).rejects.toMatchObject({ code: 'file' });
  });

  it('offers none of that where nobody elsewhere has a key', async () => {
    const one = await signedRun(project, { rehearsal: true, people: 'throw-away' });
    expect(
      elsewhereOf({ ...one, shell: project.shell(bob), command: 'golive' } as unknown as Work, one.journal()),
    ).toBeUndefined();
  });
});
