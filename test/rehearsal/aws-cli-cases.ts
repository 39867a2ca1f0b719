// The stock `aws` command line against the stand-in: whoever knows AWS can look around in a rehearsal with what they have.

import { execFile } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { expect, onTestFinished } from 'vitest';
import { givenStandIn } from './given.ts';

const command = ['/usr/bin/aws', '/usr/local/bin/aws', '/opt/homebrew/bin/aws'].find((path) => existsSync(path));
if (command === undefined)
  process.stdout.write('the stock aws command is not on this machine: its tests are skipped\n');

/** Whether there is one here. */
export const awsIsHere = command !== undefined;

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

/** What somebody does with it, each with a stand-in of its own. */
export const awsCases: readonly (readonly [title: string, run: () => Promise<void>])[] = [
  [
    'lists services, targets and records',
    async () => {
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
    },
  ],

  [
    'reads alarms over Query, a bucket over REST, and a log over all its pages',
    async () => {
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
          String(Date.parse('2026-03-03T10:50:00Z')),
        ),
        aws(awsUrl, 'cloudwatch', 'get-dashboard', '--dashboard-name', 'nope').catch((error: { stderr?: string }) => ({
          stderr: error.stderr,
        })),
      ]);
      expect(alarms['MetricAlarms']).toMatchObject([
        { AlarmName: 'aep-prod-5xx-rate', StateValue: 'OK', Threshold: 5 },
      ]);
      expect(block['PublicAccessBlockConfiguration']).toMatchObject({ BlockPublicAcls: true });
      expect(events['events']).toHaveLength(31);
      expect(dashboard).toMatchObject({ stderr: expect.stringContaining('(ResourceNotFound)') });
    },
  ],

  [
    'reads metrics and what is calculated from them',
    async () => {
      const { awsUrl } = await givenStandIn();
      const balancers = await aws(awsUrl, 'elbv2', 'describe-load-balancers');
      const balancer = JSON.stringify(balancers).match(/:loadbalancer\/([^"]+)"/)?.[1];
      const Metric = {
        Namespace: 'AWS/ApplicationELB',
        MetricName: 'RequestCount',
        Dimensions: [{ Name: 'LoadBalancer', Value: balancer }],
      };
      const queries = [
        { Id: 'requests', MetricStat: { Metric, Period: 60, Stat: 'Sum' }, ReturnData: false },
        { Id: 'half', Expression: 'requests / 2' },
      ];
      const window = ['--start-time', '2026-03-03T10:50:00Z', '--end-time', '2026-03-03T11:00:00Z'];
      const asked = ['--metric-data-queries', JSON.stringify(queries)];
      const answer = await aws(awsUrl, 'cloudwatch', 'get-metric-data', ...window, ...asked);
      // The clock stands at eleven: the last minute is too young.
      const Values = Array.from({ length: 9 }, () => 1);
      expect(answer['MetricDataResults']).toMatchObject([{ Id: 'half', StatusCode: 'Complete', Values }]);
    },
  ],

  [
    'reads an image, its manifest, its scan, and the certificate of the load balancer',
    async () => {
      const { awsUrl } = await givenStandIn();
      const named = ['--repository-name', 'navralabs/aep-frontend'];
      const id = ['--image-ids', 'imageTag=prod'];
      const [images, batch, scan, listed, scanless] = await Promise.all([
        aws(awsUrl, 'ecr', 'describe-images', ...named, ...id),
        aws(awsUrl, 'ecr', 'batch-get-image', ...named, ...id),
        aws(awsUrl, 'ecr', 'describe-image-scan-findings', ...named, '--image-id', 'imageTag=prod'),
        aws(awsUrl, 'acm', 'list-certificates'),
        aws(awsUrl, 'ecr', 'describe-images', ...named, '--image-ids', 'imageTag=nope').catch(
          (error: { stderr?: string }) => ({ stderr: error.stderr }),
        ),
      ]);
      expect(images['imageDetails']).toMatchObject([{ imageTags: expect.arrayContaining(['prod']) as string[] }]);
      expect(JSON.stringify(batch['images'])).toContain('application/vnd.oci.image.index.v1+json');
      expect(scan['imageScanStatus']).toMatchObject({ status: 'COMPLETE' });
      expect(scanless).toMatchObject({ stderr: expect.stringContaining('(ImageNotFoundException)') as string });
      const certificate = JSON.stringify(listed).match(/"CertificateArn":"([^"]+)"/)?.[1] ?? '';
      const described = await aws(awsUrl, 'acm', 'describe-certificate', '--certificate-arn', certificate);
      expect(described['Certificate']).toMatchObject({ Status: 'ISSUED', DomainName: 'app.navralabs.com' });
    },
  ],

  [
    'looks at a network with filters, pages and the errors of EC2',
    async () => {
      const { awsUrl } = await givenStandIn();
      const vpcs = await aws(awsUrl, 'ec2', 'describe-vpcs', '--filters', 'Name=tag:Name,Values=aep-prod-*');
      expect(vpcs['Vpcs']).toMatchObject([{ IsDefault: false, Tags: [{ Key: 'Name', Value: 'aep-prod-vpc' }] }]);
      const vpc = JSON.stringify(vpcs).match(/"VpcId":"([^"]+)"/)?.[1] ?? '';
      const ofVpc = ['--filters', `Name=vpc-id,Values=${vpc}`];
      const [groups, tables, wrong] = await Promise.all([
        aws(awsUrl, 'ec2', 'describe-security-groups', ...ofVpc, '--page-size', '5'),
        aws(awsUrl, 'ec2', 'describe-route-tables', ...ofVpc),
        aws(awsUrl, 'ec2', 'describe-vpcs', '--vpc-ids', 'vpc-00000000000000000').catch(
          (error: { stderr?: string }) => ({
            stderr: error.stderr,
          }),
        ),
      ]);
      expect(groups['SecurityGroups']).toContainEqual(expect.objectContaining({ GroupName: 'aep-prod-rds-sg' }));
      expect(JSON.stringify(tables)).toContain('"Main":true');
      expect(wrong).toMatchObject({ stderr: expect.stringContaining('(InvalidVpcID.NotFound)') as string });
    },
  ],

  [
    'changes a record set, asks after the change, and sees it in the list',
    async () => {
      const { awsUrl } = await givenStandIn();
      const zone = ['--hosted-zone-id', 'Z04128371KD9QJ3R5T7V'];
      const app = { Name: 'app.navralabs.com', Type: 'A' };
      const target = { DNSName: 'aep-prod-alb-1043217685.us-east-1.elb.amazonaws.com', HostedZoneId: 'Z35SXDOTRQ7X7K' };
      const batch = (ttl: number): string =>
        JSON.stringify({
          Comment: 'by hand & <in haste>',
          Changes: [
            { Action: 'DELETE', ResourceRecordSet: { ...app, TTL: ttl, ResourceRecords: [{ Value: '203.0.113.10' }] } },
            { Action: 'CREATE', ResourceRecordSet: { ...app, AliasTarget: { ...target, EvaluateTargetHealth: true } } },
          ],
        });
      const change = (ttl: number) =>
        aws(awsUrl, 'route53', 'change-resource-record-sets', ...zone, '--change-batch', batch(ttl));
      await expect(change(60)).rejects.toMatchObject({
        stderr: expect.stringMatching(
          /\(InvalidChangeBatch\).*\[name='app\.navralabs\.com\.', type='A'\] but the values/,
        ),
      });
      const { ChangeInfo: info } = await change(300);
      const { Id: id, ...rest } = info as { Id: string };
      expect(rest).toMatchObject({ Status: 'PENDING', Comment: 'by hand & <in haste>' });
      const [asked, listed] = await Promise.all([
        aws(awsUrl, 'route53', 'get-change', '--id', id),
        aws(awsUrl, 'route53', 'list-resource-record-sets', ...zone, '--start-record-name', app.Name),
      ]);
      expect(asked['ChangeInfo']).toEqual(info);
      expect(listed['ResourceRecordSets']).toMatchObject([
        { Name: 'app.navralabs.com.', AliasTarget: { DNSName: `${target.DNSName}.`, EvaluateTargetHealth: true } },
      ]);
    },
  ],

  [
    'asks for parameters of which one is not there, and for what is behind a path',
    async () => {
      const parameters = { '/shop/a': {}, '/shop/b': { type: 'String' }, '/shop/deep/c': {} };
      const { awsUrl } = await givenStandIn({ account: { ssm: { parameters } } });
      const [some, below, paged] = await Promise.all([
        aws(awsUrl, 'ssm', 'get-parameters', '--names', '/shop/a', '/shop/none'),
        aws(awsUrl, 'ssm', 'get-parameters-by-path', '--path', '/shop'),
        aws(awsUrl, 'ssm', 'describe-parameters', '--page-size', '1'),
      ]);
      expect(some).toMatchObject({ Parameters: [{ Name: '/shop/a' }], InvalidParameters: ['/shop/none'] });
      expect(below['Parameters']).toHaveLength(2);
      expect(paged['Parameters']).toHaveLength(3);
    },
  ],

  [
    'describes a key by its alias and asks whether it is rotated',
    async () => {
      const { awsUrl } = await givenStandIn({ account: { kms: { keys: { shop: { rotation_days: 365 } } } } });
      const { KeyMetadata: key } = await aws(awsUrl, 'kms', 'describe-key', '--key-id', 'alias/shop');
      const { KeyId: id } = key as { KeyId: string };
      const rotated = await aws(awsUrl, 'kms', 'get-key-rotation-status', '--key-id', id);
      // Older command lines do not know how often.
      expect(rotated).toMatchObject({ KeyRotationEnabled: true });
      const aliases = await aws(awsUrl, 'kms', 'list-aliases', '--page-size', '1');
      expect(aliases['Aliases']).toMatchObject([{ AliasName: 'alias/shop', TargetKeyId: id }]);
      await expect(aws(awsUrl, 'kms', 'describe-key', '--key-id', 'alias/none')).rejects.toMatchObject({
        stderr: expect.stringContaining('(NotFoundException)') as string,
      });
    },
  ],

  [
    'looks at functions and what feeds them',
    async () => {
      const queue = 'arn:aws:sqs:us-east-1:111111111111:orders';
      const { awsUrl } = await givenStandIn({
        account: {
          lambda: {
            functions: { orders: { aliases: { live: { version: '1' } }, versions: 1 }, other: {} },
            event_sources: { orders: { function: 'orders', source: queue } },
          },
        },
      });
      const named = ['--function-name', 'orders'];
      const [listed, one, sources] = await Promise.all([
        aws(awsUrl, 'lambda', 'list-functions', '--page-size', '1'),
        aws(awsUrl, 'lambda', 'get-function', ...named, '--qualifier', 'live'),
        aws(awsUrl, 'lambda', 'list-event-source-mappings', ...named),
      ]);
      expect(listed['Functions']).toHaveLength(2);
      expect(one['Configuration']).toMatchObject({ State: 'Active', Version: '1' });
      expect(sources['EventSourceMappings']).toMatchObject([{ EventSourceArn: queue, State: 'Enabled' }]);
      await expect(aws(awsUrl, 'lambda', 'get-policy', ...named)).rejects.toMatchObject({
        stderr: expect.stringContaining('(ResourceNotFoundException)') as string,
      });
    },
  ],

  [
    'lists who is told of a topic',
    async () => {
      const subscriptions = { mail: { protocol: 'email', endpoint: 'ops@example.com', confirmed: false } };
      const { awsUrl } = await givenStandIn({ account: { sns: { topics: { alarms: { subscriptions } } } } });
      const topic = ['--topic-arn', 'arn:aws:sns:us-east-1:111111111111:alarms'];
      const told = await aws(awsUrl, 'sns', 'list-subscriptions-by-topic', ...topic);
      expect(told['Subscriptions']).toMatchObject([{ SubscriptionArn: 'PendingConfirmation' }]);
      const { Attributes: attributes } = await aws(awsUrl, 'sns', 'get-topic-attributes', ...topic);
      expect(attributes).toMatchObject({ SubscriptionsPending: '1' });
      const other = ['--topic-arn', 'arn:aws:sns:us-east-1:111111111111:none'];
      await expect(aws(awsUrl, 'sns', 'get-topic-attributes', ...other)).rejects.toMatchObject({
        stderr: expect.stringContaining('(NotFound)') as string,
      });
    },
  ],

  [
    'describes a cluster, its nodes and its add-ons, and waits until it is active',
    async () => {
      const mixer = {
        version: '1.33',
        nodegroups: { web: {} },
        addons: { 'vpc-cni': { version: 'v1.20.1-eksbuild.1' } },
      };
      const { awsUrl } = await givenStandIn({ account: { eks: { clusters: { mixer } } } });
      await aws(awsUrl, 'eks', 'wait', 'cluster-active', '--name', 'mixer');
      const of = ['--cluster-name', 'mixer'];
      const [nodes, addons, none] = await Promise.all([
        aws(awsUrl, 'eks', 'describe-nodegroup', ...of, '--nodegroup-name', 'web'),
        aws(awsUrl, 'eks', 'list-addons', ...of),
        aws(awsUrl, 'eks', 'describe-cluster', '--name', 'none').catch((error: { stderr?: string }) => error),
      ]);
      expect(nodes['nodegroup']).toMatchObject({
        status: 'ACTIVE',
        createdAt: expect.stringContaining('2026-01-05') as string,
      });
      expect(addons['addons']).toEqual(['vpc-cni']);
      expect(none).toMatchObject({ stderr: expect.stringContaining('(ResourceNotFoundException)') as string });
    },
  ],

  [
    'syncs a folder to a bucket, and makes the edges in front of it forget',
    async () => {
      let now = Date.parse('2026-03-03T11:00:00Z');
      const folder = mkdtempSync(join(tmpdir(), 'golive-sync-'));
      onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
      mkdirSync(join(folder, 'assets'));
      writeFileSync(join(folder, 'index.html'), '<p>new</p>');
      writeFileSync(join(folder, 'assets', 'app.js'), 'code');
      const created = '2026-01-01T00:00:00Z';
      const old = { 'web/old.css': [{ id: 'null', at: created, body: '' }] };
      const distributions = { E2QWRUHAPOMQZL: { name: 'd111abcdef8', changed: created, origin: { bucket: 'site' } } };
      const { awsUrl, world } = await givenStandIn(
        {
          account: {
            s3: { buckets: { site: { region: 'us-east-1', created, objects: old } } },
            cloudfront: { distributions },
          },
        },
        () => now,
      );
      // What it says of its progress is no JSON.
      await aws(awsUrl, 's3', 'sync', folder, 's3://site/web', '--delete', '--quiet');
      const listed = await aws(awsUrl, 's3api', 'list-objects-v2', '--bucket', 'site');
      expect(listed['Contents']).toMatchObject([{ Key: 'web/assets/app.js' }, { Key: 'web/index.html' }]);
      await aws(awsUrl, 's3', 'cp', 's3://site/web/index.html', 's3://site/copy.html', '--quiet');
      expect(Object.keys(world().account.s3.buckets['site']?.objects ?? {})).toContain('copy.html');
      const of = ['--distribution-id', 'E2QWRUHAPOMQZL'];
      const made = await aws(awsUrl, 'cloudfront', 'create-invalidation', ...of, '--paths', '/*');
      expect(made['Invalidation']).toMatchObject({ Status: 'InProgress' });
      now += 60_000;
      const id = JSON.stringify(made).match(/"Id":"([^"]+)"/)?.[1] ?? '';
      await aws(awsUrl, 'cloudfront', 'wait', 'invalidation-completed', ...of, '--id', id);
      const all = await aws(awsUrl, 'cloudfront', 'list-distributions');
      expect(all['DistributionList']).toMatchObject({ Items: [{ DomainName: 'd111abcdef8.cloudfront.net' }] });
    },
  ],

  [
    'backs a table up',
    async () => {
      const tables = { orders: { created: '2026-01-01T00:00:00Z', expires_by: 'until' } };
      const { awsUrl } = await givenStandIn({ account: { dynamodb: { tables } } });
      const of = ['--table-name', 'orders'];
      const [table, safe, ends] = await Promise.all([
        aws(awsUrl, 'dynamodb', 'describe-table', ...of),
        aws(awsUrl, 'dynamodb', 'describe-continuous-backups', ...of),
        aws(awsUrl, 'dynamodb', 'describe-time-to-live', ...of),
      ]);
      expect(table['Table']).toMatchObject({
        TableStatus: 'ACTIVE',
        BillingModeSummary: { BillingMode: 'PAY_PER_REQUEST' },
      });
      expect(JSON.stringify(safe)).toContain('"PointInTimeRecoveryStatus":"ENABLED"');
      expect(ends['TimeToLiveDescription']).toMatchObject({ AttributeName: 'until' });
      const made = await aws(awsUrl, 'dynamodb', 'create-backup', ...of, '--backup-name', 'before');
      expect(made['BackupDetails']).toMatchObject({ BackupName: 'before', BackupStatus: 'CREATING' });
      const listed = await aws(awsUrl, 'dynamodb', 'list-backups', ...of);
      expect(listed['BackupSummaries']).toHaveLength(1);
    },
  ],

  [
    'changes a service, and waits until it is stable',
    async () => {
      let now = Date.parse('2026-03-03T11:00:00Z');
      const { awsUrl } = await givenStandIn({}, () => now);
      const at = ['--cluster', 'aep-prod'];
      const name = 'aep-backend-prod-svc';
      const updated = await aws(awsUrl, 'ecs', 'update-service', ...at, '--service', name, '--force-new-deployment');
      expect(updated['service']).toMatchObject({
        deployments: [
          { status: 'PRIMARY', rolloutState: 'IN_PROGRESS', runningCount: 0 },
          { status: 'ACTIVE', rolloutState: 'COMPLETED', runningCount: 2 },
        ],
      });
      now += 90_000;
      await aws(awsUrl, 'ecs', 'wait', 'services-stable', ...at, '--services', name);
    },
  ],
];
