import type { z } from 'zod';
import { type Finding, findings, ownMessages } from '../../engine/findings.ts';
import { formatPath, type Path } from '../../engine/path.ts';
import { type Checked, type Complaint, complaint } from '../complaint.ts';
import { keyOriginOf, type MapTree, originOf, toJson } from '../yaml/tree.ts';
import { comesLater } from './later.ts';
import { type Manifest, manifestSchema } from './manifest.ts';

/** The manifest in the schema's types, or every complaint of the schema at the line it is about. */
export const checkManifest = (tree: MapTree): Checked<Manifest> => {
  const parsed = manifestSchema.safeParse(toJson(tree), { error: ownMessages, reportInput: true });
  if (parsed.success) return { ok: true, value: parsed.data };
  return { ok: false, complaints: complaintsOf(tree, parsed.error.issues) };
};

/** A schema's issues as complaints; `base` is the path at which the schema was applied. */
export const complaintsOf = (tree: MapTree, issues: readonly z.core.$ZodIssue[], base: Path = []): Complaint[] =>
  complaintsFrom(
    tree,
    issues.flatMap((issue) => findings(issue, base, comesLater)),
  );

/** Findings, with the whole path in the manifest, at the line that each is about. */
export const complaintsFrom = (tree: MapTree, found: readonly Finding[]): Complaint[] => {
  // A rule over a map with a misspelt key is mostly broken by that.
  const keys = found.filter(({ about }) => about === 'key');
  const misspelt = new Set(keys.map(({ path }) => formatPath(path.slice(0, -1))));
  return found
    .filter(({ about, path }) => about !== 'rule' || !misspelt.has(formatPath(path)))
    .map(({ about, path, text }) => complaint(about === 'key' ? keyOriginOf(tree, path) : originOf(tree, path), text));
};
