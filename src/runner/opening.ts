// Opening and closing a session: a person grants a fresh key the right to write, and in the end seals what was written.

import type { Bodies, Envelope, SessionOpening } from '../engine/events.ts';
import { rollUp, sealBody, type Outcome } from '../engine/rollup.ts';
import { GoliveError } from '../errors.ts';
import { formatAt, hashLine } from '../log/line.ts';
import { participantsOf, readEvents } from '../log/replay.ts';
import { newSessionKey } from '../log/session-key.ts';
import { grantEnvelope, openEnvelope, sealEnvelope } from '../log/statement.ts';
import type { Roster } from '../roster.ts';
import type { Signer } from '../world.ts';
import { openJournal, type Journal, type JournalOptions, type Grant } from './journal.ts';

/** How long a grant lasts, in ms: one working day on the phone and at the keyboard. */
const grantMs = 12 * 3_600_000;

export interface SessionOptions extends Omit<JournalOptions, 'grant'> {
  readonly signer: Signer;
  /** Who holds which role, and whether the signer is known at all; absent where nobody said. */
  readonly roster?: Roster | undefined;
  readonly host: string;
  readonly tool: SessionOpening['tool'];
  readonly callers: SessionOpening['callers'];
  readonly endpoints: readonly string[];
  /** False for a session that only adds a line: a paused run stays paused. */
  readonly goesOn?: boolean;
  /** What a new run begins with; a run that is there already has it. */
  readonly opened?: Omit<Bodies['run.open'], 'session'>;
}

/** Opens a session on a new run (with `opened`) or on one that is there. The opening line is durable when it resolves. */
export async function openSession(options: SessionOptions): Promise<Journal> {
  const { opened, signer } = options;
  const journal = openJournal({ ...options, grant: (head) => grantFor(options, head) });
  await journal.begin((session) =>
    opened ? { kind: 'run.open', body: { ...opened, session } } : { kind: 'session.open', body: { session } },
  );
  if (journal.state().paused && options.goesOn !== false)
    await journal.order({ order: 'resume', by: signer.principal });
  return journal;
}

/** A fresh key and the signer's word that it may write. */
async function grantFor(options: SessionOptions, head: string): Promise<Grant> {
  const { signer, run, clock } = options;
  const key = newSessionKey();
  const now = clock.now();
  const from = Math.max(now, head === '' ? 0 : Date.parse(head));
  const until = from + grantMs;
  const grant = await grantEnvelope({ signer, run, sid: key.sid, sessionKey: key.publicKey, from, until });
  if (options.roster) await refuseUnknown(options.roster, signer, grant, formatAt(from));
  const session: SessionOpening = {
    principal: signer.principal,
    key: key.publicKey,
    grant,
    host: options.host,
    tool: options.tool,
    clock_offset: head === '' ? 0 : Math.trunc(now - Date.parse(head)),
    callers: options.callers,
    endpoints: options.endpoints,
    ...(options.roster && { roles: options.roster.people }),
  };
  return { key, from, until, session };
}

/** Throws GoliveError `trust` when the roster does not vouch for whoever opens the session: nobody would believe a line of it. */
async function refuseUnknown(roster: Roster, signer: Signer, grant: Envelope, at: string): Promise<void> {
  const { namespace, message, signature } = openEnvelope('grant', grant);
  const { principal, publicKey } = signer;
  const said = { line: 1, kind: 'grant', principal, signer: publicKey, namespace, message, signature, at } as const;
  const vouching = await roster.vouch(said);
  if (vouching === 'good') return;
  throw new GoliveError('trust', `${principal} cannot open a session here: ${vouching.reason} (${roster.source})`, {
    hint: '`golive whoami` says what is missing, and `golive key trust` adds a key.',
  });
}

/** Seals the run with the verdict it has at this moment. Nothing can be added afterwards. */
export async function sealRun(
  journal: Journal,
  plan: JournalOptions['plan'],
  signer: Signer,
  now: number,
): Promise<Outcome> {
  const outcome = rollUp(plan, journal.state(), now);
  const body = sealBody(plan, journal.state(), now);
  const lines = journal.lines();
  const last = lines.at(-1);
  const statement = await sealEnvelope({
    signer,
    run: journal.run,
    lines,
    head: last === undefined ? '' : hashLine(last),
    result: body.result,
    participants: participantsOf(readEvents(lines)),
  });
  await journal.append([{ kind: 'seal', body: { ...body, principal: signer.principal, statement } }]);
  return outcome;
}
