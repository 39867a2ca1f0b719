// What `golive verify` does with an exported run: the log alone, or a bundle, whose evidence is looked up in it.

import { openBundle, type Bundle } from '../effects/bundle.ts';
import { readLogFile } from '../effects/log-file.ts';
import { checklistNamed, readableEvents } from '../log/blobs.ts';
import { type Verification, verifyLog, type VerifyOptions } from '../log/verify.ts';
import { requestsTable } from '../render/bundle.ts';
import { planFrom } from './plan-from.ts';

/** Verifies the log in the file or the bundle at `path`. Throws GoliveError `file` when there is none. */
export async function verifyExported(path: string, asked: VerifyOptions): Promise<Verification> {
  const bundle = openBundle(path);
  if (bundle === undefined) return verifyLog(readLogFile(path), asked);
  const getBlob = async (_: string, digest: string): Promise<Uint8Array | undefined> => bundle.blob(digest);
  const found = await verifyLog(bundle.log, {
    ...asked,
    hasBlob: async (digest) => bundle.blob(digest) !== undefined,
    planOf: planFrom({ getBlob }, asked.run ?? ''),
  });
  // Nothing that was made from a log that does not hold is worth a look.
  return found.broken === undefined ? { ...found, notes: [...found.notes, ...straysIn(bundle)] } : found;
}

/** Copies in the folder that are not what the log says. Whoever reads them instead of the log would be misled. */
function straysIn(bundle: Bundle): readonly string[] {
  const events = readableEvents(linesOf(bundle.log));
  const checklist = bundle.blob(checklistNamed(events) ?? '');
  const copies = [
    { name: 'checklist.yaml', own: checklist },
    { name: 'requests.tsv', own: Buffer.from(requestsTable(events)) },
  ] as const;
  return copies.flatMap(({ name, own }) => {
    const there = bundle.file(name);
    if (there === undefined || (own !== undefined && Buffer.from(own).equals(there))) return [];
    return [`${name} in this folder is not what the log says: do not go by it`];
  });
}

function linesOf(log: Uint8Array): readonly Uint8Array[] {
  const lines: Uint8Array[] = [];
  for (let from = 0, end = log.indexOf(10); end !== -1; from = end + 1, end = log.indexOf(10, from))
    lines.push(log.subarray(from, end));
  return lines;
}
