// Builds logs for tests: a real chain with real signatures, every part of which a test can bend.

import type { Bodies, EventKind, KnownPerson } from '../../src/engine/events.ts';
import { digest } from '../../src/log/canonical.ts';
import { encodeEvent, formatAt, hashLine, noLine } from '../../src/log/line.ts';
import { newSessionKey, type SessionKey, throwAwaySigner } from '../../src/log/session-key.ts';
import { grantEnvelope, joinLines, sealEnvelope, signoffEnvelope } from '../../src/log/statement.ts';
import type { Signer } from '../../src/world.ts';

export const rehearsalRun = 'rehearsal-abcdefghijklmnopqrstuvwxyz';
export const realRun = 'abcdefghijklmnopqrstuvwxyz';
export const began = Date.parse('2026-11-20T09:00:00.000Z');
export const checklist = digest('the checklist');
const hours = 3_600_000;

export interface LogBuilder {
  readonly run: string;
  readonly lines: Uint8Array[];
  readonly key: SessionKey;
  readonly signer: Signer;
  /** Moves the clock of the log, in ms since `began`. */
  tick: (ms: number) => void;
  /** Appends as the newest session, or as `as`. */
  add: <K extends EventKind>(kind: K, body: Bodies[K], as?: SessionKey) => void;
  openSession: (signer?: Signer) => Promise<SessionKey>;
  signoff: (
    signer: Signer,
    change?: Partial<Parameters<typeof signoffEnvelope>[0]>,
    body?: Partial<Bodies['signoff']>,
  ) => Promise<void>;
  seal: (change?: Partial<Parameters<typeof sealEnvelope>[0]>, body?: Partial<Bodies['seal']>) => Promise<void>;
  bytes: () => Uint8Array;
}

/** A log with its first line: `run.open` by Ada. */
export async function openLog(
  given: {
    run?: string;
    signer?: Signer;
    change?: Partial<Bodies['run.open']>;
    endpoints?: string[];
    roles?: readonly KnownPerson[];
    from?: number;
    until?: number;
    session?: Partial<Bodies['session.open']['session']>;
  } = {},
): Promise<LogBuilder> {
  const run = given.run ?? rehearsalRun;
  const signer = given.signer ?? throwAwaySigner('ada@example.com');
  const lines: Uint8Array[] = [];
  const all = new Set<SessionKey>();
  let now = began;
  let key = newSessionKey();

  const session = async (by: Signer): Promise<Bodies['session.open']['session']> => {
    const from = given.from ?? now;
    const grant = await grantEnvelope({
      signer: by,
      run,
      sid: key.sid,
      sessionKey: key.publicKey,
      from,
      until: given.until ?? from + 12 * hours,
    });
    const tool = { name: 'golive', version: '0.1.0', node: 'v20.20.2' };
    return {
      principal: by.principal,
      key: key.publicKey,
      grant,
      host: 'desk',
      tool,
      clock_offset: 0,
      callers: [],
      endpoints: given.endpoints ?? [],
      ...(given.roles && { roles: given.roles }),
      ...given.session,
    };
  };
  const builder: LogBuilder = {
    run,
    lines,
    get key() {
      return key;
    },
    signer,
    tick: (ms) => {
      now += ms;
    },
    add: (kind, body, as = key) => {
      all.add(as);
      const last = lines.at(-1);
      const prev = last === undefined ? noLine : hashLine(last);
      lines.push(encodeEvent({ run, seq: lines.length, at: formatAt(now), sid: as.sid, prev, kind, body, key: as }));
    },
    openSession: async (by = signer) => {
      key = newSessionKey();
      builder.add('session.open', { session: await session(by) });
      return key;
    },
    signoff: async (by, change = {}, body = {}) => {
      const last = lines.at(-1);
      const seen = { seq: lines.length - 1, head: last === undefined ? noLine : hashLine(last) };
      const words = {
        text: 'Ready?',
        comment: '',
        attempt: 1,
        role: 'lead',
        step: 'go-no-go',
        decision: 'go' as const,
      };
      const statement = await signoffEnvelope({ signer: by, run, ...words, seen, checklist, ...change });
      const said = { principal: by.principal, role: 'lead', step: 'go-no-go', decision: 'go', statement } as const;
      builder.add('signoff', { ...said, ...body });
    },
    seal: async (change = {}, body = {}) => {
      const last = lines.at(-1);
      const head = last === undefined ? noLine : hashLine(last);
      const statement = await sealEnvelope({
        signer,
        run,
        lines,
        head,
        result: 'go',
        participants: [signer.principal],
        ...change,
      });
      const said = { result: 'go', exit: 0, counts: noCounts, principal: signer.principal, statement } as const;
      builder.add('seal', { ...said, ...body });
    },
    bytes: () => joinLines(lines),
  };
  builder.add('run.open', {
    ...runOpen,
    rehearsal: run.startsWith('rehearsal-'),
    ...given.change,
    session: await session(signer),
  });
  return builder;
}

/** A short sealed run of two people in two sessions, 14 lines. */
export async function sealedLog(given: Parameters<typeof openLog>[0] = {}): Promise<LogBuilder> {
  const log = await openLog(given);
  log.add('phase.open', { phase: 'verify' });
  log.add('step.start', { step: 'backend-ready', attempt: 1, why: 'due', resets: [] });
  log.tick(40);
  log.add('step.verdict', verdictBody);
  log.add('note', { by: 'ada@example.com', step: '', text: 'Ein Blick zurück: \u2028 ok \u0007' });
  log.add('session.close', { reason: 'later', until: formatAt(began + 60_000) });
  log.tick(60_000);
  await log.openSession();
  log.add('step.start', { step: 'go-no-go', attempt: 1, why: 'due', resets: [] });
  await log.signoff(throwAwaySigner('grace@example.com'));
  log.add('gate.vote', {
    step: 'go-no-go',
    attempt: 1,
    role: 'lead',
    decision: 'go',
    by: 'grace@example.com',
    comment: '',
    signoff: 8,
  });
  log.add('phase.close', { phase: 'verify' });
  await log.seal();
  return log;
}

const noCounts = { pass: 2, fail: 0, error: 0, inconclusive: 0, skip: 0, waived: 0, attested: 0, deferred: 0, open: 0 };

export const runOpen: Omit<Bodies['run.open'], 'session'> = {
  checklist: { name: 'aep', title: 'AEP', path: 'checklists/aep.yaml', digest: checklist },
  target: 'prod',
  mode: 'run',
  rehearsal: true,
  phases: [],
  git: { commit: '', dirty: false },
  values_digest: digest('values'),
  roster_digest: '',
  store: 'file',
  real_at: '2026-11-20T09:00:00.000Z',
};

export const verdictBody: Bodies['step.verdict'] = {
  step: 'backend-ready',
  attempt: 1,
  verdict: 'pass',
  facts: digest('{}'),
  observed_at: '2026-11-20T09:00:00.000Z',
  requests: [],
  findings: [{ verdict: 'pass', expected: 'status is 200', observed: '200' }],
  reason: '',
  looks: 1,
};
