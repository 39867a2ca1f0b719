// What a run came to, step by step, from its events alone: for whoever compares runs without their checklists.

import type { Bodies, RunEvent } from './events.ts';
import { evolveAll } from './evolve.ts';
import { stepState, type State } from './state.ts';

export interface PastStep {
  readonly step: string;
  /** The verdict it has at the end; `deferred`, or `open` where nobody decided it. */
  readonly word: Bodies['step.verdict']['verdict'] | 'deferred' | 'open';
  /** `waived` or `attested`, by whom and with which words. */
  readonly overlay?: { readonly type: 'waived' | 'attested'; readonly by: string; readonly words: string };
  /** JSON text; absent where nothing was answered, empty for a secret. */
  readonly answer?: string;
  readonly evidence?: string;
  readonly findings: readonly { readonly expected: string; readonly observed: string }[];
  readonly reason: string;
  /** Who answered, voted or accepted, in the order they came. */
  readonly people: readonly string[];
  readonly attempts: number;
  /** Attempts that came to fail, error or inconclusive. */
  readonly caught: number;
  /** All its attempts together, in ms; absent where none was decided. */
  readonly tookMs?: number;
}

export interface Past {
  readonly state: State;
  /** In the order in which something happened to them first. */
  readonly steps: ReadonlyMap<string, PastStep>;
  /** Who opened a session of it, sorted. */
  readonly people: readonly string[];
  /** From its first event to its last, in ms. */
  readonly tookMs: number;
}

interface Gathered {
  readonly people: Set<string>;
  begun?: number;
  attempts: number;
  caught: number;
  tookMs?: number;
}

/** Replays `events`, which have to be those of a log that holds. */
export function pastOf(events: readonly RunEvent[]): Past {
  const state = evolveAll(events);
  const gathered = new Map<string, Gathered>();
  const people = new Set<string>();
  for (const event of events) {
    if (event.kind === 'run.open' || event.kind === 'session.open') people.add(event.body.session.principal);
    if (event.kind === 'value.set' || !('step' in event.body) || event.body.step === '') continue;
    const known = gathered.get(event.body.step) ?? { people: new Set(), attempts: 0, caught: 0 };
    gathered.set(event.body.step, known);
    gather(known, event);
  }
  const steps = new Map([...gathered].map(([id, known]) => [id, stepOf(id, known, state)]));
  const [first, last] = [events[0], events.at(-1)];
  const tookMs = first === undefined || last === undefined ? 0 : Date.parse(last.at) - Date.parse(first.at);
  return { state, steps, people: [...people].toSorted(), tookMs };
}

function gather(known: Gathered, event: RunEvent): void {
  const at = Date.parse(event.at);
  switch (event.kind) {
    case 'step.start':
      known.begun = at;
      break;
    case 'step.verdict':
      known.attempts += 1;
      if (event.body.verdict !== 'pass' && event.body.verdict !== 'skip') known.caught += 1;
      if (known.begun !== undefined) known.tookMs = (known.tookMs ?? 0) + Math.max(0, at - known.begun);
      delete known.begun;
      break;
    case 'ask.answer':
    case 'gate.vote':
    case 'step.waive':
      known.people.add(event.body.by);
      break;
    case 'step.attest':
      known.people.add(event.body.by);
      if (event.body.second !== '') known.people.add(event.body.second);
      break;
    default:
  }
}

function stepOf(id: string, { people, attempts, caught, tookMs }: Gathered, state: State): PastStep {
  const { verdict, overlay, answer, deferred } = stepState(state, id);
  return {
    step: id,
    word: deferred === undefined ? (verdict?.verdict ?? 'open') : 'deferred',
    ...(overlay !== undefined && { overlay: { type: overlay.type, by: overlay.by, words: overlay.words } }),
    ...(answer !== undefined && { answer: answer.answer, evidence: answer.evidence }),
    findings: (verdict?.findings ?? []).map(({ expected, observed }) => ({ expected, observed })),
    reason: deferred?.reason ?? verdict?.reason ?? '',
    people: [...people],
    attempts,
    caught,
    ...(tookMs !== undefined && { tookMs }),
  };
}
