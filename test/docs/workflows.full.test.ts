// All four checklists through the script of the workflow: a dry run against the stand-in has no objection today.

import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, it } from 'vitest';
import { rehearsedInCi } from './workflow-scripts.ts';

const folder = mkdtempSync(join(tmpdir(), 'golive-workflows-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

it.each(['aep', 'serveml', 'pantheon', 'ag06'])('%s', async (checklist) => {
  const { ran, missing } = await rehearsedInCi(checklist, mkdtempSync(join(folder, `${checklist}-`)));
  expect(ran.code, ran.printed).toBe(0);
  expect(missing).toEqual([]);
});
