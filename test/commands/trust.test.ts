// What a person is shown before a checklist that is not golive's own first runs.

import { expect, it } from 'vitest';
import { bind } from '../../src/checklist/bind.ts';
import { reachLines } from '../../src/commands/trust.ts';
import { checklistText, known, loaded } from '../checklist/given.ts';

it('names every host and operation with the values in place, those of named probes included, and the account', async () => {
  const probes =
    'probes: { beacon: { http: { url: "https://${host}/collect", headers: { authorization: "${token}" } } }, alb: { aws.call: { operation: elbv2:DescribeLoadBalancers } } }';
  const checklist = await loaded(
    checklistText({
      top: `values: { host: collector.example }\ninputs: { token: { question: T, secret: true } }\n${probes}`,
      steps:
        '- { id: one, title: One, probe: { http: { url: "https://x.example/${beacon.status}", connect_to: "${alb.LoadBalancers.0.DNSName}" } }, expect: [{ path: status, eq: 200 }] }',
    }),
  );
  const bound = bind(checklist, known, { target: 'prod', inputs: {}, partial: true });
  if (!('plan' in bound)) throw new Error(JSON.stringify(bound));
  const opened = { checklist, target: 'prod', path: '/x/demo.yaml', shown: 'checklists/demo.yaml' };
  expect(reachLines(opened, bound.plan)).toEqual([
    expect.stringMatching(
      /^checklists\/demo\.yaml \(sha256 [0-9a-f]{12}\) .* in account 111111111111 us-east-1, it will:$/,
    ),
    expect.stringContaining('GET https://collector.example/collect'),
    expect.stringContaining('elbv2:DescribeLoadBalancers'),
    expect.stringContaining('GET https://x.example/${beacon.status}, connecting to ${alb.LoadBalancers.0.DNSName}'),
  ]);
});

it('names what it would change apart from what it looks at', async () => {
  const steps =
    '- { id: one, title: One, probe: { http: { url: "https://x.example/" } }, expect: [{ path: status, eq: 200 }] }\n- { id: two, title: Two, act: { test.valve: { to: open } } }';
  const checklist = await loaded(checklistText({ steps }));
  const bound = bind(checklist, known, { target: 'prod', inputs: {} });
  if (!('plan' in bound)) throw new Error(JSON.stringify(bound));
  const opened = { checklist, target: 'prod', path: '/x/demo.yaml', shown: 'checklists/demo.yaml' };
  expect(reachLines(opened, bound.plan).slice(1)).toEqual([
    '  GET https://x.example/',
    expect.stringMatching(/^and change something, .*:$/),
    '  Turn the valve to open',
  ]);
});

it('does not call a checklist that only acts one that only asks', async () => {
  const checklist = await loaded(
    checklistText({ steps: '- { id: two, title: Two, act: { test.valve: { to: open } } }' }),
  );
  const bound = bind(checklist, known, { target: 'prod', inputs: {} });
  if (!('plan' in bound)) throw new Error(JSON.stringify(bound));
  const opened = { checklist, target: 'prod', path: '/x/demo.yaml', shown: 'checklists/demo.yaml' };
  expect(reachLines(opened, bound.plan).join('\n')).toMatch(/it will:\n.*change something.*\n {2}Turn the valve/);
});

it('names every program with its words, and everything that is run in a container', async () => {
  const steps = `- { id: one, title: One, probe: { command: { argv: [rm, -rf, "/srv/\${host}", "a b"], env: [PGHOST], aws: true } }, expect: [{ path: exit, eq: 0 }] }
- { id: two, title: Two, probe: { ecs.run_task: { cluster: c, task_definition: "t:1", container: web, command: [sh, -c, "a; b"], subnets: [s], security_groups: [g] } }, expect: [{ path: exit_code, eq: 0 }] }`;
  const checklist = await loaded(checklistText({ steps }));
  const bound = bind(checklist, known, { target: 'prod', inputs: {} });
  if (!('plan' in bound)) throw new Error(JSON.stringify(bound));
  const opened = { checklist, target: 'prod', path: '/x/demo.yaml', shown: 'checklists/demo.yaml' };
  expect(reachLines(opened, bound.plan).slice(1)).toEqual([
    "  Run rm -rf /srv/x.example 'a b', with PGHOST, the AWS credentials",
    "  Run sh -c 'a; b' in a task of t:1, in its container web, on the cluster c",
  ]);
});
