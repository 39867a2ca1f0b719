// Notifications of a run, as the environment of this process asks for them: real runs only.

import { wallClock } from '../effects/clock.ts';
import { openCouriers, webhooksIn } from '../effects/webhooks.ts';
import type { Mode } from '../engine/events.ts';
import type { Check } from '../render/doctor.ts';
import { openNotices, type Courier, type Notices } from '../runner/notices.ts';
import type { ProcessShell, Shell } from './shell.ts';
import type { Work } from './work.ts';

const dryRunVariable = 'GOLIVE_NOTIFY_DRY_RUN';

/** Where notices of a real run go. A dry run decides nothing, and is often one of every push: none, unless they are asked for. */
export function couriersFor(mode: Mode, { env }: Pick<Shell, 'env'>): readonly Courier[] {
  return mode === 'run' || (mode === 'dry-run' && env[dryRunVariable] === '1') ? openCouriers({ env }) : [];
}

/** The notices of this process; undefined where nobody is to be told anything. */
export function noticesOf(
  { plan, run, signer, couriers = [] }: Pick<Work, 'plan' | 'run' | 'signer' | 'couriers'>,
  say: (text: string) => void,
): Notices | undefined {
  if (couriers.length === 0) return undefined;
  return openNotices({
    plan,
    run,
    couriers,
    by: signer.principal,
    // By the wall clock: it is not the run that waits.
    pause: (ms, signal) => wallClock().sleep(ms, signal),
    say,
  });
}

/** What golive doctor says of them. Nothing is sent. */
export function noticeChecks({ env }: Pick<ProcessShell, 'env'>): readonly Check[] {
  const found = webhooksIn(env);
  if (found.length === 0) return [{ name: 'notifications', state: 'ok', says: 'none: no webhook is configured' }];
  return found.map(({ variable, name, wrong }): Check => {
    if (wrong === undefined) return { name: 'notifications', state: 'ok', says: `${name} is configured (${variable})` };
    const todo = `Set ${variable} to a whole address that begins with https://, or unset it.`;
    return { name: 'notifications', state: 'bad', says: `${name} ${wrong}`, todo };
  });
}
