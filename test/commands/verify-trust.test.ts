// Goal: `golive verify` trusts the people of a file or of a commit that the auditor names, never those of the working
// tree, and says in its verdict whom. Method: a real repository, real keys and a log signed with them.

import { execFileSync } from 'node:child_process';
import { chmodSync, existsSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Shell } from '../../src/commands/shell.ts';
import { verify, type VerifyCommand } from '../../src/commands/verify.ts';
import { allowedSignersLine } from '../../src/effects/keys.ts';
import { digest } from '../../src/log/canonical.ts';
import { throwAwaySigner } from '../../src/log/session-key.ts';
import { openLog, realRun } from '../log/given.ts';

const folder = mkdtempSync(join(tmpdir(), 'golive-test-'));
afterAll(() => rmSync(folder, { recursive: true }));
const repository = join(folder, 'repository');
const below = join(repository, 'services', 'aep');
const log = join(folder, 'run.jsonl');
const env = { HOME: folder, PATH: process.env['PATH'], GIT_CONFIG_NOSYSTEM: '1' };
const [ada, grace, eve] = ['ada', 'grace', 'eve'].map((name) => throwAwaySigner(`${name}@example.com`));
if (!ada || !grace || !eve) throw new Error('no people');
const line = ({ principal, publicKey }: { principal: string; publicKey: string }): string =>
  `${allowedSignersLine(principal, publicKey)}\n`;
const both = line(ada) + line(grace);
const roles = (...held: readonly string[]): string => `golive: 1\npeople:\n  grace@example.com: [${held.join(', ')}]\n`;

function git(...args: readonly string[]): string {
  const dates = { GIT_AUTHOR_DATE: '2026-03-01T09:30:00+0100', GIT_COMMITTER_DATE: '2026-03-02T09:30:00+0100' };
  const by = ['-c', 'user.name=Ada \u202e', '-c', 'user.email=ada@example.com'];
  return execFileSync('git', [...by, ...args], { cwd: repository, env: { ...env, ...dates }, encoding: 'utf8' }).trim();
}

/** Commits these files and nothing else as the whole of `.golive`, and gives the commit. */
function commit(files: Readonly<Record<string, string>>, at = ''): string {
  const golive = join(repository, at, '.golive');
  rmSync(golive, { recursive: true, force: true });
  mkdirSync(golive, { recursive: true });
  for (const [name, text] of Object.entries(files)) writeFileSync(join(golive, name), text);
  git('add', '-A', '.');
  git('commit', '-q', '--allow-empty', '-m', 'people');
  return git('rev-parse', 'HEAD');
}

beforeAll(async () => {
  mkdirSync(below, { recursive: true });
  writeFileSync(join(below, 'README'), '');
  git('init', '-q');
  const built = await openLog({ run: realRun, signer: ada, change: { roster_digest: digest(Buffer.from(both)) } });
  built.add('step.start', { step: 'go-no-go', attempt: 1, why: 'due', resets: [] });
  await built.signoff(grace);
  const vote = {
    step: 'go-no-go',
    attempt: 1,
    role: 'lead',
    decision: 'go',
    by: grace.principal,
    comment: '',
  } as const;
  built.add('gate.vote', { ...vote, signoff: 2 });
  await built.seal();
  writeFileSync(log, built.bytes());
});

async function said(options: VerifyCommand, cwd = repository): Promise<{ exit: number; out: string; first: string }> {
  const out: string[] = [];
  const shell: Shell = { cwd, env, out: (text) => out.push(text), err: (text) => out.push(text) };
  const exit = await verify(log, options, shell);
  return { exit, out: out.join('\n'), first: out.join('\n').split('\n')[0] ?? '' };
}

const refusal = async (options: VerifyCommand, cwd?: string): Promise<string> =>
  said(options, cwd).then(
    ({ first }) => `fine: ${first}`,
    (error: { code: string; message: string }) => `${error.code}: ${error.message}`,
  );

describe('a commit', () => {
  it('vouches for the people in it, and stands in the verdict with its author and its path', async () => {
    const good = commit({ allowed_signers: both, 'roles.yaml': roles('lead') });
    const found = await said({ trustRepo: 'HEAD' });
    expect([found.exit, found.first]).toEqual([
      0,
      `SEALED: whole, and its people are vouched for by .golive/allowed_signers as of commit ${good.slice(0, 12)}… (Ada \\u202e <ada@example.com>, 2026-03-01)`,
    ]);
    expect(found.out).toContain(
      `  trusted   commit ${good} by Ada \\u202e <ada@example.com> at 2026-03-01T08:30:00.000Z: .golive/allowed_signers, .golive/roles.yaml\n`,
    );
    expect(found.out).not.toContain('not those the run was opened with');
    expect(JSON.parse((await said({ trustRepo: 'HEAD', json: true })).out)).toMatchObject({
      verdict: 'SEALED',
      trusted: expect.stringContaining(`commit ${good.slice(0, 12)}…`),
      trust: {
        commit: good,
        author: { name: 'Ada \u202e', email: 'ada@example.com', at: '2026-03-01T08:30:00.000Z' },
        path: '.golive/allowed_signers',
        beside: ['.golive/roles.yaml'],
      },
    });
  });

  it('is not the working tree, nor the index, nor another commit', async () => {
    const nobody = commit({ allowed_signers: line(eve) });
    const good = commit({ allowed_signers: both });
    git('branch', '-f', 'good');
    writeFileSync(join(repository, '.golive', 'allowed_signers'), line(eve));
    expect((await said({ trustRepo: good })).exit).toBe(0);
    expect((await said({ trustRepo: 'good' })).exit).toBe(0);
    git('add', '-A', '.');
    expect((await said({ trustRepo: good.slice(0, 10) })).exit).toBe(0);
    writeFileSync(join(repository, '.golive', 'allowed_signers'), both);
    const found = await said({ trustRepo: nobody });
    expect([found.exit, found.first]).toEqual([21, expect.stringMatching(/^UNTRUSTED: line 1: the grant of ada/)]);
    expect(found.out).toContain(`  trusted   commit ${nobody} by`);
  });

  it('is read where the auditor stands in it, else further up', async () => {
    commit({ allowed_signers: line(eve) });
    const own = commit({ allowed_signers: both }, 'services/aep');
    expect((await said({ trustRepo: 'HEAD' }, below)).first).toContain(
      `by services/aep/.golive/allowed_signers as of commit ${own.slice(0, 12)}…`,
    );
    expect((await said({ trustRepo: 'HEAD' }, join(repository, 'services'))).exit).toBe(21);
    expect((await said({ trustRepo: 'HEAD' })).exit).toBe(21);
    rmSync(join(below, '.golive'), { recursive: true });
    git('add', '-A', '.');
    git('commit', '-q', '-m', 'gone');
    expect((await said({ trustRepo: 'HEAD' }, below)).exit).toBe(21);
  });

  it('brings its revoked keys and its roles', async () => {
    commit({ allowed_signers: both, revoked_keys: `${grace?.publicKey}\n` });
    expect((await said({ trustRepo: 'HEAD' })).first).toMatch(/^REVOKED: line 3: the signoff of grace/);
    commit({ allowed_signers: both, 'roles.yaml': roles('on_call') });
    const found = await said({ trustRepo: 'HEAD' });
    expect([found.exit, found.first]).toEqual([23, expect.stringMatching(/^INCOMPLETE at line 4 .*lead/)]);
    commit({ allowed_signers: both, 'roles.yaml': 'golive: 1\npeople: { bob@example.com: [lead] }\n' });
    expect(await refusal({ trustRepo: 'HEAD' })).toMatch(/^trust: \.golive\/roles\.yaml of commit [0-9a-f]{12} cannot/);
    commit({ allowed_signers: `* ${ada?.publicKey}\n` });
    expect(await refusal({ trustRepo: 'HEAD' })).toMatch(
      /^trust: \.golive\/allowed_signers of commit [0-9a-f]{12} cannot be used: line 1, column 1: /,
    );
  });

  it('is nothing that git would take for something else, and no link leads out of it', async () => {
    const good = commit({ allowed_signers: both });
    const tree = git('rev-parse', 'HEAD^{tree}');
    for (const rev of ['--all', '-h', '--output=x', ''])
      expect(await refusal({ trustRepo: rev })).toBe(`usage: ${JSON.stringify(rev)} names no commit`);
    for (const rev of ['nowhere', tree, 'HEAD:.golive', `${good}..HEAD`, 'HEAD HEAD'])
      expect(await refusal({ trustRepo: rev })).toContain(
        `usage: ${JSON.stringify(rev)} names no commit of the repository`,
      );
    expect(existsSync(join(repository, 'x'))).toBe(false);
    expect(await refusal({ trustRepo: 'HEAD' }, folder)).toMatch(/^usage: there is no git repository here: /);
    commit({});
    expect(await refusal({ trustRepo: 'HEAD' }, repository)).toMatch(
      /^trust: commit [0-9a-f]{40} has no \.golive\/allowed_signers$/,
    );
    writeFileSync(join(folder, 'mine'), both);
    mkdirSync(join(repository, '.golive'), { recursive: true });
    symlinkSync(join(folder, 'mine'), join(repository, '.golive', 'allowed_signers'));
    git('add', '-A', '.');
    git('commit', '-q', '-m', 'a link');
    expect(await refusal({ trustRepo: 'HEAD' })).toMatch(/^trust: \.golive\/allowed_signers is no file in commit /);
  });

  it('starts no program that the checkout names, and is not replaced by another', async () => {
    const good = commit({ allowed_signers: both });
    const nobody = commit({ allowed_signers: line(eve) });
    const started = join(folder, 'started');
    const program = join(folder, 'program');
    writeFileSync(program, `#!/bin/sh\ntouch ${started}\ncat "$@"\n`);
    chmodSync(program, 0o755);
    writeFileSync(join(repository, '.gitattributes'), '* diff=own filter=own\n');
    for (const name of ['core.fsmonitor', 'core.pager', 'diff.own.textconv', 'filter.own.smudge', 'gpg.program'])
      git('config', name, program);
    git('config', 'log.showSignature', 'true');
    git('replace', nobody, good);
    const found = await said({ trustRepo: nobody });
    git('replace', '-d', nobody);
    for (const name of ['core.fsmonitor', 'core.pager', 'diff.own.textconv', 'filter.own.smudge', 'gpg.program'])
      git('config', '--unset', name);
    rmSync(join(repository, '.gitattributes'));
    expect([found.exit, existsSync(started)]).toEqual([21, false]);
  });
});

describe('files', () => {
  const at = (name: string): string => join(folder, name);

  it('say who holds which role: the one that is named, else the one beside the allowed signers', async () => {
    mkdirSync(at('trusted'));
    writeFileSync(at('trusted/people'), both);
    const trusted = { allowedSigners: at('trusted/people') };
    expect((await said(trusted)).first).toBe('SEALED: whole, and its people are vouched for');
    writeFileSync(at('trusted/roles.yaml'), roles('on_call'));
    expect((await said(trusted)).exit).toBe(23);
    writeFileSync(at('other.yaml'), roles('lead'));
    expect((await said({ ...trusted, roles: '../other.yaml' })).exit).toBe(0);
    writeFileSync(at('other.yaml'), 'golive: 1\npeople: { bob@example.com: [lead] }\n');
    expect(await refusal({ ...trusted, roles: '../other.yaml' })).toMatch(/^trust: \.\.\/other\.yaml cannot be used/);
    expect(await refusal({ ...trusted, roles: 'nowhere.yaml' })).toMatch(/^trust: nowhere\.yaml could not be read/);
  });

  it('that are not those of the run are named by both digests', async () => {
    writeFileSync(at('others'), both + line(eve));
    const digests = [both + line(eve), both].map((text) => digest(Buffer.from(text)).slice(0, 12));
    expect((await said({ allowedSigners: at('others'), roles: undefined })).out).toContain(
      `not those the run was opened with: ${digests[0]}…, and not ${digests[1]}…`,
    );
  });

  it.each([
    [{ trustRepo: 'HEAD', allowedSigners: 'x' }, '--allowed-signers'],
    [{ trustRepo: 'HEAD', roles: 'x' }, '--roles'],
    [{ trustRepo: 'HEAD', revoked: 'x' }, '--revoked'],
    [{ roles: 'x' }, '--roles says who holds which role'],
    [{ revoked: 'x' }, '--revoked says who is trusted no longer'],
  ])('and a commit are not mixed: %j', async (options, words) => {
    expect(await refusal(options)).toMatch(/^usage: /);
    expect(await refusal(options)).toContain(words);
  });
});
