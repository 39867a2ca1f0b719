// The errors golive throws itself. A failed check is not an error: verdicts are data.

/** How a process of golive ends. `verify` has its own table in `log/verify.ts`. */
export const exitCodes = { go: 0, noGo: 1, undecided: 2, usage: 3, interrupted: 130 } as const;

/** golive cannot go on: a wrong flag, a broken checklist, a store that failed. Told in one sentence and a hint. */
export class GoliveError extends Error {
  readonly code: string;
  readonly hint: string | undefined;
  readonly exit: number;

  constructor(code: string, message: string, options: { hint?: string; exit?: number; cause?: unknown } = {}) {
    super(message, { cause: options.cause });
    this.name = 'GoliveError';
    this.code = code;
    this.hint = options.hint;
    this.exit = options.exit ?? exitCodes.usage;
  }
}

/** Why a probe could not look. It becomes the verdict `error`, never a pass and never a fail. */
export type BlindCode =
  | 'access-denied'
  | 'credentials'
  | 'throttled'
  | 'timeout'
  | 'network'
  | 'tls'
  | 'refused'
  | 'server'
  | 'invalid'
  | 'unresolved'
  | 'internal';

/** Thrown by the outside when it could not look. `transient` ones may be tried again within a `wait`. */
export class BlindError extends Error {
  readonly code: BlindCode;
  readonly transient: boolean;
  readonly hint: string | undefined;
  /** Request ids the other side gave, for whoever asks its support. */
  readonly requests: readonly string[];

  constructor(
    code: BlindCode,
    message: string,
    options: { transient?: boolean; hint?: string; requests?: readonly string[]; cause?: unknown } = {},
  ) {
    super(message, { cause: options.cause });
    this.name = 'BlindError';
    this.code = code;
    this.transient = options.transient ?? false;
    this.hint = options.hint;
    this.requests = options.requests ?? [];
  }
}

/** What could not be looked at and what to do about it, as one text. */
export function withHint(error: { readonly message: string; readonly hint?: string | undefined }): string {
  return error.hint === undefined ? error.message : `${error.message.replace(/\.$/, '')}. ${error.hint}`;
}
