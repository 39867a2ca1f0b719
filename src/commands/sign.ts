// `golive sign`: somebody decides about a gate of a run that is elsewhere, in their own checkout and with their own key.

import { basename, join, resolve } from 'node:path';
import { shownPath } from '../checklist/find.ts';
import { readHanded, writeHanded } from '../effects/handed-file.ts';
import { forecast } from '../engine/forecast.ts';
import { actsBehind, wayBackBehind } from '../engine/timeline.ts';
import { exitCodes, GoliveError } from '../errors.ts';
import { formatAt } from '../log/line.ts';
import { decisionBytes, readRequest } from '../log/request.ts';
import { openEnvelope, signoffEnvelope } from '../log/statement.ts';
import type { NoReturnShown } from '../render/no-return.ts';
import { signingLines } from '../render/signing.ts';
import { visible } from '../render/text.ts';
import { remembersOf } from '../steps/remembers.ts';
import type { Signer } from '../world.ts';
import { openDesk } from './desk.ts';
import { requestEnding } from './elsewhere.ts';
import { nowOf } from './following.ts';
import { askDecision, decidedBeforehand, onlyOne, refuseRole, rolesOpenTo, type Beforehand } from './sign-answer.ts';
import { checkRequest, type AskedFor, type Trusting } from './sign-check.ts';
import { trustToSign, type SignTrustOptions } from './sign-trust.ts';
import { signerFor, type SigningOptions } from './signing.ts';
import type { GlobalOptions, ProcessShell } from './shell.ts';

export interface SignOptions extends GlobalOptions, SigningOptions, SignTrustOptions, Beforehand {
  readonly out?: string;
}

const decisionEnding = '.decision.json';

/**
 * Shows what the log in a request says, asks, signs, and writes the decision. Returns 0, or 2 when whoever was asked turned
 * away. Throws GoliveError as `checkRequest`; `role` for somebody who has no vote there, `trust` for a key that would not
 * count, `no-terminal` (exit 3) where nobody can be asked and nothing is said.
 */
export async function sign(file: string, options: SignOptions, shell: ProcessShell): Promise<number> {
  const beforehand = decidedBeforehand(options);
  if (beforehand === undefined && (!shell.terminal.interactive || options.json === true))
    throw new GoliveError('no-terminal', 'nobody can be asked here, and it is not said what is decided', {
      hint: "Say it: --decision go, or --decision no-go --comment '…'",
    });
  const request = readRequest(readHanded(resolve(shell.cwd, file)));
  const signer = await signerFor('run', options, shell);
  const trust = await trustToSign(options, signer, shell);
  const asked = await checkRequest(request, trust);
  const roles = rolesOpenTo(asked, signer, trust);
  const desk = openDesk(shell, { quiet: options.json === true });
  try {
    const show = (): void =>
      desk.print(signingLines(desk.page, { ...asked, notes: notesOn(asked, trust), noReturn: noReturnOf(asked) }));
    show();
    const chosen = beforehand ?? (await askDecision(desk, { asked, signer, roles, show }, options));
    if (chosen === undefined) {
      shell.err('Nothing was signed.');
      return exitCodes.undecided;
    }
    const role = chosen.role ?? onlyOne(roles);
    refuseRole(asked, roles, role, signer);
    const { decision, comment } = chosen;
    const { run, step, attempt, text, seen, checklist } = asked;
    const statement = await signoffEnvelope({
      signer,
      run,
      step: step.id,
      role,
      decision,
      attempt,
      text,
      comment,
      seen,
      checklist,
    });
    await refuseUncounted(statement, signer, trust, asked);
    const out = options.out === undefined ? join(shell.cwd, decisionName(file)) : resolve(shell.cwd, options.out);
    const path = writeHanded(out, decisionBytes(statement), options.out === undefined ? decisionEnding : undefined);
    const written = shownPath(path, shell.cwd);
    const { principal } = signer;
    if (options.json === true)
      shell.out(JSON.stringify({ run, step: step.id, attempt, role, decision, principal, file: written }));
    else for (const line of sentBack(asked, { role, decision, principal, written })) shell.out(visible(line));
    return exitCodes.go;
  } finally {
    desk.close();
  }
}

/** Throws GoliveError `trust` for a signature that nobody would count: better now than when it is brought. */
async function refuseUncounted(
  statement: Parameters<typeof openEnvelope>[1],
  signer: Signer,
  trust: Trusting & { readonly source: string },
  { state, run, seen }: AskedFor,
): Promise<void> {
  if (run.startsWith('rehearsal-') && !signer.publicKey.startsWith('ssh-ed25519 '))
    throw new GoliveError('key', 'in a rehearsal only Ed25519 keys sign', { hint: '`golive key init` makes one.' });
  if (trust.verifyStatement === undefined) return;
  const { namespace, message, signature } = openEnvelope('signoff', statement);
  const { principal, publicKey } = signer;
  const said = {
    line: seen.seq + 2,
    kind: 'signoff',
    principal,
    signer: publicKey,
    namespace,
    message,
    signature,
    at: formatAt(nowOf(state)),
  } as const;
  const vouching = await trust.verifyStatement(said);
  if (vouching === 'good') return;
  throw new GoliveError('trust', `the signature of ${principal} would not count: ${vouching.reason}`, {
    hint: `\`golive whoami\` says what is missing; the people are in ${trust.source}.`,
  });
}

function notesOn({ state, verification }: AskedFor, { roster, trusted }: Trusting): readonly string[] {
  const { endpoints } = verification;
  const other = roster !== undefined && state.opened?.roster_digest !== '' && state.opened?.roster_digest !== roster;
  return [
    ...(endpoints.length > 0 ? [`${endpoints.join(', ')} stood in for AWS: this is not evidence about AWS`] : []),
    ...(trusted === undefined ? [] : [`the people in it are held against ${trusted}`]),
    ...(other ? ['your allowed signers are not those the run was opened with'] : []),
    ...(roster === undefined
      ? ['nobody vouches for the people in this log: it is a rehearsal, and no roster was found here']
      : []),
  ];
}

function noReturnOf({ plan, state, step, work }: AskedFor): NoReturnShown | undefined {
  if (!work.pointOfNoReturn) return undefined;
  const foretold = forecast(plan, state, Date.parse(state.at), remembersOf(plan));
  const [acts, back] = [actsBehind(plan, state, step), wayBackBehind(plan, state, step)];
  return { again: [], older: [], acts, back, forecast: foretold, keys: [] };
}

/** `approved-q2xk7c3a-1.decision.json` */
function decisionName(file: string): string {
  const name = basename(file);
  const stem = name.endsWith(requestEnding) ? name.slice(0, -requestEnding.length) : name.replace(/\.json$/, '');
  return `${stem}${decisionEnding}`;
}

function sentBack(
  { run, step, verification }: AskedFor,
  said: { readonly role: string; readonly decision: string; readonly principal: string; readonly written: string },
): readonly string[] {
  const { principal = 'whoever works on it', host = '' } = verification.sessions.at(-1) ?? {};
  const to = host === '' ? principal : `${principal} on ${host}`;
  return [
    `${said.written}: ${said.decision} for ${said.role} at ${step.id}, signed by ${said.principal}.`,
    `Send it back to ${to}. There: golive accept ${run} FILE, or typed at the gate.`,
  ];
}
