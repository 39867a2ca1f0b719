// What the fault test came to, as a table that can be read.

import type { CrashAct } from './crash-acts.ts';
import type { Counted } from './crash-case.ts';

/** All cases of one point and act, or of one point at which people sign. */
export interface Row {
  readonly point: string;
  readonly act: Pick<CrashAct, 'name'> & { readonly class: string };
  readonly counted: readonly Counted[];
}

const head = ['point', 'act', 'class', 'cases', 'kills', 'resumed', 'reached', 'most in a run', 'asked'];

/**
 * point × (kills, resumed, requests that reached the stand-in, questions to a person whether it was made). Where people sign:
 * signatures in the log instead of requests, and questions to somebody who had signed.
 */
export function tableOf(rows: readonly Row[]): string {
  const body = rows.map(({ point, act, counted }) => {
    const sum = (of: (each: Counted) => number): string => String(counted.reduce((total, each) => total + of(each), 0));
    return [
      point,
      act.name,
      act.class,
      String(counted.length),
      sum(({ killed }) => killed),
      sum(({ resumed }) => resumed),
      sum(({ reached }) => reached),
      String(Math.max(...counted.map(({ reached }) => reached))),
      sum(({ asked }) => asked),
    ];
  });
  const lines = [head, ...body];
  const widths = head.map((_, column) => Math.max(...lines.map((line) => line[column]?.length ?? 0)));
  return lines
    .map((line) =>
      line
        .map((cell, column) => cell.padEnd(widths[column] ?? 0))
        .join('  ')
        .trimEnd(),
    )
    .join('\n');
}
