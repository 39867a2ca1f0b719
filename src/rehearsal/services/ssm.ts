// Systems Manager: that parameters are there and of which type, never what they hold.

import type {
  DescribeParametersRequest,
  DescribeParametersResult,
  GetParameterRequest,
  GetParameterResult,
  GetParametersByPathRequest,
  GetParametersByPathResult,
  GetParametersRequest,
  GetParametersResult,
  Parameter,
  ParameterMetadata,
  ParameterStringFilter,
} from '@aws-sdk/client-ssm';
import type { AccountState } from '../account.ts';
import { pageOf } from '../pages.ts';
import { arn, held, idOf } from '../place.ts';
import type { Place } from '../place.ts';
import { refuse } from '../refusal.ts';

export const ssm = { DescribeParameters, GetParameters, GetParameter, GetParametersByPath };

type ParameterState = AccountState['ssm']['parameters'][string];
type Named = readonly [name: string, state: ParameterState];

const invalid = 'ValidationException';

function broken(member: string, value: unknown, constraint: string): never {
  const words = `Value '${String(value)}' at '${member}' failed to satisfy constraint: ${constraint}`;
  return refuse(invalid, `1 validation error detected: ${words}`);
}

function sizeOf(size: number | undefined, most: number): number {
  if (size !== undefined && size < 1) broken('maxResults', size, 'Member must have value greater than or equal to 1');
  if (size !== undefined && size > most)
    broken('maxResults', size, `Member must have value less than or equal to ${most}`);
  return size ?? 10;
}

function parameterArn(place: Place, name: string): string {
  return arn(place, 'ssm', `parameter/${name.replace(/^\//, '')}`);
}

/** By name or ARN, with a version behind it or without: `/a/b:3`. Nothing here has labels. */
function parameterOf(place: Place, wanted: string): Named | 'no such version' | undefined {
  const { parameters } = place.account.ssm;
  const path = wanted.startsWith('arn:')
    ? wanted
        .split(':')
        .slice(5)
        .join(':')
        .replace(/^parameter/, '')
    : wanted;
  const [name = '', selector] = path.split(':');
  const found = [name, name.replace(/^\//, '')].find((each) => held(parameters, each) !== undefined);
  const state = held(parameters, found);
  if (found === undefined || state === undefined) return undefined;
  // An ARN does not say whether the name begins with a slash; a name does.
  if (found !== name && !wanted.startsWith('arn:')) return undefined;
  const version = selector === undefined ? state.version : Number(selector);
  const there = Number.isInteger(version) && version >= 1 && version <= state.version;
  return there ? [found, { ...state, version }] : 'no such version';
}

/** One bad name is no error: it is listed, and the others are answered. */
function GetParameters(input: GetParametersRequest, place: Place): GetParametersResult {
  const names = [...new Set(input.Names ?? [])];
  if (names.length === 0) broken('names', '[]', 'Member must have length greater than or equal to 1');
  if (names.length > 10) broken('names', `[${names.join(', ')}]`, 'Member must have length less than or equal to 10');
  const found = names.map((name) => [name, parameterOf(place, name)] as const);
  const there = found.flatMap(([, each]) => (typeof each === 'object' ? [each] : []));
  return {
    Parameters: there.map((each) => parameter(place, each, input.WithDecryption)),
    InvalidParameters: found.flatMap(([name, each]) => (typeof each === 'object' ? [] : [name])),
  };
}

function GetParameter(input: GetParameterRequest, place: Place): GetParameterResult {
  const found = parameterOf(place, input.Name ?? '');
  if (found === undefined) refuse('ParameterNotFound', `Parameter ${input.Name} not found.`);
  if (found === 'no such version')
    refuse('ParameterVersionNotFound', `Systems Manager could not find version of ${input.Name}.`);
  return { Parameter: parameter(place, found, input.WithDecryption) };
}

function GetParametersByPath(input: GetParametersByPathRequest, place: Place): GetParametersByPathResult {
  const { Path: path = '', Recursive: deep = false } = input;
  if (!path.startsWith('/')) refuse(invalid, 'The parameter path must begin with a slash: /');
  const filters = input.ParameterFilters ?? [];
  const found = Object.entries(place.account.ssm.parameters).filter(
    (each) => below(each[0], path, deep) && filters.every((filter) => passes(each, filter)),
  );
  const question = `by path ${path} ${deep} ${JSON.stringify(filters)}`;
  const page = pageOf(found, pageRequest(input.NextToken, sizeOf(input.MaxResults, 10), question));
  return { Parameters: page.items.map((each) => parameter(place, each, input.WithDecryption)), NextToken: page.next };
}

function DescribeParameters(input: DescribeParametersRequest, place: Place): DescribeParametersResult {
  if ((input.Filters ?? []).length > 0) refuse(invalid, 'The stand-in filters by ParameterFilters only.');
  const filters = input.ParameterFilters ?? [];
  const found = Object.entries(place.account.ssm.parameters).filter((each) =>
    filters.every((filter) => passes(each, filter)),
  );
  const question = `parameters ${JSON.stringify(filters)}`;
  const page = pageOf(found, pageRequest(input.NextToken, sizeOf(input.MaxResults, 50), question));
  return { Parameters: page.items.map((each) => metadata(place, each)), NextToken: page.next };
}

function pageRequest(token: string | undefined, size: number, question: string) {
  return { token, size, question, code: 'InvalidNextToken' };
}

function below(name: string, path: string, deep: boolean): boolean {
  const start = path.endsWith('/') ? path : `${path}/`;
  return name.startsWith(start) && (deep || !name.slice(start.length).includes('/'));
}

function passes([name, state]: Named, { Key, Option = 'Equals', Values = [] }: ParameterStringFilter): boolean {
  const equals = Option === 'Equals';
  if (Key === 'Path') {
    if (Option !== 'Recursive' && Option !== 'OneLevel')
      refuse('InvalidFilterOption', `The following filter option is not valid: ${Option}.`);
    return Values.some((value) => below(name, value, Option === 'Recursive'));
  }
  if (Key === 'Name') {
    if (equals) return Values.includes(name);
    if (Option === 'BeginsWith') return Values.some((value) => name.startsWith(value));
    if (Option === 'Contains') return Values.some((value) => name.includes(value));
  }
  if (Key === 'Type' && equals) return Values.includes(state.type);
  if (Key === 'Tier' && equals) return Values.includes(state.tier);
  if (Key === 'KeyId' && equals) return state.type === 'SecureString' && Values.includes(state.key);
  return refuse('InvalidFilterKey', `The stand-in does not filter parameters by ${Key} ${Option}.`);
}

function shared(place: Place, [name, state]: Named) {
  return {
    Name: name,
    ARN: parameterArn(place, name),
    Type: state.type,
    Version: state.version,
    LastModifiedDate: new Date(state.changed),
    DataType: 'text',
  };
}

/** A SecureString is answered with what it is stored as; what it is, the stand-in does not know. */
function parameter(place: Place, each: Named, decrypted = false): Parameter {
  const secure = each[1].type === 'SecureString';
  if (secure && decrypted) refuse(invalid, 'The stand-in holds no secrets: ask without WithDecryption.');
  const stored = `AQICAH${Buffer.from(idOf(`parameter ${each[0]} ${each[1].version}`, 64)).toString('base64')}`;
  return { ...shared(place, each), Value: secure ? stored : 'stand-in' };
}

function metadata(place: Place, each: Named): ParameterMetadata {
  const { type, key, tier, description } = each[1];
  return {
    ...shared(place, each),
    ...(type === 'SecureString' ? { KeyId: key } : {}),
    LastModifiedUser: place.account.caller,
    Tier: tier,
    Policies: [],
    ...(description === undefined ? {} : { Description: description }),
  };
}
