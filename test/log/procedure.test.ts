// `verifyLog` and the procedure: logs whose every signature is good, written by whoever holds the session's key.

import { describe, expect, it } from 'vitest';
import type { Plan } from '../../src/engine/plan.ts';
import { digest } from '../../src/log/canonical.ts';
import { hashLine } from '../../src/log/line.ts';
import { throwAwaySigner } from '../../src/log/session-key.ts';
import { verifyLog, type Verification, type VerifyOptions } from '../../src/log/verify.ts';
import { verificationLines } from '../../src/render/verification.ts';
import { gate, phase, planOf, step } from '../support/plan.ts';
import { began, openLog, type LogBuilder, realRun, verdictBody } from './given.ts';

const ada = throwAwaySigner('ada@example.com');
const grace = throwAwaySigner('grace@example.com');
const lee = throwAwaySigner('lee@example.com');
const roles = [
  { principal: 'ada@example.com', roles: ['owner'] },
  { principal: 'grace@example.com', roles: ['lead'] },
];
const plan = planOf(
  phase('verify', [
    step('backend-ready', 'looks', { waive: { by: 'owner' } }),
    step('go-no-go', 'decides', { work: gate({ poll: ['lead'] }) }),
    step('switch', 'changes'),
  ]),
);
const planFor = async (): Promise<Plan> => plan;
/** A rehearsal in which people sign with keys of their own. */
const ownKeys = { change: { roster_digest: digest('allowed signers') } };
const noon = '2026-11-20T12:00:00.000Z';

const judged = (id: string, attempt: number, verdict: 'pass' | 'fail') => ({
  ...verdictBody,
  step: id,
  attempt,
  verdict,
  findings: [{ verdict, expected: 'it holds', observed: 'seen' } as const],
});

/** Up to the poll. `red`: what was looked at does not hold. */
async function polled(given: Parameters<typeof openLog>[0] = {}, red = false): Promise<LogBuilder> {
  const log = await openLog({ signer: ada, roles, ...given });
  log.add('phase.open', { phase: 'verify' });
  log.add('step.start', { step: 'backend-ready', attempt: 1, why: 'due', resets: [] });
  log.add('step.verdict', judged('backend-ready', 1, red ? 'fail' : 'pass'));
  if (!red) log.add('step.start', { step: 'go-no-go', attempt: 1, why: 'due', resets: [] });
  return log;
}

function vote(log: LogBuilder, by = 'grace@example.com', signoff = log.lines.length - 1): void {
  log.add('gate.vote', { step: 'go-no-go', attempt: 1, role: 'lead', decision: 'go', by, comment: '', signoff });
}

function intend(log: LogBuilder, go: readonly string[]): void {
  log.add('step.start', { step: 'switch', attempt: 1, why: 'due', resets: [] });
  const token = `golive ${log.run}/${log.lines.length}`;
  const blobs = { request: digest('{}'), before: digest('{}') };
  log.add('act.intent', { step: 'switch', attempt: 1, class: 'compare', ...blobs, token, go });
}

/** To the change, which rests on a go that was signed. */
async function changed(given: Parameters<typeof openLog>[0] = {}): Promise<LogBuilder> {
  const log = await polled(given);
  await log.signoff(grace);
  const line = log.lines.length - 1;
  vote(log);
  log.add('step.verdict', judged('go-no-go', 1, 'pass'));
  intend(log, [`${line}:${hashLine(log.lines[line] ?? '')}`]);
  return log;
}

function done(log: LogBuilder): void {
  const body = { step: 'switch', attempt: 1, after: '', requests: [], change: 'C1', reason: '' };
  log.add('act.result', { ...body, result: 'done' });
  log.add('step.verdict', judged('switch', 1, 'pass'));
  log.add('phase.close', { phase: 'verify' });
}

function verified(log: LogBuilder, more: VerifyOptions = {}): Promise<Verification> {
  return verifyLog(log.bytes(), { planOf: planFor, ...more });
}

const first = async (log: LogBuilder, more: VerifyOptions = {}): Promise<string> =>
  verificationLines(await verified(log, more))[0] ?? '';

async function sealed(log: LogBuilder): Promise<LogBuilder> {
  const counts = { pass: 3, fail: 0, error: 0, inconclusive: 0, skip: 0, waived: 0, attested: 0, deferred: 0, open: 0 };
  await log.seal({ participants: ['ada@example.com', 'grace@example.com'] }, { counts });
  return log;
}

describe('a log', () => {
  it('that kept to the procedure says so, as far as it goes', async () => {
    const log = await changed(ownKeys);
    expect(await verified(log)).toMatchObject({ verdict: 'OPEN', procedure: 'kept' });
    done(log);
    const whole = await verified(await sealed(log), { rehearsal: true });
    expect(whole).toMatchObject({ verdict: 'SEALED', exit: 0, procedure: 'kept' });
    expect(verificationLines(whole)).toContain('  procedure kept');
    expect(whole.notes.join()).toContain('who held which role is the word of the run itself');
    expect((await verified(log, { people: roles })).notes.join()).not.toContain('the word of the run itself');
  });

  it('without its checklist is checked as far as that goes, and says so', async () => {
    const log = await changed();
    done(log);
    await sealed(log);
    for (const nowhere of [undefined, async () => undefined]) {
      const found = await verified(log, { planOf: nowhere, rehearsal: true });
      expect(found).toMatchObject({ verdict: 'SEALED', exit: 0, procedure: 'partly checked' });
      expect(found.notes).toContain('the procedure was only checked as far as it can be without the checklist');
    }
    // Where the evidence is there, a checklist that cannot be bound is no excuse.
    const unread = { planOf: async () => undefined, hasBlob: async () => true, rehearsal: true };
    expect(await verified(log, unread)).toMatchObject({ verdict: 'INCOMPLETE', exit: 23, procedure: 'partly checked' });
    const bare = await polled();
    intend(bare, []);
    bare.add('step.verdict', judged('switch', 1, 'pass'));
    expect(await first(bare, { planOf: undefined })).toContain('the verdict pass of switch: nothing says that');
  });

  it('that did not names the first line at which it could not go on so, and ends with 23', async () => {
    const log = await polled();
    const [line, byte] = [log.lines.length + 1, log.bytes().length];
    log.add('step.verdict', judged('go-no-go', 1, 'pass'));
    await log.seal();
    const found = await verified(log);
    expect(found).toMatchObject({ verdict: 'INCOMPLETE', exit: 23, procedure: { line, offset: byte } });
    const reason = 'the verdict pass of go-no-go: go-no-go has no go: that is no pass';
    expect(verificationLines(found)[0]).toBe(`INCOMPLETE at line ${line} (byte ${byte}): ${reason}`);
    expect(found.reason).toBe(reason);
  });

  it('is first of all to be trusted', async () => {
    const log = await polled({ run: realRun });
    log.add('step.verdict', judged('go-no-go', 1, 'pass'));
    expect(await verified(log)).toMatchObject({ verdict: 'UNTRUSTED', procedure: { line: 6 } });
    expect(await verified(log, { verifyStatement: async () => 'good' })).toMatchObject({ verdict: 'INCOMPLETE' });
  });

  it('of broken lines is not looked at as a procedure', async () => {
    const log = await polled();
    expect(await verifyLog(log.bytes().subarray(1), { planOf: planFor })).toMatchObject({
      verdict: 'INVALID',
      procedure: undefined,
    });
  });
});

describe('a sign-off', () => {
  it('counts for whoever held the role, by the run and by whoever verifies', async () => {
    const log = await polled();
    await log.signoff(lee);
    const wrong = 'the go that lee@example.com signed for lead about go-no-go: lee@example.com does not hold Lead';
    expect(await first(log)).toContain(wrong);
    const fine = await changed(ownKeys);
    expect(await first(fine, { people: roles })).toContain('OPEN');
    const people = [{ principal: 'lee@example.com', roles: ['lead'] }];
    expect(await first(fine, { people })).toContain('grace@example.com does not hold Lead; lee@example.com holds it');
    // Nobody knows better about the people that a rehearsal made up.
    expect(await first(await changed(), { people })).toContain('OPEN');
  });

  it('is about what was shown, also where its line does not repeat that', async () => {
    const log = await polled();
    const seen = { seq: 2, head: hashLine(log.lines[2] ?? '') };
    await log.signoff(grace, { seen });
    vote(log);
    expect(await first(log)).toContain('backend-ready changed after grace@example.com was shown what there was');
    const attempt = await polled();
    await attempt.signoff(grace, { attempt: 2 });
    expect(await first(attempt)).toContain('it is about attempt 2 of go-no-go, and this is attempt 1');
  });

  it('is what a change rests on, named with its hash', async () => {
    const log = await polled();
    await log.signoff(grace);
    const line = log.lines.length - 1;
    vote(log);
    log.add('step.verdict', judged('go-no-go', 1, 'pass'));
    intend(log, [`${line}:${'0'.repeat(64)}`]);
    expect(await first(log)).toContain(`the change of switch: ${line}:000`);
  });

  it('of a waiver says until when, and the waiver as well', async () => {
    const waived = async (text: string, until: string): Promise<string> => {
      const log = await polled({}, true);
      const about = { step: 'backend-ready', role: 'owner', decision: 'waive' } as const;
      await log.signoff(ada, { ...about, text }, about);
      const signoff = log.lines.length - 1;
      const by = 'ada@example.com';
      log.add('step.waive', { step: 'backend-ready', attempt: 1, by, role: 'owner', reason: 'known', until, signoff });
      return first(log);
    };
    expect(await waived(`waive backend-ready until ${noon}: aep-prod\nfail\n`, noon)).toContain('OPEN');
    expect(await waived('waive backend-ready: aep-prod\nfail\n', '')).toContain('OPEN');
    expect(await waived('waive backend-ready: aep-prod\nfail\n', noon)).toContain('other terms were signed');
    expect(await waived(`waive backend-ready until ${noon}: aep-prod\n`, '')).toContain('other terms were signed');
  });
});

describe('a waiver that ran out', () => {
  it('does not stand at the seal (wrong pass 22)', async () => {
    const log = await polled({}, true);
    const about = { step: 'backend-ready', role: 'owner', decision: 'waive' } as const;
    const until = new Date(began + 60_000).toISOString();
    await log.signoff(ada, { ...about, text: `waive backend-ready until ${until}: x\n` }, about);
    const terms = { by: 'ada@example.com', role: 'owner', reason: 'known', until, signoff: log.lines.length - 1 };
    log.add('step.waive', { step: 'backend-ready', attempt: 1, ...terms });
    log.tick(120_000);
    const counts = {
      pass: 0,
      fail: 0,
      error: 0,
      inconclusive: 0,
      skip: 0,
      waived: 1,
      attested: 0,
      deferred: 0,
      open: 2,
    };
    await log.seal({ result: 'undecided' }, { result: 'undecided', exit: 2, counts });
    expect(await first(log)).toContain('the seal: its result is undecided, and by the lines before it is no-go');
  });
});
