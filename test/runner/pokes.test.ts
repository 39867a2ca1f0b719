// Goal: what a poke gets is only for pokes, only once, and no two share a mark. Method: runs in memory with a kind's own calls.

import { describe, expect, it } from 'vitest';
import type { Step } from '../../src/engine/plan.ts';
import { BlindError } from '../../src/errors.ts';
import type { ProgramRequest, ProgramResult } from '../../src/machine.ts';
import { openReader } from '../../src/runner/reader.ts';
import { pokesOf } from '../../src/runner/pokes.ts';
import { phase, planOf, step } from '../support/plan.ts';
import { noChanges } from '../support/outside.ts';
import { application, memoryStore, openJournal, opening, play } from '../support/run.ts';
import { scripted } from '../steps/aws-world.ts';

const runs = (id: string, argv: readonly string[], more: Partial<Step> = {}): Step => {
  const call = { kind: 'command', args: { argv }, words: `Run ${id}` };
  return step(id, 'pokes', { work: { type: 'probe', call }, expect: [{ path: 'exit', eq: 0 }], ...more });
};

function programs(end: (request: ProgramRequest) => Partial<ProgramResult> = () => ({})) {
  const started: string[] = [];
  return {
    started,
    run: async (request: ProgramRequest): Promise<ProgramResult> => {
      started.push(request.argv.join(' '));
      const quiet = { exit: 0, stdout: '', stderr: '', truncated: false, stderrTruncated: false, ms: 1 };
      return { ...quiet, ...end(request) };
    },
  };
}

const none = application(() => 500);

describe('a program', () => {
  it('is started once, in file order, and judged', async () => {
    const machine = programs(({ argv }) => ({ exit: argv.includes('b') ? 1 : 0 }));
    const plan = planOf(phase('p', [runs('one', ['a']), runs('two', ['b'])]));
    const { state } = await play(plan, none, { programs: machine });
    expect(machine.started).toEqual(['a', 'b']);
    expect([state.steps['one']?.verdict?.verdict, state.steps['two']?.verdict?.verdict]).toEqual(['pass', 'fail']);
  });

  it('is not started in a dry run', async () => {
    const machine = programs();
    await play(planOf(phase('p', [runs('one', ['a'])])), none, { programs: machine, mode: 'dry-run' });
    expect(machine.started).toEqual([]);
  });

  it('is not given an option by a probe: could not look, and nothing was started', async () => {
    const machine = programs();
    const plan = planOf(phase('p', [runs('one', ['a', '${said}'])]));
    const { state } = await play({ ...plan, names: { said: '--delete' } }, none, { programs: machine });
    expect(state.steps['one']?.verdict).toMatchObject({ verdict: 'error' });
    expect(state.steps['one']?.verdict?.reason).toMatch(/begins with a hyphen/);
    expect(machine.started).toEqual([]);
  });

  it('says what became of it when golive is told to end meanwhile: it has no verdict', async () => {
    const abort = new AbortController();
    const machine = {
      run: async (): Promise<ProgramResult> => {
        abort.abort('SIGINT');
        throw new BlindError('server', 'a was interrupted, and ended with all it had started.');
      },
    };
    const plan = planOf(phase('p', [runs('one', ['a'])]));
    const { printed, state } = await play(plan, none, { programs: machine, signal: abort.signal });
    expect(printed.join('\n')).toContain('one: a was interrupted');
    expect(state.steps['one']?.verdict).toBeUndefined();
  });
});

describe('a mark', () => {
  const journalOf = (store = memoryStore(), run = 'rehearsal-abcdefghijklmnopqrstuvwxyz') =>
    openJournal(planOf(phase('p', [])), store, run, store.lines.length === 0 ? opening('run') : undefined);

  it('is never given twice, also not by the session that comes after, and fits where AWS takes it', async () => {
    const store = memoryStore();
    const first = pokesOf(await journalOf(store), noChanges);
    const marks = [first().mark, first().mark];
    marks.push(pokesOf(await journalOf(store), noChanges)().mark);
    expect(new Set(marks).size).toBe(3);
    for (const mark of marks) expect(mark).toMatch(/^abcdefghijklmnopqrstuvwxyz\/[\d-]{1,9}$/);
  });

  it('is given to pokes only, a new one each time', async () => {
    const { world, calls } = scripted({ 'sts:GetCallerIdentity': {} });
    let given = 0;
    const poke = () => {
      given += 1;
      return { mark: `m/${given}`, changes: noChanges };
    };
    const reader = openReader(planOf(phase('p', [])), { ...world, programs: programs() }, () => ({}), poke);
    const { signal } = new AbortController();
    await reader.read({ kind: 'aws.call', args: { operation: 'sts:GetCallerIdentity' }, words: '' }, signal);
    expect([given, calls.length]).toEqual([0, 1]);
    const call = { kind: 'command', args: { argv: ['a'] }, words: '' };
    await reader.read(call, signal);
    await reader.anew().read(call, signal);
    expect(given).toBe(2);
  });
});
