// What a world says of other web sites, of WebSockets, of load, of page vitals and of files of this machine.

import { z } from 'zod';
import { span } from './account-parts.ts';

const text = z.string().min(1);

/** A page that is the same for everybody. */
export const page = z.strictObject({ status: z.int().min(200).max(599), type: text, body: z.string() });

const sitePage = z.strictObject({
  status: z.int().min(200).max(599).default(200),
  type: text.default('application/json'),
  /** Text as it is, everything else as JSON. */
  body: z.json().default(''),
  headers: z.record(z.string(), z.string()).default({}),
  /** The bearer token that has to be sent: 401 without it. */
  needs: text.optional(),
});

const websocket = z.strictObject({
  /** Refuses the upgrade by this status. */
  refuses: z.int().min(300).max(599).optional(),
  /** The bearer token that has to be sent: 401 without it. */
  needs: text.optional(),
  /** The subprotocol it speaks, where one is offered. */
  protocol: text.optional(),
  /** Said at once. */
  greets: z.string().optional(),
  /** Said to whoever says this, word by word. */
  answers: z.record(z.string(), z.string()).default({}),
  /** Opens, and never says anything. */
  silent: z.boolean().default(false),
  /** Closes with this code once it has greeted. */
  closes: z.int().min(1000).max(4999).optional(),
});

/** By path. */
export const websockets = z.record(z.string().startsWith('/'), websocket).default({});

/** By `/path` or `METHOD /path`, with a query where that matters. Without a method: GET and HEAD. */
export const pages = z
  .record(z.string().regex(/^(?:[A-Z]+ )?\/\S*$/, 'is neither /path nor METHOD /path'), sitePage)
  .default({});

/** Other web sites, by host name. Those added after the stand-in was started are not reached. */
export const sites = z
  .record(
    z.string().regex(/^[a-z0-9-]+(?:\.[a-z0-9-]+)+$/, 'is no host name in lower case'),
    z.strictObject({
      /** What its name resolves to; one of its own unless they are given. */
      addresses: z.array(z.ipv4()).min(1).optional(),
      /** The host names its certificate is for; absent: its own. */
      names: z.array(text).min(1).optional(),
      pages,
      websockets,
    }),
  )
  .default({});

const ms = z.number().min(0);

/** What a load on an address comes to, by any name. */
export const load = z
  .record(
    z.string(),
    z.strictObject({
      url: text,
      requests: z.int().min(0),
      errors: z.int().min(0).default(0),
      timeouts: z.int().min(0).default(0),
      /** Answers by status; absent: 200, and 503 for errors that are no time-outs. */
      statuses: z.record(z.string(), z.int().min(0)).optional(),
      p50_ms: ms.optional(),
      p95_ms: ms.optional(),
      p99_ms: ms.optional(),
      max_ms: ms.optional(),
    }),
  )
  .default({});

/** The vitals of pages, by any name. Those that are left out never come. */
export const vitals = z
  .record(
    z.string(),
    z.strictObject({
      url: text,
      /** Absent: for both. */
      device: z.enum(['mobile', 'desktop']).optional(),
      status: z.int().min(200).max(599).default(200),
      lcp_ms: ms.optional(),
      cls: ms.optional(),
      /** Comes where something is clicked. */
      inp_ms: ms.optional(),
      fcp_ms: ms.optional(),
      ttfb_ms: ms.optional(),
      takes: span.default('5s'),
      /** There is no browser. */
      missing: z.boolean().default(false),
    }),
  )
  .default({});

/** Files below the folder golive was started in, by path. */
export const files = z
  .record(
    z.string(),
    z.strictObject({
      /** How long it is, where its text does not say. */
      bytes: z.int().min(0).optional(),
      text: z.string().optional(),
      /** Absent: when the rehearsal's clock started. */
      modified: z.iso.datetime({ offset: true }).optional(),
    }),
  )
  .default({});

export type Pages = z.infer<typeof pages>;
export type SiteState = z.infer<typeof sites>[string];
export type LoadState = z.infer<typeof load>[string];
export type WebsocketState = z.infer<typeof websocket>;
