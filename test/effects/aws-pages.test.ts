import { describe, expect, it } from 'vitest';
import { readPages, tokensOf } from '../../src/effects/aws-pages.ts';
import { schemasOf, operationNames, memberSchemas } from '../../src/effects/aws-schema.ts';
import { findService, serviceWords } from '../../src/effects/aws-services.ts';
import { isReading } from '../../src/effects/aws-allowed.ts';
import { loadCatalogue } from '../../src/effects/catalogue.ts';
import type { JsonObject } from '../../src/engine/json.ts';

describe('the tokens of an operation', () => {
  it.each([
    ['logs:FilterLogEvents', [['nextToken', 'nextToken']]],
    ['elbv2:DescribeTargetGroups', [['NextMarker', 'Marker']]],
    ['rds:DescribeDBInstances', [['Marker', 'Marker']]],
    ['s3:ListObjectsV2', [['NextContinuationToken', 'ContinuationToken']]],
    ['s3:ListBuckets', [['ContinuationToken', 'ContinuationToken']]],
    [
      's3:ListObjectVersions',
      [
        ['NextKeyMarker', 'KeyMarker'],
        ['NextVersionIdMarker', 'VersionIdMarker'],
      ],
    ],
    ['route53:ListHostedZones', [['NextMarker', 'Marker']]],
    ['route53:ListTrafficPolicies', [['TrafficPolicyIdMarker', 'TrafficPolicyIdMarker']]],
    ['logs:GetLogEvents', [['nextForwardToken', 'nextToken']]],
    ['ecs:DescribeServices', []],
  ])('%s', async (name, expected) => {
    const { inputs, outputs } = await membersOf(name);
    expect(tokensOf(inputs, outputs)).toEqual(expected);
  });

  it('are known wherever the SDK pages', async () => {
    const blind: string[] = [];
    for (const word of serviceWords) {
      const sdk = await findService(word)?.load();
      for (const operation of operationNames(sdk ?? {})) {
        if (sdk === undefined || !isReading(operation) || typeof sdk[`paginate${operation}`] !== 'function') continue;
        const { inputs, outputs } = await membersOf(`${word}:${operation}`);
        if (tokensOf(inputs, outputs).length === 0) blind.push(`${word}:${operation}`);
      }
    }
    // Those of CloudFront have it inside their list, which goes on after a marker.
    const nested = blind.filter((name) => name.startsWith('cloudfront:'));
    expect(nested).toHaveLength(11);
    for (const name of nested) expect((await membersOf(name)).inputs).toContain('Marker');
    // Their token stands inside another member; the allow-list refuses them.
    const refused = blind.filter((name) => !nested.includes(name));
    expect(refused).toEqual([
      'rds:DescribeEngineDefaultClusterParameters',
      'rds:DescribeEngineDefaultParameters',
      'elasticache:DescribeEngineDefaultParameters',
    ]);
    const catalogue = await loadCatalogue(['rds', 'elasticache']);
    for (const name of refused) {
      const [word = '', operation = ''] = name.split(':');
      expect(catalogue.refusal(word, operation)).toContain('pages');
    }
  });
});

async function membersOf(name: string) {
  const [word = '', operation = ''] = name.split(':');
  const schemas = schemasOf((await findService(word)?.load()) ?? {}, operation);
  if (schemas === undefined) throw new Error(`there is no ${name}`);
  return { inputs: Object.keys(memberSchemas(schemas.input)), outputs: Object.keys(memberSchemas(schemas.output)) };
}

it('read to the end where the list and its marker are inside one member', async () => {
  const page = (items: readonly string[], more: JsonObject): JsonObject => ({
    List: { MaxItems: 2, Quantity: items.length, Items: items, ...more },
  });
  const pages = [
    page(['a', 'b'], { IsTruncated: true, NextMarker: 'b' }),
    page(['c', 'd'], { NextMarker: 'd' }),
    page(['e'], {}),
  ];
  const { merged, asked } = await play([], pages);
  expect(asked).toEqual([{ Prefix: 'p' }, { Prefix: 'p', Marker: 'b' }, { Prefix: 'p', Marker: 'd' }]);
  expect(merged['List']).toMatchObject({ Quantity: 5, Items: ['a', 'b', 'c', 'd', 'e'] });
  const stuck = page(['a'], { IsTruncated: true, NextMarker: 'b' });
  await expect(play([], [stuck, stuck])).rejects.toMatchObject({ code: 'refused' });
});

/** Reads these pages one after another. */
const play = async (tokens: readonly (readonly [string, string])[], pages: readonly JsonObject[]) => {
  const asked: JsonObject[] = [];
  const merged = await readPages('x:Y', tokens, { Prefix: 'p' }, undefined, (input) => {
    asked.push(input);
    return Promise.resolve(pages[asked.length - 1] ?? {});
  });
  return { merged, asked };
};

describe('reading pages', () => {
  it('drops a part of the token that the page does not give', async () => {
    const tokens = [
      ['NextKeyMarker', 'KeyMarker'],
      ['NextVersionIdMarker', 'VersionIdMarker'],
    ] as const;
    const { asked } = await play(tokens, [
      { IsTruncated: true, NextKeyMarker: 'a', NextVersionIdMarker: '1' },
      { IsTruncated: true, NextKeyMarker: 'b' },
      { IsTruncated: false },
    ]);
    expect(asked).toEqual([
      { Prefix: 'p' },
      { Prefix: 'p', KeyMarker: 'a', VersionIdMarker: '1' },
      { Prefix: 'p', KeyMarker: 'b' },
    ]);
  });

  it('joins lists, adds up the count of keys, and keeps a list that only one page has', async () => {
    const { merged } = await play(
      [['NextToken', 'NextToken']],
      [
        { Contents: [1], KeyCount: 1, CommonPrefixes: ['c'], NextToken: 't' },
        { Contents: [2], KeyCount: 1 },
      ],
    );
    expect(merged).toEqual({ Contents: [1, 2], KeyCount: 2, CommonPrefixes: ['c'] });
  });

  it('ends where GetLogEvents gives its own token back', async () => {
    const { merged } = await play(
      [['nextForwardToken', 'nextToken']],
      [
        { events: [1], nextForwardToken: 'f' },
        { events: [], nextForwardToken: 'f' },
      ],
    );
    expect(merged).toEqual({ events: [1] });
  });

  it('puts the values of a metric together again, and keeps metrics of one search apart', async () => {
    const series = (Label: string, ...Values: number[]) => ({ Id: 'm', Label, Values, StatusCode: 'PartialData' });
    const { merged } = await play(
      [['NextToken', 'NextToken']],
      [
        { MetricDataResults: [series('a', 1, 2), series('b', 3)], NextToken: 't' },
        { MetricDataResults: [{ ...series('a', 9), StatusCode: 'Complete' }] },
      ],
    );
    expect(merged).toEqual({
      MetricDataResults: [{ ...series('a', 1, 2, 9), StatusCode: 'Complete' }, series('b', 3)],
    });
  });

  it('puts the findings of a scan together again, which stand inside another member', async () => {
    const counts = { CRITICAL: 1, LOW: 1 };
    const page = (severity: string) => ({ findings: [{ severity }], findingSeverityCounts: counts });
    const { merged } = await play(
      [['nextToken', 'nextToken']],
      [{ imageScanFindings: page('CRITICAL'), nextToken: 't' }, { imageScanFindings: page('LOW') }],
    );
    expect(merged).toEqual({
      imageScanFindings: { findings: [{ severity: 'CRITICAL' }, { severity: 'LOW' }], findingSeverityCounts: counts },
    });
  });

  it('refuses an answer with a list inside that is cut off', async () => {
    const ObjectParts = { IsTruncated: true, NextPartNumberMarker: '2', Parts: [1, 2] };
    await expect(play([], [{ ObjectParts }])).rejects.toMatchObject({ code: 'refused' });
    expect((await play([], [{ ObjectParts: { ...ObjectParts, IsTruncated: false } }])).merged).toHaveProperty(
      'ObjectParts',
    );
  });

  it('refuses an answer that is cut off without a token', async () => {
    await expect(play([['NextMarker', 'Marker']], [{ IsTruncated: true }])).rejects.toMatchObject({ code: 'refused' });
  });
});
