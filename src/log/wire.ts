// The strings SSH writes: four bytes of length, then the bytes (RFC 4251 5).

/** `value` with its length in front; text counts as UTF-8. */
export function wireString(value: string | Uint8Array): Uint8Array {
  const bytes = Buffer.from(value);
  const length = Buffer.alloc(4);
  length.writeUInt32BE(bytes.length);
  return Buffer.concat([length, bytes]);
}

/** The string that begins at `from`, and where the next one begins; undefined when the bytes end before it does. */
export function readString(
  bytes: Uint8Array,
  from: number,
): { readonly value: Uint8Array; readonly next: number } | undefined {
  if (from + 4 > bytes.length) return undefined;
  const length = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength).getUint32(from);
  const next = from + 4 + length;
  return next > bytes.length ? undefined : { value: bytes.subarray(from + 4, next), next };
}
