// `roles.yaml`: what is not understood, and a role of somebody whose signature would not count, are mistakes with a place.

import { describe, expect, it } from 'vitest';
import { readRolesFile } from '../../src/checklist/roles-file.ts';

const listed = ['ada@example.com', 'bob@example.com'];
const read = (text: string) => readRolesFile(text, '.golive/roles.yaml', listed);

describe('a roles file', () => {
  it('says who holds which role, sorted by name', () => {
    const text = `# who decides\ngolive: 1\npeople:\n  bob@example.com: []\n  "ada@example.com": [on_call, engineering] # Ada\n`;
    expect(read(text)).toEqual({
      people: [
        { principal: 'ada@example.com', roles: ['on_call', 'engineering'] },
        { principal: 'bob@example.com', roles: [] },
      ],
      problems: [],
    });
    expect(read('golive: 1\npeople: {}\n')).toEqual({ people: [], problems: [] });
  });

  it.each([
    ['an unknown key', 'golive: 1\npeople: {}\nroles: {}\n', '3:1', /`roles` is not known here \| .*golive, people/],
    ['a misspelt key', 'golive: 1\npeopel: {}\n', '1:1,2:1', /`peopel` is not known here \| did you mean `people`/],
    ['no version', 'people: {}\n', '1:1', /`golive` is missing/],
    ['another version', 'golive: 2\npeople: {}\n', '1:9', /`golive` must be `1`/],
    ['nobody', 'golive: 1\n', '1:1', /`people` is missing/],
    ['a list of people', 'golive: 1\npeople: [ada@example.com]\n', '2:9', /`people` must be a map/],
    ['one role without a list', 'golive: 1\npeople: { ada@example.com: on_call }\n', '2:28', /must be a list/],
    ['roles of roles', 'golive: 1\npeople: { ada@example.com: { on_call: true } }\n', '2:28', /must be a list/],
    ['what is no name of a role', 'golive: 1\npeople: { ada@example.com: [On Call] }\n', '2:29', /lower-case letters/],
    ['a role for nothing', 'golive: 1\npeople: { ada@example.com: [null] }\n', '2:29', /must be text/],
    ['a role twice', 'golive: 1\npeople: { ada@example.com: [a, b, a] }\n', '2:35', /`a` stands there twice/],
    [
      'a person twice',
      'golive: 1\npeople:\n  ada@example.com: [a]\n  ada@example.com: [b]\n',
      '4:3',
      /given before in the same place/,
    ],
    ['a pattern', 'golive: 1\npeople: { "*@example.com": [a] }\n', '2:11', /is a pattern.* \| write a line for each/],
    ['a stranger', 'golive: 1\npeople: { eve@other.example: [a] }\n', '2:11', /among the allowed signers.*key trust/],
    ['a misspelt name', 'golive: 1\npeople: { ad@example.com: [a] }\n', '2:11', /did you mean `ada@example.com`/],
    ['another spelling', 'golive: 1\npeople: { Ada@example.com: [a] }\n', '2:11', /did you mean `ada@example.com`/],
    ['an anchor', 'golive: 1\npeople: &p { ada@example.com: [a] }\n', '2:12', /anchors are not read/],
    ['no map', '- ada@example.com\n', '1:1', /is a map with golive and people/],
    ['nothing', '\n', '1:1', /is a map with golive and people/],
  ])('is refused for %s, at its place', (_, text, place, words) => {
    const { people, problems } = read(text);
    expect(people).toBeUndefined();
    expect(problems.map(({ message, hint = '' }) => `${message} | ${hint}`).join('\n')).toMatch(words);
    expect(problems.map(({ line, column }) => `${line}:${column}`).join()).toBe(place);
    expect(new Set(problems.map(({ file }) => file))).toEqual(new Set(['.golive/roles.yaml']));
  });

  it('is refused when it is more than a line of the log takes', () => {
    const role = (at: number): string => `r${at}`.padEnd(60, '_');
    const person = (at: number): string => `person-${at}@example.com`;
    const people = (count: number, roles: number): string =>
      Array.from(
        { length: count },
        (_, at) => `  ${person(at)}: [${Array.from({ length: roles }, (__, n) => role(n)).join()}]`,
      ).join('\n');
    const all = Array.from({ length: 201 }, (_, at) => person(at));
    const says = (count: number, roles: number) =>
      readRolesFile(`golive: 1\npeople:\n${people(count, roles)}\n`, 'r', all).problems.map(({ message }) => message);
    expect(says(200, 1)).toEqual([]);
    expect(says(201, 1)).toEqual(['has more than 200 people: 201']);
    expect(says(1, 51)).toEqual([expect.stringContaining('has more than 50 roles')]);
    expect(says(20, 50)).toEqual([expect.stringContaining('has more than 32000 bytes')]);
  });
});
