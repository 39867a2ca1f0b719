// The github kind against scripted answers: pages, attempts, tags, and every way of not being allowed to look.

import { describe, expect, test } from 'vitest';
import { judge } from '../../src/engine/judge.ts';
import { checkPath } from '../../src/engine/path-shape.ts';
import type { Json, JsonObject } from '../../src/engine/json.ts';
import { BlindError } from '../../src/errors.ts';
import { github, type GithubArgs } from '../../src/steps/github.ts';
import type { HttpRequest, World } from '../../src/world.ts';
import { attempt, now, scripted } from './aws-world.ts';
import { catalogue } from './no-catalogue.ts';

const token = 'github_pat_hunter2hunter2';
const repository = 'example/app';
const sha = 'a1b2c3d'.padEnd(40, '0');
const other = 'f'.repeat(40);
const root = '/repos/example/app';

interface Scripted {
  readonly status?: number;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body: Json;
  readonly truncated?: boolean;
}

type Script = Readonly<Record<string, Scripted>>;

const commit = (of = sha): Scripted => ({
  body: { sha: of, commit: { committer: { date: '2026-03-01T10:00:00Z' }, verification: { verified: true } } },
});
const run = (name: string, conclusion: string, more: JsonObject = {}): JsonObject => ({
  name,
  status: 'completed',
  conclusion,
  started_at: '2026-03-01T10:01:00Z',
  completed_at: '2026-03-01T10:05:00Z',
  app: { slug: 'github-actions' },
  check_suite: { id: 1 },
  ...more,
});
const runs = (...check_runs: JsonObject[]): Scripted => ({ body: { total_count: check_runs.length, check_runs } });
const runsPath = `${root}/commits/${sha}/check-runs?filter=latest&per_page=50`;
const statusPath = `${root}/commits/${sha}/status?per_page=50`;
const good: Script = {
  [root]: { body: { full_name: repository } },
  [`${root}/commits/${sha}`]: commit(),
  [`${root}/commits/a1b2c3d`]: commit(),
  [runsPath]: runs(run('build', 'success')),
  [statusPath]: { body: { total_count: 0, statuses: [] } },
};

async function look(args: Partial<GithubArgs>, script: Script = good) {
  const asked: HttpRequest[] = [];
  const send = async (request: HttpRequest) => {
    asked.push(request);
    const { host, pathname, search } = new URL(request.url);
    if (host !== 'api.github.com') throw new Error(`the token was shown to ${host}`);
    const known: Scripted = script[`${pathname}${search}`] ?? { status: 404, body: { message: 'Not Found' } };
    const { status = 200, headers = {}, body, truncated = false } = known;
    return {
      status,
      headers: { 'x-github-request-id': `ABCD:${asked.length}`, ...headers },
      body: new TextEncoder().encode(JSON.stringify(body)),
      truncated,
      remoteAddress: '203.0.113.10:443',
      totalMs: 1,
    };
  };
  const world: World = { ...scripted({}).world, http: { send } };
  const seen = await github.run(github.schema.parse({ repository, token, ...args }), world, attempt);
  return { ...seen, asked };
}

async function blindness(looked: Promise<unknown>): Promise<BlindError> {
  const error: unknown = await looked.then(
    () => undefined,
    (thrown: unknown) => thrown,
  );
  if (!(error instanceof BlindError)) throw new Error('it was not blind', { cause: error });
  expect(JSON.stringify([error.message, error.hint, String(error.cause)])).not.toContain(token);
  return error;
}

const verdict = (facts: JsonObject, path: string, rest: JsonObject): string =>
  judge([{ path, ...rest }], facts, now).verdict;
const passed = { all: { path: 'conclusion', eq: 'success' } };

test.each<[object, string]>([
  [{ commit: 'main' }, 'a branch'],
  [{ commit: 'a1b2c3' }, 'too few digits'],
  [{}, 'nothing asked'],
  [{ repository: 'example', tag: 'v1' }, 'no owner'],
  [{ repository: 'example/..', tag: 'v1' }, 'a way up'],
  [{ repository: 'example/app/../other', tag: 'v1' }, 'a path'],
  [{ tag: '../../secrets' }, 'a way up in a tag'],
  [{ tag: 'v1?x=y' }, 'a query in a tag'],
  [{ tag: 'v1..v2' }, 'two dots'],
  [{ secrets: '..' }, 'a way up in an environment'],
  [{ secrets: false }, 'secrets that are not asked for'],
  [{ tag: 'v1', token: '' }, 'no token'],
  [{ tag: 'v1', token: 'a\r\nb' }, 'a token of two lines'],
  [{ tag: 'v1', branch: 'main' }, 'an unknown key'],
])('%j is refused: %s', (args) => {
  expect(github.schema.safeParse({ repository, token, ...args }).success).toBe(false);
});

describe('a commit', () => {
  test('brings its hash, its date, its signature and its checks', async () => {
    const { facts, requests, asked } = await look(
      { commit: 'A1B2C3D' },
      { ...good, [`${root}/commits/A1B2C3D`]: commit() },
    );
    expect(facts).toEqual({
      commit: { found: true, sha, at: '2026-03-01T10:00:00.000Z', verified: true },
      checks: [
        {
          name: 'build',
          status: 'completed',
          conclusion: 'success',
          completed_at: '2026-03-01T10:05:00.000Z',
          app: 'github-actions',
        },
      ],
    });
    expect(requests).toHaveLength(3);
    expect(asked[0]?.headers).toMatchObject({
      authorization: `Bearer ${token}`,
      accept: 'application/vnd.github+json',
      'x-github-api-version': '2022-11-28',
    });
    expect(JSON.stringify(facts)).not.toContain(token);
    expect(verdict(facts, 'checks[]', passed)).toBe('pass');
  });

  test('with a check that failed fails', async () => {
    const { facts } = await look(
      { commit: sha },
      { ...good, [runsPath]: runs(run('build', 'success'), run('test', 'failure')) },
    );
    expect(verdict(facts, 'checks[]', passed)).toBe('fail');
  });

  test('without any check passes nothing', async () => {
    const { facts } = await look({ commit: sha }, { ...good, [runsPath]: runs() });
    expect(facts['checks']).toEqual([]);
    for (const rest of [passed, { any: { path: 'conclusion', eq: 'success' } }, { count: { gte: 1 } }])
      expect(verdict(facts, 'checks[]', rest)).not.toBe('pass');
  });

  test.each(['skipped', 'neutral', 'cancelled'])('whose check was %s has that as a fact', async (conclusion) => {
    const { facts } = await look({ commit: sha }, { ...good, [runsPath]: runs(run('build', conclusion)) });
    expect(facts['checks']).toMatchObject([{ conclusion }]);
    expect(verdict(facts, 'checks[]', passed)).toBe('fail');
  });

  test('has statuses among its checks', async () => {
    const statuses = [
      { context: 'deploy/preview', state: 'error', updated_at: '2026-03-01T10:02:00Z' },
      { context: 'coverage', state: 'pending', updated_at: '2026-03-01T10:02:00Z' },
    ];
    const { facts } = await look({ commit: sha }, { ...good, [statusPath]: { body: { total_count: 2, statuses } } });
    expect(facts['checks']).toMatchObject([
      { name: 'build' },
      { name: 'deploy/preview', status: 'completed', conclusion: 'error', completed_at: '2026-03-01T10:02:00.000Z' },
      { name: 'coverage', status: 'pending' },
    ]);
  });

  test('that is not there is a fact, and has no checks', async () => {
    const nowhere = {
      ...good,
      [`${root}/commits/${sha}`]: { status: 422, body: { message: `No commit found for SHA: ${sha}` } },
    };
    const { facts } = await look({ commit: sha }, nowhere);
    expect(facts).toEqual({ commit: { found: false, missing: `No commit found for SHA: ${sha}` } });
    expect(verdict(facts, 'commit.sha', { eq: sha })).toBe('fail');
    expect(verdict(facts, 'checks[]', { none: { path: 'conclusion', eq: 'failure' } })).not.toBe('pass');
  });

  test('is not what happens to be called like the beginning of a hash', async () => {
    const error = await blindness(look({ commit: 'deadbeef' }, { ...good, [`${root}/commits/deadbeef`]: commit() }));
    expect([error.code, error.message]).toEqual(['invalid', `deadbeef is no commit there: GitHub answers with ${sha}`]);
  });
});

describe('the attempts of a check', () => {
  const later = '2026-03-01T11:00:00Z';
  test.each([
    [
      'the latest of one suite counts, when it failed',
      [run('build', 'success'), run('build', 'failure', { completed_at: later })],
      ['failure'],
    ],
    [
      'the latest of one suite counts, when it went well',
      [run('build', 'success', { completed_at: later }), run('build', 'failure')],
      ['success'],
    ],
    [
      'one that still runs is later than all',
      [run('build', '', { status: 'in_progress', conclusion: null, completed_at: null }), run('build', 'success')],
      [undefined],
    ],
    [
      'the latest of several suites counts, when it failed',
      [run('build', 'success'), run('build', 'failure', { completed_at: later, check_suite: { id: 2 } })],
      ['failure'],
    ],
    [
      'a failure of another suite stays beside a later success',
      [run('build', 'failure'), run('build', 'success', { completed_at: later, check_suite: { id: 2 } })],
      ['failure', 'success'],
    ],
    [
      'apps do not stand in for each other',
      [run('build', 'success'), run('build', 'failure', { app: { slug: 'other' } })],
      ['success', 'failure'],
    ],
  ] as const)('%s', async (_, given, conclusions) => {
    const { facts } = await look({ commit: sha }, { ...good, [runsPath]: runs(...given) });
    const checks = facts['checks'] as readonly JsonObject[];
    expect(checks.map(({ conclusion }) => conclusion)).toEqual(conclusions);
  });
});

describe('pages', () => {
  const second = `https://api.github.com/repositories/1/commits/${sha}/check-runs?page=2`;
  const first = (link: string): Script => ({
    ...good,
    [runsPath]: {
      ...runs(run('build', 'success')),
      headers: { link },
      body: { total_count: 2, check_runs: [run('build', 'success')] },
    },
    [second.slice('https://api.github.com'.length)]: {
      body: { total_count: 2, check_runs: [run('test', 'failure')] },
    },
  });

  test('are read to their end: the check that failed is on the second', async () => {
    const { facts } = await look({ commit: sha }, first(`<${second}>; rel="next", <${second}>; rel="last"`));
    expect(verdict(facts, 'checks[]', passed)).toBe('fail');
    expect(facts['checks']).toHaveLength(2);
  });

  test.each(['https://api.github.com.evil.example/x', 'http://api.github.com/x', 'https://evil.example/', 'nowhere'])(
    'are not read at %s',
    async (next) => {
      expect((await blindness(look({ commit: sha }, first(`<${next}>; rel="next"`)))).code).toBe('refused');
    },
  );

  test('that are missing are noticed', async () => {
    const error = await blindness(look({ commit: sha }, first('')));
    expect(error.message).toContain('of 2 check_runs only 1 came');
  });

  test('of which there is no end are given up', async () => {
    const again = { link: `<https://api.github.com${runsPath}>; rel="next"` };
    const endless = { ...good, [runsPath]: { ...runs(run('build', 'success')), headers: again } };
    expect((await blindness(look({ commit: sha }, endless))).message).toContain('more than 10 pages');
  });
});

describe('a tag', () => {
  const ref = (type: string, to: string): Scripted => ({ body: { ref: 'refs/tags/v1', object: { type, sha: to } } });
  const tagged = (of: Scripted, more: Script = {}): Script => ({ ...good, [`${root}/git/ref/tags/v1`]: of, ...more });

  test('leads to a commit, and says whether that is the one', async () => {
    const { facts } = await look({ tag: 'v1', commit: 'a1b2c3d' }, tagged(ref('commit', sha)));
    expect(facts['tag']).toEqual({ name: 'v1', found: true, sha, same_commit: true });
    expect(verdict(facts, 'tag.same_commit', { eq: true })).toBe('pass');
  });

  test('that points at another commit fails', async () => {
    const { facts } = await look({ tag: 'v1', commit: sha }, tagged(ref('commit', other)));
    expect(facts['tag']).toMatchObject({ sha: other, same_commit: false });
    expect(verdict(facts, 'tag.same_commit', { eq: true })).toBe('fail');
  });

  test('with an object of its own leads on to the commit', async () => {
    const object = 'e'.repeat(40);
    const script = tagged(ref('tag', object), {
      [`${root}/git/tags/${object}`]: { body: { object: { type: 'commit', sha } } },
    });
    expect((await look({ tag: 'v1' }, script)).facts).toEqual({ tag: { name: 'v1', found: true, sha } });
  });

  test('that leads to no commit, or round in circles, is an error', async () => {
    expect((await blindness(look({ tag: 'v1' }, tagged(ref('tree', sha))))).code).toBe('invalid');
    const round = tagged(ref('tag', other), {
      [`${root}/git/tags/${other}`]: { body: { object: { type: 'tag', sha: other } } },
    });
    expect((await blindness(look({ tag: 'v1' }, round))).code).toBe('invalid');
  });

  test('that is not there is a fact where the repository can be seen', async () => {
    const { facts } = await look({ tag: 'release/v2', commit: sha });
    expect(facts['tag']).toEqual({ name: 'release/v2', found: false, missing: 'Not Found' });
    expect(verdict(facts, 'tag.same_commit', { eq: true })).toBe('fail');
    expect((await blindness(look({ tag: 'v1' }, {}))).code).toBe('access-denied');
  });
});

describe('secrets', () => {
  const listed: Scripted = {
    body: { total_count: 1, secrets: [{ name: 'DEPLOY_KEY', created_at: 'x', updated_at: '2026-02-01T00:00:00Z' }] },
  };

  test('have names and dates', async () => {
    const { facts } = await look({ secrets: true }, { ...good, [`${root}/actions/secrets?per_page=50`]: listed });
    expect(facts).toEqual({ secrets: [{ name: 'DEPLOY_KEY', updated_at: '2026-02-01T00:00:00.000Z' }] });
    expect(verdict(facts, 'secrets[].name', { contains: ['DEPLOY_KEY'] })).toBe('pass');
    expect(verdict(facts, 'secrets[].name', { contains: ['DEPLOY_KEY', 'API_KEY'] })).toBe('fail');
  });

  test('of an environment are its own', async () => {
    const script = { ...good, [`${root}/environments/my%20prod/secrets?per_page=50`]: listed };
    expect((await look({ secrets: 'my prod' }, script)).facts).toMatchObject({
      secrets: [{ name: 'DEPLOY_KEY' }],
      environment: { name: 'my prod', found: true },
    });
  });

  test('of an environment that is not there are none, and it says so', async () => {
    const { facts } = await look({ secrets: 'prod' });
    expect(facts).toEqual({ environment: { name: 'prod', found: false, missing: 'Not Found' } });
    expect(verdict(facts, 'secrets[].name', { contains: ['DEPLOY_KEY'] })).toBe('fail');
  });

  test('that are not shown are not none', async () => {
    expect((await blindness(look({ secrets: true }))).code).toBe('access-denied');
    const there = { ...good, [`${root}/environments/prod`]: { body: { name: 'prod' } } };
    expect((await blindness(look({ secrets: 'prod' }, there))).hint).toContain('Environments (read)');
  });
});

describe('what cannot be looked at', () => {
  const answered = (status: number, message: string, headers: Record<string, string> = {}): Script => ({
    ...good,
    [runsPath]: { status, body: { message }, headers },
  });

  test.each([
    [
      'a token that is not taken',
      answered(401, 'Bad credentials'),
      'credentials',
      'does not take the token',
      'give a new one',
    ],
    [
      'a token without a permission',
      answered(403, 'Resource not accessible by personal access token', {
        'x-accepted-github-permissions': 'checks=read',
      }),
      'access-denied',
      'Resource not accessible',
      'lacks one of: checks=read.',
    ],
    [
      'a token without a scope',
      answered(403, 'Must have admin rights', { 'x-accepted-oauth-scopes': 'repo', 'x-oauth-scopes': 'gist' }),
      'access-denied',
      'Must have admin rights',
      'lacks one of: repo; it has: gist.',
    ],
    [
      'checks that are not shown',
      answered(404, 'Not Found'),
      'access-denied',
      'shows its checks to nobody',
      'Checks (read)',
    ],
    ['too many requests', answered(429, 'slow down'), 'throttled', 'limit of requests', 'Wait some minutes'],
    [
      'a limit that is spent',
      answered(403, 'API rate limit exceeded', { 'x-ratelimit-remaining': '0', 'x-ratelimit-reset': '1772366400' }),
      'throttled',
      'limit of requests',
      'begins anew at 2026-03-01T12:00:00.000Z',
    ],
    [
      'a repository that moved',
      answered(301, 'Moved Permanently', { location: 'https://evil.example/' }),
      'invalid',
      'has moved',
      'new name',
    ],
    ['a server in trouble', answered(502, 'Bad Gateway'), 'server', 'Bad Gateway (502)', undefined],
    [
      'an answer that is no list',
      { ...good, [runsPath]: { body: { total_count: 1 } } },
      'invalid',
      'has no check_runs',
      undefined,
    ],
    [
      'an answer that was cut',
      { ...good, [runsPath]: { body: {}, truncated: true } },
      'invalid',
      'longer than 1 MiB',
      undefined,
    ],
    [
      'a repository that is not there',
      {},
      'access-denied',
      'shows no repository example/app to this token',
      'Contents (read)',
    ],
  ] as const)('%s', async (_, script, code, words, hint) => {
    const error = await blindness(look({ commit: sha }, script));
    expect(error.code).toBe(code);
    expect(error.message).toContain(words);
    if (hint === undefined) expect(error.hint).toBeUndefined();
    else expect(error.hint).toContain(hint);
    expect(error.transient).toBe(code === 'throttled' || code === 'server');
  });
});

test('it looks, and never says the token', () => {
  const args = { repository, commit: sha, tag: 'v1', secrets: 'prod', token };
  expect(github.nature(args)).toBe('looks');
  expect(github.describe(args)).toBe(
    `GitHub example/app: commit ${sha} and its checks, tag v1, names of secrets of prod`,
  );
  expect(checkPath('checks[].conclusion', github.facts(args, catalogue))).toBeUndefined();
  expect(checkPath('checks[].conclusion', github.facts({ repository, tag: 'v1', token }, catalogue))).toBeDefined();
});
