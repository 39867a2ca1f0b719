// Goal: what a plan asks of whom is counted as golive asks it: shared looks once in a phase, pokes each by themselves.
// Method: small checklists, bound; the whole of AEP is held against a rehearsal beside the IAM policy.

import { describe, expect, it } from 'vitest';
import { bind } from '../../src/checklist/bind.ts';
import { reachOf, reachWords } from '../../src/checklist/reach.ts';
import { needsOf } from '../../src/checklist/policy-needs.ts';
import { requestsOf, type Counting, type PlanRequests } from '../../src/checklist/requests.ts';
import { requestLines } from '../../src/render/requests.ts';
import { theme } from '../../src/render/theme.ts';
import { checklistText, known, loaded } from './given.ts';

const counting: Counting = { ...known, joins: (operation) => operation === 'ecs:DescribeServices' };

async function counted(steps: string, top?: string): Promise<PlanRequests> {
  const text = checklistText({ steps, ...(top !== undefined && { top }) });
  const bound = bind(await loaded(text), known, { target: 'prod', inputs: {}, partial: true });
  if (!('plan' in bound)) throw new Error(JSON.stringify(bound));
  return requestsOf(bound.plan, counting);
}

/** `what` with its number, and its steps: one line each. */
const told = ({ total }: PlanRequests): readonly string[] =>
  total.map(({ what, atLeast, steps }) => `${atLeast} ${what}: ${steps.join(' ')}`);

const ok = 'expect: [{ path: status, eq: 200 }]';
const get = (url: string, more = ''): string => `http: { url: "${url}"${more} }`;
const alb =
  'probes: { alb: { aws.call: { operation: elbv2:DescribeLoadBalancers, input: { Names: [web] } }, one: LoadBalancers } }';

describe('the requests of a plan', () => {
  it('that several steps share are counted once in a phase, for all of them', async () => {
    const steps = [
      `- { id: one, title: One, probe: { ${get('https://x.example/', ', connect_to: "${alb.DNSName}"')} }, ${ok} }`,
      `- { id: two, title: Two, probe: { ${get('https://x.example/', ', connect_to: "${alb.DNSName}"')} }, ${ok} }`,
      `- { id: three, title: Three, probe: { ${get('https://x.example/ready')} }, ${ok} }`,
      '- { id: four, title: Four, probe: alb, expect: [{ path: Scheme, eq: internet-facing }] }',
    ].join('\n');
    expect(told(await counted(steps, alb))).toEqual([
      '1 elbv2:DescribeLoadBalancers: one two four',
      '1 GET https://x.example: three',
      '1 GET https://x.example via ${alb.DNSName}: one two',
    ]);
  });

  it('that poke are never shared: each is sent for its own step', async () => {
    const post = `probe: { ${get('https://x.example/', ', method: POST')} }, ${ok}`;
    const steps = `- { id: one, title: One, ${post} }\n- { id: two, title: Two, ${post} }`;
    expect(told(await counted(steps))).toEqual(['2 POST https://x.example: one two']);
  });

  it('of a change by a name that is a look as well are sent for its own step, and not shared with the looks', async () => {
    const look = '{ aws.call: { operation: "logs:DescribeLogGroups" } }';
    const change =
      '{ aws.call: { operation: "logs:PutRetentionPolicy", input: { logGroupName: g, retentionInDays: 30 } } }';
    const steps = [
      `- { id: one, title: One, probe: ${look}, expect: [{ path: found, eq: true }] }`,
      `- { id: two, title: Two, probe: ${look}, expect: [{ path: found, eq: true }] }`,
      `- { id: three, title: Three, act: ${change}, undo: { none: x } }`,
      `- { id: four, title: Four, act: ${change}, undo: { none: x } }`,
    ].join('\n');
    expect(told(await counted(steps))).toEqual([
      '1 logs:DescribeLogGroups: one two',
      '2 logs:PutRetentionPolicy: three four',
    ]);
  });

  it('that have to hold several times in a row, or for a while, are at least that many', async () => {
    const steps = [
      `- { id: one, title: One, probe: { ${get('https://x.example/')} }, wait: { for: 1m, every: 5s, consecutive: 3 }, ${ok} }`,
      `- { id: two, title: Two, probe: { ${get('https://y.example/')} }, hold: { for: 10m, every: 1m, coverage: 80% }, ${ok} }`,
    ].join('\n');
    // Eleven looks in ten minutes, of which four in five have to be there.
    expect(told(await counted(steps))).toEqual(['3 GET https://x.example: one', '9 GET https://y.example: two']);
  });

  it('that a gate or a recheck makes once more count for it, and skipped steps make none', async () => {
    const steps = [
      `- { id: one, title: One, severity: critical, probe: { ${get('https://x.example/')} }, ${ok} }`,
      `- { id: two, title: Two, when: { login: true }, probe: { ${get('https://y.example/')} }, ${ok} }`,
      '- { id: gate, title: Go, gate: { poll: [lead], recheck: critical } }',
    ].join('\n');
    expect(told(await counted(steps, 'values: { login: false }'))).toEqual(['1 GET https://x.example: one gate']);
  });

  it('name the place where it is not the target’s own, and each operation of a kind', async () => {
    const targets =
      '{ prod: { aws: { account: "111111111111", region: us-east-1 }, accounts: { dns: { account: "222222222222", region: us-east-1 } } } }';
    const step =
      '- { id: one, title: One, probe: { route53.record: { zone: x.example, name: a.x.example, account: dns } }, expect: [{ path: found, eq: true }] }';
    const checklist = await loaded(checklistText({ steps: step, targets }));
    const bound = bind(checklist, known, { target: 'prod', inputs: {} });
    if (!('plan' in bound)) throw new Error(JSON.stringify(bound));
    expect(told(requestsOf(bound.plan, counting))).toEqual([
      '1 route53:ListHostedZonesByName (account dns): one',
      '1 route53:ListResourceRecordSets (account dns): one',
    ]);
  });

  it('that AWS takes together are one for each cluster', async () => {
    const steps = ['shop web', 'shop api', 'other web'].map((words, index) => {
      const [cluster, service] = words.split(' ');
      return `- { id: s${index}, title: S, probe: { aws.ecs_service: { cluster: ${cluster}, service: ${service} } }, expect: [{ path: desiredCount, gte: 1 }] }`;
    });
    const lines = told(await counted(steps.join('\n')));
    expect(lines).toContain('2 ecs:DescribeServices: s0 s1 s2');
    expect(lines).toContain('3 ecs:ListTasks: s0 s1 s2');
  });

  it('that verify an act count for it, and those of the way back only where there is one', async () => {
    const steps = `- { id: one, title: One, act: { test.pump: { to: on } }, verify: { probe: { ${get('https://x.example/')} }, ${ok} }, undo: [{ test.pump: { to: off }, verify: { probe: { ${get('https://y.example/')} }, ${ok} } }] }`;
    const rollback = `rollback:\n  - { id: two, title: Two, probe: { ${get('https://z.example/')} }, ${ok} }\n`;
    const checklist = await loaded(`${checklistText({ steps })}${rollback}`);
    const bound = bind(checklist, known, { target: 'prod', inputs: {} });
    if (!('plan' in bound)) throw new Error(JSON.stringify(bound));
    const { phases, ...all } = requestsOf(bound.plan, counting);
    expect(told({ phases, ...all })).toEqual([
      '1 route53:ListHostedZones: one',
      '1 GET https://x.example: one',
      '0 GET https://y.example: one',
      '0 GET https://z.example: two',
    ]);
    expect(phases.map(({ id, atLeast }) => [id, atLeast])).toEqual([
      ['first', 2],
      ['rollback', 0],
    ]);
    const actions = (acts: boolean): readonly string[] => needsOf(bound.plan, known, acts).map(({ action }) => action);
    expect([actions(false), actions(true)]).toEqual([[], ['test:Turn', 'test:Turn']]);
  });

  it('add up over phases', async () => {
    const { phases, atLeast, total } = await counted(
      `- { id: one, title: One, probe: { ${get('https://x.example/')} }, ${ok} }`,
    );
    expect(phases).toEqual([{ id: 'first', title: 'First', at: 'T-1h', requests: total, atLeast: 1 }]);
    expect(atLeast).toBe(1);
  });
});

describe('what is reached besides AWS', () => {
  const words = (kind: string, args: Parameters<typeof reachOf>[0]['args']): readonly string[] =>
    reachOf({ kind, args }).map(reachWords);

  it('is read off the arguments, templates included', () => {
    expect(words('http', { url: 'http://${host}:8080/a?b', method: 'POST' })).toEqual(['POST http://${host}:8080']);
    expect(words('http', { url: '${url}' })).toEqual([]);
    expect(words('tls', { host: 'x.example', connect_to: '192.0.2.7' })).toEqual(['TLS x.example:443 via 192.0.2.7']);
    expect(words('dns', { name: 'x.example', type: 'AAAA', same_as: 'lb.example' })).toEqual([
      'DNS AAAA x.example',
      'DNS AAAA lb.example',
    ]);
    expect(words('command', { argv: ['aws', 'sts', 'get-caller-identity'] })).toEqual(['run aws']);
    expect(words('aws.call', { operation: 'ecs:DescribeServices' })).toEqual([]);
  });

  it('is asked of each server, and each version of TLS is a handshake of its own', () => {
    expect(reachOf({ kind: 'dns', args: { name: 'x', servers: ['authoritative', '192.0.2.1'] } })).toMatchObject([
      { type: 'dns', servers: ['authoritative', '192.0.2.1'] },
    ]);
    expect(reachOf({ kind: 'tls', args: { host: 'x', versions: ['TLSv1', 'TLSv1.3'] } })).toMatchObject([
      { handshakes: 3 },
    ]);
  });

  it('is the wire too where a public record is replaced', () => {
    const to = [{ Type: 'A' }, { Type: 'AAAA' }, { Type: 'A' }];
    expect(words('route53.replace_record', { name: 'x.example', to })).toEqual([
      'DNS A x.example',
      'DNS AAAA x.example',
    ]);
    expect(words('route53.replace_record', { name: 'x.example', to, private: true })).toEqual([]);
  });
});

describe('the table of requests', () => {
  it.each([60, 80, 120])('fits %i columns, with every step in it', async (width) => {
    const ids = Array.from({ length: 12 }, (_, index) => `a-named-step-${index}`);
    const via = ', connect_to: "${alb.DNSName}"';
    const steps = ids.map(
      (id) => `- { id: ${id}, title: T, probe: { ${get('https://app.navralabs.example/', via)} }, ${ok} }`,
    );
    const page = { width, theme: theme({ colour: false, unicode: true }) };
    const lines = requestLines(page, await counted(steps.join('\n'), alb), 2);
    for (const line of lines) expect(line.length, line).toBeLessThanOrEqual(width);
    const text = lines.join('\n');
    for (const id of ids) expect(text).toContain(id);
    expect(text).toContain('T-1h  First (first): 2 requests\n');
    expect(text).toContain('In all 2 requests: 1 operation of AWS, 1 other.');
    expect(text.replaceAll(/\s+/g, ' ')).toContain('begins with sts:GetCallerIdentity in 2 accounts.');
  });
});
