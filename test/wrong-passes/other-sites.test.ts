// Goal: websockets, files and GitHub in a rehearsal, each seen to pass, to fail and to be undecided, end to end.
// Method: a step or two rehearsed through the real kinds against `sites`, `files` and `application.websockets` of the world.

import { describe, expect, test } from 'vitest';
import type { JsonObject } from '../../src/engine/json.ts';
import { checklistText } from '../checklist/given.ts';
import { play, playText } from './given.ts';

const sha = 'c0ffee1'.padEnd(40, '0');
const token = 'played-github-token';
const root = '/repos/example/app';
const check = (name: string, conclusion: string): JsonObject => ({
  name,
  status: 'completed',
  conclusion,
  completed_at: '2026-03-01T10:05:00Z',
  app: { slug: 'github-actions' },
});

function hub(pages: JsonObject = {}): JsonObject {
  const answers: Record<string, JsonObject | null> = {
    [root]: { full_name: 'example/app' },
    [`${root}/commits/c0ffee1`]: { sha, commit: { committer: { date: '2026-03-01T10:00:00Z' } } },
    [`${root}/commits/${sha}/check-runs`]: { total_count: 1, check_runs: [check('build', 'success')] },
    [`${root}/commits/${sha}/status`]: { total_count: 0, statuses: [] },
    [`${root}/git/ref/tags/v1`]: { object: { type: 'commit', sha } },
  };
  const served = Object.entries(answers).map(([path, body]) => [path, { body, needs: token }] as const);
  return {
    secrets: { github_token: token },
    sites: { 'api.github.com': { pages: { ...Object.fromEntries(served), ...pages } } },
  };
}

const released = checklistText({
  top: 'inputs: { github_token: { question: A token, secret: true } }',
  steps: `- id: released
  title: What is tagged has passed its checks
  probe: { github: { repository: example/app, commit: c0ffee1, tag: v1, token: "\${github_token}" } }
  expect:
    - { path: tag.same_commit, eq: true }
    - { path: "checks[]", all: { path: conclusion, eq: success } }`,
});

describe('github', () => {
  test('with every check a success passes, and the token is nowhere', async () => {
    const played = await playText(released, { patch: hub() });
    expect([played.exit, played.verdicts], played.screen).toEqual([0, { released: 'pass' }]);
    expect(played.screen).not.toContain(token);
  });

  const runsPath = `${root}/commits/${sha}/check-runs`;
  test.each([
    ['without any check', { [runsPath]: { body: { total_count: 0, check_runs: [] } } }, 'fail', 1, 'checks'],
    [
      'with the failure on the second page',
      {
        [`${runsPath}?filter=latest&per_page=50`]: {
          body: { total_count: 2, check_runs: [check('build', 'success')] },
          headers: { link: `<https://api.github.com${runsPath}?page=2>; rel="next"` },
        },
        [`${runsPath}?page=2`]: { body: { total_count: 2, check_runs: [check('test', 'failure')] } },
      },
      'fail',
      1,
      'test',
    ],
    ['with a tag that is not there', { [`${root}/git/ref/tags/v1`]: null }, 'fail', 1, 'same_commit'],
    [
      'with a token that is not taken',
      { [`${root}/commits/c0ffee1`]: { needs: 'another-token' } },
      'error',
      2,
      'does not take the token',
    ],
    [
      'with a repository it may not see',
      { [root]: null, [`${root}/git/ref/tags/v1`]: null },
      'error',
      2,
      'shows no repository',
    ],
  ])('%s does not', async (_, pages, verdict, exit, words) => {
    const played = await playText(released, { patch: hub(pages) });
    expect([played.exit, played.verdicts], played.screen).toEqual([exit, { released: verdict }]);
    expect(played.screen).toContain(words);
    expect(played.screen).not.toContain(token);
  });
});

describe('websocket', () => {
  const asked = (place: string, more = ''): string => `- id: talks
  title: It talks
  probe: { websocket: { url: "wss://${place}", timeout: 1s${more} } }
  expect: [{ path: json.type, eq: welcome }]`;
  const welcome = '{"type":"welcome"}';
  const chat = (state: JsonObject): JsonObject => ({ sites: { 'chat.example.com': { websockets: { '/ws': state } } } });

  test.each([
    ['that greets', chat({ greets: welcome }), '', 'pass', 0],
    ['that answers', chat({ answers: { hi: welcome } }), ', send: hi', 'pass', 0],
    ['that says nothing', chat({ silent: true }), '', 'fail', 1],
    ['that closes at once', chat({ closes: 1013 }), '', 'fail', 1],
    ['that is refused', chat({ refuses: 403 }), '', 'fail', 1],
    ['that needs a token', chat({ greets: welcome, needs: 'x' }), '', 'fail', 1],
  ])('%s', async (_, patch, more, verdict, exit) => {
    const played = await play(asked('chat.example.com/ws', more), { patch });
    expect([played.exit, played.verdicts], played.screen).toEqual([exit, { talks: verdict }]);
  });

  const balancer = ', connect_to: aep-prod-alb-1043217685.us-east-1.elb.amazonaws.com';
  const application = (state: JsonObject): JsonObject => ({
    application: { websockets: { '/api/ws': { greets: welcome } }, ...state },
  });

  test('of the application is behind its load balancer, and falls with it', async () => {
    const at = asked('app.navralabs.com/api/ws', balancer);
    expect((await play(at, { patch: application({}) })).verdicts).toEqual({ talks: 'pass' });
    const dead = await play(at, { patch: application({ backend: { live: false } }) });
    expect([dead.exit, dead.verdicts]).toEqual([1, { talks: 'fail' }]);
  });

  test('of nobody in the rehearsal is an error', async () => {
    const played = await play(asked('elsewhere.example.com/ws'));
    expect([played.exit, played.verdicts], played.screen).toEqual([2, { talks: 'error' }]);
  });
});

describe('file', () => {
  const small = `- id: small
  title: The bundle is small
  probe: { file: { glob: "dist/assets/*.js" } }
  expect: [{ path: count, gte: 1 }, { path: total_bytes, lte: 512000 }]`;
  const version = `- id: version
  title: It is the version
  probe: { file: { path: dist/version.json, read: true } }
  expect: [{ path: json.version, eq: "1.2.3" }]`;
  const built = (files: JsonObject): JsonObject => ({
    files: { 'dist/assets/app.js': { bytes: 480_000 }, 'dist/version.json': { text: '{"version":"1.2.3"}' }, ...files },
  });

  test('as they should be', async () => {
    expect((await play(`${small}\n${version}`, { patch: built({}) })).verdicts).toEqual({
      small: 'pass',
      version: 'pass',
    });
  });

  test.each([
    ['too large together', small, { 'dist/assets/b.js': { bytes: 40_000 } }, { small: 'fail' }, 1],
    ['not there', small, { 'dist/assets/app.js': null }, { small: 'fail' }, 1],
    ['of another version', version, { 'dist/version.json': { text: '{"version":"1.2.2"}' } }, { version: 'fail' }, 1],
    ['without a text in the world', version, { 'dist/version.json': { bytes: 5 } }, { version: 'error' }, 2],
  ])('%s', async (_, step, files, verdicts, exit) => {
    const played = await play(step, { patch: built(files) });
    expect([played.exit, played.verdicts], played.screen).toEqual([exit, verdicts]);
  });
});

test('a site answers over HTTP and DNS as well', async () => {
  const page = { type: 'text/plain', body: 'All good' };
  const patch = { sites: { 'status.example.com': { addresses: ['198.51.100.7'], pages: { '/': page } } } };
  const played = await play(
    `- id: status
  title: The status page says so
  probe: { http: { url: "https://status.example.com/" } }
  expect: [{ path: text, eq: All good }]
- id: name
  title: Its name leads there
  probe: { dns: { name: status.example.com, type: A, servers: [8.8.8.8] } }
  expect: [{ path: "answers[0].values", eq: ["198.51.100.7"] }]`,
    { patch },
  );
  expect(played.verdicts, played.screen).toEqual({ status: 'pass', name: 'pass' });
});
