// Questions at a terminal: one alone, or the lines of a section one after the other, until somebody closes it.

import { readAnswer } from '../checklist/answers.ts';
import { flowOf, isAnswered, type Flow } from '../engine/flow.ts';
import type { Json } from '../engine/json.ts';
import { holds } from '../engine/people.ts';
import type { AskWork, Step } from '../engine/plan.ts';
import { stepState } from '../engine/state.ts';
import { pair } from '../render/layout.ts';
import { closingSectionLines, handedText, sectionLines, type SectionShown } from '../render/section.ts';
import { whereOf } from '../render/verdict.ts';
import type { Aside } from '../world.ts';
import type { GateDesk } from './at-gate.ts';
import { isLeave, type Answer, type Back, type Closed, type Leave, type Put, type Reply } from './people.ts';
import { questionText } from './question.ts';
import { closingWord, readWord, wordLines, wordsAt, type Word } from './section-words.ts';

/** How a file that was attached is named as evidence, or why it was not kept. */
export type Kept = { readonly name: string } | { readonly refused: string };

export interface SectionDesk extends GateDesk {
  /** In ms. */
  now(): number;
  /** Says where the run stands. */
  place(step: Step): void;
  /** What was attached in this session, in order. */
  attached(): readonly string[];
}

export interface Sections {
  ask(step: Step): Promise<Reply<Answer | Put>>;
  close(flow: Flow): Promise<Reply<Closed | { readonly anew: string }>>;
}

/** One line that is being asked: what is understood at it beside an answer, and what it is about. */
interface Line {
  readonly step: Step;
  readonly flow: Flow | undefined;
  readonly words: readonly string[];
  /** It is asked behind all lines, whether the section is closed. */
  readonly closing: boolean;
}

/** Asks at this terminal. What was shown and skipped is known for one session; everything else stands in the log. */
export function atSections(desk: SectionDesk): Sections {
  const { page, plan, operator } = desk;
  const print = (lines: readonly string[]): void => desk.print(lines);
  const { theme } = page;
  const skipped = new Set<string>();
  const left = new Set<string>();
  let onScreen: Flow | undefined;

  const shownOf = (flow: Flow): SectionShown => ({ plan, state: desk.state(), flow, skipped, now: desk.now() });
  const about = (step: Step): void => print(pair(page, 4, 'where', whereOf(plan, step)));

  async function aside(what: Aside, { step, words }: Line): Promise<Leave | Back | undefined> {
    if (what === 'help') print(wordLines(page, plan, words));
    return desk.aside(what, step, () => about(step));
  }

  /** What was typed: an answer, what to do instead of one, or somebody leaves. `read` says what is wrong with it. */
  async function typed(
    line: Line,
    question: string,
    read: (text: string) => string | undefined,
    secret = false,
  ): Promise<{ readonly text: string } | { readonly file: string } | Put | Leave | Back> {
    const wordIn = (text: string): Word | undefined => readWord(text, { ...line, plan, state: desk.state(), secret });
    const check = (text: string): string | undefined => {
      const word = wordIn(text);
      return word === undefined ? read(text) : 'problem' in word ? word.problem : undefined;
    };
    for (;;) {
      const before = desk.attached().length;
      const said = await (secret ? operator.secret(question, line.words) : operator.line(question, check, line.words));
      if ('aside' in said) {
        const leave = await aside(said.aside, line);
        if (leave) return leave;
        const file = desk.attached()[before];
        if (file !== undefined) return { file };
        continue;
      }
      const word = wordIn(said.answer);
      if (word === undefined) return { text: said.answer };
      if ('problem' in word) print(pair(page, 2, theme.glyphs.error, word.problem, 2));
      else if (word.do === 'back') return { anew: word.step };
      else if (word.do !== 'list') return put(line, word);
      else if (line.flow) print(sectionLines(page, shownOf(line.flow)));
    }
  }

  function put({ step }: Line, word: Extract<Word, { do: 'skip' | 'hand' }>): Put {
    skipped.add(step.id);
    const answered = isAnswered(desk.state(), step);
    const what = answered ? 'stays as it was' : 'stays open, and is asked again when nothing else is left';
    if (word.do === 'skip') print(pair(page, 2, theme.glyphs.open, `${step.id} ${what}`, 2));
    return { later: true, ...(word.do === 'hand' && { hand: { role: word.role, by: desk.principal } }) };
  }

  async function answerTo(line: Line, { ask: question }: AskWork): Promise<{ answer: Json } | Put | Leave | Back> {
    const problemOf = (text: string): string | undefined => {
      const read = readAnswer(question, text, desk.now());
      return 'problem' in read ? read.problem : undefined;
    };
    for (;;) {
      const said = await typed(line, questionText(question), problemOf, question.secret);
      // A file is evidence, and no answer.
      if ('file' in said) continue;
      if (!('text' in said)) return said;
      const read = readAnswer(question, said.text, desk.now());
      if ('answer' in read) return read;
      // A line is checked while it is typed; a secret only here. What is wrong with it must not quote it.
      const text = question.secret ? 'That cannot be the answer; type it again.' : read.problem;
      print(pair(page, 2, theme.glyphs.error, text, 2));
    }
  }

  /** Words, a link, or a file that is attached right here. */
  async function evidenceOf(line: Line): Promise<string | Put | Leave | Back> {
    const words = line.words.length === 0 ? [] : [':attach', ...line.words];
    const said = await typed({ ...line, words }, 'What did you see, and where?', (text) =>
      text.trim() === '' ? 'type the evidence' : undefined,
    );
    return 'text' in said ? said.text : 'file' in said ? said.file : said;
  }

  function show(step: Step, flow: Flow | undefined): void {
    const { handed, answer, verdict } = stepState(desk.state(), step.id);
    desk.place(step);
    if (flow !== undefined && flow !== onScreen) print([...sectionLines(page, shownOf(flow)), '']);
    onScreen = flow;
    const at = flow === undefined ? '' : `${flow.lines.indexOf(step) + 1} of ${flow.lines.length}  `;
    print(pair(page, 2, theme.glyphs.ask, `${at}${step.id}  ${step.title}`, 2, theme.accent));
    about(step);
    if (flow === undefined) return;
    if (handed) print(pair(page, 4, 'open', handedText(plan, desk.state(), handed)));
    if (answer && verdict) print(pair(page, 4, 'answered', `${answer.answer || '(given)'}  ${answer.by}`));
  }

  return {
    async ask(step) {
      if (step.work.type !== 'ask') return 'silent';
      const flow = flowOf(plan, step.id);
      const { handed, verdict } = stepState(desk.state(), step.id);
      const role = verdict === undefined ? handed?.role : undefined;
      const who = desk.personOf(role ?? step.owner);
      // Whoever it was handed to is somewhere else, as far as is known: everything else comes first.
      if (role !== undefined && !holds(desk.state(), who, role) && !left.has(step.id)) {
        left.add(step.id);
        return { later: true };
      }
      show(step, flow);
      left.add(step.id);
      const line = { step, flow, closing: false, words: flow ? wordsAt(plan, desk.state(), flow, step) : [] };
      const read = await answerTo(line, step.work);
      if (isLeave(read) || !('answer' in read)) return read;
      const evidence = step.work.evidence ? await evidenceOf(line) : '';
      if (typeof evidence !== 'string') return evidence;
      skipped.delete(step.id);
      return { answer: read.answer, evidence, by: who, source: 'asked' };
    },

    async close(flow) {
      const { lines, section } = flow;
      const last = lines.findLast((line) => isAnswered(desk.state(), line));
      if (last === undefined) return 'silent';
      desk.place(last);
      print(closingSectionLines(page, shownOf(flow)));
      onScreen = flow;
      const word = closingWord(section.title);
      const line = { step: last, flow, closing: true, words: [':back', ':list'] };
      const wrong = `nothing is closed: type ${word}, or :back to correct an answer`;
      for (;;) {
        const said = await typed(line, `Type ${word} and the section is closed`, (text) =>
          text.normalize('NFC').toLowerCase() === word ? undefined : wrong,
        );
        if ('anew' in said || isLeave(said)) return said;
        if ('text' in said) return { by: desk.personOf(section.owner) };
      }
    },
  };
}
