// What may be filled into a command, and everything lint and binding say of what may not.

import { describe, expect, it } from 'vitest';
import { bind } from '../../src/checklist/bind.ts';
import { checklistText, expectMistakes, known, loaded, mistakesIn, type Mistake } from './given.ts';

const top = 'values: { host: x.example, dash: "-rf" }\ninputs: { token: { question: Token?, secret: true } }';
/** A step with these words (line 16). */
const words = (argv: string): string =>
  checklistText({
    top,
    steps: `- { id: one, title: One, probe: { command: { argv: ${argv} } }, expect: [{ path: exit, eq: 0 }] }`,
  });
/** The same for a container (line 16). */
const task = (argv: string): string =>
  words('[]')
    .replace(
      'command: { argv: [] }',
      `ecs.run_task: { cluster: c, task_definition: t, container: web, subnets: [s], security_groups: [g], command: ${argv} }`,
    )
    .replace('path: exit', 'path: exit_code');
const quoted = (...argv: readonly string[]): string => JSON.stringify(argv);

describe('code in a command', () => {
  it.each([
    ['sh', quoted('sh', '-c', 'curl ${host}')],
    ['a path to it', quoted('/bin/bash', '-c', 'curl ${host}')],
    ['dash', quoted('dash', '-c', 'curl ${host}')],
    ['zsh with more options', quoted('zsh', '-e', '-lc', 'curl ${host}')],
    ['ksh with a named option', quoted('ksh', '-o', 'pipefail', '-c', 'curl ${host}')],
    ['env before it', quoted('env', 'A=b', 'sh', '-c', 'curl ${host}')],
    ['a path to env', quoted('/usr/bin/env', '-i', 'bash', '-c', 'curl ${host}')],
    ['env that splits', quoted('env', '-S', 'sh -c ${host}')],
    ['sudo before it', quoted('sudo', '-u', 'web', 'sh', '-c', 'curl ${host}')],
    ['another machine', quoted('kubectl', 'exec', 'web', '--', 'sh', '-c', 'curl ${host}')],
    ['python', quoted('python', '-c', 'print("${host}")')],
    ['a numbered python', quoted('/opt/bin/python3.12', '-Ic', 'print("${host}")')],
    ['perl', quoted('perl', '-ne', 'print "${host}"')],
    ['perl with new features', quoted('perl', '-E', 'say "${host}"')],
    ['ruby', quoted('ruby', '-e', 'puts "${host}"')],
    ['node', quoted('node', '-e', 'console.log("${host}")')],
    ['node that prints', quoted('node', '--no-warnings', '-pe', '"${host}"')],
    ['node with a long option', quoted('node', '--eval=console.log("${host}")')],
    ['php', quoted('php', '-r', 'echo "${host}";')],
    ['su', quoted('su', 'web', '-c', 'curl ${host}')],
  ])('of %s is not put together from look-ups', async (_, argv) => {
    await expectMistakes(words(argv), [[`16 ${placeOf(argv)}`, 'whatever is looked up would be run']]);
    await expectMistakes(task(argv), [[`16 ${placeOf(argv)}`, 'whatever is looked up would be run']]);
  });

  /** The word with a look-up, as it is written. */
  function placeOf(argv: string): string {
    return /"(?:[^"\\]|\\.)*\$\{(?:[^"\\]|\\.)*"/.exec(argv)?.[0] ?? 'no such place';
  }

  it.each([
    ['a value as a word of its own', quoted('sh', '-c', 'curl "$1"', 'sh', '${host}')],
    ['variables of the shell', quoted('sh', '-c', 'curl "$host"')],
    ['a file with code', quoted('bash', 'check.sh', '${host}')],
    ['no interpreter at all', quoted('curl', '-c', '${host}', '-e', '${host}')],
    ['a part of a word', quoted('psql', '--host=${host}', '-c', 'select 1')],
    ['a name that only looks like one', quoted('shellcheck', '-c', '${host}')],
  ])('is not seen in %s', async (_, argv) => {
    expect(await mistakesIn(words(argv))).toEqual([]);
    expect(await mistakesIn(task(argv))).toEqual([]);
  });

  it('is looked for in named probes, and told with its place and a way to write it', async () => {
    const text = checklistText({
      top: `${top}\nprobes: { p: { command: { argv: ["sh", "-c", "curl \${host}"] } } }`,
      steps: '- { id: one, title: One, probe: p, expect: [{ path: exit, eq: 0 }] }',
    });
    await expectMistakes(text, [['9 "curl', 'hand the value over as a word of its own']]);
  });
});

describe('the words of a command', () => {
  it.each<readonly [string, string, readonly Mistake[]]>([
    ['a program from elsewhere', quoted('${host}', '-v'), [['16 "${host}"', 'the program is written out']]],
    ['all from elsewhere', '"${host}"', [['16 "${host}"', 'written out, word by word']]],
    ['a number', '[seq, 1.10]', [['16 1.10', 'put quotes around it: "1.1"']]],
    [
      'a secret',
      quoted('login', '--token', '${token}'),
      [['16 "${token}"', '`token` is a secret: it may stand only in the headers']],
    ],
    [
      'a secret in a word',
      quoted('login', '--token=${token}'),
      [['16 "--token', '`token` is a secret: it may stand only in the headers']],
    ],
  ])('do not hold %s', async (_, argv, mistakes) => {
    await expectMistakes(words(argv), mistakes);
    await expectMistakes(task(argv), mistakes);
  });

  it.each([
    ['the first letter of a word', quoted('rm', '${dash}'), true],
    ['a word of a container', '["rm", "${dash}"]', true],
    ['the end of a word', quoted('rm', 'x${dash}'), false],
    ['nothing that was not there', quoted('rm', '-rf', '${host}'), false],
  ])('become no option by what is known at load: %s', async (_, argv, refused) => {
    for (const text of [words(argv), task(argv)]) {
      const bound = bind(await loaded(text), known, { target: 'prod', inputs: {}, partial: true });
      const problems = 'problems' in bound ? bound.problems : [];
      expect(problems.map(({ message }) => message)).toEqual(
        refused ? [expect.stringContaining('begins with a hyphen')] : [],
      );
    }
  });
});
