// Wrong pass 6: of several reads one is denied. What could not be read is not known to be fine.

import { describe, expect, test } from 'vitest';
import type { JsonObject } from '../../src/engine/json.ts';
import { vpcId } from '../../src/rehearsal/ec2-names.ts';
import { play } from './given.ts';
import type { Played } from './given.ts';

const denied = (...actions: string[]): JsonObject => ({ faults: { denied: actions } });

/** Everything printed, as if lines had no end. */
const words = ({ screen }: Played): string => screen.replaceAll(/\s+/g, ' ');

describe('wrong pass 6: an ECS service is read in five requests', () => {
  const steady = `- id: steady
  title: Two tasks of the service run
  probe: { aws.ecs_service: { cluster: aep-prod, service: aep-backend-prod-svc } }
  expect: [{ path: runningCount, gte: 2 }]`;

  test.each([
    ['ecs:DescribeServices'],
    ['ecs:ListServiceDeployments'],
    ['ecs:DescribeServiceDeployments'],
    ['ecs:ListTasks'],
    ['ecs:DescribeTasks'],
  ])('and without %s it is an error that names it, whatever is expected', async (action) => {
    const played = await play(steady, { patch: denied(action) });
    expect([played.exit, played.verdicts]).toEqual([2, { steady: 'error' }]);
    expect(played.screen).toMatch(/ERROR +steady/);
    expect(words(played)).toContain(`the IAM action ${action} is missing`);
  });

  test('and with all of them it passes', async () => {
    const played = await play(steady);
    expect([played.exit, played.verdicts]).toEqual([0, { steady: 'pass' }]);
  });
});

describe('wrong pass 6: two services share a request', () => {
  const both = ['backend', 'frontend']
    .map(
      (part) => `- id: ${part}
  title: The ${part} runs
  probe: { aws.ecs_service: { cluster: aep-prod, service: aep-${part}-prod-svc } }
  expect: [{ path: runningCount, gte: 2 }]`,
    )
    .join('\n');

  test('whose denial is an error of both', async () => {
    const played = await play(both, { patch: denied('ecs:DescribeServices') });
    expect([played.exit, played.verdicts]).toEqual([2, { backend: 'error', frontend: 'error' }]);
  });

  test('in which one that is not there is a fail of its own', async () => {
    const services: JsonObject = { 'aep-frontend-prod-svc': null };
    const played = await play(both, { patch: { account: { ecs: { clusters: { 'aep-prod': { services } } } } } });
    expect([played.exit, played.verdicts]).toEqual([1, { backend: 'pass', frontend: 'fail' }]);
  });
});

describe('wrong pass 6: the subnets of a VPC are read in three requests', () => {
  const spread = `- id: spread
  title: There is a private subnet
  probe: { aws.subnets: { vpc: ${vpcId('quiet')} } }
  expect: [{ path: "private_zones[]", count: { gte: 1 } }]`;
  const network: JsonObject = {
    account: {
      ec2: {
        vpcs: { quiet: { cidr: '10.9.0.0/16' } },
        subnets: { 'quiet-a': { vpc: 'quiet', zone: 'a', cidr: '10.9.0.0/20' } },
        route_tables: { 'quiet-main': { vpc: 'quiet', main: true, routes: {} } },
      },
    },
  };

  test.each([['ec2:DescribeSubnets'], ['ec2:DescribeRouteTables'], ['ec2:DescribeNatGateways']])(
    'and without %s it is an error that names it, also where nothing hangs on it',
    async (action) => {
      const played = await play(spread, { patch: { ...network, ...denied(action) } });
      expect([played.exit, played.verdicts]).toEqual([2, { spread: 'error' }]);
      expect(words(played)).toContain(`the IAM action ${action} is missing`);
    },
  );

  test('and with all of them it passes', async () => {
    const played = await play(spread, { patch: network });
    expect([played.exit, played.verdicts]).toEqual([0, { spread: 'pass' }]);
  });
});

describe('wrong pass 6: of a bucket two settings are read', () => {
  const bucket = 'aep-prod-alb-logs';
  const guarded = `- id: private
  title: Nothing in the bucket is public
  probe: { aws.call: { operation: "s3:GetPublicAccessBlock", input: { Bucket: ${bucket} } } }
  expect: [{ path: PublicAccessBlockConfiguration.BlockPublicAcls, ne: false }]
- id: versioned
  title: The bucket keeps old versions
  probe: { aws.call: { operation: "s3:GetBucketVersioning", input: { Bucket: ${bucket} } } }
  expect: [{ path: Status, eq: Enabled }]`;
  const without = (settings: JsonObject): JsonObject => ({ account: { s3: { buckets: { [bucket]: settings } } } });

  test('and one that is denied is an error, while one that nobody made is a fail', async () => {
    const patch = { ...without({ versioning: null }), ...denied('s3:GetBucketPublicAccessBlock') };
    const played = await play(guarded, { patch });
    expect(played.exit).not.toBe(0);
    expect(played.verdicts).toEqual({ private: 'error', versioned: 'fail' });
    expect(words(played)).toContain('the IAM action s3:GetBucketPublicAccessBlock is missing');
  });

  test('and one that nobody made is a fact, also where it has a code of its own', async () => {
    const played = await play(guarded, { patch: without({ public_access_block: null }) });
    expect([played.exit, played.verdicts]).toEqual([1, { private: 'fail', versioned: 'pass' }]);
    expect(played.screen).toContain('NoSuchPublicAccessBlockConfiguration');
  });

  test('and with both it passes', async () => {
    const played = await play(guarded);
    expect([played.exit, played.verdicts]).toEqual([0, { private: 'pass', versioned: 'pass' }]);
  });
});
