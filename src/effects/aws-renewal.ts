// Credentials that are over: since when, what was said about it, and how the run gets at new ones.

import type { BlindError } from '../errors.ts';
import { withHint } from '../errors.ts';
import type { Lapse, Renewal } from '../wire.ts';
import type { Clock } from '../world.ts';
import type { Place } from './aws-clients.ts';

/** What the clients and the reader tell about the credentials they use. */
export interface Lapses {
  /** What is over, one for each account. */
  list(): readonly Lapse[];
  /** They were not to be had, or AWS did not take them: `blind` says so to the step. */
  over(place: Place, blind: BlindError): void;
  /** New ones belong to somebody else: as long as they do, the old ones are not back. */
  foreign(place: Place, blind: BlindError): void;
  /** AWS answered: they are good. */
  good(place: Place): void;
}

/** Nothing is over yet. `clock` is the run's. */
export function openLapses(clock: Clock): Lapses {
  const over = new Map<string, { readonly place: Place; readonly since: number; readonly reasons: Set<string> }>();
  const note = (place: Place, blind: BlindError): void => {
    const known = over.get(place.name) ?? { place, since: clock.now(), reasons: new Set() };
    over.set(place.name, known);
    known.reasons.add(withHint(blind));
  };
  return {
    list: () =>
      [...over.values()].map(({ place, since, reasons }) => {
        const { command, everyMs } = place.source.way();
        return {
          name: place.name === '' ? undefined : place.name,
          account: place.account.account,
          source: place.source.words,
          since,
          reasons: [...reasons],
          command,
          everyMs,
        };
      }),
    over: note,
    foreign: (place, blind) => {
      if (over.has(place.name)) note(place, blind);
    },
    good: (place) => void over.delete(place.name),
  };
}

/** What a run is given of it. `renew` drops all that was made with the credentials of an account. */
export function renewalOf(lapses: Lapses, renew: (name: string) => void): Renewal {
  return {
    lapses: () => lapses.list(),
    renew: (name = '') => renew(name),
    // Somebody types in another terminal meanwhile: that takes real time, whatever the clock of the run does.
    pause: (ms, signal) =>
      new Promise((resolve) => {
        if (signal.aborted) return resolve();
        const wake = (): void => {
          clearTimeout(timer);
          signal.removeEventListener('abort', wake);
          resolve();
        };
        const timer = setTimeout(wake, ms);
        signal.addEventListener('abort', wake, { once: true });
      }),
  };
}
