// The stock `aws` command line against the stand-in's objects: what it puts once, locks, lists and reads, as S3 has it.

import { execFile, spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { promisify } from 'node:util';
import { describe, expect, onTestFinished, test } from 'vitest';
import { givenStandIn } from './given.ts';

const env = {
  PATH: process.env['PATH'],
  AWS_ACCESS_KEY_ID: 'STANDIN',
  AWS_SECRET_ACCESS_KEY: 'STANDIN',
  AWS_CONFIG_FILE: '/dev/null',
  AWS_SHARED_CREDENTIALS_FILE: '/dev/null',
  AWS_PAGER: '',
};

/** Older ones do not know the condition: the skeleton of the call says so without asking anybody. */
function knowsCondition(path: string): boolean {
  const { status, stdout } = spawnSync(path, ['s3api', 'put-object', '--generate-cli-skeleton'], {
    env,
    encoding: 'utf8',
  });
  return status === 0 && stdout.includes('IfNoneMatch');
}

const folders = [...(process.env['PATH'] ?? '').split(delimiter), '/usr/bin', '/usr/local/bin', '/opt/homebrew/bin'];
const command = folders.map((folder) => join(folder, 'aws')).find(knowsCondition);
if (command === undefined)
  process.stdout.write('no aws command on this machine knows --if-none-match: its test is skipped\n');

const run = promisify(execFile);

describe.runIf(command !== undefined)('the stock aws command', () => {
  test('puts an object once, under a lock, and finds and reads it', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'golive-test-'));
    onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
    const anchors = {
      region: 'us-east-1',
      created: '2026-01-01T00:00:00Z',
      versioning: 'Enabled' as const,
      object_lock: true,
    };
    const { awsUrl } = await givenStandIn({ account: { s3: { buckets: { anchors } } } });
    const shared = ['--endpoint-url', awsUrl, '--region', 'us-east-1', '--output', 'json'];
    const aws = async (...args: string[]): Promise<string> =>
      (await run(command ?? 'aws', [...shared, ...args], { env })).stdout;
    const body = join(folder, 'body.json');
    writeFileSync(body, '{"seq":1}');
    const object = ['--bucket', 'anchors', '--key', 'golive/run/1.json'];
    const once = ['--body', body, '--if-none-match', '*'];
    const lock = ['--object-lock-mode', 'COMPLIANCE', '--object-lock-retain-until-date', '2027-03-03T00:00:00Z'];
    const put: unknown = JSON.parse(await aws('s3api', 'put-object', ...object, ...once, ...lock));
    expect(put).toMatchObject({ VersionId: expect.stringMatching(/^.{32}$/) as string });
    await expect(aws('s3api', 'put-object', ...object, ...once)).rejects.toMatchObject({
      stderr: expect.stringContaining('(PreconditionFailed) when calling the PutObject operation') as string,
    });
    const listed: unknown = JSON.parse(
      await aws('s3api', 'list-objects-v2', '--bucket', 'anchors', '--prefix', 'golive/'),
    );
    expect(listed).toMatchObject({ Contents: [{ Key: 'golive/run/1.json', Size: 9 }] });
    const versions: unknown = JSON.parse(await aws('s3api', 'list-object-versions', '--bucket', 'anchors'));
    expect(versions).toMatchObject({ Versions: [{ Key: 'golive/run/1.json', IsLatest: true }] });
    expect(await aws('s3', 'ls', 's3://anchors/golive/')).toContain('PRE run/');
    const read: unknown = JSON.parse(await aws('s3api', 'get-object', ...object, join(folder, 'read.json')));
    expect(read).toMatchObject({ ContentLength: 9, ObjectLockMode: 'COMPLIANCE' });
    expect(readFileSync(join(folder, 'read.json'), 'utf8')).toBe('{"seq":1}');
    const head: unknown = JSON.parse(await aws('s3api', 'head-object', ...object));
    expect(head).toMatchObject({ ContentLength: 9, ObjectLockMode: 'COMPLIANCE' });
  });
});
