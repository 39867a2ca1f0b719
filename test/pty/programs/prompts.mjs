// Asks questions as golive asks them, with the main program's habits around it: signals abort, then exit 130.
// Usage: node prompts.mjs [--busy] [--away] [--urgent] QUESTION...; on SIGUSR2 two results come in, as if checks had
// finished, and with --urgent the open question is put aside for them. --away: nobody has typed for half a minute.
import { openAttention } from '../../../dist/effects/attention.js';
import { openOperator } from '../../../dist/effects/operator.js';
import { openScreen } from '../../../dist/effects/screen.js';
import { theme } from '../../../dist/render/theme.js';

const words = process.argv.slice(2);
const asked = words.filter((word) => !word.startsWith('--'));
const stop = new AbortController();
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, () => stop.abort(new Error(signal)));
// A terminal that has gone refuses what is written to it; the signal says the rest.
process.stdout.on('error', () => undefined);

const width = process.stdout.columns ?? 80;
const screen = openScreen({ write: (text) => process.stdout.write(text), width, live: process.stdout.isTTY });
let now = 0;
const attention = openAttention({
  write: (text) => process.stdout.write(text),
  terminal: process.stdout.isTTY,
  silent: (process.env['GOLIVE_NO_BELL'] ?? '') !== '',
  name: 'aep-prod',
  now: () => now,
});
if (words.includes('--away')) now += 30_000;
const operator = openOperator({
  input: process.stdin,
  output: process.stdout,
  screen,
  attention,
  theme: theme({ colour: false, unicode: true }),
  width,
  signal: stop.signal,
  // A thousand times faster: nobody waits for a person to stop typing.
  now: () => performance.now() * 1000,
});

process.on('SIGUSR2', () => {
  screen.print('✓ first result that came meanwhile');
  screen.print('✓ second result that came meanwhile');
  if (words.includes('--urgent')) operator.putAside();
});

const choices = [
  { key: 'r', label: 'retry' },
  { key: 'w', label: 'waive, with a reason and an expiry' },
  { key: 's', label: 'stop the run' },
];
const yesOrNo = (text) => (['yes', 'no'].includes(text.toLowerCase()) ? undefined : 'Type yes or no in full');
const long =
  'The target group aep-prod-api has 3 targets, of which 1 is unhealthy since 02:14 UTC with Target.FailedHealthChecks, ' +
  'and the service is still draining one task of the old revision. Does the on-call engineer accept going on with this?';
const questions = {
  menu: () => operator.menu('Backend is healthy: fail. What now?', choices),
  line: () =>
    operator.line('How many orders are in the queue?', (text) =>
      /^\d+$/.test(text) ? undefined : 'Type a whole number',
    ),
  confirm: () => operator.line('Has the status page been updated? (yes or no)', yesOrNo),
  secret: () => operator.secret('Password of the break-glass account'),
  long: () => operator.line(long, yesOrNo),
  hostile: () =>
    operator.menu('A \u001b[2Jtitle\u202e from\u200b the network', [{ key: 'r', label: 'retry \u0007bell' }]),
};

if (!operator.present) {
  screen.print('nobody is present');
}
if (words.includes('--busy')) {
  // At work until told otherwise; what is typed meanwhile is for nobody.
  screen.print('working');
  const working = setInterval(() => undefined, 1000);
  await new Promise((resolve) => process.once('SIGUSR1', resolve));
  clearInterval(working);
}
screen.live('2 checks running');
const unlessPutAside = (error) => {
  if (error.code === 'put-aside') return { code: error.code };
  throw error;
};
try {
  for (const name of asked) {
    const given = await questions[name]().catch(unlessPutAside);
    const shown = name === 'secret' && 'answer' in given ? { answer: `${given.answer.length} characters` } : given;
    screen.print(`${name} gave ${JSON.stringify(shown)}`);
  }
  screen.live('');
  screen.print('all answered');
} catch (error) {
  screen.live('');
  screen.print(`${error.code}: ${error.message}`);
  process.exitCode = error.exit ?? 70;
} finally {
  attention.close();
}
