// The blanks of the paper: from the values file, the environment, defaults, and else asked once.

import { readAnswer } from '../checklist/answers.ts';
import { gatherInputs } from '../checklist/inputs.ts';
import type { Checklist } from '../checklist/read.ts';
import type { ValuesFile } from '../checklist/values-file.ts';
import type { Json } from '../engine/json.ts';
import { GoliveError } from '../errors.ts';
import { questionText } from '../runner/question.ts';
import type { Secrets } from '../runner/secret-forms.ts';
import { openDesk } from './desk.ts';
import { mistakes } from './open-checklist.ts';
import type { ProcessShell } from './shell.ts';
import { lackText, refuseLacking } from './unattended.ts';

export interface GatheredValue {
  readonly name: string;
  readonly value: Json;
  readonly source: 'file' | 'environment' | 'default' | 'asked';
}

/** Every input with where it came from, and the secrets. Without `mayAsk` a missing one is an error that names it. */
export async function askInputs(
  checklist: Checklist,
  from: {
    readonly file: ValuesFile | undefined;
    readonly env: Readonly<Record<string, string | undefined>>;
    readonly mayAsk: boolean;
  },
  shell: ProcessShell,
): Promise<{ readonly values: readonly GatheredValue[]; readonly secrets: Secrets }> {
  const now = Date.now();
  const { given, secrets, missing, problems } = gatherInputs(checklist, { file: from.file, env: from.env, now });
  if (problems.length > 0) throw mistakes(problems, from.file?.source.file ?? checklist.source.file);
  const values: GatheredValue[] = Object.entries(given).map(([name, { value, source }]) => ({ name, value, source }));
  if (missing.length === 0) return { values, secrets };
  if (!from.mayAsk) refuseLacking(missing.map(lackText));
  const { operator } = openDesk(shell);
  const asked: Record<string, string> = { ...secrets };
  for (const { name, question } of missing) {
    for (let done = false; !done;) {
      const check = (text: string): string | undefined => {
        const read = readAnswer(question, text, now);
        return 'problem' in read ? read.problem : undefined;
      };
      const said = question.secret
        ? await operator.secret(questionText(question))
        : await operator.line(questionText(question), check);
      if ('aside' in said) {
        if (said.aside === 'pause' || said.aside === 'stop')
          throw new GoliveError('left', 'nothing was started', { exit: 2 });
        continue;
      }
      done = true;
      const read = question.secret ? { answer: '' } : readAnswer(question, said.answer, now);
      if (question.secret) asked[name] = said.answer;
      else if ('answer' in read) values.push({ name, value: read.answer, source: 'asked' });
    }
  }
  return { values, secrets: asked };
}
