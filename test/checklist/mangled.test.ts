// Whatever is done to a checklist, loading it ends, never throws, and tells every mistake with a place inside the file.

import { readFileSync } from 'node:fs';
import * as fc from 'fast-check';
import { expect, it } from 'vitest';
import { loadChecklist } from '../../src/checklist/load.ts';
import { loadCatalogue } from '../../src/effects/catalogue.ts';
import { acts, kinds } from '../../src/steps/index.ts';

const whole = readFileSync('checklists/aep.yaml', 'utf8').split('\n');
const scraps = [
  '',
  '  - ',
  'id: {}',
  'title: [1]',
  '${',
  '{',
  ']',
  ': ',
  'null',
  '!x',
  '&a',
  '"',
  'expect: 5',
  'probe: { recheck: 1 }',
  'inputs: { id: 1 }',
  '\u0000',
];

type Edit = readonly [at: number, take: number, put: string, into: number];
const edit: fc.Arbitrary<Edit> = fc.tuple(fc.nat(whole.length), fc.nat(3), fc.constantFrom(...scraps), fc.nat(40));

function mangled(edits: readonly Edit[]): string {
  const lines = [...whole];
  for (const [at, take, put, into] of edits) {
    const line = lines[at] ?? '';
    lines.splice(at, take, line.slice(0, into) + put + line.slice(into));
  }
  return lines.join('\n');
}

it('loads mangled files without breaking', async () => {
  const seed = Date.now() % 1_000_000;
  process.stdout.write(`mangled: seed ${seed}\n`);
  await fc.assert(
    fc.asyncProperty(fc.array(edit, { minLength: 1, maxLength: 4 }), async (edits) => {
      const text = mangled(edits);
      const { checklist, problems } = await loadChecklist(text, 'mangled.yaml', { kinds, acts }, loadCatalogue);
      expect(checklist === undefined).toBe(problems.length > 0);
      for (const { line, column } of problems) {
        expect(line).toBeLessThanOrEqual(text.split('\n').length);
        expect(column).toBeGreaterThan(0);
      }
    }),
    { seed, numRuns: 15 },
  );
});
