// Which failures are about credentials or the clock, and what each of them means for whoever has to mend it.

import type { BlindCode } from '../errors.ts';
import type { Way } from './aws-profile.ts';

/** Whose credentials a call was signed with, for the words. */
export interface CredentialWords {
  readonly words: string;
  readonly renew: string;
  readonly way: () => Way;
}

interface Failure {
  readonly code: BlindCode;
  readonly message: string;
  readonly hint: string;
  readonly transient?: boolean;
}

// Each service has a code of its own for the same thing.
const expired = /^(?:ExpiredToken(?:Exception)?|TokenRefreshRequired)$/;
const unknown = /^(?:InvalidClientTokenId|UnrecognizedClientException|InvalidAccessKeyId|InvalidToken)$/;
const unfit = /^(?:SignatureDoesNotMatch|InvalidSignatureException|IncompleteSignature(?:Exception)?)$/;
const unsaid = /^(?:AuthFailure|MissingAuthenticationToken(?:Exception)?)$/;
const clock = /^(?:RequestTimeTooSkewed|RequestInTheFuture)$/;
const provider = /^(?:CredentialsProviderError|TokenProviderError)$/;
/** In the text of a provider that had to ask somebody for credentials. */
const noConnection = /\b(?:ECONN[A-Z]+|ENOTFOUND|EAI_AGAIN|EHOSTUNREACH|ENETUNREACH|ETIMEDOUT|socket hang up)\b/;

const compare = "Compare this machine's clock with AWS: golive doctor does.";

/**
 * What a failure with this code and text says about credentials; undefined when it is about something else. The same
 * words whichever service was asked, so that one cause is told once. The text itself is left out: it may hold the output
 * of a program that fetches credentials.
 */
export function credentialFailure({ words, way }: CredentialWords, code: string, text: string): Failure | undefined {
  const { todo, lack } = way();
  const of = `The credentials from ${words}`;
  const failure = (message: string, hint = todo): Failure => ({ code: 'credentials', message, hint });
  if (provider.test(code)) {
    if (noConnection.test(text))
      return {
        code: 'network',
        message: `${of} cannot be renewed: no connection.`,
        hint: 'Look at the network, then retry.',
        transient: true,
      };
    return failure(`${of} are not to be had: ${lack}.`);
  }
  if (clock.test(code) || /^Signature (?:expired|not yet current)/.test(text))
    return {
      code: 'refused',
      message: `AWS refuses what this machine signs: its clock is wrong (${code}).`,
      hint: compare,
    };
  // EC2 says this of old credentials and of a wrong clock; with a token in its words it is the former.
  if (code === 'RequestExpired' && !/token|credential/i.test(text))
    return failure(`${of} have expired, or the clock of this machine is wrong (${code}).`, `${todo} ${compare}`);
  if (expired.test(code) || code === 'RequestExpired' || (unknown.test(code) && /expired/i.test(text)))
    return failure(`${of} have expired.`);
  if (unknown.test(code)) return failure(`${of} are unknown to AWS: they were deleted, or are for another part of it.`);
  if (unfit.test(code))
    return failure(`${of} do not fit together, or something on the way changes what is signed (${code}).`);
  return unsaid.test(code) ? failure(`${of} were not accepted by AWS (${code}).`) : undefined;
}
