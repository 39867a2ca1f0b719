import { describe, expect, it } from 'vitest';
import { awsLogs } from '../../src/steps/aws-logs.ts';
import { maskSecrets } from '../../src/steps/aws-logs-mask.ts';
import { isObject } from '../../src/engine/json.ts';
import { attempt, denied, listOf, missing, now, scripted } from './aws-world.ts';

const args = { group: '/ecs/web', window: '10m', match: ['ERROR', 'said "no"'] };
const event = (message: string) => ({ message, timestamp: now - 1000, logStreamName: 'web/1' });
/** A group with these matches, and these events at all. */
const group = (matches: readonly string[], all: readonly string[]) =>
  scripted({
    'logs:FilterLogEvents': (call) => ({
      events: ('filterPattern' in call.input ? matches : all).map((each) => event(each)),
    }),
  });

describe('aws.logs', () => {
  it('asks for any of the texts, quoted, in a window that ends now', async () => {
    const { world, calls } = group([], ['fine']);
    await awsLogs.run(args, world, attempt);
    expect(calls[0]?.input).toEqual({
      logGroupName: '/ecs/web',
      startTime: now - 600_000,
      endTime: now,
      filterPattern: '?"ERROR" ?"said \\"no\\""',
    });
    expect(calls[1]).toMatchObject({ enough: 'events', input: { startTime: now - 600_000, endTime: now } });
    expect(calls[1]?.input).not.toHaveProperty('filterPattern');
  });

  it('is clean with proof when events came and none matched', async () => {
    expect((await awsLogs.run(args, group([], ['fine', 'fine']).world, attempt)).facts).toEqual({
      found: true,
      events_received: 2,
      match_count: 0,
      matches: [],
      from: '2026-03-01T11:50:00.000Z',
      to: '2026-03-01T12:00:00.000Z',
    });
  });

  it('has no proof when the group received nothing', async () => {
    const { facts } = await awsLogs.run(args, group([], []).world, attempt);
    expect(facts).toMatchObject({ found: true, match_count: 0, matches: [] });
    expect(facts).not.toHaveProperty('events_received');
  });

  it('counts all matches, shows twenty, and needs no second request', async () => {
    const { world, calls } = group(
      Array.from({ length: 30 }, (_, line) => `ERROR ${line} ${'x'.repeat(900)}`),
      [],
    );
    const { facts } = await awsLogs.run(args, world, attempt);
    expect(facts).toMatchObject({ match_count: 30, events_received: 30 });
    expect(facts['matches']).toHaveLength(20);
    expect(facts).toMatchObject({ matches: { 0: { at: '2026-03-01T11:59:59.000Z', stream: 'web/1' } } });
    for (const match of listOf(facts['matches'])) expect(isObject(match) && match['message']).toHaveLength(500);
    expect(calls).toHaveLength(1);
  });

  it('does not count what is ignored, but takes it as proof', async () => {
    const { facts } = await awsLogs.run(
      { ...args, ignore: ['probe'] },
      group(['ERROR in probe', 'ERROR in app'], []).world,
      attempt,
    );
    expect(facts).toMatchObject({ match_count: 1, events_received: 2, matches: [{ message: 'ERROR in app' }] });
  });

  it('tells a group that is not there from one it may not see', async () => {
    const gone = scripted({ 'logs:FilterLogEvents': missing('ResourceNotFoundException') });
    expect((await awsLogs.run(args, gone.world, attempt)).facts).toMatchObject({ found: false });
    await expect(awsLogs.run(args, scripted({ 'logs:FilterLogEvents': denied }).world, attempt)).rejects.toBe(denied);
  });

  it.each([
    { window: '10' },
    { window: '0m' },
    { window: '15d' },
    { match: [] },
    { match: [''] },
    { match: ['x'.repeat(2000)] },
  ])('does not take %j', (wrong) => {
    expect(awsLogs.schema.safeParse({ ...args, ...wrong }).success).toBe(false);
  });

  it('takes windows up to two weeks', () => {
    for (const window of ['30s', '10m', '24h', '14d'])
      expect(awsLogs.schema.safeParse({ ...args, window }).success).toBe(true);
  });
});

describe('what looks like a secret', () => {
  it.each([
    ['key AKIAIOSFODNN7EXAMPLE used', 'key (redacted) used'],
    ['Authorization: Bearer abcdefgh12345', 'Authorization: (redacted)'],
    ['login password=hunter2, user=me', 'login password=(redacted), user=me'],
    ['{"api_key": "k-123456"}', '{"api_key": "(redacted)"}'],
    ['postgres://app:hunter2@db:5432/app failed', 'postgres://app:(redacted)@db:5432/app failed'],
    ['token eyJhbGciOi.eyJzdWIiOi.SflKxwRJ here', 'token (redacted) here'],
    ['nothing to see at 10:15:00', 'nothing to see at 10:15:00'],
  ])('in "%s" is masked', (line, masked) => {
    expect(maskSecrets(line)).toBe(masked);
  });
});
