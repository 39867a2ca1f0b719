// Logs bent by somebody without any key: lines in another place, or of another run, or without what makes them lines.

import { hashLine } from '../../src/log/line.ts';
import { joinLines } from '../../src/log/statement.ts';
import { inReal, invalidAt, open, type Case, type Logs } from './cases.ts';
import { doubled, edited, lineWith, partsOf, replaced, swapped, without } from './mutate.ts';

const notNext = (is: number, next: number): string => `its seq is ${is} where ${next} is next`;
const broken = 'it does not continue the line before it';
const after = 'it stands after the seal';
const noForm = 'it is not of the form {"e":{…},"s":"…"}';
const unfit = 'its signature does not fit';

/** Every case of lines that stand where they were not written. */
export function lineCases(logs: Logs): Case[] {
  return [...moved(logs), ...spliced(logs), ...stripped(logs)];
}

function moved(logs: Logs): Case[] {
  const of = inReal(logs);
  const { lines } = logs.real;
  const last = lines.length - 1;
  const all = lines.map((_, index) => index);
  return [
    ...all.slice(0, -1).map((index) => {
      const expected = invalidAt(index + 1, notNext(index + 1, index));
      return of({ no: 3, what: `line ${index + 1} left out`, log: () => without(lines, index), expected });
    }),
    ...all.map((index) => {
      const expected = invalidAt(index + 2, index === last ? after : notNext(index, index + 1));
      return of({ no: 3, what: `line ${index + 1} doubled`, log: () => doubled(lines, index), expected });
    }),
    ...all.flatMap((one) =>
      all.slice(one + 1).map((other) => {
        const what = `lines ${one + 1} and ${other + 1} swapped`;
        return of({
          no: 3,
          what,
          log: () => swapped(lines, one, other),
          expected: invalidAt(one + 1, notNext(other, one)),
        });
      }),
    ),
  ];
}

function spliced(logs: Logs): Case[] {
  const of = inReal(logs);
  const { lines } = logs.real;
  const theirs = logs.other.lines;
  const places = lines.map((_, index) => index);
  const own = partsOf(lines[3] ?? Buffer.of());
  const their = partsOf(theirs[3] ?? Buffer.of());
  const prev = hashLine(lines[2] ?? '');
  const chained = their.event.replace(/"prev":"[0-9a-f]+"/, `"prev":"${prev}"`);
  const named = chained.replace(/"run":"[^"]+"/, `"run":"${logs.real.run}"`);
  return [
    ...places.map((index) => {
      // The first line stands by itself: it is the second that does not follow it.
      const expected = invalidAt(index === 0 ? 2 : index + 1, broken);
      return of({
        no: 4,
        what: `its line ${index + 1}`,
        log: () => replaced(lines, index, theirs[index] ?? ''),
        expected,
      });
    }),
    ...places.slice(1).map((index) => {
      const log = (): Uint8Array => joinLines([...lines.slice(0, index), ...theirs.slice(index)]);
      return of({ no: 4, what: `its end from line ${index + 1}`, log, expected: invalidAt(index + 1, broken) });
    }),
    of({
      no: 4,
      what: 'its line, chained',
      log: () => replaced(lines, 3, lineWith(chained, their.signature)),
      expected: invalidAt(4, 'it belongs to another run'),
    }),
    of({
      no: 4,
      what: 'its line, chained and named',
      log: () => replaced(lines, 3, lineWith(named, their.signature)),
      expected: invalidAt(4, 'nobody opened its session'),
    }),
    of({
      no: 4,
      what: 'the signature of its line',
      log: () => replaced(lines, 3, lineWith(own.event, their.signature)),
      expected: invalidAt(4, unfit),
    }),
  ];
}

function stripped(logs: Logs): Case[] {
  const of = inReal(logs);
  const { lines } = logs.real;
  const last = lines.length - 1;
  const seal = lines[last] ?? Buffer.of();
  const noted = partsOf(lines[3] ?? Buffer.of());
  return [
    of({
      no: 9,
      what: 'all signatures empty',
      log: () => joinLines(lines.map((line) => Buffer.from(lineWith(partsOf(line).event, '')))),
      expected: invalidAt(1, noForm),
    }),
    of({
      no: 9,
      what: 'all signatures gone',
      log: () => joinLines(lines.map((line) => Buffer.from(`{"e":${partsOf(line).event}}`))),
      expected: invalidAt(1, noForm),
    }),
    of({
      no: 9,
      what: 'events alone',
      log: () => joinLines(lines.map((line) => Buffer.from(partsOf(line).event))),
      expected: invalidAt(1, noForm),
    }),
    of({
      no: 9,
      what: 'one signature empty',
      log: () => replaced(lines, 4, lineWith(partsOf(lines[4] ?? Buffer.of()).event, '')),
      expected: invalidAt(5, noForm),
    }),
    of({ no: 9, what: 'a third field', log: () => edited(lines, 4, /\}$/, ',"x":1}'), expected: invalidAt(5, noForm) }),
    of({ no: 9, what: 'the seal', log: () => joinLines(lines.slice(0, -1)), expected: open }),
    of({
      no: 9,
      what: 'the seal in an earlier place',
      log: () => joinLines([...lines.slice(0, 5), seal]),
      expected: invalidAt(6, notNext(last, 5)),
    }),
    of({ no: 9, what: 'the seal twice', log: () => joinLines([...lines, seal]), expected: invalidAt(last + 2, after) }),
    of({
      no: 9,
      what: 'a line after the seal',
      log: () => joinLines([...lines, Buffer.from(lineWith(noted.event, noted.signature))]),
      expected: invalidAt(last + 2, after),
    }),
  ];
}
