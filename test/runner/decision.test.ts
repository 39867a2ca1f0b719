// Goal: what a decision from elsewhere is held against before it counts, where the commands cannot bring it about. Method: a
// journal in memory whose session key is known to the test.

import { generateKeyPairSync, sign } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { decide } from '../../src/engine/decide.ts';
import { findStep } from '../../src/engine/plan.ts';
import { stepState } from '../../src/engine/state.ts';
import { formatAt, hashLine } from '../../src/log/line.ts';
import { ed25519Line } from '../../src/log/public-key.ts';
import { requestText } from '../../src/log/request.ts';
import { sessionId, throwAwaySigner, type SessionKey } from '../../src/log/session-key.ts';
import { ed25519Start, namespaces, signedBytes } from '../../src/log/sshsig.ts';
import { grantEnvelope, signoffEnvelope } from '../../src/log/statement.ts';
import { gateText } from '../../src/render/signoff.ts';
import { rehearsalClock } from '../../src/rehearsal/clock.ts';
import { whyNot } from '../../src/runner/decision.ts';
import { openJournal, type Journal } from '../../src/runner/journal.ts';
import type { Signer } from '../../src/world.ts';
import { gate, noon, phase, planOf, step } from '../support/plan.ts';
import { memoryStore, opening } from '../support/run.ts';

const bob = 'bob@example.com';
const plan = planOf(phase('first', [step('approved', 'decides', { work: gate({ poll: ['ops'] }) })]));
const run = `rehearsal-${'a'.repeat(26)}`;
const world = { clock: rehearsalClock(noon, 'max') };

/** One key as that of a session and as that of a person. */
function bothWays(principal: string): { readonly key: SessionKey; readonly signer: Signer } {
  const pair = generateKeyPairSync('ed25519');
  const publicKey = ed25519Line(pair.publicKey.export({ format: 'der', type: 'spki' }).subarray(-32));
  const signs = (namespace: string, bytes: Uint8Array): Uint8Array =>
    Buffer.concat([ed25519Start(publicKey, namespace), sign(null, signedBytes(namespace, bytes), pair.privateKey)]);
  return {
    key: { publicKey, sid: sessionId(publicKey), sign: (bytes) => signs(namespaces.event, bytes) },
    signer: { principal, publicKey, source: 'test', sign: async (namespace, message) => signs(namespace, message) },
  };
}

/** A run at its gate, written by this session key. */
async function atTheGate(key: SessionKey, roster = 'a'.repeat(64)): Promise<Journal> {
  const ada = throwAwaySigner('ada@example.com');
  const until = noon + 3_600_000;
  const grant = await grantEnvelope({ signer: ada, run, sid: key.sid, sessionKey: key.publicKey, from: noon, until });
  const session = {
    principal: ada.principal,
    key: key.publicKey,
    grant,
    host: 'desk',
    clock_offset: 0,
    callers: [],
    endpoints: [],
    tool: {
      name: 'golive',
      version: '0',
      node: 'v20',
    },
    roles: [
      {
        principal: bob,
        roles: ['ops'],
      },
    ],
  };
  const opened = { ...opening('run'), rehearsal: true, roster_digest: roster };
  const journal = openJournal({
    run,
    store: memoryStore(),
    clock: world.clock,
    lines: [],
    plan,
    grant: async () => ({
      key,
      from: noon,
      until,
      session,
    }),
    scrub: (same) => same,
    shown: () => undefined,
  });
  await journal.begin((own) => ({ kind: 'run.open', body: { ...opened, session: own } }));
  await journal.order({ order: 'open-phase', phase: 'first' });
  await journal.order({ order: 'start', step: 'approved', why: 'due' });
  return journal;
}

async function saidBy(signer: Signer, journal: Journal, until = noon + 60_000) {
  const approved = findStep(plan, 'approved') ?? step('approved');
  const told = gateText(plan, journal.state(), approved);
  const lines = journal.lines();
  return signoffEnvelope({
    signer,
    run,
    step: 'approved',
    role: 'ops',
    decision: 'go',
    attempt: 1,
    comment: '',
    checklist: '0'.repeat(64),
    text: requestText(told, 'a'.repeat(26), formatAt(until)),
    seen: {
      seq: lines.length - 1,
      head: hashLine(lines.at(-1) ?? ''),
    },
  });
}

describe('a decision', () => {
  it('of a person is fine, and the same of the key that writes the log is not', async () => {
    const { key, signer } = bothWays(bob);
    const journal = await atTheGate(key);
    expect(whyNot({ plan, journal, world }, await saidBy(throwAwaySigner(bob), journal))).toBeUndefined();
    expect(whyNot({ plan, journal, world }, await saidBy(signer, journal))).toBe(
      'it is signed by a session of this run, not by a person',
    );
  });
});

describe('a decision that is brought', () => {
  it('when its request is over is not taken because a clock is behind', async () => {
    const journal = await atTheGate(bothWays(bob).key);
    const statement = await saidBy(throwAwaySigner(bob), journal, noon - 1);
    const behind = { clock: { now: () => noon - 60_000 } };
    expect(whyNot({ plan, journal, world: behind }, statement)).toBe(
      'its request counted until 2026-03-01T11:59:59.999Z, and it is 2026-03-01T12:00:00.000Z: ask again',
    );
  });

  it('to people with throw-away keys is not taken', async () => {
    const journal = await atTheGate(bothWays(bob).key, '');
    const statement = await saidBy(throwAwaySigner(bob), journal);
    expect(whyNot({ plan, journal, world }, statement)).toContain('have throw-away keys');
  });
});

describe('a role', () => {
  it('votes once in an attempt: the same word again is nothing new, and another one is refused', async () => {
    const { key } = bothWays(bob);
    const journal = await atTheGate(key);
    const word = { step: 'approved', role: 'ops', decision: 'go', by: bob } as const;
    const statement = await saidBy(throwAwaySigner(bob), journal);
    const seen = journal.state().seq - 1;
    expect(await journal.order({ order: 'sign', ...word, attempt: 1, seen, statement })).toBeUndefined();
    const vote = { order: 'vote', ...word, comment: '', signoff: seen + 1 } as const;
    expect(await journal.order(vote)).toBeUndefined();
    expect(decide(vote, plan, journal.state())).toEqual({ events: [] });
    expect(decide({ ...vote, decision: 'no-go' }, plan, journal.state())).toEqual({
      refused: 'ops has voted at approved already: go by bob@example.com',
    });
    expect(stepState(journal.state(), 'approved').votes).toMatchObject({ ops: { decision: 'go' } });
  });
});
