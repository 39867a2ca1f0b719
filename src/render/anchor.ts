// A head as people read it: at gates, at the end of a run, and on one line for a ticket.

import { humanHead } from '../log/anchor.ts';
import type { AnchorCheck } from '../log/anchor-record.ts';
import { visible } from './text.ts';

/** What is known of a head that somebody is to note. */
export interface Noted {
  readonly run: string;
  /** `aep-prod`. */
  readonly name: string;
  readonly seq: number;
  /** 64 hexadecimal digits. */
  readonly head: string;
  /** When the line was written. */
  readonly at: string;
}

/** `ABCDE-FGHIJ-KLMNO-PQRST-UVWXY` of a head written `SEQ:HASH`. */
export function humanOf(head: string): string {
  return humanHead(head.slice(head.indexOf(':') + 1));
}

/** For gates, from `SEQ:HASH`: short enough to be copied by hand. */
export function anchorLine(head: string): string {
  const seq = head.slice(0, head.indexOf(':'));
  return `head ${seq}  ${humanOf(head)}  note it outside, e.g. in the ticket`;
}

/** One line with everything that has to be kept, in both forms. */
export function ticketLine({ run, name, seq, head, at }: Noted): string {
  return visible(`golive ${run} ${name} at ${at}, head ${seq}  ${humanHead(head)}  ${seq}:${head}`);
}

/** An anchor that is in a store. */
interface KeptAnchor {
  readonly place: string;
  readonly already: boolean;
  readonly lockedUntil: Date | undefined;
}

/** What became of an anchor that was to be kept. `missing`: why the log does not say so. */
export function keptLines(kept: KeptAnchor, missing: string | undefined): readonly string[] {
  const until = kept.lockedUntil?.toISOString().slice(0, 10);
  const lock =
    until === undefined
      ? 'whether it is locked could not be seen: that takes s3:GetObject and s3:GetObjectRetention'
      : `nobody can change or delete it before ${until}`;
  return [
    `${kept.already ? 'there already' : 'kept'}: ${visible(kept.place)}; ${lock}`,
    missing === undefined ? 'The log says so.' : `The log does not say so: ${visible(missing)}.`.replace(/\.\.$/, '.'),
  ];
}

/** What `golive anchor check` says: the verdict first. `verify`: the command that says more. */
export function anchorCheckLines(
  check: AnchorCheck & { readonly hidden: number; readonly others: number },
  verify: string,
): readonly string[] {
  const { verdict, reason, run, head, anchors, fit, to, since, hidden, others } = check;
  const held = `the log holds ${anchors === 1 ? 'its anchor' : `all ${anchors} anchors`}, up to ${reach(check)}`;
  const rows: readonly (readonly [string, string])[] = [
    ['run', run === '' ? 'unknown' : run],
    ['head', head.seq < 0 ? 'none' : `${head.seq}:${head.hash}`],
    ...(head.seq < 0 ? [] : [['', humanHead(head.hash)] as const]),
    ['anchors', to < 0 ? `${fit} of ${anchors} fit` : `${fit} of ${anchors} fit, up to ${reach(check)}`],
    ...(since === '' ? [] : [['since', `the store had the newest of them at ${since}`] as const]),
    ...(hidden === 0 ? [] : [['note', `${hidden} of them were hidden there by something newer`] as const]),
    ...(others === 0 ? [] : [['note', `${others} other objects lie beside them, and were not read`] as const]),
    ...(to >= 0 && to < head.seq ? [['note', `a rewrite of what follows event ${to} would not show`] as const] : []),
    ['note', `whether it is sealed, and by whom it was written, says: ${verify}`],
  ];
  return [
    verdict === 'HELD' ? `HELD: ${held}` : `${verdict}: ${visible(reason)}`,
    ...rows.map(([name, text]) => `  ${name.padEnd(8)} ${visible(text)}`),
  ];
}

function reach({ to, head }: AnchorCheck): string {
  return to === head.seq ? 'its last event' : `event ${to} of ${head.seq}`;
}
