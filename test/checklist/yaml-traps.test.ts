// YAML that says something else than its author meant: each trap is one message at its place.

import { expect, it } from 'vitest';
import { checklistText, mistakesIn } from './given.ts';

const withExpect = (line: string): string =>
  checklistText({
    steps: `- id: one\n  title: One\n  probe: { http: { url: "https://x.example/" } }\n  expect:\n    - ${line}`,
  });
const inFlow = (middle: string): string =>
  checklistText({
    steps: `- { id: one, ${middle}, probe: { http: { url: "https://x.example/" } }, expect: [{ path: status, eq: 200 }] }`,
  });

const traps: readonly (readonly [trap: string, text: string, place: string, words: RegExp])[] = [
  [
    'an unquoted ${} in braces',
    withExpect('{ path: status, eq: ${host} }'),
    '19:37',
    /`\$\{…\}` inside braces .* needs quotes/,
  ],
  [
    'an unquoted projection in braces',
    withExpect('{ path: json.a[].b, eq: 1 }'),
    '19:30',
    /a path with \[ \] inside braces needs quotes/,
  ],
  [
    'a backslash in double quotes',
    withExpect(String.raw`{ path: text, matches: "^\d+$" }`),
    '19:42',
    /backslash as an escape.*single quotes/,
  ],
  [
    'a number lost to a comment',
    checklistText({
      steps:
        '- id: one\n  title: One\n  source: doc #77\n  probe: { http: { url: "https://x.example/" } }\n  expect: [{ path: status, eq: 200 }]',
    }),
    '17:21',
    /` #77` is a YAML comment.*doc#77/,
  ],
  ['a number lost to a comment in braces', inFlow('title: One, source: doc #77'), '15:48', /` #77` is a YAML comment/],
  ['a comma in a title in braces', inFlow('title: Hello, world'), '15:38', /`world` has no value.*quotes/],
  [
    'a path read as a tag (wrong pass 5)',
    withExpect('path: !a.b\n      eq: true'),
    '19:23',
    /YAML tag.*quote this path/,
  ],
  [
    'a path that begins with @',
    withExpect('path: @.a\n      eq: true'),
    '19:23',
    /cannot begin with this character.*quote/,
  ],
  [
    'a path that begins with a backtick',
    withExpect('path: `a`\n      eq: true'),
    '19:23',
    /cannot begin with this character.*quote/,
  ],
  ['a path that begins with *', withExpect('path: *.a\n      eq: true'), '19:23', /alias.*quotes/],
  [
    'a path that begins with a bracket',
    withExpect('path: [0].a\n      eq: true'),
    '19:23',
    /begins with \[ is a YAML list.*quote/,
  ],
  [
    'an account without quotes (wrong pass 20)',
    checklistText({ targets: '{ prod: { aws: { account: 012345678901, region: us-east-1 } } }' }),
    '5:36',
    /12 digits in quotes.*leading zeros/,
  ],
  ['a key given twice', checklistText({ top: 'values: { host: a, host: b }' }), '7:20', /given before/],
  ['an anchor', checklistText({ top: 'values: { host: &a x }' }), '7:20', /anchors are not read/],
  ['an alias', checklistText({ top: 'values: { host: &a x, other: *a }' }), '7:30', /aliases are not read/],
  ['a merge key', checklistText({ top: 'values: { <<: { a: 1 } }' }), '7:11', /merge keys are not read/],
  [
    'a key of the language beneath',
    checklistText({ top: 'values: { __proto__: { a: 1 } }' }),
    '7:11',
    /cannot be a key/,
  ],
  ['a second document', `${checklistText()}---\na: 1\n`, '16:1', /second document/],
  ['a tab', 'golive: 1\nname:\n\tdemo\n', '3:1', /tab/],
];

it.each(traps)('%s is told once, where it stands', async (_trap, text, place, words) => {
  const mistakes = await mistakesIn(text);
  expect(
    mistakes.filter((one) => one.startsWith(`${place} `) && words.test(one)),
    mistakes.join('\n'),
  ).toHaveLength(1);
  expect(mistakes.length, mistakes.join('\n')).toBeLessThanOrEqual(2);
});

it('tells two traps on two lines, without the echoes of the first', async () => {
  const text = checklistText({
    steps:
      '- { id: one, title: A, probe: { http: { url: ${a} } } }\n- { id: two, title: B, probe: { http: { url: ${b} } } }',
  });
  const mistakes = await mistakesIn(text);
  expect(mistakes.map((one) => one.split(' ')[0])).toEqual(['15:56', '16:56']);
});

it('refuses a file of more than 1 MiB, an empty one and one that is no map', async () => {
  expect(await mistakesIn(`# ${'x'.repeat(1024 * 1024)}`)).toEqual([expect.stringContaining('larger than 1 MiB')]);
  expect(await mistakesIn('')).toEqual([expect.stringContaining('a map that begins with')]);
  expect(await mistakesIn('- a')).toEqual([expect.stringContaining('a map that begins with')]);
});

it('refuses a file nested so deep that walking it would break', async () => {
  const deep = `${'['.repeat(200)}1${']'.repeat(200)}`;
  expect(await mistakesIn(checklistText({ top: `values: { host: ${deep} }` }))).toContainEqual(
    expect.stringContaining('nested deeper'),
  );
});
