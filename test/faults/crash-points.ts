// The points at which golive is killed: where each is, which session it hits, and what must be true of the run right then.

import type { Moment } from './crash-child.ts';
import type { CrashAct } from './crash-acts.ts';

export interface CrashPoint {
  /** What the table calls it. */
  readonly name: string;
  /** Whether it lies in the way of an act, and so depends on its class. */
  readonly ofActs: boolean;
  /** When the process is to die. `drawn`: a number from 0 below 1, for points that lie in many places. */
  readonly moment: (act: CrashAct, drawn: number) => Moment;
  /** A session before the one that is killed, and where that one is killed. */
  readonly first?: Moment;
  /** Kinds of events, with their step, that are on the disk when it has died; and those that are not. */
  readonly there?: readonly string[];
  readonly missing?: readonly string[];
  /** How the name of a file begins that is left among the events. */
  readonly leaves?: string;
  /** A piece of evidence is left that no event names. */
  readonly orphan?: true;
}

/** How many events a quiet run has before its seal. */
const events = 15;
const anyOf = (drawn: number): number => 1 + Math.floor(drawn * events);
/** How many pieces of evidence it keeps. */
const pieces = 6;
const anyPiece = (drawn: number): number => 1 + Math.floor(drawn * pieces);
const prompt: Moment = { at: 'shown', what: 'Is support told? (yes or no) ›' };

export const crashPoints: readonly CrashPoint[] = [
  {
    name: '1 before run.open is durable',
    ofActs: false,
    moment: () => ({ at: 'before-link', what: 'run.open' }),
    missing: ['run.open '],
  },
  {
    name: '1 before session.open is durable',
    ofActs: false,
    first: prompt,
    moment: () => ({ at: 'before-link', what: 'session.open' }),
    missing: ['session.open '],
  },
  {
    name: '2 after run.open, idle',
    ofActs: false,
    moment: () => ({ at: 'after-unlink', what: 'run.open' }),
    there: ['run.open '],
    missing: ['phase.open '],
  },
  {
    name: '2 after session.open, idle',
    ofActs: false,
    first: prompt,
    moment: () => ({ at: 'after-unlink', what: 'session.open' }),
    there: ['session.open '],
  },
  {
    name: '3 probe running',
    ofActs: false,
    moment: () => ({ at: 'request-sent', what: '/hostedzonesbyname' }),
    there: ['step.start look'],
    missing: ['step.verdict look'],
  },
  {
    name: '4 question shown, no answer',
    ofActs: false,
    moment: () => prompt,
    there: ['step.verdict look'],
    missing: ['ask.answer told'],
  },
  {
    name: '4 change shown, no word given',
    ofActs: false,
    moment: () => ({ at: 'shown', what: 'and it is done ›' }),
    there: ['ask.answer told'],
    missing: ['act.intent change'],
  },
  {
    name: '6 append sent, reply lost',
    ofActs: false,
    moment: (_, drawn) => ({ at: 'after-link', what: '', nth: anyOf(drawn) }),
  },
  {
    name: '7 before the intent is durable',
    ofActs: true,
    moment: () => ({ at: 'before-link', what: 'act.intent' }),
    missing: ['act.intent change'],
  },
  {
    name: '8a intent durable, call not sent',
    ofActs: true,
    moment: ({ call, operation }) => ({
      at: operation === undefined ? 'before-program' : 'before-request',
      what: call,
    }),
    there: ['act.intent change'],
    missing: ['act.result change'],
  },
  {
    name: '8b sent, no reply',
    ofActs: true,
    moment: ({ call, operation }) => ({ at: operation === undefined ? 'program-started' : 'request-sent', what: call }),
    there: ['act.intent change'],
    missing: ['act.result change'],
  },
  {
    name: '8c replied, result not durable',
    ofActs: true,
    moment: () => ({ at: 'before-link', what: 'act.result' }),
    there: ['act.intent change'],
    missing: ['act.result change'],
  },
  {
    name: '9 result durable, waiter not finished',
    ofActs: true,
    moment: () => ({ at: 'after-unlink', what: 'act.result' }),
    there: ['act.result change'],
    missing: ['step.verdict change'],
  },
  {
    name: '11 evidence kept, event not',
    ofActs: false,
    moment: (_, drawn) => ({ at: 'after-blob', what: '', nth: anyPiece(drawn) }),
    orphan: true,
  },
  {
    name: '12 evidence not kept, so no event',
    ofActs: false,
    moment: (_, drawn) => ({ at: 'before-blob', what: '', nth: anyPiece(drawn) }),
  },
  {
    name: '13 temporary file left',
    ofActs: false,
    moment: (_, drawn) => ({ at: 'before-unlink', what: '', nth: anyOf(drawn) }),
    leaves: '.tmp-',
  },
  {
    name: '14 seal durable, export not',
    ofActs: false,
    moment: () => ({ at: 'after-unlink', what: 'seal' }),
    there: ['seal '],
  },
];
