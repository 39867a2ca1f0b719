// Loaded in front of golive in a process of its own: plays a terminal over pipes, and dies of SIGKILL at one named moment,
// or lets a call of the system fail there.

import child from 'node:child_process';
import fs from 'node:fs';
import fsp from 'node:fs/promises';
import http from 'node:http';
import { syncBuiltinESMExports } from 'node:module';

// { at, what, nth?, fails?, mark }: which sort of moment, of what, the how manyth of them, the error that comes instead of
// the end, and the file that says it came.
const moment = process.env['FAIL_POINT'] === undefined ? undefined : JSON.parse(process.env['FAIL_POINT']);
// Programs that golive starts are not to be hit.
delete process.env['FAIL_POINT'];
const { linkSync, unlinkSync, readFileSync, writeFileSync, writeSync, fsyncSync } = fs;

let left = moment?.nth ?? 1;

/** Dies here and now if this is the moment: nothing that this process would still do happens. */
function reached(at, what) {
  if (moment?.at !== at || !what.includes(moment.what)) return;
  left -= 1;
  // The process that dies says so before; the one that goes on may come by again.
  if (left !== 0) return;
  writeFileSync(moment.mark, `${at} ${what.slice(0, 200)}`);
  if (moment.fails === undefined) process.kill(process.pid, 'SIGKILL');
  throw Object.assign(new Error(`${moment.fails}: let fail`), { code: moment.fails });
}

/** `act.intent cutover`: the kind of the event on a line, and its step. */
function eventOf(line) {
  const { kind, body } = JSON.parse(line).e;
  return `${kind} ${body.step ?? ''}`;
}

// A line of the log: written to a temporary file, linked to its name, made durable with its folder, the first name removed.
const writing = new Map();
let linked;

fs.writeSync = (file, data, ...more) => {
  const line = data instanceof Uint8Array ? Buffer.from(data).toString('utf8') : '';
  if (line.startsWith('{"e":')) {
    writing.set(file, eventOf(line));
    reached('write-line', writing.get(file));
  }
  return writeSync(file, data, ...more);
};
fs.fsyncSync = (file) => {
  const line = writing.get(file);
  writing.delete(file);
  if (line !== undefined) reached('fsync-line', line);
  else if (linked !== undefined) reached('fsync-folder', linked.what);
  fsyncSync(file);
};
fs.linkSync = (from, to) => {
  const event = /\/\d{12}\.json$/.test(to) ? { from, what: eventOf(readFileSync(from, 'utf8')) } : undefined;
  if (event) reached('before-link', event.what);
  linkSync(from, to);
  linked = event;
  if (event) reached('after-link', event.what);
};
fs.unlinkSync = (path) => {
  const event = linked?.from === path ? linked : undefined;
  if (event) reached('before-unlink', event.what);
  unlinkSync(path);
  linked = undefined;
  if (event) reached('after-unlink', event.what);
};

// A piece of evidence: kept in the same way under the name that is its digest, beside whatever else goes on.
const { link, unlink } = fsp;
const kept = new Map();

fsp.link = async (from, to) => {
  const [, digest] = /\/blobs\/([0-9a-f]{64})$/.exec(to) ?? [];
  if (digest !== undefined) reached('before-blob', digest);
  await link(from, to);
  if (digest !== undefined) kept.set(from, digest);
};
fsp.unlink = async (path) => {
  const digest = kept.get(path);
  await unlink(path);
  if (digest !== undefined) reached('after-blob', digest);
};

// A request to AWS: what it is stands in its path, in a header or in its body.
const { end } = http.ClientRequest.prototype;
http.ClientRequest.prototype.end = function (body, ...more) {
  const target = this.getHeader('x-amz-target') ?? '';
  const text = typeof body === 'string' || body instanceof Uint8Array ? Buffer.from(body).toString('utf8') : '';
  const what = `${this.method} ${this.path} ${target} ${text.slice(0, 400)}`;
  reached('before-request', what);
  // What was handed to the system arrives, whatever becomes of the process.
  this.once('finish', () => reached('request-sent', what));
  return end.call(this, body, ...more);
};

const { spawn } = child;
child.spawn = (program, args, ...more) => {
  const what = [program, ...(Array.isArray(args) ? args : [])].join(' ');
  reached('before-program', what);
  const started = spawn(program, args, ...more);
  started.once('spawn', () => reached('program-started', what));
  return started;
};
syncBuiltinESMExports();

// A machine whose clock was lost, in ms.
const shift = Number(process.env['FAIL_POINT_CLOCK'] ?? 0);
const { now } = Date;
Date.now = () => now() + shift;

if (process.env['FAIL_POINT_TERMINAL'] !== undefined) {
  const { stdin, stdout } = process;
  stdin.isTTY = true;
  stdin.setRawMode = () => stdin;
  stdout.isTTY = true;
  stdout.columns = 200;
  const { write } = stdout;
  let shown = '';
  stdout.write = (text, ...more) => {
    const went = write.call(stdout, text, ...more);
    // eslint-disable-next-line no-control-regex -- how it looks is nothing to look for
    shown = (shown + String(text).replaceAll(/\x1b\[[0-9;?]*[A-Za-z]/g, '')).slice(-4000);
    reached('shown', shown);
    return went;
  };
}
