// Looks for secrets in whatever was written or printed, without a line of what takes them out.

import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';

/** A text or a file in which something stands that must not. */
export interface Leak {
  readonly where: string;
  readonly canary: string;
  /** How it is written there. */
  readonly form: string;
}

/** Every canary that stands in one of the texts, plainly, in base64 wherever it begins, or with the escapes of a URL. */
export function leaksIn(texts: Readonly<Record<string, string>>, canaries: Readonly<Record<string, string>>): Leak[] {
  return Object.entries(texts).flatMap(([where, text]) =>
    Object.entries(canaries).flatMap(([canary, value]) =>
      formsOf(value)
        .filter(({ pattern }) => text.includes(pattern))
        .map(({ form }) => ({ where, canary, form })),
    ),
  );
}

/** The text of every file below these folders, by its path; bytes that are no text are read as Latin-1. */
export function filesBelow(...folders: readonly string[]): Record<string, string> {
  const paths = folders.flatMap((folder) =>
    readdirSync(folder, { recursive: true, encoding: 'utf8' }).map((name) => join(folder, name)),
  );
  const files = paths.filter((path) => statSync(path).isFile());
  return Object.fromEntries(
    files.flatMap((path) => [
      [path, readFileSync(path, 'latin1')],
      [`${path}'`, path],
    ]),
  );
}

function formsOf(value: string): readonly { readonly form: string; readonly pattern: string }[] {
  const url = encodeURIComponent(value);
  return [
    { form: 'plain', pattern: value },
    { form: 'JSON', pattern: JSON.stringify(value).slice(1, -1) },
    { form: 'URL', pattern: url },
    { form: 'URL in small letters', pattern: url.replaceAll(/%../g, (code) => code.toLowerCase()) },
    { form: 'form', pattern: url.replaceAll('%20', '+') },
    // What two bytes on either side leave of it, and the same in the alphabet for URLs.
    ...[0, 1, 2].flatMap((before) => {
      const whole = Buffer.concat([Buffer.alloc(before), Buffer.from(value)]).toString('base64url');
      const core = whole.slice(before === 0 ? 0 : before + 1, -3);
      return [core, core.replaceAll('-', '+').replaceAll('_', '/')].map((pattern) => ({
        form: `base64 at ${before}`,
        pattern,
      }));
    }),
  ];
}
