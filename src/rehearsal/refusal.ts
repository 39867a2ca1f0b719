// How a service says no: an error that carries what stands on the wire.

export interface Refusal {
  /** The code on the wire: `TargetGroupNotFound`. */
  readonly code: string;
  readonly message: string;
  readonly status: number;
}

const refusals = new WeakMap<Error, Refusal>();

/** Ends an operation with the service's own error. `status` is 400 for most of them. */
export function refuse(code: string, message: string, status = 400): never {
  const error = new Error(`${code}: ${message}`);
  refusals.set(error, { code, message, status });
  throw error;
}

/** The refusal an error carries, or undefined when it is a bug. */
export function refusalOf(error: unknown): Refusal | undefined {
  return error instanceof Error ? refusals.get(error) : undefined;
}
