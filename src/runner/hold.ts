// A hold: what is true has to stay true, by looks of our own or by what a source with a clock of its own remembers.

import { formatDuration } from '../engine/duration.ts';
import type { Expectation } from '../engine/expectation.ts';
import { counted, judgeHold, watchFrom, type Holding, type Watch } from '../engine/hold.ts';
import type { JsonObject } from '../engine/json.ts';
import type { Hold, Step } from '../engine/plan.ts';
import { liveEvidence, type Sight } from './hold-evidence.ts';
import { openSource, type Source } from './hold-source.ts';
import {
  blind,
  capturedBy,
  judgeFacts,
  readStep,
  recaptured,
  type Attempting,
  type Look,
  type Looked,
} from './one-look.ts';
import type { Session } from './session.ts';

/** What the looks so far come to. */
interface Stand {
  readonly watch: Watch;
  readonly holding: Holding;
  /** What is kept of it. */
  readonly evidence: () => JsonObject;
  readonly requests: readonly string[];
}

/** One look within a hold: where the watch stands, or why that could not be seen. */
type Glance = { readonly stand?: Stand; readonly unseen?: Look };

interface Course {
  /** Looks at the moment `due` (ms), or a little later. */
  glance(due: number): Promise<Glance>;
  /** When to look next. */
  after(due: number, now: number): number;
  /** When the last look is due, as far as is known. */
  end(): number;
}

/**
 * Watches until the hold is decided: it breaks at once, and passes only at its end. A look that cannot see is no sample
 * and is made again, unless somebody has to act first; what cannot be seen at the end either is an error. An abort
 * leaves it undecided: the look that is returned then counts for nothing.
 */
export async function watchHold(session: Session, step: Step, hold: Hold, how: Attempting): Promise<Looked> {
  const { clock } = session.world;
  const source = openSource(session, step, hold, how.fresh);
  const course = source === undefined ? live(session, step, hold) : remembered(source, hold);
  const readers = capturedBy(session, step);
  let due = clock.now();
  let blindness = '';
  for (let looks = 1; ; looks += 1) {
    const { stand, unseen } = await course.glance(due);
    const now = Math.max(clock.now(), due);
    blindness = unseen === undefined ? blindness : `; last: ${unseen.reason}`;
    if (unseen !== undefined && (session.signal.aborted || (unseen.verdict === 'error' && !unseen.transient)))
      return { look: unseen, looks };
    const look = stand && lookOf(stand, now, blindness);
    if (look !== undefined && capturedBy(session, step) !== readers) return { look: recaptured(look, step), looks };
    if (stand?.holding.decided && look) return { look, looks };
    if (unseen !== undefined && now >= course.end()) return { look: unseen, looks };
    const words = stand === undefined ? `could not look yet${blindness}` : progress(stand, course.end() - now);
    due = course.after(due, now);
    const failing = stand?.holding.failing.length ?? 0;
    how.resting({ words: session.journal.told(`watching ${step.id}: ${words}`), failing });
    await clock.sleep(Math.max(0, due - clock.now()), session.signal);
    how.resting(undefined);
    if (session.signal.aborted) return { look: unseen ?? look ?? blind(session.signal.reason), looks };
  }
}

/** Looks of our own, from now on. A process that slept, or a look that took too long, shows as a hole. */
function live(session: Session, step: Step, hold: Hold): Course {
  const watch = watchFrom(hold, session.world.clock.now());
  const sights: Sight[] = [];
  let expect: readonly Expectation[] = step.expect;
  let requests: readonly string[] = [];

  async function see(): Promise<Look | undefined> {
    try {
      const reader = session.reader.anew();
      const reading = await readStep(session, step, reader);
      expect = await reader.fill(step.expect, session.signal);
      const { verdict, findings, kept } = judgeFacts(session, expect, reading);
      ({ requests } = reading);
      const told = findings.find((finding) => finding.verdict === 'inconclusive');
      const reason = told === undefined ? '' : `${told.expected}: ${told.observed}`;
      if (verdict === 'inconclusive') return { verdict, findings, reason, transient: true, captures: {} };
      sights.push({ at: reading.observedAt, verdict, findings, facts: kept });
      return undefined;
    } catch (error) {
      return blind(error);
    }
  }

  return {
    async glance(due) {
      const unseen = await see();
      const holding = judgeHold(watch, sights, Math.max(session.world.clock.now(), due), { expect });
      const stand = { watch, holding, requests, evidence: () => liveEvidence(watch, holding, sights) };
      return unseen === undefined ? { stand } : { stand, unseen };
    },
    // After a look that took longer than that, the next one is due at once; those it missed are missed.
    after: (due, now) => {
      const slot = watch.from + Math.floor((now - watch.from) / hold.everyMs) * hold.everyMs;
      return Math.min(watch.to, Math.max(due + hold.everyMs, slot));
    },
    end: () => watch.to,
  };
}

/** What the source remembers of the window, read as a whole at every look. */
function remembered(source: Source, hold: Hold): Course {
  return {
    async glance(due) {
      try {
        return { stand: await source.read(due) };
      } catch (error) {
        return { unseen: blind(error) };
      }
    },
    // On the clock's own grid, so that steps with one probe look together and share what they read.
    after: (_, now) => Math.min(source.end(), (Math.floor(now / hold.everyMs) + 1) * hold.everyMs),
    end: () => source.end(),
  };
}

function lookOf({ holding, evidence, requests }: Stand, now: number, blindness: string): Look {
  const { verdict, findings, reason } = holding.decided ?? { verdict: 'inconclusive', findings: [], reason: '' };
  return {
    verdict,
    findings,
    reason: verdict === 'inconclusive' ? `${reason}${blindness}` : reason,
    transient: true,
    reading: { facts: evidence(), requests, observedAt: now },
    captures: {},
  };
}

function progress({ watch, holding }: Stand, leftMs: number): string {
  const failing = holding.failing.length === 0 ? 'none failing' : `${holding.failing.length} failing`;
  const came = `${holding.obtained} of ${counted(watch, watch.expected)}`;
  return `${came}, ${failing}, ${formatDuration(Math.max(0, leftMs))} left`;
}
