// Everything that can be said against the templates of a library file: each is linted as the only step of a checklist
// whose values are its parameters, not filled in.

import type { Catalogue } from '../engine/shape.ts';
import { servicesIn, type Known } from './calls.ts';
import { readLibrary } from './library.ts';
import { lint } from './lint.ts';
import { inOrder, placeOfKey, placeOfValue, problemAt, type Problem } from './places.ts';
import type { Checklist } from './read.ts';
import type { ChecklistBody, StepBody } from './schema.ts';
import { parametersOf, type Template, type TemplateBody } from './template.ts';

/** All problems of a library file, in its order. `stem`: its name without `.yaml`, which its templates begin with. */
export async function lintLibrary(
  text: string,
  file: string,
  stem: string,
  known: Known,
  catalogueOf: (services: readonly string[]) => Promise<Catalogue>,
): Promise<readonly Problem[]> {
  const { templates, problems } = readLibrary(text, file);
  const all = [...problems];
  const kinds = new Set([...known.kinds, ...known.acts].map(({ name }) => name));
  for (const template of templates.values()) {
    all.push(...template.problems, ...misplaced(template, stem, kinds));
    if (template.body === undefined || template.problems.length > 0) continue;
    const checklist = checklistOf(template, template.body);
    all.push(...lint(checklist, known, await catalogueOf(servicesIn(checklist.body, known))));
  }
  return inOrder(all);
}

/** A template is found by the file its name begins with, and shown beside the kinds. */
function misplaced({ name, source, body }: Template, stem: string, kinds: ReadonlySet<string>): readonly Problem[] {
  const place = body === undefined ? undefined : placeOfValue(source, body);
  if (place === undefined) return [];
  const own = name.split('.', 1)[0] ?? '';
  if (own !== stem) return [problemAt(source, place, `\`${name}\` is looked for in ${own}.yaml`)];
  return kinds.has(name) ? [problemAt(source, place, `\`${name}\` is the name of a kind`)] : [];
}

function checklistOf(template: Template, body: TemplateBody): Checklist {
  const { source } = template;
  const step: StepBody = {
    id: 'template',
    title: body.title,
    probe: 'template',
    ...(body.expect !== undefined && { expect: body.expect, probe: body.probe }),
    ...(body.wait !== undefined && { wait: body.wait }),
    ...(body.hold !== undefined && { hold: body.hold }),
    ...(body.severity !== undefined && { severity: body.severity }),
    ...(body.fix !== undefined && { fix: body.fix }),
    ...(body.capture !== undefined && { capture: body.capture }),
  };
  // A template that expects nothing is for others to judge.
  const touched = new Set<object>(body.expect === undefined ? [step] : []);
  const spots = source.spots.get(body);
  if (spots !== undefined) source.spots.set(step, { own: placeOfKey(source, body, 'probe'), entries: spots.entries });
  const parameters = parametersOf(template);
  const values = parameters.flatMap(([name, { type }]) => (type === 'secret' ? [] : [[name, ''] as const]));
  const secrets = parameters.flatMap(([name, { type, about: question }]) =>
    type === 'secret' ? [[name, { question, secret: true as const }] as const] : [],
  );
  const whole: ChecklistBody = {
    golive: 1,
    name: 'library',
    title: 'Library',
    values: Object.fromEntries(values),
    inputs: Object.fromEntries(secrets),
    targets: { any: { aws: { account: '000000000000', region: 'us-east-1' } } },
    ...(body.expect === undefined && { probes: { template: body.probe } }),
    phases: [{ id: 'phase', title: 'Phase', at: 'T-0', sections: [{ title: 'Section', steps: [step] }] }],
  };
  return { source, digest: '', body: whole, mentioned: new Set(), touched };
}
