// Goal: what the journal refuses to write, and what it never writes. Method: a session in memory on a clock of our own.

import { describe, expect, it } from 'vitest';
import { throwAwaySigner } from '../../src/log/session-key.ts';
import { GoliveError } from '../../src/errors.ts';
import { openSession, sealRun } from '../../src/runner/opening.ts';
import { scrubber } from '../../src/runner/scrubber.ts';
import type { Journal } from '../../src/runner/journal.ts';
import { joinLines } from '../../src/log/statement.ts';
import { walkLog } from '../../src/log/walk.ts';
import type { Clock, Signer } from '../../src/world.ts';
import { noon, phase, planOf } from '../support/plan.ts';
import { looks, memoryStore, opening, type MemoryStore } from '../support/run.ts';

const plan = planOf(phase('p', [looks('a')]));

function clockAt(now: () => number): Clock {
  return { now, sleep: async () => undefined, task: (work) => work(), rest: (promise) => promise };
}

async function sessionOn(
  store: MemoryStore,
  now: () => number,
  signer: Signer = throwAwaySigner('ada@example.com'),
  scrub = (text: string): string => text.replaceAll('hunter22', '(secret pin)'),
): Promise<Journal> {
  const lines = await store.read('', 0);
  return openSession({
    run: 'a'.repeat(26),
    store,
    plan,
    lines,
    clock: clockAt(now),
    signer,
    scrub,
    host: 'test',
    tool: { name: 'golive', version: '0', node: 'v20' },
    callers: [],
    endpoints: [],
    shown: () => undefined,
    ...(lines.length === 0 && { opened: opening('run') }),
  });
}

const note = (text: string) => ({ order: 'note', by: 'ada@example.com', step: '', text }) as const;

describe('the clock', () => {
  it('bridges a lag of up to five seconds: the time of the log never goes back', async () => {
    let now = noon;
    const journal = await sessionOn(memoryStore(), () => now);
    now = noon - 5000;
    await journal.order(note('a little late'));
    expect(journal.state().at).toBe('2026-03-01T12:00:00.000Z');
  });

  it('refuses to write when it is further behind, and says how to mend it', async () => {
    let now = noon;
    const journal = await sessionOn(memoryStore(), () => now);
    now = noon - 6000;
    await expect(journal.order(note('from the past'))).rejects.toMatchObject({
      code: 'clock',
      message: expect.stringContaining('6 s behind'),
    });
    expect(journal.state().seq).toBe(1);
  });
});

describe('a session that lasts longer than its grant', () => {
  const hour = 3_600_000;
  const brokenIn = (store: MemoryStore) => walkLog(joinLines(store.lines)).broken;

  it('is given another one before the next line, and every line stays verifiable', async () => {
    let now = noon;
    const store = memoryStore();
    const journal = await sessionOn(store, () => now);
    for (const hours of [0, 5, 7, 11, 13, 40, 41]) {
      now = noon + hours * hour;
      expect(await journal.order(note(`after ${hours} hours`))).toBeUndefined();
    }
    expect(brokenIn(store)).toBeUndefined();
    expect(journal.state().sessions).toBe(3);
    await sealRun(journal, plan, throwAwaySigner('ada@example.com'), now);
    expect(brokenIn(store)).toBeUndefined();
  });

  it('stops when something is under way, with what to do; the log stays whole and the run goes on', async () => {
    let now = noon;
    const store = memoryStore();
    const journal = await sessionOn(store, () => now);
    await journal.order({ order: 'start', step: 'a', why: 'due' });
    now = noon + 12 * hour;
    expect(await journal.order(note('the last moment'))).toBeUndefined();
    now += 1;
    await expect(journal.order(note('too late'))).rejects.toMatchObject({
      code: 'grant',
      exit: 2,
      hint: expect.stringContaining('golive resume'),
    });
    expect(brokenIn(store)).toBeUndefined();
    const next = await sessionOn(store, () => now);
    expect(next.state().steps['a']).toMatchObject({ interrupted: true });
    expect(await next.order(note('on we go'))).toBeUndefined();
    expect(brokenIn(store)).toBeUndefined();
  });

  it('goes on with the grant it has while nobody can sign another, and asks for one only when it must', async () => {
    let now = noon;
    let asked = 0;
    const ada = throwAwaySigner('ada@example.com');
    const absent: Signer = {
      ...ada,
      sign: (namespace, message) => {
        asked += 1;
        return asked === 1 ? ada.sign(namespace, message) : Promise.reject(new GoliveError('key', 'no agent'));
      },
    };
    const store = memoryStore();
    const journal = await sessionOn(store, () => now, absent);
    for (const hours of [7, 8, 12]) {
      now = noon + hours * hour;
      expect(await journal.order(note(`after ${hours} hours`))).toBeUndefined();
    }
    expect(asked).toBe(2);
    now += 1;
    await expect(journal.order(note('too late'))).rejects.toMatchObject({ code: 'key' });
    expect([brokenIn(store), store.lines.length]).toEqual([undefined, 4]);
  });
});

describe('two sessions on one run', () => {
  it('the second to write the same event is told, and writes nothing', async () => {
    const store = memoryStore();
    const first = await sessionOn(store, () => noon);
    const second = await sessionOn(store, () => noon);
    await expect(first.order(note('who is first?'))).rejects.toMatchObject({ code: 'conflict', exit: 2 });
    await second.order(note('me'));
    expect(store.lines).toHaveLength(3);
  });
});

describe('secrets', () => {
  it('typed into a note stay out of the log', async () => {
    const store = memoryStore();
    const journal = await sessionOn(store, () => noon);
    await journal.order(note('the pin is hunter22'));
    const text = store.lines.map((line) => new TextDecoder().decode(line)).join('\n');
    expect(text).toContain('the pin is (secret pin)');
    expect(text).not.toContain('hunter22');
  });

  it('stay out of facts and values also where JSON or a URL spells them otherwise', async () => {
    const secret = 'a"b\\c/d e+f';
    const scrub = scrubber({ pin: secret });
    const store = memoryStore();
    const journal = await sessionOn(store, () => noon, undefined, scrub);
    const name = await journal.keep({
      echoed: `token ${secret}`,
      url: `https://x.test/?t=${encodeURIComponent(secret)}`,
    });
    await journal.order({ order: 'set-value', name: 'v', json: JSON.stringify({ [secret]: secret }), source: 'asked' });
    expect(JSON.parse(Buffer.from(store.blobs.get(name) ?? '').toString())).toEqual({
      echoed: 'token (secret pin)',
      url: 'https://x.test/?t=(secret pin)',
    });
    expect(journal.state().values['v']?.json).toBe('{"(secret pin)":"(secret pin)"}');
  });

  it('that are shorter than their names make no text too long for its line', async () => {
    const store = memoryStore();
    const journal = await sessionOn(store, () => noon, undefined, scrubber({ the_token_of_the_application: 'abcd' }));
    await journal.order({ order: 'start', step: 'a', why: 'due' });
    const body = { facts: '', observed_at: '2026-03-01T12:00:00.000Z', requests: [], looks: 1, findings: [] };
    const seen = { ...body, verdict: 'error', reason: 'abcd '.repeat(100) } as const;
    await journal.order({ order: 'judge', step: 'a', captures: {}, seen });
    await journal.order(note('abcd '.repeat(1600)));
    expect(walkLog(joinLines(store.lines)).broken).toBeUndefined();
    expect(store.lines.map((line) => new TextDecoder().decode(line)).join()).not.toContain('abcd');
  });

  it('that happen to stand in a digest, a key or a name do not stop the run', async () => {
    const store = memoryStore();
    // In every digest and every key there are some of these.
    const scrub = (text: string): string => text.replaceAll(/[0-9a-f]|pass|note/g, '#');
    const journal = await sessionOn(store, () => noon, undefined, scrub);
    await journal.order({ order: 'start', step: 'a', why: 'due' });
    const body = { facts: '0'.repeat(64), observed_at: '2026-03-01T12:00:00.000Z', requests: [], reason: '', looks: 1 };
    const findings = [{ verdict: 'pass', expected: 'pass', observed: '200' }] as const;
    await journal.order({ order: 'judge', step: 'a', captures: {}, seen: { ...body, verdict: 'pass', findings } });
    await journal.order(note('x'));
    expect(journal.state().steps['a']?.verdict).toMatchObject({
      verdict: 'pass',
      facts: '0'.repeat(64),
      findings: [{ verdict: 'pass', expected: '#', observed: '###' }],
    });
    expect(walkLog(joinLines(store.lines)).broken).toBeUndefined();
  });
});
