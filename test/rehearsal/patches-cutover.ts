// Patches of AEP's world that no break names: of what the cutover reads and changes, and of what people say meanwhile.

import type { JsonObject } from '../../src/engine/json.ts';
import { account, balancer, type Patch } from './patches.ts';

const zones = (state: JsonObject) => account({ route53: { zones: state } });
const domain = 'app.navralabs.com';
const records = (state: JsonObject | null) => zones({ 'navralabs.com': { records: { [domain]: state } } });
const oldA = { ttl: 60, values: ['203.0.113.10'] };
const rival = (sets: JsonObject): JsonObject => ({
  faults: { rival: { from: '2026-03-10T10:00:00Z', zone: 'navralabs.com', name: domain, records: sets } },
});
/** From the morning of the cutover on: the TTL is lowered by then. */
const inTheMorning = (patch: JsonObject): JsonObject => ({
  turns: { morning: { at: '2026-03-10T06:00:00Z', patches: [patch] } },
});
const denied = (action: string): JsonObject => ({ faults: { denied: [action] } });
const traffic = (state: JsonObject): JsonObject => ({ application: { traffic: state } });

/** Those that stand for a sort of their own. */
export const first: readonly Patch[] = [
  [
    'a text record stands at the name',
    records({ TXT: { ttl: 60, values: ['"v=spf1 -all"'] } }),
    /FAIL +record-before[^]*observed +1 of 2: "TXT"/,
  ],
  ['the record is gone', records(null), /FAIL +lower-ttl[^]*observed +app\.navralabs\.com has no/],
  [
    'there are two zones of the name',
    zones({ 'navralabs.com.': { id: 'Z09999999SECONDZONE', records: {} } }),
    /ERROR +lower-ttl[^]*ambiguous[^]*Z09999999SECONDZONE/,
  ],
  [
    'the certificate expires in the hour before the cutover',
    { application: { certificate: { lasts: '10050m' } } },
    /FAIL +certificate[^]*problem is absent\n +observed +"[^"]*expired[^]*observed +"2026-03-10T10:30:00/,
  ],
  [
    'somebody raises the TTL a little in the morning',
    inTheMorning(records({ A: { ttl: 61 } })),
    /FAIL +ttl-lowered[^]*observed +2 of 2: 61/,
  ],
  ['security says no', { votes: { 'go-no-go': { security: 'no-go' } } }, /FAIL +go-no-go[^]*observed +no-go by sana@/],
  [
    'somebody changes the TTL at the moment of the cutover, and nothing else',
    rival({ A: { ...oldA, ttl: 61 } }),
    /FAIL +dns-cutover[^]*InvalidChangeBatch[^]*nothing was changed/,
  ],
  [
    'the change of the zone is throttled',
    inTheMorning({ faults: { throttled: ['route53:ChangeResourceRecordSets'] } }),
    /FAIL +dns-cutover[^]*Throttling[^]*nothing was changed/,
  ],
  [
    'nobody may ask whether the change has arrived',
    inTheMorning(denied('route53:GetChange')),
    /ERROR +dns-cutover[^]*route53:GetChange/,
  ],
  [
    'every public resolver keeps the old answer',
    { dns: { stale: ['1.1.1.1', '8.8.8.8', '9.9.9.9'] } },
    /FAIL +dns-propagated[^]*observed +3 of 5: false \(name 1\.1\.1\.1\)/,
  ],
  ['nobody comes at all', traffic({ idle: 0, flat: true }), /INCONCLUSIVE +watch-5xx[^]*observed +0 of 30 minutes/],
  ['a few answers a minute are errors', traffic({ errors: 3 }), /FAIL +watch-5xx[^]*observed +2 of 2 minutes/],
];

/** The rest. */
export const others: readonly Patch[] = [
  [
    'the certificate expires before the verification',
    { application: { certificate: { lasts: '24h' } } },
    /ERROR +backend-live[^]*expired/,
  ],
  [
    'the application is behind another load balancer',
    { application: { load_balancer: 'other-alb' } },
    /ERROR +backend-live/,
  ],
  ['the zone is gone', zones({ 'navralabs.com': null }), /ERROR +lower-ttl/],
  ['the zone is a private one', zones({ 'navralabs.com': { private: true } }), /ERROR +lower-ttl/],
  [
    'the zone does not name its servers',
    zones({ 'navralabs.com': { records: { 'navralabs.com': { NS: null } } } }),
    /ERROR +lower-ttl[^]*no name server is known/,
  ],
  [
    'the records of the zone may not be read',
    denied('route53:ListResourceRecordSets'),
    /ERROR +lower-ttl[^]*route53:ListResourceRecordSets is\s+missing/,
  ],
  [
    'somebody takes the record away at the moment of the cutover',
    rival({}),
    /FAIL +dns-cutover[^]*but it was not\s+found/,
  ],
  [
    'somebody adds IPv6 at the moment of the cutover',
    rival({ A: oldA, AAAA: { ttl: 60, values: ['2001:db8::1'] } }),
    /FAIL +dns-cutover[^]*in_place = true\n +observed +false/,
  ],
  [
    'the change takes a quarter of an hour',
    inTheMorning({ dns: { propagation: '15m' } }),
    /FAIL +dns-cutover[^]*observed +"PENDING"[^]*within 10m/,
  ],
  ['port 80 is closed', balancer({ listeners: { '80': null } }), /FAIL +listener-80/],
  [
    'port 80 answers a page of its own',
    balancer({ listeners: { '80': { default: { redirect: null, fixed: { code: 200, body: 'moved' } } } } }),
    /FAIL +listener-80/,
  ],
  [
    'the metrics may not be read',
    denied('cloudwatch:GetMetricData'),
    /ERROR +watch-5xx[^]*cloudwatch:GetMetricData[^]*also +watch-stable, watch-traffic, watch-unhealthy/,
  ],
  ['fewer people come than expected', traffic({ full: 40 }), /FAIL +watch-traffic[^]*observed +(?:39\.\d|40)/],
  [
    'somebody answers without saying what they saw',
    { answers: { 'uat-browser': { answer: 'ok' } } },
    /INCONCLUSIVE +uat-browser/,
  ],
  [
    'the answer has no evidence',
    { answers: { 'uat-journey': { evidence: null } } },
    /INCONCLUSIVE +uat-journey[^]*the evidence is missing/,
  ],
  ['the chat is slow', { answers: { 'uat-journey': { answer: 45 } } }, /FAIL +uat-journey[^]*observed +45/],
  ['nobody answers', { answers: { 'uat-browser': null } }, /open: uat-browser/],
];

/** Worlds that are as good as the one that was thought of: the cutover leaves the alias, and nothing else at the name. */
export const asGood: readonly (readonly [what: string, patch: JsonObject])[] = [
  ['the old stack has an IPv6 address too', records({ AAAA: { ttl: 60, values: ['2001:db8::10'] } })],
  [
    'the name was a CNAME until now',
    zones({
      'navralabs.com': {
        records: {
          [domain]: { A: null, CNAME: { ttl: 60, values: ['old.navralabs.com'] } },
          'old.navralabs.com': { A: oldA },
        },
      },
    }),
  ],
  [
    'the certificate is one for all names of the zone',
    { application: { certificate: { names: ['*.navralabs.com'] } } },
  ],
];
