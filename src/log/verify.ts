// Is this log what it claims to be? One graded verdict, with an exit code of its own for each grade.

import type { Bodies, RunEvent } from '../engine/events.ts';
import { blobsMissing } from './blobs.ts';
import { type Anchor, anchoredTo, contradiction } from './anchor.ts';
import { type Said, type VerifyStatement, keysOf } from './people.ts';
import { type Checked, checkProcedure, type Procedure, type ProcedureOptions } from './procedure.ts';
import { type Broken, longLog, type Walk, walkLog, walkLogBeside } from './walk.ts';

/** How `golive verify` ends. A sealed rehearsal ends with 24 unless a rehearsal is what was asked about. */
export const verifyExits = {
  SEALED: 0,
  OPEN: 10,
  INVALID: 20,
  UNTRUSTED: 21,
  EXPIRED: 21,
  REVOKED: 21,
  DIVERGED: 22,
  INCOMPLETE: 23,
} as const;
export const rehearsalExit = 24;

export type LogVerdict = keyof typeof verifyExits;

export interface VerifyOptions extends ProcedureOptions {
  /** Checks a person's statement in a real run; without it nobody is trusted. */
  readonly verifyStatement?: VerifyStatement | undefined;
  /** Digest of the allowed signers behind `verifyStatement`. */
  readonly roster?: string | undefined;
  /** Where those come from, as words of the verdict; absent: whoever reads it knows. */
  readonly trusted?: string | undefined;
  /** The id of the run that is meant. */
  readonly run?: string | undefined;
  /** Lines that were noted elsewhere: every one has to be there. */
  readonly anchors?: readonly Anchor[] | undefined;
  /** Without an anchor it is incomplete. */
  readonly requireAnchor?: boolean | undefined;
  /** True when the reader knows that this is a rehearsal and wants to know whether it is whole. */
  readonly rehearsal?: boolean | undefined;
  /** Whether the blob with this digest is there, whole. Without it blobs are not looked at. */
  readonly hasBlob?: ((digest: string) => Promise<boolean>) | undefined;
  /** What is wrong with the first event that is no longer part of the bytes, as words that go on from "event N". */
  readonly damage?: string | undefined;
}

export interface Verification {
  readonly verdict: LogVerdict;
  readonly exit: number;
  /** Why it is no better; empty for a sealed log. */
  readonly reason: string;
  readonly broken: Broken | undefined;
  /** Everything below is about the lines before `broken`. */
  readonly run: string;
  readonly rehearsal: boolean;
  readonly opened:
    | { readonly checklist: string; readonly target: string; readonly mode: string; readonly realAt: string }
    | undefined;
  readonly lines: number;
  readonly from: string;
  readonly to: string;
  readonly head: { readonly seq: number; readonly hash: string };
  /** The result the seal states; empty while there is none. */
  readonly result: Bodies['seal']['result'] | '';
  readonly people: readonly { readonly principal: string; readonly keys: readonly string[] }[];
  /** Where those who vouch for them come from; empty where that was not said. */
  readonly trusted: string;
  readonly sessions: readonly {
    readonly sid: string;
    readonly principal: string;
    readonly host: string;
    readonly firstLine: number;
    readonly lines: number;
  }[];
  /** Hosts that answered instead of AWS: with any, the log is not evidence about AWS. */
  readonly endpoints: readonly string[];
  readonly blobs: { readonly named: number; readonly missing: readonly string[] } | undefined;
  /** Whether the procedure was kept, or the first line that could not come when it did; undefined where lines do not hold. */
  readonly procedure: Procedure | undefined;
  readonly anchored: boolean;
  /** The last event that an anchor reaches; -1 without one. */
  readonly anchoredTo: number;
  /** What a reader should know besides. */
  readonly notes: readonly string[];
}

interface Problem {
  readonly verdict: LogVerdict;
  readonly reason: string;
}

/** Verifies the bytes of a `run.jsonl` as docs/log-format.md has it: its lines, and whether the procedure was kept. */
export async function verifyLog(log: Uint8Array, options: VerifyOptions): Promise<Verification> {
  return (await verifyEvents(log, options)).verification;
}

/** The same, with the events that hold, in order: those before `verification.broken`. */
export async function verifyEvents(
  log: Uint8Array,
  options: VerifyOptions,
): Promise<{ readonly verification: Verification; readonly events: readonly RunEvent[] }> {
  const walk = log.length < longLog ? walkLog(log) : await walkLogBeside(log);
  return { verification: await verifyWalk(walk, log, options), events: walk.events };
}

async function verifyWalk(walk: Walk, log: Uint8Array, options: VerifyOptions): Promise<Verification> {
  const { damage } = options;
  // An earlier line that does not hold comes first; an empty log is what the damage left of it.
  if (damage !== undefined && (walk.broken === undefined || log.length === 0)) {
    const seq = walk.events.length;
    walk.broken = { line: seq + 1, offset: log.length, reason: `event ${seq} ${damage}` };
  }
  if (walk.broken !== undefined) return summary(walk, options, { verdict: 'INVALID', reason: walk.broken.reason });

  const blobs = options.hasBlob && (await blobsMissing(walk.events, options.hasBlob));
  const checked = await checkProcedure(walk, log, options);
  const problem =
    (await checkPeople(walk, options)) ??
    checkRun(walk, options) ??
    checkAnchors(walk, options) ??
    checkKept(checked) ??
    checkBlobs(blobs) ??
    checkBound(checked, options) ??
    checkAnchored(options) ??
    checkSealed(walk);
  const found = summary(walk, options, problem);
  return { ...found, blobs, procedure: checked.procedure, notes: [...found.notes, ...checked.notes] };
}

async function checkPeople(walk: Walk, options: VerifyOptions): Promise<Problem | undefined> {
  if (isRehearsal(walk)) return undefined;
  const { verifyStatement } = options;
  if (verifyStatement === undefined)
    return { verdict: 'UNTRUSTED', reason: 'no allowed signers were given, so nobody vouches for the people in it' };
  for (const said of walk.said) {
    const vouching = await verifyStatement(said);
    if (vouching !== 'good') return { verdict: vouching.verdict, reason: sentence(said, vouching.reason) };
  }
  return undefined;
}

function sentence(said: Said, reason: string): string {
  return `line ${said.line}: the ${said.kind} of ${said.principal} is not good: ${reason}`;
}

function checkRun(walk: Walk, options: VerifyOptions): Problem | undefined {
  if (options.run === undefined || options.run === walk.run) return undefined;
  return { verdict: 'DIVERGED', reason: `this is run ${walk.run}, not ${options.run}` };
}

function checkAnchors(walk: Walk, { anchors = [] }: VerifyOptions): Problem | undefined {
  const reason = anchors.map((anchor) => contradiction(walk, anchor)).find((found) => found !== undefined);
  return reason === undefined ? undefined : { verdict: 'DIVERGED', reason };
}

/** Those that were given were all held by now. */
function checkAnchored({ anchors = [], requireAnchor }: VerifyOptions): Problem | undefined {
  if (requireAnchor !== true || anchors.length > 0) return undefined;
  return { verdict: 'INCOMPLETE', reason: 'no anchor was given that it holds' };
}

function checkKept({ procedure }: Checked): Problem | undefined {
  return typeof procedure === 'object' ? { verdict: 'INCOMPLETE', reason: procedure.reason } : undefined;
}

/** Where the evidence is there, so is the checklist: one that nobody can bind is none that a run went by. */
function checkBound({ procedure }: Checked, { hasBlob, planOf }: VerifyOptions): Problem | undefined {
  if (procedure !== 'partly checked' || hasBlob === undefined || planOf === undefined) return undefined;
  const reason = 'its checklist is none that can be read here, so nobody can say whether the procedure was kept';
  return { verdict: 'INCOMPLETE', reason };
}

function checkBlobs(blobs: Verification['blobs']): Problem | undefined {
  const first = blobs?.missing[0];
  if (blobs === undefined || first === undefined) return undefined;
  return {
    verdict: 'INCOMPLETE',
    reason: `${blobs.missing.length} of ${blobs.named} pieces of evidence are missing or damaged, first ${first}`,
  };
}

function checkSealed(walk: Walk): Problem | undefined {
  if (walk.events.at(-1)?.kind === 'seal') return undefined;
  return { verdict: 'OPEN', reason: 'it has no seal: whether something was cut off its end cannot be told' };
}

function summary(walk: Walk, options: VerifyOptions, problem: Problem | undefined): Verification {
  const first = walk.events[0];
  const last = walk.events.at(-1);
  const opened = first?.kind === 'run.open' ? first.body : undefined;
  const rehearsal = isRehearsal(walk);
  const verdict = problem?.verdict ?? 'SEALED';
  const sessions = [...walk.sessions.values()];
  const reach = anchoredTo(walk.hashes, options.anchors ?? []);
  return {
    verdict,
    exit: verdict === 'SEALED' && rehearsal && options.rehearsal !== true ? rehearsalExit : verifyExits[verdict],
    reason: problem?.reason ?? '',
    broken: walk.broken,
    run: walk.run,
    rehearsal,
    opened: opened && {
      checklist: opened.checklist.name,
      target: opened.target,
      mode: opened.mode,
      realAt: opened.real_at,
    },
    lines: walk.events.length,
    from: first?.at ?? '',
    to: last?.at ?? '',
    head: { seq: walk.before.seq, hash: walk.before.hash },
    result: last?.kind === 'seal' ? last.body.result : '',
    people: keysOf(walk.said),
    trusted: options.trusted ?? '',
    sessions: sessions.map(({ sid, principal, host, firstLine, lines }) => ({
      sid,
      principal,
      host,
      firstLine,
      lines,
    })),
    endpoints: [...new Set(sessions.flatMap((session) => session.endpoints))],
    blobs: undefined,
    procedure: undefined,
    anchored: reach >= 0,
    anchoredTo: reach,
    notes: notesOn(walk, options, opened?.roster_digest),
  };
}

function notesOn(walk: Walk, options: VerifyOptions, roster: string | undefined): readonly string[] {
  const notes: string[] = [];
  const anchored = (options.anchors ?? []).length > 0;
  const reach = anchoredTo(walk.hashes, options.anchors ?? []);
  if (options.run === undefined && !anchored)
    notes.push('which run this is was taken from the log itself: compare the id, or give --run');
  if (!anchored) notes.push('without an anchor, a rewrite by whoever held the keys does not show');
  if (reach >= 0 && reach < walk.before.seq)
    notes.push(`the anchor reaches up to event ${reach}: a rewrite of what follows does not show`);
  if (options.hasBlob === undefined)
    notes.push('the evidence behind the lines was not looked at: it is not part of this file');
  if (roster !== undefined && roster !== '' && options.roster !== undefined && roster !== options.roster) {
    const digests = `${options.roster.slice(0, 12)}…, and not ${roster.slice(0, 12)}…`;
    notes.push(`the allowed signers given here are not those the run was opened with: ${digests}`);
  }
  return notes;
}

function isRehearsal(walk: Walk): boolean {
  return walk.run.startsWith('rehearsal-');
}
