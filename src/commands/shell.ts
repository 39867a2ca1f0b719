// What a command is given of the process around it.

export interface Shell {
  /** One piece of the command's answer, to standard output. A line feed is added. */
  out(text: string): void;
  /** Progress and errors, to standard error. A line feed is added. */
  err(text: string): void;
  readonly env: Record<string, string | undefined>;
  readonly cwd: string;
}

/** What a command needs that works on a run. */
export interface ProcessShell extends Shell {
  readonly version: string;
  /** Of this machine, as written into the log. */
  readonly host: string;
  /** Node's version. */
  readonly node: string;
  readonly terminal: Terminal;
  /** Aborts on SIGINT, SIGTERM and SIGHUP. */
  readonly signal: AbortSignal;
}

export interface Terminal {
  readonly input: NodeJS.ReadStream;
  readonly output: NodeJS.WriteStream;
  /** Standard input and output are both terminals. */
  readonly interactive: boolean;
  /** Standard output is a terminal whose last line may be redrawn. */
  readonly live: boolean;
  readonly colour: boolean;
  /** Output is kept as a log, as in CI: its lines say when they were written. */
  readonly stamped: boolean;
  readonly unicode: boolean;
  /** In columns. */
  readonly width: number;
}

/** Options every command takes. */
export interface GlobalOptions {
  readonly runsDir?: string;
  readonly json?: boolean;
}

/** What a person types to call golive again: as they did this time, and where they kept runs this time. */
export function howCalled(shell: Shell, { runsDir }: GlobalOptions = {}): string {
  const program = shell.env['npm_command'] === 'exec' ? 'npx --no-install golive' : 'golive';
  if (runsDir === undefined || runsDir === '.golive/runs') return program;
  return `${program} --runs-dir ${quoted(runsDir)}`;
}

/** A word of a command line as a shell reads it back. */
export function quoted(word: string): string {
  return /^[\w./@%+=:,-]+$/.test(word) ? word : `'${word.replaceAll("'", "'\\''")}'`;
}
