import { describe, expect, it } from 'vitest';
import { awsCall } from '../../src/steps/aws-call.ts';
import { loadCatalogue } from '../../src/effects/catalogue.ts';
import { attempt, denied, missing, scripted } from './aws-world.ts';

const args = { operation: 'rds:DescribeDBInstances', input: { DBInstanceIdentifier: 'db' } };

describe('aws.call', () => {
  it('gives the output as it is, with found beside it', async () => {
    const { world, calls } = scripted({ 'rds:DescribeDBInstances': { DBInstances: [{ MultiAZ: true }] } });
    expect(await awsCall.run(args, world, attempt)).toEqual({
      facts: { found: true, DBInstances: [{ MultiAZ: true }] },
      requests: ['DescribeDBInstances-1'],
    });
    expect(calls).toEqual([
      { service: 'rds', operation: 'DescribeDBInstances', input: { DBInstanceIdentifier: 'db' }, environment: true },
    ]);
  });

  it('says where and how fresh', async () => {
    const { world, calls } = scripted({ 'rds:DescribeDBInstances': {} });
    await awsCall.run({ ...args, account: 'dns', region: 'us-east-1' }, world, { ...attempt, fresh: true });
    expect(calls[0]).toMatchObject({ account: 'dns', region: 'us-east-1', fresh: true });
  });

  it('has found: false, and no members, for what is not there', async () => {
    const { world } = scripted({ 'rds:DescribeDBInstances': missing('DBInstanceNotFound') });
    expect(await awsCall.run(args, world, attempt)).toEqual({
      facts: { found: false, error: { code: 'DBInstanceNotFound', message: 'DBInstanceNotFound it said' } },
      requests: ['m'],
    });
  });

  it('throws when it could not look', async () => {
    const { world } = scripted({ 'rds:DescribeDBInstances': denied });
    await expect(awsCall.run(args, world, attempt)).rejects.toBe(denied);
  });

  it('names its IAM action', () => {
    expect(awsCall.permissions({ operation: 'elbv2:DescribeRules' })).toEqual(['elasticloadbalancing:DescribeRules']);
    expect(awsCall.permissions({ operation: 's3:GetBucketEncryption' })).toEqual(['s3:GetEncryptionConfiguration']);
    expect(awsCall.operations({ operation: '${name}' })).toEqual([]);
  });

  it('describes its facts from the schemas', async () => {
    const shape = awsCall.facts(args, await loadCatalogue(['rds']));
    expect(shape.type === 'structure' && Object.keys(shape.members())).toEqual([
      'Marker',
      'DBInstances',
      'found',
      'error',
    ]);
  });

  it.each([
    { operation: 'DescribeDBInstances' },
    { operation: 'rds:describe-db-instances' },
    { operation: 'rds:DescribeDBInstances', inputs: {} },
    { operation: 'rds:DescribeDBInstances', input: [] },
    { operation: 'rds:DescribeDBInstances', reveal: [] },
    { operation: 'rds:DescribeDBInstances', reveal: 'LOG_LEVEL' },
  ])('does not take %j', (wrong) => {
    expect(awsCall.schema.safeParse(wrong).success).toBe(false);
  });
});
