// A request to sign, held against the log that came with it: only what that log says itself is ever shown or signed.

import { evolveAll } from '../engine/evolve.ts';
import type { Plan } from '../engine/plan.ts';
import { stepState, type State } from '../engine/state.ts';
import { GoliveError } from '../errors.ts';
import { formatAt } from '../log/line.ts';
import { readEvents } from '../log/replay.ts';
import { requestText, type SigningRequest } from '../log/request.ts';
import { verifyLog, type Verification, type VerifyOptions } from '../log/verify.ts';
import { gateText } from '../render/signoff.ts';
import { nobodyElsewhere, waitingGate, type Logged, type OpenGate } from '../runner/request.ts';
import { ownDigest } from './amended.ts';
import { nowOf } from './following.ts';
import { boundCopy } from './own-copy.ts';

/** What a request is about, as its log has it. */
export interface AskedFor extends Logged, OpenGate {
  readonly verification: Verification;
  readonly attempt: number;
  /** What is signed: told by the log, and the line that names the request. */
  readonly text: string;
  readonly seen: { readonly seq: number; readonly head: string };
  readonly checklist: string;
}

/** Whom whoever signs trusts. */
export type Trusting = Pick<VerifyOptions, 'verifyStatement' | 'roster' | 'people' | 'trusted'>;

/**
 * Verifies the log of a request and tells everything anew from it. Throws GoliveError: `log` with the exit code of the
 * verdict for a log that is not good, `request` for one that says something else than its log and for one that is over.
 */
export async function checkRequest(request: SigningRequest, trust: Trusting): Promise<AskedFor> {
  const bytes = new TextEncoder().encode(request.log);
  const planOf = async (digest: string, state: State): Promise<Plan | undefined> =>
    digest === request.checklist.digest ? planFrom(request, state) : undefined;
  const verification = await verifyLog(bytes, { ...trust, run: request.run, planOf });
  refuseVerdict(verification);
  const lines = linesOf(bytes);
  const state = evolveAll(readEvents(lines));
  if (request.checklist.digest !== ownDigest(state))
    throw differs(`it carries another checklist than its log goes by (${ownDigest(state)})`);
  const plan = planFrom(request, state);
  const nobody = nobodyElsewhere(state);
  if (nobody) throw nobody;
  const { run } = verification;
  const open = waitingGate({ plan, state }, request.step, `golive resume ${run}`);
  const { attempt } = stepState(state, request.step);
  const { seq, hash } = verification.head;
  const seen = { seq, head: hash };
  const text = requestText(gateText(plan, state, open.step), request.nonce, request.expires);
  const other =
    otherThan('attempt', request.attempt, attempt) ??
    otherThan('the line that stood last', request.seen.seq, seq) ??
    otherThan('the head', request.seen.head, hash) ??
    otherThan('the roles without a vote', request.roles.join(', '), open.roles.join(', ')) ??
    otherText(request.text, text);
  if (other !== undefined) throw differs(other);
  const now = nowOf(state);
  if (Date.parse(request.expires) < now)
    throw new GoliveError(
      'request',
      `this request could be signed until ${request.expires}, and it is ${formatAt(now)}`,
      {
        hint: 'Ask for another one: golive request',
      },
    );
  return { run, plan, state, lines, ...open, verification, attempt, text, seen, checklist: ownDigest(state) };
}

function refuseVerdict({ verdict, reason, exit, broken, run, result }: Verification): void {
  if (verdict === 'OPEN') return;
  if (verdict === 'SEALED')
    throw new GoliveError('sealed', `${run} is sealed: ${result}; nothing is decided in it any more`);
  const where = broken === undefined ? '' : ` at line ${broken.line}`;
  const hint =
    verdict === 'UNTRUSTED'
      ? 'Sign in your own checkout, whose .golive/allowed_signers lists who takes part, or name one: --allowed-signers FILE'
      : 'Nothing was signed. Tell whoever sent it.';
  throw new GoliveError('log', `the log in this request is ${verdict}${where}: ${reason}`, { hint, exit });
}

function planFrom({ checklist, run }: SigningRequest, state: State): Plan {
  try {
    return boundCopy(checklist.text, { run, state }).plan;
  } catch (cause) {
    if (!(cause instanceof GoliveError)) throw differs('the values in its log do not fit its checklist', cause);
    throw differs(`its checklist cannot be used: ${cause.message}`, cause);
  }
}

function otherThan(what: string, said: string | number, told: string | number): string | undefined {
  return said === told ? undefined : `${what}: it says ${said || 'nothing'}, and its log ${told || 'nothing'}`;
}

/** The first line of the text that is not what the log says. */
function otherText(said: string, told: string): string | undefined {
  if (said === told) return undefined;
  const [saidLines, toldLines] = [said.split('\n'), told.split('\n')];
  const at = saidLines.findIndex((line, index) => line !== toldLines[index]);
  const line = at === -1 ? saidLines.length : at;
  const quoted = (text: string | undefined): string => (text === undefined ? 'nothing' : `"${text.slice(0, 300)}"`);
  return `line ${line + 1} of its text: it says ${quoted(saidLines[line])}, and its log ${quoted(toldLines[line])}`;
}

function differs(what: string, cause?: unknown): GoliveError {
  return new GoliveError('request', `this request does not say what its own log says: ${what}`, {
    hint: 'Nothing was signed. Tell whoever sent it, and ask for another one.',
    cause,
  });
}

function linesOf(log: Uint8Array): readonly Uint8Array[] {
  const lines: Uint8Array[] = [];
  for (let from = 0; from < log.length;) {
    const end = log.indexOf(10, from);
    lines.push(log.subarray(from, end));
    from = end + 1;
  }
  return lines;
}
