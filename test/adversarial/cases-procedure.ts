// Logs that are whole, and went another way than the checklist has it, or at another time than they say.

import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Bodies } from '../../src/engine/events.ts';
import { digest } from '../../src/log/canonical.ts';
import {
  bender,
  ends,
  invalidAt,
  lineOf,
  notKeptAt,
  otherRun,
  sealed,
  type Bend,
  type Case,
  type Logs,
} from './cases.ts';
import { changed, draftsOf, type Draft } from './forge.ts';
import { named, newPerson } from './keys.ts';
import { checklistText } from './logs.ts';

/** Every case in which each word is somebody's own, and still does not count. */
export function procedureCases(logs: Logs): Case[] {
  return [again, replayed, stale, twice, shared, nobody, earlier].flatMap((make) => make(logs, bender(logs)));
}

/** Judged with the evidence of the run, and so by its checklist. The script does not look at the procedure. */
function withChecklist({ real }: Logs): Partial<Case> {
  return { blobs: join(real.folder, 'blobs'), script: 'not asked' };
}

const partly = 'the procedure was only checked as far as it can be without the checklist';
const hisGo = 'the go that bob@example.com signed for ops about go-live: ';
const herGo = 'the go that ada@example.com signed for ops about go-live: ';

/** His word once more: right after it, and at the next attempt of a gate that was refused. */
function again(logs: Logs, bend: Bend): Case[] {
  const { drafts } = logs;
  const line = lineOf(drafts, 'signoff', 1);
  const doubled = drafts.flatMap((draft, index) => (index === line - 1 ? [draft, draft] : [draft]));
  const said = `${hisGo}bob@example.com has signed about attempt 1 of go-live already (line ${line})`;
  return [bend(14, 'a sign-off, twice', doubled, notKeptAt(line + 1, said), withChecklist(logs))];
}

/** The gate was refused. At its next attempt he is not asked: what he said at the first is said for him. */
function replayed(logs: Logs, bend: Bend): Case[] {
  const { drafts, written, stage } = logs;
  const first = lineOf(drafts, 'step.start', 1) - 1;
  const attempt = drafts.slice(first, lineOf(drafts, 'phase.close') - 1);
  const [more, last] = [attempt.length, attempt.at(-1)?.at ?? 0];
  const against = { decision: 'no-go' as const };
  const judged = ({ body }: Draft<'step.verdict'>): Partial<Draft<'step.verdict'>> => {
    const findings = body.findings.map((one, at) =>
      at > 0 ? one : { ...one, verdict: 'fail' as const, observed: `no-go by ${stage.ada.principal}` },
    );
    return { body: { ...body, verdict: 'fail', findings } };
  };
  const noGo = changed(attempt, 'signoff', ({ body }) => ({ body: { ...body, ...against } }), 0);
  const voted = changed(noGo, 'gate.vote', ({ body }) => ({ body: { ...body, ...against } }), 0);
  const refused = [...drafts.slice(0, first), ...changed(voted, 'step.verdict', judged)];
  const start = changed(attempt, 'step.start', ({ body }) => ({ body: { ...body, attempt: 2, why: 'retry' } }));
  const anew = changed(start, 'gate.vote', ({ body }) => ({
    body: { ...body, attempt: 2, signoff: body.signoff + more },
  }));
  const sheAgain = changed(anew, 'signoff', ({ body }) => ({
    body: { ...body, attempt: 2, seen: (body.seen ?? 0) + more },
    says: { attempt: 2 },
  }));
  const his = lineOf(drafts, 'signoff', 1);
  const withVote = (attemptOf: number) => async (): Promise<Uint8Array> => {
    const before = await written(refused);
    const body = draftsOf(before.lines)[his - 1]?.body as Bodies['signoff'];
    const replay = changed(sheAgain, 'signoff', () => ({ body, statement: body.statement }), 1);
    const next = changed(replay, 'gate.vote', ({ body: vote }) => ({ body: { ...vote, attempt: attemptOf } }), 1);
    const later = next.map((draft) => ({ ...draft, at: last }));
    return (await written([...refused, ...later], { keys: before.keys })).bytes;
  };
  const otherThan = invalidAt(his + more + 1, 'it says something else than the sign-off it names');
  const notNow = notKeptAt(his + more, `${hisGo}it is about attempt 1 of go-live, and this is attempt 2`);
  const what = 'a sign-off, at the next attempt';
  return [
    { ...bend(14, `${what}, with a vote at that`, refused, otherThan), log: withVote(2) },
    { ...bend(14, `${what}, with a vote at its own`, refused, notNow, withChecklist(logs)), log: withVote(1) },
  ];
}

/** He was shown what there was before something else became known. */
function stale(logs: Logs, bend: Bend): Case[] {
  const line = lineOf(logs.drafts, 'signoff', 1);
  const seen = (seq: number): Draft[] =>
    changed(logs.drafts, 'signoff', ({ body }) => ({ body: { ...body, seen: seq } }), 1);
  const since = `${hisGo}told changed after bob@example.com was shown what there was`;
  const judged = lineOf(logs.drafts, 'step.verdict') - 1;
  return [
    bend(20, 'before a step was looked at', seen(judged - 1), notKeptAt(line, since), withChecklist(logs)),
    bend(20, 'before there was anything to see', seen(0), notKeptAt(line, since), withChecklist(logs)),
    bend(20, 'right after it was looked at', seen(judged), sealed, withChecklist(logs)),
  ];
}

function twice(logs: Logs, bend: Bend): Case[] {
  const { drafts, stage } = logs;
  const { ada, folder, signers } = stage;
  const line = lineOf(drafts, 'signoff', 1);
  const second = newPerson(ada.principal, folder);
  const known = { people: `${signers}${ada.principal} ${second.publicKey}\n` };
  const both = [{ principal: ada.principal, roles: ['lead', 'ops'] }];
  const mayBoth = changed(drafts, 'run.open', ({ body }) => ({
    body: { ...body, session: { ...body.session, roles: both } },
  }));
  const alone = hers(mayBoth, ada.principal);
  const twoKeys = changed(alone, 'signoff', () => ({ says: { signer: second } }), 1);
  const voted = `${herGo}ada@example.com has voted for Lead already, and go-live takes different people`;
  const holds = `${herGo}ada@example.com does not hold Operations; bob@example.com holds it`;
  const judged = withChecklist(logs);
  return [
    bend(17, 'one person who holds both roles', alone, notKeptAt(line, voted), judged),
    bend(17, 'one person with two keys', twoKeys, notKeptAt(line, voted), { ...judged, files: known }),
    bend(17, 'one person who holds one of them', hers(drafts, ada.principal), notKeptAt(line, holds), judged),
    bend(17, 'one person, and nobody has the checklist', alone, sealed, { also: partly }),
  ];
}

/** One key of two people: where nobody is listed, in a rehearsal, only the procedure tells. */
function shared(logs: Logs, bend: Bend): Case[] {
  const { ada, bob } = logs.stage;
  const played = changed(logs.drafts, 'run.open', ({ body }) => ({ body: { ...body, rehearsal: true } }));
  const hand = {
    run: `rehearsal-${otherRun}`,
    signers: { [ada.principal]: ada, [bob.principal]: named(ada, bob.principal) },
  };
  const voted = `${hisGo}bob@example.com, with the key of ada@example.com, has voted for Lead already`;
  const expected = notKeptAt(lineOf(logs.drafts, 'signoff', 1), voted);
  return [bend(17, 'one key of two people, in a rehearsal', played, expected, { ...withChecklist(logs), hand })];
}

/** A gate that takes nobody's word is no gate: no checklist can have one, and so none is what the run went by. */
function nobody(logs: Logs, bend: Bend): Case[] {
  const text = checklistText.replace('poll: [lead, ops]', 'poll: [lead, ops], need: { at_least: 0 }');
  const gone = ['signoff', 'gate.vote'];
  const opened = changed(logs.drafts, 'run.open', ({ body }) => ({
    body: { ...body, checklist: { ...body.checklist, digest: digest(text) } },
  }));
  const alone = changed(opened, 'seal', () => ({ says: { participants: [logs.stage.ada.principal] } })).filter(
    ({ kind }) => !gone.includes(kind),
  );
  const put = (folder: string): void => writeFileSync(join(folder, digest(text)), text);
  const unread = 'its checklist is none that can be read here, so nobody can say whether the procedure was kept';
  return [
    bend(17, 'nobody at all', alone, ends(23, `INCOMPLETE: ${unread}`), {
      ...withChecklist(logs),
      spoil: put,
      also: partly,
    }),
  ];
}

/** Both words are hers. */
function hers(drafts: readonly Draft[], principal: string): Draft[] {
  const signed = changed(drafts, 'signoff', ({ body }) => ({ body: { ...body, principal } }), 1);
  const voted = changed(signed, 'gate.vote', ({ body }) => ({ body: { ...body, by: principal } }), 1);
  return changed(voted, 'seal', () => ({ says: { participants: [principal] } }));
}

/** His key expired a week ago, and the log is to be from before. */
function earlier(logs: Logs, bend: Bend): Case[] {
  const { drafts, stage } = logs;
  const line = lineOf(drafts, 'signoff', 1);
  const [day, week] = [86_400_000, 7 * 86_400_000];
  const end = new Date((drafts[0]?.at ?? 0) - week + day).toISOString().slice(0, 10).replaceAll('-', '');
  const people = stage.signers.replace(/(bob@example\.com \S+)/, `$1,valid-before="${end}Z"`);
  const files = { files: { people } };
  const back = drafts.map((draft) => ({ ...draft, at: draft.at - week }));
  const granted = changed(back, 'run.open', ({ at }) => ({ says: { from: at, until: at + day } }));
  const one = drafts.map((draft, index) => (index === line - 1 ? { ...draft, at: draft.at - week } : draft));
  return [
    bend(16, 'of his line', one, invalidAt(line, 'its time is before that of the line before it'), files),
    bend(16, 'of all, with a grant of today', back, invalidAt(1, 'its grant does not hold at this time'), files),
    // Whoever holds every key may write any time. Only an anchor that somebody else has from then would tell.
    bend(16, 'of all, the grant as well', granted, sealed, files),
  ];
}
