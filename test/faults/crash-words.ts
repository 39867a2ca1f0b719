// Killed around a signature: what somebody signed and nobody wrote down is nothing, and what is written down is not signed twice.

import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'vitest';
import { checklistText, rolesText, type Stage } from '../adversarial/logs.ts';
import type { Counted } from './crash-case.ts';
import { golive, goliveAt, type Ended, type Moment, type Says } from './crash-child.ts';
import { eventOf, trust } from './crash-place.ts';

export interface WordPoint {
  readonly name: string;
  readonly moment: Moment;
  /** Events that are on the disk when it has died, by kind and the number of them. */
  readonly there: Readonly<Record<string, number>>;
  /** What the next session asks. */
  readonly asks: readonly string[];
}

const told = 'Is support told?';
const lead = 'Lead, go or no-go?';
const ops = 'Operations, who signs?';
const his = 'for Operations, go or no-go?';
const says: readonly Says[] = Object.entries({
  [told]: 'yes',
  [lead]: 'go',
  [ops]: 'bob@example.com',
  [his]: 'go',
}).map(([to, words]) => ({ to, says: () => words }));

/** She votes with a key in a file, he with one that an agent holds. */
export const wordPoints: readonly WordPoint[] = [
  {
    name: '5 she signed, it is not durable',
    moment: { at: 'before-link', what: 'signoff' },
    there: { signoff: 0, 'gate.vote': 0 },
    asks: [lead, ops, his],
  },
  {
    name: '5 she signed, her vote is not durable',
    moment: { at: 'after-unlink', what: 'signoff' },
    there: { signoff: 1, 'gate.vote': 0 },
    asks: [ops, his],
  },
  {
    name: '5 he signed, it is not durable',
    moment: { at: 'before-link', what: 'signoff', nth: 2 },
    there: { signoff: 1, 'gate.vote': 1 },
    asks: [ops, his],
  },
  {
    name: '5 he signed, his vote is not durable',
    moment: { at: 'after-unlink', what: 'signoff', nth: 2 },
    there: { signoff: 2, 'gate.vote': 1 },
    asks: [],
  },
  {
    name: '5 all voted, the gate is not judged',
    moment: { at: 'after-unlink', what: 'gate.vote', nth: 2 },
    there: { signoff: 2, 'gate.vote': 2 },
    asks: [],
  },
];

/** What the table says of them: they are no act. */
export const word = { name: 'a gate of two people', class: 'signed' } as const;

/** Kills a run at the point and goes on with it to its seal. */
export async function killAtWord(stage: Stage, point: WordPoint): Promise<Counted> {
  const place = { folder: stage.newProject(), env: stage.env };
  const as = ['--as', stage.ada.principal];
  const killed = await goliveAt(place, ['run', 'small-prod', ...as, ...trust(checklistText)], {
    says,
    moment: point.moment,
  });
  expect([killed.code, killed.signal], killed.printed).toEqual([null, 'SIGKILL']);
  const kept = linesIn(place.folder);
  const kinds = kept.map(({ kind }) => kind);
  for (const [kind, times] of Object.entries(point.there))
    expect([kind, kinds.filter((one) => one === kind).length]).toEqual([kind, times]);

  const resumed = await goliveAt(place, ['resume', runIn(place.folder), ...as], { says });
  expect([resumed.code, resumed.signal], resumed.printed).toEqual([0, null]);
  expect(resumed.asked, resumed.printed).toEqual(point.asks);
  const lines = linesIn(place.folder);
  expect(lines.slice(0, kept.length), 'what was on the disk stays as it was').toEqual(kept);
  const signed = lines.flatMap(({ kind, body }) => (kind === 'signoff' ? [body['principal']] : []));
  expect(signed, 'each signed once').toEqual([stage.ada.principal, stage.bob.principal]);
  await expectWhole(stage, place.folder);
  return { killed: 1, resumed: 1, reached: signed.length, asked: againOf(killed, resumed) };
}

/** How often somebody was asked once more for what they had said already. */
function againOf(killed: Ended, resumed: Ended): number {
  const said = (question: string): boolean => killed.asked.includes(question) && resumed.asked.includes(question);
  return [lead, his].filter(said).length;
}

async function expectWhole({ env, signers }: Stage, folder: string): Promise<void> {
  writeFileSync(join(folder, 'people'), signers);
  writeFileSync(join(folder, 'roles'), rolesText);
  const trusting = ['--allowed-signers', 'people', '--roles', 'roles'];
  const found = await golive({ folder, env }, ['verify', runIn(folder), ...trusting]);
  expect(found.stdout, found.stderr).toMatch(/^SEALED: [\s\S]*\n {2}procedure kept\n/);
}

function runIn(folder: string): string {
  const runs = join(folder, '.golive', 'runs');
  const [run] = existsSync(runs) ? readdirSync(runs) : [];
  return run ?? '';
}

function linesIn(folder: string): readonly ReturnType<typeof eventOf>[] {
  const events = join(folder, '.golive', 'runs', runIn(folder), 'events');
  const names = readdirSync(events).filter((name) => name.endsWith('.json'));
  return names.toSorted().map((name) => eventOf(readFileSync(join(events, name), 'utf8')));
}
