// How a question reads, with what may be typed.

import type { Question } from '../engine/plan.ts';
import { visible } from '../render/text.ts';

/** The question with what may be typed. */
export function questionText(question: Question): string {
  const how = {
    confirm: ' (yes or no)',
    text: '',
    number: ' (a number)',
    integer: ' (a whole number)',
    date: ' (YYYY-MM-DD)',
    choice: ` (${visible((question.choices ?? []).map(String).join(', '))})`,
  };
  return visible(question.question) + how[question.type];
}
