// Webhooks: where they are said to be, and one message to one of them. Their addresses are secrets: no error has them.

import { BlindError } from '../errors.ts';
import { slackBody, webhookBody } from '../render/notice-body.ts';
import type { Courier } from '../runner/notices.ts';
import { openHttp } from './http.ts';

type Env = Readonly<Record<string, string | undefined>>;

export interface WebhookOptions {
  /** For the addresses, and for HTTPS_PROXY and NO_PROXY. */
  readonly env: Env;
  /** Certificates (PEM) to trust besides those that Node knows. */
  readonly ca?: string;
  /** For the whole of one try, in ms. */
  readonly timeoutMs?: number;
}

const forms = [
  { variable: 'GOLIVE_SLACK_WEBHOOK', name: 'the Slack webhook', body: slackBody },
  { variable: 'GOLIVE_WEBHOOK', name: 'the webhook', body: webhookBody },
] as const;

/** The variables whose values are addresses of webhooks: secrets, as whoever has one can write there. */
export const webhookVariables: readonly string[] = forms.map(({ variable }) => variable);

/** One that is configured. `wrong`: why nothing can be sent there, as words that go on from its name. */
export interface Webhook {
  readonly variable: string;
  readonly name: string;
  readonly wrong?: string;
}

/** The webhooks that the environment names, without their addresses. */
export function webhooksIn(env: Env): readonly Webhook[] {
  return forms.flatMap(({ variable, name }) => {
    const text = env[variable] ?? '';
    if (text === '') return [];
    const wrong = wrongWith(text);
    return [{ variable, name, ...(wrong !== undefined && { wrong }) }];
  });
}

/** Couriers to all of them. One whose address is no good fails with every message: a run is not held up by it. */
export function openCouriers({ env, ca, timeoutMs = 10_000 }: WebhookOptions): readonly Courier[] {
  // Not by the detours of the command line: those lead to what is looked at.
  const http = openHttp({ connectTo: [], env, ...(ca !== undefined && { ca }) });
  return forms.flatMap(({ variable, name, body }): readonly Courier[] => {
    const url = env[variable] ?? '';
    if (url === '') return [];
    const wrong = wrongWith(url);
    return [
      {
        name,
        send: async (notice, signal) => {
          if (wrong !== undefined) return { failed: wrong, again: false };
          try {
            const headers = { 'content-type': 'application/json; charset=utf-8', 'user-agent': 'golive' };
            const request = { method: 'POST', url, headers, body: body(notice), timeoutMs, follow: 0 };
            return refusedBy((await http.send(request, signal)).status);
          } catch (error) {
            return whyNot(error, timeoutMs);
          }
        },
      },
    ];
  });
}

function wrongWith(text: string): string | undefined {
  if (!URL.canParse(text)) return 'has no whole address (https://…)';
  const { protocol, hostname, username, password } = new URL(text);
  if (username !== '' || password !== '') return 'has a user or password in its address, which golive does not send';
  if (protocol === 'https:') return undefined;
  const here = /^(?:localhost|127(?:\.\d{1,3}){3}|\[::1\])$/.test(hostname);
  return protocol === 'http:' && here ? undefined : 'has an address that is not https';
}

type Failed = Awaited<ReturnType<Courier['send']>>;

function refusedBy(status: number): Failed {
  if (status >= 200 && status < 300) return undefined;
  const away = status >= 300 && status < 400 ? ', and redirects are not followed' : '';
  return { failed: `answered ${status}${away}`, again: status === 429 || status >= 500 };
}

/** In words of its own: those of the error have names and addresses in them. */
function whyNot(error: unknown, timeoutMs: number): Failed {
  const code = error instanceof BlindError ? error.code : 'internal';
  if (code === 'timeout') return { failed: `gave no answer within ${timeoutMs / 1000} s`, again: true };
  if (code === 'tls') return { failed: 'is not believed: its certificate or its TLS is no good', again: false };
  const again = error instanceof BlindError && error.transient;
  return { failed: code === 'network' ? 'cannot be reached' : `cannot be asked (${code})`, again };
}
