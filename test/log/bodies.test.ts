// The schemas of bodies against the types of bodies: neither may have a field that the other lacks.

import { expect, it } from 'vitest';
import type { z } from 'zod';
import type { Bodies, EventKind } from '../../src/engine/events.ts';
import { bodySchemas, isKind } from '../../src/log/bodies.ts';

type Extra = { [K in EventKind]: Exclude<keyof z.output<(typeof bodySchemas)[K]>, keyof Bodies[K]> }[EventKind];

it('no schema has a field that its type lacks, and every kind of the format has one', () => {
  // Checked by the compiler: with a field too much, `true` is not assignable.
  const none: [Extra] extends [never] ? true : false = true;
  expect(none).toBe(true);
  expect(Object.keys(bodySchemas).toSorted().join(' ')).toBe(
    'act.intent act.reconciled act.result anchor ask.answer attach checklist.amend clock.set gate.vote note phase.close ' +
      'phase.open rollback.close rollback.open run.open run.pause run.resume run.stop seal session.close session.open ' +
      'session.revoke signoff step.attest step.claim step.defer step.start step.takeover step.verdict step.waive value.set',
  );
});

it('names of methods are not kinds', () => {
  expect(['constructor', 'toString', '__proto__', ''].filter(isKind)).toEqual([]);
});
