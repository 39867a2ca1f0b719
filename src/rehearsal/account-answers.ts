// Who answers which operation, and what stands before every answer: expired credentials, permissions, throttling.

import { serviceWords } from './models.ts';
import type { ServiceModel, ServiceWord } from './models.ts';
import { held } from './place.ts';
import type { Place } from './place.ts';
import { unknownOperation } from './protocol.ts';
import type { AwsRequest } from './protocol.ts';
import { refuse } from './refusal.ts';
import { acm } from './services/acm.ts';
import { applicationAutoscaling } from './services/application-autoscaling.ts';
import { budgets } from './services/budgets.ts';
import { cloudwatch } from './services/cloudwatch.ts';
import { ecs } from './services/ecs.ts';
import { elbv2 } from './services/elbv2.ts';
import { logs } from './services/logs.ts';
import { rds } from './services/rds.ts';
import { route53 } from './services/route53.ts';
import { cloudfront } from './services/cloudfront.ts';
import { dynamodb } from './services/dynamodb.ts';
import { s3 } from './services/s3.ts';
import { secretsmanager } from './services/secretsmanager.ts';
import { sts } from './services/sts.ts';
import { wafv2 } from './services/wafv2.ts';
import { iam } from './services/iam.ts';
import { elasticache } from './services/elasticache.ts';
import { ecr } from './services/ecr.ts';
import { ec2 } from './services/ec2.ts';
import { eks } from './services/eks.ts';
import { kms } from './services/kms.ts';
import { lambda } from './services/lambda.ts';
import { sns } from './services/sns.ts';
import { ssm } from './services/ssm.ts';

/**
 * Inputs were read by the operation's own schema, so each handler relies on its own type of them. A method's type lets
 * it: a function's would not.
 */
type Handler = { answer(input: object, place: Place): object }['answer'];

const handlers: Readonly<Record<ServiceWord, Readonly<Record<string, Handler>>>> = {
  ecs,
  elbv2,
  route53,
  secretsmanager,
  rds,
  sts,
  cloudwatch,
  logs,
  s3,
  cloudfront,
  dynamodb,
  ec2,
  acm,
  iam,
  budgets,
  elasticache,
  ecr,
  wafv2,
  'application-autoscaling': applicationAutoscaling,
  ssm,
  kms,
  lambda,
  sns,
  eks,
};

/** The operations the stand-in plays. */
export function playedOperations(): readonly { readonly service: ServiceWord; readonly operation: string }[] {
  return serviceWords.flatMap((service) => Object.keys(handlers[service]).map((operation) => ({ service, operation })));
}

/** The answer of the account. Throws a refusal where AWS would answer with an error. */
export function accountAnswer(request: AwsRequest, place: Place): object {
  const { model, operation } = request;
  const handler = held(handlers[model.service], operation.name) ?? unknownOperation(model, operation.name);
  const { denied, throttled, expired, expired_keys: old } = place.world.faults;
  const flavour = flavourOf(model);
  const action = iamAction(model, operation.name);
  if (expired || old.includes(request.key))
    refuseWith(flavour.expired, 'The security token included in the request is expired');
  if (throttled.includes(action)) refuseWith(flavour.throttled, 'Rate exceeded');
  if (denied.includes(action)) {
    const why = `because no identity-based policy allows the ${action} action`;
    refuseWith(flavour.denied, `User: ${place.account.caller} is not authorized to perform: ${action} ${why}`);
  }
  return handler(request.input, place);
}

/** Where the action has another name than the operation. */
const renamed: Readonly<Record<string, string>> = {
  's3:ListBuckets': 's3:ListAllMyBuckets',
  's3:HeadBucket': 's3:ListBucket',
  's3:HeadObject': 's3:GetObject',
  's3:CopyObject': 's3:PutObject',
  's3:ListObjectsV2': 's3:ListBucket',
  's3:ListObjectVersions': 's3:ListBucketVersions',
  's3:GetPublicAccessBlock': 's3:GetBucketPublicAccessBlock',
  'budgets:DescribeBudgets': 'budgets:ViewBudget',
  'budgets:DescribeBudget': 'budgets:ViewBudget',
  'budgets:DescribeNotificationsForBudget': 'budgets:ViewBudget',
  'budgets:DescribeSubscribersForNotification': 'budgets:ViewBudget',
};

function iamAction(model: ServiceModel, operation: string): string {
  const action = `${model.iam}:${operation}`;
  return held(renamed, action) ?? action;
}

type Said = readonly [code: string, status: number];
type Flavour = Readonly<Record<'denied' | 'throttled' | 'expired', Said>>;

function refuseWith([code, status]: Said, message: string): never {
  refuse(code, message, status);
}

/** The same three refusals have other codes in each family of protocols. */
function flavourOf(model: ServiceModel): Flavour {
  if (model.style === 's3') {
    return { denied: ['AccessDenied', 403], throttled: ['SlowDown', 503], expired: ['ExpiredToken', 400] };
  }
  if (model.style === 'ec2') {
    return {
      denied: ['UnauthorizedOperation', 403],
      throttled: ['RequestLimitExceeded', 503],
      expired: ['RequestExpired', 400],
    };
  }
  if (model.style === 'rest-json') {
    return {
      denied: ['AccessDeniedException', 403],
      throttled: ['TooManyRequestsException', 429],
      expired: ['ExpiredTokenException', 403],
    };
  }
  if (model.namespace !== '') {
    return { denied: ['AccessDenied', 403], throttled: ['Throttling', 400], expired: ['ExpiredToken', 403] };
  }
  return {
    denied: ['AccessDeniedException', 400],
    throttled: ['ThrottlingException', 400],
    expired: ['ExpiredTokenException', 400],
  };
}
