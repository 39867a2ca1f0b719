// `golive export RUN --bundle DIR`: the log with its evidence and all that it takes to check them without golive.

import { bundleDocs, packageDoc, writeBundle } from '../effects/bundle.ts';
import type { RunEvent } from '../engine/events.ts';
import { blobsNamed, checklistNamed, readableEvents } from '../log/blobs.ts';
import { joinLines } from '../log/statement.ts';
import { verifyExits } from '../log/verify.ts';
import { bundleReadme, requestsTable } from '../render/bundle.ts';
import { visible } from '../render/text.ts';
import type { RunStore } from '../world.ts';
import type { GlobalOptions, Shell } from './shell.ts';

export interface Bundling {
  readonly store: RunStore;
  readonly run: string;
  /** All its lines, without LF. */
  readonly lines: readonly Uint8Array[];
  /** The folder that is to be made. */
  readonly path: string;
}

/** Makes the folder. Returns 0, or 23 when evidence is missing, and then says which. */
export async function exportBundle(bundling: Bundling, options: GlobalOptions, shell: Shell): Promise<number> {
  const { store, run, lines, path } = bundling;
  const events = readableEvents(lines);
  const named = blobsNamed(events);
  const missing: string[] = [];
  await writeBundle(path, async (put) => {
    put('run.jsonl', joinLines(lines));
    const checklist = checklistNamed(events);
    for (const { digest, by } of named) {
      const bytes = await store.getBlob(run, digest);
      if (bytes === undefined) {
        missing.push(digest);
        shell.err(`golive: missing or damaged: ${digest}, named by ${lineOf(by)}`);
        continue;
      }
      put(`blobs/${digest}`, bytes);
      if (digest === checklist) put('checklist.yaml', bytes);
    }
    for (const name of bundleDocs) put(name, packageDoc(name));
    const copied = checklist !== undefined && !missing.includes(checklist) ? checklist : undefined;
    put('requests.tsv', Buffer.from(requestsTable(events)));
    put('README.txt', Buffer.from(bundleReadme({ run, events, missing, checklist: copied })));
  });
  const unread = lines.length - events.length;
  if (unread > 0) shell.err(`golive: ${unread} of its lines cannot be read: \`golive verify ${run}\` says more`);
  tell(bundling, named.length - missing.length, missing, options, shell);
  return missing.length === 0 ? 0 : verifyExits.INCOMPLETE;
}

function lineOf({ seq, kind, body }: RunEvent): string {
  const about = 'step' in body && body.step !== '' ? ` of ${body.step}` : '';
  return `line ${seq + 1} (${kind}${visible(about)})`;
}

function tell(
  { run, lines, path }: Bundling,
  blobs: number,
  missing: readonly string[],
  { json }: GlobalOptions,
  shell: Shell,
): void {
  if (json === true) {
    shell.out(JSON.stringify({ run, bundle: path, lines: lines.length, blobs, missing }));
    return;
  }
  const evidence = blobs === 1 ? '1 piece of evidence' : `${blobs} pieces of evidence`;
  const without = missing.length === 0 ? '' : `; ${missing.length} missing`;
  shell.out(`${visible(path)}: ${lines.length} lines and ${evidence}${without}. Begin with README.txt in it.`);
}
