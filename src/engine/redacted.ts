// The word that stands in place of a value which is not looked at.

/** Nothing can be said of a value like this but that there is one. */
export const redacted = '(redacted)';
