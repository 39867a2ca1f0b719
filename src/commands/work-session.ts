// What the runner gets of one process that works on a run: the world, the people at its terminal, and what is kept.

import { formatDuration } from '../engine/duration.ts';
import type { Scope } from '../engine/plan.ts';
import type { Journal } from '../runner/journal.ts';
import { pokesOf } from '../runner/pokes.ts';
import { interruptible, type Presence } from '../runner/presence.ts';
import { openReader } from '../runner/reader.ts';
import { scopeOf } from '../runner/scope.ts';
import type { Session } from '../runner/session.ts';
import { withoutSecrets } from '../runner/told.ts';
import { unattended } from '../runner/unattended.ts';
import { findAct } from '../steps/index.ts';
import type { AwsSession } from '../world.ts';
import { attachHere } from './attach-here.ts';
import { elsewhereOf } from './elsewhere.ts';
import { keptIn } from './runs.ts';
import type { RunDesk, Work, Working } from './work.ts';

/** Everything the runner shares while this process works on the run. */
export function sessionOf(
  given: Working,
  journal: Journal,
  desk: RunDesk,
  aws: AwsSession,
  presence: Presence,
): Session {
  const { plan, clock, http, dns, tls, websockets, load, browser, programs, files, folders, signer, store, run } =
    given;
  const world = { clock, http, dns, tls, websockets, load, browser, aws, programs, files, folders };
  const facts = keptIn(store, run);
  const elsewhere = elsewhereOf(given, journal);
  const written = given.people({
    operator: interruptible(desk.operator, presence),
    screen: desk.screen,
    page: desk.page,
    plan,
    state: () => journal.state(),
    head: () => journal.head(),
    now: () => clock.now(),
    principal: signer.principal,
    roster: given.roster,
    elsewhere,
    personOf: given.personOf,
    facts,
    renewal: aws.renewal,
    note: async (step, text) => {
      await journal.order({ order: 'note', by: signer.principal, step, text });
      desk.flush(journal);
    },
    attach: (step, path) =>
      attachHere(journal, { path, step, by: signer.principal }, given.shell).finally(() => desk.flush(journal)),
  });
  const print = (line: string): void => desk.screen.print(line);
  const { deadline, again } = given;
  const people = again === undefined ? written : unattended({ written, elsewhere, deadline, print });
  const scope = (): Scope => scopeOf(plan, journal.state(), run, given.secrets);
  return {
    plan,
    journal,
    world,
    aws,
    findAct,
    reader: openReader(plan, world, scope, pokesOf(journal, aws)),
    people: withoutSecrets(people, desk.scrub),
    roster: given.roster,
    screen: desk.screen,
    kept: facts,
    flush: () => desk.flush(journal),
    signal: given.shell.signal,
    usual: async () => (await import('./usual.ts')).usualTimes(store, run, journal.state()),
    deadline,
    presence,
  };
}

/** What whoever reads the log has to know of how this process came to the run, in sentences. */
export function aboutSession({ detours, signer, again, deadlineMs }: Work, rehearsal: boolean): readonly string[] {
  return [
    ...(detours === undefined ? [] : [`not the way users go: ${detours.whole}`]),
    ...(signer.throwAway === true && !rehearsal ? [`signed with ${signer.source}: nobody vouches for it`] : []),
    ...(again === undefined ? [] : ['--act: nobody is asked, and acts that want no phrase are confirmed by it']),
    ...(deadlineMs === undefined ? [] : [`it has to be over within ${formatDuration(deadlineMs)}`]),
  ];
}
