// Phrases that are typed before an act: one that no keyboard gives would leave the act undone for ever.

export const typeable = 'choose a few plain words';

/** What keeps a phrase from being typed on one line exactly as it is; undefined when nothing does. */
export function cannotBeTyped(phrase: string): string | undefined {
  if (phrase.trim() !== phrase || phrase === '') return '`phrase` begins or ends with a space, which nobody can type';
  if (/[^\p{L}\p{M}\p{N}\p{P}\p{S} ]/u.test(phrase)) return '`phrase` has characters that nobody can type on one line';
  if (phrase.startsWith(':')) return '`phrase` begins with a colon, as what turns away from a question does';
  return undefined;
}
