// The fast way back from lines to events, for a process that goes on with its own run.

import { describe, expect, it } from 'vitest';
import { participantsOf, readEvents } from '../../src/log/replay.ts';
import { sealedLog } from './given.ts';

const log = await sealedLog();

describe('reading events', () => {
  it('gives back every event in order, with its seq, time, session and body', () => {
    const events = readEvents(log.lines);
    expect(events.map(({ kind }) => kind).join(' ')).toBe(
      'run.open phase.open step.start step.verdict note session.close session.open step.start signoff gate.vote phase.close seal',
    );
    expect(events[4]).toMatchObject({
      seq: 4,
      at: '2026-11-20T09:00:00.040Z',
      body: { text: 'Ein Blick zurück: \u2028 ok \u0007' },
    });
  });

  it('of nothing is nothing', () => {
    expect(readEvents([])).toEqual([]);
  });

  it.each<[string, readonly Uint8Array[]]>([
    ['a line is missing', log.lines.toSpliced(3, 1)],
    ['a line is there twice', log.lines.toSpliced(3, 0, log.lines[3] ?? Buffer.of())],
    ['the first line is missing', log.lines.slice(1)],
    [
      'a line was changed',
      log.lines.with(
        3,
        Buffer.from(
          Buffer.from(log.lines[3] ?? '')
            .toString('utf8')
            .replace('pass', 'fail'),
        ),
      ),
    ],
    ['a line is not one', log.lines.with(3, Buffer.from('{}'))],
  ])('stops with the number of the line when %s', (_, lines) => {
    expect(() => readEvents(lines)).toThrow(
      expect.objectContaining({ code: 'log', message: expect.stringMatching(/^line [145] of the log/) }),
    );
  });

  it('knows who took part: whoever opened a session or signed off', () => {
    expect(participantsOf(readEvents(log.lines))).toEqual(['ada@example.com', 'grace@example.com']);
  });
});
