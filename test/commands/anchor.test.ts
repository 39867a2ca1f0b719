// Goal: a head is kept where nobody can change it, or it is said that it is not; and a log that differs from what was kept is
// found out. Method: the real command on runs in a folder, against the stand-in, and against stores that fail or lie.

import { mkdirSync, writeFileSync } from 'node:fs';
import { createServer, request, type IncomingMessage, type ServerResponse } from 'node:http';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import { runCli } from '../../src/cli.ts';
import { keyInit } from '../../src/commands/key.ts';
import { openStore, readRun } from '../../src/commands/runs.ts';
import { anchorPlaceOf } from '../../src/effects/anchor-bucket.ts';
import type { JsonObject } from '../../src/engine/json.ts';
import { humanHead } from '../../src/log/anchor.ts';
import { anchorText } from '../../src/log/anchor-record.ts';
import { hashLine } from '../../src/log/line.ts';
import { joinLines } from '../../src/log/statement.ts';
import { verifyLog } from '../../src/log/verify.ts';
import type { StandIn } from '../../src/rehearsal/stand-in.ts';
import { anchorLine } from '../../src/render/anchor.ts';
import { checklistText } from '../checklist/given.ts';
import { givenStandIn } from '../rehearsal/given.ts';
import { folderRun, type FolderRun } from '../support/folder-run.ts';
import { testShell, type TestShell } from '../support/shell.ts';

const text = checklistText({
  steps:
    '- { id: good, title: Good, probe: { http: { url: "https://x.example/" } }, expect: [{ path: status, eq: 200 }] }',
});
const by = 'bea@example.com';
const created = '2026-01-01T00:00:00Z';
const buckets = {
  anchors: { region: 'us-east-1', created, versioning: 'Enabled', object_lock: true },
  plain: { region: 'us-east-1', created, versioning: 'Enabled' },
  far: { region: 'eu-west-1', created },
};
const place = 's3://anchors/golive';

const shells: TestShell[] = [];
const keys = testShell({ env: { PATH: process.env['PATH'] ?? '' } });
beforeAll(async () => void (await keyInit({ as: by }, keys)));
afterAll(() => [keys, ...shells].forEach((shell) => shell.remove()));

/** Nothing of the machine's own configuration, and this as S3. */
function shellWith(url: string, more: Record<string, string> = {}, signal?: AbortSignal): TestShell {
  const own = Object.fromEntries(Object.entries(keys.env).map(([name, value = '']) => [name, value]));
  const aws = {
    AWS_ENDPOINT_URL_S3: url,
    AWS_ACCESS_KEY_ID: 'STANDIN',
    AWS_SECRET_ACCESS_KEY: 'STANDIN',
    AWS_REGION: 'us-east-1',
    AWS_CONFIG_FILE: '/dev/null',
    AWS_SHARED_CREDENTIALS_FILE: '/dev/null',
  };
  const shell = testShell({ env: { ...own, ...aws, ...more }, ...(signal && { signal }) });
  shells.push(shell);
  return shell;
}

interface Said {
  readonly exit: number;
  readonly out: string;
  readonly err: string;
}

/** One command line, and what it printed. */
async function called(shell: TestShell, ...words: string[]): Promise<Said> {
  const [out, err] = [shell.printed().length, shell.complained().length];
  const exit = await runCli(['--runs-dir', shell.runsDir, ...words], shell);
  return { exit, out: shell.printed().slice(out), err: shell.complained().slice(err) };
}

interface Case {
  readonly shell: TestShell;
  readonly folder: FolderRun;
  readonly standIn: StandIn;
  /** The head as it stands in the folder. */
  head(): Promise<{ readonly seq: number; readonly head: string }>;
  anchor(...more: string[]): Promise<Said>;
  check(...more: string[]): Promise<Said>;
}

/** A run that nobody works on, and a bucket. `through`: what stands between golive and the stand-in. */
async function given(
  more: {
    readonly objects?: Readonly<Record<string, readonly JsonObject[]>>;
    readonly denied?: readonly string[];
    readonly through?: (url: string) => Promise<string>;
    readonly rehearsal?: boolean;
    readonly signal?: AbortSignal;
  } = {},
): Promise<Case> {
  const { objects = {}, denied = [] } = more;
  const account = { s3: { buckets: { ...buckets, anchors: { ...buckets.anchors, objects } } } };
  const standIn = await givenStandIn({ account, faults: { denied: [...denied] } }, Date.now);
  const url = more.through === undefined ? standIn.awsUrl : await more.through(standIn.awsUrl);
  const shell = shellWith(url, {}, more.signal);
  const folder = await folderRun(shell, text, { rehearsal: more.rehearsal ?? false });
  await folder.give({ order: 'close-session', reason: 'later', until: '' });
  return {
    shell,
    folder,
    standIn,
    head: async () => {
      const lines = await folder.store.read(folder.run, 0);
      return { seq: lines.length - 1, head: hashLine(lines.at(-1) ?? '') };
    },
    anchor: (...args) => called(shell, 'anchor', folder.run, '--to', place, '--allow-endpoint', '--as', by, ...args),
    check: (...args) => called(shell, 'anchor', 'check', folder.run, '--from', place, '--allow-endpoint', ...args),
  };
}

const objectsOf = ({ standIn }: Case) => standIn.world().account.s3.buckets['anchors']?.objects ?? {};
const keyOf = (run: string, seq: number): string => `golive/${run}/${String(seq).padStart(12, '0')}.json`;
const version = (body: string, id = 'v1'): JsonObject => ({
  id,
  at: created,
  body: Buffer.from(body).toString('base64'),
});

describe('golive anchor', () => {
  it('prints one line for a ticket, also while somebody works on the run, and writes nothing', async () => {
    const { shell, folder, head } = await given();
    const before = folder.kept();
    const release = await folder.hold();
    const { seq, head: hash } = await head();
    const { exit, out, err } = await called(shell, 'anchor', 'demo-prod');
    await release();
    expect([exit, err]).toEqual([0, '']);
    const at = (await folder.events()).at(-1)?.at;
    expect(out).toBe(`golive ${folder.run} demo-prod at ${at}, head ${seq}  ${humanHead(hash)}  ${seq}:${hash}\n`);
    expect(folder.kept()).toEqual(before);
    const json: unknown = JSON.parse((await called(shell, '--json', 'anchor')).out);
    expect(json).toEqual({ run: folder.run, name: 'demo-prod', seq, head: hash, at, human: humanHead(hash) });
  });

  it('shows a head at gates so that it can be copied by hand, and reads it so again', () => {
    const hash = 'b7e23ec29af22b0b4e41da31e868d57226121c84f1d0c36e9c5a7b0d2f4a6c81';
    expect(anchorLine(`412:${hash}`)).toBe(
      'head 412  W7RD5-QU26I-VQWTS-B3IY6-Q2GVO  note it outside, e.g. in the ticket',
    );
  });

  it('anchors nothing of a log that does not hold', async () => {
    const { shell, folder } = await given();
    const file = join(folder.store.locate(folder.run), 'events', '000000000001.json');
    writeFileSync(file, '{}\n');
    const { exit, out } = await called(shell, 'anchor', folder.run);
    expect([exit, out]).toEqual([3, '']);
  });
});

describe('golive anchor --to', () => {
  it('keeps the head under Object Lock, writes down that it did, and finds it there the next time', async () => {
    const run = await given();
    const { seq, head } = await run.head();
    const { exit, out, err } = await run.anchor('--retain', '30d');
    expect([exit, err]).toEqual([0, expect.stringContaining('(AWS_ENDPOINT_URL_S3) answers instead of AWS.')]);
    const key = keyOf(run.folder.run, seq);
    const [kept] = objectsOf(run)[key] ?? [];
    expect(Buffer.from(kept?.body ?? '', 'base64').toString()).toBe(anchorText({ run: run.folder.run, seq, head }));
    expect(kept?.lock?.mode).toBe('COMPLIANCE');
    const days = (Date.parse(kept?.lock?.until ?? '') - Date.now()) / 86_400_000;
    expect(Math.round(days)).toBe(30);
    const until = kept?.lock?.until.slice(0, 10);
    expect(out).toContain(`kept: s3://anchors/${key} at 127.0.0.1:`);
    expect(out).toContain(`nobody can change or delete it before ${until}\nThe log says so.\n`);
    const events = await run.folder.events();
    expect(events.slice(-3).map(({ kind }) => kind)).toEqual(['session.open', 'anchor', 'session.close']);
    expect(events.at(-2)?.body).toEqual({
      seq,
      head,
      place: expect.stringContaining(`s3://anchors/${key} at 127.0.0.1:`) as string,
      token: kept?.id,
    });
    expect((await verifyLog(joinLines(await run.folder.store.read(run.folder.run, 0)), {})).verdict).toBe('UNTRUSTED');

    // The next one is of the lines that came with the first.
    expect((await run.anchor()).exit).toBe(0);
    const names = Object.keys(objectsOf(run));
    expect(names).toEqual(['golive/golive-canary.json', key, keyOf(run.folder.run, seq + 3)]);
  });

  it('says that it was there already, and that the log cannot say so, once the run is sealed', async () => {
    const run = await given();
    const { seq, head } = await run.head();
    const release = await run.folder.hold();
    const first = await run.anchor();
    expect(first.out).toContain('The log does not say so: somebody works on the run.');
    const again = await run.anchor('--json');
    await release();
    expect(JSON.parse(again.out)).toMatchObject({
      seq,
      head,
      kept: { already: true, token: objectsOf(run)[keyOf(run.folder.run, seq)]?.[0]?.id },
      logged: false,
      why: 'somebody works on the run',
    });
    expect(await run.head()).toEqual({ seq, head });
  });

  it('keeps it without a line in the log where nobody can sign, where the process was killed, and once it is sealed', async () => {
    const run = await given();
    const { seq } = await run.head();
    const unsigned = await called(
      run.shell,
      'anchor',
      run.folder.run,
      '--to',
      place,
      '--allow-endpoint',
      '--as',
      'x@y.z',
      '--key',
      'nowhere',
    );
    expect([unsigned.exit, unsigned.out]).toEqual([0, expect.stringContaining('The log does not say so: ')]);
    expect(Object.keys(objectsOf(run))).toContain(keyOf(run.folder.run, seq));

    const killed = await folderRun(run.shell, text, { rehearsal: false, letter: 'b' });
    const after = await called(run.shell, 'anchor', killed.run, '--to', place, '--allow-endpoint', '--as', by);
    expect(after.out).toContain('The log does not say so: the process that worked on the run was killed');
    await killed.seal();
    const sealed = await called(run.shell, 'anchor', killed.run, '--to', place, '--allow-endpoint', '--as', by);
    expect([sealed.exit, sealed.out]).toEqual([
      0,
      expect.stringContaining('The log does not say so: the run is sealed.'),
    ]);
  });

  it('leaves a run paused that was paused', async () => {
    const run = await given();
    const shell = run.shell;
    const folder = await folderRun(shell, text, { rehearsal: false, letter: 'b' });
    await folder.give({ order: 'pause', by, reason: 'lunch', step: '' });
    await folder.give({ order: 'close-session', reason: 'paused', until: '' });
    expect((await called(shell, 'anchor', folder.run, '--to', place, '--allow-endpoint', '--as', by)).exit).toBe(0);
    expect((await readRun(folder.store, folder.run)).state.paused).toEqual({ by, reason: 'lunch' });
    expect((await folder.events()).map(({ kind }) => kind)).toContain('anchor');
  });

  it('does nothing in a rehearsal, and nothing for a wrong place, time or region', async () => {
    const rehearsal = await given({ rehearsal: true });
    const refused = await rehearsal.anchor();
    expect([refused.exit, refused.out]).toEqual([3, '']);
    expect(refused.err).toContain('is a rehearsal, which leaves nothing outside this machine');
    expect(rehearsal.standIn.requests()).toEqual([]);

    const run = await given();
    const to = (...more: string[]): Promise<Said> => called(run.shell, 'anchor', run.folder.run, '--as', by, ...more);
    expect(await to('--to', place)).toMatchObject({
      exit: 3,
      err: expect.stringContaining('instead of AWS') as string,
    });
    for (const words of [
      ['--to', 'anchors/golive', '--allow-endpoint'],
      ['--to', 's3://anchors/../x', '--allow-endpoint'],
      ['--to', place, '--allow-endpoint', '--retain', '1h'],
      ['--to', place, '--allow-endpoint', '--retain', 'long'],
      ['--to', place, '--allow-endpoint', '--retain', '99999d'],
      ['--to', place, '--allow-endpoint', '--region', 'europe'],
      ['--retain', '30d'],
    ])
      expect([words, (await to(...words)).exit]).toEqual([words, 3]);
    expect(run.standIn.requests()).toEqual([]);
  });

  it('says that another head is kept for that event: somebody wrote the log anew', async () => {
    const run = await given();
    const { seq } = await run.head();
    const other = anchorText({ run: run.folder.run, seq, head: 'a'.repeat(64) });
    const account = { s3: { buckets: { anchors: { objects: { [keyOf(run.folder.run, seq)]: [version(other)] } } } } };
    run.standIn.applyPatch({ account });
    const { exit, err } = await run.anchor();
    expect([exit, err]).toEqual([22, expect.stringContaining(`says something else about event ${seq}: ${other}`)]);
    expect((await run.folder.events()).map(({ kind }) => kind)).not.toContain('anchor');
  });

  it.each([
    [
      'a bucket without Object Lock',
      's3://plain/golive',
      [],
      'Bucket is missing Object Lock Configuration',
      'put-object-lock-configuration --bucket plain',
    ],
    ['a bucket that is not there', 's3://nobody/golive', [], 'there is no bucket nobody', ''],
    ['a bucket of another region', 's3://far/golive', [], 'the bucket is not in us-east-1', '--region REGION'],
    [
      'a permission that is missing',
      place,
      ['s3:PutObject'],
      'the IAM action s3:PutObject is missing',
      'Allow it on anchors',
    ],
  ])('says what to do about %s', async (_, to, denied, words, hint) => {
    const { shell, folder } = await given({ denied });
    const { exit, err } = await called(shell, 'anchor', folder.run, '--to', to, '--allow-endpoint', '--as', by);
    expect([exit, err]).toEqual([3, expect.stringContaining(words)]);
    expect(err).toContain(hint);
    expect((await folder.events()).map(({ kind }) => kind)).not.toContain('anchor');
  });

  it('takes the word of the store where it may only write', async () => {
    const run = await given({ denied: ['s3:GetObject'] });
    const { exit, out } = await run.anchor();
    expect([exit, out]).toEqual([0, expect.stringContaining('whether it is locked could not be seen')]);
  });
});

/** A server of a test; its URL. */
async function serving(answer: (incoming: IncomingMessage, outgoing: ServerResponse) => void): Promise<string> {
  const server = createServer(answer);
  await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening));
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  const address = server.address();
  return `http://127.0.0.1:${typeof address === 'object' ? address?.port : ''}`;
}

/** Something in front of the stand-in that sees, loses or bends what passes. */
function between(
  bend: (asked: string, forward: () => Promise<void>, outgoing: ServerResponse) => Promise<void> | void,
): (url: string) => Promise<string> {
  return (url) =>
    serving((incoming, outgoing) => {
      const chunks: Buffer[] = [];
      incoming.on('data', (chunk: Buffer) => chunks.push(chunk));
      incoming.on('end', () => {
        const { method = 'GET', url: path = '/' } = incoming;
        const kept = Object.entries(incoming.headers).filter(
          ([name]) => !/^(?:host|connection|content-length|expect)$/.test(name),
        );
        const headers = Object.fromEntries(kept.map(([name, value]) => [name, String(value)]));
        // Not fetch, which says more about caches than it was told.
        const forward = (): Promise<void> =>
          new Promise((done, fail) => {
            const asked = request(url + path, { method, headers }, (answer) => {
              outgoing.writeHead(answer.statusCode ?? 0, answer.headers);
              if (outgoing.destroyed) answer.resume();
              else answer.pipe(outgoing);
              answer.on('end', done);
            });
            asked.on('error', fail).end(Buffer.concat(chunks));
          });
        void bend(`${method} ${path}`, forward, outgoing);
      });
    });
}

const isAnchorPut = (asked: string): boolean => asked.startsWith('PUT') && /\d{12}\.json/.test(asked);

describe('a store that cannot be relied on', () => {
  it('is refused when it writes over what is there', async () => {
    const puts: string[] = [];
    const url = await serving((incoming, outgoing) => {
      puts.push(`${incoming.method} ${incoming.url} ${incoming.headers['if-none-match']}`);
      incoming.resume().on('end', () => outgoing.writeHead(200, { etag: '"1"' }).end());
    });
    const { folder, anchor } = await given({ through: () => Promise.resolve(url) });
    const { exit, err } = await anchor();
    expect([exit, err]).toEqual([3, expect.stringContaining('wrote over s3://anchors/golive/golive-canary.json')]);
    expect(puts).toEqual(Array.from({ length: 2 }, () => 'PUT /anchors/golive/golive-canary.json?x-id=PutObject *'));
    expect((await folder.events()).map(({ kind }) => kind)).not.toContain('anchor');
  });

  it('is refused when it does not know the condition', async () => {
    const url = await serving((incoming, outgoing) => {
      const body = '<Error><Code>NotImplemented</Code><Message>No</Message></Error>';
      incoming.resume().on('end', () => outgoing.writeHead(501).end(body));
    });
    const { anchor } = await given({ through: () => Promise.resolve(url) });
    expect(await anchor()).toMatchObject({ exit: 3, err: expect.stringContaining('If-None-Match') as string });
  });

  it('is not believed when it says that everything is there', async () => {
    const url = await serving((incoming, outgoing) => {
      const status = incoming.method === 'PUT' ? 412 : 404;
      incoming.resume().on('end', () => outgoing.writeHead(status).end());
    });
    const { anchor } = await given({ through: () => Promise.resolve(url) });
    expect(await anchor()).toMatchObject({ exit: 2, err: expect.stringContaining('is not there') as string });
  });

  it('is asked what it has when its answer is lost, and not sent to again', async () => {
    const seen: string[] = [];
    const run = await given({
      through: between(async (asked, forward, outgoing) => {
        seen.push(asked);
        if (isAnchorPut(asked)) outgoing.writeHead = () => outgoing.destroy();
        await forward();
      }),
    });
    const { exit, out } = await run.anchor();
    expect([exit, out]).toEqual([0, expect.stringContaining('kept: ')]);
    expect(seen.filter(isAnchorPut)).toHaveLength(1);
    expect((await run.folder.events()).map(({ kind }) => kind)).toContain('anchor');
  });

  it('has nothing when the request is lost: that is said, and nothing is sent again', async () => {
    const seen: string[] = [];
    const run = await given({
      through: between(async (asked, forward, outgoing) => {
        seen.push(asked);
        if (isAnchorPut(asked)) outgoing.socket?.destroy();
        else await forward();
      }),
    });
    const { exit, err } = await run.anchor();
    expect([exit, err]).toEqual([2, expect.stringContaining('is not there')]);
    expect(seen.filter(isAnchorPut)).toHaveLength(1);
    expect((await run.folder.events()).map(({ kind }) => kind)).not.toContain('anchor');
  });

  it('may have it or not when golive is interrupted on the way', async () => {
    const stop = new AbortController();
    const run = await given({
      signal: stop.signal,
      through: between((asked, forward) => (isAnchorPut(asked) ? stop.abort('SIGINT') : forward())),
    });
    const { exit, err } = await run.anchor();
    expect([exit, err]).toEqual([130, expect.stringContaining('it may be there or not')]);
  });

  it('is refused when it does not lock what it was told to lock', async () => {
    const run = await given({
      through: between(async (asked, forward, outgoing) => {
        const head = outgoing.writeHead.bind(outgoing);
        outgoing.writeHead = (status: number, headers: never) =>
          head(status, {
            ...(headers as object),
            ...(asked.startsWith('GET') && { 'x-amz-object-lock-mode': 'GOVERNANCE' }),
          });
        await forward();
      }),
    });
    expect(await run.anchor()).toMatchObject({
      exit: 3,
      err: expect.stringContaining('is not locked as was asked for') as string,
    });
  });
});

describe('golive anchor check', () => {
  it('holds all that was kept against the log: how many, how far, since when', async () => {
    const run = await given();
    await run.anchor();
    await run.anchor();
    const { seq } = await run.head();
    const { exit, out } = await run.check();
    expect(exit).toBe(0);
    expect(out.split('\n')[0]).toBe(`HELD: the log holds all 2 anchors, up to event ${seq - 3} of ${seq}`);
    expect(out).toContain('  anchors  2 of 2 fit');
    expect(out).toContain(`  note     a rewrite of what follows event ${seq - 3} would not show`);
    const json: unknown = JSON.parse((await run.check('--json')).out);
    expect(json).toMatchObject({ verdict: 'HELD', exit: 0, anchors: 2, fit: 2, to: seq - 3, hidden: 0, others: 0 });
  });

  it('takes an exported log, and heads that were noted, without a bucket', async () => {
    const { shell, folder, head } = await given();
    const { seq, head: hash } = await head();
    mkdirSync(shell.runsDir, { recursive: true });
    const file = join(shell.runsDir, 'run.jsonl');
    expect((await called(shell, 'export', folder.run, '--out', file)).exit).toBe(0);
    const check = (...words: string[]): Promise<Said> => called(shell, 'anchor', 'check', file, ...words);
    expect((await check('--anchor', humanHead(hash))).out).toContain(
      'HELD: the log holds its anchor, up to its last event',
    );
    expect(await check('--anchor', `${seq}:${hash}`, '--anchor', `0:${hash}`)).toMatchObject({
      exit: 22,
      out: expect.stringContaining('DIVERGED: event 0 is another line than the anchor has at that place') as string,
    });
    expect((await check()).exit).toBe(3);
    expect((await check('--anchor', 'nonsense')).exit).toBe(3);
  });

  it('says nothing good where nothing is kept, or where it cannot be read', async () => {
    const none = await given();
    expect(await none.check()).toMatchObject({
      exit: 23,
      out: expect.stringContaining('there is no anchor of this run') as string,
    });
    for (const action of ['s3:ListBucketVersions', 's3:GetObject']) {
      const denied = await given({ denied: [action] });
      const { seq, head } = await denied.head();
      const body = anchorText({ run: denied.folder.run, seq, head });
      const objects = { [keyOf(denied.folder.run, seq)]: [version(body)] };
      denied.standIn.applyPatch({ account: { s3: { buckets: { anchors: { objects } } } } });
      const { exit, err } = await denied.check();
      expect([exit, err]).toEqual([23, expect.stringContaining(`the IAM action ${action} is missing`)]);
    }
  });

  it.each<[string, (run: string, seq: number, head: string) => Record<string, readonly JsonObject[]>, number, string]>([
    ['no JSON', (run, seq) => ({ [keyOf(run, seq)]: [version('nonsense')] }), 23, 'is not JSON'],
    ['huge', (run, seq) => ({ [keyOf(run, seq)]: [version('x'.repeat(300_000))] }), 23, 'has more than 4096 bytes'],
    [
      'of another run',
      (run, seq, head) => ({ [keyOf(run, seq)]: [version(anchorText({ run: 'c'.repeat(26), seq, head }))] }),
      22,
      'the anchor is one of run cccccccccccccccccccccccccc',
    ],
    [
      'beyond the end',
      (run, seq, head) => ({ [keyOf(run, seq + 1)]: [version(anchorText({ run, seq: seq + 1, head }))] }),
      22,
      'is missing: this log ends with event',
    ],
    [
      'the true one, under a newer one that fits the log',
      (run, seq, head) => {
        const kept = version(anchorText({ run, seq, head: 'b'.repeat(64) }));
        return { [keyOf(run, seq)]: [kept, version(anchorText({ run, seq, head }), 'v2')] };
      },
      22,
      '(version v1): event',
    ],
    [
      'the true one, under a delete marker',
      (run, seq) => ({
        [keyOf(run, seq)]: [version(anchorText({ run, seq, head: 'b'.repeat(64) })), { id: 'v2', at: created }],
      }),
      22,
      '(version v1): event',
    ],
  ])('finds an object that was put there by somebody: %s', async (_, forged, exit, words) => {
    const run = await given();
    const { seq, head } = await run.head();
    const good = anchorText({
      run: run.folder.run,
      seq: 0,
      head: hashLine((await run.folder.store.read(run.folder.run, 0))[0] ?? ''),
    });
    const objects = { [keyOf(run.folder.run, 0)]: [version(good)], ...forged(run.folder.run, seq, head) };
    run.standIn.applyPatch({ account: { s3: { buckets: { anchors: { objects } } } } });
    const found = await run.check();
    expect([found.exit, found.out.split('\n')[0]]).toEqual([exit, expect.stringContaining(words)]);
    expect(found.out).toMatch(/fit, up to (?:event 0 of|its last event)/);
  });

  it('passes over what is not named as an anchor, and says so', async () => {
    const run = await given();
    await run.anchor();
    run.standIn.applyPatch({
      account: {
        s3: { buckets: { anchors: { objects: { [`golive/${run.folder.run}/notes.txt`]: [version('hello')] } } } },
      },
    });
    const { exit, out } = await run.check();
    expect([exit, out]).toEqual([0, expect.stringContaining('1 other objects lie beside them, and were not read')]);
  });

  it('finds out who wrote the end of the log anew after it was kept', async () => {
    const run = await given();
    const { seq } = await run.head();
    await run.anchor();
    // The same people, the same run id, other lines from the first on.
    const other = shellWith(run.standIn.awsUrl);
    const rewritten = await folderRun(other, text, { rehearsal: false });
    await rewritten.give({ order: 'note', by, step: '', text: 'nothing happened' });
    await rewritten.give({ order: 'close-session', reason: 'later', until: '' });
    expect(rewritten.run).toBe(run.folder.run);
    const found = await called(other, 'anchor', 'check', rewritten.run, '--from', place, '--allow-endpoint');
    expect([found.exit, found.out]).toEqual([
      22,
      expect.stringContaining(`event ${seq} is another line than the anchor`),
    ]);
    const log = joinLines(await openStore(other, other).read(rewritten.run, 0));
    expect((await verifyLog(log, {})).verdict).toBe('UNTRUSTED');
  });
});

describe('a place for anchors', () => {
  it.each([
    ['s3://anchors/golive', { bucket: 'anchors', prefix: 'golive' }],
    ['s3://anchors/a/b.c/', { bucket: 'anchors', prefix: 'a/b.c' }],
    ['s3://anchors', { bucket: 'anchors', prefix: '' }],
    ['s3://anchors/', { bucket: 'anchors', prefix: '' }],
  ])('is %s', (written, read) => {
    expect(anchorPlaceOf(written)).toEqual(read);
  });

  it.each([
    'anchors',
    's3://A',
    's3://a',
    's3://anchors/a//b',
    's3://anchors/./b',
    's3://arn:aws:s3:::x/y',
    's3://anchors/a b',
    `s3://anchors/${'p'.repeat(151)}`,
  ])('is not %s', (written) => {
    expect(() => anchorPlaceOf(written)).toThrow(expect.objectContaining({ code: 'usage' }));
  });
});
