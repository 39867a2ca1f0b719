// `.golive/roles.yaml`: who holds which role.

import { z } from 'zod';
import { isObject } from '../engine/json.ts';
import { nearest } from '../engine/nearest.ts';
import type { KnownPerson } from '../engine/events.ts';
import { formProblems } from './issues.ts';
import { inOrder, placeOfValue, problemAt, reportInto, type Problem, type Source } from './places.ts';
import { nameText } from './schema-parts.ts';
import { readYaml } from './yaml.ts';

/** As many as a line of the log takes; `largest` in bytes, of the 65 536 that a line has. */
const most = { people: 200, roles: 50, largest: 32_000 };

const schema = z.strictObject({
  golive: z.literal(1),
  people: z.record(z.string(), z.array(nameText).max(most.roles, `has more than ${most.roles} roles`)),
});

/**
 * Reads it. `listed`: the principals of the allowed signers, outside of which nobody can have a role. Undefined with its
 * problems when anything is wrong with it; sorted by principal otherwise, the roles as written.
 */
export function readRolesFile(
  text: string,
  file: string,
  listed: readonly string[],
): { readonly people: readonly KnownPerson[] | undefined; readonly problems: readonly Problem[] } {
  const { source, root, problems: syntax } = readYaml(text, file);
  if (root === undefined) return { people: undefined, problems: syntax };
  if (!isObject(root)) {
    const what = problemAt(source, placeOfValue(source, {}), 'a roles file is a map with golive and people', example);
    return { people: undefined, problems: [...syntax, what] };
  }
  const form = formProblems(source, schema, root);
  const problems = [...syntax, ...form.problems];
  const { people = {} } = form.value ?? {};
  reportPeople(source, people, listed, problems);
  if (problems.length > 0) return { people: undefined, problems: inOrder(problems) };
  const sorted = Object.entries(people)
    .map(([principal, roles]) => ({ principal, roles }))
    .toSorted((one, other) => (one.principal < other.principal ? -1 : 1));
  return { people: sorted, problems: [] };
}

const example = 'golive: 1, and below it people: { "ada@example.com": [engineering] }';

function reportPeople(
  source: Source,
  people: Readonly<Record<string, readonly string[]>>,
  listed: readonly string[],
  problems: Problem[],
): void {
  const report = reportInto(source, problems);
  for (const [principal, roles] of Object.entries(people)) {
    const wrong = wrongName(principal, listed);
    if (wrong !== undefined) report.key(people, principal, wrong.message, wrong.hint);
    for (const [at, role] of roles.entries()) {
      if (roles.indexOf(role) < at) report.value(roles, at, `\`${role}\` stands there twice`, 'write it once');
    }
  }
  const count = Object.keys(people).length;
  const size = new TextEncoder().encode(JSON.stringify(people)).length;
  if (count > most.people) report.value(people, undefined, `has more than ${most.people} people: ${count}`, fewer);
  else if (size > most.largest) report.value(people, undefined, `has more than ${most.largest} bytes: ${size}`, fewer);
}

const fewer = 'it stands in the log of every run: name only those who decide there';

function wrongName(
  principal: string,
  listed: readonly string[],
): { readonly message: string; readonly hint: string } | undefined {
  if (/[*?!]/.test(principal))
    return {
      message: `\`${principal}\` is a pattern, and a role is held by people`,
      hint: 'write a line for each of them, with their exact names',
    };
  if (listed.includes(principal)) return undefined;
  const near = nearest(principal, listed);
  return {
    message: `\`${principal}\` does not stand among the allowed signers: nothing they sign would count`,
    hint:
      near === undefined ? 'add their key with `golive key trust`, or take the name out' : `did you mean \`${near}\`?`,
  };
}
