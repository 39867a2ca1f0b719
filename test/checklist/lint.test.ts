// Bad checklists and everything lint says of each, with its place.

import { describe, expect, it } from 'vitest';
import { checklistText, expectMistakes, mistakesIn, type Mistake } from './given.ts';

const http = '{ http: { url: "https://x.example/" } }';
const fine = 'expect: [{ path: status, eq: 200 }]';
/** One step whose own lines begin at line 18, column 13. */
const step = (rest: string, probe = http): string =>
  checklistText({
    steps: `- id: one\n  title: One\n  probe: ${probe}\n${rest
      .split('\n')
      .map((line) => `  ${line}`)
      .join('\n')}`,
  });
const call = (args: string, path = 'found'): string =>
  step(`expect: [{ path: "${path}", eq: true }]`, `{ aws.call: { ${args} } }`);
const top = (lines: string): string => checklistText({ top: lines });

type Case = readonly [what: string, text: string, mistakes: readonly Mistake[]];

const form: readonly Case[] = [
  [
    'an id that every object of JavaScript has as a name',
    checklistText({ steps: `- id: constructor\n  title: One\n  probe: ${http}\n  ${fine}` }),
    [['15 constructor', 'cannot be an id']],
  ],
  ['an unknown key that holds a map', top('vlues: { a: 1 }'), [['7 vlues', 'did you mean `values`']]],
  ['an unknown key', step(`severty: critical\n${fine}`), [['18 severty', 'did you mean `severity`']]],
  ['an unknown matcher', step('expect: [{ path: status, eqq: 1 }]'), [['18 eqq', 'did you mean `eq`']]],
  ['an expectation that compares nothing', step('expect: [{ path: status }]'), [['18 {', 'compares nothing']]],
  ['an unknown severity', step(`severity: critcal\n${fine}`), [['18 critcal', 'critical, required, advisory']]],
  [
    'a step that is two things',
    step(`ask: { question: Q, confirm: {} }\n${fine}`),
    [['15 id', 'exactly one of probe, ask, act, gate']],
  ],
  ['a wrong duration', step(`wait: { for: 5 minutes }\n${fine}`), [['18 5', 'must be a duration']]],
  [
    'an interval that runs backwards',
    step(`wait: { for: 5m, every: 30s..5s }\n${fine}`),
    [['18 30s..5s', 'must be an interval']],
  ],
  [
    'a missing title',
    checklistText({ steps: `- id: one\n  probe: ${http}\n  ${fine}` }),
    [['15 id', '`title` is missing']],
  ],
  [
    'an input of two forms',
    top('inputs: { n: { question: N, text: {}, number: {} } }'),
    [['7 {', 'exactly one form of answer']],
  ],
  [
    'a secret with a default',
    top('inputs: { n: { question: N, secret: true, default: x } }'),
    [['7 {', 'a secret stands in no file']],
  ],
  ['a name ${} could not look up', top('values: { Host-Name: x }'), [['7 Host-Name', 'cannot be a name']]],
  [
    'no steps at all (wrong pass 24)',
    'golive: 1\nname: demo\ntitle: T\ntargets: { prod: { aws: { region: us-east-1 } } }\nphases: []\n',
    [['5 []', 'proves nothing']],
  ],
  [
    'a section without steps (wrong pass 24)',
    'golive: 1\nname: demo\ntitle: T\ntargets: { prod: { aws: { region: us-east-1 } } }\nphases: [{ id: p, title: P, at: T, sections: [{ title: S, steps: [] }] }]\n',
    [['5 []', 'proves nothing']],
  ],
  [
    'an account that is filled in',
    checklistText({ targets: '{ prod: { aws: { account: "${acc}", region: us-east-1 } } }' }),
    [['5 "${acc}"', 'never a `${}`']],
  ],
  [
    'an expression for a regular expression',
    step('expect: [{ path: text, matches: "(" }]'),
    [['18 "("', 'not a regular expression']],
  ],
  [
    'a lookup in a regular expression',
    step('expect: [{ path: text, not_matches: "${host}" }]'),
    [['18 "${host}"', 'read as code']],
  ],
  ['a lookup in a path', step('expect: [{ path: "json.${host}", eq: 1 }]'), [['18 "json.${host}"', 'read as code']]],
];

const steps: readonly Case[] = [
  ['a probe that expects nothing (wrong pass 24)', step('expect: []'), [['18 []', 'proves nothing']]],
  ['a probe without expect (wrong pass 24)', step('severity: required'), [['15 id', 'proves nothing']]],
  [
    'an id used twice',
    checklistText({
      steps: `- { id: a, title: A, probe: ${http}, ${fine} }\n- { id: a, title: B, probe: ${http}, ${fine} }`,
    }),
    [['16 a', 'used twice']],
  ],
  ['an undeclared document', step(`source: paper#1\n${fine}`), [['18 paper', '`paper` is not declared']]],
  ['an unknown role', step(`owner: leed\n${fine}`), [['18 leed', 'did you mean `lead`']]],
  ['an unknown step in needs', step(`needs: [two]\n${fine}`), [['18 two', 'no step `two`']]],
  [
    'a need for a step below',
    checklistText({
      steps: `- { id: a, title: A, needs: [b], probe: ${http}, ${fine} }\n- { id: b, title: B, probe: ${http}, ${fine} }`,
    }),
    [['15 b', 'does not stand above it']],
  ],
  [
    'a critical step that can be waived',
    step(`severity: critical\nwaive: { by: lead }\n${fine}`),
    [['19 waive', 'cannot be waived']],
  ],
  [
    'a wait shorter than its interval',
    step(`wait: { for: 2s, every: 5s }\n${fine}`),
    [['18 5s', 'every 5s for only 2s']],
  ],
  [
    'a poke sent again and again',
    step(`wait: { for: 1m }\n${fine}`, '{ http: { url: "https://x.example/", method: POST } }'),
    [['18 wait', 'sent once']],
  ],
  ['a condition on a probe', step(`when: { p: true }\n${fine}`), [['18 p', 'decided at the start']]],
  [
    'a recheck with an expectation of its own',
    checklistText({
      steps: `- { id: a, title: A, probe: ${http}, ${fine} }\n- { id: b, title: B, probe: { recheck: a }, ${fine} }`,
    }),
    [['16 expect', 'takes `expect` from the step']],
  ],
  [
    'a recheck of a recheck',
    checklistText({
      steps: `- { id: a, title: A, probe: ${http}, ${fine} }\n- { id: b, title: B, probe: { recheck: a } }\n- { id: c, title: C, probe: { recheck: b } }`,
    }),
    [['17 b', 'itself a recheck']],
  ],
  [
    'a recheck of a gate',
    checklistText({
      steps: '- { id: g, title: G, gate: { poll: [lead] } }\n- { id: b, title: B, probe: { recheck: g } }',
    }),
    [['16 g', 'nothing to check again']],
  ],
  [
    'a gate that asks for more than there are',
    checklistText({ steps: '- { id: g, title: G, gate: { poll: [lead], need: { at_least: 2 } } }' }),
    [['15 2', 'only 1 can say go']],
  ],
  [
    'phases out of order',
    `${checklistText()}  - { id: second, title: S, at: T-7d, sections: [{ title: S, steps: [{ id: x, title: X, probe: ${http}, ${fine} }] }] }\n`,
    [['16 T-7d', 'earlier than the phase above']],
  ],
  [
    'different people',
    checklistText({ steps: '- { id: g, title: G, gate: { poll: [lead], different_people: true } }' }),
    [['15 true', 'only one role is asked']],
  ],
  [
    'barred from a gate',
    checklistText({
      steps:
        '- { id: q, title: Q, ask: { question: Well, confirm: {} } }\n- { id: g, title: G, gate: { poll: [lead], not_by_who_ran: [q] } }',
    }),
    [['16 q', 'is not an act']],
  ],
  ['what belongs to acts', step(`confirm: target\n${fine}`), [['18 confirm', 'belongs to acts']]],
];

const references: readonly Case[] = [
  [
    'a name nobody defined',
    step('expect: [{ path: status, eq: "${hots}" }]'),
    [['18 "${hots}"', 'did you mean `host`']],
  ],
  [
    'a lookup that is an expression',
    step('expect: [{ path: status, eq: "${host + 1}" }]'),
    [['18 "${host + 1}"', 'is not a name']],
  ],
  [
    'a lookup that is never closed',
    step('expect: [{ path: status, eq: "${host" }]'),
    [['18 "${host"', 'never closed']],
  ],
  [
    'a second definition',
    top('values: { host: a }\ninputs: { host: { question: Q, text: {} } }'),
    [['8 host', 'already the name of a value']],
  ],
  ['a built-in name', top('values: { target: a }'), [['7 target', 'something built in']]],
  [
    'values in a circle',
    top('values: { a: "${b}", b: "${a}" }'),
    [
      ['7 "${b}"', 'made of itself'],
      ['7 "${a}"', 'made of itself'],
    ],
  ],
  [
    'a value that reads a probe',
    top(`values: { a: "\${p.text}" }\nprobes: { p: ${http} }`),
    [['7 "${p.text}"', '`p` is a probe']],
  ],
  ['a value that reads the run', top('values: { a: "${run}" }'), [['7 "${run}"', 'only once a run begins']]],
  [
    'probes in a circle',
    top('probes: { p: { http: { url: "${q.text}" } }, q: { http: { url: "${p.text}" } } }'),
    [
      ['7 p', 'waits for itself'],
      ['7 q', 'waits for itself'],
    ],
  ],
  [
    'a secret outside a header',
    top('inputs: { s: { question: S, secret: true } }\nprobes: { p: { http: { url: "https://x/${s}" } } }'),
    [['8 "https://x/${s}"', 'only in the headers of http']],
  ],
  [
    'a secret in an AWS input that looks like a header',
    top(
      'inputs: { s: { question: S, secret: true } }\nprobes: { p: { aws.call: { operation: ecs:DescribeServices, input: { services: ["${s}"] } } } }',
    ),
    [['8 "${s}"', 'only in the headers of http']],
  ],
  [
    'a misspelt field of a probe',
    top(
      'probes: { p: { aws.call: { operation: elbv2:DescribeLoadBalancers }, one: LoadBalancers }, q: { http: { url: "https://${p.DNSNam}" } } }',
    ),
    [['7 "https://${p.DNSNam}"', 'did you mean `DNSName`']],
  ],
  [
    'a capture of a secret answer',
    checklistText({
      steps: `- { id: a, title: A, ask: { question: The code?, secret: true }, capture: { code: answer } }`,
    }),
    [['15 capture', 'the answer is a secret']],
  ],
  [
    'a capture read above its step',
    checklistText({
      steps: `- { id: a, title: A, probe: ${http}, expect: [{ path: text, eq: "\${seen}" }] }\n- { id: b, title: B, probe: ${http}, ${fine}, capture: { seen: text } }`,
    }),
    [['15 "${seen}"', 'captured by `b`, which does not stand above']],
  ],
  [
    'a probe that reads a capture from below',
    checklistText({
      top: 'probes: { p: { http: { url: "https://x/${seen}" } } }',
      steps: `- { id: a, title: A, probe: p, ${fine} }\n- { id: b, title: B, probe: ${http}, ${fine}, capture: { seen: text } }`,
    }),
    [['15 p', 'captured by `b`']],
  ],
];

const kinds: readonly Case[] = [
  ['an unknown kind', step(fine, '{ htp: {} }'), [['17 htp', 'did you mean `http`']]],
  ['two kinds at once', step(fine, '{ http: { url: "https://x/" }, aws.call: {} }'), [['17 {', 'more than one kind']]],
  ['no kind at all', step(fine, '{ one: a }'), [['17 {', 'names no kind']]],
  [
    'an unknown argument',
    step(fine, '{ http: { url: "https://x/", metod: GET } }'),
    [['17 metod', 'did you mean `method`']],
  ],
  ['a missing argument', step(fine, '{ http: { method: GET } }'), [['17 {', '`url` is missing']]],
  [
    'a link-local address',
    step(fine, '{ http: { url: "http://169.254.169.254/latest" } }'),
    [['17 "http://169.254.169.254/', 'link-local']],
  ],
  [
    'a link-local address to connect to',
    step(fine, '{ http: { url: "http://x/", connect_to: "[fe80::1]:80" } }'),
    [['17 "[fe80::1]:80"', 'link-local']],
  ],
  ['an unknown service', call('operation: ecss:DescribeServices'), [['17 ecss', 'did you mean `ecs`']]],
  [
    'an unknown operation',
    call('operation: ecs:DescribeService, input: { services: [x] }'),
    [['17 ecs', 'did you mean `ecs:DescribeServices`']],
  ],
  [
    'an operation that changes',
    call('operation: ecs:UpdateService, input: {}'),
    [['17 ecs:', 'not a reading operation']],
  ],
  [
    'an operation that brings a secret',
    call('operation: secretsmanager:GetSecretValue, input: { SecretId: x }'),
    [['17 secretsmanager', 'is refused']],
  ],
  ['an operation filled in later', call('operation: "${host}"'), [['17 "${host}"', 'written out']]],
  [
    'an unknown member of an input',
    call('operation: rds:DescribeDBInstances, input: { DBInstanceIdentifer: x }'),
    [['17 DBInstanceIdentifer', 'did you mean `DBInstanceIdentifier`']],
  ],
  [
    'a required member left out',
    call('operation: elbv2:DescribeTargetHealth'),
    [['17 {', 'requires `TargetGroupArn`']],
  ],
  [
    'the wrong sort of input',
    call('operation: ecs:DescribeServices, input: { services: x }'),
    [['17 x', 'takes a list']],
  ],
  [
    'an account the target does not have',
    call('operation: ecs:ListClusters, account: dns'),
    [['17 dns', 'has no account `dns`']],
  ],
];

const paths: readonly Case[] = [
  [
    'a misspelt field behind eq: false (wrong pass 2)',
    step(
      'expect: [{ path: "DBInstances[0].PubliclyAccesible", eq: false }]',
      '{ aws.call: { operation: rds:DescribeDBInstances } }',
    ),
    [['18 "DBInstances[0].Publicly', 'did you mean PubliclyAccessible']],
  ],
  [
    'a misspelt field in where',
    step(
      'expect: [{ path: "MetricAlarms[]", where: { AlarmNam: x }, one: { path: StateValue, eq: OK } }]',
      '{ aws.call: { operation: cloudwatch:DescribeAlarms } }',
    ),
    [['18 AlarmNam', 'did you mean AlarmName']],
  ],
  [
    'a misspelt field in a quantifier',
    step(
      'expect: [{ path: "MetricAlarms[]", all: { path: StateValu, eq: OK } }]',
      '{ aws.call: { operation: cloudwatch:DescribeAlarms } }',
    ),
    [['18 StateValu', 'did you mean StateValue']],
  ],
  [
    'a misspelt field in one',
    top('probes: { p: { aws.call: { operation: ecs:DescribeClusters }, one: clustrs } }'),
    [['7 clustrs', 'did you mean clusters']],
  ],
  ['a misspelt field in a capture', step(`${fine}\ncapture: { c: statu }`), [['19 statu', 'did you mean status']]],
  [
    'a misspelt field in stop_if',
    step(`wait: { for: 1m, stop_if: [{ path: statu, eq: 500 }] }\n${fine}`),
    [['18 statu', 'did you mean status']],
  ],
  [
    'a literal compared inside a filter (wrong pass 3)',
    step(`expect: [{ path: 'json.rules[?Cidr=="0.0.0.0/0"]', count: 0, proof: json.rules }]`),
    [['18 \'json.rules[?Cidr=="0.0.', 'put the literal under `where']],
  ],
  [
    'a negation that binds too tightly (wrong pass 4)',
    step('expect: [{ path: "!json.broken", eq: true }]'),
    [['18 "!json.broken"', 'negates json alone']],
  ],
  ['a count of 0 without proof', step('expect: [{ path: "json.a[]", count: 0 }]'), [['18 count', 'proves nothing']]],
  [
    'a limit that 0 satisfies, without proof',
    step('expect: [{ path: "json.a[]", count: { lte: 3 } }]'),
    [['18 count', 'proves nothing']],
  ],
  [
    'none without proof',
    step('expect: [{ path: "json.a[]", none: { path: ok, eq: false } }]'),
    [['18 none', 'proves nothing']],
  ],
  [
    'absent of a path nobody describes',
    step('expect: [{ path: json.error, absent: true }]'),
    [['18 absent', 'proves nothing']],
  ],
  ['eq: null', step('expect: [{ path: json.error, eq: null }]'), [['18 null', '`eq: null` holds of nothing']]],
  [
    'a number compared with text',
    step('expect: [{ path: to_string(status), eq: 200 }]'),
    [['18 200', 'never equal to 200']],
  ],
  [
    'text that a number is said not to be, which would always pass',
    step('expect: [{ path: status, ne: "500" }]'),
    [['18 "500"', 'never equal to "500" (write it without quotes)']],
  ],
  [
    'text in a list that a number is said not to be in',
    step('expect: [{ path: status, not_in: [500, "502"] }]'),
    [['18 [', 'never equal to "502"']],
  ],
];

for (const [name, cases] of Object.entries({ form, steps, references, kinds, paths })) {
  describe(name, () => {
    it.each(cases)('%s is found where it stands, and nothing else', (_what, text, wanted) =>
      expectMistakes(text, wanted),
    );
  });
}

it('says nothing of what proves itself', async () => {
  const expectations = [
    '{ path: "json.a[]", count: 0, proof: json.a }',
    '{ path: "json.a[]", count: { gte: 1, lte: 3 } }',
    '{ path: "json.a[]", none: { eq: 1 }, allow_empty: true }',
    '{ path: json_error, absent: true }',
    '{ path: headers.location, url: "https://${host}/" }',
  ];
  expect(await mistakesIn(step(`expect: [${expectations.join(', ')}]`))).toEqual([]);
});

it('reports every mistake of a file at once, in the order of the file', async () => {
  const text = checklistText({
    steps: `- id: One\n  title: 1\n  probe: { htp: {} }\n- id: two\n  probe: nothere\n  ${fine}\n- id: three\n  title: T\n  needs: [four]\n  probe: { http: { url: "https://\${nope}/", metod: GET } }\n  expect: [{ path: statu, eq: 200 }]`,
  });
  const mistakes = await mistakesIn(text);
  expect(mistakes.map((one) => one.split(' ', 1)[0])).toEqual([
    '15:17',
    '16:20',
    '17:22',
    '18:13',
    '19:20',
    '23:21',
    '24:35',
    '24:55',
  ]);
});

it('accepts a ${} wherever an argument wants something else than text', async () => {
  const text = checklistText({
    top: 'values: { n: 3, m: GET, t: 5s }',
    steps: `- { id: one, title: One, probe: { http: { url: "https://x/", follow: "\${n}", method: "\${m}", timeout: "\${t}" } }, ${fine} }`,
  });
  expect(await mistakesIn(text)).toEqual([]);
});

it('refuses to look up a field of a probe that pokes: that would send it from any look, in a dry run too', async () => {
  const login = 'probes:\n  login: { http: { url: "https://x/login", method: POST } }\n  ';
  const reading = (probe: string, expected = fine): string =>
    checklistText({
      top: `${login}other: ${http}`,
      steps: `- id: one\n  title: One\n  probe: ${probe}\n  ${expected}`,
    });
  const byUrl = await mistakesIn(reading('{ http: { url: "https://x/${login.json.id}" } }'));
  const byExpectation = await mistakesIn(reading(http, 'expect: [{ path: status, eq: "${login.status}" }]'));
  for (const mistakes of [byUrl, byExpectation]) expect(mistakes).toEqual([expect.stringContaining('`login` pokes')]);
  expect(await mistakesIn(reading('login'))).toEqual([]);
});

it('refuses to recheck an ask as a probe, and lets a gate name it', async () => {
  const asked = (last: string): string =>
    checklistText({
      steps: `- { id: one, title: One, ask: { question: Well?, confirm: {} } }\n- { id: two, title: Two, ${last} }`,
    });
  expect(await mistakesIn(asked('probe: { recheck: one }'))).toEqual([expect.stringContaining('`one` is an ask')]);
  expect(await mistakesIn(asked('gate: { recheck: [one], poll: [lead] }'))).toEqual([]);
});

it('refuses a `when` that compares with a ${}: it is compared as it is written, and never holds', async () => {
  const text = step(`when: { host: "\${target}" }\n${fine}`);
  expect(await mistakesIn(text)).toEqual([expect.stringContaining('`when` compares with what is written')]);
});
