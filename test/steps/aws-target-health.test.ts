import { describe, expect, it } from 'vitest';
import { awsTargetHealth } from '../../src/steps/aws-target-health.ts';
import { attempt, denied, missing, scripted } from './aws-world.ts';

const args = { target_group: 'arn:aws:elasticloadbalancing:eu-central-1:111122223333:targetgroup/web/1' };

describe('aws.target_health', () => {
  it('flattens targets, leaves out what AWS did not say, and keeps what it said', async () => {
    const output = {
      TargetHealthDescriptions: [
        { Target: { Id: '10.0.0.1', Port: 80, AvailabilityZone: 'a' }, TargetHealth: { State: 'healthy' } },
        {
          Target: { Id: '10.0.0.2' },
          TargetHealth: { State: 'unhealthy', Reason: 'Target.Timeout', Description: 'timed out' },
        },
        { Target: { Id: '10.0.0.3' } },
      ],
    };
    const { world } = scripted({ 'elbv2:DescribeTargetHealth': output });
    expect(await awsTargetHealth.run(args, world, attempt)).toEqual({
      facts: {
        found: true,
        ...output,
        targets: [
          { id: '10.0.0.1', port: 80, zone: 'a', state: 'healthy' },
          { id: '10.0.0.2', state: 'unhealthy', reason: 'Target.Timeout', description: 'timed out' },
          { id: '10.0.0.3' },
        ],
      },
      requests: ['DescribeTargetHealth-1'],
    });
  });

  it('has an empty list where nothing is registered', async () => {
    const { world } = scripted({ 'elbv2:DescribeTargetHealth': { TargetHealthDescriptions: [] } });
    expect(await awsTargetHealth.run(args, world, attempt)).toMatchObject({ facts: { found: true, targets: [] } });
  });

  it('tells a group that is not there from one it may not see', async () => {
    const gone = scripted({ 'elbv2:DescribeTargetHealth': missing('TargetGroupNotFoundException') });
    expect(await awsTargetHealth.run(args, gone.world, attempt)).toMatchObject({ facts: { found: false } });
    await expect(
      awsTargetHealth.run(args, scripted({ 'elbv2:DescribeTargetHealth': denied }).world, attempt),
    ).rejects.toBe(denied);
  });

  it('takes an ARN, not a name', () => {
    expect(awsTargetHealth.schema.safeParse(args).success).toBe(true);
    expect(awsTargetHealth.schema.safeParse({ target_group: 'web' }).success).toBe(false);
  });
});
