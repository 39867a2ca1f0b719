// Where a checklist is looked for: `./checklists` first, then the checklists that come with golive.

/** Reading files, as far as checklists need it. Paths are absolute. */
export interface Files {
  /** The text of a file; undefined when there is none. Throws GoliveError when it cannot be read. */
  readText(path: string): Promise<string | undefined>;
  /** The names in a folder, sorted; none when there is no such folder. */
  list(folder: string): Promise<readonly string[]>;
  /** The folder golive is installed in. */
  readonly home: string;
}

export interface Found {
  /** Absolute. */
  readonly path: string;
  readonly text: string;
}

/** `aep-prod` is the checklist `aep` for the target `prod`: split at the last hyphen. Undefined for anything else. */
export function splitName(name: string): { readonly checklist: string; readonly target: string } | undefined {
  const match = /^([a-z0-9][a-z0-9-]{0,62})-([a-z0-9][a-z0-9_]{0,62})$/.exec(name);
  const [, checklist, target] = match ?? [];
  return checklist === undefined || target === undefined ? undefined : { checklist, target };
}

/** The folders that hold checklists; the first that has one wins. */
export function checklistFolders(cwd: string, home: string): readonly string[] {
  return [...new Set([join(cwd, 'checklists'), join(home, 'checklists')])];
}

/** The first checklist of this name, or undefined. The name must be one that `splitName` gave. */
export async function findChecklist(name: string, cwd: string, files: Files): Promise<Found | undefined> {
  for (const folder of checklistFolders(cwd, files.home)) {
    const path = join(folder, `${name}.yaml`);
    const text = await files.readText(path);
    if (text !== undefined) return { path, text };
  }
  return undefined;
}

/** Every checklist there is, by name; one in `./checklists` stands before golive's own of the same name. */
export async function allChecklists(cwd: string, files: Files): Promise<ReadonlyMap<string, Found>> {
  const all = new Map<string, Found>();
  for (const folder of checklistFolders(cwd, files.home)) {
    for (const entry of await files.list(folder)) {
      const name = /^([a-z0-9][a-z0-9-]{0,62})\.yaml$/.exec(entry)?.[1];
      if (name === undefined || all.has(name)) continue;
      const path = join(folder, entry);
      const text = await files.readText(path);
      if (text !== undefined) all.set(name, { path, text });
    }
  }
  return all;
}

/** A path as it is shown: from here when it is below here, else in full. */
export function shownPath(path: string, cwd: string): string {
  const base = cwd.endsWith('/') ? cwd : `${cwd}/`;
  return path.startsWith(base) ? path.slice(base.length) : path;
}

function join(folder: string, name: string): string {
  return `${folder.replace(/\/+$/, '')}/${name}`;
}
