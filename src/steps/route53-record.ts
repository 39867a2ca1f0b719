// All record sets of one name in a hosted zone: a plain list call starts at the name and does not stop after it.

import { z } from 'zod';
import type { Shape } from '../engine/shape.ts';
import { foundShape, missingFacts, placeWords, shapeAt, text } from './aws-facts.ts';
import { iamActions } from './aws-iam.ts';
import type { Kind } from './kind.ts';
import { isLeading } from './route53-sets.ts';
import { findZone, readSets, recordFields, zoneOperations } from './route53-zone.ts';
import type { RecordPlace } from './route53-zone.ts';

export type Route53RecordArgs = RecordPlace;

const schema: z.ZodType<Route53RecordArgs> = z.strictObject(recordFields);

const texts: Shape = { type: 'list', of: () => ({ type: 'string' }) };

/**
 * Facts: `found` (the name has a set), `zone_id` (bare), `zone_name`, `name`, `sets` (as AWS gives them, of every type,
 * weighted and failover ones too), `types`; of the sets that say where the name leads (A, AAAA, CNAME): `ttls` of those
 * that have one, and `alias`, whether one is an alias. Names are compared without case, last dot and `\052`.
 */
export const route53Record: Kind<Route53RecordArgs> = {
  name: 'route53.record',
  summary: 'All record sets of a name in a hosted zone, whatever their type.',
  example: `probe:
  route53.record: { zone: example.com, name: app.example.com }
expect:
  - { path: "ttls[]", all: { lte: 60 } }
capture: { dns_before: sets }`,
  schema,
  nature: () => 'looks',
  describe: (args) => `List the records named ${args.name} in the hosted zone ${args.zone}${placeWords(args)}`,
  permissions: () => iamActions(zoneOperations),
  operations: () => zoneOperations,
  facts: (_args, catalogue) => ({
    type: 'structure',
    members: () => ({
      zone_id: { type: 'string' },
      zone_name: { type: 'string' },
      name: { type: 'string' },
      sets: shapeAt(catalogue.shapes('route53', 'ListResourceRecordSets')?.output, ['ResourceRecordSets']) ?? {
        type: 'any',
      },
      types: texts,
      ttls: { type: 'list', of: () => ({ type: 'number' }) },
      alias: { type: 'boolean' },
      ...foundShape,
    }),
  }),
  run: async (args, world, attempt) => {
    const zone = await findZone(args, world, attempt);
    if ('missing' in zone) return missingFacts(zone, zone.requests);
    const { sets, requests } = await readSets(zone, args, world, attempt);
    const leading = sets.filter((set) => isLeading(set));
    return {
      facts: {
        found: sets.length > 0,
        zone_id: zone.id,
        zone_name: zone.name,
        name: args.name,
        sets,
        types: [...new Set(sets.flatMap((set) => text(set['Type']) ?? []))],
        ttls: leading.flatMap((set) => (typeof set['TTL'] === 'number' ? set['TTL'] : [])),
        alias: leading.some((set) => set['AliasTarget'] !== undefined),
      },
      requests: [...zone.requests, ...requests],
    };
  },
};
