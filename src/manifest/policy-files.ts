import { join } from 'node:path';
import { type Complaint, complaint } from './complaint.ts';
import { outside, readText } from './files.ts';
import type { Manifest } from './schema/manifest.ts';
import { plain } from './text.ts';
import { type MapTree, originOf } from './yaml/tree.ts';

/** The texts of policy files by their path in the manifest, and the bytes that were read. */
export interface PolicyFiles {
  readonly files: ReadonlyMap<string, string>;
  readonly bytes: readonly Buffer[];
  readonly complaints: readonly Complaint[];
}

/** Reads every file that `vault.policies` and `vault.passwordPolicies` name. */
export const readPolicyFiles = async (manifest: Manifest, tree: MapTree, folder: string): Promise<PolicyFiles> => {
  const sections = { policies: manifest.vault?.policies, passwordPolicies: manifest.vault?.passwordPolicies };
  const named = Object.entries(sections).flatMap(([section, policies = {}]) =>
    Object.entries(policies).flatMap(([name, { file }]) =>
      file === undefined ? [] : [{ file, origin: originOf(tree, ['vault', section, name, 'file']) }],
    ),
  );
  const read = await Promise.all(
    named.map(async ({ file, origin }) => {
      const refused = await outside(folder, plain(file));
      const text = refused === undefined ? await readText(join(folder, plain(file))) : undefined;
      return { file, origin, text, problem: text?.ok === false ? text.problem : refused };
    }),
  );
  return {
    files: new Map(read.flatMap(({ file, text }) => (text?.ok === true ? [[file, text.text] as const] : []))),
    bytes: read.flatMap(({ text }) => (text?.ok === true ? [text.bytes] : [])),
    complaints: read.flatMap(({ file, origin, problem }) =>
      problem === undefined ? [] : [complaint(origin, `the file ${file} ${problem}`)],
    ),
  };
};
