// A small checklist with every sort of prompt in it, and the world to rehearse it in.

const asks = {
  confirm: `{ question: Did somebody tell support?, confirm: {} }`,
  text: `{ question: Who is on call?, text: { matches: "^[a-z]+$" }, evidence: required }`,
  number: `{ question: What does the load test say?, number: { lte: 5 } }`,
  integer: `{ question: How many people are watching?, integer: { gte: 1 } }`,
  choice: `{ question: Which way round?, choice: [blue, green] }`,
  date: `{ question: When does the certificate end?, date: {} }`,
  secret: `{ question: What is the door code?, secret: true }`,
} as const;

export type AskType = keyof typeof asks;
export const askTypes = Object.keys(asks) as readonly AskType[];

/** What the prompt of each sort says. */
export const askPrompts: Readonly<Record<AskType, string>> = {
  confirm: 'Did somebody tell support? (yes or no)',
  text: 'Who is on call?',
  number: 'What does the load test say? (a number)',
  integer: 'How many people are watching? (a whole number)',
  choice: 'Which way round? (blue, green)',
  date: 'When does the certificate end? (YYYY-MM-DD)',
  secret: 'What is the door code?',
};

/** A look that fails, one that cannot look, and a gate. */
const others = {
  red: `{ id: red, title: The backend says it is alive, probe: { http: { url: "https://app.asks.example/health/live" } }, expect: [{ path: status, eq: 418 }] }`,
  blind: `{ id: blind, title: The API is there, probe: { http: { url: "https://app.asks.example/api/cut" } }, expect: [{ path: status, eq: 200 }] }`,
  gate: `{ id: gate, title: The lead says go, gate: { poll: [lead] } }`,
} as const;

export type Line = AskType | keyof typeof others;

/** The files of checklist `asks`, target `prod`, with these steps in this order. `inputs` are asked for before a run. */
export function asksFiles(lines: readonly Line[], inputs = ''): Readonly<Record<string, string>> {
  const steps = lines.map((line) =>
    line in asks
      ? `{ id: ${line}, title: Somebody answers in the form ${line}, ask: ${asks[line as AskType]} }`
      : others[line as keyof typeof others],
  );
  return {
    'checklists/asks.yaml': `golive: 1
name: asks
title: Every sort of question
targets: { prod: { aws: { account: "111111111111", region: us-east-1 } } }
${inputs}
roles: { lead: { title: Lead } }
phases:
  - id: all
    title: All of them
    at: T-1h
    sections:
      - title: Questions
        owner: lead
        steps:
${steps.map((step) => `          - ${step}`).join('\n')}
`,
    'checklists/rehearsal/asks.yaml': world,
  };
}

const world = `rehearsal: 1
checklist: asks
target: prod
start: "2026-03-02T09:00:00Z"
people: { lead: { name: Lea, principal: lea@asks.example } }
account:
  id: "111111111111"
  region: us-east-1
  caller: arn:aws:sts::111111111111:assumed-role/Deployer/rehearsal
  ecs:
    clusters:
      web: { services: { web: { desired: 1, running: 1, task_definition: "web:1", target_group: web, deployed: "2026-03-01T16:20:00Z" } } }
    task_definitions:
      "web:1": { container: web, image: "web:1", digest: "sha256:5f0d5cf6f1a1c2b8f6ad5f8e1b0d0c6a1f0f8c2e9b7a4d3c5e6f7a8b9c0d1e2f", port: 80, cpu: "256", memory: "512", log_group: /ecs/web }
  elbv2:
    load_balancers:
      web:
        scheme: internet-facing
        suffix: "1043217685"
        addresses: [198.51.100.81]
        created: "2026-02-16T10:05:00Z"
        attributes: {}
        listeners:
          "443": { protocol: HTTPS, certificate: "arn:aws:acm:us-east-1:111111111111:certificate/0b6f3a52-6a0e-4f0e-9a53-8d3c5b1f7e21", default: { forward: web } }
    target_groups: { web: { port: 80, health_path: /health/live, serves: backend } }
  route53:
    zones:
      asks.example: { id: ZASKS, records: { app.asks.example: { A: { ttl: 60, values: [198.51.100.81] } } } }
application:
  domains: [app.asks.example]
  load_balancer: web
  backend: { live: true, checks: {}, budget_enforced: true, model: m }
  frontend: { page: { status: 200, type: text/html, body: "" } }
faults: { application: { /api/cut: { reset: true } } }
`;
