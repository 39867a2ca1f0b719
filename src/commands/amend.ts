// `golive amend`: a run goes on with a checklist that was mended, and keeps every verdict the mending does not touch.

import { amendments } from '../engine/people.ts';
import { GoliveError } from '../errors.ts';
import { amendLines } from '../render/amend.ts';
import { amendText } from '../render/signoff.ts';
import { visible } from '../render/text.ts';
import type { Journal } from '../runner/journal.ts';
import { signWord, type Signed } from '../runner/signoff.ts';
import { knownPeople } from '../runner/who-signs.ts';
import type { RunStore } from '../world.ts';
import { agreeAt, agreedBeforehand, type Agreed, type Agreement } from './amend-consent.ts';
import { proposalFrom, type Proposal } from './amend-proposal.ts';
import { ownDigest } from './amended.ts';
import { openDesk, type Desk } from './desk.ts';
import { refuseHeld } from './holding.ts';
import { openOwnSession } from './own-session.ts';
import { ownCopy, refuseClosed } from './own-copy.ts';
import { findRun, nameOf, openStore, type KnownRun } from './runs.ts';
import { peopleOfRun, type PeopleHere } from './people-here.ts';
import type { SigningOptions } from './signing.ts';
import { howCalled, type GlobalOptions, type ProcessShell } from './shell.ts';
import { trustChecklist } from './trust.ts';

export interface AmendOptions extends GlobalOptions, SigningOptions {
  /** The mended checklist; otherwise the file the run was begun with. */
  readonly file?: string;
  readonly reason?: string;
  /** The word need not be typed; where critical steps are touched somebody else still has to agree. */
  readonly yes?: boolean;
  /** Only shows the difference. */
  readonly dryRun?: boolean;
  readonly trustChecklist?: string;
}

const pauseFirst = 'Pause there first (p at its prompt), then amend, then resume.';

/**
 * Shows what a mended checklist changes in the run, asks, and writes it down. Returns 0. Throws GoliveError: exit 3 for
 * mistakes in the checklist and for what cannot be amended, 2 where somebody turned away or works on the run right now.
 */
export async function amend(wanted: string, options: AmendOptions, shell: ProcessShell): Promise<number> {
  const store = openStore(options, shell);
  const known = await findRun(store, wanted, shell);
  refuseClosed(known);
  // Who works on it has the plan in memory, and would go on with the old one. A session that was killed holds nothing.
  if (options.dryRun !== true) await refuseHeld(store, known.run, shell, options, pauseFirst);
  const own = await ownCopy(store, known);
  const file = options.file ?? known.state.opened?.checklist.path ?? '';
  const proposal = await proposalFrom(file, known, own, shell);
  const desk = openDesk(shell, { quiet: options.json === true });
  try {
    const show = (): void => desk.print(differenceLines(desk, known, proposal));
    show();
    const only = options.dryRun === true;
    refuseProposal(proposal, known, store, options, shell);
    if (!only) await carryOut({ store, known, own, proposal, desk, show }, options, shell);
    if (options.json === true) shell.out(JSON.stringify(asJson(known, proposal, !only), null, 2));
    else if (!only) shell.out(`Amended. Go on with: ${howCalled(shell, options)} resume ${known.run}`);
    return 0;
  } finally {
    desk.close();
  }
}

interface Amending {
  readonly store: RunStore;
  readonly known: KnownRun;
  readonly own: Awaited<ReturnType<typeof ownCopy>>;
  readonly proposal: Proposal;
  readonly desk: Desk;
  readonly show: () => void;
}

async function carryOut(amending: Amending, options: AmendOptions, shell: ProcessShell): Promise<void> {
  const { known, own, proposal, desk, show } = amending;
  const rehearsal = known.state.opened?.rehearsal === true;
  const { signer, roster } = await peopleOfRun(known, own.plan, options, shell);
  // A rehearsal reaches nothing, whatever its checklist says.
  if (!rehearsal) await trustChecklist(proposal.opened, proposal.plan, options.trustChecklist, shell);
  const agreement: Agreement = {
    word: nameOf(known),
    by: signer.principal,
    critical: proposal.amendment.critical,
    others: othersOf(known, signer.principal),
    roster,
    reason: options.reason,
    yes: options.yes === true,
    again: show,
  };
  const asked = shell.terminal.interactive && options.json !== true;
  const agreed = asked ? await agreeAt(desk, agreement) : agreedBeforehand(agreement);
  await write(amending, { signer, roster }, agreed, shell);
}

/** The values first: a run that was amended has all it needs, whenever this process dies. */
async function write(
  { store, known, own, proposal }: Amending,
  { signer, roster }: Pick<PeopleHere, 'signer' | 'roster'>,
  { reason: given, second, secondSigner }: Agreed,
  shell: ProcessShell,
): Promise<void> {
  const { run, state } = known;
  const digest = await store.putBlob(run, new TextEncoder().encode(proposal.text));
  const lines = await store.read(run, 0);
  // What was compared has to be what is there.
  if (lines.length !== state.seq) {
    throw new GoliveError('busy', `somebody has worked on ${run} since it was read: nothing was amended`, {
      hint: pauseFirst,
      exit: 2,
    });
  }
  const { journal, clock } = await openOwnSession({ store, known, plan: own.plan, lines, signer, roster }, shell);
  // As the log will have it: nothing can be taken out of what is signed.
  const reason = journal.told(given);
  const { touched, reopen } = proposal.amendment;
  for (const { name, value } of proposal.values)
    await journal.order({ order: 'set-value', name, json: JSON.stringify(value), source: 'default' });
  const by = signer.principal;
  const sign = (): Promise<Signed> =>
    signWord(
      { plan: own.plan, journal, roster, world: { clock } },
      {
        step: amendments,
        role: '',
        decision: 'go',
        by: second,
        attempt: 0,
        comment: reason,
        signer: secondSigner,
        text: amendText(nameOf(known), ownDigest(state), digest, reason),
      },
    );
  const signed = second === '' ? { line: -1 } : await sign();
  const refused =
    'refused' in signed
      ? signed.refused
      : await journal.order({ order: 'amend', digest, by, second, reason, touched, reopen });
  await closeAsItWas(journal, state.until);
  if (refused !== undefined) throw new GoliveError('refused', `${run} cannot be amended: ${refused}`);
}

/** When the run is to go on stays as the session before said. */
async function closeAsItWas(journal: Journal, until: string): Promise<void> {
  await journal.order({ order: 'close-session', reason: 'later', until });
}

function differenceLines(desk: Desk, known: KnownRun, { opened, plan, amendment, notes, refused }: Proposal): string[] {
  const { page } = desk;
  const [from, to] = [ownDigest(known.state), opened.checklist.digest].map((digest) => digest.slice(0, 12));
  return [
    page.theme.bold(`Amending ${visible(nameOf(known))} with ${visible(opened.shown)}`),
    `  sha256 ${from} ${page.theme.glyphs.arrow} sha256 ${to}`,
    ...amendLines(page, plan, amendment, { notes, refused }),
  ];
}

/** Throws GoliveError `refused` for what cannot be amended, and `same` where nothing is another. */
function refuseProposal(
  proposal: Proposal,
  known: KnownRun,
  store: RunStore,
  options: AmendOptions,
  shell: ProcessShell,
): void {
  const { refused, opened } = proposal;
  const own = ownDigest(known.state);
  if (opened.checklist.digest === own) {
    throw new GoliveError('same', `${opened.shown} is the checklist the run has already`, {
      hint: 'Mend it first, or say which file is meant: --file FILE',
    });
  }
  if (refused.length === 0) return;
  if (options.json === true) shell.out(JSON.stringify(asJson(known, proposal, false), null, 2));
  throw new GoliveError('refused', `${known.run} cannot go on with this:\n  ${refused.join('\n  ')}`, {
    hint: `The run's own copy, to begin from: ${store.locate(known.run)}/blobs/${own}`,
  });
}

function asJson(known: KnownRun, proposal: Proposal, amended: boolean): Readonly<Record<string, unknown>> {
  const { amendment, opened, refused, notes } = proposal;
  const ids = (steps: readonly { readonly id: string }[]): readonly string[] => steps.map(({ id }) => id);
  return {
    run: known.run,
    amended,
    checklist: opened.shown,
    previous: ownDigest(known.state),
    digest: opened.checklist.digest,
    added: ids(amendment.added),
    removed: ids(amendment.removed),
    changed: amendment.changed.map(({ after, differences, probes, reworded }) => ({
      id: after.id,
      differences,
      probes,
      reworded,
    })),
    moved: ids(amendment.moved),
    again: ids(amendment.again),
    touched: amendment.touched,
    critical: amendment.critical,
    reopen: amendment.reopen,
    kept: amendment.kept,
    notes,
    refused,
  };
}

/** Who else is known in this run; undefined: anybody, by the name they type. */
function othersOf({ state }: KnownRun, by: string): readonly string[] | undefined {
  return state.people === undefined ? undefined : knownPeople(state).filter((one) => one !== by);
}
