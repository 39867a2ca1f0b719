// The checklist of AEP bound to a target, with the blanks of its paper filled in.

import { readFileSync } from 'node:fs';
import { expect } from 'vitest';
import { bind } from '../../src/checklist/bind.ts';
import { loadChecklist } from '../../src/checklist/load.ts';
import { loadCatalogue } from '../../src/effects/catalogue.ts';
import type { Json } from '../../src/engine/json.ts';
import type { Plan } from '../../src/engine/plan.ts';
import { acts, kinds } from '../../src/steps/index.ts';

const inputs = {
  deployer_role: 'Deployer',
  db_class: 'db.t4g.micro',
  backup_days: 7,
  redis_kind: 'elasticache',
  backend_revision: 42,
  frontend_revision: 31,
  backend_cpu: 512,
  backend_memory: 1024,
  frontend_cpu: 256,
  frontend_memory: 512,
  backend_count: 2,
  frontend_count: 2,
  table_count: 30,
  alembic_head: '9f2c4e7a1b30',
  expected_rpm: 120,
  has_login: true,
  on_call_contact: 'Slack #aep-on-call',
  engineering_contact: 'engineering@navralabs.example',
  owner_contact: 'owner@navralabs.example',
  dns_contact: 'dns@navralabs.example',
};

/** The plan of a target; `given` fills single blanks otherwise. */
export async function planFor(target: string, given: Readonly<Record<string, Json>> = {}): Promise<Plan> {
  const text = readFileSync('checklists/aep.yaml', 'utf8');
  const { checklist, problems } = await loadChecklist(text, 'checklists/aep.yaml', { kinds, acts }, loadCatalogue);
  expect(problems).toEqual([]);
  const bound =
    checklist === undefined
      ? { missing: [], problems }
      : bind(checklist, { kinds, acts }, { target, inputs: { ...inputs, ...given } });
  if (!('plan' in bound)) throw new Error(JSON.stringify(bound));
  return bound.plan;
}
