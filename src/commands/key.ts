// `golive key init` and `golive key show`: the key a person signs with, and the line that makes others accept it.

import { exitCodes, GoliveError } from '../errors.ts';
import { visible } from '../render/text.ts';
import type { GlobalOptions, Shell } from './shell.ts';

export interface KeyCommand extends GlobalOptions {
  /** `--as`: who signs. */
  readonly as?: string | undefined;
  /** `--key FILE` */
  readonly key?: string | undefined;
}

/** `golive key init`: makes the key and prints its allowed-signers line. */
export async function keyInit(options: KeyCommand, shell: Shell): Promise<number> {
  const { allowedSignersLine, initKey } = await import('../effects/keys.ts');
  const principal = await principalOf(options, shell);
  const made = await initKey({ ...shell, principal });
  shell.err(`Made ${visible(made.file)}. Auditors accept it once this line stands in their allowed-signers file:`);
  shell.out(said(options, principal, made.publicKey, allowedSignersLine(principal, made.publicKey)));
  return exitCodes.go;
}

/** `golive key show`: the allowed-signers line of the key that would sign. */
export async function keyShow(options: KeyCommand, shell: Shell): Promise<number> {
  const { allowedSignersLine, findSigner } = await import('../effects/keys.ts');
  const principal = await principalOf(options, shell);
  const signer = await findSigner({ ...shell, key: options.key, principal });
  if (signer === undefined) {
    throw new GoliveError('key', 'there is no key to sign with', { hint: '`golive key init` makes one.' });
  }
  shell.err(`From ${visible(signer.source)}:`);
  shell.out(said(options, principal, signer.publicKey, allowedSignersLine(principal, signer.publicKey)));
  return exitCodes.go;
}

/** The line for a file, or with --json the same for machines. */
function said(options: KeyCommand, principal: string, publicKey: string, line: string): string {
  return options.json === true ? JSON.stringify({ principal, publicKey, line }) : line;
}

async function principalOf(options: KeyCommand, shell: Shell): Promise<string> {
  const { findPrincipal } = await import('../effects/keys.ts');
  const principal = await findPrincipal({ ...shell, as: options.as });
  if (principal !== undefined) return principal;
  throw new GoliveError('principal', 'nobody is named as the one who signs', { hint: 'Say who: --as you@example.com' });
}
