// The options on a line of an allowed-signers file: what ssh-keygen would not understand, and when the key is valid.

const known = /^(cert-authority|(namespaces|valid-after|valid-before)="[^"\\]*")$/i;
const whole = /^(?:"[^"]*"|[^\s",])+(?:,(?:"[^"]*"|[^\s",])+)*$/;

/** What is wrong with them, as words that go on from "line 3:", or undefined. A line with wrong options is skipped by ssh-keygen. */
export function optionsProblem(options: string): string | undefined {
  const parts = partsOf(options);
  if (!whole.test(options) || !parts.every((part) => known.test(part)))
    return 'options are joined with commas, without spaces, and these are not understood';
  const names = parts.map((part) => (part.split('=', 1)[0] ?? '').toLowerCase());
  const twice = names.find((name, at) => names.indexOf(name) !== at);
  if (twice !== undefined) return `${twice} stands there twice`;
  const dates = names.filter((name) => name.startsWith('valid-'));
  const unread = dates.find((name) => instantOf(options, name) === undefined);
  if (unread !== undefined) return `${unread} is not a date such as "20270101Z" or "20270101093000Z"`;
  const [after = -Infinity, before = Infinity] = ['valid-after', 'valid-before'].map((name) =>
    instantOf(options, name),
  );
  return after < before ? undefined : 'valid-after is not before valid-before, so the key is never valid';
}

/** The time an option names, in ms since 1970; undefined when it is not there or no time. Without `Z` it is UTC too. */
export function instantOf(options: string, name: string): number | undefined {
  const value = partsOf(options).find((part) => part.toLowerCase().startsWith(`${name}="`));
  const [, day, clock = '0000', seconds = '00'] =
    /^"(\d{8})(?:(\d{4})(\d\d)?)?(?:Z|UTC)?"$/i.exec(value?.slice(name.length + 1) ?? '') ?? [];
  if (day === undefined) return undefined;
  const iso = `${day.slice(0, 4)}-${day.slice(4, 6)}-${day.slice(6)}T${clock.slice(0, 2)}:${clock.slice(2)}:${seconds}.000Z`;
  const time = Date.parse(iso);
  // A day that no month has would otherwise become one of the next.
  return !Number.isNaN(time) && new Date(time).toISOString() === iso ? time : undefined;
}

/** Whether the key is that of an authority. */
export function namesAuthority(options: string): boolean {
  return partsOf(options).some((part) => part.toLowerCase() === 'cert-authority');
}

function partsOf(options: string): readonly string[] {
  return options.match(/(?:"[^"]*"|[^,"])+/g) ?? [];
}
