// One read for many readers: single flight within a phase, errors never kept, and no request that nobody waits for.

import { isObject } from '../engine/json.ts';
import type { Json } from '../engine/json.ts';

export interface ReadCache<T> {
  /** The answer under `key`, asked for with `start` unless it is there or on its way. `fresh` asks again and replaces it. */
  read(key: string, fresh: boolean, signal: AbortSignal, start: (signal: AbortSignal) => Promise<T>): Promise<T>;
  /** What was read until now, and what is still on its way, serves nobody who comes later. */
  forget(): void;
}

interface Flight<T> {
  readonly answer: Promise<T>;
  readonly controller: AbortController;
  waiting: number;
}

/** An empty cache. */
export function createCache<T>(): ReadCache<T> {
  const flights = new Map<string, Flight<T>>();
  const drop = (key: string, flight: Flight<T>): void => {
    if (flights.get(key) === flight) flights.delete(key);
  };
  const launch = (key: string, start: (signal: AbortSignal) => Promise<T>): Flight<T> => {
    const controller = new AbortController();
    const flight: Flight<T> = { answer: start(controller.signal), controller, waiting: 0 };
    flights.set(key, flight);
    flight.answer.catch(() => drop(key, flight));
    return flight;
  };
  return {
    read: async (key, fresh, signal, start) => {
      signal.throwIfAborted();
      const flight = (fresh ? undefined : flights.get(key)) ?? launch(key, start);
      flight.waiting += 1;
      try {
        return await unlessAborted(flight.answer, signal);
      } finally {
        flight.waiting -= 1;
        // One reader who gives up must not take the answer away from the others.
        if (flight.waiting === 0 && signal.aborted) {
          drop(key, flight);
          flight.controller.abort();
        }
      }
    },
    forget: () => flights.clear(),
  };
}

async function unlessAborted<T>(answer: Promise<T>, signal: AbortSignal): Promise<T> {
  const settled = new AbortController();
  const aborted = new Promise<never>((_resolve, reject) => {
    const stop = (): void => reject(signal.reason instanceof Error ? signal.reason : new Error('aborted'));
    signal.addEventListener('abort', stop, { once: true, signal: settled.signal });
  });
  try {
    return await Promise.race([answer, aborted]);
  } finally {
    settled.abort();
  }
}

/** The same text for equal values: members in order of their names. */
export function canonicalText(value: Json): string {
  return JSON.stringify(value, (_name, each: Json) =>
    isObject(each) ? Object.fromEntries(Object.entries(each).toSorted(([a], [b]) => (a < b ? -1 : 1))) : each,
  );
}

/** Runs a piece of work when there is room for it. */
export type Limit = <T>(work: () => Promise<T>) => Promise<T>;

/** Lets at most `limit` pieces of work run at a time, the rest in order of arrival. */
export function createLimit(limit: number): Limit {
  let running = 0;
  const queue: (() => void)[] = [];
  return async (work) => {
    if (running >= limit) await new Promise<void>((resolve) => queue.push(resolve));
    else running += 1;
    try {
      return await work();
    } finally {
      // The place is handed over, so nobody slips in between.
      const next = queue.shift();
      if (next === undefined) running -= 1;
      else next();
    }
  };
}
