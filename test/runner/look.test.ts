// Goal: one attempt of a probe, from the first look to its verdict. Method: a run in memory on a clock that jumps.

import { describe, expect, it } from 'vitest';
import type { Wait } from '../../src/engine/plan.ts';
import { BlindError } from '../../src/errors.ts';
import { noon, phase, planOf } from '../support/plan.ts';
import { application, looks, memoryStore, play } from '../support/run.ts';

const second = 1000;
const wait = (more: Partial<Wait> = {}): { wait: Wait } => ({
  wait: { forMs: 60 * second, everyMs: { min: 5 * second, max: 30 * second }, consecutive: 1, stopIf: [], ...more },
});

function verdictOf(played: Awaited<ReturnType<typeof play>>, id = 'a') {
  const seen = played.state.steps[id]?.verdict;
  return { verdict: seen?.verdict, looks: seen?.looks, reason: seen?.reason };
}

describe('a wait', () => {
  it('passes as soon as it holds, and looks rarer and rarer', async () => {
    const played = await play(
      planOf(phase('p', [looks('a', wait())])),
      application((_, times) => (times < 4 ? 503 : 200)),
    );
    expect(verdictOf(played)).toMatchObject({ verdict: 'pass', looks: 4 });
    expect(played.tookMs).toBe((5 + 7.5 + 11.25) * second);
  });

  it('fails at its deadline with what was seen last, after one last look', async () => {
    const played = await play(
      planOf(phase('p', [looks('a', wait())])),
      application(() => 503),
    );
    expect(verdictOf(played)).toMatchObject({ verdict: 'fail' });
    expect(played.tookMs).toBe(60 * second);
  });

  it('stops at once when it can never hold any more', async () => {
    const stopIf = [{ path: 'status', eq: 410 }];
    const played = await play(
      planOf(phase('p', [looks('a', wait({ stopIf }))])),
      application((_, times) => (times < 2 ? 503 : 410)),
    );
    expect(verdictOf(played)).toMatchObject({ verdict: 'fail', looks: 2, reason: 'stopped waiting: status = 410' });
  });

  it('wants as many passes in a row as it says', async () => {
    const flapping = application((_, times) => (times % 3 === 0 ? 503 : 200));
    const three = await play(planOf(phase('p', [looks('a', wait({ consecutive: 3 }))])), flapping);
    expect(verdictOf(three).verdict).not.toBe('pass');
    const two = await play(
      planOf(phase('p', [looks('a', wait({ consecutive: 2 }))])),
      application(() => 200),
    );
    expect(verdictOf(two)).toMatchObject({ verdict: 'pass', looks: 2 });
  });

  it('tries again what may pass by itself, and not what needs somebody to act', async () => {
    const lost = new BlindError('network', 'connection refused', { transient: true });
    const denied = new BlindError('access-denied', 'not allowed');
    const plan = planOf(phase('p', [looks('a', wait())]));
    expect(
      verdictOf(
        await play(
          plan,
          application((_, times) => (times < 3 ? lost : 200)),
        ),
      ),
    ).toMatchObject({ verdict: 'pass', looks: 3 });
    expect(
      verdictOf(
        await play(
          plan,
          application(() => denied),
        ),
      ),
    ).toMatchObject({ verdict: 'error', looks: 1, reason: 'not allowed' });
  });
});

describe('named probes', () => {
  const call = { kind: 'http', args: { url: 'http://app.test/shared' }, words: 'asks' };
  const named = { name: 'shared', call, nature: 'looks', probes: [], readers: [] } as const;
  const uses = (id: string, more = {}) => looks(id, { work: { type: 'probe', named: 'shared', call }, ...more });

  it('are read once for all the steps that name them', async () => {
    const plan = { ...planOf(phase('p', [uses('a'), uses('b'), uses('c')])), probes: { shared: named } };
    const http = application(() => 200);
    const played = await play(plan, http);
    expect(http.asked).toEqual(['shared']);
    expect(Object.values(played.state.steps).map((known) => known.verdict?.verdict)).toEqual(['pass', 'pass', 'pass']);
  });

  it('give one cause to all that wait for what could not be read', async () => {
    const template = { kind: 'http', args: { url: 'http://app.test/${shared.json.next}' }, words: 'asks' };
    const reads = (id: string) => looks(id, { work: { type: 'probe', call: template }, probes: ['shared'] });
    const plan = { ...planOf(phase('p', [uses('a'), reads('b')])), probes: { shared: named } };
    const played = await play(
      plan,
      application(() => new BlindError('access-denied', 'not allowed')),
    );
    expect(verdictOf(played, 'a').reason).toBe('not allowed');
    expect(verdictOf(played, 'b').reason).toBe('waits for shared: not allowed');
  });
});

describe('an answer from the cache', () => {
  it('is dated by when AWS was asked, not by when it was used', async () => {
    const call = { kind: 'aws.call', args: { operation: 'sts:GetCallerIdentity', input: {} }, words: 'asks' };
    const cached = looks('a', { work: { type: 'probe', call }, expect: [{ path: 'Account', eq: '1' }] });
    const aws = async () => ({ output: { Account: '1' }, requests: ['r-1'], observedAt: noon - 5 * second });
    const played = await play(
      planOf(phase('p', [cached])),
      application(() => 200),
      { aws },
    );
    expect(played.state.steps['a']?.verdict).toMatchObject({ verdict: 'pass', observedAt: '2026-03-01T11:59:55.000Z' });
  });
});

describe('captures', () => {
  it('are frozen for the run and filled into what reads them', async () => {
    const reads = { kind: 'http', args: { url: 'http://app.test/${version}' }, words: 'asks' };
    const first = looks('a', { capture: { version: 'json.version' } });
    const then = looks('b', { work: { type: 'probe', call: reads }, readers: ['a'] });
    const http = application((path) => ({ status: 200, body: path === 'a' ? '{"version":"v42"}' : '{}' }));
    await play(planOf(phase('p', [first, then])), http);
    expect(http.asked).toEqual(['a', 'v42']);
  });

  it('fail when there is nothing to capture', async () => {
    const played = await play(
      planOf(phase('p', [looks('a', { capture: { version: 'json.version' } })])),
      application(() => 200),
    );
    expect(played.state.steps['a']?.verdict).toMatchObject({ verdict: 'fail' });
    expect(played.state.values).toEqual({});
  });
});

describe('secrets', () => {
  const secret = 'canary-5f0d5cf6f1a1';

  it('an application that echoes one leaves it in no line, no blob and on no screen', async () => {
    const store = memoryStore();
    const args = { url: 'http://app.test/a', headers: { authorization: 'Bearer ${token}' } };
    const echoes = looks('a', {
      ...wait(),
      work: { type: 'probe', call: { kind: 'http', args, words: 'asks' } },
      expect: [{ path: 'json.said', eq: 'nothing' }],
    });
    const http = application(() => ({ status: 200, body: JSON.stringify({ said: `you sent ${secret}` }) }));
    const played = await play(planOf(phase('p', [echoes])), http, { store, secrets: { token: secret } });
    const text = new TextDecoder();
    const kept = [...store.lines, ...store.blobs.values()].map((bytes) => text.decode(bytes)).join('\n');
    expect(kept).toContain('(secret token)');
    expect(kept).not.toContain(secret);
    expect(played.live.join('\n')).toContain('(secret token)');
    expect(played.live.join('\n')).not.toContain(secret);
  });
});

describe('what goes wrong while looking', () => {
  it('wrong pass 25: is an error on that step, and the others go on', async () => {
    const http = application((path) => (path === 'b' ? new TypeError('undefined is not a function') : 200));
    const played = await play(planOf(phase('p', [looks('a'), looks('b'), looks('c')])), http);
    expect(verdictOf(played, 'a').verdict).toBe('pass');
    expect(verdictOf(played, 'b')).toMatchObject({
      verdict: 'error',
      reason: expect.stringContaining('undefined is not a function'),
    });
    expect(verdictOf(played, 'c').verdict).toBe('pass');
  });
});
