// Goal: how long credentials last is known before what cannot be undone without them. Method: a profile whose program
// prints a file, and an STS on loopback that says whose keys they are.

import fs from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, expect, it } from 'vitest';
import { openAws } from '../../src/effects/aws.ts';
import type { AwsSession } from '../../src/world.ts';
import { ask, serve, wallClock, type Server } from './aws-server.ts';

const minute = 60_000;
const closing: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const close of closing.splice(0).toReversed()) await close();
});

interface Given {
  readonly session: AwsSession;
  readonly server: Server;
  /** What the program gives from now on; without an end they last for ever. */
  readonly keys: (id: string, end?: number) => Promise<void>;
  /** From now on the program gives nothing. */
  readonly break: () => Promise<void>;
}

/** Keys whose id begins with `THEIRS` belong to another account. */
async function given(env: Readonly<Record<string, string>> = {}): Promise<Given> {
  const folder = await fs.mkdtemp(join(tmpdir(), 'golive-expiry-'));
  closing.push(() => fs.rm(folder, { recursive: true }));
  const printed = join(folder, 'keys.json');
  await fs.writeFile(join(folder, 'config'), `[profile prod]\ncredential_process = cat ${printed}\n`);
  const server = await serve(({ operation, headers }) => {
    if (operation !== 'GetCallerIdentity') return { body: { services: [], failures: [] } };
    const id = String(headers['authorization']).includes('Credential=THEIRS') ? '444455556666' : '111122223333';
    return {
      body: `<GetCallerIdentityResponse xmlns="https://sts.amazonaws.com/doc/2011-06-15/"><GetCallerIdentityResult>
<Arn>arn:aws:iam::${id}:user/x</Arn><UserId>u</UserId><Account>${id}</Account></GetCallerIdentityResult></GetCallerIdentityResponse>`,
    };
  });
  closing.push(() => server.close());
  const session = await openAws({
    accounts: { '': { account: '111122223333', region: 'eu-central-1', profile: 'prod' } },
    env: {
      PATH: process.env['PATH'],
      AWS_CONFIG_FILE: join(folder, 'config'),
      AWS_SHARED_CREDENTIALS_FILE: join(folder, 'none'),
      AWS_ENDPOINT_URL: server.endpoint,
      ...env,
    },
    allowEndpoint: true,
    clock: wallClock,
  });
  closing.push(() => session.close());
  const keys = (id: string, end?: number): Promise<void> =>
    fs.writeFile(
      printed,
      JSON.stringify({
        Version: 1,
        AccessKeyId: id,
        SecretAccessKey: 's',
        SessionToken: 't',
        ...(end !== undefined && { Expiration: new Date(end).toISOString() }),
      }),
    );
  return { session, server, keys, break: () => fs.rm(printed) };
}

/** The key ids that signed, in turn. */
function signedBy(server: Server): readonly (string | undefined)[] {
  return server.seen.map(({ headers }) => /Credential=(\w+)\//.exec(String(headers['authorization']))?.[1]);
}

it('credentials that last long enough are not asked for anew', async () => {
  const { session, keys } = await given();
  const end = Math.floor(Date.now() / 1000) * 1000 + 60 * minute;
  await keys('OLD', end);
  expect(await session.expires?.(undefined, end - minute)).toMatchObject({ at: end });
  await keys('NEW', end + 60 * minute);
  expect(await session.expires?.(undefined, end - minute)).toMatchObject({ at: end });
});

it('those that would end too early are asked for anew, and every client signs with what lasts longer', async () => {
  const { session, server, keys } = await given();
  const end = Math.floor(Date.now() / 1000) * 1000 + 10 * minute;
  await keys('OLD', end);
  await ask(session, 'ecs:DescribeServices', { services: ['a'] });
  await keys('NEW', end + 60 * minute);
  expect(await session.expires?.(undefined, end + minute)).toMatchObject({ at: end + 60 * minute });
  await ask(session, 'ecs:DescribeServices', { services: ['b'] });
  // In between AWS was asked whose the new ones are.
  expect(signedBy(server)).toEqual(['OLD', 'NEW', 'NEW']);
  expect(server.seen[1]?.operation).toBe('GetCallerIdentity');
});

it('what there is stays in use where there is nothing that lasts longer, and its end is told', async () => {
  const { session, server, keys, break: breaks } = await given();
  const end = Math.floor(Date.now() / 1000) * 1000 + 10 * minute;
  await keys('OLD', end);
  expect(await session.expires?.(undefined, end + minute)).toMatchObject({ at: end });
  await keys('SHORTER', end - minute);
  expect(await session.expires?.(undefined, end + minute)).toMatchObject({ at: end });
  await breaks();
  const told = await session.expires?.(undefined, end + minute);
  expect(told).toMatchObject({ at: end, renew: expect.stringContaining('prod') });
  await ask(session, 'ecs:DescribeServices', { services: ['a'] });
  expect(signedBy(server)).toEqual(['OLD']);
});

it('those that do not say when they end have none that is known', async () => {
  const { session, keys } = await given();
  await keys('FOREVER');
  expect(await session.expires?.(undefined, Date.now() + 60 * minute)).toBeUndefined();
  const fromKeys = await given({ AWS_ACCESS_KEY_ID: 'A', AWS_SECRET_ACCESS_KEY: 's', AWS_SESSION_TOKEN: 't' });
  expect(await fromKeys.session.expires?.(undefined, Date.now() + 60 * minute)).toBeUndefined();
});

it('credentials that cannot be had, or that belong to somebody else, are no end that is known', async () => {
  const { session, keys } = await given();
  const end = Math.floor(Date.now() / 1000) * 1000 + 10 * minute;
  await expect(session.expires?.(undefined, end)).rejects.toMatchObject({ code: 'credentials' });
  await expect(session.expires?.('nowhere', end)).rejects.toMatchObject({ code: 'invalid' });
  await keys('OURS', end);
  await session.expires?.(undefined, end);
  await keys('THEIRS', end + 60 * minute);
  await expect(session.expires?.(undefined, end + minute)).rejects.toMatchObject({
    code: 'refused',
    message: expect.stringContaining('444455556666'),
  });
});

it('a rehearsal has no credentials that end', async () => {
  const account = { account: '111122223333', region: 'eu-central-1' };
  const rehearsal = { endpoint: 'http://127.0.0.1:9' };
  const session = await openAws({
    accounts: { '': account },
    env: {},
    allowEndpoint: false,
    clock: wallClock,
    rehearsal,
  });
  closing.push(() => session.close());
  expect(session.expires).toBeUndefined();
});
