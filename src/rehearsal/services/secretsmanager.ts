// Secrets Manager: that secrets are there, never what they hold.

import type {
  DescribeSecretRequest,
  DescribeSecretResponse,
  ListSecretsRequest,
  ListSecretsResponse,
} from '@aws-sdk/client-secrets-manager';
import { pageOf } from '../pages.ts';
import { arn, held, idOf } from '../place.ts';
import type { Place } from '../place.ts';
import { refuse } from '../refusal.ts';

export const secretsmanager = { ListSecrets, DescribeSecret };

/** The ARN of a secret, with the end that AWS makes up. */
export function secretArn(place: Place, name: string): string {
  return arn(place, 'secretsmanager', `secret:${name}-${idOf(name, 6)}`);
}

function ListSecrets(input: ListSecretsRequest, place: Place): ListSecretsResponse {
  const filters = input.Filters ?? [];
  const unknown = filters.find(({ Key: key }) => key !== 'name');
  if (unknown !== undefined)
    refuse('InvalidParameterException', `The stand-in does not filter secrets by ${unknown.Key}.`);
  const names = Object.entries(place.account.secretsmanager.secrets)
    .filter(([, secret]) => input.IncludePlannedDeletion === true || secret.deleted === undefined)
    .map(([name]) => name)
    .filter((name) => filters.every(({ Values: values = [] }) => values.some((value) => startsWith(name, value))));
  const question = `secrets ${JSON.stringify(filters)}`;
  const page = pageOf(names, {
    token: input.NextToken,
    size: input.MaxResults ?? 100,
    question,
    code: 'InvalidNextTokenException',
  });
  const list = page.items.map((name) => {
    const { VersionIdsToStages: stages, ...entry } = describe(place, name);
    return { ...entry, SecretVersionsToStages: stages };
  });
  return { SecretList: list, NextToken: page.next };
}

/** A name filter is the beginning of the name; with `!` in front, anything else. */
function startsWith(name: string, value: string): boolean {
  return value.startsWith('!') ? !name.startsWith(value.slice(1)) : name.startsWith(value);
}

/** By name, by ARN, or by ARN without its random end. */
function DescribeSecret(input: DescribeSecretRequest, place: Place): DescribeSecretResponse {
  const wanted = input.SecretId ?? '';
  const name = Object.keys(place.account.secretsmanager.secrets).find((each) => {
    const full = secretArn(place, each);
    return each === wanted || full === wanted || full.slice(0, -7) === wanted;
  });
  if (name === undefined) refuse('ResourceNotFoundException', "Secrets Manager can't find the specified secret.");
  return describe(place, name);
}

function describe(place: Place, name: string): DescribeSecretResponse {
  const secret = held(place.account.secretsmanager.secrets, name);
  if (secret === undefined) return {};
  const shared: DescribeSecretResponse = {
    ARN: secretArn(place, name),
    Name: name,
    RotationEnabled: secret.rotation,
    CreatedDate: new Date(secret.created),
    LastChangedDate: new Date(secret.changed),
    VersionIdsToStages: { [idOf(`${name} ${secret.changed}`, 32)]: ['AWSCURRENT'] },
  };
  return secret.deleted === undefined ? shared : { ...shared, DeletedDate: new Date(secret.deleted) };
}
