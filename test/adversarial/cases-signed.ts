// Logs bent by somebody who holds a session's key, or a person's: every signature is good, and still nothing of it counts.

import { canonicalText } from '../../src/log/canonical.ts';
import { formatAt, noLine } from '../../src/log/line.ts';
import { newSessionKey, type SessionKey } from '../../src/log/session-key.ts';
import { namespaces } from '../../src/log/sshsig.ts';
import { joinLines } from '../../src/log/statement.ts';
import { inReal, invalidAt, open, unseen, type Case, type Logs } from './cases.ts';
import { asSession, newPerson, signWith } from './keys.ts';
import { lineWith, partsOf } from './mutate.ts';

const bytesOf = (text: string): Uint8Array => Buffer.from(text);
const base64 = (bytes: Uint8Array): string => Buffer.from(bytes).toString('base64');

/** What a session signs in a spelling that is not the only one, or in another form than every reader would take alike. */
export function spellingCases(logs: Logs): Case[] {
  const of = inReal(logs);
  const [key] = logs.own.keys;
  if (key === undefined) throw new Error('no session wrote it');
  const before = logs.own.lines.slice(0, 3);
  const good = partsOf(logs.own.lines[3] ?? Buffer.of()).event;
  const fields = JSON.parse(good);
  const but = (change: object): string => canonicalText({ ...fields, ...change });
  const body = (change: object): string => but({ body: { ...fields.body, ...change } });
  const say = (from: string | RegExp, to: string): string => good.replace(from, to);
  const seq = (text: string): string => say('"seq":3', `"seq":${text}`);
  const spelled = 'it is not canonical JSON';
  const form = 'one of at, prev, run, seq, sid is not written as the format has it';
  const eight = 'its fields are not exactly at, body, kind, prev, run, seq, sid, v';
  const ofBody = (says: string): string => `its body is not that of a ask.answer: ${says}`;
  /** `unseen`: the script does not look for that. */
  const rows: [string, string, string, 'unseen'?][] = [
    ['a second key', seq('3,"seq":3'), spelled],
    ['a second key, another value first', seq('4,"seq":3'), spelled],
    ['a second key in the body', say('"step":"told"', '"step":"go-live","step":"told"'), spelled, 'unseen'],
    ['a space', seq(' 3'), spelled],
    ['a space in the body', say('"step":', '"step": '), spelled],
    ['a line feed as a space', seq('\u00a03'), 'it is not JSON'],
    ['1.0', seq('3.0'), spelled],
    ['1e0', seq('3e0'), spelled],
    ['30e-1', seq('30e-1'), spelled],
    ['-0', seq('-0'), '0 is not a whole number that every reader understands alike'],
    ['a leading zero', seq('03'), 'it is not JSON'],
    ['a plus', seq('+3'), 'it is not JSON'],
    ['a fraction', seq('3.5'), '3.5 is not a whole number that every reader understands alike'],
    [
      'more than a double holds',
      seq('9007199254740993'),
      '9007199254740992 is not a whole number that every reader understands alike',
    ],
    ['a number beyond all', seq('1e999'), 'Infinity is not a whole number that every reader understands alike'],
    ['an escaped letter', say('told', String.raw`\u0074old`), spelled],
    ['an escaped slash', body({ evidence: 'a/b' }).replace('a/b', String.raw`a\/b`), spelled],
    ['a long escape', body({ evidence: 'a\nb' }).replace(String.raw`a\nb`, String.raw`a\u000ab`), spelled],
    ['an escape in capitals', body({ evidence: 'a\u001fb' }).replace('001f', '001F'), spelled],
    ['a raw tab', body({ evidence: 'a/b' }).replace('a/b', 'a\tb'), 'it is not JSON'],
    [
      'half of a pair',
      body({ evidence: 'a/b' }).replace('a/b', String.raw`\ud800`),
      'a text is not well-formed Unicode',
    ],
    ['half of a pair in a name', say('"step":', String.raw`"\udc00":0,"step":`), 'a text is not well-formed Unicode'],
    ['another order', say(/^\{"at":("[^"]*"),(.*)\}$/, '{$2,"at":$1}'), spelled],
    ['another order in the body', say(/("source":"[^"]*"),("step":"[^"]*")/, '$2,$1'), spelled, 'unseen'],
    ['__proto__', say('"at"', '"__proto__":{},"at"'), eight],
    [
      '__proto__ in the body',
      say('"body":{', '"body":{"__proto__":{},'),
      ofBody('Unrecognized key: "__proto__"'),
      'unseen',
    ],
    ['an unknown field', but({ x: 1 }), eight],
    ['a field less', good.replace(',"v":1', ''), eight],
    ['version 2', but({ v: 2 }), 'its version is not 1'],
    ['version "1"', but({ v: '1' }), 'its version is not 1'],
    ['no version', but({ v: null }), 'its version is not 1'],
    ['an event that is a list', `{"a":[${good}]}`, eight],
    ['seq as text', but({ seq: '3' }), form],
    ['a seq below nothing', but({ seq: -1 }), form],
    ['a gap', but({ seq: 4 }), 'its seq is 4 where 3 is next'],
    ['no chain', but({ prev: noLine }), 'it does not continue the line before it'],
    ['a hash in capitals', but({ prev: fields.prev.toUpperCase() }), form],
    ['another run', but({ run: 'b'.repeat(26) }), 'it belongs to another run'],
    ['another session', but({ sid: newSessionKey().sid }), 'nobody opened its session'],
    ['a kind nobody knows', but({ kind: 'ask.answers' }), 'its kind is not known'],
    ['the name of a method as kind', but({ kind: 'constructor' }), 'its kind is not known'],
    ['__proto__ as kind', but({ kind: '__proto__' }), 'its kind is not known'],
    [
      'a kind of another body',
      but({ kind: 'note' }),
      'its body is not that of a note: text: Invalid input: expected string, received undefined',
      'unseen',
    ],
    ['a field too much in the body', body({ x: '' }), ofBody('Unrecognized key: "x"'), 'unseen'],
    ['a body that is none', but({ body: null }), ofBody('Invalid input: expected object, received null')],
    ['no milliseconds', but({ at: fields.at.replace(/\.\d+/, '') }), form],
    ['a time elsewhere', but({ at: fields.at.replace('Z', '+00:00') }), form],
    ['a day that does not exist', but({ at: '2027-02-29T09:00:00.000Z' }), 'its time does not exist'],
    [
      'a second that does not exist',
      but({ at: fields.at.replace(/:\d\d\./, ':60.') }),
      'its time does not exist',
      'unseen',
    ],
    [
      'an earlier time',
      but({ at: formatAt(Date.parse(fields.at) - 3_600_000) }),
      'its time is before that of the line before it',
    ],
    [
      'a time after the grant',
      but({ at: formatAt(Date.parse(fields.at) + 86_400_000) }),
      'the grant of its session had run out',
    ],
    [
      '17 levels',
      body({ evidence: 'x' }).replace('"x"', `${'['.repeat(15)}${']'.repeat(15)}`),
      'an event nests deeper than 16 levels',
      'unseen',
    ],
    ['a line of 70 000 bytes', body({ evidence: 'x'.repeat(70_000) }), 'it is longer than 65536 bytes'],
    [
      'a text of 8001 letters',
      body({ evidence: 'x'.repeat(8001) }),
      ofBody('evidence: Too big: expected string to have <=8000 characters'),
      'unseen',
    ],
  ];
  const signed = (event: string): Uint8Array =>
    joinLines([...before, bytesOf(lineWith(event, base64(key.sign(bytesOf(event)))))]);
  return [
    of({ no: 7, what: 'nothing', log: () => signed(good), expected: open }),
    of({
      no: 7,
      what: 'a line separator in a text',
      log: () => signed(body({ evidence: 'a\u2028b\u2029\u0085\ufeff' })),
      expected: open,
    }),
    ...rows.map(([what, event, says, script]) => {
      if (event === good) throw new Error(`${what} changes nothing`);
      const one = { no: 7, what, log: () => signed(event), expected: invalidAt(4, says) };
      return of(script === undefined ? one : { ...one, script: unseen.open });
    }),
  ];
}

/** Signatures of sessions: another spelling of the same one, and those for something else. */
export function signatureCases(logs: Logs): Case[] {
  const of = inReal(logs);
  const before = logs.own.lines.slice(0, 3);
  const { event, signature } = partsOf(logs.own.lines[3] ?? Buffer.of());
  const blob = Buffer.from(signature, 'base64');
  const unfit = 'its signature does not fit';
  const noForm = 'it is not of the form {"e":{…},"s":"…"}';
  const notStandard = 'its base64 is not in standard form';
  const latin = (from: string, to: string): string =>
    base64(Buffer.from(blob.toString('latin1').replace(from, to), 'latin1'));
  const reserved = Buffer.concat([blob.subarray(0, 77), Buffer.from('\0\0\0\u0001x', 'latin1'), blob.subarray(81)]);
  const elsewhere = newSessionKey();
  const { ada, folder } = logs.stage;
  /** Made when they are needed: an RSA key takes longest. */
  const other = (type: string): SessionKey => asSession(newPerson('x', folder, type));
  const by = (type: string) => (): string => base64(other(type).sign(bytesOf(event)));
  const rows: [string, string | (() => string), string][] = [
    ['without padding', signature.replace(/=+$/, ''), notStandard],
    ['with more padding', `${signature}====`, notStandard],
    ['other bits at its end', otherBits(signature), notStandard],
    ['in the letters of URLs', signature.replaceAll('+', '-').replaceAll('/', '_').replace(/^U1/, 'U-'), noForm],
    ['on two lines', `${signature.slice(0, 70)}\\n${signature.slice(70)}`, noForm],
    ['with a space', `${signature.slice(0, 70)} ${signature.slice(70)}`, noForm],
    ['in armour', '-----BEGIN SSH SIGNATURE-----', noForm],
    ['a byte after it', base64(Buffer.concat([blob, Buffer.of(0)])), unfit],
    ['a byte less', base64(blob.subarray(0, -1)), unfit],
    ['its 64 bytes alone', base64(blob.subarray(-64)), unfit],
    ['with something in the reserved field', base64(reserved), unfit],
    ['over another hash', latin('sha512', 'sha256'), unfit],
    ['of version 2', latin('SSHSIG\0\0\0\u0001', 'SSHSIG\0\0\0\u0002'), unfit],
    ['of another session', base64(elsewhere.sign(bytesOf(event))), unfit],
    ['of a person', () => base64(signWith(ada.file, namespaces.event, bytesOf(event))), unfit],
    ['of an RSA key', by('rsa'), unfit],
    ['of an ECDSA key', by('ecdsa'), unfit],
  ];
  const opened = async (key: SessionKey): Promise<Uint8Array> =>
    (await logs.written(logs.drafts.slice(0, 2), { keys: [key] })).bytes;
  return [
    ...rows.map(([what, bent, says]) => {
      const log = (): Uint8Array =>
        joinLines([...before, bytesOf(lineWith(event, typeof bent === 'string' ? bent : bent()))]);
      return of({ no: 8, what, log, expected: invalidAt(4, says) });
    }),
    ...['rsa', 'ecdsa'].map((type) => {
      const expected = invalidAt(1, 'a key is not an Ed25519 key');
      return of({ no: 8, what: `a session with a key of ${type}`, log: () => opened(other(type)), expected });
    }),
  ];
}

/** The same bytes in base64, with the bits of the last letter that count for nothing turned over. */
function otherBits(text: string): string {
  const letters = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/';
  const end = /[^=]=*$/.exec(text)?.index ?? 0;
  const other = letters[letters.indexOf(text[end] ?? '') ^ 1] ?? '';
  return `${text.slice(0, end)}${other}${text.slice(end + 1)}`;
}
