import { describe, expect, it } from 'vitest';
import type { JsonObject } from '../../src/engine/json.ts';
import { judge } from '../../src/engine/judge.ts';
import { awsSecurityGroup } from '../../src/steps/aws-security-group.ts';
import { attempt, denied, missing, now, scripted } from './aws-world.ts';

const args = { id: 'sg-0db' };
const backend = 'sg-0backend';
const group = { GroupId: 'sg-0db', GroupName: 'db', VpcId: 'vpc-1', Description: 'The database' };

/** One rule as DescribeSecurityGroupRules gives it: from the backend to PostgreSQL unless something else is said. */
function rule(
  more: JsonObject = {},
  side: JsonObject = { ReferencedGroupInfo: { GroupId: backend, UserId: '111122223333' } },
) {
  return {
    SecurityGroupRuleId: 'sgr-1',
    IsEgress: false,
    IpProtocol: 'tcp',
    FromPort: 5432,
    ToPort: 5432,
    ...side,
    ...more,
  };
}

function worldOf(rules: readonly JsonObject[], groups: readonly JsonObject[] = [group]) {
  return scripted({
    'ec2:DescribeSecurityGroups': { SecurityGroups: groups },
    'ec2:DescribeSecurityGroupRules': { SecurityGroupRules: rules },
  });
}

/** The verdict on "nobody but the backend". */
async function onlyBackend(...rules: readonly JsonObject[]): Promise<string> {
  const { facts } = await awsSecurityGroup.run(args, worldOf(rules).world, attempt);
  const expectation = { path: 'ingress[]', none: { path: 'source', ne: backend }, proof: 'sources_known' };
  return judge([expectation], facts, now).verdict;
}

describe('aws.security_group', () => {
  it('keeps the fields of the group and tells its rules one by one', async () => {
    const egress = rule(
      { SecurityGroupRuleId: 'sgr-2', IsEgress: true, IpProtocol: '-1', FromPort: -1, ToPort: -1 },
      { CidrIpv4: '0.0.0.0/0' },
    );
    const { world, calls } = worldOf([rule({ Description: 'the API' }), egress]);
    expect(await awsSecurityGroup.run(args, world, attempt)).toEqual({
      facts: {
        found: true,
        ...group,
        ingress: [
          {
            rule: 'sgr-1',
            protocol: 'tcp',
            from_port: 5432,
            to_port: 5432,
            source: backend,
            via: 'group',
            owner: '111122223333',
            description: 'the API',
          },
        ],
        egress: [
          { rule: 'sgr-2', protocol: 'all', from_port: 0, to_port: 65_535, destination: '0.0.0.0/0', via: 'ipv4' },
        ],
        hidden: [],
        sources_known: true,
        destinations_known: true,
      },
      requests: ['DescribeSecurityGroups-1', 'DescribeSecurityGroupRules-2'],
    });
    expect(calls.map(({ input }) => input)).toEqual([
      { GroupIds: ['sg-0db'] },
      { Filters: [{ Name: 'group-id', Values: ['sg-0db'] }] },
    ]);
  });

  it('passes where only the backend gets in, and fails where anybody else does, by whatever way', async () => {
    expect(await onlyBackend(rule())).toBe('pass');
    expect(await onlyBackend(rule(), rule({}, { CidrIpv4: '10.0.0.0/8' }))).toBe('fail');
    expect(await onlyBackend(rule(), rule({}, { CidrIpv6: '::/0' }))).toBe('fail');
    expect(
      await onlyBackend(rule(), rule({ IpProtocol: '-1', FromPort: -1, ToPort: -1 }, { CidrIpv4: '0.0.0.0/0' })),
    ).toBe('fail');
    expect(await onlyBackend(rule(), rule({}, { ReferencedGroupInfo: { GroupId: 'sg-0other' } }))).toBe('fail');
  });

  it('does not say that it knows who gets in where a prefix list does', async () => {
    const list = rule({ SecurityGroupRuleId: 'sgr-9' }, { PrefixListId: 'pl-1' });
    expect(await onlyBackend(rule(), list)).toBe('inconclusive');
    expect(await onlyBackend(list)).toBe('inconclusive');
    const { facts } = await awsSecurityGroup.run(args, worldOf([rule(), list]).world, attempt);
    expect(facts['hidden']).toEqual([
      { rule: 'sgr-9', protocol: 'tcp', from_port: 5432, to_port: 5432, direction: 'ingress', prefix_list: 'pl-1' },
    ]);
    expect(facts['ingress']).toHaveLength(1);
    expect(facts).not.toHaveProperty('sources_known');
    expect(facts).toHaveProperty('destinations_known', true);
  });

  it('a prefix list on the way out hides nobody on the way in', async () => {
    const list = rule({ IsEgress: true }, { PrefixListId: 'pl-1' });
    const { facts } = await awsSecurityGroup.run(args, worldOf([rule(), list]).world, attempt);
    expect(facts).toMatchObject({ sources_known: true, hidden: [{ direction: 'egress' }] });
    expect(facts).not.toHaveProperty('destinations_known');
  });

  it.each([
    ['-1', {}, { protocol: 'all', from_port: 0, to_port: 65_535 }],
    ['-1', { FromPort: 443, ToPort: 443 }, { protocol: 'all', from_port: 0, to_port: 65_535 }],
    ['tcp', {}, { protocol: 'tcp', from_port: 0, to_port: 65_535 }],
    ['6', { FromPort: 80, ToPort: 90 }, { protocol: 'tcp', from_port: 80, to_port: 90 }],
    ['17', { FromPort: 53, ToPort: 53 }, { protocol: 'udp', from_port: 53, to_port: 53 }],
    ['50', { FromPort: -1, ToPort: -1 }, { protocol: '50', from_port: 0, to_port: 65_535 }],
    ['icmp', { FromPort: -1, ToPort: -1 }, { protocol: 'icmp', from_port: -1, to_port: -1 }],
    ['icmpv6', {}, { protocol: 'icmpv6' }],
  ])('protocol %s with %o is about the ports it really opens', async (IpProtocol, ports, expected) => {
    const one = { SecurityGroupRuleId: 'sgr-1', IsEgress: false, IpProtocol, ...ports, CidrIpv4: '10.0.0.0/8' };
    const { facts } = await awsSecurityGroup.run(args, worldOf([one]).world, attempt);
    expect(facts['ingress']).toEqual([{ rule: 'sgr-1', ...expected, source: '10.0.0.0/8', via: 'ipv4' }]);
  });

  it.each([
    ['who is on the other side', rule({}, {})],
    ['which direction it is about', rule({ IsEgress: null })],
    ['its protocol', rule({ IpProtocol: null })],
  ])('a rule that does not say %s is an error, never left out', async (_, strange) => {
    await expect(awsSecurityGroup.run(args, worldOf([rule(), strange]).world, attempt)).rejects.toMatchObject({
      code: 'server',
      requests: ['DescribeSecurityGroups-1', 'DescribeSecurityGroupRules-2'],
    });
  });

  it('does not believe that there are no rules when the group lists some', async () => {
    const open = { ...group, IpPermissions: [{ IpProtocol: '-1', IpRanges: [{ CidrIp: '0.0.0.0/0' }] }] };
    await expect(awsSecurityGroup.run(args, worldOf([], [open]).world, attempt)).rejects.toMatchObject({
      code: 'server',
      transient: true,
    });
  });

  it('finds a group by its name in a VPC, literally', async () => {
    const { world, calls } = worldOf(
      [],
      [
        { ...group, GroupName: 'd*b' },
        { ...group, GroupId: 'sg-2', GroupName: 'dxb' },
      ],
    );
    expect(await awsSecurityGroup.run({ vpc: 'vpc-1', name: 'd*b' }, world, attempt)).toMatchObject({
      facts: { found: true, GroupId: 'sg-0db' },
    });
    expect(calls[0]?.input).toEqual({
      Filters: [
        { Name: 'vpc-id', Values: ['vpc-1'] },
        { Name: 'group-name', Values: [String.raw`d\*b`] },
      ],
    });
  });

  it('two groups of that name are one too many', async () => {
    const { world } = worldOf([], [group, { ...group, GroupId: 'sg-2' }]);
    await expect(awsSecurityGroup.run({ vpc: 'vpc-1', name: 'db' }, world, attempt)).rejects.toMatchObject({
      code: 'invalid',
      message: expect.stringContaining('sg-0db, sg-2'),
    });
  });

  it('tells a group that is not there from one it may not see', async () => {
    const gone = scripted({ 'ec2:DescribeSecurityGroups': missing('InvalidGroup.NotFound') });
    expect(await awsSecurityGroup.run(args, gone.world, attempt)).toMatchObject({
      facts: { found: false, error: { code: 'InvalidGroup.NotFound' } },
    });
    expect(await awsSecurityGroup.run({ vpc: 'vpc-1', name: 'db' }, worldOf([], []).world, attempt)).toMatchObject({
      facts: { found: false, error: { code: 'NoSecurityGroup' } },
    });
    for (const operation of ['ec2:DescribeSecurityGroups', 'ec2:DescribeSecurityGroupRules']) {
      const answers = { 'ec2:DescribeSecurityGroups': { SecurityGroups: [group] }, [operation]: denied };
      // oxlint-disable-next-line no-await-in-loop -- one after the other reads better
      await expect(awsSecurityGroup.run(args, scripted(answers).world, attempt)).rejects.toBe(denied);
    }
  });

  it('takes an id, or a VPC with a name, and nothing in between', () => {
    const takes = (value: object): boolean => awsSecurityGroup.schema.safeParse(value).success;
    expect([{ id: 'sg-1' }, { vpc: 'vpc-1', name: 'db' }, { id: 'sg-1', region: 'eu-west-1' }].map(takes)).toEqual([
      true,
      true,
      true,
    ]);
    const wrong = [
      {},
      { id: 'db' },
      { vpc: 'vpc-1' },
      { name: 'db' },
      { id: 'sg-1', name: 'db' },
      { vpc: 'prod', name: 'db' },
    ];
    expect(wrong.some(takes)).toBe(false);
  });
});
