// A report for programs: all of it as one piece of JSON, or its events one a line.

import type { RunEvent } from '../engine/events.ts';
import { eventLine } from './ndjson.ts';
import type { Report } from './report-model.ts';

/** The whole report, with the number of its form. Texts are as the log has them, and not cut. */
export function reportJson(report: Report): string {
  return asciiWhereUnseen(`${JSON.stringify(report, null, 2)}\n`);
}

/** What the verification says on the first line, as kind `verification`; then every event that holds. */
export function reportNdjson(report: Report, events: readonly RunEvent[]): string {
  const { run, verification } = report;
  const { to: at, notes, people: _, sessions: __, ...body } = verification;
  const first = JSON.stringify({ run, at, kind: 'verification', body: { ...body, notes } });
  return [first, ...events.map((event) => eventLine(run, event))].map((line) => `${asciiWhereUnseen(line)}\n`).join('');
}

/**
 * The same JSON, in which a terminal has nothing to obey, and a CI runner that reads its own output no command: outside of
 * strings none of these can stand.
 */
function asciiWhereUnseen(json: string): string {
  return json
    .replace(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Cs}\p{Default_Ignorable_Code_Point}]/gu, (found) =>
      found === '\n' ? found : escaped(found),
    )
    .replaceAll('##', '#\\u0023');
}

function escaped(character: string): string {
  return [...Array(character.length).keys()]
    .map((at) => `\\u${character.charCodeAt(at).toString(16).padStart(4, '0')}`)
    .join('');
}
