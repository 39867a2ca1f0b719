// How a bucket is set up, as the unmodified SDK client is told.

import { GetBucketLifecycleConfigurationCommand, S3Client } from '@aws-sdk/client-s3';
import { expect, test } from 'vitest';
import { clientConfig, givenStandIn } from './given.ts';

const bucket = { region: 'us-east-1', created: '2026-01-01T00:00:00Z' };

test('a lifecycle policy has the rules of the state, and a bucket without rules has none', async () => {
  const old = { old_days: 30 };
  const logs = { enabled: false, prefix: 'logs/', days: 7 };
  const buckets = { kept: { ...bucket, lifecycle: { logs, old } }, plain: bucket };
  const { awsUrl } = await givenStandIn({ account: { s3: { buckets } } });
  const client = new S3Client(clientConfig(awsUrl));
  const ask = (Bucket: string) => client.send(new GetBucketLifecycleConfigurationCommand({ Bucket }));
  expect((await ask('kept')).Rules).toEqual([
    { ID: 'logs', Status: 'Disabled', Filter: { Prefix: 'logs/' }, Expiration: { Days: 7 } },
    { ID: 'old', Status: 'Enabled', Filter: { Prefix: '' }, NoncurrentVersionExpiration: { NoncurrentDays: 30 } },
  ]);
  await expect(ask('plain')).rejects.toMatchObject({ name: 'NoSuchLifecycleConfiguration' });
  await expect(ask('gone')).rejects.toMatchObject({ name: 'NoSuchBucket' });
});
