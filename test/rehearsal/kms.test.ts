// KMS: keys asked through the SDK's own client, and judged as a checklist of one step does.

import {
  DescribeKeyCommand,
  GetKeyRotationStatusCommand,
  KMSClient,
  ListAliasesCommand,
  ListKeysCommand,
} from '@aws-sdk/client-kms';
import { expect, test } from 'vitest';
import type { JsonObject } from '../../src/engine/json.ts';
import { play } from '../wrong-passes/given.ts';
import { clientConfig, givenStandIn } from './given.ts';

const keysOf = (keys: JsonObject): JsonObject => ({ account: { kms: { keys } } });
const patch = keysOf({
  shop: { rotation_days: 365, created: '2025-03-04T00:00:00Z' },
  sign: { spec: 'RSA_2048', usage: 'SIGN_VERIFY' },
  old: { state: 'PendingDeletion', rotation_days: 365, deletion: '2026-03-20T00:00:00Z' },
});

async function given(): Promise<KMSClient> {
  const { awsUrl } = await givenStandIn(patch);
  return new KMSClient(clientConfig(awsUrl));
}

test('a key is found by its alias, its id and its ARN, and says what it is', async () => {
  const client = await given();
  const describe = async (KeyId: string) => (await client.send(new DescribeKeyCommand({ KeyId }))).KeyMetadata;
  const key = await describe('alias/shop');
  expect(key).toMatchObject({
    KeyState: 'Enabled',
    Enabled: true,
    KeyManager: 'CUSTOMER',
    KeySpec: 'SYMMETRIC_DEFAULT',
  });
  expect(await describe(key?.KeyId ?? '')).toEqual(key);
  expect(await describe(key?.Arn ?? '')).toEqual(key);
  expect(await describe('arn:aws:kms:us-east-1:111111111111:alias/shop')).toEqual(key);
  expect(await describe('alias/old')).toMatchObject({
    Enabled: false,
    KeyState: 'PendingDeletion',
    DeletionDate: new Date('2026-03-20T00:00:00Z'),
  });
  for (const none of ['alias/none', 'shop', '00000000-0000-0000-0000-000000000000'])
    await expect(describe(none)).rejects.toMatchObject({ name: 'NotFoundException' });
});

test('rotation is told of a key by its id, not by its alias, and not of one that cannot be rotated', async () => {
  const client = await given();
  const rotation = async (alias: string) => {
    const { KeyMetadata: key } = await client.send(new DescribeKeyCommand({ KeyId: `alias/${alias}` }));
    return client.send(new GetKeyRotationStatusCommand({ KeyId: key?.KeyId }));
  };
  expect(await rotation('shop')).toMatchObject({
    KeyRotationEnabled: true,
    RotationPeriodInDays: 365,
    // Of one made a year before the rehearsal begins, less a day.
    NextRotationDate: new Date('2026-03-04T00:00:00Z'),
  });
  expect((await rotation('old')).KeyRotationEnabled).toBe(false);
  await expect(rotation('sign')).rejects.toMatchObject({ name: 'UnsupportedOperationException' });
  await expect(client.send(new GetKeyRotationStatusCommand({ KeyId: 'alias/shop' }))).rejects.toMatchObject({
    name: 'NotFoundException',
  });
});

test('keys and aliases come page by page, with a marker that is good for one question', async () => {
  const client = await given();
  const first = await client.send(new ListKeysCommand({ Limit: 2 }));
  const rest = await client.send(new ListKeysCommand({ Limit: 2, Marker: first.NextMarker }));
  expect([first.Truncated, first.Keys?.length, rest.Truncated, rest.Keys?.length]).toEqual([true, 2, false, 1]);
  const aliases = await client.send(new ListAliasesCommand({ KeyId: first.Keys?.[0]?.KeyId }));
  expect(aliases.Aliases?.map(({ AliasName }) => AliasName)).toEqual(['alias/shop']);
  await expect(client.send(new ListAliasesCommand({ Marker: first.NextMarker }))).rejects.toMatchObject({
    name: 'InvalidMarkerException',
  });
  await expect(client.send(new ListKeysCommand({ Limit: 1001 }))).rejects.toMatchObject({
    name: 'ValidationException',
  });
});

test.each([
  ['rotated', { rotation_days: 365 }, 'pass', 0],
  ['not rotated', {}, 'fail', 1],
  ['not there', null, 'fail', 1],
] as const)('a checklist asks whether a key is rotated that is %s', async (_, state, verdict, exit) => {
  const client = await given();
  const { KeyMetadata: key } = await client.send(new DescribeKeyCommand({ KeyId: 'alias/shop' }));
  const played = await play(
    `- id: rotated
  title: The key is rotated
  probe: { aws.call: { operation: "kms:GetKeyRotationStatus", input: { KeyId: "${key?.KeyId}" } } }
  expect: [{ path: KeyRotationEnabled, eq: true }]`,
    { patch: keysOf({ shop: state }) },
  );
  expect([played.exit, played.verdicts]).toEqual([exit, { rotated: verdict }]);
});
