// Goal: what is made of a log has the same bytes on the oldest Node golive runs on and on the newest there is, and a run made
// on the newest verifies on the oldest. Method: the built program on both, in processes of their own. The newest is
// `GOLIVE_NEWEST_NODE`, or comes from npm into a folder that is removed afterwards.

import { execFileSync, spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { reportFormats } from '../../src/commands/report-formats.ts';
import { home } from '../support/shell.ts';

const folder = mkdtempSync(join(tmpdir(), 'golive-newest-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const newest = newestNode();
if ('missing' in newest) process.stdout.write(`newest-node.full.test.ts: skipped, ${newest.missing}\n`);
else process.stdout.write(`newest-node.full.test.ts: ${process.version} and ${newest.version}\n`);

/** The newest Node, or why there is none to be had. */
function newestNode(): { readonly node: string; readonly version: string } | { readonly missing: string } {
  const given = process.env['GOLIVE_NEWEST_NODE'];
  const name = `node-${process.platform}-${process.arch}`;
  const node = given ?? join(folder, 'node_modules', name, 'bin/node');
  try {
    const npm = ['install', '--ignore-scripts', '--no-audit', '--no-fund', '--prefix', folder, `${name}@latest`];
    if (given === undefined) execFileSync('npm', npm, { stdio: 'pipe', cwd: folder, timeout: 240_000 });
    return { node, version: execFileSync(node, ['--version'], { encoding: 'utf8' }).trim() };
  } catch (error) {
    const [why = ''] = (error instanceof Error ? error.message : String(error)).split('\n');
    return { missing: given === undefined ? `npm gave no ${name}: ${why}` : `GOLIVE_NEWEST_NODE does not run: ${why}` };
  }
}

interface Ran {
  readonly code: number | null;
  readonly out: string;
  readonly err: string;
}

/** `elsewhere`: in another time zone and language. */
function golive(node: string, args: readonly string[], elsewhere = false): Ran {
  const place = elsewhere
    ? { TZ: 'Asia/Tokyo', LC_ALL: 'de_DE.UTF-8', LANG: 'de_DE.UTF-8' }
    : { TZ: 'UTC', LC_ALL: 'C' };
  const { status, stdout, stderr } = spawnSync(node, [join(home, 'dist/main.js'), ...args], {
    cwd: folder,
    encoding: 'utf8',
    maxBuffer: 256 * 1_048_576,
    env: {
      PATH: process.env['PATH'] ?? '',
      HOME: folder,
      TMPDIR: process.env['TMPDIR'] ?? tmpdir(),
      AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED: 'true',
      ...place,
    },
  });
  return { code: status, out: stdout, err: stderr };
}

describe.skipIf('missing' in newest)('the oldest Node and the newest', () => {
  const runsDir = join(folder, 'runs');
  const nodes = { old: process.execPath, new: 'missing' in newest ? '' : newest.node };
  const runs: { old: string; new: string } = { old: '', new: '' };

  beforeAll(() => {
    for (const which of ['old', 'new'] as const) {
      const before = existsSync(runsDir) ? readdirSync(runsDir) : [];
      const words = ['rehearse', 'pantheon-staging', '--auto', '--speed', 'max', '--runs-dir', runsDir];
      const { code, out, err } = golive(nodes[which], words);
      expect(code, `${out}${err}`).toBe(0);
      runs[which] = readdirSync(runsDir).find((run) => run.startsWith('rehearsal-') && !before.includes(run)) ?? '';
    }
  }, 600_000);

  const both = (args: readonly string[]): readonly [Ran, Ran] => [golive(nodes.old, args), golive(nodes.new, args)];

  it('verifies what the other one wrote', () => {
    for (const run of [runs.old, runs.new]) {
      const [one, other] = both(['verify', run, '--rehearsal', '--runs-dir', runsDir]);
      expect(one.code, `${one.out}${one.err}`).toBe(0);
      expect(one.out).toContain('SEALED');
      expect(other).toEqual(one);
    }
  });

  it.each(reportFormats)('report --format %s, wherever it is made', (format) => {
    for (const run of [runs.old, runs.new]) {
      const args = ['report', run, '--format', format, '--runs-dir', runsDir];
      const one = golive(nodes.old, args);
      expect(one.code, one.err).toBe(0);
      expect(one.out.length).toBeGreaterThan(100);
      expect(golive(nodes.new, args, true)).toEqual(one);
    }
  });

  it.each(['--instant', '--instant --verbose', '--json'])('replay %s', (options) => {
    const words = options.split(' ');
    for (const run of [runs.old, runs.new]) {
      const [one, other] = both(['replay', run, ...words, '--runs-dir', runsDir]);
      expect(one.code, one.err).toBe(0);
      expect(one.out.length).toBeGreaterThan(1000);
      expect(other).toEqual(one);
    }
  });

  it.each(['', '--all', '--json'])('diff %s', (options) => {
    const words = options === '' ? [] : [options];
    const [one, other] = both(['diff', runs.old, runs.new, ...words, '--runs-dir', runsDir]);
    expect([0, 1], one.err).toContain(one.code);
    expect(other).toEqual(one);
  });

  it.each(['', '--verbose', '--json'])('history %s', (options) => {
    const words = options === '' ? [] : [options];
    const [one, other] = both(['history', 'pantheon-staging', ...words, '--runs-dir', runsDir]);
    expect(one.code, one.err).toBe(0);
    expect(one.out.length).toBeGreaterThan(100);
    expect(other).toEqual(one);
  });
});
