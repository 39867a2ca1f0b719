// A file of the probe library, and where such files are looked for: beside the checklist, then among golive's own.

import { z } from 'zod';
import { isObject, type JsonObject } from '../engine/json.ts';
import type { Files } from './find.ts';
import { formProblems } from './issues.ts';
import { problemAt, type Problem, type Source } from './places.ts';
import { anyJson } from './schema-parts.ts';
import { readTemplates, templateSchema, type Template, type Templates } from './template.ts';
import { readYaml } from './yaml.ts';

const outer = z.strictObject({
  library: z.literal(1, 'is `1`, the only format there is'),
  templates: z.record(z.string(), anyJson),
});

/** A library file, for editors. */
export const librarySchema = outer.extend({ templates: z.record(z.string(), templateSchema) });

/** The templates of one file. `problems` is about the file itself; what is wrong with a template stands with it. */
export interface LibraryFile {
  readonly source: Source;
  readonly templates: Templates;
  readonly problems: readonly Problem[];
}

/** Reads `library: 1`. Never throws on what the text says. */
export function readLibrary(text: string, file: string): LibraryFile {
  const { source, root, problems } = readYaml(text, file);
  const none: Templates = new Map();
  if (root === undefined) return { source, templates: none, problems };
  if (!isObject(root)) {
    const message = 'a library is a map that begins with `library: 1`';
    return { source, templates: none, problems: [problemAt(source, { line: 1, column: 1, length: 1 }, message)] };
  }
  const form = formProblems(source, outer, root);
  const written: JsonObject = form.value?.templates ?? {};
  return { source, templates: readTemplates(source, written), problems: [...problems, ...form.problems] };
}

/** True for the text of a library file. */
export function isLibrary(text: string): boolean {
  return /^library:[ \t]*\d/m.test(text) && !/^golive:/m.test(text);
}

/** The folders of one checklist's library, nearest first. */
export interface Shelf {
  /** The template of this name that stands nearest; undefined when there is none. */
  find(name: string): Promise<Template | undefined>;
  /** Every template, by name: the nearest of each. */
  all(): Promise<Templates>;
}

/** Templates from these folders (absolute), nearest first. `shown` is a path as it is shown. */
export function shelfOf(folders: readonly string[], files: Files, shown: (path: string) => string): Shelf {
  const read = new Map<string, Promise<LibraryFile | undefined>>();
  const fileAt = (path: string): Promise<LibraryFile | undefined> => {
    const known = read.get(path);
    if (known !== undefined) return known;
    const reading = files
      .readText(path)
      .then((text) => (text === undefined ? undefined : readLibrary(text, shown(path))));
    read.set(path, reading);
    return reading;
  };
  return {
    find: async (name) => {
      const stem = /^[a-z][a-z0-9_]{0,62}(?=\.)/.exec(name)?.[0];
      if (stem === undefined) return undefined;
      for (const folder of folders) {
        const file = await fileAt(`${folder}/${stem}.yaml`);
        const found = file?.templates.get(name) ?? lostIn(file, name);
        if (found !== undefined) return found;
      }
      return undefined;
    },
    all: async () => {
      const all = new Map<string, Template>();
      for (const folder of folders) {
        for (const entry of await files.list(folder)) {
          const stem = /^([a-z][a-z0-9_]{0,62})\.yaml$/.exec(entry)?.[1];
          const file = stem === undefined ? undefined : await fileAt(`${folder}/${entry}`);
          for (const [name, template] of file?.templates ?? [])
            if (name.startsWith(`${stem}.`) && !all.has(name)) all.set(name, template);
        }
      }
      return all;
    },
  };
}

/** What a file whose form is wrong may have held: it must not look as if it held nothing. */
function lostIn(file: LibraryFile | undefined, name: string): Template | undefined {
  if (file === undefined || file.problems.length === 0) return undefined;
  return { name, source: file.source, body: undefined, json: '', problems: file.problems };
}

/** The folders with the library of a checklist at this path: its own, then golive's. */
export function libraryFolders(path: string, home: string): readonly string[] {
  const beside = path.replace(/\/?[^/]*$/, '');
  return [...new Set([`${beside}/library`, `${home.replace(/\/+$/, '')}/checklists/library`])];
}
