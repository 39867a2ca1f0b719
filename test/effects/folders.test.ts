// Goal: every file of a folder is told with its digests, links and what is too long as such, and nothing outside is read.
// Method: real folders; a long file is a hole.

import { createHash } from 'node:crypto';
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, truncateSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { openFolders } from '../../src/effects/folders.ts';

const { signal } = new AbortController();

function given() {
  const base = mkdtempSync(join(tmpdir(), 'golive-folders-'));
  onTestFinished(() => rmSync(base, { recursive: true, force: true }));
  const root = join(base, 'here');
  mkdirSync(join(root, 'dist', 'a'), { recursive: true });
  writeFileSync(join(base, 'outside.txt'), 'outside');
  writeFileSync(join(root, 'dist', 'index.html'), 'page');
  writeFileSync(join(root, 'dist', 'a', 'b.js'), 'code');
  return { base, root, folders: openFolders(root) };
}

test('a folder is all files below it, by path, with their digests', async () => {
  const { folders } = given();
  const digest = (algorithm: string, form: 'hex' | 'base64'): string =>
    createHash(algorithm).update('page').digest(form);
  expect(await folders.tree('dist', signal)).toMatchObject([
    { path: 'a/b.js', bytes: 4 },
    { path: 'index.html', bytes: 4, md5: digest('md5', 'hex'), sha256: digest('sha256', 'base64') },
  ]);
  expect(Buffer.from(await folders.bytes('dist/a/b.js', signal)).toString()).toBe('code');
  expect(await folders.tree('build', signal)).toBeUndefined();
});

test('a link is told as one and not followed', async () => {
  const { base, root, folders } = given();
  symlinkSync(join(base, 'outside.txt'), join(root, 'dist', 'c.txt'));
  expect(await folders.tree('dist', signal)).toContainEqual({
    path: 'c.txt',
    bytes: 0,
    md5: '',
    sha256: '',
    link: true,
  });
  await expect(folders.bytes('dist/c.txt', signal)).rejects.toMatchObject({ code: 'refused' });
});

test('a file of more than 64 MiB is told by its length, and not read', async () => {
  const { root, folders } = given();
  writeFileSync(join(root, 'dist', 'v.mp4'), '');
  truncateSync(join(root, 'dist', 'v.mp4'), 67_108_865);
  expect(await folders.tree('dist', signal)).toContainEqual({ path: 'v.mp4', bytes: 67_108_865, md5: '', sha256: '' });
  await expect(folders.bytes('dist/v.mp4', signal)).rejects.toMatchObject({ code: 'invalid' });
});

test.each(['..', '../outside.txt', '/etc', 'dist/../..', ''])('"%s" is refused', async (path) => {
  const { folders } = given();
  await expect(folders.tree(path, signal)).rejects.toMatchObject({ name: 'BlindError', code: 'refused' });
  await expect(folders.bytes(path, signal)).rejects.toMatchObject({ name: 'BlindError', code: 'refused' });
});

test('a folder that is a link out of here is refused', async () => {
  const { base, root, folders } = given();
  symlinkSync(base, join(root, 'up'));
  await expect(folders.tree('up', signal)).rejects.toMatchObject({ code: 'refused' });
});
