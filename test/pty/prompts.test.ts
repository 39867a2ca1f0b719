// Every prompt in a real terminal: what Enter, signals, pastes and early keys do to it, and how it looks.

import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { afterEach, describe, expect, test } from 'vitest';
import { drawn } from '../support/drawn.ts';
import { expectGolden } from './golden.ts';
import { noTmux, start, type Terminal } from './terminal.ts';

const program = fileURLToPath(new URL('programs/prompts.mjs', import.meta.url));
const goldens = fileURLToPath(new URL('screens', import.meta.url));
const kinds = ['menu', 'line', 'confirm', 'secret'] as const;
const idle = { menu: 'Type a letter', line: 'Type the answer', confirm: 'Type the answer', secret: 'Not shown' };

const missing = noTmux();
if (missing !== undefined) process.stderr.write(`${missing}\n`);

const open = new Set<Terminal>();
afterEach(async () => {
  await Promise.all([...open].map((terminal) => terminal.close()));
  open.clear();
});

async function ask(
  words: readonly string[],
  width = 80,
  env: Readonly<Record<string, string>> = {},
): Promise<Terminal> {
  const terminal = await start([process.execPath, program, ...words], { width, height: 30, env });
  open.add(terminal);
  return terminal;
}

async function expectSane(terminal: Terminal): Promise<void> {
  const { before, after } = await terminal.modes();
  expect(before).toMatch(/ icanon\b/);
  expect(before).toMatch(/ echo\b/);
  expect(after).toBe(before);
  expect((await terminal.cursor()).visible).toBe(true);
}

describe.skipIf(missing !== undefined)('a prompt in a terminal', () => {
  for (const kind of drawn('prompts', kinds, 2)) {
    test(`SIGINT, SIGTERM, SIGHUP and Ctrl-C at a ${kind} leave the terminal as it was, exit 130`, async () => {
      const ways = ['SIGINT', 'SIGTERM', 'SIGHUP', 'C-c'] as const;
      await Promise.all(
        ways.map(async (way) => {
          const terminal = await ask([kind]);
          await terminal.waitFor(idle[kind]);
          await terminal.type('r');
          await (way === 'C-c' ? terminal.key(way) : terminal.signal(way));
          expect(await terminal.exit(), way).toBe(130);
          expect(await terminal.screen(), way).toContain('interrupted: Interrupted while a question was open');
          await expectSane(terminal);
        }),
      );
    });
  }

  test('Enter alone answers no line, no confirmation and no secret', async () => {
    await Promise.all(
      (['line', 'confirm', 'secret'] as const).map(async (kind) => {
        const terminal = await ask([kind]);
        await terminal.waitFor(idle[kind]);
        await terminal.key('Enter');
        await terminal.waitFor('Nothing was typed, so nothing is answered');
        await terminal.key('Enter', 'Enter', 'Enter');
        await terminal.type('x');
        await terminal.waitFor(kind === 'secret' ? '› (hidden)' : '› x');
        expect(await terminal.screen()).not.toContain('gave');
      }),
    );
  });

  test('Enter alone on a menu asks for the evidence and takes no choice', async () => {
    const terminal = await ask(['menu']);
    await terminal.waitFor(idle.menu);
    await terminal.key('Enter');
    await terminal.waitFor('menu gave {"aside":"evidence"}');
    expect(await terminal.exit()).toBe(0);
    await expectSane(terminal);
  });

  test('a menu letter waits for Enter, another letter replaces it, an unknown one is refused', async () => {
    const terminal = await ask(['menu']);
    await terminal.waitFor(idle.menu);
    await terminal.type('r');
    await terminal.waitFor('Enter takes: r  retry');
    await terminal.answer('x');
    expect(await terminal.waitFor('"x" is not a choice. Type one of r, w, s')).not.toContain('gave');
    await terminal.type('w');
    await terminal.waitFor(/› w$/m);
    await terminal.key('Enter');
    expect(await terminal.waitFor('menu gave {"answer":"w"}')).toContain('What now? › w  waive, with a reason');
  });

  test('a line that does not fit is kept in front of the person with what is wrong', async () => {
    const terminal = await ask(['confirm']);
    await terminal.waitFor(idle.confirm);
    await terminal.answer('y');
    await terminal.waitFor('Type yes or no in full');
    await terminal.answer('es', '› yes');
    await terminal.waitFor('confirm gave {"answer":"yes"}');
  });

  test('every prompt takes :note, :pause, :stop, :help and :evidence instead of an answer', async () => {
    const asides = ['note', 'pause', 'stop', 'help', 'evidence'];
    await Promise.all(
      kinds.map(async (kind) => {
        const terminal = await ask(asides.map(() => kind));
        for (const [at, aside] of asides.entries()) {
          const given = `${kind} gave {"aside":"${aside}"}`;
          await terminal.waitFor(new RegExp(`(›[^›]*){${at + 1}}\\n  ${idle[kind]}`));
          await (kind === 'secret' ? terminal.answer(`:${aside}`, '(hidden)') : terminal.answer(`:${aside}`));
          await terminal.waitFor(given);
        }
        expect(await terminal.exit()).toBe(0);
      }),
    );
  });

  test('keys typed before a prompt appears are thrown away, Enter among them', async () => {
    const terminal = await ask(['--busy', 'menu']);
    await terminal.waitFor('working');
    await terminal.type('r');
    await terminal.key('Enter');
    await terminal.type('s');
    // The kernel echoes what nobody reads yet: then it is surely there before the prompt is.
    await terminal.waitFor(/^r\ns/m);
    await terminal.signal('SIGUSR1');
    expect(await terminal.waitFor(idle.menu)).toMatch(/What now\? ›$/m);
    await terminal.answer('w');
    expect(await terminal.waitFor('gave')).toContain('menu gave {"answer":"w"}');
  });

  test('pasted lines answer no menu, whether the terminal marks a paste or not', async () => {
    await Promise.all(
      [true, false].map(async (marked) => {
        const terminal = await ask(['menu']);
        await terminal.waitFor(idle.menu);
        await terminal.paste('r\nyes\nr\n', marked);
        expect(await terminal.waitFor('Enter takes: r')).not.toContain('gave');
        await terminal.type('s');
        expect(await terminal.waitFor('Enter takes: s')).not.toContain('gave');
      }),
    );
  });

  test('pasted lines become one line, which waits for Enter', async () => {
    const terminal = await ask(['secret', 'confirm']);
    await terminal.waitFor(idle.secret);
    await terminal.paste('hunter2\n', true);
    expect(await terminal.waitFor('(hidden)')).not.toContain('gave');
    await terminal.key('Enter');
    await terminal.waitFor('secret gave {"answer":"7 characters"}');
    await terminal.waitFor(idle.confirm);
    await terminal.paste('yes\nno\n', true);
    expect(await terminal.waitFor('› yes no')).not.toContain('confirm gave');
  });

  test('a secret shows neither its text nor its length', async () => {
    const terminal = await ask(['secret']);
    await terminal.waitFor(idle.secret);
    await terminal.type('h');
    await terminal.waitFor('› (hidden)');
    const { x } = await terminal.cursor();
    await terminal.key('BSpace');
    await terminal.waitFor(/account ›$/m);
    await terminal.answer('hunter2', '(hidden)');
    expect(await terminal.waitFor('secret gave {"answer":"7 characters"}')).toContain('account › (hidden)\n');
    expect(await terminal.transcript()).not.toMatch(/hun|ter2/);
    const again = await ask(['secret']);
    await again.waitFor(idle.secret);
    await again.paste('a much longer secret than the first, '.repeat(5), true);
    await again.waitFor('› (hidden)');
    expect((await again.cursor()).x).toBe(x);
  });

  test('results that come while somebody types wait, are counted, and follow the answer', async () => {
    const terminal = await ask(['line']);
    await terminal.waitFor(idle.line);
    await terminal.type('4');
    await terminal.waitFor('› 4');
    await terminal.signal('SIGUSR2');
    const asked = await terminal.waitFor('(2 more results after this) › 4');
    expect(asked).not.toContain('first result');
    await terminal.answer('2', '› 42');
    expect(await terminal.waitFor('all answered')).toContain(
      [
        '? How many orders are in the queue? › 42',
        '✓ first result that came meanwhile',
        '✓ second result that came meanwhile',
        'line gave {"answer":"42"}',
      ].join('\n'),
    );
  });

  test('a question puts itself into the title, rings for whoever is away, and gives the title back', async () => {
    const terminal = await ask(['--busy', '--away', 'menu', 'line']);
    await terminal.waitFor('working');
    await expect.poll(() => terminal.title()).toBe('golive: aep-prod runs');
    expect(await terminal.rang()).toBe(false);
    await terminal.signal('SIGUSR1');
    await terminal.waitFor(idle.menu);
    expect(await terminal.title()).toMatch(/^golive: your answer is needed: Backend is healthy: fail\. What now\?/);
    expect(await terminal.rang()).toBe(true);
    await terminal.answer('r');
    await terminal.waitFor(idle.line);
    expect(await terminal.title()).toMatch(/^golive: your answer is needed: How many orders/);
    await terminal.answer('7');
    expect(await terminal.exit()).toBe(0);
    expect(await terminal.title()).not.toContain('golive');
  });

  test('no bell rings for somebody who is there, nor where it is turned off', async () => {
    await Promise.all(
      [[['menu'], {}] as const, [['--away', 'menu'], { GOLIVE_NO_BELL: '1' }] as const].map(async ([words, env]) => {
        const terminal = await ask(words, 80, env);
        await terminal.waitFor(idle.menu);
        expect(await terminal.rang()).toBe(false);
        expect(await terminal.title()).toContain('your answer is needed');
      }),
    );
  });

  for (const kind of kinds) {
    test(`a ${kind} that is put aside leaves what was typed, rings, and the next question opens`, async () => {
      const terminal = await ask(['--urgent', kind, 'menu']);
      await terminal.waitFor(idle[kind]);
      await terminal.type('no');
      const shown = kind === 'secret' ? '(hidden)' : kind === 'menu' ? 'o' : 'no';
      await terminal.waitFor(`› ${shown}`);
      expect(await terminal.rang()).toBe(false);
      await terminal.signal('SIGUSR2');
      const screen = await terminal.waitFor(/second result[\s\S]*What now\? ›$/m);
      const lost = kind === 'secret' ? '' : `; you had typed: ${shown}`;
      expect(screen).toContain(`› put aside${lost}\n✓ first result that came meanwhile\n`);
      expect(screen).toContain(`${kind} gave {"code":"put-aside"}`);
      expect(await terminal.rang()).toBe(true);
      await terminal.answer('s');
      expect(await terminal.exit()).toBe(0);
      await expectSane(terminal);
    });
  }

  test('Ctrl-D and Ctrl-Z on an empty line do nothing', async () => {
    const terminal = await ask(['line']);
    await terminal.waitFor(idle.line);
    await terminal.key('C-d', 'C-z', 'C-d');
    await terminal.answer('7');
    await terminal.waitFor('line gave {"answer":"7"}');
    expect(await terminal.exit()).toBe(0);
  });

  test('a program whose terminal goes away ends', async () => {
    const terminal = await ask(['menu']);
    await terminal.waitFor(idle.menu);
    const pid = await terminal.pid();
    await terminal.close();
    await expect.poll(() => alive(pid), { timeout: 10_000 }).toBe(false);
  });

  test.each([80, 120])('prompts at %i columns look as reviewed', async (width) => {
    const terminal = await ask(['menu', 'line', 'confirm', 'secret', 'long', 'hostile'], width);
    const screens: string[] = [];
    const shot = async (shows: string | RegExp): Promise<number> => screens.push(await terminal.waitFor(shows));
    await shot(/What now\? ›\n  Type a letter/);
    await terminal.answer('r');
    await shot(/queue\? ›\n  Type the answer/);
    await terminal.answer('12');
    await shot(/no\) ›\n  Type the answer/);
    await terminal.answer('no');
    await shot(/account ›\n  Not shown/);
    await terminal.answer('hunter2', '(hidden)');
    await shot(/this\? ›\n  Type the answer/);
    await terminal.answer('yes');
    await shot(/network ›\n  Type a letter/);
    await terminal.answer('r');
    await shot('all answered');
    expectGolden(`${goldens}/prompts-${width}.txt`, screens.join(`\n${'='.repeat(width)}\n`));
  });
});

test('input or output through a pipe means that nobody is present, and a question is refused', async () => {
  const shell = promisify(execFile);
  const piped = shell('sh', ['-c', `printf 'r\\nr\\n' | "$0" "$1" menu`, process.execPath, program]);
  await expect(piped).rejects.toMatchObject({
    code: 2,
    stdout: 'nobody is present\nno-terminal: There is no terminal to ask on: Backend is healthy: fail. What now?\n',
  });
});

function alive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}
