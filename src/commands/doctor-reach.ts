// What golive doctor reaches out to besides AWS: it connects, or asks one question of DNS, and sends nothing else.

import { reachOf, reachWords, type Reach } from '../checklist/reach.ts';
import type { Plan } from '../engine/plan.ts';
import { everyStep, usesOf } from '../engine/uses.ts';
import type { Tcp } from '../effects/tcp.ts';
import { BlindError, withHint } from '../errors.ts';
import type { Check } from '../render/doctor.ts';
import type { Reader } from '../runner/reader.ts';
import { askServers } from '../steps/dns-servers.ts';
import type { Dns, RecordType, Tls } from '../wire.ts';

/** The ways out. */
export interface Ways {
  readonly tcp: Tcp;
  readonly tls: Tls;
  readonly dns: Dns;
  /** Fills in what only AWS can tell, such as the name of a load balancer. */
  readonly reader: Pick<Reader, 'fill'>;
}

const timeoutMs = 5000;

/** Everything a plan reaches besides AWS, each once. */
export function reachedBy(plan: Plan): readonly Reach[] {
  const steps = everyStep(plan).filter(({ skip }) => skip === undefined);
  const named = Object.values(plan.probes).filter(({ name }) => steps.some(({ probes }) => probes.includes(name)));
  const calls = [...named, ...steps.flatMap(usesOf)].map(({ call }) => call);
  const all = new Map<string, Reach>();
  for (const reach of calls.flatMap((call) => reachOf(call))) all.set(placeWords(reach), reach);
  return [...all.values()];
}

/** One check for each host, name and server; programs are checked elsewhere. */
export function reachChecks(reached: readonly Reach[], ways: Ways, signal: AbortSignal): readonly Promise<Check>[] {
  return reached.flatMap((reach) => (reach.type === 'program' ? [] : [check(reach, ways, signal)]));
}

async function check(reach: Exclude<Reach, { type: 'program' }>, ways: Ways, signal: AbortSignal): Promise<Check> {
  const name = placeWords(reach);
  try {
    const filled = await ways.reader.fill(reach, signal);
    return { name, ...(await look(filled, ways, signal)) };
  } catch (error) {
    if (!(error instanceof BlindError)) throw error;
    // Where it is could not be told: nobody has been asked yet.
    if (error.code === 'unresolved') return { name, state: 'unknown', says: `not known where: ${withHint(error)}` };
    const { message, hint = 'Look at the network from here to there: VPN, proxy, security group.' } = error;
    return { name, state: 'bad', says: message, todo: hint };
  }
}

async function look(
  reach: Exclude<Reach, { type: 'program' }>,
  ways: Ways,
  signal: AbortSignal,
): Promise<Omit<Check, 'name'>> {
  if (reach.type === 'dns') {
    // A name that is only compared with is asked of this machine's own resolvers.
    const servers = reach.servers.length > 0 ? reach.servers : ways.dns.resolvers.slice(0, 1);
    const question = { name: reach.name, type: typeOf(reach.record), servers, timeoutMs };
    const said = await askServers(question, ways.dns, signal);
    return { state: 'ok', says: said.length === 1 ? '1 server answers' : `${said.length} servers answer` };
  }
  const { host, port, via } = reach;
  const to = { host, port, timeoutMs, ...(via !== undefined && { connectTo: via }) };
  if (reach.type === 'http' && reach.scheme === 'http')
    return { state: 'ok', says: await ways.tcp.connect(to, signal) };
  const greeted = await ways.tls.handshake(to, signal);
  if ('refused' in greeted) throw new BlindError('tls', `no TLS connection: ${greeted.refused}`);
  const { remoteAddress, authorized, problem = 'is not believed' } = greeted;
  if (authorized || reach.type === 'tls') return { state: 'ok', says: remoteAddress };
  const todo = 'Every request to it will fail. --ca FILE adds an authority.';
  return { state: 'bad', says: `${remoteAddress}, and its certificate ${problem}`, todo };
}

/** Without the method: a connection has none. */
function placeWords(reach: Reach): string {
  return reachWords(reach).replace(/^[A-Z]+ (?=https?:)/, '');
}

const types: readonly RecordType[] = ['A', 'AAAA', 'CAA', 'CNAME', 'MX', 'NS', 'SOA', 'TXT'];

function typeOf(record: string): RecordType {
  return types.find((type) => type === record) ?? 'A';
}
