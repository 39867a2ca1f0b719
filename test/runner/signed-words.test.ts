// Goal: what a person signs has no secret in it, because nothing can be taken out of it afterwards. Method: a run in memory
// with people of its own, whose words are read out of the statements in its log.

import { describe, expect, it } from 'vitest';
import { throwAwaySigner } from '../../src/log/session-key.ts';
import { signoffEnvelope } from '../../src/log/statement.ts';
import { hashLine } from '../../src/log/line.ts';
import type { People } from '../../src/runner/people.ts';
import { personas } from '../../src/runner/personas.ts';
import { stepState } from '../../src/engine/state.ts';
import { nobody } from '../support/outside.ts';
import { gate, phase, planOf, step } from '../support/plan.ts';
import { application, looks, memoryStore, opening, play, type MemoryStore } from '../support/run.ts';

const secret = 'canary/of+hunter2';
const by = 'ada@example.com';
const signer = throwAwaySigner(by);
const roster = personas(['lead'], () => by, signer);
const plan = planOf(
  phase('p', [looks('red', { waive: { by: 'lead' } }), step('gate', 'decides', { work: gate({ poll: ['lead'] }) })]),
);

/** Every line, with its statements written plainly. */
function opened(store: MemoryStore): string {
  const log = store.lines.map((line) => new TextDecoder().decode(line)).join('\n');
  const payloads = [...log.matchAll(/"payload":"([^"]+)"/g)].map(([, text = '']) =>
    Buffer.from(text, 'base64').toString(),
  );
  return [log, ...payloads].join('\n');
}

const words = `because of ${secret}, ${Buffer.from(secret).toString('base64url')} and password=hunter2`;
/** Accepts the red once, and says nothing to what is red after that. */
function waiving(): People {
  const asked = new Set(['gate']);
  return {
    ...nobody,
    red: async ({ id }) =>
      asked.has(id) ? 'silent' : (asked.add(id), { do: 'waive', by, role: 'lead', reason: words }),
  };
}

describe('a word that is signed', () => {
  it('has no secret in it, and is the same as in the line that it is about', async () => {
    const store = memoryStore();
    const people: People = { ...waiving(), vote: async () => ({ decision: 'go', by, comment: words }) };
    const played = await play(
      plan,
      application(() => 500),
      { store, people, roster, signer, secrets: { pin: secret } },
    );
    expect(stepState(played.state, 'gate').verdict?.verdict).toBe('pass');
    const text = opened(store);
    expect(text.match(/"comment":"because of \(secret pin\), \(secret pin\) and password=\(redacted\)"/g)).toHaveLength(
      3,
    );
    expect(text).toContain('"reason":"because of (secret pin), (secret pin) and password=(redacted)"');
    expect(text).not.toMatch(/canary|hunter2|Y2FuYXJ5/);
  });

  it('does not count when it was signed elsewhere with a secret in it', async () => {
    const store = memoryStore();
    const refused: string[] = [];
    const vote: People['vote'] = async () => {
      const seq = store.lines.length - 1;
      const seen = { seq, head: hashLine(store.lines[seq] ?? '') };
      const about = { run: 'a'.repeat(26), role: 'lead', step: 'gate', decision: 'go', attempt: 1, text: 'x' } as const;
      const { digest } = opening('run').checklist;
      const statement = await signoffEnvelope({ signer, ...about, comment: words, seen, checklist: digest });
      return { decision: 'go', by: '', comment: '', statement };
    };
    const people: People = { ...waiving(), vote, notCounted: (why) => (refused.push(why), false) };
    await play(
      plan,
      application(() => 500),
      { store, people, roster, signer, secrets: { pin: secret } },
    );
    expect(refused).toEqual([
      'its comment has a secret of this run in it, which is kept nowhere: sign again without it',
    ]);
    expect(opened(store)).not.toMatch(/canary|hunter2|Y2FuYXJ5/);
  });
});
