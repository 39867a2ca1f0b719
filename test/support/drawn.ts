// Some of many, drawn with a seed that is printed, so that a failing draw can be repeated.

// Kept in the environment: whatever is drawn in one run of the tests is drawn with one seed.
const seed = Number((process.env['GOLIVE_TEST_SEED'] ??= String(Math.floor(Math.random() * 2 ** 31))));

/** `count` of them, in their own order; with GOLIVE_TEST_SEED the same ones again, with GOLIVE_TEST_ALL all of them. */
export function drawn<T>(what: string, all: readonly T[], count: number): readonly T[] {
  if (process.env['GOLIVE_TEST_ALL'] !== undefined) return all;
  process.stdout.write(`${what}: GOLIVE_TEST_SEED=${seed}\n`);
  const ranked = all.map((each, index) => ({ each, index, rank: rank(index) })).toSorted((a, b) => a.rank - b.rank);
  return ranked
    .slice(0, count)
    .toSorted((a, b) => a.index - b.index)
    .map(({ each }) => each);
}

/** A number that looks like chance and hangs on nothing but the seed and the index (mulberry32). */
function rank(index: number): number {
  let mixed = (seed + Math.imul(index + 1, 0x6d2b79f5)) | 0;
  mixed = Math.imul(mixed ^ (mixed >>> 15), mixed | 1);
  mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
  return (mixed ^ (mixed >>> 14)) >>> 0;
}
