// Goal: after a login or an edit nothing old is used any more, and each failure says what renews it. Method: shared files
// and an SSO cache on the disk, programs that hand out credentials, and an AWS on loopback that knows which keys are good.

import fs from 'node:fs/promises';
import { createHash } from 'node:crypto';
import { createServer } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { openAws } from '../../src/effects/aws.ts';
import { credentialFailure } from '../../src/effects/aws-credential-errors.ts';
import { fromEnvironment, missingProfile, wayOf, type Profiles } from '../../src/effects/aws-profile.ts';
import { BlindError, withHint } from '../../src/errors.ts';
import type { AwsSession } from '../../src/world.ts';
import { makeCertificates } from '../support/certificates.ts';
import { ask, portOf, rehearse, serve, wallClock } from './aws-server.ts';

const closing: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const close of closing.splice(0).toReversed()) await close();
  vi.unstubAllEnvs();
});

const ours = '111122223333';
const identity = (account: string): string =>
  `<GetCallerIdentityResponse xmlns="https://sts.amazonaws.com/doc/2011-06-15/"><GetCallerIdentityResult>
<Arn>arn:aws:iam::${account}:user/x</Arn><UserId>u</UserId><Account>${account}</Account></GetCallerIdentityResult></GetCallerIdentityResponse>`;

/** An AWS that knows whose each key is; all others have expired. */
async function givenAws(owners: Record<string, string>) {
  const server = await serve(({ operation, headers }) => {
    const key = /Credential=([^/]+)\//.exec(String(headers['authorization']))?.[1] ?? '';
    const owner = owners[key];
    if (operation === 'GetCallerIdentity')
      return owner === undefined
        ? {
            status: 403,
            body: '<ErrorResponse><Error><Type>Sender</Type><Code>ExpiredToken</Code><Message>old</Message></Error></ErrorResponse>',
          }
        : { body: identity(owner) };
    return owner === undefined
      ? { status: 400, body: { __type: 'ExpiredTokenException', message: 'old' } }
      : { body: { services: [], failures: [] } };
  });
  closing.push(() => server.close());
  return server;
}

/** A folder for shared files; `write` replaces one. */
async function givenFiles(files: Record<string, string>) {
  const folder = await fs.mkdtemp(join(tmpdir(), 'golive-credentials-'));
  closing.push(() => fs.rm(folder, { recursive: true }));
  const write = (name: string, text: string): Promise<void> => fs.writeFile(join(folder, name), text);
  for (const [name, text] of Object.entries(files)) await write(name, text);
  return { folder, write };
}

async function open(folder: string, env: Record<string, string>): Promise<AwsSession> {
  const session = await openAws({
    accounts: { '': { account: ours, region: 'eu-central-1', profile: 'prod' } },
    env: { AWS_CONFIG_FILE: join(folder, 'config'), AWS_SHARED_CREDENTIALS_FILE: join(folder, 'credentials'), ...env },
    allowEndpoint: true,
    clock: wallClock,
  });
  closing.push(() => session.close());
  return session;
}

const look = (session: AwsSession) => ask(session, 'ecs:DescribeServices', { services: ['s'] }, { fresh: true });
const keysOf = (id: string): string =>
  `[prod]\naws_access_key_id = ${id}\naws_secret_access_key = s\naws_session_token = t\n`;

describe('credentials that are renewed while a session is open', () => {
  it('in the credentials file are used as soon as they are asked for anew, and never before', async () => {
    const owners: Record<string, string> = { OLD: ours };
    const server = await givenAws(owners);
    const { folder, write } = await givenFiles({ config: '', credentials: keysOf('OLD') });
    const session = await open(folder, { AWS_ENDPOINT_URL: server.endpoint });
    await look(session);
    delete owners['OLD'];
    owners['NEW'] = ours;
    await write('credentials', keysOf('NEW'));
    await expect(look(session)).rejects.toMatchObject({ code: 'credentials' });
    expect(session.renewal?.lapses()).toHaveLength(1);
    session.renewal?.renew(undefined);
    expect(await look(session)).toHaveProperty('output');
    expect(session.renewal?.lapses()).toEqual([]);
  });

  it('are over with one reason, whichever service says so, and with the account, the source and the time', async () => {
    const server = await givenAws({});
    const { folder } = await givenFiles({ config: '', credentials: keysOf('OLD') });
    const session = await open(folder, { AWS_ENDPOINT_URL: server.endpoint });
    const words: string[] = [];
    for (const asks of [() => look(session), () => session.caller(undefined, new AbortController().signal)])
      words.push(
        await asks().then(String, (error: unknown) => (error instanceof BlindError ? withHint(error) : String(error))),
      );
    expect(new Set(words)).toEqual(
      new Set([
        `The credentials from profile prod (of the target) have expired. Put new keys for prod into ${join(folder, 'credentials')}.`,
      ]),
    );
    expect(session.renewal?.lapses()).toMatchObject([
      {
        name: undefined,
        account: ours,
        source: 'profile prod (of the target)',
        since: wallClock.now(),
        reasons: [words[0]],
      },
    ]);
  });

  it('to those of another account are refused, keep the old ones over, and are let go when they are right', async () => {
    const server = await givenAws({ THEIRS: '999988887777', NEW: ours });
    const { folder, write } = await givenFiles({ config: '', credentials: keysOf('OLD') });
    const session = await open(folder, { AWS_ENDPOINT_URL: server.endpoint });
    await expect(look(session)).rejects.toMatchObject({ code: 'credentials' });
    await write('credentials', keysOf('THEIRS'));
    session.renewal?.renew(undefined);
    await expect(look(session)).rejects.toMatchObject({
      code: 'refused',
      message: expect.stringContaining('999988887777'),
    });
    expect(session.renewal?.lapses()[0]?.reasons).toHaveLength(2);
    await write('credentials', keysOf('NEW'));
    session.renewal?.renew(undefined);
    expect(await look(session)).toHaveProperty('output');
    const used = server.seen.filter(({ operation }) => operation === 'DescribeServices');
    expect(used.some(({ headers }) => String(headers['authorization']).includes('THEIRS'))).toBe(false);
  });

  it('by a program are those it gives then', async () => {
    const server = await givenAws({ NEW: ours });
    const { folder, write } = await givenFiles({ id: 'OLD' });
    const program = `console.log(JSON.stringify({ Version: 1, AccessKeyId: require('node:fs').readFileSync(${JSON.stringify(join(folder, 'id'))}, 'utf8'), SecretAccessKey: 's', SessionToken: 't' }))`;
    await write('program.cjs', program);
    await write('config', `[profile prod]\ncredential_process = ${process.execPath} ${join(folder, 'program.cjs')}\n`);
    const session = await open(folder, { AWS_ENDPOINT_URL: server.endpoint });
    await expect(look(session)).rejects.toMatchObject({ code: 'credentials' });
    expect(session.renewal?.lapses()).toMatchObject([{ command: undefined, everyMs: 30_000 }]);
    await write('id', 'NEW');
    session.renewal?.renew(undefined);
    expect(await look(session)).toHaveProperty('output');
  });

  it('by logging in to SSO are read from its cache', async () => {
    const server = await givenAws({ NEW: ours });
    const portalName = 'portal.sso.eu-central-1.amazonaws.com';
    const authority = await makeCertificates([portalName], Date.now(), Date.now());
    const portal = createTlsServer(authority.leaf, (request, outgoing) => {
      const good = request.headers['x-amz-sso_bearer_token'] === 'second';
      const roleCredentials = {
        accessKeyId: good ? 'NEW' : 'OLD',
        secretAccessKey: 's',
        sessionToken: 't',
        expiration: Date.now() + 3_600_000,
      };
      outgoing.setHeader('x-amzn-requestid', 'r').end(JSON.stringify({ roleCredentials }));
    });
    const proxy = createServer().on('connect', (_request, socket) => {
      const tunnel = connect(portOf(portal), '127.0.0.1', () => socket.write('HTTP/1.1 200 OK\r\n\r\n'));
      tunnel.pipe(socket).pipe(tunnel);
      for (const end of [tunnel, socket]) end.on('error', () => tunnel.destroy());
    });
    for (const listening of [portal, proxy]) {
      await new Promise<void>((resolve) => listening.listen(0, '127.0.0.1', resolve));
      closing.push(() => {
        listening.closeAllConnections();
        return new Promise((resolve) => listening.close(resolve));
      });
    }
    const sso = 'sso_start_url = https://x.awsapps.com/start\nsso_region = eu-central-1';
    const { folder, write } = await givenFiles({
      config: `[profile prod]\n${sso}\nsso_account_id = ${ours}\nsso_role_name = Ops\n`,
      credentials: '',
      'ca.pem': authority.caPem,
    });
    const cache = join('.aws', 'sso', 'cache');
    await fs.mkdir(join(folder, cache), { recursive: true });
    const token = join(cache, `${createHash('sha1').update('https://x.awsapps.com/start').digest('hex')}.json`);
    const login = (accessToken: string, expiresAt: number): Promise<void> =>
      write(
        token,
        JSON.stringify({ accessToken, expiresAt: new Date(expiresAt).toISOString(), startUrl: 'x', region: 'x' }),
      );
    // The SDK looks for its cache, and for the files of a profile with SSO, in the environment of the process.
    for (const [name, value] of Object.entries({
      HOME: folder,
      AWS_CONFIG_FILE: join(folder, 'config'),
      AWS_SHARED_CREDENTIALS_FILE: join(folder, 'credentials'),
    }))
      vi.stubEnv(name, value);
    const ways = {
      HTTPS_PROXY: `http://127.0.0.1:${portOf(proxy)}`,
      NO_PROXY: '127.0.0.1',
      AWS_CA_BUNDLE: join(folder, 'ca.pem'),
    };
    const session = await open(folder, { AWS_ENDPOINT_URL: server.endpoint, ...ways });
    const over = {
      code: 'credentials',
      message:
        'The credentials from profile prod (of the target) are not to be had: its SSO session is over, or was never begun.',
      hint: 'Type this in another terminal: aws sso login --profile prod',
    };
    await expect(look(session)).rejects.toMatchObject(over);
    await login('first', Date.now() - 1000);
    session.renewal?.renew(undefined);
    await expect(look(session)).rejects.toMatchObject(over);
    expect(session.renewal?.lapses()).toMatchObject([{ command: 'aws sso login --profile prod', everyMs: 5000 }]);
    await login('second', Date.now() + 3_600_000);
    session.renewal?.renew(undefined);
    expect(await look(session)).toHaveProperty('output');
  }, 20_000);

  it('in a rehearsal are other keys than before, with no file read and nothing asked by itself', async () => {
    const server = await givenAws({ [`REHEARSAL${ours}R2`]: ours });
    const session = await rehearse(server.endpoint);
    closing.push(() => session.close());
    await expect(look(session)).rejects.toMatchObject({ code: 'credentials', hint: expect.stringContaining('retry') });
    expect(session.renewal?.lapses()).toMatchObject([{ everyMs: undefined, command: undefined }]);
    session.renewal?.renew(undefined);
    expect(await look(session)).toHaveProperty('output');
  });
});

const keyed = { aws_access_key_id: 'a', aws_secret_access_key: 's' };
const profiles = (
  config: Profiles['files']['configFile'],
  credentials: Profiles['files']['configFile'] = {},
): Profiles => ({
  files: { configFile: config, credentialsFile: credentials },
  config: '~/.aws/config',
  credentials: '~/.aws/credentials',
});

describe('the way credentials are renewed', () => {
  it.each<[string, Profiles, string | undefined, RegExp]>([
    ['an SSO session', profiles({ prod: { sso_session: 'corp' } }), 'aws sso login --profile prod', /another terminal/],
    [
      'SSO as it was written before',
      profiles({ prod: { sso_start_url: 'x' } }),
      'aws sso login --profile prod',
      /login/,
    ],
    ['a console login', profiles({ prod: { login_session: 'x' } }), 'aws login --profile prod', /login/],
    [
      'a role through another profile',
      profiles({ prod: { role_arn: 'r', source_profile: 'my base' }, 'my base': { sso_session: 'corp' } }),
      "aws sso login --profile 'my base'",
      /login/,
    ],
    [
      'a role through keys',
      profiles({ prod: { role_arn: 'r', source_profile: 'k' }, k: {} }, { k: keyed }),
      undefined,
      /new keys for k into .*credentials/,
    ],
    [
      'a role of itself',
      profiles({ prod: { role_arn: 'r', source_profile: 'prod', ...keyed } }),
      undefined,
      /new keys for prod into .*config/,
    ],
    [
      'profiles in a circle',
      profiles({ prod: { role_arn: 'r', source_profile: 'b' }, b: { role_arn: 'r', source_profile: 'prod' } }),
      undefined,
      /Say so in/,
    ],
    [
      'an MFA code',
      profiles({ prod: { role_arn: 'r', source_profile: 'k', mfa_serial: 'm' }, k: keyed }),
      undefined,
      /MFA/,
    ],
    [
      'the machine',
      profiles({ prod: { role_arn: 'r', credential_source: 'Ec2InstanceMetadata' } }),
      undefined,
      /machine still has its role/,
    ],
    [
      'the container',
      profiles({ prod: { role_arn: 'r', credential_source: 'EcsContainer' } }),
      undefined,
      /container still has/,
    ],
    [
      'a role through the environment',
      profiles({ prod: { role_arn: 'r', credential_source: 'Environment' } }),
      undefined,
      /export fresh/,
    ],
    ['a web identity', profiles({ prod: { role_arn: 'r', web_identity_token_file: '/t' } }), undefined, /writes \/t/],
    [
      'a program',
      profiles({ prod: { credential_process: 'secret --token hunter2' } }),
      undefined,
      /credential_process of prod/,
    ],
    ['keys in a file', profiles({}, { prod: keyed }), undefined, /new keys for prod into ~\/\.aws\/credentials/],
    ['nothing', profiles({ prod: { region: 'x' } }), undefined, /aws configure sso/],
  ])('of %s is said', (_, files, command, todo) => {
    const way = wayOf(files, 'prod');
    expect([way.command, way.todo]).toEqual([command, expect.stringMatching(todo)]);
    expect(JSON.stringify(way)).not.toContain('hunter2');
  });

  it.each([
    [{ dev: {}, 'sso-session.corp': {}, stage: {} }, /^These are there: dev, stage\.$/],
    [{}, /^Neither .*none.* nor .*none.* is there\. Make it: aws configure sso --profile gone$/],
  ])('of a profile that is not there is not to renew it', async (config, hint) => {
    const error = await missingProfile('gone', 'profile gone (--profile)', {
      ...profiles(config),
      config: '/none/a',
      credentials: '/none/b',
    });
    expect(error).toMatchObject({ code: 'credentials', hint: expect.stringMatching(hint) });
    expect(withHint(error)).not.toMatch(/renew|login/i);
  });
});

describe('a failure of credentials', () => {
  const given = {
    words: 'profile p',
    renew: 'renew',
    way: () => ({ ...fromEnvironment, todo: 'TODO.', lack: 'LACK' }),
  };
  it.each<[string, string, string, RegExp]>([
    ['ExpiredToken', 'x', 'credentials', /have expired\. TODO/],
    ['ExpiredTokenException', 'x', 'credentials', /have expired\. TODO/],
    ['TokenRefreshRequired', 'x', 'credentials', /have expired\. TODO/],
    ['RequestExpired', 'The security token is expired', 'credentials', /have expired\. TODO/],
    ['RequestExpired', 'Request has expired.', 'credentials', /or the clock of this machine is wrong.*golive doctor/],
    ['InvalidClientTokenId', 'invalid', 'credentials', /unknown to AWS.*TODO/],
    ['UnrecognizedClientException', 'invalid', 'credentials', /unknown to AWS/],
    ['InvalidAccessKeyId', 'invalid', 'credentials', /unknown to AWS/],
    ['SignatureDoesNotMatch', 'no', 'credentials', /do not fit together.*SignatureDoesNotMatch/],
    [
      'InvalidSignatureException',
      'Signature expired: 2026 is now earlier than',
      'refused',
      /clock is wrong.*golive doctor/,
    ],
    ['SignatureDoesNotMatch', 'Signature not yet current: 2026', 'refused', /clock is wrong/],
    ['RequestTimeTooSkewed', 'x', 'refused', /clock is wrong/],
    ['AuthFailure', 'x', 'credentials', /were not accepted.*AuthFailure/],
    ['CredentialsProviderError', 'token hunter2 has expired', 'credentials', /not to be had: LACK\. TODO/],
    ['CredentialsProviderError', 'Error: getaddrinfo ENOTFOUND portal.sso', 'network', /no connection/],
    ['TokenProviderError', 'gone', 'credentials', /not to be had/],
  ])('%s (%s) is told as %s', (code, text, told, words) => {
    const failure = credentialFailure(given, code, text);
    expect(failure?.code).toBe(told);
    expect(`${failure?.message} ${failure?.hint}`).toMatch(words);
    expect(JSON.stringify(failure)).not.toContain('hunter2');
  });

  it.each(['AccessDenied', 'Throttling', 'NoSuchBucket'])('%s is none', (code) => {
    expect(credentialFailure(given, code, 'x')).toBeUndefined();
  });
});

describe('a lost network', () => {
  it('is one cause, whatever was asked', async () => {
    const server = await serve(() => ({}));
    const session = await rehearse(server.endpoint);
    closing.push(() => session.close());
    await server.close();
    const asks = [
      look(session),
      ask(session, 'logs:DescribeLogGroups', {}),
      ask(session, 'route53:ListHostedZones', {}),
    ];
    const reasons = (await Promise.allSettled(asks)).map((each) => (each.status === 'rejected' ? each.reason : each));
    expect(
      new Set(reasons.map((reason) => (reason instanceof BlindError ? `${reason.code} ${withHint(reason)}` : reason))),
    ).toEqual(
      new Set([
        'network No connection to AWS in eu-central-1 (ECONNREFUSED). Look at the network of this machine, then retry.',
      ]),
    );
    expect(session.renewal?.lapses()).toEqual([]);
  });
});
