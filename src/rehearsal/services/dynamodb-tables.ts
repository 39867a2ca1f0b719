// A table of DynamoDB as DescribeTable gives it.

import type { TableDescription } from '@aws-sdk/client-dynamodb';
import type { TableState } from '../account-tables.ts';
import { arn } from '../place.ts';
import type { Place } from '../place.ts';

/** What is told of a table. */
export function tableDescription(place: Place, name: string, table: TableState): TableDescription {
  const own = arn(place, 'dynamodb', `table/${name}`);
  const schema = table.keys.map((key, index) => ({
    AttributeName: key,
    KeyType: index === 0 ? ('HASH' as const) : ('RANGE' as const),
  }));
  const created = new Date(table.created);
  const indexes = Object.entries(table.indexes).map(([index, status]) => ({
    IndexName: index,
    IndexStatus: status,
    IndexArn: `${own}/index/${index}`,
    KeySchema: schema,
    Projection: { ProjectionType: 'ALL' as const },
    ItemCount: table.items,
  }));
  const stream = created.toISOString().replace(/Z$/, '');
  return {
    TableName: name,
    TableArn: own,
    TableStatus: table.status,
    CreationDateTime: created,
    KeySchema: schema,
    AttributeDefinitions: table.keys.map((key) => ({ AttributeName: key, AttributeType: 'S' as const })),
    ItemCount: table.items,
    TableSizeBytes: table.bytes,
    DeletionProtectionEnabled: table.deletion_protection,
    ProvisionedThroughput: {
      ReadCapacityUnits: table.read,
      WriteCapacityUnits: table.write,
      NumberOfDecreasesToday: 0,
    },
    ...(table.billing === 'PAY_PER_REQUEST' && { BillingModeSummary: { BillingMode: table.billing } }),
    ...(indexes.length > 0 && { GlobalSecondaryIndexes: indexes }),
    ...(table.key !== undefined && {
      SSEDescription: { Status: 'ENABLED' as const, SSEType: 'KMS' as const, KMSMasterKeyArn: table.key },
    }),
    ...(table.stream !== undefined && {
      StreamSpecification: { StreamEnabled: true, StreamViewType: table.stream },
      LatestStreamLabel: stream,
      LatestStreamArn: `${own}/stream/${stream}`,
    }),
  };
}
