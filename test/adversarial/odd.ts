// Logs that somebody with a session's key goes on with at random: every line fits its form, and few could come when they do.

import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { planFrom } from '../../src/commands/plan-from.ts';
import type { EventKind } from '../../src/engine/events.ts';
import { GoliveError } from '../../src/errors.ts';
import { bodySchemas } from '../../src/log/bodies.ts';
import { verifyLog } from '../../src/log/verify.ts';
import { throwAwaySigner } from '../../src/log/session-key.ts';
import { draftsOf, forge, type Draft } from './forge.ts';
import { oddValue } from './odd-bodies.ts';

type Random = (below: number) => number;

/** People say these, and what they say is checked elsewhere. */
const said: readonly EventKind[] = ['run.open', 'session.open', 'signoff', 'seal'];
const kinds = (Object.keys(bodySchemas) as EventKind[]).filter((kind) => !said.includes(kind));

/** A run that golive wrote, with its evidence. */
export function goldenRun(folder: string): {
  readonly drafts: readonly Draft[];
  readonly blob: (digest: string) => Uint8Array | undefined;
} {
  const lines = readFileSync(join(folder, 'run.jsonl'), 'utf8').trimEnd().split('\n');
  const blobs = new Map(
    readdirSync(join(folder, 'blobs')).map((name) => [name, readFileSync(join(folder, 'blobs', name))]),
  );
  return { drafts: draftsOf(lines.map((line) => Buffer.from(line))), blob: (digest) => blobs.get(digest) };
}

/**
 * Goes on with the run for some lines drawn at random, and gives the verdicts on it, without its checklist and with it.
 * Throws what `verifyLog` throws, which should be nothing.
 */
export async function verdictsOnOdd(run: ReturnType<typeof goldenRun>, random: Random): Promise<readonly string[]> {
  const signers = Object.fromEntries(
    ['ada', 'bob'].map((name) => [`${name}@example.com`, throwAwaySigner(`${name}@example.com`)]),
  );
  const begun = run.drafts.slice(0, 1 + random(run.drafts.length - 1));
  const at = begun.at(-1)?.at ?? 0;
  const odd = Array.from({ length: 1 + random(4) }, (_, more): Draft => {
    const kind = kinds[random(kinds.length)] ?? 'note';
    const body = oddValue(bodySchemas[kind], begun.length + more, random);
    // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- it was made to fit the schema of its kind
    return { kind, body, at, session: 0 } as Draft;
  });
  const hand = { run: 'c'.repeat(26), signers };
  const { bytes } = await forge([...begun, ...odd], hand).catch((error: unknown) => {
    // What was drawn may be longer than a line, or nest too deep.
    if (error instanceof GoliveError && error.code === 'log') return forge(begun, hand);
    throw error;
  });
  const getBlob = async (_: string, digest: string): Promise<Uint8Array | undefined> => run.blob(digest);
  const verifyStatement = async (): Promise<'good'> => 'good';
  const [bare, whole] = await Promise.all([
    verifyLog(bytes, { verifyStatement }),
    verifyLog(bytes, { verifyStatement, planOf: planFrom({ getBlob }, hand.run) }),
  ]);
  return [bare.verdict, whole.verdict];
}
