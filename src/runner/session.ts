// What every part of the runner shares while one process works on a run.

import type { Order } from '../engine/decide.ts';
import type { Usual } from '../engine/forecast.ts';
import type { Json } from '../engine/json.ts';
import type { Plan } from '../engine/plan.ts';
import type { State } from '../engine/state.ts';
import { GoliveError } from '../errors.ts';
import type { AnyAct } from '../steps/index.ts';
import type { Roster } from '../roster.ts';
import type { AwsSession, Screen, World } from '../world.ts';
import type { Deadline } from './deadline.ts';
import type { Journal } from './journal.ts';
import type { People } from './people.ts';
import type { Presence } from './presence.ts';
import type { SharedReader } from './reader.ts';

/** What it takes to look at a run and at the world, without writing anything down. */
export type Sight = Pick<Session, 'plan' | 'world' | 'aws' | 'findAct' | 'reader' | 'kept' | 'signal'> & {
  readonly journal: Pick<Journal, 'state' | 'scrub'>;
};

export interface Session {
  readonly plan: Plan;
  readonly journal: Journal;
  readonly world: World;
  readonly aws: AwsSession;
  /** The kinds that change something, by name. */
  readonly findAct: (name: string) => AnyAct | undefined;
  readonly reader: SharedReader;
  readonly people: People;
  /** Absent where nobody said who holds which role. */
  readonly roster?: Roster | undefined;
  readonly screen: Screen;
  /** The JSON kept under a digest; undefined when it is not there. */
  readonly kept: (digest: string) => Promise<Json | undefined>;
  /** Brings what happened since the last time onto the screen, in the order of the checklist. */
  readonly flush: () => void;
  /** Aborts when the process is told to end. */
  readonly signal: AbortSignal;
  /** How long past runs took, for a forecast; absent where none is kept. */
  readonly usual?: () => Promise<Usual | undefined>;
  /** When it has to be over; absent: it may take as long as it takes. */
  readonly deadline?: Deadline | undefined;
  /** What other processes see and may ask of it; absent where nobody can. */
  readonly presence?: Presence;
}

/** Carries out an order that cannot be refused here; a refusal is a mistake of ours. */
export async function must(session: Session, order: Order): Promise<void> {
  const refused = await session.journal.order(order);
  if (refused !== undefined) throw new GoliveError('internal', `golive gave an order it refuses: ${refused}`);
}

/** The state right now. */
export function stateOf(session: Sight): State {
  return session.journal.state();
}
