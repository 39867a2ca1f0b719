// Where two pieces of plain data differ: one entry for each place, with the values there.

export interface Difference {
  /** `expect[0].eq`. */
  readonly path: string;
  /** Undefined where there is nothing on that side. */
  readonly before: unknown;
  readonly after: unknown;
}

type Part = Readonly<Record<string, unknown>>;

/** Every place at which they differ, in the order of `before`. The order of keys says nothing; that of lists does. */
export function differences(before: unknown, after: unknown, path = ''): readonly Difference[] {
  if (Array.isArray(before) && Array.isArray(after)) {
    const longer = before.length > after.length ? before : after;
    return longer.flatMap((_, index) => differences(before[index], after[index], `${path}[${index}]`));
  }
  if (isPart(before) && isPart(after)) {
    const keys = [...new Set([...Object.keys(before), ...Object.keys(after)])];
    return keys.flatMap((key) => differences(before[key], after[key], path === '' ? key : `${path}.${key}`));
  }
  return Object.is(before, after) ? [] : [{ path, before, after }];
}

function isPart(value: unknown): value is Part {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
