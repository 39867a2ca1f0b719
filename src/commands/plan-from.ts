// The checklist of a run as it was in force at some point of its log, bound once more from the copy the run carries.

import type { Plan } from '../engine/plan.ts';
import type { State } from '../engine/state.ts';
import type { PlanOf } from '../log/procedure.ts';
import type { RunStore } from '../world.ts';

/** Nothing that the procedure hangs on is decided by the account: where nobody could say which it is, this one will do. */
const noAccount = '000000000000';

/** Binds the checklist with a digest from the blobs of the run, with the values it has by then. */
export function planFrom(store: Pick<RunStore, 'getBlob'>, run: string): PlanOf {
  return async (digest, state) => {
    const bytes = await store.getBlob(run, digest);
    if (bytes === undefined) return undefined;
    try {
      return await bound(new TextDecoder().decode(bytes), state);
    } catch {
      // Whatever stands in a log may be anything: what was never a checklist cannot be bound, and nothing more is known.
      return undefined;
    }
  };
}

async function bound(text: string, state: State): Promise<Plan | { readonly missing: readonly string[] } | undefined> {
  const [{ bind }, { readChecklist }, { acts, kinds }, { accountOf, inputsOf }] = await Promise.all([
    import('../checklist/bind.ts'),
    import('../checklist/read.ts'),
    import('../steps/index.ts'),
    import('./own-copy.ts'),
  ]);
  const { checklist, problems } = readChecklist(text, state.opened?.checklist.path ?? '');
  const target = state.opened?.target ?? '';
  if (checklist === undefined || problems.length > 0) return undefined;
  const account = accountOf(state) ?? checklist.body.targets[target]?.aws.account ?? noAccount;
  const found = bind(checklist, { kinds, acts }, { target, inputs: inputsOf(state), account });
  if ('plan' in found) return found.plan;
  return found.missing.length > 0 ? { missing: found.missing } : undefined;
}
