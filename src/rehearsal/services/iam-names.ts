// IAM: how it names roles and marks its pages.

import { pageOf } from '../pages.ts';
import type { Place } from '../place.ts';

/** `arn:aws:iam::ACCOUNT:role/NAME`: IAM has no regions. */
export function roleArn(place: Place, name: string): string {
  return `arn:aws:iam::${place.account.id}:role/${name}`;
}

interface Paged<T> {
  readonly items: readonly T[];
  readonly IsTruncated: boolean;
  readonly Marker?: string;
}

/** A page as IAM marks it. Throws InvalidInput for a marker it never gave. */
export function pageFor<T>(
  items: readonly T[],
  { Marker: token, MaxItems: size = 100 }: { Marker?: string | undefined; MaxItems?: number | undefined },
  question: string,
): Paged<T> {
  const page = pageOf(items, { token, size, question, code: 'InvalidInput' });
  const more = page.next === undefined ? {} : { Marker: page.next };
  return { items: page.items, IsTruncated: page.next !== undefined, ...more };
}
