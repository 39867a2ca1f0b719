// The first screen: what is about to happen, where, as whom, and what it will be signed with.

import type { KnownPerson } from '../engine/events.ts';
import type { unheldRoles } from '../engine/people.ts';
import { pair, type Page } from './layout.ts';
import { visible } from './text.ts';

export interface OpeningScreen {
  readonly version: string;
  /** `aep-prod`. */
  readonly name: string;
  readonly title: string;
  readonly mode: 'run' | 'dry-run' | 'survey';
  readonly rehearsal: boolean;
  readonly run: string;
  readonly resumed: boolean;
  readonly checklist: {
    readonly path: string;
    readonly digest: string;
    readonly commit: string;
    readonly dirty: boolean;
    /** Who amended it in the middle of the run, and why. */
    readonly amended?: string;
  };
  /** Set when the file differs from the copy the run carries. */
  readonly changed: boolean;
  readonly callers: readonly { readonly account: string; readonly region: string; readonly arn: string }[];
  /** Why AWS could not be asked who we are, when it could not. */
  readonly blind: string | undefined;
  /** Hosts that stand in for AWS. */
  readonly endpoints: readonly { readonly host: string; readonly from: string }[];
  /** Ways to the target that its users do not go, in words. */
  readonly detours: string | undefined;
  readonly key: { readonly source: string; readonly principal: string };
  /** Who may speak for which role, and what nobody may; absent where nobody signs, or only people of a world file do. */
  readonly people?:
    | {
        readonly source: string;
        readonly people: readonly KnownPerson[];
        readonly unheld: ReturnType<typeof unheldRoles>;
      }
    | undefined;
  /** T in ms; undefined while it is not set. */
  readonly t0: number | undefined;
  readonly inputs: readonly { readonly name: string; readonly text: string; readonly source: string }[];
  readonly log: string;
}

/** The first screen, without foreign control characters. */
export function openingLines(page: Page, screen: OpeningScreen): string[] {
  const { theme } = page;
  const what = screen.rehearsal ? 'rehearsal of ' : screen.mode === 'dry-run' ? 'dry run of ' : '';
  const dot = theme.glyphs.dot;
  const lines = [
    `${theme.bold(`golive ${screen.version}`)} ${dot} ${screen.resumed ? 'resuming the ' : ''}${what || (screen.resumed ? 'run of ' : '')}${theme.bold(visible(screen.name))} ${dot} ${visible(screen.title)}`,
  ];
  const row = (name: string, text: string): void => void lines.push(...pair(page, 2, name, text, 11));
  const { checklist } = screen;
  const git =
    checklist.commit === ''
      ? ', not in git'
      : `, git ${checklist.commit.slice(0, 8)}${checklist.dirty ? ', with uncommitted changes' : ''}`;
  // A rehearsal does not ask git: it starts no program.
  const from = screen.rehearsal || checklist.amended !== undefined ? '' : git;
  row('checklist', `${checklist.path}  sha256 ${checklist.digest.slice(0, 12)}${from}`);
  if (checklist.amended !== undefined) row('', checklist.amended);
  if (screen.changed) {
    row('', 'The file has changed since this run began; the run goes on with its own copy.');
    row('', `\`golive amend ${screen.run}\` shows the difference, and has the run go on with the file.`);
  }
  for (const caller of screen.callers) {
    row('account', `${caller.account} ${caller.region}`);
    row('caller', caller.arn);
  }
  if (screen.callers.length === 0) row('account', screen.blind ?? 'none: nothing in this checklist calls AWS');
  for (const endpoint of screen.endpoints) {
    lines.push(
      ...pair(
        page,
        2,
        'AWS',
        `${endpoint.host} (${endpoint.from}) answers instead of AWS: not evidence about AWS`,
        11,
      ).map((line) => theme.bad(line)),
    );
  }
  if (screen.detours !== undefined) {
    const way = `not the one users go: ${visible(screen.detours)}`;
    lines.push(...pair(page, 2, 'way', way, 11).map((line) => theme.bad(line)));
  }
  row('T', clockText(screen.t0));
  row('key', `${screen.key.source}, ${screen.key.principal}`);
  if (screen.people !== undefined) lines.push(...peopleLines(page, screen.people));
  // Said once for all that came from the same place; what nobody chose stands apart.
  const sources = [...new Set(screen.inputs.map(({ source }) => source))];
  const given = (source: string): string =>
    screen.inputs.flatMap((each) => (each.source === source ? [`${each.name} = ${each.text}`] : [])).join(', ');
  const chosen = sources.filter((source) => source !== 'default');
  if (chosen.length > 0) row('inputs', chosen.map((source) => `${given(source)} (${source})`).join(', '));
  if (sources.includes('default')) row('defaults', given('default'));
  row('run', screen.run);
  row('log', screen.log);
  return lines;
}

function peopleLines(page: Page, { source, people, unheld }: NonNullable<OpeningScreen['people']>): string[] {
  const held = people.map(({ principal, roles }) => `${principal} (${roles.join(', ') || 'no role'})`);
  const lines = pair(page, 2, 'people', `${source}: ${held.length === 0 ? 'nobody' : held.join(', ')}`, 11);
  if (unheld.length === 0) return lines;
  const missing = unheld.map(({ role, title, gate }) => `${title} (${role}, asked at ${gate})`).join(', ');
  return [...lines, ...pair(page, 2, '', `Nobody holds ${missing}.`, 11).map((line) => page.theme.bad(line))];
}

/** T in UTC and in the machine's own zone. */
export function clockText(t0: number | undefined): string {
  if (t0 === undefined) return 'not set: phases up to T are due at once, later ones wait';
  const moment = new Date(t0);
  const local = moment.toLocaleString('sv-SE', { timeZoneName: 'short' });
  return `${moment.toISOString().replace('.000Z', 'Z')}  (${local} here)`;
}
