// Goal: three people sign off AEP's go-live with keys of their own: one at the keyboard, one whose key an agent holds, one
// at another machine. Whoever must not count is told why, and what to do. The transcripts are the goldens.

import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { copyFileSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, describe, expect, test } from 'vitest';
import { answerAt, lowerTtl, waitForAct } from './aep-answers.ts';
import { aepVarying, expectGolden } from './golden.ts';
import { expectSane, placeAroundTheCutover, type Place } from './golive.ts';
import { nameOf, settle, type Person } from './team.ts';
import { noTmux, type Terminal } from './terminal.ts';

const goldens = fileURLToPath(new URL('screens', import.meta.url));
const missing = noTmux();
if (missing !== undefined) process.stderr.write(`${missing}\n`);

const places: Place[] = [];
const agents: ChildProcess[] = [];
afterEach(async () => {
  for (const agent of agents.splice(0)) {
    agent.kill();
    if (agent.exitCode === null && agent.signalCode === null) await once(agent, 'exit');
  }
  await Promise.all(places.splice(0).map((place) => place.remove()));
});

const erin = 'erin@navralabs.example';
const idris = 'idris@navralabs.example';
const sana = 'sana@navralabs.example';
const oskar = 'oskar@navralabs.example';

interface Team {
  readonly place: Place;
  /** With Idris' key in an agent. */
  readonly env: Readonly<Record<string, string>>;
  rehearse(): Promise<Terminal>;
}

/** A project with its people, one of whose keys an agent holds. */
async function team(people: Readonly<Record<string, Person>>): Promise<Team> {
  const place = placeAroundTheCutover();
  places.push(place);
  const { folder } = place;
  settle(folder, people);
  const socket = join(folder, 'agent');
  const agent = spawn('ssh-agent', ['-D', '-a', socket], { stdio: ['ignore', 'pipe', 'ignore'] });
  agents.push(agent);
  // It says where it listens once it does.
  await once(agent.stdout, 'data');
  const env = { SSH_AUTH_SOCK: socket };
  const agentEnv = { env: { PATH: process.env['PATH'], ...env } };
  execFileSync('ssh-add', ['-q', join(folder, 'keys', 'idris')], { ...agentEnv, stdio: 'ignore' });
  const words = ['rehearse', 'aep-prod', '--own-keys', '--as', erin, '--key', 'keys/erin', '--speed', 'max'];
  return { place, env, rehearse: async () => place.open(words, { height: 60, env }) };
}

/** Another person's machine: their own checkout of the people, their own key, and nothing else. */
async function signElsewhere(
  { place }: Team,
  who: string,
  request: string,
  decision: readonly string[],
): Promise<{ readonly code: number; readonly stdout: string; readonly stderr: string; readonly file: string }> {
  const name = nameOf(who);
  const there = join(place.folder, `at-${name}`);
  mkdirSync(join(there, '.golive'), { recursive: true });
  for (const file of ['allowed_signers', 'roles.yaml'])
    copyFileSync(join(place.folder, '.golive', file), join(there, '.golive', file));
  const words = ['sign', join(place.folder, request), '--as', who, '--key', join(place.folder, 'keys', name)];
  const signed = await place.run([...words, '--out', join(there, 'signed.decision.json'), ...decision]);
  return { ...signed, file: `at-${name}/signed.decision.json` };
}

function requestIn({ folder }: Place): string {
  const name = readdirSync(folder).find((one) => one.endsWith('.request.json'));
  if (name === undefined) throw new Error('no request was written');
  return name;
}

const everybody = {
  [erin]: { roles: ['engineering'] },
  [idris]: { roles: ['infrastructure'] },
  [sana]: { roles: ['security'] },
  [oskar]: { roles: ['on_call'] },
};

describe.skipIf(missing !== undefined)('three people with their own keys', () => {
  test('sign AEP off: at the keyboard, through an agent, and on a request at another machine', async () => {
    const here = await team(everybody);
    const { place } = here;
    const terminal = await here.rehearse();
    await lowerTtl(terminal);
    await answerAt(terminal, 'Infrastructure lead, who signs?', erin);
    await terminal.waitFor('type idris@');
    await terminal.key('C-u');
    await terminal.answer(idris, 'example');
    await answerAt(terminal, 'for Infrastructure lead, go or no-go?', 'go');
    await answerAt(terminal, 'Engineering lead, go or no-go?', 'go');
    await answerAt(terminal, 'Security review, who signs?', 'request');
    await terminal.waitFor(/golive sign/);
    const signed = await signElsewhere(here, sana, requestIn(place), ['--decision', 'go']);
    expect(signed.code, signed.stderr + signed.stdout).toBe(0);
    await answerAt(terminal, 'Security review, who signs?', signed.file);
    await waitForAct(terminal, 'dns-cutover');
    await terminal.answer(':pause', 'pause');
    expect(await terminal.exit(30_000)).toBe(2);
    await expectSane(terminal);
    expect(place.bodies('gate.vote')).toMatchObject([
      { by: idris, role: 'infrastructure' },
      { by: erin, role: 'engineering' },
      { by: sana, role: 'security' },
    ]);
    const verified = await place.run(['verify', place.runId(), '--rehearsal']);
    expect([verified.code, verified.stdout.split(':')[0]]).toEqual([10, 'OPEN']);
    const seen = `$ golive rehearse aep-prod --own-keys --as erin@navralabs.example --key keys/erin\n${await terminal.transcript()}`;
    expectGolden(`${goldens}/signoff-80.txt`, seen, aepVarying);
    expectGolden(
      `${goldens}/signoff-elsewhere.txt`,
      `$ golive sign REQUEST --decision go\n${signed.stderr}${signed.stdout}`,
      aepVarying,
    );
  }, 180_000);

  test('are stopped by the same person twice and by an expired key', async () => {
    const here = await team({
      [erin]: { roles: ['engineering', 'infrastructure'] },
      [idris]: { roles: ['infrastructure'] },
      [oskar]: { roles: ['security'], limits: ',valid-before="20260301Z"' },
    });
    const { place } = here;
    const terminal = await here.rehearse();
    await lowerTtl(terminal);
    // Erin may say it for the first of her roles, and then not for the second.
    await answerAt(terminal, 'Infrastructure lead, go or no-go?', 'go');
    await answerAt(terminal, 'Engineering lead, go or no-go?', 'go');
    await terminal.waitFor(/not\s+counted:\s+erin@navralabs\.example\s+has\s+voted\s+for\s+Infrastructure/);
    await answerAt(terminal, 'Engineering lead, go or no-go?', 'none');
    // Oskar's key is over.
    await answerAt(terminal, 'Security review, who signs?', oskar);
    await answerAt(terminal, 'The path of its file', 'keys/oskar');
    await answerAt(terminal, 'for Security review, go or no-go?', 'go');
    await terminal.waitFor(/oskar@navralabs\.example\s+does\s+not\s+count:\s+the\s+key\s+had\s+expired/);
    await answerAt(terminal, 'Security review, who signs?', 'none');
    await terminal.waitFor('what now?', 30_000);
    await terminal.answer('p');
    expect(await terminal.exit(30_000)).toBe(2);
    expect(place.bodies('gate.vote')).toHaveLength(1);
    const seen = `$ golive rehearse aep-prod --own-keys --as erin@navralabs.example --key keys/erin\n${await terminal.transcript()}`;
    expectGolden(`${goldens}/signoff-refused-80.txt`, seen, aepVarying);
  }, 180_000);

  test('are stopped by a role nobody holds, a stale sign-off, a no-go, and a decision that was used before', async () => {
    const here = await team({
      [erin]: { roles: ['engineering'] },
      [idris]: { roles: ['infrastructure'] },
      [sana]: { roles: [] },
    });
    const { place } = here;
    const roles = join(place.folder, '.golive', 'roles.yaml');
    const pauseAt = async (terminal: Terminal): Promise<void> => {
      await terminal.waitFor(/Security review[^›]*›/, 30_000);
      await terminal.answer(':pause', 'pause');
      expect(await terminal.exit(30_000)).toBe(2);
    };
    const resume = (): Promise<Terminal> =>
      place.open(['resume', '--as', erin, '--key', 'keys/erin'], { height: 60, env: here.env });

    const first = await here.rehearse();
    await lowerTtl(first);
    await answerAt(first, 'Infrastructure lead, who signs?', idris);
    await answerAt(first, 'for Infrastructure lead, go or no-go?', 'go');
    await answerAt(first, 'Engineering lead, go or no-go?', 'go');
    await first.waitFor(/Nobody\s+holds\s+Security\s+review/);
    await pauseAt(first);

    // Now somebody holds it, and signs a request; but before that comes back, what stands above the gate has changed.
    writeFileSync(roles, readFileSync(roles, 'utf8').replace(`${sana}: []`, `${sana}: [security]`));
    const second = await resume();
    await pauseAt(second);
    const request = await place.run(['request', place.runId(), 'go-no-go', '--out', 'one.request.json']);
    expect(request.code, request.stderr).toBe(0);
    const early = await signElsewhere(here, sana, 'one.request.json', ['--decision', 'go']);
    expect(early.code, early.stderr + early.stdout).toBe(0);

    const sick = (tasks: number): Parameters<Place['mend']>[0] => ({
      account: { ecs: { clusters: { 'aep-prod': { services: { 'aep-backend-prod-svc': { sick: tasks } } } } } },
    });
    place.mend(sick(1));
    const third = await resume();
    await third.waitFor('backend-targets: what now?', 60_000);
    place.mend(sick(0));
    await third.answer('r');
    await third.waitFor('go-no-go: what now?', 60_000);
    await third.answer('r');
    await answerAt(third, 'Infrastructure lead, who signs?', idris);
    await answerAt(third, 'for Infrastructure lead, go or no-go?', 'go');
    await answerAt(third, 'Engineering lead, go or no-go?', 'go');
    // What she signed was another attempt, about what is not there any more.
    await answerAt(third, 'Security review, who signs?', early.file);
    await third.waitFor(/not\s+counted:\s+it\s+is\s+about\s+attempt\s+1/);
    await answerAt(third, 'Security review, who signs?', sana);
    await answerAt(third, 'an agent holds it', 'keys/sana');
    await answerAt(third, 'for Security review, go or no-go?', 'no-go');
    await third.waitFor(/no-go by sana@[^]*go-no-go: what now/, 30_000);
    await third.answer('p');
    expect(await third.exit(30_000)).toBe(2);
    const screens = await Promise.all([first, second, third].map((terminal) => terminal.transcript()));
    expectGolden(`${goldens}/signoff-stopped-80.txt`, screens.join('\n\n$ golive resume\n'), aepVarying);
  }, 240_000);
});
