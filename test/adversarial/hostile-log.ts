// A log that goes on with every kind of event there is, each with something hostile wherever its form lets anything stand.

import type { z } from 'zod';
import type { Bodies, EventKind } from '../../src/engine/events.ts';
import { bodySchemas } from '../../src/log/bodies.ts';
import { formatAt } from '../../src/log/line.ts';
import { began, type LogBuilder } from '../log/given.ts';

/** Makes a text for a field, which it remembers under that name. */
type Hostile = (field: string) => string;

/** What a schema says of itself. */
interface Form {
  readonly type: string;
  readonly shape?: Readonly<Record<string, z.ZodType>>;
  readonly element?: z.ZodType;
  readonly innerType?: z.ZodType;
  readonly entries?: Readonly<Record<string, string>>;
  readonly values?: readonly unknown[];
}

interface Filling {
  readonly hostile: Hostile;
  /** As JSON text, where the log has JSON as text. */
  readonly json: string;
  /** What stands in it already. */
  readonly given?: Readonly<Record<string, unknown>>;
}

/** A value that fits the schema, hostile wherever that fits. */
function filled(schema: z.ZodType, field: string, how: Filling): unknown {
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- every schema says what it is made of
  const form = schema.def as unknown as Form;
  switch (form.type) {
    case 'object': {
      const { given = {}, ...inner } = how;
      const own = (name: string, of: z.ZodType): unknown =>
        Object.hasOwn(given, name) ? given[name] : filled(of, `${field}.${name}`, inner);
      const all = Object.entries(form.shape ?? {}).map(([name, of]) => [name, own(name, of)] as const);
      return Object.fromEntries(all.filter(([, value]) => value !== undefined));
    }
    case 'array':
      return form.element === undefined ? [] : [filled(form.element, field, how), filled(form.element, field, how)];
    case 'optional':
      return form.innerType?.def.type === 'string' ? filled(form.innerType, field, how) : undefined;
    case 'enum':
      // What did not pass is told at length.
      return Object.hasOwn(form.entries ?? {}, 'fail') ? 'fail' : Object.values(form.entries ?? {})[0];
    case 'literal':
      return form.values?.[0];
    case 'boolean':
      return true;
    case 'number':
      return field.endsWith('.signoff') ? -1 : 1;
    default:
      return textFor(schema, field, how);
  }
}

function textFor(schema: z.ZodType, field: string, { hostile, json }: Filling): string {
  if (/\.(json|answer)$/.test(field)) return json;
  const fits = (text: string): boolean => schema.safeParse(text).success;
  if (fits('\u0007 anything')) return hostile(field);
  const others = ['', formatAt(began), 'a'.repeat(64), `1:${'a'.repeat(64)}`, `S${'0'.repeat(32)}`, 'eve@example.com'];
  const other = others.find(fits);
  if (other === undefined) throw new Error(`nothing fits ${field}`);
  return other;
}

/** What a person signs is written by whoever signs; and what would make an end of the rest. */
const once: readonly EventKind[] = ['run.open', 'session.open', 'signoff', 'seal', 'run.stop', 'checklist.amend'];

/**
 * Goes on with a log of the checklist with this digest: four steps of which something was said, then all kinds once more, of
 * fields that are called `odd:…`, about a step that is none.
 */
export async function fillHostile(log: LogBuilder, hostile: Hostile, payload: string, digest: string): Promise<void> {
  const json = JSON.stringify(payload);
  const add = (kind: EventKind, given: Readonly<Record<string, unknown>>, front = ''): void => {
    const body = filled(bodySchemas[kind], kind, { hostile: (field) => hostile(front + field), json, given });
    // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- it was made to fit the schema of its kind
    log.add(kind, body as Bodies[EventKind]);
  };
  const earlier = log.key.sid;
  add('phase.open', { phase: 'first' });
  add('checklist.amend', { digest, previous: digest });
  for (const [step, verdict] of Object.entries({ one: 'fail', two: 'error', three: 'fail', four: 'fail' } as const)) {
    add('step.start', { step, resets: [] });
    if (verdict === 'error') add('step.verdict', { step, verdict, findings: [], facts: '' });
    else add('step.verdict', { step, verdict, facts: '' });
  }
  add('step.waive', { step: 'one', until: '' });
  add('step.attest', { step: 'two' });
  add('gate.vote', { step: 'three' });
  await log.signoff(
    log.signer,
    { role: 'lead', step: 'four', comment: hostile('signoff.comment'), checklist: digest },
    { step: 'four' },
  );
  const kinds = Object.keys(bodySchemas) as EventKind[];
  for (const kind of kinds.filter((one) => !once.includes(one))) {
    add(kind, kind === 'session.revoke' ? { sid: earlier } : {}, 'odd:');
    if (kind === 'session.close') await log.openSession();
  }
  add('run.stop', {});
  await log.seal({ result: 'no-go' }, { result: 'no-go', exit: 1 });
}
