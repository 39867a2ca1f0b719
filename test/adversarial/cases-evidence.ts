// Logs that are whole, and whose evidence was taken away, damaged, or replaced.

import { mkdirSync, readdirSync, rmSync, symlinkSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { digest } from '../../src/log/canonical.ts';
import { bender, ends, inReal, sealed, type Case, type Logs } from './cases.ts';
import type { Draft } from './forge.ts';

const notAsked = { script: 'not asked' } as const;

/** Every case of what the lines name, and is not part of them. */
export function evidenceCases(logs: Logs): Case[] {
  const bend = bender(logs);
  const { real, drafts } = logs;
  const blobs = join(real.folder, 'blobs');
  const names = readdirSync(blobs).toSorted();
  const [first = '', second = ''] = names;
  const missing = (count: number, of: number, name: string): Case['expected'] =>
    ends(23, `INCOMPLETE: ${count} of ${of} pieces of evidence are missing or damaged, first ${name}`);
  const checklist = JSON.parse(Buffer.from(real.lines[0] ?? '').toString('utf8')).e.body.checklist.digest;
  const facts = first === checklist ? second : first;
  const at = (what: string, spoil: Case['spoil'], expected: Case['expected'], more: Partial<Case> = {}): Case =>
    inReal(logs)({
      no: 45,
      what,
      log: () => real.bytes,
      blobs,
      expected,
      ...notAsked,
      ...(spoil && { spoil }),
      ...more,
    });
  const attached = Buffer.from('Rehearsed on Monday.');
  const attach: Draft = {
    kind: 'attach',
    body: { digest: digest(attached), name: 'rehearsal.txt', size: attached.length, step: '', by: 'ada@example.com' },
    at: drafts.at(-1)?.at ?? 0,
    session: 0,
  };
  const withFile = drafts.toSpliced(-1, 0, attach);
  const put = (folder: string): void => writeFileSync(join(folder, digest(attached)), attached);
  const withBlobs = { blobs, ...notAsked };
  return [
    at('none', undefined, sealed),
    at('a look', (folder) => rmSync(join(folder, facts)), missing(1, 2, facts)),
    at('the checklist', (folder) => rmSync(join(folder, checklist)), missing(1, 2, checklist), {
      also: 'the procedure was only checked as far as it can be without the checklist',
    }),
    at('all of it', (folder) => rmSync(folder, { recursive: true }), missing(2, 2, checklist)),
    at('a look, emptied', (folder) => truncateSync(join(folder, facts)), missing(1, 2, facts)),
    at('a look, changed', (folder) => writeFileSync(join(folder, facts), '{}'), missing(1, 2, facts)),
    at(
      'a look, with another in its place',
      (folder) => (rmSync(join(folder, facts)), symlinkSync(join(blobs, facts), join(folder, facts))),
      missing(1, 2, facts),
    ),
    at(
      'a look, a folder in its place',
      (folder) => (rmSync(join(folder, facts)), mkdirSync(join(folder, facts))),
      missing(1, 2, facts),
    ),
    bend(45, 'a file that was attached: none', withFile, sealed, { ...withBlobs, spoil: put }),
    bend(45, 'a file that was attached', withFile, missing(1, 3, digest(attached)), withBlobs),
    {
      ...inReal(logs)({ no: 45, what: 'all of it: the log alone', log: () => real.bytes, expected: sealed }),
      also: 'the evidence behind the lines was not looked at',
    },
  ];
}
