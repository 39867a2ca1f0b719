// Unmodified SDK clients against the stand-in's protocols, over loopback: what is sent is read, what is answered is received.

import * as acm from '@aws-sdk/client-acm';
import * as scaling from '@aws-sdk/client-application-auto-scaling';
import * as budgets from '@aws-sdk/client-budgets';
import * as cloudwatch from '@aws-sdk/client-cloudwatch';
import * as logs from '@aws-sdk/client-cloudwatch-logs';
import * as eks from '@aws-sdk/client-eks';
import * as cloudfront from '@aws-sdk/client-cloudfront';
import * as dynamodb from '@aws-sdk/client-dynamodb';
import * as ec2 from '@aws-sdk/client-ec2';
import * as ecr from '@aws-sdk/client-ecr';
import * as ecs from '@aws-sdk/client-ecs';
import * as elbv2 from '@aws-sdk/client-elastic-load-balancing-v2';
import * as elasticache from '@aws-sdk/client-elasticache';
import * as iam from '@aws-sdk/client-iam';
import * as kms from '@aws-sdk/client-kms';
import * as lambda from '@aws-sdk/client-lambda';
import * as rds from '@aws-sdk/client-rds';
import * as route53 from '@aws-sdk/client-route-53';
import * as s3 from '@aws-sdk/client-s3';
import * as secretsmanager from '@aws-sdk/client-secrets-manager';
import * as sns from '@aws-sdk/client-sns';
import * as ssm from '@aws-sdk/client-ssm';
import * as sts from '@aws-sdk/client-sts';
import * as wafv2 from '@aws-sdk/client-wafv2';
import * as fc from 'fast-check';
import { once } from 'node:events';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { playedOperations } from '../../src/rehearsal/account-answers.ts';
import { createAwsServer } from '../../src/rehearsal/aws-server.ts';
import { loadModel } from '../../src/rehearsal/models.ts';
import type { ServiceWord } from '../../src/rehearsal/models.ts';
import type { AwsRequest } from '../../src/rehearsal/protocol.ts';
import { pruned, valueOf } from './generated.ts';
import { clientConfig } from './given.ts';

interface Client {
  send(command: object): Promise<object>;
}

/** The package of each service and the name of its client. */
const packages: Readonly<Record<ServiceWord, readonly [exported: object, client: string]>> = {
  ecs: [ecs, 'ECSClient'],
  elbv2: [elbv2, 'ElasticLoadBalancingV2Client'],
  route53: [route53, 'Route53Client'],
  secretsmanager: [secretsmanager, 'SecretsManagerClient'],
  rds: [rds, 'RDSClient'],
  sts: [sts, 'STSClient'],
  cloudwatch: [cloudwatch, 'CloudWatchClient'],
  logs: [logs, 'CloudWatchLogsClient'],
  s3: [s3, 'S3Client'],
  cloudfront: [cloudfront, 'CloudFrontClient'],
  dynamodb: [dynamodb, 'DynamoDBClient'],
  ec2: [ec2, 'EC2Client'],
  acm: [acm, 'ACMClient'],
  iam: [iam, 'IAMClient'],
  budgets: [budgets, 'BudgetsClient'],
  elasticache: [elasticache, 'ElastiCacheClient'],
  ecr: [ecr, 'ECRClient'],
  wafv2: [wafv2, 'WAFV2Client'],
  'application-autoscaling': [scaling, 'ApplicationAutoScalingClient'],
  ssm: [ssm, 'SSMClient'],
  kms: [kms, 'KMSClient'],
  lambda: [lambda, 'LambdaClient'],
  sns: [sns, 'SNSClient'],
  eks: [eks, 'EKSClient'],
};

function clientOf(service: ServiceWord, url: string): Client {
  const [exported, name] = packages[service];
  const Constructor: new (config: object) => Client = new Map(Object.entries(exported)).get(name);
  return new Constructor(clientConfig(url));
}

function commandOf(service: ServiceWord, operation: string): new (input: object) => object {
  return new Map(Object.entries(packages[service][0])).get(`${operation}Command`);
}

/** What the client works out of an object's bytes by itself, or checks them against, and what it says of them when nobody does. */
const ofBytes = /^(?:Checksum\w*|Content(?:Length|MD5|Type)|Expires(?:String)?|(?:CopySource)?SSECustomer\w*)$/;

function plain(service: ServiceWord, value: object): object {
  const members = Object.entries(value).filter(([name]) => service !== 's3' || !ofBytes.test(name));
  return Object.fromEntries(members);
}

/** An answer whose bytes are read to their end. */
async function read(answer: object): Promise<object> {
  if (!('Body' in answer)) return answer;
  const body = answer.Body as { transformToByteArray(): Promise<Uint8Array> };
  return { ...answer, Body: new Uint8Array(await body.transformToByteArray()) };
}

const seed = Number(process.env['GOLIVE_TEST_SEED'] ?? Math.floor(Math.random() * 2 ** 31));
const runs = 12;

const exchange: { asked: AwsRequest[]; answer: object } = { asked: [], answer: {} };
const server = createAwsServer((request) => {
  exchange.asked.push(request);
  return exchange.answer;
});
let url = '';

beforeAll(async () => {
  process.stdout.write(`round trip: GOLIVE_TEST_SEED=${seed}\n`);
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  url = `http://127.0.0.1:${typeof address === 'object' ? address?.port : ''}`;
});
afterAll(() => {
  server.closeAllConnections();
  server.close();
});

/** What S3 never leaves out: the client takes an answer without it for one that broke off. */
const alwaysAnswered: Readonly<Record<string, object>> = {
  's3:CopyObject': { CopyObjectResult: { ETag: '"0123"' } },
};

describe('round trip', () => {
  test.each(playedOperations())(
    '$service:$operation: input received is input sent, output received is output answered',
    async ({ service, operation }) => {
      const model = (await loadModel(service)).operations.get(operation);
      if (model === undefined) throw new Error(`the client of ${service} has no ${operation}`);
      const client = clientOf(service, url);
      const Command = commandOf(service, operation);
      const property = fc.asyncProperty(valueOf(model.input), valueOf(model.output), async (input, any) => {
        const output = { ...any, ...alwaysAnswered[`${service}:${operation}`] };
        const [sent, answered] = [pruned(plain(service, input)), pruned(plain(service, output))];
        exchange.asked = [];
        exchange.answer = plain(service, output);
        const received = await read(await client.send(new Command(structuredClone(plain(service, input)))));
        expect(exchange.asked.map((asked) => asked.operation.name)).toEqual([operation]);
        expect(pruned(plain(service, exchange.asked[0]?.input ?? {}))).toEqual(sent);
        expect(pruned(plain(service, received))).toEqual(answered);
      });
      await fc.assert(property, { seed, numRuns: runs });
    },
  );

  test('every service the stand-in plays is covered', () => {
    expect(new Set(playedOperations().map(({ service }) => service))).toEqual(new Set(Object.keys(packages)));
    expect(playedOperations().length).toBeGreaterThan(30);
  });
});
