// Goal: nobody signs anything but what the log in a request says, and only who may. Method: the real command in checkouts of
// their own, on requests of the real command that were changed on their way.

import { execFileSync } from 'node:child_process';
import { readFileSync, statSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { runCli } from '../../src/cli.ts';
import { digest } from '../../src/log/canonical.ts';
import {
  newRequest,
  readDecision,
  readRequest,
  requestBytes,
  splitRequestText,
  type SigningRequest,
} from '../../src/log/request.ts';
import { openEnvelope } from '../../src/log/statement.ts';
import { verifyEd25519 } from '../../src/log/sshsig.ts';
import { ed25519Key } from '../../src/log/public-key.ts';
import {
  closed,
  gatedText,
  newProject,
  rolesText,
  signedRun,
  toTheGate,
  type Person,
  type SignedRun,
} from '../support/signed-run.ts';
import type { TestShell } from '../support/shell.ts';

const project = newProject();
const { ada, bob, cy, dana, eve } = project.people;
afterAll(() => project.remove());

let one: SignedRun;
let rehearsed: SignedRun;
let asked: SigningRequest;
let askedInRehearsal: SigningRequest;
beforeAll(async () => {
  one = await signedRun(project);
  rehearsed = await signedRun(project, { rehearsal: true, orders: [...toTheGate, closed] });
  [asked, askedInRehearsal] = [await requestOf(one), await requestOf(rehearsed)];
});

async function requestOf({ run }: SignedRun): Promise<SigningRequest> {
  const shell = project.shell(ada);
  expect(await runCli(['request', run, 'approved', '--out', 'r', '--runs-dir', project.runsDir], shell)).toBe(0);
  return readRequest(readFileSync(join(shell.cwd, 'r')));
}

interface Signing {
  readonly shell: TestShell;
  readonly exit: number;
}

const file = 'approved.request.json';
const go = ['--decision', 'go'];

/** What becomes of a request, or of bytes instead of one, in the hands of this person. */
async function signs(
  by: Person,
  request: SigningRequest | string,
  words: readonly string[] = go,
  files?: Readonly<Record<string, string>>,
): Promise<Signing> {
  const shell = project.shell(by, files);
  writeFileSync(join(shell.cwd, file), typeof request === 'string' ? request : requestBytes(request));
  return { shell, exit: await runCli(['sign', file, ...words], shell) };
}

/** Anything of it replaced, with the digests that follow from it. */
function changed(
  of: SigningRequest,
  by: Partial<SigningRequest>,
  told = splitRequestText(of.text)?.told ?? '',
): SigningRequest {
  const { kind: _, version: __, text: ___, text_digest: ____, checklist, ...rest } = of;
  return {
    ...newRequest({
      ...rest,
      checklist: checklist.text,
      told,
      ...by,
      ...(by.checklist ? { checklist: by.checklist.text } : {}),
    } as Parameters<typeof newRequest>[0]),
    ...('text' in by ? by : {}),
  };
}

const signedBy = ({ shell }: Signing, name = 'approved.decision.json') => {
  const opened = openEnvelope('signoff', readDecision(readFileSync(join(shell.cwd, name))));
  const { signer } = opened.predicate;
  const good = verifyEd25519(
    { line: signer, object: ed25519Key(signer) },
    opened.namespace,
    opened.message,
    opened.signature,
  );
  return { ...opened.predicate, subjects: opened.subjects, good, namespace: opened.namespace };
};

describe('a decision', () => {
  it('is signed with the key of the person, over what the log says', async () => {
    const signing = await signs(bob, asked);
    expect(signing.exit, signing.shell.complained()).toBe(0);
    expect(signedBy(signing)).toMatchObject({
      run: one.run,
      step: 'approved',
      attempt: 1,
      role: 'ops',
      decision: 'go',
      comment: '',
      principal: bob.name,
      signer: bob.publicKey,
      text: asked.text,
      seen: asked.seen,
      good: true,
      namespace: 'golive.signoff',
      subjects: [
        {
          name: 'seen',
          digest: { sha256: asked.seen.head },
        },
        {
          name: 'checklist',
          digest: { sha256: digest(gatedText) },
        },
      ],
    });
    expect(statSync(join(signing.shell.cwd, 'approved.decision.json')).mode & 0o777).toBe(0o600);
  });

  it('is made on what stands in the log: run, counts, exceptions with what was seen, who is asked, and the head', async () => {
    const { shell } = await signs(bob, asked);
    const shown = shell.printed();
    for (const words of [
      `${one.run}, demo-prod, attempt 1`,
      '1 failed, 2 open, 1 passed',
      'slow  fail (advisory)',
      'expected  status is 200',
      'seen      503',
      'asked     Lead, Operations',
    ])
      expect(shown).toContain(words);
    expect(shown).toMatch(/head +\d+ {2}[A-Z2-7]{5}(-[A-Z2-7]{5}){4}/);
    expect(shown).toContain(`Send it back to ada@example.com on desk. There: golive accept ${one.run} FILE`);
  });

  it('is as JSON what was decided and where it is', async () => {
    const { shell, exit } = await signs(bob, asked, [
      '--decision',
      'no-go',
      '--comment',
      'the load test is red',
      '--json',
      '--out',
      'mine.json',
    ]);
    expect(exit).toBe(0);
    expect(JSON.parse(shell.printed())).toEqual({
      run: one.run,
      step: 'approved',
      attempt: 1,
      role: 'ops',
      decision: 'no-go',
      principal: bob.name,
      file: 'mine.json',
    });
    expect(signedBy({ shell, exit }, 'mine.json')).toMatchObject({
      decision: 'no-go',
      comment: 'the load test is red',
    });
  });

  it('of a rehearsal needs no roster, and says that nobody vouches', async () => {
    const signing = await signs(bob, askedInRehearsal, go, {});
    expect(signing.exit, signing.shell.complained()).toBe(0);
    expect(signing.shell.printed()).toContain('nobody vouches for the people in this log');
    expect(signedBy(signing)).toMatchObject({ run: rehearsed.run, principal: bob.name, good: true });
  });

  it('may rest on a file of people that is named, with the roles that the run knows', async () => {
    const shell = project.shell(bob, {});
    writeFileSync(join(shell.cwd, 'people'), project.signers());
    writeFileSync(join(shell.cwd, file), requestBytes(asked));
    expect(await runCli(['sign', file, ...go], shell)).toBe(21);
    expect(await runCli(['sign', file, ...go, '--allowed-signers', 'people'], shell), shell.complained()).toBe(0);
  });

  it('of somebody with several roles names one', async () => {
    const without = await signs(dana, asked);
    expect(without.exit).toBe(3);
    expect(without.shell.complained()).toContain('for which role is this? lead, ops');
    const withRole = await signs(dana, asked, [...go, '--role', 'ops']);
    expect(withRole.exit).toBe(0);
    expect(signedBy(withRole)).toMatchObject({ principal: dana.name, role: 'ops' });
  });
});

describe('nothing is signed', () => {
  const nothing = async (signing: Promise<Signing>, exit: number, words: string | RegExp): Promise<void> => {
    const { shell, exit: ended } = await signing;
    expect(shell.complained()).toMatch(words);
    expect(ended).toBe(exit);
    expect(() => statSync(join(shell.cwd, 'approved.decision.json'))).toThrow('ENOENT');
  };

  it('without a word of anybody, nor as a no-go without a reason', async () => {
    await nothing(signs(bob, asked, []), 3, 'Say it: --decision go');
    await nothing(signs(bob, asked, ['--decision', 'no-go']), 3, 'a no-go is not given without a reason');
    await nothing(signs(bob, asked, ['--decision', 'yes']), 3, '--decision takes go or no-go');
  });

  it('by somebody who holds none of the roles, and they are told who does', async () => {
    await nothing(
      signs(eve, asked),
      3,
      /eve@example.com holds none of the roles.*\n.*Lead: ada@example.com, dana@example.com hold it. Operations: bob@example.com, cy@example.com, dana/,
    );
    await nothing(
      signs(bob, asked, [...go, '--role', 'lead']),
      3,
      'lead is no role that bob@example.com can speak for',
    );
  });

  it('by somebody whom only their own files give the role, because the run would not count it', async () => {
    const files = { allowed_signers: project.signers(), 'roles.yaml': `${rolesText}  "eve@example.com": [ops]\n` };
    await nothing(
      signs(eve, asked, go, files),
      3,
      'eve@example.com does not hold Operations; bob@example.com, cy@example.com',
    );
  });

  it.each([
    ['that had expired', { 'bob@example.com': 'valid-before="20200101Z"' }, /had expired by then/],
    ['that may not sign this', { 'bob@example.com': 'namespaces="golive.grant"' }, /may not sign this kind/],
  ])('with a key %s', async (_, options, words) => {
    const files = { allowed_signers: project.signers(options), 'roles.yaml': rolesText };
    await nothing(signs(bob, asked, go, files), 3, words);
  });

  it('with a key that is revoked, or that belongs to somebody else', async () => {
    const files = { allowed_signers: project.signers(), 'roles.yaml': rolesText, revoked_keys: `${bob.publicKey}\n` };
    await nothing(signs(bob, asked, go, files), 3, 'the key is revoked');
    await nothing(signs(bob, asked, [...go, '--as', cy.name]), 3, 'do not list this name with this key');
  });

  it('in a rehearsal with a key that its log cannot be checked with', async () => {
    const shell = project.shell(bob);
    const key = join(shell.cwd, 'key');
    execFileSync('ssh-keygen', ['-q', '-t', 'ecdsa', '-N', '', '-f', key]);
    writeFileSync(join(shell.cwd, file), requestBytes(askedInRehearsal));
    expect(await runCli(['sign', file, ...go, '--key', key], shell)).toBe(3);
    expect(shell.complained()).toContain('in a rehearsal only Ed25519 keys sign');
  });

  it('where somebody has voted for the role already', async () => {
    const voted = await signedRun(project);
    await voted.votes(bob, 'ops', 'go');
    await nothing(signs(cy, await requestOf(voted)), 3, /cy@example.com holds none of the roles/);
  });

  it.each<[string, (from: SigningRequest) => SigningRequest, RegExp, number?]>([
    ['another run', (from) => changed(from, { run: 'b'.repeat(26) }), /is DIVERGED: this is run/, 22],
    ['another gate', (from) => changed(from, { step: 'later' }), /later is not open for votes: 1 step above it/],
    ['a gate that does not exist', (from) => changed(from, { step: 'nothing' }), /nothing is no gate/],
    ['another attempt', (from) => changed(from, { attempt: 2 }), /attempt: it says 2, and its log 1/],
    [
      'other roles',
      (from) => changed(from, { roles: ['ops'] }),
      /the roles without a vote: it says ops, and its log lead, ops/,
    ],
    [
      'another line',
      (from) => changed(from, { seen: { ...from.seen, seq: 3 } }),
      /the line that stood last: it says 3, and its log \d+/,
    ],
    [
      'another head',
      (from) => changed(from, { seen: { ...from.seen, head: 'a'.repeat(64) } }),
      /the head: it says aaa/,
    ],
    [
      'another checklist',
      (from) => changed(from, { checklist: { digest: '', text: `${gatedText}\n` } }),
      /it carries another checklist than its log goes by/,
    ],
    [
      'a text of its own',
      (from) => changed(from, {}, splitRequestText(from.text)?.told.replace('fail (advisory)', 'pass')),
      /line 3 of its text: it says "pass {2}slow", and its log "fail \(advisory\) {2}slow"/,
    ],
    [
      'a longer text',
      (from) => changed(from, {}, `${splitRequestText(from.text)?.told}All is well.\n`),
      /it says "All is well.", and its log "request /,
    ],
    [
      'no line of a request',
      (from) =>
        changed(from, {
          text: splitRequestText(from.text)?.told ?? '',
          text_digest: digest(splitRequestText(from.text)?.told ?? ''),
        }),
      /says "", and its log "request/,
    ],
    ['another nonce in its text', (from) => ({ ...from, nonce: 'a'.repeat(26) }), /of its text: it says "request/],
    [
      'a longer time in its text',
      (from) => ({ ...from, expires: '2099-01-01T00:00:00.000Z' }),
      /of its text: it says "request/,
    ],
    [
      'a time that is over',
      (from) => changed(from, { expires: '2026-03-01T11:00:00.000Z' }),
      /could be signed until 2026-03-01T11:00:00.000Z/,
    ],
    [
      'a text without its digest',
      (from) => ({ ...from, text_digest: 'a'.repeat(64) }),
      /the text in this request is not the one its digest names/,
    ],
    [
      'a checklist without its digest',
      (from) => ({ ...from, checklist: { ...from.checklist, digest: 'a'.repeat(64) } }),
      /the checklist in this request is not the one/,
    ],
    ['a field more', (from) => ({ ...from, say: 'yes' }) as SigningRequest, /this is not a request: .*say/],
    [
      'another version',
      (from) => ({ ...from, version: 2 }) as unknown as SigningRequest,
      /this is not a request: version/,
    ],
    ['a path for a run', (from) => ({ ...from, run: '../../etc' }), /this is not a request: run/],
  ])('of a request with %s', async (_, bend, words, code = 3) => {
    await nothing(signs(bob, bend(askedInRehearsal)), code, words);
  });

  it('of a log that was bent, cut, or written by strangers', async () => {
    const bent = { ...asked, log: asked.log.replace('"verdict":"fail"', '"verdict":"pass"') };
    expect(bent.log).not.toBe(asked.log);
    await nothing(signs(bob, bent), 20, /the log in this request is INVALID at line \d+: its signature does not fit/);
    const cut = `${asked.log.trimEnd().split('\n').slice(0, -1).join('\n')}\n`;
    await nothing(signs(bob, { ...asked, log: cut }), 3, 'approved is not open for votes');
    await nothing(signs(bob, { ...asked, log: '' }), 20, 'there is nothing in it');
    const others = {
      allowed_signers: `${bob.name} ${bob.publicKey}\n`,
      'roles.yaml': 'golive: 1\npeople:\n  "bob@example.com": [ops]\n',
    };
    await nothing(signs(bob, asked, go, others), 21, /is UNTRUSTED.*the grant of ada@example.com is not good/);
  });

  it('of what is no request, is not there, is no file, or is too large', async () => {
    await nothing(signs(bob, 'hello'), 3, 'this is not a request: it is not JSON');
    await nothing(signs(bob, '[]'), 3, 'this is not a request');
    const { shell } = await signs(bob, asked);
    expect(await runCli(['sign', 'nowhere', ...go], shell)).toBe(3);
    expect(await runCli(['sign', '.', ...go], shell)).toBe(3);
    truncateSync(join(shell.cwd, file), 65 * 1024 * 1024);
    expect(await runCli(['sign', file, ...go], shell)).toBe(3);
    for (const words of ['there is no file', 'is not a file', 'is larger than 64 MiB'])
      expect(shell.complained()).toContain(words);
  });

  it('of a run that is sealed', async () => {
    const over = await signedRun(project, { rehearsal: true });
    const from = await requestOf(over);
    const { sealRun } = await import('../../src/runner/opening.ts');
    await sealRun(over.journal(), over.plan, over.signer, over.clock.now());
    const log = Buffer.concat(
      (await over.store.read(over.run, 0)).flatMap((line) => [line, Buffer.from('\n')]),
    ).toString('utf8');
    await nothing(signs(bob, { ...from, log }), 3, 'is sealed');
  });
});
