// A run whose people are known and sign: keys made by ssh-keygen, a checkout for each of them, and a gate that is open.

import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { bind } from '../../src/checklist/bind.ts';
import { openStore } from '../../src/commands/runs.ts';
import { wallClock } from '../../src/effects/clock.ts';
import { fileSigner } from '../../src/effects/keys.ts';
import { findRoster, openRoster } from '../../src/effects/roster.ts';
import type { Order } from '../../src/engine/decide.ts';
import type { RunEvent } from '../../src/engine/events.ts';
import type { Plan } from '../../src/engine/plan.ts';
import { readEvents } from '../../src/log/replay.ts';
import { rehearsalClock } from '../../src/rehearsal/clock.ts';
import type { Journal } from '../../src/runner/journal.ts';
import { openSession } from '../../src/runner/opening.ts';
import { signWord } from '../../src/runner/signoff.ts';
import { personas } from '../../src/runner/personas.ts';
import { throwAwaySigner } from '../../src/log/session-key.ts';
import type { Roster } from '../../src/roster.ts';
import type { Clock, RunStore, Signer } from '../../src/world.ts';
import { checklistText, known, loaded } from '../checklist/given.ts';
import { noon } from './plan.ts';
import { opening } from './run.ts';
import { testShell, type TestShell } from './shell.ts';

const look = (id: string, more = ''): string =>
  `- { id: ${id}, title: ${id}, probe: { http: { url: "https://x.example/${id}" } }, expect: [{ path: status, eq: 200 }]${more} }`;
const gate = (id: string, more = ''): string =>
  `- { id: ${id}, title: Go for ${id}, gate: { poll: [lead, ops]${more} } }`;

/** Two looks, of which the second is only advice, the gate `approved`, and one more behind it. */
export const gatedText = checklistText({
  steps: [look('good'), look('slow', ', severity: advisory'), gate('approved'), gate('later')].join('\n'),
});

export interface Person {
  readonly name: string;
  readonly file: string;
  /** `ssh-ed25519 AAAA…` */
  readonly publicKey: string;
}

/** The people of a project: their keys, and a copy of the project for each. */
export interface Project {
  readonly people: Readonly<Record<'ada' | 'bob' | 'cy' | 'dana' | 'eve', Person>>;
  /** Where the run is, in the project of whoever begins it. */
  readonly runsDir: string;
  /** A checkout and a terminal of this person; `files` instead of what is usually in `.golive`. */
  shell(person: Person, files?: Readonly<Record<string, string>>): TestShell;
  /** The lines of the allowed signers, with options for some. */
  signers(options?: Readonly<Record<string, string>>): string;
  remove(): void;
}

/** Ada leads, Bob and Cy are of operations, Dana is both, and Eve is nothing. */
export const rolesText = `golive: 1
people:
  "ada@example.com": [lead]
  "bob@example.com": [ops]
  "cy@example.com": [ops]
  "dana@example.com": [lead, ops]
`;

const namespaces = 'namespaces="golive.grant,golive.signoff,golive.seal"';

export function newProject(): Project {
  const folder = mkdtempSync(join(tmpdir(), 'golive-people-'));
  const shells: TestShell[] = [];
  const person = (name: string): Person => {
    const file = join(folder, name);
    execFileSync('ssh-keygen', ['-q', '-t', 'ed25519', '-N', '', '-C', '', '-f', file]);
    const publicKey = readFileSync(`${file}.pub`, 'utf8').split(' ').slice(0, 2).join(' ').trim();
    return { name: `${name}@example.com`, file, publicKey };
  };
  const people = { ada: person('ada'), bob: person('bob'), cy: person('cy'), dana: person('dana'), eve: person('eve') };
  const signers: Project['signers'] = (options = {}) =>
    Object.values(people)
      .map(({ name, publicKey }) => `${name} ${options[name] ?? namespaces} ${publicKey}\n`)
      .join('');
  return {
    people,
    runsDir: join(folder, 'runs'),
    signers,
    shell: ({ name, file }, files = { allowed_signers: signers(), 'roles.yaml': rolesText }) => {
      const cwd = mkdtempSync(join(folder, `checkout-`));
      mkdirSync(join(cwd, '.golive'), { mode: 0o755 });
      for (const [one, text] of Object.entries(files)) writeFileSync(join(cwd, '.golive', one), text, { mode: 0o644 });
      const shell = testShell({
        cwd,
        env: { PATH: process.env['PATH'] ?? '', GOLIVE_SIGNING_KEY: file, GIT_CONFIG_NOSYSTEM: '1' },
      });
      writeFileSync(join(shell.env['HOME'] ?? cwd, '.gitconfig'), `[user]\n\temail = ${name}\n`);
      shells.push(shell);
      return shell;
    },
    remove: () => {
      for (const shell of shells) shell.remove();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

export interface SignedRun {
  readonly run: string;
  readonly plan: Plan;
  readonly store: RunStore;
  readonly clock: Clock;
  /** Moves the clock of a rehearsal on to that time, in ms. */
  jump(to: number): Promise<void>;
  readonly roster: Roster;
  readonly signer: Signer;
  /** The session that is open now. */
  journal(): Journal;
  give(...orders: readonly Order[]): Promise<void>;
  /** Another session of Ada's. */
  again(): Promise<Journal>;
  events(): Promise<readonly RunEvent[]>;
  signerOf(person: Person): Promise<Signer>;
  /** This person votes at `approved`, in the session that is open. */
  votes(person: Person, role: string, decision: 'go' | 'no-go'): Promise<void>;
}

export const closed: Order = { order: 'close-session', reason: 'paused', until: '' };

/** What was seen of a look. */
export const judged = (step: string, verdict: 'pass' | 'fail' = 'pass'): Order => ({
  order: 'judge',
  step,
  captures: {},
  seen: {
    verdict,
    facts: '',
    observed_at: '2026-03-01T12:00:00.000Z',
    requests: [],
    findings: [{ verdict, expected: 'status is 200', observed: verdict === 'pass' ? '200' : '503' }],
    reason: '',
    looks: 1,
  },
});

/** The orders that bring a run to where its gate is polled. */
export const toTheGate: readonly Order[] = [
  { order: 'open-phase', phase: 'first' },
  { order: 'start', step: 'good', why: 'due' },
  judged('good'),
  { order: 'start', step: 'slow', why: 'due' },
  judged('slow', 'fail'),
  { order: 'start', step: 'approved', why: 'due' },
];

let runs = 0;
const letters = 'bcdefghijklmnopqrstuvwxyz';

/**
 * A run of Ada's that these orders were given in, its session still open. `people`: `keys` are the project's own,
 * `throw-away` those of a rehearsal, `nobody` leaves open who holds which role.
 */
export async function signedRun(
  project: Project,
  given: {
    readonly orders?: readonly Order[];
    readonly text?: string;
    readonly rehearsal?: boolean;
    readonly people?: 'keys' | 'throw-away' | 'nobody';
  } = {},
): Promise<SignedRun> {
  const { orders = toTheGate, text = gatedText, rehearsal = false, people = 'keys' } = given;
  const { ada } = project.people;
  const shell = project.shell(ada);
  runs += 1;
  const run = `${rehearsal ? 'rehearsal-' : ''}${letters[Math.floor(runs / letters.length)]}${letters[runs % letters.length]}${'a'.repeat(24)}`;
  const store = openStore({ runsDir: project.runsDir }, shell);
  const bound = bind(await loaded(text), known, { target: 'prod', inputs: {}, partial: true });
  if (!('plan' in bound)) throw new Error(JSON.stringify(bound));
  const { plan } = bound;
  const place = { cwd: shell.cwd, env: shell.env };
  const signerOf = ({ name, file }: Person): Promise<Signer> =>
    fileSigner(file, { ...place, principal: name, source: file });
  const signer = people === 'throw-away' ? throwAwaySigner(ada.name) : await signerOf(ada);
  const files = findRoster(shell.cwd);
  if (files === undefined) throw new Error('no roster');
  const roster =
    people === 'keys'
      ? openRoster(files, { ...place, session: signer })
      : personas(['lead', 'ops'], (role) => `${role}@example.com`, signer);
  const digest = await store.putBlob(run, new TextEncoder().encode(text));
  const checklist = { name: 'demo', title: 'Demo', path: 'checklists/demo.yaml', digest };
  const opened = { ...opening('run'), rehearsal, checklist, roster_digest: roster.digest };
  const played = rehearsalClock(noon, 'max');
  const clock = rehearsal ? played : wallClock();
  const begin = async (first: boolean): Promise<Journal> =>
    openSession({
      run,
      store,
      clock,
      plan,
      lines: first ? [] : await store.read(run, 0),
      signer,
      ...(people !== 'nobody' && { roster }),
      scrub: (same) => same,
      host: 'desk',
      tool: { name: 'golive', version: '0', node: 'v20' },
      callers: [],
      endpoints: [],
      shown: () => undefined,
      ...(first && { opened }),
    });
  let journal = await begin(true);
  const give = async (...more: readonly Order[]): Promise<void> => {
    for (const order of more) {
      const refused = await journal.order(order);
      if (refused !== undefined) throw new Error(refused);
    }
  };
  await give(...orders);
  return {
    run,
    plan,
    store,
    clock,
    jump: (to) => played.jump(to),
    roster,
    signer,
    journal: () => journal,
    give,
    again: async () => (journal = await begin(false)),
    events: async () => readEvents(await store.read(run, 0)),
    signerOf,
    votes: async (person, role, decision) => {
      const word = { step: 'approved', role, decision, by: person.name, comment: '' };
      const signed = await signWord(
        { plan, journal, roster, world: { clock } },
        { ...word, text: 'as it was shown', signer: await signerOf(person) },
      );
      if ('refused' in signed) throw new Error(signed.refused);
      await give({ order: 'vote', ...word, signoff: signed.line });
    },
  };
}
