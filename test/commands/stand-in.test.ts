import { execFileSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { request } from 'node:https';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { parse } from 'yaml';
import { standIn } from '../../src/commands/stand-in.ts';
import type { StandInFlags } from '../../src/commands/stand-in.ts';

/** Serves until `visit` is done with what was printed. */
async function serve(flags: StandInFlags, visit: (out: string, err: string) => Promise<void>, name = 'aep-prod') {
  const abort = new AbortController();
  const printed = { out: '', err: '' };
  const { promise: serving, resolve: ready } = deferred();
  const shell = {
    out: (text: string) => {
      printed.out += `${text}\n`;
      ready();
    },
    err: (text: string) => void (printed.err += `${text}\n`),
    env: {},
    cwd: '/',
    signal: abort.signal,
  };
  const exit = standIn(name, flags, shell);
  await Promise.race([serving, exit]);
  await new Promise(setImmediate);
  try {
    await visit(printed.out, printed.err);
  } finally {
    abort.abort();
  }
  return exit;
}

function deferred(): { promise: Promise<void>; resolve: () => void } {
  const resolvers: (() => void)[] = [];
  const promise = new Promise<void>((resolve) => resolvers.push(resolve));
  return { promise, resolve: () => resolvers.forEach((resolve) => resolve()) };
}

const nobody = (): Promise<void> => Promise.resolve();

const valueOf = (line: string, name: string): string => new RegExp(`${name}[= ](\\S+)`).exec(line)?.[1] ?? '';

describe('golive stand-in', () => {
  test('prints one line to paste on standard output, with nothing of the user’s own credentials in reach', async () => {
    let caFile = '';
    const exit = await serve({}, async (out, err) => {
      expect(out.trimEnd().split('\n')).toHaveLength(1);
      expect(out).toMatch(/^env (-u AWS_\w+ )+AWS_CONFIG_FILE=\/dev\/null /);
      expect(out).toMatch(/ GOLIVE_INPUT_TEST_TOKEN=played-test-token .* golive run aep-prod --allow-endpoint --ca /);
      expect(out).toMatch(
        / --dns-server 127\.0\.0\.1:\d+ --connect-to aep-prod-alb-\S+:443:127\.0\.0\.1:\d+ --connect-to aep-prod-alb-\S+:80:/,
      );
      expect(out, 'people come by DNS').not.toContain('--connect-to app.navralabs.com');
      expect(err).toMatch(/\ndig @127\.0\.0\.1 -p \d+ app\.navralabs\.com\n/);
      expect(err).toMatch(/old versions of aws do not know AWS_ENDPOINT_URL\nand would go to the real account/);
      caFile = valueOf(out, '--ca');
      expect(readFileSync(caFile, 'utf8')).toContain('BEGIN CERTIFICATE');
      const url = valueOf(out, 'AWS_ENDPOINT_URL');
      expect((await fetch(url)).status).toBe(403);
    });
    expect(exit).toBe(0);
    expect(existsSync(caFile)).toBe(false);
  });

  test('leads to the broken application it was asked for', async () => {
    await serve({ json: true, break: ['backend-not-ready'] }, async (out) => {
      const { connectTo, ca }: { connectTo: string[]; ca: string } = JSON.parse(out);
      const servername = 'app.navralabs.com';
      const [, , host = '', port = ''] = connectTo[0]?.split(':') ?? [];
      const options = {
        host,
        port,
        servername,
        path: '/health/ready',
        headers: { host: servername },
        ca: readFileSync(ca),
        agent: false,
      };
      const code = await new Promise((resolve, reject) => {
        request(options, (answer) => resolve(answer.resume().statusCode))
          .once('error', reject)
          .end();
      });
      expect([servername, code]).toEqual(['app.navralabs.com', 503]);
    });
  });

  test('lets nothing of a world into the shell the line is pasted into', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'golive-stand-in-'));
    const evil = '$(touch owned)';
    const patch = { application: { domains: [`app.example.com;${evil}`] }, secrets: { [`a ${evil}`]: evil } };
    writeFileSync(join(folder, 'patch.json'), JSON.stringify(patch));
    await serve({ world: join(folder, 'patch.json') }, (out) => {
      expect(out).toContain(evil);
      // Everything up to golive's own arguments is for `env`: printing them instead shows how a shell takes them apart.
      execFileSync('sh', ['-c', out.replace(/^env /, 'printf "%s\\n" ')], { cwd: folder });
      expect(existsSync(join(folder, 'owned'))).toBe(false);
      return Promise.resolve();
    });
    rmSync(folder, { recursive: true });
  });

  test('refuses names, breaks and ports that are no good before it serves anything', async () => {
    await expect(serve({}, nobody, 'nope-prod')).rejects.toMatchObject({ code: 'world', exit: 3 });
    await expect(serve({}, nobody, 'aep')).rejects.toMatchObject({ code: 'world' });
    await expect(serve({ break: ['nope'] }, nobody)).rejects.toMatchObject({ code: 'break' });
    await expect(serve({ port: '80a' }, nobody)).rejects.toMatchObject({ code: 'usage' });
  });
});

describe('golive stand-in --folder', () => {
  const folder = mkdtempSync(join(tmpdir(), 'golive-stand-in-'));
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  test('lays out the files of the world and the values of a dry run, without a secret and with the days of today', async () => {
    const place = join(folder, 'ag06');
    const before = Date.now();
    await serve(
      { folder: place },
      async (_, err) => {
        expect(err).toContain(place);
        expect(readFileSync(join(place, 'deploy/values-staging.yaml'), 'utf8')).toContain(
          'host: staging.ag06mixer.com',
        );
        expect(statSync(join(place, 'db/seed/presets.sql')).size).toBe(20_480);
        const text = readFileSync(join(place, 'values.yaml'), 'utf8');
        expect(text).not.toContain('played-github-token');
        const values = parse(text);
        expect(values.targets).toEqual({ staging: { aws: { account: '777777777777' } } });
        expect(values.inputs.repository_name).toBe('ag06/mixer');
        // T is in two hours, whatever day it is.
        const untilT = Date.parse(values.answers.window.answer) - before;
        expect(untilT).toBeGreaterThan(7_190_000);
        expect(untilT).toBeLessThan(7_320_000);
        const approved = Date.parse(values.answers['vpc-approved'].answer);
        expect(Math.round((Date.parse(values.answers.window.answer) - approved) / 86_400_000)).toBeLessThanOrEqual(53);
      },
      'ag06-staging',
    );
  });

  test('writes into no folder that has something in it', async () => {
    writeFileSync(join(folder, 'mine.txt'), 'x');
    await expect(serve({ folder }, nobody)).rejects.toMatchObject({ code: 'folder', exit: 3 });
    await expect(serve({ folder: join(folder, 'mine.txt', 'x') }, nobody)).rejects.toMatchObject({ code: 'folder' });
    expect(readdirSync(folder)).not.toContain('values.yaml');
  });

  test('refuses a world whose files do not lie below it', async () => {
    const patch = join(folder, 'patch.json');
    writeFileSync(patch, JSON.stringify({ files: { '../owned.txt': { text: 'x' } } }));
    await expect(serve({ folder: join(folder, 'new'), world: patch }, nobody)).rejects.toMatchObject({ code: 'world' });
    expect(existsSync(join(folder, 'owned.txt'))).toBe(false);
  });
});
