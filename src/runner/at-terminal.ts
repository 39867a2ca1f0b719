// Somebody at a terminal: questions, votes and the menu in front of a red. Nothing here happens on Enter alone.

import type { Json } from '../engine/json.ts';
import { actsInReach, actsThatStand, hasWayBack, isBroughtAbout } from '../engine/acts.ts';
import { nearest } from '../engine/nearest.ts';
import { stepsOf, type Plan, type Step } from '../engine/plan.ts';
import { stepState, type State } from '../engine/state.ts';
import { notPassedLines } from '../render/closing.ts';
import { standsLines } from '../render/act.ts';
import { anchorLine } from '../render/anchor.ts';
import { factLines } from '../render/facts.ts';
import { pair, type Page } from '../render/layout.ts';
import { lapseLines } from '../render/lapse.ts';
import { noReturnLines } from '../render/no-return.ts';
import { placeLines } from '../render/place.ts';
import { redLines } from '../render/verdict.ts';
import type { Renewal } from '../wire.ts';
import type { Roster } from '../roster.ts';
import type { Aside, Asked, Operator, Screen } from '../world.ts';
import { askAttest, askWaiver, begun } from './at-red.ts';
import { atSections, type Kept } from './at-section.ts';
import { askVote, votedLines, type Elsewhere, type GateDesk } from './at-gate.ts';
import { askWhatBecame, confirmAct, confirmBack } from './consent.ts';
import { choicesFor, helpLines, redQuestion, type MenuKey } from './menu.ts';
import type { Back, Leave, People, Remedy, Reply } from './people.ts';
import { lapsesBehind } from './renewal.ts';
import { knownPeople, until, type Evidence } from './who-signs.ts';

export interface Terminal {
  readonly operator: Operator;
  readonly screen: Screen;
  readonly page: Page;
  readonly plan: Plan;
  readonly state: () => State;
  /** The newest line as `SEQ:HASH`, to be noted outside; absent where there is no log to speak of. */
  readonly head?: (() => string) | undefined;
  readonly now: () => number;
  /** Who is at the keyboard. */
  readonly principal: string;
  /** Who answers for a role: the one at the keyboard, or in a rehearsal the role's own person. */
  readonly personOf: (role: string | undefined) => string;
  /** Absent where nobody said who holds which role. */
  readonly roster?: Roster | undefined;
  /** Absent where nothing can be signed at another machine. */
  readonly elsewhere?: Elsewhere | undefined;
  readonly note: (step: string, text: string) => Promise<void>;
  /** Keeps the file at this path as evidence; gives how it is named, or why it was not kept. */
  readonly attach: (step: string, path: string) => Promise<Kept>;
  /** What is known of credentials that are over. */
  readonly renewal?: Renewal | undefined;
  /** The facts kept under a digest. */
  readonly facts: (digest: string) => Promise<Json | undefined>;
}

/** People who sit at this terminal. */
export function atTerminal(terminal: Terminal): People {
  const { operator, screen, page, plan } = terminal;
  const { glyphs } = page.theme;
  const print = (lines: readonly string[]): void => lines.forEach((line) => screen.print(line));
  const standing = (): readonly Step[] => actsThatStand(plan, terminal.state());
  const lapsed = (step: Step): string[] => lapseLines(page, lapsesBehind(terminal.renewal, terminal.state(), step));
  // What was attached at the prompts of this session, in order.
  const attached: string[] = [];
  const place = (step: Step): void => print(placeLines(page, plan, terminal.state(), step, terminal.now()));

  async function aside(what: Aside, step: Step, evidence: Evidence): Promise<Leave | Back | undefined> {
    if (what === 'pause') return { leave: 'pause', reason: '' };
    if (what === 'rollback') {
      if (standing().length > 0) return { leave: 'rollback', step: step.id };
      print(pair(page, 2, glyphs.note, 'This run has changed nothing that stands: there is nothing to take back.', 2));
    }
    if (what === 'evidence') await evidence();
    if (what === 'help') print(helpLines(page));
    if (what === 'note') {
      const said = await operator.line('Note', notEmpty('a note'));
      if ('aside' in said) return aside(said.aside, step, evidence);
      await terminal.note(step.id, said.answer);
    }
    if (what === 'attach') {
      const said = await operator.line('The path of the file that is to be kept as evidence', notEmpty('a path'));
      if ('aside' in said) return aside(said.aside, step, evidence);
      const kept = await terminal.attach(step.id, said.answer);
      if ('refused' in kept) print(pair(page, 2, glyphs.error, `not attached: ${kept.refused}`, 2));
      else attached.push(kept.name);
    }
    if (what === 'stop') {
      print(standsLines(page, standing(), 'left in place: a run that ended takes nothing back; :rollback does'));
      const said = await operator.line('Why does the run end here? Typing a reason ends it', notEmpty('a reason'));
      return 'aside' in said ? aside(said.aside, step, evidence) : { leave: 'stop', reason: said.answer };
    }
    return undefined;
  }

  async function showEvidence(step: Step, same: readonly Step[]): Promise<void> {
    const seen = stepState(terminal.state(), step.id).verdict;
    if (seen === undefined) return;
    print([...redLines(page, plan, step, seen, same), ...lapsed(step)]);
    const facts = seen.facts === '' ? undefined : await terminal.facts(seen.facts);
    print(factLines(page, facts));
  }

  // The poll that was shown: whoever comes back to one in another session sees first what it is about.
  let polled = '';
  const { principal, note, state, roster, elsewhere, personOf } = terminal;
  const desk: GateDesk = { operator, page, plan, principal, state, roster, elsewhere, personOf, print, note, aside };
  const sections = atSections({ ...desk, now: terminal.now, place, attached: () => attached });
  return {
    ask: (step) => sections.ask(step),

    close: (flow) => sections.close(flow),

    vote: async (step, role, shown) => {
      const soFar = (): void => {
        const lines = notPassedLines(page, plan, terminal.state(), terminal.now());
        print(lines.length > 0 ? lines : pair(page, 2, glyphs.pass, 'Everything looked at so far has passed.', 2));
        if (shown !== undefined) print(noReturnLines(page, shown, terminal.now()));
        print(votedLines(desk, step));
        if (terminal.head !== undefined) print([page.theme.dim(`  ${anchorLine(terminal.head())}`)]);
      };
      const poll = `${step.id} ${stepState(terminal.state(), step.id).attempt}`;
      if (polled !== poll) {
        polled = poll;
        place(step);
        print(pair(page, 2, glyphs.gate, `${step.id}  ${step.title}`, 2, page.theme.accent));
        soFar();
      }
      return askVote(desk, step, role, soFar);
    },

    red: async (step, same) => {
      const { verdict: seen, act } = stepState(terminal.state(), step.id);
      place(step);
      if (seen) print([...redLines(page, plan, step, seen, same), ...lapsed(step)]);
      const choices = choicesFor(
        step,
        same,
        seen?.verdict,
        actsInReach(plan, terminal.state()).filter(hasWayBack),
        {
          made: isBroughtAbout(terminal.state(), step),
          unknown: act?.outcome === 'unknown',
        },
        knownPeople(terminal.state()).length > 1,
      );
      for (;;) {
        const ask = (): Promise<Asked<MenuKey>> => operator.menu(redQuestion(step, same), choices);
        const key = await until(desk, step, () => showEvidence(step, same), ask);
        if (typeof key !== 'string') return key;
        const reply = await chosen(key, step);
        if (reply !== undefined) return reply;
      }
    },

    confirm: (step, shown) => {
      place(step);
      return confirmAct(desk, step, shown);
    },

    reconcile: (step, shown) => {
      place(step);
      return askWhatBecame(desk, step, shown, terminal.personOf(step.owner));
    },

    rollback: (shown) => confirmBack(desk, shown),

    notCounted: (why) => {
      print(pair(page, 2, glyphs.error, `not counted: ${why}`, 2, page.theme.bad));
      return true;
    },

    putAside: () => operator.putAside(),
  };

  async function chosen(key: MenuKey, step: Step): Promise<Reply<Remedy> | undefined> {
    const evidence = (): Promise<void> => showEvidence(step, []);
    switch (key) {
      case 'r':
        return { do: 'retry' };
      case 'e': {
        const known = stepsOf(plan).filter(
          ({ id, nature }) =>
            nature !== 'decides' && nature !== 'changes' && stepState(terminal.state(), id).verdict !== undefined,
        );
        const ids = known.map((other) => other.id);
        print(pair(page, 4, 'steps', ids.join(', ')));
        const check = (text: string): string | undefined => {
          if (ids.includes(text)) return undefined;
          const near = nearest(text, ids);
          return near === undefined ? 'type the id of one of the steps above' : `did you mean ${near}?`;
        };
        const id = await begun(desk, step, 'Which earlier step?', { check, evidence });
        return typeof id === 'string' ? { do: 'again', step: id } : id;
      }
      case 'w':
        return askWaiver(desk, step, evidence);
      case 'a':
        return askAttest(desk, step, evidence);
      case 'b':
      case 'n':
      case 'p':
      case 's':
        return aside(asideOf[key], step, () => undefined);
      default:
        return key satisfies never;
    }
  }
}

const asideOf = { b: 'rollback', n: 'note', p: 'pause', s: 'stop' } as const;

const notEmpty =
  (what: string) =>
  (text: string): string | undefined =>
    text.trim() === '' ? `type ${what}` : undefined;
