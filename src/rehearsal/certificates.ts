// A throw-away authority and the application's certificate from it. The authority's key is forgotten at once.

export interface Certificate {
  readonly key: string;
  readonly cert: string;
}

export interface Certificates {
  readonly leaf: Certificate;
  /** The authority, PEM. */
  readonly caPem: string;
}

const dayMs = 86_400_000;

/**
 * Makes certificates for these host names, good from a day before the earlier of the two moments to 200 days after the
 * later: TLS checks them by the wall clock, expectations by the rehearsal's.
 */
export async function makeCertificates(
  domains: readonly string[],
  realNow: number,
  rehearsalNow: number,
): Promise<Certificates> {
  const { generate } = await import('selfsigned');
  const notBeforeDate = new Date(Math.min(realNow, rehearsalNow) - dayMs);
  const notAfterDate = new Date(Math.max(realNow, rehearsalNow) + 200 * dayMs);
  const shared = { keyType: 'ec', algorithm: 'sha256', notBeforeDate, notAfterDate } as const;
  const authority = await generate([{ name: 'commonName', value: 'golive rehearsal authority' }], {
    ...shared,
    extensions: [
      { name: 'basicConstraints', cA: true, critical: true },
      { name: 'keyUsage', keyCertSign: true, cRLSign: true, critical: true },
    ],
  });
  const leaf = await generate([{ name: 'commonName', value: domains[0] ?? 'localhost' }], {
    ...shared,
    ca: { key: authority.private, cert: authority.cert },
    extensions: [
      { name: 'basicConstraints', cA: false, critical: true },
      { name: 'keyUsage', digitalSignature: true, critical: true },
      { name: 'extKeyUsage', serverAuth: true },
      { name: 'subjectAltName', altNames: domains.map((value) => ({ type: 2, value })) },
    ],
  });
  return { leaf: { key: leaf.private, cert: leaf.cert }, caPem: authority.cert };
}
