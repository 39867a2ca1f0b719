// Logs that are whole, held against what somebody else kept: the name of the run, and heads of lines.

import { humanHead } from '../../src/log/anchor.ts';
import { hashLine } from '../../src/log/line.ts';
import { joinLines } from '../../src/log/statement.ts';
import { bender, ends, inReal, invalidAt, lineOf, open, sealed, type Bend, type Case, type Logs } from './cases.ts';
import type { Draft } from './forge.ts';

/** Every case that only shows to whoever knows something else than the log. */
export function anchorCases(logs: Logs): Case[] {
  return [swaps, anchors, checks, rewrites].flatMap((make) => make(logs, bender(logs)));
}

const headAt = (lines: readonly Uint8Array[], seq: number): string => hashLine(lines[seq] ?? '');
const anchorAt = (lines: readonly Uint8Array[], seq: number): string => `${seq}:${headAt(lines, seq)}`;
const notAsked = { script: 'not asked' } as const;
const otherLine = (seq: number): string => `event ${seq} is another line than the anchor has at that place`;

function swaps(logs: Logs): Case[] {
  const { real, other, rehearsal } = logs;
  const swapped = (what: string, args: readonly string[], expected: Case['expected'], more: Partial<Case> = {}): Case =>
    inReal(logs)({ no: 5, what, log: () => other.bytes, args, expected, ...more });
  const last = real.lines.length - 1;
  const human = humanHead(headAt(real.lines, last));
  return [
    swapped('and nobody says which', [], sealed, { also: 'which run this is was taken from the log itself' }),
    swapped(
      'by its id',
      ['--run', real.run],
      ends(22, `DIVERGED: this is run ${other.run}, not ${real.run}`),
      notAsked,
    ),
    swapped('by a head', ['--anchor', anchorAt(real.lines, last)], ends(22, `DIVERGED: ${otherLine(last)}`), notAsked),
    swapped(
      'by a head read aloud',
      ['--anchor', human],
      ends(22, `DIVERGED: no line of this log has the head ${human}`),
      notAsked,
    ),
    inReal(logs)({
      no: 5,
      what: 'a rehearsal, by its id',
      log: () => rehearsal.bytes,
      args: ['--run', real.run],
      expected: ends(22, `DIVERGED: this is run ${rehearsal.run}, not ${real.run}`),
      ...notAsked,
    }),
    inReal(logs)({
      no: 5,
      what: 'a rehearsal, and nobody says which',
      log: () => rehearsal.bytes,
      expected: ends(24, 'SEALED rehearsal: whole, but nobody vouches for the key'),
    }),
  ];
}

function anchors(logs: Logs): Case[] {
  const { lines, bytes } = logs.real;
  const last = lines.length - 1;
  const at = (what: string, args: readonly string[], expected: Case['expected'], more: Partial<Case> = {}): Case =>
    inReal(logs)({ no: 25, what, log: () => bytes, args, expected, ...more });
  const bent = headAt(lines, 4).replace(/.$/, (digit) => (digit === '0' ? '1' : '0'));
  const early = joinLines(lines.slice(0, 6));
  const usage = (what: string, given: string): Case =>
    at(what, ['--anchor', given], ends(3, /^golive: ".*" is not an anchor$/), notAsked);
  return [
    ...lines.slice(0, -1).map((_, seq) =>
      at(`of event ${seq}, which is old`, ['--anchor', anchorAt(lines, seq)], sealed, {
        also: `the anchor reaches up to event ${seq}: a rewrite of what follows does not show`,
      }),
    ),
    at('of its last event', ['--anchor', anchorAt(lines, last), '--require-anchor'], sealed, {
      also: 'anchored  yes, up to its last event',
    }),
    at('of another run', ['--anchor', anchorAt(logs.other.lines, 4)], ends(22, `DIVERGED: ${otherLine(4)}`), notAsked),
    at('of another event', ['--anchor', `5:${headAt(lines, 4)}`], ends(22, `DIVERGED: ${otherLine(5)}`), notAsked),
    at(
      'of an event there is not',
      ['--anchor', `13:${headAt(lines, last)}`],
      ends(22, 'DIVERGED: event 13 of the anchor is missing: this log ends with event 12, so its end was cut off'),
      notAsked,
    ),
    at('made up, but for its last digit', ['--anchor', `4:${bent}`], ends(22, `DIVERGED: ${otherLine(4)}`), notAsked),
    at(
      'made up beside a true one',
      ['--anchor', anchorAt(lines, last), '--anchor', `4:${bent}`],
      ends(22, `DIVERGED: ${otherLine(4)}`),
      notAsked,
    ),
    at(
      'that is not there, and demanded',
      ['--require-anchor'],
      ends(23, 'INCOMPLETE: no anchor was given that it holds'),
      notAsked,
    ),
    at('older than the cut', ['--anchor', anchorAt(lines, 3)], open, { log: () => early }),
    at(
      'newer than the cut',
      ['--anchor', anchorAt(lines, 6)],
      ends(22, 'DIVERGED: event 6 of the anchor is missing: this log ends with event 5, so its end was cut off'),
      { log: () => early, ...notAsked },
    ),
    usage('that is half of one', `4:${headAt(lines, 4).slice(0, 32)}`),
    usage('that is a name', 'latest'),
    usage('that is a path', '../../etc/passwd'),
    usage('that has no line', headAt(lines, 4)),
  ];
}

/** The same for whoever has nothing but heads, and trusts nobody. */
function checks(logs: Logs): Case[] {
  const { lines, bytes } = logs.real;
  const at = (what: string, anchor: string, expected: Case['expected'], log = bytes): Case => ({
    no: 25,
    what: `${what}, checked by itself`,
    words: ['anchor', 'check'],
    log: () => log,
    args: ['--anchor', anchor],
    expected,
    ...notAsked,
  });
  return [
    at('of an event', anchorAt(lines, 7), ends(0, /^HELD/)),
    at('of another run', anchorAt(logs.other.lines, 7), ends(22, `DIVERGED: ${otherLine(7)}`)),
    at(
      'of a line that was bent',
      anchorAt(lines, 7),
      ends(20, /^INVALID/),
      Buffer.from(Buffer.from(bytes).toString('latin1').replace('told', 'sold'), 'latin1'),
    ),
  ];
}

function rewrites(logs: Logs, bend: Bend): Case[] {
  const { drafts, own, real } = logs;
  const last = drafts.length - 1;
  const note: Draft = {
    kind: 'note',
    body: { by: 'ada@example.com', step: '', text: 'All was well.' },
    at: drafts[last]?.at ?? 0,
    session: 0,
  };
  const insider = drafts.toSpliced(last, 0, note);
  const hand = { keys: own.keys };
  const [from, to] = [lineOf(drafts, 'ask.answer'), lineOf(drafts, 'signoff')];
  const words = own.lines.map((line) => Buffer.from(line).toString('utf8'));
  const told = drafts.map((draft, index) =>
    index === from - 1
      ? { ...draft, body: { ...draft.body, evidence: 'Nobody was told.' } }
      : { ...draft, ...kept(words[index]) },
  );
  const at = (
    what: string,
    all: readonly Draft[],
    anchor: string | undefined,
    expected: Case['expected'],
    more: Parameters<Bend>[4] = {},
  ): Case =>
    bend(26, what, all, expected, {
      hand,
      ...(anchor !== undefined && { args: ['--allowed-signers', 'people', '--anchor', anchor] }),
      ...more,
    });
  return [
    // Nothing in a log tells: that is what anchors are for.
    at('and nobody kept a head', insider, undefined, sealed),
    at('after the head that was kept', insider, anchorAt(own.lines, last - 1), sealed, {
      also: `the anchor reaches up to event ${last - 1}`,
    }),
    at(
      'before the head that was kept',
      insider,
      anchorAt(own.lines, last),
      ends(22, `DIVERGED: ${otherLine(last)}`),
      notAsked,
    ),
    at('all of it, and nobody kept a head', drafts, undefined, sealed, { hand: {} }),
    at(
      'all of it, and its first head was kept',
      drafts,
      anchorAt(real.lines, 0),
      ends(22, `DIVERGED: ${otherLine(0)}`),
      { hand: {}, ...notAsked },
    ),
    at(
      'before what the others signed',
      told,
      undefined,
      invalidAt(to, 'its sign-off was made on a line that is not in this log'),
    ),
  ];
}

/** The statement of a line as it was signed: whoever rewrites has not everybody's key. */
function kept(line: string | undefined): Partial<Draft> {
  const { statement } = JSON.parse(line ?? '').e.body;
  return statement === undefined ? {} : { statement };
}
