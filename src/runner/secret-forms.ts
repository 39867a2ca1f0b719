// The forms in which a secret is looked for: as it is, and as a part of any text in base64. Escapes are taken off elsewhere.

import { spaced, unescaped, wholeText } from './peel.ts';

/** Secret values by name; they are in no plan, log or message. */
export type Secrets = Readonly<Record<string, string>>;

/** One text that gives a secret away. */
export interface Form {
  readonly name: string;
  readonly text: string;
  /** Whether the character before it, and the one behind, have a part of the secret too. */
  readonly more: readonly [before: 0 | 1, behind: 0 | 1];
  /** Whether a piece of it is looked for too, where the text it stood in was cut. */
  readonly cut: boolean;
}

/** Shorter values hit too much else: they are not looked for. */
const shortest = 4;
/** Nor are shorter parts of base64. */
const shortestPart = 6;
const shortestLine = 8;
/** Layers of escapes that are taken off; every further one would be longer than what it hides. */
export const mostLayers = 6;

/** All forms of all secrets; values of fewer than four characters have none. */
export function formsOf(secrets: Secrets): readonly Form[] {
  const forms = Object.entries(secrets).flatMap(([name, value]) => {
    const trimmed = value.trim();
    if (trimmed.length < shortest) return value.length < shortest ? [] : [plain(name, value)];
    const lines = trimmed.split(/\r?\n/).filter((line) => line.length >= shortestLine);
    const whole = [value, trimmed, ...lines];
    const bare = [...whole, ...whole.map(bytesOf)].flatMap((text) => [text, allUnescaped(text)]);
    const texts = [...bare, ...bare.map(bytesOf), ...bare.map(spaced)].map((text) => plain(name, text));
    const written = [...new Set([trimmed, ...escapedWays(trimmed)])];
    return [...texts, ...written.flatMap((text) => inBase64(name, Buffer.from(text)))];
  });
  return [...new Map(forms.map((form) => [`${form.name} ${form.text}`, form])).values()].filter(
    ({ text }) => text.length >= shortest,
  );
}

const plain = (name: string, text: string): Form => ({ name, text, more: [0, 0], cut: true });

/** UTF-8, a character for each byte: what the escapes of URLs spell. */
function bytesOf(text: string): string {
  return Buffer.from(text).toString('latin1');
}

/** What is left of it when every layer of escapes is taken off. */
function allUnescaped(text: string): string {
  let view = wholeText(text);
  for (let layers = 0; layers < mostLayers; layers += 1) view = unescaped(view) ?? view;
  return view.text;
}

/** How it is usually written in JSON, URLs, forms and HTML. */
function escapedWays(text: string): readonly string[] {
  // Half a character is none, and no URL has one.
  const url = encodeURIComponent(Buffer.from(text).toString());
  const html = text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
  return [JSON.stringify(text).slice(1, -1), url, url.replaceAll('%20', '+'), html, html.replaceAll('"', '&quot;')];
}

/** In both alphabets, and once more in base64, as tokens are that hold tokens. */
function inBase64(name: string, bytes: Uint8Array): readonly Form[] {
  const once = parts(bytes).flatMap((part) => [part, { ...part, text: urlSafe(part.text) }]);
  const twice = once.flatMap(({ text }) => parts(Buffer.from(text)).map((part) => ({ ...part, cut: false })));
  return [...once, ...twice, ...twice.map((part) => ({ ...part, text: urlSafe(part.text) }))]
    .filter(({ text }) => text.length >= shortestPart)
    .map((part) => ({ name, ...part }));
}

/** What the bytes alone decide of base64, at each of the three places that they can begin at in a longer text. */
function parts(bytes: Uint8Array): readonly Omit<Form, 'name'>[] {
  return [0, 1, 2].map((before) => {
    const text = Buffer.concat([Buffer.alloc(before), bytes]).toString('base64');
    const first = Math.ceil((before * 8) / 6);
    const last = Math.floor(((before + bytes.length) * 8) / 6);
    const behind = (before + bytes.length) % 3 === 0 ? 0 : 1;
    return { text: text.slice(first, last), more: [before === 0 ? 0 : 1, behind], cut: true };
  });
}

function urlSafe(text: string): string {
  return text.replaceAll('+', '-').replaceAll('/', '_');
}
