// The oldest version of TLS that the load balancer of a rehearsal takes: what the security policy of its listener says.

import { connect } from 'node:tls';
import { expect, test } from 'vitest';
import { givenStandIn } from './given.ts';

/** The version that was agreed on, or that it was refused. */
function offered(port: number, maxVersion: 'TLSv1.2' | 'TLSv1.3'): Promise<string | null> {
  return new Promise((resolve) => {
    const socket = connect({
      host: '127.0.0.1',
      port,
      servername: 'app.navralabs.com',
      rejectUnauthorized: false,
      maxVersion,
    });
    socket.once('error', () => resolve('refused'));
    socket.once('secureConnect', () => {
      resolve(socket.getProtocol());
      socket.destroy();
    });
  });
}

test.each([
  ['ELBSecurityPolicy-TLS13-1-2-2021-06', 'TLSv1.2'],
  ['ELBSecurityPolicy-TLS13-1-3-2021-06', 'refused'],
])('with %s an offer of 1.2 is %s, and one of 1.3 is taken', async (ssl_policy, said) => {
  const listeners = { '443': { ssl_policy } };
  const { https } = await givenStandIn({ account: { elbv2: { load_balancers: { 'aep-prod-alb': { listeners } } } } });
  expect([await offered(https.port, 'TLSv1.2'), await offered(https.port, 'TLSv1.3')]).toEqual([said, 'TLSv1.3']);
});
