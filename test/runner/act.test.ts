// Goal: nothing is changed without the word, nothing is sent twice, and nothing counts as done that nobody saw.
// Method: runs in memory over an act kind whose other side loses answers, refuses, or is changed by somebody else.

import { describe, expect, it, vi } from 'vitest';
import { actStands } from '../../src/engine/acts.ts';
import { BlindError } from '../../src/errors.ts';
import { readEvents } from '../../src/log/replay.ts';
import type { People } from '../../src/runner/people.ts';
import { scripted } from '../../src/runner/people.ts';
import { agreeing, newSide, swap, swaps } from '../support/act.ts';
import { gate, phase, planOf } from '../support/plan.ts';
import { nobody } from '../support/outside.ts';
import { application, looks, memoryStore, play, type Played } from '../support/run.ts';

const http = application(() => 200);
const plan = planOf(phase('p', [swaps('cut'), looks('after')]));
const run = 'a'.repeat(26);
const kindsOf = ({ events }: Played): readonly string[] =>
  events.map(({ kind }) => kind).filter((kind) => /^(act|step|rollback)/.test(kind));
const cut = swaps('cut');
const cutOf = ({ state }: Played) => state.steps['cut'];

describe('an act', () => {
  it('is shown, agreed to, written down, sent once, and seen to take effect', async () => {
    const side = newSide();
    side.slow = 3;
    const people = agreeing();
    const played = await play(plan, http, { people, seal: true });
    expect(people.asked).toEqual(['cut - site blue + site green']);
    expect(kindsOf(played).slice(0, 4)).toEqual(['step.start', 'act.intent', 'act.result', 'step.verdict']);
    const intent = played.events.find(({ kind }) => kind === 'act.intent');
    expect(intent).toMatchObject({ body: { class: 'compare', token: `golive ${run}/${intent?.seq}` } });
    expect(side.sent).toEqual([`blue→green golive ${run}/${intent?.seq}`]);
    expect(cutOf(played)).toMatchObject({
      verdict: { verdict: 'pass', looks: 4 },
      act: { outcome: 'done', change: 'C-1' },
    });
    expect(played.tookMs).toBe(30_000);
    expect(played.state.sealed).toMatchObject({ result: 'go' });
  });

  it('counts from when it was accepted, not from when it was seen', async () => {
    const side = newSide();
    side.slow = 3;
    const played = await play(plan, http, { people: agreeing() });
    const result = played.events.find(({ kind }) => kind === 'act.result');
    expect(cutOf(played)?.verdict?.observedAt).toBe(result?.at);
    expect(cutOf(played)?.verdict?.at).not.toBe(result?.at);
  });

  it('keeps the exact request and the state before as evidence, and every request id', async () => {
    newSide();
    const store = memoryStore();
    const played = await play(plan, http, { store, people: agreeing() });
    const kept = (digest = ''): unknown => JSON.parse(new TextDecoder().decode(store.blobs.get(digest)));
    expect(kept(cutOf(played)?.act?.request)).toEqual({ name: 'site', from: 'blue', to: 'green' });
    expect(kept(cutOf(played)?.act?.before)).toEqual({
      args: { name: 'site', from: 'blue', to: 'green' },
      state: { value: 'blue' },
    });
    const verdict = played.events.find(({ kind }) => kind === 'step.verdict');
    expect(verdict).toMatchObject({ body: { requests: ['sent-1', 'look'] } });
  });

  it('is neither begun nor sent while nobody says the word', async () => {
    const side = newSide();
    for (const people of [nobody, { ...nobody, confirm: async () => ({ leave: 'pause', reason: '' }) as const }]) {
      const played = await play(plan, http, { people });
      expect(kindsOf(played)).toEqual([]);
      expect(side.sent).toEqual([]);
    }
  });

  it('is agreed to by the calm operator of a rehearsal, never by a values file', async () => {
    const from = (source: 'file' | 'script'): People =>
      scripted({ answers: {}, votes: {}, principal: () => 'ada@example.com', source });
    for (const [source, times] of [
      ['file', 0],
      ['script', 1],
    ] as const) {
      const side = newSide();
      await play(plan, http, { people: from(source) });
      expect(side.sent).toHaveLength(times);
    }
  });

  it('is not taken in a dry run', async () => {
    const side = newSide();
    const played = await play(plan, http, { people: agreeing(), mode: 'dry-run', seal: true });
    expect([side.sent, cutOf(played)?.deferred?.on]).toEqual([[], 'cut']);
  });

  it('that is done already is not sent, nobody is asked, and it still has to be seen', async () => {
    for (const [value, slow, verdict] of [
      ['green', 0, 'pass'],
      ['green', 99, 'fail'],
    ] as const) {
      const side = newSide({ site: value });
      side.slow = slow;
      const people = agreeing();
      const played = await play(plan, http, { people });
      expect([side.sent, people.asked]).toEqual([[], []]);
      expect(played.events.find(({ kind }) => kind === 'act.result')).toMatchObject({ body: { result: 'already' } });
      expect(cutOf(played)?.verdict?.verdict).toBe(verdict);
    }
  });

  it('refuses to change what somebody else changed', async () => {
    const side = newSide({ site: 'red' });
    const people = agreeing();
    const played = await play(plan, http, { people });
    expect([side.sent, side.values, people.asked]).toEqual([[], { site: 'red' }, []]);
    expect(cutOf(played)?.verdict).toMatchObject({
      verdict: 'fail',
      findings: [{ expected: 'site is blue', observed: 'site is red' }],
    });
    expect(played.state.steps['after']).toBeUndefined();
  });

  it('sends nothing when the state changed between the showing and the word', async () => {
    for (const [value, verdict] of [
      ['red', 'fail'],
      ['green', 'pass'],
    ] as const) {
      const side = newSide();
      const confirm: People['confirm'] = async () => {
        side.values['site'] = value;
        return { agreed: [] };
      };
      const played = await play(plan, http, { people: agreeing({ confirm }) });
      expect([side.sent, side.values]).toEqual([[], { site: value }]);
      expect(cutOf(played)?.verdict?.verdict).toBe(verdict);
    }
  });

  it('sends nothing when the request is another one than was shown', async () => {
    const side = newSide();
    const { prepare } = swap;
    const other = vi.spyOn(swap, 'prepare').mockImplementation(async (args, world, attempt) => {
      const prospect = await prepare(args, world, attempt);
      return { ...prospect, request: { ...prospect.request, read: prospect.requests[0] ?? '' } };
    });
    const played = await play(plan, http, { people: agreeing() });
    other.mockRestore();
    expect(side.sent).toEqual([]);
    expect(cutOf(played)?.verdict).toMatchObject({
      verdict: 'fail',
      reason: expect.stringContaining('while it was being confirmed'),
    });
  });

  it('asks who it is before it reads and again before it sends, and touches nothing in another account', async () => {
    const side = newSide();
    const accounts = ['111111111111', '999999999999'];
    const caller = async () => {
      const account = accounts.shift() ?? '';
      if (account === '999999999999') throw new BlindError('refused', 'another account');
      return { account, arn: '' };
    };
    const people = agreeing();
    const played = await play(plan, http, { people, caller });
    expect([people.asked.length, side.sent, accounts]).toEqual([1, [], []]);
    expect(cutOf(played)?.verdict).toMatchObject({ verdict: 'error', reason: 'another account' });
  });

  it('that is refused is red, and nothing stands', async () => {
    const side = newSide();
    side.fates.push('refused');
    const played = await play(plan, http, { people: agreeing() });
    expect(cutOf(played)).toMatchObject({ verdict: { verdict: 'fail' }, act: { outcome: 'refused' } });
    expect(side.values).toEqual({ site: 'blue' });
  });

  it('that does not take effect in time is red, and is looked at again on a retry without being sent', async () => {
    const side = newSide();
    side.slow = 8;
    let reds = 0;
    const red: People['red'] = async () => (reds++ === 0 ? { do: 'retry' } : { leave: 'pause', reason: '' });
    const played = await play(plan, http, { people: agreeing({ red }) });
    const verdicts = played.events.flatMap((event) =>
      event.kind === 'step.verdict' && event.body.step === 'cut' ? [event.body.verdict] : [],
    );
    expect([verdicts, side.sent.length]).toEqual([['fail', 'pass'], 1]);
    expect(cutOf(played)?.act?.outcome).toBe('done');
    const accepted = played.events.find(({ kind }) => kind === 'act.result')?.at;
    expect(cutOf(played)?.verdict).toMatchObject({ observedAt: accepted });
    expect(played.tookMs).toBeGreaterThanOrEqual(60_000);
  });

  it('whose way back is none is confirmed with the target, whatever the checklist asks for', async () => {
    newSide();
    const call = { kind: 'test.swap', args: { name: 'site', from: 'blue', to: 'green' }, words: '' };
    const work = { type: 'act', call, confirm: 'key', noUndo: 'gone is gone' } as const;
    const shown: unknown[] = [];
    const confirm: People['confirm'] = async (_, what) => (shown.push([what.confirm, what.undo, what.first]), 'silent');
    await play(planOf(phase('p', [swaps('cut', { work })])), http, { people: agreeing({ confirm }) });
    expect(shown).toEqual([['target', { none: 'gone is gone' }, true]]);
  });

  it('tells only the first time that nobody sees the other laptop', async () => {
    newSide();
    const firsts: boolean[] = [];
    const confirm: People['confirm'] = async (_, { first }) => (firsts.push(first), { agreed: [] });
    const two = planOf(phase('p', [swaps('cut'), swaps('next', {}, { from: 'green', to: 'gold' })]));
    await play(two, http, { people: agreeing({ confirm }) });
    expect(firsts).toEqual([true, false]);
  });

  it('whose state before holds a secret is not sent: its way back could not be kept', async () => {
    const side = newSide({ site: 'hunter2222' });
    const secret = planOf(phase('p', [swaps('cut', {}, { from: 'hunter2222' })]));
    const played = await play(secret, http, { people: agreeing(), secrets: { password: 'hunter2222' } });
    expect(side.sent).toEqual([]);
    expect(cutOf(played)?.verdict?.verdict).toBe('error');
  });
});

describe('an answer that got lost', () => {
  it('is found out by looking: the change was made, and is not sent again', async () => {
    const side = newSide();
    side.fates.push('lost after');
    const people = agreeing();
    const played = await play(plan, http, { people });
    expect([side.sent.length, people.asked.length]).toEqual([1, 1]);
    expect(played.events.find(({ kind }) => kind === 'act.reconciled')).toMatchObject({ body: { result: 'applied' } });
    expect(cutOf(played)).toMatchObject({ verdict: { verdict: 'pass' }, act: { outcome: 'done' } });
  });

  it('is found out by looking: the change was not made, and is asked for again before it is sent again', async () => {
    const side = newSide();
    side.fates.push('lost before');
    let asked = 0;
    const confirm: People['confirm'] = async () => (asked++ < 2 ? { agreed: [] } : 'silent');
    const first = await play(plan, http, { people: agreeing({ confirm }) });
    expect([side.sent.length, asked]).toEqual([1, 1]);
    expect(cutOf(first)).toMatchObject({ verdict: { verdict: 'error' }, act: { outcome: 'not-applied' } });
    const store = memoryStore();
    side.fates.push('lost before');
    const red: People['red'] = async () => ({ do: 'retry' });
    const second = await play(plan, http, { store, people: agreeing({ red }) });
    expect([side.sent.length, cutOf(second)?.verdict?.verdict]).toEqual([3, 'pass']);
  });

  it('may come late: it is waited for, and the change keeps its way back also when it arrives after that', async () => {
    const side = newSide();
    let reads = 0;
    side.before = () => {
      if (++reads === 5) side.values['site'] = 'green';
    };
    side.fates.push('lost before');
    const soon = await play(plan, http, { people: agreeing() });
    expect([side.sent.length, cutOf(soon)?.verdict?.verdict, cutOf(soon)?.act?.outcome]).toEqual([1, 'pass', 'done']);

    const other = newSide();
    other.fates.push('lost before');
    const red: People['red'] = async () => {
      other.values['site'] = 'green';
      return { do: 'retry' };
    };
    const late = await play(plan, http, { people: agreeing({ red }) });
    expect([other.sent.length, cutOf(late)?.verdict?.verdict]).toEqual([1, 'pass']);
    expect(cutOf(late)?.act).toMatchObject({ outcome: 'done', before: expect.stringMatching(/^[0-9a-f]{64}$/) });
    expect(actStands(late.state, cut)).toBe(true);
  });

  it('is inconclusive where the state is neither, and stays so until somebody decides', async () => {
    const side = newSide();
    side.fates.push('lost before');
    let reads = 0;
    side.before = () => {
      // The third look is the one that finds out.
      if (++reads === 3) side.values['site'] = 'red';
    };
    let reds = 0;
    const red: People['red'] = async () => (reds++ < 1 ? { do: 'retry' } : 'silent');
    const played = await play(plan, http, { people: agreeing({ red }) });
    expect(side.sent).toHaveLength(1);
    expect(cutOf(played)).toMatchObject({
      attempt: 2,
      verdict: { verdict: 'inconclusive' },
      act: { outcome: 'unknown' },
    });
    expect(played.events.filter(({ kind }) => kind === 'act.reconciled')).toHaveLength(2);
  });

  it('is an error while nobody can look, and a retry finds out before anything else', async () => {
    const side = newSide();
    side.fates.push('lost after');
    let reads = 0;
    side.before = () => {
      if (++reads === 3) throw new BlindError('throttled', 'slow down');
    };
    const verdicts: unknown[] = [];
    const red: People['red'] = async () => ({ do: 'retry' });
    const played = await play(plan, http, { people: agreeing({ red }) });
    for (const event of played.events)
      if (event.kind === 'step.verdict' && event.body.step === 'cut') verdicts.push(event.body.verdict);
    expect([verdicts, side.sent.length]).toEqual([['error', 'pass'], 1]);
  });
});

describe('a process that dies', () => {
  const lines = ['run.open', 'phase.open', 'step.start', 'act.intent', 'act.result', 'step.verdict', 'step.start'];
  const deaths = lines.flatMap((kind, seq) => [[kind, seq, 'before'] as const, [kind, seq, 'after'] as const]);

  it.each(deaths)('at %s, line %i, %s it is on the disk: the change is made exactly once', async (kind, seq, when) => {
    const side = newSide();
    side.slow = 1;
    let dead = false;
    const store = memoryStore((at) => (!dead && at === seq ? when : undefined));
    const people = agreeing();
    await expect(play(plan, http, { store, people })).rejects.toThrow('the disk is full');
    dead = true;
    const sentBefore = side.sent.length;
    const played = await play(plan, http, { store, people, seal: true });
    expect([side.sent.length, side.values]).toEqual([1, { site: 'green' }]);
    // Once for the whole run where the change had been made; once more where nobody had been asked, or nothing was sent.
    expect(people.asked).toHaveLength(sentBefore === 1 || seq < 2 ? 1 : 2);
    expect(readEvents(store.lines)[seq]?.kind).toBe(when === 'after' || seq === 0 ? kind : 'session.open');
    expect(played.state.sealed).toMatchObject({ result: 'go' });
  });

  it('before the call was made asks again, because it was seen not to have happened', async () => {
    const side = newSide();
    const store = memoryStore();
    const dying = vi.spyOn(swap, 'perform').mockImplementationOnce(() => new Promise(() => undefined));
    const leaving = new AbortController();
    const first = play(plan, http, { store, people: agreeing(), signal: leaving.signal });
    await vi.waitFor(() => expect(dying).toHaveBeenCalled());
    dying.mockRestore();
    void first;
    const people = agreeing();
    const played = await play(plan, http, { store, people });
    expect(played.events.find(({ kind }) => kind === 'act.reconciled')).toMatchObject({
      body: { result: 'not-applied' },
    });
    expect([people.asked.length, side.sent.length, cutOf(played)?.verdict?.verdict]).toEqual([1, 1, 'pass']);
  });

  it('while it waits for the effect goes on with the id of the change', async () => {
    const { sees } = swap;
    if (sees === undefined) throw new Error('it sees nothing');
    const side = newSide();
    side.slow = 1;
    const store = memoryStore();
    const leaving = new AbortController();
    const looking = vi.spyOn(sees, 'look').mockImplementationOnce(async () => {
      leaving.abort();
      return { facts: { value: 'unsettled' }, requests: [] };
    });
    const first = await play(plan, http, { store, people: agreeing(), signal: leaving.signal });
    looking.mockRestore();
    expect([first.ending, cutOf(first)?.verdict]).toEqual([{ end: 'interrupted' }, undefined]);
    const seen = vi.spyOn(sees, 'look');
    const people = agreeing();
    const played = await play(plan, http, { store, people });
    expect(seen.mock.calls.map(([, { change }]) => change)).toEqual(['C-1', 'C-1']);
    seen.mockRestore();
    expect([people.asked, side.sent.length, cutOf(played)?.verdict?.verdict]).toEqual([[], 1, 'pass']);
    expect(cutOf(played)?.verdict?.observedAt).toBe(first.events.find(({ kind }) => kind === 'act.result')?.at);
  });
});

describe('what an act that stands was made from', () => {
  const reads = swaps('cut', { readers: ['was'] }, { from: '${record}' });
  const was = looks('was', { severity: 'critical', capture: { record: 'json.site' } });
  const app = () => application(() => ({ status: 200, body: '{"site":"blue"}' }));

  it('is not captured again, though a person asks for it', async () => {
    newSide();
    const http2 = app();
    let reds = 0;
    const red: People['red'] = async () =>
      reds++ === 0 ? { do: 'again', step: 'was' } : { leave: 'pause', reason: '' };
    const broken = looks('broken', { expect: [{ path: 'status', eq: 204 }] });
    const played = await play(planOf(phase('p', [was, reads, broken])), http2, { people: agreeing({ red }) });
    expect(http2.asked.filter((path) => path === 'was')).toHaveLength(1);
    expect(played.printed.join('\n')).toContain('cut rests on what was captured, and stands');
    expect(cutOf(played)?.verdict?.verdict).toBe('pass');
  });

  it('is not looked at again behind a gate', async () => {
    newSide();
    const http2 = app();
    const late = phase('late', [{ ...swaps('g'), nature: 'decides', work: gate({ recheck: 'critical' }) }]);
    const vote: People['vote'] = async () => ({ decision: 'go', by: 'ada@example.com', comment: '' });
    const played = await play(planOf(phase('p', [was, reads]), late), http2, { people: agreeing({ vote }) });
    expect([http2.asked, played.state.steps['g']?.verdict?.verdict]).toEqual([['was'], 'pass']);
  });
});
