// What a person may answer: the form of inputs and asks, and whether a value has it.

import { judge } from '../engine/judge.ts';
import { parseTime } from '../engine/duration.ts';
import type { Json } from '../engine/json.ts';
import type { AnswerType, Question } from '../engine/plan.ts';
import { answerTypes, type AskBody, type InputBody } from './schema.ts';

/** The question an input or an ask puts to a person; templates are still in it. */
export function questionOf(body: InputBody | AskBody): Question {
  const type = answerTypes.find((one) => one in body) ?? 'text';
  const form = type === 'choice' ? undefined : body[type];
  return {
    question: body.question,
    type,
    ...(body.choice === undefined ? {} : { choices: body.choice }),
    check: form ?? {},
    secret: body.secret === true,
  };
}

const wanted: Readonly<Record<AnswerType, string>> = {
  confirm: 'yes or no',
  text: 'a text',
  number: 'a number',
  integer: 'a whole number',
  date: 'a date such as 2026-11-20, or a time with a zone',
  choice: 'one of the choices',
};

/** What is wrong with an answer's form, or undefined. `now` is in ms, for dates measured from it. */
export function checkAnswer(question: Question, answer: Json, now: number): string | undefined {
  const { type, choices } = question;
  if (type === 'choice' && choices !== undefined && !choices.includes(answer)) {
    return `must be one of ${choices.map((choice) => JSON.stringify(choice)).join(', ')}`;
  }
  if (!hasType(type, answer)) return `must be ${wanted[type]}`;
  if (Object.keys(question.check).length === 0) return undefined;
  const finding = judge([question.check], answer, now).findings.find((one) => one.verdict !== 'pass');
  if (finding === undefined) return undefined;
  const expected = finding.expected.replace(/^this /, '');
  const verb = /^(match|contain)(?:es|s) /.exec(expected);
  return verb === null ? `must be ${expected}` : `must ${verb[1]} ${expected.slice(verb[0].length)}`;
}

function hasType(type: AnswerType, answer: Json): boolean {
  if (type === 'confirm') return typeof answer === 'boolean';
  if (type === 'number') return typeof answer === 'number';
  if (type === 'integer') return Number.isSafeInteger(answer);
  if (type === 'choice') return true;
  if (typeof answer !== 'string' || answer.trim() === '') return false;
  return type === 'text' || parseTime(answer) !== undefined;
}

/** An answer as it was typed, or as an environment variable holds it. */
export function readAnswer(
  question: Question,
  typed: string,
  now: number,
): { readonly answer: Json } | { readonly problem: string } {
  const answer = fromText(question, typed.trim());
  const problem = checkAnswer(question, answer, now);
  return problem === undefined ? { answer } : { problem };
}

function fromText(question: Question, typed: string): Json {
  switch (question.type) {
    case 'confirm': {
      const word = typed.toLowerCase();
      return word === 'yes' || word === 'true' ? true : word === 'no' || word === 'false' ? false : typed;
    }
    case 'number':
    case 'integer':
      return /^-?\d+(\.\d+)?$/.test(typed) ? Number(typed) : typed;
    case 'choice':
      return question.choices?.find((choice) => choiceText(choice) === typed) ?? typed;
    default:
      return typed;
  }
}

/** How a choice is typed: as it stands in the checklist. */
function choiceText(choice: Json): string {
  return typeof choice === 'string' ? choice : JSON.stringify(choice);
}
