// A report for programs: all of it as one piece of JSON, or its events one a line.

import type { RunEvent } from '../engine/events.ts';
import { jsonText } from './json.ts';
import { eventLine } from './ndjson.ts';
import type { Report } from './report-model.ts';

/** The whole report, with the number of its form. Texts are as the log has them, and not cut. */
export function reportJson(report: Report): string {
  return `${jsonText(report, 2)}\n`;
}

/** What the verification says on the first line, as kind `verification`; then every event that holds. */
export function reportNdjson(report: Report, events: readonly RunEvent[]): string {
  const { run, verification } = report;
  const { to: at, notes, people: _, sessions: __, ...body } = verification;
  const first = jsonText({ run, at, kind: 'verification', body: { ...body, notes } });
  return [first, ...events.map((event) => eventLine(run, event))].map((line) => `${line}\n`).join('');
}
