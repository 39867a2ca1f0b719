// Goal: `golive key trust` adds exactly one person and never loses a byte; `golive whoami` is green only for somebody
// whose signature counts. Method: the real command line, real keys, real files and ssh-keygen.

import { execFileSync } from 'node:child_process';
import {
  chmodSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  realpathSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { runCli } from '../../src/cli.ts';
import { whoami } from '../../src/commands/whoami.ts';
import { testShell, type TestShell } from '../support/shell.ts';

const folder = realpathSync(mkdtempSync(join(tmpdir(), 'golive-test-')));
const shells: TestShell[] = [];
afterAll(() => {
  for (const shell of shells) shell.remove();
  rmSync(folder, { recursive: true });
});

let count = 0;
function newKey(name: string, type = 'ed25519'): { readonly file: string; readonly publicKey: string } {
  count += 1;
  const file = join(folder, `${name}-${count}`);
  execFileSync('ssh-keygen', ['-q', '-t', type, '-N', '', '-C', 'a comment', '-f', file]);
  return { file, publicKey: readFileSync(`${file}.pub`, 'utf8').split(' ').slice(0, 2).join(' ') };
}
const [ada, bob] = [newKey('ada'), newKey('bob', 'ecdsa')];
const namespaces = 'namespaces="golive.grant,golive.signoff,golive.seal"';
const adasLine = `ada@example.com ${namespaces} ${ada.publicKey}`;
const bobsLine = `bob@example.com ${namespaces} ${bob.publicKey}`;

/** A project with these files in its `.golive`, and somebody who works there without any configuration. */
function project(
  files: Readonly<Record<string, string | Buffer>> = {},
): TestShell & { readonly file: (name: string) => string } {
  count += 1;
  const cwd = join(folder, `project-${count}`);
  mkdirSync(cwd);
  const file = (name: string): string => join(cwd, '.golive', name);
  if (Object.keys(files).length > 0) mkdirSync(join(cwd, '.golive'), { mode: 0o755 });
  for (const [name, text] of Object.entries(files)) writeFileSync(file(name), text);
  const env = { PATH: process.env['PATH'] ?? '', GIT_CONFIG_GLOBAL: '/dev/null', GIT_CONFIG_SYSTEM: '/dev/null' };
  const shell = testShell({ cwd, env });
  shells.push(shell);
  return { ...shell, file };
}

interface Said {
  readonly exit: number;
  readonly out: string;
  readonly err: string;
}

async function golive(shell: TestShell, ...words: readonly string[]): Promise<Said> {
  const [out, err] = [shell.printed().length, shell.complained().length];
  const exit = await runCli(words, shell);
  return { exit, out: shell.printed().slice(out).trimEnd(), err: shell.complained().slice(err).trimEnd() };
}

/** Everything in `.golive`, by name. */
function contents(shell: { readonly cwd: string }): Readonly<Record<string, string>> {
  const at = join(shell.cwd, '.golive');
  return Object.fromEntries(readdirSync(at).map((name) => [name, readFileSync(join(at, name), 'latin1')]));
}

describe('golive key trust', () => {
  it('begins a roster with the line that key show prints, and adds to it', async () => {
    const shell = project();
    const shown = await golive(shell, 'key', 'show', '--as', 'ada@example.com', '--key', ada.file);
    expect(shown.out).toBe(adasLine);
    const first = await golive(shell, 'key', 'trust', shown.out, '--roles', 'engineering,on_call');
    expect([first.exit, first.out]).toEqual([0, adasLine]);
    expect(first.err).toMatch(/^Added to \.golive\/allowed_signers:\n {2}SHA256:\S{43}: compare/);
    expect(first.err).toContain('Added to .golive/roles.yaml: ada@example.com holds engineering, on_call.');
    const second = await golive(shell, 'key', 'trust', `${bob.file}.pub`, '--as', 'bob@example.com');
    expect([second.exit, second.out]).toEqual([0, bobsLine]);
    expect(second.err).not.toContain('roles');
    expect(contents(shell)).toEqual({
      allowed_signers: `${adasLine}\n${bobsLine}\n`,
      'roles.yaml': 'golive: 1\npeople:\n  ada@example.com: [engineering, on_call]\n',
    });
    const mode = (path: string): number => statSync(path).mode & 0o777;
    expect(mode(join(shell.cwd, '.golive'))).toBe(0o700);
    expect([mode(shell.file('allowed_signers')), mode(shell.file('roles.yaml'))]).toEqual([0o644, 0o644]);
  });

  it('takes a file with the line in it, the text of a key, and a line with options of its own', async () => {
    const shell = project();
    const file = join(folder, 'bobs-line');
    writeFileSync(file, `${bobsLine}\n`);
    expect((await golive(shell, 'key', 'trust', file)).out).toBe(bobsLine);
    const said = await golive(shell, 'key', 'trust', '--as', 'ada@example.com', `${ada.publicKey} Ada's laptop`);
    expect(said.out).toBe(adasLine);
    const eve = newKey('eve').publicKey;
    const own = `eve@example.com  ${namespaces},valid-before="20300101Z" ${eve} a comment`;
    expect((await golive(shell, 'key', 'trust', own)).out).toBe(own.replace('  ', ' ').replace(' a comment', ''));
  });

  it('keeps what stands there: comments, order, bytes that are no text, a missing line feed, modes and links', async () => {
    const remark = Buffer.from(`# Zo\u00eb\n${adasLine}`, 'latin1');
    const roles = '# who decides\ngolive: 1\npeople:\n  # since May\n  ada@example.com: [engineering] # lead\n';
    const shell = project({ allowed_signers: remark, 'roles.yaml': roles });
    chmodSync(shell.file('allowed_signers'), 0o640);
    const elsewhere = join(folder, `roles-${count}.yaml`);
    writeFileSync(elsewhere, roles);
    rmSync(shell.file('roles.yaml'));
    symlinkSync(elsewhere, shell.file('roles.yaml'));
    const below = join(shell.cwd, 'deep', 'below');
    mkdirSync(below, { recursive: true });
    const said = await golive({ ...shell, cwd: below }, 'key', 'trust', bobsLine, '--roles', 'on_call');
    expect(said.err).toContain('Added to ../../.golive/allowed_signers');
    expect(await golive(shell, 'key', 'trust', adasLine, '--roles', 'on_call,engineering,on_call')).toMatchObject({
      exit: 0,
    });
    expect(readFileSync(shell.file('allowed_signers'))).toEqual(
      Buffer.concat([remark, Buffer.from(`\n${bobsLine}\n`)]),
    );
    expect(statSync(shell.file('allowed_signers')).mode & 0o777).toBe(0o640);
    expect(readFileSync(elsewhere, 'utf8')).toBe(
      '# who decides\ngolive: 1\npeople:\n  # since May\n  ada@example.com: [engineering, on_call] # lead\n  bob@example.com: [on_call]\n',
    );
    expect(readdirSync(join(shell.cwd, '.golive')).toSorted()).toEqual(['allowed_signers', 'roles.yaml']);
  });

  it('says so when somebody stands there with this key already, and is content', async () => {
    const shell = project();
    await golive(shell, 'key', 'trust', adasLine, '--roles', 'engineering');
    const before = contents(shell);
    const again = await golive(shell, 'key', 'trust', `ada@example.com ${ada.publicKey}`, '--roles', 'engineering');
    expect([again.exit, again.out]).toEqual([0, '']);
    expect(again.err).toContain('ada@example.com stands in .golive/allowed_signers with this key already.');
    expect(again.err).toContain('ada@example.com holds engineering in .golive/roles.yaml already.');
    expect(contents(shell)).toEqual(before);
    // A person may have a second key, as when the first one runs out.
    const next = newKey('ada').publicKey;
    expect((await golive(shell, '--json', 'key', 'trust', `ada@example.com ${next}`)).exit).toBe(0);
    expect(contents(shell)['allowed_signers']).toBe(`${adasLine}\nada@example.com ${next}\n`);
  });

  it('tells machines what it did', async () => {
    const shell = project();
    const said = await golive(shell, '--json', 'key', 'trust', adasLine, '--roles', 'engineering');
    expect([said.exit, said.err]).toEqual([0, '']);
    expect(JSON.parse(said.out)).toEqual({
      principal: 'ada@example.com',
      publicKey: ada.publicKey,
      fingerprint: expect.stringMatching(/^SHA256:/),
      line: adasLine,
      added: {
        allowedSigners: shell.file('allowed_signers'),
        line: true,
        rolesFile: shell.file('roles.yaml'),
        roles: ['engineering'],
      },
    });
  });

  it.each([
    ['a pattern', [`*@example.com ${bob.publicKey}`], /has a pattern \(column 1\)/],
    ['a pattern of a name', [`${bob.file}.pub`, '--as', '*@example.com'], /cannot be the name of a person/],
    ['a key that is somebody else’s', [`bob@example.com ${ada.publicKey}`], /that of ada@example\.com and of bob/],
    ['two names for a key', [`bob@example.com,bob ${bob.publicKey}`], /one key is one person/],
    ['the key of an authority', [`bob@example.com cert-authority ${bob.publicKey}`], /key of an authority/],
    [
      'a line whose quotes the shell took',
      ['bob', 'namespaces=golive.grant', bob.publicKey],
      /not understood.*\n.*between ' and '/,
    ],
    ['a date that is none', [`bob valid-before="soon" ${bob.publicKey}`], /valid-before is not a date/],
    ['another name than the line’s', [bobsLine, '--as', 'ada@example.com'], /the line is that of bob@example\.com/],
    ['a key without a name', [`${bob.file}.pub`], /does not say whose it is\n.*--as/],
    ['a private key', [bob.file, '--as', 'bob@example.com'], /is a private key.*\n.*\.pub/],
    [
      'a certificate or an old key',
      ['ssh-dss AAAAB3NzaC1kc3M=', '--as', 'bob'],
      /what should be a public key|not understood|known type/,
    ],
    ['no file', ['nowhere.pub', '--as', 'bob@example.com'], /neither a line of allowed signers nor a file/],
    ['what is no role', [bobsLine, '--roles', 'On Call'], /"On Call" cannot be the name of a role/],
  ])('refuses %s, and writes nothing', async (_, words, says) => {
    const shell = project({ allowed_signers: `${adasLine}\n`, 'roles.yaml': 'golive: 1\npeople: {}\n' });
    const before = contents(shell);
    const said = await golive(shell, 'key', 'trust', ...words);
    expect([said.exit, said.out]).toEqual([3, '']);
    expect(said.err).toMatch(says);
    expect(contents(shell)).toEqual(before);
  });

  it.each([
    [
      'a line that ssh-keygen would skip',
      { allowed_signers: 'ada namespaces="a" valid-before="20270101" x\n' },
      /cannot be added to: line 1/,
    ],
    [
      'roles that are no roles',
      { allowed_signers: '', 'roles.yaml': 'golive: 1\npeople: [ada]\n' },
      /roles\.yaml:2:9:/,
    ],
    [
      'roles of a stranger',
      { allowed_signers: '', 'roles.yaml': 'golive: 1\npeople: { eve: [a] }\n' },
      /roles\.yaml:2:11:/,
    ],
    ['roles without allowed signers beside', { 'roles.yaml': 'golive: 2\npeople: {}\n' }, /roles\.yaml:1:9:/],
  ])('adds nothing to a roster with %s', async (_, files, says) => {
    const shell = project(files);
    const before = contents(shell);
    const said = await golive(shell, 'key', 'trust', bobsLine, '--roles', 'on_call');
    expect(said.exit).toBe(3);
    expect(said.err).toMatch(says);
    expect(contents(shell)).toEqual(before);
  });

  it('adds nothing to a file that others can write to', async () => {
    const shell = project({ allowed_signers: '' });
    chmodSync(shell.file('allowed_signers'), 0o666);
    expect((await golive(shell, 'key', 'trust', bobsLine)).err).toContain('others on this machine can write to');
    expect(contents(shell)).toEqual({ allowed_signers: '' });
  });
});

const report = z.object({
  principal: z.string().optional(),
  key: z.object({ publicKey: z.string(), fingerprint: z.string(), source: z.string() }).optional(),
  roster: z.object({ allowedSigners: z.string(), digest: z.string().optional() }).optional(),
  roles: z.array(z.string()),
  checks: z.array(z.object({ name: z.string(), state: z.string(), says: z.string(), todo: z.string().optional() })),
  exit: z.number(),
});

/** What whoami says to machines, and which checks are not fine. */
async function who(shell: TestShell, ...words: readonly string[]) {
  const { exit, out } = await golive(shell, '--json', 'whoami', ...words);
  const said = report.parse(JSON.parse(out));
  expect(said.exit).toBe(exit);
  const wrong = said.checks.filter(({ state }) => state !== 'ok');
  // Whatever is not fine says what to do.
  expect(wrong.filter(({ todo }) => todo === undefined)).toEqual([]);
  return { ...said, wrong: wrong.map(({ name, says }) => `${name}: ${says}`) };
}

describe('golive whoami', () => {
  const asAda = ['--as', 'ada@example.com', '--key', ada.file];
  const people = 'golive: 1\npeople: { ada@example.com: [engineering, on_call] }\n';

  it('is green for somebody whose signature counts, and says who that is', async () => {
    const shell = project({ allowed_signers: `${adasLine}\n`, 'roles.yaml': people });
    const said = await who(shell, ...asAda);
    expect(said).toMatchObject({
      principal: 'ada@example.com',
      key: { publicKey: ada.publicKey, source: '--key' },
      roster: { allowedSigners: shell.file('allowed_signers') },
      roles: ['engineering', 'on_call'],
      wrong: [],
      exit: 0,
    });
    expect(said.checks.map(({ name }) => name)).toEqual(['key', 'roster', 'listed', 'valid', 'signs', 'roles']);
    const { out } = await golive(shell, 'whoami', ...asAda);
    expect(out).toMatch(/^ada@example\.com\n {2}✓ key +SHA256:\S+, from --key\n/);
    expect(out).toContain(said.key?.fingerprint);
    for (const line of out.split('\n')) expect(line.length).toBeLessThanOrEqual(100);
  });

  it.each<[string, Record<string, string>, readonly string[]]>([
    ['no roster', {}, ['roster: there is no .golive/allowed_signers here or above: what people say is not signed']],
    [
      'a roster without them',
      { allowed_signers: `${bobsLine}\n` },
      [
        'listed: ada@example.com does not stand in .golive/allowed_signers',
        'roles: ada@example.com holds no role in .golive/roles.yaml (which is not there, so nobody holds a role)',
      ],
    ],
    [
      'another key of theirs in it',
      { allowed_signers: `ada@example.com ${bob.publicKey}\n`, 'roles.yaml': people },
      [expect.stringMatching(/^listed: \.golive\/allowed_signers lists another key for ada@example\.com: SHA256:/)],
    ],
    [
      'their key in another name',
      { allowed_signers: `bob@example.com ${ada.publicKey}\n` },
      [
        'listed: .golive/allowed_signers has this key as that of bob@example.com, not of ada@example.com',
        expect.stringMatching(/^roles: /),
      ],
    ],
    [
      'an expired key',
      { allowed_signers: `ada@example.com valid-before="20200101" ${ada.publicKey}\n`, 'roles.yaml': people },
      ['valid: the key expired at 2020-01-01T00:00:00Z'],
    ],
    [
      'a key that is not valid yet',
      { allowed_signers: `ada@example.com valid-after="29990101" ${ada.publicKey}\n`, 'roles.yaml': people },
      ['valid: the key is not valid before 2999-01-01T00:00:00Z'],
    ],
    [
      'a revoked key',
      { allowed_signers: `${adasLine}\n`, 'roles.yaml': people, revoked_keys: `# lost\n${ada.publicKey} Ada\n` },
      ['revoked: the key is revoked'],
    ],
    [
      'a key for other things',
      { allowed_signers: `ada@example.com namespaces="git" ${ada.publicKey}\n`, 'roles.yaml': people },
      ['signs: the key may not sign this kind of statement'],
    ],
    [
      'no role',
      { allowed_signers: `${adasLine}\n`, 'roles.yaml': 'golive: 1\npeople: {}\n' },
      ['roles: ada@example.com holds no role in .golive/roles.yaml'],
    ],
    [
      'a roster with a mistake',
      { allowed_signers: `* ${ada.publicKey}\n` },
      [expect.stringMatching(/^roster: .*line 1, column 1: .*pattern/)],
    ],
    [
      'roles with a mistake',
      { allowed_signers: `${adasLine}\n`, 'roles.yaml': 'golive: 1\npeople: { eve@example.com: [on_call] }\n' },
      [
        'roster: .golive/roles.yaml cannot be used as it is: .golive/roles.yaml:2:11: `eve@example.com` does not stand among the allowed signers: nothing they sign would count',
      ],
    ],
  ])('is red with %s, and says what to do', async (_, files, wrong) => {
    const said = await who(project(files), ...asAda);
    expect([said.exit, said.wrong]).toEqual([2, wrong]);
  });

  it('is red with a key that a KRL revokes, and not with one it does not', async () => {
    const shell = project({ allowed_signers: `${adasLine}\n`, 'roles.yaml': people });
    execFileSync('ssh-keygen', ['-q', '-k', '-f', shell.file('revoked_keys'), `${bob.file}.pub`]);
    expect((await who(shell, ...asAda)).wrong).toEqual([]);
    execFileSync('ssh-keygen', ['-q', '-k', '-u', '-f', shell.file('revoked_keys'), `${ada.file}.pub`]);
    expect((await who(shell, ...asAda)).wrong).toEqual(['revoked: the key is revoked']);
  });

  it('is green as long as the key is valid, and red a second later', async () => {
    const line = `ada@example.com valid-before="20270101" ${ada.publicKey}\n`;
    const shell = project({ allowed_signers: line, 'roles.yaml': people });
    const options = { as: 'ada@example.com', key: ada.file };
    const end = Date.parse('2027-01-01T00:00:00Z');
    expect(await whoami(options, shell, end)).toBe(0);
    expect(shell.printed()).toContain('now, until 2027-01-01T00:00:00Z');
    expect(await whoami(options, shell, end + 1000)).toBe(2);
  });

  it('is red for nobody, for somebody without a key, and for a key that does not sign', async () => {
    const shell = project({ allowed_signers: `${adasLine}\n`, 'roles.yaml': people });
    expect((await who(shell)).wrong).toEqual(['name: golive does not know who you are']);
    expect((await who(shell, '--as', 'a b')).wrong).toEqual([expect.stringMatching(/^name: "a b" cannot be/)]);
    expect((await who(shell, '--as', 'ada@example.com')).wrong).toEqual(['key: there is no SSH key to sign with']);
    const gone = join(folder, 'gone.pub');
    writeFileSync(gone, `${ada.publicKey}\n`);
    const signs = await who(shell, '--as', 'ada@example.com', '--key', gone);
    expect(signs.wrong).toEqual([expect.stringMatching(/^signs: signing with --key did not work/)]);
  });
});
