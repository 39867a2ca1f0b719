import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, relative } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { isTrusted, rememberTrusted } from '../../src/effects/trusted.ts';

let folder = '';
let home = '';
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'golive-trusted-'));
  home = join(folder, 'home');
  mkdirSync(join(folder, 'golive'), { recursive: true });
  writeFileSync(join(folder, 'golive', 'trusted-checklists'), 'planted\n');
});
afterAll(() => rmSync(folder, { recursive: true }));

describe('the list of trusted checklists', () => {
  it('stands in the state directory of the user, or where XDG says', () => {
    expect(isTrusted('a', { HOME: home })).toBe(false);
    rememberTrusted('a', { HOME: home });
    expect(isTrusted('a', { HOME: home })).toBe(true);
    expect(isTrusted('a', { XDG_STATE_HOME: join(home, '.local', 'state') })).toBe(true);
    expect(isTrusted('planted', { XDG_STATE_HOME: folder })).toBe(true);
  });

  it.each(['nowhere', 'a relative path'])('is not where a value that is no whole path leads (%s)', (kind) => {
    const state = kind === 'nowhere' ? '' : relative(process.cwd(), folder);
    rememberTrusted('b', { HOME: home });
    expect(isTrusted('planted', { HOME: home, XDG_STATE_HOME: state })).toBe(false);
    expect(isTrusted('b', { HOME: home, XDG_STATE_HOME: state })).toBe(true);
  });
});
