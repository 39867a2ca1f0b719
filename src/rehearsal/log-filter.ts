// The filter patterns of CloudWatch Logs for unstructured text: `?ERROR ?"transport closed"`, `timeout -retry`, `"exact words"`.

interface Term {
  readonly sign: '' | '?' | '-';
  readonly text: string;
}

/**
 * Whether a message matches: all plain terms, none of those with `-`, and at least one of those with `?`.
 * Case counts. As in AWS, `?` terms do not count when there are plain ones beside them.
 * Undefined for a pattern that is none of this, such as a JSON one.
 */
export function filterOf(pattern: string): ((message: string) => boolean) | undefined {
  const terms = termsOf(pattern);
  if (terms === undefined) return undefined;
  const of = (sign: Term['sign']): readonly string[] =>
    terms.filter((term) => term.sign === sign).map(({ text }) => text);
  const [required, optional, excluded] = [of(''), of('?'), of('-')];
  return (message) =>
    required.every((text) => message.includes(text)) &&
    !excluded.some((text) => message.includes(text)) &&
    (required.length > 0 || optional.length === 0 || optional.some((text) => message.includes(text)));
}

function termsOf(pattern: string): readonly Term[] | undefined {
  const terms: Term[] = [];
  const term = /\s*([?-]?)(?:"((?:[^"\\]|\\.)*)"|([\w.:/-]+))(?=\s|$)/y;
  const rest = pattern.trimEnd();
  while (term.lastIndex < rest.length) {
    const found = term.exec(rest);
    if (found === null) return undefined;
    const sign = found[1] === '?' || found[1] === '-' ? found[1] : '';
    terms.push({ sign, text: found[2]?.replaceAll(/\\(.)/g, '$1') ?? found[3] ?? '' });
  }
  return terms;
}
