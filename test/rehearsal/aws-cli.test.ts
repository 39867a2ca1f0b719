// The stock `aws` command line against the stand-in: whoever knows AWS can look around in a rehearsal with what they have.

import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { promisify } from 'node:util';
import { describe, expect, test } from 'vitest';
import { givenStandIn } from './given.ts';

const command = ['/usr/bin/aws', '/usr/local/bin/aws', '/opt/homebrew/bin/aws'].find((path) => existsSync(path));
if (command === undefined) process.stdout.write('aws-cli.test.ts: skipped, there is no aws command on this machine\n');

const run = promisify(execFile);

async function aws(awsUrl: string, ...args: string[]): Promise<Record<string, unknown>> {
  const env = {
    PATH: process.env['PATH'],
    AWS_ACCESS_KEY_ID: 'STANDIN',
    AWS_SECRET_ACCESS_KEY: 'STANDIN',
    AWS_CONFIG_FILE: '/dev/null',
    AWS_SHARED_CREDENTIALS_FILE: '/dev/null',
    AWS_PAGER: '',
  };
  const shared = ['--endpoint-url', awsUrl, '--region', 'us-east-1', '--output', 'json'];
  const { stdout } = await run(command ?? 'aws', [...shared, ...args], { env });
  const answer: Record<string, unknown> = JSON.parse(stdout || '{}');
  return answer;
}

describe.runIf(command !== undefined)('the stock aws command', () => {
  test('lists services, targets and records', async () => {
    const { awsUrl } = await givenStandIn();
    const [services, groups, records] = await Promise.all([
      aws(awsUrl, 'ecs', 'list-services', '--cluster', 'aep-prod'),
      aws(awsUrl, 'elbv2', 'describe-target-groups', '--names', 'aep-prod-tg-backend'),
      aws(awsUrl, 'route53', 'list-resource-record-sets', '--hosted-zone-id', 'Z04128371KD9QJ3R5T7V'),
    ]);
    expect(services['serviceArns']).toHaveLength(2);
    expect(records['ResourceRecordSets']).toContainEqual({
      Name: 'app.navralabs.com.',
      Type: 'A',
      TTL: 300,
      ResourceRecords: [{ Value: '203.0.113.10' }],
    });
    const group = JSON.stringify(groups).match(/"TargetGroupArn":"([^"]+)"/)?.[1] ?? '';
    const health = await aws(awsUrl, 'elbv2', 'describe-target-health', '--target-group-arn', group);
    expect(health['TargetHealthDescriptions']).toMatchObject([
      { TargetHealth: { State: 'healthy' } },
      { TargetHealth: { State: 'healthy' } },
    ]);
  });

  test('reads alarms over Query, a bucket over REST, and a log over all its pages', async () => {
    const { awsUrl } = await givenStandIn();
    const [alarms, block, events, dashboard] = await Promise.all([
      aws(awsUrl, 'cloudwatch', 'describe-alarms', '--alarm-names', 'aep-prod-5xx-rate'),
      aws(awsUrl, 's3api', 'get-public-access-block', '--bucket', 'aep-prod-alb-logs'),
      aws(
        awsUrl,
        'logs',
        'filter-log-events',
        '--log-group-name',
        '/ecs/aep-backend-prod',
        '--start-time',
        String(Date.parse('2026-03-02T08:50:00Z')),
      ),
      aws(awsUrl, 'cloudwatch', 'get-dashboard', '--dashboard-name', 'nope').catch((error: { stderr?: string }) => ({
        stderr: error.stderr,
      })),
    ]);
    expect(alarms['MetricAlarms']).toMatchObject([{ AlarmName: 'aep-prod-5xx-rate', StateValue: 'OK', Threshold: 5 }]);
    expect(block['PublicAccessBlockConfiguration']).toMatchObject({ BlockPublicAcls: true });
    expect(events['events']).toHaveLength(31);
    expect(dashboard).toMatchObject({ stderr: expect.stringContaining('(ResourceNotFound)') });
  });
});
