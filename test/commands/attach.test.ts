// Goal: a file that somebody attaches is evidence like any other: kept under its digest before a line names it, never with
// a secret in it, and its loss is found. Method: the real commands on runs in a folder.

import { spawnSync } from 'node:child_process';
import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { runCli } from '../../src/cli.ts';
import { attachHere } from '../../src/commands/attach-here.ts';
import { largestAttachment } from '../../src/effects/attachment.ts';
import type { RunEvent } from '../../src/engine/events.ts';
import { digest } from '../../src/log/canonical.ts';
import { scrubber } from '../../src/runner/scrubber.ts';
import { checklistText } from '../checklist/given.ts';
import { folderRun } from '../support/folder-run.ts';
import { testShell, type TestShell } from '../support/shell.ts';

const shells: TestShell[] = [];
afterAll(() => shells.forEach((shell) => shell.remove()));

const secret = 'tk-4f9c2ab81d7e';
const withToken = checklistText({ top: 'inputs: { token: { question: Which token?, secret: true } }' });

/** A run whose session was closed, and a folder for files of the person at it. */
async function given(
  options: { text?: string; rehearsal?: boolean; env?: Record<string, string>; open?: boolean } = {},
) {
  const shell = testShell({ env: { PATH: process.env['PATH'] ?? '', GIT_CONFIG_GLOBAL: '/dev/null', ...options.env } });
  shells.push(shell);
  const folder = await folderRun(shell, options.text ?? checklistText(), { rehearsal: options.rehearsal ?? true });
  if (options.open !== true)
    await folder.give({ order: 'close-session', reason: 'later', until: '2026-03-01T13:00:00.000Z' });
  const desk = join(shell.runsDir, '..', 'desk');
  mkdirSync(desk, { recursive: true });
  const call = (...words: readonly string[]): Promise<number> => runCli([...words, '--runs-dir', shell.runsDir], shell);
  const write = (name: string, bytes: string | Uint8Array): string => {
    writeFileSync(join(desk, name), bytes);
    return join(desk, name);
  };
  const attached = async (): Promise<readonly RunEvent[]> =>
    (await folder.events()).filter(({ kind }) => kind === 'attach');
  return { ...folder, shell, desk, call, write, attached };
}

describe('golive attach', () => {
  it('keeps the file under its digest, names it in the log, and leaves the run as it was', async () => {
    const { run, call, write, store, events, shell, kept } = await given();
    const bytes = Buffer.from([0xff, 0xd8, 0, 10, 13, 0x1b, 200]);
    const name = digest(bytes);
    expect(await call('attach', run, write('load\u202etest.jpg', bytes), '--step', 'one')).toBe(0);
    expect(Buffer.from((await store.getBlob(run, name)) ?? [])).toEqual(bytes);
    const by = 'ada@example.com';
    const [opened, named, closed] = (await events()).slice(-3);
    expect(named?.kind === 'attach' && named.body).toEqual({
      digest: name,
      name: 'load\u202etest.jpg',
      size: 7,
      step: 'one',
      by,
    });
    expect([opened?.kind, closed?.kind]).toEqual(['session.open', 'session.close']);
    expect(closed?.kind === 'session.close' && closed.body.until).toBe('2026-03-01T13:00:00.000Z');
    expect(shell.printed()).toContain(`attached load\\u202etest.jpg to ${run}: 7 bytes, sha256 ${name}`);
    expect(kept().filter((file) => file.includes('.tmp-'))).toEqual([]);
    expect(await call('verify', run, '--rehearsal')).toBe(10);
  });

  it('takes another name, and says it to machines', async () => {
    const { run, call, write, shell, attached } = await given();
    expect(await call('attach', run, write('a.txt', 'seen'), '--name', 'what support said', '--json')).toBe(0);
    const said = { run, digest: digest('seen'), name: 'what support said', size: 4, step: '', by: 'ada@example.com' };
    expect(JSON.parse(shell.printed())).toEqual(said);
    const { run: _, ...body } = said;
    expect((await attached()).map((event) => event.body)).toEqual([body]);
  });

  it('signs in a real run with the key of whoever attaches', async () => {
    const { run, call, write, shell, attached } = await given({ rehearsal: false });
    const file = write('a.txt', 'seen');
    expect(await call('attach', run, file)).toBe(3);
    expect(shell.complained()).toContain('does not know who you are');
    expect(await runCli(['key', 'init', '--as', 'grace@example.com'], shell)).toBe(0);
    expect(await call('attach', run, file, '--as', 'grace@example.com')).toBe(0);
    expect(await attached()).toMatchObject([{ body: { by: 'grace@example.com', name: 'a.txt' } }]);
  });

  it.each<[string, (desk: string) => string, string]>([
    ['a file that is not there', (desk) => join(desk, 'gone.txt'), 'there is no file'],
    ['a folder', (desk) => desk, 'is a folder'],
    ['an empty file', (desk) => (writeFileSync(join(desk, 'empty'), ''), join(desk, 'empty')), 'is empty'],
    ['a pipe', (desk) => (spawnSync('mkfifo', [join(desk, 'pipe')]), join(desk, 'pipe')), 'no file that can be kept'],
    ['a device', () => '/dev/zero', 'no file that can be kept'],
    ['a file that cannot be read', () => '/proc/self/mem', 'could not be read: EIO'],
  ])('refuses %s, and writes nothing', async (_, path, says) => {
    const { run, call, desk, shell, kept } = await given();
    const before = kept();
    expect(await call('attach', run, path(desk))).toBe(3);
    expect(shell.complained()).toContain(says);
    expect(kept()).toEqual(before);
  });

  it('takes 16 MiB, and not a byte more', async () => {
    const { run, call, write, shell, kept } = await given();
    const before = kept();
    const full = Buffer.alloc(largestAttachment + 1, 'x');
    expect(await call('attach', run, write('full', full))).toBe(3);
    expect(shell.complained()).toContain('has 16777217 bytes, and a run keeps files of up to 16 MiB');
    expect(kept()).toEqual(before);
    expect(await call('attach', run, write('full', full.subarray(1)))).toBe(0);
  });

  it('refuses a step that the checklist does not have, and names the nearest', async () => {
    const { run, call, write, shell, kept } = await given();
    const before = kept();
    expect(await call('attach', run, write('a.txt', 'seen'), '--step', 'onee')).toBe(3);
    expect(shell.complained()).toMatch(/no step onee\n.*Did you mean one\?/);
    expect(await call('attach', run, write('b.txt', 'seen'), '--name', ' ')).toBe(3);
    expect(kept()).toEqual(before);
  });

  it('adds nothing to a run that is sealed, held, or whose process was killed', async () => {
    const sealed = await given({ open: true });
    const before = sealed.kept();
    const file = sealed.write('a.txt', 'seen');
    expect(await sealed.call('attach', sealed.run, file)).toBe(2);
    expect(sealed.shell.complained()).toContain('type :attach at its prompt');
    const letGo = await sealed.hold();
    expect(await sealed.call('attach', sealed.run, file)).toBe(2);
    expect(sealed.shell.complained()).toContain('Type :attach at its prompt');
    await letGo();
    expect(sealed.kept()).toEqual(before);
    await sealed.seal();
    const whole = sealed.kept();
    expect(await sealed.call('attach', sealed.run, file)).toBe(3);
    expect(sealed.shell.complained()).toContain('is sealed');
    expect(sealed.kept()).toEqual(whole);
  });
});

describe('a file with a secret of the run in it', () => {
  const bodies: [string, string | Uint8Array][] = [
    ['plainly', `curl -H "x-token: ${secret}"`],
    ['in base64', Buffer.from(`user:${secret}`).toString('base64')],
    ['in a URL', `https://x.example/?t=${encodeURIComponent(secret)}`],
    ['far behind', `${'a line of a log\n'.repeat(70_000)}${secret}`],
    ['where two pieces of it meet', `${'x'.repeat(512 * 1024 - 3)}${secret}${'x'.repeat(100_000)}`],
    ['in UTF-16', Buffer.from(`\ufeff${secret}`, 'utf16le')],
    ['behind an odd byte', Buffer.concat([Buffer.of(7), Buffer.from(secret, 'utf16le')])],
    ['among bytes that are no text', Buffer.concat([Buffer.of(0xff, 0), Buffer.from(secret), Buffer.of(0xfe)])],
  ];

  it.each(bodies)('is not kept: %s', async (_, bytes) => {
    const own = await given({ text: withToken, rehearsal: false, env: { GOLIVE_INPUT_TOKEN: secret } });
    await runCli(['key', 'init', '--as', 'ada@example.com'], own.shell);
    const before = own.kept();
    expect(await own.call('attach', own.run, own.write('log.txt', bytes), '--as', 'ada@example.com')).toBe(3);
    expect(own.shell.complained()).toContain('a secret of this run stands in log.txt');
    expect(own.shell.complained() + own.shell.printed()).not.toContain(secret);
    expect(own.kept()).toEqual(before);
  });

  it('is not kept under a name that has it, which is not said either', async () => {
    const own = await given({ text: withToken, rehearsal: false, env: { GOLIVE_INPUT_TOKEN: secret } });
    await runCli(['key', 'init', '--as', 'ada@example.com'], own.shell);
    const call = own.call('attach', own.run, own.write(`${secret}.txt`, 'seen'), '--as', 'ada@example.com');
    expect(await call).toBe(3);
    expect(own.shell.complained()).toContain('(secret token)');
    expect(own.shell.complained()).not.toContain(secret);
  });

  it('is said not to have been looked for where nobody says what the secret is', async () => {
    const own = await given({ text: withToken, rehearsal: false });
    await runCli(['key', 'init', '--as', 'ada@example.com'], own.shell);
    expect(await own.call('attach', own.run, own.write('a.txt', 'seen'), '--as', 'ada@example.com')).toBe(0);
    expect(own.shell.complained()).toContain('Whether the file has token in it was not looked at');
  });

  it('is not kept at the prompt of a run, nor is what is no file; what is right is', async () => {
    const { journal, shell, write, attached, desk } = await given({ open: true });
    const mine = { ...journal, scrub: scrubber({ token: secret }) };
    const at = async (path: string): Promise<string> =>
      Object.values(await attachHere(mine, { path, step: 'one', by: 'ada' }, shell)).join();
    expect(await at(write('a.txt', `it is ${secret}`))).toMatch(
      /^a secret of this run stands in a.txt.*Take the secret out/,
    );
    expect(await at(join(desk, 'gone'))).toMatch(/^there is no file .*gone\. Give its path/);
    expect(await attached()).toEqual([]);
    expect(await attachHere(mine, { path: write('b.txt', 'seen'), step: 'two', by: 'ada' }, shell)).toEqual({
      refused: 'there is no step two',
    });
    const named = `b.txt, attached, sha256 ${digest('seen').slice(0, 12)}`;
    expect(await at(write('b.txt', 'seen'))).toBe(named);
    const home = { ...shell, env: { HOME: desk } };
    expect(await attachHere(mine, { path: '~/b.txt', step: '', by: 'ada' }, home)).toEqual({ name: named });
    expect((await attached()).map(({ body }) => body)).toMatchObject([{ step: 'one' }, { step: '' }]);
  });
});

describe('an attachment that is gone', () => {
  it('leaves the log valid and makes it INCOMPLETE (case 45)', async () => {
    const { run, call, write, shell, store } = await given();
    await call('attach', run, write('a.txt', 'seen'));
    const blobs = join(store.locate(run), 'blobs');
    rmSync(join(blobs, digest('seen')));
    expect(await call('verify', run, '--rehearsal')).toBe(23);
    expect(shell.printed()).toContain(
      `INCOMPLETE: 1 of 2 pieces of evidence are missing or damaged, first ${digest('seen')}`,
    );
    writeFileSync(join(blobs, digest('seen')), 'seem');
    expect(await call('verify', run, '--rehearsal')).toBe(23);
    writeFileSync(join(blobs, digest('seen')), 'seen');
    expect(await call('verify', run, '--rehearsal')).toBe(10);
    expect(readdirSync(blobs)).toHaveLength(2);
    expect(readFileSync(join(blobs, digest('seen')), 'utf8')).toBe('seen');
  });
});
