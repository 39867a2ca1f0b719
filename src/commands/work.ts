// One process working on a run, from the first screen to the last line: shared by run, resume and rehearse.

import { shownPath } from '../checklist/find.ts';
import type { Bodies } from '../engine/events.ts';
import type { Plan } from '../engine/plan.ts';
import { formatDuration } from '../engine/duration.ts';
import { formatAt } from '../log/line.ts';
import { eventLine } from '../render/ndjson.ts';
import { openingLines, type OpeningScreen } from '../render/opening.ts';
import { openTranscript, type Transcript } from '../render/transcript.ts';
import { guardAws } from '../runner/guard.ts';
import type { Terminal } from '../runner/at-terminal.ts';
import type { Courier, Notices } from '../runner/notices.ts';
import { openSession } from '../runner/opening.ts';
import type { Journal } from '../runner/journal.ts';
import type { People } from '../runner/people.ts';
import type { Presence } from '../runner/presence.ts';
import { workOn, type WayBack } from '../runner/runner.ts';
import { scrubber, type Scrub } from '../runner/scrubber.ts';
import type { Secrets } from '../runner/secret-forms.ts';
import { errorTold } from '../runner/told.ts';
import { openDeadline, type Deadline } from '../runner/deadline.ts';
import type { Browser, Dns, Load, Tls, Websockets } from '../wire.ts';
import type { Roster } from '../roster.ts';
import type { Files, Folders, Programs } from '../machine.ts';
import type { AwsSession, Clock, Http, RunStore, Signer } from '../world.ts';
import { openDesk, type Desk } from './desk.ts';
import { peopleShown } from './people-here.ts';
import type { DetourWords } from './detours.ts';
import { end } from './ending.ts';
import { whileSeen, type Grip } from './holding.ts';
import { noticesOf } from './notices.ts';
import { servicesOf } from './services.ts';
import type { ProcessShell } from './shell.ts';
import { aboutSession, sessionOf } from './work-session.ts';

export interface Work {
  readonly plan: Plan;
  readonly run: string;
  readonly store: RunStore;
  readonly clock: Clock;
  readonly http: Http;
  readonly dns: Dns;
  readonly tls: Tls;
  readonly websockets: Websockets;
  readonly load: Load;
  readonly browser: Browser;
  readonly aws: AwsSession;
  readonly programs: Programs;
  readonly files: Files;
  readonly folders: Folders;
  readonly signer: Signer;
  /** Who holds which role, and how that is checked; absent where nobody said. */
  readonly roster?: Roster | undefined;
  readonly secrets: Secrets;
  /** Secrets that no step refers to, and that may be printed all the same. */
  readonly hidden?: Secrets;
  readonly checklist: OpeningScreen['checklist'];
  /** The bytes of the checklist, kept with a new run. */
  readonly text: string;
  readonly changed: boolean;
  /** What a new run begins with; absent when it is resumed. */
  readonly opened?: Omit<Bodies['run.open'], 'session'>;
  readonly values: readonly Omit<Bodies['value.set'], 'step'>[];
  /** T in ms, when it was given. */
  readonly t0?: number;
  readonly inputs: OpeningScreen['inputs'];
  /** Ways to the target that its users do not go, in words. */
  readonly detours?: DetourWords | undefined;
  /** Who answers; `terminal` makes the people at this terminal. */
  readonly people: (terminal: Terminal) => People;
  /** Before anything else, somebody is asked whether what was changed is to be taken back. */
  readonly rollback?: WayBack;
  /** Somebody here is asked about each red. */
  readonly attended: boolean;
  /** What has to be said again to go on with it: that acts are taken with nobody to ask. Absent: they are not. */
  readonly again?: string;
  /** How long it may take from now on, in ms; undefined: as long as it takes. */
  readonly deadlineMs?: number | undefined;
  /** Who is told what happens; never in a rehearsal. */
  readonly couriers?: readonly Courier[];
  /** Who answers for a role. */
  readonly personOf: (role: string | undefined) => string;
  /** Moves a rehearsal's clock on between sessions; absent in a real run, which waits for its people instead. */
  readonly jump?: (ms: number) => Promise<void>;
  readonly options: { readonly verbose?: boolean; readonly json?: boolean };
  readonly shell: ProcessShell;
  /** How golive is called, for the lines that say how to go on. */
  readonly command: string;
}

/** The same while a process is at it. */
export interface Working extends Work {
  readonly deadline: Deadline | undefined;
}

/** Works until the run is sealed, paused, interrupted or has to wait. Returns the exit code. */
export async function work(given: Work): Promise<number> {
  const scrub = scrubber({ ...given.hidden, ...given.secrets });
  const desk = deskOf(given, scrub);
  const { clock, deadlineMs } = given;
  const deadline = deadlineMs === undefined ? undefined : openDeadline(clock, deadlineMs);
  try {
    return await whileSeen(given, desk, (presence, grip) => workAt({ ...given, deadline }, desk, presence, grip));
  } catch (error) {
    throw errorTold(error, scrub);
  } finally {
    deadline?.close();
    await desk.notices?.close();
    desk.close();
  }
}

async function workAt(given: Working, desk: RunDesk, presence: Presence, grip: Grip): Promise<number> {
  const { shell, clock, plan } = given;
  const guard = guardAws(given.aws, plan);
  const services = servicesOf(plan);
  const asked = services.length === 0 ? undefined : guard.check(shell.signal);
  // While AWS says who we are, the clients for what comes next are loaded.
  given.aws.warm(services);
  const blind = await asked;
  for (let first = true; ; first = false) {
    const journal = await beginSession(given, guard.callers(), desk, first);
    await grip.at(journal);
    desk.notices?.at(journal);
    if (first) await beginRun(given, journal, desk, guard.callers(), blind);
    const ending = await workOn(sessionOf(given, journal, desk, guard.aws, presence), first ? given.rollback : 'none');
    desk.flush(journal);
    desk.screen.live('');
    if (ending.end === 'later' && given.jump && Number.isFinite(ending.until)) {
      await journal.order({ order: 'close-session', reason: 'later', until: formatAt(ending.until) });
      desk.print([desk.page.theme.dim(`  ${formatDuration(ending.until - clock.now())} later, in a new session`)]);
      await given.jump(ending.until);
      given.aws.forget();
      continue;
    }
    presence.close();
    await desk.notices?.settle();
    return end(given, journal, desk, ending);
  }
}

/** The desk with the transcript of this run on it. */
export interface RunDesk extends Desk {
  readonly scrub: Scrub;
  readonly transcript: Transcript;
  readonly notices: Notices | undefined;
  flush(journal: Journal): void;
}

function deskOf(given: Work, scrub: Scrub): RunDesk {
  const { shell, options, plan, clock, attended } = given;
  const name = `${plan.checklist}-${plan.target}`;
  const desk = openDesk(shell, { quiet: options.json === true, name, scrub, now: () => clock.now() });
  const transcript = openTranscript(plan, desk.page, { verbose: options.verbose === true, attended });
  const notices = noticesOf(given, (text) => (options.json ? shell.err(text) : desk.print([`  ${text}`])));
  const flush = (journal: Journal): void => desk.print(transcript.lines(journal.state(), clock.now()));
  return { ...desk, scrub, transcript, notices, flush };
}

async function beginSession(
  given: Work,
  callers: ReturnType<ReturnType<typeof guardAws>['callers']>,
  desk: RunDesk,
  first: boolean,
): Promise<Journal> {
  const { shell, run, store, clock, plan, signer, options } = given;
  const fresh = first ? given.opened : undefined;
  // Blob before event: the checklist is there before the line that names it.
  if (fresh) await store.putBlob(run, new TextEncoder().encode(given.text));
  const lines = fresh ? [] : await store.read(run, 0);
  return openSession({
    run,
    store,
    clock,
    plan,
    lines,
    signer,
    roster: given.roster,
    scrub: desk.scrub,
    callers,
    host: shell.host,
    tool: { name: 'golive', version: shell.version, node: shell.node },
    endpoints: given.aws.overrides.map(({ host }) => host),
    ...(fresh && { opened: fresh }),
    shown: (event, _, after) => {
      desk.notices?.hear(event, after);
      const urgent = desk.transcript.add(event);
      if (options.json) shell.out(eventLine(run, event));
      if (urgent) desk.print(desk.transcript.lines(after, clock.now()));
    },
  });
}

async function beginRun(
  given: Work,
  journal: Journal,
  desk: RunDesk,
  callers: OpeningScreen['callers'],
  blind: string | undefined,
): Promise<void> {
  const state = journal.state();
  const t0 = given.t0 ?? (state.t0 === undefined ? undefined : Date.parse(state.t0));
  const { plan, signer, opened = state.opened } = given;
  desk.print(
    openingLines(desk.page, {
      version: given.shell.version,
      name: `${plan.checklist}-${plan.target}`,
      title: plan.title,
      mode: opened?.mode ?? 'run',
      rehearsal: opened?.rehearsal === true,
      run: given.run,
      resumed: given.opened === undefined,
      checklist: given.checklist,
      changed: given.changed,
      callers,
      blind: blind === undefined ? undefined : `not known, AWS cannot be asked: ${journal.told(blind)}`,
      endpoints: given.aws.overrides,
      detours: given.detours?.shown,
      key: { source: signer.source, principal: signer.principal },
      people: peopleShown(given.roster, plan),
      t0,
      inputs: given.inputs,
      log: shownPath(given.store.locate(given.run), given.shell.cwd),
    }),
  );
  // T first: a run that was killed before its values were written is not resumed, one without its T would begin at once.
  if (given.t0 !== undefined && formatAt(given.t0) !== state.t0) {
    await journal.order({ order: 'set-clock', t0: formatAt(given.t0), source: 'command line' });
  }
  for (const value of given.values) await journal.order({ order: 'set-value', ...value });
  for (const text of aboutSession(given, opened?.rehearsal === true))
    await journal.order({ order: 'note', by: signer.principal, step: '', text });
}
