// Something changed in a folder: said by the system where it can, found by looking now and then where it cannot.

import { watch } from 'node:fs';

/** Entries come in bursts: how long to let one finish, in ms. */
const burstMs = 50;

export interface FolderWatch {
  /** Resolves when something changed since the last time, after `ms`, or when the signal aborts: whatever is first. */
  changed(ms: number, signal: AbortSignal): Promise<void>;
  close(): void;
}

/** Watches the entries of a folder. Never throws: without word from the system, `ms` is how often somebody looks. */
export function watchFolder(folder: string): FolderWatch {
  let stirred = false;
  let stir: (() => void) | undefined;
  const close = listen(folder, () => {
    stirred = true;
    stir?.();
  });
  return {
    close,
    changed: (ms, signal) =>
      new Promise((resolve) => {
        const end = (): void => {
          clearTimeout(timer);
          signal.removeEventListener('abort', end);
          stir = undefined;
          stirred = false;
          resolve();
        };
        let timer = setTimeout(end, signal.aborted ? 0 : stirred ? burstMs : ms);
        if (!stirred) {
          stir = () => {
            stir = undefined;
            clearTimeout(timer);
            timer = setTimeout(end, burstMs);
          };
        }
        signal.addEventListener('abort', end, { once: true });
      }),
  };
}

function listen(folder: string, heard: () => void): () => void {
  try {
    const watcher = watch(folder, heard);
    const close = (): void => watcher.close();
    // The folder went away, or the system has no more watches to give.
    watcher.on('error', close);
    return close;
  } catch {
    return () => undefined;
  }
}
