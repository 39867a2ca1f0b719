// The one flat namespace of a checklist: what `${name}` may refer to.

import { everyStepAt } from './calls.ts';
import type { Report } from './places.ts';
import type { ChecklistBody } from './schema.ts';

export type NameSort = 'value' | 'input' | 'secret' | 'probe' | 'capture' | 'built-in';

export interface Defined {
  readonly sort: NameSort;
  /** The step that captures it, and its place in the file. */
  readonly step?: string;
  readonly index?: number;
}

export type Names = ReadonlyMap<string, Defined>;

/** Known at load: the target and its account. `run` is the id of the run, and only known once there is one. */
export const builtIns = ['target', 'account', 'region', 'run'] as const;

/** Gathers all names; a second definition is reported and does not count. */
export function namesOf(body: ChecklistBody, report: Report): Names {
  const names = new Map<string, Defined>(builtIns.map((name) => [name, { sort: 'built-in' }]));
  const define = (container: object, name: string, defined: Defined): void => {
    const before = names.get(name);
    if (before === undefined) names.set(name, defined);
    else
      report.key(
        container,
        name,
        `\`${name}\` is already the name of ${sortWords(before)}`,
        'names are shared by values, inputs, probes and captures',
      );
  };
  for (const name of Object.keys(body.values ?? {})) define(body.values ?? {}, name, { sort: 'value' });
  for (const target of Object.values(body.targets)) {
    for (const name of Object.keys(target.values ?? {})) {
      if (names.get(name)?.sort !== 'value') define(target.values ?? {}, name, { sort: 'value' });
    }
  }
  for (const [name, input] of Object.entries(body.inputs ?? {})) {
    define(body.inputs ?? {}, name, { sort: input.secret === true ? 'secret' : 'input' });
  }
  for (const name of Object.keys(body.probes ?? {})) define(body.probes ?? {}, name, { sort: 'probe' });
  for (const { step, index } of everyStepAt(body)) {
    for (const name of Object.keys(step.capture ?? {})) {
      define(step.capture ?? {}, name, { sort: 'capture', step: step.id, index });
    }
  }
  return names;
}

function sortWords({ sort, step }: Defined): string {
  if (sort === 'built-in') return 'something built in';
  if (sort === 'capture') return `a capture of \`${step ?? ''}\``;
  return sort === 'input' ? 'an input' : `a ${sort}`;
}
