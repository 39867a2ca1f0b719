// Logs of people who are not trusted, not any more, or not under that name: the log is as golive wrote it, and who is known differs.

import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { ends, inReal, lineOf, sealed, type Case, type Logs } from './cases.ts';
import { named, newPerson, type Person } from './keys.ts';

const unlisted = 'the allowed signers do not list this name with this key';
const scope = 'namespaces="golive.grant,golive.signoff,golive.seal"';

/** Every case in which the people whom somebody trusts are bent. */
export function peopleCases(logs: Logs): Case[] {
  return [...unknown(logs), ...times(logs), ...revoked(logs), ...unreadable(logs)];
}

const lineFor = ({ principal, publicKey }: Person, options = scope): string => `${principal} ${options} ${publicKey}\n`;

/** `signoff`: what the line is a word of. */
function notGood(logs: Logs, verdict: string, who: 'ada' | 'bob', reason: string): Case['expected'] {
  const [kind, said] = who === 'ada' ? (['run.open', 'grant'] as const) : (['signoff', 'signoff'] as const);
  const line = lineOf(logs.drafts, kind, who === 'ada' ? 0 : 1);
  return ends(21, `${verdict}: line ${line}: the ${said} of ${who}@example.com is not good: ${reason}`);
}

/** A case of the real run, as it is, with these allowed signers. */
function trusting(
  logs: Logs,
  no: number,
): (what: string, people: string, expected: Case['expected'], more?: Partial<Case>) => Case {
  return (what, people, expected, more = {}) =>
    inReal(logs)({ no, what, log: () => logs.real.bytes, expected, ...more, files: { people, ...more.files } });
}

function unknown(logs: Logs): Case[] {
  const { ada, bob, folder, signers } = logs.stage;
  const eve = newPerson('eve@example.com', folder);
  const nobody = ends(21, 'UNTRUSTED: no allowed signers were given, so nobody vouches for the people in it');
  const [at, as] = [trusting(logs, 10), trusting(logs, 11)];
  const hand = { signers: { [ada.principal]: named(eve, ada.principal), [bob.principal]: bob } };
  return [
    { no: 10, what: 'nobody is known', log: () => logs.real.bytes, expected: nobody },
    {
      no: 10,
      what: 'nobody is known, and a rehearsal is asked for',
      log: () => logs.real.bytes,
      args: ['--rehearsal'],
      expected: nobody,
    },
    at('nobody is listed', '', notGood(logs, 'UNTRUSTED', 'ada', unlisted)),
    at('one is missing', lineFor(ada), notGood(logs, 'UNTRUSTED', 'bob', unlisted)),
    at('the other is missing', lineFor(bob), notGood(logs, 'UNTRUSTED', 'ada', unlisted)),
    at('everybody is somebody else', lineFor(eve), notGood(logs, 'UNTRUSTED', 'ada', unlisted)),
    at(
      'one is listed in other letters',
      lineFor(ada) + lineFor(named(bob, 'Bob@example.com')),
      notGood(logs, 'UNTRUSTED', 'bob', unlisted),
    ),
    as(
      'another key is his',
      lineFor(ada) + lineFor(named(eve, bob.principal)),
      notGood(logs, 'UNTRUSTED', 'bob', unlisted),
    ),
    as(
      'his key may sign nothing',
      lineFor(ada) + lineFor(bob, 'namespaces="git"'),
      notGood(logs, 'UNTRUSTED', 'bob', 'the key may not sign this kind of statement'),
    ),
    as(
      'his key may open sessions only',
      lineFor(ada) + lineFor(bob, 'namespaces="golive.grant"'),
      notGood(logs, 'UNTRUSTED', 'bob', 'the key may not sign this kind of statement'),
    ),
    as(
      'his key signs for authorities',
      lineFor(ada) + lineFor(bob, 'cert-authority'),
      notGood(logs, 'UNTRUSTED', 'bob', unlisted),
    ),
    inReal(logs)({
      no: 11,
      what: 'all of it written by somebody else in her name',
      log: async () => (await logs.written(logs.drafts, hand)).bytes,
      expected: notGood(logs, 'UNTRUSTED', 'ada', unlisted),
      files: { people: signers },
    }),
    as('both are known by more keys than one', signers + lineFor(named(eve, bob.principal)), sealed),
  ];
}

function times(logs: Logs): Case[] {
  const { ada, bob } = logs.stage;
  const at = trusting(logs, 15);
  const day = (days: number): string =>
    new Date((logs.drafts[0]?.at ?? 0) + days * 86_400_000).toISOString().replaceAll(/\D/g, '').slice(0, 8);
  const had = notGood(logs, 'EXPIRED', 'bob', 'the key had expired by then');
  const not = notGood(logs, 'EXPIRED', 'bob', 'the key was not valid yet');
  const his = (options: string): string => lineFor(ada) + lineFor(bob, `${scope},${options}`);
  return [
    at('expired the day before', his(`valid-before="${day(-1)}Z"`), had),
    at('expired the day before, in the time of the place', his(`valid-before="${day(-1)}"`), had),
    at('expired since', his(`valid-before="${day(2)}Z"`), sealed),
    at('not valid before tomorrow', his(`valid-after="${day(1)}Z"`), not),
    at('valid on that day', his(`valid-after="${day(-1)}Z",valid-before="${day(2)}Z"`), sealed),
    at(
      'expired, and a new key since',
      his(`valid-before="${day(-1)}Z"`) + lineFor(newPerson(bob.principal, logs.stage.folder)),
      had,
    ),
    at(
      'hers expired',
      lineFor(ada, `valid-before="${day(-1)}Z"`) + lineFor(bob),
      notGood(logs, 'EXPIRED', 'ada', 'the key had expired by then'),
    ),
  ];
}

function revoked(logs: Logs): Case[] {
  const { ada, bob, folder, signers } = logs.stage;
  const eve = newPerson('eve@example.com', folder);
  const list = (...people: readonly Person[]): string => people.map(({ publicKey }) => `${publicKey}\n`).join('');
  const krl = (...people: readonly Person[]): Uint8Array => {
    const path = join(folder, `krl-${people.length}-${people[0]?.principal ?? ''}`);
    execFileSync('ssh-keygen', ['-q', '-k', '-f', path, ...people.map(({ file }) => `${file}.pub`)]);
    return readFileSync(path);
  };
  const his = notGood(logs, 'REVOKED', 'bob', 'the key is revoked');
  const at = (what: string, gone: string | Uint8Array, expected: Case['expected'], more: Partial<Case> = {}): Case =>
    trusting(logs, 15)(what, signers, expected, {
      args: ['--allowed-signers', 'people', '--revoked', 'gone'],
      files: { gone },
      ...more,
    });
  return [
    at('his is in the list', list(eve, bob), his),
    at('hers is in the list', list(ada), notGood(logs, 'REVOKED', 'ada', 'the key is revoked')),
    at('his is in the KRL', krl(eve, bob), his),
    at('somebody else’s is in the list', list(eve), sealed),
    at('somebody else’s is in the KRL', krl(eve), sealed),
    at('the list is empty', '', sealed),
    at(
      'the list is missing',
      '',
      ends(3, /^golive: .*nowhere could not be read, and without it nobody can be trusted$/),
      {
        args: ['--allowed-signers', 'people', '--revoked', 'nowhere'],
        script: { exit: 3, first: 'cannot read nowhere' },
      },
    ),
    at('the list is no list', 'what is this?\n', notGood(logs, 'REVOKED', 'ada', 'the key is revoked')),
    at('the KRL is cut off', krl(eve, bob).subarray(0, -20), notGood(logs, 'REVOKED', 'ada', 'the key is revoked')),
  ];
}

function unreadable(logs: Logs): Case[] {
  const { ada, bob, signers } = logs.stage;
  const { publicKey } = bob;
  const base64 = publicKey.split(' ')[1] ?? '';
  const pattern = 'principals are exact names here, and this line has a pattern';
  const joined = 'options are joined with commas, without spaces, and these are not understood';
  const bad = (what: string, his: string, column: number, says: string, more: Partial<Case> = {}): Case =>
    trusting(logs, 18)(
      what,
      `# people\n${lineFor(ada)}${his}\n`,
      ends(3, new RegExp(`^golive: .*people cannot be used: line 3, column ${column}: ${says}$`)),
      { script: 'not asked', ...more },
    );
  const refuses = { script: { exit: 3, first: 'people has patterns' } };
  return [
    bad('everybody', `* ${publicKey}`, 1, pattern, refuses),
    bad('everybody of a domain', `*@example.com ${scope} ${publicKey}`, 1, pattern, refuses),
    bad('a letter that is any', `b?b@example.com ${publicKey}`, 1, pattern, refuses),
    bad('everybody but one', `*,!ada@example.com ${publicKey}`, 1, pattern, refuses),
    bad('a pattern beside a name', `bob@example.com,*@example.com ${publicKey}`, 1, pattern, refuses),
    bad('a pattern in quotes', `"*" ${publicKey}`, 1, pattern, refuses),
    bad(
      'a space for a comma',
      `bob@example.com ${scope} valid-before="20300101Z" ${publicKey}`,
      18 + scope.length,
      'there is no key of a known type on it',
    ),
    bad('a space after a comma', `bob@example.com ${scope}, valid-before="20300101Z" ${publicKey}`, 17, joined),
    bad('an option nobody knows', `bob@example.com touch-required ${publicKey}`, 17, joined),
    bad(
      'a date that is none',
      `bob@example.com valid-before="20300230Z" ${publicKey}`,
      17,
      'valid-before is not a date such as "20270101Z" or "20270101093000Z"',
    ),
    bad('an option twice', `bob@example.com ${scope},${scope} ${publicKey}`, 17, 'namespaces stands there twice'),
    bad('a quote without an end', `bob@example.com namespaces="golive.grant ${publicKey}`, 17, joined),
    bad(
      'a key that is cut off',
      `bob@example.com ssh-ed25519 ${base64.slice(0, -8)}`,
      29,
      'its key is not a whole ssh-ed25519 key',
    ),
    bad('no key', 'bob@example.com', 16, joined),
    bad('no name', publicKey, 13, joined),
    bad(
      'a key of another type than it says',
      `bob@example.com ssh-rsa ${base64}`,
      25,
      'its key is not a whole ssh-rsa key',
    ),
    trusting(logs, 17)(
      'one key of two people',
      signers.replace(publicKey, ada.publicKey),
      ends(
        3,
        /^golive: .*people cannot be used: line 2, column 1: its key is that of ada@example\.com and of bob@example\.com, and one key is one person$/,
      ),
      { script: 'not asked' },
    ),
    trusting(logs, 17)(
      'one line for two people',
      `ada@example.com,bob@example.com ${ada.publicKey}\n`,
      ends(
        3,
        /^golive: .*people cannot be used: line 1, column 1: its key is that of ada@example\.com and of bob@example\.com, and one key is one person$/,
      ),
      { script: 'not asked' },
    ),
  ];
}
