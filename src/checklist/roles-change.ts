// A person's roles written into the text of a roles file: everything else in it stays, its comments too.

import { isMap, isSeq, parseDocument } from 'yaml';
import type { KnownPerson } from '../engine/events.ts';

/**
 * The text with these roles added to those of the person, whose name is added where it is missing. `text` is one that
 * `readRolesFile` takes, undefined where there is no file yet.
 */
export function withRoles(text: string | undefined, { principal, roles }: KnownPerson): string {
  const document = parseDocument(text ?? 'golive: 1\npeople: {}\n', { version: '1.2', schema: 'core' });
  const people = document.get('people', true);
  // Braces around nobody would hold everybody who comes.
  if (isMap(people) && people.items.length === 0) people.flow = false;
  const own = document.getIn(['people', principal], true);
  if (isSeq(own)) {
    const held: unknown = own.toJSON();
    for (const role of roles) if (!(Array.isArray(held) && held.includes(role))) own.add(document.createNode(role));
  } else {
    document.setIn(['people', principal], document.createNode(roles, { flow: true }));
  }
  return document.toString({ lineWidth: 0, flowCollectionPadding: false });
}
