// What golive doctor looks at among the runs that are open: whether the evidence their logs name is there.

import { blobNames } from '../effects/store-file.ts';
import { blobsNamed } from '../log/blobs.ts';
import { readEvents } from '../log/replay.ts';
import type { Check } from '../render/doctor.ts';
import type { RunStore } from '../world.ts';
import { holderOf } from './holding.ts';
import { allRuns, isOpen, nameOf, openStore, type KnownRun } from './runs.ts';
import { howCalled, type GlobalOptions, type Shell } from './shell.ts';

/** One check for each open run of this name, rehearsals left out. Nothing is mended or removed. */
export async function runChecks(name: string, options: GlobalOptions, shell: Shell): Promise<readonly Check[]> {
  const store = openStore(options, shell);
  const open = (await allRuns(store)).filter((known) => {
    return isOpen(known) && nameOf(known) === name && known.state.opened?.rehearsal !== true;
  });
  const golive = howCalled(shell, options);
  return Promise.all(open.map((known) => runCheck(store, known, golive)));
}

async function runCheck(store: RunStore, { run, damage }: KnownRun, golive: string): Promise<Check> {
  const name = `run ${run.slice(0, 8)}`;
  if (damage !== undefined) {
    const todo = `\`${golive} verify ${run}\` says how far it is whole.`;
    return { name, state: 'bad', says: `cannot be read: ${damage}`, todo };
  }
  // Whoever works on it keeps evidence before the line that names it: what was kept by now is named in what is read next.
  const kept = blobNames(store.locate(run));
  const held = await holderOf(store, run);
  const named = blobsNamed(readEvents(await store.read(run, 0)));
  const there = await Promise.all(named.map(({ digest }) => store.getBlob(run, digest)));
  const missing = named.filter((_, at) => there[at] === undefined);
  const [first] = missing;
  if (first !== undefined) {
    const says = `${missing.length} of ${named.length} pieces of evidence that it names are missing or damaged, first ${first.digest.slice(0, 12)} of line ${first.by.seq + 1}`;
    return { name, state: 'bad', says, todo: `Bring them back from a copy into ${store.locate(run)}/blobs.` };
  }
  const digests = new Set(named.map(({ digest }) => digest));
  const nobodys = held === undefined ? kept.filter((digest) => !digests.has(digest)).length : 0;
  const whole = `open; ${named.length} of ${named.length} pieces of evidence that it names are there`;
  if (nobodys === 0) return { name, state: 'ok', says: whole };
  const [what, is] =
    nobodys === 1
      ? ['1 more that no event names, which is', 'it']
      : [`${nobodys} more that no event names, which are`, 'them'];
  return { name, state: 'ok', says: `${whole}, and ${what} harmless: a process was killed before it wrote ${is} down` };
}
