// A name server on loopback that says what a test wants, over UDP and TCP on one port.

import { createSocket, type RemoteInfo, type Socket as UdpSocket } from 'node:dgram';
import { once } from 'node:events';
import { createServer, type Server } from 'node:net';
import { decode, encode, type Answer, type DecodedPacket, type Packet } from 'dns-packet';

/** A question as it arrived. */
export interface Heard {
  readonly packet: DecodedPacket;
  readonly name: string;
  readonly type: string;
  readonly over: 'udp' | 'tcp';
  /** How often anything was asked so far, this one included. */
  readonly count: number;
  /** Whom it says it is meant for. */
  readonly meantFor: string | undefined;
  /** Where it came from. */
  readonly port: number;
}

export interface NameServer {
  readonly port: number;
  /** As `--dns-server` and steps write it. */
  readonly at: string;
  readonly heard: readonly Heard[];
  close(): void;
}

/** Serves until it is closed; each question is answered with the messages `answers` gives, in their order. */
export async function serveDns(answers: (heard: Heard) => readonly Uint8Array[]): Promise<NameServer> {
  const heard: Heard[] = [];
  const hear = (bytes: Uint8Array, over: 'udp' | 'tcp', port: number): readonly Uint8Array[] => {
    const packet = decode(Buffer.from(bytes));
    const [question] = packet.questions ?? [];
    const one = {
      packet,
      name: question?.name ?? '',
      type: question?.type ?? '',
      over,
      count: heard.length + 1,
      meantFor: meantFor(packet),
      port,
    };
    heard.push(one);
    return answers(one);
  };
  const tcp = createServer((socket) => {
    socket.on('error', () => undefined);
    socket.once('data', (bytes) => {
      const out = hear(bytes.subarray(2), 'tcp', socket.remotePort ?? 0);
      for (const message of out) socket.write(Buffer.concat([lengthOf(message), message]));
      socket.end();
    });
  });
  const { udp, port } = await bindBoth(tcp);
  udp.on('message', (bytes: Buffer, from: RemoteInfo) => {
    for (const message of hear(bytes, 'udp', from.port)) udp.send(message, from.port, from.address);
  });
  const close = (): void => {
    tcp.close();
    udp.close();
  };
  return { port, at: `127.0.0.1:${port}`, heard, close };
}

/** A reply to what was heard: `flags` beside the answers, and anything else of the message. */
export function reply(
  { packet }: Heard,
  answers: readonly Answer[],
  more: Partial<Packet> & { code?: number } = {},
): Buffer {
  const { code = 0, flags = authoritative, ...rest } = more;
  return encode({
    type: 'response',
    id: packet.id ?? 0,
    questions: packet.questions ?? [],
    answers: [...answers],
    ...rest,
    flags: flags | code,
  });
}

export const authoritative = 1 << 10;
export const truncated = 1 << 9;
export const recursive = 1 << 7;

/** An A record. */
export function a(name: string, data: string, ttl = 60): Answer {
  return { type: 'A', name, ttl, class: 'IN', data };
}

function meantFor({ additionals = [] }: DecodedPacket): string | undefined {
  const options: readonly { readonly code: number; readonly data?: Buffer | undefined }[] = additionals.flatMap(
    (record) => (record.type === 'OPT' ? record.options : []),
  );
  return options.find(({ code }) => code === 65_001)?.data?.toString();
}

function lengthOf(message: Uint8Array): Buffer {
  const length = Buffer.alloc(2);
  length.writeUInt16BE(message.length);
  return length;
}

/** A port that is free for TCP may be taken for UDP. */
async function bindBoth(tcp: Server, left = 10): Promise<{ udp: UdpSocket; port: number }> {
  tcp.listen(0, '127.0.0.1');
  await once(tcp, 'listening');
  const address = tcp.address();
  const port = typeof address === 'object' && address !== null ? address.port : 0;
  const udp = createSocket('udp4');
  try {
    udp.bind(port, '127.0.0.1');
    await once(udp, 'listening');
    return { udp, port };
  } catch (error) {
    if (left === 0) throw error;
    tcp.close();
    await once(tcp, 'close');
    return bindBoth(tcp, left - 1);
  }
}
