// The rules of the schema that Jenkins holds JUnit XML to, version 10 (junit-10.xsd of its xUnit plugin, by Gregory Boissinot
// under the MIT licence), written down anew: which attributes and elements may stand where, and what has to.

import type { Node } from './strict-xml.ts';

interface Rule {
  readonly must?: readonly string[];
  readonly may?: readonly string[];
  readonly children?: readonly string[];
  /** Elements of it may stand around text. */
  readonly text?: true;
}

const outcome: Rule = { may: ['type', 'message'], text: true };
const output: Rule = { text: true };
const rerun: Rule = {
  must: ['type'],
  may: ['message'],
  children: ['stackTrace', 'system-out', 'system-err'],
  text: true,
};

const rules: Readonly<Record<string, Rule>> = {
  testsuites: { may: ['name', 'time', 'tests', 'failures', 'errors'], children: ['testsuite'] },
  testsuite: {
    must: ['name', 'tests', 'failures', 'errors'],
    may: ['group', 'time', 'skipped', 'timestamp', 'hostname', 'id', 'package', 'file', 'log', 'url'],
    children: ['testsuite', 'properties', 'testcase', 'system-out', 'system-err'],
  },
  properties: { children: ['property'] },
  property: { must: ['name', 'value'] },
  testcase: {
    must: ['name'],
    may: ['time', 'classname', 'group'],
    children: 'skipped error failure rerunFailure rerunError flakyFailure flakyError system-out system-err'.split(' '),
  },
  failure: outcome,
  error: outcome,
  skipped: outcome,
  'system-out': output,
  'system-err': output,
  stackTrace: output,
  rerunFailure: rerun,
  rerunError: rerun,
  flakyFailure: rerun,
  flakyError: rerun,
};

/** Times of suites, in seconds, with or without commas between thousands. */
const suiteTime = /^(?:(?:[0-9]{0,3},)*[0-9]{3}|[0-9]{0,3})*(?:\.[0-9]*)?$/;

/** Everything about a document that breaks the schema, as sentences. */
export function junitMistakes(root: Node): readonly string[] {
  const top = root.name === 'testsuites' || root.name === 'testsuite' ? [] : [`the root is ${root.name}`];
  return [...top, ...mistakesIn(root)];
}

function mistakesIn({ name, attributes, children, text }: Node): readonly string[] {
  const rule = Object.hasOwn(rules, name) ? rules[name] : undefined;
  if (rule === undefined) return [`there is no element ${name}`];
  const { must = [], may = [], children: known = [] } = rule;
  const keys = Object.keys(attributes);
  const timed = name === 'testsuite' || name === 'testsuites';
  return [
    ...must.filter((key) => !keys.includes(key)).map((key) => `${name} has no ${key}`),
    ...keys.filter((key) => ![...must, ...may].includes(key)).map((key) => `${name} has an attribute ${key}`),
    ...children.filter((child) => !known.includes(child.name)).map((child) => `${name} has ${child.name} in it`),
    ...(rule.text === undefined && text.trim() !== '' ? [`${name} has text in it`] : []),
    ...(timed && !suiteTime.test(attributes['time'] ?? '') ? [`${name} takes ${attributes['time']}`] : []),
    ...children.flatMap(mistakesIn),
  ];
}
