// What a program writes while it runs: its lines as they are whole, and the end of it all.

/** Characters of one line that are passed on; a program that writes no line feed would fill any memory. */
const longestLine = 2_000;

/** Takes text as it comes and gives away whole lines. */
export interface Lines {
  take(text: string): void;
  /** Gives away what is left: a last line without its end. */
  end(): void;
}

/** Lines end with LF or CR, as those do that a program writes over; empty ones are left out, and long ones cut off. */
export function openLines(give: (line: string) => void): Lines {
  let left = '';
  const out = (line: string): void => {
    if (line.trim() !== '') give(line.length > longestLine ? `${line.slice(0, longestLine)}…` : line);
  };
  return {
    take: (text) => {
      const lines = `${left}${text}`.split(/[\r\n]/);
      // Of a line that goes on, no more is kept than what tells that it was cut off.
      left = (lines.pop() ?? '').slice(0, longestLine + 1);
      for (const line of lines) out(line);
    },
    end: () => {
      out(left);
      left = '';
    },
  };
}

/** The end of a text that comes in parts. */
export interface Tail {
  take(text: string): void;
  text(): string;
  /** Whether something was left out before it. */
  cut(): boolean;
}

/** Keeps the last `longest` characters, and at most as many again while it is taken in. */
export function openTail(longest: number): Tail {
  let kept = '';
  let cut = false;
  const trim = (): void => {
    if (kept.length <= longest) return;
    cut = true;
    kept = kept.slice(-longest);
    // Half a character is none.
    if (/^[\uDC00-\uDFFF]/.test(kept)) kept = kept.slice(1);
  };
  return {
    take: (text) => {
      kept += text;
      if (kept.length > 2 * longest) trim();
    },
    text: () => {
      trim();
      return kept;
    },
    cut: () => {
      trim();
      return cut;
    },
  };
}
