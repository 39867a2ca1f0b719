// JSON for programs, of which nothing is obeyed where it is printed: by a terminal, or by a CI runner that reads its own output.

/** The same JSON in other words: outside of strings none of what is escaped here can stand. `space` as `JSON.stringify` takes it. */
export function jsonText(value: unknown, space?: number): string {
  return withoutOrders(JSON.stringify(value, null, space));
}

/** JSON text with everything escaped that is not drawn, line feeds between its parts left out of that. */
export function withoutOrders(json: string): string {
  return json
    .replace(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Cs}\p{Default_Ignorable_Code_Point}]/gu, (found) =>
      found === '\n' ? found : escaped(found),
    )
    .replaceAll('##', '#\\u0023');
}

function escaped(character: string): string {
  return [...Array(character.length).keys()]
    .map((at) => `\\u${character.charCodeAt(at).toString(16).padStart(4, '0')}`)
    .join('');
}
