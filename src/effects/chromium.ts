// Where Chromium is on this machine, and how it is started: without a window, a past or a way out but ours.

import { constants } from 'node:fs';
import { access } from 'node:fs/promises';
import { userInfo } from 'node:os';
import { delimiter, join } from 'node:path';
import type { LaunchOptions } from 'playwright-core';
import { noBrowser } from './browser-errors.ts';

type Env = Readonly<Record<string, string | undefined>>;

const names = ['chromium', 'chromium-browser', 'google-chrome'];
const passedOn = ['PATH', 'HOME', 'LANG', 'TZ', 'TMPDIR', 'XDG_RUNTIME_DIR'];

/** The program: GOLIVE_CHROMIUM where that is set, else the first of three names in PATH. Throws BlindError without one. */
export async function findChromium(env: Env): Promise<string> {
  const named = env['GOLIVE_CHROMIUM'] ?? '';
  if (named !== '') {
    if (await runs(named)) return named;
    throw noBrowser(named);
  }
  const folders = (env['PATH'] ?? '').split(delimiter).filter((folder) => folder !== '');
  for (const name of names) {
    for (const folder of folders) {
      const path = join(folder, name);
      if (await runs(path)) return path;
    }
  }
  throw noBrowser();
}

async function runs(path: string): Promise<boolean> {
  return access(path, constants.X_OK).then(
    () => true,
    () => false,
  );
}

/** How it is started. `proxy`: all it may reach; `keys`: hashes of keys of certificates that we believe, and it cannot know. */
export function launchOptions(
  executablePath: string,
  { env, proxy, keys }: { readonly env: Env; readonly proxy: string; readonly keys: readonly string[] },
): LaunchOptions {
  return {
    executablePath,
    headless: true,
    // As root its sandbox does not start.
    chromiumSandbox: userInfo().uid !== 0,
    // Loopback too: no request goes past the proxy.
    proxy: { server: proxy, bypass: '<-loopback>' },
    args: [
      '--disable-background-networking',
      '--disable-quic',
      '--no-first-run',
      '--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1',
      '--force-webrtc-ip-handling-policy=disable_non_proxied_udp',
      ...(keys.length > 0 ? [`--ignore-certificate-errors-spki-list=${keys.join(',')}`] : []),
    ],
    env: Object.fromEntries(passedOn.flatMap((name) => (env[name] === undefined ? [] : [[name, env[name]]]))),
    handleSIGINT: false,
    handleSIGTERM: false,
    handleSIGHUP: false,
  };
}
