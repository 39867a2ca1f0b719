// Lambda: functions, how they are set up, who may invoke them, and what they are fed from.

import type {
  AliasConfiguration,
  EventSourceMappingConfiguration,
  FunctionConfiguration,
  GetAliasRequest,
  GetFunctionConcurrencyRequest,
  GetFunctionConcurrencyResponse,
  GetFunctionConfigurationRequest,
  GetFunctionRequest,
  GetFunctionResponse,
  GetPolicyRequest,
  GetPolicyResponse,
  ListEventSourceMappingsRequest,
  ListEventSourceMappingsResponse,
  ListFunctionsRequest,
  ListFunctionsResponse,
} from '@aws-sdk/client-lambda';
import { securityGroupId, subnetId, vpcIdOf } from '../ec2-names.ts';
import { pageOf } from '../pages.ts';
import { held, idOf, uuidOf } from '../place.ts';
import type { Place } from '../place.ts';
import { refuse } from '../refusal.ts';
import { roleArn } from './iam-names.ts';
import { functionArn, functionOf, notFound } from './lambda-names.ts';
import type { Meant } from './lambda-names.ts';

export const lambda = {
  ListFunctions,
  GetFunction,
  GetFunctionConfiguration,
  GetPolicy,
  GetAlias,
  GetFunctionConcurrency,
  ListEventSourceMappings,
};

interface Paging {
  readonly MaxItems?: number | undefined;
  readonly Marker?: string | undefined;
}

/** However many are asked for, a page never has more than `most`. */
function listed<T>(items: readonly T[], { MaxItems, Marker: token }: Paging, question: string, most: number) {
  const size = MaxItems ?? most;
  if (size < 1 || size > 10_000)
    refuse('InvalidParameterValueException', `MaxItems must be between 1 and 10000, got ${size}.`);
  return pageOf(items, { token, size: Math.min(size, most), question, code: 'InvalidParameterValueException' });
}

function ListFunctions(input: ListFunctionsRequest, place: Place): ListFunctionsResponse {
  if (input.FunctionVersion !== undefined || input.MasterRegion !== undefined)
    refuse('InvalidParameterValueException', 'The stand-in lists the newest version of each function only.');
  const page = listed(Object.keys(place.account.lambda.functions), input, 'functions', 50);
  const Functions = page.items.map((name) => configuration(place, functionOf(place, name), false));
  return { Functions, NextMarker: page.next };
}

function GetFunctionConfiguration(input: GetFunctionConfigurationRequest, place: Place): FunctionConfiguration {
  return configuration(place, functionOf(place, input.FunctionName, input.Qualifier), true);
}

function GetFunction(input: GetFunctionRequest, place: Place): GetFunctionResponse {
  const meant = functionOf(place, input.FunctionName, input.Qualifier);
  const { name, state } = meant;
  const path = `snapshots/${place.account.id}/${name}-${uuidOf(`code/${name}`)}`;
  const Code =
    state.image === undefined
      ? {
          RepositoryType: 'S3',
          Location: `https://awslambda-${place.region}-tasks.s3.${place.region}.amazonaws.com/${path}?X-Amz-Signature=${idOf(path, 64)}`,
        }
      : { RepositoryType: 'ECR', ImageUri: state.image, ResolvedImageUri: state.image };
  return {
    Configuration: configuration(place, meant, true),
    Code,
    ...(state.reserved === undefined ? {} : { Concurrency: { ReservedConcurrentExecutions: state.reserved } }),
  };
}

/** A list does not say what state a function is in. */
function configuration(place: Place, meant: Meant, states: boolean): FunctionConfiguration {
  const { name, state, version, qualifier } = meant;
  const variables = Object.keys(state.environment).length > 0;
  const reason = state.reason === undefined ? {} : reasonOf(state.state === 'Active', state.reason);
  const there = { State: state.state, LastUpdateStatus: state.update, ...reason };
  return {
    FunctionName: name,
    FunctionArn: functionArn(place, name, qualifier),
    ...(state.image === undefined
      ? { Runtime: state.runtime, Handler: state.handler, PackageType: 'Zip' as const }
      : { PackageType: 'Image' as const }),
    Role: roleArn(place, state.role),
    CodeSize: state.image === undefined ? 4096 : 0,
    Description: '',
    Timeout: state.timeout,
    MemorySize: state.memory,
    LastModified: new Date(state.changed).toISOString().replace('Z', '+0000'),
    CodeSha256: Buffer.from(idOf(`code/${name}/${state.changed}`, 64), 'hex').toString('base64'),
    Version: version,
    ...(state.subnets.length === 0 ? {} : { VpcConfig: vpcConfig(place, meant) }),
    ...(state.dead_letter === undefined ? {} : { DeadLetterConfig: { TargetArn: state.dead_letter } }),
    ...(variables ? { Environment: { Variables: state.environment } } : {}),
    TracingConfig: { Mode: state.tracing },
    RevisionId: uuidOf(`revision/${name}/${state.changed}`),
    ...(state.layers.length === 0 ? {} : { Layers: state.layers.map((Arn) => ({ Arn, CodeSize: 1024 })) }),
    ...(states ? there : {}),
    Architectures: [state.architecture],
    EphemeralStorage: { Size: 512 },
    LoggingConfig: { LogFormat: 'Text', LogGroup: `/aws/lambda/${name}` },
  };
}

function reasonOf(active: boolean, words: string): Partial<FunctionConfiguration> {
  return active ? { LastUpdateStatusReason: words } : { StateReason: words };
}

function vpcConfig(place: Place, { state }: Meant): FunctionConfiguration['VpcConfig'] {
  return {
    SubnetIds: state.subnets.map((each) => subnetId(each)),
    SecurityGroupIds: state.security_groups.map((each) => securityGroupId(each)),
    VpcId: vpcIdOf(place.account.ec2, state.subnets),
    Ipv6AllowedForDualStack: false,
  };
}

/** One that nobody else may invoke has no policy, and that is an error. */
function GetPolicy(input: GetPolicyRequest, place: Place): GetPolicyResponse {
  const { name, state } = functionOf(place, input.FunctionName, input.Qualifier);
  const Statement = Object.entries(state.invokers).map(([Sid, { principal, source }]) => ({
    Sid,
    Effect: 'Allow',
    Principal: principal.includes('.') ? { Service: principal } : principal === '*' ? '*' : { AWS: principal },
    Action: 'lambda:InvokeFunction',
    Resource: functionArn(place, name),
    ...(source === undefined ? {} : { Condition: { ArnLike: { 'AWS:SourceArn': source } } }),
  }));
  if (Statement.length === 0) return notFound('The resource you requested does not exist.');
  const policy = JSON.stringify({ Version: '2012-10-17', Id: 'default', Statement });
  return { Policy: policy, RevisionId: uuidOf(`policy/${name}/${policy}`) };
}

function GetAlias(input: GetAliasRequest, place: Place): AliasConfiguration {
  const { name, state } = functionOf(place, input.FunctionName);
  const alias =
    held(state.aliases, input.Name) ?? notFound(`Cannot find alias arn: ${functionArn(place, name, input.Name)}`);
  return {
    AliasArn: functionArn(place, name, input.Name),
    Name: input.Name,
    FunctionVersion: alias.version,
    Description: '',
    RevisionId: uuidOf(`alias/${name}/${input.Name}/${alias.version}`),
  };
}

/** Where nothing is set aside, the answer is empty. */
function GetFunctionConcurrency(input: GetFunctionConcurrencyRequest, place: Place): GetFunctionConcurrencyResponse {
  const { reserved } = functionOf(place, input.FunctionName).state;
  return reserved === undefined ? {} : { ReservedConcurrentExecutions: reserved };
}

function ListEventSourceMappings(input: ListEventSourceMappingsRequest, place: Place): ListEventSourceMappingsResponse {
  const { EventSourceArn: source, FunctionName: wanted } = input;
  const of = wanted === undefined ? undefined : functionOf(place, wanted).name;
  const found = Object.entries(place.account.lambda.event_sources).filter(
    ([, each]) => (of === undefined || each.function === of) && (source === undefined || each.source === source),
  );
  const page = listed(found, input, `event sources ${source} ${of}`, 100);
  const EventSourceMappings = page.items.map(([name, each]): EventSourceMappingConfiguration => ({
    UUID: uuidOf(`event-source/${name}`),
    BatchSize: each.batch,
    EventSourceArn: each.source,
    FunctionArn: functionArn(place, each.function),
    LastModified: new Date(each.changed),
    State: each.state,
    StateTransitionReason: 'USER_INITIATED',
    ...(each.on_failure === undefined ? {} : { DestinationConfig: { OnFailure: { Destination: each.on_failure } } }),
  }));
  return { EventSourceMappings, NextMarker: page.next };
}
