// This machine as types: its programs, and files below the folder golive was started in. No code.

export interface ProgramRequest {
  /** The program and its arguments, as they are: no shell reads them. */
  readonly argv: readonly string[];
  /** From its start to the end of its output, in ms. */
  readonly timeoutMs: number;
  /** Names of variables it gets beside the few that every program gets. */
  readonly env: readonly string[];
  /** Whether it gets what says where AWS is and who we are there. */
  readonly aws: boolean;
  /** Absent: where golive was started. */
  readonly cwd?: string;
  /** Called once when it runs: from then on it may have done something, whatever becomes of it. */
  readonly onStart?: () => void;
  /** Called with what it writes, as it comes; what is no UTF-8 is replaced. */
  readonly onOutput?: (text: string, stream: 'stdout' | 'stderr') => void;
}

export interface ProgramResult {
  /** 0 to 125, or 128 to 255. */
  readonly exit: number;
  /** At most 256 KiB, UTF-8; what is not is replaced. */
  readonly stdout: string;
  /** At most 64 KiB, in the same way. */
  readonly stderr: string;
  /** Whether `stdout` was longer. */
  readonly truncated: boolean;
  /** Whether `stderr` was longer. */
  readonly stderrTruncated: boolean;
  readonly ms: number;
}

/**
 * Programs of this machine. Throws BlindError when one could not be started, took too long or was killed: 126, 127 and
 * signals say nothing about what it was to find out. It does not outlive the call, nor does what it started.
 */
export interface Programs {
  run(request: ProgramRequest, signal: AbortSignal): Promise<ProgramResult>;
}

export interface FoundFile {
  /** From the folder golive was started in, with slashes. */
  readonly path: string;
  readonly bytes: number;
  /** When it was last written, in ms. */
  readonly modified: number;
}

/** Files of this machine under the folder golive was started in. Throws BlindError for whatever lies or leads outside it. */
export interface Files {
  /** The file at a path, or those that a glob (`*`, `?`, `**`) matches, by path. None is an answer; a folder at `path` is not. */
  find(
    where: { readonly path: string } | { readonly glob: string },
    signal: AbortSignal,
  ): Promise<readonly FoundFile[]>;
  /** The bytes of a file, at most 1 MiB: a longer one is a BlindError. */
  read(path: string, signal: AbortSignal): Promise<Uint8Array>;
}

/** One file of a folder that is put elsewhere as it is. */
export interface TreeFile {
  /** Below the folder, with slashes. */
  readonly path: string;
  readonly bytes: number;
  /** Hex. Empty, like the next one, for a link and for what is longer than may be sent. */
  readonly md5: string;
  /** Base64. */
  readonly sha256: string;
  /** A link: where it leads is not looked at. */
  readonly link?: true;
}

/** Whole folders of this machine under the one golive was started in, for what is put elsewhere file by file. */
export interface Folders {
  /** Every file below a folder, by path; undefined without such a folder. Throws BlindError when one cannot be read. */
  tree(folder: string, signal: AbortSignal): Promise<readonly TreeFile[] | undefined>;
  /** The bytes of a file, at most 64 MiB. Throws BlindError. */
  bytes(path: string, signal: AbortSignal): Promise<Uint8Array>;
}
