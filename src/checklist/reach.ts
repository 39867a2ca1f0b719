// What a use of a kind reaches besides AWS: hosts, names and programs, read off its arguments as they are written.

import { isObject, type Json, type JsonObject } from '../engine/json.ts';

/** Templates stay in it as `${…}`. */
export type Reach =
  | ({ readonly type: 'http'; readonly method: string; readonly host: string; readonly port: number } & Over)
  | ({ readonly type: 'tls'; readonly host: string; readonly port: number; readonly handshakes: number } & Via)
  | { readonly type: 'dns'; readonly name: string; readonly record: string; readonly servers: readonly string[] }
  | { readonly type: 'program'; readonly program: string };

interface Via {
  /** `ADDR[:PORT]` that is connected to instead of the host. */
  readonly via?: string;
}

interface Over extends Via {
  readonly scheme: 'http' | 'https';
}

type Read = (args: JsonObject) => readonly Reach[];

const reads: Readonly<Record<string, Read>> = {
  http: (args) => {
    const [, scheme = '', authority = ''] = /^(https?):\/\/([^/?#]+)/i.exec(text(args['url'])) ?? [];
    const [, host = '', port] = /^(.*?)(?::(\d+))?$/.exec(authority) ?? [];
    if (host === '') return [];
    const over = scheme.toLowerCase() === 'http' ? ('http' as const) : ('https' as const);
    const standard = over === 'http' ? 80 : 443;
    const method = text(args['method'], 'GET');
    return [{ type: 'http', method, scheme: over, host, port: Number(port ?? standard), ...viaOf(args) }];
  },
  // It begins as a request, and is one as far as ways and certificates go.
  websocket: (args) =>
    reads['http']?.({ ...args, url: text(args['url']).replace(/^ws/i, 'http'), method: 'GET' }) ?? [],
  github: () => [{ type: 'http', method: 'GET', scheme: 'https', host: 'api.github.com', port: 443 }],
  tls: (args) => {
    const port = typeof args['port'] === 'number' ? args['port'] : 443;
    // One as any client makes it, and one for each version that is offered alone.
    const handshakes = 1 + list(args['versions']).length;
    return [{ type: 'tls', host: text(args['host']), port, handshakes, ...viaOf(args) }];
  },
  dns: (args) => {
    const named = typeof args['servers'] === 'string' ? [args['servers']] : list(args['servers']);
    const servers = named.length > 0 ? named : ['authoritative'];
    const question = { type: 'dns' as const, record: text(args['type'], 'A'), servers };
    const other = text(args['same_as']);
    const names = [text(args['name']), ...(other === '' ? [] : [other])];
    return names.map((name, index) => (index === 0 ? { ...question, name } : { ...question, name, servers: [] }));
  },
  command: (args) => {
    const [program = ''] = list(args['argv']);
    return program === '' ? [] : [{ type: 'program', program }];
  },
  // Whether a change of a public zone has arrived is asked on the wire.
  'route53.replace_record': (args) => {
    const sets = Array.isArray(args['to']) ? (args['to'] as readonly Json[]).filter((set) => isObject(set)) : [];
    const records = [...new Set(sets.map((set) => text(set['Type'])).filter((type) => type !== ''))];
    if (args['private'] === true) return [];
    return records.map((record) => ({ type: 'dns', name: text(args['name']), record, servers: ['authoritative'] }));
  },
};

/** Everything a call reaches that is not AWS; nothing for kinds that only ask AWS. `args` as they stand in a plan. */
export function reachOf({ kind, args }: { readonly kind: string; readonly args: JsonObject }): readonly Reach[] {
  return Object.hasOwn(reads, kind) ? (reads[kind]?.(args) ?? []) : [];
}

/** `GET https://app.example.com via ${alb.DNSName}`: what it is called in a table. */
export function reachWords(reach: Reach): string {
  const via = 'via' in reach && reach.via !== undefined ? ` via ${reach.via}` : '';
  if (reach.type === 'program') return `run ${reach.program}`;
  if (reach.type === 'dns') return `DNS ${reach.record} ${reach.name}`;
  if (reach.type === 'tls') return `TLS ${reach.host}:${reach.port}${via}`;
  const standard = reach.port === (reach.scheme === 'http' ? 80 : 443);
  return `${reach.method} ${reach.scheme}://${reach.host}${standard ? '' : `:${reach.port}`}${via}`;
}

function viaOf(args: JsonObject): Via {
  const via = text(args['connect_to']);
  return via === '' ? {} : { via };
}

function text(value: Json | undefined, otherwise = ''): string {
  return typeof value === 'string' ? value : otherwise;
}

function list(value: Json | undefined): readonly string[] {
  return Array.isArray(value) ? (value as readonly Json[]).filter((item) => typeof item === 'string') : [];
}
