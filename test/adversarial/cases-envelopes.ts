// Logs bent in the form of what people say in them: signatures for something else, and envelopes that are none.

import type { Bodies, Envelope } from '../../src/engine/events.ts';
import type { Json } from '../../src/engine/json.ts';
import { canonicalText } from '../../src/log/canonical.ts';
import { namespaces } from '../../src/log/sshsig.ts';
import type { StatementKind } from '../../src/log/statement.ts';
import { inReal, invalidAt, lineKinds, lineOf, statements, unseen, type Case, type Logs } from './cases.ts';
import { changed, signedAgain } from './forge.ts';
import { envelopeOf, signWith, type Person } from './keys.ts';
import { partsOf } from './mutate.ts';

/** For each kind of statement: by whom and for what it is signed, what stands in it, and what it is put into. */
export function envelopeCases(logs: Logs): Case[] {
  return statements.flatMap((kind) => [...signatureOf(logs, kind), ...payloads(logs, kind), ...envelopes(logs, kind)]);
}

function signatureOf(logs: Logs, kind: StatementKind): Case[] {
  const { ada } = logs.stage;
  const says = `the signature of its ${kind} does not fit: it is for something else, or in another form`;
  const by = (what: string, sign: Person['sign']): Case => {
    const drafts = changed(logs.drafts, lineKinds[kind], () => ({ says: { signer: { ...ada, sign } } }), 0);
    const log = async (): Promise<Uint8Array> => (await logs.written(drafts)).bytes;
    return inReal(logs)({ no: 8, what: `a ${kind} ${what}`, log, expected: invalidAt(lineIn(logs, kind), says) });
  };
  const bytes =
    (change: (blob: Buffer) => Uint8Array): Person['sign'] =>
    async (name, message) =>
      change(Buffer.from(signWith(ada.file, name, message)));
  // After six letters, the version, the key and the namespace.
  const reserved = 6 + 4 + 4 + 51 + 4 + namespaces[kind].length;
  const filled = (blob: Buffer): Uint8Array =>
    Buffer.concat([blob.subarray(0, reserved), Buffer.from('\0\0\0\u0001x', 'latin1'), blob.subarray(reserved + 4)]);
  const others = Object.values(namespaces).filter((name) => name !== namespaces[kind]);
  return [
    ...others.map((name) => by(`in ${name}`, async (_, message) => signWith(ada.file, name, message))),
    by('over SHA-256', async (name, message) => signWith(ada.file, name, message, ['-O', 'hashalg=sha256'])),
    by('with something in its reserved field', bytes(filled)),
    by(
      'with a byte after it',
      bytes((blob) => Buffer.concat([blob, Buffer.of(0)])),
    ),
  ];
}

function payloads(logs: Logs, kind: StatementKind): Case[] {
  const { ada, bob } = logs.stage;
  const text = Buffer.from(statementIn(logs, kind).payload, 'base64').toString('utf8');
  const json = JSON.parse(text);
  const but = (change: object): string => canonicalText({ ...json, ...change });
  const inside = (change: object): string => but({ predicate: { ...json.predicate, ...change } });
  const notOne = `its statement is not a ${kind}`;
  const spelled = 'it is not canonical JSON';
  const rows: [string, string, string][] = [
    ['with spaces', JSON.stringify(json, null, 1), spelled],
    ['with a second key', text.replace('"run":', '"run":"","run":'), spelled],
    ['that is no JSON', text.slice(1), 'it is not JSON'],
    ['with a field too much', inside({ x: 1 }), notOne],
    ['with a field too much around it', but({ x: 1 }), notOne],
    ['about two things', but({ subject: [...json.subject, ...json.subject] }), notOne],
    ['about nothing', but({ subject: [] }), notOne],
    ['of another version', but({ predicateType: `urn:golive:${kind}:2` }), notOne],
    ['of another kind', but({ predicateType: `urn:golive:${kind === 'seal' ? 'grant' : 'seal'}:1` }), notOne],
    [
      'that names another key',
      inside({ signer: bob.publicKey }),
      `its ${kind} names another key than the one that signed it`,
    ],
    ['in another name', inside({ principal: 'eve@example.com' }), `its ${kind} is signed in another name`],
    ['for another run', inside({ run: 'b'.repeat(26) }), `its ${kind} is for another run`],
    ...(kind === 'seal' ? participants(inside, [ada.principal, bob.principal]) : []),
  ];
  return rows.map(([what, bent, says]) => putIn(logs, kind, what, () => ({ ...envelopeOf(ada, kind, bent) }), says));
}

/** Of a seal: who took part. The script does not look at that. */
function participants(
  inside: (change: object) => string,
  [ada, bob]: readonly [string, string],
): [string, string, string][] {
  const inOrder = 'its seal does not name each participant once, in order';
  return [
    ['that names them in another order', inside({ participants: [bob, ada] }), inOrder],
    ['that names one of them twice', inside({ participants: [ada, ada, bob] }), inOrder],
    [
      'that names somebody else',
      inside({ participants: [ada, bob, 'eve@example.com'] }),
      'its seal names somebody who said nothing in this log',
    ],
  ];
}

function envelopes(logs: Logs, kind: StatementKind): Case[] {
  const field = kind === 'grant' ? 'session.grant' : 'statement';
  const form = (says: string): string => `its body is not that of a ${lineKinds[kind]}: ${field}.${says}`;
  const sig =
    (change: (sig: string) => string) =>
    ({ signatures }: Envelope) => ({
      signatures: signatures.map((one) => ({ ...one, sig: change(one.sig) })),
    });
  const keyid =
    (change: (keyid: string) => string) =>
    ({ signatures }: Envelope) => ({
      signatures: signatures.map((one) => ({ ...one, keyid: change(one.keyid) })),
    });
  const another = (last: string): string => (last === 'A' ? 'B' : 'A');
  const notName = 'signatures.0.keyid: Invalid string: must match pattern /^SHA256:[A-Za-z0-9+/]{43}$/';
  const notType = 'payloadType: Invalid input: expected "application/vnd.in-toto+json"';
  const more = `its body is not that of a ${lineKinds[kind]}: ${field}: Unrecognized key: "x"`;
  const otherKey = `its ${kind} names another key than the one that signed it`;
  const two = ({ signatures: [one] }: Envelope): object => ({ signatures: [one, one] });
  const unpadded = sig((text) => text.replace(/=+$/, ''));
  const foreign = ({ payload }: Envelope): object => ({ payload: payload.replace(/^e/, '_') });
  const noText = { payload: Buffer.of(0xff, 0xfe).toString('base64') };
  const none = sig(() => 'AAAA');
  const noBlob = 'a signature is not in the format of SSHSIG version 1';
  const rows: [string, (said: Envelope) => object, string][] = [
    ['with the name of another key', keyid((id) => id.replace(/.$/, another)), otherKey],
    ['with no name of a key', keyid(() => ''), form(notName)],
    ['of another type', () => ({ payloadType: 'application/json' }), form(notType)],
    ['with two signatures', two, form('signatures: Too big: expected array to have exactly 1 items')],
    [
      'with no signature',
      () => ({ signatures: [] }),
      form('signatures: Too small: expected array to have exactly 1 items'),
    ],
    ['with a field too much beside it', () => ({ x: 1 }), more],
    ['without padding', unpadded, form('signatures.0.sig: not standard base64')],
    ['in the letters of URLs', foreign, form('payload: not standard base64')],
    ['that is not UTF-8', () => noText, 'it is not UTF-8'],
    ['whose signature is none', none, noBlob],
  ];
  return rows.map(([what, change, says]) => putIn(logs, kind, what, (said) => ({ ...said, ...change(said) }), says));
}

/** What the script does not look for: by log-format.md it only compares what has to agree. */
const unseenForms: ReadonlySet<string> = new Set([
  'with a second key',
  'that is no JSON',
  'with a field too much',
  'with the name of another key',
  'with no name of a key',
  'of another type',
  'with two signatures',
  'with a field too much beside it',
  'that names them in another order',
  'that names one of them twice',
  'that names somebody else',
]);

function scriptOn(what: string, kind: StatementKind): Pick<Case, 'script'> {
  // The size in a seal stands last, where this field comes.
  const seen = kind === 'seal' && what === 'with a field too much';
  return unseenForms.has(what) && !seen ? { script: kind === 'seal' ? unseen.sealed : unseen.open } : {};
}

/** The log that golive wrote up to this statement, with another one in its place, in a line that the session signs. */
function putIn(logs: Logs, kind: StatementKind, what: string, change: (said: Envelope) => object, says: string): Case {
  const line = lineIn(logs, kind);
  const log = (): Uint8Array =>
    signedAgain(logs.own, line - 1, (event) => {
      const fields = JSON.parse(event);
      const statement = change(statementIn(logs, kind)) as Json;
      const { session } = fields.body;
      const body =
        session === undefined
          ? { ...fields.body, statement }
          : { ...fields.body, session: { ...session, grant: statement } };
      return canonicalText({ ...fields, body });
    });
  const expected = invalidAt(line, says);
  return inReal(logs)({ no: 8, what: `a ${kind} ${what}`, log, expected, ...scriptOn(what, kind) });
}

function statementIn({ own, ...logs }: Logs, kind: StatementKind): Envelope {
  const { event } = partsOf(own.lines[lineIn({ own, ...logs }, kind) - 1] ?? Buffer.of());
  const { body }: { readonly body: Bodies['signoff'] & Bodies['run.open'] } = JSON.parse(event);
  return kind === 'grant' ? body.session.grant : body.statement;
}

function lineIn({ drafts }: Logs, kind: StatementKind): number {
  return lineOf(drafts, lineKinds[kind]);
}
