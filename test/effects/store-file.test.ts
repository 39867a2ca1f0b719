// The file store: what was acknowledged is there, whoever else writes and whatever happens to the writer.

import { spawn, spawnSync } from 'node:child_process';
import { chmodSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { fileStore } from '../../src/effects/store-file.ts';
import { digest } from '../../src/log/canonical.ts';

const run = 'rehearsal-abcdefghijklmnopqrstuvwxyz';
const folder = mkdtempSync(join(tmpdir(), 'golive-test-'));
afterAll(() => rmSync(folder, { recursive: true }));

let count = 0;
function newRoot(): string {
  count += 1;
  return join(folder, `runs-${count}`);
}
const line = (text: string): Uint8Array => Buffer.from(text);
const texts = (lines: readonly Uint8Array[]): string[] => lines.map((bytes) => Buffer.from(bytes).toString());

describe('events', () => {
  it('are read back in order, from any of them on', async () => {
    const store = fileStore(newRoot());
    for (const [seq, text] of ['a', 'b', 'c'].entries()) expect(await store.append(run, seq, line(text))).toBe('ok');
    expect(texts(await store.read(run, 0))).toEqual(['a', 'b', 'c']);
    expect(texts(await store.read(run, 2))).toEqual(['c']);
    expect(await store.read(run, 3)).toEqual([]);
  });

  it('are created once: the same bytes again are `same`, other bytes a conflict that shows what is there', async () => {
    const store = fileStore(newRoot());
    await store.append(run, 0, line('a'));
    expect(await store.append(run, 0, line('a'))).toBe('same');
    expect(await fileStore(join(store.locate(run), '..')).append(run, 0, line('b'))).toEqual({
      conflict: Buffer.from('a'),
    });
    expect(texts(await store.read(run, 0))).toEqual(['a']);
  });

  it('concatenate to the log, and can be read by their owner only', async () => {
    const store = fileStore(newRoot());
    await store.append(run, 0, line('a'));
    await store.append(run, 1, line('b'));
    const events = join(store.locate(run), 'events');
    expect(readdirSync(events)).toEqual(['000000000000.json', '000000000001.json']);
    expect(
      readdirSync(events)
        .map((name) => readFileSync(join(events, name), 'utf8'))
        .join(''),
    ).toBe('a\nb\n');
    expect(statSync(join(events, '000000000000.json')).mode & 0o777).toBe(0o600);
    expect(statSync(events).mode & 0o777).toBe(0o700);
    expect(statSync(store.locate(run)).mode & 0o777).toBe(0o700);
  });

  it('with a gap are an error, and so are files that hold no line', async () => {
    const store = fileStore(newRoot());
    await store.append(run, 0, line('a'));
    await store.append(run, 2, line('c'));
    await expect(store.read(run, 0)).rejects.toMatchObject({
      code: 'store',
      exit: 2,
      message: expect.stringContaining('event 1'),
    });
    await store.append(run, 1, line('b'));
    for (const bad of ['b', '', 'b\nc\n', '\n\n', 'x'.repeat(70_000)]) {
      writeFileSync(join(store.locate(run), 'events', '000000000001.json'), bad);
      await expect(store.read(run, 0)).rejects.toMatchObject({
        code: 'store',
        message: expect.stringContaining('event 1'),
      });
    }
  });

  it('are found beside what a killed writer left, which is neither read nor removed', async () => {
    const store = fileStore(newRoot());
    await store.append(run, 0, line('a'));
    const left = join(store.locate(run), 'events', '.tmp-0011223344556677');
    writeFileSync(left, 'half a li');
    expect(texts(await store.read(run, 0))).toEqual(['a']);
    expect(readFileSync(left, 'utf8')).toBe('half a li');
  });

  it('of a run that is not there are an error that says so', async () => {
    await expect(fileStore(newRoot()).read(run, 0)).rejects.toMatchObject({ code: 'run' });
  });

  it('stay whole when the disk says no: the run stops with what failed', async () => {
    // A file stands where the folder of events has to be, which is an error for every user, root included.
    const root = newRoot();
    mkdirSync(join(root, run), { recursive: true });
    writeFileSync(join(root, run, 'events'), '');
    await expect(fileStore(root).append(run, 0, line('a'))).rejects.toMatchObject({
      code: 'store',
      exit: 2,
      message: expect.stringContaining('event 0 of run'),
      hint: expect.stringContaining('The run stops here'),
    });
  });

  it('stop the run when the folder disappears under it', async () => {
    const store = fileStore(newRoot());
    await store.append(run, 0, line('a'));
    rmSync(join(store.locate(run), 'events'), { recursive: true });
    await expect(store.append(run, 1, line('b'))).rejects.toMatchObject({ code: 'store' });
  });
});

describe('run ids', () => {
  it.each([
    '',
    '..',
    '../../etc',
    'a'.repeat(25),
    'a'.repeat(27),
    'A'.repeat(26),
    '1'.repeat(26),
    `x-${'a'.repeat(26)}`,
    `${'a'.repeat(26)}\n`,
  ])('are refused when they are none: %j', async (id) => {
    const store = fileStore(newRoot());
    expect(() => store.locate(id)).toThrow(expect.objectContaining({ code: 'run' }));
    await expect(store.append(id, 0, line('a'))).rejects.toMatchObject({ code: 'run' });
    await expect(store.read(id, 0)).rejects.toMatchObject({ code: 'run' });
    await expect(store.putBlob(id, line('a'))).rejects.toMatchObject({ code: 'run' });
    await expect(store.getBlob(id, digest('a'))).rejects.toMatchObject({ code: 'run' });
  });

  it('are listed newest first, and only those of runs that began', async () => {
    const root = newRoot();
    const store = fileStore(root);
    expect(await store.list()).toEqual([]);
    const older = 'b'.repeat(26);
    await store.append(older, 0, line('a'));
    await store.append(run, 0, line('a'));
    const past = new Date(Date.now() - 60_000);
    spawnSync('touch', ['-d', past.toISOString(), join(root, older, 'events', '000000000000.json')]);
    mkdirSync(join(root, 'c'.repeat(26)));
    mkdirSync(join(root, 'not-a-run'));
    expect(await store.list()).toEqual([run, older]);
    await store.append(older, 1, line('b'));
    rmSync(join(root, older, 'events', '000000000000.json'));
    expect((await store.list()).toSorted()).toEqual([older, run]);
    await expect(store.read(older, 0)).rejects.toMatchObject({ message: expect.stringContaining('event 0') });
  });
});

describe('blobs', () => {
  it('are kept by digest, once, and read back whole', async () => {
    const store = fileStore(newRoot());
    const name = await store.putBlob(run, line('{"status":200}'));
    expect(name).toBe(digest('{"status":200}'));
    expect(await store.putBlob(run, line('{"status":200}'))).toBe(name);
    expect(texts([(await store.getBlob(run, name)) ?? Buffer.of()])).toEqual(['{"status":200}']);
    expect(readdirSync(join(store.locate(run), 'blobs'))).toEqual([name]);
    expect(statSync(join(store.locate(run), 'blobs')).mode & 0o777).toBe(0o700);
    expect(statSync(join(store.locate(run), 'blobs', name)).mode & 0o777).toBe(0o600);
  });

  it('that are missing, damaged or named by a path are not there', async () => {
    const store = fileStore(newRoot());
    const name = await store.putBlob(run, line('a'));
    expect(await store.getBlob(run, digest('b'))).toBeUndefined();
    expect(await store.getBlob(run, `../events/000000000000.json`)).toBeUndefined();
    writeFileSync(join(store.locate(run), 'blobs', name), 'b');
    expect(await store.getBlob(run, name)).toBeUndefined();
    await expect(store.putBlob(run, line('a'))).rejects.toMatchObject({
      code: 'store',
      message: expect.stringContaining('damaged'),
    });
  });
});

describe('several processes', () => {
  const program = new URL('programs/append.mjs', import.meta.url).pathname;

  it('that write at once leave no gap, and each finds its own lines there', async () => {
    const root = newRoot();
    const said = await Promise.all(['x', 'y', 'z'].map((name) => writer([program, root, run, name, '40']).ended));
    const lines = texts(await fileStore(root).read(run, 0));
    expect(lines.length).toBe(120);
    for (const acknowledged of said.flat()) expect(lines[acknowledged.seq]).toBe(acknowledged.text);
    expect(new Set(lines).size).toBe(120);
  });

  it('that are killed lose no line that was acknowledged, and leave none half written', async () => {
    const root = newRoot();
    const acknowledged: { seq: number; text: string }[] = [];
    for (let round = 0; round < 6; round += 1) {
      const one = writer([program, root, run, `round ${round}`, '1000000']);
      // Killed at whatever it is doing when its nth line was heard of.
      one.killAfter(3 + round * 5);
      acknowledged.push(...(await one.ended));
    }
    const lines = texts(await fileStore(root).read(run, 0));
    expect(acknowledged.length).toBeGreaterThan(50);
    for (const { seq, text } of acknowledged) expect(lines[seq]).toBe(text);
    for (const text of lines) expect(text).toMatch(/^round \d+ \d+$/);
  });
});

/** A process that appends; `ended` is what it said was durable. */
function writer(args: readonly string[]): {
  killAfter: (lines: number) => void;
  ended: Promise<{ seq: number; text: string }[]>;
} {
  const child = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'inherit'] });
  let text = '';
  let limit = Number.POSITIVE_INFINITY;
  child.stdout.on('data', (chunk: Buffer) => {
    text += chunk.toString();
    if (text.split('\n').length > limit) child.kill('SIGKILL');
  });
  const ended = new Promise<{ seq: number; text: string }[]>((resolve) => {
    child.on('close', () => {
      const whole = text.split('\n').slice(0, -1);
      resolve(whole.map((said) => ({ seq: Number(said.split(' ')[0]), text: said.slice(said.indexOf(' ') + 1) })));
    });
  });
  return {
    killAfter: (lines) => {
      limit = lines;
    },
    ended,
  };
}

it('an unreadable folder of runs is an error, not an empty list', async () => {
  const root = newRoot();
  mkdirSync(root);
  chmodSync(root, 0o000);
  const listed = await fileStore(root)
    .list()
    .catch((error: unknown) => error);
  chmodSync(root, 0o700);
  // Root may read everything, and then finds nothing there.
  if (process.getuid?.() === 0) expect(listed).toEqual([]);
  else expect(listed).toMatchObject({ code: 'store' });
});

it('the folders around a new run are made durable too, up to the one that was there', () => {
  const base = mkdtempSync(join(folder, 'power-'));
  const program = new URL('programs/append.mjs', import.meta.url).pathname;
  const args = ['-f', '-y', '-e', 'trace=fsync', process.execPath, program, join(base, 'new', 'runs'), run, 'x', '1'];
  const traced = spawnSync('strace', args, { encoding: 'utf8' });
  // Only what the kernel was asked can show this; where nobody can watch, this says so.
  if (traced.error) {
    process.stdout.write('not checked: strace is not installed\n');
    return;
  }
  for (const path of [base, join(base, 'new'), join(base, 'new', 'runs'), join(base, 'new', 'runs', run)]) {
    expect(traced.stderr).toContain(`<${path}>)`);
  }
});
