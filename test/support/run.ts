// A run in memory: a store that can fail, an application that answers as told, a clock that jumps, no process, no disk.

import type { Roster } from '../../src/roster.ts';
import type { Programs } from '../../src/machine.ts';
import type { Aws, AwsSession, Clock, Http, HttpResponse, RunStore, Signer } from '../../src/world.ts';
import type { Json } from '../../src/engine/json.ts';
import type { Plan, Step } from '../../src/engine/plan.ts';
import type { Usual } from '../../src/engine/forecast.ts';
import type { RunEvent } from '../../src/engine/events.ts';
import type { State } from '../../src/engine/state.ts';
import { GoliveError } from '../../src/errors.ts';
import { digest } from '../../src/log/canonical.ts';
import { readEvents } from '../../src/log/replay.ts';
import { throwAwaySigner } from '../../src/log/session-key.ts';
import { rehearsalClock } from '../../src/rehearsal/clock.ts';
import { openDeadline } from '../../src/runner/deadline.ts';
import { openSession, sealRun } from '../../src/runner/opening.ts';
import { scripted, type People } from '../../src/runner/people.ts';
import { pokesOf } from '../../src/runner/pokes.ts';
import type { Presence } from '../../src/runner/presence.ts';
import { openReader } from '../../src/runner/reader.ts';
import { workOn, type Ending } from '../../src/runner/runner.ts';
import { scopeOf } from '../../src/runner/scope.ts';
import { scrubber } from '../../src/runner/scrubber.ts';
import type { Secrets } from '../../src/runner/secret-forms.ts';
import { deploy, swap } from './act.ts';
import { noChanges, noDns, noPrograms, noTls, untouched } from './outside.ts';
import { noon, step } from './plan.ts';
import { breachIn } from './procedure.ts';

/** Keeps lines and blobs in memory. `append` may throw before the line is kept, or after. */
export interface MemoryStore extends RunStore {
  readonly lines: Uint8Array[];
  readonly blobs: Map<string, Uint8Array>;
}

export function memoryStore(fails: (seq: number) => 'before' | 'after' | undefined = () => undefined): MemoryStore {
  const lines: Uint8Array[] = [];
  const blobs = new Map<string, Uint8Array>();
  const broken = (): never => {
    throw new GoliveError('store', 'the disk is full');
  };
  return {
    lines,
    blobs,
    append: async (_run, seq, line) => {
      const how = fails(seq);
      if (how === 'before') broken();
      const there = lines[seq];
      if (there !== undefined) return { conflict: there };
      lines[seq] = line;
      if (how === 'after') broken();
      return 'ok';
    },
    read: async (_run, from) => lines.slice(from),
    putBlob: async (_run, bytes) => {
      blobs.set(digest(bytes), bytes);
      return digest(bytes);
    },
    getBlob: async (_run, wanted) => blobs.get(wanted),
    list: async () => [],
    locate: () => 'memory',
  };
}

/** A look at `http://app.test/ID` that expects 200. */
export function looks(id: string, more: Partial<Step> = {}): Step {
  const call = { kind: 'http', args: { url: `http://app.test/${id}` }, words: 'asks' };
  return step(id, 'looks', { work: { type: 'probe', call }, expect: [{ path: 'status', eq: 200 }], ...more });
}

/** An application: `answer` gets the path and how often it was asked, this time included. */
export function application(
  answer: (path: string, times: number) => number | Error | { status: number; body: string },
): Http & {
  readonly asked: string[];
} {
  const asked: string[] = [];
  return {
    asked,
    send: async (request) => {
      const path = new URL(request.url).pathname.slice(1);
      asked.push(path);
      const said = answer(path, asked.filter((one) => one === path).length);
      if (said instanceof Error) throw said;
      const { status, body } = typeof said === 'number' ? { status: said, body: '{"ok":true}' } : said;
      const response: HttpResponse = {
        status,
        headers: { 'content-type': 'application/json' },
        body: new TextEncoder().encode(body),
        truncated: false,
        remoteAddress: '127.0.0.1:80',
        totalMs: 1,
      };
      return response;
    },
  };
}

export interface Played {
  readonly ending: Ending;
  readonly state: State;
  readonly events: readonly RunEvent[];
  /** What was drawn on the line that may be redrawn. */
  readonly live: readonly string[];
  readonly printed: readonly string[];
  /** The rehearsal's time at the end, ms after noon. */
  readonly tookMs: number;
}

/** Works on a run in memory until the loop ends; with `seal` seals what is done. */
export async function play(
  plan: Plan,
  http: Http,
  given: {
    readonly store?: RunStore;
    readonly people?: People;
    readonly secrets?: Secrets;
    readonly mode?: 'run' | 'dry-run' | 'survey';
    readonly signal?: AbortSignal;
    readonly seal?: boolean;
    /** Before anything else the way back is asked about. */
    readonly wayBack?: boolean;
    readonly aws?: Aws['read'];
    readonly programs?: Programs;
    /** A clock that does not stand still while somebody is asked. */
    readonly clock?: Clock;
    /** Who AWS says we are. */
    readonly caller?: AwsSession['caller'];
    /** What other processes see and may ask of it. */
    readonly presence?: Presence;
    /** What is over, and how it is renewed. */
    readonly renewal?: AwsSession['renewal'];
    /** Until when the credentials last. */
    readonly expires?: AwsSession['expires'];
    /** Who holds which role. */
    readonly roster?: Roster;
    /** How long past runs took. */
    readonly usual?: Usual;
    /** When it has to be over, in ms from its beginning. */
    readonly deadlineMs?: number;
    /** Who runs it; somebody with a new key otherwise. */
    readonly signer?: Signer;
  } = {},
): Promise<Played> {
  const store = given.store ?? memoryStore();
  const run = 'a'.repeat(26);
  const lines = await store.read(run, 0);
  // A run that goes on does so after what happened.
  const clock = given.clock ?? rehearsalClock(Date.parse(readEvents(lines).at(-1)?.at ?? '') || noon, 'max');
  const signer = given.signer ?? throwAwaySigner('ada@example.com');
  const secrets = given.secrets ?? {};
  const events: RunEvent[] = [];
  const live: string[] = [];
  const printed: string[] = [];
  const journal = await openSession({
    run,
    store,
    clock,
    plan,
    lines,
    signer,
    roster: given.roster,
    scrub: scrubber(secrets),
    host: 'test',
    tool: { name: 'golive', version: '0', node: 'v20' },
    callers: [],
    endpoints: [],
    shown: (event) => void events.push(event),
    ...(lines.length === 0 && { opened: opening(given.mode ?? 'run') }),
  });
  const calm = scripted({ answers: {}, votes: {}, principal: () => 'ada@example.com', source: 'script' });
  const aws = {
    read: given.aws ?? (() => Promise.reject(new Error('no AWS here'))),
    caller: given.caller ?? (async () => ({ account: plan.aws.account, arn: 'arn:aws:iam::111111111111:user/ada' })),
    ...noChanges,
    ...(given.renewal && { renewal: given.renewal }),
    ...(given.expires && { expires: given.expires }),
    overrides: [],
    warm: () => undefined,
    forget: () => undefined,
    counts: { sent: 0, distinct: 0 },
    close: async () => undefined,
  };
  const programs = given.programs ?? noPrograms;
  const world = { clock, http, dns: noDns, tls: noTls, aws, programs, ...untouched };
  const session = {
    plan,
    journal,
    world,
    aws,
    reader: openReader(plan, world, () => scopeOf(plan, journal.state(), run, secrets), pokesOf(journal, aws)),
    people: given.people ?? calm,
    roster: given.roster,
    screen: { print: (text: string) => void printed.push(text), live: (text: string) => void live.push(text) },
    findAct: (name: string) => [swap, deploy].find((kind) => kind.name === name),
    kept: async (wanted: string) => {
      const bytes = await store.getBlob(run, wanted);
      const json: Json | undefined = bytes && JSON.parse(new TextDecoder().decode(bytes));
      return json;
    },
    flush: () => undefined,
    signal: given.signal ?? new AbortController().signal,
    ...(given.presence && { presence: given.presence }),
    ...(given.usual && { usual: async () => given.usual }),
    ...(given.deadlineMs !== undefined && { deadline: openDeadline(clock, given.deadlineMs) }),
  };
  const ending = await workOn(session, given.wayBack === true ? 'gate' : 'none');
  session.deadline?.close();
  if (given.seal === true) await sealRun(journal, plan, signer, clock.now());
  const breach = breachIn(await store.read(run, 0), plan, run);
  if (breach !== undefined) throw new Error(`line ${breach.seq + 1}: ${breach.reason}`);
  return { ending, state: journal.state(), events, live, printed, tookMs: clock.now() - noon };
}

/** A session of a run as it stands in the store; `opened` begins one. */
export async function openJournal(
  plan: Plan,
  store: RunStore,
  run: string,
  opened?: ReturnType<typeof opening>,
): ReturnType<typeof openSession> {
  return openSession({
    run,
    store,
    clock: rehearsalClock(noon, 'max'),
    plan,
    lines: opened ? [] : await store.read(run, 0),
    signer: throwAwaySigner('ada@example.com'),
    scrub: (text) => text,
    host: 'test',
    tool: { name: 'golive', version: '0', node: 'v20' },
    callers: [],
    endpoints: [],
    shown: () => undefined,
    ...(opened && { opened }),
  });
}

/** Ends the run in a session of its own, as a person does, and dies before the seal. */
export async function stopRun(plan: Plan, store: RunStore): Promise<void> {
  const run = 'a'.repeat(26);
  const journal = await openJournal(plan, store, run);
  await journal.order({ order: 'stop', by: 'ada@example.com', reason: 'enough', step: '' });
}

export function opening(mode: 'run' | 'dry-run' | 'survey') {
  const zeros = '0'.repeat(64);
  return {
    checklist: { name: 'aep', title: 'AEP', path: 'a.yaml', digest: zeros },
    target: 'prod',
    mode,
    rehearsal: false,
    phases: [],
    git: { commit: '', dirty: false },
    values_digest: zeros,
    roster_digest: '',
    store: 'memory',
    real_at: '2026-03-01T12:00:00.000Z',
  };
}
