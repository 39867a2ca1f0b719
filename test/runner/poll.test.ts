// A gate that people sign: who counts, what stops it and in which words, and that nothing signed is lost or asked for twice.

import { describe, expect, it } from 'vitest';
import type { RunEvent } from '../../src/engine/events.ts';
import { stepState } from '../../src/engine/state.ts';
import { hashLine } from '../../src/log/line.ts';
import { throwAwaySigner } from '../../src/log/session-key.ts';
import { signoffEnvelope } from '../../src/log/statement.ts';
import type { People, Vote } from '../../src/runner/people.ts';
import { personas } from '../../src/runner/personas.ts';
import type { Roster } from '../../src/roster.ts';
import type { Signer } from '../../src/world.ts';
import { nobody } from '../support/outside.ts';
import { gate, phase, planOf, step } from '../support/plan.ts';
import { application, looks, memoryStore, opening, play, type MemoryStore } from '../support/run.ts';

const fine = application(() => 200);
const work = gate({ poll: ['lead', 'security'], differentPeople: true });
const plan = planOf(phase('p', [looks('one', { severity: 'critical' }), step('gate', 'decides', { work })]));
const holders: Readonly<Record<string, string>> = { lead: 'ada@example.com', security: 'grace@example.com' };

function people(votes: Readonly<Record<string, readonly (Partial<Vote> | 'silent' | 'pause')[]>>): People & {
  readonly refused: string[];
  readonly asked: string[];
} {
  const refused: string[] = [];
  const asked: string[] = [];
  const left = new Map(Object.entries(votes).map(([role, said]) => [role, [...said]]));
  return {
    ...nobody,
    refused,
    asked,
    vote: async (_, role) => {
      asked.push(role);
      const said = left.get(role)?.shift() ?? 'silent';
      if (said === 'silent') return said;
      if (said === 'pause') return { leave: 'pause', reason: '' };
      return { decision: 'go', by: holders[role] ?? '', comment: '', ...said };
    },
    notCounted: (why) => {
      refused.push(why);
      return true;
    },
  };
}

function given(more: Partial<Roster> = {}): { readonly roster: Roster; readonly signer: Signer } {
  const signer = throwAwaySigner('ada@example.com');
  const roster = personas(['lead', 'security'], (role) => holders[role] ?? '', signer);
  return { signer, roster: { ...roster, ...more } };
}

const kinds = (events: readonly RunEvent[]): readonly string[] =>
  events.map(({ kind }) => kind).filter((kind) => kind === 'signoff' || kind === 'gate.vote');

describe('a gate', () => {
  it('opens on the signed go of two people, who are asked once each', async () => {
    const asked = people({ lead: [{}], security: [{}] });
    const played = await play(plan, fine, { people: asked, seal: true, ...given() });
    expect(stepState(played.state, 'gate').verdict?.verdict).toBe('pass');
    expect([asked.asked, asked.refused]).toEqual([['lead', 'security'], []]);
    expect(kinds(played.events)).toEqual(['signoff', 'gate.vote', 'signoff', 'gate.vote']);
    expect(played.state.sealed?.result).toBe('go');
  });

  it.each<[string, Partial<Vote>, string]>([
    [
      'the same person twice',
      { by: 'ada@example.com' },
      'ada@example.com does not hold Security; grace@example.com holds it',
    ],
    ['somebody nobody knows', { by: 'eve@example.com' }, 'there is no key of eve@example.com at this machine'],
    ['another person with the key of the first', {}, 'has voted for Lead already, and gate takes different people'],
  ])('does not count %s, says so, and asks again', async (what, vote, why) => {
    const { roster, signer } = given();
    const same = { ...signer, principal: 'grace@example.com' };
    const first = what.startsWith('another') ? { signer: same } : vote;
    const asked = people({ lead: [{}], security: [first, {}] });
    const titled = { ...plan, roles: { lead: { title: 'Lead' }, security: { title: 'Security' } } };
    const played = await play(titled, fine, { people: asked, roster, signer });
    expect(asked.refused).toHaveLength(1);
    expect(asked.refused[0]).toContain(why);
    expect(stepState(played.state, 'gate').verdict?.verdict).toBe('pass');
  });

  it('does not count a key that nobody vouches for, and says what to do', async () => {
    const vouch: Roster['vouch'] = async ({ principal }) =>
      principal === 'grace@example.com' ? { verdict: 'EXPIRED', reason: 'the key had expired by then' } : 'good';
    const asked = people({ lead: [{}], security: [{}] });
    const played = await play(plan, fine, { people: asked, ...given({ vouch, source: 'roles.yaml' }) });
    expect(asked.refused).toEqual([
      'the signature for security of grace@example.com does not count: the key had expired by then. Renew its dates in the allowed signers, or sign with a key that is good now.',
    ]);
    expect(stepState(played.state, 'gate').verdict?.verdict).toBe('inconclusive');
  });

  it('of a role that nobody holds stays shut: nothing is not a go', async () => {
    const asked = people({ lead: [{}], security: ['silent'] });
    const signer = throwAwaySigner('ada@example.com');
    const roster = { ...personas(['lead'], () => 'ada@example.com', signer) };
    const played = await play(plan, fine, { people: asked, signer, roster });
    expect(stepState(played.state, 'gate').verdict).toMatchObject({
      verdict: 'inconclusive',
      findings: [{ observed: 'go by ada@example.com' }, { observed: 'no answer' }],
    });
  });

  it('is shut by one no-go, signed', async () => {
    const asked = people({ lead: [{}], security: [{ decision: 'no-go' }] });
    const played = await play(plan, fine, { people: asked, ...given() });
    expect(stepState(played.state, 'gate').verdict?.verdict).toBe('fail');
  });
});

describe('a poll that is left open', () => {
  it('goes on in the next session where it was, and asks only for what is missing', async () => {
    const store = memoryStore();
    const both = given();
    const first = await play(plan, fine, { store, people: people({ lead: [{}], security: ['pause'] }), ...both });
    expect(first.ending).toMatchObject({ end: 'left', leave: 'pause' });
    const asked = people({ security: [{}] });
    const second = await play(plan, fine, { store, people: asked, ...both });
    expect(asked.asked).toEqual(['security']);
    expect(stepState(second.state, 'gate')).toMatchObject({ attempt: 1, verdict: { verdict: 'pass' } });
  });

  it('is over when what stands above it changed: everybody is asked again', async () => {
    const store = memoryStore();
    const both = given();
    const again = gate({ ...work, recheck: ['one'] });
    const watched = planOf(phase('p', [looks('one'), step('gate', 'decides', { work: again })]));
    await play(watched, fine, { store, people: people({ lead: [{}], security: ['pause'] }), ...both });
    const asked = people({ lead: [{}], security: [{}] });
    const red: People['red'] = async ({ id }) =>
      id === 'one' ? { do: 'waive', by: 'ada@example.com', role: '', reason: 'known, ticket 12' } : { do: 'retry' };
    const played = await play(
      watched,
      application(() => 500),
      { store, people: { ...asked, red }, ...both },
    );
    const reasons = played.events.flatMap((event) =>
      event.kind === 'step.verdict' && event.body.step === 'gate' ? [event.body.reason] : [],
    );
    expect(reasons).toEqual([
      'one changed after ada@example.com was shown what there was: everybody has to be asked again',
      '',
    ]);
    expect(asked.asked).toEqual(['lead', 'security']);
    expect(stepState(played.state, 'gate')).toMatchObject({ attempt: 2, verdict: { verdict: 'pass' } });
  });

  it('takes the vote from a sign-off that was durable when the process was killed, and nobody signs twice', async () => {
    const whole = memoryStore();
    const both = given();
    await play(plan, fine, { store: whole, people: people({ lead: [{}], security: ['pause'] }), ...both });
    const at = whole.lines.findIndex((line) => Buffer.from(line).includes('"kind":"signoff"'));
    const store = cut(whole, at + 1);
    const asked = people({ security: [{}] });
    const played = await play(plan, fine, { store, people: asked, ...both });
    expect(asked.asked).toEqual(['security']);
    expect(kinds(played.events)).toEqual(['gate.vote', 'signoff', 'gate.vote']);
    expect(stepState(played.state, 'gate').verdict?.verdict).toBe('pass');
  });

  it('asks again when the process was killed after the signing and before anything was durable', async () => {
    const whole = memoryStore();
    const both = given();
    await play(plan, fine, { store: whole, people: people({ lead: [{}], security: ['pause'] }), ...both });
    const at = whole.lines.findIndex((line) => Buffer.from(line).includes('"kind":"signoff"'));
    const asked = people({ lead: [{}], security: [{}] });
    const played = await play(plan, fine, { store: cut(whole, at), people: asked, ...both });
    expect(asked.asked).toEqual(['lead', 'security']);
    expect(stepState(played.state, 'gate').verdict?.verdict).toBe('pass');
  });
});

describe('a decision that was signed elsewhere', () => {
  const elsewhere = async (
    store: MemoryStore,
    signer: Signer,
    more: Partial<Parameters<typeof signoffEnvelope>[0]> = {},
  ): Promise<Partial<Vote>> => {
    const seq = store.lines.length - 1;
    const statement = await signoffEnvelope({
      signer,
      run: 'a'.repeat(26),
      role: 'security',
      step: 'gate',
      decision: 'go',
      attempt: 1,
      text: 'x',
      comment: '',
      seen: {
        seq,
        head: hashLine(store.lines[seq] ?? ''),
      },
      checklist: opening('run').checklist.digest,
      ...more,
    });
    return { statement };
  };

  it.each<[string, Partial<Parameters<typeof signoffEnvelope>[0]>, string]>([
    ['another run', { run: 'b'.repeat(26) }, `it is about run ${'b'.repeat(26)}`],
    ['another attempt', { attempt: 2 }, 'it is about attempt 2 of gate, and this is attempt 1'],
    ['another step', { step: 'one' }, 'is not open for votes'],
    ['another role', { role: 'lead' }, 'grace@example.com does not hold'],
    ['another line', { seen: { seq: 1, head: 'f'.repeat(64) } }, 'it was signed on line 2 of another log'],
    ['another checklist', { checklist: 'f'.repeat(64) }, 'signed for another version of the checklist'],
  ])('for %s does not count', async (_, more, why) => {
    const store = memoryStore();
    const both = given();
    const grace = await both.roster.signer('grace@example.com');
    if (grace === undefined) throw new Error('nobody');
    const asked = people({ lead: [{}] });
    const bring = async (): Promise<Partial<Vote>> => elsewhere(store, grace, more);
    let brought = 0;
    const vote: People['vote'] = async (at, role, shown) =>
      role === 'security' && brought++ === 0
        ? { decision: 'go', by: '', comment: '', ...(await bring()) }
        : asked.vote(at, role, shown);
    await play(plan, fine, { store, people: { ...asked, vote }, ...both });
    expect(asked.refused).toHaveLength(1);
    expect(asked.refused[0]).toContain(why);
  });

  it('counts once: brought again it is refused by name', async () => {
    const store = memoryStore();
    const both = given();
    const grace = await both.roster.signer('grace@example.com');
    if (grace === undefined) throw new Error('nobody');
    const asked = people({});
    let kept: Partial<Vote> | undefined;
    // She signed it before anybody was asked for the other role: both times it is brought where the lead is asked.
    const vote: People['vote'] = async (at, role, shown) => {
      if (role !== 'lead') return asked.vote(at, role, shown);
      if (asked.refused.length > 0) return { decision: 'go', by: 'ada@example.com', comment: '' };
      kept ??= await elsewhere(store, grace);
      return { decision: 'go', by: '', comment: '', ...kept };
    };
    const played = await play(plan, fine, { store, people: { ...asked, vote }, ...both });
    expect(asked.refused).toEqual(['grace@example.com has signed about attempt 1 of gate already (line 6)']);
    expect(stepState(played.state, 'gate').verdict?.verdict).toBe('pass');
  });
});

function cut(store: MemoryStore, lines: number): MemoryStore {
  const left = memoryStore();
  left.lines.push(...store.lines.slice(0, lines));
  for (const [name, bytes] of store.blobs) left.blobs.set(name, bytes);
  return left;
}
