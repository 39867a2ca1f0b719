// Somebody at a terminal: questions, votes and the menu in front of a red. Nothing here happens on Enter alone.

import { readAnswer } from '../checklist/answers.ts';
import type { Json } from '../engine/json.ts';
import { actsInReach, actsThatStand, hasWayBack, isBroughtAbout } from '../engine/acts.ts';
import { nearest } from '../engine/nearest.ts';
import { stepsOf, type Plan, type Question, type Step } from '../engine/plan.ts';
import { stepState, type State } from '../engine/state.ts';
import { notPassedLines } from '../render/closing.ts';
import { standsLines } from '../render/act.ts';
import { factLines } from '../render/facts.ts';
import { pair, type Page } from '../render/layout.ts';
import { lapseLines } from '../render/lapse.ts';
import { noReturnLines } from '../render/no-return.ts';
import { placeLines } from '../render/place.ts';
import { visible } from '../render/text.ts';
import { redLines, whereOf } from '../render/verdict.ts';
import type { Renewal } from '../wire.ts';
import type { Aside, Asked, Operator, Screen } from '../world.ts';
import { askWhatBecame, confirmAct, confirmBack, type Desk } from './consent.ts';
import { choicesFor, helpLines, redQuestion, type MenuKey } from './menu.ts';
import { questionText } from './question.ts';
import { isLeave, type Back, type Leave, type People, type Remedy, type Reply } from './people.ts';
import { lapsesBehind } from './renewal.ts';

export interface Terminal {
  readonly operator: Operator;
  readonly screen: Screen;
  readonly page: Page;
  readonly plan: Plan;
  readonly state: () => State;
  readonly now: () => number;
  /** Who is at the keyboard. */
  readonly principal: string;
  /** Who answers for a role: the one at the keyboard, or in a rehearsal the role's own person. */
  readonly personOf: (role: string | undefined) => string;
  readonly note: (step: string, text: string) => Promise<void>;
  /** What is known of credentials that are over. */
  readonly renewal?: Renewal | undefined;
  /** The facts kept under a digest. */
  readonly facts: (digest: string) => Promise<Json | undefined>;
}

/** What is shown when somebody wants to see what a question is about. */
type Evidence = () => Promise<void> | void;

/** People who sit at this terminal. */
export function atTerminal(terminal: Terminal): People {
  const { operator, screen, page, plan } = terminal;
  const { glyphs } = page.theme;
  const print = (lines: readonly string[]): void => lines.forEach((line) => screen.print(line));
  const standing = (): readonly Step[] => actsThatStand(plan, terminal.state());
  const lapsed = (step: Step): string[] => lapseLines(page, lapsesBehind(terminal.renewal, terminal.state(), step));
  const place = (step: Step): void => print(placeLines(page, plan, terminal.state(), step, terminal.now()));

  /** Asks until there is an answer or somebody leaves; asides are dealt with in between. */
  async function until<T>(step: Step, ask: () => Promise<Asked<T>>, evidence: Evidence): Promise<T | Leave | Back> {
    for (;;) {
      const said = await ask();
      if ('answer' in said) return said.answer;
      const left = await aside(said.aside, step, evidence);
      if (left) return left;
    }
  }

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
    if (what === 'stop') {
      print(standsLines(page, standing(), 'left in place: a run that ended takes nothing back; :rollback does'));
      const said = await operator.line('Why does the run end here? Typing a reason ends it', notEmpty('a reason'));
      return 'aside' in said ? aside(said.aside, step, evidence) : { leave: 'stop', reason: said.answer };
    }
    return undefined;
  }

  /** A question begun in the menu: what is typed there goes on; an aside is done and leads back to the menu. */
  async function fromMenu(
    step: Step,
    question: string,
    check: (text: string) => string | undefined,
    then: (text: string) => Remedy,
  ): Promise<Remedy | Leave | Back | undefined> {
    const said = await operator.line(question, check);
    return 'answer' in said ? then(said.answer) : aside(said.aside, step, () => showEvidence(step, []));
  }

  async function showEvidence(step: Step, same: readonly Step[]): Promise<void> {
    const seen = stepState(terminal.state(), step.id).verdict;
    if (seen === undefined) return;
    print([...redLines(page, plan, step, seen, same), ...lapsed(step)]);
    const facts = seen.facts === '' ? undefined : await terminal.facts(seen.facts);
    print(factLines(page, facts));
  }

  async function answerTo(step: Step, question: Question, about: Evidence): Promise<{ answer: Json } | Leave | Back> {
    const text = questionText(question);
    for (;;) {
      const check = (typed: string): string | undefined => {
        const read = readAnswer(question, typed, terminal.now());
        return 'problem' in read ? read.problem : undefined;
      };
      const ask = (): Promise<Asked<string>> => (question.secret ? operator.secret(text) : operator.line(text, check));
      const typed = await until(step, ask, about);
      if (typeof typed !== 'string') return typed;
      const read = readAnswer(question, typed, terminal.now());
      if ('answer' in read) return read;
      // A line is checked while it is typed; a secret only here. What is wrong with it must not quote it.
      print(
        pair(page, 2, glyphs.error, question.secret ? 'That cannot be the answer; type it again.' : read.problem, 2),
      );
    }
  }

  const { principal, note } = terminal;
  const desk: Desk = { operator, page, plan, principal, print, note, aside };
  return {
    ask: async (step) => {
      if (step.work.type !== 'ask') return 'silent';
      const { ask: question, evidence: wantsEvidence } = step.work;
      const about = (): void => print(pair(page, 4, 'where', whereOf(plan, step)));
      place(step);
      print(pair(page, 2, glyphs.ask, `${step.id}  ${step.title}`, 2, page.theme.accent));
      about();
      const read = await answerTo(step, question, about);
      if (isLeave(read)) return read;
      const evidence = wantsEvidence
        ? await until(step, () => operator.line('What did you see, and where?', notEmpty('the evidence')), about)
        : '';
      if (typeof evidence !== 'string') return evidence;
      return { answer: read.answer, evidence, by: terminal.personOf(step.owner), source: 'asked' };
    },

    vote: async (step, role, shown) => {
      const soFar = (): void => {
        const lines = notPassedLines(page, plan, terminal.state(), terminal.now());
        print(lines.length > 0 ? lines : pair(page, 2, glyphs.pass, 'Everything looked at so far has passed.', 2));
        if (shown !== undefined) print(noReturnLines(page, shown, terminal.now()));
      };
      if (step.work.type === 'gate' && step.work.poll[0] === role) {
        place(step);
        print(pair(page, 2, glyphs.gate, `${step.id}  ${step.title}`, 2, page.theme.accent));
        soFar();
      }
      const title = plan.roles[role]?.title ?? role;
      const check = (text: string): string | undefined =>
        text === 'go' || text === 'no-go' ? undefined : 'type go or no-go';
      const question = `${visible(title)}, go or no-go?`;
      const said = await until(step, () => operator.line(question, check), soFar);
      if (typeof said !== 'string') return said;
      return { decision: said === 'go' ? 'go' : 'no-go', by: terminal.personOf(role), comment: '' };
    },

    red: async (step, same) => {
      const { verdict: seen, act } = stepState(terminal.state(), step.id);
      place(step);
      if (seen) print([...redLines(page, plan, step, seen, same), ...lapsed(step)]);
      const choices = choicesFor(step, same, seen?.verdict, actsInReach(plan, terminal.state()).filter(hasWayBack), {
        made: isBroughtAbout(terminal.state(), step),
        unknown: act?.outcome === 'unknown',
      });
      for (;;) {
        const ask = (): Promise<Asked<MenuKey>> => operator.menu(redQuestion(step, same), choices);
        const key = await until(step, ask, () => showEvidence(step, same));
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

    putAside: () => operator.putAside(),
  };

  async function chosen(key: MenuKey, step: Step): Promise<Reply<Remedy> | undefined> {
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
        return fromMenu(step, 'Which earlier step?', check, (id) => ({ do: 'again', step: id }));
      }
      case 'w': {
        const role = step.waive?.by ?? step.owner ?? '';
        const by = terminal.personOf(role === '' ? undefined : role);
        const question = visible(step.waive?.ask ?? 'Why can this be accepted?');
        return fromMenu(step, question, notEmpty('a reason'), (reason) => ({ do: 'waive', by, role, reason }));
      }
      case 'a': {
        const by = terminal.personOf(step.owner);
        const question = 'What did you see, and where?';
        return fromMenu(step, question, notEmpty('the evidence'), (evidence) => ({ do: 'attest', by, evidence }));
      }
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
