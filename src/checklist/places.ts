// Where every value of a YAML file stands, and what is said about a place that is wrong.

/** A place in a template of the library, which may stand in another file. */
export interface TemplatePlace {
  /** The template: `s3.versioned`. */
  readonly name: string;
  readonly file: string;
  readonly line: number;
  readonly column: number;
}

/** Lines and columns count from 1; `length` is in characters on that line. */
export interface Place {
  readonly line: number;
  readonly column: number;
  readonly length: number;
  /** For what a template brought: the place is where it is used, and this is where it is written. */
  readonly template?: TemplatePlace;
}

/** One mistake in a file, with everything needed to show it. */
export interface Problem extends Place {
  readonly file: string;
  readonly message: string;
  /** What to do about it: a nearest name, a way to write it. */
  readonly hint?: string;
  /** The line it stands on, as written. */
  readonly excerpt: string;
}

/** Places of one container: its own, and those of its keys and values. */
interface Spots {
  readonly own: Place;
  readonly entries: Map<string | number, { readonly key: Place; readonly value: Place }>;
}

/** A file that was read: its lines, and the place of every value by the object or list that holds it. */
export interface Source {
  readonly file: string;
  readonly text: string;
  readonly lines: readonly string[];
  /** Keyed by identity, so that places survive whatever is taken out of a list. */
  readonly spots: WeakMap<object, Spots>;
}

const start: Place = { line: 1, column: 1, length: 1 };

export function placeOfValue(source: Source, container: object, key?: string | number): Place {
  const spots = source.spots.get(container);
  if (spots === undefined) return start;
  return (key === undefined ? undefined : spots.entries.get(key)?.value) ?? spots.own;
}

export function placeOfKey(source: Source, container: object, key: string | number): Place {
  const spots = source.spots.get(container);
  return spots?.entries.get(key)?.key ?? spots?.own ?? start;
}

/** Takes an item out of a list; the places of the items behind it move along. */
export function dropItem(source: Source, list: unknown[], index: number): void {
  list.splice(index, 1);
  const entries = source.spots.get(list)?.entries;
  if (entries === undefined) return;
  for (let at = index; at < list.length; at++) {
    const next = entries.get(at + 1);
    if (next !== undefined) entries.set(at, next);
  }
  entries.delete(list.length);
}

/** A problem at a place. Messages are capped: what they quote was written by somebody else. */
export function problemAt(source: Source, place: Place, message: string, hint?: string): Problem {
  return {
    file: source.file,
    line: place.line,
    column: place.column,
    length: place.length,
    ...(place.template !== undefined && { template: place.template }),
    message: message.slice(0, 500),
    ...(hint === undefined ? {} : { hint: hint.slice(0, 500) }),
    excerpt: source.lines[place.line - 1] ?? '',
  };
}

/** How rules say what is wrong: at a value, or at a key. */
export interface Report {
  value(container: object, key: string | number | undefined, message: string, hint?: string): void;
  key(container: object, key: string | number, message: string, hint?: string): void;
}

/** A report that collects into `problems`. */
export function reportInto(source: Source, problems: Problem[]): Report {
  return {
    value: (container, key, message, hint) => {
      problems.push(problemAt(source, placeOfValue(source, container, key), message, hint));
    },
    key: (container, key, message, hint) => {
      problems.push(problemAt(source, placeOfKey(source, container, key), message, hint));
    },
  };
}

/** `checklists/aep.yaml:123:9`. */
export function positionText(source: Source, container: object, key?: string | number): string {
  const place = placeOfValue(source, container, key);
  return `${source.file}:${place.line}:${place.column}`;
}

/** In the order of the file; what was said twice is kept once. */
export function inOrder(problems: readonly Problem[]): readonly Problem[] {
  const seen = new Set<string>();
  return problems
    .toSorted((a, b) => a.line - b.line || a.column - b.column)
    .filter((problem) => {
      const { line = 0, column = 0 } = problem.template ?? {};
      const id = `${problem.line}:${problem.column}:${line}:${column}:${problem.message}`;
      return seen.has(id) ? false : seen.add(id);
    });
}
