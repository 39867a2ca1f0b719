// Logs bent in who writes them: lines in a session that is somebody else's, and words of people that a session says.

import type { Bodies, Envelope } from '../../src/engine/events.ts';
import { namespaces } from '../../src/log/sshsig.ts';
import { bender, invalidAt, lineKinds, lineOf, statements, type Bend, type Case, type Logs } from './cases.ts';
import { changed, type Draft, type Hand } from './forge.ts';
import { asSession, newPerson, signWith, type Person } from './keys.ts';
import { partsOf } from './mutate.ts';

/** Every case of a session that may not write, or not this. */
export function sessionCases(logs: Logs): Case[] {
  return [sessions, thefts, grants].flatMap((make) => make(logs, bender(logs)));
}

function sessions({ drafts, stage, own }: Logs, bend: Bend): Case[] {
  const { bob, ada } = stage;
  const at = drafts[0]?.at ?? 0;
  const { session } = openingIn(own.lines);
  const hers = own.keys[0]?.sid ?? '';
  const open = drafts.slice(0, 1);
  /** Another session, hers or his, and what it writes. */
  const opened = (principal: string): Draft => ({ ...second('session.open', { session: { ...session, principal } }) });
  const second = <K extends keyof Bodies>(kind: K, body: Bodies[K]): Draft<K> => ({ kind, body, at, session: 1 });
  const note = second('note', { by: ada.principal, step: '', text: 'All is well.' });
  const first = (draft: Draft): Draft => ({ ...draft, session: 0 });
  const close = first(second('session.close', { reason: 'paused', until: '' }));
  const revoke = second('session.revoke', { sid: hers, reason: 'lost' });
  const granted = (from: number, until: number): Draft[] =>
    changed(drafts, 'run.open', () => ({ says: { from, until } }));
  const rows: [string, readonly Draft[], number, string][] = [
    ['by another that is open', [...open, opened(bob.principal), { ...note, sid: hers }], 3, unfit],
    ['by one that nobody opened', [...open, note], 2, 'nobody opened its session'],
    ['by one that nobody opened, under her id', [...open, { ...note, sid: hers }], 2, unfit],
    ['by one that was closed', [...open, close, first(note)], 3, 'its session was closed before'],
    [
      'by one that she revoked',
      [...open, opened(ada.principal), revoke, first(note)],
      4,
      'its session was revoked before',
    ],
    [
      'that revokes hers, by him',
      [...open, opened(bob.principal), revoke],
      3,
      'it revokes a session that is not of the same person',
    ],
    ['that opens hers once more', [...open, first(opened(ada.principal))], 2, 'its session was opened before'],
    ['whose grant is for later', granted(at + 1, at + 9), 1, 'its grant does not hold at this time'],
    ['whose grant is over', granted(at - 9, at - 1), 1, 'its grant does not hold at this time'],
    ['whose grant ends before it does', granted(at, drafts[2]?.at ?? 0), 4, 'the grant of its session had run out'],
  ];
  return rows.map(([what, all, line, says]) =>
    bend(12, what, all, invalidAt(line, says), { hand: { keys: own.keys } }),
  );
}

const unfit = 'its signature does not fit';

/** Whoever has the key of her session has hers to sign with, and nothing that they sign so is hers. */
function thefts({ drafts, stage }: Logs, bend: Bend): Case[] {
  const thief = newPerson(stage.ada.principal, stage.folder);
  const asLine: Person = { ...thief, sign: async (_, message) => signWith(thief.file, namespaces.event, message) };
  const hand: Partial<Hand> = { keys: [asSession(thief)] };
  return statements.flatMap((kind) => {
    const by = (what: string, signer: Person, says: string): Case => {
      const bent = changed(drafts, lineKinds[kind], () => ({ says: { signer } }), 0);
      return bend(13, `a ${kind}${what}`, bent, invalidAt(lineOf(drafts, lineKinds[kind]), says), { hand });
    };
    return [
      by('', thief, `its ${kind} is signed by a session, not by a person`),
      by(
        ', signed as its lines are',
        asLine,
        `the signature of its ${kind} does not fit: it is for something else, or in another form`,
      ),
    ];
  });
}

function grants({ drafts, own, other, stage }: Logs, bend: Bend): Case[] {
  const opens = (statement: Envelope, principal = stage.ada.principal): Draft[] =>
    changed(drafts, 'run.open', ({ body }) => ({
      statement,
      body: { ...body, session: { ...body.session, principal } },
    }));
  const hers = openingIn(own.lines).session.grant;
  const rows: [string, readonly Draft[], string, Partial<Hand>][] = [
    ['for another session', opens(hers), 'its grant is for another session', {}],
    [
      'in another run',
      opens(openingIn(other.lines).session.grant),
      'its grant is for another run',
      { keys: other.keys },
    ],
    ['by another person', opens(hers, stage.bob.principal), 'its grant is signed in another name', { keys: own.keys }],
  ];
  return rows.map(([what, all, says, hand]) => bend(14, `a grant, ${what}`, all, invalidAt(1, says), { hand }));
}

function openingIn([line]: readonly Uint8Array[]): Bodies['run.open'] {
  const { body }: { readonly body: Bodies['run.open'] } = JSON.parse(partsOf(line ?? Buffer.of()).event);
  return body;
}
