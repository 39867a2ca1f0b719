// Log lines carry what nobody meant to log; what looks like a secret does not get into the facts.

import { redacted } from '../engine/redacted.ts';
import { hideSecrets } from './secret-text.ts';

// Closer than what is looked for elsewhere: nobody compares log lines with these. Each keeps what says that there was a
// secret ($1) and drops the secret itself. Linear: no nested repetition.
const patterns: readonly RegExp[] = [
  /()\b(?:AKIA|ASIA)[A-Z0-9]{16}\b/g,
  /(\b(?:Bearer|Basic) )[\w.~+/=-]{8,}/gi,
  /((?<!:)(?:password|passwd|secret|token|api_?key|authorization)["']?\s{0,3}[=:]\s{0,3}["']?)(?!\(redacted|arn:)[^\s"',;&}]{3,}/gi,
  /(\b[a-z][a-z0-9+.-]{1,20}:\/\/[^\s:/@]{0,100}:)[^\s@/]{1,200}(?=@)/gi,
  /(-----BEGIN [A-Z ]{0,30}PRIVATE KEY-----)(?!\(redacted)[\s\S]*/g,
];

/**
 * The text with keys, tokens and passwords that can be told by their form replaced by `(redacted)`. A line may be 1 MiB:
 * what is behind the first `longest` characters is left out.
 */
export function maskSecrets(message: string, longest = 4_000): string {
  const known = hideSecrets(message.slice(0, longest));
  return patterns.reduce((masked, pattern) => masked.replace(pattern, `$1${redacted}`), known);
}
