// When each phase was planned and when it was, and whose time it took: what the timeline of a report is drawn from.

import { phaseTimes } from '../engine/timeline.ts';
import { handsOf, type Hands } from './report-hands.ts';
import type { Report, Reported } from './report-model.ts';

/** One phase, or a way back. Times in ms since 1970. */
export interface TimelineRow {
  readonly id: string;
  readonly title: string;
  /** As the checklist writes it: `T-7d`; empty without. */
  readonly at: string;
  readonly planned?: number;
  readonly opened?: number;
  /** Where it was left open, the end of the log. */
  readonly ended?: number;
  readonly closed: boolean;
  readonly lateMs?: number;
  readonly hands?: Hands;
}

/** The rows in the order of the checklist, a way back last. */
export function timelineOf(report: Report, reported: Reported): readonly TimelineRow[] {
  const { plan, state, events } = reported;
  const hands = handsOf(reported);
  const times = new Map(plan === undefined ? [] : phaseTimes(plan, state).map((one) => [one.phase.id, one]));
  const end = Date.parse(report.to);
  const phases = report.phases
    .filter(({ id, opened }) => opened !== '' || times.has(id))
    .map(({ id, title, planned: at, ...phase }): TimelineRow => {
      const planned = times.get(id)?.planned;
      const opened = phase.opened === '' ? undefined : Date.parse(phase.opened);
      const ended = phase.closed === '' ? end : Date.parse(phase.closed);
      return {
        id,
        title,
        at,
        closed: phase.closed !== '',
        ...(planned !== undefined && { planned }),
        ...(opened !== undefined && { opened, ended, hands: hands([opened, ended]) }),
        ...(planned !== undefined && opened !== undefined && { lateMs: opened - planned }),
      };
    });
  return [...phases, ...waysBack()];

  function waysBack(): readonly TimelineRow[] {
    const rows: TimelineRow[] = [];
    let opened: number | undefined;
    const close = (ended: number, closed: boolean): void => {
      if (opened === undefined) return;
      const span = [opened, ended] as const;
      rows.push({ id: 'way back', title: '', at: '', opened, ended, closed, hands: hands(span) });
      opened = undefined;
    };
    for (const { kind, at } of events) {
      if (kind === 'rollback.open') opened ??= Date.parse(at);
      if (kind === 'rollback.close') close(Date.parse(at), true);
    }
    close(end, false);
    return rows;
  }
}
