// Pages and their tokens. A token is good for the question it was given for and nothing else, as in AWS.

import { refuse } from './refusal.ts';

export interface Page<T> {
  readonly items: readonly T[];
  /** Absent on the last page. */
  readonly next?: string;
}

export interface PageRequest {
  readonly token: string | undefined;
  readonly size: number;
  /** The question: a token for another one is refused. */
  readonly question: string;
  /** The service's code for a token that is no good. */
  readonly code: string;
}

/** One page of `items`. Throws a refusal for a token it never gave. */
export function pageOf<T>(items: readonly T[], request: PageRequest): Page<T> {
  const start = request.token === undefined ? 0 : offsetOf(request.token, request);
  const end = start + Math.max(1, request.size);
  const page = { items: items.slice(start, end) };
  return end < items.length ? { ...page, next: tokenFor(end, request.question) } : page;
}

/** A token that continues at `offset`. */
export function tokenFor(offset: number, question: string): string {
  return Buffer.from(JSON.stringify([offset, question])).toString('base64url');
}

function offsetOf(token: string, request: PageRequest): number {
  try {
    const [offset, question]: unknown[] = JSON.parse(Buffer.from(token, 'base64url').toString('utf8'));
    if (typeof offset === 'number' && Number.isInteger(offset) && offset >= 0 && question === request.question)
      return offset;
  } catch {
    // Not one of ours: refused below like any other wrong token.
  }
  return refuse(request.code, 'The pagination token is not valid for this request.');
}
