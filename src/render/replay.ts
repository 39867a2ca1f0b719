// What a replay shows beside the transcript itself: what is played, sessions that begin and end, and when lines came out.

import { formatDuration } from '../engine/duration.ts';
import type { RunEvent } from '../engine/events.ts';
import { stepsOf, type Plan } from '../engine/plan.ts';
import type { State } from '../engine/state.ts';
import { fit, pair, type Page } from './layout.ts';
import { clip, visible } from './text.ts';

/** No value is shown longer than this on the first screen, in columns. */
const longestValue = 120;

/** The first screen, as far as the log has it. `events`: all that hold. Nothing of it depends on where it is played. */
export function replayHead(page: Page, run: string, events: readonly RunEvent[], verdict: string): string[] {
  const { theme } = page;
  const [first] = events;
  if (first?.kind !== 'run.open') return [];
  const { body } = first;
  const sort = body.rehearsal ? 'the rehearsal' : body.mode === 'dry-run' ? 'the dry run' : `the ${body.mode}`;
  const name = theme.bold(visible(`${body.checklist.name}-${body.target}`));
  const { dot } = theme.glyphs;
  const lines = [`${theme.bold('golive replay')} ${dot} ${sort} of ${name} ${dot} ${visible(body.checklist.title)}`];
  const row = (label: string, text: string): void => void lines.push(...pair(page, 2, label, text, 11));
  const { checklist, git, session } = body;
  const from =
    body.rehearsal || git.commit === ''
      ? ''
      : `, git ${git.commit.slice(0, 8)}${git.dirty ? ', with uncommitted changes' : ''}`;
  row('checklist', `${checklist.path}  sha256 ${checklist.digest.slice(0, 12)}${from}`);
  for (const { account, region, arn } of session.callers) {
    row('account', `${account} ${region}`);
    row('caller', arn);
  }
  for (const host of session.endpoints)
    lines.push(
      ...pair(page, 2, 'AWS', `${host} answered instead of AWS: not evidence about AWS`, 11).map((line) =>
        theme.bad(line),
      ),
    );
  row('T', clockAtFirst(events));
  row('key', session.principal);
  const inputs = events.flatMap((event) => (event.kind === 'value.set' && event.body.step === '' ? [event.body] : []));
  // What a world file gave stands in a rehearsal's log as a default.
  const isDefault = ({ source }: (typeof inputs)[number]): boolean => source === 'default' && !body.rehearsal;
  const texts = (some: typeof inputs): string =>
    some.map(({ name: input, json }) => `${input} = ${clip(visible(plain(json)), longestValue)}`).join(', ');
  const given = inputs.filter((input) => !isDefault(input));
  if (given.length > 0) row('inputs', texts(given));
  if (given.length < inputs.length) row('defaults', texts(inputs.filter(isDefault)));
  row('run', run);
  row('opened', `${first.at}${body.rehearsal ? `, in fact at ${body.real_at}` : ''}`);
  row('log', verdict);
  return lines;
}

function clockAtFirst(events: readonly RunEvent[]): string {
  for (const event of events) {
    if (event.kind === 'clock.set') return event.body.t0.replace('.000Z', 'Z');
    if (event.kind === 'phase.open') break;
  }
  return 'not set when it began';
}

/** A text as it is, anything else as JSON. */
function plain(json: string): string {
  try {
    const value: unknown = JSON.parse(json);
    return typeof value === 'string' ? value : json;
  } catch {
    // A log may hold anything as the text of a value.
    return json;
  }
}

/** What a session that ended or began says, between the events around it. */
export function sessionLines(
  { theme }: Page,
  event: RunEvent,
  around: { readonly before: RunEvent | undefined; readonly next: RunEvent | undefined },
  state: State,
): string[] {
  const waited = (close: RunEvent | undefined): boolean =>
    state.opened?.rehearsal === true && close?.kind === 'session.close' && close.body.until !== '';
  if (event.kind === 'session.open') {
    const { principal, host } = event.body.session;
    return waited(around.before) ? [] : [theme.dim(`  A session of ${visible(principal)} on ${visible(host)} began.`)];
  }
  if (event.kind !== 'session.close') return [];
  const { reason, until } = event.body;
  if (reason === 'paused') return ['Paused.'];
  if (reason === 'interrupted') return ['Interrupted.'];
  if (until === '') return ['The session was closed.'];
  if (!waited(event) || around.next?.kind !== 'session.open')
    return [`The session was closed; the run goes on at ${until.slice(0, 16)}Z.`];
  return [theme.dim(`  ${formatDuration(Date.parse(until) - Date.parse(event.at))} later, in a new session`)];
}

/** The phase that is open, as its first line has it: for whoever comes in the middle of it. */
export function openPhaseLines(page: Page, plan: Plan, state: State): string[] {
  const phase = plan.phases.find(({ id }) => state.phases[id] === 'open');
  return phase === undefined ? [] : [page.theme.bold(fit(page, `${phase.at}  ${visible(phase.title)}`))];
}

/** Follows the events of a log and says after which of them the session that wrote them showed what it had. */
export interface Pace {
  /** True when lines came out after `event`; `next` is the one after it, `state` the state after `event`. */
  shownAfter(event: RunEvent, next: RunEvent | undefined, state: State): boolean;
}

/** Kinds that come between verdicts and do not keep a session from gathering them. */
const gathered: ReadonlySet<string> = new Set([
  'step.start',
  'step.verdict',
  'step.defer',
  'value.set',
  'ask.answer',
  'phase.open',
  'phase.close',
]);

/**
 * A session gathers verdicts while a look is under way, and shows them when nobody is looking any more: before a person's
 * turn, or before it waits. The log has no line for that; it follows from what comes next.
 */
export function openPace(plan: Plan): Pace {
  const byId = new Map(stepsOf(plan).map((step) => [step.id, step]));
  const rechecked = new Set<string>();
  const running = new Set<string>();
  const isLook = (id: string): boolean => byId.get(id)?.nature === 'looks';
  const inRecheck = (event: RunEvent): boolean =>
    (event.kind === 'step.start' && event.body.why === 'recheck') ||
    (event.kind === 'step.verdict' && rechecked.has(event.body.step));

  return {
    shownAfter(event, next, state) {
      if (event.kind === 'step.start') {
        running.add(event.body.step);
        if (event.body.why === 'recheck') rechecked.add(event.body.step);
        else rechecked.delete(event.body.step);
      }
      if (event.kind === 'step.verdict') running.delete(event.body.step);
      if (event.kind === 'session.open') running.clear();
      if (next === undefined || !gathered.has(next.kind)) return true;
      // What a gate has looked at again is shown together.
      if (inRecheck(event) && inRecheck(next)) return false;
      if ((next.kind === 'step.start' || next.kind === 'step.verdict') && inRecheck(event) !== inRecheck(next))
        return true;
      if (next.kind === 'step.start' && !isLook(next.body.step)) return true;
      // The clock of a rehearsal stands still while anybody looks.
      if (state.opened?.rehearsal === true && next.at > event.at) return true;
      if (event.kind !== 'step.verdict' || inRecheck(event)) return false;
      const left = [...running];
      // What lands while a person is asked is shown behind the question.
      if (isLook(event.body.step) && left.some((id) => byId.has(id) && !isLook(id))) return true;
      // Only what waits between two looks is left.
      const rests = left.every((id) => byId.get(id)?.hold !== undefined || byId.get(id)?.wait !== undefined);
      return state.opened?.rehearsal !== true && left.length > 0 && rests && next.kind !== 'step.start';
    },
  };
}
