// Goal: a store that fails at any event loses nothing and repeats nothing. Method: fail the Nth append, before or after
// the line is kept, for every N until the run gets through; then go on in a new session and compare with a quiet run.

import { describe, expect, it } from 'vitest';
import type { Step } from '../../src/engine/plan.ts';
import type { MemoryStore, Played } from '../support/run.ts';
import { application, looks, memoryStore, play } from '../support/run.ts';
import { phase, planOf, step } from '../support/plan.ts';
import { scripted } from '../../src/runner/people.ts';
import { participantsOf, readEvents } from '../../src/log/replay.ts';

const plan = planOf(
  phase('p', [looks('a', { capture: { ok: 'json.ok' } }), looks('b'), step('ask', 'asks'), step('gate', 'decides')]),
  phase('q', [looks('c', { readers: ['a'] })]),
);
const people = scripted({
  answers: { ask: { answer: true } },
  votes: { gate: { lead: 'go' } },
  principal: () => 'ada@example.com',
  source: 'script',
});

function verdicts(played: Played): Readonly<Record<string, string | undefined>> {
  return Object.fromEntries(Object.entries(played.state.steps).map(([id, known]) => [id, known.verdict?.verdict]));
}

describe.each(['before', 'after'] as const)('a store that fails %s the line is kept', (when) => {
  it('stops the run each time, and a new session ends where a quiet run ends', async () => {
    const quiet = await play(
      plan,
      application(() => 200),
      { people, seal: true },
    );
    const total = quiet.state.seq;
    for (let failing = 0; failing < total; failing += 1) {
      let broken = true;
      const store = memoryStore((seq) => (broken && seq === failing ? when : undefined));
      await expect(
        play(
          plan,
          application(() => 200),
          { people, store, seal: true },
        ),
        `event ${failing}`,
      ).rejects.toMatchObject({ code: 'store' });
      broken = false;
      const sealed = store.lines.length === total;
      if (sealed) continue;
      const resumed = await play(
        plan,
        application(() => 200),
        { people, store, seal: true },
      );
      expect(verdicts(resumed), `after event ${failing}`).toEqual(verdicts(quiet));
      expect(resumed.state.sealed, `after event ${failing}`).toMatchObject({ result: 'go' });
      expect(participantsOf(readEvents(store.lines))).toEqual(['ada@example.com']);
    }
    expect(total).toBeGreaterThan(15);
  });
});

describe('a store that fails once and then works again', () => {
  it.each(['before', 'after'] as const)('is not written to again, by nothing that was under way: %s', async (when) => {
    const many = planOf(
      phase(
        'p',
        ['a', 'b', 'c', 'd', 'e'].map((id) => looks(id)),
      ),
    );
    for (const failing of [3, 5, 7, 8]) {
      let broken = true;
      const store = memoryStore((seq) => {
        if (!broken || seq !== failing) return undefined;
        broken = false;
        return when;
      });
      const failed = play(
        many,
        application(() => 200),
        { store },
      );
      await expect(failed).rejects.toMatchObject({ code: 'store' });
      expect(store.lines).toHaveLength(when === 'before' ? failing : failing + 1);
    }
  });
});

describe('an interrupted run', () => {
  it('leaves what was under way open, and looks again in the next session', async () => {
    const store = memoryStore();
    const abort = new AbortController();
    const slow = application((path) => {
      if (path === 'b') abort.abort();
      return 200;
    });
    const first = await play(plan, slow, { people, store, signal: abort.signal });
    expect(first.ending).toEqual({ end: 'interrupted' });
    expect(first.state.steps['b']?.verdict).toBeUndefined();
    const second = await play(
      plan,
      application(() => 200),
      { people, store, seal: true },
    );
    expect(second.state.steps['b']).toMatchObject({ attempt: 2, verdict: { verdict: 'pass' } });
    expect(second.state.sealed).toMatchObject({ result: 'go' });
  });
});

describe('an answer that is in the log', () => {
  it.each([
    { secret: false, asked: 1 },
    // It is in no log, so nobody knows what it was.
    { secret: true, asked: 2 },
  ])(
    'is not asked for again when the run ended before it was judged, unless it is a secret: $secret',
    async (given) => {
      const { work } = step('ask', 'asks');
      if (work.type !== 'ask') throw new Error('no question');
      const question = step('ask', 'asks', { work: { ...work, ask: { ...work.ask, secret: given.secret } } });
      let asked = 0;
      const answering = {
        ...people,
        ask: async (about: Step) => {
          asked += 1;
          return people.ask(about);
        },
      };
      let broken = true;
      const store = memoryStore((seq) => (broken && kindAt(store, seq - 1) === 'ask.answer' ? 'before' : undefined));
      const one = planOf(phase('p', [question]));
      const nothing = application(() => 200);
      await expect(play(one, nothing, { people: answering, store })).rejects.toMatchObject({ code: 'store' });
      broken = false;
      const { state, events } = await play(one, nothing, { people: answering, store, seal: true });
      expect(asked).toBe(given.asked);
      expect(state.sealed).toMatchObject({ result: 'go' });
      const answered = readEvents(store.lines).findLast(({ kind }) => kind === 'ask.answer');
      const judged = events.find(({ kind }) => kind === 'step.verdict');
      expect(judged).toMatchObject({ body: { verdict: 'pass', observed_at: answered?.at } });
    },
  );
});

function kindAt({ lines }: MemoryStore, seq: number): string | undefined {
  return readEvents(lines)[seq]?.kind;
}

describe('a store that fails while a person is at a prompt', () => {
  it('stops the run after the answer, with the reason', async () => {
    let asked = false;
    const store = memoryStore(() => (asked ? 'before' : undefined));
    const waits = looks('slow', {
      wait: { forMs: 60_000, everyMs: { min: 5000, max: 5000 }, consecutive: 1, stopIf: [] },
    });
    const both = planOf(phase('p', [waits, step('ask', 'asks')]));
    const thinking = {
      ...people,
      ask: async () => {
        asked = true;
        return 'silent' as const;
      },
    };
    const failing = play(
      both,
      application((_, times) => (times < 3 ? 503 : 200)),
      { people: thinking, store },
    );
    await expect(failing).rejects.toMatchObject({ code: 'store' });
  });
});
