// What people are shown of a change, and what an error says in the end: texts that no event and no blob has been through.

import type { JsonObject } from '../engine/json.ts';
import { isObject } from '../engine/json.ts';
import { GoliveError } from '../errors.ts';
import type { ActShown, LostShown } from '../render/act.ts';
import type { BackShown } from '../render/way-back.ts';
import type { Prospect } from '../steps/act.ts';
import type { People } from './people.ts';
import { scrubJson, type Scrub } from './scrubber.ts';

/** People who are shown everything but the secrets of the run. */
export function withoutSecrets(people: People, scrub: Scrub): People {
  return {
    ...people,
    confirm: (step, shown) => people.confirm(step, actTold(shown, scrub)),
    reconcile: (step, shown) => people.reconcile(step, lostTold(shown, scrub)),
    rollback: (shown) => people.rollback(backTold(shown, scrub)),
  };
}

/** The error itself, unless there is a secret in its words; then one that says the same without it. */
export function errorTold(error: unknown, scrub: Scrub): unknown {
  if (!(error instanceof Error)) return error;
  const message = scrub(error.message);
  const stack = scrub(error.stack ?? '');
  const hint = error instanceof GoliveError && error.hint !== undefined ? scrub(error.hint) : undefined;
  const changed = message !== error.message || stack !== (error.stack ?? '');
  if (error instanceof GoliveError) {
    const { code, exit } = error;
    if (!changed && hint === error.hint) return error;
    return new GoliveError(code, message, { exit, ...(hint !== undefined && { hint }) });
  }
  return changed ? Object.assign(new Error(message), { name: error.name, stack }) : error;
}

function actTold(shown: ActShown, scrub: Scrub): ActShown {
  const { words, prospect, undo, verify } = shown;
  return {
    ...shown,
    words: scrub(words),
    prospect: prospectTold(prospect, scrub),
    undo: 'words' in undo ? { words: scrub(undo.words) } : { none: scrub(undo.none) },
    ...(verify && { verify: { ...verify, words: scrub(verify.words) } }),
  };
}

function lostTold(shown: LostShown, scrub: Scrub): LostShown {
  const { words, request, why, expected, observed } = shown;
  const texts = { words: scrub(words), why: scrub(why), expected: scrub(expected), observed: scrub(observed) };
  return { ...shown, ...texts, request: objectTold(request, scrub) };
}

function backTold(shown: BackShown, scrub: Scrub): BackShown {
  const part = <T extends { readonly prospect?: Prospect; readonly blind?: string }>(item: T): T => ({
    ...item,
    ...(item.prospect && { prospect: prospectTold(item.prospect, scrub) }),
    ...(item.blind !== undefined && { blind: scrub(item.blind) }),
  });
  return {
    ...shown,
    why: scrub(shown.why),
    ...(shown.again !== undefined && { again: scrub(shown.again) }),
    backs: shown.backs.map((back) => ({
      ...part(back),
      ...(back.words !== undefined && { words: scrub(back.words) }),
    })),
    offered: shown.offered.map((item) => part(item)),
  };
}

function prospectTold(prospect: Prospect, scrub: Scrub): Prospect {
  const { before, request, lines, expected, observed } = prospect;
  return {
    ...prospect,
    before: objectTold(before, scrub),
    request: objectTold(request, scrub),
    lines: lines.map((line) => scrub(line)),
    expected: scrub(expected),
    observed: scrub(observed),
  };
}

function objectTold(json: JsonObject, scrub: Scrub): JsonObject {
  const told = scrubJson(json, scrub);
  return isObject(told) ? told : {};
}
