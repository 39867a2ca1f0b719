// What the doctor says of the people: whether each gate can be decided by those who are known, and whoever runs is one.

import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { peopleChecks } from '../../src/commands/doctor-people.ts';
import type { GateWork, Step } from '../../src/engine/plan.ts';
import { throwAwaySigner } from '../../src/log/session-key.ts';
import { gate, phase, planOf, step } from '../support/plan.ts';
import { testShell, type TestShell } from '../support/shell.ts';

const now = Date.parse('2026-11-20T09:00:00Z');
const ada = throwAwaySigner('ada@example.com');
const shells: TestShell[] = [];
afterAll(() => {
  for (const shell of shells) shell.remove();
});

type Held = Readonly<Record<string, readonly string[]>>;

/** What is not fine, as `bad NAME: what is said | what to do`. */
async function wrong(
  people: Held,
  steps: readonly Step[],
  { options = '', revoked = false, signer = ada } = {},
): Promise<readonly string[]> {
  const shell = testShell();
  shells.push(shell);
  const cwd = join(shell.runsDir, 'project');
  const file = (name: string): string => join(cwd, '.golive', name);
  mkdirSync(join(cwd, '.golive'), { recursive: true });
  const lines = Object.keys(people).map((name) => {
    const { principal, publicKey } = throwAwaySigner(`${name}@example.com`);
    return name === 'ada' ? `${principal} ${options} ${ada.publicKey}\n` : `${principal} ${publicKey}\n`;
  });
  const roles = Object.entries(people).map(([name, held]) => `  ${name}@example.com: [${held.join(', ')}]\n`);
  writeFileSync(file('allowed_signers'), lines.join(''));
  writeFileSync(file('roles.yaml'), `golive: 1\npeople:\n${roles.join('')}`);
  if (revoked) writeFileSync(file('revoked_keys'), `${ada.publicKey} lost\n`);
  const plan = planOf(phase('p', steps));
  const checks = await peopleChecks(plan, signer, {}, { ...shell, cwd }, now);
  return checks
    .filter(({ state }) => state !== 'ok')
    .map(({ name, state, says, todo }) => `${state} ${name}: ${says} | ${todo}`);
}

const gates = (more: Partial<GateWork>): readonly Step[] => [step('go-no-go', 'decides', { work: gate(more) })];
const add = (roles: string): string => `\`golive key trust LINE --roles ${roles}\`, or add it in .golive/roles.yaml.`;

describe('a gate', () => {
  it('is fine when somebody holds every role that it polls', async () => {
    expect(await wrong({ ada: ['lead', 'ops'] }, gates({ poll: ['lead', 'ops'] }))).toEqual([]);
    expect(await wrong({ ada: [] }, [step('a')])).toEqual([]);
  });

  it('is named with the roles that nobody holds, whatever it needs', async () => {
    for (const need of ['all', 'any', { at_least: 1 }] as const)
      expect(await wrong({ ada: ['ops'] }, gates({ poll: ['lead', 'ops', 'dba'], need }))).toEqual([
        `bad gate go-no-go: nobody holds lead (Lead), dba | ${add('lead,dba')}`,
      ]);
  });

  it.each<[GateWork['need'], number]>([
    ['all', 3],
    [{ at_least: 2 }, 2],
    ['any', 1],
  ])(
    'that takes different people and needs %j is fine with %i of them, however the roles are held',
    async (need, enough) => {
      const poll = ['lead', 'ops', 'dba'];
      const steps = gates({ poll, need, differentPeople: true });
      // Only Ada for the lead: she has to be kept for it.
      const held: readonly Held[] = [
        { ada: poll },
        { ada: poll, bob: ['ops', 'dba'] },
        { ada: poll, bob: ['ops', 'dba'], eve: ['ops'] },
      ];
      for (const [at, people] of held.entries())
        expect([at, await wrong(people, steps)]).toEqual([
          at,
          at + 1 >= enough
            ? []
            : [
                `bad gate go-no-go: takes ${enough} different people for lead, ops, dba, and the roster has ${at + 1} | Let somebody else hold one of these roles: ${add('ROLE')}`,
              ],
        ]);
    },
  );

  it('counts nobody twice where two roles have one holder', async () => {
    const steps = gates({ poll: ['lead', 'ops'], differentPeople: true });
    expect(await wrong({ ada: ['lead', 'ops'], bob: ['dba'], eve: [] }, steps)).toEqual([
      expect.stringContaining('takes 2 different people for lead, ops, and the roster has 1'),
    ]);
  });
});

describe('an act', () => {
  it('that takes the word of more people than there are is named', async () => {
    const call = { kind: 'x', args: {}, words: '' };
    const steps = [step('cut', 'changes', { work: { type: 'act', call, confirm: { phrase: 'cut', people: 2 } } })];
    expect(await wrong({ ada: ['lead'], bob: ['lead'] }, steps)).toEqual([]);
    expect(await wrong({ ada: ['lead'] }, steps)).toEqual([
      `bad act cut: takes the word of 2 people, and .golive/roles.yaml knows 1 | Name more of them: ${add('ROLE')}`,
    ]);
  });
});

describe('whoever runs', () => {
  it.each<[string, Held, Parameters<typeof wrong>[2], RegExp]>([
    ['a stranger', { bob: ['lead'] }, {}, /^bad listed: ada@example\.com does not stand in .* \| .*key trust/],
    [
      'one with another key',
      { ada: ['lead'] },
      { signer: throwAwaySigner('ada@example.com') },
      /^bad listed: .*lists another key/,
    ],
    [
      'one whose key has expired',
      { ada: ['lead'] },
      { options: 'valid-before="20261119"' },
      /^bad valid: .*expired at 2026-11-19T00:00:00Z/,
    ],
    [
      'one whose key is not valid yet',
      { ada: ['lead'] },
      { options: 'valid-after="20261121"' },
      /^bad valid: .*not valid before 2026-11-21/,
    ],
    ['one whose key is revoked', { ada: ['lead'] }, { revoked: true }, /^bad revoked: the key is revoked \| /],
  ])('is named when they are %s', async (_, people, given, says) => {
    expect(await wrong(people, gates({}), given)).toEqual([expect.stringMatching(says)]);
  });
});

describe('without a roster', () => {
  it('a gate that takes different people stays shut, and says so before the day; any other does not', async () => {
    const shell = testShell();
    shells.push(shell);
    const of = async (more: Partial<GateWork>): Promise<readonly string[]> => {
      const plan = planOf(phase('p', gates({ poll: ['lead', 'ops'], ...more })));
      const checks = await peopleChecks(plan, ada, {}, { ...shell, cwd: shell.runsDir }, now);
      return checks.map(({ name, state }) => `${state} ${name}`);
    };
    expect(await of({})).toEqual(['unknown roster']);
    expect(await of({ differentPeople: true })).toEqual(['unknown roster', 'bad gate go-no-go']);
  });
});
