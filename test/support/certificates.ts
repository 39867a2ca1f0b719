// One certificate from an authority of its own, good by both clocks, for servers that tests put up.

import { makeAuthority, type Certificate } from '../../src/rehearsal/certificates.ts';

const dayMs = 86_400_000;

export interface Certificates {
  readonly leaf: Certificate;
  /** PEM. */
  readonly caPem: string;
}

export async function makeCertificates(names: readonly string[], ...moments: number[]): Promise<Certificates> {
  const authority = await makeAuthority(...moments);
  const [from, to] = [Math.min(...moments) - dayMs, Math.max(...moments) + 200 * dayMs];
  return { leaf: await authority.issue({ names, from, to }), caPem: authority.caPem };
}
