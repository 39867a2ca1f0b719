// Every bit of every byte of a log of two people, through `verifyLog`.

import { expect, it } from 'vitest';
import { verifyLog } from '../../src/log/verify.ts';
import { realRun, sealedLog } from './given.ts';

it.each([
  ['a rehearsal', undefined],
  ['a real run', realRun],
])('no flipped bit of %s is accepted', async (_, run) => {
  const log = await sealedLog(run === undefined ? {} : { run });
  const bytes = Buffer.from(log.bytes());
  const options = { verifyStatement: async () => 'good' as const };
  expect(log.lines.length).toBeLessThanOrEqual(20);
  expect((await verifyLog(bytes, options)).verdict).toBe('SEALED');
  const accepted: string[] = [];
  for (let at = 0; at < bytes.length; at += 1) {
    for (let bit = 0; bit < 8; bit += 1) {
      bytes[at] = (bytes[at] ?? 0) ^ (1 << bit);
      if ((await verifyLog(bytes, options)).verdict !== 'INVALID') accepted.push(`byte ${at} bit ${bit}`);
      bytes[at] = (bytes[at] ?? 0) ^ (1 << bit);
    }
  }
  expect(accepted).toEqual([]);
});
