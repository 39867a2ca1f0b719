// Goal: one attempt of a probe, from the first look to its verdict. Method: a run in memory on a clock that jumps.

import { describe, expect, it } from 'vitest';
import type { Step, Wait } from '../../src/engine/plan.ts';
import { BlindError, GoliveError } from '../../src/errors.ts';
import type { People } from '../../src/runner/people.ts';
import { gate, noon, phase, planOf, step } from '../support/plan.ts';
import { nobody } from '../support/outside.ts';
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

describe('what was read before', () => {
  const named = (name: string, url: string) => {
    const call = { kind: 'http', args: { url }, words: 'asks' };
    return { name, call, nature: 'looks', probes: [], readers: [] } as const;
  };
  const reads = { kind: 'http', args: { url: 'http://app.test/${live.json.group}' }, words: 'asks' };
  const reader = (id: string, more = {}) =>
    looks(id, { work: { type: 'probe', call: reads }, probes: ['live'], ...more });
  const probes = { live: named('live', 'http://app.test/live') };
  /** Traffic moves from blue, which is fine, to green, which is not: at the second time somebody asks. */
  const moving = () =>
    application((path, times) => {
      if (path === 'live') return { status: 200, body: `{"group":"${times === 1 ? 'blue' : 'green'}"}` };
      return path === 'green' ? 503 : 200;
    });

  it('does not serve a recheck: what a named probe leads to is looked up again', async () => {
    const again = looks('again', { work: { type: 'probe', recheck: ['a'] }, needs: [{ step: 'a', lagMs: 0 }] });
    const plan = { ...planOf(phase('p', [reader('a'), again])), probes };
    const http = moving();
    const played = await play(plan, http);
    expect(http.asked).toEqual(['live', 'blue', 'live', 'green']);
    expect(verdictOf(played, 'again').verdict).toBe('fail');
  });

  it('does not serve the next look of a wait', async () => {
    const http = application((path, times) => {
      if (path === 'live')
        return times < 3 ? { status: 404, body: 'not here' } : { status: 200, body: '{"group":"blue"}' };
      return 200;
    });
    const found = { ...probes.live, call: { ...probes.live.call, one: { path: 'json' } } };
    const call = { ...reads, args: { url: 'http://app.test/${live.group}' } };
    const plan = {
      ...planOf(phase('p', [reader('a', { work: { type: 'probe', call }, ...wait() })])),
      probes: { live: found },
    };
    expect(verdictOf(await play(plan, http))).toMatchObject({ verdict: 'pass', looks: 3 });
  });

  it('does not serve a look that has to come after another step', async () => {
    const shared = (id: string, more = {}) =>
      looks(id, { work: { type: 'probe', named: 'live', call: probes.live.call }, ...more });
    const plan = {
      ...planOf(phase('p', [shared('a'), looks('slow', wait()), shared('b', { needs: [{ step: 'slow', lagMs: 0 }] })])),
      probes,
    };
    const http = application((path, times) =>
      (path === 'slow' && times < 3) || (path === 'live' && times > 1) ? 503 : 200,
    );
    expect(verdictOf(await play(plan, http), 'b').verdict).toBe('fail');
  });

  it('does not serve a look that starts after somebody was asked', async () => {
    const shared = (id: string) => looks(id, { work: { type: 'probe', named: 'live', call: probes.live.call } });
    const decides = step('gate', 'decides', { work: gate({ recheck: ['a'] }) });
    const plan = { ...planOf(phase('p', [shared('a'), decides, shared('b')])), probes };
    // Fine at first and when the gate looks again; not any more when the go is given.
    const http = application((_, times) => (times > 2 ? 503 : 200));
    const people: People = {
      ...nobody,
      vote: async () => ({ decision: 'go', by: 'ada@example.com', comment: '' }),
    };
    expect(verdictOf(await play(plan, http, { people }), 'b').verdict).toBe('fail');
  });
});

describe('a condition to stop a wait that cannot be read', () => {
  it('is an error on that step, and does not end the run', async () => {
    const call = { kind: 'http', args: { url: 'http://app.test/limit' }, words: 'asks' };
    const limit = { name: 'limit', call, nature: 'looks', probes: [], readers: [] } as const;
    const stopIf = [{ path: 'status', eq: '${limit.json.n}' }];
    const plan = { ...planOf(phase('p', [looks('a', wait({ stopIf })), looks('b')])), probes: { limit } };
    const http = application((path) => {
      if (path === 'limit') return new BlindError('access-denied', 'not allowed');
      return path === 'a' ? 503 : 200;
    });
    const played = await play(plan, http);
    expect(verdictOf(played, 'a')).toMatchObject({ verdict: 'error', reason: 'waits for limit: not allowed' });
    expect(verdictOf(played, 'b').verdict).toBe('pass');
  });
});

describe('a recheck of several', () => {
  it('keeps the evidence and the reasons of each of them', async () => {
    const store = memoryStore();
    const again = looks('again', { work: { type: 'probe', recheck: ['a', 'b'] }, severity: 'advisory' });
    const plan = planOf(phase('p', [looks('a'), looks('b'), again]));
    const http = application((path, times) =>
      path === 'b' && times > 1 ? new BlindError('access-denied', 'not allowed') : 200,
    );
    const played = await play(plan, http, { store });
    expect(verdictOf(played, 'again')).toMatchObject({ verdict: 'error', reason: 'b: not allowed' });
    const kept = store.blobs.get(played.state.steps['again']?.verdict?.facts ?? '');
    expect(JSON.parse(new TextDecoder().decode(kept))).toMatchObject({ a: { status: 200 } });
  });
});

describe('credentials of another account', () => {
  it('stop the run: they are no verdict on a step', async () => {
    const call = { kind: 'aws.call', args: { operation: 'sts:GetCallerIdentity', input: {} }, words: 'asks' };
    const plan = planOf(phase('p', [looks('a', { work: { type: 'probe', call } })]));
    const aws = () => Promise.reject(new GoliveError('account', 'these credentials belong to another account'));
    await expect(
      play(
        plan,
        application(() => 200),
        { aws },
      ),
    ).rejects.toMatchObject({ code: 'account' });
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

  it.each<[string, string, string, RegExp]>([
    ['where what is told of it is cut', secret, `${'x'.repeat(108)}${secret}`, /canary/],
    ['where a part of it looks like one by itself', 'pa ss;wo rd', 'password=pa ss;wo rd', /wo rd/],
    [
      'where it stands in base64',
      secret,
      `Basic ${Buffer.from(`ada:${secret}`).toString('base64')}`,
      /Y2FuYXJ5|NhbmFyeS|jYW5hcnkt/,
    ],
  ])('nothing of one is left %s', async (_where, token, said, left) => {
    const store = memoryStore();
    const http = application(() => ({ status: 200, body: JSON.stringify({ said }) }));
    const echoes = looks('a', { expect: [{ path: 'json.said', eq: 'nothing' }] });
    const played = await play(planOf(phase('p', [echoes])), http, { store, secrets: { token } });
    const text = new TextDecoder();
    const kept = [...store.lines, ...store.blobs.values()].map((bytes) => text.decode(bytes)).join('\n');
    expect(kept).toContain('(secret token)');
    expect(kept).not.toMatch(left);
    expect(verdictOf(played).verdict).toBe('fail');
  });

  it('what a reason says of one is kept nowhere, also where nobody knew that it is one', async () => {
    const refusal = new BlindError('server', 'Value is not valid: password=hunter2-canary');
    const played = await play(
      planOf(phase('p', [looks('a')])),
      application(() => refusal),
    );
    expect(verdictOf(played)).toMatchObject({ verdict: 'error', reason: 'Value is not valid: password=(redacted)' });
  });
});

describe('what looks like a secret in an answer', () => {
  const secret = 'hunter2-canary';
  const body = JSON.stringify({ access_token: secret, version: 1 });
  const told = async (more: Partial<Step>) => {
    const store = memoryStore();
    const http = application(() => ({ status: 200, body }));
    const played = await play(planOf(phase('p', [looks('a', more)])), http, { store });
    const text = new TextDecoder();
    return { played, kept: [...store.lines, ...store.blobs.values()].map((bytes) => text.decode(bytes)).join('\n') };
  };

  it.each<[string, Partial<Step>, string]>([
    ['that is compared', { expect: [{ path: 'json.access_token', eq: 'other' }] }, 'fail'],
    ['that passes', { expect: [{ path: 'json.access_token', matches: '^hunter' }] }, 'pass'],
    ['in the text of the body', { expect: [{ path: 'text', contains: 'nothing of it' }] }, 'fail'],
    ['in another part of the answer', {}, 'pass'],
    ['that is captured', { capture: { token: 'json.access_token' } }, 'fail'],
  ])('is judged and kept nowhere: one %s', async (_, more, verdict) => {
    const { played, kept } = await told(more);
    expect(kept).toContain('(redacted)');
    expect(kept).not.toContain(secret);
    expect(verdictOf(played).verdict).toBe(verdict);
  });

  it('leaves what stands beside it as it is', async () => {
    const { played } = await told({ capture: { version: 'json.version' } });
    expect(played.state.values).toEqual({ version: { json: '1', step: 'a' } });
  });
});

describe('secrets of odd forms', () => {
  it.each(['pa"ss\\word-1', ' spaced-out-1\n', '12345678', 'a b&c=d/e'])(
    'leave %j in no line and no blob, and every blob stays JSON',
    async (secret) => {
      const store = memoryStore();
      const trimmed = secret.trim();
      const echo = {
        said: trimmed,
        deep: JSON.stringify({ again: trimmed }),
        url: `/?q=${encodeURIComponent(trimmed)}`,
      };
      const numbers = /^\d+$/.test(secret) ? { n: Number(secret) } : {};
      const http = application(() => ({ status: 200, body: JSON.stringify({ ...echo, ...numbers }) }));
      const expects = [{ path: 'json.said', eq: 'x' }];
      await play(planOf(phase('p', [looks('a', { expect: expects })])), http, { store, secrets: { pin: secret } });
      const text = new TextDecoder();
      const all = [...store.lines, ...store.blobs.values()].map((bytes) => text.decode(bytes));
      for (const form of [trimmed, JSON.stringify(trimmed).slice(1, -1), encodeURIComponent(trimmed)])
        expect(all.join('\n').includes(form), form).toBe(false);
      for (const blob of store.blobs.values()) expect(() => JSON.parse(text.decode(blob)) as unknown).not.toThrow();
    },
  );
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
