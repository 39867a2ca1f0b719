// The file kind against scripted files: what it takes, and which facts it makes of what there is.

import { describe, expect, test } from 'vitest';
import { checkPath } from '../../src/engine/path-shape.ts';
import { judge } from '../../src/engine/judge.ts';
import type { JsonObject } from '../../src/engine/json.ts';
import { file, type FileArgs } from '../../src/steps/file.ts';
import type { FoundFile } from '../../src/machine.ts';
import type { World } from '../../src/world.ts';
import { attempt, now, scripted } from './aws-world.ts';
import { catalogue } from './no-catalogue.ts';

const modified = Date.parse('2026-03-01T11:00:00Z');
const bundle: FoundFile = { path: 'dist/app.js', bytes: 400_000, modified };
const styles: FoundFile = { path: 'dist/app.css', bytes: 100_001, modified };

async function look(
  args: FileArgs,
  found: readonly FoundFile[],
  content: Uint8Array | string = '',
): Promise<JsonObject> {
  const files = {
    find: async () => found,
    read: async () => (typeof content === 'string' ? new TextEncoder().encode(content) : content),
  };
  const world: World = { ...scripted({}).world, files };
  return (await file.run(file.schema.parse(args), world, attempt)).facts;
}

const verdict = (facts: JsonObject, path: string, rest: JsonObject): string =>
  judge([{ path, ...rest }], facts, now).verdict;

describe('the arguments', () => {
  test.each<[object, string]>([
    [{}, 'neither path nor glob'],
    [{ path: 'a', glob: 'b' }, 'both'],
    [{ path: '/etc/passwd' }, 'an absolute path'],
    [{ path: '../a' }, 'a way up'],
    [{ path: 'a/../../b' }, 'a way up inside'],
    [{ glob: '../*' }, 'a way up in a glob'],
    [{ path: 'a\u0000b' }, 'a control character'],
    [{ path: 'a', raed: true }, 'an unknown key'],
  ])('%j is refused: %s', (args) => {
    expect(file.schema.safeParse(args).success).toBe(false);
  });

  test('what is filled into a glob has no wildcards of its own', () => {
    expect(file.misfilled?.({ glob: 'dist/${name}*' }, { glob: 'dist/app*' })).toBeUndefined();
    expect(file.misfilled?.({ glob: 'dist/${name}*' }, { glob: 'dist/**/*' })).toContain('wildcards');
  });
});

describe('the facts', () => {
  test('are path, size and age of each, their number and their sum', async () => {
    const facts = await look({ glob: 'dist/*' }, [styles, bundle]);
    expect(facts).toEqual({
      files: [
        { path: 'dist/app.css', bytes: 100_001, modified: '2026-03-01T11:00:00.000Z' },
        { path: 'dist/app.js', bytes: 400_000, modified: '2026-03-01T11:00:00.000Z' },
      ],
      count: 2,
      total_bytes: 500_001,
    });
    expect(verdict(facts, 'total_bytes', { lte: 500_000 })).toBe('fail');
    expect(verdict(facts, 'total_bytes', { lte: 512_000 })).toBe('pass');
    expect(verdict(facts, 'files[]', { all: { path: 'modified', ago: { lte: '2h' } } })).toBe('pass');
  });

  test('of no file pass no expectation on files', async () => {
    const facts = await look({ glob: 'dist/*' }, []);
    expect(facts).toEqual({ files: [], count: 0, total_bytes: 0 });
    expect(verdict(facts, 'files[]', { all: { path: 'bytes', lte: 500_000 } })).not.toBe('pass');
    expect(verdict(facts, 'count', { gte: 1 })).toBe('fail');
    expect(await look({ path: 'a', read: true }, [])).not.toHaveProperty('text');
  });

  test('with read are its text and its JSON, or why there is none', async () => {
    expect(await look({ path: 'a', read: true }, [bundle], '{"version":"1.2.3"}')).toMatchObject({
      text: '{"version":"1.2.3"}',
      truncated: false,
      json: { version: '1.2.3' },
    });
    const broken = await look({ path: 'a', read: true }, [bundle], Buffer.from([0x61, 0xff]));
    expect(broken).toMatchObject({ text: 'a\ufffd' });
    expect(broken['json_error']).toContain('is not JSON');
    const long = await look({ path: 'a', read: true }, [bundle], 'x'.repeat(70_000));
    expect(long).toMatchObject({ truncated: true, text: 'x'.repeat(65_536) });
  });

  test('with read are of one file only', async () => {
    await expect(look({ glob: 'dist/*', read: true }, [styles, bundle])).rejects.toMatchObject({ code: 'invalid' });
  });

  test('have a shape that knows what a path may ask for', () => {
    expect(checkPath('files[].bytes', file.facts({ glob: '*' }, catalogue))).toBeUndefined();
    expect(checkPath('text', file.facts({ glob: '*' }, catalogue))).toBeDefined();
    expect(checkPath('text', file.facts({ path: 'a', read: true }, catalogue))).toBeUndefined();
  });
});

test('it only looks, and says at what', () => {
  expect(file.nature({ path: 'a' })).toBe('looks');
  expect(file.describe({ path: 'dist/app.js', read: true })).toBe('Read the file dist/app.js');
  expect(file.describe({ glob: 'dist/*.js' })).toBe('Look for files that match dist/*.js');
});
