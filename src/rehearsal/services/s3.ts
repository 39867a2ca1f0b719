// S3: buckets and how they are set up. What nobody configured is an error code of its own, not an empty answer.

import type {
  GetBucketLifecycleConfigurationOutput,
  GetBucketLifecycleConfigurationRequest,
  GetBucketLocationOutput,
  GetBucketLocationRequest,
  GetBucketVersioningOutput,
  GetBucketVersioningRequest,
  GetPublicAccessBlockOutput,
  GetPublicAccessBlockRequest,
  HeadBucketOutput,
  HeadBucketRequest,
  ListBucketsOutput,
  ListBucketsRequest,
} from '@aws-sdk/client-s3';
import type { AccountState } from '../account.ts';
import { pageOf } from '../pages.ts';
import { held, idOf } from '../place.ts';
import type { Place } from '../place.ts';
import { refuse } from '../refusal.ts';
import { s3Lists } from './s3-lists.ts';
import { s3Objects } from './s3-objects.ts';
import { s3Writes } from './s3-writes.ts';

export const s3 = {
  ListBuckets,
  HeadBucket,
  GetBucketLocation,
  GetBucketVersioning,
  GetPublicAccessBlock,
  GetBucketLifecycleConfiguration,
  ...s3Objects,
  ...s3Writes,
  ...s3Lists,
};

function bucketOf(place: Place, name: string | undefined): AccountState['s3']['buckets'][string] {
  return held(place.account.s3.buckets, name) ?? refuse('NoSuchBucket', 'The specified bucket does not exist', 404);
}

function ListBuckets(input: ListBucketsRequest, place: Place): ListBucketsOutput {
  const prefix = input.Prefix ?? '';
  const names = Object.keys(place.account.s3.buckets)
    .filter((name) => name.startsWith(prefix))
    .toSorted();
  const size = input.MaxBuckets ?? 10_000;
  const page = pageOf(names, {
    token: input.ContinuationToken,
    size,
    question: `buckets ${prefix}`,
    code: 'InvalidArgument',
  });
  const buckets = page.items.map((name) => ({ Name: name, CreationDate: new Date(bucketOf(place, name).created) }));
  return { Buckets: buckets, Owner: { ID: idOf(place.account.id, 64) }, ContinuationToken: page.next };
}

function HeadBucket(input: HeadBucketRequest, place: Place): HeadBucketOutput {
  const { region, owner } = bucketOf(place, input.Bucket);
  const expected = input.ExpectedBucketOwner;
  if (expected !== undefined && expected !== (owner ?? place.account.id)) refuse('AccessDenied', 'Access Denied', 403);
  return { BucketRegion: region, AccessPointAlias: false };
}

/** Empty for us-east-1, as it always was. */
function GetBucketLocation(input: GetBucketLocationRequest, place: Place): GetBucketLocationOutput {
  const { region } = bucketOf(place, input.Bucket);
  return region === 'us-east-1' ? {} : { LocationConstraint: region };
}

/** Empty for a bucket that never had versioning. */
function GetBucketVersioning(input: GetBucketVersioningRequest, place: Place): GetBucketVersioningOutput {
  const { versioning } = bucketOf(place, input.Bucket);
  return versioning === undefined ? {} : { Status: versioning };
}

function GetPublicAccessBlock(input: GetPublicAccessBlockRequest, place: Place): GetPublicAccessBlockOutput {
  const { public_access_block: block } = bucketOf(place, input.Bucket);
  if (block === undefined) {
    refuse('NoSuchPublicAccessBlockConfiguration', 'The public access block configuration was not found', 404);
  }
  return {
    PublicAccessBlockConfiguration: {
      BlockPublicAcls: block.block_acls,
      IgnorePublicAcls: block.ignore_acls,
      BlockPublicPolicy: block.block_policy,
      RestrictPublicBuckets: block.restrict_buckets,
    },
  };
}

/** One that nobody gave rules has no policy, and that is an error. */
function GetBucketLifecycleConfiguration(
  input: GetBucketLifecycleConfigurationRequest,
  place: Place,
): GetBucketLifecycleConfigurationOutput {
  const rules = Object.entries(bucketOf(place, input.Bucket).lifecycle);
  if (rules.length === 0) refuse('NoSuchLifecycleConfiguration', 'The lifecycle configuration does not exist', 404);
  return {
    Rules: rules.map(([ID, { enabled, prefix, days, old_days: old }]) => ({
      ID,
      Status: enabled ? 'Enabled' : 'Disabled',
      Filter: { Prefix: prefix },
      ...(days === undefined ? {} : { Expiration: { Days: days } }),
      ...(old === undefined ? {} : { NoncurrentVersionExpiration: { NoncurrentDays: old } }),
    })),
  };
}
