// What a program says while it works, as lines for the screen.

import { visible } from './text.ts';

/** How much of one line is shown. */
const lineMax = 400;

/** Its lines, set apart from golive's own; what could move the cursor is made visible. */
export function cleaned(text: string): readonly string[] {
  return text
    .split(/\r\n|\r|\n/)
    .filter((line) => line.trim() !== '')
    .map((line) => `  | ${visible(line).slice(0, lineMax)}`);
}
