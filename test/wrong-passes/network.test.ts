// Goal: a network that is open, or of which nobody can say whether it is, never passes for one that is closed.
// Method: each case of docs/wrong-passes.md is a step of its own, rehearsed through the real kind against the stand-in.

import { describe, expect, test } from 'vitest';
import type { JsonObject } from '../../src/engine/json.ts';
import { securityGroupId, vpcId } from '../../src/rehearsal/ec2-names.ts';
import { play } from './given.ts';

/** A database of its own, open to its backend and to these as well. */
function database(ingress: JsonObject): JsonObject {
  const backend = { from: 5432, to: 5432, group: 'case-backend' };
  return {
    account: {
      ec2: {
        vpcs: { case: { cidr: '10.9.0.0/16' } },
        security_groups: {
          'case-backend': { vpc: 'case' },
          'case-db': { vpc: 'case', ingress: { backend, ...ingress } },
        },
      },
    },
  };
}

const closed = `- id: closed
  title: Only the backend reaches the database
  probe: { aws.security_group: { vpc: ${vpcId('case')}, name: case-db } }
  expect: [{ path: "ingress[]", none: { path: source, ne: ${securityGroupId('case-backend')} }, proof: sources_known }]`;

describe('wrong pass 19: only the backend reaches the database', () => {
  test.each([
    ['for all protocols', { protocol: 'all', cidr: '0.0.0.0/0' }, '"0.0.0.0/0"'],
    ['for all protocols from a group', { protocol: 'all', group: 'case-other' }, securityGroupId('case-other')],
    ['for everybody over IPv6', { from: 5432, to: 5432, cidr6: '::/0' }, '"::/0"'],
  ])('with a rule %s fails, and says whom it lets in', async (_, rule, words) => {
    const played = await play(closed, { patch: database({ other: rule }) });
    expect([played.exit, played.verdicts]).toEqual([1, { closed: 'fail' }]);
    expect(played.screen).toContain(words);
  });

  test('a rule for all protocols covers the port that nobody named', async () => {
    const port = '{ path: from_port, lte: 5432 }, { path: to_port, gte: 5432 }, { path: via, eq: ipv4 }';
    const shut = `- id: shut
  title: No network reaches the port of the database
  probe: { aws.security_group: { vpc: ${vpcId('case')}, name: case-db } }
  expect: [{ path: "ingress[]", none: [${port}], proof: sources_known }]`;
    const open = await play(shut, { patch: database({ other: { protocol: 'all', cidr: '10.0.0.0/8' } }) });
    expect([open.exit, open.verdicts]).toEqual([1, { shut: 'fail' }]);
    const elsewhere = await play(shut, { patch: database({ other: { from: 443, to: 443, cidr: '10.0.0.0/8' } }) });
    expect([elsewhere.exit, elsewhere.verdicts]).toEqual([0, { shut: 'pass' }]);
  });

  test('with a prefix list is inconclusive, because nobody knows who is in it', async () => {
    const list = { from: 5432, to: 5432, prefix_list: 'pl-0123456789abcdef0' };
    const played = await play(closed, { patch: database({ list }) });
    expect([played.exit, played.verdicts]).toEqual([2, { closed: 'inconclusive' }]);
    expect(played.screen).toContain('sources_known');
  });

  test('with its one rule passes', async () => {
    const played = await play(closed, { patch: database({}) });
    expect([played.exit, played.verdicts]).toEqual([0, { closed: 'pass' }]);
  });
});

test('wrong pass 8: the rule that lets everybody in is on the second page', async () => {
  const many = Array.from({ length: 1000 }, (_, index): readonly [string, JsonObject] => [
    `r${index}`,
    { from: index, to: index, group: 'case-backend' },
  ]);
  const last = { protocol: 'all', cidr: '0.0.0.0/0' };
  const played = await play(closed, { patch: database({ ...Object.fromEntries(many), last }) });
  expect([played.exit, played.verdicts]).toEqual([1, { closed: 'fail' }]);
});

test('wrong pass 6: of the group and its rules the second may not be read', async () => {
  const faults = { denied: ['ec2:DescribeSecurityGroupRules'] };
  const played = await play(closed, { patch: { ...database({}), faults } });
  expect([played.exit, played.verdicts]).toEqual([2, { closed: 'error' }]);
  expect(played.screen).toContain('ec2:DescribeSecurityGroupRules');
});
