// TLS servers of every sort on loopback, with certificates of a throw-away authority.

import { once } from 'node:events';
import { connect, createServer, type Server, type Socket } from 'node:net';
import { createServer as createTlsServer, type TlsOptions } from 'node:tls';
import { generate } from 'selfsigned';

export interface Leaf {
  readonly key: string;
  readonly cert: string;
}

export interface Authority {
  /** PEM. */
  readonly cert: string;
  /** A certificate for these names. Good from `from` to `to`, in ms. */
  issue(names: readonly string[], when?: { readonly from: number; readonly to: number }): Promise<Leaf>;
}

const dayMs = 86_400_000;
const shared = { keyType: 'ec', algorithm: 'sha256' } as const;

/** An authority that is good for decades. */
export async function newAuthority(name = 'test authority'): Promise<Authority> {
  const authority = await generate([{ name: 'commonName', value: name }], {
    ...shared,
    notBeforeDate: new Date(Date.parse('2000-01-01')),
    notAfterDate: new Date(Date.parse('2049-01-01')),
    extensions: [
      { name: 'basicConstraints', cA: true, critical: true },
      { name: 'keyUsage', keyCertSign: true, cRLSign: true, critical: true },
    ],
  });
  return {
    cert: authority.cert,
    async issue(names, when = { from: Date.now() - dayMs, to: Date.now() + 100 * dayMs }) {
      const leaf = await generate([{ name: 'commonName', value: names[0] ?? '' }], {
        ...shared,
        notBeforeDate: new Date(when.from),
        notAfterDate: new Date(when.to),
        ca: { key: authority.private, cert: authority.cert },
        extensions: [{ name: 'subjectAltName', altNames: names.map((value) => ({ type: 2, value })) }],
      });
      return { key: leaf.private, cert: leaf.cert };
    },
  };
}

const servers: Server[] = [];
const sockets = new Set<Socket>();

/** Listens on a port of loopback; `closeServers` ends it. */
export async function listening(server: Server): Promise<number> {
  server.on('connection', (socket) => {
    sockets.add(socket);
    socket.on('close', () => sockets.delete(socket));
    // Those who hang up on a server are what is tested here.
    socket.on('error', () => undefined);
  });
  server.on('tlsClientError', () => undefined);
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  servers.push(server);
  const address = server.address();
  return typeof address === 'object' && address !== null ? address.port : 0;
}

/** A server that speaks TLS. `lax` takes what its OpenSSL no longer does by itself, such as TLS 1.1. */
export function tlsServer(options: TlsOptions, lax = false): Promise<number> {
  return listening(createTlsServer({ ...options, ...(lax && { ciphers: 'DEFAULT@SECLEVEL=0' }) }));
}

/** A server that answers the first bytes it gets by these, or by nothing, and then does as told. */
export function answering(bytes: readonly number[], then: 'waits' | 'ends' | 'resets' = 'waits'): Promise<number> {
  return listening(
    createServer((socket) =>
      socket.once('data', () => {
        if (bytes.length > 0) socket.write(Buffer.from(bytes));
        if (then === 'ends') socket.end();
        if (then === 'resets') socket.resetAndDestroy();
      }),
    ),
  );
}

/** A fatal alert (RFC 5246, 7.2) as the only record. */
export function alert(description: number): readonly number[] {
  return [21, 3, 1, 0, 2, 2, description];
}

/** A ServerHello that chooses this version (its minor number) and cipher, whatever was offered. */
export function serverHello(minor: number, cipher: readonly [number, number]): readonly number[] {
  const body = [3, minor, ...Array.from({ length: 32 }, () => 7), 0, ...cipher, 0];
  const message = [2, 0, 0, body.length, ...body];
  return [22, 3, 1, 0, message.length, ...message];
}

export function closeServers(): void {
  for (const socket of sockets) socket.destroy();
  for (const server of servers) server.close();
}

/** A server that answers whoever offers at most TLS 1.1 by `refuse`, and hands everybody else on to the one at `port`. */
export function floor(port: number, refuse: (socket: Socket) => void): Promise<number> {
  return listening(
    createServer((socket) =>
      socket.once('data', (hello) => {
        // The version a ClientHello names stands behind the headers of record and message; newer ones name 1.2.
        if (hello[10] === 2) return refuse(socket);
        const far = connect(port, '127.0.0.1');
        far.on('error', () => socket.destroy());
        far.write(hello);
        return socket.pipe(far).pipe(socket);
      }),
    ),
  );
}
