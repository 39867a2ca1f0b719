// Names of files in checklists: below the folder golive was started in, with slashes, and globs over them.

/** The longest name there may be, in characters. */
const longestName = 1000;

/** True for a name below a folder: not absolute, never going up, without backslashes and control characters. */
export function isWithin(path: string): boolean {
  if (path === '' || path.length > longestName || path.startsWith('/') || path.includes('\\')) return false;
  if (/^[A-Za-z]:/.test(path) || hasControls(path)) return false;
  return path.split('/').every((part) => part !== '' && part !== '.' && part !== '..');
}

function hasControls(text: string): boolean {
  // oxlint-disable-next-line no-control-regex -- control characters are what is looked for
  return /[\u0000-\u001f\u007f]/.test(text);
}

/** How many wildcards a glob has. */
export function wildcards(glob: string): number {
  return glob.match(/[*?]/g)?.length ?? 0;
}

/** Where to look for a glob: the folder before its first wildcard, and how many levels of names below that may matter. */
export function globParts(glob: string): { readonly from: string; readonly deep: number } {
  const parts = glob.split('/');
  const first = parts.findIndex((part) => wildcards(part) > 0);
  const fixed = first === -1 ? parts.length - 1 : first;
  const deep = parts.includes('**') ? Number.POSITIVE_INFINITY : parts.length - fixed;
  return { from: parts.slice(0, fixed).join('/'), deep };
}

/**
 * What a glob matches: `*` any text and `?` one character inside a name, `**` alone between slashes any number of folders.
 * As in a shell, a wildcard at the beginning of a name does not match a dot there.
 */
export function globPattern(glob: string): RegExp {
  const parts = glob.split('/');
  const source = parts.map((part, index) => {
    const last = index === parts.length - 1;
    if (part === '**') return last ? '(?:(?!\\.)[^/]*/)*(?!\\.)[^/]*' : '(?:(?!\\.)[^/]*/)*';
    const written = part
      .split(/(\*+|\?)/)
      .map((piece) => {
        if (piece.startsWith('*')) return '[^/]*';
        return piece === '?' ? '[^/]' : piece.replace(/[\\^$.*+?()[\]{}|]/g, String.raw`\$&`);
      })
      .join('');
    return `${/^[*?]/.test(part) ? '(?!\\.)' : ''}${written}${last ? '' : '/'}`;
  });
  return new RegExp(`^${source.join('')}$`, 'su');
}
