// A throw-away authority, and the certificates it gives to the machines of a rehearsal while that lasts.

export interface Certificate {
  readonly key: string;
  readonly cert: string;
}

/** What a certificate is to say. */
export interface CertificateRequest {
  /** Host names. */
  readonly names: readonly string[];
  /** From when it holds, in ms. */
  readonly from: number;
  /** When it expires, in ms. */
  readonly to: number;
}

export interface Authority {
  /** PEM. */
  readonly caPem: string;
  issue(request: CertificateRequest): Promise<Certificate>;
}

const dayMs = 86_400_000;
const shared = { keyType: 'ec', algorithm: 'sha256' } as const;

/**
 * Makes an authority that holds from ten days before the first of the given moments (ms) to ten years after the last:
 * it is never what expires first, whatever clock it is looked at by. Its key is kept in memory only.
 */
export async function makeAuthority(...moments: readonly number[]): Promise<Authority> {
  const { generate } = await import('selfsigned');
  const authority = await generate([{ name: 'commonName', value: 'golive rehearsal authority' }], {
    ...shared,
    notBeforeDate: new Date(Math.min(...moments) - 10 * dayMs),
    notAfterDate: new Date(Math.max(...moments) + 3650 * dayMs),
    extensions: [
      { name: 'basicConstraints', cA: true, critical: true },
      { name: 'keyUsage', keyCertSign: true, cRLSign: true, critical: true },
    ],
  });
  const issue = async ({ names, from, to }: CertificateRequest): Promise<Certificate> => {
    const leaf = await generate([{ name: 'commonName', value: names[0] ?? 'localhost' }], {
      ...shared,
      notBeforeDate: new Date(from),
      notAfterDate: new Date(to),
      ca: { key: authority.private, cert: authority.cert },
      extensions: [
        { name: 'basicConstraints', cA: false, critical: true },
        { name: 'keyUsage', digitalSignature: true, critical: true },
        { name: 'extKeyUsage', serverAuth: true },
        { name: 'subjectAltName', altNames: names.map((value) => ({ type: 2, value })) },
      ],
    });
    return { key: leaf.private, cert: leaf.cert };
  };
  return { caPem: authority.cert, issue };
}

/**
 * The certificate that is wanted now: another one is issued when another one is wanted, so a change of the world holds
 * from the next connection on.
 */
export function certificatesOf(authority: Authority, wanted: () => CertificateRequest): () => Promise<Certificate> {
  const issued = new Map<string, Promise<Certificate>>();
  return () => {
    const request = wanted();
    const words = JSON.stringify(request);
    const certificate = issued.get(words) ?? authority.issue(request);
    issued.set(words, certificate);
    return certificate;
  };
}
