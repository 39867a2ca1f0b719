// The evidence that a report draws: what was kept of each hold, read beforehand and held against its digest.

import type { Json } from '../engine/json.ts';
import type { Reported } from '../render/report-model.ts';
import { drawnDigests, type Kept, type KeptEvidence } from '../render/report-watch.ts';
import type { Recorded } from './recorded.ts';

/** A day of samples, minute by minute and with a dozen series, has a quarter of this. */
const largestBlob = 4 * 1_048_576;

/** What `drawnDigests` asks for. What is not there or of no use says why; nothing is an error. */
export async function evidenceOf(reported: Reported, blobOf: Recorded['blobOf']): Promise<KeptEvidence> {
  const found = new Map<string, Kept>();
  for (const digest of drawnDigests(reported)) found.set(digest, keptOf(await blobOf(digest)));
  return found;
}

function keptOf(bytes: Uint8Array | undefined): Kept {
  if (bytes === undefined) return { lacking: 'its evidence is not at hand, or is not what the log says it was' };
  if (bytes.length > largestBlob) return { lacking: 'its evidence is too large to be drawn' };
  try {
    const facts: Json = JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes));
    return { facts };
  } catch {
    return { lacking: 'its evidence is no JSON' };
  }
}
