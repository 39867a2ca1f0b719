// Goal: what the journal refuses to write, and what it never writes. Method: a session in memory on a clock of our own.

import { describe, expect, it } from 'vitest';
import { throwAwaySigner } from '../../src/log/session-key.ts';
import { openSession } from '../../src/runner/opening.ts';
import type { Journal } from '../../src/runner/journal.ts';
import type { Clock } from '../../src/world.ts';
import { noon, phase, planOf } from '../support/plan.ts';
import { looks, memoryStore, opening, type MemoryStore } from '../support/run.ts';

const plan = planOf(phase('p', [looks('a')]));

function clockAt(now: () => number): Clock {
  return { now, sleep: async () => undefined, task: (work) => work(), rest: (promise) => promise };
}

async function sessionOn(store: MemoryStore, now: () => number): Promise<Journal> {
  const lines = await store.read('', 0);
  return openSession({
    run: 'a'.repeat(26),
    store,
    plan,
    lines,
    clock: clockAt(now),
    signer: throwAwaySigner('ada@example.com'),
    scrub: (text) => text.replaceAll('hunter22', '(secret pin)'),
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
});
