// Rules about `${}`: every look-up leads somewhere, nothing goes in circles, and secrets only go where they are sent.

import { isObject } from '../engine/json.ts';
import type { Shape } from '../engine/shape.ts';
import { callOf, undoKinds, undoNamesIn, undoParts, verifiesOf } from './calls.ts';
import { isTemplate, malformedReference, referencesIn, rootOf } from './interpolate.ts';
import { didYouMean } from './lint-top.ts';
import type { Lint } from './lint.ts';
import { rootsIn } from './links.ts';
import { factsOfCall } from './facts.ts';
import { asJson, partOf } from './written.ts';
import type { Defined, NameSort } from './names.ts';

/** What a place may look up. */
interface Allowed {
  readonly sorts: readonly NameSort[];
  /** Why not more, for the message. */
  readonly why: string;
  /** Index of the step the place belongs to: captures must come from above it. */
  readonly index?: number;
  /** Where the place is inside its step or probe: `["probe", "http", "headers", "authorization"]`. */
  readonly trail: readonly string[];
}

const early: readonly NameSort[] = ['value', 'input', 'built-in'];
const late: readonly NameSort[] = [...early, 'probe', 'capture', 'secret'];
const words = { why: 'texts are filled in at the start, from values and inputs', sorts: early };
const whole = { why: '', sorts: late };

export function lintReferences(lint: Lint): void {
  const { body } = lint;
  const values = { why: 'values are filled in at the start, from values and inputs', sorts: early };
  walk(lint, body, 'values', { ...values, trail: [] });
  for (const target of Object.values(body.targets)) {
    walk(lint, target, 'values', { ...values, trail: [] });
    walk(lint, target, 'load', { ...values, trail: [] });
  }
  for (const role of Object.values(body.roles ?? {})) walk(lint, role, 'contact', { ...words, trail: [] });
  for (const name of Object.keys(body.probes ?? {})) walk(lint, body.probes ?? {}, name, { ...whole, trail: [] });
  for (const phase of body.phases) {
    walk(lint, phase, 'title', { ...words, trail: [] });
    for (const section of phase.sections)
      for (const key of ['title', 'severity']) walk(lint, section, key, { ...words, trail: [] });
  }
  for (const { step, index } of lint.steps) {
    for (const key of ['title', 'severity', 'fix', 'waive', 'confirm', 'ask'])
      walk(lint, step, key, { ...words, trail: [] });
    if (step.undo !== undefined && 'none' in step.undo) walk(lint, step.undo, 'none', { ...words, trail: [] });
    for (const part of undoParts(step))
      for (const key of undoKinds(part)) walk(lint, part, key, { ...whole, index, trail: [] });
    walk(lint, step, 'act', { ...whole, index, trail: [] });
    for (const holder of [step, ...verifiesOf(step)]) {
      for (const key of ['probe', 'expect', 'wait']) walk(lint, holder, key, { ...whole, index, trail: [] });
      if (typeof holder.probe === 'string') capturesAbove(lint, holder, holder.probe, index);
    }
  }
  for (const entry of undoNamesIn(body)) walk(lint, entry, 'title', { ...words, trail: [] });
  probeCycles(lint);
}

/** Visits every text under a key. */
function walk(lint: Lint, container: object, key: string | number, allowed: Allowed): void {
  const value = partOf(container, key);
  if (typeof value === 'string') {
    if (isTemplate(value)) text(lint, container, key, value, allowed);
    return;
  }
  const trail = [...allowed.trail, String(key)];
  if (Array.isArray(value)) for (const index of value.keys()) walk(lint, value, index, { ...allowed, trail });
  else if (isObject(value)) {
    for (const inner of Object.keys(value)) {
      if (isTemplate(inner)) lint.report.key(value, inner, '`${}` is filled in values, never in names');
      walk(lint, value, inner, { ...allowed, trail });
    }
  }
}

function text(lint: Lint, container: object, key: string | number, value: string, allowed: Allowed): void {
  const malformed = malformedReference(value);
  if (malformed !== undefined) {
    lint.report.value(container, key, malformed);
    return;
  }
  for (const path of referencesIn(value)) lookUp(lint, container, key, path, allowed);
}

function lookUp(lint: Lint, container: object, key: string | number, path: string, allowed: Allowed): void {
  const { names, mentioned, report } = lint;
  const root = rootOf(path);
  const defined = names.get(root);
  if (defined === undefined) {
    if (!mentioned.has(root))
      report.value(container, key, `nothing is called \`${root}\``, didYouMean(root, [...names.keys()]));
    return;
  }
  const wrong = misuse(defined, root, { ...allowed, trail: [...allowed.trail, String(key)] });
  if (wrong !== undefined) {
    report.value(container, key, wrong);
    return;
  }
  if (defined.sort === 'probe') probeField(lint, container, key, path, root);
  if (defined.sort === 'capture' && allowed.index !== undefined)
    notBelow(lint, container, key, root, defined, allowed.index);
  if (typeof allowed.index === 'number' && defined.sort === 'probe')
    capturesAbove(lint, container, root, allowed.index, key);
}

function misuse({ sort }: Defined, root: string, { sorts, why, trail }: Allowed): string | undefined {
  if (sort === 'secret' && !takesSecrets(trail))
    return `\`${root}\` is a secret: it may stand only in the headers of http and websocket, and as the token of github`;
  if (trail[1] === 'file' && sort !== 'value' && sort !== 'input' && sort !== 'built-in')
    return `\`${root}\` comes from outside: a path is made of what is written, of values and inputs`;
  if (sort === 'built-in' && root === 'run' && !sorts.includes('probe'))
    return `\`run\` is known only once a run begins; ${why}`;
  return sorts.includes(sort) ? undefined : `\`${root}\` is a ${sort}; ${why}`;
}

/** Where kinds send what is secret: kind, argument, and what is in it. */
const secretPlaces = [/^http headers [^ ]+$/, /^websocket headers [^ ]+$/, /^github token$/];

function takesSecrets([, ...trail]: readonly string[]): boolean {
  // The first part is `probe`, or the name of a named probe.
  return secretPlaces.some((place) => place.test(trail.join(' ')));
}

function notBelow(
  lint: Lint,
  container: object,
  key: string | number,
  name: string,
  defined: Defined,
  index: number,
): void {
  if (defined.index === undefined || defined.index < index) return;
  lint.report.value(
    container,
    key,
    `\`${name}\` is captured by \`${defined.step ?? ''}\`, which does not stand above this step`,
  );
}

/** Captures that a named probe reads must come from above every step that uses the probe. */
function capturesAbove(
  lint: Lint,
  container: object,
  probe: string,
  index: number,
  key: string | number = 'probe',
): void {
  for (const name of namesBehind(lint, probe)) {
    const defined = lint.names.get(name);
    if (defined?.sort !== 'capture' || defined.index === undefined || defined.index < index) continue;
    const message = `the probe \`${probe}\` reads \`${name}\`, captured by \`${defined.step ?? ''}\`, which does not stand above this step`;
    lint.report.value(container, key, message);
  }
}

/** All names a probe leads to, through other probes. */
function namesBehind({ body }: Lint, probe: string): ReadonlySet<string> {
  const seen = new Set<string>();
  const queue = [probe];
  for (const name of queue) {
    const roots = rootsIn(asJson(body.probes?.[name]));
    for (const root of roots) {
      if (seen.has(root)) continue;
      seen.add(root);
      queue.push(root);
    }
  }
  return seen;
}

function probeCycles(lint: Lint): void {
  for (const name of Object.keys(lint.body.probes ?? {})) {
    if (!namesBehind(lint, name).has(name)) continue;
    lint.report.key(
      lint.body.probes ?? {},
      name,
      `the probe \`${name}\` waits for itself`,
      'probes may read each other, not in a circle',
    );
  }
}

/** `${alb.DNSNam}`: the field is held against what the probe's kind can bring. */
function probeField(lint: Lint, container: object, key: string | number, path: string, root: string): void {
  const probe = lint.body.probes?.[root];
  const call = probe === undefined ? undefined : callOf(probe, lint.kinds);
  if (call?.kind.nature(call.args) === 'pokes') {
    const hint = 'take what is needed with `capture` in the step that sends it';
    lint.report.value(container, key, `\`${root}\` pokes: looking a field up must send nothing`, hint);
    return;
  }
  const shape = call === undefined ? undefined : factsOfCall(call, lint.catalogue);
  if (shape === undefined) return;
  let here: Shape = shape;
  for (const part of path.split('.').slice(1)) {
    if (here.type === 'any' || here.type === 'map') return;
    const members: Readonly<Record<string, Shape>> = here.type === 'structure' ? here.members() : {};
    const index = here.type === 'list' && /^\d+$/.test(part);
    const next = index && here.type === 'list' ? here.of() : Object.hasOwn(members, part) ? members[part] : undefined;
    if (next === undefined) {
      const what =
        here.type === 'list'
          ? `\`${part}\` is not a position in a list`
          : `nothing is called \`${part}\` in the facts of \`${root}\``;
      lint.report.value(container, key, what, didYouMean(part, Object.keys(members)));
      return;
    }
    here = next;
  }
}
