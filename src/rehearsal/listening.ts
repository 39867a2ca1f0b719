// Servers on loopback, and the way there for those who want somebody else's address.

import type { Server } from 'node:http';
import type { Server as AnyServer } from 'node:net';
import { GoliveError } from '../errors.ts';

/** The only address a rehearsal listens on. */
export const loopback = '127.0.0.1';

/** curl's `--connect-to`: whoever wants `host:port` goes to `toAddress:toPort`. */
export interface ConnectTo {
  readonly host: string;
  readonly port: number;
  readonly toAddress: string;
  readonly toPort: number;
}

/** Listens on a port of loopback, 0 for any free one, and says which. Throws GoliveError `stand-in` when it is taken. */
export function listen(server: AnyServer, port: number): Promise<number> {
  return new Promise((resolve, reject) => {
    server.once('error', (cause) => {
      const message = `The stand-in cannot listen on port ${port} of ${loopback}.`;
      reject(new GoliveError('stand-in', message, { hint: 'Leave --port out and it takes a free one.', cause }));
    });
    server.listen(port, loopback, () => {
      const address = server.address();
      resolve(typeof address === 'object' && address !== null ? address.port : port);
    });
  });
}

/** Stops listening, and cuts the connections there are. */
export function stop(server: Server): Promise<void> {
  return new Promise((resolve) => {
    server.close(() => resolve());
    server.closeAllConnections();
  });
}
