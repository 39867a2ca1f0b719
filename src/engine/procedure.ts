// Whether a run went the way it had to: every event is held against what the engine would have let happen right then.

import type { Bodies, KnownPerson, RunEvent } from './events.ts';
import { evolve } from './evolve.ts';
import { amendmentOf } from './amend.ts';
import type { Plan } from './plan.ts';
import { bareRuleBroken } from './procedure-bare.ts';
import { notDecided } from './procedure-orders.ts';
import { oneAttested, ruleBroken } from './procedure-rules.ts';
import { initialState, stepState, type State } from './state.ts';

/** What is to be known of a log beside its events. */
export interface Lines {
  readonly run: string;
  /** The hash of a line, by its seq. */
  readonly hash: (seq: number) => string | undefined;
  /** What was shown to whoever signed in this line; undefined where nobody did. */
  readonly text: (seq: number) => string | undefined;
  /** Who holds which role, by whoever looks; absent: as the sessions of the run say. */
  readonly people?: readonly KnownPerson[] | undefined;
}

/** The plan in force, and the one that an amendment brings. Without a plan only what needs none is looked at. */
export interface Plans {
  readonly plan?: Plan | undefined;
  readonly after?: Plan | undefined;
}

/** How far a log was followed. */
export interface Followed {
  readonly state: State;
  /** Phases that the amendment just before opens once more. */
  readonly reopen: readonly string[];
}

/** Before the first event. */
export function nothingFollowed({ people }: Pick<Lines, 'people'>): Followed {
  return { state: { ...initialState(), ...(people && { people }) }, reopen: [] };
}

/** The next event; it is taken in whether it could come then or not. `next`: from `openEvolution`, where `before` is not kept. */
export function follow(
  before: Followed,
  event: RunEvent,
  { plan, after }: Plans,
  { people }: Lines,
  next: typeof evolve = evolve,
): Followed {
  const amended = event.kind === 'checklist.amend' && plan && after && amendmentOf(plan, after, before.state);
  const evolved = next(before.state, event);
  const state = people === undefined ? evolved : { ...evolved, people };
  if (amended) return { state, reopen: amended.reopen };
  if (event.kind !== 'phase.open') return { state, reopen: [] };
  return { state, reopen: before.reopen.filter((phase) => phase !== event.body.phase) };
}

/** Why this event could not come then, as a sentence that names step, person and role; undefined: it could. */
export function breachOf(followed: Followed, event: RunEvent, plans: Plans, lines: Lines): string | undefined {
  const { state, reopen } = followed;
  const { plan, after } = plans;
  if (event.kind === 'run.open' || event.kind === 'session.open') return undefined;
  const broken =
    notItsTurn(followed, event) ??
    wordBroken(state, event, lines) ??
    (plan === undefined
      ? bareRuleBroken(state, event)
      : (ruleBroken({ plan, after, state, reopen }, event) ?? notDecided(plan, state, event, lines.run)));
  return broken === undefined ? undefined : `${whatIs(event)}: ${broken}`;
}

function notItsTurn({ state, reopen }: Followed, event: RunEvent): string | undefined {
  if (state.session?.sid !== event.sid) return 'another session had taken over from the one that wrote it';
  const [left] = reopen;
  if (left === undefined || event.kind === 'phase.open') return undefined;
  return `the phase ${left}, which the amendment before it touches, was not opened again`;
}

/** What stands in the log alone says whether a word or a pass can be what it claims to be. */
function wordBroken(state: State, event: RunEvent, lines: Lines): string | undefined {
  switch (event.kind) {
    case 'value.set':
      return set(state, event.body);
    case 'step.verdict':
      return event.body.verdict === 'pass' ? noEvidence(state, event.body) : undefined;
    case 'step.waive':
      return notInRun(state) ?? signedBefore(state, event.body) ?? otherTerms(event.body, lines);
    case 'step.attest':
      return notInRun(state) ?? signedBefore(state, event.body) ?? oneAttested(state, event.body);
    case 'act.intent':
      return otherApproval(state, event.body, lines);
    case 'checklist.amend':
      return otherChecklist(event.body, lines);
    default:
      return undefined;
  }
}

/** What the run was given stands from its beginning: the checklist in force was filled in with it. */
function set(state: State, { name, json, step }: Bodies['value.set']): string | undefined {
  if (!isJson(json)) return 'it is not JSON';
  return step === '' && state.values[name] !== undefined ? 'it has a value already' : undefined;
}

function isJson(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}

/** Of a poll not everybody has to say something; whatever else is looked at for a pass has to have been seen. */
function noEvidence(state: State, { step, findings }: Bodies['step.verdict']): string | undefined {
  if (findings.length === 0) return 'nothing was found, and that is no pass';
  const polled = Object.keys(stepState(state, step).votes).length > 0;
  const bad = polled ? undefined : findings.find(({ verdict }) => verdict !== 'pass');
  return bad && `${bad.expected} is ${bad.verdict}, and that is no pass`;
}

function notInRun({ opened }: State): string | undefined {
  return opened?.mode === 'run' ? undefined : 'nobody accepts anything in a dry run or a survey';
}

/** Whoever signs has to have seen what they accept. */
function signedBefore(
  state: State,
  { step, signoff }: { readonly step: string; readonly signoff: number },
): string | undefined {
  const { signoffs, verdict } = stepState(state, step);
  const word = signoffs.find(({ seq }) => seq === signoff);
  if (word === undefined || verdict === undefined || word.seen >= verdict.seq) return undefined;
  return `${word.principal} signed before that was seen`;
}

/** The first line of what was signed says until when: `waive STEP until TIME: …`. */
function otherTerms({ step, until, signoff }: Bodies['step.waive'], lines: Lines): string | undefined {
  const text = signoff === -1 ? undefined : lines.text(signoff);
  if (text === undefined) return undefined;
  return text.startsWith(`waive ${step}${until === '' ? '' : ` until ${until}`}: `)
    ? undefined
    : 'other terms were signed';
}

function otherChecklist(
  { digest, previous, signoff = -1 }: Bodies['checklist.amend'],
  lines: Lines,
): string | undefined {
  const text = signoff === -1 ? undefined : lines.text(signoff);
  return text?.split('\n')[0]?.endsWith(`the checklist ${digest} in place of ${previous}`) === false
    ? 'another checklist was signed'
    : undefined;
}

/** Every approval it names is a go that stands above it, as it stands there. */
function otherApproval(state: State, { go }: Bodies['act.intent'], lines: Lines): string | undefined {
  const signed = Object.values(state.steps).flatMap(({ signoffs }) =>
    signoffs.filter(({ decision }) => decision === 'go'),
  );
  const bad = go.find((head) => {
    const { seq } = signed.find((word) => head === `${word.seq}:${lines.hash(word.seq) ?? ''}`) ?? {};
    return seq === undefined;
  });
  return bad && `${bad} is no go above it`;
}

/** `the vote of ada@example.com for lead at go-live`. */
function whatIs(event: RunEvent): string {
  switch (event.kind) {
    case 'gate.vote':
      return `the vote of ${event.body.by} for ${event.body.role} at ${event.body.step}`;
    case 'signoff': {
      const { principal, role, decision, step } = event.body;
      return `the ${decision} that ${principal} signed${role === '' ? '' : ` for ${role}`} about ${step}`;
    }
    case 'step.waive': {
      const { step, by, role } = event.body;
      return `the waiver of ${step} by ${by}${role === '' ? '' : ` for ${role}`}`;
    }
    case 'step.attest': {
      const { step, by, second } = event.body;
      return `the attestation of ${step} by ${by}${second === '' ? '' : ` and ${second}`}`;
    }
    case 'step.start':
      return `the start of ${event.body.step}`;
    case 'step.verdict':
      return `the verdict ${event.body.verdict} of ${event.body.step}`;
    case 'step.defer':
      return `the deferral of ${event.body.step}`;
    case 'ask.answer':
      return `the answer of ${event.body.by} to ${event.body.step}`;
    case 'step.claim':
      return `the handing of ${event.body.step} to ${event.body.role}`;
    case 'act.intent':
      return `the change of ${event.body.step}`;
    case 'act.result':
      return `the result ${event.body.result} of ${event.body.step}`;
    case 'act.reconciled':
      return `what became of ${event.body.step}`;
    case 'phase.open':
    case 'phase.close':
      return `the ${event.kind === 'phase.open' ? 'opening' : 'closing'} of phase ${event.body.phase}`;
    case 'value.set':
      return `the value ${event.body.name}`;
    case 'checklist.amend':
      return `the amendment by ${event.body.by}`;
    case 'seal':
      return 'the seal';
    default:
      return event.kind;
  }
}
