// The real files below a folder: what is there, what leads out of it, and what cannot be read.

import { chmodSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir, userInfo } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { openWorkFiles } from '../../src/effects/work-files.ts';
import { BlindError } from '../../src/errors.ts';
import type { Files } from '../../src/machine.ts';

let around: string;
let files: Files;
const { signal } = new AbortController();
const written = new Date('2026-03-01T12:00:00Z');

beforeAll(() => {
  around = mkdtempSync(join(tmpdir(), 'golive-files-'));
  const folder = join(around, 'work');
  mkdirSync(join(folder, 'dist', 'assets'), { recursive: true });
  mkdirSync(join(folder, 'dist', 'assets', '.cache'));
  mkdirSync(join(around, 'outside'));
  for (const [path, text] of [
    ['work/dist/index.html', '<h1>ä</h1>'],
    ['work/dist/assets/app.js', 'x'.repeat(500)],
    ['work/dist/assets/other.js', ''],
    ['work/dist/assets/app.css', 'y'],
    ['work/dist/assets/.cache/hidden.js', 'z'],
    ['work/most', 'x'.repeat(1_048_576)],
    ['work/more', 'x'.repeat(1_048_577)],
    ['outside/secret.js', 'secret'],
  ] as const) {
    writeFileSync(join(around, path), text);
    utimesSync(join(around, path), written, written);
  }
  symlinkSync(join(around, 'outside', 'secret.js'), join(folder, 'out.js'));
  symlinkSync(join(around, 'outside'), join(folder, 'away'));
  symlinkSync('dist/index.html', join(folder, 'inside.html'));
  symlinkSync('nowhere', join(folder, 'broken'));
  symlinkSync('loop', join(folder, 'loop'));
  symlinkSync('..', join(folder, 'dist', 'up'));
  files = openWorkFiles(folder);
});

afterAll(() => rmSync(around, { recursive: true }));

async function blindness(looked: Promise<unknown>): Promise<BlindError> {
  const error: unknown = await looked.then(
    () => undefined,
    (thrown: unknown) => thrown,
  );
  if (error instanceof BlindError) return error;
  throw new Error('it was not blind', { cause: error });
}

const paths = async (glob: string): Promise<readonly string[]> =>
  (await files.find({ glob }, signal)).map(({ path }) => path);

describe('a path', () => {
  test('has size and age', async () => {
    expect(await files.find({ path: 'dist/index.html' }, signal)).toEqual([
      { path: 'dist/index.html', bytes: 11, modified: written.getTime() },
    ]);
    expect(new TextDecoder().decode(await files.read('dist/index.html', signal))).toBe('<h1>ä</h1>');
  });

  test.each(['dist/nothing', 'nothing/at/all', 'dist/index.html/below', 'broken'])(
    'with nothing at it is an answer: %s',
    async (path) => {
      expect(await files.find({ path }, signal)).toEqual([]);
    },
  );

  test('may be a link that stays inside', async () => {
    expect(await files.find({ path: 'inside.html' }, signal)).toMatchObject([{ path: 'inside.html', bytes: 11 }]);
  });

  test.each([
    '../outside/secret.js',
    '/etc/passwd',
    'dist/../../outside/secret.js',
    'out.js',
    'away/secret.js',
    'dist/up/out.js',
    'a\\b',
    '',
  ])('that leads out is refused: %s', async (path) => {
    expect((await blindness(files.find({ path }, signal))).code).toBe('refused');
    expect((await blindness(files.read(path, signal))).code).toBe('refused');
  });

  test('that is a folder, a loop or a file of more than 1 MiB brings nothing', async () => {
    expect((await blindness(files.find({ path: 'dist' }, signal))).message).toContain('is no file');
    expect((await blindness(files.read('dist', signal))).message).toContain('is no file');
    expect((await blindness(files.find({ path: 'loop' }, signal))).message).toContain('ELOOP');
    expect((await files.read('most', signal)).length).toBe(1_048_576);
    expect((await blindness(files.read('more', signal))).message).toContain('longer than 1 MiB');
    expect(await files.find({ path: 'more' }, signal)).toMatchObject([{ bytes: 1_048_577 }]);
  });

  test('that may not be read is said to be so', async () => {
    if (userInfo().uid === 0) {
      process.stdout.write('not shown here: a file without permission, because root may read everything\n');
      return;
    }
    chmodSync(join(around, 'work', 'most'), 0);
    const error = await blindness(files.read('most', signal)).finally(() =>
      chmodSync(join(around, 'work', 'most'), 0o600),
    );
    expect([error.code, error.message]).toEqual(['access-denied', 'most cannot be read (EACCES)']);
  });
});

describe('a glob', () => {
  test.each([
    ['dist/assets/*.js', ['dist/assets/app.js', 'dist/assets/other.js']],
    ['dist/assets/app.??', ['dist/assets/app.js']],
    ['dist/**/*.js', ['dist/assets/app.js', 'dist/assets/other.js']],
    ['**/index.html', ['dist/index.html']],
    ['dist/**', ['dist/assets/app.css', 'dist/assets/app.js', 'dist/assets/other.js', 'dist/index.html']],
    ['dist/assets/.cache/*', ['dist/assets/.cache/hidden.js']],
    ['dist/assets/app.js', ['dist/assets/app.js']],
    ['*.html', ['inside.html']],
    ['dist/*', ['dist/index.html']],
    ['dist/*.png', []],
    ['build/*.js', []],
    ['dist/index.html/*', []],
    ['dist/assets/app[.]js', []],
  ])('%s matches %j', async (glob, wanted) => {
    expect(await paths(glob)).toEqual(wanted);
  });

  test.each(['*.js', 'away/*', '../**', '/etc/*'])('that matches what leads out is refused: %s', async (glob) => {
    expect((await blindness(files.find({ glob }, signal))).code).toBe('refused');
  });

  test('ends when it is called off', async () => {
    const abort = new AbortController();
    abort.abort(new Error('enough'));
    await expect(files.find({ glob: '**' }, abort.signal)).rejects.toThrow('enough');
  });
});
