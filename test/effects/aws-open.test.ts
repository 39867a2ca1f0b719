import fs from 'node:fs/promises';
import { createServer } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { generate } from 'selfsigned';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { openAws } from '../../src/effects/aws.ts';
import type { AwsOptions } from '../../src/effects/aws.ts';
import { GoliveError } from '../../src/errors.ts';
import { makeCertificates } from '../support/certificates.ts';
import { ask, portOf, rehearse, serve, wallClock } from './aws-server.ts';

const keys = { AWS_ACCESS_KEY_ID: 'AKIDFROMENV', AWS_SECRET_ACCESS_KEY: 'secret-from-env' };
const services = { cluster: 'c', services: ['s'] };
const closing: (() => Promise<unknown>)[] = [];

afterEach(async () => {
  for (const close of closing.splice(0).toReversed()) await close();
  vi.unstubAllEnvs();
});

/** Opens a session of a real run with an environment, and shared files of this text. */
async function open(
  env: Record<string, string>,
  files: { config?: string; credentials?: string } = {},
  more: Partial<AwsOptions> = {},
) {
  const folder = await fs.mkdtemp(join(tmpdir(), 'golive-aws-'));
  closing.push(() => fs.rm(folder, { recursive: true }));
  await fs.writeFile(join(folder, 'config'), files.config ?? '');
  await fs.writeFile(join(folder, 'credentials'), files.credentials ?? '');
  const session = await openAws({
    accounts: { '': { account: '111122223333', region: 'eu-central-1', profile: 'prod' } },
    env: { AWS_CONFIG_FILE: join(folder, 'config'), AWS_SHARED_CREDENTIALS_FILE: join(folder, 'credentials'), ...env },
    allowEndpoint: false,
    clock: wallClock,
    ...more,
  });
  closing.push(() => session.close());
  return session;
}

async function refused(promise: Promise<unknown>): Promise<GoliveError> {
  const thrown: unknown = await promise.then(
    () => 'a session',
    (error: unknown) => error,
  );
  if (!(thrown instanceof GoliveError)) throw new Error(`not refused: ${String(thrown)}`);
  expect(thrown.code).toBe('endpoint');
  return thrown;
}

const elsewhere = 'https://aws.example.net';

describe('an endpoint outside AWS', () => {
  it.each([
    ['AWS_ENDPOINT_URL', { AWS_ENDPOINT_URL: elsewhere }, ''],
    ['AWS_ENDPOINT_URL_STS', { AWS_ENDPOINT_URL_STS: elsewhere }, ''],
    ['AWS_ENDPOINT_URL_ELASTIC_LOAD_BALANCING_V2', { AWS_ENDPOINT_URL_ELASTIC_LOAD_BALANCING_V2: elsewhere }, ''],
    ['endpoint_url of profile prod', {}, `[profile prod]\nendpoint_url = ${elsewhere}\n`],
    [
      'endpoint_url of services section lab',
      {},
      `[profile prod]\nservices = lab\n[services lab]\nroute_53 =\n  endpoint_url = ${elsewhere}\n`,
    ],
    ['endpoint_url of profile default', keys, `[default]\nendpoint_url = ${elsewhere}\n`],
  ])('from %s is refused and named, and listed when allowed', async (from, env, config) => {
    const error = await refused(open(env, { config }));
    expect(error.message).toContain(from);
    expect(error.message).toContain('aws.example.net');
    const session = await open(env, { config }, { allowEndpoint: true });
    expect(session.overrides).toEqual([{ host: 'aws.example.net', from }]);
  });

  it.each([['http://aws.example.net'], ['http://ecs.eu-central-1.amazonaws.com'], ['http://127.0.0.1.example.net']])(
    'over plain http (%s) is refused even when allowed',
    async (url) => {
      expect((await refused(open({ AWS_ENDPOINT_URL: url }, {}, { allowEndpoint: true }))).message).toContain(
        'plain http',
      );
    },
  );

  it('that is no address, or carries a password, is refused without repeating it', async () => {
    expect((await refused(open({ AWS_ENDPOINT_URL: 'https://me:hunter2@example.net' }))).message).not.toContain(
      'hunter2',
    );
    await refused(open({ AWS_ENDPOINT_URL: 'file:///etc/passwd' }));
  });

  it('that only looks like AWS is outside', async () => {
    await refused(open({ AWS_ENDPOINT_URL: 'https://amazonaws.com.example.net' }));
    await refused(open({ AWS_ENDPOINT_URL: 'https://notamazonaws.com' }));
  });

  it.each([
    'abc123.execute-api.eu-central-1.amazonaws.com',
    'front-1.eu-central-1.elb.amazonaws.com',
    'ec2-192-0-2-1.eu-central-1.compute.amazonaws.com',
    'mine.s3.eu-central-1.amazonaws.com',
    'ecs.s3.amazonaws.com',
    'db.cluster-1.eu-central-1.rds.amazonaws.com',
    'vpce-1.vpce-svc-2.eu-central-1.vpce.amazonaws.com',
  ])('of a customer of AWS (%s) is outside', async (host) => {
    await refused(open({ AWS_ENDPOINT_URL: `https://${host}` }));
  });

  it('is ignored when the environment says so', async () => {
    const session = await open({ AWS_ENDPOINT_URL: elsewhere, AWS_IGNORE_CONFIGURED_ENDPOINT_URLS: 'true' });
    expect(session.overrides).toEqual([]);
  });

  it.each([
    'vpce-1.sts.eu-central-1.vpce.amazonaws.com',
    'bucket.vpce-1-a.s3.eu-central-1.vpce.amazonaws.com',
    'sts.amazonaws.com',
    's3.dualstack.eu-central-1.amazonaws.com',
    'ecs-fips.us-gov-west-1.api.aws',
    'logs.cn-north-1.amazonaws.com.cn',
    'elasticloadbalancing.eusc-de-east-1.amazonaws.eu',
  ])('that is AWS itself (%s) is used without a word', async (host) => {
    const session = await open({ AWS_ENDPOINT_URL: `https://${host}` });
    expect(session.overrides).toEqual([]);
  });

  it('of a profile that is not used does not matter', async () => {
    const session = await open({}, { config: `[profile lab]\nendpoint_url = ${elsewhere}\n` }, { profile: 'other' });
    expect(session.overrides).toEqual([]);
  });
});

describe('all of AWS played by this machine', () => {
  const here = 'http://127.0.0.1:4566';
  const profile = '[default]\nignore_configured_endpoint_urls = true\n';
  it.each([
    ['every service', { AWS_ENDPOINT_URL: here }, '', true],
    ['one service only', { AWS_ENDPOINT_URL_ECS: here }, '', false],
    ['every service but one', { AWS_ENDPOINT_URL: here, AWS_ENDPOINT_URL_ROUTE_53: elsewhere }, '', false],
    ['another machine', { AWS_ENDPOINT_URL: elsewhere }, '', false],
    ['none', {}, '', false],
    ['none, as the profile says', { AWS_ENDPOINT_URL: here }, profile, false],
  ])('is known where it is %s', async (_, env, config, played) => {
    expect((await open({ ...keys, ...env }, { config }, { allowEndpoint: true })).played).toBe(played);
  });
});

describe('credentials', () => {
  const credentials =
    '[prod]\naws_access_key_id = AKIDPROD\naws_secret_access_key = s\n[cli]\naws_access_key_id = AKIDCLI\naws_secret_access_key = s\n[zones]\naws_access_key_id = AKIDZONES\naws_secret_access_key = s\n';
  const accounts = {
    '': { account: '111122223333', region: 'eu-central-1', profile: 'prod' },
    dns: { account: '444455556666', region: 'us-east-1', profile: 'zones' },
    plain: { account: '777788889999', region: 'us-east-1' },
  };

  it.each([
    ['--profile before the environment', { profile: 'cli' }, keys, undefined, 'AKIDCLI'],
    ['the environment before the profile of the target', {}, keys, undefined, 'AKIDFROMENV'],
    ['AWS_PROFILE before the profile of the target', {}, { AWS_PROFILE: 'cli' }, undefined, 'AKIDCLI'],
    ['the profile of the target', {}, {}, undefined, 'AKIDPROD'],
    ['the profile of another account, whatever else is given', { profile: 'cli' }, keys, 'dns', 'AKIDZONES'],
    ["the target's for an account without a profile", { profile: 'cli' }, {}, 'plain', 'AKIDCLI'],
  ])('are %s', async (_title, more, env, account, expected) => {
    const server = await serve(() => ({ body: { services: [], failures: [] } }));
    closing.push(() => server.close());
    const session = await open(
      { ...env, AWS_ENDPOINT_URL: server.endpoint },
      { credentials },
      { accounts, allowEndpoint: true, ...more },
    );
    await ask(session, 'ecs:DescribeServices', services, account === undefined ? {} : { account });
    expect(server.seen[0]?.headers['authorization']).toContain(`Credential=${expected}/`);
  });

  it('of a web identity are asked for at AWS, whatever endpoint another profile has', async () => {
    const another = await serve(() => ({ status: 400 }));
    closing.push(() => another.close());
    const asked: (string | undefined)[] = [];
    const proxy = createServer().on('connect', (request, socket) => {
      asked.push(request.url);
      socket.end('HTTP/1.1 403 Forbidden\r\n\r\n');
    });
    await new Promise<void>((resolve) => proxy.listen(0, '127.0.0.1', resolve));
    closing.push(() => new Promise((resolve) => proxy.close(resolve)));
    const folder = await fs.mkdtemp(join(tmpdir(), 'golive-aws-'));
    closing.push(() => fs.rm(folder, { recursive: true }));
    const [token, config] = [join(folder, 'token'), join(folder, 'config')];
    await fs.writeFile(token, 'a.web.token');
    const role = `role_arn = arn:aws:iam::111122223333:role/x\nweb_identity_token_file = ${token}`;
    await fs.writeFile(config, `[default]\nendpoint_url = ${another.endpoint}\n[profile prod]\n${role}\n`);
    const env = {
      HTTPS_PROXY: `http://127.0.0.1:${portOf(proxy)}`,
      AWS_CONFIG_FILE: config,
      AWS_SHARED_CREDENTIALS_FILE: join(folder, 'none'),
    };
    // The SDK reads the environment of the process.
    for (const name of ['AWS_CONFIG_FILE', 'AWS_SHARED_CREDENTIALS_FILE'] as const) vi.stubEnv(name, env[name]);
    const session = await open(env);
    await expect(ask(session, 'ecs:DescribeServices', services)).rejects.toMatchObject({ code: 'network' });
    expect([another.seen, asked]).toEqual([[], ['sts.eu-central-1.amazonaws.com:443']]);
  });

  it('of a profile that is not there are an error that says so, and not how to renew them', async () => {
    const server = await serve(() => ({}));
    closing.push(() => server.close());
    const session = await open({ AWS_ENDPOINT_URL: server.endpoint }, {}, { profile: 'gone', allowEndpoint: true });
    await expect(ask(session, 'ecs:DescribeServices', services)).rejects.toMatchObject({
      name: 'BlindError',
      code: 'credentials',
      transient: false,
      message: 'There are no credentials from profile gone (--profile): there is no such profile.',
      hint: expect.stringMatching(/^No profile is in .*credentials\. Make it: aws configure sso --profile gone$/),
    });
    expect(server.seen).toHaveLength(0);
    expect(session.counts.sent).toBe(0);
  });
});

const harmless = new Set([
  'AWS_EXECUTION_ENV',
  'AWS_LAMBDA_FUNCTION_NAME',
  'AWS_ENABLE_DEFAULT_SOCKET_TIMEOUT_2026',
  'AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED',
]);

/** The names of AWS variables, and of the home folder, that anything in the process reads from now on. */
function watchEnvironment(): ReadonlySet<string> {
  const read = new Set<string>();
  const before = process.env;
  process.env = new Proxy(before, {
    get: (env, name) => {
      if (typeof name === 'string' && /^(?:AWS_|HOME$|USERPROFILE$)/.test(name)) read.add(name);
      return typeof name === 'string' ? env[name] : undefined;
    },
    // process.env takes no property descriptors, which is what a proxy would hand on.
    set: (env, name, value: string) => {
      if (typeof name === 'string') env[name] = value;
      return true;
    },
  });
  closing.push(() => {
    process.env = before;
    return Promise.resolve();
  });
  return read;
}

describe('a rehearsal', () => {
  const poison = `[default]\nregion = nowhere\nendpoint_url = http://127.0.0.1:9\nretry_mode = bogus\nmax_attempts = x\nuse_fips_endpoint = maybe\ndefaults_mode = bogus\nsdk_ua_app_id = poison\n`;

  it('reads no configuration, profile or credentials', async () => {
    const folder = await fs.mkdtemp(join(tmpdir(), 'golive-aws-'));
    closing.push(() => fs.rm(folder, { recursive: true }));
    await fs.writeFile(join(folder, 'config'), poison);
    for (const [name, value] of Object.entries({
      HOME: folder,
      AWS_CONFIG_FILE: join(folder, 'config'),
      AWS_SHARED_CREDENTIALS_FILE: join(folder, 'config'),
      AWS_PROFILE: 'poison',
      AWS_ACCESS_KEY_ID: 'AKIDPOISON',
      AWS_SECRET_ACCESS_KEY: 'poison',
      AWS_ENDPOINT_URL: 'http://127.0.0.1:9',
      AWS_RETRY_MODE: 'bogus',
      AWS_MAX_ATTEMPTS: 'x',
      AWS_USE_FIPS_ENDPOINT: 'maybe',
      AWS_DEFAULTS_MODE: 'bogus',
      AWS_SDK_UA_APP_ID: 'poison',
      HTTPS_PROXY: 'http://127.0.0.1:9',
    })) {
      vi.stubEnv(name, value);
    }
    const read = watchEnvironment();
    const server = await serve((request) =>
      request.url.startsWith('/bucket')
        ? { body: '<VersioningConfiguration/>' }
        : { body: { services: [], failures: [] } },
    );
    closing.push(() => server.close());
    const session = await rehearse(server.endpoint, { env: process.env });
    closing.push(() => session.close());
    await ask(session, 'ecs:DescribeServices', services);
    await ask(session, 's3:GetBucketVersioning', { Bucket: 'bucket' });
    await ask(session, 'cloudwatch:DescribeAlarms', {});
    await ask(session, 'logs:FilterLogEvents', { logGroupName: 'g' });
    await ask(session, 'secretsmanager:ListSecrets', {});
    expect(server.seen).toHaveLength(5);
    // What is left says where the process runs (told to AWS in a header) and switches of the SDK without a file behind them.
    expect([...read].filter((name) => !harmless.has(name))).toEqual([]);
    for (const { headers } of server.seen) {
      expect(JSON.stringify(headers)).not.toMatch(/poison/i);
      expect(headers['authorization']).toMatch(/Credential=REHEARSAL111122223333\/\d+\/eu-central-1\//);
    }
    expect(session.overrides).toEqual([{ host: new URL(server.endpoint).host, from: 'the rehearsal' }]);
  });

  it('would be seen reading: a run looks for the configuration file', async () => {
    const server = await serve(() => ({ body: { services: [], failures: [] } }));
    closing.push(() => server.close());
    const read = watchEnvironment();
    const session = await open({ ...keys, AWS_ENDPOINT_URL: server.endpoint }, {}, { allowEndpoint: true });
    await ask(session, 'ecs:DescribeServices', services);
    expect(read).toContain('AWS_CONFIG_FILE');
  });

  it('speaks to this machine only', async () => {
    await refused(rehearse('http://192.0.2.1:80'));
  });
});

describe('the way out', () => {
  it('goes through HTTPS_PROXY, but not to what NO_PROXY names', async () => {
    const connects: (string | undefined)[] = [];
    const proxy = createServer().on('connect', (request, socket) => {
      connects.push(request.url);
      socket.end('HTTP/1.1 403 Forbidden\r\n\r\n');
    });
    await new Promise<void>((resolve) => proxy.listen(0, '127.0.0.1', resolve));
    closing.push(() => new Promise((resolve) => proxy.close(resolve)));
    const port = portOf(proxy);
    const session = await open({ ...keys, HTTPS_PROXY: `http://127.0.0.1:${port}` });
    // The proxy's no is not AWS's: nobody lacks a permission.
    await expect(ask(session, 'ecs:DescribeServices', services)).rejects.toMatchObject({
      code: 'network',
      message: `the proxy 127.0.0.1:${port} answered 403 when asked for ecs.eu-central-1.amazonaws.com`,
    });
    expect(connects[0]).toBe('ecs.eu-central-1.amazonaws.com:443');
    connects.length = 0;
    const server = await serve(() => ({ body: { services: [], failures: [] } }));
    closing.push(() => server.close());
    const local = await open(
      { ...keys, HTTPS_PROXY: `http://127.0.0.1:${port}`, AWS_ENDPOINT_URL: server.endpoint },
      {},
      { allowEndpoint: true },
    );
    await ask(local, 'ecs:DescribeServices', services);
    expect(connects).toEqual([]);
  }, 20_000);

  it('trusts AWS_CA_BUNDLE also at the end of a tunnel, for the right name only', async () => {
    const authority = await makeCertificates(['ecs.eu-central-1.amazonaws.com'], Date.now(), Date.now());
    const other = await makeCertificates(['other.example.com'], Date.now(), Date.now());
    const far = [authority, other].map(({ leaf }) =>
      createTlsServer(leaf, (_, outgoing) => {
        outgoing.setHeader('x-amzn-requestid', 'r').end('{"services":[],"failures":[]}');
      }),
    );
    let at = 0;
    const proxy = createServer().on('connect', (_request, socket) => {
      const tunnel = connect(portOf(far[at] ?? proxy), '127.0.0.1', () => socket.write('HTTP/1.1 200 OK\r\n\r\n'));
      tunnel.pipe(socket).pipe(tunnel);
      for (const end of [tunnel, socket]) end.on('error', () => tunnel.destroy());
    });
    for (const server of [...far, proxy]) {
      await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
      closing.push(() => {
        server.closeAllConnections();
        return new Promise((resolve) => server.close(resolve));
      });
    }
    const folder = await fs.mkdtemp(join(tmpdir(), 'golive-aws-'));
    closing.push(() => fs.rm(folder, { recursive: true }));
    await fs.writeFile(join(folder, 'ca.pem'), authority.caPem);
    await fs.writeFile(join(folder, 'other.pem'), other.caPem);
    const env = { ...keys, HTTPS_PROXY: `http://127.0.0.1:${portOf(proxy)}` };
    vi.stubEnv('NODE_TLS_REJECT_UNAUTHORIZED', '0');
    const wary = await open(env);
    await expect(ask(wary, 'ecs:DescribeServices', services)).rejects.toMatchObject({ code: 'tls' });
    const trusting = await open({ ...env, AWS_CA_BUNDLE: join(folder, 'ca.pem') });
    expect(await ask(trusting, 'ecs:DescribeServices', services)).toHaveProperty('output');
    at = 1;
    const misled = await open({ ...env, AWS_CA_BUNDLE: join(folder, 'other.pem') });
    await expect(ask(misled, 'ecs:DescribeServices', services)).rejects.toMatchObject({
      code: 'tls',
      message: expect.stringContaining('ALTNAME'),
    });
  }, 20_000);

  it('trusts AWS_CA_BUNDLE, and nothing else that is not trusted anyway', async () => {
    const certificate = await generate([{ name: 'commonName', value: 'localhost' }], {
      extensions: [{ name: 'subjectAltName', altNames: [{ type: 2, value: 'localhost' }] }],
    });
    const server = createTlsServer({ key: certificate.private, cert: certificate.cert }, (_, outgoing) => {
      outgoing.setHeader('x-amzn-requestid', 'r').end('{"services":[],"failures":[]}');
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    closing.push(() => {
      server.closeAllConnections();
      return new Promise((resolve) => server.close(resolve));
    });
    const endpoint = { AWS_ENDPOINT_URL: `https://localhost:${portOf(server)}` };
    vi.stubEnv('NODE_TLS_REJECT_UNAUTHORIZED', '0');
    const wary = await open({ ...keys, ...endpoint }, {}, { allowEndpoint: true });
    await expect(ask(wary, 'ecs:DescribeServices', services)).rejects.toMatchObject({ code: 'tls' });
    vi.unstubAllEnvs();
    const folder = await fs.mkdtemp(join(tmpdir(), 'golive-aws-'));
    closing.push(() => fs.rm(folder, { recursive: true }));
    await fs.writeFile(join(folder, 'ca.pem'), certificate.cert);
    const trusting = await open(
      { ...keys, ...endpoint, AWS_CA_BUNDLE: join(folder, 'ca.pem') },
      {},
      { allowEndpoint: true },
    );
    expect(await ask(trusting, 'ecs:DescribeServices', services)).toHaveProperty('output');
    await expect(open({ ...keys, AWS_CA_BUNDLE: join(folder, 'gone.pem') })).rejects.toMatchObject({ code: 'ca' });
  }, 20_000);
});
