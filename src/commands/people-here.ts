// Who may speak in a run that is begun or gone on with here: the people of the project, or those of the rehearsal.

import { findRoster, openRoster } from '../effects/roster.ts';
import { unheldRoles } from '../engine/people.ts';
import type { Plan } from '../engine/plan.ts';
import { GoliveError } from '../errors.ts';
import { throwAwaySigner } from '../log/session-key.ts';
import type { RehearsalWorld } from '../rehearsal/world.ts';
import type { OpeningScreen } from '../render/opening.ts';
import { personas } from '../runner/personas.ts';
import type { Roster } from '../roster.ts';
import type { Signer } from '../world.ts';
import type { KnownRun } from './runs.ts';
import { signerFor, type SigningOptions } from './signing.ts';
import type { Shell } from './shell.ts';

/** Who signs, who else may speak, and who answers for a role. */
export interface PeopleHere {
  readonly signer: Signer;
  /** Absent where nobody said who holds which role. */
  readonly roster?: Roster | undefined;
  readonly personOf: (role: string | undefined) => string;
}

/** The roster found upwards from here, for whoever runs golive; undefined when there is none. `now`: the clock of the run. */
export function rosterHere(signer: Signer, shell: Shell, now?: () => number): Roster | undefined {
  const files = findRoster(shell.cwd);
  if (files === undefined) return undefined;
  return openRoster(files, { env: shell.env, cwd: shell.cwd, session: signer, ...(now && { now }) });
}

/** The people of the world file, each with a key made for this rehearsal. */
export function peopleOfWorld(plan: Plan, world: RehearsalWorld): PeopleHere {
  const signer = throwAwaySigner(operatorOf(world));
  const of = (role: string | undefined): string => personOf(world, role);
  return { signer, roster: personas(Object.keys(plan.roles), of, signer), personOf: of };
}

/**
 * A rehearsal in which people sign with their own keys, as on the day. Throws GoliveError `roster` without a roster, and
 * `key` for keys that a rehearsal's log cannot be checked with.
 */
export async function peopleWithKeys(options: SigningOptions, shell: Shell, now: () => number): Promise<PeopleHere> {
  const signer = await signerFor('run', options, shell);
  const roster = rosterHere(signer, shell, now);
  if (roster === undefined) {
    throw new GoliveError('roster', 'nobody said who holds which role: there is no .golive/allowed_signers here', {
      hint: '`golive key trust` begins one. Without --own-keys the people of the world file rehearse.',
    });
  }
  const theirs = async (principal: string, file?: string): Promise<Signer | undefined> => {
    const found = await roster.signer(principal, file);
    if (found !== undefined) refuseOther(found);
    return found;
  };
  refuseOther(signer);
  return { signer, roster: { ...roster, signer: theirs }, personOf: () => signer.principal };
}

/** Whoever adds to a run that is there, and the people it goes on with. */
export async function peopleOfRun(
  { state }: KnownRun,
  plan: Plan,
  options: SigningOptions,
  shell: Shell,
): Promise<PeopleHere> {
  const { opened } = state;
  if (opened?.rehearsal === true && opened.roster_digest === '') {
    const { findWorld } = await import('../rehearsal/find-world.ts');
    const { checklist, target } = plan;
    return peopleOfWorld(
      plan,
      findWorld({ checklist, target, cwd: shell.cwd, breaks: [], patchFile: undefined }).world,
    );
  }
  if (opened?.rehearsal === true) return peopleWithKeys(options, shell, () => Date.parse(state.at));
  const signer = await signerFor('run', options, shell);
  return { signer, roster: rosterHere(signer, shell), personOf: () => signer.principal };
}

/** Those who sign with keys of their own; nobody has to be told of the people of a world file. */
export function peopleShown(roster: Roster | undefined, plan: Plan): OpeningScreen['people'] {
  if (roster === undefined || roster.digest === '') return undefined;
  const { source, people } = roster;
  return { source, people, unheld: unheldRoles(plan, people) };
}

/** Who stands for a role in a rehearsal; whoever has none is the operator. */
export function personOf(world: RehearsalWorld, role: string | undefined): string {
  return (role === undefined ? undefined : world.people[role]?.principal) ?? operatorOf(world);
}

/** Whose throw-away key signs the sessions of a rehearsal. */
function operatorOf(world: RehearsalWorld): string {
  return (
    world.people['operator']?.principal ?? Object.values(world.people)[0]?.principal ?? 'operator@rehearsal.invalid'
  );
}

function refuseOther({ publicKey, principal }: Signer): void {
  if (publicKey.startsWith('ssh-ed25519 ')) return;
  throw new GoliveError(
    'key',
    `${principal} has a key of type ${publicKey.split(' ')[0]}, and a rehearsal takes ssh-ed25519`,
    {
      hint: 'The log of a rehearsal is checked without anybody vouching for keys, which is done for Ed25519 only.',
    },
  );
}
