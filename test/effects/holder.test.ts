// Goal: a run is held by at most one process that lives, and whoever asks hears the truth about it. Method: several
// holders in one process, a process of its own that is killed, folders with long paths, and garbage.

import { spawn } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { connect, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, describe, expect, it } from 'vitest';
import { askToStop, holdRun, whoHolds, type Hold, type Holding, type StopWish } from '../../src/effects/holder.ts';

const root = mkdtempSync(join(tmpdir(), 'golive-test-'));
afterAll(() => rmSync(root, { recursive: true }));
const holds: Hold[] = [];
afterEach(async () => {
  for (const hold of holds.splice(0)) if ('close' in hold) await hold.close();
});

let count = 0;
function newFolder(...parts: readonly string[]): string {
  count += 1;
  return join(root, String(count), ...parts, 'local');
}

const ada = { principal: 'ada@example.com', host: 'desk', since: '2026-03-01T12:00:00.000Z', what: 'asking approved' };
const wish: StopWish = { by: 'bea@example.com', reason: 'the window is over', stands: ['dns-cutover'] };

async function held(folder: string, holding: Partial<Holding> = {}): Promise<Hold> {
  const came = await holdRun(folder, { who: () => ada, stop: () => undefined, ...holding });
  holds.push(came);
  return came;
}

/** A process of its own that holds the run. */
async function holder(folder: string) {
  const program = new URL('programs/hold.mjs', import.meta.url).pathname;
  const child = spawn(process.execPath, [program, folder], { stdio: ['ignore', 'pipe', 'inherit'] });
  const ended = new Promise((over) => child.once('exit', over));
  const [said] = await new Promise<Buffer[]>((heard) => child.stdout.once('data', (...data: Buffer[]) => heard(data)));
  return { said: JSON.parse(String(said)), kill: (signal: NodeJS.Signals) => child.kill(signal), ended };
}

/** What comes back for these bytes; an empty text when the other side hangs up. */
function send(folder: string, bytes: string): Promise<string> {
  const [name = ''] = readdirSync(folder);
  return new Promise((answered) => {
    let text = '';
    const socket = connect(join(folder, name), () => socket.write(bytes));
    socket.on('data', (chunk) => (text += String(chunk)));
    socket.on('error', () => undefined);
    socket.on('close', () => answered(text));
  });
}

describe('a run', () => {
  it('that nobody holds is held, says by whom, and is free again afterwards', async () => {
    const folder = newFolder();
    expect(await whoHolds(folder)).toBeUndefined();
    const came = await held(folder);
    expect(came).toMatchObject({ held: true });
    expect(await whoHolds(folder)).toEqual(ada);
    expect(statSync(folder).mode & 0o777).toBe(0o700);
    if ('close' in came) await came.close();
    expect(await whoHolds(folder)).toBeUndefined();
    expect(readdirSync(folder)).toEqual([]);
  });

  it('that is held is not held twice, and the second one hears by whom', async () => {
    const folder = newFolder();
    await held(folder);
    const bea = { ...ada, principal: 'bea@example.com' };
    expect(await held(folder, { who: () => bea })).toEqual({ held: false, by: ada });
    expect(await whoHolds(folder)).toEqual(ada);
    expect(readdirSync(folder)).toHaveLength(1);
  });

  it('is held by exactly one of many that begin at the same time', async () => {
    const folder = newFolder();
    const came = await Promise.all(Array.from({ length: 12 }, () => held(folder)));
    expect(came.filter((one) => 'held' in one && one.held)).toHaveLength(1);
    expect(readdirSync(folder)).toHaveLength(1);
  });

  it('is ended by whoever asks its holder, with all that was said', async () => {
    const folder = newFolder();
    const heard: StopWish[] = [];
    await held(folder, { stop: (one) => void heard.push(one) });
    expect(await askToStop(folder, wish)).toBe('taken');
    expect(heard).toEqual([wish]);
  });

  it('is let go at once, also while somebody is connected who asks nothing', async () => {
    const folder = newFolder();
    const came = await held(folder);
    const [name = ''] = readdirSync(folder);
    const silent = connect(join(folder, name));
    await new Promise((connected) => silent.once('connect', connected));
    const over = new Promise((closed) => silent.once('close', closed));
    if ('close' in came) await came.close();
    await over;
    expect(await whoHolds(folder)).toBeUndefined();
  });

  it('is not ended where its holder refuses, or where there is none', async () => {
    const folder = newFolder();
    expect(await askToStop(folder, wish)).toBe('nobody');
    await held(folder, { stop: () => 'a way back is under way' });
    expect(await askToStop(folder, wish)).toEqual({ refused: 'a way back is under way' });
    expect(await askToStop(folder, { ...wish, by: 'not a\nname' })).toMatchObject({ refused: expect.any(String) });
    expect(await askToStop(folder, { ...wish, reason: '  ' })).toMatchObject({ refused: expect.any(String) });
  });
});

describe('a process', () => {
  it('that was killed holds nothing, and what it left is replaced', async () => {
    const folder = newFolder();
    const other = await holder(folder);
    expect(other.said).toMatchObject({ held: true });
    expect(await whoHolds(folder)).toMatchObject({ principal: 'ada@example.com' });
    other.kill('SIGKILL');
    await other.ended;
    expect(readdirSync(folder)).toHaveLength(1);
    expect(await whoHolds(folder)).toBeUndefined();
    expect(readdirSync(folder), 'asking changes nothing').toHaveLength(1);
    expect(await held(folder)).toMatchObject({ held: true });
    expect(readdirSync(folder)).toHaveLength(1);
  });
});

describe('a path', () => {
  it.each([
    ['that is short from here', 10],
    ['that is too long for a socket', 120],
  ])('%s still leads to the holder', async (_, length) => {
    const folder = newFolder('x'.repeat(length));
    const came = await held(folder);
    if (length > 100 && process.platform !== 'linux') {
      expect(came).toMatchObject({ unseen: expect.any(String) });
      return;
    }
    expect(came).toMatchObject({ held: true });
    expect(await whoHolds(folder)).toEqual(ada);
    expect(await askToStop(folder, wish)).toBe('taken');
  });

  it('where nothing can be made is said to be one, and stops nobody', async () => {
    const folder = newFolder();
    mkdirSync(join(folder, '..'), { recursive: true });
    writeFileSync(folder, 'a file');
    expect(await held(folder)).toMatchObject({ unseen: expect.any(String) });
    expect(await whoHolds(folder)).toBeUndefined();
  });
});

describe('garbage', () => {
  it.each([
    ['no JSON', 'hello\n'],
    ['a list', '[1]\n'],
    ['more than a line may have', 'x'.repeat(100_000)],
    ['more than a line may have, and its end', `${'x'.repeat(20_000)}\n`],
  ])('%s is not answered, and the holder lives on', async (_, bytes) => {
    const folder = newFolder();
    await held(folder);
    expect(await send(folder, bytes)).toBe('');
    expect(await whoHolds(folder)).toEqual(ada);
  });

  it.each([
    ['a question nobody knows', '{"ask":"secrets"}\n'],
    ['a stop by nobody', '{"ask":"stop","reason":"x"}\n'],
    ['a stop by something else than a name', '{"ask":"stop","by":{"a":1},"reason":"x"}\n'],
    ['a stop without a reason', '{"ask":"stop","by":"bea@example.com"}\n'],
  ])('%s is refused', async (_, bytes) => {
    const folder = newFolder();
    await held(folder);
    expect(JSON.parse(await send(folder, bytes))).toEqual({ refused: expect.any(String) });
  });

  it('as an answer is nobody’s word: the run is taken for held, by somebody who says nothing', async () => {
    const folder = newFolder();
    mkdirSync(folder, { recursive: true });
    const server = createServer((socket) => void socket.resume().end('{"claimed"\n'));
    await new Promise<void>((listening) => server.listen(join(folder, 'at-aaaaaaaa'), listening));
    expect(await whoHolds(folder)).toBe('mute');
    expect(await held(folder)).toEqual({ held: false, by: 'mute' });
    expect(await askToStop(folder, wish)).toBe('mute');
    await new Promise((closed) => server.close(closed));
  });

  it('in an answer is cut, and only what was asked for is taken of it', async () => {
    const folder = newFolder();
    await held(folder, { who: () => ({ ...ada, host: 'x'.repeat(5000), secret: 'no' }) });
    const by = await whoHolds(folder);
    expect(by).toEqual({ ...ada, host: 'x'.repeat(200) });
  });
});
