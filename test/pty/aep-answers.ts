// What somebody who plays AEP by hand answers before the cutover, during it, and a day later.

import type { Terminal } from './terminal.ts';

/** Waits for the question, wherever its lines break, and answers it. */
export async function answerAt(terminal: Terminal, question: string, answer: string): Promise<void> {
  const words = question.replaceAll(/[?().$]/g, String.raw`\$&`).replaceAll(' ', String.raw`\s+`);
  await terminal.waitFor(new RegExp(`${words}[^›]*›`), 30_000);
  // A long answer goes over the edge of the line; its end is where the cursor is.
  await terminal.answer(answer, answer.slice(-3));
}

async function withEvidence(terminal: Terminal, question: string, answer: string, evidence: string): Promise<void> {
  await answerAt(terminal, question, answer);
  await answerAt(terminal, 'What did you see, and where?', evidence);
}

/** Waits until the word for this act is asked for, and not for one before it. */
export async function waitForAct(terminal: Terminal, act: string): Promise<void> {
  await terminal.waitFor(new RegExp(String.raw`\n +\S ${act}  [^]*Type aep-prod and it is done[^›]*›`), 60_000);
}

/** Gives the word for an act: only when the question is about this one. */
export async function confirmAct(terminal: Terminal, act: string): Promise<void> {
  await waitForAct(terminal, act);
  await terminal.answer('aep-prod', 'prod');
}

/** The day before. */
export async function lowerTtl(terminal: Terminal): Promise<void> {
  await confirmAct(terminal, 'lower-ttl');
}

/** The TTL, the way back, and the migration. */
export async function prepare(terminal: Terminal): Promise<void> {
  await lowerTtl(terminal);
  await withEvidence(terminal, 'When was the rollback last practised', '2026-03-05', 'AEP-2214');
  await confirmAct(terminal, 'migrated');
}

/** Three votes. */
export async function signOff(terminal: Terminal): Promise<void> {
  await answerAt(terminal, 'Infrastructure lead, go or no-go?', 'go');
  await answerAt(terminal, 'Engineering lead, go or no-go?', 'go');
  await answerAt(terminal, 'Security review, go or no-go?', 'go');
}

/** The four tests by hand, and the word that closes them, while the watch runs. */
export async function accept(terminal: Terminal): Promise<void> {
  await answerAt(terminal, 'Which build does the page show?', '2026.03.0');
  await answerAt(terminal, 'Which name stands in the header?', 'Test User');
  await withEvidence(terminal, 'was the answer complete?', '4.2', 'Chat 8841, complete after 4.2 s');
  await answerAt(terminal, 'Which message is shown?', 'You have reached the limit of your plan');
  await answerAt(terminal, 'Type acceptance and the section is closed', 'acceptance');
}

/** What is asked a day later, and the last poll. */
export async function dayAfter(terminal: Terminal): Promise<void> {
  await withEvidence(terminal, 'How many users reported something that is new?', '0', 'Support queue until 11:00');
  await withEvidence(terminal, 'and how many are there?', 'AEP-2231, one problem', 'AEP-2231');
  await answerAt(terminal, 'Who was thanked, and how?', 'Everybody, with cake');
  await answerAt(terminal, 'Type first and the section is closed', 'first');
  await withEvidence(terminal, 'Repeat the user journey in a browser.', '5.1', 'Chat 9107, complete after 5.1 s');
  await answerAt(terminal, 'Engineering lead, go or no-go?', 'go');
  await answerAt(terminal, 'On-call engineer, go or no-go?', 'go');
}
