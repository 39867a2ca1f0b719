// Selecting: what may be written as a path, what it selects, and what it loses on the way.

import { search } from '@aws-lambda-powertools/jmespath';
import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Json } from '../../src/engine/json.ts';
import { checkPath, reach } from '../../src/engine/path-shape.ts';
import { bare, compilePath, select } from '../../src/engine/selector.ts';
import type { Shape } from '../../src/engine/shape.ts';

const seed = Number(process.env['SEED'] ?? Math.floor(Math.random() * 2 ** 31));

function structure(members: Record<string, Shape>): Shape {
  return { type: 'structure', members: () => members };
}

describe('a path is fine', () => {
  test.each([
    'status',
    'a.b.c[0]',
    'a[-1].b',
    'targets[].state',
    'a[*].b[].c',
    'a.*.b',
    '*.b',
    'a[1:3].b',
    '"a-b".c',
    '!(a.b)',
    '!a[0]',
    'runningCount == desiredCount',
    'tasks[?running == desired].id',
    "tasks[?contains(name, 'api')].id | [0]",
    'sort_by(tasks, &started)[-1].id',
    'to_number(cpu)',
    '{a: b.c, d: e}',
    '[a, b]',
    'a || b',
  ])('%s', (path) => {
    expect(compilePath(path)).toBeUndefined();
  });
});

describe('a path is refused', () => {
  test.each([
    ['', 'the path is empty'],
    ['a[', 'column 3: the path ends too early'],
    ['a.0', 'column 3: `0` is not expected here'],
    ['a..b', 'column 3: `.` is not expected here'],
    ['$.a', 'column 1: this is JMESPath, which has no $'],
    ['"a', 'column 1: the quote " is not closed'],
    ['headers.content-type', 'column 16: a name with a hyphen must be quoted'],
    ['lenght(a)', 'column 1: there is no function lenght; did you mean length?'],
    ['length()', 'Expected at least 1 argument'],
    ['a.constructor', 'column 3: the name constructor cannot be selected'],
    ['__proto__', 'column 1: the name __proto__ cannot be selected'],
    ['toString', 'column 1: the name toString cannot be selected'],
    ["state || 'healthy'", "column 10: 'healthy' is a literal"],
    ["'healthy'", "column 1: 'healthy' is a literal"],
    ['not_null(state, `"healthy"`)', 'is a literal'],
    ['status == `200`', 'column 1: `status == `200`` compares'],
  ])('%s: %s', (path, problem) => {
    expect(compilePath(path)).toContain(problem);
  });

  test.each([
    ['tasks[?Cidr=="0.0.0.0/0"]', 'compares with a field named "0.0.0.0/0", not with text'],
    ["tasks[?state=='up']", 'put the literal under `where:'],
    ["tasks[?state='up']", 'column 13: a single = is no comparison'],
  ])('wrong pass 3: %s, because the literal belongs under where', (path, problem) => {
    expect(compilePath(path)).toContain(problem);
  });

  test.each([
    ['!a.b', 'write `!(a.b)`'],
    ['tasks[?!a.b].c', 'write `!(a.b)`'],
    ['!a[].b', 'write `!(a[].b)`'],
  ])('wrong pass 4: %s, because it negates less than it seems to', (path, problem) => {
    expect(compilePath(path)).toContain(problem);
  });

  test('when it is longer than anybody would write', () => {
    expect(compilePath('a.'.repeat(400))).toContain('more than 500 characters');
  });
});

describe('a selection', () => {
  const facts = {
    volumes: [{ id: 1, encrypted: true, tags: [{ k: 'a' }, {}] }, { id: 2, tags: [] }, { id: 3 }],
    services: { api: { up: true }, web: {} },
    none: [],
  };

  test.each([
    ['volumes[].id', [1, 2, 3], 0, 3],
    ['volumes[].encrypted', [true], 2, 3],
    ['volumes[*].encrypted', [true], 2, 3],
    ['volumes[].tags[].k', ['a'], 2, 5],
    ['services.*.up', [true], 1, 2],
    ['volumes[:2].encrypted', [true], 1, 2],
    ['volumes[].encrypted | [0]', true, 2, 3],
    ['length(volumes[].encrypted)', 1, 2, 3],
    ['volumes[?encrypted].id', [1], 0, 1],
    ['none[].id', [], 0, 0],
    ['volumes[0].encrypted', true, 0, 0],
  ])('%s tells how many elements it lost', (path, selected, lost, total) => {
    expect(select(path, facts)).toMatchObject({ selected, lost, total });
  });

  test('counts the elements that a filter left out for want of what it reads', () => {
    expect(select('volumes[?encrypted]', facts).undecided).toBe(2);
    expect(select('volumes[?id == id]', facts).undecided).toBe(0);
  });

  test.each(['a == b', '!(a.b)', 'to_string(a)', 'type(a)', 'length(none)', 'contains(none, `1`)', 'to_array(a)'])(
    '%s computed from nothing is nothing',
    (path) => {
      expect(select(path, facts).selected).toBeNull();
    },
  );

  test('of what cannot be evaluated says why and does not throw', () => {
    expect(select('length(services.api.up)', facts)).toMatchObject({ selected: null });
    expect(select('length(services.api.up)', facts).problem).toContain('Invalid argument type');
    expect(select('a b', facts).problem).toContain('column 3');
  });

  test('never reaches what JavaScript adds to objects', () => {
    for (const name of Object.getOwnPropertyNames(Object.prototype)) expect(select(name, facts).selected).toBeNull();
    expect(Object.getPrototypeOf(bare({ a: { b: 1 } }))).toBeNull();
    expect(select('a', JSON.parse('{"__proto__": {"a": 1}}')).selected).toBeNull();
  });

  test('of something nested without end is cut off instead of running out of stack', () => {
    let deep: Json = 1;
    for (let i = 0; i < 5000; i++) deep = [deep];
    expect(JSON.stringify(select('a', { a: deep }).selected)).toContain('nested too deep');
  });
});

test(`our reading of a path agrees with the library's on paths that compute nothing (seed ${seed})`, () => {
  const name = fc.constantFrom('a', 'b', 'c');
  const piece = fc.oneof(
    name.map((n) => `.${n}`),
    fc.constantFrom('[]', '[*]', '[0]', '[-1]', '.*', '[?a]', '[1:]', ' | [0]', ' || b'),
  );
  const path = fc.tuple(name, fc.array(piece, { maxLength: 5 })).map(([head, tail]) => head + tail.join(''));
  const { tree: value } = fc.letrec<{ tree: Json }>((tie) => ({
    tree: fc.oneof(
      { depthSize: 'small' },
      fc.constantFrom<Json>(null, 0, 1, 'x', '', true, false),
      fc.array(tie('tree'), { maxLength: 3 }),
      fc.dictionary(name, tie('tree'), { maxKeys: 3 }),
    ),
  }));
  fc.assert(
    fc.property(path, fc.record({ a: value, b: value, c: value }), (text, facts) => {
      const { selected } = select(text, facts);
      expect(selected).toEqual(search(text, facts) ?? null);
    }),
    { seed, numRuns: 1000 },
  );
});

describe('a path over a shape', () => {
  const shape = structure({
    DBInstances: {
      type: 'list',
      of: () =>
        structure({ PubliclyAccessible: { type: 'boolean' }, Tags: { type: 'map', of: () => ({ type: 'string' }) } }),
    },
    count: { type: 'number' },
    json: { type: 'any' },
  });

  test.each([
    'DBInstances[].PubliclyAccessible',
    'DBInstances[0].Tags.team',
    'json.anything[0].goes',
    'length(DBInstances)',
    'sort_by(DBInstances, &PubliclyAccessible)[0].Tags',
    '{n: count}.n',
  ])('%s is known', (path) => {
    expect(checkPath(path, shape)).toBeUndefined();
  });

  test.each([
    [
      'DBInstances[].PubliclyAccesible',
      'column 15: nothing is called `PubliclyAccesible` here; did you mean PubliclyAccessible?',
    ],
    ['DBInstance[0]', 'did you mean DBInstances?'],
    ['DBInstances.Tags', 'read it from each element with `[].Tags`'],
    ['DBInstances[?Publicly].Tags', 'nothing is called `Publicly` here'],
    ['count.x', '`x` is read from a number, which has no fields'],
    ['count[0]', '`count` is a number, not a list'],
    ['sort_by(DBInstances, &Name)', 'nothing is called `Name` here'],
    ['count.*', '`.*` needs fields'],
  ])('%s is not: %s', (path, problem) => {
    expect(checkPath(path, shape)).toContain(problem);
  });

  test('is known only as long as somebody described where it leads', () => {
    expect(reach('DBInstances[0].PubliclyAccessible', shape)).toMatchObject({
      known: true,
      shape: { type: 'boolean' },
    });
    expect(reach('DBInstances[0].Tags.team', shape)).toMatchObject({ known: false });
    expect(reach('json.error', shape)).toMatchObject({ known: false });
  });
});
