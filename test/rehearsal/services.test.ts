// Route 53, Secrets Manager, RDS, STS, CloudWatch and S3: an answer of each operation, and a refusal.

import {
  CloudWatchClient,
  DescribeAlarmsCommand,
  GetDashboardCommand,
  ListDashboardsCommand,
} from '@aws-sdk/client-cloudwatch';
import { DescribeDBInstancesCommand, RDSClient } from '@aws-sdk/client-rds';
import {
  GetHostedZoneCommand,
  ListHostedZonesByNameCommand,
  ListHostedZonesCommand,
  ListResourceRecordSetsCommand,
  Route53Client,
} from '@aws-sdk/client-route-53';
import {
  GetBucketLocationCommand,
  GetBucketVersioningCommand,
  GetPublicAccessBlockCommand,
  HeadBucketCommand,
  ListBucketsCommand,
  S3Client,
} from '@aws-sdk/client-s3';
import { DescribeSecretCommand, ListSecretsCommand, SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { GetCallerIdentityCommand, STSClient } from '@aws-sdk/client-sts';
import { describe, expect, test } from 'vitest';
import { clientConfig, givenStandIn, givenWorld } from './given.ts';

const zoneId = 'Z04128371KD9QJ3R5T7V';
const bucket = 'aep-prod-alb-logs';
const named = (name: string) => expect.objectContaining({ name });

describe('Route 53', () => {
  const zones = {
    'example.org': { id: 'Z0000000000000000001', records: {} },
    'internal.navralabs.com': { id: 'Z0000000000000000002', private: true, records: {} },
  };

  test('lists zones by their labels from the right, from a name on', async () => {
    const { awsUrl } = await givenStandIn({ account: { route53: { zones } } });
    const client = new Route53Client(clientConfig(awsUrl));
    const all = await client.send(new ListHostedZonesCommand({}));
    expect(all.HostedZones?.map(({ Name }) => Name)).toEqual([
      'navralabs.com.',
      'internal.navralabs.com.',
      'example.org.',
    ]);
    const from = await client.send(
      new ListHostedZonesByNameCommand({ DNSName: 'internal.navralabs.com', MaxItems: 1 }),
    );
    expect(from.HostedZones).toMatchObject([{ Name: 'internal.navralabs.com.', Config: { PrivateZone: true } }]);
    expect(from).toMatchObject({ IsTruncated: true, NextDNSName: 'example.org.' });
  });

  test('pages through zones by marker', async () => {
    const { awsUrl } = await givenStandIn({ account: { route53: { zones } } });
    const client = new Route53Client(clientConfig(awsUrl));
    const first = await client.send(new ListHostedZonesCommand({ MaxItems: 2 }));
    expect(first.IsTruncated).toBe(true);
    const second = await client.send(new ListHostedZonesCommand({ MaxItems: 2, Marker: first.NextMarker }));
    expect(second.HostedZones?.map(({ Name }) => Name)).toEqual(['example.org.']);
    await expect(client.send(new ListHostedZonesCommand({ Marker: 'bogus' }))).rejects.toEqual(named('InvalidInput'));
  });

  test('lists records from a name and a type on, aliases without a TTL', async () => {
    const alias = {
      A: {
        alias: 'aep-prod-alb-1.us-east-1.elb.amazonaws.com',
        zone: 'Z35SXDOTRQ7X7K',
        evaluate_health: true,
        ttl: null,
        values: null,
      },
    };
    const { awsUrl } = await givenStandIn({
      account: {
        route53: {
          zones: {
            'navralabs.com': {
              records: { 'app.navralabs.com': alias, '*.navralabs.com': { CNAME: { ttl: 60, values: ['x.'] } } },
            },
          },
        },
      },
    });
    const client = new Route53Client(clientConfig(awsUrl));
    const all = await client.send(new ListResourceRecordSetsCommand({ HostedZoneId: zoneId }));
    expect(all.ResourceRecordSets?.map(({ Name, Type }) => `${Name} ${Type}`)).toEqual([
      'navralabs.com. NS',
      'navralabs.com. SOA',
      String.raw`\052.navralabs.com. CNAME`,
      'app.navralabs.com. A',
    ]);
    const from = await client.send(
      new ListResourceRecordSetsCommand({
        HostedZoneId: zoneId,
        StartRecordName: 'navralabs.com',
        StartRecordType: 'SOA',
        MaxItems: 1,
      }),
    );
    expect(from).toMatchObject({ ResourceRecordSets: [{ Type: 'SOA' }], IsTruncated: true, NextRecordType: 'CNAME' });
    const { ResourceRecordSets } = await client.send(
      new ListResourceRecordSetsCommand({ HostedZoneId: zoneId, StartRecordName: 'app.navralabs.com' }),
    );
    expect(ResourceRecordSets).toMatchObject([
      { AliasTarget: { DNSName: 'aep-prod-alb-1.us-east-1.elb.amazonaws.com.' } },
    ]);
    expect(ResourceRecordSets?.[0]?.TTL).toBeUndefined();
  });

  test('describes a zone with its name servers, and refuses one that is not there', async () => {
    const { awsUrl } = await givenStandIn();
    const client = new Route53Client(clientConfig(awsUrl));
    const zone = await client.send(new GetHostedZoneCommand({ Id: zoneId }));
    expect(zone).toMatchObject({
      HostedZone: { ResourceRecordSetCount: 3 },
      DelegationSet: { NameServers: ['ns-512.awsdns-00.net', 'ns-1024.awsdns-00.org'] },
    });
    await expect(client.send(new GetHostedZoneCommand({ Id: 'ZGONE' }))).rejects.toEqual(named('NoSuchHostedZone'));
    await expect(client.send(new ListResourceRecordSetsCommand({ HostedZoneId: 'ZGONE' }))).rejects.toEqual(
      named('NoSuchHostedZone'),
    );
  });
});

describe('Secrets Manager', () => {
  test('lists and describes secrets without ever holding a value', async () => {
    const { awsUrl } = await givenStandIn({
      account: { secretsmanager: { secrets: { 'aep/prod/REDIS_URL': { deleted: '2026-03-01T00:00:00Z' } } } },
    });
    const client = new SecretsManagerClient(clientConfig(awsUrl));
    const { SecretList } = await client.send(
      new ListSecretsCommand({ Filters: [{ Key: 'name', Values: ['aep/prod/'] }] }),
    );
    expect(SecretList?.map(({ Name }) => Name)).toEqual([
      'aep/prod/DATABASE_URL',
      'aep/prod/OPENAI_API_KEY',
      'aep/prod/ANTHROPIC_API_KEY',
      'aep/prod/AUDIT_ENCRYPTION_KEY',
    ]);
    const secret = await client.send(new DescribeSecretCommand({ SecretId: SecretList?.[0]?.ARN }));
    expect(secret).toMatchObject({ Name: 'aep/prod/DATABASE_URL', RotationEnabled: false });
    expect(Object.values(secret.VersionIdsToStages ?? {})).toEqual([['AWSCURRENT']]);
    const deleted = await client.send(new DescribeSecretCommand({ SecretId: 'aep/prod/REDIS_URL' }));
    expect(deleted.DeletedDate).toEqual(new Date('2026-03-01T00:00:00Z'));
  });

  test('refuses a secret that is not there, and a filter it does not know', async () => {
    const { awsUrl } = await givenStandIn();
    const client = new SecretsManagerClient(clientConfig(awsUrl));
    await expect(client.send(new DescribeSecretCommand({ SecretId: 'nope' }))).rejects.toEqual(
      named('ResourceNotFoundException'),
    );
    await expect(client.send(new ListSecretsCommand({ Filters: [{ Key: 'tag-key', Values: ['x'] }] }))).rejects.toEqual(
      named('InvalidParameterException'),
    );
  });
});

describe('RDS', () => {
  test('describes an instance, and refuses one that is not there', async () => {
    const { awsUrl } = await givenStandIn();
    const client = new RDSClient(clientConfig(awsUrl));
    const { DBInstances } = await client.send(new DescribeDBInstancesCommand({ DBInstanceIdentifier: 'aep-prod-db' }));
    expect(DBInstances).toMatchObject([
      { DBInstanceStatus: 'available', MultiAZ: true, BackupRetentionPeriod: 7, Endpoint: { Port: 5432 } },
    ]);
    await expect(client.send(new DescribeDBInstancesCommand({ DBInstanceIdentifier: 'nope' }))).rejects.toEqual(
      named('DBInstanceNotFoundFault'),
    );
    await expect(client.send(new DescribeDBInstancesCommand({ MaxRecords: 5 }))).rejects.toThrow(/MaxRecords/);
  });
});

describe('STS', () => {
  test('names the account and the caller', async () => {
    const { awsUrl } = await givenStandIn();
    const caller = await new STSClient(clientConfig(awsUrl)).send(new GetCallerIdentityCommand({}));
    expect(caller).toMatchObject({
      Account: '111111111111',
      Arn: 'arn:aws:sts::111111111111:assumed-role/Deployer/rehearsal',
    });
  });
});

describe('CloudWatch', () => {
  test('leaves out alarms nobody knows without a word', async () => {
    const { awsUrl } = await givenStandIn();
    const client = new CloudWatchClient(clientConfig(awsUrl));
    const { MetricAlarms } = await client.send(
      new DescribeAlarmsCommand({ AlarmNames: ['aep-prod-5xx-rate', 'nobody'] }),
    );
    expect(MetricAlarms).toMatchObject([
      { AlarmName: 'aep-prod-5xx-rate', StateValue: 'OK', Threshold: 5, ActionsEnabled: true },
    ]);
  });

  test('answers composite alarms only when AlarmTypes asks for them', async () => {
    const { awsUrl } = await givenStandIn({
      account: { cloudwatch: { composite_alarms: { both: { rule: 'ALARM(a)', state: 'OK' } } } },
    });
    const client = new CloudWatchClient(clientConfig(awsUrl));
    expect((await client.send(new DescribeAlarmsCommand({}))).CompositeAlarms).toEqual([]);
    const both = await client.send(new DescribeAlarmsCommand({ AlarmTypes: ['CompositeAlarm', 'MetricAlarm'] }));
    expect([both.CompositeAlarms?.length, both.MetricAlarms?.length]).toEqual([1, 3]);
  });

  test('pages alarms, and refuses names together with a prefix', async () => {
    const { awsUrl } = await givenStandIn();
    const client = new CloudWatchClient(clientConfig(awsUrl));
    const first = await client.send(new DescribeAlarmsCommand({ MaxRecords: 2 }));
    const second = await client.send(new DescribeAlarmsCommand({ MaxRecords: 2, NextToken: first.NextToken }));
    expect([first.MetricAlarms?.length, second.MetricAlarms?.length, second.NextToken]).toEqual([2, 1, undefined]);
    await expect(client.send(new DescribeAlarmsCommand({ AlarmNames: ['a'], AlarmNamePrefix: 'a' }))).rejects.toThrow(
      /together/,
    );
  });

  test('gives a dashboard as JSON in a text, and refuses one that is not there', async () => {
    const { awsUrl } = await givenStandIn();
    const client = new CloudWatchClient(clientConfig(awsUrl));
    const { DashboardEntries } = await client.send(new ListDashboardsCommand({}));
    const { DashboardBody = '' } = await client.send(
      new GetDashboardCommand({ DashboardName: DashboardEntries?.[0]?.DashboardName }),
    );
    expect(JSON.parse(DashboardBody)).toEqual({
      widgets: givenWorld().account.cloudwatch.dashboards['aep-prod']?.widgets,
    });
    await expect(client.send(new GetDashboardCommand({ DashboardName: 'nope' }))).rejects.toMatchObject({
      name: expect.stringContaining('NotFound'),
      $metadata: { httpStatusCode: 404 },
    });
  });
});

describe('S3', () => {
  test('describes a bucket', async () => {
    const { awsUrl } = await givenStandIn();
    const client = new S3Client(clientConfig(awsUrl));
    expect((await client.send(new ListBucketsCommand({}))).Buckets).toMatchObject([{ Name: bucket }]);
    expect((await client.send(new HeadBucketCommand({ Bucket: bucket }))).BucketRegion).toBe('us-east-1');
    expect((await client.send(new GetBucketVersioningCommand({ Bucket: bucket }))).Status).toBe('Enabled');
    expect(
      (await client.send(new GetPublicAccessBlockCommand({ Bucket: bucket }))).PublicAccessBlockConfiguration,
    ).toEqual({
      BlockPublicAcls: true,
      IgnorePublicAcls: true,
      BlockPublicPolicy: true,
      RestrictPublicBuckets: true,
    });
  });

  test('says where a bucket is as S3 does: nothing for us-east-1, a bare text elsewhere', async () => {
    const { awsUrl } = await givenStandIn({
      account: { s3: { buckets: { 'aep-far': { region: 'eu-west-1', created: '2026-01-01T00:00:00Z' } } } },
    });
    const client = new S3Client(clientConfig(awsUrl));
    expect((await client.send(new GetBucketLocationCommand({ Bucket: bucket }))).LocationConstraint).toBeUndefined();
    expect((await client.send(new GetBucketLocationCommand({ Bucket: 'aep-far' }))).LocationConstraint).toBe(
      'eu-west-1',
    );
  });

  test('what nobody configured is an error of its own, and so is a bucket that is not there', async () => {
    const { awsUrl } = await givenStandIn({
      account: { s3: { buckets: { [bucket]: { public_access_block: null, versioning: null } } } },
    });
    const client = new S3Client(clientConfig(awsUrl));
    await expect(client.send(new GetPublicAccessBlockCommand({ Bucket: bucket }))).rejects.toEqual(
      named('NoSuchPublicAccessBlockConfiguration'),
    );
    expect((await client.send(new GetBucketVersioningCommand({ Bucket: bucket }))).Status).toBeUndefined();
    await expect(client.send(new GetPublicAccessBlockCommand({ Bucket: 'nope' }))).rejects.toEqual(
      named('NoSuchBucket'),
    );
    await expect(client.send(new HeadBucketCommand({ Bucket: 'nope' }))).rejects.toMatchObject({
      $metadata: { httpStatusCode: 404 },
    });
  });
});
