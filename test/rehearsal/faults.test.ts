import { CloudWatchClient, DescribeAlarmsCommand } from '@aws-sdk/client-cloudwatch';
import { CloudWatchLogsClient, FilterLogEventsCommand } from '@aws-sdk/client-cloudwatch-logs';
import { DescribeServicesCommand, ECSClient, ListAttributesCommand } from '@aws-sdk/client-ecs';
import {
  DescribeTagsCommand,
  DescribeTargetHealthCommand,
  ElasticLoadBalancingV2Client,
} from '@aws-sdk/client-elastic-load-balancing-v2';
import { GetHealthCheckCommand, ListHostedZonesCommand, Route53Client } from '@aws-sdk/client-route-53';
import {
  GetBucketAclCommand,
  GetPublicAccessBlockCommand,
  GetBucketTaggingCommand,
  S3Client,
} from '@aws-sdk/client-s3';
import { GetSecretValueCommand, SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { GetCallerIdentityCommand, GetSessionTokenCommand, STSClient } from '@aws-sdk/client-sts';
import { describe, expect, test } from 'vitest';
import { clientConfig, givenStandIn } from './given.ts';

/** One reading operation of each family of protocols, with its IAM action. */
function asks(awsUrl: string) {
  const config = clientConfig(awsUrl);
  return {
    'ecs:DescribeServices': () =>
      new ECSClient(config).send(
        new DescribeServicesCommand({ cluster: 'aep-prod', services: ['aep-backend-prod-svc'] }),
      ),
    'logs:FilterLogEvents': () =>
      new CloudWatchLogsClient(config).send(new FilterLogEventsCommand({ logGroupName: '/ecs/aep-backend-prod' })),
    'cloudwatch:DescribeAlarms': () => new CloudWatchClient(config).send(new DescribeAlarmsCommand({})),
    'elasticloadbalancing:DescribeTargetHealth': () =>
      new ElasticLoadBalancingV2Client(config).send(new DescribeTargetHealthCommand({ TargetGroupArn: 'arn:x' })),
    'route53:ListHostedZones': () => new Route53Client(config).send(new ListHostedZonesCommand({})),
    's3:GetBucketPublicAccessBlock': () =>
      new S3Client(config).send(new GetPublicAccessBlockCommand({ Bucket: 'aep-prod-alb-logs' })),
  };
}

const actions = [
  'ecs:DescribeServices',
  'logs:FilterLogEvents',
  'cloudwatch:DescribeAlarms',
  'elasticloadbalancing:DescribeTargetHealth',
  'route53:ListHostedZones',
  's3:GetBucketPublicAccessBlock',
] as const;

describe('faults', () => {
  test.each(actions)(
    'a denied %s is refused as denied, with the action and the caller in the message',
    async (action) => {
      const { awsUrl } = await givenStandIn({ faults: { denied: [action] } });
      await expect(asks(awsUrl)[action]()).rejects.toMatchObject({
        name: expect.stringMatching(/^AccessDenied(Exception)?$/),
        message: expect.stringMatching(
          new RegExp(`assumed-role/Deployer/rehearsal is not authorized to perform: ${action} `),
        ),
      });
    },
  );

  test.each(actions)('a throttled %s is throttled at every attempt', async (action) => {
    const { awsUrl } = await givenStandIn({ faults: { throttled: [action] } });
    for (const _ of [1, 2]) {
      await expect(asks(awsUrl)[action]()).rejects.toMatchObject({
        name: expect.stringMatching(/^(Throttling(Exception)?|SlowDown)$/),
      });
    }
  });

  test.each(actions)('with expired credentials %s says so', async (action) => {
    const { awsUrl } = await givenStandIn({ faults: { expired: true } });
    await expect(asks(awsUrl)[action]()).rejects.toMatchObject({
      name: expect.stringMatching(/^ExpiredToken(Exception)?$/),
    });
  });

  test('keys that have expired are those of that id, and others are as good as ever', async () => {
    const { awsUrl } = await givenStandIn({ faults: { expired_keys: ['OLD'] } });
    const ask = (accessKeyId: string) =>
      new STSClient({ ...clientConfig(awsUrl), credentials: { accessKeyId, secretAccessKey: 's' } }).send(
        new GetCallerIdentityCommand({}),
      );
    await expect(ask('OLD')).rejects.toMatchObject({ name: expect.stringMatching(/^ExpiredToken/) });
    expect(await ask('OLDER')).toMatchObject({ Account: '111111111111' });
  });

  test('expired credentials do not even say who they belong to', async () => {
    const { awsUrl } = await givenStandIn({ faults: { expired: true } });
    await expect(new STSClient(clientConfig(awsUrl)).send(new GetCallerIdentityCommand({}))).rejects.toMatchObject({
      name: expect.stringMatching(/^ExpiredToken/),
    });
  });
});

const refused = (operation: string) => ({
  name: 'UnknownOperationException',
  message: expect.stringContaining(`does not play ${operation}`),
});

const scope = (service: string) =>
  `AWS4-HMAC-SHA256 Credential=AKID/20260302/us-east-1/${service}/aws4_request, SignedHeaders=host, Signature=0`;

describe('what the stand-in does not play', () => {
  test('is refused in every protocol, never answered with something empty', async () => {
    const config = clientConfig((await givenStandIn()).awsUrl);
    await expect(
      new ECSClient(config).send(new ListAttributesCommand({ targetType: 'container-instance' })),
    ).rejects.toMatchObject(refused('ecs:ListAttributes'));
    await expect(
      new SecretsManagerClient(config).send(new GetSecretValueCommand({ SecretId: 'aep/prod/DATABASE_URL' })),
    ).rejects.toMatchObject(refused('secretsmanager:GetSecretValue'));
    await expect(
      new ElasticLoadBalancingV2Client(config).send(new DescribeTagsCommand({ ResourceArns: ['arn:x'] })),
    ).rejects.toMatchObject(refused('elbv2:DescribeTags'));
    await expect(new STSClient(config).send(new GetSessionTokenCommand({}))).rejects.toMatchObject(
      refused('sts:GetSessionToken'),
    );
    await expect(
      new Route53Client(config).send(new GetHealthCheckCommand({ HealthCheckId: 'x' })),
    ).rejects.toMatchObject(refused('route53:GetHealthCheck'));
    await expect(
      new S3Client(config).send(new GetBucketAclCommand({ Bucket: 'aep-prod-alb-logs' })),
    ).rejects.toMatchObject(refused('s3:GetBucketAcl'));
    await expect(
      new S3Client(config).send(new GetBucketTaggingCommand({ Bucket: 'aep-prod-alb-logs' })),
    ).rejects.toMatchObject(refused('s3:GetBucketTagging'));
  });

  test('includes requests without a signature and signatures for other services', async () => {
    const { awsUrl } = await givenStandIn();
    for (const headers of [{}, { authorization: scope('glue') }, { authorization: 'Bearer x' }]) {
      const answer = await fetch(awsUrl, { method: 'POST', body: '{}', headers });
      expect([answer.status, await answer.json()]).toMatchObject([
        403,
        { __type: 'MissingAuthenticationTokenException' },
      ]);
    }
  });
});
