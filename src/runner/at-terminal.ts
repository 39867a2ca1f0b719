// Somebody at a terminal: questions, votes and the menu in front of a red. Nothing here happens on Enter alone.

import { readAnswer } from '../checklist/answers.ts';
import type { Json } from '../engine/json.ts';
import { stepsOf, type Plan, type Question, type Step } from '../engine/plan.ts';
import { standing } from '../engine/standing.ts';
import { stepState, type State } from '../engine/state.ts';
import { factLines } from '../render/facts.ts';
import { pair, type Page } from '../render/layout.ts';
import { progressText } from '../render/opening.ts';
import { visible } from '../render/text.ts';
import { redLines, whereOf } from '../render/verdict.ts';
import type { Aside, Asked, Choice, Operator, Screen } from '../world.ts';
import type { Leave, People, Remedy, Reply } from './people.ts';

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
  /** The facts kept under a digest. */
  readonly facts: (digest: string) => Promise<Json | undefined>;
}

type MenuKey = 'r' | 'e' | 'w' | 'a' | 'n' | 'p' | 's';

/** People who sit at this terminal. */
export function atTerminal(terminal: Terminal): People {
  const { operator, screen, page, plan } = terminal;
  const print = (lines: readonly string[]): void => lines.forEach((line) => screen.print(line));

  /** Where am I, what is settled, what is open: above every prompt. */
  function place(step: Step): void {
    const state = terminal.state();
    const steps = stepsOf(plan);
    const stands = steps.map((other) => standing(other, stepState(state, other.id), terminal.now()));
    const settled = stands.filter((stand) => stand === 'settled' || stand === 'deferred').length;
    const red = stands.filter((stand) => stand === 'red').length;
    screen.print(page.theme.dim(`  ${step.phase}: ${progressText(state, settled, steps.length, red)}`));
  }

  /** Asks until there is an answer or somebody leaves; asides are dealt with in between. */
  async function until<T>(step: Step, ask: () => Promise<Asked<T>>, evidence: () => Promise<void>): Promise<T | Leave> {
    for (;;) {
      const said = await ask();
      if ('answer' in said) return said.answer;
      const left = await aside(said.aside, step, evidence);
      if (left) return left;
    }
  }

  async function aside(what: Aside, step: Step, evidence: () => Promise<void>): Promise<Leave | undefined> {
    if (what === 'pause') return { leave: 'pause', reason: '' };
    if (what === 'evidence') await evidence();
    if (what === 'help') print(helpLines(page));
    if (what === 'note') {
      const said = await operator.line('Note', notEmpty('a note'));
      if ('answer' in said) await terminal.note(step.id, said.answer);
    }
    if (what === 'stop') {
      const reason = await words('Why does the run end here? (typing a reason ends it)', 'a reason');
      if (reason !== undefined) return { leave: 'stop', reason };
    }
    return undefined;
  }

  /** A line that has to say something; undefined when the person turned away from the question. */
  async function words(question: string, what: string): Promise<string | undefined> {
    const said = await operator.line(question, notEmpty(what));
    return 'answer' in said ? said.answer : undefined;
  }

  async function showEvidence(step: Step): Promise<void> {
    const seen = stepState(terminal.state(), step.id).verdict;
    if (seen === undefined) return;
    print(redLines(page, plan, step, seen));
    const facts = seen.facts === '' ? undefined : await terminal.facts(seen.facts);
    print(factLines(page, facts));
  }

  return {
    ask: async (step) => {
      if (step.work.type !== 'ask') return 'silent';
      const { ask: question, evidence: wantsEvidence } = step.work;
      place(step);
      print(pair(page, 2, page.theme.glyphs.ask, `${step.id}  ${step.title}`, 2));
      const about = async (): Promise<void> => print(pair(page, 4, 'where', whereOf(plan, step)));
      const check = (text: string): string | undefined => {
        const read = readAnswer(question, text, terminal.now());
        return 'problem' in read ? read.problem : undefined;
      };
      const ask = (): Promise<Asked<string>> =>
        question.secret ? operator.secret(questionText(question)) : operator.line(questionText(question), check);
      const text = await until(step, ask, about);
      if (typeof text !== 'string') return text;
      const read = readAnswer(question, text, terminal.now());
      if ('problem' in read) return 'silent';
      const evidence = wantsEvidence
        ? await until(step, () => operator.line('What did you see, and where?', notEmpty('the evidence')), about)
        : '';
      if (typeof evidence !== 'string') return evidence;
      return { answer: read.answer, evidence, by: terminal.personOf(step.owner), source: 'asked' };
    },

    vote: async (step, role) => {
      place(step);
      print(pair(page, 2, page.theme.glyphs.gate, `${step.id}  ${step.title}`, 2));
      const title = plan.roles[role]?.title ?? role;
      const check = (text: string): string | undefined =>
        text === 'go' || text === 'no-go' ? undefined : 'type go or no-go';
      const said = await until(
        step,
        () => operator.line(`${visible(title)} (${visible(terminal.personOf(role))}): go or no-go?`, check),
        () => showReds(),
      );
      if (typeof said !== 'string') return said;
      return { decision: said === 'go' ? 'go' : 'no-go', by: terminal.personOf(role), comment: '' };
    },

    red: async (step, same) => {
      place(step);
      for (;;) {
        const key = await until(
          step,
          () => operator.menu(redQuestion(step, same), choicesFor(terminal, step)),
          () => showEvidence(step),
        );
        if (typeof key !== 'string') return key;
        const reply = await chosen(key, step);
        if (reply !== undefined) return reply;
      }
    },
  };

  async function showReds(): Promise<void> {
    const state = terminal.state();
    for (const step of stepsOf(plan)) {
      const seen = stepState(state, step.id).verdict;
      if (seen && seen.verdict !== 'pass' && seen.verdict !== 'skip') print(redLines(page, plan, step, seen));
    }
  }

  async function chosen(key: MenuKey, step: Step): Promise<Reply<Remedy> | undefined> {
    switch (key) {
      case 'r':
        return { do: 'retry' };
      case 'e': {
        const known = stepsOf(plan).filter(
          (other) => stepState(terminal.state(), other.id).verdict !== undefined && other.nature !== 'decides',
        );
        const check = (text: string): string | undefined =>
          known.some((other) => other.id === text) ? undefined : `one of ${known.map((other) => other.id).join(', ')}`;
        const said = await operator.line('Which earlier step?', check);
        return 'answer' in said ? { do: 'again', step: said.answer } : undefined;
      }
      case 'w': {
        const reason = await words(visible(step.waive?.ask ?? 'Why can this be accepted?'), 'a reason');
        const role = step.waive?.by ?? step.owner ?? '';
        return reason === undefined
          ? undefined
          : { do: 'waive', by: terminal.personOf(role === '' ? undefined : role), role, reason };
      }
      case 'a': {
        const evidence = await words('What did you see, and where?', 'the evidence');
        return evidence === undefined ? undefined : { do: 'attest', by: terminal.personOf(step.owner), evidence };
      }
      case 'n':
      case 'p':
      case 's':
        return aside(key === 'n' ? 'note' : key === 'p' ? 'pause' : 'stop', step, async () => undefined);
      default:
        return key satisfies never;
    }
  }
}

/** The question with what may be typed. */
export function questionText(question: Question): string {
  const how = {
    confirm: ' (yes or no)',
    text: '',
    number: ' (a number)',
    integer: ' (a whole number)',
    date: ' (YYYY-MM-DD)',
    choice: ` (${(question.choices ?? []).map(String).join(', ')})`,
  };
  return visible(question.question) + how[question.type];
}

function redQuestion(step: Step, same: readonly Step[]): string {
  return `${step.id}${same.length > 0 ? ` and ${same.length} more` : ''}: what now?`;
}

/** Attest is for what the machine could not look at; critical steps cannot be waived, and attesting one takes two people. */
function choicesFor(terminal: Terminal, step: Step): readonly Choice<MenuKey>[] {
  const verdict = stepState(terminal.state(), step.id).verdict?.verdict;
  const gate = step.work.type === 'gate';
  const critical = step.severity === 'critical';
  const blind = verdict === 'error' || verdict === 'inconclusive';
  return [
    { key: 'r', label: gate ? 'retry: poll again' : step.nature === 'pokes' ? 'retry: send it again' : 'retry' },
    { key: 'e', label: 'run an earlier step again' },
    ...(critical || gate ? [] : [{ key: 'w', label: 'waive: accept it, with a reason' } as const]),
    ...(blind && !critical && !gate ? [{ key: 'a', label: 'attest: you looked yourself' } as const] : []),
    { key: 'n', label: 'note' },
    { key: 'p', label: 'pause: resume later' },
    { key: 's', label: 'stop: no-go' },
  ];
}

function helpLines(page: Page): string[] {
  const rows: readonly (readonly [string, string])[] = [
    [':evidence', 'show again what was expected and what was seen'],
    [':note', 'leave a note in the log'],
    [':pause', 'close this session; golive resume goes on'],
    [':stop', 'end the run as a no-go; asks for a reason first'],
  ];
  return rows.flatMap(([name, text]) => pair(page, 4, name, text, 12));
}

const notEmpty =
  (what: string) =>
  (text: string): string | undefined =>
    text.trim() === '' ? `type ${what}` : undefined;
