// What a target lets be put under load: addresses, each with everything below its path.

/** What is wrong with an entry of `load:`, or undefined. */
export function entryProblem(text: string): string | undefined {
  if (!isWebAddress(text)) return 'is no whole address, such as https://host/path';
  const { search, hash } = new URL(text);
  return search === '' && hash === ''
    ? undefined
    : 'is an address without ? and #: everything below its path may be asked';
}

/** Whether a URL has the origin of an entry and lies at or below its path. */
export function isListed(url: string, entries: readonly string[]): boolean {
  if (!isWebAddress(url)) return false;
  const asked = new URL(url);
  return entries.some((entry) => {
    if (entryProblem(entry) !== undefined) return false;
    const { origin, pathname } = new URL(entry);
    // What some servers take for a slash could lead out of the path again.
    if (asked.origin !== origin || /%2f|%5c|;/i.test(asked.pathname)) return false;
    return asked.pathname === pathname || asked.pathname.startsWith(pathname.endsWith('/') ? pathname : `${pathname}/`);
  });
}

/** Why a URL may not be put under load. */
export function notListed(url: string, target = 'the target'): string {
  return `${target} does not list ${url.slice(0, 200)} under \`load\``;
}

/** A whole http or https address without a user or password. */
export function isWebAddress(text: string): boolean {
  if (!URL.canParse(text)) return false;
  const { protocol, username, password } = new URL(text);
  return (protocol === 'http:' || protocol === 'https:') && username === '' && password === '';
}
