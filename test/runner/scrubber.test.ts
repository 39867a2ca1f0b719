// Goal: no text that comes out of the scrubber has a secret in it, however it was written there, and all the rest of it
// stays. Method: every way to write one, alone and in each other, with a search of its own.

import { describe, expect, it } from 'vitest';
import { scrubber, scrubJson } from '../../src/runner/scrubber.ts';
import { leaksIn } from '../support/canaries.ts';

const secret = 'pa"ss w/o+r\\d&<é>%41';
const plain = 'canary-Xy7_q9/Zt+4 b';
const scrub = scrubber({ token: secret, pin: plain });
const said = '(secret token)';

const base64 = (text: string): string => Buffer.from(text).toString('base64');
const base64url = (text: string): string => Buffer.from(text).toString('base64url');
const quoted = (text: string): string => JSON.stringify(text).slice(1, -1);
const form = (text: string): string => encodeURIComponent(text).replaceAll('%20', '+');
const lower = (text: string): string => text.replaceAll(/%../g, (code) => code.toLowerCase());
const everyByte = (text: string): string => Buffer.from(text).toString('hex').replaceAll(/../g, '%$&');
const html = (text: string): string =>
  text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll('"', '&quot;');
const numeric = (text: string): string => Array.from(text, (each) => `&#${each.codePointAt(0)};`).join('');
const hexadecimal = (text: string): string =>
  Array.from(text, (each) => `&#x${each.codePointAt(0)?.toString(16)};`).join('');
const ascii = (text: string): string =>
  quoted(text).replaceAll(/[^ -~]/g, (each) => `\\u${each.charCodeAt(0).toString(16).padStart(4, '0')}`);

describe('a secret in a text', () => {
  it.each<[string, (text: string) => string]>([
    ['plainly', (text) => text],
    ['in JSON', quoted],
    ['in JSON of JSON', (text) => quoted(quoted(text))],
    ['in JSON that is all ASCII', ascii],
    ['in JSON with escaped slashes', (text) => quoted(text).replaceAll('/', '\\/')],
    ['in a URL', encodeURIComponent],
    ['in a URL with small letters', (text) => lower(encodeURIComponent(text))],
    ['in a URL twice', (text) => encodeURIComponent(encodeURIComponent(text))],
    ['in a URL with more escapes than it needs', everyByte],
    ['in a form', form],
    ['in a form in JSON', (text) => quoted(form(text))],
    ['in HTML', html],
    ['in HTML by number', numeric],
    ['in HTML by hexadecimal number', hexadecimal],
    ['in JSON in HTML', (text) => html(quoted(text))],
  ])('is found %s', (_words, write) => {
    expect(scrub(`before ${write(secret)} behind`)).toBe(`before ${said} behind`);
    expect(scrub(write(secret))).toBe(said);
  });

  const wrapped = (text: string, width: number, feed: string): string =>
    text.replaceAll(new RegExp(`.{${width}}`, 'g'), `$&${feed}`);
  const long = `${'x'.repeat(44)}${secret}${'y'.repeat(60)}`;

  it.each<[string, string]>([
    ['alone', base64(secret)],
    ['without padding', base64(secret).replaceAll('=', '')],
    ['in the alphabet for URLs', base64url(secret)],
    ['behind one byte', base64(`a${secret}`)],
    ['behind two', base64(`ab${secret}`)],
    ['behind a user', `Basic ${base64(`ada:${secret}`)}`],
    ['between others', base64(`{"a":1,"b":"${secret}","c":2}`)],
    ['in JSON in it', base64url(`{"sub":${JSON.stringify(secret)}}`)],
    ['in it twice', base64(base64(`:${secret}`))],
    ['in a URL', `https://x.test/?a=${encodeURIComponent(base64(`ada:${secret}`))}&b=1`],
    ['in JSON with escaped slashes', JSON.stringify(base64(`ada?>${secret}`)).replaceAll('/', '\\/')],
    ['with its line feeds', wrapped(base64(long), 76, '\n')],
    ['with its line feeds and carriage returns', wrapped(base64(long), 64, '\r\n')],
    ['with its line feeds in JSON', JSON.stringify({ key: wrapped(base64(long), 64, '\n') })],
    ['indented', wrapped(base64(long), 64, '\n    ')],
  ])('is found in base64 %s', (_words, text) => {
    const clean = scrub(`before ${text} behind`);
    expect(clean).toMatch(/^before .*\(secret token\).* behind$/s);
    // Whatever is left, nothing of it belongs to the secret but what four bits can say.
    const left = clean.replaceAll(/\s/g, '').split(said).join('=');
    expect(leaksIn({ left }, { secret, most: secret.slice(1, -1) })).toEqual([]);
  });

  it('is found with its white space, without it, and line by line', () => {
    const key = '-----BEGIN KEY-----\nabcdefghijklmnop\nqrstuvwxyz012345\n-----END KEY-----\n';
    const clean = scrubber({ key });
    expect(clean(`a ${key} b`)).toBe('a (secret key) b');
    expect(clean(`a ${key.trim()}`)).toBe('a (secret key)');
    expect(clean('> qrstuvwxyz012345\r')).toBe('> (secret key)\r');
    expect(clean(`a ${JSON.stringify(key)}`)).toBe('a "(secret key)"');
  });

  it('is found over the lines of a text, and every line stays one', () => {
    const key = `${'k'.repeat(30)}\n${'l'.repeat(30)}\nm`;
    const clean = scrubber({ key, long: 'A'.repeat(90) });
    const lines = ['a', `b ${'k'.repeat(30)}`, 'l'.repeat(30), 'm c', '', 'd'];
    expect(scrubJson({ lines }, clean)).toEqual({
      lines: ['a', 'b (secret key)', '(secret key)', '(secret key) c', '', 'd'],
    });
    const parts = wrapped(base64(`:${'A'.repeat(90)}`), 76, '\n').split('\n');
    expect(JSON.stringify(scrubJson(parts, clean))).not.toMatch(/QUFB|FBQU|BQUF/);
  });

  it.each<[string, string]>([
    ['at its end', 'before canary-Xy7'],
    ['at its front', '7_q9/Zt+4 b behind'],
    ['where golive says so', 'before "canary-Xy7…", which is text'],
    ['in a URL', `before ${encodeURIComponent('canary-Xy7_q9/Z')}`],
    ['in base64', `before ${base64('ada:canary-Xy7_q9').slice(0, -3)}`],
    ['where a part of it was taken for a secret by itself', 'token=(redacted) b canary-Xy7(redacted)_q9/Zt+4 b'],
  ])('is found where the text was cut: %s', (_words, text) => {
    const clean = scrub(text);
    expect(clean).toContain('(secret pin)');
    expect(clean).not.toMatch(/nary|Xy7|q9|Zt/);
  });

  it('of fewer than four characters is left alone', () => {
    expect(scrubber({ pin: '12', word: 'abc' })('12 abc 12')).toBe('12 abc 12');
    // Four characters are found as they are; in base64 they could be anything.
    expect(scrubber({ pin: '1234' })(`1234 ${base64('1234')}`)).toBe(`(secret pin) ${base64('1234')}`);
  });

  it('goes with the longest that begins there, and with all that overlap', () => {
    const clean = scrubber({ short: 'abcd', long: 'abcdefgh', other: 'ghijkl' });
    expect(clean('abcdefgh abcd')).toBe('(secret long) (secret short)');
    expect(clean('abcdefghijkl')).toBe('(secret long)');
    expect(clean('abcdabcd')).toBe('(secret short)(secret short)');
  });

  it('is not looked for in what stands in its place', () => {
    const clean = scrubber({ token: 'secret', word: 'oken)' });
    expect(clean('a secret b')).toBe('a (secret token) b');
    expect(clean(clean('a secret b'))).toBe('a (secret token) b');
  });
});

describe('random secrets', () => {
  const seed = Number(process.env['SEED'] ?? Date.now() % 1_000_000);
  const usual = [quoted, encodeURIComponent, form, html, base64, base64url];
  const ways = [...usual, ascii, numeric, everyByte];

  it(`are found behind any two layers (SEED=${seed})`, () => {
    const random = generator(seed);
    const pick = <T>(items: readonly T[]): T => items[Math.floor(random() * items.length)] as T;
    const alphabet = Array.from('abcXYZ0189-_.~!*\'();:@&=+$,/?[]%"\\<> é€');
    for (let round = 0; round < 400; round += 1) {
      const value = Array.from({ length: 12 + Math.floor(random() * 30) }, () => pick(alphabet))
        .join('')
        .trim();
      const canary = value.length < 10 ? `${value}0123456789` : value;
      const outer = pick(ways);
      // In base64 only what is usual there is looked for.
      const inner = pick(outer === base64 || outer === base64url ? usual : ways);
      const text = `before ${outer(`x${'y'.repeat(Math.floor(random() * 4))}:${inner(canary)};z`)} behind`;
      const clean = scrubber({ canary })(text);
      expect(leaksIn({ clean }, { canary }), `${inner.name} in ${outer.name} of ${JSON.stringify(canary)}`).toEqual([]);
      expect(clean, `${inner.name} in ${outer.name} of ${JSON.stringify(canary)}`).toContain('(secret canary)');
    }
  });

  it(`change nothing where they are not (SEED=${seed})`, () => {
    const random = generator(seed);
    const bytes = (length: number): Buffer => Buffer.from(Array.from({ length }, () => Math.floor(random() * 256)));
    const secrets = Object.fromEntries(
      Array.from({ length: 10 }, (_, at) => [`s${at}`, bytes(6 + at).toString('hex')]),
    );
    const clean = scrubber(secrets);
    for (let round = 0; round < 50; round += 1) {
      const some = bytes(400);
      const json = JSON.stringify({
        id: some.toString('hex'),
        blob: some.toString('base64'),
        arn: 'arn:aws:ecs:x:1:task/a',
      });
      const text = `${json} ${encodeURIComponent(some.toString('latin1'))} ${quoted(json)} &amp;`;
      expect(clean(text)).toBe(text);
    }
  });
});

it('takes no longer for texts that are made to take long', () => {
  const clean = scrubber({ a: `${'a'.repeat(40)}b`, b: 'x y'.repeat(20), c: '%25'.repeat(10) });
  const texts = ['a', '%25', '\\\\', '&amp;', '+', '…', '%', '\\u', '(redacted)', `${'A'.repeat(76)}\n`, 'x y'];
  for (const text of texts) expect(clean(text.repeat(200_000 / text.length)).length).toBeGreaterThan(0);
});

/** mulberry32 */
function generator(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}
