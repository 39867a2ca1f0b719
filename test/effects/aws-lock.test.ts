// Credentials that change, and answers that do not end: what must not get past the account lock or hold up a run.

import fs from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { PassThrough } from 'node:stream';
import { text } from 'node:stream/consumers';
import { afterEach, describe, expect, it } from 'vitest';
import { openAws } from '../../src/effects/aws.ts';
import { lockAccount } from '../../src/effects/aws-lock.ts';
import { limitBody } from '../../src/effects/aws-transport.ts';
import { ask, serve, wallClock } from './aws-server.ts';

const closing: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const close of closing.splice(0).toReversed()) await close();
});

/** A provider that gives these key ids in turn, locked to account 1; `owners` says whose each of them is. */
function locked(ids: readonly string[], owners: Readonly<Record<string, string>>) {
  const asked: string[] = [];
  const left = [...ids];
  const provider = lockAccount(
    () => Promise.resolve({ accessKeyId: left.shift() ?? '', secretAccessKey: 's' }),
    { account: '1', words: 'profile p' },
    ({ accessKeyId }) => {
      asked.push(accessKeyId);
      const account = owners[accessKeyId];
      return account === undefined
        ? Promise.reject(new Error('nobody knows'))
        : Promise.resolve({ account, arn: `arn of ${accessKeyId}` });
    },
  );
  return { provider, asked };
}

describe('renewed credentials', () => {
  it('of the same account are asked about once', async () => {
    const { provider, asked } = locked(['A', 'A', 'B', 'B', 'A'], { B: '1' });
    const given = [];
    for (let n = 0; n < 5; n += 1) given.push((await provider()).accessKeyId);
    expect([given, asked]).toEqual([['A', 'A', 'B', 'B', 'A'], ['B']]);
  });

  it('of another account are never handed out', async () => {
    const { provider } = locked(['A', 'B', 'B', 'C'], { B: '2', C: '1' });
    await provider();
    await expect(provider()).rejects.toMatchObject({ code: 'refused', message: expect.stringContaining('account 2') });
    await expect(provider()).rejects.toMatchObject({ code: 'refused' });
    expect((await provider()).accessKeyId).toBe('C');
  });

  it('that nobody can be asked about are not handed out either', async () => {
    const { provider } = locked(['A', 'B'], {});
    await provider();
    await expect(provider()).rejects.toThrow('nobody knows');
  });
});

it('a profile whose program turns to another account in the middle of a run reads nothing there', async () => {
  const folder = await fs.mkdtemp(join(tmpdir(), 'golive-aws-'));
  closing.push(() => fs.rm(folder, { recursive: true }));
  const soon = new Date(Date.now() + 60_000).toISOString();
  const program = join(folder, 'credentials.cjs');
  await fs.writeFile(
    program,
    `const id = require('node:fs').readFileSync(${JSON.stringify(join(folder, 'id'))}, 'utf8');
console.log(JSON.stringify({ Version: 1, AccessKeyId: id, SecretAccessKey: 's', SessionToken: 't', Expiration: '${soon}' }));`,
  );
  await fs.writeFile(join(folder, 'id'), 'OURS');
  await fs.writeFile(join(folder, 'config'), `[profile prod]\ncredential_process = ${process.execPath} ${program}\n`);
  const server = await serve(({ operation, headers }) => {
    if (operation !== 'GetCallerIdentity') return { body: { services: [], failures: [] } };
    const id = String(headers['authorization']).includes('/OURS/') ? '' : '444455556666';
    return {
      body: `<GetCallerIdentityResponse xmlns="https://sts.amazonaws.com/doc/2011-06-15/"><GetCallerIdentityResult>
<Arn>arn:aws:iam::${id}:user/x</Arn><UserId>u</UserId><Account>${id}</Account></GetCallerIdentityResult></GetCallerIdentityResponse>`,
    };
  });
  closing.push(() => server.close());
  const session = await openAws({
    accounts: { '': { account: '111122223333', region: 'eu-central-1', profile: 'prod' } },
    env: {
      AWS_CONFIG_FILE: join(folder, 'config'),
      AWS_SHARED_CREDENTIALS_FILE: join(folder, 'none'),
      AWS_ENDPOINT_URL: server.endpoint,
    },
    allowEndpoint: true,
    clock: wallClock,
  });
  closing.push(() => session.close());
  await ask(session, 'ecs:DescribeServices', { services: ['a'] });
  await fs.writeFile(join(folder, 'id'), 'THEIRS');
  await expect(ask(session, 'ecs:DescribeServices', { services: ['b'] })).rejects.toMatchObject({
    code: 'refused',
    message: expect.stringContaining('444455556666'),
  });
  expect(server.seen.map(({ operation }) => operation)).toEqual(['DescribeServices', 'GetCallerIdentity']);
}, 30_000);

describe('the body of an answer', () => {
  it('that does not end is ended', async () => {
    const body = new PassThrough();
    body.write('{');
    limitBody(body, 1);
    await expect(text(body)).rejects.toMatchObject({ name: 'TimeoutError', code: 'ETIMEDOUT' });
  });

  it('that ends in time is left alone', async () => {
    const body = new PassThrough();
    limitBody(body, 60_000);
    body.end('{}');
    expect(await text(body)).toBe('{}');
  });
});
