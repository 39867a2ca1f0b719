// The menu in front of a red: which ways there are, and in which words.

import type { Step } from '../engine/plan.ts';
import type { Verdict } from '../engine/events.ts';
import { pair, type Page } from '../render/layout.ts';
import type { Choice } from '../world.ts';

export type MenuKey = 'r' | 'e' | 'w' | 'a' | 'b' | 'n' | 'p' | 's';

/** `backend-logs and 2 more: what now?` */
export function redQuestion(step: Step, same: readonly Step[]): string {
  return `${step.id}${same.length > 0 ? ` and ${same.length} more` : ''}: what now?`;
}

/**
 * Attest is for what the machine could not look at; critical steps cannot be waived, and attesting one takes two people.
 * Retrying is for all that have the cause in common, a person's word for one step at a time. `stands`: the acts that a
 * way back would take back. `change`: whether the change of an act is made and stands, or nobody knows.
 */
export function choicesFor(
  step: Step,
  same: readonly Step[],
  verdict: Verdict | undefined,
  stands: readonly Step[],
  change: { readonly made: boolean; readonly unknown: boolean } = { made: false, unknown: false },
  /** Whether a second person is known, who can attest what is critical too. */
  second = false,
): readonly Choice<MenuKey>[] {
  const gate = step.work.type === 'gate';
  const critical = step.severity === 'critical';
  const blind = verdict === 'error' || verdict === 'inconclusive';
  const made = step.nature !== 'changes' || change.made;
  const maybe = made || change.unknown;
  const retry = gate
    ? 'retry: poll again'
    : step.nature === 'pokes'
      ? 'retry: send it again'
      : step.nature === 'changes'
        ? 'retry: look again, and ask before anything is sent'
        : step.hold !== undefined
          ? 'retry: watch it again, from now on'
          : 'retry: look again';
  const [all, only] = same.length > 0 ? [`, at all ${same.length + 1}`, ` (only ${step.id})`] : ['', ''];
  return [
    { key: 'r', label: retry + all },
    { key: 'e', label: 'run an earlier step again' },
    ...(critical || gate || !made ? [] : [{ key: 'w', label: `waive: accept it, with a reason${only}` } as const]),
    ...(blind && (!critical || second) && !gate && maybe
      ? [
          {
            key: 'a',
            label: `attest: you looked yourself${critical ? ', and a second person did' : ''}${only}`,
          } as const,
        ]
      : []),
    ...(stands.length > 0 ? [{ key: 'b', label: `roll back: ${stands.map(({ id }) => id).join(', ')}` } as const] : []),
    { key: 'n', label: 'note: leave one in the log' },
    { key: 'p', label: 'pause: resume later' },
    { key: 's', label: 'stop: no-go' },
  ];
}

/** What can be typed at any prompt. */
export function helpLines(page: Page): string[] {
  const rows: readonly (readonly [string, string])[] = [
    [':evidence', 'show again what was expected and what was seen'],
    [':note', 'leave a note in the log'],
    [':attach', 'keep a file as evidence; asks for its path'],
    [':pause', 'close this session; golive resume goes on'],
    [':stop', 'end the run as a no-go; asks for a reason first'],
    [':rollback', 'take back what this run changed; shows it first, and asks'],
    ['', 'Each of them also turns away from a question begun in the menu.'],
  ];
  return rows.flatMap(([name, text]) => pair(page, 4, name, text, 12));
}
