// Logs bent in what people signed: words said again where they were not meant, or for what is not there.

import type { Bodies, Envelope } from '../../src/engine/events.ts';
import { digest } from '../../src/log/canonical.ts';
import { hashLine, noLine } from '../../src/log/line.ts';
import { bender, invalidAt, lineOf, notKeptAt, otherRun, sealed, type Bend, type Case, type Logs } from './cases.ts';
import { changed, type Draft } from './forge.ts';
import { partsOf } from './mutate.ts';

/** Every case of a sign-off that stands in another place than it was signed for. */
export function wordCases(logs: Logs): Case[] {
  return [signoffs, votes, elsewhere].flatMap((make) => make(logs, bender(logs)));
}

function signoffs({ drafts, own, other, stage }: Logs, bend: Bend): Case[] {
  const line = lineOf(drafts, 'signoff', 1);
  const keep = { hand: { keys: own.keys } };
  /** His word as it was, in a line that says something else. */
  const body = (change: Partial<Bodies['signoff']>): Draft[] =>
    changed(
      drafts,
      'signoff',
      (draft) => ({ body: { ...draft.body, ...change }, statement: statementIn(own.lines, line) }),
      1,
    );
  const replayed = changed(drafts, 'signoff', () => ({ statement: statementIn(other.lines, line) }), 1);
  const rerun = changed(drafts, 'signoff', () => ({ says: { run: otherRun } }), 1);
  const rows: [string, readonly Draft[], string][] = [
    ['in another run', replayed, 'its sign-off was made on a line that is not in this log'],
    ['in another run with the same lines', rerun, 'its signoff is for another run'],
    ['about another step', body({ step: 'told' }), otherThan],
    ['for another role', body({ role: 'lead' }), otherThan],
    ['for another attempt', body({ attempt: 2 }), otherThan],
    ['on another line', body({ seen: 3 }), otherThan],
    ['as a no-go', body({ decision: 'no-go' }), otherThan],
    ['as a waiver', body({ decision: 'waive' }), otherThan],
    ['by another person', body({ principal: stage.ada.principal }), 'its signoff is signed in another name'],
  ];
  return [
    bend(14, 'a sign-off where it was', body({}), sealed, keep),
    ...rows.map(([what, all, says]) => bend(14, `a sign-off, ${what}`, all, invalidAt(line, says), keep)),
  ];
}

const otherThan = 'it says something else than the sign-off inside it';
const otherThanNamed = 'it says something else than the sign-off it names';

function votes({ drafts, stage }: Logs, bend: Bend): Case[] {
  const line = lineOf(drafts, 'gate.vote', 1);
  const vote = (change: Partial<Bodies['gate.vote']>): Draft[] =>
    changed(drafts, 'gate.vote', (draft) => ({ body: { ...draft.body, ...change } }), 1);
  const none = (named: number): string => `it names line ${named}, which is no sign-off above it`;
  const rows: [string, Partial<Bodies['gate.vote']>, string][] = [
    ['another step', { step: 'told' }, otherThanNamed],
    ['another attempt', { attempt: 2 }, otherThanNamed],
    ['another role', { role: 'lead' }, otherThanNamed],
    ['a no-go', { decision: 'no-go' }, otherThanNamed],
    ['another person', { by: stage.ada.principal }, otherThanNamed],
    ['the word for the other role', { signoff: lineOf(drafts, 'signoff') - 1 }, otherThanNamed],
    ['no word', { signoff: 2 }, none(3)],
    ['itself', { signoff: line - 1 }, none(line)],
    ['one to come', { signoff: 12 }, none(13)],
  ];
  const unsigned = 'the vote of bob@example.com for ops at go-live: it is not signed';
  return [
    ...rows.map(([what, change, says]) => bend(14, `a vote about ${what}`, vote(change), invalidAt(line, says))),
    bend(14, 'a vote that is not signed', vote({ signoff: -1 }), notKeptAt(line, unsigned), { script: 'not asked' }),
  ];
}

function elsewhere({ drafts, own, other }: Logs, bend: Bend): Case[] {
  const line = lineOf(drafts, 'signoff', 1);
  const headOf = (lines: readonly Uint8Array[], seq: number): string => hashLine(lines[seq] ?? '');
  const rows: [string, number, string][] = [
    ['that is another', 5, noLine],
    ['that stands elsewhere', 4, headOf(own.lines, 5)],
    ['of another run', 5, headOf(other.lines, 5)],
    ['that is its own', line - 1, headOf(own.lines, line - 1)],
    ['that comes after it', line, headOf(own.lines, line)],
    ['that no log has', 2 ** 53 - 1, noLine],
  ];
  const says = 'its sign-off was made on a line that is not in this log';
  const hand = { keys: own.keys };
  const another = changed(drafts, 'signoff', () => ({ says: { checklist: digest('another') } }), 1);
  return [
    ...rows.map(([what, seq, head]) => {
      const bent = changed(
        drafts,
        'signoff',
        ({ body }) => ({ body: { ...body, seen: seq }, says: { seen: { seq, head } } }),
        1,
      );
      return bend(20, `on a line ${what}`, bent, invalidAt(line, says), { hand });
    }),
    bend(20, 'for another checklist', another, invalidAt(line, 'its sign-off is for another checklist')),
  ];
}

/** The statement in the line with this number, from 1. */
function statementIn(lines: readonly Uint8Array[], line: number): Envelope {
  const { event } = partsOf(lines[line - 1] ?? Buffer.of());
  const { body }: { readonly body: Bodies['signoff'] } = JSON.parse(event);
  return body.statement;
}
