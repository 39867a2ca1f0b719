// What golive uses of autocannon, which comes without types.

declare module 'autocannon' {
  import type { EventEmitter } from 'node:events';
  import type { Socket } from 'node:net';

  /** One user: its connection, and what it waits for. */
  export interface Client extends EventEmitter {
    conn: Socket;
    destroyed: boolean;
    /** In ms, for one request. */
    timeout: number;
    /** It ends when it has sent so many. */
    responseMax: number | undefined;
    readonly pipelinedRequests: { clear(): void; addBody: (data: Buffer) => void };
    readonly parser: {
      readonly type: string;
      initialize(type: string): void;
      finish(): unknown;
      execute(chunk: Buffer): unknown;
    };
    _connect(): void;
    _doRequest(): void;
    destroy(): void;
  }

  export interface Options {
    readonly url: string;
    readonly connections: number;
    /** In seconds. */
    readonly duration: number;
    readonly headers: Readonly<Record<string, string>>;
    readonly overallRate?: number;
    readonly maxOverallRequests: number;
    /** How often it looks whether it is over, in ms. */
    readonly sampleInt: number;
    /** Called with each user before it connects. */
    readonly setupClient: (client: Client) => void;
  }

  export interface Instance extends EventEmitter, PromiseLike<unknown> {
    stop(): void;
  }

  function autocannon(options: Options): Instance;
  export { autocannon as default };
}
