// One file created whole: both ways of doing it keep the same promise.

import { closeSync, mkdtempSync, openSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { create, createBeside, type Folder } from '../../src/effects/durable-file.ts';

let folder: Folder;
beforeEach(() => {
  const path = mkdtempSync(join(tmpdir(), 'golive-test-'));
  folder = { path, handle: openSync(path, 'r') };
});
afterEach(() => {
  closeSync(folder.handle);
  rmSync(folder.path, { recursive: true });
});

const ways = { 'at once': create, 'beside other work': createBeside };

describe.each(Object.entries(ways))('a file created %s', (_name, make) => {
  it('is there whole, for its owner only, with nothing left beside it', async () => {
    expect(await make(folder, 'one', Buffer.from('bytes'))).toBeUndefined();
    expect(readdirSync(folder.path)).toEqual(['one']);
    expect(readFileSync(join(folder.path, 'one'), 'utf8')).toBe('bytes');
    expect(statSync(join(folder.path, 'one')).mode & 0o777).toBe(0o600);
  });

  it('never takes the place of one that is there: its bytes come back instead', async () => {
    await make(folder, 'one', Buffer.from('first'));
    expect((await make(folder, 'one', Buffer.from('second')))?.toString()).toBe('first');
    expect(readFileSync(join(folder.path, 'one'), 'utf8')).toBe('first');
    expect(readdirSync(folder.path)).toEqual(['one']);
  });

  it('says what the file system says when the folder is gone', async () => {
    const gone = { ...folder, path: join(folder.path, 'gone') };
    await expect((async () => make(gone, 'one', Buffer.from('bytes')))()).rejects.toThrow('ENOENT');
  });
});

it('many files created beside each other are all there', async () => {
  const names = Array.from({ length: 40 }, (_, at) => `file-${at}`);
  await Promise.all(names.map((name) => createBeside(folder, name, Buffer.from(name))));
  expect(readdirSync(folder.path).toSorted()).toEqual(names.toSorted());
  for (const name of names) expect(readFileSync(join(folder.path, name), 'utf8')).toBe(name);
});
