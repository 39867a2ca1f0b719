// The file and the checklist in it have one name: a run is found again by the name in the checklist.

import { placeOfValue, problemAt, type Problem } from './places.ts';
import type { Checklist } from './read.ts';

/** What is wrong when `NAME.yaml` holds a checklist of another name; undefined when nothing is. */
export function misnamed({ body, source }: Checklist, fileName: string): Problem | undefined {
  if (body.name === fileName) return undefined;
  const message = `this checklist stands in ${fileName}.yaml, and is started as ${fileName}-TARGET`;
  return problemAt(
    source,
    placeOfValue(source, body, 'name'),
    message,
    `write \`name: ${fileName}\`, or rename the file`,
  );
}
