import { execFileSync } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { gitState } from '../../src/effects/git.ts';

let folder = '';
const env = (): Record<string, string | undefined> => ({
  PATH: process.env['PATH'],
  HOME: folder,
  GIT_CONFIG_NOSYSTEM: '1',
});
const git = (...args: readonly string[]): string =>
  execFileSync('git', ['-c', 'user.name=n', '-c', 'user.email=n@example.com', ...args], {
    cwd: folder,
    env: env(),
    encoding: 'utf8',
  });

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'golive-git-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

describe('the commit of a checklist', () => {
  it('is empty outside git', async () => {
    expect(await gitState(join(folder, 'a.yaml'), env())).toEqual({ commit: '', dirty: false });
  });

  it('is told without starting a program that the checkout names, and says what changed', async () => {
    git('init', '-q');
    writeFileSync(join(folder, 'a.yaml'), 'a');
    git('add', 'a.yaml');
    git('commit', '-q', '-m', 'a');
    const commit = git('rev-parse', 'HEAD').trim();
    git('config', 'core.fsmonitor', `touch ${join(folder, '.git', 'started')}; false`);
    expect(await gitState(join(folder, 'a.yaml'), env())).toEqual({ commit, dirty: false });
    writeFileSync(join(folder, 'a.yaml'), 'other');
    expect(await gitState(join(folder, 'a.yaml'), env())).toEqual({ commit, dirty: true });
    expect(existsSync(join(folder, '.git', 'started'))).toBe(false);
  });
});
