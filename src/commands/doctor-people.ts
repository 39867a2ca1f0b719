// What golive doctor looks at among the people: the roster, whether whoever runs stands in it, and whether gates can be decided.

import { stepsOf, type GateWork, type Plan, type Step } from '../engine/plan.ts';
import type { RosterText } from '../effects/roster.ts';
import type { Check } from '../render/doctor.ts';
import type { Signer } from '../world.ts';
import { listedChecks, rosterCheck } from './roster-checks.ts';
import { howCalled, type GlobalOptions, type Shell } from './shell.ts';

/** What is known of the people. `signer`: whoever runs golive; `now` in ms. Nothing is signed. */
export async function peopleChecks(
  plan: Plan,
  signer: Signer | undefined,
  options: GlobalOptions,
  shell: Shell,
  now: number,
): Promise<readonly Check[]> {
  const { check, roster } = rosterCheck(options, shell);
  if (roster === undefined) return check.state === 'unknown' ? [check, ...shut(plan)] : [check];
  const listed = signer === undefined ? [] : await listedChecks(roster, signer, now, shell);
  const steps = stepsOf(plan);
  const decided = steps.flatMap((step) => undecided(plan, step, roster, howCalled(shell, options)));
  const gates = steps.filter(({ work }) => work.type === 'gate').length;
  const polled: Check = {
    name: 'gates',
    state: 'ok',
    says: `every role that is polled is held by somebody (${gates})`,
  };
  return [check, ...listed, ...(decided.length > 0 ? decided : gates > 0 ? [polled] : [])];
}

/** Gates that count people by their signatures stay shut where nobody signs. */
function shut(plan: Plan): readonly Check[] {
  const gates = stepsOf(plan).filter(({ work }) => work.type === 'gate' && work.differentPeople);
  return gates.map(({ id }) => ({
    name: `gate ${id}`,
    state: 'bad',
    says: 'takes different people, who count by their signatures, and nobody signs without a roster',
    todo: 'Name those who decide, as above.',
  }));
}

/** Why nobody could decide this step, as one check. */
function undecided(plan: Plan, { id, work }: Step, { people, source }: RosterText, golive: string): readonly Check[] {
  const add = (role: string): string => `\`${golive} key trust LINE --roles ${role}\`, or add it in ${source}.`;
  if (work.type === 'act' && typeof work.confirm === 'object' && work.confirm.people > people.length) {
    const says = `takes the word of ${work.confirm.people} people, and ${source} knows ${people.length}`;
    return [{ name: `act ${id}`, state: 'bad', says, todo: `Name more of them: ${add('ROLE')}` }];
  }
  if (work.type !== 'gate') return [];
  const name = `gate ${id}`;
  const missing = work.poll.filter((role) => !people.some(({ roles }) => roles.includes(role)));
  if (missing.length > 0) {
    const titles = missing.map((role) => titleOf(plan, role));
    return [{ name, state: 'bad', says: `nobody holds ${titles.join(', ')}`, todo: add(missing.join(',')) }];
  }
  const seats = most(work, people);
  const needed = work.need === 'all' ? work.poll.length : work.need === 'any' ? 1 : work.need.at_least;
  if (!work.differentPeople || seats >= needed) return [];
  const says = `takes ${needed} different people for ${work.poll.join(', ')}, and the roster has ${seats}`;
  return [{ name, state: 'bad', says, todo: `Let somebody else hold one of these roles: ${add('ROLE')}` }];
}

function titleOf(plan: Plan, role: string): string {
  const title = plan.roles[role]?.title;
  return title === undefined ? role : `${role} (${title})`;
}

/** For how many of the roles a different person each can speak: Kuhn's way of making room for one more. */
function most({ poll }: GateWork, people: RosterText['people']): number {
  const seats = new Map<string, string>();
  const seat = (role: string, asked: Set<string>): boolean =>
    people.some(({ principal, roles }) => {
      if (!roles.includes(role) || asked.has(principal)) return false;
      asked.add(principal);
      const sits = seats.get(principal);
      if (sits !== undefined && !seat(sits, asked)) return false;
      seats.set(principal, role);
      return true;
    });
  return [...new Set(poll)].filter((role) => seat(role, new Set())).length;
}
