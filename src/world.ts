// The outside world as types: everything golive touches goes through a value of these. No code.

import type { JsonObject } from './engine/json.ts';
import type { Files, Folders, Programs } from './machine.ts';
import type { Browser, Dns, Expires, Load, Renewal, Tls, Websockets } from './wire.ts';

/** What kinds and the runner may touch. */
export interface World {
  readonly clock: Clock;
  readonly http: Http;
  readonly dns: Dns;
  readonly tls: Tls;
  readonly websockets: Websockets;
  readonly load: Load;
  readonly browser: Browser;
  readonly aws: Aws;
  readonly programs: Programs;
  readonly files: Files;
  readonly folders: Folders;
}

/** Wall clock in a run; a clock of its own in a rehearsal, which moves only while everything sleeps or rests. */
export interface Clock {
  /** Milliseconds since 1970. */
  now(): number;
  /** Resolves after `ms`, or at once when the signal aborts. */
  sleep(ms: number, signal?: AbortSignal): Promise<void>;
  /** Runs `work`; a rehearsal's time stands still until it ends, sleeps or rests. */
  task<T>(work: () => Promise<T>): Promise<T>;
  /** Awaits `promise` without holding up time, from inside a task. */
  rest<T>(promise: Promise<T>): Promise<T>;
}

export interface HttpRequest {
  readonly method: string;
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: string;
  /** `ADDR[:PORT]` to connect to instead of the URL's host; name, SNI and certificate stay the URL's. */
  readonly connectTo?: string;
  /** For the whole exchange, in ms. */
  readonly timeoutMs: number;
  /** How many redirects to follow; 0 gives the redirect itself. */
  readonly follow: number;
}

export interface HttpResponse {
  readonly status: number;
  /** Lower-case names; a list where a header repeats. */
  readonly headers: Readonly<Record<string, string | readonly string[]>>;
  /** At most 1 MiB. */
  readonly body: Uint8Array;
  readonly truncated: boolean;
  readonly remoteAddress: string;
  readonly totalMs: number;
  /** Of the request that was answered; another than the one asked for when redirects were followed. */
  readonly url?: string;
  /** Present over TLS. */
  readonly tls?: {
    readonly protocol: string;
    readonly subject: string;
    readonly issuer: string;
    readonly validTo: string;
  };
}

/** One exchange over HTTP. Never retries. Throws BlindError when no answer came. */
export interface Http {
  send(request: HttpRequest, signal: AbortSignal): Promise<HttpResponse>;
}

export interface AwsCall {
  /** The CLI's word: `elbv2`, `logs`. */
  readonly service: string;
  /** The API's: `DescribeTargetHealth`. */
  readonly operation: string;
  readonly input: JsonObject;
  /** One of the target's `accounts`; absent: the target's own. */
  readonly account?: string;
  readonly region?: string;
  /** Read past the phase's cache. */
  readonly fresh?: boolean;
  /** A list of the output: pages are read only until it has an element. Absent: to the end. */
  readonly enough?: string;
  /** Environment variables with their values, for kinds that take those out again. Absent: lists marked sensitive are `(redacted)`. */
  readonly environment?: boolean;
  /** For an answer that is a link to content: the kind goes where it leads, and keeps neither the link nor what is secret there. */
  readonly follows?: boolean;
  /** For what is put as it is: the member `Body` is a file of this machine, and nothing is sent when it is another by now. */
  readonly body?: { readonly path: string; /** Base64. */ readonly sha256: string };
  /** A change that a checklist wrote out by itself: of any operation but those that no checklist may make. */
  readonly written?: boolean;
}

export interface AwsAnswer {
  /** All pages merged; dates as ISO text, bytes as `{bytes: n}`, sensitive members as `(redacted)`. */
  readonly output: JsonObject;
  readonly requests: readonly string[];
  /** When the other side was asked, in ms: older than now when the answer came from the phase's cache. */
  readonly observedAt: number;
}

/** AWS said the thing is not there. Told apart from an empty answer and from not being allowed to look. */
export interface AwsMissing {
  readonly missing: { readonly code: string; readonly message: string };
  readonly requests: readonly string[];
  readonly observedAt: number;
}

export interface Aws {
  /** A reading operation. Throws BlindError when it could not look. */
  read(call: AwsCall, signal: AbortSignal): Promise<AwsAnswer | AwsMissing>;
}

export interface AwsChanged {
  readonly output: JsonObject;
  readonly requests: readonly string[];
}

/** AWS refused a change: nothing was changed. */
export interface AwsRefusal {
  readonly refused: { readonly code: string; readonly message: string };
  readonly requests: readonly string[];
}

/** What acts get besides looking. */
export interface AwsChanges {
  /**
   * A changing operation, in exactly one attempt and past every cache. A refusal means that nothing happened; a
   * BlindError that nobody knows whether it did.
   */
  change(call: AwsCall, signal: AbortSignal): Promise<AwsChanged | AwsRefusal>;
}

/** Everything about AWS that is not one read: made once per session, before anything else. */
export interface AwsSession extends Aws, AwsChanges {
  /** Absent where credentials cannot end. */
  readonly renewal?: Renewal;
  /** Absent where credentials do not end. */
  readonly expires?: Expires;
  /** Who the credentials belong to, asked afresh. */
  caller(account: string | undefined, signal: AbortSignal): Promise<{ account: string; arn: string }>;
  /** Hosts outside AWS that would be called instead of it, with where that was configured. */
  readonly overrides: readonly { readonly host: string; readonly from: string }[];
  /** True when this machine answers for every service of every account: nothing real can be changed. */
  readonly played?: boolean;
  /** Starts loading the clients of these services. */
  warm(services: readonly string[]): void;
  /** Forgets what was read: a new phase, an act, a poke. */
  forget(): void;
  /** How many requests went out, and how many were distinct: for the bench. */
  readonly counts: { readonly sent: number; readonly distinct: number };
  close(): Promise<void>;
}

/** Bytes of a run, append-only. One primitive: create (run, seq) if absent. */
export interface RunStore {
  /** Durable before it resolves. Throws GoliveError `store` on any write, fsync or link error: stop, do not retry. */
  append(run: string, seq: number, line: Uint8Array): Promise<'ok' | 'same' | { readonly conflict: Uint8Array }>;
  /** Lines without their LF, in order. A gap is a GoliveError. */
  read(run: string, from: number): Promise<readonly Uint8Array[]>;
  putBlob(run: string, bytes: Uint8Array): Promise<string>;
  /** Undefined when it is not there; the digest is checked. */
  getBlob(run: string, digest: string): Promise<Uint8Array | undefined>;
  /** Run ids, newest first. */
  list(): Promise<readonly string[]>;
  /** The folder of a run, for messages and for `local/`. */
  locate(run: string): string;
}

/** Somebody who can sign a statement. */
export interface Signer {
  readonly principal: string;
  /** `ssh-ed25519 AAAA…`, without comment. */
  readonly publicKey: string;
  /** Where it came from, for the first screen: `git user.signingkey`, `--key`, `throw-away`. */
  readonly source: string;
  /** Made for one rehearsal or dry run: no file of allowed signers will ever name it. */
  readonly throwAway?: true;
  /** An SSHSIG blob (without armour) over `message` in `namespace`, hash sha512. */
  sign(namespace: string, message: Uint8Array): Promise<Uint8Array>;
}

/** One choice of a menu. Picked by typing its key and Enter: no key alone, and no Enter alone, does anything. */
export interface Choice<K extends string = string> {
  readonly key: K;
  readonly label: string;
}

export type Asked<T> = { readonly answer: T } | { readonly aside: Aside };
/** What a person may say at any prompt instead of answering. */
export type Aside = 'note' | 'pause' | 'stop' | 'evidence' | 'help' | 'rollback' | 'attach';

/** A person at a terminal. */
export interface Operator {
  /** True when there is somebody to ask: stdin and stdout are terminals. */
  readonly present: boolean;
  /** Type a key and Enter. */
  menu<K extends string>(question: string, choices: readonly Choice<K>[]): Promise<Asked<K>>;
  /**
   * Type a line and Enter; `check` returns what is wrong with it, or undefined. `words`: what this prompt alone understands
   * beside answers, as it is shown (`:hand ROLE`). It comes back as the answer, which never begins with a colon otherwise.
   */
  line(
    question: string,
    check: (text: string) => string | undefined,
    words?: readonly string[],
  ): Promise<Asked<string>>;
  /** Like `line`, not echoed; what begins with a colon is one of `words` only as it is shown. */
  secret(question: string, words?: readonly string[]): Promise<Asked<string>>;
  /** Makes the open question, if there is one, reject with GoliveError `put-aside`: something more urgent happened. */
  putAside(): void;
}

/** Where the transcript goes. While a prompt is open, lines queue and come out after the answer. */
export interface Screen {
  print(text: string): void;
  /** The one line that may be redrawn; empty clears it. */
  live(text: string): void;
}
