// Format v1 as a zod schema. What can only be known from the kinds, AWS's schemas or other parts of the file is lint's.

import { z } from 'zod';
import { holdDefaults } from './hold-defaults.ts';
import {
  accountText,
  answerMatchers,
  anyJson,
  citation,
  duration,
  expectation,
  idText,
  interval,
  literal,
  nameText,
  offset,
  oneOrMore,
  path,
  percent,
  targetText,
  text,
  where,
} from './schema-parts.ts';

const region = z.string().regex(/^[a-z]{2}(-[a-z]+)+-\d$/, 'is not the name of a region, such as us-east-1');
const profile = text.exactOptional();

const target = z.strictObject({
  aws: z.strictObject({ account: accountText.exactOptional(), region, profile }),
  accounts: z.record(nameText, z.strictObject({ account: accountText, region, profile })).exactOptional(),
  values: z.record(nameText, anyJson).exactOptional(),
  load: z.array(text).exactOptional(),
});

/** The forms of an answer; exactly one of them, or `secret`. */
export const answerTypes = ['confirm', 'text', 'number', 'integer', 'date', 'choice'] as const;

const answer = {
  question: text,
  confirm: answerMatchers.exactOptional(),
  text: answerMatchers.exactOptional(),
  number: answerMatchers.exactOptional(),
  integer: answerMatchers.exactOptional(),
  date: answerMatchers.exactOptional(),
  choice: z.array(literal).min(1, 'is empty').exactOptional(),
  secret: z.literal(true, 'is `true`, or left out').exactOptional(),
};

function oneForm(value: object): boolean {
  const forms = answerTypes.filter((type) => type in value).length;
  return 'secret' in value ? forms <= 1 : forms === 1;
}
const oneFormMessage = `needs exactly one form of answer: ${answerTypes.join(', ')}, or \`secret: true\``;

const input = z
  .strictObject({ ...answer, default: literal.exactOptional() })
  .refine(oneForm, oneFormMessage)
  .refine((value) => !('secret' in value && 'default' in value), 'has a default, but a secret stands in no file');

const ask = z
  .strictObject({ ...answer, evidence: z.literal('required').exactOptional() })
  .refine(oneForm, oneFormMessage);

const one = z.union([path, z.strictObject({ path: path.exactOptional(), where: where.exactOptional() })]);

/** One use of a kind. Which kinds there are, and what they take, is lint's to say. */
export const call = z
  .looseObject({ one: one.exactOptional() })
  .meta({ id: 'namedProbe', description: 'Exactly one kind with its arguments; `one` picks exactly one match' });
const probe = z
  .looseObject({ one: one.exactOptional(), recheck: oneOrMore(idText).exactOptional() })
  .meta({ id: 'probe', description: 'Exactly one kind with its arguments, or `recheck`' });
const act = z
  .looseObject({})
  .meta({ id: 'act', description: 'Exactly one kind that acts, with its arguments; it reads its own effect' });

export const wait = z.strictObject({
  for: duration,
  every: interval.exactOptional(),
  consecutive: z.int().gte(1).lte(100).exactOptional(),
  stop_if: z.array(expectation).min(1, 'is empty').exactOptional(),
});

export const hold = z
  .strictObject({
    for: duration.describe('How long it must stay true'),
    since: idText
      .exactOptional()
      .describe('Counts from when this step saw what it did, for a kind with a history; else from its own beginning'),
    every: duration.exactOptional().describe(`How often to look; ${holdDefaults.every} unless given`),
    coverage: percent
      .exactOptional()
      .describe(`Share of the samples that must be there; ${holdDefaults.coverage} unless given`),
    max_gap: duration
      .exactOptional()
      .describe(`The longest time without a sample; ${holdDefaults.maxGap} unless given`),
    settle: duration
      .exactOptional()
      .describe(
        `How long late data points are waited for at the end, of a kind with a history; ${holdDefaults.settle} unless given`,
      ),
    tolerate: z.int().gte(0).exactOptional().describe('Samples that may fail; 0 unless given'),
    sample: z
      .enum(['each', 'whole'])
      .exactOptional()
      .describe('Judge each sample, or the whole time as one; each unless given'),
  })
  .meta({ id: 'hold', description: 'What is expected must stay true for a time' });

const gate = z.strictObject({
  recheck: z.union([z.literal('critical'), z.array(idText).min(1, 'is empty')]).exactOptional(),
  poll: z.array(nameText).min(1, 'is empty'),
  need: z.union([z.enum(['all', 'any']), z.strictObject({ at_least: z.int().gte(1) })]).exactOptional(),
  different_people: z
    .boolean()
    .exactOptional()
    .describe('Each role by somebody else, with a signature; nobody counts twice'),
  not_by_who_ran: z
    .array(idText)
    .min(1, 'is empty')
    .exactOptional()
    .describe('Acts: whoever ran one of them has no vote'),
  point_of_no_return: z.boolean().exactOptional(),
});

export const severity = z.union([
  z.enum(['critical', 'required', 'advisory']),
  z.string().regex(/^\$\{[^}]+\}$/, 'is critical, required, advisory, or a "${value}" that says so'),
]);
const when = z.record(nameText, literal);

const people = z.int().gte(1).exactOptional().describe('How many different people type it; 1 unless given');
const confirm = z.union([z.enum(['key', 'target']), z.strictObject({ phrase: text, people })]).meta({
  id: 'confirm',
  description: 'What is typed before it acts: `do it` (key), the name of the run, or a phrase',
});
const verify = z
  .strictObject({
    probe: z.union([nameText, call]),
    wait: wait.exactOptional(),
    expect: z.array(expectation),
  })
  .meta({ id: 'verify', description: 'How it is seen that a change took effect whose kind cannot see that by itself' });
const undoPart = z
  .looseObject({ verify: verify.exactOptional() })
  .meta({ id: 'undoPart', description: 'Exactly one kind that acts, with its arguments, and how its effect is seen' });
const undo = z
  .union(
    [z.array(undoPart).min(1, 'is empty'), z.strictObject({ none: text })],
    'is a list of acts, or says why there is none: { none: WHY }',
  )
  .meta({
    id: 'undo',
    description: 'The way back, in this order, or `none: WHY`; many kinds make their own where it is left out',
  });

const stepKinds = ['probe', 'ask', 'act', 'gate'] as const;

const stepFields = {
  id: idText,
  title: text,
  source: oneOrMore(citation).exactOptional(),
  severity: severity.exactOptional(),
  owner: nameText.exactOptional(),
  when: when.exactOptional(),
  needs: z.array(z.union([idText, z.strictObject({ step: idText, lag: duration.exactOptional() })])).exactOptional(),
  probe: z.union([nameText, probe]).exactOptional(),
  ask: ask.exactOptional(),
  act: act.exactOptional(),
  gate: gate.exactOptional(),
  wait: wait.exactOptional(),
  hold: hold.exactOptional(),
  expect: z.array(expectation).exactOptional(),
  capture: z.record(nameText, path).exactOptional(),
  waive: z.strictObject({ by: nameText, until: duration.exactOptional(), ask: text.exactOptional() }).exactOptional(),
  fix: text.exactOptional(),
  confirm: confirm.exactOptional(),
  verify: verify.exactOptional(),
  undo: undo.exactOptional(),
  budget: duration.exactOptional().describe('How long the way back may take'),
};

const step = z
  .strictObject(stepFields)
  .refine(
    (value) => stepKinds.filter((kind) => kind in value).length === 1,
    'needs exactly one of probe, ask, act, gate',
  );

/** A step of the way back, or the checklist's own name for the way back of an act. */
const rollbackStep = z
  .strictObject({
    ...stepFields,
    undo_of: idText
      .exactOptional()
      .describe('The act whose way back this line is: then only `source` stands beside it'),
  })
  .refine(
    (value) => [...stepKinds, 'undo_of'].filter((kind) => kind in value).length === 1,
    'needs exactly one of probe, ask, act, undo_of',
  )
  .meta({ id: 'rollbackStep', description: 'Offered while going back, and never run by itself' });

const section = z.strictObject({
  title: text,
  source: oneOrMore(citation).exactOptional(),
  owner: nameText.exactOptional(),
  severity: severity.exactOptional(),
  when: when.exactOptional(),
  steps: z.array(step).min(1, 'is empty: a section without steps proves nothing'),
});

const phase = z.strictObject({
  id: idText,
  title: text,
  at: offset,
  sections: z.array(section).min(1, 'is empty: a phase without steps proves nothing'),
});

const documentName = z.string().regex(/^[A-Za-z0-9][A-Za-z0-9._-]*$/, 'a document is named in letters, digits, . _ -');

/** The whole file. */
export const checklistSchema = z.strictObject({
  golive: z.literal(1, 'is `1`, the only format there is'),
  name: idText,
  title: text,
  documents: z.record(documentName, text).exactOptional(),
  values: z.record(nameText, anyJson).exactOptional(),
  targets: z.record(targetText, target).refine((value) => Object.keys(value).length > 0, 'names no target'),
  inputs: z.record(nameText, input).exactOptional(),
  roles: z.record(nameText, z.strictObject({ title: text, contact: text.exactOptional() })).exactOptional(),
  probes: z.record(nameText, call).exactOptional(),
  phases: z.array(phase).min(1, 'is empty: a checklist without steps proves nothing'),
  rollback: z.array(rollbackStep).exactOptional(),
});

export type ChecklistBody = z.infer<typeof checklistSchema>;
export type StepBody = z.infer<typeof step>;
export type RollbackBody = z.infer<typeof rollbackStep>;
export type VerifyBody = z.infer<typeof verify>;
export type UndoPartBody = z.infer<typeof undoPart>;
export type SectionBody = z.infer<typeof section>;
export type InputBody = z.infer<typeof input>;
export type AskBody = z.infer<typeof ask>;
export type ActBody = z.infer<typeof act>;
export type HoldBody = z.infer<typeof hold>;
export type ProbeBody = z.infer<typeof probe>;
export type TargetBody = z.infer<typeof target>;
