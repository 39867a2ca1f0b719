// Goal: a decision that comes back counts once, for what it was signed about, and for nothing else. Method: the real commands
// from request to accept, on a run that nobody is at and on one that a session holds through a real socket.

import { execFileSync } from 'node:child_process';
import { mkdirSync, readFileSync, renameSync, truncateSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { afterAll, describe, expect, it, vi } from 'vitest';
import { runCli } from '../../src/cli.ts';
import { whileSeen } from '../../src/commands/holding.ts';
import { localFolder } from '../../src/commands/outside.ts';
import type { Work } from '../../src/commands/work.ts';
import { holdRun } from '../../src/effects/holder.ts';
import type { Envelope } from '../../src/engine/events.ts';
import { stepState } from '../../src/engine/state.ts';
import { GoliveError } from '../../src/errors.ts';
import { throwAwaySigner } from '../../src/log/session-key.ts';
import { hashLine } from '../../src/log/line.ts';
import { decisionBytes, readDecision, readRequest, requestText, splitRequestText } from '../../src/log/request.ts';
import { joinLines, openEnvelope, signoffEnvelope } from '../../src/log/statement.ts';
import { verifyLog } from '../../src/log/verify.ts';
import { pollRole } from '../../src/runner/poll.ts';
import type { Session } from '../../src/runner/session.ts';
import { takeWord } from '../../src/runner/signoff.ts';
import { findStep } from '../../src/engine/plan.ts';
import { nobody } from '../support/outside.ts';
import { noon } from '../support/plan.ts';
import {
  closed,
  judged,
  newProject,
  rolesText,
  signedRun,
  toTheGate,
  type Person,
  type SignedRun,
} from '../support/signed-run.ts';
import { ada as holder } from '../support/folder-run.ts';
import type { TestShell } from '../support/shell.ts';

const project = newProject();
const { ada, bob, cy, dana, eve } = project.people;
afterAll(() => project.remove());

const paused = { orders: [...toTheGate, closed] };
const call = (shell: TestShell, ...words: readonly string[]): Promise<number> =>
  runCli([...words, '--runs-dir', project.runsDir], shell);

/** What this person decides about the gate as it is now, or about a request that was written before. */
async function decides(
  by: Person,
  one: SignedRun,
  words: readonly string[] = ['--decision', 'go'],
  request = requested(one),
): Promise<Envelope> {
  const shell = project.shell(by);
  writeFileSync(join(shell.cwd, 'r.json'), await request);
  expect(await call(shell, 'sign', 'r.json', ...words), shell.complained()).toBe(0);
  return readDecision(readFileSync(join(shell.cwd, 'r.decision.json')));
}

async function requested(one: SignedRun, ...words: readonly string[]): Promise<Buffer> {
  const shell = project.shell(ada);
  expect(await call(shell, 'request', one.run, 'approved', '--out', 'r', ...words), shell.complained()).toBe(0);
  return readFileSync(join(shell.cwd, 'r'));
}

/** Brings a decision to the run; gives the exit code and everything that was said. */
async function brings(
  one: SignedRun,
  decision: Envelope | string,
  words: readonly string[] = [],
  shell = project.shell(ada),
) {
  writeFileSync(join(shell.cwd, 'd.json'), typeof decision === 'string' ? decision : decisionBytes(decision));
  const exit = await call(shell, 'accept', one.run, 'd.json', ...words);
  return { exit, said: shell.printed() + shell.complained(), shell };
}

/** A statement that this person signed about the gate, as it is now and with anything of it replaced. */
async function forged(
  one: SignedRun,
  by: Person,
  other: Partial<Parameters<typeof signoffEnvelope>[0]> = {},
): Promise<Envelope> {
  const { run, step, attempt, text, seen, checklist } = readRequest(await requested(one));
  const signer = await one.signerOf(by);
  return signoffEnvelope({
    signer,
    run,
    step,
    attempt,
    text,
    seen,
    checklist: checklist.digest,
    role: 'ops',
    decision: 'go',
    comment: '',
    ...other,
  });
}

const eventsOf = async (one: SignedRun, from = toTheGate.length + 2) =>
  (await one.events()).slice(from).map(({ kind, body }) => ({ kind, body }));
const isWhole = async (one: SignedRun) => {
  const { plan, roster } = one;
  const found = await verifyLog(joinLines(await one.store.read(one.run, 0)), {
    verifyStatement: roster.vouch,
    planOf: async () => plan,
  });
  expect(found).toMatchObject({ verdict: 'OPEN', procedure: 'kept' });
};

describe('a run that nobody is at', () => {
  it.each([
    ['real', false],
    ['rehearsed with keys of their own', true],
  ])('%s, takes a decision in a session of its own, and stays at its poll', async (_, rehearsal) => {
    const one = await signedRun(project, { ...paused, rehearsal });
    const { exit, said } = await brings(one, await decides(bob, one));
    expect(exit, said).toBe(0);
    expect(said).toContain(`go for ops at approved by bob@example.com: it counts in ${one.run}.`);
    expect(said).toContain(`resume ${one.run}`);
    const seen = toTheGate.length + 1;
    expect((await eventsOf(one)).slice(0, 4)).toMatchObject([
      { kind: 'session.open', body: { session: { principal: ada.name, roles: one.roster.people } } },
      {
        kind: 'signoff',
        body: { principal: bob.name, role: 'ops', step: 'approved', decision: 'go', attempt: 1, seen },
      },
      { kind: 'gate.vote', body: { by: bob.name, role: 'ops', decision: 'go', signoff: seen + 2 } },
      { kind: 'session.close', body: { reason: 'later' } },
    ]);
    await isWhole(one);
    // The poll goes on: the second decision is about the same attempt, and the first one is seen by whoever signs it.
    const request = await requested(one);
    expect(readRequest(request)).toMatchObject({ attempt: 1, roles: ['lead'] });
    expect((await brings(one, await decides(dana, one, ['--decision', 'go'], Promise.resolve(request)))).exit).toBe(0);
    await isWhole(one);
  });

  it('takes a no-go with its reason, and it counts', async () => {
    const one = await signedRun(project, paused);
    const decision = await decides(bob, one, ['--decision', 'no-go', '--comment', 'the load test is red']);
    const { exit, said } = await brings(one, decision, ['--json']);
    expect(exit).toBe(0);
    expect(JSON.parse(said)).toEqual({
      run: one.run,
      step: 'approved',
      role: 'ops',
      decision: 'no-go',
      by: bob.name,
      taken: 'here',
    });
    const vote = (await one.events()).find(({ kind }) => kind === 'gate.vote');
    expect(vote?.body).toMatchObject({ decision: 'no-go', comment: 'the load test is red' });
  });

  it('takes both decisions that were made on one request', async () => {
    const one = await signedRun(project, paused);
    const request = requested(one);
    const [first, second] = [await decides(bob, one, undefined, request), await decides(ada, one, undefined, request)];
    expect((await brings(one, first)).exit).toBe(0);
    expect((await brings(one, second)).exit).toBe(0);
    await isWhole(one);
  });

  it('and died before anything was written is as it was, and takes the same decision afterwards', async () => {
    const one = await signedRun(project, paused);
    const decision = await decides(bob, one);
    const before = await one.store.read(one.run, 0);
    const events = join(one.store.locate(one.run), 'events');
    // Its folder is gone for a moment, as a disk that failed.
    renameSync(events, `${events}-gone`);
    expect((await brings(one, decision)).exit).toBe(3);
    renameSync(`${events}-gone`, events);
    expect(await one.store.read(one.run, 0)).toEqual(before);
    expect((await brings(one, decision)).exit).toBe(0);
  });

  it('and died between the signed word and the vote has the vote written by whoever goes on with it', async () => {
    const one = await signedRun(project, paused);
    const decision = await decides(bob, one);
    const journal = await one.again();
    const desk = { plan: one.plan, journal, roster: one.roster, world: one };
    expect(await takeWord(desk, decision)).toEqual({ line: journal.state().seq - 1 });
    expect(stepState(journal.state(), 'approved').votes).toEqual({});
    // The process is gone. Bringing it once more says so, and changes nothing.
    const again = await brings(one, decision);
    expect(again.said).toContain('bob@example.com has signed about attempt 1 of approved for ops already (line');
    const resumed = await one.again();
    expect(await pollRole(pollingAt(one, resumed), stepAt(one), 'ops', undefined)).toBeUndefined();
    expect(stepState(resumed.state(), 'approved').votes).toMatchObject({ ops: { decision: 'go', by: bob.name } });
    await isWhole(one);
  });
});

const stepAt = ({ plan }: SignedRun) => {
  const step = findStep(plan, 'approved');
  if (step === undefined) throw new Error('no gate');
  return step;
};

/** A session that only polls; nobody is asked in it. */
function pollingAt(
  one: SignedRun,
  journal: SignedRun['journal'] extends () => infer J ? J : never,
  people = nobody,
): Session {
  const { plan, roster, clock } = one;
  const polling = {
    plan,
    journal,
    roster,
    world: { clock },
    people,
    signal: new AbortController().signal,
    flush: () => undefined,
  };
  return polling as unknown as Session;
}

describe('a decision does not count', () => {
  const refused = async (one: SignedRun, decision: Envelope | string, words: string | RegExp): Promise<void> => {
    const before = (await one.events())
      .map(({ kind }) => kind)
      .filter((kind) => kind === 'gate.vote' || kind === 'signoff');
    const { exit, said } = await brings(one, decision);
    expect(said).toMatch(words);
    expect(exit).toBe(3);
    const after = (await one.events())
      .map(({ kind }) => kind)
      .filter((kind) => kind === 'gate.vote' || kind === 'signoff');
    expect(after).toEqual(before);
  };

  it('twice', async () => {
    const one = await signedRun(project, paused);
    const decision = await decides(bob, one);
    expect((await brings(one, decision)).exit).toBe(0);
    const lines = await one.store.read(one.run, 0);
    await refused(
      one,
      decision,
      /decision of bob@example.com at approved does not count: bob@example.com has signed about attempt 1 of approved for ops already \(line \d+\)/,
    );
    expect(await one.store.read(one.run, 0)).toEqual(lines);
  });

  it('of a second person for a role that has voted, whichever way', async () => {
    const one = await signedRun(project, paused);
    const request = requested(one);
    const late = await decides(cy, one, undefined, request);
    expect((await brings(one, await decides(bob, one, ['--decision', 'no-go', '--comment', 'no'], request))).exit).toBe(
      0,
    );
    await refused(one, late, 'ops has voted at approved already: no-go by bob@example.com');
  });

  it('in another run, at another gate, or in another attempt', async () => {
    const [one, other] = [await signedRun(project, paused), await signedRun(project, paused)];
    await refused(other, await decides(bob, one), `it is about run ${one.run}, and this is ${other.run}`);
    await refused(
      one,
      await forged(one, bob, { step: 'later' }),
      'it is about attempt 1 of later, and this is attempt 0',
    );
    await refused(one, await forged(one, bob, { step: 'good' }), 'good is no gate of this run');
    const decision = await decides(bob, one);
    await one.again();
    await one.give(judged('approved', 'fail'), { order: 'start', step: 'approved', why: 'retry' }, closed);
    await refused(one, decision, 'it is about attempt 1 of approved, and this is attempt 2: ask again');
    await refused(one, await forged(one, bob, { attempt: 1 }), 'it is about attempt 1 of approved');
  });

  it('once the poll is over', async () => {
    const one = await signedRun(project, paused);
    const decision = await decides(bob, one);
    await one.again();
    await one.give(judged('approved', 'fail'), closed);
    const lines = await one.store.read(one.run, 0);
    await refused(one, decision, 'approved is not open for votes');
    expect(await one.store.read(one.run, 0)).toEqual(lines);
  });

  it('after something it was made on has changed', async () => {
    const one = await signedRun(project, paused);
    const decision = await decides(bob, one);
    await one.again();
    await one.give({ order: 'start', step: 'good', why: 'recheck' }, judged('good', 'fail'), closed);
    await refused(
      one,
      decision,
      /good changed after bob@example.com was shown what there was: it has to be signed again/,
    );
  });

  it('after its request is over, however it is brought', async () => {
    const one = await signedRun(project, paused);
    const { text } = readRequest(await requested(one));
    const { told = '', nonce = '' } = splitRequestText(text) ?? {};
    const over = requestText(told, nonce, '2026-03-01T12:00:00.000Z');
    await refused(one, await forged(one, bob, { text: over }), 'its request counted until 2026-03-01T12:00:00.000Z');
    const rehearsal = await signedRun(project, { ...paused, rehearsal: true });
    const decision = await decides(bob, rehearsal, undefined, requested(rehearsal, '--expires', '1m'));
    await rehearsal.again();
    await rehearsal.jump(noon + 120_000);
    await rehearsal.give({ order: 'note', by: ada.name, step: '', text: 'two minutes later' }, closed);
    await refused(
      rehearsal,
      decision,
      'its request counted until 2026-03-01T12:01:00.000Z, and it is 2026-03-01T12:02:00.000Z',
    );
  });

  it('when something else was signed than the log says', async () => {
    const one = await signedRun(project, paused);
    const { text, nonce, expires } = readRequest(await requested(one));
    const { told = '' } = splitRequestText(text) ?? {};
    const nice = requestText(told.replace('fail (advisory)', 'pass'), nonce, expires);
    await refused(
      one,
      await forged(one, bob, { text: nice }),
      /its text is not what the log says at line \d+: something else was signed/,
    );
    await refused(one, await forged(one, bob, { text: told }), 'its text does not end with the line of a request');
    await refused(
      one,
      await forged(one, bob, { text: text.replace(nonce, 'NONCE') }),
      'its text does not end with the line',
    );
    await refused(
      one,
      await forged(one, bob, { seen: { seq: 4, head: 'a'.repeat(64) } }),
      'it was signed on line 5 of another log',
    );
    await refused(one, await forged(one, bob, { checklist: 'a'.repeat(64) }), 'another version of the checklist');
    const lines = await one.store.read(one.run, 0);
    const early = { seq: 3, head: hashLine(lines[3] ?? '') };
    await refused(
      one,
      await forged(one, bob, { seen: early }),
      'attempt 1 of approved was not open for votes at line 4',
    );
  });

  it('of who does not hold the role, or signs with a key that does not count', async () => {
    const one = await signedRun(project, paused);
    await refused(
      one,
      await forged(one, eve),
      'eve@example.com does not hold Operations; bob@example.com, cy@example.com, dana@example.com hold it',
    );
    await refused(
      one,
      await forged(one, bob, { signer: throwAwaySigner(bob.name) }),
      'do not list this name with this key',
    );
    const asCy = { ...(await one.signerOf(eve)), principal: cy.name };
    await refused(one, await forged(one, bob, { signer: asCy }), 'do not list this name with this key');
  });

  it.each([
    ['expired', { 'bob@example.com': 'valid-before="20200101Z"' }, undefined, /EXPIRED|had expired/],
    ['revoked', {}, bob.publicKey, /the key is revoked/],
    ['for other statements', { 'bob@example.com': 'namespaces="golive.grant"' }, undefined, /may not sign this kind/],
  ])('with a key that is %s where the run is', async (_, options, revoked, words) => {
    const one = await signedRun(project, paused);
    const decision = await decides(bob, one);
    const files = {
      allowed_signers: project.signers(options),
      'roles.yaml': rolesText,
      ...(revoked !== undefined && { revoked_keys: `${revoked}\n` }),
    };
    const { exit, said } = await brings(one, decision, [], project.shell(ada, files));
    expect(said).toMatch(words);
    expect(exit).toBe(3);
    expect((await one.events()).some(({ kind }) => kind === 'signoff')).toBe(false);
  });

  it('signed in another namespace, or changed after it was signed', async () => {
    const one = await signedRun(project, { ...paused, rehearsal: true });
    const decision = await forged(one, bob);
    const payload = JSON.parse(Buffer.from(decision.payload, 'base64').toString()) as {
      predicate: { decision: string };
    };
    const no = Buffer.from(
      JSON.stringify({ ...payload, predicate: { ...payload.predicate, decision: 'no-go' } }),
    ).toString('base64');
    await refused(
      one,
      { ...decision, payload: no },
      /the signature for ops of bob@example.com does not count: the signature does not fit/,
    );
    const signer = await one.signerOf(bob);
    const grant = { ...signer, sign: (_: string, message: Uint8Array) => signer.sign('golive.grant', message) };
    await refused(
      one,
      await forged(one, bob, { signer: grant }),
      /it cannot be read: the signature of its signoff does not fit: it is for something else/,
    );
  });

  it('in a rehearsal with a key that its log cannot be checked with', async () => {
    const one = await signedRun(project, { ...paused, rehearsal: true });
    const shell = project.shell(bob);
    const file = join(shell.cwd, 'key');
    execFileSync('ssh-keygen', ['-q', '-t', 'ecdsa', '-N', '', '-f', file]);
    const signer = await one.signerOf({ ...bob, file });
    await refused(
      one,
      await forged(one, bob, { signer }),
      'in a rehearsal only Ed25519 keys sign, and this is another kind',
    );
  });

  it('when it is none: another file, another sort of statement, or too much of it', async () => {
    const one = await signedRun(project, paused);
    await refused(one, 'hello', 'this is not a decision: it is not JSON');
    await refused(
      one,
      JSON.stringify({ kind: 'golive.decision', version: 1, statement: {}, path: '/etc' }),
      'this is not a decision',
    );
    const [opening] = await one.events();
    const grant = opening?.kind === 'run.open' ? opening.body.session.grant : undefined;
    if (grant) await refused(one, grant, 'it cannot be read: its statement is not a signoff');
    await refused(one, await forged(one, bob, { decision: 'waive' }), 'it says waive, which decides no gate');
    const { shell } = await brings(one, 'x');
    truncateSync(join(shell.cwd, 'd.json'), 65 * 1024 * 1024);
    expect(await call(shell, 'accept', one.run, 'd.json')).toBe(3);
    expect(shell.complained()).toContain('larger than 64 MiB');
  });

  it('where people have throw-away keys, and where nobody is known', async () => {
    const keyed = await signedRun(project, paused);
    const decision = await decides(bob, keyed);
    const played = await signedRun(project, { ...paused, rehearsal: true, people: 'throw-away' });
    await refused(played, decision, '--own-keys');
    await refused(
      await signedRun(project, { ...paused, people: 'nobody' }),
      decision,
      'nobody said who holds which role',
    );
    const { exit, said } = await brings(keyed, decision, [], project.shell(ada, {}));
    expect(said).toContain('there is no .golive/allowed_signers here');
    expect(exit).toBe(3);
  });
});

describe('a run that a session holds', () => {
  /** A session at its prompt, in the sight of others; gives what the poll of the role came to. */
  async function held<T>(
    one: SignedRun,
    role: string,
    meanwhile: () => Promise<T>,
  ): Promise<{ readonly came: T; readonly asked: number; readonly ended: unknown }> {
    const shell = project.shell(ada);
    const given = { ...one, shell, command: 'golive' } as unknown as Work;
    let away: ((error: Error) => void) | undefined;
    let asked = 0;
    const operator = { putAside: () => away?.(new GoliveError('put-aside', 'put aside')) };
    const desk = { print: () => undefined, flush: () => undefined, operator } as unknown as Parameters<
      typeof whileSeen
    >[1];
    let came: T | undefined;
    let ended: unknown;
    await whileSeen(given, desk, async (presence, grip) => {
      await grip.at(one.journal());
      const vote = (): Promise<never> =>
        new Promise((_, reject) => {
          asked += 1;
          presence.doing('asking approved');
          away = reject;
        });
      const session = { ...pollingAt(one, one.journal(), { ...nobody, vote }), presence };
      const polled = pollRole(session, stepAt(one), role, undefined).catch((error: unknown) => error);
      await vi.waitFor(() => expect(asked).toBe(1));
      came = await meanwhile();
      away?.(new GoliveError('interrupted', 'the test is over'));
      ended = await polled;
      return 0;
    });
    return { came: came as T, asked, ended };
  }

  it('takes it there: the question is put aside, and nobody is asked for what was said', async () => {
    const one = await signedRun(project);
    const decision = await decides(bob, one);
    const { came, asked, ended } = await held(one, 'ops', () => brings(one, decision));
    expect(came.said).toContain('The session that works on it goes on with it.');
    expect(came.exit).toBe(0);
    expect({ asked, ended }).toEqual({ asked: 1, ended: undefined });
    expect(await eventsOf(one, toTheGate.length + 1)).toMatchObject([
      { kind: 'signoff', body: { principal: bob.name } },
      { kind: 'gate.vote', body: { by: bob.name } },
    ]);
    await isWhole(one);
  });

  it('takes the longest that can be said, and shows why somebody said no', async () => {
    const one = await signedRun(project);
    const comment = '\u4e0d'.repeat(8000);
    const decision = await forged(one, bob, { decision: 'no-go', comment });
    expect(JSON.stringify(decision).length).toBeGreaterThan(32_000);
    const { came } = await held(one, 'ops', () => brings(one, decision));
    expect(came.exit, came.said).toBe(0);
    expect(await eventsOf(one, toTheGate.length + 2)).toMatchObject([{ kind: 'gate.vote', body: { comment } }]);
  });

  it('asks again for a role that the decision is not about', async () => {
    const one = await signedRun(project);
    const decision = await decides(bob, one);
    const { came, asked, ended } = await held(one, 'lead', async () => {
      const brought = await brings(one, decision);
      await vi.waitFor(() => expect(stepState(one.journal().state(), 'approved').votes).toMatchObject({ ops: {} }));
      return brought;
    });
    expect(came.exit).toBe(0);
    expect(asked).toBe(2);
    expect(ended).toMatchObject({ code: 'interrupted' });
  });

  it('refuses there what does not count, in the same words, and the question stays', async () => {
    const one = await signedRun(project);
    const wrong = await forged(one, eve);
    const decision = await decides(bob, one);
    const { came, asked } = await held(one, 'lead', async () => [
      await brings(one, wrong),
      await brings(one, decision),
      await brings(one, decision),
    ]);
    expect(came.map(({ exit }) => exit)).toEqual([3, 0, 3]);
    expect(came[0]?.said).toContain('eve@example.com does not hold Operations; bob@example.com');
    expect(came[2]?.said).toContain('bob@example.com has signed about attempt 1 of approved for ops already');
    expect(asked).toBeLessThanOrEqual(2);
    await isWhole(one);
  });

  it('by something that takes none is left alone, and what it says is cut', async () => {
    const one = await signedRun(project, paused);
    const decision = await decides(bob, one);
    const folder = localFolder(one.store.locate(one.run));
    const hold = await holdRun(folder, { who: () => holder, stop: () => undefined });
    expect((await brings(one, decision)).said).toContain('what works on it now takes no decisions');
    if ('close' in hold) await hold.close();
    const talking = await holdRun(folder, {
      who: () => holder,
      stop: () => undefined,
      accept: async () => `\u001b[2J${'x'.repeat(20_000)}`,
    });
    const { said, exit } = await brings(one, decision);
    expect(exit).toBe(3);
    expect(said).toContain('\\x1b[2J');
    expect(said.length).toBeLessThan(1500);
    if ('close' in talking) await talking.close();
  });

  it('and that does not answer is said not to', async () => {
    const one = await signedRun(project, paused);
    const decision = await decides(bob, one);
    const folder = localFolder(one.store.locate(one.run));
    mkdirSync(folder, { recursive: true });
    const server = createServer((socket) => socket.destroy());
    await new Promise<void>((resolve) => server.listen(join(folder, 'at-aaaaaaaa'), resolve));
    const { exit, said } = await brings(one, decision);
    expect(said).toContain('is being worked on by a process that does not answer');
    expect(exit).toBe(2);
    await new Promise((resolve) => server.close(resolve));
  });
});

it('what is signed is what the request says, byte for byte', async () => {
  const one = await signedRun(project, paused);
  const request = await requested(one);
  const decision = await decides(bob, one, undefined, Promise.resolve(request));
  expect(openEnvelope('signoff', decision).predicate.text).toBe(readRequest(request).text);
});
