// Facts against expectations: quantifiers, proofs, and everything that must not pass on nothing.

import { describe, expect, test } from 'vitest';
import type { Expectation, Finding } from '../../src/engine/expectation.ts';
import { explain } from '../../src/engine/explain.ts';
import type { Json } from '../../src/engine/json.ts';
import { capturePath, judge, selectOne } from '../../src/engine/judge.ts';

const now = Date.parse('2026-03-01T12:00:00Z');

function find(expectation: Expectation, facts: Json): Finding {
  const [finding] = judge([expectation], facts, now).findings;
  if (finding === undefined) throw new Error('no finding');
  return finding;
}

const targets = [
  { id: '10.0.1.4', state: 'healthy', zone: 'a' },
  { id: '10.0.1.5', state: 'unhealthy', zone: 'b' },
];

describe('the verdict', () => {
  test('is the worst of all expectations, and every one of them is told', () => {
    const facts = { status: 503, list: [] };
    const judged = judge(
      [
        { path: 'status', eq: 503 },
        { path: 'list', count: 0 },
        { path: 'status', lt: 500 },
      ],
      facts,
      now,
    );
    expect(judged.verdict).toBe('fail');
    expect(judged.findings.map((finding) => finding.verdict)).toEqual(['pass', 'inconclusive', 'fail']);
    expect(
      judge(
        [
          { path: 'status', eq: 503 },
          { path: 'list', count: 0 },
        ],
        facts,
        now,
      ).verdict,
    ).toBe('inconclusive');
    expect(judge([{ path: 'status', eq: 503 }], facts, now).verdict).toBe('pass');
  });

  test('without expectations is inconclusive', () => {
    expect(judge([], { status: 200 }, now).verdict).toBe('inconclusive');
  });

  test('on what was not found is a fail with the reason, whatever is expected', () => {
    const facts = { found: false, error: { code: 'ServiceNotFound', message: 'no service web' } };
    expect(find({ path: 'desiredCount', absent: true }, facts)).toMatchObject({
      verdict: 'fail',
      observed: 'not found: ServiceNotFound: no service web',
    });
    expect(find({ path: 'failures[]', count: 0, allow_empty: true }, facts).verdict).toBe('fail');
    expect(find({ path: 'found', eq: false }, facts).verdict).toBe('pass');
    expect(find({ path: 'x', eq: 1 }, { found: false, missing: 'nothing among 2' }).observed).toBe(
      'not found: nothing among 2',
    );
  });
});

describe('wrong pass 1: over an empty list', () => {
  test.each<Expectation>([{ all: { eq: 'healthy' } }, { any: { eq: 'healthy' } }, { one: { eq: 'healthy' } }])(
    '%j proves nothing and fails',
    (quantified) => {
      const finding = find({ path: 'targets[].state', ...quantified }, { targets: [] });
      expect(finding.verdict).toBe('fail');
      expect(finding.observed).toContain('over nothing proves nothing');
    },
  );

  test.each<Expectation>([
    { none: { eq: 'unhealthy' } },
    { count: 0 },
    { count: { lte: 3 } },
    { eq: [] },
    { absent: true },
  ])('%j needs a proof', (expectation) => {
    expect(find({ path: 'targets', ...expectation }, { targets: [], found: true }).verdict).toBe('inconclusive');
    expect(find({ path: 'targets', ...expectation, proof: 'found' }, { targets: [], found: true }).verdict).toBe(
      'pass',
    );
    expect(find({ path: 'targets', ...expectation, allow_empty: true }, { targets: [] }).verdict).toBe('pass');
  });

  test('allow_empty says that empty is fine, not that everything may be missing', () => {
    expect(find({ path: 'targets', all: { eq: 1 }, allow_empty: true }, { targets: [] }).verdict).toBe('pass');
    expect(find({ path: 'a.targets', all: { eq: 1 }, allow_empty: true }, { b: 1 }).verdict).toBe('inconclusive');
  });
});

describe('wrong pass 2: a misspelt path', () => {
  const facts = { DBInstances: [{ PubliclyAccessible: true, Status: 'available' }] };

  test.each<Expectation>([
    { eq: false },
    { ne: true },
    { not_in: [true] },
    { lt: 5 },
    { not_matches: 'x' },
    { eq: null },
    { ne: null },
    { all: { eq: false } },
    { absent: false },
    { count: { gte: 1 } },
  ])('fails %j and names the nearest field', (expectation) => {
    const finding = find({ path: 'DBInstances[0].PubliclyAccesible', ...expectation }, facts);
    expect(finding).toMatchObject({ verdict: 'fail', hint: 'did you mean PubliclyAccessible?' });
    expect(finding.observed).toContain('no PubliclyAccesible in DBInstances[0]');
  });

  test.each<Expectation>([
    { path: 'DBInstances[]', none: { path: 'PubliclyAccesible', eq: true } },
    { path: 'DBInstances[]', all: { path: 'PubliclyAccesible', ne: true } },
    { path: 'DBInstances[?PubliclyAccesible]', count: 0, proof: 'DBInstances' },
    { path: 'DBInstances[]', where: { PubliclyAccesible: true }, count: 0, proof: 'DBInstances' },
    {
      path: 'DBInstances[]',
      where: { PubliclyAccesible: true },
      none: { path: 'Status', eq: 'available' },
      proof: 'DBInstances',
    },
    { path: 'DBInstances[].PubliclyAccesible', count: 0, proof: 'DBInstances' },
    { path: '!(DBInstances[0].PubliclyAccesible)', eq: true },
    { path: 'DBInstances[0].PubliclyAccesible == DBInstances[0].Statu', eq: true },
    { path: 'to_string(DBInstances[0].PubliclyAccesible)', ne: 'true' },
    { path: 'DBInstances', count: { gte: 1 }, any: { path: 'PubliclyAccesible', absent: true, proof: 'Statu' } },
  ])('does not pass hidden in %j', (expectation) => {
    expect(find(expectation, facts).verdict).not.toBe('pass');
  });

  test('is needed wherever it is asked for, also where what was seen would do', () => {
    const seen = { rules: [{ source: 'sg-1' }] };
    const asked: Expectation = { path: 'rules[]', all: { path: 'source', eq: 'sg-1' }, proof: 'sources_known' };
    expect(find(asked, seen)).toMatchObject({
      verdict: 'inconclusive',
      observed: '1 of 1, and the proof sources_known says: nothing: no sources_known',
    });
    expect(find(asked, { ...seen, sources_known: true }).verdict).toBe('pass');
    expect(find({ path: 'rules[]', count: 1, proof: 'sources_known' }, seen).verdict).toBe('inconclusive');
    expect(find({ path: 'rules[]', any: { path: 'source', eq: 'sg-1' }, proof: 'sources_known' }, seen).verdict).toBe(
      'inconclusive',
    );
  });

  test('is absent only where its surroundings were read, or a proof says so', () => {
    expect(find({ path: 'DBInstances[0].Error', absent: true }, facts).verdict).toBe('pass');
    expect(find({ path: 'Clusters[0].Error', absent: true }, facts).verdict).toBe('inconclusive');
    expect(find({ path: 'Error', absent: true }, {}).verdict).toBe('inconclusive');
    expect(find({ path: 'Error', absent: true, proof: 'DBInstances[]' }, facts).verdict).toBe('pass');
    expect(find({ path: 'Error', absent: true, proof: 'Clusters[]' }, facts).verdict).toBe('inconclusive');
  });
});

describe('wrong pass 16: no matches in a log group', () => {
  const clean: Expectation = { path: 'matches[]', count: 0, proof: 'events_received' };

  test.each([
    ['that received events passes', { matches: [], events_received: 120 }, 'pass'],
    ['that received none is inconclusive', { matches: [], events_received: 0 }, 'inconclusive'],
    ['of which nobody knows whether it received any is inconclusive', { matches: [] }, 'inconclusive'],
    ['that has one after all fails', { matches: [{ message: 'ERROR' }], events_received: 120 }, 'fail'],
  ])('%s', (_words, facts, verdict) => {
    expect(find(clean, facts).verdict).toBe(verdict);
    expect(
      find({ path: 'matches[]', none: { path: 'message', matches: 'ERROR' }, proof: 'events_received' }, facts).verdict,
    ).toBe(verdict);
  });
});

describe('elements that a projection loses', () => {
  const facts = { volumes: [{ id: 'a', encrypted: true }, { id: 'b' }, { id: 'c' }] };

  test.each<Expectation>([
    { all: { eq: true } },
    { none: { eq: false } },
    { eq: [true] },
    { ne: [false] },
    { count: 1 },
    { count: { gte: 1 } },
  ])('count against %j', (expectation) => {
    const finding = find({ path: 'volumes[].encrypted', ...expectation }, facts);
    expect(finding.verdict).toBe('fail');
    expect(finding.observed).toContain('2 of 3 have no value for volumes[].encrypted');
  });

  test.each<Expectation>([{ any: { eq: true } }, { one: { eq: true } }, { contains: true }])(
    'do not matter to %j',
    (expectation) => {
      expect(find({ path: 'volumes[].encrypted', ...expectation }, facts).verdict).toBe('pass');
    },
  );
});

describe('quantifiers', () => {
  const facts = { targets };
  const healthy = { path: 'state', eq: 'healthy' };

  test.each<[Expectation, string, string]>([
    [{ all: healthy }, 'fail', '1 of 2: "unhealthy" (id 10.0.1.5)'],
    [{ any: healthy }, 'pass', '1 of 2'],
    [{ one: healthy }, 'pass', '1 of 2'],
    [{ none: healthy }, 'fail', '1 of 2: "healthy" (id 10.0.1.4)'],
    [{ one: { path: 'zone', in: ['a', 'b'] } }, 'fail', '2 of 2: "a" (id 10.0.1.4); "b" (id 10.0.1.5)'],
    [{ any: { path: 'zone', eq: 'c' } }, 'fail', 'none of 2: "a" (id 10.0.1.4); "b" (id 10.0.1.5)'],
    [{ where: { zone: 'a' }, all: healthy }, 'pass', '1 of 1'],
    [{ where: { zone: 'a', state: 'unhealthy' }, count: 1 }, 'fail', 'nothing: none of 2 elements matches `where`'],
    [
      { where: [{ path: 'id', matches: '^10' }], one: [healthy, { path: 'zone', eq: 'b' }] },
      'fail',
      'none of 2: zone "a" (id 10.0.1.4); state "unhealthy" (id 10.0.1.5)',
    ],
  ])('%j: %s', (expectation, verdict, observed) => {
    expect(find({ path: 'targets[]', ...expectation }, facts)).toMatchObject({ verdict, observed });
  });

  test('hold a list of expectations on the same element, not on any two', () => {
    const split = { path: 'targets[]', any: [{ path: 'zone', eq: 'b' }, healthy] };
    expect(find(split, facts).verdict).toBe('fail');
  });

  test('over something that is no list fail', () => {
    expect(find({ path: 'targets', all: { eq: 1 } }, { targets: { a: 1 } }).verdict).toBe('fail');
    expect(find({ path: 'targets', all: { eq: 1 } }, { targets: 'abc' }).verdict).toBe('fail');
  });

  test('are as unsure as what they quantify', () => {
    const unsure = { path: 'tags', count: 0 };
    const lists = { items: [{ tags: [] }, { tags: [] }] };
    for (const quantifier of ['all', 'any', 'one', 'none'] as const) {
      expect(find({ path: 'items[]', [quantifier]: unsure }, lists).verdict, quantifier).toBe('inconclusive');
    }
  });

  test('list every offender up to three, and how many more there are', () => {
    const many = { list: Array.from({ length: 6 }, (_, id) => ({ id, ok: id === 0 })) };
    const { observed } = find({ path: 'list[]', all: { path: 'ok', eq: true } }, many);
    expect(observed).toBe('5 of 6: false (id 1); false (id 2); false (id 3) … and 2 more');
  });

  test('name what there is when where finds nothing', () => {
    const alarms = { alarms: [{ name: 'aep-5xx' }, { name: 'aep-tasks' }] };
    const asked = (name: string): Finding =>
      find({ path: 'alarms[]', where: { name }, one: { path: 'name', matches: '.' } }, alarms);
    expect(asked('aep-5xy')).toMatchObject({ verdict: 'fail', hint: 'did you mean "aep-5xx"?' });
    expect(asked('unhealthy-targets')).toMatchObject({ verdict: 'fail', hint: 'name is "aep-5xx", "aep-tasks"' });
  });
});

describe('facts explain themselves', () => {
  test('a JSON body that is none shows how it begins', () => {
    const facts = { status: 502, json_error: 'the body is not JSON: <html>Bad Gateway' };
    expect(find({ path: 'json.ok', eq: true }, facts)).toMatchObject({
      verdict: 'fail',
      observed: 'the body is not JSON: <html>Bad Gateway',
    });
  });

  test('a text that was cut off does not prove what it lacks', () => {
    const facts = { text: 'all is well', truncated: true };
    expect(find({ path: 'text', not_matches: 'error' }, facts).verdict).toBe('inconclusive');
    expect(find({ path: 'text', contains: 'footer' }, facts).verdict).toBe('inconclusive');
    expect(find({ path: 'text', contains: 'well' }, facts).verdict).toBe('pass');
  });

  test('a path that cannot be evaluated fails with the reason', () => {
    expect(find({ path: 'length(status)', eq: 3 }, { status: 200 }).observed).toContain(
      'cannot be read: Invalid argument type',
    );
  });

  test.each<[string, string]>([
    ['checks[9].ok', 'nothing: no element 9, there are 1'],
    ['checks[0].ok.deep', 'nothing: no deep in checks[0].ok'],
    ['checks.ok', 'nothing: checks is a list, not one thing'],
    ['gone', 'nothing: gone is null'],
    ['length(list)', 'nothing: list is an empty list'],
  ])('%s: %s', (path, observed) => {
    expect(find({ path, eq: 1 }, { checks: [{ ok: true }], gone: null, list: [] }).observed).toBe(observed);
  });
});

describe('exactly one', () => {
  const facts = { Listeners: [{ Port: 80 }, { Port: 443 }], Zone: { Id: 'Z1' } };

  test('match becomes the facts', () => {
    expect(selectOne(facts, { path: 'Listeners', where: { Port: 443 } }, now)).toEqual({ facts: { Port: 443 } });
    expect(selectOne(facts, { path: 'Zone' }, now)).toEqual({ facts: { Id: 'Z1' } });
    expect(selectOne({ Listeners: [{ Port: 80 }] }, { path: 'Listeners' }, now)).toEqual({ facts: { Port: 80 } });
  });

  test('is ambiguous when there are several', () => {
    expect(selectOne(facts, { path: 'Listeners' }, now)).toEqual({ ambiguous: 2 });
  });

  test.each([
    [{ path: 'Listeners', where: { Port: 8443 } }, 'Listeners where Port = 8443: nothing among 2 (Port is 80, 443)'],
    [{ path: 'Listener' }, 'Listener: nothing: no Listener'],
    [{ path: 'Zone.Id' }, 'Zone.Id is "Z1", which has no fields'],
  ])('is missing otherwise: %j', (one, missing) => {
    expect(selectOne(facts, one, now)).toEqual({ missing });
  });
});

test('what is captured is there, and whole', () => {
  const facts = { digest: 'sha256:1', list: [{ a: 1 }, {}] };
  expect(capturePath('digest', facts)).toBe('sha256:1');
  expect(capturePath('list[].a', facts)).toBeUndefined();
  expect(capturePath('gone', facts)).toBeUndefined();
});

test.each<[Expectation, string]>([
  [{ path: 'status', eq: 200 }, 'status = 200'],
  [{ path: 'targets[]', all: { path: 'state', eq: 'healthy' } }, 'targets[]: all with state = "healthy"'],
  [{ path: 'targets[].state', all: { eq: 'healthy' } }, 'targets[].state: all = "healthy"'],
  [
    { path: 'checks[]', where: { name: 'db' }, one: { path: 'ok', eq: true } },
    'checks[] where name = "db": exactly one with ok = true',
  ],
  [{ path: 'n', gte: 2, lt: 4 }, 'n >= 2 and < 4'],
  [{ path: 'n', count: { gte: 2 } }, 'n count >= 2'],
  [{ path: 'cert.NotAfter', from_now: { gte: '30d' } }, 'cert.NotAfter is >= 30d from now'],
  [{ path: 'text', contains: ['a', 'b'] }, 'text contains each of "a", "b"'],
  [{ path: 'x', absent: true, proof: 'y' }, 'x is absent'],
  [
    {
      path: 'l',
      none: [
        { path: 'a', matches: 'x' },
        { path: 'b', ne: 1 },
      ],
    },
    'l: none with a matches /x/ and b is not 1',
  ],
  [{ path: 'h', url: 'https://h/' }, 'h is the address https://h/'],
  [{ eq: 'x'.repeat(600) }, `= "${'x'.repeat(119)}…"`],
])('%j in words: %s', (expectation, words) => {
  expect(explain(expectation)).toBe(words);
});

describe('what cannot be compared proves nothing', () => {
  const rules = [{ port: 22, to: 'any' }];
  test.each<[Expectation, Json]>([
    [{ path: 'rules[]', none: { path: 'port', eq: '22' } }, { rules }],
    [{ path: 'rules[]', none: { path: 'port', in: ['22', '80'] } }, { rules }],
    [{ path: 'rules[]', none: { path: 'port', lt: '1024' } }, { rules }],
    [{ path: 'rules[]', none: { path: 'port', matches: '^22$' } }, { rules }],
    [{ path: 'rules[]', none: { path: 'port', contains: '22' } }, { rules }],
    [{ path: 'rules[]', none: { path: 'to', ago: { gt: '1d' } } }, { rules }],
    [{ path: 'rules[]', none: { path: 'port', ne: '80' } }, { rules }],
    [{ path: 'rules[]', one: { path: 'port', eq: '22' } }, { rules: [...rules, { port: '22' }] }],
    [{ path: 'rules[]', where: { port: '22' }, count: 0, proof: 'rules' }, { rules }],
    [{ path: 'rules[]', where: [{ path: 'port', lt: '1024' }], count: 0, proof: 'rules' }, { rules }],
  ])('%j does not pass over %j', (expectation, facts) => {
    expect(find(expectation, facts).verdict).toBe('inconclusive');
  });

  test('one condition that can be compared, and does not hold, is enough for an element not to match', () => {
    const none = [
      { path: 'to', eq: 'all' },
      { path: 'port', eq: '22' },
    ];
    expect(find({ path: 'rules[]', none }, { rules }).verdict).toBe('pass');
  });
});

test.each<Expectation>([{ ne: 'debug' }, { not_matches: 'secret' }, { not_in: ['a'] }, { matches: '.' }, { eq: 'x' }])(
  'of a value nobody has seen %j says nothing',
  (matcher) => {
    const facts = { environment: [{ name: 'MODE', value: '(redacted)' }] };
    const each = find({ path: 'environment[]', where: { name: 'MODE' }, one: { path: 'value', ...matcher } }, facts);
    expect(each.verdict).toBe('inconclusive');
    expect(find({ path: 'environment[0].value', ...matcher }, facts)).toMatchObject({
      verdict: 'inconclusive',
      hint: 'name it under `reveal`',
    });
  },
);
