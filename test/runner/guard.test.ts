// The account lock, against an AWS that answers from a table.

import { describe, expect, it } from 'vitest';
import type { Account } from '../../src/engine/plan.ts';
import { BlindError } from '../../src/errors.ts';
import { guardAws } from '../../src/runner/guard.ts';
import type { AwsSession } from '../../src/world.ts';
import { planOf } from '../support/plan.ts';

type Caller = AwsSession['caller'];
const here: Account = { account: '111111111111', region: 'eu-central-1' };
const dns: Account = { account: '222222222222', region: 'us-east-1' };
const call = { service: 'ecs', operation: 'DescribeServices', input: {} };

function guarded(caller: Caller, accounts: Readonly<Record<string, Account>> = {}) {
  const read: (string | undefined)[] = [];
  const changed: (string | undefined)[] = [];
  const aws: AwsSession = {
    caller,
    read: ({ account }) => {
      read.push(account);
      return Promise.resolve({ output: {}, requests: [], observedAt: 0 });
    },
    change: ({ account }) => {
      changed.push(account);
      return Promise.resolve({ output: {}, requests: [] });
    },
    overrides: [],
    warm: () => {},
    forget: () => {},
    counts: { sent: 0, distinct: 0 },
    close: () => Promise.resolve(),
  };
  return { guard: guardAws(aws, { ...planOf(), aws: here, accounts }), read, changed };
}

const signal = (): AbortSignal => new AbortController().signal;
const is = (account: string) => Promise.resolve({ account, arn: `arn:aws:iam::${account}:user/x` });

describe('before a run', () => {
  it('the wrong account behind a named one stops it too', async () => {
    const { guard } = guarded((name) => is(name === 'dns' ? '333333333333' : here.account), { dns });
    await expect(guard.check(signal())).rejects.toMatchObject({
      code: 'account',
      message: expect.stringContaining('333333333333'),
    });
  });

  it('a named account that cannot be asked does not, and every account that answered is told', async () => {
    const silent = new BlindError('credentials', 'expired');
    const { guard } = guarded(
      (name) => (name === 'gone' ? Promise.reject(silent) : is(name === 'dns' ? dns.account : here.account)),
      {
        dns,
        gone: dns,
      },
    );
    expect(await guard.check(signal())).toBeUndefined();
    expect(guard.callers().map(({ account }) => account)).toEqual([here.account, dns.account]);
  });

  it('credentials of the target that have expired are told, and no other account takes its place', async () => {
    const expired = new BlindError('credentials', 'They have expired.');
    const { guard } = guarded((name) => (name === 'dns' ? is(dns.account) : Promise.reject(expired)), { dns });
    expect(await guard.check(signal())).toBe('They have expired.');
    expect(guard.callers()).toEqual([]);
  });
});

describe('in the middle of a run', () => {
  it('a change for which the lock does not open is refused, because it is known that nothing was sent', async () => {
    const wrong = guarded(() => is('333333333333'));
    expect(await wrong.guard.aws.change(call, signal())).toMatchObject({
      refused: {
        code: 'refused',
        message: expect.stringMatching(/^ecs:DescribeServices was not sent: .*333333333333/),
      },
    });
    const expired = guarded(() => Promise.reject(new BlindError('credentials', 'They have expired.')));
    expect(await expired.guard.aws.change(call, signal())).toMatchObject({ refused: { code: 'credentials' } });
    expect([wrong.changed, expired.changed]).toEqual([[], []]);
  });

  it('the wrong account is an error of the step, reads nothing, and is asked again at the next look', async () => {
    const answers = ['333333333333', here.account];
    const { guard, read } = guarded(() => is(answers.shift() ?? ''));
    const wrong = guard.aws.read(call, signal());
    await expect(wrong).rejects.toMatchObject({
      name: 'BlindError',
      code: 'refused',
      hint: expect.stringContaining(here.account),
    });
    expect(read).toEqual([]);
    await guard.aws.read(call, signal());
    expect(read).toEqual([undefined]);
  });

  it('a reader who gives up while AWS is asked who we are takes nobody along', async () => {
    const asked: AbortSignal[] = [];
    const { guard, read } = guarded((_name, until) => {
      asked.push(until);
      if (asked.length > 1) return is(here.account);
      return new Promise((_resolve, reject) => until.addEventListener('abort', () => reject(new Error('gave up'))));
    });
    const first = new AbortController();
    const gone = guard.aws.read(call, first.signal);
    const others = [guard.aws.read(call, signal()), guard.aws.read(call, signal())];
    first.abort();
    await expect(gone).rejects.toThrow('gave up');
    await Promise.all(others);
    expect([asked.length, read.length]).toEqual([2, 2]);
  });
});

describe('a change', () => {
  it('asks afresh who we are, whatever was known before, and is not made in another account', async () => {
    const answers = [here.account, '333333333333', here.account];
    const { guard, changed } = guarded(() => is(answers.shift() ?? ''));
    await guard.aws.read(call, signal());
    expect(await guard.aws.change(call, signal())).toMatchObject({ refused: { code: 'refused' } });
    expect(changed).toEqual([]);
    await guard.aws.change(call, signal());
    expect([changed, answers]).toEqual([[undefined], []]);
  });

  it('of a named account is held to the account of that name', async () => {
    const { guard, changed } = guarded((name) => is(name === 'dns' ? dns.account : here.account), { dns });
    await guard.aws.change({ ...call, account: 'dns' }, signal());
    expect(changed).toEqual(['dns']);
    const nowhere = await guard.aws.change({ ...call, account: 'other' }, signal());
    expect(nowhere).toMatchObject({ refused: { message: expect.stringContaining('names no account other') } });
  });

  it('can be guarded before it is worked out', async () => {
    const { guard } = guarded(() => is('333333333333'));
    await expect(guard.aws.caller(undefined, signal())).rejects.toMatchObject({ name: 'BlindError', code: 'refused' });
  });
});
