// KMS: keys, what they are called, and whether they are rotated.

import type {
  AliasListEntry,
  DescribeKeyRequest,
  DescribeKeyResponse,
  GetKeyRotationStatusRequest,
  GetKeyRotationStatusResponse,
  ListAliasesRequest,
  ListAliasesResponse,
  ListKeysRequest,
  ListKeysResponse,
} from '@aws-sdk/client-kms';
import type { AccountState } from '../account.ts';
import { pageOf } from '../pages.ts';
import { arn, uuidOf } from '../place.ts';
import type { Place } from '../place.ts';
import { refuse } from '../refusal.ts';

export const kms = { DescribeKey, ListKeys, ListAliases, GetKeyRotationStatus };

type KeyState = AccountState['kms']['keys'][string];
type Named = readonly [alias: string, state: KeyState];

const day = 86_400_000;

function keyId(alias: string): string {
  return uuidOf(`key/${alias}`);
}

function keyArn(place: Place, alias: string): string {
  return arn(place, 'kms', `key/${keyId(alias)}`);
}

/** By id or ARN; by alias too where that will do. */
function keyOf(place: Place, wanted: string, byAlias: boolean): Named {
  const alias = /^(?:arn:[^:]*:kms:[^:]*:\d{12}:)?alias\//.test(wanted);
  const whole = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$|^arn:[^:]*:kms:[^:]*:\d{12}:key\/\S+$/.test(wanted);
  if (!whole && !(alias && byAlias)) refuse('NotFoundException', `Invalid keyId '${wanted}'`);
  const found = Object.entries(place.account.kms.keys).find(([name]) =>
    [keyId(name), keyArn(place, name), `alias/${name}`, arn(place, 'kms', `alias/${name}`)].includes(wanted),
  );
  if (found !== undefined) return found;
  const full = wanted.startsWith('arn:') ? wanted : arn(place, 'kms', alias ? wanted : `key/${wanted}`);
  return refuse('NotFoundException', alias ? `Alias ${full} is not found.` : `Key '${full}' does not exist`);
}

function DescribeKey(input: DescribeKeyRequest, place: Place): DescribeKeyResponse {
  const [alias, state] = keyOf(place, input.KeyId ?? '', true);
  const algorithm = state.spec === 'SYMMETRIC_DEFAULT' ? 'SYMMETRIC_DEFAULT' : 'RSAES_OAEP_SHA_256';
  return {
    KeyMetadata: {
      AWSAccountId: place.account.id,
      KeyId: keyId(alias),
      Arn: keyArn(place, alias),
      CreationDate: new Date(state.created),
      Enabled: state.state === 'Enabled',
      Description: state.description,
      KeyUsage: state.usage,
      KeyState: state.state,
      Origin: 'AWS_KMS',
      KeyManager: state.manager,
      KeySpec: state.spec,
      CustomerMasterKeySpec: state.spec,
      MultiRegion: state.multi_region,
      ...(state.usage === 'ENCRYPT_DECRYPT' ? { EncryptionAlgorithms: [algorithm] } : {}),
      ...(state.deletion === undefined ? {} : { DeletionDate: new Date(state.deletion) }),
    },
  };
}

/** Not by alias. A key that cannot be rotated is refused, one that is to go says no. */
function GetKeyRotationStatus(input: GetKeyRotationStatusRequest, place: Place): GetKeyRotationStatusResponse {
  const [alias, state] = keyOf(place, input.KeyId ?? '', false);
  if (state.spec !== 'SYMMETRIC_DEFAULT')
    refuse('UnsupportedOperationException', `${keyArn(place, alias)} key spec is ${state.spec} which is not valid.`);
  const period = state.manager === 'AWS' ? 365 : state.rotation_days;
  const shared = { KeyId: keyArn(place, alias) };
  if (period === undefined || state.state === 'PendingDeletion') return { ...shared, KeyRotationEnabled: false };
  const created = Date.parse(state.created);
  const turns = Math.max(0, Math.floor((place.now - created) / (period * day))) + 1;
  return {
    ...shared,
    KeyRotationEnabled: true,
    RotationPeriodInDays: period,
    NextRotationDate: new Date(created + turns * period * day),
  };
}

function ListKeys(input: ListKeysRequest, place: Place): ListKeysResponse {
  const page = listed(Object.keys(place.account.kms.keys), input, 'keys', 1000);
  const Keys = page.items.map((alias) => ({ KeyId: keyId(alias), KeyArn: keyArn(place, alias) }));
  return { Keys, ...page.more };
}

function ListAliases(input: ListAliasesRequest, place: Place): ListAliasesResponse {
  const of = input.KeyId === undefined ? undefined : keyOf(place, input.KeyId, false)[0];
  const names = Object.keys(place.account.kms.keys).filter((each) => of === undefined || each === of);
  const page = listed(names, input, `aliases ${input.KeyId}`, 100);
  return { Aliases: page.items.map((each) => aliasEntry(place, each)), ...page.more };
}

function aliasEntry(place: Place, name: string): AliasListEntry {
  return {
    AliasName: `alias/${name}`,
    AliasArn: arn(place, 'kms', `alias/${name}`),
    TargetKeyId: keyId(name),
  };
}

function listed(
  names: readonly string[],
  { Limit: size = 50, Marker: token }: { Limit?: number | undefined; Marker?: string | undefined },
  question: string,
  most: number,
) {
  if (size < 1 || size > most) {
    const constraint = `Member must have value between 1 and ${most}`;
    refuse('ValidationException', `1 validation error detected: Value '${size}' at 'limit' failed: ${constraint}`);
  }
  const page = pageOf(names, { token, size, question, code: 'InvalidMarkerException' });
  const more = page.next === undefined ? { Truncated: false } : { NextMarker: page.next, Truncated: true };
  return { items: page.items, more };
}
