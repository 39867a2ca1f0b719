// Goal: what people hand each other is written for its owner alone and over nothing, and what they are handed is read up to a
// size and without waiting. Method: real files.

import { execFileSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync, truncateSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeEach, describe, expect, it } from 'vitest';
import { readHanded, writeHanded } from '../../src/effects/handed-file.ts';

const root = mkdtempSync(join(tmpdir(), 'golive-handed-'));
afterAll(() => rmSync(root, { recursive: true }));
let folder = root;
beforeEach(() => void (folder = mkdtempSync(join(root, 'f-'))));

const text = (what: string): Uint8Array => new TextEncoder().encode(what);
const limit = 64 * 1024 * 1024;

describe('a file that is written', () => {
  it('is its owner’s alone, and nothing else is left beside it', () => {
    expect(writeHanded(join(folder, 'a.json'), text('one'))).toBe(join(folder, 'a.json'));
    expect(readFileSync(join(folder, 'a.json'), 'utf8')).toBe('one');
    expect(statSync(join(folder, 'a.json')).mode & 0o777).toBe(0o600);
    expect(readdirSync(folder)).toEqual(['a.json']);
  });

  it('takes the first free name where its ending may be counted, and no other name otherwise', () => {
    const path = join(folder, 'go-1.request.json');
    for (const more of ['', '-2', '-3'])
      expect(writeHanded(path, text(more), '.request.json')).toBe(join(folder, `go-1${more}.request.json`));
    expect(() => writeHanded(path, text('x'))).toThrow('is there already, and is not overwritten');
    expect(readFileSync(path, 'utf8')).toBe('');
  });

  it('is not written where nobody could read it, or where there is no folder', () => {
    expect(() => writeHanded(join(folder, 'a'), new Uint8Array(limit + 1))).toThrow('larger than 64 MiB');
    expect(() => writeHanded(join(folder, 'nowhere', 'a'), text('x'))).toThrow('could not be written: ENOENT');
    expect(readdirSync(folder)).toEqual([]);
  });
});

describe('a file that is read', () => {
  it('is read whole, up to its size', () => {
    const path = join(folder, 'a');
    writeFileSync(path, 'all of it');
    expect(new TextDecoder().decode(readHanded(path))).toBe('all of it');
    truncateSync(path, limit + 1);
    expect(() => readHanded(path)).toThrow('is larger than 64 MiB, and was not read');
  });

  it('is one: no folder, no pipe that nobody writes to, and there', () => {
    execFileSync('mkfifo', [join(folder, 'pipe')]);
    expect(() => readHanded(join(folder, 'pipe'))).toThrow('is not a file');
    expect(() => readHanded(folder)).toThrow('is not a file');
    expect(() => readHanded(join(folder, 'nowhere'))).toThrow('there is no file');
    expect(() => readHanded(join(folder, 'pipe', 'a'))).toThrow('there is no file');
  });
});
