// `golive note`: a remark in the log of an open run, from a session of its own.

import { addTo, openToAdd } from './adding.ts';
import { toldHere } from './hidden.ts';
import type { SigningOptions } from './signing.ts';
import type { GlobalOptions, ProcessShell } from './shell.ts';

/** Appends a note. Returns 0. */
export async function note(
  wanted: string,
  text: string,
  options: GlobalOptions & SigningOptions,
  shell: ProcessShell,
): Promise<number> {
  const open = await openToAdd(wanted, ':note', options, shell);
  const { run } = open.known;
  await addTo(open, { order: 'note', by: open.signer.principal, step: '', text }, shell);
  shell.out(options.json === true ? JSON.stringify({ run, text: toldHere(text, open, shell) }) : `noted in ${run}`);
  return 0;
}
