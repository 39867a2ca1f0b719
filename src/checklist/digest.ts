// The fingerprints of a checklist and of the values it was bound with.

import { createHash } from 'node:crypto';
import { isObject, type Json } from '../engine/json.ts';

/** SHA-256 over the bytes of a checklist, in lower-case hex. */
export function checklistDigest(text: string): string {
  return createHash('sha256').update(text, 'utf8').digest('hex');
}

/** SHA-256 over values as JSON with sorted keys, in lower-case hex. Give it values without secrets. */
export function valuesDigest(values: Json): string {
  return createHash('sha256').update(sortedText(values), 'utf8').digest('hex');
}

function sortedText(value: Json): string {
  if (Array.isArray(value)) return `[${value.map((item: Json) => sortedText(item)).join(',')}]`;
  if (!isObject(value)) return JSON.stringify(value);
  const entries = Object.entries(value).toSorted(([a], [b]) => (a < b ? -1 : 1));
  return `{${entries.map(([key, item]) => `${JSON.stringify(key)}:${sortedText(item)}`).join(',')}}`;
}
