// Questions to name servers, TLS handshakes, WebSockets, load and page vitals as types: what is asked in other ways than one request. No code.

/** The types of records golive asks for. */
export type RecordType = 'A' | 'AAAA' | 'CAA' | 'CNAME' | 'MX' | 'NS' | 'SOA' | 'TXT';

export interface DnsQuestion {
  readonly name: string;
  readonly type: RecordType;
  /** `ADDR` or `ADDR:PORT`. */
  readonly server: string;
  /** Asks the server to find out: true for resolvers, false for authoritative servers. */
  readonly recurse: boolean;
  /** How long to wait for this server, all tries together. Default 4000. */
  readonly timeoutMs?: number;
}

export interface DnsRecord {
  readonly name: string;
  readonly type: string;
  /** In seconds, as this server gave it. */
  readonly ttl: number;
  /** Addresses and names in lower case without the last dot; text as it is. */
  readonly data: string;
}

/** What a server said. NXDOMAIN is an answer; SERVFAIL, REFUSED and silence are BlindErrors. */
export interface DnsAnswer {
  readonly status: 'NOERROR' | 'NXDOMAIN';
  readonly authoritative: boolean;
  readonly answers: readonly DnsRecord[];
}

/** Questions to name servers, in packets of our own: TTLs and each server's answer are facts. */
export interface Dns {
  /** One question to one server, once. Throws BlindError when there was no answer. */
  ask(question: DnsQuestion, signal: AbortSignal): Promise<DnsAnswer>;
  /** The resolvers this machine uses, as `ADDR` or `ADDR:PORT`. */
  readonly resolvers: readonly string[];
}

export type TlsVersion = 'TLSv1' | 'TLSv1.1' | 'TLSv1.2' | 'TLSv1.3';

export interface TlsRequest {
  /** The name that is asked for (SNI) and that the certificate must be for. */
  readonly host: string;
  readonly port: number;
  /** `ADDR[:PORT]` to connect to instead. */
  readonly connectTo?: string;
  /** Offers only this version, with this library's own limits lifted; absent: what a client of today offers. */
  readonly version?: TlsVersion;
  readonly timeoutMs: number;
}

export interface TlsCertificate {
  readonly subject: string;
  readonly issuer: string;
  /** DNS names and addresses it is for. */
  readonly names: readonly string[];
  /** ISO. */
  readonly validFrom: string;
  readonly validTo: string;
}

export interface TlsSession {
  readonly protocol: string;
  readonly cipher: string;
  /** Trusted, in time and for this host; otherwise `problem` says which of these fails. */
  readonly authorized: boolean;
  readonly problem?: string;
  /** The server's own certificate is for this host, whatever else is wrong with it. */
  readonly coversHost: boolean;
  /** What the server sent, its own certificate first. */
  readonly chain: readonly TlsCertificate[];
  readonly remoteAddress: string;
}

/** TLS handshakes that do not stop at a bad certificate: what is wrong with it is a fact. */
export interface Tls {
  /**
   * One handshake. `refused` only when the server sent a fatal alert about the version or the ciphers: a refusal by our
   * own library, a lost connection or silence are BlindErrors.
   */
  handshake(request: TlsRequest, signal: AbortSignal): Promise<TlsSession | { readonly refused: string }>;
}

export interface WebsocketRequest {
  /** `wss://…` or `ws://…`. */
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  /** Subprotocols to offer, the preferred one first. */
  readonly protocols: readonly string[];
  /** The one message to send once it is open. */
  readonly send?: string;
  /** Whether to wait for a message. */
  readonly receive: boolean;
  /** `ADDR[:PORT]` to connect to instead of the URL's host; name, SNI and certificate stay the URL's. */
  readonly connectTo?: string;
  /** For everything together, in ms. */
  readonly timeoutMs: number;
}

export interface WebsocketAnswer {
  readonly opened: boolean;
  /** What the upgrade was answered with; 101 when it was not refused. */
  readonly status: number;
  /** What is wrong with an answer 101 that opened nothing. */
  readonly problem?: string;
  /** The subprotocol that was chosen; empty for none. */
  readonly protocol: string;
  /** The first message, UTF-8; what is not is replaced. `ms` after it was open and ours was sent. */
  readonly message?: { readonly text: string; readonly binary: boolean; readonly ms: number };
  /** Why the other side closed (RFC 6455, 7.4): 1005 without a code, 1006 without a word. */
  readonly closeCode?: number;
  /** From the first packet to the answer to the upgrade. */
  readonly connectMs: number;
  readonly remoteAddress: string;
}

/** One WebSocket, at most one message sent, the first one received. */
export interface Websockets {
  /** Silence until the time-out, once it is open, is an answer without a message. Throws BlindError when nobody answered. */
  exchange(request: WebsocketRequest, signal: AbortSignal): Promise<WebsocketAnswer>;
}

export interface LoadRequest {
  readonly url: string;
  /** How many ask at the same time, each again as soon as it was answered. */
  readonly users: number;
  readonly forMs: number;
  readonly headers: Readonly<Record<string, string>>;
  /** The most requests a second, of all users together. */
  readonly rate?: number;
  /** For each request, in ms. */
  readonly timeoutMs: number;
}

export interface LoadAnswer {
  /** All that were sent, answered or not. */
  readonly requests: number;
  /** Of them those that were lost or took too long, and answers of 400 and more. */
  readonly errors: number;
  readonly timeouts: number;
  /** Answers by status. */
  readonly statuses: Readonly<Record<string, number>>;
  /** In ms, over every answer, and over what took too long with the time it was waited for; absent without any. */
  readonly latency?: { readonly p50: number; readonly p95: number; readonly p99: number; readonly max: number };
  readonly durationMs: number;
  /** It ended before its time, because so many requests are the most there may be. */
  readonly capped: boolean;
}

/** A bounded load of GET on one URL. */
export interface Load {
  /** Throws BlindError when the URL may not be put under load, or when it could not begin. */
  run(request: LoadRequest, signal: AbortSignal): Promise<LoadAnswer>;
}

export interface VitalsRequest {
  readonly url: string;
  readonly device: 'mobile' | 'desktop';
  /** A CSS selector of what is clicked once the page is there. */
  readonly interact?: string;
  /** For the page with everything it does, in ms. */
  readonly timeoutMs: number;
}

/** Vitals that never came are absent. */
export interface VitalsAnswer {
  readonly lcpMs?: number;
  readonly cls?: number;
  readonly inpMs?: number;
  readonly fcpMs?: number;
  readonly ttfbMs?: number;
  /** Where the page was in the end. */
  readonly url: string;
  readonly status: number;
  /** `Chromium 156.0.8078.73` */
  readonly browser: string;
}

/** A browser without a window. */
export interface Browser {
  /** One visit of a page with a fresh profile. Throws BlindError without a browser, and when the page did not come. */
  vitals(request: VitalsRequest, signal: AbortSignal): Promise<VitalsAnswer>;
}

/** Credentials that AWS does not take any more, or that are not to be had. */
export interface Lapse {
  /** One of the target's accounts by its name; undefined: the target's own. */
  readonly name: string | undefined;
  /** Its twelve digits. */
  readonly account: string;
  /** Where they come from: `profile prod (--profile)`. */
  readonly source: string;
  /** When that was found out, in ms. */
  readonly since: number;
  /** What the steps that could not look say about it, each with what to do. */
  readonly reasons: readonly string[];
  /** What renews them, to be typed in another terminal; undefined: no command does. */
  readonly command: string | undefined;
  /** How often AWS may be asked whether they are back, in ms of real time; undefined: only on a person's word. */
  readonly everyMs: number | undefined;
}

/** How a run goes on with new credentials. */
export interface Renewal {
  /** What is over at this moment. */
  lapses(): readonly Lapse[];
  /** Whatever is asked from now on reads the credentials of this account anew. They are still held to the account. */
  renew(name: string | undefined): void;
  /** Waits in real time, or until the signal aborts. */
  pause(ms: number, signal: AbortSignal): Promise<void>;
}

/**
 * Until when the credentials of one of the target's accounts last (ms since 1970) and how they are renewed, in a sentence;
 * undefined where they do not say. Those that would end before `until` (ms) are asked for anew first. Throws BlindError
 * when they cannot be had.
 */
export type Expires = (
  name: string | undefined,
  until: number,
) => Promise<{ readonly at: number; readonly renew: string } | undefined>;
