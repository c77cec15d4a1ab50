import { address } from '../../engine/address.ts';
import type { Path } from '../../engine/path.ts';
import type { Origin, Ownership } from '../../engine/resource.ts';
import type { Fields } from '../../engine/value.ts';
import { type Complaint, complaint, placeOf, type Warning } from '../complaint.ts';
import type { Manifest } from '../schema/manifest.ts';
import type { MapTree } from '../yaml/tree.ts';
import { keyOriginOf, originOf } from '../yaml/tree.ts';

/** A resource before its kind has seen it: strings are escaped text, specs are not normalised, objects may be there twice. */
export interface Draft {
  readonly is: 'draft';
  readonly address: string;
  readonly kind: string;
  readonly parts: readonly string[];
  readonly spec: Fields;
  readonly ownership: Ownership;
  /** Addresses that come first and must be in the manifest, because the user named them. */
  readonly dependsOn: readonly string[];
  /** Addresses that come first if they are in the manifest. */
  readonly after: readonly string[];
  /** What asked for it: the manifest path that its origin and its complaints point to. */
  readonly path: Path;
}

/** What a section yields: the resources that it stands for, what is wrong with it, and what its reader should know. */
export type Found = Draft | Complaint | Warning;

/** What every section's expansion may look at. */
export interface Given {
  readonly manifest: Manifest;
  readonly environment: string;
  readonly tree: MapTree;
  /** The text of each policy file, by its path as the manifest has it. */
  readonly files: ReadonlyMap<string, string>;
}

/** What a section says of one resource beside its name. */
export interface Said {
  readonly spec: Fields;
  readonly ownership?: Ownership;
  readonly dependsOn?: readonly string[];
  readonly after?: readonly string[];
}

/** A resource of a kind, by the parts of its address. Owned unless it says otherwise. */
export const draft = (path: Path, kind: string, parts: readonly string[], said: Said): Draft => ({
  is: 'draft',
  address: address(kind, ...parts),
  kind,
  parts,
  ownership: 'owned',
  dependsOn: [],
  after: [],
  path,
  ...said,
});

/** A namespace that a section merely names. */
export const namespaceDraft = (path: Path, name: string, ownership: Ownership = 'contributed'): Draft =>
  draft(path, 'kubernetes.namespace', [name], { spec: {}, ownership });

/** A complaint about the value at a path. */
export const wrong = (given: Given, path: Path, text: string): Complaint => complaint(originOf(given.tree, path), text);

/** A remark about the value at a path, shown with every plan. */
export const warning = (given: Given, path: Path, code: string, text: string): Warning => ({
  is: 'warning',
  code,
  origin: originOf(given.tree, path),
  text,
});

/** `stores.vault (lab.yaml:12:3)`: another place, for a complaint that needs two. */
export const whereElse = (origin: Origin): string => `${origin.path} (${placeOf(origin)})`;

/** Where the key at a path was written: what a resource's origin is. */
export const keyOrigin = (given: Given, path: Path): Origin => keyOriginOf(given.tree, path);
