// Logs bent by somebody without any key: bits and bytes of what golive wrote.

import { join } from 'node:path';
import { hashLine } from '../../src/log/line.ts';
import { joinLines } from '../../src/log/statement.ts';
import { ends, inReal, invalidAt, open, sealed, type Case, type Expected, type Logs } from './cases.ts';
import { rolesText } from './logs.ts';
import { flipped, lineAt, putIn } from './mutate.ts';

const noForm = 'it is not of the form {"e":{…},"s":"…"}';
const unfit = 'its signature does not fit';
const cut = 'it does not end with a line feed: something was cut off or added';

/** Every case of bytes that were not written, and those of none. `many`: how many bits are turned over, and how many bytes cut off, drawn with `random`. */
export function formatCases(logs: Logs, many: number, random: (below: number) => number): Case[] {
  return [...unbent(logs), ...flips(logs, many, random), ...cuts(logs, many, random), ...bytes(logs)];
}

function unbent(logs: Logs): Case[] {
  const of = inReal(logs);
  const { real, rehearsal, own, other } = logs;
  const evidence = { blobs: join(real.folder, 'blobs'), script: 'not asked' } as const;
  const roles = { args: ['--roles', 'roles'], files: { roles: rolesText } };
  return [
    of({ no: 0, what: 'a real run', log: () => real.bytes, expected: sealed }),
    of({ no: 0, what: 'a real run with its evidence', log: () => real.bytes, expected: sealed, ...evidence, ...roles }),
    of({ no: 0, what: 'the same, written by somebody with all its keys', log: () => own.bytes, expected: sealed }),
    of({ no: 0, what: 'another run', log: () => other.bytes, expected: sealed }),
    { no: 0, what: 'a rehearsal', log: () => rehearsal.bytes, expected: ends(24, /^SEALED rehearsal: /) },
    {
      no: 0,
      what: 'a rehearsal that is asked for',
      log: () => rehearsal.bytes,
      args: ['--rehearsal'],
      expected: ends(0, /^SEALED rehearsal: /),
    },
  ];
}

function flips(logs: Logs, many: number, random: (below: number) => number): Case[] {
  const of = inReal(logs);
  return [logs.real, logs.rehearsal].flatMap((log) =>
    Array.from({ length: many }, () => {
      const [at, bit] = [random(log.bytes.length), random(8)];
      const what = `byte ${at} bit ${bit} of ${log.run}`;
      const one = { no: 1, what, log: () => flipped(log.bytes, at, bit), expected: invalidAt(lineAt(log.bytes, at)) };
      return log === logs.real ? of(one) : one;
    }),
  );
}

function cuts(logs: Logs, many: number, random: (below: number) => number): Case[] {
  const of = inReal(logs);
  const { bytes: whole, lines } = logs.real;
  const within = Array.from({ length: many }, () => random(whole.length)).filter((at) => whole[at - 1] !== 10);
  const last = lines.length - 1;
  const head = `${last}:${hashLine(lines[last] ?? '')}`;
  const between = lines.slice(1).map((_, index) => index + 1);
  const shorter = (kept: number): Expected['first'] =>
    `DIVERGED: event ${last} of the anchor is missing: this log ends with event ${kept - 1}, so its end was cut off`;
  return [
    ...within.map((at) => {
      const expected = at === 0 ? invalidAt(1, 'there is nothing in it') : invalidAt(lineAt(whole, at), cut);
      return of({ no: 2, what: `after ${at} bytes`, log: () => whole.subarray(0, at), expected });
    }),
    ...between.flatMap((kept) => {
      const log = (): Uint8Array => joinLines(lines.slice(0, kept));
      const anchored = { args: ['--anchor', head], expected: ends(22, shorter(kept)), script: openWord };
      return [
        of({ no: 2, what: `after ${kept} lines`, log, expected: open }),
        of({ no: 2, what: `after ${kept} lines, and its head was noted`, log, ...anchored }),
      ];
    }),
    of({ no: 2, what: 'its last line feed', log: () => whole.subarray(0, -1), expected: invalidAt(lines.length, cut) }),
    {
      no: 2,
      what: 'a rehearsal without its seal',
      log: () => joinLines(logs.rehearsal.lines.slice(0, -1)),
      expected: open,
    },
  ];
}

/** The script is told of no anchor. */
const openWord = { exit: 10, first: /^OPEN/ };

function bytes(logs: Logs): Case[] {
  const of = inReal(logs);
  const { bytes: whole, lines } = logs.real;
  const text = Buffer.from(whole).toString('utf8');
  const second = (lines[0]?.length ?? 0) + 1;
  const inText = Buffer.from(whole).indexOf('A small decision') + 3;
  const at = (what: string, log: () => Uint8Array, line: number, says: string, more: Partial<Case> = {}): Case =>
    of({ no: 6, what, log, expected: invalidAt(line, says), ...more });
  const deep = `{"e":{"at":${'['.repeat(500_000)}${']'.repeat(500_000)}},"s":"AAAA"}\n`;
  const tooLong = 'it is longer than 65536 bytes';
  return [
    at('line ends of another system', () => Buffer.from(text.replaceAll('\n', '\r\n')), 1, noForm),
    at('one line end of another system', () => putIn(whole, second - 1, '\r'), 1, noForm),
    at('a byte order mark', () => Buffer.from(`\ufeff${text}`), 1, noForm),
    at('an empty line at the beginning', () => putIn(whole, 0, '\n'), 1, noForm),
    at('an empty line', () => putIn(whole, second, '\n'), 2, noForm),
    at('an empty line at the end', () => Buffer.from(`${text}\n`), lines.length + 1, noForm),
    at('a space at the end of a line', () => putIn(whole, second - 1, ' '), 1, noForm),
    at('a NUL', () => putIn(whole, inText, Buffer.of(0)), 1, 'it is not JSON'),
    at('a NUL at the end', () => putIn(whole, whole.length, Buffer.of(0)), lines.length + 1, cut),
    at('a byte that no text has', () => putIn(whole, inText, Buffer.of(0xff)), 1, 'it is not UTF-8'),
    at('half of a letter', () => putIn(whole, inText, Buffer.of(0xc3)), 1, 'it is not UTF-8'),
    at('a long form of a letter', () => putIn(whole, inText, Buffer.of(0xc1, 0xa1)), 1, 'it is not UTF-8'),
    at('half of a pair as bytes', () => putIn(whole, inText, Buffer.of(0xed, 0xa0, 0x80)), 1, 'it is not UTF-8'),
    at('half of a pair, escaped', () => putIn(whole, inText, '\\ud800'), 1, 'a text is not well-formed Unicode'),
    at('a line separator, raw', () => putIn(whole, inText, '\u2028'), 1, unfit),
    at(
      'a line of a MiB',
      () => Buffer.concat([whole, Buffer.alloc(1 << 20, 'x'), Buffer.from('\n')]),
      lines.length + 1,
      tooLong,
    ),
    at('a million brackets', () => Buffer.from(deep), 1, tooLong),
    at(
      '30 000 brackets',
      () => Buffer.from(deep.replaceAll(/\[+/g, '['.repeat(30_000)).replaceAll(/\]+/g, ']'.repeat(30_000))),
      1,
      'an event nests deeper than 16 levels',
    ),
    at('nothing at all', () => Buffer.of(), 1, 'there is nothing in it'),
    of({
      no: 6,
      what: 'a file of 2 GiB',
      log: () => whole,
      padded: 2 ** 31,
      expected: ends(3, /^golive: .*run\.jsonl could not be read: it is larger than 256 MiB$/),
      script: 'not asked',
    }),
  ];
}
